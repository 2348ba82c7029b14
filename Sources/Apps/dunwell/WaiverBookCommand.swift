import ArgumentParser
import FeeLedger
import Office
import Primitives
import SQLiteStore

struct WaiverBook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waivers",
        abstract: "The month's waivers, imported ones too, with totals. 减免台账。",
        discussion: """
            taken: when it was posted; taken_off: what it takes off now, 0 once its condition has made it
            void. state: counts, open (its condition is not judged yet), void. A write-off's late fee is
            among them; what was written off in all: dunwell writeoff list.

              dunwell waivers 2026-11
              dunwell waivers 2026-11 --by-reason --as-of 2026-12-31
              dunwell waivers 2026-11 --by-person --format json
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    @Argument(help: "The month of the waivers' dates. 月份。")
    var period: Period

    @Flag(help: "Totals by reason. 按原因合计。")
    var byReason = false

    @Flag(help: "Totals by who proposed and who approved. 按经手人合计。")
    var byPerson = false

    @Option(
        name: .customLong("as-of"), help: "The date that counts as today. Default: today. 算到哪天。")
    var asOf: CivilDate?

    func validate() throws {
        if byReason, byPerson {
            throw ValidationError("--by-reason or --by-person, not both. 两者选一。")
        }
    }

    func run() throws {
        let lines = try waiverBook(
            of: period, asOf: asOf ?? today(), effects: try common.effects())
        if byReason { return try writeReasons(lines) }
        if byPerson { return try writePersons(lines) }
        var table = TableOutput(
            output.chosen,
            columns: [
                "waiver", "kind", "on", "unit", "owner", "item", "period", "asked", "taken",
                "taken_off", "reason", "proposed_by", "approved_by", "unless_paid_by", "state",
            ], numeric: ["asked", "taken", "taken_off"])
        for line in lines {
            let waiver = line.waiver
            try table.row([
                .text(waiver.reference), .plain(waiver.kind), .plain("\(waiver.date)"),
                .text(waiver.unitCode), .text(waiver.owners), .text(waiver.item),
                .plain("\(waiver.key.period)"), .plain("\(waiver.asked)"),
                .plain("\(waiver.taken)"), .plain("\(line.takenOff)"), .text(waiver.reason),
                .text(waiver.proposedBy), .text(waiver.approvedBy),
                waiver.unlessPaidBy.map { .plain("\($0)") } ?? .unknown,
                .plain(line.state.rawValue),
            ])
        }
        try table.end()
    }

    private func writeReasons(_ lines: [WaiverLine]) throws {
        var table = TableOutput(
            output.chosen, columns: ["reason", "waivers", "asked", "taken_off"],
            numeric: ["waivers", "asked", "taken_off"])
        for total in WaiverTotal.all(of: lines, by: \.reason) {
            try table.row([
                .text(total.name), .count(total.count), .plain("\(total.asked)"),
                .plain("\(total.takenOff)"),
            ])
        }
        try table.end()
    }

    private func writePersons(_ lines: [WaiverLine]) throws {
        var table = TableOutput(
            output.chosen, columns: ["person", "did", "waivers", "asked", "taken_off"],
            numeric: ["waivers", "asked", "taken_off"])
        let did: [(String, (Session.BookedWaiver) -> String)] = [
            ("proposed", \.proposedBy), ("approved", \.approvedBy),
        ]
        for (word, name) in did {
            for total in WaiverTotal.all(of: lines, by: name) {
                try table.row([
                    .text(total.name), .plain(word), .count(total.count),
                    .plain("\(total.asked)"), .plain("\(total.takenOff)"),
                ])
            }
        }
        try table.end()
    }
}

extension Session.BookedWaiver {
    fileprivate var kind: String {
        if proposal == nil { return "imported" }
        return isWriteOff ? "write_off" : "waiver"
    }
}

struct WriteOffList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What was written off. 核销台账。",
        discussion: """
              dunwell writeoff list --from 2026-01-01 --to 2026-12-31
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    @Option(help: "The first day; default: long ago. 起始日期。")
    var from: CivilDate?

    @Option(help: "The last day; default: today. 终止日期。")
    var to: CivilDate?

    func run() throws {
        var table = TableOutput(
            output.chosen,
            columns: [
                "proposal", "unit", "owner", "item", "period", "on", "principal", "late_fee",
                "reason", "proposed_by", "approved_by",
            ], numeric: ["proposal", "principal", "late_fee"])
        let rows = try writtenOff(
            from: from ?? .distantPast, to: to ?? today(), effects: try common.effects())
        for row in rows {
            try table.row([
                .count(row.proposal), .text(row.unit), .text(row.owners), .text(row.item),
                .plain("\(row.period)"), .plain("\(row.date)"), .plain("\(row.principal)"),
                .plain("\(row.lateFee)"), .text(row.reason), .text(row.proposedBy),
                .text(row.approvedBy),
            ])
        }
        try table.end()
    }
}
