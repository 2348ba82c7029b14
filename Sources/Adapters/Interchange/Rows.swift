public import Dunning
public import FeeLedger
public import Primitives

// The rows of the community folder, typed, codes not yet looked up.

public struct UnitRow: Sendable {
    public let code, building: String
    public let kind: UnitKind
    public let area: Area
    public let handover: CivilDate?
}

public struct OwnerRow: Sendable {
    public let code, name, phone, email, address: String
    /// The email as it was typed, and what deserves a look though it is taken.
    public let typedEmail: String
    public let emailRemark: Bilingual?
    public let channels: Set<Channel>
    public let language: Language
}

public struct OwnershipRow: Sendable {
    public let unit, owner: String
    public let from: CivilDate
    public let to: CivilDate?
    public let agreedRate: DailyRate?
}

public struct FeeRow: Sendable {
    public let item, name: String
    public let basis: FeeLine.Basis
    public let price: UnitPrice
    public let cycle: Int
    public let kinds: Set<UnitKind>
    public let from: CivilDate
    public let to: CivilDate?
}

public struct ReadingRow: Sendable {
    public let unit, item: String
    public let period: Period
    public let use: MeterUse
}

public struct ChargeRow: Sendable {
    public let unit, item: String
    public let period: Period
    public let amount: Money
    public let due: CivilDate
}

public enum PaymentMethod: String, Sendable, CaseIterable {
    case bank, debit, wechat, alipay, pos, cash
}

public struct PaymentRow: Sendable {
    public let reference: String
    public let date: CivilDate
    public let unit: String
    /// Empty: whoever holds the unit.
    public let owner: String
    public let amount: Money
    public let method: PaymentMethod
    public let payer, note: String
}

public struct WaiverRow: Sendable {
    public let reference: String
    public let date: CivilDate
    public let unit, item: String
    public let period: Period
    public let amount: Money
    public let reason, approvedBy: String
}

public enum ReliefKind: String, Sendable, CaseIterable {
    case percent, amount
    case noLateFee = "no_late_fee"
}

public struct ConcessionRow: Sendable {
    public let reference, unit: String
    /// `*`: every item.
    public let item: String
    public let from: Period
    public let to: Period?
    public let relief: Concession.Relief
    public let reason, approvedBy: String
    public let review: CivilDate?
    public let decided: CivilDate?
}

public struct HoldRow: Sendable {
    public let unit: String
    public let hold: DunningHold
    public let note: String
}

// MARK: - From cells

/// A row that reads itself from cells; what is wrong goes to the cells' problems.
public protocol TableRow: Sendable {
    static var format: TableFormat { get }
    init(_ cells: inout Cells)
}

extension UnitRow: TableRow {
    public static let format = TableFormat.units
    public init(_ cells: inout Cells) {
        code = cells.code("unit")
        building = cells.text("building")
        kind = cells.choice("kind", orElse: .residence)
        area = cells.amount("area", from: .zero)
        handover = cells.optionalDate("handover")
    }
}

extension OwnerRow: TableRow {
    public static let format = TableFormat.owners
    public init(_ cells: inout Cells) {
        code = cells.ownerCode("owner")
        name = cells.required("name")
        phone = cells.plain("phone")
        typedEmail = cells.text("email")
        (email, emailRemark) = cells.email("email")
        address = cells.text("address")
        channels = Set(cells.choices("channels"))
        language = cells.text("language").isEmpty ? .zh : cells.choice("language", orElse: .zh)
    }
}

extension OwnershipRow: TableRow {
    public static let format = TableFormat.ownerships
    public init(_ cells: inout Cells) {
        unit = cells.code("unit")
        owner = cells.code("owner")
        from = cells.date("from")
        to = cells.optionalDate("to", notBefore: from)
        agreedRate =
            cells.text("daily_rate").isEmpty ? nil : cells.amount("daily_rate", from: .zero)
    }
}

extension FeeRow: TableRow {
    public static let format = TableFormat.fees
    public init(_ cells: inout Cells) {
        item = cells.code("item")
        name = cells.required("name")
        basis = cells.choice("basis", orElse: .area)
        price = cells.amount("price", from: .zero)
        cycle = cells.cycle("cycle", basis: basis)
        kinds = Set(cells.choices("kinds", atLeastOne: true))
        from = cells.date("from")
        to = cells.optionalDate("to", notBefore: from)
    }
}

extension ReadingRow: TableRow {
    public static let format = TableFormat.readings
    public init(_ cells: inout Cells) {
        unit = cells.code("unit")
        item = cells.code("item")
        period = cells.period("period")
        let previous: MeterReading = cells.amount("previous", from: .zero)
        let reading: MeterReading = cells.amount("reading", from: .zero)
        use = MeterUse(previous: previous, reading: reading)
        if cells.problems.isEmpty, reading < previous {
            cells.refuse(
                "reading",
                Bilingual(
                    zh: "本期读数比上期读数 \(previous) 小。请核对抄表；换过表的，请按新表分两行账期录入。",
                    en:
                        "is below the previous reading \(previous). Check the meter; after a change of "
                        + "meter, enter the new one's readings."))
        }
    }
}

extension ChargeRow: TableRow {
    public static let format = TableFormat.charges
    public init(_ cells: inout Cells) {
        unit = cells.code("unit")
        item = cells.code("item")
        period = cells.period("period")
        amount = cells.amount("amount", from: Money(fen: 1))
        due = cells.date("due")
    }
}

extension PaymentRow: TableRow {
    public static let format = TableFormat.payments
    public init(_ cells: inout Cells) {
        reference = cells.code("reference")
        date = cells.date("date")
        unit = cells.code("unit")
        owner = cells.text("owner")
        amount = cells.amount("amount", from: Money(fen: 1))
        method = cells.choice("method", orElse: .bank)
        payer = cells.plain("payer")
        note = cells.text("note")
    }
}

extension WaiverRow: TableRow {
    public static let format = TableFormat.waivers
    public init(_ cells: inout Cells) {
        reference = cells.code("reference")
        date = cells.date("date")
        unit = cells.code("unit")
        item = cells.code("item")
        period = cells.period("period")
        amount = cells.amount("amount", from: Money(fen: 1))
        reason = cells.required("reason")
        approvedBy = cells.required("approved_by")
    }
}

extension ConcessionRow: TableRow {
    public static let format = TableFormat.concessions
    public init(_ cells: inout Cells) {
        reference = cells.code("reference")
        unit = cells.code("unit")
        item = cells.code("item")
        from = cells.period("from")
        to = cells.optionalPeriod("to", notBefore: from)
        relief = cells.relief(kind: "kind", value: "value")
        reason = cells.required("reason")
        approvedBy = cells.required("approved_by")
        review = cells.optionalDate("review")
        decided = cells.optionalDate("on")
    }
}

extension HoldRow: TableRow {
    public static let format = TableFormat.holds
    public init(_ cells: inout Cells) {
        unit = cells.code("unit")
        let reason: DunningHold.Reason = cells.choice("reason", orElse: .disputed)
        let from = cells.date("from")
        hold = DunningHold(
            reason: reason, from: from, to: cells.optionalDate("to", notBefore: from))
        note = cells.text("note")
    }
}
