public import Dunning
public import FeeLedger
public import Letters
public import Primitives

/// What a run of a period as of a date would do, and what it would not, because of what; with the
/// units behind every count. Nothing was written.
public struct RunPreview: Sendable {
    public let period: Period
    public let asOf: CivilDate
    /// On which the period's charges fall due.
    public let due: CivilDate
    /// What the run would answer.
    public internal(set) var summary: RunSummary
    /// By item code, then kind of unit.
    public internal(set) var charges: [ChargeGroup] = []
    /// What concessions take off the new charges.
    public internal(set) var conceded = Part()
    /// What credit meets of the new charges.
    public internal(set) var metByCredit = Part()
    public internal(set) var notCharged: [Left<NotCharged>] = []
    /// The bill, then the stages of the ladder, those that nobody reaches too.
    public internal(set) var notices: [NoticeGroup]
    /// Accounts that owe something overdue, and are not dunned for it, or only mildly.
    public internal(set) var spared: [Left<Spared>] = []
    /// Notices that go another way than was agreed.
    public internal(set) var redirected: [Left<Redirected>] = []
    /// One letter and one mail of each notice that somebody would get.
    public internal(set) var samples: [SampleNotice] = []

    /// A unit in a list.
    public struct Listed: Hashable, Sendable {
        public let unit: String
        /// The names of the account's owners; empty where nobody holds the unit.
        public let owners: [String]
        /// What is charged, or owed in total; `nil`: no amount.
        public let amount: Money?
        /// What tells the unit apart from the others of the list; `nil`: nothing.
        public var detail: Bilingual?
    }

    /// So many households, and how much in all.
    public struct Part: Hashable, Sendable {
        public internal(set) var households = 0
        public internal(set) var amount = Money.zero
    }

    /// Charges of one item to one kind of unit.
    public struct ChargeGroup: Sendable {
        public let item: FeeItem
        public let name: String
        public let kind: UnitKind
        /// The lines of the schedule that hold in the period; more than one where a price changes.
        public let lines: [FeeLine]
        public internal(set) var sum = Money.zero
        public internal(set) var units: [Listed] = []
        public var count: Int { units.count }
    }

    /// Why a charge is not issued.
    public enum NotCharged: Int, CaseIterable, Sendable {
        case notHandedOver
        /// The unit had an owner, and has none on the first day charged.
        case ownerLeft
        /// The unit never had an owner.
        case noOwner
        case notRead
        /// It comes to 0.00.
        case nothing
        /// An earlier run, or an import, charged it.
        case chargedBefore
    }

    /// Why an account is not dunned, or only mildly.
    public enum Spared: Int, CaseIterable, Sendable {
        case disputed, promise, plan, deceased, court, hardship, tooSoon, belowLadder,
            noticedAlready
    }

    /// Why a notice goes by letter.
    public enum Redirected: Int, CaseIterable, Sendable {
        /// Mail to an owner came back, and the address is marked.
        case addressMarked
        /// The owners agreed to none of the stage's channels.
        case noneAgreed
    }

    /// What is left out for one reason.
    public struct Left<Reason: Hashable & Sendable>: Sendable {
        public let reason: Reason
        /// The name of the item that it is about; `nil`: the unit or account as a whole.
        public let item: String?
        public internal(set) var units: [Listed] = []
    }

    /// The accounts that would get a bill, or a notice of one stage.
    public struct NoticeGroup: Sendable {
        /// `nil`: the bill.
        public let stage: DunningStage?
        public internal(set) var accounts: [Listed] = []
        public internal(set) var emails = 0
        /// Letters and tasks, by how they go out.
        public internal(set) var others: [Channel: Int] = [:]
    }

    /// What all notices come to.
    public var noticeCount: Int { notices.reduce(0) { $0 + $1.accounts.count } }
    /// What is left to be paid of the new charges.
    public var toBePaid: Money { summary.charged - conceded.amount - metByCredit.amount }

    let letterhead: Letterhead
}

/// A notice of the preview as it would look.
public struct SampleNotice: Sendable {
    public enum Form: String, Sendable {
        case letter, mail
    }
    /// `nil`: a bill.
    public let stage: String?
    public let unit: String
    public let form: Form
    public let language: Language
    let facts: NoticeFacts
}

/// What samples are drawn with.
struct Letterhead: Sendable {
    let templates: NoticeTemplates
    let stationery: Stationery
}

extension RunPreview {
    /// The sample as a PDF, with 样张 SAMPLE across each page.
    ///
    /// - Precondition: it is a sample of this preview, and a letter.
    public func pdf(of sample: SampleNotice) throws -> [UInt8] {
        let letter = try letterhead.templates.letter(sample.facts)
        return try letter.pdf(
            title: letter.title, created: "\(asOf)", on: letterhead.stationery, mark: sampleMark)
    }

    /// The letter's first page as a PNG.
    ///
    /// - Precondition: it is a sample of this preview, and a letter.
    /// - Parameter width: in pixels.
    public func picture(of sample: SampleNotice, width: Int) throws -> [UInt8] {
        try letterhead.templates.letter(sample.facts)
            .picture(width: width, on: letterhead.stationery)
    }

    /// The mail that would go out, but for its recipient.
    ///
    /// - Precondition: it is a sample of this preview.
    public func mail(of sample: SampleNotice) throws -> Message {
        try letterhead.templates.message(sample.facts)
    }
}

private let sampleMark = "样张 SAMPLE"
