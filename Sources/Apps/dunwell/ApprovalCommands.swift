import ArgumentParser
import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approve a proposal, or refuse it; by a manager who did not make it. 审批。",
        discussion: """
            It takes effect on the approval's date.

              dunwell approve 3 --by 王经理 --on 2026-11-22
              dunwell approve 4 --refuse --reason 材料不全 --by 王经理 --on 2026-11-22
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: NamedStaffOption

    @Argument(help: "The proposal's number. 提议编号。")
    var proposal: Int

    @Option(name: .customLong("on"), help: "The day on which it is decided. 审批日期。")
    var date: CivilDate

    @Flag(help: "Refuse it. 不批准。")
    var refuse = false

    @Option(help: "What is to be remembered of it. 理由。")
    var reason = ""

    func run() throws {
        let approval = Approval(
            isApproved: !refuse, day: date, by: staff.staff, reason: reason)
        let remarks = try decide(
            proposal: proposal, approval, effects: try common.effects(by: staff.staff))
        remarks.forEach { tell($0) }
        let done =
            refuse
            ? Bilingual(zh: "已拒绝提议 \(proposal)\n", en: "proposal \(proposal) refused\n")
            : Bilingual(zh: "已批准提议 \(proposal)\n", en: "proposal \(proposal) approved\n")
        try write(done[language])
    }
}

struct ProposalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposal", abstract: "What waits for a manager, and what was decided. 提议。",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the proposals, the oldest first. 提议列表。",
            discussion: """
                  dunwell proposal list --open
                  dunwell proposal list --as-of 2026-11-30 --format json
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Flag(help: "Only what nobody has decided yet. 只列待审批的。")
        var open = false

        @Option(
            name: .customLong("as-of"),
            help: "The date that counts as today. Default: today. 算到哪天。")
        var asOf: CivilDate?

        func run() throws {
            let date = asOf ?? today()
            var table = TableOutput(
                output.chosen,
                columns: [
                    "proposal", "kind", "unit", "owner", "on", "by", "what", "reason", "state",
                    "decided_on", "decided_by",
                ], numeric: ["proposal"])
            let rows = try proposals(
                asOf: date, isOpen: open, effects: try common.effects())
            for row in rows {
                let approval = row.approval.flatMap { $0.day <= date ? $0 : nil }
                try table.row([
                    .count(row.id.number), .plain(row.kind), .text(row.unit), .text(row.owners),
                    .plain("\(row.proposal.day)"), .text(row.proposal.by), .text(row.what),
                    .text(row.proposal.reason),
                    .plain(approval.map { $0.isApproved ? "approved" : "refused" } ?? "open"),
                    approval.map { .plain("\($0.day)") } ?? .unknown,
                    approval.map { .text($0.by) } ?? .unknown,
                ])
            }
            try table.end()
        }
    }
}

extension Session.RecordedProposal {
    /// What would be done: item, periods, amounts, by the words of the commands.
    fileprivate var what: String {
        switch proposal.matter {
        case .waiver(let key, let amount, let day):
            "\(item) \(key.period) \(amount)" + (day.map { " unless paid by \($0)" } ?? "")
        case .concession(_, let from, let to, let relief):
            "\(item.isEmpty ? "*" : item) \(from)–\(to?.description ?? "") \(relief.words)"
        case .paymentReversal: payment
        case .chargeReversal(let key), .writeOff(let key): "\(item) \(key.period)"
        case .plan(let terms):
            terms.parts.map { "\($0.due):\($0.amount)" }.joined(separator: ",")
                + " \(terms.lateFee.rawValue)"
        case .court: ""
        }
    }
}

extension Concession.Relief {
    fileprivate var words: String {
        switch self {
        case .percent(let share): "\(share.shortDescription)%"
        case .amount(let amount): "\(amount)"
        case .noLateFee: "no_late_fee"
        }
    }
}
