import FoundationEssentials
import GRDB
import GRDBSQLite
import Synchronization

/// The one SQLite file. `read` and `write` are the only door: each is one transaction.
public final class Store: Sendable {
    private let queue: DatabaseQueue
    /// In which the acts of this store have part; `nil`: in none.
    private let form: FormUse?
    /// How often a busy database is asked again, a millisecond apart.
    private let patience: Patience

    public var path: String { queue.path }

    /// Opens the database, making it and bringing its schema up to date where `create` allows.
    ///
    /// The journal is a rollback journal (TRUNCATE) with `synchronous=EXTRA`: Debian's SQLite has
    /// the WAL-reset race (DESIGN.md, journal mode). A busy database is asked again every
    /// millisecond for a minute: SQLite's own handler sleeps up to 100 ms, and misses the moments
    /// in which a long act lets others write.
    public init(path: String, create: Bool) throws {
        guard create || FileManager.default.fileExists(atPath: path) else {
            throw StoreError.noDatabase(path: path)
        }
        var configuration = Configuration()
        let patience = Patience()
        configuration.busyMode = .callback { tries in
            guard tries < patience.tries.load(ordering: .relaxed) else { return false }
            sqlite3_sleep(1)
            return true
        }
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA;
                    PRAGMA temp_store = FILE; PRAGMA cache_size = -65536;
                    """)
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            form = nil
            self.patience = patience
            try bringUpToDate(create: create)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    private init(_ queue: DatabaseQueue, form: FormUse?, patience: Patience) {
        self.queue = queue
        self.form = form
        self.patience = patience
    }

    /// The same database; whatever is done by the store returned is the effect of one form.
    public func taking(_ form: FormUse) -> Store { Store(queue, form: form, patience: patience) }

    /// Where several processes open a new database at once, one of them makes each table, and the
    /// others find it made.
    private func bringUpToDate(create: Bool) throws {
        let migrator = migrations()
        let (isEmpty, isOurs) = try queue.read { db in
            try (
                Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0,
                db.tableExists("grdb_migrations")
            )
        }
        if !isOurs, !isEmpty { throw StoreError.notADatabase(path: queue.path) }
        if isEmpty, !create { throw StoreError.noDatabase(path: queue.path) }
        if try queue.read({ try migrator.hasBeenSuperseded($0) }) {
            throw StoreError.newerSchema(path: queue.path)
        }
        var attempts = 0
        while try !queue.read({ try migrator.hasCompletedMigrations($0) }) {
            do {
                try migrator.migrate(queue)
            } catch let error as DatabaseError {
                attempts += 1
                if attempts == 100 { throw error }
                // Waits for the process that is at it.
                try queue.writeWithoutTransaction { try $0.inTransaction(.immediate) { .commit } }
            }
        }
    }

    /// One consistent view; nothing can be written but temporary tables.
    public func read<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try transaction(.deferred, body)
    }

    /// One transaction: all of it, or nothing where `body` throws.
    public func write<Value>(_ body: (Session) throws -> Value) throws -> Value {
        try transaction(.immediate, body)
    }

    /// One of the transactions of a long act: processes that wait to write have their turn after
    /// it.
    public func writePart<Value>(_ body: (Session) throws -> Value) throws -> Value {
        defer { sqlite3_sleep(2) }
        return try write(body)
    }

    /// One transaction for what no figures are counted from, such as when somebody was seen: what
    /// was counted before it stays good (`Session.changeCount`).
    ///
    /// - Parameter milliseconds: how long it waits while another writes or reads; then nothing is
    ///   written, for what may as well be noted later. `nil`: as long as any other write.
    /// - Returns: whether it was written.
    @discardableResult
    public func writeAside(
        waitingAtMost milliseconds: Int? = nil, _ body: (Session) throws -> Void
    ) throws -> Bool {
        if let milliseconds { patience.tries.store(milliseconds, ordering: .relaxed) }
        defer { patience.tries.store(Patience.most, ordering: .relaxed) }
        do {
            try queue.writeWithoutTransaction { db in
                let session = Session(db)
                var count: Int?
                try db.inTransaction(.immediate) {
                    let (before, written) = (try session.fileChangeCount(), db.totalChangesCount)
                    try body(session)
                    if db.totalChangesCount > written { count = before }
                    return .commit
                }
                if let count { session.passOver(changeAfter: count) }
            }
            return true
        } catch let error as DatabaseError
            where milliseconds != nil && error.resultCode == .SQLITE_BUSY
        {
            return false
        } catch let error as DatabaseError {
            throw StoreError(error, path: queue.path)
        }
    }

    /// One transaction that is rolled back at its end: to see what an act would do.
    public func tryOut(_ body: (Session) throws -> Void) throws {
        struct RolledBack: Error {}
        do {
            try transaction(.immediate) { session in
                try body(session)
                throw RolledBack()
            }
        } catch is RolledBack {}
    }

    private func transaction<Value>(
        _ kind: Database.TransactionKind, _ body: (Session) throws -> Value
    ) throws -> Value {
        do {
            return try queue.writeWithoutTransaction { db in
                var value: Value?
                let session = Session(db, form: form)
                try db.inTransaction(kind) {
                    value = try body(session)
                    return .commit
                }
                if session.usesForm { form?.wasUsed() }
                return value!
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: queue.path)
        }
    }
}

private final class Patience: Sendable {
    /// A minute.
    static let most = 60_000
    let tries = Atomic(Patience.most)
}
