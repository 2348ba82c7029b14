import FeeLedger
import Primitives
import Testing

/// What holds for every ledger, tried on random ones. A failure names the seed: run
/// `RandomLedger(seed:)` with it to see that ledger again.
@Suite struct `Every ledger` {
    private static let seeds: ClosedRange<UInt64> = 1...400

    private func everyLedger(_ check: (inout RandomLedger, (Bool, String) -> Void) -> Void) {
        var broken: [String] = []
        for seed in Self.seeds {
            var ledger = RandomLedger(seed: seed)
            check(&ledger) { holds, what in
                if !holds { broken.append("seed \(seed): \(what)") }
            }
        }
        #expect(broken.prefix(5) == [], "broken \(broken.count) times")
    }

    @Test func `the entries of a payment add up to the payment`() {
        everyLedger { ledger, expect in
            ledger.postAll()
            for payment in ledger.payments {
                let entries = ledger.book.posted.filter { $0.source == .payment(payment.id) }
                let sum = entries.reduce(Money.zero) { $0 + $1.amount }
                expect(sum == payment.amount, "P\(payment.id.number): \(sum) of \(payment.amount)")
            }
        }
    }

    @Test func `no principal is ever below nothing, or above its charge`() {
        everyLedger { ledger, expect in
            ledger.postAll()
            for charge in ledger.book.charges {
                for date in ledger.book.posted.map(\.date) + [.distantPast, .distantFuture] {
                    let open = charge.principalOpen(asOf: date)
                    expect(
                        open >= .zero && open <= charge.charge.amount,
                        "\(charge.charge.name) on \(date): \(open)")
                }
            }
        }
    }

