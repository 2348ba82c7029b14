import ArgumentParser
import Casework
import Office
import Primitives

/// What would help the household.
struct CasePropose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose relief for a case; a manager then approves it. 提议帮助。",
        discussion: """
            percent and amount lower each charge of the periods, no_late_fee exempts them from late fees,
            plan spreads the arrears. A manager who neither opened the case nor proposed it decides. It is
            granted until --review, that day included.

              dunwell case propose 1 --relief percent --value 50 --item wy --from 2026-11 --to 2027-04 \\
                --review 2027-04-30 --by 李四 --on 2026-11-22
              dunwell case propose 1 --relief no_late_fee --item '*' --from 2026-09 --to 2027-02 \\
                --review 2027-02-28 --by 李四 --on 2026-11-22
              dunwell case propose 1 --relief plan --parts 2026-12-10:300.00,2027-01-10:299.65 \\
                --late-fee pause --review 2027-01-31 --by 李四 --on 2026-11-22
            """)

    enum Relief: String, ExpressibleByArgument, CaseIterable {
        case percent, amount
        case noLateFee = "no_late_fee"
        case plan
    }

    enum LateFee: String, ExpressibleByArgument, CaseIterable {
        case accrue, pause
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: NamedStaffOption
    @OptionGroup var number: CaseNumber
    @OptionGroup var output: FormatOption

    @Option(help: "percent, amount, no_late_fee or plan. 方式。")
    var relief: Relief

    @Option(help: "Percent, or yuan a charge. 数值。")
    var value: String?

    @Option(help: "The item's code, or * for all. 收费项目。")
    var item: String?

    @Option(help: "The first period. 起始账期。")
    var from: Period?

    @Option(help: "The last period; default: open. 终止账期。")
    var to: Period?

    @Option(help: "Of a plan: DATE:AMOUNT,… 分期。")
    var parts: String?

    @Option(help: "Of a plan: accrue, or pause while it is kept. 分期期间的滞纳金。")
    var lateFee: LateFee?

    @Flag(help: "Of a plan: what was paused stays so if it is broken. 违约也不补算。")
    var forgives = false

    @Option(help: "Until when it is granted, that day included. 复核日期。")
    var review: CivilDate

    @Option(name: .customLong("on"), help: "The day of the proposal. 提议日期。")
    var date: CivilDate

    func run() throws {
        let number = try proposeRelief(
            for: number.number, try matter(), review: review, by: staff.staff, on: date,
            effects: try common.effects(by: staff.staff))
        try writeProposal(number, output)
    }

    private func matter() throws -> ProposalEntry.Matter {
        if relief == .plan { return try plan() }
        guard let item, let from else {
            throw ValidationError("--relief \(relief.rawValue): --item, --from. 请写收费项目和起始账期。")
        }
        let kind = ConcessionCommand.Kind(rawValue: relief.rawValue)!
        return .concession(item: item, from: from, to: to, try kind.relief(value))
    }

    private func plan() throws -> ProposalEntry.Matter {
        guard let parts, let lateFee else {
            throw ValidationError("--relief plan: --parts, --late-fee. 请写各期和滞纳金办法。")
        }
        let read = try parts.split(separator: ",").map { text -> InstalmentPlan.Part in
            let words = text.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2, let due = CivilDate(String(words[0])),
                let amount = try? Money(parsing: String(words[1])), amount > .zero
            else {
                throw ValidationError("--parts DATE:AMOUNT,… : \(text)。日期:金额，用逗号隔开。")
            }
            return InstalmentPlan.Part(due: due, amount: amount)
        }
        if read.isEmpty { throw ValidationError("--parts DATE:AMOUNT,… 请写各期。") }
        return .plan(
            parts: read, lateFee: InstalmentPlan.LateFee(rawValue: lateFee.rawValue)!,
            forgives: forgives)
    }
}
