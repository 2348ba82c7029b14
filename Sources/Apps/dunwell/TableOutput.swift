import ArgumentParser
@preconcurrency import Glibc
import Interchange
import Primitives

/// How a table is written.
enum TableFormatOption: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json
}

struct FormatOption: ParsableArguments {
    @Option(help: "table, csv or json. Default: table on a terminal, else csv. 输出格式。")
    var format: TableFormatOption?

    var chosen: TableFormatOption { format ?? Self.byDefault }

    static var byDefault: TableFormatOption { isatty(STDOUT_FILENO) == 1 ? .table : .csv }
}

/// One field of a row: text and numbers with decimals stand as strings in JSON, counts as numbers.
enum Field {
    case text(String)
    /// Money, dates, codes of a fixed set.
    case plain(String)
    case count(Int)
    case flag(Bool)
    /// `null` in JSON, else empty.
    case unknown

    /// A plain text, where it is known.
    static func optional(_ text: String?) -> Field { text.map { .plain($0) } ?? .unknown }

    var string: String {
        switch self {
        case .text(let text), .plain(let text): text
        case .count(let count): String(count)
        case .flag(let flag): flag ? "yes" : "no"
        case .unknown: ""
        }
    }
}

/// Writes rows, once the last has come. They wait in a temporary file: rows come out of a
/// transaction, and a pager at the other end must not keep others from writing.
struct TableOutput {
    private let format: TableFormatOption
    private let columns: [String]
    private let numeric: Set<String>
    private var book: WorkbookOutput?
    private var waiting: [[String]] = []
    private var count = 0
    private let spool = Spool()
    private lazy var csv = CSVWriter { [spool] in try spool.write($0) }

    /// - Parameter numeric: columns that a table sets right.
    init(_ format: TableFormatOption, columns: [String], numeric: Set<String> = []) {
        self.format = format
        self.columns = columns
        self.numeric = numeric
    }

    init(_ book: WorkbookOutput) {
        self.init(.csv, columns: [])
        self.book = book
    }

    mutating func row(_ fields: [Field]) throws {
        if let book { return try book.row(fields.map(\.string)) }
        switch format {
        case .csv:
            if count == 0 { try csv.header(columns) }
            try csv.row(
                fields.map { field in
                    if case .text(let text) = field { .text(text) } else { .plain(field.string) }
                })
        case .json:
            let pairs = zip(columns, fields).map { "\(quoted($0)): \(json($1))" }
            try spool.write(
                (count == 0 ? "[\n" : ",\n") + " {" + pairs.joined(separator: ", ") + "}")
        case .table: waiting.append(fields.map(\.string))
        }
        count += 1
    }

    mutating func end() throws {
        if let book { return try book.end() }
        switch format {
        case .csv: if count == 0 { try csv.header(columns) }
        case .json: try spool.write(count == 0 ? "[]\n" : "\n]\n")
        case .table: try writeTable()
        }
        try spool.print()
        guard fflush(stdout) == 0 else { throw OutputLost() }
    }

    private func writeTable() throws {
        let rows = [columns] + waiting
        let widths = columns.indices.map { place in rows.map { $0[place].terminalWidth }.max()! }
        for row in rows {
            let cells = row.enumerated().map { place, text in
                let gap = String(repeating: " ", count: widths[place] - text.terminalWidth)
                return numeric.contains(columns[place]) ? gap + text : text + gap
            }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            try spool.write(line + "\n")
        }
    }
}

/// Text that waits in a temporary file without a name.
private final class Spool {
    private let file = tmpfile()

    deinit { file.map { _ = fclose($0) } }

    func write(_ text: String) throws {
        guard let file, fputs(text, file) >= 0 else { throw OutputLost() }
    }

    /// Copies all of it to standard output.
    func print() throws {
        guard let file, fflush(file) == 0 else { throw OutputLost() }
        rewind(file)
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 {
            guard fwrite(piece, 1, count, stdout) == count else { throw OutputLost() }
        }
        guard ferror(file) == 0 else { throw OutputLost() }
    }
}

/// Standard output could not be written: a full disk, a closed pipe.
struct OutputLost: ExplainedError {
    var message: Bilingual {
        Bilingual(
            zh: "结果写不到标准输出（磁盘满了，或者接收的程序已经结束）。命令本身的改动是完整的。",
            en: "The result could not be written to standard output (a full disk, or a reader that "
                + "ended). What the command changed is complete.")
    }
}

func write(_ text: some StringProtocol) throws {
    guard fputs(String(text), stdout) >= 0 else { throw OutputLost() }
}

func json(_ field: Field) -> String {
    switch field {
    case .count(let count): String(count)
    case .flag(let flag): String(flag)
    case .unknown: "null"
    case .text, .plain: quoted(field.string)
    }
}

/// A JSON string.
func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
