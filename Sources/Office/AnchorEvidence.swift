import Dunning
public import Evidence
import Files
import FoundationEssentials
import Letters
public import Primitives
import SQLiteStore
public import Timestamps

/// The end of the chain as it stands, with when it was looked at: to be printed, mailed or stamped,
/// so that nobody can make the chain anew unseen.
public struct AnchoredHead: Sendable {
    public let head: ChainHead
    public let at: Instant
    let name: String

    /// `FL 17 3f…`: what `ChainAnchor.all` reads back.
    public var line: String { "\(head.community) \(head.position) \(head.hash)" }

    /// What to keep apart from the computer, as plain text.
    public var text: String {
        """
        Dunwell 证据链链尾 · head of the chain of evidence
        \(name)
        \(at)

        \(line)

        证明到此为止的 \(head.position) 行记录没有被改过：dunwell evidence verify --anchor 本文件
        Shows that the \(head.position) rows so far were not changed: dunwell evidence verify --anchor FILE

        """
    }
}

/// The head of the community's chain, now.
public func anchorEvidence(effects: Effects) throws -> AnchoredHead {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return AnchoredHead(
            head: try session.chainHead(of: context.id), at: effects.now(),
            name: context.policy.name)
    }
}

/// Has the head stamped by a time-stamping service (RFC 3161), and keeps its reply as evidence.
///
/// - Parameter address: by http or https.
/// - Returns: the stamp, and where its reply is kept.
public func stampEvidence(
    _ anchored: AnchoredHead, by address: String, effects: Effects
) throws -> (stamp: Timestamp, file: String) {
    guard anchored.head.position > 0 else { throw EvidenceError.nothingToStamp }
    let stamp = try stamp(anchored.head.hash.bytes, by: address)
    let folder = EvidenceFolder(path: effects.evidence)
    let hash = try folder.keep(stamp.reply, extension: "tsr")
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let act = try session.addAct(
            community: context.id, kind: "stamp", by: effects.staff,
            at: effects.now().description, detail: "\(anchored.head.position)")
        let file = try session.addEvidenceFile(
            sha256: hash, extension: "tsr", in: context.id, act: act)
        try session.addStamp(
            of: anchored.head, at: stamp.at.description, file: file, in: context.id, act: act)
    }
    return (stamp, try folder.file(hash, extension: "tsr"))
}

/// Writes the head to a file: a sheet to print and sign where its name ends in `.pdf`, else text.
public func writeAnchor(_ anchored: AnchoredHead, to path: String, effects: Effects) throws {
    guard path.lowercased().hasSuffix(".pdf") else {
        return try writeFile(Array(anchored.text.utf8), to: path)
    }
    let stationery = try effects.store.read { session in
        try CommunityContext(named: effects.community, in: session).stationery(in: session)
    }
    try withPart(of: path) { part in
        let printer = try LetterPrinter(
            to: part, title: anchored.line, created: anchored.at.toTheSecond, on: stationery)
        try printer.add(sheet(anchored))
        try printer.finish()
        try moveFile(part, to: path)
    }
}

private func sheet(_ anchored: AnchoredHead) -> RecordSheet {
    let digits = Array(anchored.head.hash.description)
    let groups = stride(from: 0, to: digits.count, by: 8).map { String(digits[$0..<($0 + 8)]) }
    return RecordSheet(
        title: "证据链链尾",
        facts: [
            ("小区", "\(anchored.name)（\(anchored.head.community)）"),
            ("日期", "\(anchored.at.date)　\(anchored.at.timeOfDay) UTC"),
            ("行数", "\(anchored.head.position)"),
        ],
        figures: [groups[..<4].joined(separator: "  "), groups[4...].joined(separator: "  ")],
        code: anchored.line,
        notes: [
            "到这一行为止的送达、减免、冲红和打印记录，都由上面这个散列值（SHA-256）固定下来。"
                + "请当天签字存档，不要放在装有数据库的电脑上：以后任何人改动其中一行，"
                + "即使重算全部散列值，也会和这张纸不符。",
            "核对：dunwell evidence verify --anchor \"散列值\"，或用本文件。",
        ],
        signatures: ["经手人签字", "见证人签字"])
}

/// The heads that a file states: text or PDF as `writeAnchor` makes them, a mail that quotes one,
/// or a service's reply (`.tsr`).
///
/// - Parameter authorities: a file of certificates that a reply's signature must lead to; `nil`:
///   not asked.
public func readAnchors(from path: String, trusting authorities: String?) throws -> [ChainAnchor] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
        throw EvidenceError.noFile(path: path)
    }
    if let stamp = try? Timestamp(reply: Array(bytes)), let hash = ChainHash(bytes: stamp.hash) {
        if let authorities { try stamp.verify(trusting: authorities) }
        let source = "\(path), \(stamp.at.toTheSecond)"
        return [ChainAnchor(community: nil, position: nil, hash: hash, source: source)]
    }
    let isPDF = bytes.starts(with: Array("%PDF-".utf8))
    let text = isPDF ? try titleOfPDF(path) : String(decoding: bytes, as: UTF8.self)
    let anchors = ChainAnchor.all(in: text, source: path)
    if anchors.isEmpty { throw EvidenceError.noAnchor(source: path) }
    return anchors
}
