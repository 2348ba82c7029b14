import FeeLedger
import FoundationEssentials
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// R6: years in the life of a small community. Whatever staff do, in whatever order, the books keep
/// their promises; and the same seed gives the same books.
@Suite struct `A simulated year` {
    /// How many; `DUNWELL_SIMULATIONS` sets it (200 in the full test).
    static let count = environment("DUNWELL_SIMULATIONS").flatMap { Int($0) } ?? 12

    @Test(arguments: 1...UInt64(count))
    func `keeps every promise of the books, after every act and every fault`(seed: UInt64) throws {
        var year = try SimulatedYear(seed: seed, hasFaults: true)
        try year.live { year, act in
            let broken = try brokenPromises(of: year)
            #expect(broken == [], "seed \(seed), after \(act)")
            if !broken.isEmpty { throw Broken() }
        }
        #expect(year.faults > 0)
    }

    /// What a fault cut off is done again: the end is the same.
    @Test(arguments: [UInt64(1_001), 1_002], [false, true])
    func `gives the same books for the same seed, with faults or without`(
        seed: UInt64, hasFaults: Bool
    ) throws {
        var one = try SimulatedYear(seed: seed)
        var other = try SimulatedYear(seed: seed, hasFaults: hasFaults)
        try one.live { _, _ in }
        try other.live { _, _ in }
        let last = date("2027-12-31")
        #expect(try one.office.books(asOf: last) == other.office.books(asOf: last))
        #expect(try one.office.books(asOf: last).count > 20)
        #expect((other.faults > 0) == hasFaults)
    }

    private struct Broken: Error {}

    private func brokenPromises(of year: SimulatedYear) throws -> [String] {
        var broken: [String] = []
        let effects = year.office.effects
        for asOf in [year.today, date("2026-12-31"), date("2028-12-31")] {
            var open: [String: Money] = [:]
            try forEachArrears(asOf: asOf, effects: effects) { row in
                open[row.unit, default: .zero] +=
                    row.standing.principalOpen + row.standing.lateFeeOpen
            }
            try forEachAccountTotals(asOf: asOf, effects: effects) { row in
                let totals = row.statement
                let gross = totals.standings.reduce(Money.zero) { $0 + $1.lateFeeGross }
                let inExcess = totals.standings.contains {
                    $0.lateFeePaid + $0.lateFeeWaived > $0.lateFeeGross
                }
                let net = totals.charged - totals.conceded + gross - totals.waived - totals.paid
                if !inExcess, net + totals.credit != totals.principalOpen + totals.lateFeeOpen {
                    broken.append("\(row.unit) does not add up on \(asOf)")
                }
                let isBelow = totals.standings.contains { $0.principalOpen < .zero }
                if isBelow || totals.credit < .zero { broken.append("\(row.unit) is below zero") }
                open[row.unit, default: .zero] -= totals.principalOpen + totals.lateFeeOpen
            }
            for (unit, difference) in open where difference != .zero {
                broken.append("arrears and accounts of \(unit) differ by \(difference) on \(asOf)")
            }
        }
        return broken
    }
}

func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

/// A year of random acts on Maple Court, driven by a seed alone.
struct SimulatedYear {
    let office: TestOffice
    private(set) var today = date("2026-10-31")
    private var dice: Dice
    private var references: [String] = []
    /// Faults have dice of their own: without them the acts are the same.
    private let hasFaults: Bool
    private var faultDice: Dice
    /// Acts that a fault cut off.
    private(set) var faults = 0
    private let owners = ["A01", "A02", "A03", "A05"]
    private let units = ["1-101", "1-102", "1-201", "P-001"]

    /// - Parameter hasFaults: now and then the disk is full, or fails, in the middle of an act;
    ///   staff do it again.
    init(seed: UInt64, hasFaults: Bool = false) throws {
        FaultyDisk.install()
        dice = Dice(state: seed)
        faultDice = Dice(state: ~seed)
        self.hasFaults = hasFaults
        office = try TestOffice()
        var files = MapleCourt.files
        let orders = ["principal_first", "late_fee_first", "charge_by_charge"]
        files["policy.yaml"] = MapleCourt.policy
            .replacing("principal_first", with: orders[dice.roll(3)])
            .replacing(
                "late_fee:",
                with: "late_fee:\n  grace: \(dice.roll(4))\n"
                    + "  grace_mode: \(dice.roll(2) == 0 ? "forgive" : "retroactive")\n"
                    + "  cap: \(["1.0", "0.05", "0.3"][dice.roll(3)])")
        #expect(try office.take(files).problems.isEmpty)
    }

