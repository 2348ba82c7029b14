@preconcurrency import CXLSXWriter
@preconcurrency import Glibc
public import Primitives

/// Why a workbook could not be written.
public enum XLSXError: ExplainedError {
    /// A full disk, or no permission.
    case notWritten
    case tooManyRows
    case cellTooLong
    case tooLarge
}

/// Writes a table as an Excel workbook, row by row in constant memory: codes and text as text, so
/// that a spreadsheet leaves them alone; amounts as numbers, dates as dates; a bold head that stays
/// in sight, a filter, widths that fit.
public final class XLSXWriter {
    public enum Column: Equatable {
        case text
        case date
        case number(decimals: Int)
    }

    private let path: String
    private let columns: [Column]
    private var book: UnsafeMutablePointer<lxw_workbook>?
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let styles: [UnsafeMutablePointer<lxw_format>]
    private let bold: UnsafeMutablePointer<lxw_format>
    private var widths: [Int]
    private var rows: UInt32 = 0
    private var written = WorkbookContents()

    private static let widthMost = 60
    private static let rowsMost = 1_048_576
    /// Beyond it a spreadsheet would change the last digits.
    private static let digitsMost = 15

    /// - Parameters:
    ///   - path: of a file that is not there yet; `finish` makes it.
    ///   - name: the sheet's.
    public init(at path: String, sheet name: String, _ columns: [(name: String, kind: Column)])
        throws(XLSXError)
    {
        self.path = path
        self.columns = columns.map(\.kind)
        var options = lxw_workbook_options(constant_memory: 1, tmpdir: nil, use_zip64: 0)
        guard let book = silently({ workbook_new_opt(path, &options) }),
            let sheet = silently({ workbook_add_worksheet(book, name) })
        else { throw .notWritten }
        // The same rows give the same bytes: a day of its own in place of the clock's.
        var properties = lxw_doc_properties()
        properties.created = 946_684_800
        workbook_set_properties(book, &properties)
        self.book = book
        self.sheet = sheet
        styles = columns.map { style(of: $0.kind, in: book) }
        bold = workbook_add_format(book)
        format_set_bold(bold)
        widths = columns.map { $0.name.terminalWidth + 3 }
        for (place, column) in columns.enumerated() {
            written.add(column.name, row: 0, place: place)
            try check(worksheet_write_string(sheet, 0, UInt16(place), column.name, bold))
        }
        worksheet_freeze_panes(sheet, 1, 0)
        rows = 1
    }

    deinit { lxw_workbook_free(book) }

    /// Writes one row: each value as its column's kind says, where it is one of that kind.
    public func row(_ values: [String]) throws(XLSXError) {
        if rows == Self.rowsMost { throw .tooManyRows }
        for (place, value) in values.enumerated() where !value.isEmpty {
            try write(value, at: UInt16(place))
            widths[place] = max(widths[place], min(value.terminalWidth + 2, Self.widthMost))
        }
        rows += 1
    }

    private func write(_ value: String, at place: UInt16) throws(XLSXError) {
        switch columns[Int(place)] {
        case .number:
            let isShort = value.utf8.count { (0x30...0x39).contains($0) } <= Self.digitsMost
            if isShort, let number = Double(value) {
                return try write(number, at: place)
            }
        case .date:
            // Before March 1900 spreadsheets disagree on the number of a day.
            if let day = CivilDate(value), day.dayNumber > -25_509 {
                return try write(Double(day.dayNumber + 25_569), at: place)
            }
        case .text: break
        }
        let text = marked(value)
        written.add(trimmed(text), row: rows, place: Int(place))
        try check(
            worksheet_write_string(sheet, rows, place, escaped(text), styles[Int(place)]))
    }

    private func write(_ number: Double, at place: UInt16) throws(XLSXError) {
        written.add(decimalText(number), row: rows, place: Int(place))
        try check(worksheet_write_number(sheet, rows, place, number, styles[Int(place)]))
    }

