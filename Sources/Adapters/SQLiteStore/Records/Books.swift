public import Dunning
public import FeeLedger
public import Primitives

/// Which units a walk goes through, and in which order.
public enum Walk: Sendable {
    /// All, by code in byte order.
    case community(CommunityID)
    case unit(ID<Unit>)
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
    let ranks: ClosedRange<Int>
    fileprivate let places: [Int: Int]

    fileprivate func place(ofUnit unit: Int) -> Int { places[unit]! }
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
            SELECT entry.unit, entry.item, sequence, valueDate, amount, lot, payment, waiver, concession
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

    // MARK: - What runs and postings ask beside the books

    public func concessions(of chunk: UnitChunk) throws -> [ID<Account>: [Concession]] {
        var concessions: [ID<Account>: [Concession]] = [:]
        try forEach(
            """
            SELECT id, reference, account, item, fromPeriod, toPeriod, kind, value, review, decided
            FROM walk CROSS JOIN concession ON concession.unit = walk.unit
            WHERE rank BETWEEN ? AND ? ORDER BY rank, reference
            """, chunk.ranks.bounds
        ) { row in
            let concession = Concession(
                id: row.id(0), reference: row.text(1), account: row.id(2),
                item: row.optionalInteger(3).map { ID($0) }, from: row.period(4),
                to: row.optionalPeriod(5),
                relief: Concession.Relief(kind: row.text(6), value: row.integer(7)),
                review: row.optionalDate(8), decided: row.optionalDate(9))
            concessions[concession.account, default: []].append(concession)
        }
        return concessions
    }

    /// Concessions that the act recorded, by account.
    public func newConcessions(by act: ActID) throws -> Set<ConcessionID> {
        var ids: Set<ConcessionID> = []
        try forEach("SELECT id FROM concession WHERE act = ?", [.id(act)]) { ids.insert($0.id(0)) }
        return ids
    }

    public struct UnpostedPayment: Sendable {
        public let id: PaymentID
        public let reference: String
        public let date: CivilDate
        public let amount: Money
    }

    public struct UnpostedWaiver: Sendable {
        public let id: WaiverID
        public let reference: String
        public let key: ChargeKey
        public let date: CivilDate
        public let amount: Money
    }

    public func payments(of chunk: UnitChunk, by act: ActID) throws -> [ID<Account>: [UnpostedPayment]] {
        var payments: [ID<Account>: [UnpostedPayment]] = [:]
        try forEach(
            """
            SELECT account, id, reference, valueDate, amount
            FROM walk CROSS JOIN payment ON payment.unit = walk.unit
            WHERE rank BETWEEN ? AND ? AND act = ?
            """, chunk.ranks.bounds + [.id(act)]
        ) { row in
            payments[row.id(0), default: []].append(
                UnpostedPayment(
                    id: row.id(1), reference: row.text(2), date: row.date(3),
                    amount: row.quantity(4)))
        }
        return payments
    }

    /// By the account that holds the waived charge.
    public func waivers(of chunk: UnitChunk, by act: ActID) throws -> [ID<Account>: [UnpostedWaiver]] {
        var waivers: [ID<Account>: [UnpostedWaiver]] = [:]
        try forEach(
            """
            SELECT charge.account, waiver.id, reference, waiver.period, waiver.item, valueDate,
              waiver.amount
            FROM walk CROSS JOIN waiver ON waiver.unit = walk.unit
              CROSS JOIN charge ON charge.unit = waiver.unit AND charge.period = waiver.period
                AND charge.item = waiver.item
            WHERE rank BETWEEN ? AND ? AND waiver.act = ?
            """, chunk.ranks.bounds + [.id(act)]
        ) { row in
            waivers[row.id(0), default: []].append(
                UnpostedWaiver(
                    id: row.id(1), reference: row.text(2),
                    key: ChargeKey(period: row.period(3), item: row.id(4)), date: row.date(5),
                    amount: row.quantity(6)))
        }
        return waivers
    }

