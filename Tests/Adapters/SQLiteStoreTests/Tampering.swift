import Evidence
import GRDB
import Primitives

@testable import SQLiteStore

/// One thing done to the books by hand.
struct Tampering: CustomStringConvertible {
    let name: String
    let detail: String
    /// Links that may be named for it, the first or any.
    let links: [Int]
    /// Rows that stand outside the chain after it.
    let strangers: [String]
    /// Whether the head that was printed shows it once all hashes are made anew.
    var changesHead = true

    var description: String { "\(name) (\(detail)), links \(links), rows \(strangers)" }

    func isNamed(by found: Found) -> Bool {
        !found.positions.isDisjoint(with: links)
            || !strangers.isEmpty && strangers.allSatisfy(found.unchained.contains)
    }

    /// What new hashes cannot hide: where rows of the chain themselves were changed an anchor shows
    /// it, and a row that is in no chain stays a stranger.
    func isShown(by found: Found) -> Bool {
        if !changesHead { return true }
        if !found.cutOff.isEmpty || !found.positions.isDisjoint(with: links) { return true }
        if !strangers.isEmpty, strangers.allSatisfy(found.unchained.contains) { return true }
        return links.contains { link in found.rewritten.contains { $0.contains(link) } }
    }

    init(_ session: Session, _ random: inout SeededGenerator) throws {
        let ways = [
            changeField, changeField, changeField, deleteRow, deleteLink, deletePart, insertRow,
            insertLink, swapLinks, swapSubjects, swapFields, changeLink,
        ]
        while true {
            if let done = try ways.randomElement(using: &random)!(session, &random) {
                self = done
                return
            }
        }
    }

    fileprivate init(
        _ name: String, _ detail: String, links: [Int] = [], strangers: [String] = [],
        changesHead: Bool = true
    ) {
        self.name = name
        self.detail = detail
        self.links = links
        self.strangers = strangers
        self.changesHead = changesHead
    }
}

/// A column that the chain takes in, and the link by which: `?1` is the row's rowid.
private struct Field {
    let table, column, key, link: String

    init(_ table: String, _ columns: [String], key: String = "id", link: String? = nil) {
        self.table = table
        self.column = columns.joined(separator: " ")
        self.key = key
        self.link = link ?? "kind = '\(table)' AND subject = ?"
    }
}

private let ofNotice = """
    kind = 'service' AND subject IN (SELECT id FROM service WHERE notice = ?)
    """
private let ofProof = """
    (kind = 'service' AND subject IN (SELECT service FROM serviceProof WHERE file = ?1))
      OR (kind = 'plan signature'
        AND subject IN (SELECT signature FROM planSignatureFile WHERE file = ?1))
    """
private let ofProposal = "kind = 'proposal' AND subject = ?"
private let ofAct = """
    (kind = 'service' AND subject IN (SELECT id FROM service WHERE act = ?1))
      OR (kind = 'waiver' AND subject IN (SELECT id FROM waiver WHERE act = ?1))
      OR (kind = 'reversal' AND subject IN (SELECT id FROM reversal WHERE act = ?1))
      OR (kind = 'letters' AND subject IN (SELECT id FROM letterBatch WHERE act = ?1))
      OR (kind = 'concession' AND subject IN (SELECT id FROM concession WHERE act = ?1))
      OR (kind = 'proposal' AND subject IN (SELECT id FROM proposal WHERE act = ?1))
      OR (kind = 'approval' AND subject IN (SELECT id FROM approval WHERE act = ?1))
      OR (kind = 'plan signature' AND subject IN (SELECT id FROM planSignature WHERE act = ?1))
      OR (kind = 'hardship decision' AND subject IN (SELECT id FROM hardshipDecision WHERE act = ?1))
      OR (kind = 'risk override' AND subject IN (SELECT id FROM riskOverride WHERE act = ?1))
      OR (kind = 'promise' AND subject IN (SELECT id FROM promise WHERE act = ?1))
      OR (kind = 'contact' AND subject IN (SELECT id FROM contact WHERE act = ?1))
      OR (kind = 'complaint' AND subject IN (SELECT id FROM complaint WHERE act = ?1))
      OR (kind = 'complaint answer' AND subject IN (SELECT id FROM complaintAnswer WHERE act = ?1))
      OR (kind = 'court step' AND subject IN (SELECT id FROM courtStep WHERE act = ?1))
      OR (kind = 'retraction' AND subject IN (SELECT id FROM retraction WHERE act = ?1))
    """

