import Casework
import Evidence
import FeeLedger
import Foundation
import Interchange
import Letters
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// 1-201 of Maple Court owes 142.50 since 15 September and since 15 October, and agrees on
/// 21 November to pay 100.00 by 15 December and 185.00 by 15 January.
@Suite struct `A plan of instalments` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["holds.csv"] = nil
        try office.take(files)
        return office
    }

    private func propose(
        _ office: TestOffice, _ lateFee: InstalmentPlan.LateFee = .pause, forgives: Bool = false,
        parts: [(String, Int)] = [("2026-12-15", 100_00), ("2027-01-15", 185_00)],
        on day: String = "2026-11-21"
    ) throws -> Int {
        let matter = ProposalEntry.Matter.plan(
            parts: parts.map { .init(due: date($0.0), amount: Money(fen: $0.1)) },
            lateFee: lateFee, forgives: forgives)
        return try Office.propose(
            ProposalEntry(
                unit: "1-201", owner: nil, matter: matter, day: date(day), staff: "李四",
                reason: "分期付款"), effects: office.effects)
    }

    private func approve(_ office: TestOffice, _ number: Int, on day: String = "2026-11-22") throws
    {
        _ = try decide(
            proposal: number,
            Approval(isApproved: true, day: date(day), by: "王经理", reason: ""),
            effects: office.effects)
    }

    private func pay(_ office: TestOffice, _ reference: String, _ day: String, _ amount: String)
        throws
    {
        let report = try enter(
            .payments, .add,
            values: [
                "reference": reference, "date": day, "unit": "1-201", "amount": amount,
                "method": "bank",
            ], effects: office.effects)
        #expect(report.problems.isEmpty)
    }

    /// Late fees of 1-201's charges.
    private func lateFees(_ office: TestOffice, _ day: String) throws -> [String] {
        var rows: [String] = []
        try forEachArrears(asOf: date(day), effects: office.effects) {
            if $0.unit == "1-201" { rows.append("\($0.standing.lateFeeGross)") }
        }
        return rows
    }

    private func state(_ office: TestOffice, _ day: String) throws -> String {
        try instalmentPlans(asOf: date(day), effects: office.effects).map {
            "\($0.state) \($0.paid) \($0.next.map { "\($0.due) \($0.amount)" } ?? "-") "
                + "\($0.brokenOn.map { "\($0)" } ?? "-")"
        }.joined(separator: "; ")
    }

    // MARK: - What it covers

    // Fen of one part: the overdue principal; with late fees, 67 and 37 days of 0.1425.
    @Test(arguments: [
        (285_00, ["142.50 0.00", "142.50 0.00"]), (299_82, ["142.50 9.55", "142.50 5.27"]),
    ])
    func `covers what its parts add up to`(fen: Int, covered: [String]) throws {
        let office = try office()
        let number = try propose(office, parts: [("2026-12-15", fen)])
        let plan = try instalmentPlan(number, asOf: date("2026-11-21"), effects: office.effects)
        #expect(plan.plan.terms.covers.map { "\($0.principal) \($0.lateFee)" } == covered)
        #expect(plan.state == .proposed)
    }

    @Test func `with other parts is refused, and the right sums are named`() throws {
        let office = try office()
        let sums = [285_00, 299_82, 285_00, 299_82].map { Money(fen: $0) }
        #expect(throws: ProposalError.wrongSum(sum: Money(fen: 285_01), choices: sums)) {
            try propose(office, parts: [("2026-12-15", 285_01)])
        }
        #expect(throws: ProposalError.partsNotAscending) {
            try propose(office, parts: [("2026-12-15", 100_00), ("2026-12-15", 185_00)])
        }
        let early = ProposalError.partBeforeAgreement(
            due: date("2026-11-20"), on: date("2026-11-21"))
        #expect(throws: early) { try propose(office, parts: [("2026-11-20", 285_00)]) }
        try pay(office, "X1", "2026-11-21", "299.82")
        let nothing = ProposalError.owesNothing(unit: "1-201", on: date("2026-11-21"))
        #expect(throws: nothing) { try propose(office) }
    }

    @Test func `runs alone for its account`() throws {
        let office = try office()
        let first = try propose(office)
        let second = try propose(office)
        try approve(office, first)
        #expect(throws: ProposalError.planRuns(id: first)) { try approve(office, second) }
        #expect(throws: ProposalError.planRuns(id: first)) {
            try propose(office, on: "2026-12-01")
        }
        // Broken on 23 December; then there may be another.
        let third = try propose(
            office, parts: [("2027-02-15", 285_00)], on: "2026-12-23")
        try approve(office, third, on: "2026-12-23")
        #expect(try state(office, "2026-12-24").hasPrefix("broken 0.00 - 2026-12-23; proposed"))
    }

    @Test func `that would be broken already is not approved`() throws {
        let office = try office()
        let number = try propose(office)
        let broken = ProposalError.planBroken(id: number, on: date("2026-12-23"))
        #expect(throws: broken) { try approve(office, number, on: "2026-12-23") }
        try approve(office, number, on: "2026-12-22")
    }

    // MARK: - Kept and broken

    @Test func `pauses late fees while it is kept, to the last part's due date`() throws {
        let office = try office()
        try approve(office, propose(office))
        try pay(office, "X1", "2026-12-15", "100.00")
        #expect(try state(office, "2026-12-16") == "kept 100.00 2027-01-15 185.00 -")
        #expect(try lateFees(office, "2027-01-15") == ["9.55", "5.27"])
        // Two parts of grace: the day after accrues, on 42.50 and 142.50.
        #expect(try lateFees(office, "2027-01-16") == ["9.59", "5.42"])
        try pay(office, "X2", "2027-01-20", "185.00")
        #expect(try state(office, "2027-01-20") == "completed 285.00 - -")
        #expect(try lateFees(office, "2027-06-30") == ["9.76", "5.99"])
    }

    @Test func `broken restores its late fees as if there had been none, or forgives them`() throws
    {
        let plain = try office()
        let (restored, forgiven) = (try office(), try office())
        try approve(restored, propose(restored))
        try approve(forgiven, propose(forgiven, forgives: true))
        for office in [plain, restored, forgiven] { try pay(office, "X1", "2026-12-01", "60.00") }
        for day in ["2026-12-23", "2027-01-15", "2027-05-31"] {
            #expect(try lateFees(restored, day) == lateFees(plain, day))
        }
        #expect(try lateFees(restored, "2026-12-22") == ["9.55", "5.27"])
        // One day each: on 82.50 and on 142.50.
        #expect(try lateFees(forgiven, "2026-12-23") == ["9.63", "5.42"])
        // A payment that comes to light mends it.
        try pay(restored, "X2", "2026-12-22", "40.00")
        #expect(try lateFees(restored, "2026-12-23") == ["9.55", "5.27"])
        #expect(try state(restored, "2026-12-23") == "kept 100.00 2027-01-15 185.00 -")
    }

    @Test func `accruing its late fees changes none of them`() throws {
        let (plain, agreed) = (try office(), try office())
        try approve(agreed, propose(agreed, .accrue))
        for day in ["2026-12-15", "2026-12-23", "2027-03-01"] {
            #expect(try lateFees(agreed, day) == lateFees(plain, day))
        }
        #expect(try state(agreed, "2026-12-23") == "broken 0.00 - 2026-12-23")
    }

    @Test func `completed, then undone by a reversal, opens its late fee again`() throws {
        let office = try office()
        try approve(office, propose(office, parts: [("2026-12-15", 299_82)]))
        try pay(office, "X1", "2026-12-10", "200.00")
        try pay(office, "X2", "2026-12-15", "99.82")
        #expect(try lateFees(office, "2027-01-31") == [])
        try reversePayment("X1", on: date("2027-02-01"), reason: "退票", effects: office.effects)
        #expect(try lateFees(office, "2027-01-31") == [])
        #expect(try state(office, "2027-02-01") == "broken 99.82 - 2027-02-01")
        // To 10 and 15 December it had run: 86 and 61 days.
        #expect(try lateFees(office, "2027-02-01").count == 2)
        #expect(try lateFees(office, "2027-02-01")[0] == "12.26")
    }

    // MARK: - What hangs on it

    @Test func `holds dunning to the day before it is broken`() throws {
        let office = try office()
        try approve(office, propose(office))
        let notices = { (day: String) in
            try runPeriod(
                period("2026-11"), asOf: date(day), dryRun: true, effects: office.effects
            ).held
        }
        #expect(try notices("2026-11-21") == 0)
        #expect(try notices("2026-11-22") == 1)
        #expect(try notices("2026-12-22") == 1)
        #expect(try notices("2026-12-23") == 0)
    }

    @Test func `starts the limitation anew, after it lapsed only when it is signed`() throws {
        let office = try office()
        let clocks = { (day: String) in
            var rows: [String] = []
            _ = try forEachLimitation(
                asOf: date(day), warning: false, effects: office.effects
            ) { if $0.unit == "1-201" { rows.append("\($0.lastDay) \($0.restsOn)") } }
            return rows
        }
        let number = try propose(office)
        try approve(office, number)
        #expect(try clocks("2026-11-21") == ["2029-09-15 due", "2029-10-15 due"])
        #expect(try clocks("2026-11-22") == ["2029-11-22 plan", "2029-11-22 plan"])
        try sign(office, number, on: "2029-11-23")
        #expect(try clocks("2029-11-22") == ["2029-11-22 plan", "2029-11-22 plan"])
        #expect(try clocks("2029-11-23") == ["2032-11-23 plan", "2032-11-23 plan"])
    }

    @Test func `is signed once, with a file that is kept, by somebody whose signature counts`()
        throws
    {
        let office = try office()
        let number = try propose(office)
        let path = office.folder + "/signed.pdf"
        try writeAgreement(ofPlan: number, to: path, effects: office.effects)
        #expect(
            try #require(FileManager.default.contents(atPath: path)).starts(
                with: Data("%PDF-".utf8)))
        #expect(throws: EvidenceError.unknownRelation(word: "邻居")) {
            try sign(office, number, relation: "邻居")
        }
        #expect(throws: EvidenceError.noFile(path: path + "x")) {
            try sign(office, number, files: [path + "x"])
        }
        try sign(office, number, files: [path])
        #expect(throws: ProposalError.signedAlready(id: number)) { try sign(office, number) }
        try approve(office, number)
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified[0].findings.isEmpty)
    }

    private func sign(
        _ office: TestOffice, _ number: Int, on day: String = "2026-11-21",
        relation: String = "owner", files: [String] = []
    ) throws {
        try signPlan(
            PlanSignatureEntry(
                proposal: number, date: date(day), staff: "李四", signer: "邓戊", relation: relation,
                files: files), effects: office.effects)
    }
}
