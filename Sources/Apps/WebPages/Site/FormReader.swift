import Office
import Primitives
import SQLiteStore

/// Reads what was posted, field by field: notes what is wrong, and keeps the text for the page.
struct FormReader {
    let fields: Fields
    /// In the order in which the fields were read; an empty field name means the form as a whole.
    private(set) var problems: [(field: String, text: Bilingual)] = []

    init(fields: Fields) { self.fields = fields }

    /// Each field's text as it was typed.
    var kept: [String: String] {
        Dictionary(fields.all.map { ($0.name, $0.value) }) { first, _ in first }
    }

    mutating func refuse(_ field: String = "", _ text: Bilingual) {
        problems.append((field, text))
    }

    /// Text that must be there.
    mutating func text(_ field: String, atMost length: Int = 1000) -> String? {
        guard let text = optional(field, atMost: length) else {
            if problems.last?.field != field {
                refuse(field, Bilingual(zh: "请填写。", en: "Please fill this in."))
            }
            return nil
        }
        return text
    }

    mutating func optional(_ field: String, atMost length: Int = 1000) -> String? {
        guard let text = fields[field] else { return nil }
        guard text.count <= length else {
            refuse(
                field,
                Bilingual(zh: "太长：最多 \(length) 字。", en: "Too long: \(length) characters at most."))
            return nil
        }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0 == "\n" || $0 == "\r" || $0 == "\t" || $0.properties.generalCategory != .control
        }
        guard isPlain else {
            refuse(
                field,
                Bilingual(zh: "有看不见的控制字符，请重新输入。", en: "It holds control characters. Type it anew."))
            return nil
        }
        return text
    }

    /// Yuan, more than zero, with at most two decimals: also `1,234.5` and `１２３４．５`, or with `¥`.
    mutating func money(_ field: String) -> Money? {
        guard let text = text(field) else { return nil }
        guard let money = Money(typed: text), money > .zero else {
            refuse(
                field,
                Bilingual(
                    zh: "“\(text)”不是金额。请写如 1,234.50，大于零，最多两位小数。",
                    en:
                        "“\(text)” is no amount. Write it like 1,234.50: above zero, two decimals at most."
                ))
            return nil
        }
        return money
    }

    /// Also `20261121` and `2026/11/21`.
    mutating func date(_ field: String) -> CivilDate? {
        guard let text = text(field) else { return nil }
        guard let date = CivilDate(typed: text) else {
            refuse(
                field,
                Bilingual(
                    zh: "“\(text)”不是日期。请写如 2026-11-21。",
                    en: "“\(text)” is no date. Write it like 2026-11-21."))
            return nil
        }
        return date
    }

    mutating func period(_ field: String) -> Period? {
        guard let text = text(field) else { return nil }
        guard let period = Period(halfWidth(text)) else {
            refuse(
                field,
                Bilingual(
                    zh: "“\(text)”不是账期。请写如 2026-11。",
                    en: "“\(text)” is no period. Write it like 2026-11."))
            return nil
        }
        return period
    }

    mutating func choice<Choice: RawRepresentable>(
        _ field: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let text = fields[field], let choice = Choice(rawValue: text) else {
            refuse(field, Bilingual(zh: "请选择一项。", en: "Please choose one."))
            return nil
        }
        return choice
    }

    /// A whole number within the range.
    mutating func number(_ field: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(field) else { return nil }
        guard let number = Int(halfWidth(text)), range.contains(number) else {
            refuse(
                field,
                Bilingual(
                    zh: "请写 \(range.lowerBound) 到 \(range.upperBound) 的整数。",
                    en: "Write a whole number from \(range.lowerBound) to \(range.upperBound)."))
            return nil
        }
        return number
    }

    func isOn(_ field: String) -> Bool { fields[field] != nil }

    /// Does the act where nothing is wrong with the form, else shows it again; so it does where a
    /// rule refuses the act.
    func act(
        else again: (FormReader) throws -> PageResponse, _ act: () throws -> PageResponse
    ) throws -> PageResponse {
        guard problems.isEmpty else { return try again(self) }
        do {
            return try act()
        } catch let error as any ExplainedError where !(error is StoreError) {
            var refused = self
            refused.refuse("", error.message)
            return try again(refused)
        }
    }
}

extension CivilDate {
    /// As people type it: `2026-11-21`, `20261121`, `2026/11/21`, `2026.1.5`, `2026年1月5日`, and
    /// in full width.
    init?(typed text: String) {
        let plain = halfWidth(text)
        if let date = CivilDate(plain) {
            self = date
            return
        }
        if plain.utf8.count == 8, let number = Int(plain) {
            self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
            return
        }
        let parts = plain.split { !$0.isASCII || !$0.isNumber }.map { Int($0) }
        let between = plain.filter { !($0.isASCII && $0.isNumber) }
        guard ["//", "--", "..", "年月日", "年月"].contains(between), parts.count == 3,
            let year = parts[0], let month = parts[1], let day = parts[2], year > 999
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

extension Money {
    /// As people type it: with `¥` or 元, thousands commas where they belong, full-width digits.
    init?(typed text: String) {
        var plain = Substring(halfWidth(text).filter { $0 != " " })
        if let first = plain.first, "¥￥".contains(first) { plain.removeFirst() }
        if plain.last == "元" { plain.removeLast() }
        plain = Substring(plain.map { $0 == "。" ? "." : String($0) }.joined())
        let whole = plain.prefix { $0 != "." }
        let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
        if groups.count > 1 {
            guard (1...3).contains(groups[0].count),
                groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
        }
        let joined = groups.joined() + plain.dropFirst(whole.count)
        guard let money = try? Money(parsing: String(joined)) else { return nil }
        self = money
    }
}
