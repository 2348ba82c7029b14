public import Primitives

/// The books written out again: the community folder's tables, and the ledger as a journal.
extension Session {
    /// Rows of one of the community folder's tables, as text, in the columns of SPEC.md 9; what was
    /// reversed is left out.
    ///
    /// - Parameter key: values that columns must have, by place; empty for all rows.
    /// - Precondition: `file` is one of the folder's tables.
    public func forEachRow(
        ofFile file: String, of community: CommunityID, key: [Int: String] = [:],
        _ body: ([String]) throws -> Void
    ) throws {
        guard let (count, query) = exports[file] else { preconditionFailure("no table \(file)") }
        let names = (0..<count).map { "c\($0)" }.joined(separator: ", ")
        let key = key.sorted { $0.key < $1.key }
        let match = key.map { " AND c\($0.key) = ?" }.joined()
        try forEach(
            "WITH exported (\(names)) AS (\(query)) SELECT * FROM exported WHERE 1\(match)",
            [.id(community)] + key.map { .text($0.value) }
        ) { row in
            try body((0..<count).map { row.text(Int32($0)) })
        }
    }

    /// How many charges and payments were reversed: an export leaves them out.
    public func reversals(of community: CommunityID) throws -> Int {
        try first("SELECT count(*) FROM reversal WHERE community = ?", [.id(community)]) {
            $0.integer(0)
        } ?? 0
    }

    /// One movement of the ledger: a charge, or an entry on it.
    public struct LedgerMovement: Sendable {
        public enum Kind: Int, Sendable {
            case charge = -1
            case principal, lateFee, exemption, credit
        }
        public let kind: Kind
        public let date: CivilDate
        public let amount: Money
        /// Unit and first day of the account: `3-2-1501 from 2020-01-01`.
        public let account: String
        /// The item's code; empty for credit.
        public let item: String
        /// `payment`, `waiver` or `concession`, with its reference; of a charge, item and period.
        public let source: String
        public let reference: String
        /// Of a payment.
        public let method: String
    }

