import ArgumentParser
import Casework
import FeeLedger
import Office
import Primitives

/// Who proposes something, when and why.
struct ProposingOptions: ParsableArguments {
    @Option(help: "Why. 原因。", transform: reasonText)
    var reason: String

    @OptionGroup var staff: NamedStaffOption

    @Option(name: .customLong("on"), help: "The day of the proposal. 提议日期。")
    var date: CivilDate

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    /// Proposes it, and prints its number.
    func propose(
        _ matter: ProposalEntry.Matter, unit: String, owner: String?, review: CivilDate? = nil
    ) throws {
        let number = try Office.propose(
            ProposalEntry(
                unit: unit, owner: owner, matter: matter, day: date, staff: staff.staff,
                reason: reason, review: review),
            effects: try common.effects(by: staff.staff))
        try writeProposal(number, output)
    }
}

func writeProposal(_ number: Int, _ output: FormatOption) throws {
    if output.chosen == .json { return try write("{\"proposal\": \(number)}\n") }
    try write(
        Bilingual(
            zh: "提议 \(number)，等经理批准：dunwell approve \(number)\n",
            en: "proposal \(number); a manager is to approve it: dunwell approve \(number)\n")[
                language])
}

@Sendable func reasonText(_ text: String) throws -> String {
    if text.allSatisfy(\.isWhitespace) { throw ValidationError("--reason: 请写明原因 (say why).") }
    return text
}

/// Which charge is meant.
struct ChargeOptions: ParsableArguments {
    @Argument(help: "The unit's code. 房号。")
    var unit: String

    @Option(help: "An owner of the account that is meant. 业主编号。")
    var owner: String?

    @Option(help: "The item's code. 收费项目。")
    var item: String

    @Option(help: "The period. 账期。")
    var period: Period
}

// MARK: - Waivers, concessions, write-offs

struct WaiverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waiver", abstract: "Waivers of late fees. 减免违约金。",
        subcommands: [Propose.self])

    struct Propose: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose to waive a late fee; a manager then approves it. 提议减免违约金。",
            discussion: """
                It takes off at most the late fee as at the day of the approval; the rest lapses. With
                --unless-paid-by it is void from the next day on, unless the charge's principal was paid by
                then.

                  dunwell waiver propose 3-2-1501 --item wy --period 2026-09 --amount 4.56 \\
                    --reason 首次逾期 --by 李四 --on 2026-11-21
                  dunwell waiver propose 3-2-1501 --item wy --period 2026-09 --amount 4.56 \\
                    --reason 首次逾期 --unless-paid-by 2026-12-15 --by 李四 --on 2026-11-21
                """)

        @OptionGroup var charge: ChargeOptions
        @OptionGroup var proposing: ProposingOptions

        @Option(help: "How much to take off. 减免金额。")
        var amount: Money

        @Option(help: "Void unless the principal is paid by this day. 到期不缴本金即作废。")
        var unlessPaidBy: CivilDate?

        func run() throws {
            try proposing.propose(
                .waiver(
                    item: charge.item, period: charge.period, amount: amount,
                    unlessPaidBy: unlessPaidBy), unit: charge.unit, owner: charge.owner)
        }
    }
}

struct ConcessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concession", abstract: "Concessions of principal. 减免本金。",
        subcommands: [Propose.self])

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case percent, amount
        case noLateFee = "no_late_fee"
    }

    struct Propose: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose to lower principals; a manager then approves it. 提议减免本金。",
            discussion: """
                percent and amount lower each charge of the periods, no_late_fee exempts them from late fees.
                It counts from the day of the approval; a charge issued after --review gets nothing.

                  dunwell concession propose 3-2-1501 --item wy --from 2026-09 --to 2027-02 --kind percent \\
                    --value 50 --reason 低保户 --review 2027-02-28 --by 李四 --on 2026-11-21
                  dunwell concession propose 3-2-1501 --item '*' --from 2026-09 --to 2027-02 \\
                    --kind no_late_fee --reason 住院 --review 2027-02-28 --by 李四 --on 2026-11-21
                """)

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(help: "An owner of the account that is meant. 业主编号。")
        var owner: String?

        @Option(help: "The item's code, or * for all. 收费项目。")
        var item: String

        @Option(help: "The first period. 起始账期。")
        var from: Period

        @Option(help: "The last period; default: open. 终止账期。")
        var to: Period?

        @Option(help: "percent, amount or no_late_fee. 方式。")
        var kind: Kind

        @Option(help: "Percent, or yuan a charge. 数值。")
        var value: String?

        @Option(help: "A charge issued after it gets nothing. 复核日期。")
        var review: CivilDate

        @OptionGroup var proposing: ProposingOptions

        func run() throws {
            try proposing.propose(
                .concession(item: item, from: from, to: to, try kind.relief(value)), unit: unit,
                owner: owner, review: review)
        }
    }
}

