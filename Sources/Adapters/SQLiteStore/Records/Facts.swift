public import Dunning
public import FeeLedger
public import Primitives

/// Facts, each recorded once: the same again is known, the same key with other values is refused by
/// the caller.
extension Session {
    /// One reading for each unit, item and period.
    public func recordReading(
        unit: ID<Unit>, item: FeeItem, period: Period, use: MeterUse, act: ActID
    ) throws -> Recorded {
        try record(
            KeyedRow(
                table: "reading", key: chargeKey(unit, period, item.id),
                fields: [("previous", .parts(use.previous)), ("reading", .parts(use.reading))],
                others: [("act", .id(act))], idColumn: nil))
    }

    /// History from before, or a charge that a run issues.
    public func recordCharge(
        _ charge: Charge, account: Account, act: ActID
    ) throws -> Recorded {
        try record(
            KeyedRow(
                table: "charge", key: chargeKey(account.unit, charge.period, charge.item.id),
                fields: [("amount", .parts(charge.amount)), ("due", .date(charge.due))],
                others: [
                    ("account", .id(account.id)), ("issuedAsOf", .date(charge.issuedAsOf)),
                    ("act", .id(act)),
                ], idColumn: nil))
    }

    /// Whether the charge was ever issued, reversed or not.
    public func hasCharge(unit: ID<Unit>, period: Period, item: ID<FeeItem>) throws -> Bool {
        try first(
            "SELECT 1 FROM charge WHERE unit = ? AND period = ? AND item = ?",
            [.id(unit), .period(period), .id(item)]
        ) { _ in true } ?? false
    }

    /// A payment, by its reference. Posting it is another step.
    public func recordPayment(
        reference: String, unit: ID<Unit>, account: Account, namedOwner: ID<Owner>?,
        date: CivilDate, amount: Money, method: String, payer: String, note: String,
        in community: CommunityID, act: ActID
    ) throws -> Recorded {
        try record(
            KeyedRow(
                table: "payment",
                key: [("community", .id(community)), ("reference", .text(reference))],
                fields: [
                    ("unit", .id(unit)), ("namedOwner", namedOwner.map { .id($0) } ?? .null),
                    ("valueDate", .date(date)), ("amount", .parts(amount)),
                    ("method", .text(method)), ("payer", .text(payer)), ("note", .text(note)),
                ], others: [("account", .id(account.id)), ("act", .id(act))]))
    }

    /// A waiver, by its reference; `amount` is what was asked for.
    public func recordWaiver(
        reference: String, unit: ID<Unit>, item: ID<FeeItem>, period: Period, date: CivilDate,
        amount: Money, reason: String, approvedBy: String, in community: CommunityID, act: ActID
    ) throws -> Recorded {
        try record(
            KeyedRow(
                table: "waiver",
                key: [("community", .id(community)), ("reference", .text(reference))],
                fields: chargeKey(unit, period, item) + [
                    ("valueDate", .date(date)), ("amount", .parts(amount)),
                    ("reason", .text(reason)), ("approvedBy", .text(approvedBy)),
                ], others: [("act", .id(act))]))
    }

    /// - Parameter concession: its `id` is not read.
    public func recordConcession(
        _ concession: Concession, unit: ID<Unit>, reason: String, approvedBy: String,
        in community: CommunityID, act: ActID
    ) throws -> Recorded {
        let (kind, value) = concession.relief.columns
        return try record(
            KeyedRow(
                table: "concession",
                key: [
                    ("community", .id(community)), ("reference", .text(concession.reference)),
                ],
                fields: [
                    ("unit", .id(unit)), ("item", concession.item.map { .id($0) } ?? .null),
                    ("fromPeriod", .period(concession.from)), ("toPeriod", .period(concession.to)),
                    ("kind", .text(kind)), ("value", .integer(value)), ("reason", .text(reason)),
                    ("approvedBy", .text(approvedBy)), ("review", .date(concession.review)),
                    ("decided", .date(concession.decided)),
                ], others: [("account", .id(concession.account)), ("act", .id(act))]))
    }

    /// A hold, by unit, reason and first day.
    public func recordHold(
        _ hold: DunningHold, unit: ID<Unit>, account: ID<Account>, note: String,
        in community: CommunityID, act: ActID
    ) throws -> Recorded {
        try record(
            KeyedRow(
                table: "hold",
                key: [
                    ("unit", .id(unit)), ("reason", .text(hold.reason.rawValue)),
                    ("fromDay", .date(hold.from)),
                ],
                fields: [("toDay", .date(hold.to)), ("note", .text(note))],
                others: [
                    ("community", .id(community)), ("account", .id(account)), ("act", .id(act)),
                ]))
    }

    private func chargeKey(
        _ unit: ID<Unit>, _ period: Period, _ item: ID<FeeItem>
    ) -> [(column: String, value: SQLValue)] {
        [("unit", .id(unit)), ("period", .period(period)), ("item", .id(item))]
    }
}

extension Concession.Relief {
    var columns: (kind: String, value: Int) {
        switch self {
        case .percent(let share): ("percent", share.parts)
        case .amount(let amount): ("amount", amount.fen)
        case .noLateFee: ("no_late_fee", 0)
        }
    }

    init(kind: String, value: Int) {
        self =
            switch kind {
            case "percent": .percent(Percentage(parts: value))
            case "amount": .amount(Money(fen: value))
            default: .noLateFee
            }
    }
}
