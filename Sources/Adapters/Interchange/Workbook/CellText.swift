import Glibc
import Primitives

/// A cell that cannot be taken as it is stored, and what is shown of it.
struct CellRefusal: Error {
    let value: String?
    let message: Bilingual
}

extension Workbook {
    /// The text that a CSV file would have for the cell; what a spreadsheet has made into something
    /// else is refused, not guessed.
    func text(of cell: SheetCell, as kind: ColumnKind) throws -> String {
        switch cell {
        case .text(let text): return unmarked(text)
        case .shared(let place): return unmarked(try sharedText(place))
        case .truth(let isTrue): return isTrue ? "TRUE" : "FALSE"
        case .fault(let fault): throw CellRefusal(value: fault, message: isFault)
        case .uncalculated: throw CellRefusal(value: nil, message: isUncalculated)
        case .day(let text): return try dayText(text, as: kind)
        case .number(let text, let style):
            return try numberText(text, styles.style(style), as: kind)
        }
    }

    private func numberText(
        _ text: String, _ style: NumberStyle, as kind: ColumnKind
    ) throws(CellRefusal) -> String {
        guard let number = Double(trimmed(text)), number.isFinite else { return text }
        switch style {
        case .date, .time:
            guard let moment = moment(number) else {
                let text = decimalText(number)
                if kind == .date || kind == .period { return text }
                throw CellRefusal(value: text, message: isDate)
            }
            return try dateText(moment.day, at: moment.time, as: kind)
        case .percent:
            if case .rate = kind { return decimalText(number) }
            let shown = decimalText(number * 100) + "%"
            throw CellRefusal(value: shown, message: isPercent)
        default: return try plainText(number, style, as: kind)
        }
    }

    private func plainText(
        _ number: Double, _ style: NumberStyle, as kind: ColumnKind
    ) throws(CellRefusal) -> String {
        let text = decimalText(number)
        guard kind == .code || kind == .text else { return text }
        if style == .dressed { throw CellRefusal(value: text, message: isDressed) }
        if abs(number) >= 1e15 { throw CellRefusal(value: text, message: isTooLong) }
        let isWhole = number == number.rounded()
        if kind == .code, !isWhole { throw CellRefusal(value: text, message: isFraction) }
        guard case .padded(let width) = style, isWhole, number >= 0 else { return text }
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// `nil` where no calendar of a spreadsheet has that number.
    private func moment(_ serial: Double) -> (day: CivilDate, time: String?)? {
        let serial = countsFrom1904 ? serial + 1_462 : serial
        guard serial >= 1, serial < 2_958_466 else { return nil }
        var days = Int(serial)
        var seconds = Int(((serial - Double(days)) * 86_400).rounded())
        if seconds == 86_400 { (days, seconds) = (days + 1, 0) }
        // Spreadsheets count a 29 February 1900, which never was, as day 60.
        if days == 60, !countsFrom1904 { return nil }
        let isAfterGap = days > 60 || countsFrom1904
        let day = CivilDate(dayNumber: days - (isAfterGap ? 25_569 : 25_568))
        let minutes = seconds / 60 % 60
        let time = "\(seconds / 3_600):\(minutes < 10 ? "0" : "")\(minutes)"
        return (day, seconds == 0 ? nil : time)
    }

    private func dayText(_ text: String, as kind: ColumnKind) throws(CellRefusal) -> String {
        let parts = text.split(separator: "T", maxSplits: 1)
        guard let first = parts.first, let day = CivilDate(String(first)) else { return text }
        let hasTime = parts.count == 2 && parts[1].contains { ("1"..."9").contains($0) }
        return try dateText(day, at: hasTime ? String(parts[1]) : nil, as: kind)
    }

    private func dateText(
        _ day: CivilDate, at time: String?, as kind: ColumnKind
    ) throws(CellRefusal) -> String {
        let shown = time.map { "\(day) \($0)" } ?? "\(day)"
        switch kind {
        case .date:
            if time != nil { throw CellRefusal(value: shown, message: isTime) }
            return "\(day)"
        case .period:
            // Excel makes the first of the month of a typed 2026-11.
            if time != nil || day.day != 1 { throw CellRefusal(value: shown, message: isDay) }
            return "\(day.period)"
        case .code, .text: throw CellRefusal(value: shown, message: isDate)
        case .number, .rate: throw CellRefusal(value: shown, message: isDateNotNumber)
        }
    }
}

/// The shortest decimal of at most 15 digits, as spreadsheets show numbers; no exponent, unless the
/// number is beyond any amount.
func decimalText(_ number: Double) -> String {
    let text = formatted("%.14e", number)
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]), abs(exponent) <= 20 else { return text }
    var digits = parts[0].utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits == [UInt8(ascii: "0")] { return "0" }
    let places = exponent + 1
    if places <= 0 { digits.insert(contentsOf: zeros(1 - places), at: 0) }
    digits += zeros(places - digits.count)
    let whole = max(places, 1)
    let fraction = String(decoding: digits[whole...], as: UTF8.self)
    let sign = number < 0 ? "-" : ""
    return sign + String(decoding: digits[..<whole], as: UTF8.self)
        + (fraction.isEmpty ? "" : "." + fraction)
}

