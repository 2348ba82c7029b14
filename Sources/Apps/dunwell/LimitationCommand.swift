import ArgumentParser
import FeeLedger
import Office
import Primitives
import SQLiteStore

struct Limitation: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Until when each claim can be brought, and what that rests on. 诉讼时效。",
        discussion: """
            Each charge has its own clock. A demand counts once its service is proven, a payment on the
            day on which it came, a promise or plan on its day for what was open then.

              dunwell limitation --as-of 2026-11-21
              dunwell limitation --as-of 2026-11-21 --warn
              dunwell limitation gaps --as-of 2026-11-21
              dunwell limitation rescue --as-of 2026-11-21 --out rescue.pdf
            """,
        subcommands: [List.self, Gaps.self, Rescue.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every charge with open principal, by its last day. 各笔时效。")

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: ListOption

        @Flag(help: "Only what lapses within the policy's warn_days. 只列快到期的。")
        var warn = false

        func run() throws {
            var table = try output.table(
                "limitation",
                columns: [
                    "unit", "owner", "item", "period", "due", "principal_open", "last_day",
                    "days_left", "rests_on", "grade",
                ],
                numeric: ["principal_open", "days_left"], counts: ["days_left"],
                dates: ["due", "last_day"])
            let lapsed = try forEachLimitation(
                asOf: date.asOf, warning: warn, effects: try common.effects()
            ) { row in
                try table.row([
                    .text(row.unit), .text(row.owners), .text(row.item), .plain("\(row.period)"),
                    .plain("\(row.due)"), .plain("\(row.principalOpen)"),
                    .plain("\(row.lastDay)"), .count(row.lastDay - date.asOf),
                    .plain(row.restsOn), .plain(row.grade),
                ])
            }
            try table.end()
            if warn, lapsed > 0 { tell(lapsedAlready(lapsed)) }
        }

        private func lapsedAlready(_ count: Int) -> Bilingual {
            Bilingual(
                zh: "另有 \(count) 笔已经过了时效，不在此列；签字确认欠款或书面承诺才能重新起算。"
                    + "查看：dunwell limitation --as-of \(date.asOf)",
                en:
                    "Lapsed already, and not listed here: \(count). Only a signed acknowledgement of the debt or a "
                    + "promise in writing starts them anew. See: dunwell limitation --as-of \(date.asOf)"
            )
        }
    }

    struct Gaps: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what a court could read as paid. 可能被推定已付的缺口。",
            discussion: """
                A later period of the same item was paid, the earlier one was not, and between its due date
                and that payment no proven demand, and no payment on it, shows that it was owed.
                unproven_notices: notices in between that list it; a proof of their service closes the gap.

                  dunwell limitation gaps --as-of 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: ListOption

        func run() throws {
            var table = try output.table(
                "gaps",
                columns: [
                    "unit", "owner", "item", "period", "due", "principal_open", "paid_period",
                    "paid_on", "unproven_notices",
                ],
                numeric: ["principal_open", "unproven_notices"], counts: ["unproven_notices"],
                dates: ["due", "paid_on"])
            try forEachLimitationGap(asOf: date.asOf, effects: try common.effects()) { gap in
                try table.row([
                    .text(gap.unit), .text(gap.owners), .text(gap.charge.item.code),
                    .plain("\(gap.charge.period)"), .plain("\(gap.charge.due)"),
                    .plain("\(gap.principalOpen)"), .plain("\(gap.paidPeriod)"),
                    .plain("\(gap.paidOn)"), .count(gap.unprovenNotices),
                ])
            }
            try table.end()
        }
    }
}
