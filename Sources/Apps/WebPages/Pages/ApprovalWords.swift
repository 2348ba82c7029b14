import Casework
import FeeLedger
import Primitives
import SQLiteStore

extension Session.RecordedProposal {
    /// Item, periods, amounts.
    var terms: Bilingual {
        switch proposal.matter {
        case .waiver(let key, let amount, let day):
            Bilingual(
                zh: "\(item) \(key.period) 违约金 \(money(amount))"
                    + (day.map { "，\($0) 前付清本金才算数" } ?? ""),
                en: "\(money(amount)) of the late fee of \(item) \(key.period)"
                    + (day.map { ", void unless the principal is paid by \($0)" } ?? ""))
        case .concession(_, let from, let to, let relief):
            Bilingual(
                zh: "\(item.isEmpty ? "全部收费" : item) \(from) 至 \(to.map { "\($0)" } ?? "长期")，"
                    + relief.words.zh,
                en: "\(item.isEmpty ? "every item" : item), \(from) to "
                    + "\(to.map { "\($0)" } ?? "no end"): \(relief.words.en)")
        case .paymentReversal:
            Bilingual(zh: "收款 \(payment)", en: "payment \(payment)")
        case .chargeReversal(let key), .writeOff(let key):
            Bilingual(zh: "\(item) \(key.period)", en: "\(item) \(key.period)")
        case .plan(let terms):
            Bilingual(
                zh: "\(terms.parts.count) 期，共 \(money(terms.total))",
                en: "\(terms.parts.count) parts, \(money(terms.total)) in all")
        case .court: Bilingual(zh: "", en: "")
        }
    }

    /// What the button says.
    var approveWords: Bilingual {
        switch proposal.matter {
        case .waiver(_, let amount, _):
            Bilingual(zh: "批准：减免 \(money(amount))", en: "Approve: waive \(money(amount))")
        case .concession: Bilingual(zh: "批准减免", en: "Approve the concession")
        case .paymentReversal: Bilingual(zh: "批准：冲红这笔收款", en: "Approve: reverse the payment")
        case .chargeReversal: Bilingual(zh: "批准：冲红这笔收费", en: "Approve: reverse the charge")
        case .writeOff: Bilingual(zh: "批准核销", en: "Approve the write-off")
        case .plan(let terms):
            Bilingual(
                zh: "批准：\(terms.parts.count) 期付清 \(money(terms.total))",
                en: "Approve: \(money(terms.total)) in \(terms.parts.count) parts")
        case .court: Bilingual(zh: "批准起诉", en: "Approve going to court")
        }
    }

    /// What follows once it is approved.
    var effectWords: Bilingual {
        switch proposal.matter {
        case .waiver:
            Bilingual(
                zh: "批准那天有多少违约金，最多减多少；多出来的作废。",
                en: "At most the late fee of the day of the approval is taken off; the rest lapses."
            )
        case .concession:
            Bilingual(
                zh: "从批准那天起，这些账期的收费按新条件算。",
                en:
                    "From the day of the approval the charges of these periods count with the new terms."
            )
        case .paymentReversal:
            Bilingual(
                zh: "这笔钱抵过的收费重新算欠，违约金从冲红第二天起照计；原来的记录都留着。",
                en:
                    "What it met is owed again, and late fees go on from the day after; every record stays."
            )
        case .chargeReversal:
            Bilingual(
                zh: "这笔收费作废，付过的钱转为预存；原来的记录都留着。",
                en:
                    "The charge is void, and what was paid on it becomes credit; every record stays."
            )
        case .writeOff:
            Bilingual(
                zh: "没付的本金和违约金都不再收；记录和凭证都留着。",
                en: "Principal and late fee that are open are not collected; every record stays.")
        case .plan:
            Bilingual(
                zh: "按期付就不催；断了，催缴从原来的地方接着走。",
                en:
                    "No dunning while it is kept; where it breaks, the ladder goes on where it stood."
            )
        case .court:
            Bilingual(zh: "批准以后才能立案。", en: "Only then the case can be brought to court.")
        }
    }

    var stateWords: Bilingual {
        switch approval?.isApproved {
        case nil: Bilingual(zh: "等决定", en: "waits")
        case true: Bilingual(zh: "已批准", en: "approved")
        case false: Bilingual(zh: "没有批准", en: "refused")
        }
    }
}

extension Concession.Relief {
    fileprivate var words: Bilingual {
        switch self {
        case .percent(let share):
            Bilingual(zh: "减 \(share.shortDescription)%", en: "\(share.shortDescription)% off")
        case .amount(let off): Bilingual(zh: "每期减 \(money(off))", en: "\(money(off)) off each")
        case .noLateFee: Bilingual(zh: "不计违约金", en: "no late fee")
        }
    }
}
