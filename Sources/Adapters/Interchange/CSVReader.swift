import CCSV
import Primitives

/// A CSV file of the community folder, read row by row in bounded memory.
public struct CSVReader<Row: TableRow> {
    private let path: String
    private let file: String

    /// - Parameter folder: the community folder.
    public init(folder: String) {
        file = Row.format.file
        path = folder + "/" + file
    }

    /// Reads every row; blank rows are passed over.
    ///
    /// - Parameter body: gets each row that could be read, with its number, or the problems of one
    ///   that could not.
    /// - Returns: the problem that stopped the reading, if one did.
    public func forEachRow(
        _ body: (Int, Result<Row, RowProblems>) throws -> Void
    ) throws -> ImportProblem? {
        let encoding: String
        switch textEncoding(ofFileAt: path) {
        case .unreadable: return problem(unreadable)
        case .none: return problem(notText)
        case .mixed(let row): return ImportProblem(file: file, row: row, mixedEncodings)
        case .known(let name): encoding = name
        }
        guard let reader = FileReader(path: path) else { return problem(unreadable) }
        // What was found to be UTF-8 throughout needs no decoding.
        var decoder = encoding == "UTF-8" ? nil : TextDecoder(from: encoding)
        let parser = CSVParser()
        var header: Header?
        var isStart = true
        while true {
            guard let piece = reader.nextPiece() else { return problem(unreadable) }
            var text = piece.isEmpty ? [] : try decoder?.decode(piece[...]) ?? piece
            if isStart, text.starts(with: byteOrderMark) { text.removeFirst(byteOrderMark.count) }
            isStart = false
            let rows = piece.isEmpty ? parser.finish() : parser.parse(text)
            for row in rows {
                if let header {
                    try body(row.number, read(row, header))
                } else {
                    header = Header(row.values, in: row.number, of: Row.format)
                    if let wrong = header?.problem { return wrong }
                }
            }
            if let trouble = parser.trouble {
                return ImportProblem(file: file, row: trouble.row, trouble.message)
            }
            if piece.isEmpty { break }
        }
        return header == nil ? problem(empty) : nil
    }

    private func read(_ row: CSVParser.Row, _ header: Header) -> Result<Row, RowProblems> {
        var cells = Cells(
            file: file, row: row.number, values: row.values, columns: header.columns)
        let value = Row(&cells)
        // Where a comma too many has moved the cells, the first cell that is wrong says more.
        if cells.problems.isEmpty, let extra = header.strayCell(of: row.values) {
            let problem = ImportProblem(file: file, row: row.number, value: extra, tooManyCells)
            return .failure(RowProblems([problem], cells))
        }
        return cells.problems.isEmpty
            ? .success(value) : .failure(RowProblems(cells.problems, cells))
    }

    private func problem(_ message: Bilingual) -> ImportProblem {
        ImportProblem(file: file, message)
    }
}

/// Where the rows of a table come from.
public enum RowSource {
    /// A community folder.
    case folder(String)
    /// One row, typed in, of the table of that file name: values by English column name.
    case typed(file: String, values: [String: String])
}

/// Reads one row that was typed in; `row` of its problems is 1, their file the table's.
public func readRow<Row: TableRow>(
    _ type: Row.Type, _ values: [String: String]
) -> Result<Row, RowProblems> {
    let columns = Row.format.columns.map(\.english)
    var cells = Cells(
        file: Row.format.file, row: 1, values: columns.map { unmarked(trimmed(values[$0] ?? "")) },
        columns: columns)
    let value = Row(&cells)
    return cells.problems.isEmpty
        ? .success(value) : .failure(RowProblems(cells.problems, cells))
}

/// What is wrong with one row: one problem or more.
public struct RowProblems: Error {
    public let problems: [ImportProblem]
    /// What the row says in the columns that name a unit, an owner, an item; empty where it says
    /// nothing.
    public let unit, owner, item: String

    init(_ problems: [ImportProblem], _ cells: Cells) {
        self.problems = problems
        unit = cells.text("unit")
        owner = cells.text("owner")
        item = cells.text("item")
    }
}

