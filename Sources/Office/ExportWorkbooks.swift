import Files
public import Interchange
import Primitives

/// What the tables of a community folder are written as.
public enum TableKind: String, Sendable, CaseIterable {
    case csv, xlsx
}

/// A workbook that is written beside its place, and takes it when it is whole and synced.
public final class WorkbookFile {
    private let path: String
    private let part: String
    private let book: XLSXWriter

    /// - Parameter sheet: the name of its one sheet.
    public init(
        to path: String, sheet: String, _ columns: [(name: String, kind: XLSXWriter.Column)]
    ) throws {
        self.path = path
        part = partName(of: path)
        book = try XLSXWriter(at: part, sheet: sheet, columns)
    }

    deinit { removeFile(part) }

    /// Writes one row.
    public func row(_ values: [String]) throws { try book.row(values) }

    public func finish() throws {
        try book.finish()
        try moveFile(part, to: path)
    }
}

/// Writes one table in its English columns.
func writeWorkbook(
    _ table: TableFormat, to folder: String, _ rows: (([String]) throws -> Void) throws -> Void
) throws -> Int {
    let book = try WorkbookFile(
        to: folder + "/" + table.workbook.file, sheet: table.sheet, table.workbookColumns)
    var count = 0
    try rows { fields in
        try book.row(fields)
        count += 1
    }
    try book.finish()
    return count
}