    /// - Parameter check: is called after each act, with its name.
    mutating func live(_ check: (SimulatedYear, String) throws -> Void) throws {
        var month = period("2026-11")
        while today < date("2027-10-31") {
            today = today.advanced(byDays: 1 + dice.roll(9))
            if month.firstDay <= today {
                let dryRun = dice.roll(5) == 0
                try despiteFaults(check) { year in
                    _ = try runPeriod(
                        month, asOf: year.today, dryRun: dryRun, effects: year.office.effects)
                    return "run \(month) as of \(year.today)"
                }
                if dice.roll(3) > 0 { month = month.next }
            }
            try despiteFaults(check) { try $0.act() }
        }
    }

    /// Does the act; where a fault cuts it off, does it again.
    private mutating func despiteFaults(
        _ check: (SimulatedYear, String) throws -> Void,
        _ act: (inout SimulatedYear) throws -> String
    ) throws {
        if hasFaults, faultDice.roll(3) == 0 {
            let fault = FaultyDisk.Fault(
                after: faultDice.roll(30), isFull: faultDice.roll(2) == 0,
                stays: faultDice.roll(2) == 0)
            let before = self
            do {
                let done = try FaultyDisk.during(fault, in: office.folder) { try act(&self) }
                return try check(self, done)
            } catch is StoreError {
                let dice = faultDice
                self = before
                faultDice = dice
                faults += 1
                try check(self, "\(fault)")
            }
        }
        let done = try act(&self)
        try check(self, done)
    }

    /// One thing that staff do; refusals are part of life.
    private mutating func act() throws -> String {
        switch dice.roll(10) {
        case 0...4: return try pay()
        case 5: return try reversePayment()
        case 6: return try reverseCharge()
        case 7: return try waive()
        case 8: return try concede()
        default: return try transfer()
        }
    }

    private mutating func pay() throws -> String {
        let unit = units[dice.roll(4)]
        let day = today.advanced(byDays: -dice.roll(40))
        let reference = "S\(references.count)"
        let report = try enter(
            .payments, .add,
            [
                "reference": reference, "date": "\(day)", "unit": unit,
                "owner": dice.roll(4) == 0 ? owners[dice.roll(4)] : "",
                "amount": "\(Money(fen: 1 + dice.roll(60_000)))", "method": "bank",
            ])
        if report.problems.isEmpty { references.append(reference) }
        return "payment \(reference) of \(unit) on \(day)"
    }

    private mutating func reversePayment() throws -> String {
        guard !references.isEmpty else { return "nothing" }
        let reference = references[dice.roll(references.count)]
        try unlessRefused {
            try Office.reversePayment(
                reference, on: today, reason: "test", effects: office.effects)
        }
        return "reversal of \(reference) on \(today)"
    }

    private mutating func reverseCharge() throws -> String {
        let unit = units[dice.roll(3)]
        let month = today.period.advanced(byMonths: -dice.roll(3))
        try unlessRefused {
            try Office.reverseCharge(
                unit: unit, item: "wy", period: month, on: today, reason: "test",
                effects: office.effects)
        }
        return "reversal of \(unit) \(month) on \(today)"
    }

    private mutating func waive() throws -> String {
        let unit = units[dice.roll(3)]
        let month = today.period.advanced(byMonths: -dice.roll(4))
        references.append("")
        let row =
            "W\(references.count),\(today),\(unit),wy,\(month),\(Money(fen: 1 + dice.roll(900))),x,m"
        try office.take(
            [
                "waivers.csv": "reference,date,unit,item,period,amount,reason,approved_by\n\(row)\n"
            ], as: "waivers")
        return row
    }

    private mutating func concede() throws -> String {
        let unit = units[dice.roll(4)]
        let from = today.period.advanced(byMonths: -dice.roll(4))
        let relief = [
            "percent,\(1 + dice.roll(100))", "amount,\(1 + dice.roll(300))", "no_late_fee,",
        ]
        references.append("")
        let row =
            "C1\(references.count),\(unit),*,\(from),\(from.advanced(byMonths: dice.roll(5))),"
            + "\(relief[dice.roll(3)]),x,m,,\(today)"
        try office.take(
            [
                "concessions.csv":
                    "reference,unit,item,from,to,kind,value,reason,approved_by,review,on\n\(row)\n"
            ], as: "concessions")
        return row
    }

    private mutating func transfer() throws -> String {
        let unit = units[dice.roll(4)]
        let buyer = owners[dice.roll(4)]
        try unlessRefused {
            _ = try transferOwnership(of: unit, to: [buyer], on: today, effects: office.effects)
        }
        return "transfer of \(unit) to \(buyer) on \(today)"
    }

    private func unlessRefused(_ act: () throws -> Void) throws {
        do { try act() } catch is OfficeError {}
    }

    private func enter(
        _ table: TableFormat, _ mode: Entering, _ values: [String: String]
    ) throws -> ImportReport {
        try Office.enter(table, mode, values: values, effects: office.effects)
    }
}

/// SplitMix64.
private struct Dice {
    var state: UInt64
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((z ^ (z >> 31)) % UInt64(sides))
    }
}
