public import FeeLedger
public import Primitives

public enum BounceSubject: Sendable {}
public typealias BounceID = ID<BounceSubject>

/// What came back of our messages, and what follows from it.
extension Session {
    // MARK: - Boxes

    /// How far a mailbox was read.
    public struct ReportBox: Sendable {
        public let id: Int
        /// `nil` before the first time.
        public let uidValidity, lastUID: Int?
    }

    /// `nil` before anything was read from the box of that name.
    public func reportBox(_ name: String, of community: CommunityID) throws -> ReportBox? {
        try first(
            "SELECT id, uidValidity, lastUID FROM reportBox WHERE community = ? AND name = ?",
            [.id(community), .text(name)]
        ) { row in
            ReportBox(
                id: row.integer(0), uidValidity: row.optionalInteger(1),
                lastUID: row.optionalInteger(2))
        }
    }

    /// The box of that name, made where it is new.
    public func openReportBox(_ name: String, of community: CommunityID) throws -> ReportBox {
        if let known = try reportBox(name, of: community) { return known }
        let id = try insert(
            "INSERT INTO reportBox (community, name) VALUES (?, ?)", [.id(community), .text(name)])
        return ReportBox(id: id, uidValidity: nil, lastUID: nil)
    }

    /// Notes how far a mailbox was read.
    public func keepPosition(of box: ReportBox, uidValidity: Int, lastUID: Int) throws {
        try run(
            "UPDATE reportBox SET uidValidity = ?, lastUID = ? WHERE id = ?",
            [.integer(uidValidity), .integer(lastUID), .integer(box.id)])
    }

    /// The files of a maildir that were read.
    public func filesRead(in box: ReportBox) throws -> Set<String> {
        var names: Set<String> = []
        try forEach("SELECT name FROM maildirFile WHERE box = ?", [.integer(box.id)]) {
            names.insert($0.text(0))
        }
        return names
    }

    /// Notes that a file of a maildir was read.
    public func addFileRead(_ name: String, in box: ReportBox) throws {
        try run(
            "INSERT OR IGNORE INTO maildirFile (box, name) VALUES (?, ?)",
            [.integer(box.id), .text(name)])
    }

    /// Forgets a file that somebody took away.
    public func forgetFileRead(_ name: String, in box: ReportBox) throws {
        try run(
            "DELETE FROM maildirFile WHERE box = ? AND name = ?", [.integer(box.id), .text(name)])
    }

    /// The day on which the community's first message was composed, in UTC; `nil` before it.
    public func firstMessageDate(of community: CommunityID) throws -> CivilDate? {
        try first(
            """
            SELECT min(composedAt) FROM messageBody JOIN message ON message.id = messageBody.message
            WHERE community = ?
            """, [.id(community)]
        ) { row in row.optionalText(0).flatMap { CivilDate(String($0.prefix(10))) } } ?? nil
    }

    // MARK: - Bounces

    /// Whether a mail that reports about ours was read before.
    public func knowsBounceMail(sha256: String, in community: CommunityID) throws -> Bool {
        try first(
            "SELECT 1 FROM bounceMail WHERE community = ? AND sha256 = ?",
            [.id(community), .text(sha256)]
        ) { _ in true } ?? false
    }

    /// Keeps a mail that reports about ours.
    /// - Returns: its id.
    public func addBounceMail(
        _ bytes: [UInt8], sha256: String, source: String, in community: CommunityID, act: ActID
    ) throws -> Int {
        try insert(
            "INSERT INTO bounceMail (community, sha256, source, bytes, act) VALUES (?, ?, ?, ?, ?)",
            [.id(community), .text(sha256), .text(source), .blob(bytes), .id(act)])
    }

    /// What a report says of one recipient.
    public struct Bounce: Sendable {
        public let recipient: String
        /// `failed`, `delayed`, `delivered`, `relayed`
        public let action: String
        /// `5.1.1`, or empty.
        public let status: String
        /// `unknown_address`, `mailbox_full`, `refused`, `other`
        public let reason: String
        public let isPermanent: Bool
        public let words: String

