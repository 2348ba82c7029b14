import ArgumentParser
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// Values of one row, as `column=value`.
struct RowValues: ParsableArguments {
    @Argument(help: "COLUMN=VALUE, with the columns of the table, in English or Chinese. 列=值。")
    var values: [String] = []

    /// By English column name.
    func byColumn(of table: TableFormat) throws -> [String: String] {
        var found: [String: String] = [:]
        for pair in values {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let column = table.column(named: String(parts[0])) else {
                let known = table.columns.map { "\($0.english)=\($0.chinese)" }
                    .joined(separator: ", ")
                throw ValidationError("“\(pair)”: COLUMN=VALUE (\(known))")
            }
            found[column.english] = String(parts[1])
        }
        return found
    }
}

/// Which row a command enters, and how it is told to people.
protocol RowEntry: Sendable {
    static var table: TableFormat { get }
    static var mode: Entering { get }
    static var abstract: String { get }
    static var example: String { get }
}

/// Enters one row of a table by the rules of an import.
struct Enter<Entry: RowEntry>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Entry.mode.rawValue, abstract: Entry.abstract,
            discussion: "  dunwell \(Entry.example)")
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption
    @OptionGroup var row: RowValues

    func run() throws {
        let report = try enter(
            Entry.table, Entry.mode, values: try row.byColumn(of: Entry.table),
            effects: try common.effects(by: staff.staff))
        report.remarks.forEach { tell($0) }
        guard report.problems.isEmpty else {
            report.problems.forEach { tell($0.typedText(in: language)) }
            throw BadInput()
        }
        let count = report.files.first { $0.file == Entry.table.file }
        let isNew = count?.added == 1
        let isChanged = count?.changed == 1
        let done =
            isNew
            ? Bilingual(zh: "已登记", en: "entered")
            : isChanged
                ? Bilingual(zh: "已更新，原来的内容留有记录", en: "changed; what it said before is kept")
                : Bilingual(zh: "和原来一样，没有改动", en: "the same as before; nothing changed")
        try write(done[language] + "\n")
    }
}

struct UnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unit", abstract: "Enter or change one unit. 房屋。",
        subcommands: [Enter<Add>.self, Enter<Change>.self])

    enum Add: RowEntry {
        static let table = TableFormat.units
        static let mode = Entering.add
        static let abstract = "Enter a unit. 新登记房屋。"
        static let example = "unit add unit=3-2-1601 building=3 kind=residence area=89.52"
    }

    enum Change: RowEntry {
        static let table = TableFormat.units
        static let mode = Entering.change
        static let abstract = "Change a unit; what is not given stays. 更改房屋。"
        static let example = "unit change unit=3-2-1601 area=90.12"
    }
}

struct OwnerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owner", abstract: "Enter or change one owner. 业主。",
        subcommands: [Enter<Add>.self, Enter<Change>.self])

    enum Add: RowEntry {
        static let table = TableFormat.owners
        static let mode = Entering.add
        static let abstract = "Enter an owner. 新登记业主。"
        static let example =
            "owner add owner=O009001 name=安新 email=an@example.com channels='email;mailbox'"
    }

    enum Change: RowEntry {
        static let table = TableFormat.owners
        static let mode = Entering.change
        static let abstract = "Change an owner; what is not given stays. 更改业主。"
        static let example = "owner change owner=O009001 phone=55500188"
    }
}

