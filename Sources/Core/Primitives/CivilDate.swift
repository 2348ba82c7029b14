/// A date of the Gregorian calendar, without clock time or time zone.
///
/// Stored as days since 1970-01-01 (negative before), so that differences are subtractions.
public struct CivilDate: Hashable, Comparable, Sendable {
    public let dayNumber: Int

    public init(dayNumber: Int) { self.dayNumber = dayNumber }

    /// `nil` where there is no such date, or where the year is outside 1...9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= daysInMonth(year: year, month: month)
        else { return nil }
        dayNumber = daysFromCivil(year: year, month: month, day: day)
    }

    /// Reads `2026-11-21`, and nothing else.
    public init?(_ text: String) {
        var bytes = text.utf8.makeIterator()
        guard let year = digits(4, of: &bytes), bytes.next() == dash,
            let month = digits(2, of: &bytes), bytes.next() == dash,
            let day = digits(2, of: &bytes), bytes.next() == nil
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Earlier, and later, than every date that a book can hold.
    public static let distantPast = CivilDate(dayNumber: -1_000_000)
    public static let distantFuture = CivilDate(dayNumber: 10_000_000)

    public static func < (a: CivilDate, b: CivilDate) -> Bool { a.dayNumber < b.dayNumber }
    public static func - (a: CivilDate, b: CivilDate) -> Int { a.dayNumber - b.dayNumber }
    /// The date so many days later; earlier where negative.
    public func advanced(byDays days: Int) -> CivilDate { CivilDate(dayNumber: dayNumber + days) }

    /// The month that the date lies in.
    public var period: Period {
        let parts = civilFromDays(dayNumber)
        return Period(year: parts.year, monthOrdinal: parts.month)
    }
    public var year: Int { civilFromDays(dayNumber).year }
    /// 1...12
    public var month: Int { civilFromDays(dayNumber).month }
    /// 1...31
    public var day: Int { civilFromDays(dayNumber).day }
}

extension CivilDate: CustomStringConvertible {
    public var description: String {
        let parts = civilFromDays(dayNumber)
        return
            "\(padded(parts.year, to: 4))-\(padded(parts.month, to: 2))-\(padded(parts.day, to: 2))"
    }
}

/// A fee period: one month, for which charges are issued.
public struct Period: Hashable, Comparable, Sendable {
    /// Months since January of year 0.
    public let index: Int

    public init(index: Int) { self.index = index }

    /// - Parameter monthOrdinal: 1...12
    init(year: Int, monthOrdinal: Int) { index = year * 12 + monthOrdinal - 1 }

    /// Reads `2026-11`, and nothing else.
    public init?(_ text: String) {
        var bytes = text.utf8.makeIterator()
        guard let year = digits(4, of: &bytes), bytes.next() == dash,
            let month = digits(2, of: &bytes), bytes.next() == nil,
            (1...9999).contains(year), (1...12).contains(month)
        else { return nil }
        self.init(year: year, monthOrdinal: month)
    }

    public var year: Int { index / 12 }
    /// 1...12
    public var month: Int { index % 12 + 1 }
    public var firstDay: CivilDate {
        CivilDate(dayNumber: daysFromCivil(year: year, month: month, day: 1))
    }
    public var lastDay: CivilDate { next.firstDay.advanced(byDays: -1) }
    public var next: Period { Period(index: index + 1) }
    /// The period so many months later; earlier where negative.
    public func advanced(byMonths months: Int) -> Period { Period(index: index + months) }

    /// Day `day` of the month, or the month's last day where the month is shorter.
    public func day(_ day: Int) -> CivilDate {
        min(firstDay.advanced(byDays: day - 1), lastDay)
    }

    public static func < (a: Period, b: Period) -> Bool { a.index < b.index }
}

extension Period: CustomStringConvertible {
    public var description: String { "\(padded(year, to: 4))-\(padded(month, to: 2))" }
}

// MARK: - The calendar's arithmetic

private func daysInMonth(year: Int, month: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days since 1970-01-01. Counts years from March, so that the leap day comes last; 400 years
/// (an era) have 146,097 days, and 719,468 days lie between 0000-03-01 and 1970-01-01.
private func daysFromCivil(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civilFromDays(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = dayNumber + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
}

func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }

private let dash = UInt8(ascii: "-")

/// The next `count` bytes, where all of them are digits.
private func digits(_ count: Int, of bytes: inout String.UTF8View.Iterator) -> Int? {
    var value = 0
    for _ in 0..<count {
        guard let byte = bytes.next(), (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte) - 48
    }
    return value
}

func padded(_ value: Int, to width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
