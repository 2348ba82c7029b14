import FeeLedger
import Office
import Primitives

/// The list of charges, to which the figures of the dashboard lead: it adds up to them.
let chargeListRoutes: [Route] = [
    Route(.get, "/charges", for: .everyone) { try chargesPage($0) },
    Route(.get, "/charges/file", for: .everyone) { try chargesFile($0) },
]

private struct ChargeQuery {
    var filter = ChargeFilter()
    var order = ChargeOrder.unit
    var isFalling = false

    /// What cannot be read leaves nothing out.
    init(_ fields: Fields) {
        filter.from = fields["from"].flatMap { Period(halfWidth($0)) }
        filter.to = fields["to"].flatMap { Period(halfWidth($0)) }
        filter.item = fields["item"]
        filter.building = fields["building"]
        filter.mark = fields["mark"].flatMap { ChargeFilter.Mark(rawValue: $0) }
        filter.age = fields["age"].flatMap { DebtAge(rawValue: $0) }
        filter.end = fields["end"].flatMap { ClaimEnd(rawValue: $0) }
        order = fields["sort"].flatMap { ChargeOrder(rawValue: $0) } ?? .unit
        isFalling = fields["falling"] == "1"
    }
}

private func chargesPage(_ visit: Visit) throws -> PageResponse {
    let query = ChargeQuery(visit.request.query)
    let books = try booksOnDay(asOf: visit.asOf, effects: visit.effects)
    let found = books.charges(query.filter, by: query.order, isFalling: query.isFalling)
    let pager = Pager(of: found.count, on: visit)
    let shown = found[pager.range]
    var model: [String: Any] = [
        "rows": shown.map { visit.row($0, books) }, "hasRows": !shown.isEmpty,
        "pageTotals": visit.totals(ChargeTotals(shown)),
        "totals": visit.totals(ChargeTotals(found)), "columns": visit.sortable(query),
        "hasDate": visit.asOf != visit.today, "isFiltered": !visit.request.query.all.isEmpty,
        "since": "\(books.periods[0])", "file": visit.fileLink,
    ]
    model.merge(pager.model) { $1 }
    model.merge(visit.filters(books)) { $1 }
    return try visit.page(
        "charges", title: say("收费明细", "Charges"), nav: .dashboard,
        values: [
            "from": visit.request.query["from"] ?? "", "to": visit.request.query["to"] ?? "",
        ], model)
}

/// All that the list's filter leaves, in its order and with its columns.
private func chargesFile(_ visit: Visit) throws -> PageResponse {
    let query = ChargeQuery(visit.request.query)
    let books = try booksOnDay(asOf: visit.asOf, effects: visit.effects)
    let found = books.charges(query.filter, by: query.order, isFalling: query.isFalling)
    let columns: [(Bilingual, ListFile.Column)] = [
        (say("房号", "Unit"), .text), (say("业主", "Owners"), .text), (say("项目", "Item"), .text),
        (say("账期", "Period"), .text), (say("到期日", "Due"), .date),
        (say("减免", "Conceded"), .amount), (say("应收", "Charged"), .amount),
        (say("实收", "Paid"), .amount), (say("未收", "Open"), .amount),
        (say("逾期天数", "Days overdue"), .count), (say("违约金", "Late fee"), .amount),
        (say("已收违约金", "Late fee paid"), .amount), (say("已免", "Waived"), .amount),
        (say("时效届满", "Lapses"), .date),
    ]
    let comma = visit.language == .zh ? "、" : ", "
    let rows = found.map { charge -> [String] in
        let account = books.accounts[charge.account]
        return [
            account.unit, account.ownerNames.joined(separator: comma),
            books.itemNames[charge.item.code] ?? charge.item.code, "\(charge.period)",
            "\(charge.due)", "\(charge.conceded)", "\(charge.payable)", "\(charge.met)",
            "\(charge.principal)", "\(charge.daysOverdue)", "\(charge.lateFee)",
            "\(charge.lateFeePaid)", "\(charge.lateFeeWaived)",
            charge.lastDay.map { "\($0)" } ?? "",
        ]
    }
    return try visit.workbook(columns, rows, name: "charges-\(visit.asOf)")
}

