public import FeeLedger
public import Primitives

/// Messages and letters: what is to go out, and what went out.
extension Session {
    public struct OutboxMessage: Sendable {
        public let id: MessageID
        public let community: CommunityID
        public let notice: NoticeID
        /// The notice's.
        public let number, unit: String
        public let owner: ID<Owner>
        public let recipient: String
    }

    /// `nil` where there is no such message.
    public func message(_ id: MessageID) throws -> OutboxMessage? {
        try first(outboxColumns + " WHERE message.id = ?", [.id(id)]) { OutboxMessage($0) }
    }

    /// The Message-ID of the last composed message to the same owner about an earlier notice of the
    /// same account, so that mail programs show them together.
    public func earlierMessageID(before message: OutboxMessage) throws -> String? {
        try first(
            """
            SELECT messageID FROM notice
              JOIN notice AS earlier ON earlier.unit = notice.unit AND earlier.account = notice.account
              JOIN message ON message.notice = earlier.id AND message.owner = ?
              JOIN messageBody ON messageBody.message = message.id
            WHERE notice.id = ? AND earlier.asOf < notice.asOf ORDER BY earlier.asOf DESC LIMIT 1
            """, [.id(message.owner), .id(message.notice)]
        ) { $0.text(0) }
    }

    /// The finished message; `nil` until it is composed.
    public func messageBytes(_ id: MessageID) throws -> [UInt8]? {
        try first("SELECT bytes FROM messageBody WHERE message = ?", [.id(id)]) { $0.blob(0) }
    }

