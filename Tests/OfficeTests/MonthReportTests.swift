import Casework
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `The month's report` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        #expect(try office.take(MapleCourt.files).problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    private func figure(
        _ figure: MonthFigure, _ office: TestOffice, _ month: String, asOf: String? = nil
    ) throws -> String {
        let report = try monthReport(
            of: period(month), asOf: asOf.map { date($0) }, effects: office.effects)
        let line = report.lines.first { $0.part == .month && $0.figure == figure }!
        return "\(line.count) \(line.amount.map { "\($0)" } ?? "-")"
    }

    private func rows(_ figure: MonthFigure, _ office: TestOffice, _ month: String) throws
        -> [String]
    {
        var rows: [String] = []
        try forEachMonthRow(
            of: period(month), asOf: nil, figure: figure, effects: office.effects
        ) { rows.append("\($0.unit) \($0.date) \($0.reference) \($0.amount)") }
        return rows
    }

    @Test func `is of days within its month`() throws {
        let office = try office()
        for day in ["2026-10-31", "2026-12-01"] {
            #expect(throws: ReportError.outsideMonth(period: period("2026-11"), asOf: date(day))) {
                try monthReport(of: period("2026-11"), asOf: date(day), effects: office.effects)
            }
        }
    }

    // B002 of 31 October, 300.00, is reversed on 1 December.
    @Test func `counts a payment by its value date, and a reversal by its own`() throws {
        let office = try office()
        let before = try rows(.collected, office, "2026-10")
        #expect(before == ["1-101 2026-10-31 B002 300.00", "1-102 2026-10-14 B003 255.13"])
        try reversePayment(
            "B002", on: date("2026-12-01"), reason: "录错", effects: office.effects)
        #expect(try rows(.collected, office, "2026-10") == before)
        #expect(try figure(.collected, office, "2026-11") == "0 0.00")
        #expect(try rows(.collected, office, "2026-12") == ["1-101 2026-12-01 B002 -300.00"])
        #expect(try figure(.collected, office, "2026-10", asOf: "2026-10-30") == "1 255.13")
    }

    // 20.00 off the late fee of May, void unless its principal is paid by 10 December. It is not.
    @Test func `takes back a waiver whose condition was not met, in the month of that day`() throws
    {
        let office = try office()
        let id = try propose(
            ProposalEntry(
                unit: "1-102", owner: "A02",
                matter: .waiver(
                    item: "wy", period: period("2026-05"), amount: Money(fen: 20_00),
                    unlessPaidBy: date("2026-12-10")), day: date("2026-11-10"), staff: "何静",
                reason: "出差"), effects: office.effects)
        _ = try decide(
            proposal: id,
            Approval(isApproved: true, day: date("2026-11-12"), by: "罗文", reason: ""),
            effects: office.effects)
        #expect(try figure(.lateFeeWaived, office, "2026-11") == "1 20.00")
        #expect(try figure(.lateFeeWaived, office, "2026-12", asOf: "2026-12-10") == "0 0.00")
        #expect(try figure(.lateFeeWaived, office, "2026-12") == "1 -20.00")
        #expect(try figure(.lateFeeWaived, office, "2027-01") == "0 0.00")
    }

    @Test func `counts a promise when given and when judged, and none that was withdrawn`() throws {
        let office = try office()
        for amount in [100_00, 200_00] {
            _ = try recordPromise(
                PromiseToPay(
                    amount: Money(fen: amount), on: date("2026-11-10"), until: date("2026-11-30"),
                    isInWriting: false), of: "1-101", owner: nil, effects: office.effects)
        }
        #expect(try figure(.promisesMade, office, "2026-11") == "2 300.00")
        #expect(try figure(.promisesBroken, office, "2026-11") == "0 0.00")
        #expect(try figure(.promisesBroken, office, "2026-12") == "2 300.00")
        try withdrawPromise(2, reason: "录错", on: date("2026-11-25"), effects: office.effects)
        #expect(try figure(.promisesMade, office, "2026-11") == "1 100.00")
        #expect(try figure(.promisesBroken, office, "2026-12") == "1 100.00")
    }

    @Test func `counts a contact that was corrected once`() throws {
        let office = try office()
        var call = Session.NewContact(
            way: .call, date: date("2026-11-10"), staff: ["何静"], relation: "owner")
        call.with = "安甲"
        call.note = "谈过"
        let first = try recordContact(call, of: "1-101", owner: nil, effects: office.effects)
        _ = try correctContact(first.number, effects: office.effects) { old in
            var new = old
            new.note = "谈过，下周再来"
            return new
        }
        #expect(try figure(.contacts, office, "2026-11") == "1 -")
    }

    @Test func `names no household whose hardship was relieved`() throws {
        let office = try office()
        let id = try openHardshipCase(
            for: "1-101", owner: nil, kind: .temporary, reason: "住院", by: "何静",
            on: date("2026-11-06"), review: date("2026-12-31"), effects: office.effects)
        let proposal = try proposeRelief(
            for: id.number,
            .concession(
                item: "wy", from: period("2026-12"), to: period("2026-12"), .percent(.hundred)),
            review: date("2026-12-31"), by: "何静", on: date("2026-11-10"), effects: office.effects)
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: true, day: date("2026-11-12"), by: "罗文", reason: ""),
            effects: office.effects)
        #expect(try rows(.reliefGranted, office, "2026-11") == [" 2026-11-12 1 0.00"])
    }
}
