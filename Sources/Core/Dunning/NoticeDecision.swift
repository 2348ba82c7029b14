public import FeeLedger
public import Primitives

/// What a run decides for one account: at most one notice (SPEC.md 7).
public struct NoticeDecision: Hashable, Sendable {
    public enum Notice: Hashable, Sendable {
        case bill
        case dunning(DunningStage)
    }

    public let notice: Notice?
    /// A hold other than hardship stopped a dunning notice, whether or not it would also have been
    /// too early.
    public let held: Bool
    /// Why an account with overdue principals is not dunned, or only mildly; `nil`: it is dunned
    /// by the stage that it reached, or nothing is overdue.
    public let spared: Sparing?

    /// Why an account is not dunned though something is overdue.
    public enum Sparing: Hashable, Sendable {
        /// It has a notice of that very date.
        case noticedAlready
        /// By holds other than hardship.
        case held(Set<DunningHold.Reason>)
        /// The last notice of the stage is too near.
        case tooSoon(after: CivilDate)
        /// It is not overdue for long enough, or with too little, for any stage.
        case belowLadder
        /// It reached a higher stage, and hears the mildest, because it is in hardship.
        case hardship
    }

    /// - Parameters:
    ///   - statement: the account as of the run's date T.
    ///   - lastNotices: the as-of date of the account's last dunning notice of each stage, on or
    ///     before T.
    ///   - noticedAlready: whether the account has a notice for T; it gets at most one.
    public init(
        for statement: AccountStatement, ladder: DunningLadder, holds: [DunningHold],
        lastNotices: [String: CivilDate], noticedAlready: Bool
    ) {
        let asOf = statement.asOf
        let active = Set(holds.filter { $0.holds(on: asOf) }.map(\.reason))
        let overdue = statement.overduePrincipals
        let reached = ladder.stage(for: overdue)
        let stage = active.contains(.hardship) ? reached.map { _ in ladder.stages[0] } : reached
        let stopping = active.subtracting([.hardship])
        held = stage != nil && !stopping.isEmpty
        let last = stage.flatMap { lastNotices[$0.code] }
        spared =
            if overdue.isEmpty { nil } else if noticedAlready { .noticedAlready } else if held {
                .held(stopping)
            } else if let stage, let last, stage.isTooEarly(after: last, on: asOf) {
                .tooSoon(after: last)
            } else if reached == nil {
                .belowLadder
            } else { stage == reached ? nil : .hardship }
        notice =
            if noticedAlready { nil } else if let stage, spared == nil || spared == .hardship {
                .dunning(stage)
            } else { statement.hasNewCharges ? .bill : nil }
    }
}

extension DunningStage {
    fileprivate func isTooEarly(after last: CivilDate, on date: CivilDate) -> Bool {
        date - last < repeatAfter
    }
}

extension AccountStatement {
    /// Nobody is dunned for what was never billed: charges that a run of this date issued are left
    /// out.
    fileprivate var overduePrincipals: [OverduePrincipal] {
        standings.compactMap { standing in
            guard standing.daysOverdue > 0, standing.charge.issuedAsOf != asOf else { return nil }
            return OverduePrincipal(principal: standing.principalOpen, days: standing.daysOverdue)
        }
    }

    var hasNewCharges: Bool { standings.contains { $0.charge.issuedAsOf == asOf } }
}