private let ofCasework = """
    'contact', 'complaint', 'complaint answer', 'court step', 'retraction', 'proposal', 'approval',
    'plan signature'
    """

private let fields = [
    Field("waiver", ["reference", "valueDate", "amount", "reason", "approvedBy"]),
    Field(
        "concession",
        [
            "reference", "fromPeriod", "toPeriod", "value", "reason", "approvedBy", "review",
            "decided",
        ]
    ),
    Field("reversal", ["valueDate", "reason"]),
    Field("letterBatch", ["sha256"], link: "kind = 'letters' AND subject = ?"),
    Field(
        "service",
        ["how", "day", "grade", "staff", "secondStaff", "relation", "acknowledges", "agreed"]),
    Field("serviceWithdrawal", ["service"], link: "kind = 'service withdrawal' AND subject = ?"),
    Field(
        "hardshipDecision", ["outcome", "day", "review", "byWhom"],
        link: "kind = 'hardship decision' AND subject = ?"),
    Field(
        "riskOverride", ["class", "day", "byWhom"], link: "kind = 'risk override' AND subject = ?"),
    Field("promise", ["amount", "day", "until", "staff"]),
    Field(
        "contact",
        ["how", "day", "minute", "staff", "secondStaff", "relation", "reason", "nextDay"]),
    Field("complaint", ["day", "staff"]),
    Field(
        "complaintAnswer", ["day", "byWhom"], link: "kind = 'complaint answer' AND subject = ?"),
    Field(
        "courtStep", ["stage", "day", "cost", "staff"],
        link: "kind = 'court step' AND subject = ?"),
    Field("retraction", ["kind", "subject", "day"]),
    Field("chainStamp", ["position", "hash", "stampedAt"], link: "kind = 'stamp' AND subject = ?"),
    Field(
        "notice",
        ["number", "asOf", "stage", "template", "cap", "payBy", "principal", "lateFee", "credit"],
        link: ofNotice),
    Field(
        "noticeLine",
        [
            "period", "due", "amount", "principal", "daysOverdue", "lateFee", "lateFeePaid",
            "lateFeeWaived", "isNew", "accrual",
        ], key: "notice", link: ofNotice),
    Field("evidenceFile", ["sha256", "extension"], link: ofProof),
    Field("serviceProof", ["kinds"], key: "service", link: "kind = 'service' AND subject = ?"),
    Field(
        "proposal",
        [
            "kind", "day", "byWhom", "fromPeriod", "toPeriod", "relief", "value", "review",
            "unlessPaidBy", "lateFee", "forgives", "brokenAfter",
        ]),
    Field("planPart", ["due", "amount"], key: "proposal", link: ofProposal),
    Field("planCharge", ["period", "principal", "lateFee"], key: "proposal", link: ofProposal),
    Field("approval", ["approved", "day", "byWhom", "proposal"]),
    Field(
        "planSignature", ["day", "relation", "staff", "proposal"],
        link: "kind = 'plan signature' AND subject = ?"),
    Field("letterPrint", ["firstPage", "pages"], key: "notice", link: ofNotice),
    Field("act", ["byWhom", "at"], link: ofAct),
    Field(
        "personalText", ["text", "salt"], key: "subject",
        link:
            "kind IN ('service', 'service withdrawal', 'risk override', \(ofCasework)) AND subject = ?"
    ),
    Field(
        "commitment", ["hash"], key: "subject",
        link:
            "kind IN ('service', 'waiver', 'concession', 'reversal', 'risk override', \(ofCasework)) "
            + "AND subject = ?"
    ),
]

private func changeField(
    _ session: Session, _ random: inout SeededGenerator
) throws -> Tampering? {
    let field = fields.randomElement(using: &random)!
    let column = field.column.split(separator: " ").randomElement(using: &random)!
    let rows = try session.integers("SELECT \(field.key) FROM \(field.table)")
    guard let row = rows.randomElement(using: &random) else { return nil }
    let links = try session.integers(
        "SELECT position FROM chainLink WHERE \(field.link)", [.integer(row)])
    if links.isEmpty { return nil }
    let more = Int.random(in: 1...9, using: &random)
    try session.run(
        """
        UPDATE OR IGNORE \(field.table) SET \(column) = CASE typeof(\(column))
            WHEN 'integer' THEN \(column) + \(more) WHEN 'text' THEN \(column) || '\(more)'
            ELSE iif(length(\(column)) = 16, \(blob(16, &random)), \(blob(32, &random))) END
        WHERE \(field.key) = ? AND \(column) IS NOT NULL
        """, [SQLValue.integer(row)])
    if session.db.changesCount == 0 { return nil }
    // Where a salt or a text does not open its commitment, new hashes hide nothing.
    let isOpening = field.table == "personalText"
    return Tampering(
        "change", "\(field.table).\(column) \(row)", links: links, changesHead: !isOpening)
}

