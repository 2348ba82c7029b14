import Dunning
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// What is done with accounts that were chosen from the list: on paper, in a file, or a hold.
let chosenUnitsRoutes: [Route] = [
    Route(.post, "/units/chosen", for: .everyone) { try chosenPage($0) },
    Route(.post, "/units/file", for: .everyone) { try unitsFile($0) },
    Route(.post, "/units/walk", for: .everyone) { try walkPage($0) },
    Route(.post, "/units/holds/preview", for: .staff) { try holdsPreview($0) },
    Route(.post, "/units/holds", for: .staff) { try enterHolds($0) },
]

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
            ).filter { wanted.contains(listKey($0)) }
            hasChanged = false
            carried += [("scope", "ticked")] + accounts.map { ("tick", listKey($0)) }
            carried += ["sort", "falling"].compactMap { name in form[name].map { (name, $0) } }
        }
        self.carried = carried
    }

    var keys: [AccountKey] { accounts.compactMap { accountKey(listKey($0)) } }

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
            "totals": visit.unitTotals(UnitTotals(choice.accounts)),
            "rows": choice.accounts.prefix(20).map { visit.accountRow($0) },
            "more": choice.accounts.count > 20 ? count(choice.accounts.count - 20) as Any : false,
            "mayWalk": choice.accounts.count <= walkMost, "walkMost": count(walkMost),
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
        let row = visit.accountRow(account)
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

/// More would be no walk, and no page of 100 KB.
private let walkMost = 200

/// To take along through the building, with room to write; its print is the page itself.
private func walkPage(_ visit: Visit) throws -> PageResponse {
    let choice = try Choice(visit)
    guard choice.accounts.count <= walkMost else {
        return try chosenPage(visit, choice, form: nil)
    }
    let groups = Dictionary(grouping: choice.accounts, by: \.building)
    let buildings = groups.keys.sorted {
        naturalOrderKey($0).lexicographicallyPrecedes(naturalOrderKey($1))
    }
    return try visit.page(
        "units-walk", title: say("走访名单", "List for a walk"), nav: .units,
        [
            "words": visit.scopeWords(choice), "date": visit.formDate.description,
            "totals": visit.unitTotals(UnitTotals(choice.accounts)),
            "buildings": buildings.map { building -> [String: Any] in
                let accounts = groups[building]!.sorted {
                    naturalOrderKey($0.unit).lexicographicallyPrecedes(naturalOrderKey($1.unit))
                }
                return [
                    "building": building, "count": count(accounts.count),
                    "rows": accounts.map { visit.accountRow($0) },
                    "totals": visit.unitTotals(UnitTotals(accounts)),
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
        accountKey(listKey(account)).map { held.contains($0) } ?? false
    }
    return try visit.page(
        "units-holds", title: say("暂停催缴：先看看", "Hold dunning: preview"), nav: .units,
        [
            "words": visit.scopeWords(choice), "carried": choice.fields,
            "hasChanged": choice.hasChanged, "held": count(accounts.count),
            "canHold": !accounts.isEmpty, "totals": visit.unitTotals(UnitTotals(accounts)),
            "leftOut": visit.leftOut(outcomes), "leftOutCount": count(outcomes.count - held.count),
            "hasLeftOut": outcomes.count > held.count,
            "reason": entry.reason.words[visit.language], "reasonCode": entry.reason.rawValue,
            "from": entry.from.description, "to": entry.to?.description as Any? ?? false,
            "note": entry.note.isEmpty ? false : entry.note as Any,
            "rows": accounts.prefix(20).map { visit.accountRow($0) },
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
    /// Who gets none, and why: reason by reason, the first of each named.
    fileprivate func leftOut(_ outcomes: [HoldOutcome]) -> [[String: Any]] {
        var reasons: [Bilingual] = []
        var units: [Bilingual: [String]] = [:]
        for one in outcomes {
            let why: Bilingual
            switch one.state {
            case .held: continue
            case .leftOut(let words), .failed(let words): why = words
            }
            if units[why] == nil { reasons.append(why) }
            units[why, default: []].append(one.account.unit)
        }
        let most = 30
        return reasons.map { why in
            let all = units[why]!
            return [
                "why": why[language], "count": count(all.count),
                "units": all.prefix(most).map { ["unit": $0, "href": unitAddress($0)] },
                "more": all.count > most ? count(all.count - most) as Any : false,
            ]
        }
    }
}
