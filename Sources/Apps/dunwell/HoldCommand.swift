public import ArgumentParser
public import Dunning
import Interchange
import Office
import Primitives

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Dates in which dunning rests, with the reason. 暂停催缴。",
        discussion: """
            Promises, plans, hardship cases, a death and court cases hold dunning by themselves; what is entered
            here is beside them.
            """,
        subcommands: [Add.self, List.self, End.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter a hold. 登记暂停。",
            discussion: """
                  dunwell hold add 1-101 --reason disputed --from 2026-11-21 --to 2026-12-05 --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "disputed, deceased, court, hardship, promise or plan. 原因。")
        var reason: DunningHold.Reason

        @Option(help: "The first day. 起始日期。")
        var from: CivilDate

        @Option(help: "The last day, included; default: open. 终止日期（含）。")
        var to: CivilDate?

        @Option(help: "Anything worth remembering. 备注。")
        var note = ""

        func run() throws {
            let values = [
                "unit": unit, "reason": reason.rawValue, "from": "\(from)",
                "to": to.map { "\($0)" } ?? "", "note": note,
            ]
            let report = try enterHold(values, effects: try common.effects(by: staff.staff))
            report.remarks.forEach { tell($0) }
            guard report.problems.isEmpty else {
                report.problems.forEach { tell($0.typedText(in: language)) }
                throw BadInput()
            }
            try write(Bilingual(zh: "已登记\n", en: "entered\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the holds in force on a day. 暂停列表。",
            discussion: """
                entered: whether it stands in the register; the others follow from promises, plans and cases.

                  dunwell hold list --as-of 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen, columns: ["unit", "owner", "reason", "from", "to", "entered"])
            try forEachHold(asOf: date.asOf, effects: try common.effects()) { each in
                try table.row([
                    .text(each.unit), .text(each.owners), .plain(each.hold.reason.rawValue),
                    .plain("\(each.hold.from)"), .plain(each.hold.to.map { "\($0)" } ?? ""),
                    .flag(each.isEntered),
                ])
            }
            try table.end()
        }
    }

    struct End: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a hold of the register. 结束暂停。",
            discussion: """
                What was entered stays, with who ended it. A hold that follows from a promise, plan or case
                ends with that. None can end before the last run's date: that run went by it.

                  dunwell hold end 1-101 --reason disputed --from 2026-11-21 --to 2026-11-30 --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "The hold's reason. 原因。")
        var reason: DunningHold.Reason

        @Option(help: "The hold's first day. 起始日期。")
        var from: CivilDate

        @Option(help: "Its last day from now on, included. 终止日期（含）。")
        var to: CivilDate

        func run() throws {
            try endHold(
                of: unit, reason, from: from, on: to,
                effects: try common.effects(by: staff.staff))
            try write(Bilingual(zh: "\(to) 结束\n", en: "ends on \(to)\n")[language])
        }
    }
}

extension DunningHold.Reason: ExpressibleByArgument {}