private func zeros(_ count: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: "0"), count: max(0, count))
}

private func formatted(_ format: String, _ number: Double) -> String {
    var text = [CChar](repeating: 0, count: 64)
    _ = withVaList([number]) { vsnprintf(&text, text.count, format, $0) }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private let isDate = Bilingual(
    zh: "Excel 已经把它变成了日期或时间，原来写的是什么无从知道。请把这一列的格式设为“文本”，再重新输入。",
    en:
        "Excel has turned this into a date or time; what was typed cannot be told from it. Format the column as "
        + "text, and type it again.")
private let isDateNotNumber = Bilingual(
    zh: "Excel 把它存成了日期，不是数。请把这一列的格式设为“数值”，再重新输入。",
    en: "is stored as a date, not as a number. Format the column as a number, and type it again.")
private let isTime = Bilingual(
    zh: "日期里还带着钟点。请只输入日期，如 2026-11-21。",
    en: "holds a time of day, too. Type the date alone, like 2026-11-21.")
private let isDay = Bilingual(
    zh: "是某一天，不是账期。请写成 2026-11 这样（这一列的格式设为“文本”）。",
    en: "is a day, not a period. Write it like 2026-11, with the column formatted as text.")
private let isFault = Bilingual(
    zh: "是 Excel 的错误值。请改正公式，或直接填写内容。",
    en: "is an error of the spreadsheet. Correct its formula, or type the value.")
private let isUncalculated = Bilingual(
    zh: "是公式，文件里没有存它的结果。请在 Excel 或 WPS 里打开，保存一次，或直接填写内容。",
    en:
        "is a formula whose value was not stored. Open the file in a spreadsheet and save it, or type the "
        + "value.")
private let isPercent = Bilingual(
    zh: "是百分比格式。请把格式设为“数值”，再写成不带 % 的数。",
    en: "is formatted as a percentage. Format it as a number, and write it without the %.")
private let isDressed = Bilingual(
    zh: "这一格有自定义格式，显示的和存的不一样。请把这一列的格式设为“文本”，再重新输入。",
    en:
        "has a number format of its own, which shows something else than is stored. Format the column "
        + "as text, and type it again.")
private let isTooLong = Bilingual(
    zh: "数字超过 15 位，Excel 已经改掉了后面几位。请把这一列的格式设为“文本”，再重新输入。",
    en:
        "has more than 15 digits, of which Excel has changed the last. Format the column as text, and "
        + "type it again.")
private let isFraction = Bilingual(
    zh: "Excel 把编号存成了小数，末尾的零可能已经丢失。请把这一列的格式设为“文本”，再重新输入。",
    en:
        "is a code that Excel has stored as a decimal, perhaps without its last zeros. Format the column "
        + "as text, and type it again.")
