import ArgumentParser
import FoundationEssentials
@preconcurrency import Glibc
import Interchange
import Office
import Primitives

/// How a list is written: as tables are, or as an Excel workbook.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json, xlsx
}

struct ListOption: ParsableArguments {
    @Option(help: "table, csv, json or xlsx. Default: table on a terminal, else csv. 输出格式。")
    var format: ListFormat?

    @Option(help: "An Excel workbook (.xlsx) to write. 输出的 Excel 文件。")
    var out: String?

    private var isWorkbook: Bool { format == .xlsx || out != nil }

    func validate() throws {
        if out != nil, let format, format != .xlsx {
            throw ValidationError("--out writes xlsx. For others, redirect: > FILE. --out 只写 xlsx。")
        }
        if let out, !out.lowercased().hasSuffix(".xlsx") {
            throw ValidationError(
                "--out writes an Excel workbook: name it FILE.xlsx. 文件名要以 .xlsx 结尾：\(out)")
        }
        if isWorkbook, out == nil, isatty(STDOUT_FILENO) == 1 {
            throw ValidationError(
                "A workbook cannot be shown: name a file with --out FILE. 请用 --out 给出文件名。")
        }
    }

    /// - Parameters:
    ///   - name: the workbook's sheet.
    ///   - numeric: columns that a table sets right: amounts, but for `counts`.
    func table(
        _ name: String, columns: [String], numeric: Set<String>, counts: Set<String> = [],
        dates: Set<String> = []
    ) throws -> TableOutput {
        guard isWorkbook else {
            let format = format.flatMap { TableFormatOption(rawValue: $0.rawValue) }
            return TableOutput(
                format ?? FormatOption.byDefault, columns: columns, numeric: numeric)
        }
        let kinds = columns.map { column -> XLSXWriter.Column in
            if dates.contains(column) { return .date }
            if counts.contains(column) { return .number(decimals: 0) }
            return numeric.contains(column) ? .number(decimals: 2) : .text
        }
        let book = try WorkbookOutput(to: out, sheet: name, zip(columns, kinds).map { ($0, $1) })
        return TableOutput(book)
    }
}

/// A workbook for a file, or for standard output.
final class WorkbookOutput {
    private let out: String?
    private let path: String
    private let book: WorkbookFile
    private var rows = 0

    init(
        to out: String?, sheet: String, _ columns: [(name: String, kind: XLSXWriter.Column)]
    ) throws {
        self.out = out
        path = out ?? FileManager.default.temporaryDirectory.path + "/dunwell-\(getpid()).xlsx"
        book = try WorkbookFile(to: path, sheet: sheet, columns)
    }

    deinit { if out == nil { unlink(path) } }

    func row(_ values: [String]) throws {
        try book.row(values)
        rows += 1
    }

    func end() throws {
        try book.finish()
        if let out {
            return try write(
                Bilingual(zh: "\(rows) 行：\(out)\n", en: "\(rows) rows: \(out)\n")[language])
        }
        guard let bytes = FileManager.default.contents(atPath: path) else { throw OutputLost() }
        let isWritten = bytes.withUnsafeBytes {
            fwrite($0.baseAddress, 1, $0.count, stdout) == $0.count
        }
        guard isWritten, fflush(stdout) == 0 else { throw OutputLost() }
    }
}
