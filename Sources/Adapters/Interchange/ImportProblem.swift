public import Primitives

/// Why an import cannot be taken, at one place of it: file, row, column, value, what would be right.
public struct ImportProblem: Error, Hashable, Sendable {
    public let file: String
    /// As a spreadsheet numbers rows: the header is 1. `nil` speaks of the file as a whole.
    public let row: Int?
    public let column: String?
    public let value: String?
    /// What is wrong, and the remedy.
    public let message: Bilingual

    public init(
        file: String, row: Int? = nil, column: String? = nil, value: String? = nil,
        _ message: Bilingual
    ) {
        self.file = file
        self.row = row
        self.column = column
        self.value = value
        self.message = message
    }

    /// The column as the office calls it in that language, whichever header the file has.
    public func column(in language: Language) -> String? {
        column.map { language == .zh ? chinese($0) : $0 }
    }

    /// The problem of a value that was typed in: the same without file and row.
    public func typedText(in language: Language) -> String {
        return ImportProblem(file: self.column(in: language) ?? file, value: value, message).text(
            in: language)
    }

    /// The column as the office calls it, whichever header the file has.
    private func chinese(_ column: String) -> String {
        let format = TableFormat.all.first { $0.file == file || $0.workbook.file == file }
        return format?.columns.first { $0.english == column }?.chinese ?? column
    }

    /// One line: `units.csv 第 12 行，面积「-3」：…`
    public func text(in language: Language) -> String {
        var place = file
        switch language {
        case .zh:
            if let row { place += " 第 \(row) 行" }
            if let column { place += "，\(chinese(column).shortened)" }
            if let value { place += "「\(value.shortened)」" }
            return place + "：" + message.zh
        case .en:
            if let row { place += ", row \(row)" }
            if let column { place += ", \(column.shortened)" }
            if let value { place += " “\(value.shortened)”" }
            return place + ": " + message.en
        }
    }
}

extension String {
    /// The first 60 characters, control characters shown as �, for a message.
    fileprivate var shortened: String {
        let clean = String(
            prefix(60).map { $0.unicodeScalars.allSatisfy(\.isPrintable) ? $0 : "�" })
        return count > 60 ? clean + "…" : clean
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool { properties.generalCategory != .control }
}
