public import FeeLedger
public import Primitives

/// What `policy.yaml` says (SPEC.md 9): how one community charges, accrues, duns, and who writes.
public struct CommunityPolicy: Hashable, Sendable {
    public let name: String
    /// Prefixes notice numbers.
    public let code: String
    /// Who writes; `nil` until letters or mails are to be made.
    public let office: OfficeDetails?
    /// Day of the month on which charges fall due, 1...31.
    public let dueDay: Int
    public let allocation: AllocationOrder
    public let lateFee: LateFeePolicy
    /// Rates above `LateFeePolicy.highestUsualRate` are meant.
    public let allowsUnusualRates: Bool
    public let ladder: DunningLadder
    public let limitation: LimitationTerms
    public let letters: LetterSettings
    /// Up to how much a claim is a small one, by date: provincial and yearly; empty: not set.
    public var smallClaims: [SmallClaimsCeiling] = []
    public let mail: MailSettings
    public var casework = CaseworkSettings()

    public init(
        name: String, code: String, office: OfficeDetails?, dueDay: Int,
        allocation: AllocationOrder, lateFee: LateFeePolicy, allowsUnusualRates: Bool,
        ladder: DunningLadder, limitation: LimitationTerms, letters: LetterSettings,
        mail: MailSettings
    ) {
        self.name = name
        self.code = code
        self.office = office
        self.dueDay = dueDay
        self.allocation = allocation
        self.lateFee = lateFee
        self.allowsUnusualRates = allowsUnusualRates
        self.ladder = ladder
        self.limitation = limitation
        self.letters = letters
        self.mail = mail
    }
}

/// The ceiling of small claims, from its date until the next one's.
public struct SmallClaimsCeiling: Hashable, Sendable {
    public let from: CivilDate
    public let amount: Money
    public init(from: CivilDate, amount: Money) {
        self.from = from
        self.amount = amount
    }
}

/// Who writes, how to pay, whom to call.
public struct OfficeDetails: Hashable, Sendable {
    public var name = ""
    public var address = ""
    public var phone = ""
    public var email = ""
    public var contact = ""
    public var bankName = ""
    public var bankAccount = ""
    public var bankHolder = ""
    public init() {}
}

/// When the claim to a charge lapses (SPEC.md 8).
public struct LimitationTerms: Hashable, Sendable {
    public let years: Int
    /// Warned of so many days before the last one.
    public let warnDays: Int
    /// Ways of service of grade D that the contract agreed to.
    public let accept: [String]

    public init(years: Int, warnDays: Int, accept: [String]) {
        self.years = years
        self.warnDays = warnDays
        self.accept = accept
    }

    /// Three years (Civil Code 188).
    public static let statutory = LimitationTerms(years: 3, warnDays: 90, accept: [])
}
