public import Primitives

/// One line of the fee schedule: an item, how it is counted, at what price, for whom, and when.
public struct FeeLine: Hashable, Sendable {
    public enum Basis: String, Sendable, CaseIterable {
        /// Area × price × months of the cycle.
        case area
        /// Price × months of the cycle.
        case fixed
        /// Used quantity × price, where the period has a reading.
        case metered
    }

    public let item: FeeItem
    public let basis: Basis
    public let price: UnitPrice
    /// Months that one charge covers: 1, 3, 6 or 12, in blocks counted from January.
    public let cycle: Int
    public let kinds: Set<UnitKind>
    public let from: CivilDate
    /// Inclusive; `nil` is open.
    public let to: CivilDate?

    public init(
        item: FeeItem, basis: Basis, price: UnitPrice, cycle: Int, kinds: Set<UnitKind>,
        from: CivilDate, to: CivilDate?
    ) {
        self.item = item
        self.basis = basis
        self.price = price
        self.cycle = cycle
        self.kinds = kinds
        self.from = from
        self.to = to
    }

    public static let cycles = [1, 3, 6, 12]

    func holds(on date: CivilDate) -> Bool { from <= date && date <= (to ?? .distantFuture) }

    /// The days of the block around `period`, both inclusive.
    func block(around period: Period) -> (first: CivilDate, last: CivilDate) {
        let start = Period(index: period.index - (period.month - 1) % cycle)
        return (start.firstDay, start.advanced(byMonths: cycle - 1).lastDay)
    }
}

/// What was read off a meter for one period; never falling.
public struct MeterUse: Hashable, Sendable {
    public let previous: MeterReading
    public let reading: MeterReading
    public init(previous: MeterReading, reading: MeterReading) {
        self.previous = previous
        self.reading = reading
    }
    /// In 1/1000.
    var quantity: Int { reading.parts - previous.parts }
}

/// A charge that the schedule gives, before it is known who holds the unit.
public struct ScheduledCharge: Hashable, Sendable {
    public let item: FeeItem
    public let amount: Money
    /// The day that decides which account is charged.
    public let firstDay: CivilDate
    public let due: CivilDate
}

/// Which items a unit is charged, at what price, from when (SPEC.md 3), for one fee period.
public struct PeriodSchedule: Sendable {
    private let period: Period
    private let dueDay: Int
    /// Lines whose block around the period they reach into, by kind of unit, then by item.
    private let lines: [UnitKind: [[FeeLine]]]

    /// - Parameter dueDay: day of the month, 1...31, on which charges fall due.
    public init(lines: [FeeLine], period: Period, dueDay: Int) {
        self.period = period
        self.dueDay = dueDay
        let reaching = lines.filter { line in
            let block = line.block(around: period)
            return line.from <= block.last && (line.to ?? .distantFuture) >= block.first
        }
        var byKind: [UnitKind: [[FeeLine]]] = [:]
        for kind in UnitKind.allCases {
            let items = Dictionary(
                grouping: reaching.filter { $0.kinds.contains(kind) }, by: \.item)
            byKind[kind] = items.values.sorted { inByteOrder($0[0].item.code, $1[0].item.code) }
        }
        self.lines = byKind
    }

    /// The unit's charges of the period, by item code; none of 0.00.
    public func charges(for unit: Unit, uses: [ID<FeeItem>: MeterUse]) -> [ScheduledCharge] {
        (lines[unit.kind] ?? []).compactMap { ofOneItem in
            charge(ofOneItem, for: unit, use: uses[ofOneItem[0].item.id])
        }
    }

    /// Why the schedule gives a unit no charge for an item that its kind is charged for.
    public enum Omission: Hashable, Sendable {
        /// The unit is handed over after the period.
        case notHandedOver
        /// Metered, and the period has no reading.
        case notRead
        /// It comes to 0.00.
        case nothing
    }

    /// The items that `charges` leaves out in a period in which they fall; those whose block was or
    /// will be charged in another period are not among them.
    public func omissions(
        for unit: Unit, uses: [ID<FeeItem>: MeterUse]
    ) -> [(item: FeeItem, why: Omission)] {
        (lines[unit.kind] ?? []).compactMap { ofOneItem in
            let item = ofOneItem[0].item
            let why = omission(ofOneItem, for: unit, use: uses[item.id])
            return why.map { (item, $0) }
        }
    }

