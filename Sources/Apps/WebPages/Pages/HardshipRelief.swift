import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

// Proposing relief for a household: what the form asks, and what it means.

/// How a household is helped, as the form's buttons say.
enum ReliefWord: String, CaseIterable {
    case percent, amount, noLateFee, plan

    var words: Bilingual {
        switch self {
        case .percent: Bilingual(zh: "减一部分（%）", en: "a part (%)")
        case .amount: Bilingual(zh: "每期减几元", en: "so many yuan a charge")
        case .noLateFee: Bilingual(zh: "不计违约金", en: "no late fee")
        case .plan: Bilingual(zh: "旧欠分期", en: "instalments")
        }
    }
}

func reliefForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let number = visit.parameter("number")
    let cases = try hardshipCases(
        asOf: visit.today, shownTo: visit.user.userName, effects: visit.effects)
    guard let listed = cases.first(where: { "\($0.row.number)" == number }) else {
        throw NotFound()
    }
    let items = try chargedItems(effects: visit.effects).map {
        (value: $0.code, words: Bilingual(zh: $0.name, en: $0.name))
    }
    let every = (value: "*", words: Bilingual(zh: "全部收费项目", en: "every item"))
    return try visit.page(
        "hardship-relief", title: Bilingual(zh: "提议减免或分期", en: "Propose relief"),
        nav: .hardship, form: form,
        values: [
            "value": "", "from": "\(visit.today.period.next)", "to": "", "parts": "",
            "review": "\(visit.today.period.advanced(byMonths: 6).lastDay)",
        ],
        [
            "number": number, "unit": listed.row.unit,
            "names": listed.names.joined(separator: visit.language == .zh ? "、" : ", "),
            "reliefs": options(
                ReliefWord.allCases.map { ($0.rawValue, $0.words) },
                chosen: form?.fields["relief"], in: visit.language),
            "items": options(
                [every] + items, chosen: form?.fields["item"] ?? "*", in: visit.language),
            "lateFees": options(
                lateFeeTerms, chosen: form?.fields["late-fee"] ?? "pause", in: visit.language),
            "forgives": form?.isOn("forgives") ?? false,
        ])
}

func propose(_ visit: Visit) throws -> PageResponse {
    guard let number = Int(visit.parameter("number")) else { throw NotFound() }
    var form = visit.form
    let matter = form.relief()
    let review = form.date("review")
    return try form.act(else: { try reliefForm(visit, $0) }) {
        _ = try proposeRelief(
            for: number, matter!, review: review!, by: visit.user.userName, on: visit.today,
            effects: visit.effects)
        return .redirect("/hardship/\(number)?done=relief")
    }
}

extension FormReader {
    /// `nil` where a problem was noted.
    fileprivate mutating func relief() -> ProposalEntry.Matter? {
        guard let word = choice("relief", ReliefWord.self) else { return nil }
        if word == .plan { return plan() }
        let item = text("item", atMost: 60)
        let from = period("from")
        let to = fields["to"] == nil ? nil : period("to")
        let relief: Concession.Relief? =
            switch word {
            case .percent: percent().map { .percent($0) }
            case .amount: money("value").map { .amount($0) }
            default: .noLateFee
            }
        guard let item, let from, let relief else { return nil }
        return .concession(item: item, from: from, to: to, relief)
    }

    private mutating func percent() -> Percentage? {
        guard let text = text("value", atMost: 20) else { return nil }
        let digits = text.hasSuffix("%") || text.hasSuffix("％") ? String(text.dropLast()) : text
        guard let share = try? Percentage(parsing: digits), share.parts > 0,
            share.parts <= Percentage.hundred.parts
        else {
            refuse(
                "value",
                Bilingual(zh: "请写 1 到 100 的百分数。", en: "Write a percentage from 1 to 100."))
            return nil
        }
        return share
    }

    /// A line for each part: its last day, then its amount.
    private mutating func plan() -> ProposalEntry.Matter? {
        let lateFee = choice("late-fee", InstalmentPlan.LateFee.self)
        guard let lines = text("parts", atMost: 4_000) else { return nil }
        var parts: [InstalmentPlan.Part] = []
        for line in lines.split(whereSeparator: \.isNewline) {
            let words = line.split { $0.isWhitespace || $0 == "：" || $0 == ":" }
            guard words.count == 2, let due = CivilDate(typed: String(words[0])),
                let amount = Money(typed: String(words[1])), amount > .zero
            else {
                refuse(
                    "parts",
                    Bilingual(
                        zh: "“\(line)”没有看懂。每行一期：日期、空格、金额，如 2026-12-15 100。",
                        en:
                            "“\(line)” is not clear. A line for each part: date, blank, amount, such as 2026-12-15 100."
                    ))
                return nil
            }
            parts.append(InstalmentPlan.Part(due: due, amount: amount))
        }
        guard let lateFee, !parts.isEmpty else { return nil }
        return .plan(parts: parts, lateFee: lateFee, forgives: isOn("forgives"))
    }
}
