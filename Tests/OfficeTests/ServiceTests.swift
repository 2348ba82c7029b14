import Evidence
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `Services of notices` {
    /// Four notices of 21 November, three of them on paper.
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: false, effects: office.effects)
        return office
    }

    private let toA01 = "FL-202611-00001-1"  // email and mailbox agreed
    private let toA02 = "FL-202611-00002-9"  // mailbox and phone agreed
    private let toA05 = "FL-202611-00004-5"  // nothing agreed

    private func entry(
        _ notice: String, _ how: ServiceWay, files: [String] = [], in office: TestOffice
    ) throws -> ServiceEntry {
        var entry = ServiceEntry(of: notice, how: how, on: date("2026-11-23"), staff: ["王"])
        for name in files {
            let path = office.folder + "/" + name
            try Data(name.utf8).write(to: URL(fileURLWithPath: path))
            entry.files.append(try ServiceEntry.File(path))
        }
        return entry
    }

    /// Agreed is what the register of owners says on the day of recording.
    @Test func `an agreed channel is one of an owner of the account`() throws {
        let office = try office()
        func grade(_ notice: String, _ how: ServiceWay) throws -> ProofGrade {
            let entry = try entry(notice, how, files: ["proof-\(how.rawValue).jpg"], in: office)
            return try recordService(entry, effects: office.effects).grade
        }
        #expect(try grade(toA01, .email) == .d)
        #expect(try grade(toA01, .mailbox) == .d)
        #expect(try grade(toA01, .sms) == .e)
        #expect(try grade(toA02, .sms) == .d)
        #expect(try grade(toA02, .email) == .e)
        #expect(try grade(toA05, .mailbox) == .e)
        #expect(try grade(toA02, .fax) == .e)
        #expect(try grade(toA01, .page) == .d)
        #expect(try grade(toA01, .posted) == .e)
    }

    @Test func `files without a kind are the proofs that the way still lacks`() throws {
        let office = try office()
        let files = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
        let entry = try entry(toA01, .registered, files: files, in: office)
        let service = try recordService(entry, effects: office.effects)
        #expect(service.grade == .c)
        #expect(service.files.map(\.kinds) == [[.stub], [.content], [.track], [.other]])
        var one = try self.entry(toA02, .registered, files: ["all.pdf"], in: office)
        one.files = [try ServiceEntry.File("stub+content+track=" + office.folder + "/all.pdf")]
        #expect(try recordService(one, effects: office.effects).grade == .c)
    }

    @Test func `the same entry again is known`() throws {
        let office = try office()
        let entry = try entry(toA01, .registered, files: ["a.jpg"], in: office)
        let first = try recordService(entry, effects: office.effects)
        #expect(try recordService(entry, effects: office.effects).id == first.id)
        try withdrawService(first.id.number, reason: "x", effects: office.effects)
        #expect(try recordService(entry, effects: office.effects).id != first.id)
    }

    @Test func `a withdrawn service proves nothing, and is told`() throws {
        let office = try office()
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        func gaps() throws -> [String] {
            var numbers: [String] = []
            try forEachServiceGap(effects: office.effects) { numbers.append($0.notice.number) }
            return numbers
        }
        #expect(try gaps() == [toA01, toA02, toA05])
        let service = try recordService(
            try entry(toA02, .signedOwner, in: office), effects: office.effects)
        #expect(try gaps() == [toA01, toA05])
        try withdrawService(service.id.number, reason: "签错了", effects: office.effects)
        #expect(try gaps() == [toA01, toA02, toA05])
        var told: [String] = []
        try forEachService(of: "1-102", effects: office.effects) { row in
            told.append("\(row.number) \(row.grade.rawValue) \(row.withdrawn?.reason ?? "")")
        }
        #expect(told == ["\(toA02) B 签错了"])
    }

    /// A bill is proven by any D; a dunning notice by D where the policy accepts the way.
    @Test func `grade D proves a demand where the contract agreed to the way`() throws {
        let office = try office()
        for notice in [toA01, toA02] {
            let files = ["photo-\(notice).jpg"]
            let entry = try entry(notice, .mailbox, files: files, in: office)
            #expect(try recordService(entry, effects: office.effects).grade == .d)
        }
        func gaps() throws -> [String] {
            var numbers: [String] = []
            try forEachServiceGap(effects: office.effects) { numbers.append($0.notice.number) }
            return numbers
        }
        #expect(try gaps() == [toA02])
        let policy = MapleCourt.files["policy.yaml"]!
        try office.take([
            "policy.yaml": policy
                + "limitation: { years: 3, warn_days: 90, accept: [mailbox] }\n"
        ])
        #expect(try gaps() == [])
    }

    @Test func `what a mail server said is a proof in the delivery's own transaction`() throws {
        let office = try office()
        let grade = try office.effects.store.write { session in
            let community = try #require(try session.community(code: "FL"))
            let notice = try #require(try session.notice(number: toA01, of: community))
            let act = try session.addAct(
                community: community, kind: "delivery", by: "clerk", at: "", detail: "")
            var service = ServiceOfNotice(
                of: notice, how: .email, on: date("2026-11-21"), staff: ["clerk"])
            service.isAgreed = true
            service.address = "a01@example.com"
            service.proofs = [Proof([.reply], .text("250 2.0.0 Ok: queued as 4F1B2"))]
            try session.addService(service, in: community, act: act)
            return try session.services(of: notice).map(\.grade)
        }
        #expect(grade == [.d])
        #expect(try verified(office).allSatisfy { $0.breaks == 0 })
    }

    // MARK: - The chain

    private func verified(
        _ office: TestOffice, anchors: [ChainAnchor] = []
    ) throws -> [VerifiedEvidence] {
        try verifyEvidence(
            anchors: anchors, trusting: nil, effects: office.effects, warn: { _ in })
    }

    @Test func `a person's texts are erased, and the chain still verifies`() throws {
        let office = try office()
        var entry = try entry(toA05, .signedHousehold, in: office)
        entry.signer = "李梅"
        entry.relation = "配偶"
        entry.note = "在家"
        let service = try recordService(entry, effects: office.effects)
        try withdrawService(service.id.number, reason: "李梅是邻居", effects: office.effects)
        let before = try verified(office)[0]
        try office.effects.store.write { session in
            try session.erasePersonalText(ofKind: "service", service.id.number)
            try session.erasePersonalText(ofKind: "service withdrawal", 1)
            try session.erasePersonalText(ofKind: "concession", 1)
        }
        let after = try verified(office)[0]
        #expect(before.breaks == 0 && after.breaks == 0 && after.head == before.head)
        // Signer, note, and the reasons of the withdrawal and the concession.
        #expect(before.erasedTexts == 0 && after.erasedTexts == 4)
        let bytes = try #require(FileManager.default.contents(atPath: office.database))
        for text in ["李梅", "在家", "低保户"] {
            #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) is still in the file")
        }
        try forEachService(of: nil, effects: office.effects) { row in
            #expect(row.service.signer?.name == "" && row.grade == .b)
        }
    }

    @Test func `rows from before the chain was are taken in, in order`() throws {
        let office = try office()
        try office.take([
            "waivers.csv": "reference,date,unit,item,period,amount,reason,approved_by\n"
                + "W1,2026-11-10,1-101,wy,2026-09,0.05,首次,manager\n"
        ])
        try reversePayment(
            "B001", on: date("2026-11-22"), reason: "记错户", effects: office.effects)
        let head = try verified(office)[0].head
        #expect(head.position == 3)
        try office.execute(
            """
            DROP TABLE chainStamp; DROP TABLE personalText; DROP TABLE commitment; DROP TABLE chainLink;
            DROP TABLE serviceWithdrawal; DROP TABLE serviceProof; DROP TABLE service;
            DROP TABLE evidenceFile; DROP INDEX batchByFile;
            DELETE FROM grdb_migrations WHERE identifier = '007-evidence'
            """)
        let effects = try office.reopened()
        let again = try verifyEvidence(
            anchors: [], trusting: nil, effects: effects, warn: { _ in })[0]
        #expect(again.breaks == 0 && again.head.position == 3)
        #expect(again.head != head, "each commitment has a salt of its own")
    }

    @Test func `each community has a chain of its own`() throws {
        let office = try office()
        var other = MapleCourt.files
        other["policy.yaml"]!.replace("code: FL", with: "code: GL")
        try office.take(other, as: "other")
        let both = try verified(office)
        #expect(both.map(\.head.community) == ["FL", "GL"] && both.allSatisfy { $0.breaks == 0 })
        #expect(both[0].head.hash != both[1].head.hash)
        let anchors = both.map {
            ChainAnchor(community: nil, position: nil, hash: $0.head.hash, source: "note")
        }
        #expect(try verified(office, anchors: anchors).map(\.breaks) == [0, 0])
        try office.execute(
            "UPDATE concession SET community = 3 - community, reference = reference || community")
        // The link finds nothing of its community's, and a stranger stands beside it.
        #expect(try verified(office).map(\.breaks) == [2, 2])
    }

    /// Whoever removes a community removes its chain: only what was printed tells.
    @Test func `an anchor of a community that is gone is told`() throws {
        let office = try office()
        let anchor = ChainAnchor(
            community: "GL", position: 3, hash: ChainHash(of: [1]), source: "sheet")
        #expect(try verified(office, anchors: [anchor])[0].breaks == 1)
    }
}

extension TestOffice {
    /// Runs SQL beside the program, as `sqlite3` does: foreign keys are not watched.
    fileprivate func execute(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", database, sql]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
