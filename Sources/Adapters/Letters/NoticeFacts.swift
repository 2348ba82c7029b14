public import Primitives

/// All that a notice says, as it was frozen when it was issued (SPEC.md section 7), together with
/// whom it speaks to and who writes. Templates and letters read nothing else.
public struct NoticeFacts: Sendable {
    public var number: String
    public var period: Period
    /// The day to which late fees are counted; it counts itself.
    public var asOf: CivilDate
    public var language: Language
    /// `bill`, or the template named by the policy's stage.
    public var template: String
    /// The first period of the ladder's next step: dunning notices ask for payment before it.
    /// `nil` for a bill.
    public var payBy: CivilDate?
    public var asksForSignature: Bool

    public var community: String
    public var office: Office
    public var unit: UnitFacts
    public var owners: [String]
    /// The lines of the address window: postal address, unit. Without the names.
    public var address: [String]
    /// How the notice goes out: `email`, `mailbox`, `hand`, `registered`, `phone`, `fax`.
    public var channels: [String]
    /// As-of dates of the account's earlier dunning notices, oldest first.
    public var earlierNotices: [CivilDate]

    /// Oldest first: due date, then period, then item.
    public var lines: [Line]
    public var principal: Money
    public var lateFee: Money
    public var credit: Money
    /// principal + late fee − credit
    public var total: Money
    /// The late-fee cap as a share of the principal; `Ratio.one` is the whole.
    public var cap: Ratio

    public struct Office: Sendable {
        public var name, address, phone, email, contact: String
        public var bank, bankAccount, bankHolder: String
        public init(
            name: String, address: String, phone: String, email: String, contact: String,
            bank: String, bankAccount: String, bankHolder: String
        ) {
            self.name = name
            self.address = address
            self.phone = phone
            self.email = email
            self.contact = contact
            self.bank = bank
            self.bankAccount = bankAccount
            self.bankHolder = bankHolder
        }
    }

    public struct UnitFacts: Sendable {
        public var code: String
        /// `residence`, `shop` or `parking`
        public var kind: String
        public var area: Area
        public init(code: String, kind: String, area: Area) {
            self.code = code
            self.kind = kind
            self.area = area
        }
    }

    /// One open charge: its principal is open, or a late fee on it is.
    public struct Line: Sendable {
        public var period: Period
        public var item: String
        public var due: CivilDate
        /// The charge before payments, after concessions.
        public var amount: Money
        public var principalOpen: Money
        /// 0 where no principal is open, or where it is not yet overdue.
        public var daysOverdue: Int
        /// What is outstanding: accrued, less paid, less waived, at least 0.
        public var lateFee: Money
        public var lateFeePaid: Money
        public var lateFeeWaived: Money
        /// Issued by the run that gave this notice.
        public var isNew: Bool
        /// How the late fee accrued up to `asOf`, before what was paid or waived on it.
        public var accrual: [Run]
        public init(
            period: Period, item: String, due: CivilDate, amount: Money, principalOpen: Money,
            daysOverdue: Int, lateFee: Money, lateFeePaid: Money, lateFeeWaived: Money,
            isNew: Bool, accrual: [Run]
        ) {
            self.period = period
            self.item = item
            self.due = due
            self.amount = amount
            self.principalOpen = principalOpen
            self.daysOverdue = daysOverdue
            self.lateFee = lateFee
            self.lateFeePaid = lateFeePaid
            self.lateFeeWaived = lateFeeWaived
            self.isNew = isNew
            self.accrual = accrual
        }
    }

    /// Days on which neither principal nor rate changed; both ends count.
    public struct Run: Sendable {
        public var first: CivilDate
        public var days: Int
        public var principal: Money
        public var rate: DailyRate
        public init(first: CivilDate, days: Int, principal: Money, rate: DailyRate) {
            self.first = first
            self.days = days
            self.principal = principal
            self.rate = rate
        }
    }

    public init(
        number: String, period: Period, asOf: CivilDate, language: Language, template: String,
        payBy: CivilDate?, asksForSignature: Bool, community: String, office: Office,
        unit: UnitFacts, owners: [String], address: [String], channels: [String],
        earlierNotices: [CivilDate], lines: [Line], principal: Money, lateFee: Money,
        credit: Money, total: Money, cap: Ratio
    ) {
        self.number = number
        self.period = period
        self.asOf = asOf
        self.language = language
        self.template = template
        self.payBy = payBy
        self.asksForSignature = asksForSignature
        self.community = community
        self.office = office
        self.unit = unit
        self.owners = owners
        self.address = address
        self.channels = channels
        self.earlierNotices = earlierNotices
        self.lines = lines
        self.principal = principal
        self.lateFee = lateFee
        self.credit = credit
        self.total = total
        self.cap = cap
    }
}
