public import ArgumentParser
public import Office
import Primitives

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the books out again: the community folder, or a journal for hledger. 导出。",
        discussion: """
              dunwell export maple-court-2026-11
              dunwell export maple-court-2026-11 --format xlsx
              dunwell export --ledger maple-court.journal
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "A new or empty folder for the tables. 输出文件夹。")
    var folder: String?

    @Option(help: "The tables' format: csv or xlsx. 表格的格式。")
    var format = TableKind.csv

    @Option(help: "A journal that hledger reads and checks. 复式账文件。")
    var ledger: String?

    func validate() throws {
        if folder == nil, ledger == nil {
            throw ValidationError("Name a folder, or a journal with --ledger. 请给出文件夹或 --ledger 文件。")
        }
    }

    func run() throws {
        let effects = try common.effects()
        if let folder {
            let exported = try exportCommunity(
                to: folder, as: format, asOf: today(), effects: effects)
            for (file, rows) in exported.files {
                try write(
                    "\(file)  " + Bilingual(zh: "\(rows) 行\n", en: "\(rows) rows\n")[language])
            }
            if exported.leftOut > 0 { tell(leftOut(exported.leftOut)) }
            if exported.pendingConditions > 0 { tell(unconditional(exported.pendingConditions)) }
            if exported.pausingPlans > 0 { tell(withoutPauses(exported.pausingPlans)) }
        }
        if let ledger {
            try exportLedger(to: ledger, effects: effects)
            try write("\(ledger)\n")
        }
    }
}

extension TableKind: ExpressibleByArgument {}

private func leftOut(_ count: Int) -> Bilingual {
    Bilingual(
        zh: "冲红过的 \(count) 笔收费和收款没有写出：这些表没有冲红。要完整的账，请备份数据库，或用 --ledger。",
        en:
            "\(count) reversed charges and payments were left out: these tables know no reversals. For the "
            + "whole books, copy the database, or use --ledger.")
}

private func unconditional(_ count: Int) -> Bilingual {
    Bilingual(
        zh: "\(count) 笔附条件的减免写成了无条件的：这些表没有条件。到期没有付清的，要自己作废。",
        en:
            "\(count) waivers that are void unless the principal is paid in time were written as plain "
            + "ones: these tables know no conditions.")
}

private func withoutPauses(_ count: Int) -> Bilingual {
    Bilingual(
        zh: "\(count) 份分期协议没有写出，它们暂停的违约金在别处导入后会照算：这些表没有分期。要完整的账，请备份数据库。",
        en:
            "\(count) instalment plans that pause late fees were left out: these tables know no plans, and "
            + "elsewhere those late fees count. For the whole books, copy the database.")
}

struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write an invented community to try things out with. 样例小区。",
        discussion: """
            The same size and seed give the same bytes.

              dunwell sample maple-court --units 500 --seed 1
            """)

    @Argument(help: "A new or empty folder. 输出文件夹。")
    var folder: String

    @Option(help: "How many units, 1 to 1000000. 套数。")
    var units = 500

    @Option(help: "Another seed gives other households. 随机种子。")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...1_000_000).contains(units) else {
            throw ValidationError("--units is 1 to 1000000. 套数要在 1 到 1000000 之间。")
        }
    }

    func run() throws {
        try makeSample(in: folder, units: units, seed: seed) { showProgress($0, $1, $2) }
        try write(
            Bilingual(zh: "\(units) 套：\(folder)\n", en: "\(units) units: \(folder)\n")[language])
    }
}
