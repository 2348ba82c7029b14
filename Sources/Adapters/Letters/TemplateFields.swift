import Primitives

/// What a tag may stand for.
indirect enum TagKind: Sendable {
    /// Always there, never empty: `{{number}}`.
    case text
    /// May be absent, so it stands inside its own section: `{{#pay_by}}… {{pay_by}} …{{/pay_by}}`.
    case optional
    /// Yes or no, as a section only.
    case flag
    /// Paragraphs, as a section in which `{{.}}` is one of them.
    case paragraphs
    /// A section that repeats, and brings tags of its own.
    case list(Scope)
}

/// The tags that may be used in one place.
typealias Scope = [String: TagKind]

/// One tag and how its value comes about: declaration and computation stand together, so that no
/// tag can be known to the checks and unknown to the renderer.
struct Field<Subject>: Sendable {
    let name: String
    let kind: TagKind
    /// `nil` where an optional is absent, or a flag says no.
    let value: @Sendable (Subject) -> String?

    static func text(_ name: String, _ value: @escaping @Sendable (Subject) -> String) -> Self {
        Field(name: name, kind: .text, value: { cleaned(value($0)) })
    }
    static func optional(
        _ name: String, _ value: @escaping @Sendable (Subject) -> String?
    ) -> Self {
        Field(name: name, kind: .optional, value: { value($0).map(cleaned) })
    }
    static func flag(_ name: String, _ value: @escaping @Sendable (Subject) -> Bool) -> Self {
        Field(name: name, kind: .flag, value: { value($0) ? "" : nil })
    }
}

extension Array {
    /// The tags that these fields declare.
    func scope<Subject>() -> Scope where Element == Field<Subject> {
        Dictionary(uniqueKeysWithValues: map { ($0.name, $0.kind) })
    }

    /// The values of the tags, as swift-mustache takes them: never `nil`, false where absent.
    /// - Returns: the values, and the names of texts that are empty though they must not be.
    func values<Subject>(
        of subject: Subject
    ) -> (values: [String: Any], empty: [String]) where Element == Field<Subject> {
        var values: [String: Any] = [:]
        var empty: [String] = []
        for field in self {
            let value = field.value(subject)
            switch field.kind {
            case .text where value?.allSatisfy(\.isWhitespace) ?? true: empty.append(field.name)
            case .flag: values[field.name] = value != nil
            default: values[field.name] = value ?? false
            }
        }
        return (values, empty)
    }
}

/// Controls, line ends and marks that turn the direction of writing become spaces: a value stays
/// on its line, and inside the header that it may stand in.
private func cleaned(_ text: String) -> String {
    let isHarmful = { (scalar: Unicode.Scalar) -> Bool in
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format:
            (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        default: false
        }
    }
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.unicodeScalars.map { isHarmful($0) ? " " : $0 })
    return String(result)
}

// MARK: - The tags

/// Usable everywhere except inside `run`, `explanation` and the parts of a row.
let noticeFields: [Field<NoticeFigures>] = identityFields + figureFields + overdueFields

private let identityFields: [Field<NoticeFigures>] = [
    .text("number") { $0.facts.number },
    .text("period") { "\($0.facts.period)" },
    .text("year") { "\($0.facts.period.year)" },
    .text("month_name") { $0.words["month_\($0.facts.period.month)"] ?? "" },
    .text("as_of") { "\($0.facts.asOf)" },
    .text("community") { $0.facts.community },
    .text("office_name") { $0.facts.office.name },
    .text("office_initial") { String($0.facts.office.name.prefix(1)) },
    .text("office_address") { $0.facts.office.address },
    .text("office_phone") { $0.facts.office.phone },
    .text("office_email") { $0.facts.office.email },
    .text("office_contact") { $0.facts.office.contact },
    .text("bank") { $0.facts.office.bank },
    .text("bank_account") { $0.facts.office.bankAccount },
    .text("bank_holder") { $0.facts.office.bankHolder },
    .text("unit") { $0.facts.unit.code },
    .text("unit_kind") { $0.words[$0.facts.unit.kind] ?? "" },
    .optional("area") { $0.facts.unit.area > .zero ? "\($0.facts.unit.area)" : nil },
    .text("owners") { $0.joined($0.facts.owners, by: "between_names") ?? "" },
    .optional("channels") { figures in
        figures.joined(
            figures.facts.channels.compactMap { figures.words[$0] }, by: "between_items")
    },
    .optional("earlier_notices") { figures in
        figures.joined(figures.facts.earlierNotices.map { "\($0)" }, by: "between_items")
    },
    .optional("pay_by") { figures in figures.facts.payBy.map { "\($0)" } },
    .flag("is_bill") { $0.isBill },
    .flag("asks_for_signature") { $0.facts.asksForSignature },
]

