public import FeeLedger
public import Primitives

/// The office's rules for people and cases: `casework` in `policy.yaml`.
public struct CaseworkSettings: Hashable, Sendable {
    /// Hours in which staff neither call nor visit.
    public var quiet = QuietHours(from: 21 * 60, to: 8 * 60, ahead: 480)
    /// Calls, visits and messages to one account within seven days.
    public var contactsPerWeek = 3
    /// A plan is broken once a part is more than so many days late.
    public var planBrokenAfter = 7
    /// What a household needs to live on, by date; the newest that has begun holds.
    public var livingAllowances: [LivingAllowance] = []
    /// By date; the newest that has begun holds.
    public var riskRules = [RiskRules.customary]
    public var costs = ContactCosts()
    public init() {}

    /// `nil`: none is set for that date.
    public func livingAllowance(on date: CivilDate) -> LivingAllowance? {
        livingAllowances.last { $0.from <= date }
    }

    /// The rules in force on the date; before the first of them, the first.
    public func riskRules(on date: CivilDate) -> RiskRules {
        riskRules.last { $0.from <= date } ?? riskRules[0]
    }
}

/// What one person needs a month, from a date until the next one's.
public struct LivingAllowance: Hashable, Sendable {
    public let from: CivilDate
    public let perPerson: Money
    public init(from: CivilDate, perPerson: Money) {
        self.from = from
        self.perPerson = perPerson
    }
}

/// How likely what an account owes is to be collected.
public enum RiskClass: String, CaseIterable, Sendable {
    case notDue = "not_due"
    case demanded, doubtful, bad, dead
}

/// When a receivable counts as doubtful or bad, and what is set aside for each class.
public struct RiskRules: Hashable, Sendable {
    public let from: CivilDate
    /// Days overdue of the oldest open principal, from which on it is doubtful, or bad.
    public let doubtfulFrom, badFrom: Int
    /// The share of the principal that is set aside, by class; what is not named is 0.
    public let provisions: [RiskClass: Ratio]

    public init(
        from: CivilDate, doubtfulFrom: Int, badFrom: Int, provisions: [RiskClass: Ratio]
    ) {
        self.from = from
        self.doubtfulFrom = doubtfulFrom
        self.badFrom = badFrom
        self.provisions = provisions
    }

    /// Half a year, three years; nothing set aside before half a year, then 20%, 50% and all.
    public static let customary = RiskRules(
        from: .distantPast, doubtfulFrom: 181, badFrom: 731,
        provisions: [
            .doubtful: Ratio(parts: 200_000), .bad: Ratio(parts: 500_000), .dead: .one,
        ])
}

/// What telling an owner once costs the office, by channel.
public struct ContactCosts: Hashable, Sendable {
    public var byChannel: [Channel: Money] = [:]
    public init() {}
}