/// A literal of random bytes.
private func blob(_ count: Int, _ random: inout SeededGenerator) -> String {
    let digits = (0..<(2 * count)).map { _ in "0123456789abcdef".randomElement(using: &random)! }
    return "x'\(String(digits))'"
}

private func anyLink(
    _ session: Session, _ random: inout SeededGenerator
) throws -> (position: Int, kind: ChainedKind, subject: Int, last: Int) {
    let positions = try session.integers("SELECT position FROM chainLink ORDER BY position")
    let position = positions.randomElement(using: &random)!
    return try session.first(
        "SELECT kind, subject FROM chainLink WHERE position = ?", [.integer(position)]
    ) { (position, ChainedKind.named($0.text(0))!, $0.integer(1), positions.last!) }!
}

/// The row alone, or with its link, or with its link and all that follow moved up.
private func deleteRow(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let link = try anyLink(session, &random)
    let depth = Int.random(in: 0...2, using: &random)
    // The last row, with its link, is missed by none but an anchor.
    let isTail = link.position == link.last && depth > 0
    if isTail { return nil }
    try session.run("DELETE FROM \(link.kind.table) WHERE id = ?", [SQLValue.integer(link.subject)])
    if depth > 0 { try session.run("DELETE FROM chainLink WHERE position = \(link.position)") }
    if depth > 1 { try moveLinks(session, after: link.position, by: -1) }
    return Tampering(
        "delete", "\(link.kind.name) \(link.subject), depth \(depth)", links: [link.position])
}

private func moveLinks(_ session: Session, after position: Int, by step: Int) throws {
    let far = 1_000_000
    try session.run(
        "UPDATE chainLink SET position = position + \(far) WHERE position > \(position)")
    try session.run(
        "UPDATE chainLink SET position = position - \(far - step) WHERE position > \(far)")
}

/// The row stays, its link is gone.
private func deleteLink(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let link = try anyLink(session, &random)
    try session.run("DELETE FROM chainLink WHERE position = \(link.position)")
    return Tampering(
        "delete", "link of \(link.kind.name) \(link.subject)", links: [link.position],
        strangers: ["\(link.kind.name) \(link.subject)"])
}

/// What belongs to a row: a proof, a line of the notice, the letter in its file.
private func deletePart(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let service = try session.integers("SELECT DISTINCT service FROM serviceProof")
        .randomElement(using: &random)!
    let part = [
        "serviceProof WHERE service = ?1 AND place = 1",
        "noticeLine WHERE line = 0 AND notice = (SELECT notice FROM service WHERE id = ?1)",
        "letterPrint WHERE notice = (SELECT notice FROM service WHERE id = ?1)",
    ].randomElement(using: &random)!
    let links = try session.integers(
        "SELECT position FROM chainLink WHERE kind = 'service' AND subject = ?", [.integer(service)]
    )
    try session.run("DELETE FROM \(part)", [SQLValue.integer(service)])
    return Tampering("delete", part, links: links)
}

private func copied(_ kind: ChainedKind, _ subject: Int, in session: Session) throws -> Int {
    var columns: [String] = []
    try session.forEach("SELECT name FROM pragma_table_info('\(kind.table)') WHERE name <> 'id'") {
        columns.append($0.text(0))
    }
    let values = columns.map { column in
        switch column {
        case "reference": "reference || 'x'"
        case "service", "payment", "complaint", "subject": "\(column) + 1000"
        case "contact", "corrects": "NULL"
        case "proposal":
            ["approval", "plan signature"].contains(kind.name) ? "proposal + 1000" : "proposal"
        case "period": kind.name == "reversal" ? "period + 1" : "period"
        default: column
        }
    }
    try session.run(
        """
        INSERT INTO \(kind.table) (\(columns.joined(separator: ", ")))
        SELECT \(values.joined(separator: ", ")) FROM \(kind.table) WHERE id = \(subject)
        """)
    return Int(session.db.lastInsertedRowID)
}