private let figureFields: [Field<NoticeFigures>] = [
    .text("principal") { $0.facts.principal.grouped },
    .text("late_fee") { $0.facts.lateFee.grouped },
    .text("total") { $0.facts.total.grouped },
    .text("amount_due") { $0.amountDue.grouped },
    .optional("amount_in_words") {
        $0.facts.language == .zh ? $0.amountDue.inChineseWords : nil
    },
    .optional("credit") { $0.facts.credit > .zero ? $0.facts.credit.grouped : nil },
    .optional("credit_left") { $0.facts.total < .zero ? (-$0.facts.total).grouped : nil },
    .text("principal_aligned") { $0.aligned($0.facts.principal) },
    .text("late_fee_aligned") { $0.aligned($0.facts.lateFee) },
    .text("total_aligned") { $0.aligned($0.facts.total) },
    .optional("credit_aligned") {
        $0.facts.credit > .zero ? $0.aligned(-$0.facts.credit) : nil
    },
    .optional("rates") { $0.joined($0.rates, by: "between_items") },
    .text("cap_percent") { percent($0.facts.cap) },
    .flag("cap_is_whole") { $0.facts.cap == .one },
    .flag("nothing_to_pay") { $0.facts.total <= .zero },
    .flag("shows_late_fee") { $0.showsLateFee },
]

private let overdueFields: [Field<NoticeFigures>] = [
    .text("overdue_principal") { $0.overduePrincipal.grouped },
    .text("overdue_late_fee") { $0.overdueLateFee.grouped },
    .text("overdue_total") { ($0.overduePrincipal + $0.overdueLateFee).grouped },
    .optional("overdue_items") { $0.joined($0.overdueItems, by: "between_items") },
    .optional("overdue_periods") { $0.overduePeriods },
    .optional("oldest_due") { figures in figures.oldestDue.map { "\($0)" } },
    .text("most_days") { "\($0.mostDays)" },
    .flag("one_day") { $0.mostDays == 1 },
    .optional("due") { figures in figures.nextDue.map { "\($0)" } },
    .text("older_total") { $0.older.map(\.subtotal).reduce(.zero, +).grouped },
    .text("not_overdue_total") {
        ($0.facts.principal + $0.facts.lateFee - $0.overduePrincipal - $0.overdueLateFee).grouped
    },
    .flag("has_older") { !$0.older.isEmpty },
    .flag("has_new") { $0.rows.contains(where: \.line.isNew) },
    .flag("has_overdue") { !$0.overdue.isEmpty },
    .flag("has_not_overdue") { $0.overdue.count < $0.rows.count },
]

/// Usable in the parts of a row, and inside `{{#rows}}`.
let rowFields: [Field<RowFigures>] = [
    .text("period") { "\($0.line.period)" },
    .text("item") { $0.line.item },
    .text("due") { "\($0.line.due)" },
    .text("amount") { $0.line.amount.grouped },
    .text("principal") { $0.line.principalOpen.grouped },
    .text("principal_paid") { $0.principalPaid.grouped },
    .text("days") { "\($0.line.daysOverdue)" },
    .text("late_fee") { $0.line.lateFee.grouped },
    .text("subtotal") { $0.subtotal.grouped },
    .text("principal_aligned") { $0.aligned($0.line.principalOpen) },
    .text("late_fee_aligned") { $0.aligned($0.line.lateFee) },
    .text("subtotal_aligned") { $0.aligned($0.subtotal) },
    .flag("one_day") { $0.line.daysOverdue == 1 },
    .flag("is_new") { $0.line.isNew },
    .flag("is_past_due") { $0.isPastDue },
    .flag("is_overdue") { $0.isOverdue },
    .flag("is_paid_off") { $0.isPaidOff },
    .flag("is_part_paid") { $0.isPartPaid },
    .flag("is_due_today") { !$0.isPaidOff && $0.line.due == $0.asOf },
    .flag("is_not_due") { !$0.isPaidOff && $0.line.due > $0.asOf },
]

/// Usable in `explanation`, besides `{{terms}}`: the runs, joined by +.
let explanationFields: [Field<RowFigures>] = [
    .text("late_fee") { $0.line.lateFee.grouped },
    .text("computed") { $0.computed.grouped },
    .optional("capped_at") { $0.computed > $0.limit ? $0.limit.grouped : nil },
    .optional("late_fee_paid") {
        $0.line.lateFeePaid > .zero ? $0.line.lateFeePaid.grouped : nil
    },
    .optional("late_fee_waived") {
        $0.line.lateFeeWaived > .zero ? $0.line.lateFeeWaived.grouped : nil
    },
    .flag("is_below_zero") { $0.gross < $0.deducted },
    .flag("ends_at_cap") { $0.computed > $0.limit && $0.deducted == .zero },
]

