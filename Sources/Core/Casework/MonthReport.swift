public import Primitives

/// The dates that a month's report speaks of: from the month's first day to `last`, both included.
///
/// A figure counts what has a date in them, and shows what stands as of `last`. What is undone in
/// them (a payment or a charge reversed) counts against them on the day of its own, whenever the
/// mistake was made.
public struct ReportMonth: Hashable, Sendable {
    public let period: Period
    public let last: CivilDate

    /// - Precondition: `last` lies in the month.
    public init(_ period: Period, last: CivilDate) {
        precondition(last.period == period, "a report ends in its month")
        self.period = period
        self.last = last
    }

    public var first: CivilDate { period.firstDay }
    /// The evening before: what a movement is counted from.
    public var before: CivilDate { first.advanced(byDays: -1) }

    public func contains(_ date: CivilDate) -> Bool { first <= date && date <= last }

    /// The newest first period whose rate is shown.
    public var firstRated: Period { period.advanced(byMonths: -11) }
}

/// What a month's report counts. Each figure is the sum of the rows behind it (`MonthRow`), and is
/// defined here and nowhere else.
public enum MonthFigure: String, CaseIterable, Sendable {
    /// Charges issued in the month, before concessions, less those reversed in it: the month's
    /// change of what `accounts` calls charged.
    case charged
    /// What concessions took off principals in the month: the change of `conceded`.
    case conceded
    /// Money received: payments by value date, less those reversed by the day of the reversal. It
    /// is the sum of the next four.
    case collected
    /// Principal of charges of the month's own period that payments, or credit from them, met in
    /// the month.
    case currentCollected = "current_collected"
    /// The same, of charges of earlier periods.
    case arrearsCollected = "arrears_collected"
    /// Late fee that payments met in the month, less excess taken off.
    case lateFeeCollected = "late_fee_collected"
    /// Credit that came, less credit that was used or reversed.
    case creditChange = "credit_change"
    /// Charges of the month's own period that stand as of the last day, less their concessions:
    /// what `current_collected` is a share of.
    case currentDue = "current_due"
    /// Principal of charges of earlier periods that was open on the evening before the month: what
    /// `arrears_collected` is a share of.
    case arrearsDue = "arrears_due"
    /// Charges of the last twelve periods, by period, that stand as of the last day, less
    /// concessions.
    case periodDue = "period_due"
    /// What of them has been met by the last day: the rate of a period grows with every month.
    case periodCollected = "period_collected"
    /// Open principal of charges whose due date lies before the last day, by days since then.
    case overdue
    /// The month's change of the late fee gross: what accrued, less what a reversal or a lowered
    /// cap took back.
    case lateFeeAccrued = "late_fee_accrued"
    /// Late fee that waivers took off in the month; by who approved it.
    case lateFeeWaived = "late_fee_waived"
    /// Promises given in the month, those retracted left out; the amount is the promised one.
    case promisesMade = "promises_made"
    /// Promises whose day to be judged (the day after the promised one) lies in the month, as they
    /// stand as of the last day.
    case promisesKept = "promises_kept"
    case promisesPartly = "promises_partly"
    case promisesBroken = "promises_broken"
    /// Hardship cases that were granted relief in the month; by who decided. No unit is named.
    case reliefGranted = "relief_granted"
    /// Calls, visits, messages and letters of the month that were not corrected by its last day; by
    /// the first staff member named.
    case contacts
    /// Complaints made in the month.
    case complaints
    /// Complaints answered in the month.
    case complaintsAnswered = "complaints_answered"
    /// `casework.costs` for each letter printed and each mail accepted of the notices with an as-of
    /// date in the month, and for each call. Reprints cost nothing here.
    case cost

    /// Whether its rows have amounts; else they are counted alone.
    public var hasAmount: Bool {
        switch self {
        case .reliefGranted, .contacts, .complaints, .complaintsAnswered: false
        default: true
        }
    }

    /// What it is a share of.
    public var base: MonthFigure? {
        switch self {
        case .currentCollected: .currentDue
        case .arrearsCollected: .arrearsDue
        case .periodCollected: .periodDue
        default: nil
        }
    }
}

/// How long a principal has been overdue, in days since its due date.
public enum ArrearsAge: String, CaseIterable, Sendable {
    case days30 = "1-30"
    case days60 = "31-60"
    case days90 = "61-90"
    case days180 = "91-180"
    case days365 = "181-365"
    case older = "366+"

    /// `nil` on the due date and before.
    public init?(daysOverdue days: Int) {
        switch days {
        case ...0: return nil
        case ...30: self = .days30
        case ...60: self = .days60
        case ...90: self = .days90
        case ...180: self = .days180
        case ...365: self = .days365
        default: self = .older
        }
    }
}

