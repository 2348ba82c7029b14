import ArgumentParser
import Interchange
import Office
import Primitives

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a community folder into the books. 导入小区文件夹。",
        discussion: """
            All of it, or nothing: every row that cannot be taken is named with file, row, column, value
            and what would be right. The same folder again changes nothing. A table may stand in an Excel
            workbook of the same columns, units.xlsx, instead of units.csv.

              dunwell import maple-court
              dunwell import maple-court --dry-run
              dunwell import --template new-community
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption

    @Argument(help: "The folder with units.csv, owners.csv, ownerships.csv, policy.yaml … 小区文件夹。")
    var folder: String

    @Flag(help: "Check and count, and keep nothing. 只检查，不保存。")
    var dryRun = false

    @Flag(help: "Write empty files to the folder, and a filled example. 写出空表和样例。")
    var template = false

    func run() throws {
        if template {
            try makeTemplate(in: folder)
            return try write("\(folder)\n")
        }
        let effects = try common.effects(creates: true, isTrial: dryRun, by: staff.staff)
        let report = try importCommunity(from: folder, dryRun: dryRun, effects: effects)
        report.remarks.forEach { tell($0) }
        guard report.problems.isEmpty else {
            report.problems.forEach { tell($0.text(in: language)) }
            if report.furtherProblems > 0 { tell(further(report.furtherProblems)) }
            tell(nothingTaken(report.problems.count + report.furtherProblems))
            throw BadInput()
        }
        for file in report.files { try write(line(file) + "\n") }
        if dryRun { tell(onlyChecked) }
    }

    private func line(_ file: ImportReport.FileCount) -> String {
        let counts = Bilingual(
            zh: "\(file.rows) 行：新增 \(file.added)，更新 \(file.changed)，已有 \(file.known)",
            en: "\(file.rows) rows: \(file.added) new, \(file.changed) changed, \(file.known) known"
        )
        return "\(file.file)  \(counts[language])"
    }

    private func further(_ count: Int) -> Bilingual {
        Bilingual(zh: "……还有 \(count) 处。", en: "… and \(count) more.")
    }

    private func nothingTaken(_ count: Int) -> Bilingual {
        Bilingual(
            zh: "有 \(count) 处要改；这次导入什么都没有写入。",
            en: "\(count) to correct; nothing of this import was written.")
    }

    private var onlyChecked: Bilingual {
        Bilingual(zh: "只是检查，没有写入。", en: "Checked only; nothing was written.")
    }
}
