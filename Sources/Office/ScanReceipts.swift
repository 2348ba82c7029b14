import Dunning
public import Evidence
import Files
import Interchange
public import Primitives
public import SQLiteStore
import Scans

/// What became of one file that staff scanned.
public struct ScannedFile: Sendable {
    /// In the order of pages, from above downward on each; a page without any has a row of its own,
    /// with the notice whose head it bears.
    public let stubs: [Session.ScannedStub]
    /// The very file was scanned before: nothing was added.
    public let isKnown: Bool
    /// Codes that were read and name no notice of this community, by page.
    public let strangers: [(page: Int, text: String)]
}

/// Finds the stubs in a scanned file, files the original and each cutting, and notes them: with the
/// notice that the code names, or without one. A stub is a proposal until staff confirm it.
///
/// A number counts only where its check digit is right and the community has that very notice. A
/// page without a stub is noted too, with the notice that the code in its letter's head names:
/// pages of a PDF and pictures alike.
/// Files are in the evidence folder, synced, before a row names them. A file scanned before is
/// known by its SHA-256, and changes nothing.
/// - Throws: `ScanError`, `FileError`; nothing of the file is kept then.
public func scanReceipts(_ path: String, effects: Effects) throws -> ScannedFile {
    guard let bytes = try readFile(path, atMost: ScanLimits.megabytes * 1_000_000) else {
        throw ScanError.tooLarge(file: path)
    }
    let file = try ScanFile(bytes, named: path)
    let name = String(path.split(separator: "/").last ?? "")
    return try scanReceipts(file, bytes, named: name, effects)
}

/// The same for a file that came through a browser.
public func scanReceipts(_ upload: Upload, effects: Effects) throws -> ScannedFile {
    let file = try ScanFile(upload.bytes, named: upload.name)
    return try scanReceipts(file, upload.bytes, named: upload.name, effects)
}

private func scanReceipts(
    _ file: ScanFile, _ bytes: [UInt8], named name: String, _ effects: Effects
) throws -> ScannedFile {
    let hash = sha256(bytes)
    if let known = try knownScan(hash, file.kind.suffix, effects) { return known }
    let folder = EvidenceFolder(path: effects.evidence)
    let (stubs, foreign) = try filedStubs(of: file, in: folder, effects)
    let original = try folder.keep(bytes, extension: file.kind.suffix)
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        // Somebody else may have scanned it meanwhile.
        if let scan = try session.scan(
            ofFile: original, extension: file.kind.suffix, in: context.id)
        {
            return ScannedFile(
                stubs: try session.scannedStubs(of: context.id, scan: scan), isKnown: true,
                strangers: [])
        }
        let act = try session.addAct(
            community: context.id, kind: "scan", by: effects.staff,
            at: effects.now().description, detail: name)
        let id = try session.addEvidenceFile(
            sha256: original, extension: file.kind.suffix, in: context.id, act: act)
        let scan = try session.addScan(
            of: id, named: name, pages: file.pageCount, in: context.id, act: act)
        var strangers = foreign
        for stub in stubs {
            let notice = try stub.text.flatMap { try session.notice(number: $0, of: context.id) }
            if notice == nil, let text = stub.text { strangers.append((stub.page, text)) }
            let cutting = try stub.cutting.map {
                try session.addEvidenceFile(
                    sha256: $0, extension: "png", in: context.id, act: act)
            }
            try session.add(
                Session.FoundStub(
                    page: stub.page, place: stub.place, notice: notice, cutting: cutting,
                    isWhole: stub.isWhole, ink: stub.ink), to: scan)
        }
        return ScannedFile(
            stubs: try session.scannedStubs(of: context.id, scan: scan), isKnown: false,
            strangers: strangers)
    }
}

private func knownScan(
    _ hash: String, _ suffix: String, _ effects: Effects
) throws -> ScannedFile? {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let scan = try session.scan(ofFile: hash, extension: suffix, in: context.id) else {
            return nil
        }
        return ScannedFile(
            stubs: try session.scannedStubs(of: context.id, scan: scan), isKnown: true,
            strangers: [])
    }
}

/// A stub whose cutting is in the evidence folder; or a page on which none was found.
private struct FiledStub {
    let page, place: Int
    /// The notice number that its code says, or the one in the page's head.
    let text: String?
    /// The cutting's SHA-256.
    let cutting: String?
    let isWhole: Bool
    let ink: Int?
}

/// Page by page, so that memory does not grow with their number. Every cutting gets a row.
private func filedStubs(
    of file: ScanFile, in folder: EvidenceFolder, _ effects: Effects
) throws -> ([FiledStub], foreign: [(page: Int, text: String)]) {
    let reader = StubReader { noticeNumber(inCode: $0) != nil }
    var stubs: [FiledStub] = []
    var foreign: [(page: Int, text: String)] = []
    for page in 1...file.pageCount {
        let seen = try reader.read(file, page: page)
        for (index, stub) in seen.stubs.enumerated() {
            stubs.append(
                FiledStub(
                    page: page, place: index + 1, text: stub.text.flatMap(noticeNumber(inCode:)),
                    cutting: try folder.keep(stub.cutting, extension: "png"),
                    isWhole: stub.isWhole, ink: stub.ink))
        }
        if seen.stubs.isEmpty {
            stubs.append(
                FiledStub(
                    page: page, place: 1, text: seen.heads.first.flatMap(noticeNumber(inCode:)),
                    cutting: nil, isWhole: false, ink: nil))
            foreign += seen.foreign.map { (page, $0) }
        }
        effects.progress(readingPages, page, file.pageCount)
    }
    return (stubs, foreign)
}

