import Casework
import FeeLedger
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Proposals, approvals, payments, plans, waivers and reversals at random, day after day, with what
/// must hold after each. `DUNWELL_PROPOSAL_STEPS` says how many steps (default 150).
@Suite struct `Proposals at random` {
    static let steps =
        ProcessInfo.processInfo.environment["DUNWELL_PROPOSAL_STEPS"].flatMap { Int($0) } ?? 150

    @Test(arguments: ["principal_first", "late_fee_first", "charge_by_charge"])
    func `keep the books whole, and nobody decides alone`(order: String) throws {
        var walk = try ProposalWalk(seed: 20_261_122, order: order)
        for _ in 0..<Self.steps { try walk.step() }
        print("proposals at random, \(order): \(Self.steps) steps, \(walk.counted)")
    }

    /// A plan that restores its late fees is broken sooner or later: whoever paid the same without
    /// one owes the same.
    @Test(arguments: 0..<UInt64(max(3, steps / 100)))
    func `a broken plan leaves exactly the late fee of the same history without it`(
        seed: UInt64
    ) throws {
        var random = WalkGenerator(seed: seed)
        let offices = [try TestOffice(), try TestOffice()]
        for office in offices { try office.take(MapleCourt.files) }
        let on = date("2026-11-21").advanced(byDays: Int.random(in: 0...20, using: &random))
        let first = Int.random(in: 1...284_99, using: &random)
        let due = on.advanced(byDays: Int.random(in: 0...40, using: &random))
        let later = due.advanced(byDays: Int.random(in: 1...60, using: &random))
        let number = try propose(
            ProposalEntry(
                unit: "1-201", owner: nil,
                matter: .plan(
                    parts: [
                        .init(due: due, amount: Money(fen: first)),
                        .init(due: later, amount: Money(fen: 285_00 - first)),
                    ], lateFee: .pause, forgives: false), day: on, staff: "李四", reason: "分期"),
            effects: offices[0].effects)
        let approved = on.advanced(byDays: Int.random(in: 0...5, using: &random))
        _ = try decide(
            proposal: number,
            Approval(isApproved: true, day: approved, by: "王经理", reason: ""),
            effects: offices[0].effects)
        // Never the whole principal: it is broken on some day.
        var left = 284_99
        for index in 0..<Int.random(in: 0...4, using: &random) where left > 0 {
            let amount = Int.random(in: 1...left, using: &random)
            left -= amount
            let day = on.advanced(byDays: Int.random(in: 1...120, using: &random))
            for office in offices {
                try office.pay("X\(index)", on: day, "1-201", Money(fen: amount))
            }
        }
        let view = try instalmentPlan(number, asOf: .distantFuture, effects: offices[0].effects)
        let broken = try #require(view.brokenOn)
        for days in [0, 1, 7, 90, 900] {
            let day = broken.advanced(byDays: days)
            #expect(
                try offices[0].books(asOf: day) == offices[1].books(asOf: day), "\(seed) \(day)")
        }
        let before = broken.advanced(byDays: -1)
        let fees = try offices.map { try $0.lateFees(of: "1-201", asOf: before) }
        #expect(fees[0] <= fees[1])
    }
}

extension TestOffice {
    fileprivate func pay(
        _ reference: String, on day: CivilDate, _ unit: String, _ amount: Money
    ) throws {
        let report = try enter(
            .payments, .add,
            values: [
                "reference": reference, "date": "\(day)", "unit": unit, "amount": "\(amount)",
                "method": "bank",
            ], effects: effects)
        #expect(report.problems.isEmpty)
    }

    fileprivate func lateFees(of unit: String, asOf day: CivilDate) throws -> Money {
        var sum = Money.zero
        try forEachArrears(asOf: day, effects: effects) {
            if $0.unit == unit { sum += $0.standing.lateFeeGross }
        }
        return sum
    }
}

/// One office, one day after the other.
private struct ProposalWalk {
    private let office = try! TestOffice()
    private var random: WalkGenerator
    private var today = date("2026-11-02")
    private var open: [Int] = []
    private var decided: [Int] = []
    private var payments: [(reference: String, date: CivilDate, amount: Money)] = []
    private var reversed: [String: CivilDate] = [:]
    private var count = 0
    private(set) var counted: [String: Int] = [:]