    @Test func `there is never credit beside an open principal, after any act`() {
        everyLedger { ledger, expect in
            while ledger.postNext() {
                let open = ledger.book.charges.contains { $0.principalOpen > .zero }
                expect(ledger.book.credit.isEmpty || !open, "after act \(ledger.posted)")
                let balance = ledger.book.credit.balance(asOf: .distantFuture)
                expect((balance == .zero) == ledger.book.credit.isEmpty, "credit is \(balance)")
            }
        }
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
            ledger.postAll()
            for date in ledger.dates {
                let statement = ledger.book.statement(asOf: date)
                let paid = ledger.payments.filter { $0.date <= date }
                    .reduce(Money.zero) { $0 + $1.amount }
                expect(statement.paid == paid, "paid by \(date): \(statement.paid), not \(paid)")
                if statement.standings.contains(where: \.isPaidInExcess) { continue }
                let gross = statement.standings.reduce(Money.zero) { $0 + $1.lateFeeGross }
                let owed = statement.charged - statement.conceded + gross - statement.waived
                let open = statement.principalOpen + statement.lateFeeOpen
                expect(owed - paid + statement.credit == open, "the sums on \(date)")
                expect(statement.total == owed - paid, "the total on \(date)")
            }
        }
    }

    @Test func `a late fee never falls from one day to the next without an entry`() {
        everyLedger { ledger, expect in
            ledger.postAll()
            let policy = ledger.book.policy
            let lowered = Set(ledger.book.posted.filter(\.isConcession).map(\.date))
            for charge in ledger.book.charges {
                for date in ledger.dates {
                    for next in 1...6 {
                        let tomorrow = date.advanced(byDays: next)
                        if lowered.contains(tomorrow) { continue }
                        let before = charge.lateFeeGross(
                            policy: policy, asOf: tomorrow.advanced(byDays: -1))
                        let after = charge.lateFeeGross(policy: policy, asOf: tomorrow)
                        expect(before <= after, "\(charge.charge.name) on \(tomorrow)")
                    }
                }
            }
        }
    }

    @Test func `a late fee is the sum of its days, and of its explanation`() {
        everyLedger { ledger, expect in
            ledger.postAll()
            let book = ledger.book
            for charge in book.charges {
                let account = DayByDay(charge.charge, in: book)
                for date in ledger.dates {
                    let gross = charge.lateFeeGross(policy: book.policy, asOf: date)
                    let counted = account.gross(asOf: date)
                    let name = charge.charge.name
                    expect(gross == counted, "\(name) on \(date): \(gross), \(counted)")
                    let accrual = charge.accrual(policy: book.policy, asOf: date)
                    let sum = accrual.runs.reduce(0) { $0 + $1.product }
                    let rounded = Money(fen: Int((sum + 500_000) / 1_000_000))
                    expect(min(rounded, accrual.cap) == gross, "the runs of \(name)")
                    expect(accrual.runs.areApart, "the days of \(name)")
                }
            }
        }
    }

    @Test func `a settled charge takes nothing more, and shows nothing open at any later date`() {
        everyLedger { ledger, expect in
            var settled: Set<ChargeKey> = []
            while ledger.postNext() {
                for entry in ledger.newEntries where entry.amount != .zero {
                    expect(entry.charge.map(settled.contains) != true, "\(entry) came after all")
                }
                let policy = ledger.book.policy
                for charge in ledger.book.charges where !settled.contains(charge.charge.key) {
                    guard let date = charge.settled(policy: policy) else { continue }
                    settled.insert(charge.charge.key)
                    for later in [0, 1, 30, 4_000] {
                        let statement = ledger.book.statement(asOf: date.advanced(byDays: later))
                        let standing = statement.standings.first { $0.charge == charge.charge }
                        expect(standing?.isOpen == false, "\(charge.charge.name), \(later) days on")
                    }
                }
            }
        }
    }

    @Test func `books opened from their entries go on as if they had never been closed`() {
        everyLedger { ledger, expect in
            while ledger.postNext(), ledger.posted < ledger.acts.count / 2 {}
            var reopened = AccountBook(
                account: ledger.book.account, policy: ledger.book.policy, order: ledger.book.order)
            for charge in ledger.book.issued { reopened.restore(charge) }
            for entry in ledger.book.posted { reopened.restore(entry) }
            var other = ledger
            other.book = reopened
            let before = ledger.book.posted.count
            ledger.postAll()
            other.postAll()
            let entries = Array(ledger.book.posted.dropFirst(before))
            expect(other.book.posted == entries, "other entries")
            expect(
                other.book.statement(asOf: Sample.longAfter).total
                    == ledger.book.statement(asOf: Sample.longAfter).total, "another total")
        }
    }

    /// That the ledgers tried are not all alike: each kind of thing that can happen did happen.
    @Test func `the ledgers tried are of every kind`() {
        var seen: [String: Int] = [:]
        for seed in Self.seeds {
            var ledger = RandomLedger(seed: seed)
            ledger.postAll()
            let book = ledger.book
            let end = book.statement(asOf: Sample.longAfter)
            seen["order " + book.order.rawValue, default: 0] += 1
            seen["grace " + book.policy.graceMode.rawValue, default: 0] += 1
            if book.posted.contains(where: { $0.amount < .zero && $0.isLateFee }) {
                seen["excess", default: 0] += 1
            }
            if !book.credit.isEmpty { seen["credit", default: 0] += 1 }
            if end.waived > .zero { seen["waived", default: 0] += 1 }
            if book.posted.contains(where: \.isConcession) { seen["conceded", default: 0] += 1 }
            if end.principalOpen > .zero { seen["open", default: 0] += 1 }
            if end.lateFeeOpen > .zero { seen["late fee open", default: 0] += 1 }
            if end.standings.contains(where: \.isCapped) { seen["capped", default: 0] += 1 }
            if book.charges.contains(where: { $0.settled(policy: book.policy) != nil }) {
                seen["settled", default: 0] += 1
            }
        }
        #expect(seen.count == 13 && seen.values.allSatisfy { $0 >= 15 }, "\(seen)")
    }
}

extension ChargeStanding {
    var isPaidInExcess: Bool { lateFeePaid + lateFeeWaived > lateFeeGross }
    var isCapped: Bool {
        lateFeeGross > .zero && lateFeeGross < charge.amount && principalOpen > .zero
    }
}

extension Entry {
    var charge: ChargeKey? {
        switch target {
        case .principal(let key), .lateFee(let key), .exemption(let key): key
        case .credit: nil
        }
    }
    var isLateFee: Bool { if case .lateFee = target { true } else { false } }
    var isConcession: Bool { if case .concession = source { true } else { false } }
}

extension [AccrualRun] {
    /// In order, no day twice, none that could be one with the next, none that accrues nothing.
    var areApart: Bool {
        zip(self, dropFirst()).allSatisfy { run, next in
            let touches = run.last.advanced(byDays: 1) == next.first
            return run.last < next.first
                && !(touches && run.principal == next.principal && run.rate == next.rate)
        } && allSatisfy { $0.days > 0 && $0.product > 0 }
    }
}
