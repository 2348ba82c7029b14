public import Primitives

/// What a household has a month, what it needs to live on, and what it can pay.
public struct Affordability: Hashable, Sendable {
    public let persons: Int
    /// For one person, a month.
    public let allowance: Money
    /// By source, a month.
    public let incomes: [Money]

    /// - Precondition: at least one person; no amount below 0.
    public init(persons: Int, allowance: Money, incomes: [Money]) {
        precondition(persons > 0, "a household has somebody in it")
        self.persons = persons
        self.allowance = allowance
        self.incomes = incomes
    }

    public var income: Money { incomes.reduce(.zero, +) }
    /// What all of them need to live on.
    public var needs: Money { Money(fen: persons * allowance.fen) }
    /// What is left a month; below 0 where the income does not even cover the needs.
    public var remainder: Money { income - needs }

    /// The plan that the remainder carries, in whole yuan a month.
    ///
    /// - Returns: `nil` where not even one yuan is left: no plan carries.
    public func plan(for arrears: Money) -> CarriedPlan? {
        let monthly = Money(fen: remainder.fen / 100 * 100)
        guard monthly > .zero else { return nil }
        let full = max(0, arrears.fen) / monthly.fen
        return CarriedPlan(
            monthly: monthly, fullParts: full,
            lastPart: Money(fen: max(0, arrears.fen) - full * monthly.fen))
    }
}

/// Monthly parts that pay off arrears: so many full ones, and a smaller last one.
public struct CarriedPlan: Hashable, Sendable {
    /// A full part, in whole yuan.
    public let monthly: Money
    public let fullParts: Int
    /// Below `monthly`; 0 where the full parts pay off all.
    public let lastPart: Money

    public init(monthly: Money, fullParts: Int, lastPart: Money) {
        self.monthly = monthly
        self.fullParts = fullParts
        self.lastPart = lastPart
    }

    public var months: Int { lastPart > .zero ? fullParts + 1 : fullParts }
}
