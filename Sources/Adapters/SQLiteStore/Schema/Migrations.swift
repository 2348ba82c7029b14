import GRDB

/// Every schema version, in order. Append; never edit one that was released.
func migrations() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("001-registry") { try $0.execute(sql: registrySchema) }
    migrator.registerMigration("002-ledger") { try $0.execute(sql: ledgerSchema) }
    migrator.registerMigration("003-notices") { try $0.execute(sql: noticeSchema) }
    migrator.registerMigration("004-letters") { try $0.execute(sql: letterSchema) }
    migrator.registerMigration("005-delivery") { try $0.execute(sql: deliverySchema) }
    migrator.registerMigration("006-bounces") { try $0.execute(sql: bounceSchema) }
    migrator.registerMigration("007-evidence") { db in
        try db.execute(sql: evidenceSchema)
        try Session(db).chainWhatStands()
    }
    migrator.registerMigration("008-scans") { try $0.execute(sql: scanSchema) }
    migrator.registerMigration("009-casework") { try $0.execute(sql: caseworkSchema) }
    migrator.registerMigration("010-pages") { try $0.execute(sql: pagesSchema) }
    return migrator
}
