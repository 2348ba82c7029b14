import GRDB
import GRDBSQLite
import Primitives

/// What can be asked and told inside one transaction. Sessions do not outlive it.
///
/// SQL that stands in the program as a literal is found again by its place, and its values wait on
/// the stack: the hot path of every walk makes no array, hashes no text and allocates nothing.
public final class Session {
    let db: Database
    private var statements: [UnsafeRawPointer: Prepared] = [:]
    /// Whose effect the acts of this transaction are; `nil`: of none.
    let form: FormUse?
    /// Whether this transaction is the one that notes the form as used.
    var usesForm = false

    init(_ db: Database, form: FormUse? = nil) {
        self.db = db
        self.form = form
    }

    /// A statement ready to be run; only as long as the session.
    struct Prepared {
        /// Keeps the handle alive.
        private let statement: Statement
        let handle: OpaquePointer

        fileprivate init(_ sql: String, in db: Database) throws {
            statement = try db.cachedStatement(sql: sql)
            handle = statement.sqliteStatement
        }
    }

    private func prepared(_ place: UnsafeRawPointer, _ sql: () -> String) throws -> Prepared {
        if let known = statements[place] { return known }
        let new = try Prepared(sql(), in: db)
        statements[place] = new
        return new
    }

    private func prepared(_ sql: StaticString) throws -> Prepared {
        try prepared(sql.utf8Start) { "\(sql)" }
    }

    /// The statement that adds a row to the table.
    func prepared(_ table: KeyedTable) throws -> Prepared {
        try prepared(Unmanaged.passUnretained(table).toOpaque()) { table.insertNew }
    }

    // MARK: - Running

    /// Runs a prepared statement, once for each row that it gives.
    func forEach<let count: Int>(
        _ sql: StaticString, _ values: [count of SQLValue], _ body: (Columns) throws -> Void
    ) throws {
        let statement = try prepared(sql)
        bind(values, to: statement.handle)
        try step(statement, body)
    }

    /// The same for SQL that was put together, or that many values go with.
    @_disfavoredOverload
    func forEach(_ sql: String, _ values: [SQLValue] = [], _ body: (Columns) throws -> Void) throws
    {
        let statement = try Prepared(sql, in: db)
        for (place, value) in values.enumerated() { bind(value, to: statement.handle, at: place) }
        try step(statement, body)
    }

    /// Runs a prepared statement that gives no rows.
    func run<let count: Int>(_ sql: StaticString, _ values: [count of SQLValue]) throws {
        try run(prepared(sql), values)
    }

    func run<let count: Int>(_ statement: Prepared, _ values: [count of SQLValue]) throws {
        bind(values, to: statement.handle)
        try step(statement) { _ in }
    }

    @_disfavoredOverload
    func run(_ sql: String, _ values: [SQLValue] = []) throws {
        try forEach(sql, values) { _ in }
    }

    /// Runs an INSERT and gives the new row's id.
    func insert<let count: Int>(_ sql: StaticString, _ values: [count of SQLValue]) throws -> Int {
        try run(sql, values)
        return Int(db.lastInsertedRowID)
    }

    /// The first row's value, or `nil` where there is no row.
    func first<let count: Int, Value>(
        _ sql: StaticString, _ values: [count of SQLValue], _ body: (Columns) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try forEach(sql, values) { if found == nil { found = try body($0) } }
        return found
    }

    @_disfavoredOverload
    func first<Value>(
        _ sql: String, _ values: [SQLValue] = [], _ body: (Columns) throws -> Value
    ) throws -> Value? {
        var found: Value?
        try forEach(sql, values) { if found == nil { found = try body($0) } }
        return found
    }

    private func step(_ statement: Prepared, _ body: (Columns) throws -> Void) throws {
        defer {
            sqlite3_reset(statement.handle)
            sqlite3_clear_bindings(statement.handle)
        }
        while true {
            switch sqlite3_step(statement.handle) {
            case SQLITE_ROW: try body(Columns(handle: statement.handle))
            case SQLITE_DONE: return
            default: throw failure(of: statement)
            }
        }
    }

