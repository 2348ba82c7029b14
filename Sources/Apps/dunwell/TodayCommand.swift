import ArgumentParser
import Casework
import Interchange
import Office
import Primitives

struct Today: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What there is to do today, in order, and why. 今日工作。",
        discussion: """
            In order: what lapses, what waits for a decision, what was promised, calls, visits by building,
            papers. --explain says what decides within each group. The reason is in the language of messages
            ($DUNWELL_LANGUAGE).

              dunwell today --as-of 2026-11-21
              dunwell today --as-of 2026-11-21 --explain
              dunwell today --as-of 2026-11-21 --format json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var date: AsOfOption
    @OptionGroup var output: FormatOption

    @Flag(help: "Say why the groups stand in this order, and what decides within them. 说明排序。")
    var explain = false

    func run() throws {
        let items = try worklist(asOf: date.asOf, effects: try common.effects())
        if explain { try tellOrder() }
        if output.chosen == .table { return try writeGroups(items) }
        var table = TableOutput(
            output.chosen, columns: ["task", "unit", "owner", "reason", "due", "amount"])
        for item in items { try table.row([.plain(item.task.rawValue)] + fields(item)) }
        try table.end()
    }

    private func fields(_ item: WorkItem) -> [Field] {
        [
            .text(item.unit), .text(item.owners), .text(item.reason[language]),
            .plain("\(item.due)"), .optional(item.amount?.description),
        ]
    }

    private func tellOrder() throws {
        for group in WorkItem.Group.allCases {
            tell("\(group.rawValue + 1). \(group.words[language]): \(group.explanation[language])")
        }
    }

    /// For people: group by group, each with its number of tasks.
    private func writeGroups(_ items: [WorkItem]) throws {
        let groups = Dictionary(grouping: items, by: \.group)
        for group in WorkItem.Group.allCases {
            guard let tasks = groups[group] else { continue }
            if group != items[0].group { try write("\n") }
            try write("\(group.words[language]) · \(tasks.count)\n")
            var table = TableOutput(
                .table, columns: ["task", "unit", "owner", "due", "amount", "reason"],
                numeric: ["amount"])
            for item in tasks {
                try table.row([
                    .plain(item.task.words[language]), .text(item.unit), .text(item.owners),
                    .plain("\(item.due)"), .plain(item.amount?.grouped ?? ""),
                    .text(item.reason[language]),
                ])
            }
            try table.end()
        }
        if items.isEmpty {
            try write(Bilingual(zh: "今天没有要办的。\n", en: "There is nothing to do today.\n")[language])
        }
    }
}

extension WorkTask {
    fileprivate var words: Bilingual {
        switch self {
        case .limitation: Bilingual(zh: "时效", en: "limitation")
        case .approval: Bilingual(zh: "审批", en: "approval")
        case .review: Bilingual(zh: "复核", en: "review")
        case .promise: Bilingual(zh: "承诺", en: "promise")
        case .plan: Bilingual(zh: "分期", en: "plan")
        case .call: Bilingual(zh: "电话", en: "call")
        case .visit: Bilingual(zh: "上门", en: "visit")
        case .service: Bilingual(zh: "送达", en: "service")
        case .bounce: Bilingual(zh: "退信", en: "bounce")
        case .dispute: Bilingual(zh: "意见", en: "dispute")
        }
    }
}
