public import ArgumentParser
public import Casework
import Office
import Primitives
import SQLiteStore

struct CourtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "court", abstract: "The way to court, by a manager's decision only. 诉讼。",
        discussion: """
            Nobody in hardship is taken to court, and nobody without an approval: candidates are shown, a manager
            decides.
            """,
        subcommands: [
            Candidates.self, CourtPropose.self, Step.self, List.self, Steps.self, Withdraw.self,
        ])

    struct Candidates: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who refuses, with a proven formal demand. 可考虑起诉的户。",
            discussion: """
                small_claim: whether principal and late fee stay within the ceiling of policy.yaml
                (court.small_claims); unset where it names none.

                  dunwell court candidates --as-of 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "unit", "owner", "principal", "late_fee", "total", "days_overdue",
                    "demand_proven_on", "ceiling", "small_claim",
                ], numeric: ["principal", "late_fee", "total", "days_overdue", "ceiling"])
            try forEachCourtCandidate(asOf: date.asOf, effects: try common.effects()) { each in
                try table.row([
                    .text(each.unit), .text(each.owners), .plain("\(each.principal)"),
                    .plain("\(each.lateFee)"), .plain("\(each.total)"),
                    .count(each.daysOverdue), .plain("\(each.provenOn)"),
                    .plain(each.smallClaims.map { "\($0)" } ?? ""),
                    .plain(each.isSmallClaim.map { $0 ? "yes" : "no" } ?? "unset"),
                ])
            }
            try table.end()
        }
    }

    struct Step: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a step. 登记诉讼步骤。",
            discussion: """
                STAGE: \(CourtStage.allCases.map(\.rawValue).joined(separator: ", ")). Stages may be passed
                over, and never go back.

                  dunwell court step 1-101 --stage filed --on 2026-12-10 --cost 25.00 --file order.pdf --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var account: AccountArguments
        @OptionGroup var staff: NamedStaffOption

        @Option(help: "The stage. 步骤。")
        var stage: CourtStage

        @Option(help: "The day. 日期。")
        var on: CivilDate

        @Option(help: "What it cost, in yuan. 费用。", transform: amountArgument)
        var cost = Money.zero

        @Option(help: "A paper to be kept. 文件。")
        var file: String?

        @Option(help: "Anything worth remembering. 备注。")
        var note = ""

        func run() throws {
            var entry = CourtStepEntry(
                of: account.unit, owner: account.owner, stage: stage, on: on)
            entry.cost = cost
            entry.file = file
            entry.note = note
            let (number, isKnown) = try recordCourtStep(
                entry, effects: try common.effects(by: staff.staff))
            if isKnown {
                tell(Bilingual(zh: "已经登记过，没有改动。", en: "Known already; nothing changed."))
            }
            try write(
                Bilingual(
                    zh: "步骤 \(number)：\(account.unit)，\(stage.name.zh)\n",
                    en: "step \(number): \(account.unit), \(stage.name.en)\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the accounts on their way to court. 诉讼清单。",
            discussion: """
                Approved, not ended, and not in hardship. stage: approved, where no step was taken yet.

                  dunwell court list --as-of 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: ["unit", "owner", "principal", "late_fee", "stage", "since", "costs"],
                numeric: ["principal", "late_fee", "costs"])
            try forEachCourtCase(asOf: date.asOf, effects: try common.effects()) { each in
                try table.row([
                    .text(each.unit), .text(each.owners), .plain("\(each.principal)"),
                    .plain("\(each.lateFee)"), .plain(each.stage?.rawValue ?? "approved"),
                    .plain("\(each.since)"), .plain("\(each.costs)"),
                ])
            }
            try table.end()
        }
    }

    struct Steps: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the steps that were taken. 诉讼步骤。",
            discussion: """
                  dunwell court steps 1-101
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Argument(help: "Of one unit. 房号。")
        var unit: String?

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: ["step", "unit", "stage", "date", "cost", "staff", "note", "file"],
                numeric: ["step", "cost"])
            try forEachCourtStep(of: unit, effects: try common.effects()) { unit, step in
                try table.row([
                    .count(step.number), .text(unit), .plain(step.stage.rawValue),
                    .plain("\(step.date)"), .plain("\(step.cost)"), .text(step.staff),
                    .text(step.note), .plain(step.sha256 ?? ""),
                ])
            }
            try table.end()
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw the last step of a case, entered by mistake. 撤销登记错的步骤。",
            discussion: """
                From that day on it counts no more; what was decided before stands.

                  dunwell court withdraw 3 --reason 日期登记错了 --on 2026-12-12 --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The step's number. 步骤编号。")
        var step: Int

        @Option(help: "Why. 原因。")
        var reason: String

        @Option(help: "From which day on it counts no more. Default: today. 撤销日期。")
        var on: CivilDate?

        func run() throws {
            try withdrawCourtStep(
                step, reason: reason, on: on ?? today(),
                effects: try common.effects(by: staff.staff))
            try write(Bilingual(zh: "已撤销：\(step)\n", en: "withdrawn: \(step)\n")[language])
        }
    }
}

extension CourtStage: ExpressibleByArgument {}
