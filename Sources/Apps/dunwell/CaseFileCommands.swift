public import ArgumentParser
public import Casework
import Office
import Primitives
import SQLiteStore

/// What a household shows.
struct CaseProof: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof", abstract: "Put a proof to a case; its file is kept. 登记证明。",
        discussion: """
            KIND: \(HardshipProofKind.allCases.map(\.rawValue).joined(separator: ", ")).

              dunwell case proof 1 --kind benefit_certificate --valid-until 2027-06-30 --file dibao.jpg \\
                --by 李四 --on 2026-11-22
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: NamedStaffOption
    @OptionGroup var number: CaseNumber

    @Option(help: "What it is. 证明种类。")
    var kind: HardshipProofKind

    @Option(name: .customLong("valid-until"), help: "Its last day. 有效期至。")
    var validUntil: CivilDate?

    @Option(help: "A scan or photo of it. 文件。")
    var file: String?

    @Option(help: "What it says; only managers and the case's own staff see it. 说明。")
    var note = ""

    @Option(name: .customLong("on"), help: "The day on which it was shown. 日期。")
    var date: CivilDate

    func run() throws {
        try addHardshipProof(
            kind, validUntil: validUntil, file: file, note: note, to: number.number,
            by: staff.staff, on: date, effects: try common.effects(by: staff.staff))
    }
}

/// What a household can pay.
struct CaseAfford: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "afford",
        abstract: "Income less the cost of living: what plan a household can carry. 收支测算。",
        discussion: """
            The living allowance for a person and month stands in policy.yaml, under casework.

              dunwell case afford 1 --persons 3 --income 工资:4200 低保:780.50 --by 李四 --on 2026-11-22
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: NamedStaffOption
    @OptionGroup var number: CaseNumber
    @OptionGroup var output: FormatOption

    @Option(help: "How many live on it. 家庭人数。")
    var persons: Int

    @Option(
        parsing: .upToNextOption,
        help: "SOURCE:AMOUNT a month; none where there is no income. 每月收入，来源:金额。",
        transform: { text in try Income(text) })
    var income: [Income] = []

    @Option(name: .customLong("on"), help: "As of which day. 日期。")
    var date: CivilDate

    struct Income: Sendable {
        let source: String
        let amount: Money

        /// - Parameter text: `SOURCE:AMOUNT`; the colon may be a Chinese one.
        init(_ text: String) throws {
            let parts = text.lastIndex { $0 == ":" || $0 == "：" }.map {
                (text[..<$0], text[text.index(after: $0)...])
            }
            guard let (source, digits) = parts, !source.isEmpty,
                let amount = try? Money(parsing: String(digits)), amount >= .zero
            else {
                throw ValidationError("--income SOURCE:AMOUNT, as in 工资:4200.00。来源:每月金额。")
            }
            self.source = String(source)
            self.amount = amount
        }
    }

    func validate() throws {
        guard (1...99).contains(persons) else {
            throw ValidationError("--persons: 1 to 99. 家庭人数是 1 到 99。")
        }
    }

    func run() throws {
        let answer = try recordAffordability(
            of: number.number, persons: persons,
            incomes: income.map { (source: $0.source, amount: $0.amount) }, by: staff.staff,
            on: date, effects: try common.effects(by: staff.staff))
        if output.chosen == .json { return try write(object(answer)) }
        try write(answer.affordability.inWords[language])
        try write(answer.courseInWords[language])
    }

    private func object(_ answer: AffordabilityAnswer) -> String {
        let sheet = answer.affordability
        let plan = answer.plan
        let money = { (amount: Money) in Field.plain("\(amount)") }
        let pairs: [(String, Field)] = [
            ("persons", .count(sheet.persons)), ("income", money(sheet.income)),
            ("needs", money(sheet.needs)), ("remains", money(sheet.remainder)),
            ("arrears", money(answer.arrears)),
            ("monthly", plan.map { money($0.monthly) } ?? .unknown),
            ("months", plan.map { .count($0.months) } ?? .unknown),
            (
                "last",
                plan.map { money($0.lastPart > .zero ? $0.lastPart : $0.monthly) } ?? .unknown
            ),
        ]
        return "{\n"
            + pairs.map { " \(quoted($0.0)): \(json($0.1))" }.joined(separator: ",\n") + "\n}\n"
    }
}

extension HardshipProofKind: ExpressibleByArgument {}

extension AffordabilityAnswer {
    var courseInWords: Bilingual {
        let owed = Bilingual(
            zh: "欠费（本金和滞纳金）：\(arrears.grouped)\n",
            en: "Arrears, principal and late fee: \(arrears.grouped)\n")
        guard let plan else {
            return Bilingual(
                zh: owed.zh + "没有余额，分期承担不了；请考虑减免：dunwell case propose。\n",
                en: owed.en + "Nothing remains: no plan carries, and a concession is the course: "
                    + "dunwell case propose.\n")
        }
        return Bilingual(zh: owed.zh + plan.inWords.zh, en: owed.en + plan.inWords.en)
    }
}

