public import ArgumentParser
public import Evidence
import Office
import Primitives
import SQLiteStore

struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "How notices reached their owners, and what proves it. 送达。",
        discussion: """
            Grades, best first: A signed with the debt acknowledged; B signed as received; C notarised, or
            registered mail with stub, content and track; D mail, fax, agreed mailbox or left with two
            witnesses, each with its proof; E all else. A to C start the limitation anew.
            """,
        subcommands: [
            Add.self,
            List.self,
            Gaps.self,
            Withdraw.self,
            ScanCommand.self,
            ConfirmCommand.self,
        ])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record how a notice was served; prints it with its grade. 登记送达。",
            discussion: """
                HOW: \(ServiceWay.allCases.map(\.rawValue).joined(separator: ", ")).
                A file is kept as the proof that HOW still lacks; KIND=PATH names what it shows (\(kinds)),
                KIND+KIND=PATH more than one. The same entry again changes nothing.

                  dunwell service add FL-202611-00037-4 --how signed_owner --on 2026-11-22 --by 王 \\
                    --acknowledges --file stub.jpg
                  dunwell service add FL-202611-00037-4 --how signed_household --on 2026-11-22 --by 王 \\
                    --signer 李梅 --relation spouse
                  dunwell service add FL-202611-00037-4 --how registered --on 2026-11-25 --by 王 \\
                    --file stub=slip.jpg --file content=inside.jpg --file track=track.png
                  dunwell service add FL-202611-00037-4 --how left_witnessed --on 2026-11-22 --by 王 李 \\
                    --file door.jpg
                """)

        private static let kinds = ProofKind.allCases.filter { $0 != .code }.map(\.rawValue)
            .joined(separator: ", ")

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Argument(help: "The notice's number. 通知编号。")
        var notice: String

        @Option(help: "The way in which it was served. 送达方式。")
        var how: ServiceWay

        @Option(name: .customLong("on"), help: "The day on which it arrived. 送达日期。")
        var date: CivilDate

        @OptionGroup var served: ServedArguments

        @Option(
            parsing: .upToNextOption, help: "What proves it: PATH, or KIND=PATH. 证明文件。")
        var file: [String] = []

        func run() throws {
            var entry = ServiceEntry(of: notice, how: how, on: date, staff: served.staff)
            served.fill(&entry)
            entry.files = try file.map { try ServiceEntry.File($0) }
            let effects = try common.effects(by: served.staff)
            let service = try recordService(entry, effects: effects)
            for remark in try remarks(on: service, today: today(), effects: effects) {
                tell(remark)
            }
            if output.chosen == .json { return try write(object(service)) }
            var table = ServiceTable(output.chosen)
            try table.row(service)
            try table.end()
        }

        private func object(_ service: Session.RecordedService) -> String {
            let pairs = zip(ServiceTable.columns, ServiceTable.fields(service))
                .map { " \(quoted($0)): \(json($1))" }
            return "{\n" + pairs.joined(separator: ",\n") + "\n}\n"
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the services, withdrawn ones too. 送达登记簿。",
            discussion: """
                  dunwell service list --unit 3-2-1501
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Option(help: "Of one unit. 房号。")
        var unit: String?

        func run() throws {
            var table = ServiceTable(output.chosen)
            try forEachService(of: unit, effects: try common.effects()) { try table.row($0) }
            try table.end()
        }
    }

    struct Gaps: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Notices that went out and are not proven to have arrived. 送达缺口。",
            discussion: """
                Those printed, or served in any way, oldest first, with what to do next. A dunning notice is
                proven by grade A, B or C, or by D in a way listed under limitation.accept; a bill by any D.

                  dunwell service gaps
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "notice", "unit", "owner", "kind", "stage", "as_of", "how", "grade", "next",
                ])
            try forEachServiceGap(effects: try common.effects()) { gap in
                let notice = gap.notice
                try table.row([
                    .text(notice.number), .text(notice.unit),
                    .text(notice.owners.joined(separator: ";")),
                    .plain(notice.stage == nil ? "bill" : "dunning"), .text(notice.stage ?? ""),
                    .plain("\(notice.asOf)"), .plain(notice.best?.how.rawValue ?? ""),
                    .plain(notice.best?.grade.rawValue ?? ""), .text(gap.next[language]),
                ])
            }
            try table.end()
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a service that was recorded by mistake. 撤销登记错的送达。",
            discussion: """
                It stays in the list, with the reason, and counts no more. Then record the right one.

                  dunwell service withdraw 17 --reason 登记到了别家的通知上
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The service's number, as `service list` has it. 送达记录号。")
        var service: Int

        @Option(help: "Why. 原因。")
        var reason: String

        func run() throws {
            try withdrawService(
                service, reason: reason, effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(zh: "已撤销：\(service)\n", en: "withdrawn: \(service)\n")[language])
        }
    }
}

/// Services as a table.
struct ServiceTable {
    static let columns = [
        "service", "notice", "unit", "how", "date", "grade", "staff", "signer", "relation",
        "acknowledges", "withdrawn", "note", "files",
    ]

    private var table: TableOutput

    init(_ format: TableFormatOption) {
        table = TableOutput(format, columns: Self.columns, numeric: ["service"])
    }

    mutating func row(_ service: Session.RecordedService) throws {
        try table.row(Self.fields(service))
    }

    mutating func end() throws { try table.end() }

    static func fields(_ recorded: Session.RecordedService) -> [Field] {
        let service = recorded.service
        let files = recorded.files.map { file in
            "\(file.kinds.map(\.rawValue).joined(separator: "+")):\(file.sha256).\(file.suffix)"
        }
        return [
            .count(recorded.id.number), .text(recorded.number), .text(recorded.unit),
            .plain(service.how.rawValue), .plain("\(service.date)"),
            .plain(recorded.grade.rawValue),
            .text(service.staff.sorted(by: inByteOrder).joined(separator: ";")),
            .text(service.signer?.name ?? ""),
            .plain(service.signer?.relation.rawValue ?? ""),
            .flag(service.acknowledges),
            .text(recorded.withdrawn?.reason ?? ""), .text(service.note),
            .plain(files.sorted(by: inByteOrder).joined(separator: ";")),
        ]
    }
}

extension ServiceWay: ExpressibleByArgument {}

/// By whom a notice was served, who signed, and what was said: of `service add` and `confirm`.
struct ServedArguments: ParsableArguments {
    @Option(
        name: .customLong("by"), parsing: .upToNextOption,
        help: "Who served it: one name, or two. 经手人，一位或两位。")
    var staff: [String] = []

    @Option(help: "Who signed. 签收人。")
    var signer = ""

    @Option(help: "What the signer is to the owner: spouse, adult_child … 与业主的关系。")
    var relation = ""

    @Flag(help: "The signer ticked that the debt is acknowledged. 确认欠款。")
    var acknowledges = false

    @Option(help: "Anything worth remembering. 备注。")
    var note = ""

    func validate() throws {
        if staff.isEmpty { throw ValidationError("--by STAFF is missing. 请写经手人：--by。") }
    }

    func fill(_ entry: inout ServiceEntry) {
        entry.signer = signer
        entry.relation = relation
        entry.acknowledges = acknowledges
        entry.note = note
    }
}
