import FeeLedger
public import Primitives

/// Which charges the list of charges shows, of those that `BooksOnDay` holds: the last twelve
/// periods', and all with anything open.
public struct ChargeFilter: Hashable, Sendable {
    /// First and last period, both included; `nil`: from the first on, to the last.
    public var from, to: Period?
    public var item: String?
    public var building: String?
    public var mark: Mark?
    public var age: DebtAge?
    public var end: ClaimEnd?

    public init() {}

    public enum Mark: String, CaseIterable, Sendable {
        /// With open principal.
        case open
        /// Whose open principal fell due before the date.
        case overdue
        case notDue = "not_due"
        case lateFee = "late_fee"
        case lateFeePaid = "late_fee_paid"
        case lateFeeWaived = "late_fee_waived"
        case conceded
    }

    func lets(through charge: ChargeOnList, asOf: CivilDate) -> Bool {
        if let from, charge.period < from { return false }
        if let to, charge.period > to { return false }
        if let item, charge.item.code != item { return false }
        if let age, DebtAge(daysOverdue: charge.daysOverdue) != age { return false }
        if let end, charge.lastDay.flatMap({ ClaimEnd(daysLeft: $0 - asOf) }) != end {
            return false
        }
        switch mark {
        case nil: return true
        case .open: return charge.principal > .zero
        case .overdue: return charge.daysOverdue > 0
        case .notDue: return charge.principal > .zero && charge.daysOverdue == 0
        case .lateFee: return charge.lateFee > .zero
        case .lateFeePaid: return charge.lateFeePaid != .zero
        case .lateFeeWaived: return charge.lateFeeWaived != .zero
        case .conceded: return charge.conceded != .zero
        }
    }
}

public enum ChargeOrder: String, CaseIterable, Sendable {
    /// By account, oldest first.
    case unit
    case principal, days
    /// By the last day of the claim.
    case lastDay = "last_day"
}

/// What a list's figures add up to.
public struct ChargeTotals: Hashable, Sendable {
    public internal(set) var count = 0
    /// How many accounts have one of them.
    public internal(set) var accounts = 0
    public internal(set) var payable = Money.zero
    public internal(set) var met = Money.zero
    public internal(set) var principal = Money.zero
    public internal(set) var conceded = Money.zero
    public internal(set) var lateFee = Money.zero
    public internal(set) var lateFeePaid = Money.zero
    public internal(set) var lateFeeWaived = Money.zero

    /// The sums over the charges.
    public init(_ charges: some Sequence<ChargeOnList>) {
        var known: Set<Int> = []
        for charge in charges {
            count += 1
            known.insert(charge.account)
            payable += charge.payable
            met += charge.met
            principal += charge.principal
            conceded += charge.conceded
            lateFee += charge.lateFee
            lateFeePaid += charge.lateFeePaid
            lateFeeWaived += charge.lateFeeWaived
        }
        accounts = known.count
    }
}

extension BooksOnDay {
    /// The charges that the filter lets through; equal ones by account, oldest first.
    public func charges(
        _ filter: ChargeFilter, by order: ChargeOrder = .unit, isFalling: Bool = false
    ) -> [ChargeOnList] {
        let found = charges.filter {
            filter.lets(through: $0, asOf: asOf)
                && (filter.building == nil || accounts[$0.account].building == filter.building)
        }
        let values: [Int]
        switch order {
        case .unit: return isFalling ? found.reversed() : found
        case .principal: values = found.map(\.principal.fen)
        case .days: values = found.map(\.daysOverdue)
        case .lastDay: values = found.map { ($0.lastDay ?? .distantFuture).dayNumber }
        }
        let places = found.indices.sorted { one, other in
            if values[one] == values[other] { return one < other }
            return (values[one] < values[other]) != isFalling
        }
        return places.map { found[$0] }
    }
}
