import Dunning
import FeeLedger
import Files
import Letters
public import Primitives
import SQLiteStore

/// What was printed.
public struct PrintedLetters: Sendable {
    public let letters: Int
    /// How many of them had been printed before.
    public let reprints: Int
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
    try printLetters(to: path, on: sheets, effects: effects) { session, context in
        try session.unprintedLetters(of: context.id, period: period)
    }
}

/// Which letters are printed; those that were printed before are printed again, marked 补打.
typealias ChosenLetters = (Session, CommunityContext) throws -> [Session.WaitingLetter]

func printLetters(
    to path: String, on sheets: LetterSheets = LetterSheets(), effects: Effects,
    chosen: ChosenLetters
) throws -> PrintedLetters {
    try withPart(of: path) { part in
        let drawn = try effects.store.read { session in
            try Drawn(to: part, on: sheets, session: session, effects: effects, chosen: chosen)
        }
        guard let drawn else { return PrintedLetters(letters: 0, reprints: 0, pages: 0) }
        let hash =
            drawn.prints.isEmpty
            ? "" : try EvidenceFolder(path: effects.evidence).keep(part, extension: "pdf")
        try writeAndMove(
            part, to: path, effects, isRecorded: { try drawn.isRecorded(as: hash, in: $0) }
        ) { try drawn.record(as: hash, in: $0, effects) }
        return PrintedLetters(
            letters: drawn.prints.count + drawn.reprints.count, reprints: drawn.reprints.count,
            pages: drawn.pages)
    }
}

/// What stands where in the file that was drawn.
private struct Drawn {
    private let context: CommunityContext
    private(set) var prints: [(letter: NoticeID, pages: Range<Int>)] = []
    /// With how often each was printed again before.
    private(set) var reprints: [(letter: NoticeID, number: String, before: Int)] = []
    private(set) var pages = 0

    /// `nil` where no letter is chosen.
    init?(
        to path: String, on sheets: LetterSheets, session: Session, effects: Effects,
        chosen: ChosenLetters
    ) throws {
        context = try CommunityContext(named: effects.community, in: session)
        let letters = try chosen(session, context)
        if letters.isEmpty { return nil }
        var rendering = try NoticeRendering(context)
        let printer = try LetterPrinter(
            to: path, title: context.policy.name, created: effects.now().toTheSecond,
            on: context.stationery(in: session), isDuplex: sheets.isDuplex)
        var keptFiles: [String: String] = [:]
        for (index, letter) in letters.enumerated() {
            if sheets.hasSeparators, index == 0 || letters[index - 1].building != letter.building {
                let stack = letters[index...].prefix { $0.building == letter.building }
                try printer.add(separator(before: Array(stack), in: context.policy))
            }
            if let printed = try session.printedLetter(letter.notice) {
                let kept =
                    try keptFiles[printed.sha256]
                    ?? EvidenceFolder(path: effects.evidence).file(printed.sha256, extension: "pdf")
                keptFiles[printed.sha256] = kept
                try printer.add(printed.pages, of: kept, mark: reprintMark(after: printed.reprints))
                reprints.append((letter.notice, letter.number, printed.reprints))
            } else {
                let pages = try printer.add(try rendering.letter(letter.notice, in: session))
                prints.append((letter.notice, pages))
            }
            effects.progress(
                Bilingual(zh: "排印信件", en: "printing letters"), index + 1, letters.count)
        }
        try printer.finish()
        pages = printer.pageCount
    }

    /// - Throws: where another has printed one of them since they were drawn.
    func record(as sha256: String, in session: Session, _ effects: Effects) throws {
        let isStillSo =
            try prints.allSatisfy { try session.printedLetter($0.letter) == nil }
            && reprints.allSatisfy { try session.printedLetter($0.letter)?.reprints == $0.before }
        guard isStillSo else { throw OfficeError.printedMeanwhile }
        if !prints.isEmpty {
            let act = try act("letters", detail: "\(prints.count)", in: session, effects)
            try session.addLetterBatch(sha256: sha256, prints: prints, in: context.id, act: act)
        }
        for reprint in reprints {
            let act = try act("reprint", detail: reprint.number, in: session, effects)
            try session.addReprint(of: reprint.letter, act: act)
        }
    }

    private func act(
        _ kind: String, detail: String, in session: Session, _ effects: Effects
    ) throws -> ActID {
        try session.addAct(
            community: context.id, kind: kind, by: effects.staff,
            at: effects.now().description, detail: detail)
    }

    func isRecorded(as sha256: String, in session: Session) throws -> Bool {
        if let first = prints.first {
            return try session.printedLetter(first.letter)?.sha256 == sha256
        }
        let first = reprints[0]
        return (try session.printedLetter(first.letter)?.reprints ?? 0) > first.before
    }
}

private func reprintMark(after reprints: Int) -> String { "补打 第 \(reprints + 1) 次" }

/// Makes a file beside its place; errors name the place that was asked for.
func withPart<Result>(of path: String, _ make: (_ part: String) throws -> Result) throws -> Result {
    let part = partName(of: path)
    defer { removeFile(part) }
    do {
        return try make(part)
    } catch LetterError.notWritten(part, let reason) {
        throw LetterError.notWritten(path: path, reason: reason)
    } catch FileError.notWritten(part) {
        throw FileError.notWritten(path: path)
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
    _ = try printLetters(to: path, effects: effects) { session, context in
        guard let notice = try session.notice(number: number, of: context.id) else {
            throw OfficeError.unknownNotice(number: number)
        }
        guard try session.printedLetter(notice) != nil else {
            throw OfficeError.neverPrinted(number: number)
        }
        return try session.letters(of: [notice])
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
