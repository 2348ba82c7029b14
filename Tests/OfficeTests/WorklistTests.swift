import Casework
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court, run for November as of the 5th. 1-101 owes 285.00 less credit, 1-102's buyers
/// 255.13, due on the 15th; 1-102's former owner 255.13 since May; 1-201 is in hardship.
@Suite struct `The worklist` {
    private func office(charges: String = "") throws -> TestOffice {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["charges.csv"]! += charges
        #expect(try office.take(files).problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    /// `unit due amount` of the tasks of a kind, in order.
    private func tasks(_ kind: WorkTask, _ office: TestOffice, _ asOf: String) throws -> [String] {
        try worklist(asOf: date(asOf), effects: office.effects).filter { $0.task == kind }.map {
            "\($0.unit) \($0.owners) \($0.due) \($0.amount.map { "\($0)" } ?? "-")"
        }
    }

    private func spoken(_ way: ContactWay, _ day: String) -> Session.NewContact {
        var contact = Session.NewContact(
            way: way, date: date(day), staff: way == .visit ? ["何静", "王芳"] : ["何静"],
            relation: "owner")
        contact.with = "业主"
        contact.note = "谈过"
        return contact
    }

    // 1-201's charge of December 2023 fell due on the 15th: it lapses on 15 December 2026, and is
    // warned of 90 days before.
    @Test(
        arguments: [
            ("2026-09-15", 0), ("2026-09-16", 1), ("2026-12-15", 1), ("2026-12-16", 0),
        ])
    func `warns of claims from ninety days before they lapse to the last day`(
        asOf: String, count: Int
    ) throws {
        let office = try office(charges: "1-201,wy,2023-12,285.00,2023-12-15\n")
        let expected = Array(repeating: "1-201 A05 2026-12-15 285.00", count: count)
        #expect(try tasks(.limitation, office, asOf) == expected)
    }

    @Test func `asks a manager for what was proposed, until it is decided`() throws {
        let office = try office()
        let id = try propose(
            ProposalEntry(
                unit: "1-102", owner: "A02",
                matter: .waiver(
                    item: "wy", period: period("2026-05"), amount: Money(fen: 20_00),
                    unlessPaidBy: nil), day: date("2026-11-10"), staff: "何静", reason: "出差"),
            effects: office.effects)
        #expect(try tasks(.approval, office, "2026-11-09") == [])
        #expect(try tasks(.approval, office, "2026-11-10") == ["1-102 A02 2026-11-10 20.00"])
        _ = try decide(
            proposal: id,
            Approval(isApproved: true, day: date("2026-11-12"), by: "罗文", reason: ""),
            effects: office.effects)
        #expect(try tasks(.approval, office, "2026-11-11") == ["1-102 A02 2026-11-10 20.00"])
        #expect(try tasks(.approval, office, "2026-11-12") == [])
    }

    // The review is on 30 November; a certificate ends on 10 December.
    @Test(
        arguments: [
            ("2026-11-15", []), ("2026-11-16", ["2026-11-30"]), ("2026-11-25", ["2026-11-30"]),
            ("2026-11-26", ["2026-11-30", "2026-12-10"]),
            ("2026-11-30", ["2026-11-30", "2026-12-10"]), ("2026-12-01", ["2026-11-30"]),
        ] as [(String, [String])])
    func `announces reviews and proofs that end fourteen days ahead, and what lapsed`(
        asOf: String, days: [String]
    ) throws {
        let office = try office()
        let id = try openHardshipCase(
            for: "1-201", owner: nil, kind: .long, reason: "低保", by: "何静",
            on: date("2026-11-06"), review: date("2026-11-30"), effects: office.effects)
        try addHardshipProof(
            .benefitCertificate, validUntil: date("2026-12-10"), file: nil, note: "",
            to: id.number, by: "何静", on: date("2026-11-06"), effects: office.effects)
        #expect(try tasks(.review, office, asOf) == days.map { "1-201 A05 \($0) -" })
        // Why a household is in hardship is not for everybody.
        for item in try worklist(asOf: date(asOf), effects: office.effects) {
            #expect(!item.reason.zh.contains("低保") && !item.reason.en.contains("低保"))
        }
    }

    @Test func `has a promise on its days, and a broken one until somebody spoke with them`() throws
    {
        let office = try office()
        _ = try recordPromise(
            PromiseToPay(
                amount: Money(fen: 100_00), on: date("2026-11-10"), until: date("2026-11-20"),
                isInWriting: false), of: "1-101", owner: nil, effects: office.effects)
        for (asOf, count) in [("18", 0), ("19", 1), ("20", 1), ("21", 1), ("25", 1)] {
            let expected = Array(repeating: "1-101 A01 2026-11-20 100.00", count: count)
            #expect(try tasks(.promise, office, "2026-11-\(asOf)") == expected, "\(asOf)")
        }
        _ = try recordContact(
            spoken(.call, "2026-11-23"),
            of: "1-101", owner: nil, effects: office.effects)
        #expect(try tasks(.promise, office, "2026-11-22").count == 1)
        #expect(try tasks(.promise, office, "2026-11-23").isEmpty)
    }

    @Test func `has the parts of a plan, and the plan when it breaks`() throws {
        let office = try office()
        let id = try propose(
            ProposalEntry(
                unit: "1-102", owner: "A02",
                matter: .plan(
                    parts: [
                        InstalmentPlan.Part(due: date("2026-11-20"), amount: Money(fen: 100_00)),
                        InstalmentPlan.Part(due: date("2026-12-20"), amount: Money(fen: 155_13)),
                    ], lateFee: .accrue, forgives: false), day: date("2026-11-10"), staff: "何静",
                reason: "分两次"), effects: office.effects)
        #expect(try tasks(.plan, office, "2026-11-18").isEmpty)
        _ = try decide(
            proposal: id,
            Approval(isApproved: true, day: date("2026-11-11"), by: "罗文", reason: ""),
            effects: office.effects)
        for (asOf, expected) in [
            ("2026-11-16", []), ("2026-11-17", ["1-102 A02 2026-11-20 100.00"]),
            ("2026-11-27", ["1-102 A02 2026-11-20 100.00"]),
            ("2026-11-28", ["1-102 A02 2026-11-28 255.13"]),
        ] {
            #expect(try tasks(.plan, office, asOf) == expected, "\(asOf)")
        }
        // While it is kept nobody is sent there for the formal demand of the 5th.
        #expect(try tasks(.visit, office, "2026-11-12").isEmpty)
    }

    @Test func `sends somebody after a formal demand, and calls when it was agreed on`() throws {
        let office = try office()
        // The former owner's formal demand of the 5th goes to his mailbox: he agreed to no other.
        #expect(try tasks(.visit, office, "2026-11-04").isEmpty)
        #expect(try tasks(.visit, office, "2026-11-05") == ["1-102 A02 2026-11-05 255.13"])
        var visit = spoken(.visit, "2026-11-06")
        visit.next = date("2026-11-20")
        _ = try recordContact(visit, of: "1-102", owner: "A02", effects: office.effects)
        #expect(try tasks(.visit, office, "2026-11-06").isEmpty)
        #expect(try tasks(.visit, office, "2026-11-20") == ["1-102 A02 2026-11-20 255.13"])
        // The household in hardship is never among them.
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-12-20"), dryRun: false, effects: office.effects)
        #expect(try tasks(.visit, office, "2026-12-20").allSatisfy { !$0.hasPrefix("1-201") })
        #expect(try tasks(.call, office, "2026-12-20").allSatisfy { !$0.hasPrefix("1-201") })
    }

    @Test func `calls after a notice that asks for it`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["owners.csv"] = files["owners.csv"]!.replacing(
            "a01@example.com,,email;mailbox", with: "a01@example.com,,email;phone")
        #expect(try office.take(files).problems.isEmpty)
        for asOf in ["2026-11-05", "2026-12-04"] {
            _ = try runPeriod(
                period("2026-11"), asOf: date(asOf), dryRun: false, effects: office.effects)
        }
        #expect(try tasks(.call, office, "2026-12-03").isEmpty)
        #expect(try tasks(.call, office, "2026-12-04") == ["1-101 A01 2026-12-04 274.56"])
        _ = try recordContact(
            spoken(.call, "2026-12-05"),
            of: "1-101", owner: nil, effects: office.effects)
        #expect(try tasks(.call, office, "2026-12-05").isEmpty)
    }

    @Test func `has a printed demand until its arrival is proven`() throws {
        let office = try office()
        #expect(try tasks(.service, office, "2026-11-05").isEmpty)
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        // Neither bills nor the household in hardship.
        #expect(try tasks(.service, office, "2026-11-04").isEmpty)
        #expect(try tasks(.service, office, "2026-11-05") == ["1-102 A02 2026-11-05 255.13"])
    }

    @Test func `has a complaint until it is answered`() throws {
        let office = try office()
        var contact = spoken(.call, "2026-11-07")
        contact.reason = .disputes
        contact.note = "电梯常坏"
        _ = try recordContact(contact, of: "1-101", owner: nil, effects: office.effects)
        #expect(try tasks(.dispute, office, "2026-11-06").isEmpty)
        #expect(try tasks(.dispute, office, "2026-11-07") == ["1-101 A01 2026-11-07 -"])
        try answerComplaint(1, with: "已修好", on: date("2026-11-09"), effects: office.effects)
        #expect(try tasks(.dispute, office, "2026-11-08").count == 1)
        #expect(try tasks(.dispute, office, "2026-11-09").isEmpty)
    }
}
