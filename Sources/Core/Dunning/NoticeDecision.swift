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
        let reached = ladder.stage(for: statement.overduePrincipals)
        let stage = active.contains(.hardship) ? reached.map { _ in ladder.stages[0] } : reached
        let stopped = stage != nil && !active.subtracting([.hardship]).isEmpty
        held = stopped
        guard !noticedAlready else {
            notice = nil
            return
        }
        if let stage, !stopped, !stage.isTooEarly(after: lastNotices[stage.code], on: asOf) {
            notice = .dunning(stage)
        } else if statement.hasNewCharges {
            notice = .bill
        } else {
            notice = nil
        }
    }
}

extension DunningStage {
    fileprivate func isTooEarly(after last: CivilDate?, on date: CivilDate) -> Bool {
        last.map { date - $0 < repeatAfter } ?? false
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
