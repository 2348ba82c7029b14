import Files
import Foundation
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@Suite struct `The secret of a user's codes` {
    private let office: StaffedOffice
    init() throws { office = try StaffedOffice() }

    private var key: String { office.office.database + ".key" }

    /// Boss, with codes.
    private func enrolled() throws -> TOTPSecret {
        let secret = try office.enrol(office.enter("Boss").token)
        office.office.advance(bySeconds: 60)
        return secret
    }

    private func enter(_ secret: TOTPSecret) throws {
        defer { office.office.advance(bySeconds: 60) }
        _ = try office.enter("Boss", code: secret.code(at: office.effects.now()))
    }

    @Test func `stands in no file but sealed, under a key of which the database holds nothing`()
        throws
    {
        #expect(!fileExists(key))
        let secret = try enrolled()
        try enter(secret)
        let text = try readSecret(key)
        let bytes = try readFile(office.office.database)
        #expect(bytes.firstRange(of: secret.bytes) == nil)
        #expect(bytes.firstRange(of: Array(text.utf8)) == nil)
        // A second user is sealed by the same key.
        _ = try office.enrol(office.enter("Root").token)
        #expect(try readSecret(key) == text)
    }

    @Test func `opens for its own user alone`() throws {
        let secret = try enrolled()
        let root = try office.enrol(office.enter("Root").token)
        // Who can write to the database gives Boss the codes of his own phone.
        try office.effects.store.write { session in
            let (boss, own) = (
                try session.user(named: "Boss")!, try session.user(named: "Root")!
            )
            let sealed = try session.userAccess(own).totp
            let act = try session.addAct(
                community: session.community(code: "FL")!, kind: "test", by: "Root", at: "",
                detail: "")
            try session.saveTOTP(sealed, of: boss, act: act)
        }
        office.office.advance(bySeconds: 60)
        for one in [root, secret] { #expect(throws: FieldKeyError.altered) { try enter(one) } }
    }

    @Test func `cannot be read without its key, and nothing makes another one meanwhile`() throws {
        let secret = try enrolled()
        let kept = key + ".kept"
        try moveFile(key, to: kept)
        let missing = FieldKeyError.missing(file: "office.sqlite.key")
        #expect(throws: missing) { try enter(secret) }
        #expect(throws: missing) { try office.enrol(office.enter("Root").token) }
        #expect(!fileExists(key))
        try keepSecret(FieldKey().text, at: key)
        #expect(throws: FieldKeyError.otherKey(file: "office.sqlite.key")) { try enter(secret) }
        try writeFile(Array("not a key".utf8), to: key)
        #expect(throws: FieldKeyError.damaged(file: "office.sqlite.key")) { try enter(secret) }
        removeFile(key)
        try moveFile(kept, to: key)
        try enter(secret)
    }

    @Test func `is set up anew where its key was lost`() throws {
        _ = try enrolled()
        removeFile(key)
        try resetTOTP(of: "Boss", by: "Root", effects: office.effects)
        try enter(enrolled())
        #expect(fileExists(key))
    }

    @Test(arguments: [
        FieldKeyError.missing(file: "office.sqlite.key"), .damaged(file: "office.sqlite.key"),
        .otherKey(file: "office.sqlite.key"), .altered,
    ])
    func `says what to do where it does not open`(error: FieldKeyError) {
        for text in [error.message.zh, error.message.en] {
            #expect(text.contains("office.sqlite.key") || error == .altered)
            #expect(
                text.contains("dunwell user totp reset")
                    || error == .damaged(file: "office.sqlite.key"))
        }
    }
}
