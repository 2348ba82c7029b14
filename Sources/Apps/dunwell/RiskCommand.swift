import ArgumentParser
import Dunning
import Office
import Primitives
import SQLiteStore

struct RiskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "risk", abstract: "How likely arrears are to be collected. 应收款风险分类。",
        discussion: """
            not_due: nothing is overdue; demanded: overdue, nothing worse; doubtful and bad: by the days of
            the oldest (policy.yaml, casework.risk), doubtful also after two broken promises; dead: all that
            is overdue is past its limitation. A manager may judge otherwise.

              dunwell risk list --as-of 2026-12-31
              dunwell risk provision --as-of 2026-12-31
              dunwell risk set 3-2-1501 --class bad --reason 企业已停业 --by 王经理 --on 2026-12-20
            """,
        subcommands: [List.self, Provision.self, Override.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every account with arrears, with its class and why. 各户风险分类。",
            discussion: """
                class is a manager's where one judged, else by_rule; oldest_days counts from the due date of
                the oldest open principal.

                  dunwell risk list --as-of 2026-12-31 --out risk.xlsx
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: ListOption

        func run() throws {
            var table = try output.table(
                "risk",
                columns: [
                    "unit", "owner", "class", "by_rule", "principal", "late_fee", "oldest_days",
                    "reason",
                ],
                numeric: ["principal", "late_fee", "oldest_days"], counts: ["oldest_days"])
            try forEachRisk(asOf: date.asOf, effects: try common.effects()) { row in
                try table.row([
                    .text(row.unit), .text(row.owners), .plain(row.risk.rawValue),
                    .plain(row.byRule.rawValue), .plain("\(row.principal)"),
                    .plain("\(row.lateFee)"), .count(row.oldestDays),
                    .text(row.reason[language]),
                ])
            }
            try table.end()
        }
    }

    struct Provision: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is to be set aside for each class. 坏账准备。",
            discussion: """
                provision = principal × rate, rounded half up for each class; the last row adds them up, and
                its principal is all open principal.

                  dunwell risk provision --as-of 2026-12-31
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: ListOption

        func run() throws {
            var table = try output.table(
                "provision",
                columns: ["class", "accounts", "principal", "rate", "provision"],
                numeric: ["accounts", "principal", "provision"], counts: ["accounts"])
            let rows = try riskProvisions(asOf: date.asOf, effects: try common.effects())
            for row in rows {
                try table.row([
                    .plain(row.risk.rawValue), .count(row.accounts), .plain("\(row.principal)"),
                    .plain(row.share.shortDescription), .plain("\(row.provision)"),
                ])
            }
            try table.row([
                .plain("total"), .count(rows.reduce(0) { $0 + $1.accounts }),
                .plain("\(rows.reduce(Money.zero) { $0 + $1.principal })"), .unknown,
                .plain("\(rows.reduce(Money.zero) { $0 + $1.provision })"),
            ])
            try table.end()
        }
    }

    struct Override: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Judge an account otherwise than the rules: a manager. 人工判定。",
            discussion: """
                none gives it back to the rules.

                  dunwell risk set 3-2-1501 --class bad --reason 企业已停业 --by 王经理 --on 2026-12-20
                  dunwell risk set 3-2-1501 --class none --reason 已恢复营业 --by 王经理 --on 2027-03-01
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "Names an account by its owner's code. Default: who holds the unit. 业主编号。")
        var owner: String?

        @Option(
            name: .customLong("class"),
            help: "not_due, demanded, doubtful, bad, dead, or none. 风险类别。")
        var risk: ChosenRisk

        @Option(help: "Why. 原因。")
        var reason: String

        @Option(name: .customLong("on"), help: "The day from which on it counts. 判定日期。")
        var date: CivilDate

        func run() throws {
            try overrideRisk(
                of: unit, owner: owner, as: risk.risk, reason: reason, by: staff.staff, on: date,
                effects: try common.effects(by: staff.staff))
        }
    }

    /// A class, or `none`.
    struct ChosenRisk: ExpressibleByArgument {
        let risk: RiskClass?

        init?(argument: String) {
            risk = RiskClass(rawValue: argument)
            if risk == nil, argument != "none" { return nil }
        }
    }
}
