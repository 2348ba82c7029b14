import ArgumentParser
import FeeLedger
import Office
import Primitives
import SQLiteStore

struct Arrears: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every charge with open principal or outstanding late fee. 欠费明细。",
        discussion: """
              dunwell arrears --as-of 2026-11-21
              dunwell arrears --as-of 2026-11-21 --format csv > arrears.csv
              dunwell arrears --as-of 2026-11-21 --out arrears.xlsx
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var date: AsOfOption
    @OptionGroup var output: ListOption

    func run() throws {
        var table = try output.table(
            "arrears",
            columns: [
                "unit", "owner", "item", "period", "due", "principal_open", "late_fee_gross",
                "late_fee_open", "days_overdue",
            ],
            numeric: ["principal_open", "late_fee_gross", "late_fee_open", "days_overdue"],
            counts: ["days_overdue"], dates: ["due"])
        try forEachArrears(asOf: date.asOf, effects: try common.effects()) { row in
            let standing = row.standing
            try table.row([
                .text(row.unit), .text(row.owners), .text(standing.charge.item.code),
                .plain("\(standing.charge.period)"), .plain("\(standing.charge.due)"),
                .plain("\(standing.principalOpen)"), .plain("\(standing.lateFeeGross)"),
                .plain("\(standing.lateFeeOpen)"), .count(standing.daysOverdue),
            ])
        }
        try table.end()
    }
}

struct Accounts: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the totals of every account. 各户汇总。",
        discussion: """
              dunwell accounts --as-of 2026-11-21
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var date: AsOfOption
    @OptionGroup var output: ListOption

    func run() throws {
        let amounts = [
            "charged", "conceded", "paid", "waived", "credit", "principal_open", "late_fee_open",
        ]
        var table = try output.table(
            "accounts", columns: ["unit", "owner"] + amounts, numeric: Set(amounts))
        try forEachAccountTotals(asOf: date.asOf, effects: try common.effects()) { row in
            let totals = row.statement
            let figures = [
                totals.charged, totals.conceded, totals.paid, totals.waived, totals.credit,
                totals.principalOpen, totals.lateFeeOpen,
            ]
            try table.row([.text(row.unit), .text(row.owners)] + figures.map { .plain("\($0)") })
        }
        try table.end()
    }
}

struct Notices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the bills and dunning notices that were given. 通知清单。",
        discussion: """
              dunwell notices --period 2026-11
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: ListOption

    @Option(help: "Those of one run's period, such as 2026-11. 账期。")
    var period: Period?

    func run() throws {
        let amounts = ["principal", "late_fee", "credit", "total"]
        var table = try output.table(
            "notices",
            columns: ["notice", "unit", "owner", "kind", "stage", "as_of"] + amounts + ["channels"],
            numeric: Set(amounts), dates: ["as_of"])
        try forEachNotice(period: period, effects: try common.effects()) { row in
            let total = row.principal + row.lateFee - row.credit
            try table.row([
                .plain(row.number), .text(row.unit), .text(row.owners.joined(separator: ";")),
                .plain(row.stage == nil ? "bill" : "dunning"), .text(row.stage ?? ""),
                .plain("\(row.asOf)"), .plain("\(row.principal)"), .plain("\(row.lateFee)"),
                .plain("\(row.credit)"), .plain("\(total)"), .plain(row.channels),
            ])
        }
        try table.end()
    }
}
