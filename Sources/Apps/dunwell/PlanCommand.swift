public import ArgumentParser
public import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Arrears paid in parts. 分期付款。",
        discussion: """
            A plan is proposed with its parts, printed and signed, approved by a manager, and judged by
            what is paid from the day of the proposal on.

              dunwell plan propose 3-2-1501 --parts 2026-12-15:200.00,2027-01-15:185.00 --late-fee pause \\
                --reason 分两次付 --by 李四 --on 2026-11-21
              dunwell plan agreement 7 --out plan.pdf
              dunwell plan sign 7 --on 2026-11-22 --by 李四 --signer 安甲 --relation owner --file signed.pdf
              dunwell approve 7 --by 王经理 --on 2026-11-22
              dunwell plan list --as-of 2027-01-20
            """,
        subcommands: [Propose.self, Agreement.self, Sign.self, List.self, Show.self])

    enum IfBroken: String, ExpressibleByArgument, CaseIterable {
        case restore, forgive
    }

    struct Propose: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose a plan; a manager then approves it. 提议分期。",
            discussion: """
                The parts add up to the overdue principal; or that with late fees as of the day; or all open
                principal; or that with late fees; each less the account's credit. With --late-fee pause
                nothing accrues on it from the approval to the last part's due date while it is kept; when it
                is broken, that is made up for (--if-broken restore, the default), or not (forgive).

                  dunwell plan propose 3-2-1501 --parts 2026-12-15:200.00,2027-01-15:185.00 \\
                    --late-fee pause --by 李四 --on 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption
        @OptionGroup var output: FormatOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "An owner of the account that is meant. 业主编号。")
        var owner: String?

        @Option(help: "DATE:AMOUNT,DATE:AMOUNT … 各期日期和金额。")
        var parts: String

        @Option(help: "accrue or pause. 分期期间的违约金。")
        var lateFee: InstalmentPlan.LateFee

        @Option(help: "What becomes of what was paused: restore or forgive. 违约后补计或不补。")
        var ifBroken = IfBroken.restore

        @Option(help: "Why. 原因。")
        var reason = "分期付款"

        @Option(name: .customLong("on"), help: "The day of the agreement. 协议日期。")
        var date: CivilDate

        func run() throws {
            let number = try propose(
                ProposalEntry(
                    unit: unit, owner: owner,
                    matter: .plan(
                        parts: try readParts(parts), lateFee: lateFee,
                        forgives: ifBroken == .forgive),
                    day: date, staff: staff.staff, reason: reason),
                effects: try common.effects(by: staff.staff))
            try writeProposal(number, output)
        }
    }

    struct Agreement: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the agreement to be signed. 打印分期协议。",
            discussion: """
                  dunwell plan agreement 7 --out plan.pdf
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "The proposal's number. 提议编号。")
        var proposal: Int

        @Option(help: "The PDF to write. 输出的 PDF。")
        var out: String

        func run() throws {
            try writeAgreement(ofPlan: proposal, to: out, effects: try common.effects())
            try write(Bilingual(zh: "已写出 \(out)\n", en: "written: \(out)\n")[language])
        }
    }

    struct Sign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that the agreement was signed. 登记签字。",
            discussion: """
                A signed agreement acknowledges the debt, in writing.

                  dunwell plan sign 7 --on 2026-11-22 --by 李四 --signer 安甲 --relation owner \\
                    --file signed.pdf
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The proposal's number. 提议编号。")
        var proposal: Int

        @Option(name: .customLong("on"), help: "The day of the signature. 签字日期。")
        var date: CivilDate

        @Option(help: "Who signed. 签字人。")
        var signer: String

        @Option(help: "What the signer is to the owner: owner, spouse, agent … 与业主的关系。")
        var relation: String

        @Option(parsing: .upToNextOption, help: "The signed agreement. 签好的协议。")
        var file: [String] = []

        func run() throws {
            try signPlan(
                PlanSignatureEntry(
                    proposal: proposal, date: date, staff: staff.staff, signer: signer,
                    relation: relation, files: file),
                effects: try common.effects(by: staff.staff))
            try write(Bilingual(zh: "已登记签字\n", en: "signature recorded\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the plans, with what was paid. 分期列表。",
            discussion: """
                state: proposed, refused, kept (nothing is due and unpaid), late, broken, completed.

                  dunwell plan list --as-of 2027-01-20 --format json
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption
        @OptionGroup var date: AsOfOption

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "proposal", "unit", "owner", "total", "paid", "state", "next_due",
                    "next_amount", "broken_on",
                ], numeric: ["proposal", "total", "paid", "next_amount"])
            let plans = try instalmentPlans(asOf: date.asOf, effects: try common.effects())
            for view in plans {
                try table.row([
                    .count(view.number), .text(view.unit), .text(view.owners),
                    .plain("\(view.plan.terms.total)"), .plain("\(view.paid)"),
                    .plain(view.state.rawValue),
                    view.next.map { .plain("\($0.due)") } ?? .unknown,
                    view.next.map { .plain("\($0.amount)") } ?? .unknown,
                    view.brokenOn.map { .plain("\($0)") } ?? .unknown,
                ])
            }
            try table.end()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a plan: what it covers, and its parts. 查看分期。",
            discussion: """
                  dunwell plan show 7 --as-of 2027-01-20
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption

        @Argument(help: "The proposal's number. 提议编号。")
        var proposal: Int

        func run() throws {
            let view = try instalmentPlan(
                proposal, asOf: date.asOf, effects: try common.effects())
            try write(view.inWords[language])
        }
    }
}

extension InstalmentPlan.LateFee: ExpressibleByArgument {}

/// `DATE:AMOUNT,DATE:AMOUNT`
private func readParts(_ text: String) throws -> [InstalmentPlan.Part] {
    let parts = try text.split { ",，;；".contains($0) }.map { part -> InstalmentPlan.Part in
        let words = part.split { ":：".contains($0) }.map {
            String($0.drop { $0 == " " }.prefix { $0 != " " })
        }
        guard words.count == 2, let due = CivilDate(words[0]),
            let amount = try? Money(parsing: words[1])
        else { throw ProposalError.partsNotAscending }
        return InstalmentPlan.Part(due: due, amount: amount)
    }
    if parts.isEmpty { throw ProposalError.partsNotAscending }
    return parts
}

extension PlanView {
    fileprivate var inWords: Bilingual {
        let terms = plan.terms
        let covered = terms.covers.map {
            "  \($0.key.period) \(items[$0.key.item] ?? "") \($0.principal) + \($0.lateFee)\n"
        }
        let parts = zip(terms.parts, partStates).map { "  \($0.due) \($0.amount) \($1.rawValue)\n" }
        let signed = recorded.signed.map { "\($0)" } ?? "-"
        let approved = plan.approved.map { "\($0)" } ?? "-"
        let lateFee = terms.lateFee.rawValue + (terms.forgives ? " forgive" : "")
        let end = brokenOn.map { " \($0)" } ?? ""
        return Bilingual(
            zh: "分期协议 \(number)，\(unit) \(owners)，截至 \(asOf)：\(state.rawValue)\(end)\n"
                + "协议 \(plan.proposed)，批准 \(approved)，签字 \(signed)，违约金 \(lateFee)\n"
                + "覆盖（本金 + 违约金）：\n" + covered.joined() + "各期：\n" + parts.joined()
                + "合计 \(terms.total)，已付 \(paid)\n",
            en: "Plan \(number), \(unit) \(owners), as of \(asOf): \(state.rawValue)\(end)\n"
                + "agreed \(plan.proposed), approved \(approved), signed \(signed), late fees \(lateFee)\n"
                + "covers (principal + late fee):\n" + covered.joined() + "parts:\n"
                + parts.joined()
                + "total \(terms.total), paid \(paid)\n")
    }
}
