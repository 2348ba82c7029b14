import Casework
import Dunning
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// The list of units: its filters and page stand in the URL, without anybody's name.
let unitListRoutes: [Route] = [
    Route(.get, "/units", for: .everyone) { try unitsPage($0) }
]

// MARK: - Filters

/// What the query, or a form that carries it on, asks of the list.
struct UnitQuery {
    var filter = UnitFilter()
    var order = UnitOrder.unit
    var isFalling = false

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
    let pager = Pager(of: found.count, on: visit)
    let shown = Array(found[pager.range])
    var model: [String: Any] = [
        "rows": shown.map { visit.accountRow($0) }, "count": count(found.count),
        "shown": count(shown.count), "hasRows": !shown.isEmpty,
        "pageTotals": visit.unitTotals(UnitTotals(shown)),
        "totals": visit.unitTotals(UnitTotals(found)),
        "columns": visit.sortable(query),
        "kept": UnitQuery.names.compactMap { name in
            visit.request.query[name].map { ["name": name, "value": $0] }
        },
        "fingerprint": fingerprint(found), "isFiltered": !visit.request.query.all.isEmpty,
    ]
    model.merge(pager.model) { $1 }
    model.merge(visit.filters(query, books)) { $1 }
    return try visit.page(
        "units", title: say("户账", "Accounts"), nav: .units,
        values: [
            "as-of": visit.asOf.description, "amount": visit.request.query["amount"] ?? "",
            "days": visit.request.query["days"] ?? "",
            "unit": visit.request.query["unit"] ?? "",
        ], model)
}

/// Of the accounts that a choice speaks of, in their order: to see whether they are still those.
func fingerprint(_ accounts: [AccountOnList]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for account in accounts {
        for byte in "\(listKey(account));\(account.total.fen)\n".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
    return String(hash, radix: 16)
}

/// What a form knows an account by.
func listKey(_ account: AccountOnList) -> String { "\(account.unit)|\(account.from)" }

func accountKey(_ text: String) -> AccountKey? {
    guard let bar = text.lastIndex(of: "|"),
        let from = CivilDate(String(text[text.index(after: bar)...]))
    else { return nil }
    return AccountKey(unit: String(text[..<bar]), from: from)
}

extension Visit {
    func unitAddress(_ unit: String) -> String { address("/units/\(percentEncoded(unit))") }

    /// Of the account of a former owner: his, not the present one's.
    ///
    /// - Parameter owners: codes, joined by `;`.
    func accountAddress(_ unit: String, former owners: String) -> String {
        let code = owners.split(separator: ";").first.map(String.init) ?? ""
        return address("/units/\(percentEncoded(unit))", [("owner", code)])
    }

    func accountRow(_ account: AccountOnList) -> [String: Any] {
        let isFormer = account.isFormer(asOf: asOf)
        let former = account.to.map { say("原业主，到 \($0)", "former, to \($0)")[language] }
        return [
            "key": listKey(account), "unit": account.unit,
            "href": isFormer
                ? accountAddress(account.unit, former: account.owners) : unitAddress(account.unit),
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
        Channel.allCases.filter { account.channels.contains($0) }
            .map { AccountWords.channel($0)[language] }
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

    func unitTotals(_ totals: UnitTotals) -> [String: Any] {
        [
            "count": count(totals.count), "counted": accountsInWords(totals.count)[language],
            "principal": money(totals.principal),
            "lateFee": money(totals.lateFee), "total": money(totals.total),
        ]
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
