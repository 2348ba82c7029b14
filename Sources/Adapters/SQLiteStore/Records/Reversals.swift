public import FeeLedger
public import Primitives

/// What was entered by mistake, and undone.
extension Session {
    public struct RecordedPayment: Sendable {
        public let id: PaymentID
        public let unit: ID<Unit>
        public let account: ID<Account>
        public let date: CivilDate
        public let amount: Money
        public let isReversed: Bool
    }

    /// Whether the account has a charge issued, or a payment of a value date, on or after the day.
    public func hasFacts(_ account: Account, from day: CivilDate) throws -> Bool {
        try first(
            """
            SELECT 1 FROM charge WHERE unit = ?1 AND account = ?2 AND period >= ?3
            UNION SELECT 1 FROM payment WHERE unit = ?1 AND account = ?2 AND valueDate >= ?4
            """,
            [
                .id(account.unit), .id(account.id),
                .period(day.period.firstDay == day ? day.period : day.period.next), .date(day),
            ]
        ) { _ in true } ?? false
    }

    /// `nil` where the community has no such payment.
    public func payment(
        reference: String, in community: CommunityID
    ) throws -> RecordedPayment? {
        try first(
            """
            SELECT id, unit, account, valueDate, amount,
              EXISTS (SELECT 1 FROM reversal WHERE reversal.payment = payment.id)
            FROM payment WHERE community = ? AND reference = ?
            """, [.id(community), .text(reference)]
        ) {
            RecordedPayment(
                id: $0.id(0), unit: $0.id(1), account: $0.id(2), date: $0.date(3),
                amount: $0.quantity(4), isReversed: $0.flag(5))
        }
    }

    /// - Precondition: there is such a payment.
    public func payment(
        _ id: PaymentID
    ) throws -> (reference: String, date: CivilDate, isReversed: Bool) {
        try first(
            """
            SELECT reference, valueDate,
              EXISTS (SELECT 1 FROM reversal WHERE reversal.payment = payment.id)
            FROM payment WHERE id = ?
            """, [.id(id)]
        ) { ($0.text(0), $0.date(1), $0.flag(2)) }!
    }

    /// In which account the charge stands; `nil`: there never was one.
    public func account(owing key: ChargeKey, of unit: ID<Unit>) throws -> ID<Account>? {
        try first(
            "SELECT account FROM charge WHERE unit = ? AND period = ? AND item = ?",
            [.id(unit), .period(key.period), .id(key.item)]
        ) { $0.id(0) }
    }

    /// Whether the charge is there and stands.
    public func chargeStands(_ key: ChargeKey, of unit: ID<Unit>) throws -> Bool {
        let place: [SQLValue] = [.id(unit), .period(key.period), .id(key.item)]
        let isReversed = try first(
            "SELECT 1 FROM reversal WHERE unit = ? AND period = ? AND item = ?", place
        ) { _ in true }
        return try isReversed == nil && hasCharge(unit: unit, period: key.period, item: key.item)
    }

    /// - Returns: the reversal, to be named by the charge's closing entry.
    public func addReversal(
        ofCharge key: ChargeKey, of unit: ID<Unit>, on date: CivilDate, reason: String,
        in community: CommunityID, act: ActID
    ) throws -> ReversalID {
        let reversal = try insert(
            """
            INSERT INTO reversal (community, unit, period, item, valueDate, reason, act)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(unit), .period(key.period), .id(key.item), .date(date),
                .text(reason), .id(act),
            ])
        try chain(.reversal, reversal, in: community)
        return ReversalID(reversal)
    }

    /// Notes that a payment was entered by mistake.
    public func addReversal(
        of payment: PaymentID, on date: CivilDate, reason: String, in community: CommunityID,
        act: ActID
    ) throws {
        let reversal = try insert(
            """
            INSERT INTO reversal (community, payment, valueDate, reason, act) VALUES (?, ?, ?, ?, ?)
            """, [.id(community), .id(payment), .date(date), .text(reason), .id(act)])
        try chain(.reversal, reversal, in: community)
    }

    /// One change of a register: what it said, and who changed it.
    public struct RegisterChange: Sendable {
        public let at, staff, act, register, key, field, was, became: String
    }

    /// What registers said before, in the order in which it was changed.
    ///
    /// - Parameter key: of one unit, owner or item; `nil`: all.
    public func forEachRegisterChange(
        of community: CommunityID, key: String?, _ body: (RegisterChange) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT * FROM (
              SELECT act.at, act.byWhom, act.kind, register,
                CASE register
                  WHEN 'unit' THEN (SELECT code FROM unit WHERE id = subject)
                  WHEN 'item' THEN (SELECT code FROM item WHERE id = subject)
                  WHEN 'feeLine' THEN (
                    SELECT code FROM item JOIN feeLine ON feeLine.item = item.id
                    WHERE feeLine.id = subject)
                  WHEN 'account' THEN (
                    SELECT code FROM unit JOIN account ON account.unit = unit.id
                    WHERE account.id = subject)
                  ELSE (SELECT code FROM owner WHERE id = subject)
                END AS key,
                field, \(readable("was")), \(readable("became"))
              FROM registerChange JOIN act ON act.id = registerChange.act
              WHERE registerChange.community = ?1 ORDER BY registerChange.id)
            WHERE ?2 IS NULL OR key = ?2
            """, [.id(community), key.map { .text($0) } ?? .null]
        ) { row in
            try body(
                RegisterChange(
                    at: row.text(0), staff: row.text(1), act: row.text(2), register: row.text(3),
                    key: row.text(4), field: row.text(5), was: row.text(6), became: row.text(7)))
        }
    }
}

/// SQL for a value of a register's field as the tables of SPEC.md 9 write it.
private func readable(_ value: String) -> String {
    """
    ifnull(CASE
      WHEN \(value) IS NULL THEN ''
      ELSE CASE field
      WHEN 'toDay' THEN date(\(value) * 86400, 'unixepoch')
      WHEN 'handover' THEN date(\(value) * 86400, 'unixepoch')
      WHEN 'area' THEN printf('%d.%02d', \(value) / 100, \(value) % 100)
      WHEN 'price' THEN printf('%d.%04d', \(value) / 10000, \(value) % 10000)
      WHEN 'agreedRate' THEN printf('%d.%06d', \(value) / 1000000, \(value) % 1000000)
      ELSE \(value) END END, '')
    """
}
