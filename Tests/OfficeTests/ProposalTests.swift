import Casework
import FeeLedger
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court on 21 November: 1-102's former owner owes May, 255.13; 1-201 September and October,
/// 142.50 each (half is conceded).
@Suite struct `A proposal` {
    private let office: TestOffice

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
    }

    private func propose(
        _ matter: ProposalEntry.Matter, for unit: String = "1-102", on day: String = "2026-11-21",
        by staff: String = "李四", reason: String = "首次逾期", review: String? = nil
    ) throws -> Int {
        try Office.propose(
            ProposalEntry(
                unit: unit, owner: nil, matter: matter, day: date(day), staff: staff,
                reason: reason, review: review.map(date)), effects: office.effects)
    }

    @discardableResult
    private func approve(
        _ proposal: Int, on day: String = "2026-11-22", by staff: String = "王经理",
        refusing reason: String? = nil
    ) throws -> [Bilingual] {
        try decide(
            proposal: proposal,
            Approval(
                isApproved: reason == nil, day: date(day), by: staff, reason: reason ?? ""),
            effects: office.effects)
    }

    private let waiver = ProposalEntry.Matter.waiver(
        item: "wy", period: period("2026-05"), amount: Money(fen: 20_00), unlessPaidBy: nil)

    /// `arrears` and `accounts` of the unit.
    private func rows(_ unit: String, _ day: String) throws -> [String] {
        try office.books(asOf: date(day)).filter { $0.hasPrefix(unit + " ") }
    }

    // MARK: - Who decides

    @Test func `changes no figure before it is approved, nor once it is refused`() throws {
        let before = try office.books(asOf: date("2027-01-31"))
        let plan = ProposalEntry.Matter.plan(
            parts: [.init(due: date("2026-12-15"), amount: Money(fen: 285_00))], lateFee: .pause,
            forgives: false)
        let numbers = [
            try propose(waiver), try propose(.writeOff(item: "wy", period: period("2026-05"))),
            try propose(.chargeReversal(item: "wy", period: period("2026-05"))),
            try propose(.paymentReversal(reference: "B001")),
            try propose(plan, for: "1-201"), try propose(.court, for: "1-101"),
            try propose(
                .concession(
                    item: "*", from: period("2026-09"), to: nil, .percent(Percentage(parts: 10_00))),
                for: "1-201", review: "2027-06-30"),
        ]
        #expect(numbers == Array(1...7))
        #expect(try office.books(asOf: date("2027-01-31")) == before)
        for number in numbers { try approve(number, refusing: "材料不全") }
        #expect(try office.books(asOf: date("2027-01-31")) == before)
    }

    @Test func `is never decided by who made it, before it was made, or twice`() throws {
        let number = try propose(waiver, by: " 李四 ")
        let before = try office.books(asOf: date("2026-12-31"))
        #expect(throws: StaffError.sameTwo(name: "李四")) { try approve(number, by: "李四\u{3000}") }
        #expect(throws: StaffError.sameTwo(name: "李四")) {
            try approve(number, by: "李四", refusing: "不")
        }
        let early = ProposalError.beforeProposal(
            id: 1, day: date("2026-11-21"), on: date("2026-11-20"))
        #expect(throws: early) { try approve(number, on: "2026-11-20") }
        #expect(throws: ProposalError.unknownProposal(id: 2)) { try approve(2) }
        #expect(try office.books(asOf: date("2026-12-31")) == before)
        try approve(number)
        let decided = ProposalError.decidedAlready(id: 1, on: date("2026-11-22"), by: "王经理")
        #expect(throws: decided) { try approve(number, on: "2026-11-23", by: "赵") }
        #expect(throws: decided) { try approve(number, by: "赵", refusing: "不") }
    }

    @Test func `is made by staff and decided by managers, once there are users`() throws {
        try addUser("王经理", role: .manager, effects: office.effects)
        try addUser("李四", role: .clerk, effects: office.effects)
        try addUser("钱审计", role: .auditor, effects: office.effects)
        #expect(throws: StaffError.onlyReads(name: "钱审计")) { try propose(waiver, by: "钱审计") }
        #expect(throws: StaffError.self) { try propose(waiver, by: "无名") }
        let number = try propose(waiver, by: "王经理")
        #expect(throws: StaffError.notManager(name: "李四", role: "clerk")) {
            try approve(number, by: "李四")
        }
        #expect(throws: StaffError.sameTwo(name: "王经理")) { try approve(number) }
    }

    // MARK: - What follows

    @Test func `of a waiver takes off the late fee from the day of the approval on`() throws {
        let number = try propose(waiver, on: "2026-11-01")
        #expect(try approve(number).isEmpty)
        // 191 days of 0.25513.
        #expect(try rows("1-102", "2026-11-21")[0].hasSuffix("255.13 48.47 48.47 190"))
        #expect(try rows("1-102", "2026-11-22")[0].hasSuffix("255.13 48.73 28.73 191"))
        let exported = try folder(["waivers.csv"])
        #expect(exported.contains("proposal-1,2026-11-22,1-102,wy,2026-05,20.00,首次逾期,王经理"))
    }

    @Test func `of a waiver above the late fee tells what has lapsed`() throws {
        let much = ProposalEntry.Matter.waiver(
            item: "wy", period: period("2026-05"), amount: Money(fen: 100_00), unlessPaidBy: nil)
        let told = try approve(try propose(much))
        #expect(told.map(\.zh) == ["减免 proposal-1：申请 100.00，当日违约金可减 48.73，其余 51.27 失效。"])
    }

    @Test func `of a conditional waiver is judged from payments, and nothing runs for it`() throws {
        let matter = ProposalEntry.Matter.waiver(
            item: "wy", period: period("2026-05"), amount: Money(fen: 20_00),
            unlessPaidBy: date("2026-11-30"))
        try approve(try propose(matter))
        // 199 and 200 days.
        #expect(try rows("1-102", "2026-11-30")[0].hasSuffix("255.13 50.77 30.77 199"))
        #expect(try rows("1-102", "2026-12-01")[0].hasSuffix("255.13 51.03 51.03 200"))
        #expect(
            try rows("1-102", "2026-12-01")[1]
                == "1-102 A02 255.13 0.00 0.00 0.00 0.00 255.13 51.03")
        try pay("X1", "2026-11-30", "1-102", "255.13", owner: "A02")
        #expect(try rows("1-102", "2026-12-01")[0].hasSuffix("0.00 50.77 30.77 0"))
        let book = try waiverBook(
            of: period("2026-11"), asOf: date("2026-12-01"), effects: office.effects)
        #expect(book.map(\.state) == [.counts])
        let late = ProposalError.conditionPassed(
            date: date("2026-11-25"), on: date("2026-11-26"))
        let passed = try propose(
            .waiver(
                item: "wy", period: period("2026-05"), amount: Money(fen: 1),
                unlessPaidBy: date("2026-11-25")))
        #expect(throws: late) { try approve(passed, on: "2026-11-26") }
    }

    @Test func `of a concession lowers what is open from the day of the approval on`() throws {
        let matter = ProposalEntry.Matter.concession(
            item: "wy", from: period("2026-09"), to: period("2026-10"),
            .amount(Money(fen: 42_50)))
        try approve(try propose(matter, for: "1-201", review: "2027-02-28"))
        #expect(try rows("1-201", "2026-11-21")[0].contains(" 142.50 "))
        #expect(try rows("1-201", "2026-11-22")[0].contains(" 100.00 "))
        #expect(
            try folder(["concessions.csv"]).contains(
                "proposal-1,1-201,wy,2026-09,2026-10,amount,42.50"))
    }

    @Test func `of a write-off stands in the books as conceded and waived`() throws {
        try approve(try propose(.writeOff(item: "wy", period: period("2026-05")), reason: "已过时效"))
        #expect(
            try rows("1-102", "2026-11-22")[0] == "1-102 A02 255.13 255.13 0.00 0.00 0.00 0.00 0.00"
        )
        // Of what was paid in part, the late fee is capped at what was paid, and waived.
        try pay("X1", "2026-11-21", "1-201", "100.00")
        let partly = try propose(.writeOff(item: "wy", period: period("2026-09")), for: "1-201")
        try approve(partly)
        let rows = try rows("1-201", "2026-12-31")
        #expect(rows.count == 2)
        let written = try writtenOff(
            from: date("2026-11-01"), to: date("2026-11-30"), effects: office.effects)
        #expect(
            written.map { "\($0.unit) \($0.principal) \($0.lateFee)" } == [
                "1-102 255.13 0.00", "1-201 42.50 9.55",
            ])
        let nothing = ProposalError.nothingOpen(what: "wy 2026-09", on: date("2026-11-23"))
        #expect(throws: nothing) {
            try propose(
                .writeOff(item: "wy", period: period("2026-09")), for: "1-201", on: "2026-11-23")
        }
    }

    @Test func `of a reversal undoes the payment or the charge on the day of the approval`() throws
    {
        try approve(try propose(.paymentReversal(reference: "B003")))
        #expect(try rows("1-102", "2026-11-21").count == 3)
        #expect(
            try rows("1-102", "2026-11-22").contains { $0.hasPrefix("1-102 A03;A04 wy 2026-10") })
        try approve(try propose(.chargeReversal(item: "wy", period: period("2026-05"))))
        #expect(!(try rows("1-102", "2026-11-22").contains { $0.contains("2026-05") }))
        #expect(throws: OfficeError.nothingToReverse(what: "B003")) {
            try propose(.paymentReversal(reference: "B003"))
        }
    }

    @Test func `is checked again when it is approved`() throws {
        let reversal = try propose(.chargeReversal(item: "wy", period: period("2026-05")))
        let waived = try propose(waiver)
        try approve(reversal)
        #expect(throws: ProposalError.noCharge(what: "wy 2026-05")) { try approve(waived) }
        #expect(
            try proposals(asOf: date("2026-11-30"), isOpen: true, effects: office.effects).map(
                \.id.number) == [waived])
    }

    // MARK: - What is refused at once

    @Test func `about what is not there, or makes no sense, is refused`() throws {
        #expect(throws: ProposalError.noCharge(what: "1-102 wy 2026-04")) {
            try propose(.writeOff(item: "wy", period: period("2026-04")))
        }
        #expect(throws: ProposalError.unknownItem(code: "xx", known: ["cw", "wy"])) {
            try propose(.writeOff(item: "xx", period: period("2026-05")))
        }
        #expect(throws: ProposalError.amountMissing) {
            try propose(
                .waiver(
                    item: "wy", period: period("2026-05"), amount: .zero, unlessPaidBy: nil))
        }
        #expect(throws: ProposalError.reasonMissing) { try propose(waiver, reason: " \n") }
        let notIssued = ProposalError.notIssued(
            what: "wy 2026-05", from: date("2026-05-01"), on: date("2026-04-30"))
        #expect(throws: notIssued) { try propose(waiver, on: "2026-04-30") }
        let relief = { (percent: Int) in
            ProposalEntry.Matter.concession(
                item: "wy", from: period("2026-09"), to: period("2026-10"),
                .percent(Percentage(parts: percent)))
        }
        #expect(throws: ProposalError.badPercent(text: "100.01")) {
            try propose(relief(100_01), for: "1-201", review: "2027-01-01")
        }
        #expect(throws: ProposalError.reviewMissing) { try propose(relief(50_00), for: "1-201") }
        #expect(throws: ProposalError.self) {
            try propose(relief(50_00), for: "1-201", review: "2026-11-20")
        }
        // In May, 1-102 was A02's.
        let others = ProposalError.concessionOfOthers(
            unit: "1-102", from: period("2026-05"), owner: "A02")
        #expect(throws: others) {
            try propose(
                .concession(item: "*", from: period("2026-05"), to: nil, .noLateFee),
                review: "2027-01-01")
        }
        #expect(throws: OfficeError.nothingToReverse(what: "B999")) {
            try propose(.paymentReversal(reference: "B999"))
        }
        #expect(throws: OfficeError.self) {
            try propose(.paymentReversal(reference: "B001"), on: "2026-09-09")
        }
        #expect(
            try proposals(asOf: date("2026-12-31"), isOpen: false, effects: office.effects).isEmpty)
    }

    // MARK: - Helpers

    private func pay(
        _ reference: String, _ day: String, _ unit: String, _ amount: String, owner: String = ""
    ) throws {
        let report = try enter(
            .payments, .add,
            values: [
                "reference": reference, "date": day, "unit": unit, "owner": owner,
                "amount": amount, "method": "bank",
            ], effects: office.effects)
        #expect(report.problems.isEmpty)
    }

    private func folder(_ files: [String]) throws -> String {
        let path = office.folder + "/export"
        _ = try exportCommunity(to: path, effects: office.effects)
        return try files.map { try String(contentsOfFile: path + "/" + $0, encoding: .utf8) }
            .joined()
    }
}
