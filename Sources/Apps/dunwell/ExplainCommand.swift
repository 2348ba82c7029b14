import ArgumentParser
import FeeLedger
import Office
import Primitives

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Explain an account's late fees, so that a pocket calculator can check them. 违约金算法。",
        discussion: """
            Each line is a run of days on which neither the open principal nor the rate changed.

              dunwell explain 3-2-1501 --as-of 2026-11-21
              dunwell explain 3-2-1501 --owner O000017 --as-of 2026-11-21
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var date: AsOfOption

    @Argument(help: "The unit's code, such as 3-2-1501. 房号。")
    var unit: String

    @Option(help: "The owner whose account is meant; default: whoever holds the unit. 业主编号。")
    var owner: String?

    func run() throws {
        let explanation = try explainLateFees(
            of: unit, owner: owner, asOf: date.asOf, effects: try common.effects())
        try write(explanation.text[language])
    }
}

extension LateFeeExplanation {
    /// Charge by charge, then the sum.
    var text: Bilingual {
        let parts = lines.map { line in
            Bilingual(
                zh: line.heading.zh + line.body.map { "    \($0.zh)\n" }.joined(),
                en: line.heading.en + line.body.map { "    \($0.en)\n" }.joined())
        }
        let open = lines.map(\.standing.lateFeeOpen)
        let sum = open.map(\.description).joined(separator: " + ")
        let total = statement.lateFeeOpen
        let ending = open.count > 1 ? "\(sum) = \(total)" : "\(total)"
        return Bilingual(
            zh: "\(unit)，算到 \(statement.asOf)（当天计入）\n"
                + parts.map(\.zh).joined() + "未付违约金（滞纳金）合计：\(ending)\n",
            en: "\(unit), as of \(statement.asOf) (that day counts)\n"
                + parts.map(\.en).joined() + "Late fee outstanding: \(ending)\n")
    }
}

extension LateFeeExplanation.Line {
    fileprivate var heading: Bilingual {
        let charge = standing.charge
        let net = charge.amount - standing.conceded
        return Bilingual(
            zh:
                "\(charge.period) \(itemName) \(net)，\(charge.due) 到期，未付本金 \(standing.principalOpen)\n",
            en: "\(charge.period) \(itemName) \(net), due \(charge.due), principal open "
                + "\(standing.principalOpen)\n")
    }

    fileprivate var body: [Bilingual] {
        runs + [rounding] + cap + deductions
    }

    /// `285.00 × 16 days × 1‰ = 4.56`, with the dates.
    private var runs: [Bilingual] {
        if accrual.runs.isEmpty { return [Bilingual(zh: "没有计违约金", en: "nothing has accrued")] }
        return accrual.runs.map { run in
            let product = "\(run.principal) × \(run.days)"
            return Bilingual(
                zh:
                    "\(run.first) – \(run.last)：\(product) 天 × \(run.rate.perMille) = \(run.exactProduct)",
                en: "\(run.first) to \(run.last): \(product) \(run.days == 1 ? "day" : "days") × "
                    + "\(run.rate.perMille) = \(run.exactProduct)")
        }
    }

    private var rounding: Bilingual {
        if accrual.runs.isEmpty { return Bilingual(zh: "计 0.00", en: "accrued 0.00") }
        let terms = accrual.runs.map(\.exactProduct).joined(separator: " + ")
        let sum = accrual.runs.count > 1 ? "\(terms) = \(accrual.runs.exactYuan)" : terms
        return Bilingual(
            zh: "合计 \(sum)，四舍五入到分：\(accrual.uncapped)",
            en: "sum \(sum), rounded half up to the fen: \(accrual.uncapped)")
    }

    private var cap: [Bilingual] {
        guard accrual.uncapped > accrual.cap else { return [] }
        return [
            Bilingual(
                zh: "不超过上限 \(accrual.cap)，所以是 \(accrual.gross)",
                en: "never above the cap of \(accrual.cap), hence \(accrual.gross)")
        ]
    }

    private var deductions: [Bilingual] {
        var left = "\(standing.lateFeeGross)"
        if standing.lateFeePaid != .zero { left += " − \(standing.lateFeePaid)" }
        if standing.lateFeeWaived != .zero { left += " − \(standing.lateFeeWaived)" }
        guard standing.lateFeePaid != .zero || standing.lateFeeWaived != .zero else { return [] }
        return [
            Bilingual(
                zh: "减去已付 \(standing.lateFeePaid)、已减免 \(standing.lateFeeWaived)：\(left) = "
                    + "\(standing.lateFeeOpen)",
                en:
                    "less paid \(standing.lateFeePaid) and waived \(standing.lateFeeWaived): \(left) = "
                    + "\(standing.lateFeeOpen)")
        ]
    }
}

extension AccrualRun {
    /// Yuan, with as many decimals as it has, and at least two.
    fileprivate var exactProduct: String { [self].exactYuan }
}
