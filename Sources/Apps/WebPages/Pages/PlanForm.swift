import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// Proposing that an account's arrears be paid in parts.
let planRoutes: [Route] = [
    Route(.get, "/units/{unit}/plan", for: .staff) { try planForm($0) },
    Route(.post, "/units/{unit}/plan", for: .staff) { try proposePlan($0) },
]

/// What the parts add up to, in the order of `InstalmentPlan.choices`.
private enum Covering: String, CaseIterable {
    case overdue, withFees, principal, all

    var words: Bilingual {
        switch self {
        case .overdue: Bilingual(zh: "逾期的本金", en: "overdue principal")
        case .withFees: Bilingual(zh: "逾期的本金和违约金", en: "overdue principal and late fees")
        case .principal: Bilingual(zh: "全部未付本金，连未到期的", en: "all principal, due or not")
        case .all: Bilingual(zh: "全部欠款，连未到期的", en: "all that is owed, due or not")
        }
    }
}

/// So many parts at most: three years by month.
private let mostParts = 36

/// What the page asks before it lays out the parts.
private struct PlanLayout {
    /// Sums that can be agreed on; of equal ones the first.
    let choices: [(covering: Covering, sum: Money)]
    let chosen: (covering: Covering, sum: Money)?
    let count: Int
    let first: CivilDate

    init(_ page: AccountPage, _ fields: Fields, today: CivilDate) {
        var choices: [(covering: Covering, sum: Money)] = []
        for (covering, choice) in zip(
            Covering.allCases, InstalmentPlan.choices(page.statement))
        where choice.sum > .zero && !choices.contains(where: { $0.sum == choice.sum }) {
            choices.append((covering, choice.sum))
        }
        self.choices = choices
        chosen = choices.first { $0.covering.rawValue == fields["covers"] } ?? choices.first
        let asked = fields["count"].flatMap { Int(halfWidth($0)) } ?? 3
        count = min(max(2, asked), mostParts)
        let typed = fields["first"].flatMap { CivilDate(typed: $0) }
        first = typed.map { max($0, today) } ?? today.period.next.day(15)
    }

    /// A part a month, in whole yuan, the last with what is left.
    var parts: [InstalmentPlan.Part] {
        guard let sum = chosen?.sum else { return [] }
        let yuan = (sum.fen / count + 99) / 100 * 100
        let each = yuan * (count - 1) < sum.fen ? yuan : sum.fen / count
        return (0..<count).map { place in
            let due = first.period.advanced(byMonths: place).day(first.day)
            let isLast = place == count - 1
            return InstalmentPlan.Part(
                due: due, amount: Money(fen: isLast ? sum.fen - each * (count - 1) : each))
        }
    }
}

private func planForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay(asOf: visit.today)
    let fields = form?.fields ?? visit.request.query
    let layout = PlanLayout(page, fields, today: visit.today)
    var model = visit.formHead(page)
    model["owner"] = orFalse(visit.request.query["owner"])
    model["canPlan"] = layout.chosen != nil
    model["count"] = "\(layout.count)"
    model["mostParts"] = "\(mostParts)"
    model["first"] = "\(layout.first)"
    model["covers"] = layout.chosen?.covering.rawValue ?? ""
    model["sum"] = money(layout.chosen?.sum ?? .zero)
    model["choices"] = options(
        layout.choices.map { choice in
            let sum = money(choice.sum)
            let words = choice.covering.words
            return (
                choice.covering.rawValue,
                Bilingual(zh: "\(words.zh) \(sum)", en: "\(words.en) \(sum)")
            )
        }, chosen: layout.chosen?.covering.rawValue, in: visit.language)
    model["parts"] = layout.parts.enumerated().map { place, part in
        [
            "number": "\(place + 1)",
            "due": form?.kept["due-\(place + 1)"] ?? "\(part.due)",
            "amount": form?.kept["amount-\(place + 1)"] ?? part.amount.grouped,
        ]
    }
    model["lateFees"] = options(
        lateFeeTerms, chosen: form?.fields["late-fee"] ?? "pause", in: visit.language)
    model["forgives"] = form?.isOn("forgives") ?? false
    return try visit.page(
        "plan",
        title: Bilingual(
            zh: "\(page.unit.code) 提出分期", en: "Propose instalments: \(page.unit.code)"),
        nav: .units, form: form, values: ["reason": ""], model)
}

/// What becomes of late fees while the plan runs.
let lateFeeTerms: [(value: String, words: Bilingual)] = [
    ("pause", Bilingual(zh: "按期付时不计违约金", en: "no late fee while it is kept")),
    ("accrue", Bilingual(zh: "违约金照常计算", en: "late fees accrue as ever")),
]

private func proposePlan(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let page = try visit.accountOnDay(asOf: visit.today)
    let layout = PlanLayout(page, form.fields, today: visit.today)
    let parts = form.parts(layout.count, adding: layout.chosen?.sum)
    let lateFee = form.choice("late-fee", InstalmentPlan.LateFee.self)
    let forgives = form.isOn("forgives")
    let reason = form.text("reason", atMost: 500)
    return try form.act(else: { try planForm(visit, $0) }) {
        _ = try propose(
            ProposalEntry(
                unit: page.unit.code, owner: visit.request.query["owner"],
                matter: .plan(parts: parts, lateFee: lateFee!, forgives: forgives),
                day: visit.today, staff: visit.user.userName, reason: reason!),
            effects: visit.effects)
        return .redirect(visit.unitPath())
    }
}

extension FormReader {
    /// A row for each part, all filled in. Their sum is what was agreed to be covered.
    fileprivate mutating func parts(_ count: Int, adding sum: Money?) -> [InstalmentPlan.Part] {
        let before = problems.count
        let parts = (1...count).compactMap { place -> InstalmentPlan.Part? in
            let due = date("due-\(place)")
            let amount = money("amount-\(place)")
            guard let due, let amount else { return nil }
            return InstalmentPlan.Part(due: due, amount: amount)
        }
        for (place, pair) in zip(parts, parts.dropFirst()).enumerated()
        where problems.count == before && pair.0.due >= pair.1.due {
            refuse(
                "due-\(place + 2)",
                Bilingual(
                    zh: "第 \(place + 2) 期 \(pair.1.due) 要晚于上一期 \(pair.0.due)。",
                    en: "Part \(place + 2), \(pair.1.due), must come after \(pair.0.due)."))
        }
        let total = parts.reduce(Money.zero) { $0 + $1.amount }
        if problems.count == before, let sum, total != sum {
            let gap = total > sum ? total - sum : sum - total
            let (more, less) = total > sum ? ("多", "too much") : ("少", "too little")
            refuse(
                "amount-\(count)",
                Bilingual(
                    zh:
                        "各期合计 \(WebPages.money(total))，应为 \(WebPages.money(sum))，\(more) \(WebPages.money(gap))。",
                    en: "The parts add up to \(WebPages.money(total)); "
                        + "\(WebPages.money(sum)) is to be covered: \(WebPages.money(gap)) \(less)."
                ))
        }
        return parts
    }
}
