public import ArgumentParser
public import Casework
@preconcurrency import Glibc
import Interchange
import Office
import Primitives

/// How a report is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json, xlsx, pdf
}

extension MonthFigure: ExpressibleByArgument {}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The month's report: charged, collected, rates, ages, promises, cost. 收费月报。",
        discussion: """
            Each figure is the sum of the rows behind it, which --list shows. A payment counts in the month of
            its value date; a reversal against the month of its own date. The report is as of the month's last
            day, or of --as-of within the month. Rates: current_collected of current_due, arrears_collected of
            arrears_due (what was open on the evening before), period_collected of period_due.

              dunwell report 2026-11
              dunwell report 2026-11 --as-of 2026-11-21 --format json
              dunwell report 2026-11 --list collected --format csv
              dunwell report 2026-11 --out report.pdf
              dunwell report 2026-11 --out report.xlsx
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The month, such as 2026-11. 月份。")
    var period: Period

    @Option(
        name: .customLong("as-of"), help: "The last day that counts. Default: the month's. 算到哪天。")
    var asOf: CivilDate?

    @Option(help: "table, csv, json, xlsx or pdf. Default: as FILE ends; else table or csv. 输出格式。")
    var format: ReportFormat?

    @Option(help: "A workbook (.xlsx) or sheets to print (.pdf) to write. 输出文件。")
    var out: String?

    @Option(help: "The rows behind one figure, such as collected. 某个数的明细。")
    var list: MonthFigure?

    private var chosen: ReportFormat {
        if let format { return format }
        if let out { return out.hasSuffix(".pdf") ? .pdf : .xlsx }
        return isatty(STDOUT_FILENO) == 1 ? .table : .csv
    }

    func validate() throws {
        if chosen == .pdf || chosen == .xlsx, out == nil {
            throw ValidationError("name a file with --out FILE. 请用 --out 给出文件名。")
        }
        if out != nil, chosen != .pdf, chosen != .xlsx {
            throw ValidationError("--out writes xlsx or pdf. --out 只写 xlsx 或 pdf。")
        }
        if list != nil, chosen == .pdf {
            throw ValidationError("--list has no sheets to print. --list 不能打印成 PDF。")
        }
    }

    func run() throws {
        let effects = try common.effects()
        if let list { return try writeRows(of: list, effects) }
        let report = try monthReport(of: period, asOf: asOf, effects: effects)
        if chosen == .pdf {
            try printMonthReport(report, to: out!)
            return try write(out! + "\n")
        }
        var table = try table(
            ["part", "group", "figure", "count", "amount", "percent"],
            numeric: ["count", "amount", "percent"], counts: ["count"])
        for line in report.lines {
            let figure = chosen == .table ? line.figure.words[language] : line.figure.rawValue
            try table.row([
                .plain(line.part.rawValue), .text(line.group), .plain(figure), .count(line.count),
                .optional(line.amount?.description), .optional(line.percent?.description),
            ])
        }
        try table.end()
    }

    private func writeRows(of figure: MonthFigure, _ effects: Effects) throws {
        var table = try table(
            [
                "unit", "owner", "building", "item", "period", "date", "age", "way", "staff",
                "reference", "amount",
            ], numeric: ["amount"], dates: ["date"])
        try forEachMonthRow(of: period, asOf: asOf, figure: figure, effects: effects) { row in
            try table.row([
                .text(row.unit), .text(row.owners), .text(row.building), .text(row.item),
                .plain(row.period?.description ?? ""), .plain("\(row.date)"),
                .plain(row.age?.rawValue ?? ""), .plain(row.way), .text(row.staff),
                .text(row.reference),
                .optional(figure.hasAmount ? row.amount.description : nil),
            ])
        }
        try table.end()
    }

    private func table(
        _ columns: [String], numeric: Set<String>, counts: Set<String> = [],
        dates: Set<String> = []
    ) throws -> TableOutput {
        guard chosen == .xlsx else {
            return TableOutput(
                TableFormatOption(rawValue: chosen.rawValue)!, columns: columns, numeric: numeric)
        }
        let kinds = columns.map { column -> (name: String, kind: XLSXWriter.Column) in
            if dates.contains(column) { return (column, .date) }
            if counts.contains(column) { return (column, .number(decimals: 0)) }
            return (column, numeric.contains(column) ? .number(decimals: 2) : .text)
        }
        return TableOutput(
            try WorkbookOutput(to: out, sheet: list?.rawValue ?? "report", kinds))
    }
}
