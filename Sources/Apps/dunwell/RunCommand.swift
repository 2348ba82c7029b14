import ArgumentParser
import Letters
import Office
import Primitives

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Issue a period's charges, and give bills and dunning notices. 出账。",
        discussion: """
            Repeatable: the same run again creates nothing, and one that was cut off creates what is missing.

              dunwell run 2026-11 --as-of 2026-11-21
              dunwell run 2026-11 --as-of 2026-11-21 --dry-run --format json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption
    @OptionGroup var date: AsOfOption
    @OptionGroup var output: FormatOption

    @Argument(help: "The fee period, such as 2026-11. 账期。")
    var period: Period

    @Flag(help: "Count, and keep nothing. 只计算，不保存。")
    var dryRun = false

    func run() throws {
        let effects = try common.effects(by: staff.staff)
        let summary: RunSummary
        do {
            summary = try runPeriod(period, asOf: date.asOf, dryRun: dryRun, effects: effects)
        } catch let error as TemplateError {
            tell(error.description(in: language))
            tell(nothingIssued)
            throw Refused()
        }
        tellRemarks(of: summary, asOf: date.asOf)
        if dryRun { tell(onlyCounted) }
        switch output.chosen {
        case .json: try write("{\n" + members(of: summary).joined(separator: ",\n") + "\n}\n")
        case .csv: try writeRows(summary, .csv)
        case .table: try writeRows(summary, .table)
        }
    }

    private func writeRows(_ summary: RunSummary, _ format: TableFormatOption) throws {
        var table = TableOutput(format, columns: ["what", "count"], numeric: ["count"])
        for row in countRows(of: summary) { try table.row(row) }
        try table.end()
    }

    private var nothingIssued: Bilingual {
        Bilingual(
            zh: "通知模板有错，又没有以前用过的可以代替：这次什么都没有出。",
            en:
                "The notice templates are broken, and no earlier ones can stand in: nothing was issued."
        )
    }

    private var onlyCounted: Bilingual {
        Bilingual(zh: "只是试算，没有写入。", en: "A trial only; nothing was written.")
    }
}

// MARK: - What a run says of itself

/// What staff are to know beside the counts.
func tellRemarks(of summary: RunSummary, asOf: CivilDate) {
    if !summary.unheldUnits.isEmpty { tell(unheld(summary.unheldUnits)) }
    if summary.issuedLate > 0 { tell(late(summary.issuedLate, asOf: asOf)) }
    if let kept = summary.keptTemplates { tell(broken(kept)) }
}

/// The members of a JSON object that holds its counts.
func members(of summary: RunSummary) -> [String] {
    let notices = summary.notices.map { "\(quoted($0.stage)): \($0.count)" }
    return [
        " \"charges_issued\": \(summary.chargesIssued)", " \"charged\": \"\(summary.charged)\"",
        " \"bills\": \(summary.bills)", " \"notices\": {\(notices.joined(separator: ", "))}",
        " \"held\": \(summary.held)", " \"emails_queued\": \(summary.emailsQueued)",
        " \"letters\": \(summary.letters)", " \"phone_tasks\": \(summary.phoneTasks)",
    ]
}

/// The same as rows of what and how many.
func countRows(of summary: RunSummary) -> [[Field]] {
    let counts = [
        ("held", summary.held), ("emails_queued", summary.emailsQueued),
        ("letters", summary.letters), ("phone_tasks", summary.phoneTasks),
    ]
    let first: [[Field]] = [
        [.plain("charges_issued"), .count(summary.chargesIssued)],
        [.plain("charged"), .plain("\(summary.charged)")],
        [.plain("bills"), .count(summary.bills)],
    ]
    return first + summary.notices.map { [.plain("notices.\($0.stage)"), .count($0.count)] }
        + counts.map { [.plain($0.0), .count($0.1)] }
}

private func unheld(_ units: [String]) -> Bilingual {
    let listed = units.prefix(20)
    let more = units.count > 20
    return Bilingual(
        zh: "\(units.count) 套没有登记业主，没有出账：\(listed.joined(separator: "、"))\(more ? "……" : "")",
        en: "\(units.count) units are held by nobody and were charged nothing: "
            + "\(listed.joined(separator: ", "))\(more ? " …" : "")")
}

private func late(_ count: Int, asOf: CivilDate) -> Bilingual {
    Bilingual(
        zh: "请注意：有 \(count) 笔收费出账时已经过了到期日（\(asOf)）。",
        en: "Note: \(count) charges were past their due date when issued (\(asOf)).")
}

private func broken(_ kept: KeptTemplates) -> Bilingual {
    let folder = templatesFolder()
    let day = kept.since.prefix(10)
    return Bilingual(
        zh: "请注意：\(folder) 里的通知模板有错，这次出的通知用的是上一次没有错的文字"
            + "（版本 \(kept.version)，\(day) 由 \(kept.staff) 启用）：\n\(kept.problems.zh)\n"
            + "改好后运行 dunwell template check；下一次出账就用新的。",
        en:
            "WARNING: the notice templates in \(folder) are broken. The notices of this run have the "
            + "last good wording (version \(kept.version), in use since \(day), by \(kept.staff)):\n"
            + "\(kept.problems.en)\n"
            + "Mend it and run: dunwell template check. The next run takes the new wording.")
}
