import Dunning
import FeeLedger
import Primitives
import SQLiteStore

/// Posts what an import recorded, account by account, in the order of dates (SPEC.md 5).
extension CommunityImport {
    mutating func postHistory() throws {
        let context = try CommunityContext(community, in: session)
        let new = try session.newConcessions(by: act)
        let count = try session.begin(.touched)
        var done = 0
        try context.forEachChunk(of: .touched, scope: .unsettled, in: session, unposted: act) {
            chunk in
            let concessions = try session.concessions(of: chunk)
            let payments = try session.payments(of: chunk, by: act)
            let waivers = try session.waivers(of: chunk, by: act)
            for unit in chunk.units {
                for (place, book) in unit.accounts.enumerated() {
                    let id = book.account.id
                    let history = History(
                        charges: unit.unposted.filter { $0.account == place }.map(\.charge),
                        concessions: concessions[id] ?? [], new: new,
                        waivers: waivers[id] ?? [], payments: payments[id] ?? [])
                    try post(history, to: book, of: unit.unit)
                }
            }
            done += chunk.units.count
            effects.progress(Bilingual(zh: "入账", en: "posting units"), done, count)
        }
    }

    private mutating func post(_ history: History, to before: AccountBook, of unit: Unit) throws {
        var book = before
        remarkOnUndated(history, book, unit)
        for event in history.inOrder {
            switch event.act {
            case .charge(let charge): book.issue(charge, concessions: history.concessions)
            case .concession(let concession): book.concede(concession, on: event.date)
            case .payment(let payment):
                book.receive(payment.amount, as: payment.id, on: payment.date)
            case .waiver(let waiver):
                let taken = book.waive(
                    waiver.amount, of: waiver.key, by: waiver.id, on: waiver.date)
                if taken < waiver.amount { report.remark(lapsed(waiver, taken)) }
            }
        }
        try session.keep(book, issuing: false, act: act)
    }

    /// A concession without a date of decision counts for charges issued from now on alone.
    private mutating func remarkOnUndated(_ history: History, _ book: AccountBook, _ unit: Unit) {
        for concession in history.concessions
        where history.new.contains(concession.id) && concession.decided == nil
            && book.charges.contains(where: { concession.covers($0.charge) })
        {
            report.remark(
                Bilingual(
                    zh: "减免 \(concession.reference)（\(unit.code)）没有决定日期，只对今后出账的收费有效；"
                        + "要减已经出账的，请填 on 列。",
                    en:
                        "Concession \(concession.reference) (\(unit.code)) has no date of decision: it counts "
                        + "for charges issued from now on. To lower those issued already, fill in `on`."
                ))
        }
    }
}

/// What is to be posted to one account.
private struct History {
    enum Act {
        case charge(Charge)
        case concession(Concession)
        case waiver(Session.UnpostedWaiver)
        case payment(Session.UnpostedPayment)
    }

    struct Event {
        let date: CivilDate
        /// On one day: charges, then decided concessions, then waivers, then payments.
        let rank: Int
        let reference: String
        let act: Act
    }

    let charges: [Charge]
    /// All of the account's, known and new.
    let concessions: [Concession]
    let new: Set<ConcessionID>
    let waivers: [Session.UnpostedWaiver]
    let payments: [Session.UnpostedPayment]

    var inOrder: [Event] {
        let issues = charges.sorted(by: Charge.isOlder).map {
            Event(date: $0.issued, rank: 0, reference: "", act: .charge($0))
        }
        let decisions = concessions.filter { new.contains($0.id) }.compactMap { concession in
            concession.decided.map {
                Event(
                    date: $0, rank: 1, reference: concession.reference, act: .concession(concession)
                )
            }
        }
        let rest =
            waivers.map { Event(date: $0.date, rank: 2, reference: $0.reference, act: .waiver($0)) }
            + payments.map {
                Event(date: $0.date, rank: 3, reference: $0.reference, act: .payment($0))
            }
        // Sorting is stable: charges of one day keep their order.
        return (issues + decisions + rest).sorted { a, b in
            (a.date, a.rank) != (b.date, b.rank)
                ? (a.date, a.rank) < (b.date, b.rank) : inByteOrder(a.reference, b.reference)
        }
    }
}

private func lapsed(_ waiver: Session.UnpostedWaiver, _ taken: Money) -> Bilingual {
    Bilingual(
        zh: "减免 \(waiver.reference)：申请 \(waiver.amount)，当日滞纳金可减 \(taken)，其余 "
            + "\(waiver.amount - taken) 失效。",
        en:
            "Waiver \(waiver.reference): \(waiver.amount) asked, \(taken) taken off the late fee of that "
            + "date; the other \(waiver.amount - taken) lapse.")
}
