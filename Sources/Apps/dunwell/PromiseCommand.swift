import ArgumentParser
import Casework
import Office
import Primitives
import SQLiteStore

struct PromiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promise", abstract: "Promises to pay. 承诺付款。",
        discussion: """
            A promise holds dunning from its day to the promised one, and changes no amount. From the day
            after it is judged by the payments with value dates in between: kept, partly or broken.
            """,
        subcommands: [Add.self, List.self, Withdraw.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a promise. 登记承诺。",
            discussion: """
                The same promise again changes nothing. --written: on paper or in a message that is kept; it
                starts a claim anew that has lapsed.

                  dunwell promise add 1-101 --amount 300.00 --until 2026-12-05 --on 2026-11-21 --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var account: AccountArguments
        @OptionGroup var staff: NamedStaffOption

        @Option(help: "How much, in yuan. 金额。", transform: amountArgument)
        var amount: Money

        @Option(help: "By when, that day included. 承诺日期（含）。")
        var until: CivilDate

        @Option(help: "When it was promised. 承诺于。")
        var on: CivilDate

        @Flag(help: "It was promised in writing. 书面承诺。")
        var written = false

        func run() throws {
            let summary = try recordPromise(
                PromiseToPay(amount: amount, on: on, until: until, isInWriting: written),
                of: account.unit, owner: account.owner,
                effects: try common.effects(by: staff.staff))
            if summary.isKnown {
                tell(Bilingual(zh: "已经登记过，没有改动。", en: "Known already; nothing changed."))
            }
            if summary.broken > 0 {
                tell(
                    Bilingual(
                        zh: "请注意：这一户已有 \(summary.broken) 次承诺没有兑现。",
                        en: "Note: promises of this account broken before: \(summary.broken)."))
            }
            let number = summary.promise.number
            try write(
                Bilingual(
                    zh: "承诺 \(number)：\(account.unit)，\(until) 前付 \(amount)\n",
                    en: "promise \(number): \(account.unit), \(amount) by \(until)\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the promises given by a date, and what became of them. 承诺列表。",
            discussion: """
                  dunwell promise list --as-of 2026-12-06
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen, columns: ["unit", "owner", "amount", "on", "until", "state"],
                numeric: ["amount"])
            try forEachPromise(asOf: date.asOf, effects: try common.effects()) { each in
                let promise = each.promise
                try table.row([
                    .text(each.unit), .text(each.owners), .plain("\(promise.amount)"),
                    .plain("\(promise.on)"), .plain("\(promise.until)"),
                    .plain(each.state(asOf: date.asOf).rawValue),
                ])
            }
            try table.end()
        }
    }

    struct Withdraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw a promise that was entered by mistake. 撤销登记错的承诺。",
            discussion: """
                From that day on it is in no list and has no effect; what was decided before stands. A
                promise that was not kept is no mistake.

                  dunwell promise withdraw 3 --reason 登记错了房号 --on 2026-11-23 --by 王
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: NamedStaffOption

        @Argument(help: "The promise's number, as `promise add` printed it. 承诺编号。")
        var promise: Int

        @Option(help: "Why. 原因。")
        var reason: String

        @Option(help: "From which day on it counts no more. Default: today. 撤销日期。")
        var on: CivilDate?

        func run() throws {
            try withdrawPromise(
                promise, reason: reason, on: on ?? today(),
                effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(zh: "已撤销：\(promise)\n", en: "withdrawn: \(promise)\n")[language])
        }
    }
}

/// Of which account something is entered.
struct AccountArguments: ParsableArguments {
    @Argument(help: "The unit's code. 房号。")
    var unit: String

    @Option(help: "An owner's code, for another account than the holder's. 业主编号。")
    var owner: String?
}

/// An amount of money, in yuan.
@Sendable func amountArgument(_ text: String) throws -> Money {
    do {
        return try Money(parsing: text)
    } catch {
        throw ValidationError("“\(text)”: 请写金额，如 300.00 (an amount, such as 300.00).")
    }
}
