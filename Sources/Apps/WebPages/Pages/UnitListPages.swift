import Casework
import Dunning
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// The list of units: its filters and page stand in the URL, without anybody's name.
let unitListRoutes: [Route] = [
    Route(.get, "/units", for: .everyone) { try unitsPage($0) },
    Route(.post, "/units/chosen", for: .everyone) { try chosenPage($0) },
    Route(.post, "/units/file", for: .everyone) { try unitsFile($0) },
    Route(.post, "/units/walk", for: .everyone) { try walkPage($0) },
    Route(.post, "/units/holds/preview", for: .staff) { try holdsPreview($0) },
    Route(.post, "/units/holds", for: .staff) { try enterHolds($0) },
]

/// So many rows a page of a list has.
let listPageRows = 50

// MARK: - Filters

/// What the query, or a form that carries it on, asks of the list.
struct UnitQuery {
    var filter = UnitFilter()
    var order = UnitOrder.unit
    var isFalling = false
    var page = 1

    /// What cannot be read leaves nobody out.
    init(_ fields: Fields) {
        filter.unit = fields["unit"] ?? ""
        filter.building = fields["building"]
        filter.kind = fields["kind"].flatMap { UnitKind(rawValue: $0) }
        filter.stage = fields["stage"]
        filter.totalAtLeast = fields["amount"].flatMap { Money(typed: $0) }
        filter.overdueAtLeast = fields["days"].flatMap { Int(halfWidth($0)) }
        filter.age = fields["age"].flatMap { DebtAge(rawValue: $0) }
        filter.hasEmail = fields["email"].map { $0 == "yes" }
        filter.risk = fields["risk"].flatMap { RiskClass(rawValue: $0) }
        filter.mark = fields["mark"].flatMap { UnitFilter.Mark(rawValue: $0) }
        filter.includesFormer = fields["former"] != nil
        switch fields["hold"] {
        case nil: break
        case "any": filter.hold = .any
        case "none": filter.hold = UnitFilter.Hold.none
        case let reason?:
            filter.hold = DunningHold.Reason(rawValue: reason).map { .reason($0) }
        }
        order = fields["sort"].flatMap { UnitOrder(rawValue: $0) } ?? .unit
        isFalling = fields["falling"].map { $0 == "1" } ?? false
        page = max(1, fields["page"].flatMap { Int($0) } ?? 1)
    }

    /// Names of the query's fields that say who is listed, and in which order.
    static let names = [
        "unit", "building", "kind", "stage", "amount", "days", "age", "email", "risk", "mark",
        "former", "hold", "sort", "falling",
    ]
}

// MARK: - The page

private func unitsPage(_ visit: Visit) throws -> PageResponse {
    let query = UnitQuery(visit.request.query)
    let books = try booksOnDay(asOf: visit.asOf, effects: visit.effects)
    let found = books.accounts(
        query.filter, by: query.order, isFalling: query.isFalling,
        seesHardship: visit.seesHardship)
    let pages = Pages(count: found.count, page: query.page)
    let shown = Array(found[pages.range])
    var model: [String: Any] = [
        "rows": shown.map { visit.row($0) }, "count": count(found.count),
        "shown": count(shown.count), "hasRows": !shown.isEmpty,
        "pageTotals": visit.totals(UnitTotals(shown)), "totals": visit.totals(UnitTotals(found)),
        "pages": visit.pageLinks(pages), "columns": visit.sortable(query),
        "kept": UnitQuery.names.compactMap { name in
            visit.request.query[name].map { ["name": name, "value": $0] }
        },
        "fingerprint": fingerprint(found), "isFiltered": !visit.request.query.all.isEmpty,
    ]
    model.merge(visit.filters(query, books)) { $1 }
    return try visit.page(
        "units", title: say("户账", "Accounts"), nav: .units,
        values: [
            "as-of": visit.asOf.description, "amount": visit.request.query["amount"] ?? "",
            "days": visit.request.query["days"] ?? "",
            "unit": visit.request.query["unit"] ?? "",
        ], model)
}

/// Which rows of a list a page shows.
struct Pages {
    let page: Int
    let count: Int
    let range: Range<Int>

    init(count rows: Int, page: Int) {
        count = max(1, (rows + listPageRows - 1) / listPageRows)
        self.page = min(page, count)
        let first = (self.page - 1) * listPageRows
        range = first..<min(rows, first + listPageRows)
    }
}