let readingPages = Bilingual(zh: "识别页", en: "reading pages")

/// The notice number that a code is, or in which its link ends; `nil` where there is none whose
/// check digit is right.
func noticeNumber(inCode text: String) -> String? {
    let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let number = String(last.split(separator: "=", omittingEmptySubsequences: false).last ?? "")
    let parts = number.split(separator: "-", omittingEmptySubsequences: false)
    let isShaped =
        parts.count >= 4
        && parts.suffix(3).allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        && parts[parts.count - 3].utf8.count == 6 && parts[parts.count - 2].utf8.count >= 5
    return isShaped && NoticeNumber.isValid(number) ? number : nil
}

// MARK: - What staff say of a stub

extension Session.ScannedStub {
    /// Whether there is ink where owners sign: a hint, for people to check; `nil` where that place
    /// was not seen. A signature gives 6 per mille and more, an empty line next to none.
    public var looksSigned: Bool? { ink.map { $0 >= 5 } }

    /// Whether this is a stub whose notice is known, or a page that staff said is one. A page on
    /// which only the code in a letter's head was read is none.
    public var isFound: Bool { number != nil && (cutting != nil || readNumber == nil) }
}

/// The stubs that wait for somebody: proposals to be confirmed, and what has no notice.
///
/// A page with a letter's head waits only where that letter's stub is not in the same file.
public func openStubs(effects: Effects) throws -> [Session.ScannedStub] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let stubs = try session.scannedStubs(of: context.id)
        let found = Set(stubs.filter(\.isFound).map(StubOfFile.init))
        return stubs.filter {
            $0.state == .open && ($0.isFound || !found.contains(StubOfFile($0)))
        }
    }
}

private struct StubOfFile: Hashable {
    let original: Session.StubFile
    let number: String?

    init(_ stub: Session.ScannedStub) {
        original = stub.original
        number = stub.number
    }
}

/// Says which notice a stub is of, where its code could not be read. What was read stands: the
/// notice that the code names is known already, and any other is refused.
public func assignStub(_ id: Int, to number: String, effects: Effects) throws {
    try effects.store.write { session in
        let (context, stub) = try foundStub(id, session, effects)
        try refuseSettled(stub)
        guard let notice = try session.notice(number: number, of: context.id) else {
            throw OfficeError.unknownNotice(number: number)
        }
        if stub.number == number { return }
        if let read = stub.readNumber, read != number {
            throw ReceiptError.readStub(id: id, number: read)
        }
        let act = try session.addAct(
            community: context.id, kind: "scan assign", by: effects.staff,
            at: effects.now().description, detail: number)
        try session.assign(stub.id, to: notice, act: act)
    }
}

/// Puts a stub aside that proves nothing: a page scanned by mistake, a stub that nobody signed.
public func discardStub(_ id: Int, reason: String, effects: Effects) throws {
    guard !trimmed(reason).isEmpty else { throw ReceiptError.reasonMissing }
    try effects.store.write { session in
        let (context, stub) = try foundStub(id, session, effects)
        if stub.discardReason == reason { return }
        try refuseSettled(stub)
        let act = try session.addAct(
            community: context.id, kind: "scan discard", by: effects.staff,
            at: effects.now().description, detail: "\(id)")
        try session.discard(stub.id, reason: reason, act: act)
    }
}

/// Makes a service of a stub: its cutting is the receipt, the file as it came goes with it.
///
/// - Parameters:
///   - fill: completes the entry: signer, relation, whether the debt is acknowledged.
/// - Returns: the service with its grade.
public func confirmReceipt(
    _ id: Int, how: ServiceWay, on date: CivilDate, staff: [String], effects: Effects,
    _ fill: (inout ServiceEntry) -> Void
) throws -> Session.RecordedService {
    let stub = try effects.store.read { try foundStub(id, $0, effects).1 }
    guard let number = stub.number else { throw ReceiptError.unmatchedStub(id: id) }
    let folder = EvidenceFolder(path: effects.evidence)
    let original = try folder.file(stub.original.sha256, extension: stub.original.suffix)
    var entry = ServiceEntry(of: number, how: how, on: date, staff: staff)
    if let cutting = stub.cutting {
        let receipt = try folder.file(cutting.sha256, extension: cutting.suffix)
        entry.files = [
            ServiceEntry.File(kinds: [.receipt], path: receipt),
            ServiceEntry.File(kinds: [.original], path: original),
        ]
    } else {
        entry.files = [ServiceEntry.File(kinds: [.receipt, .original], path: original)]
    }
    fill(&entry)
    // The very same again is known, and changes nothing.
    let kept = (stub.cutting.map { [$0.sha256] } ?? []) + [stub.original.sha256]
    if stub.state != .open, try !isKnown(entry, files: kept, effects: effects) {
        throw ReceiptError.settledStub(id: id, as: stub.state)
    }
    return try recordService(entry, effects: effects)
}

func foundStub(
    _ id: Int, _ session: Session, _ effects: Effects
) throws -> (CommunityContext, Session.ScannedStub) {
    let context = try CommunityContext(named: effects.community, in: session)
    guard let stub = try session.scannedStub(ScanStubID(id), of: context.id) else {
        throw ReceiptError.unknownStub(id: id)
    }
    return (context, stub)
}

private func refuseSettled(_ stub: Session.ScannedStub) throws(ReceiptError) {
    if stub.state != .open { throw .settledStub(id: stub.id.number, as: stub.state) }
}
