import FeeLedger
import Primitives
import Testing

/// Random ledgers in which waivers have conditions and plans pause late fees: what holds for every
/// ledger holds for these. A failure names the seed.
@Suite struct `Every ledger with conditions and pauses` {
    private func everyLedger(
        _ check: (inout ConditionedLedger, (Bool, String) -> Void) -> Void
    ) {
        var broken: [String] = []
        for seed in UInt64(1)...400 {
            var ledger = ConditionedLedger(seed: seed)
            check(&ledger) { holds, what in
                if !holds { broken.append("seed \(seed): \(what)") }
            }
        }
        #expect(broken.prefix(5) == [], "broken \(broken.count) times")
    }

    @Test func `no closed charge keeps more late fee than is due, after any act`() {
        everyLedger { ledger, expect in
            while ledger.postNext() {
                for standing in ledger.book.statement(asOf: Sample.longAfter).standings
                where standing.principalOpen == .zero {
                    let due = max(.zero, standing.lateFeeGross - standing.lateFeeWaived)
                    expect(standing.lateFeePaid <= due, "\(standing.charge.name)")
                }
            }
        }
    }

    @Test func `all that was charged and paid is where the statement says`() {
        everyLedger { ledger, expect in
            while ledger.postNext() {}
            for date in ledger.inner.dates {
                let statement = ledger.book.statement(asOf: date)
                let paid = ledger.inner.payments.filter { $0.date <= date }
                    .reduce(Money.zero) { $0 + $1.amount }
                expect(statement.paid == paid, "paid by \(date): \(statement.paid), not \(paid)")
                if statement.standings.contains(where: \.isPaidInExcess) { continue }
                let gross = statement.standings.reduce(Money.zero) { $0 + $1.lateFeeGross }
                let owed = statement.charged - statement.conceded + gross - statement.waived
                expect(statement.total == owed - paid, "the total on \(date)")
            }
        }
    }

    @Test func `a settled charge takes nothing more, and shows nothing open at any later date`() {
        everyLedger { ledger, expect in
            var settled: Set<ChargeKey> = []
            while ledger.postNext() {
                for entry in ledger.inner.newEntries where entry.amount != .zero {
                    expect(entry.charge.map(settled.contains) != true, "\(entry) came after all")
                }
                for charge in ledger.book.charges where !settled.contains(charge.charge.key) {
                    guard let date = charge.settled(policy: ledger.book.policy) else { continue }
                    settled.insert(charge.charge.key)
                    for later in [0, 1, 10, 30, 60, 4_000] {
                        let statement = ledger.book.statement(asOf: date.advanced(byDays: later))
                        let standing = statement.standings.first { $0.charge == charge.charge }
                        expect(standing?.isOpen == false, "\(charge.charge.name), \(later) days on")
                    }
                }
            }
        }
    }

    @Test func `books opened from their entries, conditions and pauses are the same books`() {
        everyLedger { ledger, expect in
            while ledger.postNext() {}
            let reopened = ledger.reopened(withPauses: true)
            for date in ledger.inner.dates + [Sample.longAfter] {
                let (one, other) = (
                    ledger.book.statement(asOf: date), reopened.statement(asOf: date)
                )
                expect(one.total == other.total && one.waived == other.waived, "on \(date)")
            }
        }
    }

    /// Counted from the runs of the same books without a pause, day by day.
    @Test func `a pause takes off exactly its days`() {
        everyLedger { ledger, expect in
            while ledger.postNext() {}
            let plain = ledger.reopened(withPauses: false)
            for (charge, open) in zip(ledger.book.charges, plain.charges) {
                for date in ledger.inner.dates {
                    let runs = open.accrual(policy: plain.policy, asOf: date).runs
                    let pauses = ledger.pauses[charge.charge.key] ?? []
                    var sum = Int128(0)
                    for run in runs {
                        for index in 0..<run.days {
                            let day = run.first.advanced(byDays: index)
                            if pauses.contains(where: { $0.isPaused(day, asOf: date) }) { continue }
                            sum += run.product / Int128(run.days)
                        }
                    }
                    let accrual = charge.accrual(policy: plain.policy, asOf: date)
                    let counted = accrual.runs.reduce(Int128(0)) { $0 + $1.product }
                    expect(counted == sum, "\(charge.charge.name) on \(date)")
                    expect(accrual.runs.areApart, "the days of \(charge.charge.name)")
                }
            }
        }
    }

