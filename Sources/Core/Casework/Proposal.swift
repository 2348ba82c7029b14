public import FeeLedger
public import Primitives

/// What one person asks for, and a manager who is not that person approves or refuses: the rule of
/// four eyes (SPEC.md 6). Nothing follows from it before it is approved.
public struct Proposal: Hashable, Sendable {
    public enum Matter: Hashable, Sendable {
        /// - Parameter unlessPaidBy: void unless the charge's principal is paid by then, inclusive.
        case waiver(ChargeKey, Money, unlessPaidBy: CivilDate?)
        /// - Parameters:
        ///   - item: `nil`: every item.
        ///   - to: inclusive; `nil` is open.
        case concession(item: ID<FeeItem>?, from: Period, to: Period?, Concession.Relief)
        case paymentReversal(PaymentID)
        case chargeReversal(ChargeKey)
        /// The principal still open is conceded, its late fee waived: it will not be collected.
        case writeOff(ChargeKey)
        case plan(InstalmentPlan.Terms)
        /// To go to court.
        case court

        /// The charge that it speaks of, where it is one.
        public var charge: ChargeKey? {
            switch self {
            case .waiver(let key, _, _), .chargeReversal(let key), .writeOff(let key): key
            default: nil
            }
        }
    }

    public let unit: ID<Unit>
    public let account: ID<Account>
    public let matter: Matter
    public let day: CivilDate
    /// Who proposed it.
    public let by: String
    public let reason: String
    /// Of a concession, or of what a hardship case is granted.
    public let review: CivilDate?
    /// The number of the hardship case whose relief it is.
    public let hardshipCase: Int?

    public init(
        unit: ID<Unit>, account: ID<Account>, matter: Matter, day: CivilDate, by: String,
        reason: String, review: CivilDate?, hardshipCase: Int?
    ) {
        self.unit = unit
        self.account = account
        self.matter = matter
        self.day = day
        self.by = by
        self.reason = reason
        self.review = review
        self.hardshipCase = hardshipCase
    }
}

public typealias ProposalID = ID<Proposal>

/// What a manager said to a proposal. It takes effect on its day.
public struct Approval: Hashable, Sendable {
    public let isApproved: Bool
    public let day: CivilDate
    public let by: String
    public let reason: String

    public init(isApproved: Bool, day: CivilDate, by: String, reason: String) {
        self.isApproved = isApproved
        self.day = day
        self.by = by
        self.reason = reason
    }
}