extension Visit {
    /// This list as a file: the same filter and order, every page of it.
    var fileLink: String {
        let here = link(["page": nil])
        let path = here.prefix { $0 != "?" }
        return path + "/file" + here.dropFirst(path.count)
    }

    func workbook(
        _ columns: [(Bilingual, ListFile.Column)], _ rows: [[String]], name: String
    ) throws -> PageResponse {
        let file = ListFile(columns.map { ($0.0[language], $0.1) }, rows: rows)
        return .file(
            try file.bytes(as: .xlsx),
            type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            name: "\(name).xlsx")
    }

    fileprivate func row(_ charge: ChargeOnList, _ books: BooksOnDay) -> [String: Any] {
        let account = books.accounts[charge.account]
        let left = charge.lastDay.map { $0 - asOf }
        return [
            "unit": account.unit, "href": address(of: account),
            "why": address(of: account, why: charge),
            "names": account.ownerNames.joined(separator: language == .zh ? "、" : ", "),
            "item": books.itemNames[charge.item.code] ?? charge.item.code,
            "period": "\(charge.period)", "due": "\(charge.due)",
            "payable": money(charge.payable), "conceded": money(charge.conceded),
            "met": money(charge.met), "open": money(charge.principal),
            "days": count(charge.daysOverdue), "lateFee": money(charge.lateFee),
            "lateFeePaid": money(charge.lateFeePaid),
            "lateFeeWaived": money(charge.lateFeeWaived),
            "lastDay": charge.lastDay?.description as Any? ?? false,
            "mark": left.flatMap { ClaimEnd(daysLeft: $0)?.mark.kind } as Any? ?? false,
        ]
    }

    /// The account that owes, whoever holds the unit now; with how a late fee of it comes about.
    private func address(of account: AccountOnList, why charge: ChargeOnList? = nil) -> String {
        let former = account.owners.split(separator: ";").first.map(String.init)
        let fee = charge.map { "\($0.item.code)-\($0.period)" }
        let path = address(
            "/units/\(percentEncoded(account.unit))",
            [("owner", account.isFormer(asOf: asOf) ? former : nil), ("why", fee)])
        return fee.map { "\(path)#why-\(percentEncoded($0))" } ?? path
    }

    fileprivate func totals(_ totals: ChargeTotals) -> [String: Any] {
        [
            "counted": chargesInWords(totals.count)[language],
            "owing": accountsInWords(totals.accounts)[language],
            "payable": money(totals.payable), "conceded": money(totals.conceded),
            "met": money(totals.met), "open": money(totals.principal),
            "lateFee": money(totals.lateFee), "lateFeePaid": money(totals.lateFeePaid),
            "lateFeeWaived": money(totals.lateFeeWaived),
        ]
    }

    fileprivate func sortable(_ query: ChargeQuery) -> [String: Any] {
        Dictionary(
            uniqueKeysWithValues: ChargeOrder.allCases.map { order in
                let isCurrent = query.order == order
                let isAmount = order == .principal || order == .days
                let falling = isCurrent ? !query.isFalling : isAmount
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

    fileprivate func filters(_ books: BooksOnDay) -> [String: Any] {
        func choices(_ all: [(value: String, words: Bilingual)], _ name: String)
            -> [[String: Any]]
        {
            options(all, chosen: request.query[name], in: language)
        }
        let items = books.itemNames.sorted { inByteOrder($0.key, $1.key) }
        return [
            "buildings": choices(books.buildings.map { ($0, say($0, $0)) }, "building"),
            "items": choices(items.map { ($0.key, say($0.value, $0.value)) }, "item"),
            "marks": choices(ChargeFilter.Mark.allCases.map { ($0.rawValue, $0.words) }, "mark"),
            "ages": choices(DebtAge.allCases.map { ($0.rawValue, $0.words) }, "age"),
            "ends": choices(ClaimEnd.allCases.map { ($0.rawValue, $0.words) }, "end"),
        ]
    }
}
