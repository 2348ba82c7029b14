import Dunning
public import Evidence
import FeeLedger
public import Primitives
public import SQLiteStore

/// What a dunning notice lacks whose arrival is not proven.
public enum GapKind: String, Sendable, CaseIterable {
    /// A signature was asked for, and nothing at all is recorded.
    case unsigned
    /// The letter was printed, and nothing is recorded.
    case unserved
    /// A mail, text message or fax without agreement, or refused.
    case message
    /// In the mailbox, without a photo or agreement.
    case mailbox
    /// Registered or notarised, without all of its papers.
    case papers
    /// Posted, called, visited, or left by one person alone: words.
    case words
    /// Of grade D in a way that the policy does not accept.
    case unaccepted

    init(_ notice: Session.ServedNotice) {
        guard let best = notice.best else {
            self = notice.asksForSignature ? .unsigned : .unserved
            return
        }
        switch best.how {
        case _ where best.grade == .d: self = .unaccepted
        case .email, .sms, .fax, .page: self = .message
        case .mailbox: self = .mailbox
        case .registered, .notarised: self = .papers
        default: self = .words
        }
    }
}

/// A dunning notice whose arrival is not proven, with what is at stake.
public struct OpenGap: Sendable {
    public let kind: GapKind
    public let notice: Session.ServedNotice
    /// Names of the account's owners, in the order of their codes.
    public let names: [String]
    /// The last day of the first open claim that the notice lists, inclusive; `nil`: nothing that
    /// it lists is open, and nothing is at stake.
    public let lastDay: CivilDate?
    /// Whether that day is near, or past: within `warn_days`.
    public let isNear: Bool
}

/// How the dunning notices of a period reached their owners. The counts add up to all of them:
/// `proven`, the gaps, and what has not gone out.
public struct ServiceOverview: Sendable {
    /// The period that was asked for; `nil`: all, or none has a dunning notice.
    public let period: Period?
    /// Those with dunning notices, the newest first.
    public let periods: [Period]
    public let notices: Int
    /// By the best grade of each.
    public internal(set) var proven: [ProofGrade: Int] = [:]
    /// The oldest first.
    public internal(set) var gaps: [OpenGap] = []

    /// Neither printed nor sent.
    public var unsent: Int { notices - gaps.count - proven.values.reduce(0, +) }
}

/// - Parameters:
///   - period: `nil`: the newest with a dunning notice, unless `all` is asked for.
///   - asOf: the day as of which claims are open.
public func serviceOverview(
    period asked: Period?, all: Bool, asOf: CivilDate, effects: Effects
) throws -> ServiceOverview {
    let choice = all ? "all" : asked.map { "\($0)" } ?? ""
    let key = KeptFigures<ServiceOverview>.Key(effects, asOf: asOf, choice: choice)
    return try keptServices.value(of: key, effects: effects) { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let periods = try session.dunningPeriods(of: context.id)
        let period = all ? nil : asked ?? periods.first?.period
        let counted = periods.filter { period == nil || $0.period == period }
        var overview = ServiceOverview(
            period: period, periods: periods.map(\.period),
            notices: counted.reduce(0) { $0 + $1.notices })
        var unproven: [Session.ServedNotice] = []
        let accepted = context.policy.limitation.accept
        try session.forEachServedNotice(of: context.id, period: period) { notice in
            guard notice.stage != nil else { return }
            if notice.isProven(accepting: accepted), let best = notice.best {
                overview.proven[best.grade, default: 0] += 1
            } else {
                unproven.append(notice)
            }
        }
        let days = try context.lastDays(of: unproven, asOf: asOf, in: session)
        overview.gaps = try unproven.map { notice in
            let day = days[notice.notice]
            return OpenGap(
                kind: GapKind(notice), notice: notice,
                names: try session.frozenNotice(notice.notice).owners.map(\.name), lastDay: day,
                isNear: day.map { $0 - asOf <= context.policy.limitation.warnDays } ?? false)
        }
        return overview
    }
}

private let keptServices = KeptFigures<ServiceOverview>(most: 8)

extension CommunityContext {
    /// For each notice the first last day of the open claims that it lists: one pass over units.
    fileprivate func lastDays(
        of notices: [Session.ServedNotice], asOf: CivilDate, in session: Session
    ) throws -> [NoticeID: CivilDate] {
        let ofUnit = Dictionary(grouping: notices, by: \.unitID)
        var days: [NoticeID: CivilDate] = [:]
        let walk = Walk.units(ofUnit.keys.sorted { $0.number < $1.number })
        try forEachChunk(of: walk, scope: .open(asOf: asOf), in: session) { chunk in
            let clocks = Dictionary(
                grouping: try openClocks(of: chunk, asOf: asOf, in: session), by: \.unit.id)
            for (unit, clocks) in clocks {
                for notice in ofUnit[unit] ?? [] {
                    let listed = Set(try session.charges(listedBy: notice.notice))
                    days[notice.notice] =
                        clocks.filter { listed.contains($0.charge.key) }.map(\.clock.lastDay).min()
                }
            }
        }
        return days
    }
}
