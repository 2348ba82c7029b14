import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// 1-201 of Maple Court owes half of 285.00 for September and for October, by a concession of 50
/// per cent: 142.50 each, and late fees of 9.55 and 5.27 as of 21 November.
@Suite struct `Taking money` {
    private let today = date("2026-11-21")

    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        return office
    }

    @discardableResult
    private func pay(
        _ office: TestOffice, _ amount: String, on day: String = "2026-11-21",
        unit: String = "1-201", owner: String? = nil, method: PaymentMethod = .pos
    ) throws -> String {
        var entry = PaymentEntry(
            unit: unit, owner: owner, amount: try Money(parsing: amount), date: date(day),
            method: method)
        entry.payer = " 邓戊 "
        return try recordPayment(entry, today: today, effects: office.effects)
    }

    private func receipt(_ office: TestOffice, _ number: String) throws -> PaymentReceipt {
        try paymentReceipt(number, today: today, effects: office.effects)
    }

    private func lines(_ receipt: PaymentReceipt) -> [String] {
        receipt.lines.map {
            "\($0.target) \($0.period?.description ?? "-") \($0.itemName) \($0.amount)"
        }
    }

    @Test func `numbers receipts month by month, without a gap`() throws {
        let office = try office()
        #expect(try pay(office, "1.00") == "SJ-202611-00001")
        #expect(throws: PaymentError.self) { try pay(office, "1.00", unit: "9-999") }
        #expect(try pay(office, "2.00", on: "2026-10-31") == "SJ-202611-00002")
        var entry = PaymentEntry(
            unit: "1-201", owner: nil, amount: Money(fen: 3_00), date: date("2026-12-01"),
            method: .cash)
        entry.note = "earlier numbers do not count"
        let next = try recordPayment(
            entry, today: date("2026-12-01"), effects: office.effects)
        #expect(next == "SJ-202612-00001")
        #expect(try pay(office, "4.00") == "SJ-202611-00003")
    }

    @Test func `goes on after the number that an import brought`() throws {
        let office = try office()
        for reference in ["SJ-202611-00041", "SJ-202611-x", "SJ-2026110-1"] {
            let report = try enter(
                .payments, .add,
                values: [
                    "reference": reference, "date": "2026-11-02", "unit": "1-201",
                    "amount": "1.00", "method": "bank",
                ], effects: office.effects)
            #expect(report.problems.isEmpty)
        }
        #expect(try pay(office, "1.00") == "SJ-202611-00042")
    }

    @Test func `gives a receipt that says what the money met, and what is still owed`() throws {
        let office = try office()
        let number = try pay(office, "200.00")
        let receipt = try receipt(office, number)
        #expect(receipt.community == "枫林苑")
        #expect(receipt.owners == ["邓戊"])
        #expect(receipt.formerOwner == nil)
        #expect(receipt.payment.amount == Money(fen: 200_00))
        #expect(receipt.payment.payer == "邓戊")
        #expect(receipt.payment.staff == "clerk")
        #expect(receipt.payment.date == today)
        #expect(
            lines(receipt) == [
                "principal 2026-09 物业服务费 142.50", "principal 2026-10 物业服务费 57.50",
            ])
        #expect(receipt.statement.principalOpen == Money(fen: 85_00))
        #expect(receipt.prints == 0)
        #expect(!receipt.takesTwo)
    }

    @Test func `tells late fees and credit apart, and leaves out what the credit met later`() throws
    {
        let office = try office()
        let before = try accountPage(
            of: "1-201", owner: nil, asOf: today, seesHardship: false, effects: office.effects)
        let number = try pay(office, "400.00")
        let fees = before.statement.lateFeeOpen
        let rest = Money(fen: 400_00) - before.statement.total
        #expect(fees > .zero && rest > .zero)
        #expect(lines(try receipt(office, number)).last == "credit -  \(rest)")
        _ = try runPeriod(
            period("2026-11"), asOf: today, dryRun: false, effects: office.effects)
        let after = try receipt(office, number)
        #expect(lines(after).last == "credit -  \(rest)")
        #expect(
            after.lines.filter { $0.target == .lateFee }.reduce(.zero) { $0 + $1.amount } == fees)
        #expect(after.lines.reduce(.zero) { $0 + $1.amount } == Money(fen: 400_00))
    }

    @Test func `counts the prints of a receipt`() throws {
        let office = try office()
        let first = try pay(office, "1.00")
        let second = try pay(office, "2.00")
        #expect(try printReceipt(first, effects: office.effects) == 1)
        #expect(try printReceipt(first, effects: office.effects) == 2)
        #expect(try receipt(office, first).prints == 2)
        #expect(try receipt(office, second).prints == 0)
        try reversePayment(
            first, on: date("2026-11-21"), reason: "wrong unit", effects: office.effects)
        #expect(
            throws: PaymentError.reversed(reference: first, on: date("2026-11-21"))
        ) { try printReceipt(first, effects: office.effects) }
        #expect(try receipt(office, first).payment.reversed == date("2026-11-21"))
        #expect(throws: PaymentError.unknownPayment(reference: "x")) {
            try printReceipt("x", effects: office.effects)
        }
    }

    @Test func `goes to the account of the owner who is named`() throws {
        let office = try office()
        let number = try pay(office, "100.00", unit: "1-102", owner: "A02")
        let receipt = try receipt(office, number)
        #expect(receipt.owners == ["白乙"])
        #expect(receipt.formerOwner == "A02")
        #expect(lines(receipt) == ["principal 2026-05 物业服务费 100.00"])
    }

    @Test func `refuses money that is still to come, an auditor, and what an import refuses`()
        throws
    {
        let office = try office()
        #expect(
            throws: PaymentError.notYetCome(date: date("2026-11-22"), today: today)
        ) { try pay(office, "1.00", on: "2026-11-22") }
        do {
            try pay(office, "1.00", on: "2019-01-01")
            Issue.record("nobody held it then")
        } catch let error as PaymentError {
            #expect(error.message.zh.contains("这时没有人登记为业主"))
        }
        try addUser("经理", role: .manager, effects: office.effects)
        #expect(throws: StaffError.self) { try pay(office, "1.00") }
        #expect(try paymentList(office).count == 3)
    }

    private func paymentList(
        _ office: TestOffice, _ change: (inout Session.PaymentFilter) -> Void = { _ in },
        page: Int = 1, size: Int = 50
    ) throws -> PaymentList {
        var filter = Session.PaymentFilter()
        change(&filter)
        return try Office.paymentList(filter, page: page, size: size, effects: office.effects)
    }

    @Test func `is listed and summed by what is asked for, without what was reversed`() throws {
        let office = try office()
        let mistaken = try pay(office, "7.00", method: .cash)
        try pay(office, "9.00", method: .cash)
        try reversePayment(
            mistaken, on: today, reason: "wrong unit", effects: office.effects)
        let all = try paymentList(office)
        #expect(all.count == 5)
        #expect(all.amount == Money(fen: 849_13))
        #expect(all.rows.map(\.reference).prefix(2) == ["SJ-202611-00002", "SJ-202611-00001"])
        #expect(
            all.byTime.map { "\($0.word) \($0.count) \($0.amount)" } == [
                "2026-11 2 9.00", "2026-10 2 555.13", "2026-09 1 285.00",
            ])
        #expect(
            all.byMethod.map { "\($0.word) \($0.count) \($0.amount)" } == [
                "bank 2 540.13", "cash 2 9.00", "wechat 1 300.00",
            ])
        #expect(all.byStaff.map(\.word) == ["clerk"])
        let october = try paymentList(office) {
            $0.from = date("2026-10-01")
            $0.to = date("2026-10-31")
            $0.method = "bank"
        }
        #expect(october.rows.map(\.reference) == ["B003"])
        #expect(october.amount == Money(fen: 255_13))
        #expect(october.byTime.map(\.word) == ["2026-10-14"])
        #expect(
            try paymentList(office, page: 2, size: 2).rows.map(\.reference) == ["B002", "B003"])
        #expect(try paymentList(office) { $0.staff = "nobody" }.count == 0)
    }
}