/// Usable in `run`.
let runFields: [Field<NoticeFacts.Run>] = [
    .text("principal") { $0.principal.grouped },
    .text("days") { Money(fen: $0.days * 100).grouped.prefix { $0 != "." }.description },
    .text("rate") { $0.rate.perMille },
    .text("first") { "\($0.first)" },
    .text("last") { "\($0.first.advanced(byDays: $0.days - 1))" },
    .flag("one_day") { $0.days == 1 },
]

/// `30%`
private func percent(_ ratio: Ratio) -> String {
    var text = decimalText(ratio.parts, decimals: 4)[...]
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text + "%"
}

// MARK: - The parts

/// What a part of a file of wording is, and what it must hold.
struct PartDeclaration: Sendable {
    enum Shape: Sendable { case word, sentence, paragraphs }
    /// Whose tags it may use.
    enum Subject: Sendable { case notice, row, explanation, run }

    let name: String
    var shape = Shape.sentence
    var subject = Subject.notice
    /// It may come out empty: then what it stands for is left out.
    var mayBeEmpty = false
    /// Each must be shown; of alternatives, one.
    var shows: [[String]] = []
    /// None may be shown.
    var hides: [String] = []
    /// Must stand in it as they are.
    var literals: [String] = []
}

/// Every part of `words.*.mustache`.
let wordParts: [PartDeclaration] =
    plainWords.map { PartDeclaration(name: $0, shape: .word) }
    + labels.map { PartDeclaration(name: $0) }
    + [
        .init(name: "salutation", shows: [["owners"]]),
        .init(name: "addressee", shows: [["owners"]]),
        .init(name: "signature", shows: [["office_name"], ["as_of"]]),
        .init(name: "mail_signature", shows: [["office_name"], ["as_of"]]),
        .init(name: "attachment", mayBeEmpty: true),
        .init(name: "office_details", shows: [["office_address"], ["office_phone"]]),
        .init(name: "page", literals: ["{page}", "{pages}"]),
        .init(name: "unit_line", shows: [["unit"]]),
        .init(name: "oldest_due_line", mayBeEmpty: true),
        .init(name: "channels_line", mayBeEmpty: true),
        .init(name: "row_item", subject: .row, shows: [["item"]]),
        .init(name: "row_days", subject: .row, shows: [["days"]]),
        .init(name: "row_late_fee", subject: .row, shows: [["late_fee"]]),
        .init(name: "row_status", subject: .row, shows: [["due"], ["days"]]),
        .init(name: "note", subject: .row, mayBeEmpty: true, shows: [["explanation"]]),
        .init(name: "run", subject: .run, shows: [["principal"], ["days"], ["rate"]]),
        .init(
            name: "explanation", subject: .explanation,
            shows: [
                ["terms"], ["capped_at"], ["late_fee_paid"], ["late_fee_waived"], ["late_fee"],
            ]),
        .init(
            name: "late_fee_footnote", shape: .paragraphs, mayBeEmpty: true,
            shows: [["rates"], ["as_of"]]),
        .init(
            name: "credit_footnote", shape: .paragraphs, mayBeEmpty: true,
            shows: [["credit"], ["credit_left"]]),
        .init(
            name: "how_to_pay", shape: .paragraphs,
            shows: [["bank_holder"], ["bank"], ["bank_account"], ["unit"]]),
        .init(name: "collection_advice", shows: [["unit"]]),
        .init(name: "figure_caption", shows: [["unit"]]),
        .init(name: "mail_footer", shape: .paragraphs, shows: [["number"]]),
        .init(name: "stub_notice", shows: [["number"], ["unit"], ["owners"], ["as_of"]]),
        .init(
            name: "stub_claim",
            shows: [
                ["overdue_periods"], ["overdue_principal"], ["overdue_late_fee"],
                ["overdue_total"],
            ]),
    ]

/// Words that fields are made of. Kinds of unit and channels go by their names in SPEC.md 9.
private let plainWords =
    (1...12).map { "month_\($0)" }
    + ["residence", "shop", "parking"]
    + ["email", "mailbox", "hand", "registered", "phone", "fax"]
    + ["between_names", "between_items", "through"]

private let labels = [
    "label_number", "label_unit", "label_period", "label_as_of", "label_due",
    "label_earlier_notices", "label_channels", "heading_period", "heading_item", "heading_due",
    "heading_principal", "heading_days", "heading_late_fee", "heading_subtotal",
    "heading_amount", "label_principal", "label_late_fee", "label_subtotal", "sum_label",
    "credit_label", "total_label", "how_to_pay_heading", "collection_caption", "pay_by_caption",
    "cut_line",
    "stub_heading", "received", "received_means", "acknowledged", "acknowledged_means",
    "signer_name", "signer_relation", "signed_on", "signer_signature", "served_by",
    "served_how",
]

