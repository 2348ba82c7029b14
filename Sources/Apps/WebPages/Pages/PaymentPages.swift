import Casework
import FeeLedger
import Interchange
import Letters
import Office
import Primitives
import SQLiteStore

/// Taking money, its receipts, taking it back, and the list of what came.
let paymentRoutes: [Route] = [
    Route(.get, "/units/{unit}/payment", for: .cashiers) { try paymentForm($0) },
    Route(.post, "/units/{unit}/payment", for: .cashiers) { try takePayment($0) },
    Route(.get, "/payments", for: .everyone) { try paymentsPage($0) },
    Route(.get, "/payments/file", for: .everyone) { try paymentsFile($0) },
    Route(.get, "/receipts/{number}", for: .everyone) { try receiptPage($0) },
    Route(.post, "/receipts/{number}/print", for: .cashiers) { try printOne($0) },
    Route(.get, "/receipts/{number}/reversal", for: .staff) { try reversalForm($0) },
    Route(.post, "/receipts/{number}/reversal", for: .staff) { try proposeReversal($0) },
]

/// As people pay; cash last.
private let methods: [PaymentMethod] = [.wechat, .alipay, .pos, .bank, .debit, .cash]

// MARK: - Taking

private func paymentForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay(asOf: visit.today)
    let open = page.charges.filter(\.standing.isOpen)
    let table = AccountTable(charges: open, page: page, visit: visit)
    var model = AccountHead(page: page, visit: visit).model
    model.merge(table.model) { $1 }
    model["methods"] = options(
        methods.map { ($0.rawValue, AccountWords.method($0.rawValue)) },
        chosen: form?.kept["method"] ?? methods[0].rawValue, in: visit.language)
    return try visit.page(
        "payment",
        title: Bilingual(
            zh: "\(page.unit.code) 记一笔收款", en: "Record a payment: \(page.unit.code)"),
        nav: .payments, form: form,
        values: [
            "amount": "", "date": "\(visit.today)",
            "payer": page.holders.first?.owner.name ?? "", "note": "",
        ], model)
}

private func takePayment(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let amount = form.money("amount")
    let method = form.choice("method", PaymentMethod.self)
    let date = form.date("date")
    let payer = form.optional("payer", atMost: 60)
    let note = form.optional("note", atMost: 200)
    form.refuseLater(date, than: visit.today, "date")
    if let date, form.problems.isEmpty { try form.refuseOtherHolder(on: date, visit) }
    return try form.act(else: { try paymentForm(visit, $0) }) {
        var entry = PaymentEntry(
            unit: visit.parameter("unit"), owner: visit.request.query["owner"], amount: amount!,
            date: date!, method: method!)
        entry.payer = payer ?? ""
        entry.note = note ?? ""
        let number = try recordPayment(entry, today: visit.today, effects: visit.effects)
        return .redirect("/receipts/\(percentEncoded(number))")
    }
}

extension FormReader {
    /// The page shows who holds the unit today; on the payment's day it may have been another.
    fileprivate mutating func refuseOtherHolder(on date: CivilDate, _ visit: Visit) throws {
        guard visit.request.query["owner"] == nil else { return }
        let shown = try visit.accountOnDay(asOf: visit.today)
        let then = try visit.accountOnDay(asOf: date)
        guard shown.account.id != then.account.id else { return }
        let names = then.holders.map(\.owner.name)
        refuse(
            "date",
            Bilingual(
                zh: "\(date) 这套房属于 \(names.joined(separator: "、"))，不是这里的户。请到那一户的户账去记，或改日期。",
                en:
                    "On \(date) the unit was \(names.joined(separator: ", "))'s, another account than "
                    + "this. Record it there, or change the date."))
    }
}

// MARK: - Receipts

extension Visit {
    fileprivate var receipt: PaymentReceipt {
        get throws {
            try paymentReceipt(parameter("number"), today: today, effects: effects)
        }
    }

    fileprivate func receiptModel(_ receipt: PaymentReceipt) -> [String: Any] {
        let payment = receipt.payment
        let statement = receipt.statement
        return [
            "number": payment.reference, "office": receipt.office, "community": receipt.community,
            "unit": payment.unit, "home": unitPath(payment.unit, owner: receipt.formerOwner),
            "owners": receipt.owners.joined(separator: AccountWords.comma(language)),
            "date": "\(payment.date)", "amount": money(payment.amount),
            "inWords": payment.amount.inChineseWords,
            "method": AccountWords.method(payment.method)[language],
            "payer": orFalse(payment.payer.isEmpty ? nil : payment.payer),
            "note": orFalse(payment.note.isEmpty ? nil : payment.note),
            "staff": AccountWords.staff(payment.staff)[language],
            "at": String(clock(payment.at).prefix(10)), "lines": receipt.lines.map { line($0) },
            "hasLines": !receipt.lines.isEmpty, "owed": money(statement.total),
            "principal": money(statement.principalOpen), "lateFee": money(statement.lateFeeOpen),
            "credit": money(statement.credit),
            "reversed": orFalse(payment.reversed.map { "\($0)" }),
            "stands": payment.reversed == nil,
            "path": "/receipts/\(percentEncoded(payment.reference))",
        ]
    }

