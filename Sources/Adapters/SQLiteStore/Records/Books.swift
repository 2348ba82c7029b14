public import Dunning
public import FeeLedger
public import Primitives

/// Which units a walk goes through, and in which order.
public enum Walk: Sendable {
    /// All, by code in byte order.
    case community(CommunityID)
    case unit(ID<Unit>)
    /// These, in their order.
    case units([ID<Unit>])
    /// Those with new facts in the import under way.
    case touched
}

/// Which charges are opened.
public enum ChargeScope: Sendable {
    case all
    /// All but those on which nothing is open as of the date, or later; with those that a run of
    /// that date issued.
    case open(asOf: CivilDate)
    /// Those that an entry can still meet.
    case unsettled
}

/// A unit with the books of its accounts, the first ownership first.
public struct UnitBooks: Sendable {
    public let unit: Unit
    public var accounts: [AccountBook] = []
    /// Charges that the act under way recorded, not yet posted: by place in `accounts`.
    public var unposted: [(account: Int, charge: Charge)] = []

    func place(of account: Int) -> Int? { accounts.firstIndex { $0.account.id.number == account } }
}

/// Consecutive units of a walk; the session's further questions are asked for all of them at once.
public struct UnitChunk: Sendable {
    public var units: [UnitBooks]
    /// Approved instalment plans, by account.
    public internal(set) var plans: [ID<Account>: [Session.RecordedPlan]] = [:]
    let ranks: ClosedRange<Int>
    fileprivate let places: [Int: Int]

    func place(ofUnit unit: Int) -> Int { places[unit]! }
}

extension Session {
    /// Sets out on a walk.
    /// - Returns: how many units it goes through.
    @discardableResult
    public func begin(_ walk: Walk) throws -> Int {
        try run("CREATE TEMP TABLE IF NOT EXISTS walk (rank INTEGER PRIMARY KEY, unit INTEGER)")
        try run("DELETE FROM walk")
        switch walk {
        case .community(let community):
            try run(
                "INSERT INTO walk (unit) SELECT id FROM unit WHERE community = ? ORDER BY code",
                [.id(community)])
        case .unit(let unit): try run("INSERT INTO walk (unit) VALUES (?)", [.id(unit)])
        case .units(let units):
            for unit in units { try run("INSERT INTO walk (unit) VALUES (?)", [.id(unit)]) }
        case .touched: try run("INSERT INTO walk (unit) SELECT unit FROM touched ORDER BY unit")
        }
        return try first("SELECT count(*) FROM walk") { $0.integer(0) } ?? 0
    }

    /// Units of the walk after the first `offset`, at most `count` of them; `nil` at its end.
    ///
    /// - Parameter unposted: charges that this act recorded are set apart.
    public func chunk(
        after offset: Int, count: Int, scope: ChargeScope, items: [ID<FeeItem>: FeeItem],
        policy: CommunityPolicy, unposted act: ActID? = nil
    ) throws -> UnitChunk? {
        let ranks = (offset + 1)...(offset + count)
        var units: [UnitBooks] = []
        var places: [Int: Int] = [:]
        try forEach(
            """
            SELECT unit.id, code, building, kind, area, handover
            FROM walk CROSS JOIN unit ON unit.id = walk.unit
            WHERE rank BETWEEN ? AND ? ORDER BY rank
            """, ranks.bounds
        ) { row in
            places[row.integer(0)] = units.count
            units.append(
                UnitBooks(
                    unit: Unit(
                        id: row.id(0), code: row.text(1), building: row.text(2),
                        kind: UnitKind(rawValue: row.text(3))!, area: row.quantity(4),
                        handover: row.optionalDate(5))))
        }
        if units.isEmpty { return nil }
        var chunk = UnitChunk(units: units, ranks: ranks, places: places)
        try openAccounts(of: &chunk, policy: policy)
        try openCharges(of: &chunk, scope: scope, items: items, unposted: act)
        try openCredit(of: &chunk)
        try openConditions(of: &chunk)
        return chunk
    }

