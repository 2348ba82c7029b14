import FoundationEssentials
import GRDB
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `The store` {
    @Test func `writes all of a transaction or nothing`() throws {
        struct Broken: Error {}
        let office = try TestOffice()
        #expect(throws: Broken.self) {
            try office.effects.store.write { session in
                _ = try session.addCommunity(code: "FL")
                throw Broken()
            }
        }
        #expect(try office.effects.store.read { try $0.communityCodes() } == [])
    }

    @Test func `uses a rollback journal that is synced, and checks foreign keys`() throws {
        let office = try TestOffice()
        let store = office.effects.store
        #expect(try store.pragma("journal_mode") == "truncate")
        #expect(try store.pragma("synchronous") == "3")
        #expect(try store.pragma("foreign_keys") == "1")
    }

    @Test func `refuses a file that is no database, and one from a newer version`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/x.sqlite"
        try Data("%PDF-1.7 this is no database, whatever its name says".utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect { try Store(path: path, create: true) } throws: {
            if case StoreError.notADatabase = $0 { true } else { false }
        }
        #expect { try Store(path: folder + "/missing.sqlite", create: false) } throws: {
            if case StoreError.noDatabase = $0 { true } else { false }
        }
        let newer = folder + "/newer.sqlite"
        _ = try Store(path: newer, create: true)
        let queue = try DatabaseQueue(path: newer)
        try queue.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('999-later')")
        }
        #expect { try Store(path: newer, create: true) } throws: {
            if case StoreError.newerSchema = $0 { true } else { false }
        }
    }

    @Test func `keeps every table strict, with its facts out of reach of NULL`() throws {
        let office = try TestOffice()
        let queue = try DatabaseQueue(path: office.database)
        let loose = try queue.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM pragma_table_list
                    WHERE schema = 'main' AND type = 'table' AND NOT strict
                      AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'
                    """)
        }
        #expect(loose == [])
    }

    /// The migrations are history; `schema.sql` shows the present, and its diff is the review.
    /// `UPDATE_SCHEMA=1` writes it anew.
    @Test func `has the schema that schema.sql shows`() throws {
        let office = try TestOffice()
        let queue = try DatabaseQueue(path: office.database)
        let statements = try queue.read { db in
            try String.fetchAll(
                db,
                sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name")
        }
        let schema = statements.map { $0 + ";\n" }.joined(separator: "\n")
        let path = repository + "/Sources/Adapters/SQLiteStore/schema.sql"
        if ProcessInfo.processInfo.environment["UPDATE_SCHEMA"] != nil {
            try Data(schema.utf8).write(to: URL(fileURLWithPath: path))
        }
        let shown = FileManager.default.contents(atPath: path) ?? Data()
        #expect(String(decoding: shown, as: UTF8.self) == schema)
    }

    /// The walk's order comes from its loops: a sort would hold all rows in memory.
    @Test func `walks the units without sorting`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let plans = try office.effects.store.plansOfWalk()
        #expect(!plans.isEmpty)
        #expect(plans.filter { $0.contains("charge") && $0.contains("TEMP B-TREE") } == [])
    }
}