    private func line(_ line: PaymentReceipt.Line) -> [String: Any] {
        let what =
            switch line.target {
            case .principal: inWords("本金", "principal")
            case .lateFee: inWords("违约金", "late fee")
            case .credit: inWords("预存，抵以后的收费", "credit, for charges to come")
            }
        return [
            "period": line.period.map { "\($0)" } ?? "", "item": line.itemName, "what": what,
            "amount": money(line.amount),
        ]
    }

    fileprivate func reversals(_ receipt: PaymentReceipt) -> [[String: Any]] {
        receipt.reversals.map { recorded in
            let proposal = recorded.proposal
            let number = recorded.id.number
            let said = recorded.approval.map { approval in
                approval.isApproved
                    ? inWords(
                        "\(approval.by) \(approval.day) 批准",
                        "approved by \(approval.by), \(approval.day)")
                    : inWords(
                        "\(approval.by) \(approval.day) 没有批准",
                        "refused by \(approval.by), \(approval.day)")
            }
            return [
                "style": recorded.approval.map { $0.isApproved ? "pine" : "open" } ?? "ochre",
                "state": said ?? inWords("等另一位经理决定", "waits for another person, a manager"),
                "text": inWords(
                    "\(proposal.by) \(proposal.day) 提出冲红（提议 \(number)）：\(proposal.reason)",
                    "Reversal proposed by \(proposal.by), \(proposal.day) (proposal \(number)): \(proposal.reason)"
                ),
            ]
        }
    }
}

/// - Parameter printing: the page is to go to the printer, as was just noted. Any other is a look
///   at it, and says so on paper: what was printed before cannot be printed again unmarked.
private func receiptPage(_ visit: Visit, printing: Bool = false) throws -> PageResponse {
    let receipt = try visit.receipt
    let isOpen = receipt.reversals.contains { $0.approval == nil }
    var model = visit.receiptModel(receipt)
    let mayPrint = visit.mayOpen("/receipts/{number}/print", .post)
    let isPrinted = receipt.prints > 0
    model["copy"] = orFalse(printing && receipt.prints > 1 ? "\(receipt.prints - 1)" : nil)
    model["prints"] = orFalse(!printing && isPrinted ? count(receipt.prints) : nil)
    model["printsNow"] = printing
    model["mayPrint"] = mayPrint && receipt.payment.reversed == nil
    model["isFirst"] = !isPrinted
    model["mayReverse"] =
        visit.mayOpen("/receipts/{number}/reversal") && !isOpen && receipt.payment.reversed == nil
    model["reversals"] = visit.reversals(receipt)
    let number = receipt.payment.reference
    return try visit.page(
        "receipt", title: Bilingual(zh: "收据 \(number)", en: "Receipt \(number)"), nav: .payments,
        model)
}

private func printOne(_ visit: Visit) throws -> PageResponse {
    let number = visit.parameter("number")
    try printReceipt(number, effects: visit.effects)
    return try receiptPage(visit, printing: true)
        .standing(for: "/receipts/\(percentEncoded(number))")
}

// MARK: - Taking it back

private func reversalForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let receipt = try visit.receipt
    var model = visit.receiptModel(receipt)
    model["reversals"] = visit.reversals(receipt)
    model["mayPropose"] =
        receipt.payment.reversed == nil && !receipt.reversals.contains { $0.approval == nil }
    let number = receipt.payment.reference
    return try visit.page(
        "reversal", title: Bilingual(zh: "冲红收款 \(number)", en: "Reverse payment \(number)"),
        nav: .payments, form: form, values: ["reason": ""], model)
}

private func proposeReversal(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let reason = form.text("reason", atMost: 500)
    let receipt = try visit.receipt
    if receipt.reversals.contains(where: { $0.approval == nil }) {
        form.refuse(
            "",
            Bilingual(
                zh: "已经有人提出冲红，等经理决定；不用再提。",
                en: "Its reversal has been proposed and waits for a manager; no other is needed."))
    }
    return try form.act(else: { try reversalForm(visit, $0) }) {
        let number = receipt.payment.reference
        _ = try propose(
            ProposalEntry(
                unit: receipt.payment.unit, owner: nil,
                matter: .paymentReversal(reference: number), day: visit.today,
                staff: visit.user.userName, reason: reason!), effects: visit.effects)
        return .redirect("/receipts/\(percentEncoded(number))")
    }
}

// MARK: - The list

extension Visit {
    /// This month's, where no days are named.
    fileprivate var paymentFilter: Session.PaymentFilter {
        let query = request.query
        let date = { (name: String) in query[name].flatMap { CivilDate(typed: $0) } }
        var filter = Session.PaymentFilter()
        filter.from = date("from") ?? today.period.firstDay
        filter.to = date("to") ?? max(today, filter.from!)
        filter.method = query["method"]
        filter.staff = query["staff"]
        return filter
    }
}