    /// Makes the file; it is read again before it counts, for libxlsxwriter does not notice where
    /// its temporary file found the disk full.
    public func finish() throws(XLSXError) {
        for (place, width) in widths.enumerated() {
            worksheet_set_column(
                sheet, UInt16(place), UInt16(place), Double(width), styles[place])
        }
        worksheet_autofilter(sheet, 0, 0, rows - 1, UInt16(columns.count - 1))
        let closing = book
        book = nil
        try check(silently { workbook_close(closing) })
        do {
            guard try contents(ofWorkbookAt: path) == written else { throw XLSXError.notWritten }
        } catch WorkbookTrouble.tooLarge {
            throw .tooLarge
        } catch {
            throw .notWritten
        }
    }

    private func check(_ code: lxw_error) throws(XLSXError) {
        switch code {
        case LXW_NO_ERROR: return
        case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED: throw .cellTooLong
        default: throw .notWritten
        }
    }
}

/// libxlsxwriter tells its errors to standard error, too, in words for programmers. Other threads
/// that write there wait.
private func silently<Value>(_ body: () -> Value) -> Value {
    flockfile(stderr)
    defer { funlockfile(stderr) }
    let kept = dup(STDERR_FILENO)
    let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
    if kept >= 0, nowhere >= 0 { dup2(nowhere, STDERR_FILENO) }
    defer {
        if kept >= 0 { dup2(kept, STDERR_FILENO) }
        close(kept)
        close(nowhere)
    }
    return body()
}

private func style(
    of column: XLSXWriter.Column, in book: UnsafeMutablePointer<lxw_workbook>
) -> UnsafeMutablePointer<lxw_format> {
    let style = workbook_add_format(book)!
    switch column {
    case .text: format_set_num_format(style, "@")
    case .date: format_set_num_format(style, "yyyy-mm-dd")
    case .number(decimals: 0): format_set_num_format(style, "#,##0")
    case .number(let decimals):
        format_set_num_format(style, "#,##0." + String(repeating: "0", count: decimals))
    }
    return style
}

/// The reader takes off an apostrophe that marks a formula: one that is text gets another.
private func marked(_ text: String) -> String {
    text.first == "'" && looksLikeFormula(text) ? "'" + text : text
}

/// `_x000D_` would be read as one character: its first sign is written as such a one.
private func escaped(_ text: String) -> String {
    unescaped(text) == text ? text : text.replacing("_x", with: "_x005F_x")
}

extension TableFormat {
    /// The name of its sheet: `units`.
    public var sheet: String { String(file.dropLast(".csv".count)) }

    /// Its columns as a workbook has them, under their English names.
    public var workbookColumns: [(name: String, kind: XLSXWriter.Column)] {
        columns.map { column in
            switch column.kind {
            case .code, .text, .period: (column.english, .text)
            case .date: (column.english, .date)
            case .number(let decimals), .rate(let decimals):
                (column.english, .number(decimals: decimals))
            }
        }
    }
}

extension XLSXError {
    /// What is wrong, and what would help.
    public var message: Bilingual {
        switch self {
        case .notWritten:
            Bilingual(
                zh: "写不出工作簿。请检查文件夹是否存在、是否有权限、磁盘（包括 /tmp）是否已满。",
                en:
                    "The workbook cannot be written. Check that its folder exists, that you may write there, "
                    + "and that neither its disk nor that of /tmp is full.")
        case .tooManyRows:
            Bilingual(
                zh: "超过 1048576 行，一张 Excel 工作表放不下。请改用 --format csv。",
                en:
                    "There are more than 1048576 rows, which no Excel sheet holds. Use --format csv."
            )
        case .cellTooLong:
            Bilingual(
                zh: "有一格超过 32767 个字，Excel 放不下。请改用 --format csv。",
                en:
                    "A cell has more than 32767 characters, which Excel does not hold. Use --format csv."
            )
        case .tooLarge:
            Bilingual(
                zh: "工作簿超过 768 MB，Excel 很难打开。请改用 --format csv。",
                en: "The workbook is larger than 768 MB, hard to open anywhere. Use --format csv.")
        }
    }
}