struct OwnershipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ownership", abstract: "Enter, change or transfer an ownership. 产权。",
        subcommands: [Enter<Add>.self, Enter<Change>.self, Transfer.self])

    enum Add: RowEntry {
        static let table = TableFormat.ownerships
        static let mode = Entering.add
        static let abstract = "Enter who holds a unit from when. 新登记产权。"
        static let example = "ownership add unit=3-2-1601 owner=O009001 from=2026-11-01"
    }

    enum Change: RowEntry {
        static let table = TableFormat.ownerships
        static let mode = Entering.change
        static let abstract = "Change an ownership: its last day, its agreed rate. 更改产权。"
        static let example =
            "ownership change unit=3-2-1601 owner=O009001 from=2026-11-01 daily_rate=0.0005"
    }

    struct Transfer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Transfer a unit, and print the settlement: what the seller owes. 过户结算。",
            discussion: """
                  dunwell ownership transfer 3-2-1601 --to O009002 --on 2026-12-01
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The unit's code. 房号。")
        var unit: String

        @Option(
            name: .customLong("to"),
            help: "Who holds it then; several joined by a semicolon. 新业主编号。")
        var owners: String

        @Option(help: "The first day of the new ownership. 新产权起始日。")
        var on: CivilDate

        func run() throws {
            let settlement = try transferOwnership(
                of: unit, to: owners.split { ";；, ".contains($0) }.map(String.init), on: on,
                effects: try common.effects(by: staff.staff))
            try write(settlement.text(unit: unit)[language])
        }
    }
}

extension Settlement {
    /// What stays with the account that closed.
    fileprivate func text(unit: String) -> Bilingual {
        let open = statement.standings.filter(\.isOpen).map { standing in
            let charge = standing.charge
            let name = items[charge.item.id] ?? charge.item.code
            return Bilingual(
                zh: "  \(charge.period) \(name)：未付本金 \(standing.principalOpen)，违约金 "
                    + "\(standing.lateFeeOpen)\n",
                en: "  \(charge.period) \(name): principal \(standing.principalOpen), late fee "
                    + "\(standing.lateFeeOpen)\n")
        }
        let totals = Bilingual(
            zh: "未付本金 \(statement.principalOpen)，违约金 \(statement.lateFeeOpen)，预存 "
                + "\(statement.credit)，应付 \(statement.total)\n",
            en: "principal \(statement.principalOpen), late fee \(statement.lateFeeOpen), credit "
                + "\(statement.credit), to pay \(statement.total)\n")
        return Bilingual(
            zh: "\(unit) 过户结算，原业主账户算到 \(statement.asOf)：\n" + open.map(\.zh).joined() + totals.zh,
            en: "Settlement of \(unit): the seller's account as of \(statement.asOf)\n"
                + open.map(\.en).joined() + totals.en)
    }
}

struct FeeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fee", abstract: "Enter or change one line of the fee schedule. 收费标准。",
        subcommands: [Enter<Add>.self, Enter<Change>.self])

    enum Add: RowEntry {
        static let table = TableFormat.fees
        static let mode = Entering.add
        static let abstract = "Enter a line. 新增收费标准。"
        static let example =
            "fee add item=wy name=物业服务费 basis=area price=3.05 cycle=1 kinds=residence from=2027-01-01"
    }

    enum Change: RowEntry {
        static let table = TableFormat.fees
        static let mode = Entering.change
        static let abstract = "Change a line: its last day, say. 更改收费标准。"
        static let example = "fee change item=wy kinds=residence from=2019-01-01 to=2026-12-31"
    }
}

/// When, and why, something is reversed.
struct ReversalOptions: ParsableArguments {
    @Option(help: "The day from which it is undone. 冲红日期。")
    var on: CivilDate

    @Option(help: "Why. 原因。")
    var reason: String

    func validate() throws {
        if reason.allSatisfy(\.isWhitespace) { throw ValidationError("--reason: 请写明原因 (say why).") }
    }

    func tellDone() throws { try write(Bilingual(zh: "已冲红\n", en: "reversed\n")[language]) }
}

struct ChargeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "charge", abstract: "Enter one charge, or reverse one. 收费。",
        subcommands: [Enter<Add>.self, Reverse.self])

    enum Add: RowEntry {
        static let table = TableFormat.charges
        static let mode = Entering.add
        static let abstract = "Enter a one-off charge. 新增一笔收费。"
        static let example =
            "charge add unit=3-2-1601 item=wx period=2026-11 amount=120.00 due=2026-12-15"
    }

    struct Reverse: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reverse a charge; what was paid on it becomes credit. 冲红收费。",
            discussion: """
                Once there are users it takes two: dunwell reversal propose charge.

                  dunwell charge reverse 3-2-1601 wx 2026-11 --on 2026-11-21 --reason 录错房号
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var reversal: ReversalOptions
        @Argument(help: "The unit's code. 房号。") var unit: String
        @Argument(help: "The item's code. 收费项目。") var item: String
        @Argument(help: "The period. 账期。") var period: Period

        func run() throws {
            try reverseCharge(
                unit: unit, item: item, period: period, on: reversal.on, reason: reversal.reason,
                effects: try common.effects(by: staff.staff))
            try reversal.tellDone()
        }
    }
}

struct PaymentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payment", abstract: "Enter one payment, or reverse one. 收款。",
        subcommands: [Enter<Add>.self, Reverse.self])

    enum Add: RowEntry {
        static let table = TableFormat.payments
        static let mode = Entering.add
        static let abstract = "Enter a payment. 登记收款。"
        static let example =
            "payment add reference=C0001 date=2026-11-21 unit=3-2-1601 amount=120.00 method=pos"
    }

    struct Reverse: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reverse a payment that was entered by mistake. 冲红收款。",
            discussion: """
                Once there are users it takes two: dunwell reversal propose payment.

                  dunwell payment reverse C0001 --on 2026-11-22 --reason 录错房号
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var reversal: ReversalOptions
        @Argument(help: "The payment's reference. 流水号。") var reference: String

        func run() throws {
            try reversePayment(
                reference, on: reversal.on, reason: reversal.reason,
                effects: try common.effects(by: staff.staff))
            try reversal.tellDone()
        }
    }
}

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the registers said before, and who changed it. 变更记录。",
        discussion: """
              dunwell history
              dunwell history 3-2-1601
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    @Argument(help: "A unit's, owner's or item's code; default: all. 房号、业主编号或收费项目。")
    var key: String?

    func run() throws {
        var table = TableOutput(
            output.chosen,
            columns: ["at", "by", "act", "register", "key", "field", "was", "became"])
        try forEachRegisterChange(of: key, effects: try common.effects()) { change in
            try table.row([
                .plain(change.at), .text(change.staff), .text(change.act), .plain(change.register),
                .text(change.key), .plain(change.field), .text(change.was), .text(change.became),
            ])
        }
        try table.end()
    }
}