    /// Every movement, account by account; those of one source and date together.
    public func forEachMovement(
        of community: CommunityID, _ body: (LedgerMovement) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT -1, charge.period, charge.amount, unit.code || ' from ' || \(day("account.fromDay")),
              item.code, 'charge', item.code || ' ' || \(month("charge.period")), ''
            FROM charge JOIN unit ON unit.id = charge.unit JOIN item ON item.id = charge.item
              JOIN account ON account.id = charge.account
            WHERE unit.community = ?1 ORDER BY unit.code, charge.period, item.code
            """, [.id(community)]
        ) { try body(LedgerMovement($0, date: $0.period(1).firstDay)) }
        try forEach(
            """
            SELECT target, entry.valueDate, entry.amount, unit.code || ' from ' || \(day("account.fromDay")),
              ifnull(item.code, ''), iif(entry.payment IS NOT NULL, 'payment',
                iif(entry.waiver IS NOT NULL, 'waiver',
                  iif(entry.concession IS NOT NULL, 'concession', 'reversal'))),
              coalesce(payment.reference, waiver.reference, concession.reference, 'charge'),
              ifnull(payment.method, '')
            FROM unit JOIN (
                SELECT entry.*, charge.account FROM entry
                  JOIN charge USING (unit, period, item)
                UNION ALL SELECT entry.*, entry.item FROM entry WHERE period = 0
              ) AS entry ON entry.unit = unit.id
              JOIN account ON account.id = entry.account
              LEFT JOIN item ON item.id = entry.item AND entry.period > 0
              LEFT JOIN payment ON payment.id = entry.payment
              LEFT JOIN waiver ON waiver.id = entry.waiver
              LEFT JOIN concession ON concession.id = entry.concession
            WHERE unit.community = ?1
            ORDER BY unit.code, entry.payment, entry.waiver, entry.concession, entry.reversal,
              entry.valueDate
            """, [.id(community)]
        ) { try body(LedgerMovement($0, date: $0.date(1))) }
    }
}

extension Session.LedgerMovement {
    fileprivate init(_ row: Columns, date: CivilDate) {
        self.init(
            kind: Kind(rawValue: row.integer(0))!, date: date, amount: row.quantity(2),
            account: row.text(3), item: row.text(4), source: row.text(5), reference: row.text(6),
            method: row.text(7))
    }
}

/// SQL for a decimal, exact: whole numbers all the way.
private func decimal(_ column: String, _ decimals: Int) -> String {
    let scale = "1" + String(repeating: "0", count: decimals)
    return "printf('%d.%0\(decimals)d', \(column) / \(scale), \(column) % \(scale))"
}
private func day(_ column: String) -> String { "ifnull(date(\(column) * 86400, 'unixepoch'), '')" }
private func month(_ column: String) -> String {
    "iif(\(column) IS NULL, '', printf('%04d-%02d', \(column) / 12, \(column) % 12 + 1))"
}

/// By file: how many columns, and the query that gives them in order.
private let exports: [String: (columns: Int, query: String)] = [
    "units.csv": (
        5,
        """
        SELECT code, building, kind, \(decimal("area", 2)), \(day("handover"))
        FROM unit WHERE community = ? ORDER BY code
        """
    ),
    "owners.csv": (
        7,
        """
        SELECT code, name, phone, email, address, channels, language
        FROM owner JOIN person ON person.owner = owner.id WHERE community = ? ORDER BY code
        """
    ),
    "ownerships.csv": (
        5,
        """
        SELECT unit.code, owner.code, \(day("fromDay")), \(day("toDay")),
          iif(agreedRate IS NULL, '', \(decimal("agreedRate", 6)))
        FROM account JOIN unit ON unit.id = account.unit
          JOIN accountOwner ON accountOwner.account = account.id
          JOIN owner ON owner.id = accountOwner.owner
        WHERE account.community = ? ORDER BY unit.code, fromDay, owner.code
        """
    ),
    "fees.csv": (
        8,
        """
        SELECT item.code, item.name, basis, \(decimal("price", 4)), cycle, kinds, \(day("fromDay")),
          \(day("toDay"))
        FROM feeLine JOIN item ON item.id = feeLine.item
        WHERE feeLine.community = ? ORDER BY item.code, kinds, fromDay
        """
    ),
    "readings.csv": (
        5,
        """
        SELECT unit.code, item.code, \(month("period")), \(decimal("previous", 3)),
          \(decimal("reading", 3))
        FROM reading JOIN unit ON unit.id = reading.unit JOIN item ON item.id = reading.item
        WHERE unit.community = ? ORDER BY unit.code, period, item.code
        """
    ),
    "charges.csv": (
        5,
        """
        SELECT unit.code, item.code, \(month("period")), \(decimal("amount", 2)), \(day("due"))
        FROM charge JOIN unit ON unit.id = charge.unit JOIN item ON item.id = charge.item
        WHERE unit.community = ? AND NOT EXISTS (
          SELECT 1 FROM reversal WHERE reversal.unit = charge.unit
            AND reversal.period = charge.period AND reversal.item = charge.item)
        ORDER BY unit.code, period, item.code
        """
    ),
    "payments.csv": (
        8,
        """
        SELECT reference, \(day("valueDate")), unit.code, ifnull(owner.code, ''),
          \(decimal("amount", 2)), method, payer, note
        FROM payment JOIN unit ON unit.id = payment.unit
          LEFT JOIN owner ON owner.id = payment.namedOwner
        WHERE payment.community = ?
          AND NOT EXISTS (SELECT 1 FROM reversal WHERE reversal.payment = payment.id)
        ORDER BY payment.id
        """
    ),
    "waivers.csv": (
        8,
        """
        SELECT reference, \(day("valueDate")), unit.code, item.code, \(month("period")),
          \(decimal("amount", 2)), reason, approvedBy
        FROM waiver JOIN unit ON unit.id = waiver.unit JOIN item ON item.id = waiver.item
        WHERE waiver.community = ? AND NOT EXISTS (
          SELECT 1 FROM reversal WHERE reversal.unit = waiver.unit
            AND reversal.period = waiver.period AND reversal.item = waiver.item)
        ORDER BY waiver.id
        """
    ),
    "concessions.csv": (
        11,
        """
        SELECT reference, unit.code, ifnull(item.code, '*'), \(month("concession.fromPeriod")),
          \(month("concession.toPeriod")), concession.kind,
          iif(concession.kind = 'no_late_fee', '', \(decimal("concession.value", 2))), reason,
          approvedBy, \(day(prolongedReview)), \(day("decided"))
        FROM concession JOIN unit ON unit.id = concession.unit
          LEFT JOIN item ON item.id = concession.item
          \(cameOf("concession"))
        WHERE concession.community = ? ORDER BY concession.id
        """
    ),
    "holds.csv": (
        5,
        """
        SELECT unit.code, reason, \(day("fromDay")), \(day(endOfHold)), note
        FROM hold JOIN unit ON unit.id = hold.unit WHERE hold.community = ? ORDER BY hold.id
        """
    ),
]
