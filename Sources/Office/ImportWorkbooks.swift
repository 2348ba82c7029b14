import Interchange
import Primitives

// A table of the community folder may stand in a workbook, `units.xlsx`, instead of `units.csv`.

extension ImportReport {
    /// The table's file as it stands in the folder.
    func file(of table: TableFormat) -> String {
        isWorkbook(table) ? table.workbook.file : table.file
    }

    func isWorkbook(_ table: TableFormat) -> Bool { workbooks.contains { $0.file == table.file } }

    /// Under the names of the files as they stand in the folder.
    func renamed(_ problem: ImportProblem) -> ImportProblem {
        let table = workbooks.first { $0.file == problem.file }
        return ImportProblem(
            file: table?.workbook.file ?? problem.file, row: problem.row, column: problem.column,
            value: problem.value, renamed(problem.message))
    }

    func renamed(_ message: Bilingual) -> Bilingual {
        workbooks.reduce(message) { message, table in
            Bilingual(
                zh: message.zh.replacing(table.file, with: table.workbook.file),
                en: message.en.replacing(table.file, with: table.workbook.file))
        }
    }
}

/// Whether a file's name is that of a table, in some format or other; not that by which Excel marks
/// a file that is open.
func isTableName(_ name: String) -> Bool {
    let ends = [".csv", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".et"]
    return !name.hasPrefix("~$") && ends.contains { name.lowercased().hasSuffix($0) }
}

let standsTwice = Bilingual(
    zh: "这张表既有 .csv 又有 .xlsx，不知道以哪个为准。请只留一个。",
    en: "stands there twice, as .csv and as .xlsx. Keep one of the two.")