    private static let units = ["1-101", "1-102", "1-201", "P-001"]
    private static let staff = ["李四", "王经理", "赵经理"]

    init(seed: UInt64, order: String) throws {
        random = WalkGenerator(seed: seed)
        var files = MapleCourt.files
        files["payments.csv"] = nil
        files["policy.yaml"] = MapleCourt.policy.replacing(
            "allocation: principal_first", with: "allocation: \(order)")
        try office.take(files)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    mutating func step() throws {
        today = today.advanced(byDays: number(0...4))
        count += 1
        switch number(0...9) {
        case 0...1: try issue()
        case 2: try pay()
        case 3...5: try proposeSomething()
        default: try decideSomething()
        }
        try check()
    }

    private mutating func note(_ what: String) { counted[what, default: 0] += 1 }

    private mutating func issue() throws {
        let unit = Self.units[number(0...3)]
        // It may stand there already.
        let report = try? enter(
            .charges, .add,
            values: [
                "unit": unit, "item": "wy", "period": "\(today.period)",
                "amount": "\(Money(fen: number(50_00...400_00)))",
                "due": "\(today.period.firstDay.advanced(byDays: number(0...27)))",
            ], effects: office.effects)
        if let report, report.problems.isEmpty { note("charge") }
    }

    private mutating func pay() throws {
        let amount = Money(fen: number(1...250_00))
        let reference = "X\(count)"
        // Some come to light late.
        let day = number(0...2) == 0 ? today.advanced(byDays: -number(1...40)) : today
        try office.pay(reference, on: day, Self.units[number(0...3)], amount)
        payments.append((reference, day, amount))
        note("payment")
    }

    // MARK: - Proposing

    private mutating func matter(for unit: String) throws -> ProposalEntry.Matter? {
        let past = today.period.advanced(byMonths: -number(0...2))
        switch number(0...6) {
        case 0:
            let day = number(0...1) == 0 ? nil : today.advanced(byDays: number(0...30))
            return .waiver(
                item: "wy", period: past, amount: Money(fen: number(1...20_00)), unlessPaidBy: day)
        case 1:
            let share = Percentage(parts: number(1...100_00))
            return .concession(item: "wy", from: past, to: today.period, .percent(share))
        case 2:
            guard let payment = payments.randomElement(using: &random) else { return nil }
            return .paymentReversal(reference: payment.reference)
        case 3: return .chargeReversal(item: "wy", period: past)
        case 4: return .writeOff(item: "wy", period: past)
        default: return try plan(for: unit)
        }
    }

    /// Over what the account owes, in parts of any size.
    private mutating func plan(for unit: String) throws -> ProposalEntry.Matter? {
        var total = Money.zero
        try forEachAccountTotals(asOf: today, effects: office.effects) { row in
            if row.unit == unit { total = row.statement.principalOpen - row.statement.credit }
        }
        guard total > .zero else { return nil }
        var parts: [InstalmentPlan.Part] = []
        var (left, due) = (total.fen, today.advanced(byDays: number(0...20)))
        while left > 0 {
            let amount = parts.count == 3 ? left : number(1...left)
            parts.append(.init(due: due, amount: Money(fen: amount)))
            left -= amount
            due = due.advanced(byDays: number(1...40))
        }
        return .plan(
            parts: parts, lateFee: number(0...3) == 0 ? .accrue : .pause,
            forgives: number(0...2) == 0)
    }

    private mutating func proposeSomething() throws {
        let unit = Self.units[number(0...3)]
        guard let matter = try matter(for: unit) else { return }
        let before = try figures()
        let entry = ProposalEntry(
            unit: unit, owner: nil, matter: matter, day: today,
            staff: Self.staff[number(0...2)], reason: "原因", review: today.advanced(byDays: 90))
        do {
            let number = try propose(entry, effects: office.effects)
            open.append(number)
            note("proposed")
            if case .plan = matter { try checkSum(of: number) }
        } catch is any ExplainedError {
            note("not taken")
        }
        #expect(try figures() == before, "a proposal changed a figure")
    }

    private func checkSum(of number: Int) throws {
        let plan = try instalmentPlan(number, asOf: today, effects: office.effects).plan
        let covered = plan.terms.covers.reduce(Money.zero) { $0 + $1.principal + $1.lateFee }
        var credit = Money.zero
        let unit = try instalmentPlan(number, asOf: today, effects: office.effects).unit
        try forEachAccountTotals(asOf: today, effects: office.effects) {
            if $0.unit == unit { credit = $0.statement.credit }
        }
        #expect(plan.terms.total == covered - credit)
    }

    // MARK: - Deciding

    private mutating func decideSomething() throws {
        if let number = decided.randomElement(using: &random), self.number(0...3) == 0 {
            #expect(throws: ProposalError.self) { try say(number, by: "孙经理", yes: true) }
        }
        guard let number = open.randomElement(using: &random) else { return }
        let row = try proposals(asOf: today, isOpen: true, effects: office.effects)
            .first { $0.id.number == number }!
        let before = try figures()
        #expect(throws: StaffError.self) { try say(number, by: row.proposal.by, yes: true) }
        let yes = self.number(0...3) > 0
        do {
            try say(number, by: Self.staff.first { $0 != row.proposal.by }!, yes: yes)
            open.removeAll { $0 == number }
            decided.append(number)
            note(yes ? "approved \(row.kind)" : "refused")
            if yes, row.kind == "payment_reversal" { reversed[row.payment] = today }
            if !yes { #expect(try figures() == before, "a refusal changed a figure") }
        } catch is any ExplainedError {
            note("not possible any more")
            #expect(try figures() == before, "what was not approved changed a figure")
        }
    }

    private func say(_ number: Int, by name: String, yes: Bool) throws {
        _ = try decide(
            proposal: number,
            Approval(isApproved: yes, day: today, by: name, reason: "看过"),
            effects: office.effects)
    }

    // MARK: - What must hold

    private func figures() throws -> [[String]] {
        try [0, 30, 400].map { try office.books(asOf: today.advanced(byDays: $0)) }
    }

    /// SPEC 10's formula, and the money received, as of any date; what `arrears` lists is what the
    /// whole books have open, so that no charge is passed over that is not settled.
    private mutating func check() throws {
        let day = today.advanced(byDays: number(-60...200))
        var opened: [String] = []
        var received = Money.zero
        try forEachAccountTotals(asOf: day, effects: office.effects) { row in
            let totals = row.statement
            received += totals.paid
            var (gross, tooMuch) = (Money.zero, Money.zero)
            for each in totals.standings {
                gross += each.lateFeeGross
                let left = each.lateFeeGross - each.lateFeePaid - each.lateFeeWaived
                if left < .zero { tooMuch -= left }
                let due = max(.zero, each.lateFeeGross - each.lateFeeWaived)
                #expect(
                    each.principalOpen > .zero || each.lateFeePaid <= due,
                    "\(count) \(row.unit) \(each.charge.period) \(day): paid in excess")
                if each.isOpen {
                    opened.append(
                        "\(row.unit) \(each.charge.period) \(each.principalOpen) "
                            + "\(each.lateFeeOpen)")
                }
            }
            let owed = totals.charged - totals.conceded + gross - totals.waived - totals.paid
            #expect(
                owed + totals.credit + tooMuch == totals.principalOpen + totals.lateFeeOpen,
                "\(row.unit) \(day)")
            if tooMuch > .zero { note("late fee settled above what is due now") }
        }
        var listed: [String] = []
        try forEachArrears(asOf: day, effects: office.effects) { row in
            listed.append(
                "\(row.unit) \(row.standing.charge.period) \(row.standing.principalOpen) "
                    + "\(row.standing.lateFeeOpen)")
        }
        #expect(listed.sorted() == opened.sorted(), "\(count) \(day)")
        let stands = payments.filter {
            $0.date <= day && (reversed[$0.reference].map { day < $0 } ?? true)
        }
        #expect(received == stands.reduce(.zero) { $0 + $1.amount }, "\(count) \(day)")
    }
}

private struct WalkGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