/// One row behind a figure: what it counts, and where it belongs. What does not apply is empty.
public struct MonthRow: Hashable, Sendable {
    public let figure: MonthFigure
    public var unit = ""
    /// Codes of the account's owners, joined by `;`.
    public var owners = ""
    public var building = ""
    public var item = ""
    public var period: Period?
    public let date: CivilDate
    public var age: ArrearsAge?
    /// How a payment came, a contact was made, a notice went out.
    public var way = ""
    public var staff = ""
    /// Of a payment, waiver, notice, promise, contact …
    public var reference = ""
    /// 0 where the figure counts rows alone.
    public var amount = Money.zero

    public init(_ figure: MonthFigure, on date: CivilDate) {
        self.figure = figure
        self.date = date
    }
}

/// A figure, in all or for one group of its rows.
public struct MonthLine: Hashable, Sendable {
    public enum Part: String, CaseIterable, Sendable {
        case month, period, building, age, way, staff
    }

    public let part: Part
    /// Empty in the part `month`.
    public let group: String
    public let figure: MonthFigure
    public let count: Int
    /// `nil` where the figure counts rows alone.
    public let amount: Money?
    /// Of the figure that it is a share of, rounded half up; `nil` where it is none, or of nothing.
    public let percent: Percentage?
}

/// Adds rows up, in all and by group; what it keeps does not grow with the rows.
public struct MonthTotals: Sendable {
    private struct Key: Hashable {
        let part: MonthLine.Part
        let group: String
        let figure: MonthFigure
    }

    private var sums: [Key: (count: Int, amount: Money)] = [:]
    private var groups: [MonthLine.Part: Set<String>] = [:]

    public init() {}

    /// Counts a row in the month's figure, and in each group that it names.
    public mutating func add(_ row: MonthRow) {
        for part in MonthLine.Part.allCases {
            guard let group = row.group(in: part) else { continue }
            groups[part, default: []].insert(group)
            let key = Key(part: part, group: group, figure: row.figure)
            let sum = sums[key] ?? (0, .zero)
            sums[key] = (sum.count + 1, sum.amount + row.amount)
        }
    }

    /// By part, then group in natural order (ages from the youngest), then figure as declared. The
    /// month has all figures, a group those that have rows in it.
    public var lines: [MonthLine] {
        MonthLine.Part.allCases.flatMap { part in
            ordered(part).flatMap { group in
                MonthFigure.allCases.compactMap { line(part, group, $0) }
            }
        }
    }

    private func ordered(_ part: MonthLine.Part) -> [String] {
        switch part {
        case .month: return [""]
        case .age: return ArrearsAge.allCases.map(\.rawValue)
        default:
            return (groups[part] ?? []).sorted {
                naturalOrderKey($0).lexicographicallyPrecedes(naturalOrderKey($1))
            }
        }
    }

    private func line(
        _ part: MonthLine.Part, _ group: String, _ figure: MonthFigure
    ) -> MonthLine? {
        let sum = sums[Key(part: part, group: group, figure: figure)]
        let isShown = part == .month || part == .age && figure == .overdue || sum != nil
        guard isShown else { return nil }
        let amount = sum?.amount ?? .zero
        let base = figure.base.map {
            sums[Key(part: part, group: group, figure: $0)]?.amount ?? .zero
        }
        return MonthLine(
            part: part, group: group, figure: figure, count: sum?.count ?? 0,
            amount: figure.hasAmount ? amount : nil, percent: base.flatMap { amount.share(of: $0) })
    }
}

extension MonthRow {
    /// `nil` where the row belongs to no group of that part.
    fileprivate func group(in part: MonthLine.Part) -> String? {
        switch part {
        case .month: ""
        case .period: figure == .periodDue || figure == .periodCollected ? "\(period!)" : nil
        case .building: figure.isOfLedger ? building : nil
        case .age: age?.rawValue
        case .way: way.isEmpty ? nil : way
        case .staff: staff.isEmpty ? nil : staff
        }
    }
}

extension MonthFigure {
    /// Of charges and payments.
    fileprivate var isOfLedger: Bool {
        switch self {
        case .periodDue, .periodCollected, .promisesMade, .promisesKept, .promisesPartly,
            .promisesBroken, .reliefGranted, .contacts, .complaints, .complaintsAnswered, .cost:
            false
        default: true
        }
    }
}

extension Money {
    /// In percent, rounded half up; `nil` of nothing, and where less than nothing was collected.
    fileprivate func share(of whole: Money) -> Percentage? {
        guard whole > .zero, self >= .zero else { return nil }
        return Percentage(
            parts: roundHalfUp(
                Int128(fen) * Int128(Percentage.hundred.parts), over: Int128(whole.fen)))
    }
}
