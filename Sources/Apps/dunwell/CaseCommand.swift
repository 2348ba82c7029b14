public import ArgumentParser
public import Casework
import Office
import Primitives
import SQLiteStore

struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Households in hardship, and their relief. 困难个案。",
        discussion: """
            While a case is open or granted, dunning stays at its first stage, and the account is in no
            list for the court. What a household says and shows is for managers and the case's own staff
            alone; each look is recorded.

              dunwell case open 3-2-1501 --kind temporary --reason 住院 --by 李四 --on 2026-11-21
              dunwell case afford 1 --persons 3 --income 工资:4200 --by 李四 --on 2026-11-22
              dunwell case propose 1 --relief no_late_fee --item '*' --from 2026-09 --to 2027-02 \\
                --review 2027-02-28 --by 李四 --on 2026-11-22
              dunwell approve 1 --by 王经理 --on 2026-11-23
            """,
        subcommands: [
            Open.self, List.self, Show.self, Looks.self, CaseProof.self, CaseAfford.self,
            CasePropose.self,
            Staff.self, Refuse.self, Renew.self, Close.self,
        ])

    struct Open: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a case for a household; prints its number. 受理困难个案。",
            discussion: """
                  dunwell case open 3-2-1501 --kind long --reason 孤寡老人，只有低保 --by 李四 --on 2026-11-21
                  dunwell case open 3-2-1501 --kind temporary --reason 住院 --by 李四 --on 2026-11-21 \\
                    --review 2027-02-28 --format json
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption
        @OptionGroup var output: FormatOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "Names an account by its owner's code. Default: who holds the unit. 业主编号。")
        var owner: String?

        @Option(help: "long or temporary. 长期或暂时。")
        var kind: HardshipCase.Kind

        @Option(help: "What the hardship is; only managers and the case's own staff see it. 困难情况。")
        var reason: String

        @Option(name: .customLong("on"), help: "The day on which it is opened. 受理日期。")
        var date: CivilDate

        @Option(help: "Until when it waits for a decision, that day included. 复核日期。")
        var review: CivilDate?

        func run() throws {
            let number = try openHardshipCase(
                for: unit, owner: owner, kind: kind, reason: reason, by: staff.staff, on: date,
                review: review, effects: try common.effects(by: staff.staff)
            ).number
            if output.chosen == .json { return try write("{\n \"case\": \(number)\n}\n") }
            try write(Bilingual(zh: "困难个案 \(number)\n", en: "case \(number)\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the cases, without anything that was said. 困难个案列表。",
            discussion: """
                  dunwell case list
                  dunwell case list --as-of 2026-12-31 --format json
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Option(
            name: .customLong("as-of"),
            help: "The date that counts as today. Default: today. 算到哪天。")
        var asOf: CivilDate?

        func run() throws {
            var table = TableOutput(
                output.chosen, columns: ["case", "unit", "owner", "kind", "state", "review"],
                numeric: ["case"])
            let cases = try hardshipCases(
                asOf: asOf ?? today(), effects: try common.effects())
            for row in cases {
                try table.row([
                    .count(row.number), .text(row.unit), .text(row.owners),
                    .plain(row.kind.rawValue), .plain(row.state.rawValue),
                    row.review.map { .plain("\($0)") } ?? .unknown,
                ])
            }
            try table.end()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a case to its own staff or a manager; the look is recorded. 查看个案。",
            discussion: """
                  dunwell case show 1 --by 王经理
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption
        @OptionGroup var number: CaseNumber

        @Option(
            name: .customLong("as-of"),
            help: "The date that counts as today. Default: today. 算到哪天。")
        var asOf: CivilDate?

        func run() throws {
            let shown = try showHardshipCase(
                number.number, to: staff.staff, asOf: asOf ?? today(),
                effects: try common.effects())
            try write(shown.inWords[language])
        }
    }

    struct Looks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who looked at a case, and who was refused: for managers. 查看记录。",
            discussion: """
                  dunwell case looks 1 --by 王经理
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption
        @OptionGroup var number: CaseNumber
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(output.chosen, columns: ["at", "by", "outcome"])
            let looks = try hardshipLooks(
                at: number.number, by: staff.staff, effects: try common.effects())
            for look in looks {
                try table.row([
                    .plain(look.at), .text(look.staff),
                    .plain(look.isAllowed ? "shown" : "refused"),
                ])
            }
            try table.end()
        }
    }

    struct Staff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let another member of staff see a case and work on it. 添加经办人。",
            discussion: """
                  dunwell case staff 1 --add 赵六 --by 李四
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption
        @OptionGroup var number: CaseNumber

        @Option(help: "Who is to work on it, too. 姓名。", transform: personName)
        var add: String

        func run() throws {
            try addHardshipStaff(
                add, to: number.number, by: staff.staff,
                effects: try common.effects(by: staff.staff))
        }
    }

    struct Refuse: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse what a case asks for: a manager who did not open it. 不同意。",
            discussion: """
                  dunwell case refuse 1 --reason 材料不符 --by 王经理 --on 2026-11-25
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var decision: CaseDecision

        @Option(help: "Why; only managers and the case's own staff see it. 原因。")
        var reason: String

        func run() throws { try decision.decide(.refused, reason: reason, common) }
    }

    struct Renew: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let what stands stand until another review date: a manager. 续期。",
            discussion: """
                  dunwell case renew 1 --review 2027-08-31 --by 王经理 --on 2027-02-25
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var decision: CaseDecision

        @Option(help: "Until when, that day included. 复核日期。")
        var review: CivilDate

        @Option(help: "Why; only managers and the case's own staff see it. 原因。")
        var reason = ""

        func run() throws {
            try decision.decide(.renewed, review: review, reason: reason, common)
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a case: a manager. What was granted before stays granted. 结案。",
            discussion: """
                  dunwell case close 1 --reason 已恢复收入 --by 王经理 --on 2027-01-10
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var decision: CaseDecision

        @Option(help: "Why; only managers and the case's own staff see it. 原因。")
        var reason: String

        func run() throws { try decision.decide(.closed, reason: reason, common) }
    }
}

struct CaseNumber: ParsableArguments {
    @Argument(help: "The case's number. 个案编号。")
    var number: Int
}

/// What every decision of a manager has.
struct CaseDecision: ParsableArguments {
    @OptionGroup var number: CaseNumber
    @OptionGroup var staff: NamedStaffOption

    @Option(name: .customLong("on"), help: "The day from which on it counts. 决定日期。")
    var date: CivilDate

    func decide(
        _ outcome: HardshipCase.Outcome, review: CivilDate? = nil, reason: String,
        _ common: CommonOptions
    ) throws {
        try decideHardshipCase(
            number.number, outcome, review: review, reason: reason, by: staff.staff, on: date,
            effects: try common.effects(by: staff.staff))
    }
}

extension HardshipCase.Kind: ExpressibleByArgument {}
