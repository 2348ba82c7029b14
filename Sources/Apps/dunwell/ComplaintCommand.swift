import ArgumentParser
import Office
import Primitives
import SQLiteStore

struct ComplaintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complaint",
        abstract: "Complaints about the service, apart from the debt. 意见和投诉。",
        discussion: """
            A contact with --reason disputes opens one. It holds nothing; where dunning is to rest until it is
            answered: dunwell hold add UNIT --reason disputed.
            """,
        subcommands: [List.self, Answer.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the complaints. 意见列表。",
            discussion: """
                  dunwell complaint list --open
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Flag(help: "Only those that wait for an answer. 只列未答复的。")
        var open = false

        @Option(name: .customLong("as-of"), help: "As they stood on that day. 算到哪天。")
        var asOf: CivilDate?

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "complaint", "unit", "owner", "date", "staff", "text", "answered",
                    "answered_by", "answer",
                ], numeric: ["complaint"])
            try forEachComplaint(asOf: asOf, effects: try common.effects()) { each in
                if open, each.answer != nil { return }
                try table.row([
                    .count(each.number), .text(each.unit), .text(each.owners),
                    .plain("\(each.date)"), .text(each.staff), .text(each.text),
                    .plain(each.answer.map { "\($0.date)" } ?? ""),
                    .text(each.answer?.staff ?? ""), .text(each.answer?.text ?? ""),
                ])
            }
            try table.end()
        }
    }

    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Note what a manager answered. 经理答复。",
            discussion: """
                  dunwell complaint answer 3 --text 电梯周五修好，已告知 --by 王经理 --on 2026-11-25
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The complaint's number. 意见编号。")
        var complaint: Int

        @Option(help: "What was answered. 答复。")
        var text: String

        @Option(help: "When. 答复日期。")
        var on: CivilDate

        func run() throws {
            try answerComplaint(
                complaint, with: text, on: on, effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(zh: "已答复：\(complaint)\n", en: "answered: \(complaint)\n")[language])
        }
    }
}
