public import Primitives

/// What is charged for: property fee, water, parking.
public struct FeeItem: Hashable, Sendable {
    public let id: ID<FeeItem>
    public let code: String
    public init(id: ID<FeeItem>, code: String) {
        self.id = id
        self.code = code
    }
}

/// One amount owed by one account for one item and period. Never edited and never deleted.
public struct Charge: Hashable, Sendable {
    public let item: FeeItem
    public let period: Period
    public let amount: Money
    /// The last day on which it can be paid without consequence.
    public let due: CivilDate
    /// The as-of date of the run that issued it; `nil` for history from before.
    public let issuedAsOf: CivilDate?

    public init(
        item: FeeItem, period: Period, amount: Money, due: CivilDate, issuedAsOf: CivilDate?
    ) {
        self.item = item
        self.period = period
        self.amount = amount
        self.due = due
        self.issuedAsOf = issuedAsOf
    }

    /// The first day of its period (SPEC.md 3).
    public var issued: CivilDate { period.firstDay }

    /// By due date, then period, then item code in byte order (SPEC.md 5).
    public static func isOlder(_ a: Charge, than b: Charge) -> Bool {
        if a.due != b.due { return a.due < b.due }
        if a.period != b.period { return a.period < b.period }
        return inByteOrder(a.item.code, b.item.code)
    }
}