extension CarriedPlan {
    fileprivate var inWords: Bilingual {
        let monthly = monthly.grouped
        if months == 0 {
            return Bilingual(zh: "没有欠费，不用分期。\n", en: "Nothing is owed: no plan is needed.\n")
        }
        if lastPart == .zero {
            return Bilingual(
                zh: "可以分 \(months) 个月，每月 \(monthly)。\n",
                en: "Carries a plan of \(months) month(s), each \(monthly).\n")
        }
        if fullParts == 0 {
            return Bilingual(
                zh: "一个月可以付清：\(lastPart.grouped)。\n",
                en: "Can be paid within one month: \(lastPart.grouped).\n")
        }
        return Bilingual(
            zh: "可以分 \(months) 个月：\(fullParts) 个月每月 \(monthly)，最后一个月 \(lastPart.grouped)。\n",
            en: "Carries a plan of \(months) months: \(fullParts) of \(monthly), the last of "
                + "\(lastPart.grouped).\n")
    }
}

extension Affordability {
    var inWords: Bilingual {
        Bilingual(
            zh: "每月收入 \(income.grouped)，\(persons) 人生活费 \(needs.grouped)"
                + "（每人 \(allowance.grouped)），余 \(remainder.grouped)\n",
            en: "Income a month \(income.grouped), to live on for \(persons) person(s) "
                + "\(needs.grouped) (each \(allowance.grouped)), remains \(remainder.grouped)\n")
    }
}

// MARK: - A case in words

extension ShownHardshipCase {
    /// The whole case, line by line.
    var inWords: Bilingual {
        let lines =
            [heading, reviewLine, staffLine, reasonLine] + proofLines + sheetLines + reliefLines
            + decisionLines
        return Bilingual(
            zh: lines.map(\.zh).joined(separator: "\n") + "\n",
            en: lines.map(\.en).joined(separator: "\n") + "\n")
    }

    private var heading: Bilingual {
        let hardship = record.hardship
        return Bilingual(
            zh: "困难个案 \(row.number)　\(row.unit)　\(row.owners)　\(row.kind == .long ? "长期" : "暂时")　"
                + "\(row.state.rawValue)　受理 \(hardship.day)",
            en: "case \(row.number), \(row.unit), \(row.owners), \(row.kind.rawValue), "
                + "\(row.state.rawValue), opened \(hardship.day)")
    }

    private var reviewLine: Bilingual {
        let date = row.review.map { "\($0)" }
        return Bilingual(
            zh: "复核日期：\(date ?? "没有")", en: "review: \(date ?? "none")")
    }

    private var staffLine: Bilingual {
        Bilingual(
            zh: "经办：\(record.staff.joined(separator: "、"))",
            en: "staff: \(record.staff.joined(separator: ", "))")
    }

    private var reasonLine: Bilingual {
        Bilingual(zh: "情况：\(file.reason)", en: "reason: \(file.reason)")
    }

    private var proofLines: [Bilingual] {
        file.proofs.map { proof in
            let ends = proof.validUntil.map { " \($0)" } ?? ""
            let isOver = proof.validUntil.map { $0 < asOf } ?? false
            let kept = proof.sha256.isEmpty ? "" : "  \(proof.sha256).\(proof.suffix)"
            let note = proof.note.isEmpty ? "" : "  \(proof.note)"
            let end = Bilingual(
                zh: ends.isEmpty ? "" : "  有效期至\(ends)\(isOver ? "（已过期）" : "")",
                en: ends.isEmpty ? "" : "  valid until\(ends)\(isOver ? " (over)" : "")")
            return Bilingual(
                zh: "证明 \(proof.day)：\(proof.kind.rawValue)\(end.zh)\(note)\(kept)",
                en: "proof of \(proof.day): \(proof.kind.rawValue)\(end.en)\(note)\(kept)")
        }
    }

    private var sheetLines: [Bilingual] {
        file.sheets.flatMap { sheet in
            let words = sheet.affordability.inWords
            let incomes = zip(sheet.sources, sheet.affordability.incomes).map {
                "\($0.0) \($0.1.grouped)"
            }
            let all = incomes.isEmpty ? "–" : incomes.joined(separator: ", ")
            return [
                Bilingual(
                    zh: "测算 \(sheet.day)：" + words.zh.dropLast(),
                    en: "sheet of \(sheet.day): " + words.en.dropLast()),
                Bilingual(zh: "  收入来源：\(all)", en: "  income: \(all)"),
            ]
        }
    }

    private var reliefLines: [Bilingual] {
        file.reliefs.map { relief in
            let why = relief.reason.isEmpty ? "" : "  \(relief.reason)"
            let what = "\(relief.kind), \(relief.staff)"
            let state = relief.isApproved.map { $0 ? "approved" : "refused" } ?? "open"
            let chinese = relief.isApproved.map { $0 ? "已批准" : "未批准" } ?? "待批准"
            return Bilingual(
                zh: "提议 \(relief.proposal.number)（\(relief.day)）：\(what)，\(chinese)\(why)",
                en: "proposal \(relief.proposal.number) of \(relief.day): \(what): \(state)\(why)")
        }
    }

    private var decisionLines: [Bilingual] {
        file.decisions.map { record in
            let until = record.decision.review.map { "\($0)" }
            let why = record.reason.isEmpty ? "" : "  \(record.reason)"
            let outcome = record.decision.outcome.rawValue
            return Bilingual(
                zh: "决定 \(record.decision.day)：\(outcome)，\(record.staff)"
                    + (until.map { "，复核 \($0)" } ?? "") + why,
                en: "decision of \(record.decision.day): \(outcome), by \(record.staff)"
                    + (until.map { ", review \($0)" } ?? "") + why)
        }
    }
}
