import Files
import FoundationEssentials
public import Interchange
import Primitives

/// A list as a spreadsheet takes it: what a page shows, column by column.
public struct ListFile: Sendable {
    public enum Column: Sendable {
        /// Left as it is, also where it looks like a number or a formula.
        case text
        /// `2026-12-01`
        case date
        /// `1234.56`
        case amount
        case count
    }

    private let columns: [(name: String, kind: Column)]
    private let rows: [[String]]

    /// - Parameter rows: each with a value for every column; what is unknown is empty.
    public init(_ columns: [(name: String, kind: Column)], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The whole file. CSV begins with a byte-order mark, by which Excel knows UTF-8.
    public func bytes(as kind: TableKind) throws -> [UInt8] {
        switch kind {
        case .csv: try csv()
        case .xlsx: try workbook()
        }
    }

    private func csv() throws -> [UInt8] {
        var text = "\u{FEFF}"
        var writer = CSVWriter { text += $0 }
        try writer.header(columns.map(\.name))
        for row in rows {
            try writer.row(
                zip(columns, row).map { column, value in
                    if case .text = column.kind { .text(value) } else { .plain(value) }
                })
        }
        return Array(text.utf8)
    }

    private func workbook() throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.path
        let path = folder + "/dunwell-list-\(UUID().uuidString).xlsx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let book = try WorkbookFile(
            to: path, sheet: "Dunwell",
            columns.map { column in
                switch column.kind {
                case .text: (column.name, XLSXWriter.Column.text)
                case .date: (column.name, .date)
                case .amount: (column.name, .number(decimals: 2))
                case .count: (column.name, .number(decimals: 0))
                }
            })
        for row in rows { try book.row(row) }
        try book.finish()
        return try readFile(path, atMost: 1 << 28) ?? []
    }
}
