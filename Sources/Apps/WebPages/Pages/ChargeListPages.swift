import FeeLedger
import Office
import Primitives

/// The list of charges, to which the figures of the dashboard lead: it adds up to them.
let chargeListRoutes: [Route] = [
    Route(.get, "/charges", for: .everyone) { try chargesPage($0) }
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
        "since": "\(books.periods[0])",
    ]
    model.merge(pager.model) { $1 }
    model.merge(visit.filters(books)) { $1 }
    return try visit.page(
        "charges", title: say("收费明细", "Charges"), nav: .dashboard,
        values: [
            "from": visit.request.query["from"] ?? "", "to": visit.request.query["to"] ?? "",
        ], model)
}

extension Visit {
    fileprivate func row(_ charge: ChargeOnList, _ books: BooksOnDay) -> [String: Any] {
        let account = books.accounts[charge.account]
        let left = charge.lastDay.map { $0 - asOf }
        return [
            "unit": account.unit, "href": unitAddress(account.unit),
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
