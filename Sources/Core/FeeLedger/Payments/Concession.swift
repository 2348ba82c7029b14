public import Primitives

/// Principal lowered, or late fees exempted, for a household, with proof and an end (SPEC.md 6).
public struct Concession: Hashable, Sendable {
    public enum Relief: Hashable, Sendable {
        /// Of the original amount of each charge, rounded half up.
        case percent(Percentage)
        /// Off each charge.
        case amount(Money)
        case noLateFee
    }

    public let id: ConcessionID
    public let reference: String
    public let account: ID<Account>
    /// `nil`: every item.
    public let item: ID<FeeItem>?
    public let from: Period
    /// Inclusive; `nil` is open.
    public let to: Period?
    public let relief: Relief
    /// A charge issued after it gets nothing; `nil` is open.
    public let review: CivilDate?
    /// The date of decision; `nil`: known before any charge that it covers.
    public let decided: CivilDate?

    public init(
        id: ConcessionID, reference: String, account: ID<Account>, item: ID<FeeItem>?,
        from: Period, to: Period?, relief: Relief, review: CivilDate?, decided: CivilDate?
    ) {
        self.id = id
        self.reference = reference
        self.account = account
        self.item = item
        self.from = from
        self.to = to
        self.relief = relief
        self.review = review
        self.decided = decided
    }

    /// Whether item and period lie in its range, and the charge was issued by its review date.
    public func covers(_ charge: Charge) -> Bool {
        (item == nil || item == charge.item.id)
            && from <= charge.period && charge.period <= (to ?? charge.period)
            && charge.issued <= (review ?? .distantFuture)
    }

    /// Whether it was decided by `date`, that day included.
    public func isKnown(on date: CivilDate) -> Bool { (decided ?? .distantPast) <= date }

    /// What it takes off a charge of that original amount, before any limit.
    public func reduction(of amount: Money) -> Money {
        switch relief {
        case .percent(let share):
            Money(
                fen: roundHalfUp(
                    Int128(amount.fen) * Int128(share.parts),
                    over: Int128(Percentage.hundred.parts)))
        case .amount(let off): off
        case .noLateFee: .zero
        }
    }
}