    /// Keeps a finished message: a retry sends the same bytes.
    public func keepMessage(
        _ id: MessageID, messageID: String, bytes: [UInt8], sha256: String, composedAt: Instant
    ) throws {
        try run(
            """
            INSERT INTO messageBody (message, messageID, bytes, sha256, composedAt)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .id(id), .text(messageID), .blob(bytes), .text(sha256),
                .text(composedAt.description),
            ])
    }

    // MARK: - Letters

    /// A letter to be printed.
    public struct WaitingLetter: Sendable {
        public let notice: NoticeID
        public let number: String
        public let unit, building: String
        public let channel: Channel
        /// Of the run that it came from.
        public let period: Period
    }

    /// Letters that were never printed, in the order in which they are carried out: by building,
    /// then unit, each as people count (`2-1-3` before `2-1-12`), then the older first.
    ///
    /// - Parameter period: those of one run's period; `nil`: all.
    public func unprintedLetters(
        of community: CommunityID, period: Period?
    ) throws -> [WaitingLetter] {
        try letters(
            """
            notice.community = ?1 AND (?2 IS NULL OR period = ?2)
              AND NOT EXISTS (SELECT 1 FROM letterPrint WHERE letterPrint.notice = letter.notice)
            """, [.id(community), .period(period)]
        ).inOrderOfCarrying
    }

    /// The letters of these notices, printed before or not, in the order of `unprintedLetters`.
    public func letters(of notices: [NoticeID]) throws -> [WaitingLetter] {
        try notices.flatMap { try letters("letter.notice = ?", [.id($0)]) }.inOrderOfCarrying
    }

    private func letters(_ condition: String, _ values: [SQLValue]) throws -> [WaitingLetter] {
        var letters: [WaitingLetter] = []
        try forEach(
            """
            SELECT letter.notice, number, unit.code, building, letter.channel, period
            FROM letter JOIN notice ON notice.id = letter.notice JOIN unit ON unit.id = notice.unit
            WHERE \(condition) ORDER BY period, serial
            """, values
        ) { row in
            letters.append(
                WaitingLetter(
                    notice: row.id(0), number: row.text(1), unit: row.text(2),
                    building: row.text(3), channel: Channel(rawValue: row.text(4))!,
                    period: row.period(5)))
        }
        return letters
    }

    /// Makes a letter, to be handed over, out of a notice that went out without one.
    public func addLetterToHandOver(for notice: NoticeID) throws {
        try run("INSERT OR IGNORE INTO letter (notice, channel) VALUES (?, 'hand')", [.id(notice)])
    }

    /// Notes a PDF that went to the printer, with the pages of each letter in it, from 0.
    public func addLetterBatch(
        sha256: String, prints: [(letter: NoticeID, pages: Range<Int>)],
        in community: CommunityID, act: ActID
    ) throws {
        let batch = try insert(
            "INSERT INTO letterBatch (community, sha256, act) VALUES (?, ?, ?)",
            [.id(community), .text(sha256), .id(act)])
        for print in prints {
            try run(
                "INSERT INTO letterPrint (notice, batch, firstPage, pages) VALUES (?, ?, ?, ?)",
                [
                    .id(print.letter), .integer(batch), .integer(print.pages.lowerBound),
                    .integer(print.pages.count),
                ])
        }
        try chain(.letters, batch, in: community)
    }

    public struct PrintedLetter: Sendable {
        public let sha256: String
        public let pages: Range<Int>
        public let reprints: Int
    }

    /// `nil` where the letter was never printed.
    public func printedLetter(_ notice: NoticeID) throws -> PrintedLetter? {
        try first(
            """
            SELECT sha256, firstPage, pages,
              (SELECT count(*) FROM letterReprint WHERE letterReprint.notice = letterPrint.notice)
            FROM letterPrint JOIN letterBatch ON letterBatch.id = batch WHERE notice = ?
            """, [.id(notice)]
        ) { row in
            PrintedLetter(
                sha256: row.text(0), pages: row.integer(1)..<(row.integer(1) + row.integer(2)),
                reprints: row.integer(3))
        }
    }

    /// One PDF that went to the printer.
    public struct LetterBatch: Sendable {
        public let id: Int
        public let at: Instant
        public let byWhom, sha256: String
        public let letters, pages: Int
    }

    /// The newest first: `count` of them after the first `skipped`, or one alone.
    public func letterBatches(
        of community: CommunityID, skipping skipped: Int, count: Int, only id: Int? = nil
    ) throws -> [LetterBatch] {
        var batches: [LetterBatch] = []
        try forEach(
            """
            SELECT letterBatch.id, at, byWhom, sha256, count(*), sum(pages)
            FROM letterBatch JOIN act ON act.id = letterBatch.act JOIN letterPrint ON batch = letterBatch.id
            WHERE letterBatch.community = ?1 AND (?2 IS NULL OR letterBatch.id = ?2)
            GROUP BY letterBatch.id ORDER BY letterBatch.id DESC LIMIT ?3 OFFSET ?4
            """, [.id(community), .optional(id), .integer(count), .integer(skipped)]
        ) { row in
            batches.append(
                LetterBatch(
                    id: row.integer(0), at: Instant(row.text(1))!, byWhom: row.text(2),
                    sha256: row.text(3), letters: row.integer(4), pages: row.integer(5)))
        }
        return batches
    }

    public func letterBatchCount(of community: CommunityID) throws -> Int {
        try first(
            "SELECT count(*) FROM letterBatch WHERE community = ?", [.id(community)]
        ) { $0.integer(0) } ?? 0
    }

    /// A letter in the PDF that it went to the printer with.
    public struct LetterInBatch: Sendable {
        public let number, unit: String
        public let channel: Channel
        /// From 0.
        public let pages: Range<Int>
        /// How often it was printed again.
        public let reprints: Int
    }

    /// The letters of a PDF, in its order.
    public func letters(inBatch batch: Int) throws -> [LetterInBatch] {
        var letters: [LetterInBatch] = []
        try forEach(
            """
            SELECT number, unit.code, letter.channel, firstPage, pages,
              (SELECT count(*) FROM letterReprint WHERE letterReprint.notice = letterPrint.notice)
            FROM letterPrint JOIN letter ON letter.notice = letterPrint.notice
              JOIN notice ON notice.id = letter.notice JOIN unit ON unit.id = notice.unit
            WHERE batch = ? ORDER BY firstPage
            """, [.integer(batch)]
        ) { row in
            letters.append(
                LetterInBatch(
                    number: row.text(0), unit: row.text(1),
                    channel: Channel(rawValue: row.text(2))!,
                    pages: row.integer(3)..<(row.integer(3) + row.integer(4)),
                    reprints: row.integer(5)))
        }
        return letters
    }

    /// Notes that the letter was printed again.
    public func addReprint(of letter: NoticeID, act: ActID) throws {
        try run(
            "INSERT INTO letterReprint (notice, act) VALUES (?, ?)", [.id(letter), .id(act)])
    }
}

extension [Session.WaitingLetter] {
    /// Sorting is stable: what is equal stays in the order of its number.
    fileprivate var inOrderOfCarrying: [Session.WaitingLetter] {
        map { letter in
            (naturalOrderKey(letter.building) + [0] + naturalOrderKey(letter.unit), letter)
        }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }
}

private let outboxColumns = """
    SELECT message.id, message.community, message.notice, number, unit.code, message.owner, recipient
    FROM message JOIN notice ON notice.id = message.notice JOIN unit ON unit.id = notice.unit
    """

extension Session.OutboxMessage {
    fileprivate init(_ row: Columns) {
        self.init(
            id: row.id(0), community: row.id(1), notice: row.id(2), number: row.text(3),
            unit: row.text(4), owner: row.id(5), recipient: row.text(6))
    }
}
