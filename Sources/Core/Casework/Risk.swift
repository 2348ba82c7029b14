public import Dunning
public import Primitives

/// What the risk of an account is judged by, as of one date.
public struct RiskFacts: Hashable, Sendable {
    /// One charge's open principal.
    public struct OpenPrincipal: Hashable, Sendable {
        public let amount: Money
        /// Since the due date; 0 or less: not overdue.
        public let daysOverdue: Int
        /// Whether the last day of its limitation has passed.
        public let isLapsed: Bool

        public init(amount: Money, daysOverdue: Int, isLapsed: Bool) {
            self.amount = amount
            self.daysOverdue = daysOverdue
            self.isLapsed = isLapsed
        }
    }

    public let principals: [OpenPrincipal]
    /// Promises that were broken by the date.
    public let brokenPromises: Int

    public init(principals: [OpenPrincipal], brokenPromises: Int) {
        self.principals = principals
        self.brokenPromises = brokenPromises
    }

    /// Of the oldest open principal that is overdue; 0: none is.
    public var oldestDays: Int { max(0, principals.map(\.daysOverdue).max() ?? 0) }
}

/// The class of an account, and why it is that one.
public struct RiskJudgement: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        case nothingOverdue
        case allLapsed
        /// The oldest is so many days overdue; the rule's bound.
        case age(days: Int, from: Int)
        case brokenPromises(Int)
        /// Overdue, and nothing worse.
        case overdue(days: Int)
    }

    public let risk: RiskClass
    public let reason: Reason
}

extension RiskRules {
    /// Two broken promises make an account doubtful.
    public static let brokenPromises = 2

    /// Judges an account, the gravest class first: dead, where all overdue principal is past its
    /// limitation's last day; bad and doubtful by the days of the oldest; doubtful, too, with two
    /// broken promises.
    public func judge(_ facts: RiskFacts) -> RiskJudgement {
        let overdue = facts.principals.filter { $0.daysOverdue > 0 }
        let days = facts.oldestDays
        if overdue.isEmpty { return RiskJudgement(risk: .notDue, reason: .nothingOverdue) }
        if overdue.allSatisfy(\.isLapsed) { return RiskJudgement(risk: .dead, reason: .allLapsed) }
        if days >= badFrom {
            return RiskJudgement(risk: .bad, reason: .age(days: days, from: badFrom))
        }
        if days >= doubtfulFrom {
            return RiskJudgement(risk: .doubtful, reason: .age(days: days, from: doubtfulFrom))
        }
        if facts.brokenPromises >= Self.brokenPromises {
            return RiskJudgement(
                risk: .doubtful, reason: .brokenPromises(facts.brokenPromises))
        }
        return RiskJudgement(risk: .demanded, reason: .overdue(days: days))
    }

    /// What is set aside of the principal of a class: its share, rounded half up.
    public func provision(for risk: RiskClass, on principal: Money) -> Money {
        let share = provisions[risk] ?? .zero
        return Money(
            fen: roundHalfUp(
                Int128(principal.fen) * Int128(share.parts), over: Int128(Ratio.one.parts)))
    }
}
