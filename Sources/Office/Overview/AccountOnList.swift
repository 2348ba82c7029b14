public import Casework
public import Dunning
public import FeeLedger
public import Primitives
public import SQLiteStore

/// How long a principal has been overdue, in days since its due date, as the dashboard shows it.
public enum DebtAge: String, CaseIterable, Sendable {
    case days30 = "1-30"
    case days90 = "31-90"
    case days180 = "91-180"
    case days365 = "181-365"
    case years2 = "366-730"
    case years3 = "731-1095"
    case older = "1096"

    /// `nil` on the due date and before.
    public init?(daysOverdue days: Int) {
        switch days {
        case ...0: return nil
        case ...30: self = .days30
        case ...90: self = .days90
        case ...180: self = .days180
        case ...365: self = .days365
        case ...730: self = .years2
        case ...1095: self = .years3
        default: self = .older
        }
    }

    /// Whether it is longer than a year.
    public var isOverYear: Bool { [.years2, .years3, .older].contains(self) }

    var place: Int { Self.allCases.firstIndex(of: self)! }
}

/// How soon the claim for a charge lapses.
public enum ClaimEnd: String, CaseIterable, Sendable {
    case lapsed
    case days30 = "0-30"
    case days60 = "31-60"
    case days90 = "61-90"

    /// - Parameter days: to the last day; 0 on it, negative once it has passed. `nil` from 91 on.
    public init?(daysLeft days: Int) {
        switch days {
        case ..<0: self = .lapsed
        case ...30: self = .days30
        case ...60: self = .days60
        case ...90: self = .days90
        default: return nil
        }
    }
}

/// Where a hardship case of an account stands. Nobody but managers sees it.
public struct HardshipMark: Hashable, Sendable {
    public let number: Int
    public let state: HardshipCase.State
    /// `nil`: none is set, or none is to come.
    public let review: CivilDate?
    /// Since when relief that was proposed for it waits for a decision; `nil`: none does.
    public let waitsSince: CivilDate?
}

/// One account as of a date, as the list of units shows it.
public struct AccountOnList: Sendable {
    public let unit: String
    public let building: String
    public let kind: UnitKind
    /// The account's first day.
    public let from: CivilDate
    /// Its last; `nil`: still.
    public let to: CivilDate?
    /// Codes of its owners, joined by `;`.
    public let owners: String
    public let ownerNames: [String]
    /// Those agreed by any of its owners; email only where one has an address that takes mail.
    public let channels: Set<Channel>

    public internal(set) var principal = Money.zero
    /// The part of the principal whose due date has passed.
    public internal(set) var overdue = Money.zero
    public internal(set) var lateFee = Money.zero
    public internal(set) var credit = Money.zero
    /// Of the oldest overdue principal; 0: none is overdue.
    public internal(set) var oldestDays = 0
    /// Overdue principal by age, in the order of `DebtAge`.
    public internal(set) var ages = [Money](repeating: .zero, count: DebtAge.allCases.count)
    /// Of its newest dunning notice, while anything is overdue.
    public internal(set) var stage: String?
    public internal(set) var stageOn: CivilDate?
    /// Those in force on the date, hardship among them.
    public internal(set) var holds: Set<DunningHold.Reason> = []
    /// `nil`: nothing is open.
    public internal(set) var risk: RiskClass?
    /// Of approved plans those that run; broken ones too, while anything is overdue.
    public internal(set) var plan: InstalmentPlan.State?
    /// Promises whose last day is yet to come.
    public internal(set) var openPromises = 0
    public internal(set) var promised = Money.zero
    public internal(set) var brokenPromises = 0
    public internal(set) var hardship: HardshipMark?

    /// principal + late fee − credit
    public var total: Money { principal + lateFee - credit }

    /// Whether it held the unit only before the date.
    public func isFormer(asOf date: CivilDate) -> Bool { to.map { $0 < date } ?? false }

    public func overdue(of age: DebtAge) -> Money { ages[age.place] }
}

/// One charge as of a date, as the list of charges shows it.
public struct ChargeOnList: Sendable {
    /// Its account's place in `BooksOnDay.accounts`.
    public internal(set) var account: Int
    public let item: FeeItem
    public let period: Period
    public let due: CivilDate
    /// Before concessions.
    public let amount: Money
    public let conceded: Money
    public let principal: Money
    public let lateFee: Money
    public let lateFeePaid: Money
    public let lateFeeWaived: Money
    /// Since the due date; 0 before it, and where no principal is open.
    public let daysOverdue: Int
    /// Of the limitation of its claim; `nil` where no principal is open.
    public let lastDay: CivilDate?

    /// After concessions: what the collection rate is a share of.
    public var payable: Money { amount - conceded }
    /// What payments have met of it.
    public var met: Money { payable - principal }

    init(_ standing: ChargeStanding, account: Int, lastDay: CivilDate?) {
        self.account = account
        item = standing.charge.item
        period = standing.charge.period
        due = standing.charge.due
        amount = standing.charge.amount
        conceded = standing.conceded
        principal = standing.principalOpen
        lateFee = standing.lateFeeOpen
        lateFeePaid = standing.lateFeePaid
        lateFeeWaived = standing.lateFeeWaived
        daysOverdue = standing.daysOverdue
        self.lastDay = lastDay
    }
}
