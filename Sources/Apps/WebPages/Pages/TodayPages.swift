import Casework
import Office
import Primitives
import SQLiteStore

/// What there is to do today.
let todayRoutes: [Route] = [
    Route(.get, "/", for: .everyone) { try todayPage($0) }
]

private func todayPage(_ visit: Visit) throws -> PageResponse {
    let items = try worklist(
        asOf: visit.asOf, shownTo: visit.user.userName, effects: visit.effects)
    let pager = Pager(of: items.count, on: visit)
    let rows = Array(items.enumerated())[pager.range]
    let counts = Dictionary(grouping: items, by: \.group).mapValues(\.count)
    let groups = WorkItem.Group.allCases.compactMap { group -> [String: Any]? in
        let shown = rows.filter { $0.element.group == group }
        guard let first = shown.first else { return nil }
        let isLed = group == .deciding && visit.user.role == .manager
        return [
            "words": (isLed ? yourDecisions : group.words)[visit.language],
            "about": group.about[visit.language], "count": count(counts[group]!),
            "span": String(shown.count), "first": row(first, visit),
            "others": shown.dropFirst().map { row($0, visit) },
        ]
    }
    var model = try glance(visit)
    model["groups"] = groups
    model["isEmpty"] = items.isEmpty
    model["total"] = count(items.count)
    model["weekday"] = weekday(visit.asOf)[visit.language]
    model.merge(pager.model) { $1 }
    return try visit.page(
        "today", title: Bilingual(zh: "今日", en: "Today"), nav: .today, model)
}

private let yourDecisions = Bilingual(zh: "等您决定的", en: "Waiting for your decision")

/// The line under the heading.
private func glance(_ visit: Visit) throws -> [String: Any] {
    let day = try dayAtGlance(asOf: visit.asOf, effects: visit.effects)
    let states: [DeliveryState] = [.queued, .accepted, .deferred, .rejected, .inDoubt]
    let mail = states.compactMap { state in
        day.mail[state].map { "\(state.words[visit.language]) \(count($0))" }
    }
    let comma = visit.language == .zh ? "，" : ", "
    let canRun = Audience.staff.includes(visit.user.role)
    return [
        "yesterday": "\(day.yesterday)", "payments": count(day.payments),
        "received": money(day.received),
        "mail": mail.isEmpty ? false : mail.joined(separator: comma) as Any,
        "periodToRun": day.periodToRun.flatMap { period in
            canRun
                ? ["month": String(period.month), "period": "\(period)"] as [String: Any] : nil
        } ?? false,
    ]
}

private func row(_ numbered: (offset: Int, element: WorkItem), _ visit: Visit) -> [String: Any] {
    let item = numbered.element
    let (mark, by) = byWhen(item, on: visit.asOf)
    let step = nextStep(item, role: visit.user.role)
    let names = item.names.joined(separator: visit.language == .zh ? "、" : ", ")
    let hasUnit = !item.unit.isEmpty
    return [
        "number": String(numbered.offset + 1), "unit": item.unit, "hasUnit": hasUnit,
        "unitPath": "/units/\(percentEncoded(item.unit))", "names": names,
        "why": item.reason[visit.language], "amount": item.amount.map { money($0) } ?? "",
        "mark": mark ?? false, "by": by[visit.language],
        "step": step.map { ["words": $0.words[visit.language], "path": $0.path] as [String: Any] }
            ?? false,
    ]
}

// MARK: - By when

/// The mark's class, where it is a matter of days, and the words. At most one red thing a row.
private func byWhen(_ item: WorkItem, on today: CivilDate) -> (mark: String?, words: Bilingual) {
    let days = item.due - today
    switch item.task {
    case .limitation:
        return (
            days <= 45 ? "red" : "ochre",
            Bilingual(zh: "还剩 \(days) 天", en: "\(days) days left")
        )
    case .approval: return (nil, ago(-days, zh: "等了", en: "waits"))
    case .review:
        if days < 0 { return ("red", past(-days)) }
        return (nil, Bilingual(zh: "\(item.due.monthAndDay) 前", en: "by \(item.due.monthAndDay)"))
    case .promise, .plan:
        if days < 0 { return (item.task == .promise ? "red" : "ochre", past(-days)) }
        if days == 0 { return (nil, Bilingual(zh: "今天", en: "today")) }
        return (nil, Bilingual(zh: "\(item.due.monthAndDay)", en: "\(item.due.monthAndDay)"))
    case .dispute: return (-days > 7 ? "ochre" : nil, ago(-days, zh: "等了", en: "waits"))
    case .call, .visit, .service, .bounce:
        if days == 0 { return (nil, Bilingual(zh: "今天", en: "today")) }
        return (nil, Bilingual(zh: "\(-days) 天前", en: "\(-days) days ago"))
    }
}