/// Every part of the wording of a stage, or of the bill, in one form. A letter says the amount in
/// its opening, above the table; a mail has a place of its own for it.
func stageParts(_ form: NoticeForm) -> [PartDeclaration] {
    let shared: [PartDeclaration] = [
        .init(name: "title"),
        .init(name: "next_heading"),
        .init(name: "ask", shape: .paragraphs, shows: [["office_contact"], ["office_phone"]]),
        .init(name: "next", shape: .paragraphs, mayBeEmpty: true),
    ]
    switch form {
    case .letter:
        let opening = PartDeclaration(
            name: "opening", shape: .paragraphs, shows: [["unit"], ["amount_due"]])
        return [opening] + shared
    case .message:
        return [
            .init(name: "subject", shows: [["unit"], ["period", "month_name"]], hides: amounts),
            .init(name: "opening", shape: .paragraphs, shows: [["unit"]]),
        ] + shared
    }
}

/// What no locked screen is to show.
private let amounts = [
    "principal", "late_fee", "total", "amount_due", "amount_in_words", "credit", "credit_left",
    "older_total", "overdue_principal", "overdue_late_fee", "overdue_total", "principal_aligned",
    "late_fee_aligned", "total_aligned", "credit_aligned", "not_overdue_total",
]

/// The tags of the four subjects, and those of the layouts of a mail.
let noticeScope: Scope = noticeFields.scope()
let rowScope: Scope = rowFields.scope().merging(["explanation": .optional]) { $1 }
let explanationScope: Scope = explanationFields.scope().merging(["terms": .text]) { $1 }
let runScope: Scope = runFields.scope()
let layoutScope: Scope = {
    var scope = noticeScope
    var row = rowScope
    for part in wordParts + stageParts(.message) where part.shape != .word {
        let kind: TagKind =
            part.shape == .paragraphs ? .paragraphs : part.mayBeEmpty ? .optional : .text
        switch part.subject {
        case .notice: scope[part.name] = kind
        case .row: row[part.name] = kind
        case .explanation, .run: break
        }
    }
    scope["rows"] = .list(row)
    return scope
}()

/// What each layout of a mail must show.
let layoutShows: [[String]] = [
    ["title"], ["number", "mail_footer"], ["salutation"], ["opening"], ["figure_caption"],
    ["amount_due"], ["due"], ["pay_by"], ["rows"], ["rows.item", "rows.row_item"],
    ["rows.period"], ["rows.row_status", "rows.due"],
    ["rows.principal", "rows.principal_aligned"],
    ["rows.row_late_fee", "rows.late_fee", "rows.late_fee_aligned"],
    ["rows.subtotal", "rows.subtotal_aligned"], ["rows.explanation"],
    ["principal", "principal_aligned"], ["late_fee", "late_fee_aligned"],
    ["credit", "credit_aligned"], ["total", "total_aligned"], ["late_fee_footnote"],
    ["credit_footnote"], ["how_to_pay"], ["ask"], ["next"], ["attachment"], ["mail_signature"],
]

// MARK: - What whoever edits the wording may look up

/// A tag that the wording may use.
public struct DeclaredField: Sendable {
    /// Where it may be used: `notice` (anywhere but in the following), `row`, `explanation`, `run`.
    public let subject: String
    public let name: String
    /// `text`: always there; `optional`: inside its own section; `flag`: as a section alone.
    public let kind: String
    /// The parts that must show it, with the file that they stand in: `letter:opening`.
    public let requiredIn: [String]
}

extension NoticeTemplates {
    /// Every declared tag, by subject.
    public static let declaredFields: [DeclaredField] =
        declared(noticeFields, .notice) + declared(rowFields, .row)
        + declared(explanationFields, .explanation) + declared(runFields, .run)

    private static func declared<Subject>(
        _ fields: [Field<Subject>], _ subject: PartDeclaration.Subject
    ) -> [DeclaredField] {
        let files =
            [("words", wordParts)] + NoticeForm.allCases.map { ($0.rawValue, stageParts($0)) }
        return fields.map { field in
            let required = files.flatMap { file, parts in
                parts.filter { part in
                    part.subject == subject && part.shows.contains { $0.contains(field.name) }
                }.map { "\(file):\($0.name)" }
            }
            return DeclaredField(
                subject: "\(subject)", name: field.name, kind: field.kind.name,
                requiredIn: required)
        }
    }
}

extension TagKind {
    fileprivate var name: String {
        switch self {
        case .text: "text"
        case .optional: "optional"
        case .flag: "flag"
        case .paragraphs: "paragraphs"
        case .list: "list"
        }
    }
}