private let notText = Bilingual(
    zh: "不是 CSV 文本文件，或编码既不是 UTF-8 也不是 GB18030。请在 Excel 里另存为“CSV UTF-8”。",
    en:
        "is not a CSV text file, or neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8” in Excel."
)
private let mixedEncodings = Bilingual(
    zh: "这一行不是 UTF-8，而别的行是。请在 Excel 里把整个文件另存为“CSV UTF-8”。",
    en: "is not in UTF-8, though other rows are. Save the whole file as “CSV UTF-8” in Excel.")
private let unreadable = Bilingual(
    zh: "读不出来。请检查文件是否存在、是否有读取权限。", en: "cannot be read. Check that it exists and may be read.")
private let tooManyCells = Bilingual(
    zh: "这一行的格数比表头多。请检查是否多了逗号；含逗号的内容要用引号括起来。",
    en: "the row has more cells than the header. Look for a comma too many; text with a comma must "
        + "stand in quotes.")
private let empty = Bilingual(
    zh: "是空的，连表头也没有。请用 dunwell import --template 得到带表头的文件。",
    en: "is empty, without even a header. `dunwell import --template` writes files with headers.")

private let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

/// The header row: where each column stands.
struct Header {
    /// English names.
    var columns: [String]
    var problem: ImportProblem?
    let count: Int
    private let row: Int
    private let blank: Set<Int>

    init(_ cells: [String], in row: Int, of format: TableFormat) {
        self.row = row
        count = cells.count
        columns = cells.map { _ in "" }
        blank = Set(cells.indices.filter { cells[$0].isEmpty })
        for (place, cell) in cells.enumerated() where !cell.isEmpty {
            guard let column = format.columns.first(where: { $0.isNamed(by: cell) }) else {
                problem = problem ?? unknown(cell, format)
                continue
            }
            if columns.contains(column.english) { problem = problem ?? twice(cell, format) }
            columns[place] = column.english
        }
        let missing = format.columns.filter { !$0.isOptional && !columns.contains($0.english) }
        if problem == nil, let first = missing.first {
            problem = lacking(first, format)
        }
    }

    /// The first cell that has a value, but no column.
    func strayCell(of values: [String]) -> String? {
        if values.count <= count, blank.isEmpty { return nil }
        return values.enumerated().first { place, value in
            !value.isEmpty && (place >= count || blank.contains(place))
        }?.element
    }

    private func unknown(_ cell: String, _ format: TableFormat) -> ImportProblem {
        let known = format.columns.map { "\($0.english)=\($0.chinese)" }.joined(separator: ", ")
        return ImportProblem(
            file: format.file, row: row, column: cell,
            Bilingual(
                zh: "没有这一列。请改名或删去；可用的列：\(known)。",
                en: "is no column of this file. Rename or delete it; the columns are: \(known)."))
    }

    private func twice(_ cell: String, _ format: TableFormat) -> ImportProblem {
        ImportProblem(
            file: format.file, row: row, column: cell,
            Bilingual(zh: "这一列出现了两次。请删去一列。", en: "stands there twice. Delete one."))
    }

    private func lacking(_ column: TableFormat.Column, _ format: TableFormat) -> ImportProblem {
        ImportProblem(
            file: format.file, row: row, column: column.english,
            Bilingual(
                zh: "缺少这一列（\(column.chinese)）。请补上。",
                en: "(\(column.chinese)) is missing. Add the column."))
    }
}

/// libcsv, fed piece by piece, giving whole rows.
private final class CSVParser {
    struct Row {
        let number: Int
        let values: [String]
    }

    /// Why the file cannot be read on, and at which row.
    private(set) var trouble: (row: Int, message: Bilingual)?
    private var parser = csv_parser()
    private var rowNumber = 1
    private var values: [String] = []
    private var rows: [Row] = []
    private var lastEnd: Int32 = 0
    /// Of the row under way: in cells that ended, and in pieces of the file since it began.
    private var cellBytes = 0
    private var pieceBytes = 0
    /// A row beyond these is no row: the file lacks line ends, or a quote is not closed.
    private static let bytesPerRow = 1_000_000
    private static let cellsPerRow = 1_000

