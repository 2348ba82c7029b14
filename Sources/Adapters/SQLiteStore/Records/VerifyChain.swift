public import Evidence
public import Primitives

/// Going along the chain, row by row, in memory that does not grow with it.
extension Session {
    /// A row of the books that the chain takes in, as it is named to people.
    public struct NamedRow: Hashable, Sendable {
        /// In the chain; `nil`: it was never chained.
        public let position: Int?
        /// `waiver`, `service` …
        public let kind: String
        /// Its number in the table of its kind.
        public let subject: Int
        /// Its reference, or the number of its notice; empty where it has none, or is gone.
        public let reference: String
    }

    public enum ChainFinding: Sendable {
        case broken(NamedRow, ChainBreak)
        /// The row stands in the books, not in the chain: it was put in beside the program.
        case unchained(NamedRow)
    }

    /// Compares every link with its row, and every row with its link.
    ///
    /// - Parameter visit: told each link, for what else is to be compared with it.
    /// - Returns: the end of the chain.
    public func verifyChain(
        of community: CommunityID, visit: (ChainLink) throws -> Void,
        _ found: (ChainFinding) throws -> Void
    ) throws -> ChainHead {
        var walk = ChainWalk(of: try communityCode(community))
        try forEach(
            """
            SELECT position, kind, subject, previous, hash FROM chainLink
            WHERE community = ? ORDER BY position
            """, [.id(community)]
        ) { columns in
            let link = ChainLink(columns)
            let kind = ChainedKind.named(link.kind)
            var row: ChainedRow?
            if let kind, try belongs(kind, link.subject, to: community) {
                row = try chainedRow(kind, link.subject)
            }
            try visit(link)
            for problem in walk.visit(link, row) {
                try found(.broken(NamedRow(link, row), problem))
            }
        }
        for kind in ChainedKind.all { try findUnchained(kind, of: community, found) }
        return walk.head
    }

    private func findUnchained(
        _ kind: ChainedKind, of community: CommunityID, _ found: (ChainFinding) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT id FROM \(kind.table) WHERE community = ?1 AND NOT EXISTS (
              SELECT 1 FROM chainLink WHERE community = ?1 AND kind = ?2 AND subject = id)
            """, [SQLValue.id(community), .text(kind.name)]
        ) { columns in
            let subject = columns.integer(0)
            let row = try chainedRow(kind, subject)
            try found(
                .unchained(
                    NamedRow(
                        position: nil, kind: kind.name, subject: subject,
                        reference: row?.reference ?? "")))
        }
    }

    /// How many texts about persons were erased: their commitments stand in the chain alone.
    public func erasedTexts(of community: CommunityID) throws -> Int {
        try first(
            """
            SELECT count(*) FROM commitment JOIN chainLink USING (kind, subject)
              LEFT JOIN personalText USING (kind, subject, field)
            WHERE chainLink.community = ? AND salt IS NULL
            """, [.id(community)]
        ) { $0.integer(0) }!
    }

    /// A kept message whose bytes are to be compared with their SHA-256.
    public struct KeptMessage: Sendable {
        public let message: MessageID
        /// Of its notice.
        public let number: String
        public let sha256: String
        public let bytes: [UInt8]
    }

    /// Composed messages, in order.
    ///
    /// - Parameters:
    ///   - last: the last one seen; `nil`: from the first on.
    ///   - count: at most so many.
    public func keptMessages(
        of community: CommunityID, after last: MessageID?, count: Int
    ) throws -> [KeptMessage] {
        var messages: [KeptMessage] = []
        try forEach(
            """
            SELECT message.id, number, sha256, bytes
            FROM message JOIN messageBody ON messageBody.message = message.id
              JOIN notice ON notice.id = message.notice
            WHERE message.id > ? AND message.community = ? ORDER BY message.id LIMIT ?
            """, [.integer(last?.number ?? 0), .id(community), .integer(count)]
        ) {
            messages.append(
                KeptMessage(
                    message: $0.id(0), number: $0.text(1), sha256: $0.text(2), bytes: $0.blob(3)))
        }
        return messages
    }

    /// A stamp of the chain's head, as the books have it.
    public struct RecordedStamp: Sendable {
        public let number: Int
        public let head: ChainHead
        public let stampedAt, sha256, suffix: String
    }

    /// The stamps, the oldest first.
    public func stamps(of community: CommunityID) throws -> [RecordedStamp] {
        let code = try communityCode(community)
        var stamps: [RecordedStamp] = []
        try forEach(
            """
            SELECT chainStamp.id, position, hash, stampedAt, sha256, extension
            FROM chainStamp JOIN evidenceFile ON evidenceFile.id = chainStamp.file
            WHERE chainStamp.community = ? ORDER BY chainStamp.id
            """, [.id(community)]
        ) { row in
            let head = ChainHead(
                community: code, position: row.integer(1),
                hash: ChainHash(bytes: row.blob(2)) ?? .none)
            stamps.append(
                RecordedStamp(
                    number: row.integer(0), head: head, stampedAt: row.text(3),
                    sha256: row.text(4), suffix: row.text(5)))
        }
        return stamps
    }

    /// Whether the books of any community name the file.
    public func namesFile(sha256: String) throws -> Bool {
        try first(
            """
            SELECT 1 FROM letterBatch WHERE sha256 = ?1
            UNION ALL SELECT 1 FROM community JOIN evidenceFile
              ON evidenceFile.community = community.id AND sha256 = ?1 LIMIT 1
            """, [.text(sha256)]
        ) { _ in true } ?? false
    }
}

extension ChainLink {
    /// position, kind, subject, previous, hash
    fileprivate init(_ row: Columns) {
        self.init(
            position: row.integer(0), kind: row.text(1), subject: row.integer(2),
            previous: ChainHash(bytes: row.blob(3)) ?? .none,
            hash: ChainHash(bytes: row.blob(4)) ?? .none)
    }
}

extension Session.NamedRow {
    fileprivate init(_ link: ChainLink, _ row: ChainedRow?) {
        self.init(
            position: link.position, kind: link.kind, subject: link.subject,
            reference: row?.reference ?? "")
    }
}

extension ChainedRow {
    /// By which people know the row.
    fileprivate var reference: String {
        for name in ["reference", "number", "payment"] {
            if case .text(let text)? = fields.first(where: { $0.name == name })?.value {
                return text
            }
        }
        return ""
    }
}
