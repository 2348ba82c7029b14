import Casework
import Dunning
import FeeLedger
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Figures on which casework bears: plans, conditions and renewals, seen from payments, the month's
/// report and an export.
@Suite struct `Figures under casework` {
    private func office(policy: String = "") throws -> TestOffice {
        let office = try hardshipOffice(allowance: nil)
        if !policy.isEmpty { try take(office, policy) }
        return office
    }

    private func take(_ office: TestOffice, _ policy: String) throws {
        var files = MapleCourt.files
        files["concessions.csv"] = nil
        files["holds.csv"] = nil
        files["policy.yaml"] = MapleCourt.policy + policy
        #expect(try office.take(files, as: UUID().uuidString).problems.isEmpty)
    }

    private func propose(
        _ office: TestOffice, _ unit: String, _ matter: ProposalEntry.Matter,
        review: String? = nil
    ) throws -> Int {
        try Office.propose(
            ProposalEntry(
                unit: unit, owner: nil, matter: matter, day: date("2026-11-21"), staff: "李四",
                reason: "首次逾期", review: review.map(date)), effects: office.effects)
    }

    private func approve(_ office: TestOffice, _ number: Int, on day: String = "2026-11-22") throws
    {
        _ = try decide(
            proposal: number,
            Approval(isApproved: true, day: date(day), by: "王经理", reason: ""),
            effects: office.effects)
    }

    private func pay(_ office: TestOffice, _ day: String, _ unit: String, _ amount: String) throws {
        let report = try enter(
            .payments, .add,
            values: [
                "reference": "\(day) \(amount)", "date": day, "unit": unit, "amount": amount,
                "method": "bank",
            ], effects: office.effects)
        #expect(report.problems.isEmpty)
    }

    private func total(_ office: TestOffice, _ unit: String, _ day: String) throws -> String {
        var found = ""
        try forEachAccountTotals(asOf: date(day), effects: office.effects) { row in
            let totals = row.statement
            if row.unit == unit {
                found = "\(totals.principalOpen) \(totals.lateFeeOpen) \(totals.credit)"
            }
        }
        return found
    }

    private let plan = ProposalEntry.Matter.plan(
        parts: [
            .init(due: date("2026-12-15"), amount: Money(fen: 100_00)),
            .init(due: date("2027-01-15"), amount: Money(fen: 470_00)),
        ], lateFee: .pause, forgives: false)
    private let waiver = ProposalEntry.Matter.waiver(
        item: "wy", period: period("2026-05"), amount: Money(fen: 20_00),
        unlessPaidBy: date("2026-11-30"))

    // MARK: - Plans

    /// On 25 November 71 and 41 days of 0.285 were paid: 20.24 and 11.69; to 21 November they are
    /// 67 and 37 days: 19.10 and 10.55.
    @Test func `of a plan approved after all was paid give back the late fees of its days`() throws
    {
        let office = try office()
        let number = try propose(office, "1-201", plan)
        try pay(office, "2026-11-25", "1-201", "601.93")
        #expect(try total(office, "1-201", "2026-11-25") == "0.00 0.00 0.00")
        try approve(office, number)
        #expect(try total(office, "1-201", "2026-11-25") == "0.00 0.00 2.28")
        #expect(try total(office, "1-201", "2027-12-31") == "0.00 0.00 2.28")
    }