/// Every payment that the list's filter leaves, in its order and with its columns.
private func paymentsFile(_ visit: Visit) throws -> PageResponse {
    let language = visit.language
    let list = try paymentList(
        visit.paymentFilter, page: 1, size: .max / 2, effects: visit.effects)
    let columns: [(Bilingual, ListFile.Column)] = [
        (say("到账日期", "Date"), .date), (say("流水号", "Receipt"), .text),
        (say("房号", "Unit"), .text), (say("付款人", "Payer"), .text),
        (say("方式", "Method"), .text), (say("经办", "Staff"), .text),
        (say("金额", "Amount"), .amount), (say("冲红日期", "Reversed on"), .date),
    ]
    let rows = list.rows.map { payment in
        [
            "\(payment.date)", payment.reference, payment.unit, payment.payer,
            AccountWords.method(payment.method)[language],
            AccountWords.staff(payment.staff)[language], "\(payment.amount)",
            payment.reversed.map { "\($0)" } ?? "",
        ]
    }
    let filter = visit.paymentFilter
    return try visit.workbook(columns, rows, name: "payments-\(filter.from!)-\(filter.to!)")
}

private func paymentsPage(_ visit: Visit) throws -> PageResponse {
    let filter = visit.paymentFilter
    func listed(_ page: Int) throws -> PaymentList {
        try paymentList(filter, page: page, size: rowsPerPage, effects: visit.effects)
    }
    var list = try listed(visit.pageAsked)
    let pager = Pager(of: list.count, on: visit)
    if pager.page != visit.pageAsked { list = try listed(pager.page) }
    return try visit.page(
        "payments", title: Bilingual(zh: "收款", en: "Payments"), nav: .payments,
        values: ["from": "\(filter.from!)", "to": "\(filter.to!)"],
        PaymentListModel(list: list, filter: filter, visit: visit).model.merging(pager.model) { $1 }
    )
}

private struct PaymentListModel {
    let list: PaymentList
    let filter: Session.PaymentFilter
    let visit: Visit

    var model: [String: Any] {
        [
            "rows": list.rows.map(row), "hasRows": !list.rows.isEmpty, "count": count(list.count),
            "sum": money(list.amount), "file": visit.fileLink,
            "byTime": list.byTime.map { time($0) },
            "byMethod": list.byMethod.map {
                sum($0, AccountWords.method($0.word)[visit.language], ["method": $0.word])
            },
            "byStaff": list.byStaff.map {
                sum($0, AccountWords.staff($0.word)[visit.language], ["staff": $0.word])
            },
            "methods": choices(
                methods.map { ($0.rawValue, AccountWords.method($0.rawValue)) },
                chosen: filter.method),
            "staff": choices(
                list.staff.map { ($0, AccountWords.staff($0)) }, chosen: filter.staff),
            "todayHref": visit.link(days(visit.today, visit.today)),
            "monthHref": visit.link(days(visit.today.period.firstDay, visit.today)),
            "lastMonthHref": visit.link(
                days(lastMonth.firstDay, lastMonth.lastDay)),
        ]
    }

    private var lastMonth: Period { visit.today.period.advanced(byMonths: -1) }

    private func days(_ from: CivilDate, _ to: CivilDate) -> [String: String?] {
        ["from": "\(from)", "to": "\(to)", "page": nil]
    }

    private func choices(
        _ all: [(value: String, words: Bilingual)], chosen: String?
    ) -> [[String: Any]] {
        options(
            [("", Bilingual(zh: "全部", en: "all"))] + all, chosen: chosen ?? "", in: visit.language)
    }

    private func row(_ payment: Session.TakenPayment) -> [String: Any] {
        [
            "date": "\(payment.date)", "reference": payment.reference,
            "href": "/receipts/\(percentEncoded(payment.reference))", "unit": payment.unit,
            "unitHref": "/units/\(percentEncoded(payment.unit))", "payer": payment.payer,
            "method": AccountWords.method(payment.method)[visit.language],
            "staff": AccountWords.staff(payment.staff)[visit.language],
            "amount": money(payment.amount), "isReversed": payment.reversed != nil,
        ]
    }

    private func sum(
        _ sum: Session.PaymentSum, _ words: String, _ changes: [String: String?]
    ) -> [String: Any] {
        [
            "words": words, "count": count(sum.count), "amount": money(sum.amount),
            "href": visit.link(changes.merging(["page": nil]) { $1 }),
        ]
    }

    /// A day, or a month.
    private func time(_ each: Session.PaymentSum) -> [String: Any] {
        if let day = CivilDate(each.word) { return sum(each, each.word, days(day, day)) }
        guard let month = Period(each.word) else { return sum(each, each.word, [:]) }
        let from = max(month.firstDay, filter.from ?? month.firstDay)
        let to = min(month.lastDay, filter.to ?? month.lastDay)
        return sum(each, each.word, days(from, to))
    }
}
