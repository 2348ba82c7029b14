public import FeeLedger
public import Primitives

/// Rows of an import that wait in temporary tables, so that memory does not grow with them.
extension Session {
    /// Readies the temporary tables of one import.
    public func beginStaging() throws {
        for sql in [
            "CREATE TEMP TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID",
            "CREATE TEMP TABLE IF NOT EXISTS touched (unit INTEGER PRIMARY KEY)",
            """
            CREATE TEMP TABLE IF NOT EXISTS ownership (
              unit INTEGER, fromDay INTEGER, owner INTEGER, toDay INTEGER, rate INTEGER,
              row INTEGER, PRIMARY KEY (unit, fromDay, owner)) WITHOUT ROWID
            """,
            "DELETE FROM seen", "DELETE FROM touched", "DELETE FROM ownership",
        ] { try run(sql) }
    }

    /// The row in which this import already had the key, if it had; notes it otherwise.
    public func firstRow(ofKey key: String, seenIn row: Int) throws -> Int? {
        let before = try first("SELECT row FROM seen WHERE key = ?", [.text(key)]) { $0.integer(0) }
        if before == nil {
            try run("INSERT INTO seen (key, row) VALUES (?, ?)", [.text(key), .integer(row)])
        }
        return before
    }

    /// Notes that the unit has something new, to be walked through: facts, or another account.
    public func touch(_ unit: ID<Unit>) throws {
        try run("INSERT OR IGNORE INTO touched (unit) VALUES (?)", [.id(unit)])
    }

    /// What was noted so far is done with.
    public func forgetTouched() throws { try run("DELETE FROM touched") }

    /// Keeps a row of ownerships until all are read.
    public func stageOwnership(
        unit: ID<Unit>, owner: ID<Owner>, from: CivilDate, to: CivilDate?, rate: DailyRate?,
        row: Int
    ) throws {
        try run(
            "INSERT INTO ownership (unit, fromDay, owner, toDay, rate, row) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .id(unit), .date(from), .id(owner), .date(to), rate.map { .parts($0) } ?? .null,
                .integer(row),
            ])
    }

    public struct StagedOwnership: Sendable {
        public let unit: ID<Unit>
        public let owner: ID<Owner>
        public let from: CivilDate
        public let to: CivilDate?
        public let rate: DailyRate?
        public let row: Int
    }

    /// The staged ownerships, those of one unit together, by first day.
    public func forEachStagedUnit(_ body: ([StagedOwnership]) throws -> Void) throws {
        var group: [StagedOwnership] = []
        try forEach(
            "SELECT unit, owner, fromDay, toDay, rate, row FROM ownership ORDER BY unit, fromDay, row"
        ) { row in
            let staged = StagedOwnership(
                unit: row.id(0), owner: row.id(1), from: row.date(2), to: row.optionalDate(3),
                rate: row.optionalInteger(4).map { DailyRate(parts: $0) }, row: row.integer(5))
            if let last = group.last, last.unit != staged.unit {
                try body(group)
                group.removeAll(keepingCapacity: true)
            }
            group.append(staged)
        }
        if !group.isEmpty { try body(group) }
    }
}
