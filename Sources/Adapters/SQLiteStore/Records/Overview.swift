public import FeeLedger
import GRDB
import GRDBSQLite
public import Primitives
import Synchronization

/// The last change of a database, by this process, that no figures are counted from.
private struct ChangeAside {
    let count: Int
    /// The count before it, which stands for the same books.
    let same: Int

    func meaning(of other: Int) -> Int { other == count ? same : other }
}

/// By the database's file.
private let changesAside = Mutex<[String: ChangeAside]>([:])

/// What the lists and the search of the office's pages ask beside the books of the accounts.
extension Session {
    /// How often the database was changed, by whichever process: two sessions that read the same
    /// number see the same books. What `Store.writeAside` wrote does not count.
    public func changeCount() throws -> Int {
        let count = try fileChangeCount()
        return changesAside.withLock { $0[databaseFile]?.meaning(of: count) ?? count }
    }

    /// SQLite's own file change counter, at byte 24 of the file, read through the handle that
    /// SQLite has open: to open the file once more, and close it, would drop SQLite's locks.
    func fileChangeCount() throws -> Int {
        // The first statement takes the lock under which the file stands still.
        _ = try first("SELECT count(*) FROM community", []) { $0.integer(0) }
        var file: UnsafeMutablePointer<sqlite3_file>?
        var bytes: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
        let code = sqlite3_file_control(
            db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, let methods = file.pointee.pMethods else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        let read = methods.pointee.xRead(file, &bytes, 4, 24)
        guard read == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: read))
        }
        return Int(bytes.0) << 24 | Int(bytes.1) << 16 | Int(bytes.2) << 8 | Int(bytes.3)
    }

    private var databaseFile: String {
        sqlite3_db_filename(db.sqliteConnection, "main").map { String(cString: $0) } ?? ""
    }

    /// The transaction that this session began at that count, and that wrote something, is on the
    /// disk: the next number means the same books.
    func passOver(changeAfter count: Int) {
        changesAside.withLock { aside in
            let same = aside[databaseFile]?.meaning(of: count) ?? count
            aside[databaseFile] = ChangeAside(count: (count + 1) & 0xffff_ffff, same: same)
        }
    }

    /// A person or body that holds, or held, a unit.
    public struct Holder: Sendable {
        public let unit: String
        public let from: CivilDate
        /// Inclusive; `nil`: still.
        public let to: CivilDate?
        public let owner: Owner
    }

    /// Every owner of every account, by unit, then first day, then the owner's code.
    public func forEachHolder(
        of community: CommunityID, _ body: (Holder) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT owner.id, owner.code, name, phone, email, address, channels, language, unit.code,
              fromDay, toDay
            FROM unit CROSS JOIN account ON account.unit = unit.id
              CROSS JOIN accountOwner ON accountOwner.account = account.id
              CROSS JOIN owner ON owner.id = accountOwner.owner
              CROSS JOIN person ON person.owner = owner.id
            WHERE unit.community = ? ORDER BY unit.code, fromDay, owner.code
            """, [.id(community)]
        ) { row in
            try body(
                Holder(
                    unit: row.text(8), from: row.date(9), to: row.optionalDate(10),
                    owner: Owner(row)))
        }
    }

    /// The codes of the community's units.
    public func unitCodes(of community: CommunityID) throws -> [String] {
        var codes: [String] = []
        try forEach("SELECT code FROM unit WHERE community = ? ORDER BY code", [.id(community)]) {
            codes.append($0.text(0))
        }
        return codes
    }

    /// The unit that a notice was given to, and the first day of the account; `nil`: the community
    /// has no such notice.
    public func unit(
        ofNotice number: String, in community: CommunityID
    ) throws -> (unit: String, from: CivilDate)? {
        try first(
            """
            SELECT unit.code, fromDay FROM notice JOIN unit ON unit.id = notice.unit
              JOIN account ON account.id = notice.account
            WHERE number = ? AND notice.community = ?
            """, [.text(number), .id(community)]
        ) { ($0.text(0), $0.date(1)) }
    }
}
