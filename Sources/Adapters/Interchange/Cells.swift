import FeeLedger
public import Primitives

/// One row's cells by column name, with the problems found while reading them.
public struct Cells {
    public let file: String
    /// As a spreadsheet numbers rows: the header is 1.
    public let row: Int
    public private(set) var problems: [ImportProblem] = []
    private let values: [String]
    /// What stands where, by English column name; empty where the file has something else.
    private let columns: [String]

    init(file: String, row: Int, values: [String], columns: [String]) {
        self.file = file
        self.row = row
        self.values = values
        self.columns = columns
    }

    /// Empty where the file lacks the column.
    public func text(_ column: String) -> String {
        guard let place = columns.firstIndex(of: column), place < values.count else { return "" }
        return values[place]
    }

    /// Adds a problem of this row: what is wrong with the column's value, and the remedy.
    public mutating func refuse(_ column: String, _ message: Bilingual) {
        problems.append(
            ImportProblem(file: file, row: row, column: column, value: text(column), message))
    }

    // MARK: - Text

    /// Text without control characters: a line break in a name would break a letter or a header.
    mutating func plain(_ column: String) -> String {
        let value = text(column)
        let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
        if !isPlain, value.unicodeScalars.contains(where: \.isControl) {
            refuse(
                column,
                Bilingual(
                    zh: "里面有换行等控制字符。请删去。",
                    en: "has control characters, such as a line break. Take them out."))
        }
        return value
    }

    mutating func required(_ column: String) -> String {
        let value = plain(column)
        if value.isEmpty { refuse(column, Bilingual(zh: "不能空着。请填写。", en: "is empty. Fill it in.")) }
        return value
    }

    /// A code or reference: no control characters, at most 60 characters.
    mutating func code(_ column: String) -> String {
        let value = text(column)
        if value.isEmpty { return required(column) }
        let isShortAndPlain =
            value.utf8.count <= 60 && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
        if !isShortAndPlain, value.count > 60 || value.unicodeScalars.contains(where: \.isControl) {
            refuse(
                column,
                Bilingual(
                    zh: "编号最多 60 个字，不能有换行等控制字符。",
                    en: "a code has at most 60 characters and no control characters."))
        }
        return value
    }

    /// Codes of owners are joined by `;` where several stand in one field.
    mutating func ownerCode(_ column: String) -> String {
        let value = code(column)
        if value.contains(";") {
            refuse(
                column,
                Bilingual(zh: "业主编号里不能有分号。", en: "an owner's code holds no semicolon."))
        }
        return value
    }

    /// - Returns: the address, in ASCII, and what deserves a look though it is taken.
    mutating func email(_ column: String) -> (address: String, remark: Bilingual?) {
        let value = text(column)
        if value.isEmpty { return ("", nil) }
        let reading = MailAddressReading(value)
        if !reading.isUsable { refuse(column, notAnAddress(suggesting: reading.suggestion)) }
        return (reading.address, reading.remark)
    }

    private func notAnAddress(suggesting meant: String?) -> Bilingual {
        Bilingual(
            zh: "不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。"
                + (meant.map { "是不是 \($0)？" } ?? ""),
            en: "is not a mail address. Write it like name@example.com, without spaces or <>."
                + (meant.map { " Is it \($0)?" } ?? ""))
    }

    // MARK: - Choices

    mutating func choice<Choice: ChineseNamed>(_ column: String, orElse fallback: Choice) -> Choice
    {
        if let choice = Choice(named: text(column)) { return choice }
        refuseChoice(column, Choice.choices)
        return fallback
    }

    /// Joined by `;`, also in its Chinese form.
    mutating func choices<Choice: ChineseNamed>(
        _ column: String, atLeastOne: Bool = false
    ) -> [Choice] {
        let names = text(column).split { ";；、".contains($0) }.map { trimmed($0) }
        let found = names.map { Choice(named: $0) }
        if found.contains(where: { $0 == nil }) || (atLeastOne && found.isEmpty) {
            refuseChoice(column, Choice.choices)
        }
        return found.compactMap { $0 }
    }

    private mutating func refuseChoice(_ column: String, _ choices: String) {
        refuse(column, Bilingual(zh: "只能是：\(choices)。", en: "must be one of: \(choices)."))
    }

    // MARK: - Quantities

    mutating func amount<Quantity: DecimalQuantity>(
        _ column: String, from least: Quantity
    ) -> Quantity {
        do {
            let amount = try Quantity(parsing: text(column))
            if amount >= least { return amount }
            refuse(
                column,
                Bilingual(zh: "太小，至少要是 \(least)。", en: "is too small; the least is \(least)."))
        } catch {
            refuse(column, error.remedy)
        }
        return least
    }