    private func openAccounts(of chunk: inout UnitChunk, policy: CommunityPolicy) throws {
        var owners: [Int: [ID<Owner>]] = [:]
        try forEach(
            """
            SELECT accountOwner.account, owner.id
            FROM walk CROSS JOIN account ON account.unit = walk.unit
              CROSS JOIN accountOwner ON accountOwner.account = account.id
              CROSS JOIN owner ON owner.id = accountOwner.owner
            WHERE rank BETWEEN ? AND ? ORDER BY rank, owner.code
            """, chunk.ranks.bounds
        ) { owners[$0.integer(0), default: []].append($0.id(1)) }
        try forEach(
            """
            SELECT account.id, account.unit, fromDay, toDay, agreedRate
            FROM walk CROSS JOIN account ON account.unit = walk.unit
            WHERE rank BETWEEN ? AND ? ORDER BY rank, fromDay
            """, chunk.ranks.bounds
        ) { row in
            let account = Account(
                id: row.id(0), unit: row.id(1), from: row.date(2), to: row.optionalDate(3),
                agreedRate: row.optionalInteger(4).map { DailyRate(parts: $0) },
                owners: owners[row.integer(0)] ?? [])
            chunk.units[chunk.place(ofUnit: row.integer(1))].accounts.append(
                AccountBook(account: account, policy: policy.lateFee, order: policy.allocation))
        }
    }

    /// One row for each entry, or for a charge without any.
    private func openCharges(
        of chunk: inout UnitChunk, scope: ChargeScope, items: [ID<FeeItem>: FeeItem],
        unposted act: ActID?
    ) throws {
        var current: (unit: Int, key: ChargeKey, account: Int)?
        try forEach(
            chargesOfWalk(scope), chunk.ranks.bounds + scope.values
        ) { row in
            let key = ChargeKey(period: row.period(1), item: row.id(2))
            let unit = chunk.place(ofUnit: row.integer(0))
            if current == nil || current!.unit != unit || current!.key != key {
                let account = chunk.units[unit].place(of: row.integer(3))!
                let charge = Charge(
                    item: items[key.item]!, period: key.period, amount: row.quantity(4),
                    due: row.date(5), issuedAsOf: row.optionalDate(6))
                current = (unit, key, account)
                if let act, row.integer(7) == act.number {
                    chunk.units[unit].unposted.append((account, charge))
                } else {
                    chunk.units[unit].accounts[account].restore(charge)
                }
            }
            guard !row.isNull(8) else { return }
            chunk.units[unit].accounts[current!.account].restore(
                Entry(
                    target: target(row.integer(9), key), source: source(row, from: 12),
                    date: row.date(10), amount: row.quantity(11), sequence: row.integer(8)))
        }
    }

    private func openCredit(of chunk: inout UnitChunk) throws {
        try forEach(
            """
            SELECT entry.unit, entry.item, sequence, valueDate, amount, lot, payment, waiver, concession,
              reversal
            FROM walk CROSS JOIN entry ON entry.unit = walk.unit AND entry.period = 0
            WHERE rank BETWEEN ? AND ? ORDER BY rank, entry.item, sequence
            """, chunk.ranks.bounds
        ) { row in
            let unit = chunk.place(ofUnit: row.integer(0))
            let account = chunk.units[unit].place(of: row.integer(1))!
            chunk.units[unit].accounts[account].restore(
                Entry(
                    target: .credit(lot: row.date(5)), source: source(row, from: 6),
                    date: row.date(3), amount: row.quantity(4), sequence: row.integer(2)))
        }
    }
}

/// Charges with their entries, in the order of the walk; one row for each entry, or for a charge
/// without any.
func chargesOfWalk(_ scope: ChargeScope) -> String {
    """
    SELECT charge.unit, charge.period, charge.item, charge.account, charge.amount,
      charge.due, charge.issuedAsOf, charge.act, sequence, target, valueDate, entry.amount,
      payment, waiver, concession, reversal
    FROM walk CROSS JOIN charge ON charge.unit = walk.unit
      LEFT JOIN entry ON entry.unit = charge.unit AND entry.period = charge.period
        AND entry.item = charge.item
    WHERE rank BETWEEN ? AND ? AND \(scope.condition)
    ORDER BY rank, charge.period, charge.item, sequence
    """
}

private func target(_ kind: Int, _ key: ChargeKey) -> Entry.Target {
    switch kind {
    case 0: .principal(key)
    case 1: .lateFee(key)
    default: .exemption(key)
    }
}

private func source(_ row: Columns, from column: Int32) -> Entry.Source {
    if !row.isNull(column) { return .payment(row.id(column)) }
    if !row.isNull(column + 1) { return .waiver(row.id(column + 1)) }
    return row.isNull(column + 2)
        ? .reversal(row.id(column + 3)) : .concession(row.id(column + 2))
}

extension ClosedRange<Int> {
    var bounds: [SQLValue] { [.integer(lowerBound), .integer(upperBound)] }
}

extension ChargeScope {
    fileprivate var condition: String {
        switch self {
        case .all: "1"
        case .open: "(settled IS NULL OR settled > ? OR issuedAsOf = ?)"
        case .unsettled: "settled IS NULL"
        }
    }
    fileprivate var values: [SQLValue] {
        if case .open(let date) = self { [.date(date), .date(date)] } else { [] }
    }
}