    private func failure(of statement: Prepared) -> DatabaseError {
        let connection = db.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)),
            sql: String(cString: sqlite3_sql(statement.handle)))
    }
}

/// A value to bind. Quantities are bound by their whole parts, dates by their day numbers.
enum SQLValue: Equatable {
    case integer(Int)
    case text(String)
    case blob([UInt8])
    case null

    static func id<Subject>(_ id: ID<Subject>) -> SQLValue { .integer(id.number) }
    static func id<Subject>(_ id: ID<Subject>?) -> SQLValue { id.map { .id($0) } ?? .null }
    static func date(_ date: CivilDate) -> SQLValue { .integer(date.dayNumber) }
    static func date(_ date: CivilDate?) -> SQLValue { date.map { .date($0) } ?? .null }
    static func period(_ period: Period) -> SQLValue { .integer(period.index) }
    static func period(_ period: Period?) -> SQLValue { period.map { .period($0) } ?? .null }
    static func parts(_ quantity: some DecimalQuantity) -> SQLValue { .integer(quantity.parts) }
    static func flag(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }
    static func instant(_ moment: Instant) -> SQLValue { .integer(moment.millisecondsSince1970) }
    static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    static func optional(_ number: Int?) -> SQLValue { number.map { .integer($0) } ?? .null }
    static func optional(_ moment: Instant?) -> SQLValue { moment.map { .instant($0) } ?? .null }
}

private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// SQLite takes a null pointer for NULL, not for the empty text.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    byte.pointee = 0
    return UnsafePointer(byte)
}()

private func bind<let count: Int>(_ values: [count of SQLValue], to handle: OpaquePointer) {
    for place in values.indices { bind(values[place], to: handle, at: place) }
}

/// - Parameter place: from 0.
private func bind(_ value: SQLValue, to handle: OpaquePointer, at place: Int) {
    let place = Int32(place + 1)
    switch value {
    case .integer(let number): sqlite3_bind_int64(handle, place, Int64(number))
    case .text(var text):
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = sqlite3_bind_text(
                    handle, place, characters.baseAddress ?? emptyText,
                    Int32(characters.count), transient)
            }
        }
    case .blob(let bytes):
        _ = bytes.withUnsafeBytes {
            sqlite3_bind_blob64(handle, place, $0.baseAddress, UInt64($0.count), transient)
        }
    case .null: sqlite3_bind_null(handle, place)
    }
}

/// The columns of the current row, from 0 on.
struct Columns {
    let handle: OpaquePointer

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func optionalInteger(_ column: Int32) -> Int? { isNull(column) ? nil : integer(column) }
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
        return Array(
            UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
    }
    func id<Subject>(_ column: Int32) -> ID<Subject> { ID(integer(column)) }
    func instant(_ column: Int32) -> Instant {
        Instant(millisecondsSince1970: integer(column))
    }
    func optionalInstant(_ column: Int32) -> Instant? { isNull(column) ? nil : instant(column) }
    func date(_ column: Int32) -> CivilDate { CivilDate(dayNumber: integer(column)) }
    func optionalDate(_ column: Int32) -> CivilDate? { isNull(column) ? nil : date(column) }
    func period(_ column: Int32) -> Period { Period(index: integer(column)) }
    func optionalPeriod(_ column: Int32) -> Period? { isNull(column) ? nil : period(column) }
    func quantity<Quantity: DecimalQuantity>(_ column: Int32) -> Quantity {
        Quantity(parts: integer(column))
    }
    func flag(_ column: Int32) -> Bool { integer(column) != 0 }
}

extension Columns {
    var count: Int32 { sqlite3_column_count(handle) }
    func name(_ column: Int32) -> String { String(cString: sqlite3_column_name(handle, column)) }

    func bound(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .integer(integer(column))
        case SQLITE_NULL: .null
        case SQLITE_BLOB: .blob(blob(column))
        default: .text(text(column))
        }
    }
}
