import GRDB
import Primitives

/// A table of registers or facts, with the columns by which a row is known again.
///
/// A row's values stand in the order key, fields, others.
final class KeyedTable: Sendable {
    let name: String
    /// They have a UNIQUE or PRIMARY KEY constraint, and are never NULL.
    let key: [String]
    /// What a register may change, and what a fact must repeat.
    let fields: [String]
    let insertNew, find: String

    /// - Parameters:
    ///   - others: written with a new row, not compared: who did it, what was derived.
    ///   - id: the column of the row's id; `nil` for tables without one.
    init(
        _ name: String, key: [String], fields: [String] = [], others: [String] = [],
        id: String? = "id"
    ) {
        self.name = name
        self.key = key
        self.fields = fields
        let columns = key + fields + others
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        insertNew = """
            INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(places))
            ON CONFLICT (\(key.joined(separator: ", "))) DO NOTHING
            """
        let found = ([id ?? "0"] + fields).joined(separator: ", ")
        find = "SELECT \(found) FROM \(name) WHERE \(Self.match(key))"
    }

    fileprivate static func match(_ key: [String]) -> String {
        key.map { "\($0) = ?" }.joined(separator: " AND ")
    }

    fileprivate func update(_ columns: [String]) -> String {
        let assignments = columns.map { "\($0) = ?" }.joined(separator: ", ")
        return "UPDATE \(name) SET \(assignments) WHERE \(Self.match(key))"
    }
}

/// What became of a row of an import.
public enum Saved: Hashable, Sendable {
    case added, changed, known
}

/// What became of a fact: facts are never changed.
public enum Recorded: Hashable, Sendable {
    case added
    case known
    /// The key stands there with other values.
    case differs(columns: [String])
}

extension Session {
    /// Adds the row, or brings it up to date; what a field said before goes to its history.
    func save<let count: Int>(
        _ table: KeyedTable, _ values: [count of SQLValue], community: CommunityID, act: ActID
    ) throws -> (id: Int, Saved) {
        // Mostly it is new: then one statement does.
        if let id = try insertNew(table, values) { return (id, .added) }
        let (id, changes) = try compare(table, Array(values))
        if changes.isEmpty { return (id, .known) }
        try run(
            table.update(changes.map(\.column)),
            changes.map(\.becomes) + Array(values)[..<table.key.count])
        for change in changes {
            try noteChange(
                of: table.name, id, field: change.column, was: change.was.asText,
                became: change.becomes.asText, community: community, act: act)
        }
        return (id, .changed)
    }

    /// Adds the fact unless it is known.
    func record<let count: Int>(
        _ table: KeyedTable, _ values: [count of SQLValue]
    ) throws -> Recorded {
        if try insertNew(table, values) != nil { return .added }
        let (_, changes) = try compare(table, Array(values))
        return changes.isEmpty ? .known : .differs(columns: changes.map(\.column))
    }

    /// Adds the fact unless it is known, and ties a new one into the chain.
    func recordChained<let count: Int>(
        _ kind: ChainedKind, _ table: KeyedTable, _ values: [count of SQLValue],
        in community: CommunityID
    ) throws -> Recorded {
        let recorded = try record(table, values)
        if recorded == .added { try chain(kind, Int(db.lastInsertedRowID), in: community) }
        return recorded
    }

    /// Adds a line to the history of a register.
    func noteChange(
        of register: String, _ subject: Int, field: String, was: SQLValue, became: SQLValue,
        community: CommunityID, act: ActID
    ) throws {
        try run(
            """
            INSERT INTO registerChange (community, register, subject, field, was, became, act)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .text(register), .integer(subject), .text(field), was, became,
                .id(act),
            ])
    }

    /// - Returns: the new row's id, 0 for tables without ids; `nil` where the key stands there.
    private func insertNew<let count: Int>(
        _ table: KeyedTable, _ values: [count of SQLValue]
    ) throws -> Int? {
        try run(prepared(table), values)
        return db.changesCount > 0 ? Int(db.lastInsertedRowID) : nil
    }

    private typealias Change = (column: String, was: SQLValue, becomes: SQLValue)

    /// The row that has the key, and what of its fields differs.
    private func compare(
        _ table: KeyedTable, _ values: [SQLValue]
    ) throws -> (id: Int, [Change]) {
        let keys = table.key.count
        return try first(table.find, Array(values[..<keys])) { found in
            let changes = table.fields.enumerated().compactMap { place, column -> Change? in
                let stands = found.bound(Int32(place + 1))
                let value = values[keys + place]
                return stands == value ? nil : (column, stands, value)
            }
            return (found.integer(0), changes)
        }!
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

extension Array where Element == SQLValue {
    fileprivate init<let count: Int>(_ values: [count of SQLValue]) {
        self = values.indices.map { values[$0] }
    }
}