private func insertRow(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let link = try anyLink(session, &random)
    let new = try copied(link.kind, link.subject, in: session)
    return Tampering(
        "insert", "\(link.kind.name) \(new)", strangers: ["\(link.kind.name) \(new)"])
}

/// A row with a link of its own, well hashed, in the middle of the chain.
private func insertLink(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let link = try anyLink(session, &random)
    if link.position == link.last { return nil }
    let new = try copied(link.kind, link.subject, in: session)
    guard let row = try session.chainedRow(link.kind, new) else { return nil }
    let before = try session.first(
        "SELECT hash FROM chainLink WHERE position = ?", [.integer(link.position)]
    ) { ChainHead(community: "FL", position: link.position, hash: ChainHash(bytes: $0.blob(0))!) }!
    try moveLinks(session, after: link.position, by: 1)
    let head = before.followed(by: row)
    try session.run(
        """
        INSERT INTO chainLink (community, position, kind, subject, previous, hash)
        VALUES (1, ?, ?, ?, ?, ?)
        """,
        [
            .integer(head.position), .text(link.kind.name), .integer(new),
            .blob(before.hash.bytes), .blob(head.hash.bytes),
        ])
    return Tampering(
        "insert", "link of \(link.kind.name) \(new)", links: [head.position, head.position + 1])
}

private func twoLinks(
    _ session: Session, _ random: inout SeededGenerator
) throws -> (Int, Int)? {
    let one = try anyLink(session, &random).position
    let other = try anyLink(session, &random).position
    return one == other ? nil : (min(one, other), max(one, other))
}

/// Two links change places.
private func swapLinks(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    guard let (one, other) = try twoLinks(session, &random) else { return nil }
    for (from, to) in [(one, 2_000_000), (other, one), (2_000_000, other)] {
        try session.run("UPDATE chainLink SET position = \(to) WHERE position = \(from)")
    }
    return Tampering("swap", "links \(one), \(other)", links: [one, other])
}

/// Two links speak of each other's rows.
private func swapSubjects(
    _ session: Session, _ random: inout SeededGenerator
) throws -> Tampering? {
    guard let (one, other) = try twoLinks(session, &random) else { return nil }
    let read = { (position: Int) in
        try session.first(
            "SELECT kind, subject FROM chainLink WHERE position = \(position)"
        ) { ($0.text(0), $0.integer(1)) }!
    }
    let (first, second) = (try read(one), try read(other))
    let write = { (position: Int, row: (String, Int)) in
        try session.run(
            "UPDATE chainLink SET kind = ?, subject = ? WHERE position = \(position)",
            [SQLValue.text(row.0), .integer(row.1)])
    }
    try write(one, ("aside", 0))
    try write(other, first)
    try write(one, second)
    return Tampering("swap", "subjects of \(one), \(other)", links: [one, other])
}

/// Two rows of one kind change their ids: each link finds the other's contents.
private func swapFields(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    guard let (one, other) = try twoLinks(session, &random) else { return nil }
    let rows = try [one, other].map { position in
        try session.first(
            "SELECT kind, subject FROM chainLink WHERE position = \(position)"
        ) { (kind: ChainedKind.named($0.text(0))!, subject: $0.integer(1)) }!
    }
    guard rows[0].kind.name == rows[1].kind.name else { return nil }
    let table = rows[0].kind.table
    let (first, second) = (rows[0].subject, rows[1].subject)
    for (from, to) in [(first, -1), (second, first), (-1, second)] {
        try session.run("UPDATE \(table) SET id = \(to) WHERE id = \(from)")
    }
    return Tampering("swap", "\(table) \(first), \(second)", links: [one, other])
}

private func changeLink(_ session: Session, _ random: inout SeededGenerator) throws -> Tampering? {
    let link = try anyLink(session, &random)
    let change = [
        "hash = \(blob(32, &random))", "previous = \(blob(32, &random))",
        "subject = subject + 100000",
        "kind = kind || 's'", "hash = x'00'",
    ].randomElement(using: &random)!
    try session.run("UPDATE chainLink SET \(change) WHERE position = \(link.position)")
    // Made anew, its hashes are what they were.
    return Tampering(
        "change", "link \(link.position): \(change)", links: [link.position, link.position + 1],
        changesHead: false)
}