        public init(
            recipient: String, action: String, status: String, reason: String, isPermanent: Bool,
            words: String
        ) {
            self.recipient = recipient
            self.action = action
            self.status = status
            self.reason = reason
            self.isPermanent = isPermanent
            self.words = words
        }
    }

    /// Records a bounce.
    /// - Parameter messageID: that the report names.
    /// - Returns: its id; `nil` where the report names the recipient a second time.
    public func addBounce(
        _ bounce: Bounce, of message: OutboxMessage?, messageID: String?, mail: Int
    ) throws -> BounceID? {
        let known = try first(
            "SELECT id FROM bounce WHERE mail = ? AND recipient = ?",
            [.integer(mail), .text(bounce.recipient)]
        ) { $0.integer(0) }
        if known != nil { return nil }
        return BounceID(
            try insert(
                """
                INSERT INTO bounce (mail, recipient, message, messageID, action, status, reason, permanent,
                  words)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(mail), .text(bounce.recipient), .id(message?.id),
                    messageID.map { .text($0) } ?? .null, .text(bounce.action),
                    .text(bounce.status), .text(bounce.reason), .flag(bounce.isPermanent),
                    .text(bounce.words),
                ]))
    }

    /// The message that went out under that Message-ID; `nil` where there is none.
    public func message(
        withMessageID messageID: String, in community: CommunityID
    ) throws -> OutboxMessage? {
        let id: MessageID? = try first(
            """
            SELECT message FROM messageBody JOIN message ON message.id = messageBody.message
            WHERE messageID = ? AND community = ?
            """, [.text(messageID), .id(community)]
        ) { $0.id(0) }
        return try id.flatMap { try message($0) }
    }

    /// The newest composed message to that address; `nil` where there is none.
    public func newestMessage(to address: String, in community: CommunityID) throws
        -> OutboxMessage?
    {
        let id: MessageID? =
            try first(
                """
                SELECT max(message.id) FROM message JOIN messageBody ON messageBody.message = message.id
                WHERE community = ? AND lower(recipient) = lower(?)
                """, [.id(community), .text(address)]
            ) { row in row.isNull(0) ? nil : row.id(0) } ?? nil
        return try id.flatMap { try message($0) }
    }

    // MARK: - Marks

    /// How many messages to the owner at that address failed or were delayed since its last mark
    /// was lifted. A refusal of whoever sent says nothing of the address.
    public func failures(of owner: ID<Owner>, at address: String) throws -> Int {
        try first(
            """
            SELECT count(DISTINCT bounce.message)
            FROM bounce CROSS JOIN message ON message.id = bounce.message
              JOIN bounceMail ON bounceMail.id = bounce.mail
            WHERE message.owner = ? AND lower(message.recipient) = lower(?)
              AND action IN ('failed', 'delayed') AND reason <> 'refused' AND bounceMail.act > ifnull((
                SELECT max(addressMarkLift.act) FROM addressMark
                  JOIN addressMarkLift ON addressMarkLift.mark = addressMark.id
                WHERE addressMark.owner = message.owner
                  AND lower(addressMark.address) = lower(message.recipient)), 0)
            """, [.id(owner), .text(address)]
        ) { $0.integer(0) } ?? 0
    }

    /// The mark that holds for the owner's address; `nil` where none does.
    public func addressMark(of owner: ID<Owner>) throws -> (mark: Int, address: String)? {
        try first("SELECT mark, address FROM markedAddress WHERE owner = ?", [.id(owner)]) {
            ($0.integer(0), $0.text(1))
        }
    }

    /// Whether the owner's address is marked there, be it the owner's present one or not.
    public func isMarked(_ owner: ID<Owner>, at address: String) throws -> Bool {
        try first(
            """
            SELECT 1 FROM addressMark WHERE owner = ? AND lower(address) = lower(?)
              AND NOT EXISTS (SELECT 1 FROM addressMarkLift WHERE mark = addressMark.id)
            """, [.id(owner), .text(address)]
        ) { _ in true } ?? false
    }

    /// Marks an owner's address.
    public func markAddress(
        _ address: String, of owner: ID<Owner>, because bounce: BounceID, act: ActID
    ) throws {
        try run(
            "INSERT INTO addressMark (owner, address, bounce, act) VALUES (?, ?, ?, ?)",
            [.id(owner), .text(address), .id(bounce), .id(act)])
    }

    /// Lifts a mark.
    public func liftMark(_ mark: Int, reason: String, act: ActID) throws {
        try run(
            "INSERT INTO addressMarkLift (mark, reason, act) VALUES (?, ?, ?)",
            [.integer(mark), .text(reason), .id(act)])
    }

    /// Owners of the chunk's accounts whose address is marked.
    public func markedOwners(of chunk: UnitChunk) throws -> Set<ID<Owner>> {
        var owners: Set<ID<Owner>> = []
        // Most often there is no mark at all.
        guard try first("SELECT 1 FROM addressMark LIMIT 1", [], { _ in true }) != nil else {
            return owners
        }
        try forEach(
            """
            SELECT DISTINCT markedAddress.owner
            FROM walk CROSS JOIN account ON account.unit = walk.unit
              CROSS JOIN accountOwner ON accountOwner.account = account.id
              CROSS JOIN markedAddress ON markedAddress.owner = accountOwner.owner
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { owners.insert($0.id(0)) }
        return owners
    }

    // MARK: - Letters

    /// Makes a letter for the mailbox out of a notice whose message came back, unless it has one,
    /// or the account was told more by a later notice.
    /// - Returns: whether it was made.
    public func addLetter(for notice: NoticeID, because bounce: BounceID) throws -> Bool {
        let isOutdone = try first(
            """
            SELECT 1 FROM notice WHERE id = ? AND (
              EXISTS (SELECT 1 FROM letter WHERE letter.notice = notice.id)
              OR EXISTS (SELECT 1 FROM notice AS later
                WHERE later.unit = notice.unit AND later.account = notice.account
                  AND later.asOf > notice.asOf))
            """, [.id(notice)]
        ) { _ in true }
        if isOutdone == true { return false }
        try run("INSERT INTO letter (notice, channel) VALUES (?, 'mailbox')", [.id(notice)])
        try run(
            "INSERT INTO letterForBounce (notice, bounce) VALUES (?, ?)",
            [.id(notice), .id(bounce)]
        )
        return true
    }

    // MARK: - The list

    /// One row of the list of bounces.
    public struct BounceSummary: Sendable {
        public let id: BounceID
        /// When it was read; UTC.
        public let at: String
        /// Empty where it is matched to no message.
        public let notice, unit, owner: String
        public let recipient, action, status, reason, words: String
        public let isPermanent, isMatched: Bool
        /// The mark that holds was decided by this bounce.
        public let isMarked: Bool
        /// A letter was made because of it.
        public let hasLetter: Bool
    }

    /// All bounces in the order in which they were read.
    public func forEachBounce(
        of community: CommunityID, _ body: (BounceSummary) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT bounce.id, act.at, number, unit.code, owner.code, bounce.recipient, bounce.action, status,
              reason, words, permanent, bounce.message,
              EXISTS (SELECT 1 FROM markedAddress WHERE markedAddress.bounce = bounce.id),
              EXISTS (SELECT 1 FROM letterForBounce WHERE letterForBounce.bounce = bounce.id)
            FROM bounceMail JOIN bounce ON bounce.mail = bounceMail.id JOIN act ON act.id = bounceMail.act
              LEFT JOIN message ON message.id = bounce.message
              LEFT JOIN notice ON notice.id = message.notice LEFT JOIN unit ON unit.id = notice.unit
              LEFT JOIN owner ON owner.id = message.owner
            WHERE bounceMail.community = ? ORDER BY bounce.id
            """, [.id(community)]
        ) { row in
            try body(
                BounceSummary(
                    id: row.id(0), at: row.text(1), notice: row.text(2), unit: row.text(3),
                    owner: row.text(4), recipient: row.text(5), action: row.text(6),
                    status: row.text(7), reason: row.text(8), words: row.text(9),
                    isPermanent: row.flag(10), isMatched: !row.isNull(11), isMarked: row.flag(12),
                    hasLetter: row.flag(13)))
        }
    }
}
