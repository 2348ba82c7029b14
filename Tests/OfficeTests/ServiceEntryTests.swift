import Evidence
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `What staff enter of a service` {
    private let office: TestOffice
    private let notice = "FL-202611-00001-1"  // to 安甲, who agreed to the mailbox

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: false, effects: office.effects)
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = office.folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func entry(
        _ how: ServiceWay, by staff: [String] = ["王芳"], files: [String] = []
    ) throws -> ServiceEntry {
        var entry = ServiceEntry(of: notice, how: how, on: date("2026-11-23"), staff: staff)
        entry.files = try files.map { try ServiceEntry.File($0) }
        return entry
    }

    private func record(_ entry: ServiceEntry) throws -> Session.RecordedService {
        try recordService(entry, effects: office.effects)
    }

    private func remarks(_ service: Session.RecordedService, today: String) throws -> [Bilingual] {
        try Office.remarks(on: service, today: date(today), effects: office.effects)
    }

    // MARK: - Names

    /// U+3000 is what a Chinese keyboard gives for a space.
    @Test(arguments: ["王芳", "王芳 ", " 王芳", "王芳\u{3000}", "\t王芳\n"])
    func `one name twice is one person, who is not two witnesses`(_ again: String) throws {
        let photo = try file("door.jpg", "door")
        let service = try record(entry(.leftWitnessed, by: ["王芳", again], files: [photo]))
        #expect(service.service.staff == ["王芳"] && service.grade == .e)
        let two = try record(entry(.leftWitnessed, by: [again, "李强"], files: [photo]))
        #expect(two.service.staff == ["王芳", "李强"] && two.grade == .d)
    }

    @Test(arguments: [[""], [" "], ["\u{3000}"], ["王芳", ""], ["", "王芳"]])
    func `a name that is empty is refused`(_ staff: [String]) throws {
        #expect(throws: EvidenceError.emptyStaff) { try record(entry(.visit, by: staff)) }
        #expect(EvidenceError.emptyStaff.isBadInput)
    }

    @Test func `white space is no signer and no reason`() throws {
        var household = try entry(.signedHousehold)
        household.relation = "配偶"
        household.signer = "\u{3000}"
        #expect(throws: EvidenceError.noSigner(how: .signedHousehold)) { try record(household) }
        household.signer = " 李梅 "
        let service = try record(household)
        #expect(service.service.signer?.name == "李梅")
        #expect(throws: EvidenceError.reasonMissing) {
            try withdrawService(service.id.number, reason: " ", effects: office.effects)
        }
    }

    @Test func `a relation that nobody knows is bad input`() throws {
        var household = try entry(.signedHousehold)
        household.signer = "李梅"
        household.relation = "foo"
        let error = EvidenceError.unknownRelation(word: "foo")
        #expect(throws: error) { try record(household) }
        #expect(error.isBadInput)
    }

    // MARK: - Files

    @Test func `an empty file proves nothing, and is not kept`() throws {
        let empty = try file("empty.jpg", "")
        #expect(throws: EvidenceError.emptyFile(path: empty)) {
            try record(entry(.mailbox, files: [try file("good.jpg", "good"), empty]))
        }
        #expect(!FileManager.default.fileExists(atPath: office.effects.evidence))
    }

    @Test func `one file twice is no two proofs; kinds named jointly are`() throws {
        let (one, copy) = (try file("a.jpg", "a"), try file("copy.jpg", "a"))
        for (first, second) in [(one, one), (one, copy), ("stub=" + one, "content=" + copy)] {
            let entry = try entry(.registered, files: [first, second])
            let named = second.replacing("content=", with: "")
            #expect(throws: EvidenceError.sameFile(path: named, as: one)) { try record(entry) }
        }
        let joint = try entry(.registered, files: ["stub+content=" + one, try file("b.jpg", "b")])
        #expect(try record(joint).files.map(\.kinds) == [[.stub, .content], [.track]])
    }

    @Test(arguments: [
        ("kind=f1.png", "kind"), ("stub+seal=f1.png", "seal"), ("code=f1.png", "code"),
        ("Photo=f1.png", "Photo"),
    ])
    func `an unknown kind of proof is told, with those that exist`(
        _ text: String, _ word: String
    ) throws {
        let error = EvidenceError.unknownProof(word: word)
        #expect(throws: error) { try ServiceEntry.File(text) }
        #expect(error.message.zh.contains("照片（photo）、存根（stub）"))
        #expect(error.message.en.contains("photo, stub"))
    }

    @Test func `an equals sign in a path is no kind`() throws {
        let path = try file("kind=f1.png", "x")
        #expect(try ServiceEntry.File(path).path == path)
        #expect(try ServiceEntry.File("x/photo=f1.png").kinds.isEmpty)
    }

    // MARK: - What is recorded, and told to be looked at again

    @Test func `a signer whose name no owner bears is remarked on`() throws {
        var signed = try entry(.signedOwner)
        for (name, isStranger) in [
            ("安甲", false), (" 安甲\u{3000}", false), ("", false), ("李四", true),
        ] {
            signed.signer = name
            let told = try remarks(try record(signed), today: "2026-11-23")
            #expect(told.isEmpty != isStranger, "\(name): \(told)")
            #expect(told.allSatisfy { $0.zh.contains("“李四”不是这一户的业主（安甲）") })
        }
        // Who acts for a company bears a name of his own.
        signed.relation = "法定代表人"
        #expect(try remarks(try record(signed), today: "2026-11-23").isEmpty)
    }

    @Test(arguments: [("2026-11-22", true), ("2026-11-23", false), ("2026-11-24", false)])
    func `a date of service after today is remarked on`(
        _ today: String, _ isLate: Bool
    ) throws {
        let told = try remarks(try record(entry(.signedOwner)), today: today)
        #expect(
            told.map(\.en)
                == (isLate
                    ? [
                        "Note: the date of service, 2026-11-23, is after today (2026-11-22). Check it."
                    ] : []))
    }

    @Test func `what is lacking is told in the words of the language`() throws {
        let service = try record(entry(.registered, files: [try file("a.jpg", "a")]))
        let told = try remarks(service, today: "2026-11-23")
        #expect(told.map(\.zh) == ["证明力为 E：缺内件、轨迹。"])
        #expect(told.map(\.en) == ["Grade E: missing: content, track."])
    }
}
