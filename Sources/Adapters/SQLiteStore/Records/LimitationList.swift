public import Evidence
public import FeeLedger
public import Primitives

/// What the limitation clock asks of the books, and its list put in order.
extension Session {
    /// When the payments of the chunk's units came.
    public func valueDates(of chunk: UnitChunk) throws -> [PaymentID: CivilDate] {
        var dates: [PaymentID: CivilDate] = [:]
        try forEach(
            """
            SELECT id, valueDate FROM walk CROSS JOIN payment ON payment.unit = walk.unit
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { dates[$0.id(0)] = $0.date(1) }
        return dates
    }

    /// A service of a notice that lists a charge.
    public struct ServedCharge: Sendable {
        public let charge: ChargeKey
        public let date: CivilDate
        public let how: ServiceWay
        public let grade: ProofGrade
    }

    /// Which charges of the chunk were listed by notices served by `asOf`, by unit; services that
    /// were withdrawn are left out.
    public func servedCharges(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Unit>: [ServedCharge]] {
        var served: [ID<Unit>: [ServedCharge]] = [:]
        try forEach(
            """
            SELECT notice.unit, noticeLine.period, item, day, how, grade
            FROM walk CROSS JOIN notice ON notice.unit = walk.unit
              CROSS JOIN service ON service.notice = notice.id
              CROSS JOIN noticeLine ON noticeLine.notice = notice.id
            WHERE rank BETWEEN ? AND ? AND day <= ? AND NOT EXISTS (
              SELECT 1 FROM serviceWithdrawal WHERE serviceWithdrawal.service = service.id)
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            served[row.id(0), default: []].append(
                ServedCharge(
                    charge: ChargeKey(period: row.period(1), item: row.id(2)), date: row.date(3),
                    how: ServiceWay(rawValue: row.text(4))!,
                    grade: ProofGrade(rawValue: row.text(5))!))
        }
        return served
    }

    /// A notice that lists a charge.
    public struct Listing: Sendable {
        public let charge: ChargeKey
        public let asOf: CivilDate
    }

    /// Which notices with a date by `asOf` list which charges of the chunk, by unit.
    public func listings(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Unit>: [Listing]] {
        var listings: [ID<Unit>: [Listing]] = [:]
        try forEach(
            """
            SELECT notice.unit, noticeLine.period, item, asOf
            FROM walk CROSS JOIN notice ON notice.unit = walk.unit
              CROSS JOIN noticeLine ON noticeLine.notice = notice.id
            WHERE rank BETWEEN ? AND ? AND asOf <= ?
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            listings[row.id(0), default: []].append(
                Listing(
                    charge: ChargeKey(period: row.period(1), item: row.id(2)), asOf: row.date(3)))
        }
        return listings
    }

    // MARK: - The list in order

    /// One row of the limitation list; its texts are those of the list.
    public struct LimitationRow: Sendable {
        public let unit, owners, item: String
        public let period: Period
        public let due: CivilDate
        public let principalOpen: Money
        public let lastDay: CivilDate
        public let restsOn, grade: String

        public init(
            unit: String, owners: String, item: String, period: Period, due: CivilDate,
            principalOpen: Money, lastDay: CivilDate, restsOn: String, grade: String
        ) {
            self.unit = unit
            self.owners = owners
            self.item = item
            self.period = period
            self.due = due
            self.principalOpen = principalOpen
            self.lastDay = lastDay
            self.restsOn = restsOn
            self.grade = grade
        }
    }

    /// Rows wait in a temporary table that SQLite keeps in a file, so that memory does not grow.
    public func beginLimitationList() throws {
        try run(
            """
            CREATE TEMP TABLE IF NOT EXISTS limitationList (
              lastDay INTEGER, unit TEXT, item TEXT, period INTEGER, owners TEXT, due INTEGER,
              principal INTEGER, restsOn TEXT, grade TEXT,
              PRIMARY KEY (lastDay, unit, item, period)) WITHOUT ROWID
            """)
        try run("DELETE FROM limitationList")
    }

    /// Lets a row wait for its place.
    public func add(_ row: LimitationRow) throws {
        try run(
            """
            INSERT INTO limitationList
              (lastDay, unit, item, period, owners, due, principal, restsOn, grade)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .date(row.lastDay), .text(row.unit), .text(row.item), .period(row.period),
                .text(row.owners), .date(row.due), .parts(row.principalOpen), .text(row.restsOn),
                .text(row.grade),
            ])
    }

    /// By last day, then unit, item, period.
    public func forEachLimitationRow(_ body: (LimitationRow) throws -> Void) throws {
        try forEach(
            """
            SELECT unit, owners, item, period, due, principal, lastDay, restsOn, grade
            FROM limitationList ORDER BY lastDay, unit, item, period
            """, []
        ) { row in
            try body(
                LimitationRow(
                    unit: row.text(0), owners: row.text(1), item: row.text(2),
                    period: row.period(3), due: row.date(4), principalOpen: row.quantity(5),
                    lastDay: row.date(6), restsOn: row.text(7), grade: row.text(8)))
        }
    }

    // MARK: - Notices that save a claim

    /// A notice that an account was given.
    public struct GivenNotice: Sendable {
        public let id: NoticeID
        public let number: String
        public let asOf: CivilDate
        /// `nil`: a bill.
        public let stage: String?
        /// Its letter has a stub to sign.
        public let asksForSignature: Bool
    }

    /// The notices of the chunk's accounts with a date by `asOf`, by account, in order of date.
    public func givenNotices(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: [GivenNotice]] {
        var given: [ID<Account>: [GivenNotice]] = [:]
        try forEach(
            """
            SELECT account, number, asOf, stage, notice.id, signature
            FROM walk CROSS JOIN notice ON notice.unit = walk.unit
            WHERE rank BETWEEN ? AND ? AND asOf <= ? ORDER BY asOf
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            given[row.id(0), default: []].append(
                GivenNotice(
                    id: row.id(4), number: row.text(1), asOf: row.date(2),
                    stage: row.optionalText(3), asksForSignature: row.flag(5)))
        }
        return given
    }
}