    private func omission(_ lines: [FeeLine], for unit: Unit, use: MeterUse?) -> Omission? {
        if charge(lines, for: unit, use: use) != nil { return nil }
        if lines.contains(where: { part(of: $0, for: unit, use: use) != nil }) { return .nothing }
        let isLate = unit.handover.map { $0 > period.lastDay } ?? false
        let first = isLate ? period.firstDay : max(period.firstDay, unit.handover ?? .distantPast)
        let isMetered = lines.contains { $0.basis == .metered && $0.holds(on: first) }
        guard isLate else { return isMetered && use == nil ? .notRead : nil }
        let early = Unit(
            id: unit.id, code: unit.code, building: unit.building, kind: unit.kind,
            area: unit.area, handover: nil)
        let falls = lines.contains {
            coveredPart(of: $0, for: early) != nil && $0.basis != .metered
        }
        return isMetered || falls ? .notHandedOver : nil
    }

    /// Parts of several lines add up to one charge, rounded once; the earliest decides account and
    /// due date.
    private func charge(_ lines: [FeeLine], for unit: Unit, use: MeterUse?) -> ScheduledCharge? {
        let parts = lines.compactMap { part(of: $0, for: unit, use: use) }
        guard let first = parts.map(\.firstDay).min() else { return nil }
        let sum = parts.map(\.amount).reduce(Fraction(0, 1), +)
        let amount = Money(fen: roundHalfUp(sum.numerator, over: sum.denominator))
        guard amount != .zero else { return nil }
        return ScheduledCharge(
            item: lines[0].item, amount: amount, firstDay: first,
            due: dueDate(period: period, firstDay: first, dueDay: dueDay))
    }

    private func part(of line: FeeLine, for unit: Unit, use: MeterUse?) -> Part? {
        line.basis == .metered
            ? meteredPart(of: line, for: unit, use: use) : coveredPart(of: line, for: unit)
    }

    private func meteredPart(of line: FeeLine, for unit: Unit, use: MeterUse?) -> Part? {
        guard let use else { return nil }
        let first = max(period.firstDay, unit.handover ?? .distantPast)
        guard first <= period.lastDay, line.holds(on: first) else { return nil }
        // 1/1000 × 1/10000 yuan = 1/100000 fen
        return Part(
            firstDay: first,
            amount: Fraction(Int128(use.quantity) * Int128(line.price.parts), 100_000))
    }

    /// Charged in the period of the first day covered, and in no other.
    private func coveredPart(of line: FeeLine, for unit: Unit) -> Part? {
        let block = line.block(around: period)
        let first = max(block.first, line.from, unit.handover ?? .distantPast)
        let last = min(block.last, line.to ?? .distantFuture)
        guard first <= last, first.period == period else { return nil }
        let whole = Int128(line.price.parts) * Int128(line.cycle)
        let covered = Int128(last - first + 1)
        let days = Int128(block.last - block.first + 1)
        switch line.basis {
        case .area:  // 1/100 m² × 1/10000 yuan = 1/10000 fen
            return Part(
                firstDay: first,
                amount: Fraction(whole * Int128(unit.area.parts) * covered, 10_000 * days))
        case .fixed, .metered:  // 1/10000 yuan = 1/100 fen
            return Part(firstDay: first, amount: Fraction(whole * covered, 100 * days))
        }
    }
}

/// Day `dueDay` of the period's month, or of the next where the first day charged is later
/// (SPEC.md 3).
func dueDate(period: Period, firstDay: CivilDate, dueDay: Int) -> CivilDate {
    let due = period.day(dueDay)
    return firstDay > due ? period.next.day(dueDay) : due
}

/// What one line contributes to a charge; `amount` in fen.
private struct Part {
    let firstDay: CivilDate
    let amount: Fraction
}

/// An exact amount in fen, of 0 or more.
private struct Fraction {
    let numerator: Int128
    let denominator: Int128

    init(_ numerator: Int128, _ denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    static func + (a: Fraction, b: Fraction) -> Fraction {
        a.denominator == b.denominator
            ? Fraction(a.numerator + b.numerator, a.denominator)
            : Fraction(
                a.numerator * b.denominator + b.numerator * a.denominator,
                a.denominator * b.denominator)
    }
}
