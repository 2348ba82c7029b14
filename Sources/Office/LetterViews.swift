import Files
public import Primitives
public import SQLiteStore

/// Letters that were never printed, in the order in which they are carried out.
/// - Parameter period: of one run's period alone.
public func lettersToPrint(
    period: Period?, effects: Effects
) throws -> [Session.WaitingLetter] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.unprintedLetters(of: context.id, period: period)
    }
}

/// The PDFs that went to the printer, the newest first: `count` of them after the first `skipped`.
public func letterBatches(
    skipping skipped: Int, count: Int, effects: Effects
) throws -> [Session.LetterBatch] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.letterBatches(of: context.id, skipping: skipped, count: count)
    }
}

public func letterBatchCount(effects: Effects) throws -> Int {
    try effects.store.read { session in
        try session.letterBatchCount(
            of: CommunityContext(named: effects.community, in: session).id)
    }
}

/// One of them with its letters, in their order; `nil` where there is none of that number.
public func letterBatch(
    _ id: Int, effects: Effects
) throws -> (batch: Session.LetterBatch, letters: [Session.LetterInBatch])? {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let found = try session.letterBatches(of: context.id, skipping: 0, count: 1, only: id)
        return try found.first.map { ($0, try session.letters(inBatch: id)) }
    }
}

/// The very PDF that went to the printer, as evidence has it.
public func letterFile(_ batch: Session.LetterBatch, effects: Effects) throws -> [UInt8] {
    try readFile(
        EvidenceFolder(path: effects.evidence).file(batch.sha256, extension: "pdf"))
}

/// Prints the letters that wait, for whoever fetches the file from evidence (`letterFile`).
public func printLetters(
    period: Period?, on sheets: LetterSheets, effects: Effects
) throws -> PrintedLetters {
    try withPrivateFolder { folder in
        try printLetters(
            to: folder + "/letters.pdf", period: period, on: sheets, effects: effects)
    }
}

/// Prints one letter again, marked 补打 with its count.
/// - Returns: its PDF.
public func reprintedLetter(_ number: String, effects: Effects) throws -> [UInt8] {
    try withPrivateFolder { folder in
        try reprintLetter(number, to: folder + "/letter.pdf", effects: effects)
        return try readFile(folder + "/letter.pdf")
    }
}
