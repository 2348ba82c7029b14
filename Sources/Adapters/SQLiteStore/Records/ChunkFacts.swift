import Dunning
public import FeeLedger
public import Primitives

/// What runs and postings ask of a chunk's units beside their books.
extension Session {
    /// All concessions of the chunk's accounts, by reference; with the review to which the renewals
    /// of a hardship case prolonged them.
    public func concessions(of chunk: UnitChunk) throws -> [ID<Account>: [Concession]] {
        var concessions: [ID<Account>: [Concession]] = [:]
        try forEach(
            """
            SELECT concession.id, reference, concession.account, concession.item, concession.fromPeriod,
              concession.toPeriod, concession.kind, concession.value, \(prolongedReview), decided
            FROM walk CROSS JOIN concession ON concession.unit = walk.unit
              \(cameOf("concession"))
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

    /// The payments that the act recorded, by the account that they belong to.
    public func payments(of chunk: UnitChunk, by act: ActID) throws -> [ID<Account>:
        [UnpostedPayment]]
    {
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
    public func waivers(of chunk: UnitChunk, by act: ActID) throws -> [ID<Account>:
        [UnpostedWaiver]]
    {
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

    /// What was read off the meters for the period.
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

    /// The owners of the chunk's accounts, former ones too.
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
