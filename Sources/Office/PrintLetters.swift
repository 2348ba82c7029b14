import Dunning
import FeeLedger
import Files
import Letters
public import Primitives
import SQLiteStore

/// What was printed.
public struct PrintedLetters: Sendable {
    public let letters: Int
    public let pages: Int
}

/// How letters lie on the sheets of their file.
public struct LetterSheets: Sendable {
    /// A sheet before each building's letters, for whoever carries them out.
    public var hasSeparators = false
    /// For printing on both sides: each letter begins on a front.
    public var isDuplex = false
    public init() {}
}

/// Prints the letters that were never printed, by building, then unit, as one PDF; keeps the very
/// file as evidence, and notes each letter's pages in it.
///
/// The file is in its place before the letters count as printed: where printing is cut off, the
/// next one makes the same letters again.
/// - Parameter period: letters of one run's period alone.
public func printLetters(
    to path: String, period: Period?, on sheets: LetterSheets = LetterSheets(), effects: Effects
) throws -> PrintedLetters {
    let part = partName(of: path)
    defer { removeFile(part) }
    guard
        let (context, prints, pages) = try drawLetters(
            to: part, period: period, on: sheets, effects: effects)
    else { return PrintedLetters(letters: 0, pages: 0) }
    let hash = try EvidenceFolder(path: effects.evidence).keep(part, extension: "pdf")
    let first = prints[0].letter
    let isRecorded = { (session: Session) in try session.printedLetter(first)?.sha256 == hash }
    try writeAndMove(part, to: path, effects, isRecorded: isRecorded) { session in
        let waiting = Set(
            try session.unprintedLetters(of: context.id, period: period).map(\.notice))
        guard prints.allSatisfy({ waiting.contains($0.letter) }) else {
            throw OfficeError.printedMeanwhile
        }
        let act = try session.addAct(
            community: context.id, kind: "letters", by: effects.staff,
            at: effects.now().description, detail: "\(prints.count)")
        try session.addLetterBatch(sha256: hash, prints: prints, in: context.id, act: act)
    }
    return PrintedLetters(letters: prints.count, pages: pages)
}

/// What stands where in the file that was drawn.
private typealias Drawn = (
    context: CommunityContext, prints: [(letter: NoticeID, pages: Range<Int>)], pages: Int
)

/// - Returns: `nil` where no letter waits.
private func drawLetters(
    to path: String, period: Period?, on sheets: LetterSheets, effects: Effects
) throws -> Drawn? {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let waiting = try session.unprintedLetters(of: context.id, period: period)
        if waiting.isEmpty { return nil }
        var rendering = try NoticeRendering(context)
        let printer = try LetterPrinter(
            to: path, title: context.policy.name, created: effects.now().toTheSecond,
            on: context.stationery(in: session), isDuplex: sheets.isDuplex)
        var prints: [(letter: NoticeID, pages: Range<Int>)] = []
        for (index, letter) in waiting.enumerated() {
            if sheets.hasSeparators, index == 0 || waiting[index - 1].building != letter.building {
                let stack = waiting[index...].prefix { $0.building == letter.building }
                try printer.add(separator(before: Array(stack), in: context.policy))
            }
            let pages = try printer.add(try rendering.letter(letter.notice, in: session))
            prints.append((letter.notice, pages))
            effects.progress(
                Bilingual(zh: "排印信件", en: "printing letters"), prints.count, waiting.count)
        }
        try printer.finish()
        return (context, prints, printer.pageCount)
    }
}

private func separator(
    before letters: [Session.WaitingLetter], in policy: CommunityPolicy
) -> Separator {
    let building = letters[0].building
    let isNumber = building.utf8.allSatisfy { (48...57).contains($0) }
    return Separator(
        heading: isNumber ? "\(building) 栋" : building,
        summary: "\(policy.name)　\(letters.count) 封信 letters",
        entries: letters.map { letter in
            let how =
                switch letter.channel {
                case .hand: "当面签收 hand"
                case .registered: "挂号 registered"
                default: ""
                }
            return (letter.unit, letter.number, how)
        })
}

/// Prints one letter again, exactly as it was, marked 补打 with its count.
public func reprintLetter(_ number: String, to path: String, effects: Effects) throws {
    let part = partName(of: path)
    defer { removeFile(part) }
    var reprinted: (notice: NoticeID, before: Int)?
    let isRecorded = { (session: Session) in
        guard let (notice, before) = reprinted else { return false }
        return (try session.printedLetter(notice)?.reprints ?? 0) > before
    }
    try writeAndMove(part, to: path, effects, isRecorded: isRecorded) { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let notice = try session.notice(number: number, of: context.id) else {
            throw OfficeError.unknownNotice(number: number)
        }
        guard let printed = try session.printedLetter(notice) else {
            throw OfficeError.neverPrinted(number: number)
        }
        reprinted = (notice, printed.reprints)
        let kept = try EvidenceFolder(path: effects.evidence).file(printed.sha256, extension: "pdf")
        try reprint(
            pages: printed.pages, of: kept, mark: "补打 第 \(printed.reprints + 1) 次",
            on: context.stationery(in: session), to: part)
        let act = try session.addAct(
            community: context.id, kind: "reprint", by: effects.staff,
            at: effects.now().description, detail: number)
        try session.addReprint(of: notice, act: act)
    }
}

/// Records what was printed, with the file in its place just before the books are closed. Where
/// that fails the file goes again, unless it is recorded all the same: a disk can fail after the
/// books are closed.
private func writeAndMove(
    _ part: String, to path: String, _ effects: Effects,
    isRecorded: (Session) throws -> Bool, _ record: (Session) throws -> Void
) throws {
    var isInPlace = false
    let stoodThere = fileExists(path)
    do {
        try effects.store.write { session in
            try record(session)
            try moveFile(part, to: path)
            isInPlace = true
        }
    } catch {
        let isSurelyUnrecorded = (try? effects.store.read { try !isRecorded($0) }) ?? false
        if isInPlace, !stoodThere, isSurelyUnrecorded { removeFile(path) }
        throw error
    }
}