extension ConcessionCommand.Kind {
    /// - Parameter value: a percentage, or an amount for each charge; not read for `no_late_fee`.
    func relief(_ value: String?) throws -> Concession.Relief {
        switch self {
        case .percent:
            guard let value, let share = try? Percentage(parsing: value) else {
                throw ValidationError("--value: 请写百分数，例如 50 (a percentage, as in 50).")
            }
            return .percent(share)
        case .amount:
            guard let value, let amount = try? Money(parsing: value) else {
                throw ValidationError("--value: 请写金额，例如 50.00 (an amount, as in 50.00).")
            }
            return .amount(amount)
        case .noLateFee: return .noLateFee
        }
    }
}

struct WriteOffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writeoff", abstract: "Charges that will not be collected. 核销。",
        subcommands: [Propose.self, WriteOffList.self])

    struct Propose: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose to write a charge off; a manager then approves it. 提议核销。",
            discussion: """
                Its open principal is conceded, its late fee waived, on the day of the approval; both stand
                in the books as writeoff-N, N being the proposal.

                  dunwell writeoff propose 3-2-1501 --item wy --period 2019-03 --reason 已过时效 --by 李四 \\
                    --on 2026-11-21
                """)

        @OptionGroup var charge: ChargeOptions
        @OptionGroup var proposing: ProposingOptions

        func run() throws {
            try proposing.propose(
                .writeOff(item: charge.item, period: charge.period), unit: charge.unit,
                owner: charge.owner)
        }
    }
}

// MARK: - Reversals

struct ReversalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reversal", abstract: "Reversals that two persons answer for. 冲红。",
        subcommands: [Propose.self])

    struct Propose: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Propose to reverse a payment or charge; a manager approves it. 提议冲红。",
            subcommands: [ProposePayment.self, ProposeCharge.self])
    }

    struct ProposePayment: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "payment", abstract: "Propose to reverse a payment. 提议冲红收款。",
            discussion: """
                  dunwell reversal propose payment B0001 --reason 记错户 --by 李四 --on 2026-11-21
                """)

        @Argument(help: "The payment's reference. 流水号。") var reference: String
        @OptionGroup var proposing: ProposingOptions

        func run() throws {
            try proposing.propose(
                .paymentReversal(reference: reference), unit: reference, owner: nil)
        }
    }

    struct ProposeCharge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "charge", abstract: "Propose to reverse a charge. 提议冲红收费。",
            discussion: """
                A charge is named by UNIT/ITEM/PERIOD, or by these three words.

                  dunwell reversal propose charge 3-2-1501/wy/2026-09 --reason 重复出账 --by 李四 \\
                    --on 2026-11-21
                  dunwell reversal propose charge 3-2-1501 wy 2026-09 --reason 重复出账 --by 李四 \\
                    --on 2026-11-21
                """)

        @Argument(help: "UNIT/ITEM/PERIOD, or three words. 房号/收费项目/账期。")
        var reference: [String]

        @OptionGroup var proposing: ProposingOptions

        func run() throws {
            let words = reference.flatMap { $0.split(separator: "/").map(String.init) }
            guard words.count >= 3, let period = Period(words[words.count - 1]) else {
                throw ValidationError(
                    "A charge is UNIT/ITEM/PERIOD, as in 3-2-1501/wy/2026-09. 收费写成 房号/收费项目/账期。")
            }
            // A unit's code may hold a slash itself.
            try proposing.propose(
                .chargeReversal(item: words[words.count - 2], period: period),
                unit: words.dropLast(2).joined(separator: "/"), owner: nil)
        }
    }
}

// MARK: - Court

struct CourtPropose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose to go to court; only a manager decides that. 提议起诉。",
        discussion: """
              dunwell court propose 3-2-1501 --reason 多次催缴拒付 --by 李四 --on 2026-11-21
            """)

    @Argument(help: "The unit's code. 房号。")
    var unit: String

    @Option(help: "An owner of the account that is meant. 业主编号。")
    var owner: String?

    @OptionGroup var proposing: ProposingOptions

    func run() throws { try proposing.propose(.court, unit: unit, owner: owner) }
}