private func past(_ days: Int) -> Bilingual {
    Bilingual(zh: "过期 \(days) 天", en: "\(days) days past")
}

private func ago(_ days: Int, zh: String, en: String) -> Bilingual {
    days == 0
        ? Bilingual(zh: "今天提的", en: "since today")
        : Bilingual(zh: "\(zh) \(days) 天", en: "\(en) \(days) days")
}

extension CivilDate {
    /// `12-01`, where the page states the year.
    var monthAndDay: String { String(description.suffix(5)) }
}

func weekday(_ date: CivilDate) -> Bilingual {
    let zh = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    let en = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    // 2024-01-01 was a Monday.
    let day = ((date - CivilDate("2024-01-01")!) % 7 + 7) % 7
    return Bilingual(zh: zh[day], en: en[day])
}

// MARK: - The next step

/// Where it is taken; the account's page where nothing is nearer. Only what is there and open to
/// the visitor is linked.
private func nextStep(
    _ item: WorkItem, role: StaffRole
) -> (words: Bilingual, path: String)? {
    let unit = item.unit.isEmpty ? nil : "/units/\(percentEncoded(item.unit))"
    let words = stepWords[item.task]!
    var paths: [String] = []
    switch item.subject {
    case .hardshipCase(let number): paths = ["/hardship/\(number)"]
    case .proposal(let number): paths = ["/approvals/\(number)", "/approvals"]
    case .complaint(let number): paths = ["/complaints/\(number)"]
    case .notice(let number): paths = ["/services/\(percentEncoded(number))"]
    case .bounce(let number): paths = ["/mail/bounces/\(number)", "/mail/bounces", "/mail"]
    case nil:
        if item.task == .call || item.task == .visit, let unit { paths = [unit + "/contact"] }
    }
    if let unit { paths.append(unit) }
    let open = paths.first { path in
        let parts = path.split(separator: "/").map(String.init)
        return Site.routes.contains {
            $0.method == .get && $0.parameters(of: parts) != nil && $0.audience.includes(role)
        }
    }
    return open.map { (words, $0) }
}

private let stepWords: [WorkTask: Bilingual] = [
    .limitation: Bilingual(zh: "安排签收", en: "Have it signed"),
    .approval: Bilingual(zh: "看申请", en: "See the proposal"),
    .review: Bilingual(zh: "复核", en: "Review"),
    .promise: Bilingual(zh: "查账", en: "Look at the books"),
    .plan: Bilingual(zh: "看分期", en: "See the plan"),
    .call: Bilingual(zh: "拨打并记录", en: "Call and record"),
    .visit: Bilingual(zh: "上门并记录", en: "Visit and record"),
    .service: Bilingual(zh: "登记送达", en: "Record service"),
    .bounce: Bilingual(zh: "换地址", en: "Mend the address"),
    .dispute: Bilingual(zh: "答复", en: "Answer"),
]

extension WorkItem.Group {
    /// In a few words, under its name.
    fileprivate var about: Bilingual {
        switch self {
        case .lapsing: Bilingual(zh: "诉讼时效将满", en: "limitation")
        case .deciding: Bilingual(zh: "减免、复核、意见", en: "relief, reviews, complaints")
        case .promised: Bilingual(zh: "先查是否到账", en: "look at the books first")
        case .calls: Bilingual(zh: "约好的在前", en: "as agreed first")
        case .visits: Bilingual(zh: "按楼栋，一趟走完", en: "by building, one walk")
        case .papers: Bilingual(zh: "可以放到下午", en: "for the afternoon")
        }
    }
}
