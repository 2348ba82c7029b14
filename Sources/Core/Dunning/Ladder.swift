public import FeeLedger
public import Primitives

/// One step of the dunning ladder (SPEC.md 7).
public struct DunningStage: Hashable, Sendable {
    public let code: String
    /// Counts principals that fell due at least so many days before the run's date.
    public let fromDay: Int
    /// The least sum of those principals.
    public let minAmount: Money
    /// Days before the stage may be repeated for one account.
    public let repeatAfter: Int
    public let channels: [Channel]
    public let template: String
    public let asksForSignature: Bool

    public init(
        code: String, fromDay: Int, minAmount: Money, repeatAfter: Int, channels: [Channel],
        template: String, asksForSignature: Bool
    ) {
        self.code = code
        self.fromDay = fromDay
        self.minAmount = minAmount
        self.repeatAfter = repeatAfter
        self.channels = channels
        self.template = template
        self.asksForSignature = asksForSignature
    }
}

/// The steps in order, the mildest first.
public struct DunningLadder: Hashable, Sendable {
    public let stages: [DunningStage]
    public let billChannels: [Channel]

    public init(stages: [DunningStage], billChannels: [Channel]) {
        self.stages = stages
        self.billChannels = billChannels
    }

    /// The collectors' practice: courteous within five days, the reason asked within eighteen, firm
    /// within twenty-eight, then the formal demand, with a signature.
    public static let customary = DunningLadder(
        stages: [
            DunningStage(
                code: "early", fromDay: 1, minAmount: Money(fen: 1), repeatAfter: 30,
                channels: [.email, .mailbox], template: "early", asksForSignature: false),
            DunningStage(
                code: "middle", fromDay: 6, minAmount: Money(fen: 20_00), repeatAfter: 14,
                channels: [.email, .mailbox], template: "middle", asksForSignature: false),
            DunningStage(
                code: "late", fromDay: 19, minAmount: Money(fen: 50_00), repeatAfter: 14,
                channels: [.email, .mailbox, .phone], template: "late", asksForSignature: false),
            DunningStage(
                code: "formal", fromDay: 29, minAmount: Money(fen: 100_00), repeatAfter: 30,
                channels: [.hand, .registered, .email], template: "formal", asksForSignature: true),
        ], billChannels: [.email, .mailbox])

    /// The formal demand: the first stage that asks for a signature; `nil` where none does.
    public var formal: DunningStage? { stages.first(where: \.asksForSignature) }

    /// The highest stage that the overdue principals reach.
    func stage(for overdue: [OverduePrincipal]) -> DunningStage? {
        stages.last { stage in
            let reached = overdue.filter { $0.days >= stage.fromDay }
                .reduce(Money.zero) { $0 + $1.principal }
            return reached > .zero && reached >= stage.minAmount
        }
    }
}

/// An open principal that fell due before the run's date.
struct OverduePrincipal {
    let principal: Money
    /// Since the due date, 1 or more.
    let days: Int
}

/// Dates in which no dunning notice is issued, or only the mildest, with the reason.
public struct DunningHold: Hashable, Sendable {
    public enum Reason: String, Sendable, CaseIterable {
        case disputed, promise, plan, deceased, court, hardship
    }

    public let reason: Reason
    public let from: CivilDate
    /// Inclusive; `nil` is open.
    public let to: CivilDate?

    public init(reason: Reason, from: CivilDate, to: CivilDate?) {
        self.reason = reason
        self.from = from
        self.to = to
    }

    /// Whether `date` lies in it; both ends count.
    public func holds(on date: CivilDate) -> Bool { from <= date && date <= (to ?? .distantFuture) }
}