    init() {
        let strict = UInt8(CSV_STRICT) | UInt8(CSV_STRICT_FINI) | UInt8(CSV_REPALL_NL)
        csv_init(&parser, strict)
    }

    deinit { csv_free(&parser) }

    func parse(_ text: [UInt8]) -> [Row] {
        guard trouble == nil else { return [] }
        let before = rowNumber
        if let place = text.firstIndex(of: 0) {
            _ = feed(Array(text[..<place]))
            trouble = trouble ?? (rowNumber, nulByte)
            return take()
        }
        _ = feed(text)
        pieceBytes = rowNumber > before ? 0 : pieceBytes + text.count
        if pieceBytes > Self.bytesPerRow { trouble = trouble ?? (rowNumber, tooLong) }
        return take()
    }

    func finish() -> [Row] {
        guard trouble == nil else { return [] }
        let this = Unmanaged.passUnretained(self).toOpaque()
        if csv_fini(&parser, CSVParser.takeField, CSVParser.endRow, this) != 0 {
            trouble = (rowNumber, openQuote)
        }
        return take()
    }

    private func feed(_ text: [UInt8]) -> Int {
        let this = Unmanaged.passUnretained(self).toOpaque()
        let read = csv_parse(
            &parser, text, text.count, CSVParser.takeField, CSVParser.endRow, this)
        if read != text.count { trouble = (rowNumber, strayQuote) }
        return read
    }

    private func take() -> [Row] {
        defer { rows.removeAll(keepingCapacity: true) }
        return rows
    }

    private static let takeField:
        @convention(c) (
            UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?
        ) -> Void = { bytes, count, context in
            let parser = Unmanaged<CSVParser>.fromOpaque(context!).takeUnretainedValue()
            parser.cellBytes += count
            if parser.cellBytes > bytesPerRow || parser.values.count == cellsPerRow {
                parser.trouble = parser.trouble ?? (parser.rowNumber, tooLong)
            }
            guard parser.trouble == nil else { return }
            parser.values.append(cell(UnsafeRawBufferPointer(start: bytes, count: count)))
        }

    /// Called at each line end, so that a CRLF calls twice, and once at the end of the file.
    private static let endRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = {
        end, context in
        let parser = Unmanaged<CSVParser>.fromOpaque(context!).takeUnretainedValue()
        let isSecondOfTwo = end == 0x0a && parser.lastEnd == 0x0d && parser.values.isEmpty
        parser.lastEnd = end
        if isSecondOfTwo || parser.trouble != nil { return }
        parser.cellBytes = 0
        if parser.values.contains(where: { !$0.isEmpty }) {
            parser.rows.append(Row(number: parser.rowNumber, values: parser.values))
        }
        parser.values.removeAll(keepingCapacity: true)
        parser.rowNumber += 1
    }
}

/// Text without white space at the ends; without the apostrophe by which spreadsheets, and our own
/// exports, mark text that would else be a formula.
private func cell(_ bytes: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let first = bytes.first, let last = bytes.last else { return "" }
    if first > 0x7f || last > 0x7f || first <= 0x20 || last <= 0x20 {
        return unmarked(trimmed(text))
    }
    return first == UInt8(ascii: "'") ? unmarked(text) : text
}

func unmarked(_ text: String) -> String {
    text.first == "'" && looksLikeFormula(text) ? String(text.dropFirst()) : text
}

private let nulByte = Bilingual(
    zh: "里面有 NUL 字节，不是文本文件。请在 Excel 里另存为“CSV UTF-8”。",
    en: "there is a NUL byte: this is no text file. Save it as “CSV UTF-8” in Excel.")
private let tooLong = Bilingual(
    zh: "这一行超过一百万字节。请检查是否缺少换行，或有引号没有关上。",
    en: "the row is longer than a million bytes. Look for missing line ends or a quote left open.")
private let openQuote = Bilingual(
    zh: "有引号没有关上。请补上后引号。", en: "a quote is left open. Close it.")
private let strayQuote = Bilingual(
    zh: "引号的位置不对。含引号的内容要整个用引号括起来，里面的引号写两次。",
    en: "a quote stands where none may. Put the whole cell in quotes and double those inside.")