/// Of the accounts that a choice speaks of, in their order: to see whether they are still those.
private func fingerprint(_ accounts: [AccountOnList]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for account in accounts {
        for byte in "\(key(account));\(account.total.fen)\n".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
    return String(hash, radix: 16)
}

private func key(_ account: AccountOnList) -> String { "\(account.unit)|\(account.from)" }

private func accountKey(_ text: String) -> AccountKey? {
    guard let bar = text.lastIndex(of: "|"),
        let from = CivilDate(String(text[text.index(after: bar)...]))
    else { return nil }
    return AccountKey(unit: String(text[..<bar]), from: from)
}

extension Visit {
    func unitAddress(_ unit: String) -> String { address("/units/\(percentEncoded(unit))") }

    fileprivate func row(_ account: AccountOnList) -> [String: Any] {
        let isFormer = account.isFormer(asOf: asOf)
        let former = account.to.map { say("原业主，到 \($0)", "former, to \($0)")[language] }
        return [
            "key": key(account), "unit": account.unit, "href": unitAddress(account.unit),
            "names": account.ownerNames.joined(separator: language == .zh ? "、" : ", "),
            "former": isFormer ? former as Any? ?? false : false,
            "principal": money(account.principal), "lateFee": money(account.lateFee),
            "total": money(account.total), "days": count(account.oldestDays),
            "stage": account.stage.map { shortStage($0)[language] } as Any? ?? false,
            "stageOn": account.stageOn?.description as Any? ?? false,
            "marks": marks(account), "channels": channelWords(account),
            "risk": account.risk.map { $0.words[language] } as Any? ?? false,
        ]
    }

    private func channelWords(_ account: AccountOnList) -> String {
        Channel.allCases.filter { account.channels.contains($0) }.map { $0.words[language] }
            .joined(separator: language == .zh ? "、" : ", ")
    }

    /// At most one of them is red.
    private func marks(_ account: AccountOnList) -> [[String: Any]] {
        var marks: [(String, Bilingual)] = []
        if account.plan == .broken { marks.append(("red", say("分期毁约", "plan broken"))) }
        if account.plan == .late { marks.append(("ochre", say("分期迟了", "plan late"))) }
        if account.plan == .kept { marks.append(("pine", say("分期按时", "plan kept"))) }
        if account.brokenPromises > 0, account.overdue > .zero, account.plan != .broken {
            let number = account.brokenPromises
            marks.append(("red", say("\(number) 次承诺没兑现", "\(number) promises broken")))
        }
        if let hardship = account.hardship {
            let words: Bilingual =
                switch hardship.state {
                case .granted: say("减免期内", "relief running")
                case .lapsed: say("减免已过期", "relief lapsed")
                default: say("困难户", "hardship")
                }
            marks.append((hardship.state == .granted ? "pine" : "ochre", words))
        }
        let shown: Set<DunningHold.Reason> = account.hardship == nil ? [] : [.hardship]
        for reason in DunningHold.Reason.allCases
        where account.holds.contains(reason) && !shown.contains(reason) {
            marks.append(
                ("hold", say("暂停：\(reason.words.zh)", "hold: \(reason.words.en)")))
        }
        return marks.map { ["kind": $0.0, "words": $0.1[language]] }
    }

    fileprivate func totals(_ totals: UnitTotals) -> [String: Any] {
        [
            "count": count(totals.count), "counted": accountsInWords(totals.count)[language],
            "principal": money(totals.principal),
            "lateFee": money(totals.lateFee), "total": money(totals.total),
        ]
    }

    /// `false` where everything stands on one page.
    func pageLinks(_ pages: Pages) -> Any {
        guard pages.count > 1 else { return false }
        return [
            "page": count(pages.page), "count": count(pages.count),
            "previous": pages.page > 1 ? link(["page": "\(pages.page - 1)"]) as Any : false,
            "next": pages.page < pages.count ? link(["page": "\(pages.page + 1)"]) as Any : false,
        ] as [String: Any]
    }

    /// The heads by which the list can be put in order.
    fileprivate func sortable(_ query: UnitQuery) -> [String: Any] {
        Dictionary(
            uniqueKeysWithValues: UnitOrder.allCases.map { order in
                let isCurrent = query.order == order
                // Amounts and days: the largest first.
                let falling = isCurrent ? !query.isFalling : order != .unit
                let model: [String: Any] = [
                    "href": link([
                        "sort": order.rawValue, "falling": falling ? "1" : nil, "page": nil,
                    ]),
                    "sorted": isCurrent
                        ? (query.isFalling ? "descending" : "ascending") as Any : false,
                    "arrow": isCurrent ? (query.isFalling ? "↓" : "↑") as Any : false,
                ]
                return ("by_" + order.rawValue, model)
            })
    }

    fileprivate func filters(_ query: UnitQuery, _ books: BooksOnDay) -> [String: Any] {
        let filter = query.filter
        let reasons = DunningHold.Reason.allCases.filter { $0 != .hardship || seesHardship }
        let marks = UnitFilter.Mark.allCases.filter { !$0.isHardship || seesHardship }
        func choices(_ all: [(value: String, words: Bilingual)], _ name: String)
            -> [[String: Any]]
        {
            options(all, chosen: request.query[name], in: language)
        }
        return [
            "buildings": choices(books.buildings.map { ($0, say($0, $0)) }, "building"),
            "stages": choices(books.stages.map { ($0, shortStage($0)) }, "stage"),
            "holdReasons": choices(
                [("any", say("有暂停", "any hold")), ("none", say("没有暂停", "no hold"))]
                    + reasons.map { ($0.rawValue, $0.words) }, "hold"),
            "emails": choices(
                [("yes", say("能发邮件", "takes email")), ("no", say("不能发邮件", "no email"))], "email"),
            "risks": choices(RiskClass.allCases.map { ($0.rawValue, $0.words) }, "risk"),
            "marks": choices(marks.map { ($0.rawValue, $0.words) }, "mark"),
            "age": filter.age.map { ["value": $0.rawValue, "words": $0.words[language]] }
                as Any? ?? false,
            "hasFormer": filter.includesFormer, "hasDate": asOf != today,
            "spelling": filter.unit.isEmpty ? false : filter.unit as Any,
        ]
    }
}

// MARK: - What was chosen

/// The accounts that the form speaks of: those ticked, those of the page that was seen, or all that
/// its filter lets through now.
private struct Choice {
    enum Scope: String { case ticked, page, all }

    let scope: Scope
    let accounts: [AccountOnList]
    /// All that match are no longer those that were counted when the button was pressed.
    let hasChanged: Bool
    /// Fields that carry the choice on to the next form.
    let carried: [(name: String, value: String)]

    init(_ visit: Visit) throws {
        let form = visit.request.form
        scope = form["scope"].flatMap { Scope(rawValue: $0) } ?? .ticked
        let query = UnitQuery(form)
        let books = try booksOnDay(asOf: visit.formDate, effects: visit.effects)
        var carried = [("as-of", visit.formDate.description)]
        switch scope {
        case .all:
            accounts = books.accounts(
                query.filter, by: query.order, isFalling: query.isFalling,
                seesHardship: visit.seesHardship)
            let print = fingerprint(accounts)
            hasChanged = form["fingerprint"].map { $0 != print } ?? true
            carried += UnitQuery.names.compactMap { name in form[name].map { (name, $0) } }
            carried += [("scope", "all"), ("fingerprint", print)]
        case .ticked, .page:
            let keys = form.values(scope == .ticked ? "tick" : "row")
            let wanted = Set(keys)
            var filter = UnitFilter()
            filter.includesFormer = true
            accounts = books.accounts(
                filter, by: query.order, isFalling: query.isFalling,
                seesHardship: visit.seesHardship
            ).filter { wanted.contains(key($0)) }
            hasChanged = false
            carried += [("scope", "ticked")] + accounts.map { ("tick", key($0)) }
            carried += ["sort", "falling"].compactMap { name in form[name].map { (name, $0) } }
        }
        self.carried = carried
    }

    var keys: [AccountKey] { accounts.compactMap { accountKey(key($0)) } }

    var fields: [[String: Any]] { carried.map { ["name": $0.name, "value": $0.value] } }
}

extension Visit {
    /// The date that the form was made for.
    fileprivate var formDate: CivilDate {
        request.form["as-of"].flatMap { CivilDate(typed: $0) } ?? today
    }

    fileprivate func scopeWords(_ choice: Choice) -> String {
        let number = count(choice.accounts.count)
        return choice.scope == .all
            ? say("符合条件的全部 \(number) 户", "all \(number) accounts that match")[language]
            : say("选中的 \(number) 户", "the \(number) accounts chosen")[language]
    }
}

private func chosenPage(_ visit: Visit) throws -> PageResponse {
    try chosenPage(visit, try Choice(visit), form: nil)
}

private func chosenPage(
    _ visit: Visit, _ choice: Choice, form: FormReader?
) throws -> PageResponse {
    let reasons = DunningHold.Reason.allCases.filter { $0 != .hardship }
    return try visit.page(
        "units-chosen", title: say("选中的户", "Accounts chosen"), nav: .units, form: form,
        values: ["from": visit.today.description, "to": "", "note": ""],
        [
            "words": visit.scopeWords(choice), "count": count(choice.accounts.count),
            "hasAny": !choice.accounts.isEmpty, "carried": choice.fields,
            "date": visit.formDate.description,
            "totals": visit.totals(UnitTotals(choice.accounts)),
            "rows": choice.accounts.prefix(20).map { visit.row($0) },
            "more": choice.accounts.count > 20 ? count(choice.accounts.count - 20) as Any : false,
            "mayHold": Audience.staff.includes(visit.user.role),
            "reasons": options(
                reasons.map { ($0.rawValue, $0.words) }, chosen: visit.request.form["reason"],
                in: visit.language),
        ])
}

// MARK: - Files and paper

/// What the list shows, as a file: the same columns, in the same order.
private func unitsFile(_ visit: Visit) throws -> PageResponse {
    let choice = try Choice(visit)
    let kind = visit.request.form["kind-of-file"].flatMap { TableKind(rawValue: $0) } ?? .csv
    let language = visit.language
    let columns: [(Bilingual, ListFile.Column)] = [
        (say("房号", "Unit"), .text), (say("业主", "Owners"), .text),
        (say("本金", "Principal"), .amount), (say("违约金", "Late fee"), .amount),
        (say("合计", "Total"), .amount), (say("最久逾期天数", "Days overdue"), .count),
        (say("催缴阶段", "Stage"), .text), (say("通知日期", "Notice of"), .date),
        (say("情形", "Marks"), .text), (say("送达方式", "Channels"), .text),
        (say("风险", "Risk"), .text),
    ]
    let rows = choice.accounts.map { account -> [String] in
        let row = visit.row(account)
        func text(_ name: String) -> String { row[name] as? String ?? "" }
        let marks = (row["marks"] as? [[String: Any]] ?? []).compactMap { $0["words"] as? String }
        let former = (row["former"] as? String).map { "（\($0)）" } ?? ""
        return [
            account.unit, text("names") + former, account.principal.description,
            account.lateFee.description, account.total.description, "\(account.oldestDays)",
            text("stage"), text("stageOn"), marks.joined(separator: "; "), text("channels"),
            text("risk"),
        ]
    }
    let file = ListFile(columns.map { ($0.0[language], $0.1) }, rows: rows)
    let type =
        kind == .csv
        ? "text/csv; charset=utf-8"
        : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return .file(
        try file.bytes(as: kind), type: type, name: "units-\(visit.formDate).\(kind.rawValue)")
}

/// To take along through the building, with room to write; its print is the page itself.
private func walkPage(_ visit: Visit) throws -> PageResponse {
    let choice = try Choice(visit)
    let groups = Dictionary(grouping: choice.accounts, by: \.building)
    let buildings = groups.keys.sorted {
        naturalOrderKey($0).lexicographicallyPrecedes(naturalOrderKey($1))
    }
    return try visit.page(
        "units-walk", title: say("走访名单", "List for a walk"), nav: .units,
        [
            "words": visit.scopeWords(choice), "date": visit.formDate.description,
            "totals": visit.totals(UnitTotals(choice.accounts)),
            "buildings": buildings.map { building -> [String: Any] in
                let accounts = groups[building]!.sorted {
                    naturalOrderKey($0.unit).lexicographicallyPrecedes(naturalOrderKey($1.unit))
                }
                return [
                    "building": building, "count": count(accounts.count),
                    "rows": accounts.map { visit.row($0) },
                    "totals": visit.totals(UnitTotals(accounts)),
                ]
            },
        ])
}

// MARK: - Holds

extension FormReader {
    fileprivate mutating func holdEntry() -> HoldEntry? {
        let reason = choice("reason", DunningHold.Reason.self)
        let from = date("from")
        let hasEnd = fields["to"] != nil
        let to = hasEnd ? date("to") : nil
        let note = optional("note", atMost: 200) ?? ""
        if let from, let to, to < from {
            refuse(
                "to",
                say(
                    "结束日期 \(to) 在开始日期 \(from) 之前。",
                    "The end, \(to), lies before the first day, \(from)."))
        }
        if reason == .hardship {
            refuse(
                "reason",
                say("困难户要在困难户页面登记。", "Hardship is recorded on its own page."))
        }
        guard let reason, let from, problems.isEmpty else { return nil }
        return HoldEntry(reason: reason, from: from, to: to, note: note)
    }
}

private func holdsPreview(_ visit: Visit) throws -> PageResponse {
    let choice = try Choice(visit)
    var form = visit.form
    if choice.accounts.isEmpty {
        form.refuse("", say("没有选中任何一户。", "No account was chosen."))
    }
    guard let entry = form.holdEntry() else { return try chosenPage(visit, choice, form: form) }
    return try form.act(else: { try chosenPage(visit, choice, form: $0) }) {
        try previewPage(visit, choice, entry)
    }
}

private func previewPage(
    _ visit: Visit, _ choice: Choice, _ entry: HoldEntry
) throws -> PageResponse {
    let outcomes = try holdPreview(entry, of: choice.keys, effects: visit.effects)
    let held = Set(outcomes.filter { $0.state == .held }.map(\.account))
    let accounts = choice.accounts.filter { account in
        accountKey(key(account)).map { held.contains($0) } ?? false
    }
    return try visit.page(
        "units-holds", title: say("暂停催缴：先看看", "Hold dunning: preview"), nav: .units,
        [
            "words": visit.scopeWords(choice), "carried": choice.fields,
            "hasChanged": choice.hasChanged, "held": count(accounts.count),
            "canHold": !accounts.isEmpty, "totals": visit.totals(UnitTotals(accounts)),
            "leftOut": visit.leftOut(outcomes), "leftOutCount": count(outcomes.count - held.count),
            "hasLeftOut": outcomes.count > held.count,
            "reason": entry.reason.words[visit.language], "reasonCode": entry.reason.rawValue,
            "from": entry.from.description, "to": entry.to?.description as Any? ?? false,
            "note": entry.note.isEmpty ? false : entry.note as Any,
            "rows": accounts.prefix(20).map { visit.row($0) },
            "more": accounts.count > 20 ? count(accounts.count - 20) as Any : false,
        ])
}

private func enterHolds(_ visit: Visit) throws -> PageResponse {
    let choice = try Choice(visit)
    var form = visit.form
    guard let entry = form.holdEntry() else { return try chosenPage(visit, choice, form: form) }
    if choice.hasChanged { return try previewPage(visit, choice, entry) }
    return try form.act(else: { try chosenPage(visit, choice, form: $0) }) {
        let outcomes = try holdUnits(entry, of: choice.keys, effects: visit.effects)
        let held = outcomes.count { $0.state == .held }
        let failed = outcomes.count { if case .failed = $0.state { true } else { false } }
        return try visit.page(
            "units-held", title: say("暂停催缴：结果", "Hold dunning: result"), nav: .units,
            [
                "held": count(held), "skipped": count(outcomes.count - held - failed),
                "failed": count(failed), "reason": entry.reason.words[visit.language],
                "from": entry.from.description, "to": entry.to?.description as Any? ?? false,
                "hasLeftOut": held < outcomes.count, "leftOut": visit.leftOut(outcomes),
                "list": visit.address("/units", [("hold", entry.reason.rawValue)]),
            ])
    }
}

extension Visit {
    /// Who gets none, and why.
    fileprivate func leftOut(_ outcomes: [HoldOutcome]) -> [[String: Any]] {
        outcomes.compactMap { one in
            let (kind, why): (String, Bilingual)
            switch one.state {
            case .held: return nil
            case .leftOut(let words): (kind, why) = ("hold", words)
            case .failed(let words): (kind, why) = ("red", words)
            }
            return [
                "unit": one.account.unit, "href": unitAddress(one.account.unit), "kind": kind,
                "why": why[language],
            ]
        }
    }
}
