public import Primitives

/// One letter, ready to be laid out: every string is final, in the owner's language.
public struct Letter: Sendable {
    public var language: Language
    /// Printed as the QR code, and nothing else is in the code.
    public var noticeNumber: String
    public var office: (name: String, details: String)
    /// The address window: postal lines, then the names on the last line.
    public var address: [String]
    public var facts: [(label: String, value: String)]
    public var title: String
    public var opening: [String]
    public var table: Table
    /// The total stands large above the table, the due date beside it, as on bills; else below.
    public var leadsWithTotal = false
    public var dueDate: (label: String, value: String)?
    public var total: (label: String, amount: String, inWords: String)
    /// How the late fee was counted, credit, part payments.
    public var footnotes: [String]
    public var howToPay: Section
    /// What to heed when paying by the office's collection code, and the line below its picture;
    /// where the office has no such picture, neither is printed.
    public var collection: (advice: String, caption: String)?
    public var whatFollows: Section
    /// Who writes, and when: `枫林苑物业服务中心（盖章）　2026-12-01`.
    public var signature: String
    /// What the owner signs and gives back; only where the stage asks for a signature.
    public var stub: Stub?
    /// `第 {page} 页，共 {pages} 页`: the two words in braces are replaced.
    public var pageLabel: String

    public struct Table: Sendable {
        /// `isNumber` columns are set right, in tabular figures.
        public var columns: [(heading: String, isNumber: Bool)]
        /// A cell may end in a footnote mark: `31.83¹`.
        public var rows: [[String]]
        public var totals: [String]
        public init(
            columns: [(heading: String, isNumber: Bool)], rows: [[String]], totals: [String]
        ) {
            self.columns = columns
            self.rows = rows
            self.totals = totals
        }
    }

    public struct Section: Sendable {
        public var heading: String
        public var paragraphs: [String]
        public init(heading: String, paragraphs: [String]) {
            self.heading = heading
            self.paragraphs = paragraphs
        }
    }

    public struct Stub: Sendable {
        /// `请沿此线撕下……`
        public var cutLine: String
        public var heading: String
        /// Number, unit, names; then the periods and the totals of what is overdue.
        public var summary: [String]
        /// Two boxes: received; acknowledges the debt.
        public var boxes: [(label: String, meaning: String)]
        /// Lines to write on: name, relation to the owner, date, signature.
        public var fields: [String]
        /// Label before the names of two staff, then the words about how it was handed over.
        public var staff: (label: String, how: String)
        public init(
            cutLine: String, heading: String, summary: [String],
            boxes: [(label: String, meaning: String)], fields: [String],
            staff: (label: String, how: String)
        ) {
            self.cutLine = cutLine
            self.heading = heading
            self.summary = summary
            self.boxes = boxes
            self.fields = fields
            self.staff = staff
        }
    }

    public init(
        language: Language, noticeNumber: String, office: (name: String, details: String),
        address: [String], facts: [(label: String, value: String)], title: String,
        opening: [String], table: Table,
        total: (label: String, amount: String, inWords: String), footnotes: [String],
        howToPay: Section, whatFollows: Section, signature: String, stub: Stub?,
        pageLabel: String
    ) {
        self.language = language
        self.noticeNumber = noticeNumber
        self.office = office
        self.address = address
        self.facts = facts
        self.title = title
        self.opening = opening
        self.table = table
        self.total = total
        self.footnotes = footnotes
        self.howToPay = howToPay
        self.whatFollows = whatFollows
        self.signature = signature
        self.stub = stub
        self.pageLabel = pageLabel
    }
}
