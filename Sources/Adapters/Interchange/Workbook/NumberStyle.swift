/// What a cell's number format makes of its number, as far as an import must know.
enum NumberStyle: Equatable {
    /// Shown as the number that it is, apart from separators, decimals or a currency sign.
    case plain
    /// Filled up with zeros to so many digits.
    case padded(Int)
    case percent
    case date
    /// Hours and minutes alone.
    case time
    /// Text around or between the digits: what is shown is not what is stored.
    case dressed

    /// - Parameter id: one of the formats that every spreadsheet knows without a definition.
    init(builtIn id: Int) {
        switch id {
        case 9, 10: self = .percent
        case 14...17, 22, 27...31, 36, 50...54, 57, 58: self = .date
        case 18...21, 32...35, 45...47, 55, 56: self = .time
        default: self = .plain
        }
    }

    /// - Parameter code: a number format such as `yyyy"年"m"月"d"日"` or `#,##0.00`.
    init(code: String) {
        // As the Chinese Excel calls its general format.
        if code.hasPrefix("G/") {
            self = .plain
            return
        }
        var marks = FormatMarks()
        marks.read(code.utf8.prefix(1_000))
        self = marks.style
    }
}

/// What stands in the first section of a number format, outside of quotes.
private struct FormatMarks {
    private var letters: Set<UInt8> = []
    private var zeros = 0
    private var hasPercent = false
    private var hasElapsed = false
    private var hasText = false
    private var hasOther = false

    mutating func read(_ code: some Collection<UInt8>) {
        var rest = Array(code)[...]
        while let byte = rest.popFirst(), byte != UInt8(ascii: ";") {
            switch byte {
            case UInt8(ascii: "\""): hasText = take(&rest, until: byte) || hasText
            case UInt8(ascii: "["): readBracket(&rest)
            case UInt8(ascii: "\\"):
                hasText = rest.first.map { !separators.contains($0) } ?? false || hasText
                rest = rest.dropFirst()
            case UInt8(ascii: "_"), UInt8(ascii: "*"): rest = rest.dropFirst()
            default: read(byte, &rest)
            }
        }
    }

    private mutating func read(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) {
        let text = [byte] + rest.prefix(6)
        for word in words where text.starts(with: word, by: { $0 | 0x20 == $1 }) {
            rest = rest.dropFirst(word.count - 1)
            return
        }
        switch byte {
        case UInt8(ascii: "0"): zeros += 1
        case UInt8(ascii: "%"): hasPercent = true
        case UInt8(ascii: "E"), UInt8(ascii: "e"):
            let isExponent = rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-")
            if isExponent { rest = rest.dropFirst() } else { letters.insert(UInt8(ascii: "y")) }
            hasOther = true
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            letters.insert(byte | 0x20)
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), 0x80...: hasText = true
        default: hasOther = true
        }
    }

    /// `[h]` is hours beyond a day; `[Red]`, `[$-804]`, `[>100]` say nothing of the kind.
    private mutating func readBracket(_ rest: inout ArraySlice<UInt8>) {
        let inside = rest.prefix { $0 != UInt8(ascii: "]") }
        rest = rest.dropFirst(inside.count + 1)
        hasElapsed =
            hasElapsed
            || !inside.isEmpty && inside.allSatisfy { "hmsHMS".utf8.contains($0) }
    }

    /// - Returns: whether there was anything but white space and currency signs.
    private func take(_ rest: inout ArraySlice<UInt8>, until end: UInt8) -> Bool {
        let inside = rest.prefix { $0 != end }
        rest = rest.dropFirst(inside.count + 1)
        return inside.contains { !separators.contains($0) }
    }

    var style: NumberStyle {
        let has = { (wanted: String) in wanted.utf8.contains { letters.contains($0) } }
        if has("ydbg") { return .date }
        if has("hs") || hasElapsed { return .time }
        if has("m") || has("a") { return .date }
        if hasPercent { return .percent }
        if hasText || !letters.isEmpty { return .dressed }
        return zeros > 1 && !hasOther ? .padded(zeros) : .plain
    }
}

/// In a format without meaning for what kind of number it is; in lower case.
private let words = ["general", "am/pm", "a/p"].map { Array($0.utf8) }
private let separators = Set(" ,.()$¥￥元".utf8)

/// The number formats of a workbook's cells, by the index that the cells name.
final class Styles: PartContent {
    private var codes: [Int: NumberStyle] = [:]
    private var formats: [Int] = []
    private var isInCells = false

    private static let most = 100_000

    func style(_ index: Int) -> NumberStyle {
        guard formats.indices.contains(index) else { return .plain }
        return codes[formats[index]] ?? NumberStyle(builtIn: formats[index])
    }

    func begin(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("numFmt") {
            guard let id = element.text("numFmtId").flatMap({ Int($0) }),
                let code = element.text("formatCode"), codes.count < Self.most
            else { return }
            codes[id] = NumberStyle(code: code)
        } else if element.isNamed("cellXfs") {
            isInCells = true
        } else if isInCells, element.isNamed("xf"), formats.count < Self.most {
            formats.append(element.text("numFmtId").flatMap { Int($0) } ?? 0)
        }
    }

    func end(_ element: Element) {
        if element.isNamed("cellXfs") { isInCells = false }
    }

    func take(_ text: UnsafeBufferPointer<CChar>) {}
}
