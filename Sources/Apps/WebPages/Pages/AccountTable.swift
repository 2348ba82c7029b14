import Dunning
import Evidence
import FeeLedger
import Interchange
import Office
import Primitives

/// The charges of an account with their totals, and one of them explained.
struct AccountTable {
    let charges: [AccountCharge]
    let page: AccountPage
    let visit: Visit
    private var language: Language { visit.language }
    private func say(_ zh: String, _ en: String) -> String { language == .zh ? zh : en }

    var model: [String: Any] {
        let open = page.charges.filter(\.standing.isOpen).count
        let isAll = visit.request.query["all"] != nil
        return [
            "charges": charges.map(row),
            "hasCharges": !charges.isEmpty,
            "openCount": count(open), "allCount": count(page.charges.count), "isAll": isAll,
            "allHref": visit.link(["all": isAll ? nil : "1", "said": nil]),
            "sumCharged": money(sum(\.net)), "sumOpen": money(sum(\.standing.principalOpen)),
            "sumLateFee": money(sum(\.standing.lateFeeOpen)),
        ]
    }

    private func sum(_ part: (AccountCharge) -> Money) -> Money {
        charges.reduce(.zero) { $0 + part($1) }
    }

    private func row(_ each: AccountCharge) -> [String: Any] {
        let standing = each.standing
        let isOpen = standing.principalOpen > .zero
        let isExplained = visit.request.query["why"] == each.key
        let id = "why-\(percentEncoded(each.key))"
        return [
            "period": "\(standing.charge.period)", "item": each.itemName,
            "due": "\(standing.charge.due)", "amount": money(each.net),
            "open": isOpen ? money(standing.principalOpen) : say("已清", "paid"),
            "lateFee": money(standing.lateFeeOpen),
            "days": isOpen ? "\(standing.daysOverdue)" : "—",
            "id": id, "why": isExplained ? why(each) as Any : false,
            "whyHref": isExplained
                ? visit.link(["why": nil, "said": nil])
                : visit.link(["why": each.key, "said": nil]) + "#\(id)",
            "explained": visit.unitPath(
                adding: "why=\(percentEncoded(each.key))&as-of=\(page.asOf)") + "#\(id)",
            "lastDay": each.clock.map { "\($0.lastDay)" } ?? "—",
            "grade": orFalse(each.clock?.grade?.rawValue),
            "gradeStyle": each.clock?.grade?.rawValue.lowercased() ?? "",
            "rests": orFalse(each.clock.flatMap { rests($0) }),
        ]
    }

    /// On which event the last day rests; `nil`: on the due date.
    private func rests(_ clock: LimitationClock) -> String? {
        guard let event = clock.event else { return nil }
        let what =
            switch event.kind {
            case .service: say("送达", "service")
            case .payment: say("付款", "payment")
            case .promise: say("承诺", "promise")
            case .plan: say("分期", "instalments")
            }
        return say("\(event.date) \(what)起重新计算", "anew from the \(what) of \(event.date)")
    }

    // MARK: - Why this amount

    private func why(_ each: AccountCharge) -> [String: Any] {
        let accrual = each.accrual
        let sum = accrual.runs.exactYuan
        return [
            "caption": say(
                "\(each.standing.charge.period) \(each.itemName)的违约金怎样算出",
                "How the late fee of \(each.itemName) \(each.standing.charge.period) comes about"),
            "hasRuns": !accrual.runs.isEmpty,
            "runs": accrual.runs.map { run in
                [
                    "from": "\(run.first)", "to": "\(run.last)", "days": count(run.days),
                    "principal": money(run.principal), "rate": run.rate.perMille,
                    "product": [run].exactYuan,
                ]
            },
            "days": count(accrual.runs.reduce(0) { $0 + $1.days }), "sum": sum,
            "rounded": money(accrual.uncapped), "explanation": explanation(each).joined(),
            "close": visit.link(["why": nil]),
        ]
    }

    private func explanation(_ each: AccountCharge) -> [String] {
        [begin, conceded(each), paid(each), paused(each), capped(each), left(each)].compactMap {
            $0
        }
    }

    private var begin: String {
        let grace = page.terms.grace
        if grace == 0 {
            return say("从到期日次日起算，没有宽限期。", "From the day after the due date; no grace. ")
        }
        return page.terms.graceMode == .forgive
            ? say(
                "到期后宽限 \(grace) 天，宽限期内不计。",
                "\(grace) days of grace after the due date accrue nothing. ")
            : say(
                "到期后 \(grace) 天内付清不计，否则从到期日次日起算。",
                "Nothing if paid within \(grace) days of the due date, else from the day after it. "
            )
    }

    private func conceded(_ each: AccountCharge) -> String? {
        guard each.standing.conceded > .zero else { return nil }
        let (whole, less) = (money(each.standing.charge.amount), money(each.standing.conceded))
        return say("原为 \(whole)，减免 \(less)。", "Charged \(whole), \(less) conceded. ")
    }

    private func paid(_ each: AccountCharge) -> String? {
        let parts = each.payments.filter { $0.principal > .zero }
        if parts.isEmpty { return nil }
        let words = parts.map { part in
            let day = spokenDate(part.date, beside: page.asOf, in: language)
            return part.principal == part.paid
                ? say(
                    "\(day)付来的 \(money(part.paid)) 抵本期", "the \(money(part.paid)) of \(day) met it")
                : say(
                    "\(day)付来的 \(money(part.paid)) 有 \(money(part.principal)) 抵本期",
                    "of the \(money(part.paid)) of \(day) it got \(money(part.principal))")
        }
        return say(
            words.joined(separator: "，") + "；付款当天仍按原数计。",
            words.joined(separator: ", ") + "; the day of payment still counts the old sum. ")
    }

    private func paused(_ each: AccountCharge) -> String? {
        if each.pauses.isEmpty { return nil }
        let days = each.pauses.map {
            say("\($0.lowerBound) 至 \($0.upperBound)", "\($0.lowerBound) to \($0.upperBound)")
        }.joined(separator: AccountWords.comma(language))
        return say("分期期间（\(days)）暂停计收。", "Paused by instalments: \(days). ")
    }

    private func capped(_ each: AccountCharge) -> String {
        let accrual = each.accrual
        return accrual.uncapped > accrual.cap
            ? say(
                "上限为 \(money(accrual.cap))，所以是 \(money(accrual.gross))。",
                "Never above \(money(accrual.cap)), hence \(money(accrual.gross)). ")
            : say("上限为 \(money(accrual.cap))，未到。", "Cap \(money(accrual.cap)), not reached. ")
    }

    private func left(_ each: AccountCharge) -> String {
        let standing = each.standing
        let (paid, waived) = (money(standing.lateFeePaid), money(standing.lateFeeWaived))
        let open = money(standing.lateFeeOpen)
        return standing.lateFeePaid == .zero && standing.lateFeeWaived == .zero
            ? say("已付 \(paid)，已免 \(waived)。", "Paid \(paid), waived \(waived). ")
            : say(
                "已付 \(paid)，已免 \(waived)，还欠 \(open)。",
                "Paid \(paid), waived \(waived), \(open) left. ")
    }
}

extension AccountCharge {
    /// After concessions.
    var net: Money { standing.charge.amount - standing.conceded }
}

extension LimitationClock {
    /// Of the service that it rests on.
    var grade: ProofGrade? {
        if case .service(let grade, _) = event?.kind { grade } else { nil }
    }
}