    @Test func `the ledgers tried are of every kind`() {
        var seen: [String: Int] = [:]
        everyLedger { ledger, _ in
            while ledger.postNext() {}
            let waivers = ledger.conditions.filter { condition in
                ledger.book.posted.contains { $0.source == .waiver(condition.waiver) }
            }
            for condition in waivers {
                let charge = ledger.book.charges.first { $0.charge.key == condition.key }!
                let isPaid = charge.principalOpen(asOf: condition.day) == .zero
                seen[isPaid ? "kept" : "void", default: 0] += 1
            }
            for charge in ledger.book.charges where charge.isPaused {
                let isSettled = charge.settled(policy: ledger.book.policy) != nil
                seen[isSettled ? "paused and settled" : "paused", default: 0] += 1
            }
        }
        #expect(seen.count == 4 && seen.values.allSatisfy { $0 >= 20 }, "\(seen)")
    }
}

private struct ConditionedLedger {
    var inner: RandomLedger
    private var random: SplitMix64
    private(set) var conditions: [(day: CivilDate, waiver: WaiverID, key: ChargeKey)] = []
    private(set) var pauses: [ChargeKey: [AccrualPause]] = [:]

    var book: AccountBook { inner.book }

    init(seed: UInt64) {
        inner = RandomLedger(seed: seed)
        random = SplitMix64(seed: seed &+ 77)
    }

    /// With a condition on every other waiver, and a pause on every other charge, or two.
    mutating func postNext() -> Bool {
        let number = inner.posted
        guard inner.postNext() else { return false }
        let (_, date, act) = inner.acts[number]
        switch act {
        case .waive(_, let key) where random.happens(in: 60):
            let day = date.advanced(byDays: random.number(0...60))
            conditions.append((day, ID(number), key))
            inner.book.restore(condition: day, of: ID(number), on: key)
        case .issue(let charge) where random.happens(in: 50):
            var from = charge.due.advanced(byDays: random.number(-20...60))
            for _ in 0..<random.number(1...2) {
                let to = from.advanced(byDays: random.number(0...60))
                let pause = AccrualPause(
                    from: from, to: to,
                    brokenOn: random.happens(in: 50)
                        ? from.advanced(byDays: random.number(-5...90)) : nil,
                    forgives: random.happens(in: 50))
                pauses[charge.key, default: []].append(pause)
                inner.book.restore(pause, of: charge.key)
                from = to.advanced(byDays: random.number(1...20))
            }
        default: break
        }
        return true
    }

    func reopened(withPauses: Bool) -> AccountBook {
        var reopened = AccountBook(account: book.account, policy: book.policy, order: book.order)
        for charge in book.issued { reopened.restore(charge) }
        for entry in book.posted { reopened.restore(entry) }
        for each in conditions {
            reopened.restore(condition: each.day, of: each.waiver, on: each.key)
        }
        if withPauses {
            for (key, pauses) in pauses {
                for pause in pauses { reopened.restore(pause, of: key) }
            }
        }
        return reopened
    }
}

extension AccrualPause {
    /// As the agreement says it, for one day.
    fileprivate func isPaused(_ day: CivilDate, asOf date: CivilDate) -> Bool {
        guard from <= day, day <= to else { return false }
        guard let brokenOn, date >= brokenOn else { return true }
        return forgives && day < brokenOn
    }
}
