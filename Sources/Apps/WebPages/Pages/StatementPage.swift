import FeeLedger
import Letters
import Office
import Primitives
import SQLiteStore

/// The account to be gone through with its owner, and signed: what is open, what was paid in the
/// year before.
func statementPage(_ visit: Visit) throws -> PageResponse {
    let page = try visit.accountOnDay()
    let open = page.charges.filter(\.standing.isOpen)
    let table = AccountTable(charges: open, page: page, visit: visit)
    var model = AccountHead(page: page, visit: visit).model
    model.merge(table.model) { $1 }
    let since = page.asOf.advanced(byDays: -365)
    var payments: [[String: Any]] = []
    var sum = Money.zero
    for event in page.events where event.date > since {
        guard case .payment(let payment, _) = event.matter, payment.reversed == nil else {
            continue
        }
        sum += payment.amount
        payments.append([
            "date": "\(payment.date)", "reference": payment.reference,
            "method": AccountWords.method(payment.method)[visit.language],
            "payer": payment.payer, "amount": money(payment.amount),
        ])
    }
    model["payments"] = payments
    model["hasPayments"] = !payments.isEmpty
    model["since"] = "\(since.advanced(byDays: 1))"
    model["paid"] = money(sum)
    model["inWords"] = orFalse(
        page.statement.total > .zero ? page.statement.total.inChineseWords : nil)
    return try visit.page(
        "statement",
        title: Bilingual(zh: "\(page.unit.code) 对账单", en: "Statement of \(page.unit.code)"),
        nav: .units, model)
}
