import Interchange
import Office
import Primitives
import TestKit
import Testing

@Suite struct `A single act` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        return office
    }

    private func enter(
        _ office: TestOffice, _ table: TableFormat, _ mode: Entering, _ values: [String: String]
    ) throws -> ImportReport {
        try Office.enter(table, mode, values: values, effects: office.effects)
    }

    private func totals(_ office: TestOffice, _ unit: String, _ day: String) throws -> String? {
        try office.books(asOf: date(day)).last {
            $0.hasPrefix(unit) && $0.split(separator: " ").count == 9
        }
    }

    @Test func `changes what is given and leaves the rest, with its history`() throws {
        let office = try office()
        let changed = try enter(office, .units, .change, ["unit": "1-101", "area": "101.00"])
        #expect(changed.files.map(\.changed) == [1])
        #expect(try history(of: office) == ["unit area 100.00 101.00"])
        let same = try enter(office, .units, .change, ["unit": "1-101", "area": "101"])
        #expect(same.files.map(\.known) == [1])
    }

    @Test func `adds what is new alone, and changes what is there alone`() throws {
        let office = try office()
        #expect(throws: OfficeError.rowStands(key: "1-101", asked: true)) {
            try enter(
                office, .units, .add,
                ["unit": "1-101", "building": "1", "kind": "residence", "area": "1"])
        }
        #expect(throws: OfficeError.rowStands(key: "1-999", asked: false)) {
            try enter(office, .units, .change, ["unit": "1-999", "area": "1"])
        }
    }

    @Test func `that breaks a rule is refused by an import's own message`() throws {
        let office = try office()
        let report = try enter(office, .owners, .change, ["owner": "A01", "email": "no address"])
        #expect(
            report.problems.map { $0.typedText(in: .zh) } == [
                "邮箱「no address」：不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。"
            ])
        #expect(try history(of: office) == [])
    }

    @Test func `transfers a unit: arrears and credit stay with the seller's account`() throws {
        let office = try office()
        _ = try enter(office, .owners, .add, ["owner": "A06", "name": "樊己"])
        let settlement = try transferOwnership(
            of: "1-201", to: ["A06"], on: date("2026-11-01"), effects: office.effects)
        #expect(settlement.statement.asOf == date("2026-10-31"))
        #expect(settlement.statement.principalOpen == Money(fen: 285_00))
        #expect(settlement.statement.lateFeeOpen == Money(fen: 8_84))
        let accounts = try office.books(asOf: date("2026-11-01")).filter { $0.hasPrefix("1-201") }
        #expect(accounts.suffix(2).map { $0.split(separator: " ")[1] } == ["A05", "A06"])
        #expect(throws: OfficeError.cannotTransfer(unit: "1-201", on: date("2026-11-01"))) {
            try transferOwnership(
                of: "1-201", to: ["A06"], on: date("2026-11-01"), effects: office.effects)
        }
    }

    @Test func `reverses a payment from that day on, and what stood before is seen as it stood`()
        throws
    {
        let office = try office()
        try reversePayment(
            "B002", on: date("2026-11-05"), reason: "wrong unit", effects: office.effects)
        #expect(
            try totals(office, "1-101", "2026-11-04")
                == "1-101 A01 570.00 0.00 585.00 0.00 10.44 0.00 0.00")
        // 16 days to the payment, which itself still accrues, then from the 6th on: 285.00 × 21 × 1‰.
        #expect(
            try totals(office, "1-101", "2026-11-10")
                == "1-101 A01 570.00 0.00 285.00 0.00 0.00 285.00 5.99")
        #expect(throws: OfficeError.nothingToReverse(what: "B002")) {
            try reversePayment(
                "B002", on: date("2026-11-06"), reason: "again", effects: office.effects)
        }
        #expect(throws: OfficeError.reversalTooEarly(what: "B003", from: date("2026-10-14"))) {
            try reversePayment(
                "B003", on: date("2026-10-13"), reason: "early", effects: office.effects)
        }
    }

    @Test func `reverses a charge: what was paid on it becomes credit, and no run issues it again`()
        throws
    {
        let office = try office()
        try reverseCharge(
            unit: "1-101", item: "wy", period: period("2026-10"), on: date("2026-11-02"),
            reason: "vacant", effects: office.effects)
        #expect(
            try totals(office, "1-101", "2026-11-01")
                == "1-101 A01 570.00 0.00 585.00 0.00 10.44 0.00 0.00")
        #expect(
            try totals(office, "1-101", "2026-11-02")
                == "1-101 A01 285.00 0.00 585.00 0.00 300.00 0.00 0.00")
        let run = try runPeriod(
            period("2026-10"), asOf: date("2026-11-03"), dryRun: false, effects: office.effects)
        // The parking space's quarter alone.
        #expect(run.chargesIssued == 1)
        // The credit meets the next month's charge.
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        #expect(
            try totals(office, "1-101", "2026-11-05")
                == "1-101 A01 570.00 0.00 585.00 0.00 15.00 0.00 0.00")
    }

    @Test func `reverses nothing twice, and nothing that is not there`() throws {
        let office = try office()
        let reverse = {
            try reverseCharge(
                unit: "1-101", item: "wy", period: period("2026-10"), on: date("2026-11-02"),
                reason: "vacant", effects: office.effects)
        }
        try reverse()
        #expect(throws: OfficeError.nothingToReverse(what: "1-101 wy 2026-10")) { try reverse() }
        #expect(throws: OfficeError.nothingToReverse(what: "1-101 zz 2026-10")) {
            try reverseCharge(
                unit: "1-101", item: "zz", period: period("2026-10"), on: date("2026-11-02"),
                reason: "x", effects: office.effects)
        }
    }
}
