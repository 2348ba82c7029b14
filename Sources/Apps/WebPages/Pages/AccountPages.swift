import Casework
import Dunning
import Evidence
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// One account: what is owed and why, what happened, and what can be done.
let accountRoutes: [Route] = [
    Route(.get, "/units/{unit}", for: .everyone) { try accountPage($0) },
    Route(.get, "/units/{unit}/statement", for: .everyone) { try statementPage($0) },
]

/// So many events are shown at first.
private let firstEvents = 40

private func accountPage(_ visit: Visit) throws -> PageResponse {
    let page = try visit.accountOnDay()
    // Whoever held it last is named, so that what is done from here is done to that account.
    if visit.request.query["owner"] == nil, !page.account.holds(on: page.asOf),
        let owner = page.holders.first?.owner.code
    {
        return .redirect(visit.link(["owner": owner]))
    }
    let shown = page.charges.filter {
        $0.standing.isOpen || visit.request.query["all"] != nil
            || visit.request.query["why"] == $0.key
    }
    var model = AccountHead(page: page, visit: visit).model
    model["acts"] = visit.acts(on: page)
    model["said"] = orFalse(visit.said(in: page))
    model.merge(AccountTable(charges: shown, page: page, visit: visit).model) { $1 }
    model.merge(visit.eventModel(of: page)) { $1 }
    return try visit.page(
        "account", title: Bilingual(zh: page.unit.code, en: page.unit.code), nav: .units, model)
}

extension AccountPage {
    /// The newest dunning notice that nobody has signed for, else the newest of all; `nil`: none.
    fileprivate var noticeToServe: String? {
        let notices = events.compactMap { event -> (number: String, isOpen: Bool)? in
            guard case .notice(let notice, _, let grade, _) = event.matter, notice.stage != nil
            else { return nil }
            return (notice.number, grade.map { $0 > .c } ?? true)
        }
        return (notices.first(where: \.isOpen) ?? notices.first)?.number
    }
}

extension AccountCharge {
    /// `wy-2026-05`, as addresses name it.
    var key: String { "\(standing.charge.item.code)-\(standing.charge.period)" }
}

extension Visit {
    /// The account that the request names, as of its date.
    func accountOnDay(asOf date: CivilDate? = nil) throws -> AccountPage {
        try Office.accountPage(
            of: parameter("unit"), owner: request.query["owner"], asOf: date ?? asOf,
            seesHardship: mayKnowHardship, effects: effects)
    }

    /// Of a household that is none of the reader's own cases.
    var mayKnowHardship: Bool { Audience.approvers.includes(user.role) }

    /// The row of buttons; money first.
    fileprivate func acts(on page: AccountPage) -> [[String: Any]] {
        let all: [(pattern: String, href: String?, words: Bilingual)] = [
            (
                "/units/{unit}/payment", unitPath("/payment"),
                Bilingual(zh: "记一笔收款", en: "Record a payment")
            ),
            (
                "/services/{notice}/add",
                page.noticeToServe.map { "/services/\(percentEncoded($0))/add" },
                Bilingual(zh: "登记签收", en: "Record a service")
            ),
            (
                "/units/{unit}/contact", unitPath("/contact"),
                Bilingual(zh: "记联系", en: "Note a contact")
            ),
            (
                "/units/{unit}/promise", unitPath("/promise"),
                Bilingual(zh: "记承诺", en: "Note a promise")
            ),
            (
                "/units/{unit}/plan", unitPath("/plan"),
                Bilingual(zh: "提出分期", en: "Propose instalments")
            ),
            (
                "/units/{unit}/waiver", unitPath("/waiver"),
                Bilingual(zh: "提出减免", en: "Propose a waiver")
            ),
            (
                "/units/{unit}/statement", unitPath("/statement", adding: "as-of=\(asOf)"),
                Bilingual(zh: "打印对账单", en: "Print statement")
            ),
            (
                "/units/{unit}/evidence", unitPath("/evidence"),
                Bilingual(zh: "导出证据", en: "Export evidence")
            ),
        ]
        return all.compactMap { pattern, href, words in
            guard let href, mayOpen(pattern) else { return nil }
            return [
                "href": href, "words": words[language],
                "isFirst": pattern == "/units/{unit}/payment",
            ]
        }
    }

