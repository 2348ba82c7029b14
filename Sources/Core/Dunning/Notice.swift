public import FeeLedger
public import Primitives

/// The frozen decision to tell an account something: figures as of a date, which nothing changes
/// later. A bill is the notice of an account that is not dunned.
public struct Notice: Hashable, Sendable {
    /// One charge as the notice states it: open, or new (and then maybe met by credit already).
    public struct Line: Hashable, Sendable {
        public let key: ChargeKey
        public let due: CivilDate
        /// The charge after concessions, before payments.
        public let amount: Money
        public let principalOpen: Money
        public let daysOverdue: Int
        /// What is outstanding.
        public let lateFee: Money
        public let lateFeePaid: Money
        public let lateFeeWaived: Money
        /// Issued by a run of the notice's date.
        public let isNew: Bool
        /// How the late fee accrued, so that it can be explained for ever.
        public let accrual: [AccrualRun]

        public init(
            key: ChargeKey, due: CivilDate, amount: Money, principalOpen: Money, daysOverdue: Int,
            lateFee: Money, lateFeePaid: Money, lateFeeWaived: Money, isNew: Bool,
            accrual: [AccrualRun]
        ) {
            self.key = key
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

    public let number: NoticeNumber
    public let unit: ID<Unit>
    public let account: ID<Account>
    public let asOf: CivilDate
    /// `nil`: a bill.
    public let stage: String?
    public let template: String
    public let asksForSignature: Bool
    /// Of each late fee, as a share of the charge.
    public let cap: Ratio
    /// The first day on which the stage may be repeated; `nil` for a bill.
    public let payBy: CivilDate?
    /// Every open charge and every new one, oldest first.
    public let lines: [Line]
    public let principal: Money
    public let lateFee: Money
    public let credit: Money
    public let channels: [Channel]

    public var total: Money { principal + lateFee - credit }

    public init(
        number: NoticeNumber, unit: ID<Unit>, account: ID<Account>, asOf: CivilDate,
        stage: String?, template: String, asksForSignature: Bool, cap: Ratio, payBy: CivilDate?,
        lines: [Line], principal: Money, lateFee: Money, credit: Money, channels: [Channel]
    ) {
        self.number = number
        self.unit = unit
        self.account = account
        self.asOf = asOf
        self.stage = stage
        self.template = template
        self.asksForSignature = asksForSignature
        self.cap = cap
        self.payBy = payBy
        self.lines = lines
        self.principal = principal
        self.lateFee = lateFee
        self.credit = credit
        self.channels = channels
    }
}

extension Notice {
    /// Freezes a decision.
    public init(
        _ decided: NoticeDecision.Notice, number: NoticeNumber, book: AccountBook,
        statement: AccountStatement, dispatch: Dispatch
    ) {
        let stage: DunningStage? = if case .dunning(let stage) = decided { stage } else { nil }
        let open = zip(statement.standings, book.charges.filter { $0.counts(asOf: statement.asOf) })
            .filter { $0.0.isOpen || $0.0.charge.issuedAsOf == statement.asOf }
        self.init(
            number: number, unit: book.account.unit, account: book.account.id,
            asOf: statement.asOf, stage: stage?.code, template: stage?.template ?? "bill",
            asksForSignature: stage?.asksForSignature ?? false,
            cap: book.policy.cap,
            payBy: stage.map { statement.asOf.advanced(byDays: $0.repeatAfter) },
            lines: open.map { Line($0, of: $1, policy: book.policy, asOf: statement.asOf) },
            principal: statement.principalOpen, lateFee: statement.lateFeeOpen,
            credit: statement.credit, channels: dispatch.channels)
    }
}

extension Notice.Line {
    fileprivate init(
        _ standing: ChargeStanding, of book: ChargeBook, policy: LateFeePolicy, asOf: CivilDate
    ) {
        self.init(
            key: standing.charge.key, due: standing.charge.due,
            amount: standing.charge.amount - standing.conceded,
            principalOpen: standing.principalOpen, daysOverdue: standing.daysOverdue,
            lateFee: standing.lateFeeOpen, lateFeePaid: standing.lateFeePaid,
            lateFeeWaived: standing.lateFeeWaived, isNew: standing.charge.issuedAsOf == asOf,
            accrual: book.accrual(policy: policy, asOf: asOf).runs)
    }
}