    mutating func cycle(_ column: String, basis: FeeLine.Basis) -> Int {
        guard let cycle = Int(text(column)), FeeLine.cycles.contains(cycle) else {
            refuse(
                column,
                Bilingual(zh: "周期只能是 1、3、6、12 个月。", en: "a cycle is 1, 3, 6 or 12 months."))
            return 1
        }
        if basis == .metered, cycle != 1 {
            refuse(
                column,
                Bilingual(zh: "抄表项目的周期只能是 1 个月。", en: "a metered item has a cycle of 1 month."))
        }
        return cycle
    }

    mutating func relief(kind: String, value: String) -> Concession.Relief {
        guard let reliefKind = ReliefKind(named: text(kind)) else {
            refuseChoice(kind, ReliefKind.choices)
            return .noLateFee
        }
        switch reliefKind {
        case .percent:
            let share: Percentage = amount(value, from: Percentage(parts: 1))
            if share > .hundred {
                refuse(value, Bilingual(zh: "比例最多 100。", en: "a percentage is at most 100."))
            }
            return .percent(share)
        case .amount: return .amount(amount(value, from: Money(fen: 1)))
        case .noLateFee:
            if !text(value).isEmpty {
                refuse(
                    value,
                    Bilingual(
                        zh: "免滞纳金没有数值，请留空。", en: "no_late_fee has no value; leave it empty."))
            }
            return .noLateFee
        }
    }

    // MARK: - Dates

    mutating func date(_ column: String) -> CivilDate {
        if let date = spreadsheetDate(text(column)) { return date }
        refuse(
            column,
            Bilingual(
                zh: "不是日期。请写成 2026-11-21 这样。", en: "is not a date. Write it like 2026-11-21."))
        return CivilDate(dayNumber: 0)
    }

    mutating func optionalDate(_ column: String, notBefore first: CivilDate? = nil) -> CivilDate? {
        if text(column).isEmpty { return nil }
        let date = date(column)
        if let first, spreadsheetDate(text(column)) != nil, date < first {
            refuse(
                column,
                Bilingual(zh: "早于起始日期 \(first)。", en: "is before the first day, \(first)."))
        }
        return date
    }

    mutating func period(_ column: String) -> Period {
        if let period = spreadsheetPeriod(text(column)) { return period }
        refuse(
            column,
            Bilingual(zh: "不是账期。请写成 2026-11 这样。", en: "is not a period. Write it like 2026-11."))
        return Period(index: 0)
    }

    mutating func optionalPeriod(_ column: String, notBefore first: Period) -> Period? {
        if text(column).isEmpty { return nil }
        let period = period(column)
        if spreadsheetPeriod(text(column)) != nil, period < first {
            refuse(column, Bilingual(zh: "早于起始账期 \(first)。", en: "is before \(first)."))
        }
        return period
    }
}

extension DecimalError {
    /// What would be right.
    public var remedy: Bilingual {
        switch self {
        case .notANumber:
            Bilingual(
                zh: "不是数。请写成 1234.56 这样，不带千位分隔符、货币符号和公式。",
                en:
                    "is not a number. Write it like 1234.56, without thousands separators, currency "
                    + "signs or formulas.")
        case .tooManyDecimals(let allowed):
            Bilingual(
                zh: "小数最多 \(allowed) 位。",
                en: "has too many decimals; at most \(allowed) are allowed.")
        case .tooLarge: Bilingual(zh: "太大。请核对。", en: "is too large. Check it.")
        }
    }
}

/// `2026-11-21`, or as Chinese Excel writes it into CSV: `2026/11/21`, `2026/1/5`.
func spreadsheetDate(_ text: String) -> CivilDate? {
    CivilDate(text) ?? CivilDate(dashed(text, parts: 3))
}

/// `2026-11`, or `2026/11`, `2026/1`.
func spreadsheetPeriod(_ text: String) -> Period? {
    Period(text) ?? Period(dashed(text, parts: 2))
}

private func dashed(_ text: String, parts count: Int) -> String {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == count else { return "" }
    return parts.map { $0.count == 1 ? "0" + $0 : String($0) }.joined(separator: "-")
}

/// Without white space of any script at the ends.
public func trimmed(_ text: some StringProtocol) -> String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard let first = text.firstIndex(where: { !isSpace($0) }),
        let last = text.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
