public import Casework
public import FeeLedger
public import Primitives

/// Promises to pay, and the payments that they are judged by.
extension Session {
    /// A promise as it stands in the books, with the money that came within its dates.
    public struct RecordedPromise: Sendable {
        public let number: Int
        public let unit: String
        /// Codes of the account's owners, joined by `;`.
        public let owners: String
        public let account: ID<Account>
        public let promise: PromiseToPay
        public let staff: String
        /// Which entered it: later acts have greater numbers.
        public let act: ActID
        /// Those to the account with value dates from the promise's day to its last, by value date.
        public internal(set) var receipts: [Receipt]

        /// As of a date on or after its day.
        public func state(asOf date: CivilDate) -> PromiseToPay.State {
            promise.state(asOf: date, receipts)
        }
    }

    /// Records a promise and ties it into the chain.
    ///
    /// - Returns: its number.
    public func addPromise(
        _ promise: PromiseToPay, of account: Account, by staff: String,
        in community: CommunityID, act: ActID
    ) throws -> Int {
        let number = try insert(
            """
            INSERT INTO promise (community, unit, account, amount, day, until, written, staff, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id), .parts(promise.amount),
                .date(promise.on), .date(promise.until), .flag(promise.isInWriting),
                .text(staff), .id(act),
            ])
        try chain(.promise, number, in: community)
        return number
    }

    /// Promises given by the date, by unit, then day; those withdrawn by then are left out. One
    /// statement, one pass.
    public func forEachPromise(
        of community: CommunityID, asOf: CivilDate, _ body: (RecordedPromise) throws -> Void
    ) throws {
        try promises(
            from: "promise JOIN unit ON unit.id = promise.unit",
            where: "promise.community = ? AND promise.day <= ?",
            order: "unit.code", [.id(community), .date(asOf)], withdrawnBy: asOf, body)
    }

    /// Of the chunk's accounts, given by the date; those withdrawn by then are left out.
    public func promises(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: [RecordedPromise]] {
        var found: [ID<Account>: [RecordedPromise]] = [:]
        try promises(
            from: """
                walk CROSS JOIN promise ON promise.unit = walk.unit
                CROSS JOIN unit ON unit.id = walk.unit
                """,
            where: "rank BETWEEN ? AND ? AND promise.day <= ?", order: "rank",
            Array(chunk.ranks.bounds) + [.date(asOf)], withdrawnBy: asOf
        ) { found[$0.account, default: []].append($0) }
        return found
    }

    /// How many promises of each of the chunk's accounts are broken as of the date; partly kept
    /// ones are not among them.
    public func brokenPromises(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: Int] {
        try promises(of: chunk, asOf: asOf).mapValues { promises in
            promises.count { $0.state(asOf: asOf) == .broken }
        }.filter { $0.value > 0 }
    }

    /// Of one account, by day, whenever they were given; none that was ever withdrawn.
    public func promises(of account: Account) throws -> [RecordedPromise] {
        var found: [RecordedPromise] = []
        try promises(
            from: "promise JOIN unit ON unit.id = promise.unit",
            where: "promise.unit = ? AND promise.account = ?", order: "unit.code",
            [.id(account.unit), .id(account.id)], withdrawnBy: .distantFuture
        ) { found.append($0) }
        return found
    }

    /// One row for each payment, or for a promise without any.
    private func promises(
        from tables: String, where condition: String, order: String, _ values: [SQLValue],
        withdrawnBy day: CivilDate, _ body: (RecordedPromise) throws -> Void
    ) throws {
        var current: RecordedPromise?
        try forEach(
            """
            SELECT promise.id, unit.code, (
                SELECT group_concat(code, ';') FROM (
                  SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                  WHERE accountOwner.account = promise.account ORDER BY owner.code)),
              promise.account, promise.amount, promise.day, until, written, staff,
              promise.act, payment.valueDate, payment.amount, reversal.valueDate
            FROM \(tables)
              LEFT JOIN payment ON payment.unit = promise.unit AND payment.account = promise.account
                AND payment.valueDate BETWEEN promise.day AND promise.until
              LEFT JOIN reversal ON reversal.payment = payment.id
            WHERE \(condition) AND NOT EXISTS (
              SELECT 1 FROM retraction
              WHERE retraction.kind = 'promise' AND retraction.subject = promise.id
                AND retraction.day <= ?)
            ORDER BY \(order), promise.day, promise.id, payment.valueDate, payment.id
            """, values + [.date(day)]
        ) { row in
            if current?.number != row.integer(0) {
                if let current { try body(current) }
                current = RecordedPromise(row)
            }
            guard !row.isNull(10) else { return }
            current!.receipts.append(
                Receipt(
                    date: row.date(10), amount: row.quantity(11), reversed: row.optionalDate(12)))
        }
        if let current { try body(current) }
    }

    /// The community's promise or court step of that number that counts: the unit's code; `nil`
    /// where there is none, or it was withdrawn.
    public func standingUnit(
        of kind: RetractedKind, _ number: Int, in community: CommunityID
    ) throws -> String? {
        let table = kind == .promise ? "promise" : "courtStep"
        return try first(
            """
            SELECT code FROM \(table) JOIN unit ON unit.id = \(table).unit
            WHERE \(table).id = ?1 AND \(table).community = ?2 AND NOT EXISTS (
              SELECT 1 FROM retraction WHERE kind = ?3 AND subject = ?1)
            """, [SQLValue.integer(number), .id(community), .text(kind.rawValue)]
        ) { $0.text(0) }
    }

    /// Until when a promise was to be paid, that day included; `nil`: there is none of that number.
    public func lastDay(ofPromise number: Int) throws -> CivilDate? {
        try first("SELECT until FROM promise WHERE id = ?", [.integer(number)]) { $0.date(0) }
    }

    public enum RetractedKind: String, Sendable {
        case promise
        case courtStep = "court step"
    }

    /// Withdraws what was entered by mistake: from the day on it counts no more.
    ///
    /// - Precondition: it is one of the community's, and was not withdrawn before.
    public func retract(
        _ kind: RetractedKind, _ number: Int, reason: String, on day: CivilDate,
        in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            "INSERT INTO retraction (community, kind, subject, day, act) VALUES (?, ?, ?, ?, ?)",
            [
                .id(community), .text(kind.rawValue), .integer(number), .date(day), .id(act),
            ])
        try keepPersonal(reason, as: "reason", of: .retraction, id)
        try chain(.retraction, id, in: community)
    }
}

extension Session.RecordedPromise {
    /// number, unit, owners, account, amount, day, until, written, staff, act
    fileprivate init(_ row: Columns) {
        self.init(
            number: row.integer(0), unit: row.text(1), owners: row.text(2), account: row.id(3),
            promise: PromiseToPay(
                amount: row.quantity(4), on: row.date(5), until: row.date(6),
                isInWriting: row.flag(7)),
            staff: row.text(8), act: row.id(9), receipts: [])
    }
}
