public import Primitives

/// One movement in an account: an amount that meets a principal or a late fee, or that becomes or
/// leaves credit. Entries are facts: never changed, never deleted. The entries that come from one
/// payment always add up to that payment, or to nothing once it is reversed.
public struct Entry: Hashable, Sendable {
    public enum Target: Hashable, Sendable {
        /// Lowers the open principal of a charge.
        case principal(ChargeKey)
        /// Lowers the outstanding late fee of a charge; negative where an excess is taken off.
        case lateFee(ChargeKey)
        /// From the entry's date on, the charge accrues no late fee; amount 0.
        case exemption(ChargeKey)
        /// Raises the account's credit in the lot of that date; negative where it is used.
        case credit(lot: CivilDate)

        /// `nil` for credit, which stands on no charge.
        public var charge: ChargeKey? {
            switch self {
            case .principal(let key), .lateFee(let key), .exemption(let key): key
            case .credit: nil
            }
        }
    }

    public enum Source: Hashable, Sendable {
        case payment(PaymentID)
        case waiver(WaiverID)
        case concession(ConcessionID)
        /// Of the charge itself: it no longer counts from the entry's date on.
        case reversal(ReversalID)
    }

    public let target: Target
    public let source: Source
    /// The value date, from which the entry counts.
    public let date: CivilDate
    public let amount: Money
    /// Counts the entries of one charge, or of one account's credit, from 0.
    public let sequence: Int

    public init(
        target: Target, source: Source, date: CivilDate, amount: Money, sequence: Int
    ) {
        self.target = target
        self.source = source
        self.date = date
        self.amount = amount
        self.sequence = sequence
    }
}

/// What identifies a charge among those of its unit.
public struct ChargeKey: Hashable, Sendable {
    public let period: Period
    public let item: ID<FeeItem>
    public init(period: Period, item: ID<FeeItem>) {
        self.period = period
        self.item = item
    }
}

extension Charge {
    public var key: ChargeKey { ChargeKey(period: period, item: item.id) }
}

/// The order in which a payment meets what is owed (SPEC.md 5); "oldest" is `Charge.isOlder`.
public enum AllocationOrder: String, Sendable, CaseIterable {
    /// Every open principal, oldest first; then late fees, oldest first.
    case principalFirst = "principal_first"
    /// Every outstanding late fee, oldest first; then principals, oldest first.
    case lateFeeFirst = "late_fee_first"
    /// For each charge, oldest first: its late fee, then its principal.
    case chargeByCharge = "charge_by_charge"
}
