public import Primitives
public import SQLiteStore

/// The office's figures as of a date. Each is the sum of a list of `BooksOnDay`, named beside it;
/// the month's report (`monthReport`) defines the rates, and counts the same.
public struct Dashboard: Sendable {
    /// One period: `ChargeFilter` from and to that period.
    public struct PeriodFigures: Hashable, Sendable {
        public let period: Period
        /// What was charged, less concessions.
        public let rate: CollectionRate
        /// Charged and not met.
        public var open: Money { rate.payable - rate.met }
    }

    /// One line of the ageing: `ChargeFilter.age`, or, for the accounts, `UnitFilter.age`.
    public struct AgeFigures: Hashable, Sendable {
        public let age: DebtAge
        public let accounts: Int
        public let principal: Money
    }

    /// One line of the limitation: `ChargeFilter.end`.
    public struct EndFigures: Hashable, Sendable {
        public let end: ClaimEnd
        public let charges: Int
        public let principal: Money
    }

    /// The twelve periods, the oldest first.
    public internal(set) var periods: [PeriodFigures] = []
    /// Over the twelve: `ChargeFilter` from the first to the last of them.
    public internal(set) var rate = CollectionRate()
    /// How many charges that is.
    public internal(set) var charges = 0
    /// Late fee that payments met on charges of the twelve, and that waivers took off them.
    public internal(set) var lateFeePaid = Money.zero
    public internal(set) var lateFeeWaived = Money.zero
    /// The same date and twelve periods a year before; `nil`: nothing was charged then.
    public internal(set) var yearBefore: CollectionRate?
    /// Overdue principal, and what of it belongs to the twelve periods.
    public internal(set) var overdue = Money.zero
    public internal(set) var overdueOfPeriods = Money.zero
    /// Open, and not due yet.
    public internal(set) var notDue = Money.zero
    /// Outstanding as of the date.
    public internal(set) var lateFee = Money.zero
    /// In the order of `DebtAge`; they add up to `overdue`.
    public internal(set) var ages: [AgeFigures] = []
    public internal(set) var ends: [EndFigures] = []
    /// Accounts by mark; those of hardship only for who may see it.
    public internal(set) var marks: [UnitFilter.Mark: Int] = [:]
    /// Since when the oldest proposal of relief waits, and the next review.
    public internal(set) var waitsSince, nextReview: CivilDate?
    /// What open promises name together.
    public internal(set) var promised = Money.zero
    /// What concessions took off charges of the periods of the date's year.
    public internal(set) var concededThisYear = Money.zero
}

extension BooksOnDay {
    /// All figures of the dashboard.
    ///
    /// - Parameter seesHardship: whether whoever looks may know who is in hardship.
    public func dashboard(seesHardship: Bool) -> Dashboard {
        var figures = Dashboard()
        figures.yearBefore = yearBefore
        addCharges(to: &figures)
        addAges(to: &figures)
        addMarks(to: &figures, seesHardship: seesHardship)
        return figures
    }

    private func addCharges(to figures: inout Dashboard) {
        var rates: [Period: CollectionRate] = [:]
        var ends: [ClaimEnd: (charges: Int, principal: Money)] = [:]
        let (first, last) = (periods[0], periods[periods.count - 1])
        for charge in charges {
            let isOfPeriods = first <= charge.period && charge.period <= last
            if isOfPeriods {
                rates[charge.period, default: CollectionRate()]
                    .add(payable: charge.payable, open: charge.principal)
                figures.charges += 1
                figures.lateFeePaid += charge.lateFeePaid
                figures.lateFeeWaived += charge.lateFeeWaived
            }
            if charge.daysOverdue > 0 {
                figures.overdue += charge.principal
                if isOfPeriods { figures.overdueOfPeriods += charge.principal }
            } else {
                figures.notDue += charge.principal
            }
            figures.lateFee += charge.lateFee
            if charge.period.year == asOf.year { figures.concededThisYear += charge.conceded }
            guard let end = charge.lastDay.flatMap({ ClaimEnd(daysLeft: $0 - asOf) }) else {
                continue
            }
            ends[end, default: (0, .zero)].charges += 1
            ends[end]!.principal += charge.principal
        }
        figures.periods = periods.map {
            Dashboard.PeriodFigures(period: $0, rate: rates[$0] ?? CollectionRate())
        }
        for one in figures.periods {
            figures.rate.payable += one.rate.payable
            figures.rate.met += one.rate.met
        }
        figures.ends = ClaimEnd.allCases.map {
            Dashboard.EndFigures(
                end: $0, charges: ends[$0]?.charges ?? 0, principal: ends[$0]?.principal ?? .zero)
        }
    }

    private func addAges(to figures: inout Dashboard) {
        figures.ages = DebtAge.allCases.map { age in
            let sums = accounts.lazy.map { $0.overdue(of: age) }.filter { $0 > .zero }
            return Dashboard.AgeFigures(
                age: age, accounts: sums.count, principal: sums.reduce(.zero, +))
        }
    }

    private func addMarks(to figures: inout Dashboard, seesHardship: Bool) {
        for mark in UnitFilter.Mark.allCases where seesHardship || !mark.isHardship {
            var filter = UnitFilter()
            filter.mark = mark
            filter.includesFormer = true
            figures.marks[mark] = accounts(filter, seesHardship: seesHardship).count
        }
        figures.promised = accounts.reduce(.zero) { $0 + $1.promised }
        guard seesHardship else { return }
        let cases = accounts.compactMap(\.hardship)
        figures.waitsSince = cases.compactMap(\.waitsSince).min()
        figures.nextReview = cases.filter { $0.isReviewNear(on: asOf) }.compactMap(\.review).min()
    }
}

/// How the mail and the letters stand now, whatever the date.
public struct PostFigures: Sendable {
    /// Messages by state; all states add up to what was ever made.
    public let mail: [DeliveryState: Int]
    /// Letters that wait to be printed.
    public let unprinted: Int
}

/// How the mail and the letters stand.
public func postFigures(effects: Effects) throws -> PostFigures {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return PostFigures(
            mail: try session.deliveryCounts(of: context.id),
            unprinted: try session.unprintedLetters(of: context.id, period: nil).count)
    }
}