    /// Of the contact that was just recorded: the rules that it broke, and the course to take.
    fileprivate func said(in page: AccountPage) -> [String: Any]? {
        guard let number = request.query["said"].flatMap({ Int($0) }) else { return nil }
        for event in page.events {
            guard case .contact(let contact) = event.matter, contact.number == number else {
                continue
            }
            let lines = contact.warnings + [contact.reason?.course].compactMap { $0 }
            if lines.isEmpty { return nil }
            return [
                "style": contact.warnings.isEmpty ? "pine" : "ochre",
                "lines": lines.map { ["text": $0[language]] },
            ]
        }
        return nil
    }

    // MARK: - What happened

    fileprivate func eventModel(of page: AccountPage) -> [String: Any] {
        let chosen = request.query["kind"].flatMap { AccountEvent.Kind(rawValue: $0) }
        let matching = page.events.filter { chosen == nil || $0.kind == chosen }
        let all = request.query["more"] != nil
        let shown = all ? matching : Array(matching.prefix(firstEvents))
        let words = EventWords(visit: self)
        var years: [[String: Any]] = []
        for (year, events) in Dictionary(grouping: shown, by: \.date.year).sorted(by: {
            $0.key > $1.key
        }) {
            years.append([
                "year": language == .zh ? "\(year) 年" : "\(year)",
                "entries": events.map { words.entry($0).model(on: $0.date) },
            ])
        }
        let kinds: [(String?, Bilingual)] =
            [(nil, Bilingual(zh: "全部", en: "All"))]
            + AccountEvent.Kind.allCases.map { ($0.rawValue, AccountWords.group($0)) }
        return [
            "years": years,
            "kinds": kinds.map { kind, words in
                [
                    "words": words[language],
                    "href": link(["kind": kind, "more": nil, "said": nil]),
                    "isCurrent": chosen?.rawValue == kind, "follows": kind != nil,
                ] as [String: Any]
            },
            "older": matching.count > shown.count
                ? ["count": matching.count - shown.count, "href": link(["more": "1"])] as Any
                : false,
            "nothing": shown.isEmpty,
        ]
    }
}

// MARK: - The head

/// Who it is, what is owed, how it stands now.
struct AccountHead {
    let page: AccountPage
    let visit: Visit
    private var language: Language { visit.language }
    private var comma: String { AccountWords.comma(language) }
    private func say(_ zh: String, _ en: String) -> String { language == .zh ? zh : en }

    var model: [String: Any] {
        [
            "unit": page.unit.code,
            "owners": page.holders.map(\.owner.name).joined(separator: comma),
            "home": visit.unitPath(),
            "facts": facts, "marks": marks, "others": others,
            "asOf": "\(page.asOf)", "isToday": page.asOf == visit.today,
            "todayHref": visit.link(["as-of": nil]),
            "kept": ["owner", "kind", "all"].compactMap { name in
                visit.request.query[name].map { ["name": name, "text": $0] }
            },
            "total": money(page.statement.total), "principal": money(page.statement.principalOpen),
            "lateFee": money(page.statement.lateFeeOpen), "credit": money(page.statement.credit),
            "owesNothing": page.statement.total == .zero,
        ]
    }

    private var facts: [[String: Any]] {
        let account = page.account
        let since =
            account.to.map { say("\(account.from) 至 \($0)", "\(account.from) to \($0)") }
            ?? say("\(account.from) 起", "since \(account.from)")
        let channels = Channel.allCases.filter { channel in
            page.holders.contains { $0.owner.channels.contains(channel) }
        }
        var facts: [(String, String)] = [
            (
                AccountWords.kind(page.unit.kind)[language],
                page.unit.area.description + " ㎡"
            ), (say("产权", "Held"), since),
        ]
        // How to reach an owner is for those who do.
        let reaches = Audience.staff.includes(visit.user.role)
        let phones = reaches ? page.holders.map(\.owner.phone).filter { !$0.isEmpty } : []
        if !phones.isEmpty { facts.append((say("电话", "Phone"), phones.joined(separator: comma))) }
        facts.append(
            (
                say("送达", "Reached by"),
                channels.isEmpty
                    ? say("没有约定", "nothing agreed")
                    : channels.map { AccountWords.channel($0)[language] }.joined(separator: comma)
            ))
        for holder in page.holders where reaches && holder.mail != .none {
            facts.append(
                (say("邮箱", "Mail"), holder.owner.email + say("，", ", ") + words(holder.mail)))
        }
        return facts.map { ["label": $0.0, "text": $0.1] }
    }

