public import Evidence
public import Primitives

/// Tying rows into the chain, in the transaction that writes them.
extension Session {
    /// The end of the community's chain.
    public func chainHead(of community: CommunityID) throws -> ChainHead {
        try first(
            """
            SELECT code, position, hash FROM community LEFT JOIN chainLink
              ON community = community.id
                AND position = (SELECT max(position) FROM chainLink WHERE community = ?1)
            WHERE community.id = ?1
            """, [.id(community)]
        ) { row in
            row.isNull(1)
                ? ChainHead(of: row.text(0))
                : ChainHead(
                    community: row.text(0), position: row.integer(1),
                    hash: ChainHash(bytes: row.blob(2)) ?? .none)
        }!
    }

    func communityCode(_ community: CommunityID) throws -> String {
        try first("SELECT code FROM community WHERE id = ?", [.id(community)]) { $0.text(0) }!
    }

    /// Ties a new row on. What it says of a person gets its commitments first.
    ///
    /// - Precondition: the row is complete, and was never chained.
    func chain(_ kind: ChainedKind, _ subject: Int, in community: CommunityID) throws {
        let row = try chainedRow(kind, subject, isNew: true)!
        let before = try chainHead(of: community)
        let head = before.followed(by: row)
        try run(
            """
            INSERT INTO chainLink (community, position, kind, subject, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .integer(head.position), .text(kind.name), .integer(subject),
                .blob(before.hash.bytes), .blob(head.hash.bytes),
            ])
    }

    /// Ties on the rows that were there before the chain was, act by act as they were written.
    func chainWhatStands() throws {
        var rows: [(community: CommunityID, kind: ChainedKind, subject: Int)] = []
        try forEach(
            """
            SELECT community, kind, id FROM (
              SELECT community, act, 1 AS rank, 'concession' AS kind, id FROM concession
              UNION ALL SELECT community, act, 2, 'waiver', id FROM waiver
              UNION ALL SELECT community, act, 3, 'reversal', id FROM reversal
              UNION ALL SELECT community, act, 4, 'letters', id FROM letterBatch)
            ORDER BY community, act, rank, id
            """
        ) { rows.append(($0.id(0), ChainedKind.named($0.text(1))!, $0.integer(2))) }
        for row in rows { try chain(row.kind, row.subject, in: row.community) }
    }

    // MARK: - What is said of persons

    /// Keeps a text about a person apart from the row that it belongs to; an empty one is not kept.
    func keepPersonal(
        _ text: String, as field: String, of kind: ChainedKind, _ subject: Int
    ) throws {
        if text.isEmpty { return }
        _ = try commit(to: text, as: field, of: kind, subject, kept: .text(text))
    }

    private func commit(
        to text: String, as field: String, of kind: ChainedKind, _ subject: Int, kept: SQLValue
    ) throws -> ChainHash {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<2).flatMap { _ in
            let word = random.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
        let hash = commitment(to: text, of: field, salt: salt)
        try run(
            "INSERT INTO commitment (kind, subject, field, hash) VALUES (?, ?, ?, ?)",
            [.text(kind.name), .integer(subject), .text(field), .blob(hash.bytes)])
        try run(
            "INSERT INTO personalText (kind, subject, field, salt, text) VALUES (?, ?, ?, ?, ?)",
            [.text(kind.name), .integer(subject), .text(field), .blob(salt), kept])
        return hash
    }

    /// Erases what rows of the chain say of a person: salts and texts go, commitments stay, and the
    /// chain verifies as before.
    ///
    /// - Parameters:
    ///   - kind: `service`, `service withdrawal`, `concession`, `waiver` or `reversal`.
    ///   - subject: the row's number in the table of its kind.
    public func erasePersonalText(ofKind kind: String, _ subject: Int) throws {
        guard let kind = ChainedKind.named(kind) else { preconditionFailure("no kind \(kind)") }
        try forEach(
            "SELECT field FROM personalText WHERE kind = ? AND subject = ? AND text IS NULL",
            [.text(kind.name), .integer(subject)]
        ) { row in
            try run(
                "UPDATE \(kind.table) SET \(row.text(0)) = '' WHERE id = ?",
                [SQLValue.integer(subject)])
        }
        try run(
            "DELETE FROM personalText WHERE kind = ? AND subject = ?",
            [.text(kind.name), .integer(subject)])
    }
}

// MARK: - Reading rows as the chain takes them in

extension Session {
    /// The row as it stands now; `nil` where it is gone.
    ///
    /// - Parameter isNew: texts about persons that stand in its own columns get commitments.
    func chainedRow(
        _ kind: ChainedKind, _ subject: Int, isNew: Bool = false
    ) throws -> ChainedRow? {
        var chained: ChainedRow?
        try forEach(kind.fields, [.integer(subject)]) { row in
            var fields = ChainedRow(kind: kind.name)
            for place in 0..<row.count {
                let name = row.name(place)
                guard kind.personal.contains(name) else {
                    fields.add(name, row.canonical(place))
                    continue
                }
                let text = row.optionalText(place) ?? ""
                let hash =
                    isNew && kind.hasOwnTexts
                    ? try commitNew(text, kind, subject, name)
                    : try committed(to: text, kind, subject, name)
                fields.add(name, hash.map { .bytes($0) } ?? .null)
            }
            chained = fields
        }
        for list in kind.lists where chained != nil {
            var count = 0
            try forEach(list.rows, [.integer(subject)]) { row in
                count += 1
                for place in 0..<row.count {
                    chained!.add("\(list.name).\(row.name(place))", row.canonical(place))
                }
            }
            chained!.add("\(list.name) count", .integer(count))
        }
        return chained
    }

    private func commitNew(
        _ text: String, _ kind: ChainedKind, _ subject: Int, _ field: String
    ) throws -> [UInt8]? {
        if text.isEmpty { return nil }
        return try commit(to: text, as: field, of: kind, subject, kept: .null).bytes
    }

    /// What the chain has for the text: its commitment, or that of the text that was erased.
    /// Another text gives no bytes, so that the row is seen to be changed.
    private func committed(
        to text: String, _ kind: ChainedKind, _ subject: Int, _ field: String
    ) throws -> [UInt8]? {
        let found = try first(
            """
            SELECT commitment.hash, salt
            FROM commitment LEFT JOIN personalText USING (kind, subject, field)
            WHERE kind = ? AND subject = ? AND field = ?
            """, [.text(kind.name), .integer(subject), .text(field)]
        ) { row in (hash: row.blob(0), salt: row.isNull(1) ? nil : row.blob(1)) }
        guard let (hash, salt) = found else { return text.isEmpty ? nil : [] }
        guard let salt else { return text.isEmpty ? hash : [] }
        return commitment(to: text, of: field, salt: salt).bytes == hash ? hash : []
    }

    /// Whether the row is one of the community's.
    func belongs(
        _ kind: ChainedKind, _ subject: Int, to community: CommunityID
    ) throws -> Bool {
        try first(
            "SELECT 1 FROM \(kind.table) WHERE id = ? AND community = ?",
            [SQLValue.integer(subject), .id(community)]
        ) { _ in true } ?? false
    }
}

extension Columns {
    fileprivate func canonical(_ column: Int32) -> CanonicalValue {
        switch bound(column) {
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .blob(let bytes): .bytes(bytes)
        case .null: .null
        }
    }
}
