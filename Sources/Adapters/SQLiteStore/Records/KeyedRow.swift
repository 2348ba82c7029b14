import GRDB
import Primitives

/// A row of a register or of the facts, with the columns by which it is known again.
struct KeyedRow {
    let table: String
    let key: [(column: String, value: SQLValue)]
    /// What a register may change, and what a fact must repeat.
    let fields: [(column: String, value: SQLValue)]
    /// Written with a new row, not compared: who did it, what was derived.
    var others: [(column: String, value: SQLValue)] = []
    /// The column of the row's id; `nil` for tables without one.
    var idColumn: String? = "id"
}

/// What became of a row of an import.
public enum Saved: Hashable, Sendable {
    case added, changed, known
}

/// What became of a fact: facts are never changed.
public enum Recorded: Hashable, Sendable {
    /// - Parameter id: 0 for tables without ids.
    case added(id: Int)
    case known
    /// The key stands there with other values.
    case differs(columns: [String])
}

extension Session {
    /// Adds the row, or brings it up to date; what a field said before goes to its history.
    func save(_ row: KeyedRow, community: CommunityID, act: ActID) throws -> (id: Int, Saved) {
        guard let (id, stands) = try find(row) else {
            return (try insert(row), .added)
        }
        let changed = zip(row.fields, stands).filter { $0.value != $1 }
        if changed.isEmpty { return (id, .known) }
        let assignments = changed.map { "\($0.0.column) = ?" }.joined(separator: ", ")
        let match = row.key.map { "\($0.column) IS ?" }.joined(separator: " AND ")
        try run(
            "UPDATE \(row.table) SET \(assignments) WHERE \(match)",
            changed.map(\.0.value) + row.key.map(\.value))
        for (field, was) in changed {
            try run(
                """
                INSERT INTO registerChange (community, register, subject, field, was, became, act)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .id(community), .text(row.table), .integer(id), .text(field.column),
                    was.asText, field.value.asText, .id(act),
                ])
        }
        return (id, .changed)
    }

    /// Adds the fact unless it is known.
    func record(_ row: KeyedRow) throws -> Recorded {
        // Mostly it is new: then one statement does.
        let id = try insert(row, orNothing: true)
        if db.changesCount > 0 { return .added(id: id) }
        guard let (_, stands) = try find(row) else {
            preconditionFailure("\(row.table): another key stands in the way")
        }
        let differing = zip(row.fields, stands).filter { $0.value != $1 }.map(\.0.column)
        return differing.isEmpty ? .known : .differs(columns: differing)
    }

    private func find(_ row: KeyedRow) throws -> (id: Int, fields: [SQLValue])? {
        let sql = statement("find", row) {
            let columns = [row.idColumn ?? "0"] + row.fields.map(\.column)
            let match = row.key.map { "\($0.column) IS ?" }.joined(separator: " AND ")
            return "SELECT \(columns.joined(separator: ", ")) FROM \(row.table) WHERE \(match)"
        }
        return try first(sql, row.key.map(\.value)) { found in
            (found.integer(0), row.fields.indices.map { found.bound(Int32($0 + 1)) })
        }
    }

    /// - Parameter orNothing: leave alone what has the key already.
    private func insert(_ row: KeyedRow, orNothing: Bool = false) throws -> Int {
        let sql = statement(orNothing ? "insertNew" : "insert", row) {
            let all = row.key + row.fields + row.others
            let columns = all.map(\.column).joined(separator: ", ")
            let places = all.map { _ in "?" }.joined(separator: ", ")
            let key = row.key.map(\.column).joined(separator: ", ")
            return "INSERT INTO \(row.table) (\(columns)) VALUES (\(places))"
                + (orNothing ? " ON CONFLICT (\(key)) DO NOTHING" : "")
        }
        let values = row.key.map(\.value) + row.fields.map(\.value) + row.others.map(\.value)
        let id = try insert(sql, values)
        return row.idColumn == nil ? 0 : id
    }

    /// A table's statements are put together once: its rows always have the same columns.
    private func statement(_ kind: String, _ row: KeyedRow, _ text: () -> String) -> String {
        let name = kind + row.table
        if let known = statements[name] { return known }
        let text = text()
        statements[name] = text
        return text
    }
}

extension SQLValue {
    /// As the history of registers keeps it.
    fileprivate var asText: SQLValue {
        switch self {
        case .integer(let number): .text(String(number))
        case .text, .null: self
        case .blob: .null
        }
    }
}
