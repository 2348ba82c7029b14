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
            .readings,
            [
                .id(unit), .period(period), .id(item.id), .parts(use.previous),
                .parts(use.reading), .id(act),
            ])
    }

    /// History from before, or a charge that a run issues.
    public func recordCharge(
        _ charge: Charge, account: Account, act: ActID
    ) throws -> Recorded {
        try record(
            .charges,
            [
                .id(account.unit), .period(charge.period), .id(charge.item.id),
                .parts(charge.amount), .date(charge.due), .id(account.id),
                .date(charge.issuedAsOf), .id(act),
            ])
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
            .payments,
            [
                .id(community), .text(reference), .id(unit), .id(namedOwner), .date(date),
                .parts(amount), .text(method), .text(payer), .text(note), .id(account.id),
                .id(act),
            ])
    }

    /// A waiver, by its reference; `amount` is what was asked for.
    public func recordWaiver(
        reference: String, unit: ID<Unit>, item: ID<FeeItem>, period: Period, date: CivilDate,
        amount: Money, reason: String, approvedBy: String, in community: CommunityID, act: ActID
    ) throws -> Recorded {
        try recordChained(
            .waiver, .waivers,
            [
                .id(community), .text(reference), .id(unit), .period(period), .id(item),
                .date(date), .parts(amount), .text(reason), .text(approvedBy), .id(act),
            ], in: community)
    }

    /// What an export wrote of it is known again: with the review to which the renewals of a
    /// hardship case prolonged it.
    ///
    /// - Parameter concession: its `id` is not read.
    public func recordConcession(
        _ concession: Concession, unit: ID<Unit>, reason: String, approvedBy: String,
        in community: CommunityID, act: ActID
    ) throws -> Recorded {
        let (kind, value) = concession.relief.columns
        var review = concession.review
        try forEach(
            """
            SELECT concession.review FROM concession \(cameOf("concession"))
            WHERE concession.community = ? AND concession.reference = ? AND \(prolongedReview) = ?
            """, [.id(community), .text(concession.reference), .date(concession.review)]
        ) { review = $0.optionalDate(0) }
        return try recordChained(
            .concession, .concessions,
            [
                .id(community), .text(concession.reference), .id(unit), .id(concession.item),
                .period(concession.from), .period(concession.to), .text(kind), .integer(value),
                .text(reason), .text(approvedBy), .date(review),
                .date(concession.decided), .id(concession.account), .id(act),
            ], in: community)
    }

    /// A hold, by unit, reason and first day.
    public func recordHold(
        _ hold: DunningHold, unit: ID<Unit>, account: ID<Account>, note: String,
        in community: CommunityID, act: ActID
    ) throws -> Recorded {
        try record(
            .holds,
            [
                .id(unit), .text(hold.reason.rawValue), .date(hold.from), .date(hold.to),
                .text(note), .id(community), .id(account), .id(act),
            ])
    }
}

extension KeyedTable {
    fileprivate static let readings = KeyedTable(
        "reading", key: ["unit", "period", "item"], fields: ["previous", "reading"],
        others: ["act"],
        id: nil)
    fileprivate static let charges = KeyedTable(
        "charge", key: ["unit", "period", "item"], fields: ["amount", "due"],
        others: ["account", "issuedAsOf", "act"], id: nil)
    fileprivate static let payments = KeyedTable(
        "payment", key: ["community", "reference"],
        fields: ["unit", "namedOwner", "valueDate", "amount", "method", "payer", "note"],
        others: ["account", "act"])
    fileprivate static let waivers = KeyedTable(
        "waiver", key: ["community", "reference"],
        fields: ["unit", "period", "item", "valueDate", "amount", "reason", "approvedBy"],
        others: ["act"])
    fileprivate static let concessions = KeyedTable(
        "concession", key: ["community", "reference"],
        fields: [
            "unit", "item", "fromPeriod", "toPeriod", "kind", "value", "reason", "approvedBy",
            "review", "decided",
        ], others: ["account", "act"])
    fileprivate static let holds = KeyedTable(
        "hold", key: ["unit", "reason", "fromDay"], fields: ["toDay", "note"],
        others: ["community", "account", "act"])
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