    @Test func `of a plan are judged by the days that were agreed, whatever the policy says later`()
        throws
    {
        let office = try office()
        let number = try propose(office, "1-201", plan)
        try approve(office, number)
        try take(office, "casework:\n  plan_broken_after: 3\n")
        let states = try ["2026-12-16", "2026-12-22", "2026-12-23"].map {
            try instalmentPlan(number, asOf: date($0), effects: office.effects).state.rawValue
        }
        #expect(states == ["late", "late", "broken"])
        #expect(
            try instalmentPlan(number, asOf: date("2026-12-01"), effects: office.effects).plan
                .brokenAfter == 7)
        // A new one is judged by the new days.
        let other = try Office.propose(
            ProposalEntry(
                unit: "1-201", owner: nil,
                matter: .plan(
                    parts: [.init(due: date("2027-02-15"), amount: Money(fen: 570_00))],
                    lateFee: .accrue, forgives: false), day: date("2026-12-23"), staff: "李四",
                reason: "再分期"), effects: office.effects)
        let plan = try instalmentPlan(other, asOf: date("2026-12-23"), effects: office.effects).plan
        #expect(plan.brokenAfter == 3)
    }

    // MARK: - The month's report

    @Test func `of a void waiver are one row of who approved it, on the day after its condition`()
        throws
    {
        let office = try office()
        try approve(office, propose(office, "1-102", waiver))
        let rows = { (month: String) in
            var rows: [String] = []
            try forEachMonthRow(
                of: period(month), asOf: nil, figure: .lateFeeWaived, effects: office.effects
            ) { rows.append("\($0.date) \($0.amount) \($0.reference) \($0.staff)") }
            return rows
        }
        #expect(try rows("2026-11") == ["2026-11-22 20.00 proposal-1 王经理"])
        #expect(try rows("2026-12") == ["2026-12-01 -20.00 proposal-1 王经理"])
        #expect(try rows("2027-01") == [])
    }

    @Test func `count a corrected contact once, where the correction stands`() throws {
        let office = try office()
        func contact(on day: String) -> Session.NewContact {
            var contact = Session.NewContact(
                way: .call, date: date(day), staff: ["王芳"], relation: "owner")
            contact.with = "安甲"
            contact.note = "说忘了"
            return contact
        }
        let first = try recordContact(
            contact(on: "2026-11-30"), of: "1-101", owner: nil, effects: office.effects)
        _ = try correctContact(first.number, effects: office.effects) { _ in
            contact(on: "2026-12-01")
        }
        let counts = try ["2026-11", "2026-12"].map { month in
            var count = 0
            try forEachMonthRow(
                of: period(month), asOf: nil, figure: .contacts, effects: office.effects
            ) { _ in count += 1 }
            return count
        }
        #expect(counts == [0, 1])
    }

    // MARK: - Hardship

    @Test(arguments: [(false, "0.00", "2026-11-30"), (true, "142.50", "2027-06-30")])
    func `of relief go on when its case is renewed`(
        renewed: Bool, conceded: String, review: String
    ) throws {
        let office = try hardshipOffice()
        try openCase(office)
        let number = try proposeRelief(
            for: 1,
            .concession(
                item: "*", from: period("2026-11"), to: nil, .percent(Percentage(parts: 50_00))),
            review: date("2026-11-30"), by: "李四", on: date("2026-11-02"), effects: office.effects)
        try approve(office, number, on: "2026-11-03")
        if renewed { try decideCase(office, .renewed, on: "2026-11-25", review: "2027-06-30") }
        _ = try runPeriod(
            period("2026-12"), asOf: date("2026-12-05"), dryRun: false, effects: office.effects)
        var found: [Money] = []
        try forEachAccountTotals(asOf: date("2026-12-05"), effects: office.effects) { row in
            guard row.unit == "1-201" else { return }
            found = row.statement.standings.filter { $0.charge.period == period("2026-12") }
                .map(\.conceded)
        }
        #expect(found.map(\.description) == [conceded])
        // What an export writes is known again.
        let folder = office.folder + "/out"
        _ = try exportCommunity(to: folder, effects: office.effects)
        let concessions = try String(contentsOfFile: folder + "/concessions.csv", encoding: .utf8)
        #expect(concessions.contains(",\(review),2026-11-03"))
        let report = try importCommunity(from: folder, dryRun: false, effects: office.effects)
        #expect(report.problems.map { $0.text(in: .en) } == [])
    }

    // MARK: - Exports

    @Test func `in an export leave out what is void, and tell what a folder cannot hold`() throws {
        let office = try office()
        try approve(office, propose(office, "1-102", waiver))
        try approve(office, propose(office, "1-201", plan))
        let export = { (day: String) in
            let folder = office.folder + "/" + day
            let export = try exportCommunity(to: folder, asOf: date(day), effects: office.effects)
            let text = try String(contentsOfFile: folder + "/waivers.csv", encoding: .utf8)
            return
                "\(text.contains("proposal-1")) \(export.pendingConditions) \(export.pausingPlans)"
        }
        #expect(try export("2026-11-30") == "true 1 1")
        #expect(try export("2026-12-01") == "false 0 1")
        // Broken: its late fees count, as they would elsewhere.
        #expect(try export("2026-12-23") == "false 0 0")
    }
}
