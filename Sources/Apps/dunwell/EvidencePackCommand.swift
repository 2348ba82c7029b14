import ArgumentParser
import Office
import Primitives

extension EvidenceCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the evidence pack of one account. 导出证据包。",
            discussion: """
                A folder that a lawyer can check without Dunwell: index, statement, late fees run by run and
                under several bases, notices as served, proofs, policy versions, SHA256SUMS, VERIFY.txt; and
                pack.pdf with all that can be printed. What stands in office-only is no evidence.

                  dunwell evidence export 3-2-1501 --as-of 2026-11-21 --out pack-3-2-1501
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "The unit's code, such as 3-2-1501. 房号。")
        var unit: String

        @Option(help: "The owner whose account is meant; default: whoever holds the unit. 业主编号。")
        var owner: String?

        @Option(
            name: .customLong("as-of"), help: "The date that counts as today. Default: today. 算到哪天。"
        )
        var asOf: CivilDate?

        @Option(help: "The folder to write: new or empty. 输出文件夹。")
        var out: String

        @Option(
            help: "A table of the loan prime rate: from,rate. Default: that of the program. 利率表。")
        var lpr: String?

        func run() throws {
            let pack = try exportEvidence(
                of: unit, owner: owner, asOf: asOf ?? today(), rates: lpr, to: out,
                effects: try common.effects())
            try write(
                Bilingual(
                    zh: "\(pack.exhibits) 件证据，\(pack.files) 个文件，\(pack.pages) 页：\(out)\n",
                    en:
                        "\(pack.exhibits) exhibits, \(pack.files) files, \(pack.pages) pages: \(out)\n"
                )[language])
            for finding in pack.findings where finding.state == .missing || finding.state == .stop {
                tell("\(finding.check): \(finding.detail[language])")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is missing before anyone goes to court. 起诉前核对。",
            discussion: """
                state: ok · missing: the books lack it · attach: to be put to the pack by hand · stop: speaks
                against going to court now. Status 1 where anything is missing or speaks against it.

                  dunwell evidence check 3-2-1501 --as-of 2026-11-21
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Argument(help: "The unit's code, such as 3-2-1501. 房号。")
        var unit: String

        @Option(help: "The owner whose account is meant; default: whoever holds the unit. 业主编号。")
        var owner: String?

        @Option(
            name: .customLong("as-of"), help: "The date that counts as today. Default: today. 算到哪天。"
        )
        var asOf: CivilDate?

        func run() throws {
            let findings = try checkCase(
                of: unit, owner: owner, asOf: asOf ?? today(), effects: try common.effects())
            var table = TableOutput(output.chosen, columns: ["check", "state", "detail"])
            for finding in findings {
                try table.row([
                    .plain(finding.check), .plain(finding.state.rawValue),
                    .text(finding.detail[language]),
                ])
            }
            try table.end()
            if findings.contains(where: { $0.state == .missing || $0.state == .stop }) {
                throw Refused()
            }
        }
    }
}
