public import ArgumentParser
public import Casework
import Office
import Primitives
import SQLiteStore

struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Calls, visits, messages, letters received. 联系记录。",
        subcommands: [Add.self, Correct.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a contact; the rules that it broke are told. 登记联系。",
            discussion: """
                A visit takes two names. REASON is why the account is not paid; `disputes` opens a complaint,
                `deceased` stops dunning. RELATION: \(ContactRelation.codes.joined(separator: ", ")),
                or words of your own, which are kept with the name.

                  dunwell contact add 1-101 --how call --on 2026-11-21 --at 10:30 --by 王 --with 安甲 \\
                    --relation owner --note 说忘了，这周付 --reason forgot --next 2026-11-28
                  dunwell contact add 1-101 --how visit --on 2026-11-21 --by 王 李 --relation none \\
                    --note 没有人在家
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var account: AccountArguments

        @Option(help: "call, visit, message or letter. 方式。")
        var how: ContactWay

        @Option(name: .customLong("on"), help: "The day. 日期。")
        var date: CivilDate

        @Option(help: "The time, such as 10:30. 时间。", transform: timeArgument)
        var at: Int?

        @Option(
            name: .customLong("by"), parsing: .upToNextOption,
            help: "Who called or went: one name; two of a visit. 经手人；上门写两位。")
        var staff: [String]

        @Option(help: "Whom they spoke to. 和谁谈的。")
        var with = ""

        @Option(help: "What that person is to the owner. 与业主的关系。")
        var relation: String

        @Option(help: "What was said. 谈了什么。")
        var note: String

        @Option(help: "Why the account is not paid. 欠费原因。")
        var reason: ArrearsReason?

        @Option(help: "When the next step is due. 下一步日期。")
        var next: CivilDate?

        func run() throws {
            var contact = Session.NewContact(
                way: how, date: date, staff: staff, relation: relation)
            contact.minute = at
            contact.with = with
            contact.note = note
            contact.reason = reason
            contact.next = next
            let effects = try common.effects(by: staff)
            try show(
                try recordContact(
                    contact, of: account.unit, owner: account.owner, effects: effects), effects)
        }
    }

    struct Correct: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a contact anew in the place of a wrong one. 更正联系记录。",
            discussion: """
                What is not given stays as it was entered; the wrong one stays to be read. It counts no more
                from the day that --on gives the new one: with today's, what was decided before stands; without
                --on the new one counts from the wrong one's own day.

                  dunwell contact correct 7 --by 王 --reason temporary --note 说失业三个月，下月付 --on 2026-11-25
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var editor: NamedStaffOption

        @Argument(help: "The contact's number, as `contact list` has it. 联系记录号。")
        var contact: Int

        @Option(help: "call, visit, message or letter. 方式。")
        var how: ContactWay?

        @Option(name: .customLong("on"), help: "The day. 日期。")
        var date: CivilDate?

        @Option(help: "The time, such as 10:30. 时间。", transform: timeArgument)
        var at: Int?

        @Option(parsing: .upToNextOption, help: "Who called or went. 当时的经手人。")
        var staff: [String] = []

        @Option(help: "Whom they spoke to. 和谁谈的。")
        var with: String?

        @Option(help: "What that person is to the owner. 与业主的关系。")
        var relation: String?

        @Option(help: "What was said. 谈了什么。")
        var note: String?

        @Option(help: "Why the account is not paid. 欠费原因。")
        var reason: ArrearsReason?

        @Flag(help: "It named no reason. 没有说原因。")
        var noReason = false

        @Option(help: "When the next step is due. 下一步日期。")
        var next: CivilDate?

        func run() throws {
            let effects = try common.effects(by: editor.staff)
            try show(
                try correctContact(contact, effects: effects) { old in
                    var contact = Session.NewContact(
                        way: how ?? old.way, date: date ?? old.date,
                        staff: staff.isEmpty ? old.staff : staff,
                        relation: relation ?? old.relation)
                    contact.minute = at ?? old.minute
                    contact.with = with ?? old.with
                    contact.note = note ?? old.note
                    contact.reason = noReason ? nil : reason ?? old.reason
                    contact.next = next ?? old.next
                    return contact
                }, effects)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the contacts. 联系记录列表。",
            discussion: """
                With --as-of those up to that day that count; else all, corrected ones too.

                  dunwell contact list 1-101
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Argument(help: "Of one unit. 房号。")
        var unit: String?

        @Option(name: .customLong("as-of"), help: "Up to that day. 算到哪天。")
        var asOf: CivilDate?

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "contact", "unit", "owner", "how", "date", "time", "staff", "with",
                    "relation", "reason", "note", "next", "broken_rules", "corrected_by",
                ], numeric: ["contact"])
            try forEachContact(of: unit, asOf: asOf, effects: try common.effects()) { each in
                let contact = each.contact
                try table.row([
                    .count(each.number), .text(each.unit), .text(each.owners),
                    .plain(contact.way.rawValue), .plain("\(contact.date)"),
                    .plain(contact.minute.map(timeText) ?? ""),
                    .text(contact.staff.joined(separator: ";")), .text(contact.with),
                    .plain(contact.relation), .plain(contact.reason?.rawValue ?? ""),
                    .text(contact.note), .plain(contact.next.map { "\($0)" } ?? ""),
                    .plain(each.brokenRules.map(\.rawValue).joined(separator: ";")),
                    .plain(each.correctedBy.map { "\($0)" } ?? ""),
                ])
            }
            try table.end()
        }
    }
}

/// Its number, then what follows from its reason; broken rules as messages.
private func show(_ contact: Session.RecordedContact, _ effects: Effects) throws {
    let settings = try caseworkSettings(effects: effects)
    for message in contact.brokenRuleMessages(under: settings) { tell(message) }
    if let reminder = contact.reminder { tell(reminder) }
    let course = contact.contact.reason.map {
        Bilingual(
            zh: "\n\($0.name.zh)：\($0.course.zh)", en: "\n\($0.name.en): \($0.course.en)")
    }
    try write(
        Bilingual(
            zh: "联系记录 \(contact.number)：\(contact.unit)\(course?.zh ?? "")\n",
            en: "contact \(contact.number): \(contact.unit)\(course?.en ?? "")\n")[language])
}

extension ContactWay: ExpressibleByArgument {}
extension ArrearsReason: ExpressibleByArgument {}

/// A time of the day: `10:30`, in minutes.
@Sendable private func timeArgument(_ text: String) throws -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
        let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
        (0..<60).contains(minute)
    else { throw ValidationError("“\(text)”: 请写时间，如 10:30 (a time, such as 10:30).") }
    return hour * 60 + minute
}

private func timeText(_ minute: Int) -> String {
    let digits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    return digits(minute / 60) + ":" + digits(minute % 60)
}