    public func holds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        var holds: [ID<Account>: [DunningHold]] = [:]
        try forEach(
            """
            SELECT account, reason, fromDay, toDay FROM walk CROSS JOIN hold ON hold.unit = walk.unit
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { row in
            holds[row.id(0), default: []].append(
                DunningHold(
                    reason: DunningHold.Reason(rawValue: row.text(1))!, from: row.date(2),
                    to: row.optionalDate(3)))
        }
        return holds
    }

    public func readings(
        of chunk: UnitChunk, period: Period
    ) throws -> [ID<Unit>: [ID<FeeItem>: MeterUse]] {
        var uses: [ID<Unit>: [ID<FeeItem>: MeterUse]] = [:]
        try forEach(
            """
            SELECT reading.unit, item, previous, reading
            FROM walk CROSS JOIN reading ON reading.unit = walk.unit AND reading.period = ?
            WHERE rank BETWEEN ? AND ?
            """, [.period(period)] + chunk.ranks.bounds
        ) { row in
            uses[row.id(0), default: [:]][row.id(1)] = MeterUse(
                previous: row.quantity(2), reading: row.quantity(3))
        }
        return uses
    }

    /// Which items each unit was already charged for the period.
    public func chargedItems(
        of chunk: UnitChunk, period: Period
    ) throws -> [ID<Unit>: Set<ID<FeeItem>>] {
        var items: [ID<Unit>: Set<ID<FeeItem>>] = [:]
        try forEach(
            """
            SELECT charge.unit, item
            FROM walk CROSS JOIN charge ON charge.unit = walk.unit AND charge.period = ?
            WHERE rank BETWEEN ? AND ?
            """, [.period(period)] + chunk.ranks.bounds
        ) { items[$0.id(0), default: []].insert($0.id(1)) }
        return items
    }

    public func owners(of chunk: UnitChunk) throws -> [ID<Owner>: Owner] {
        var owners: [ID<Owner>: Owner] = [:]
        try forEach(
            """
            SELECT owner.id, code, name, phone, email, address, channels, language
            FROM walk CROSS JOIN account ON account.unit = walk.unit
              CROSS JOIN accountOwner ON accountOwner.account = account.id
              CROSS JOIN owner ON owner.id = accountOwner.owner
              CROSS JOIN person ON person.owner = owner.id
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { owners[$0.id(0)] = Owner($0) }
        return owners
    }

    // MARK: - Keeping what was posted

    /// Keeps the entries that were posted, and which of their charges are settled now.
    ///
    /// - Parameter issuing: the charges that were issued are kept too; an import recorded them
    ///   before.
    public func keep(_ book: AccountBook, issuing: Bool, act: ActID) throws {
        let unit = SQLValue.id(book.account.unit)
        if issuing {
            for charge in book.issued {
                _ = try recordCharge(charge, account: book.account, act: act)
            }
        }
        var touched: Set<ChargeKey> = []
        for entry in book.posted {
            try insert(entry, of: book.account, unit: unit, act: act)
            if let key = entry.charge { touched.insert(key) }
        }
        for charge in book.charges where touched.contains(charge.charge.key) {
            try run(
                "UPDATE charge SET settled = ? WHERE unit = ? AND period = ? AND item = ?",
                [
                    .date(charge.settled(policy: book.policy)), unit,
                    .period(charge.charge.period), .id(charge.charge.item.id),
                ])
        }
    }

    private func insert(
        _ entry: Entry, of account: Account, unit: SQLValue, act: ActID
    ) throws {
        let (kind, period, item, lot): (Int, SQLValue, SQLValue, SQLValue) =
            switch entry.target {
            case .principal(let key): (0, .period(key.period), .id(key.item), .null)
            case .lateFee(let key): (1, .period(key.period), .id(key.item), .null)
            case .exemption(let key): (2, .period(key.period), .id(key.item), .null)
            case .credit(let lot): (3, .integer(0), .id(account.id), .date(lot))
            }
        let (payment, waiver, concession): (SQLValue, SQLValue, SQLValue) =
            switch entry.source {
            case .payment(let id): (.id(id), .null, .null)
            case .waiver(let id): (.null, .id(id), .null)
            case .concession(let id): (.null, .null, .id(id))
            }
        try run(
            """
            INSERT INTO entry (unit, period, item, sequence, target, valueDate, amount, lot, payment,
              waiver, concession, act) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                unit, period, item, .integer(entry.sequence), .integer(kind), .date(entry.date),
                .parts(entry.amount), lot, payment, waiver, concession, .id(act),
            ])
    }
}

extension Entry {
    fileprivate var charge: ChargeKey? {
        switch target {
        case .principal(let key), .lateFee(let key), .exemption(let key): key
        case .credit: nil
        }
    }
}

/// Charges with their entries, in the order of the walk; one row for each entry, or for a charge
/// without any.
func chargesOfWalk(_ scope: ChargeScope) -> String {
    """
    SELECT charge.unit, charge.period, charge.item, charge.account, charge.amount,
      charge.due, charge.issuedAsOf, charge.act, sequence, target, valueDate, entry.amount,
      payment, waiver, concession
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
    return row.isNull(column + 1) ? .concession(row.id(column + 2)) : .waiver(row.id(column + 1))
}

extension ClosedRange<Int> {
    fileprivate var bounds: [SQLValue] { [.integer(lowerBound), .integer(upperBound)] }
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

extension Owner {
    /// id, code, name, phone, email, address, channels, language
    init(_ row: Columns) {
        self.init(
            id: row.id(0), code: row.text(1), name: row.text(2), phone: row.text(3),
            email: row.text(4), address: row.text(5),
            channels: Set(split(row.text(6)).compactMap { Channel(rawValue: $0) }),
            language: Language(rawValue: row.text(7))!)
    }
}
