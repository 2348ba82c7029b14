import Primitives

/// Writes CSV: commas, LF, quotes where needed; text that a spreadsheet would take for a formula
/// is marked by an apostrophe.
public struct CSVWriter {
    public enum Field {
        case text(String)
        /// Numbers, dates, codes from a fixed set: written as they are.
        case plain(String)
    }

    private var line = ""
    private let output: (String) throws -> Void

    /// - Parameter output: takes each row, its line end included.
    public init(_ output: @escaping (String) throws -> Void) {
        self.output = output
    }

    /// Writes one row, with its line end.
    public mutating func row(_ fields: [Field]) throws {
        line.removeAll(keepingCapacity: true)
        for (index, field) in fields.enumerated() {
            if index > 0 { line += "," }
            switch field {
            case .plain(let text): append(text)
            case .text(let text):
                append(looksLikeFormula(text) ? "'" + text : text)
            }
        }
        line += "\n"
        try output(line)
    }

    /// Writes the column names.
    public mutating func header(_ names: [String]) throws { try row(names.map { .plain($0) }) }

    private mutating func append(_ text: String) {
        if isPlain(text) {
            line += text
            return
        }
        line += "\""
        for character in text.unicodeScalars {
            if character == "\"" { line += "\"\"" } else { line.unicodeScalars.append(character) }
        }
        line += "\""
    }
}

/// No quotes needed: no quote, comma or line end, and no white space at the ends.
private func isPlain(_ text: String) -> Bool {
    let isSpecial: (UInt8) -> Bool = { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
    if text.utf8.contains(where: isSpecial) { return false }
    let isGraphic: (UInt8?) -> Bool = { $0.map { $0 > 0x20 && $0 < 0x7f } ?? true }
    if isGraphic(text.utf8.first), isGraphic(text.utf8.last) { return true }
    return !text.first!.isWhitespace && !text.last!.isWhitespace
}

/// Whether a spreadsheet would take the text for a formula, or for one that is marked already.
func looksLikeFormula(_ text: some StringProtocol) -> Bool {
    guard let first = text.unicodeScalars.first(where: { $0 != "'" }) else { return false }
    return ["=", "+", "-", "@"].contains(first)
}