    private func words(_ mail: AccountPage.MailState) -> String {
        switch mail {
        case .none: ""
        case .untried: say("还没有寄过", "nothing sent yet")
        case .accepted(let day):
            say("\(day) 对方服务器已接收", "taken by its server \(day)")
        case .marked: say("收不到信，请问新地址", "takes no mail: ask for another")
        }
    }

    private var others: [[String: Any]] {
        page.others.map { other in
            let to = other.to.map { "\($0)" } ?? say("今", "now")
            return [
                "href": visit.unitPath(page.unit.code, owner: other.owner),
                "names": other.names.joined(separator: comma),
                "dates": say("\(other.from) 至 \(to)", "\(other.from) to \(to)"),
                "owed": money(other.owed),
            ]
        }
    }

    // MARK: - Marks

    private func mark(_ style: String?, _ words: String, href: String? = nil) -> [String: Any] {
        ["style": orFalse(style), "words": words, "href": orFalse(href)]
    }

    private var marks: [[String: Any]] {
        let now = page.marks
        var marks: [[String: Any]] = []
        if let stage = now.stage {
            let isFormal = stage == "formal" || stage == "final"
            marks.append(
                mark(isFormal ? "red" : "ochre", stageWords(stage)[language]))
        }
        if now.daysOverdue > 0 {
            marks.append(
                mark(
                    nil,
                    say("最早一期已逾期 \(now.daysOverdue) 天", "oldest overdue \(now.daysOverdue) days")))
        }
        return marks + pledges + holds + limitation + hardship
    }

    private var pledges: [[String: Any]] {
        var marks: [[String: Any]] = []
        if let (promise, state) = page.marks.promise {
            switch state {
            case .broken: marks.append(mark("ochre", say("承诺未兑现", "promise not kept")))
            case .partly: marks.append(mark("ochre", say("承诺只兑现一部分", "promise kept in part")))
            case .open:
                marks.append(
                    mark(
                        "open",
                        say(
                            "答应 \(promise.until) 前付 \(money(promise.amount))",
                            "\(money(promise.amount)) promised by \(promise.until)")))
            case .kept: break
            }
        }
        if let plan = page.marks.plan {
            let next = plan.next.map {
                say("，下一期 \($0.due) \(money($0.amount))", ", next \(money($0.amount)) on \($0.due)")
            }
            marks.append(
                mark(
                    plan.state == .broken ? "red" : plan.state == .late ? "ochre" : "pine",
                    say("分期", "instalments ") + AccountWords.plan(plan.state)[language]
                        + (next ?? "")))
        }
        return marks
    }

    private var holds: [[String: Any]] {
        page.marks.holds.filter { ![.promise, .plan].contains($0.reason) }.map { hold in
            let to = hold.to.map { say("到 \($0)", " to \($0)") } ?? ""
            return mark("hold", AccountWords.hold(hold.reason)[language] + to)
        }
    }

    private var limitation: [[String: Any]] {
        guard let day = page.marks.lastDay else { return [] }
        let words =
            day < page.asOf
            ? say("时效已于 \(day) 届满", "claim lapsed \(day)")
            : say("时效最早 \(day) 届满", "first claim lapses \(day)")
        return [mark(page.marks.isLapsing ? "red" : nil, words)]
    }

    private var hardship: [[String: Any]] {
        guard let hardship = page.hardship else { return [] }
        let path = hardship.caseNumber.flatMap {
            visit.mayOpen("/hardship/{number}") ? "/hardship/\($0)" : nil
        }
        let list = visit.mayOpen("/hardship") ? "/hardship" : nil
        return [mark("hold", say("困难家庭", "hardship"), href: path ?? list)]
    }
}
