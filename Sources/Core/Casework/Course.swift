public import Dunning
public import Primitives

/// Why an account is not paid, as the latest contact found it.
public enum ArrearsReason: String, Sendable, CaseIterable {
    case forgot
    /// The service; a matter of its own.
    case disputes
    /// A promise was broken.
    case broken
    /// Cannot pay for now.
    case temporary
    /// Cannot pay for long.
    case long
    case deceased, unreachable, refuses
}

extension ArrearsReason {
    /// What the office calls it.
    public var name: Bilingual {
        switch self {
        case .forgot: Bilingual(zh: "忘了", en: "forgot")
        case .disputes: Bilingual(zh: "对服务有意见", en: "disputes the service")
        case .broken: Bilingual(zh: "承诺没有兑现", en: "promise broken")
        case .temporary: Bilingual(zh: "一时困难", en: "cannot pay for now")
        case .long: Bilingual(zh: "长期困难", en: "cannot pay for long")
        case .deceased: Bilingual(zh: "业主去世", en: "the owner has died")
        case .unreachable: Bilingual(zh: "联系不上", en: "unreachable")
        case .refuses: Bilingual(zh: "有钱不付", en: "refuses to pay")
        }
    }

    /// What to do next, in words for staff.
    public var course: Bilingual {
        switch self {
        case .forgot:
            Bilingual(
                zh: "客气提醒，说清金额和付款方式；不是有意拖欠的，可以申请减免违约金。",
                en:
                    "Remind politely, name the amount and how to pay; who did not mean it may have the "
                    + "late fee waived.")
        case .disputes:
            Bilingual(
                zh: "意见单独登记，交经理答复；和欠费分开谈，照常提醒缴费。",
                en:
                    "The complaint goes to the manager, to be answered apart from the debt; reminders go "
                    + "on.")
        case .broken:
            Bilingual(
                zh: "问清上次为什么没有兑现，约一个做得到的金额和日期；一次付不清的，谈分期。",
                en:
                    "Ask what came between, agree on an amount and date that can be kept; where it is too "
                    + "much at once, on instalments.")
        case .temporary:
            Bilingual(
                zh: "了解困难，谈分期，本金优先；需要的，登记困难情况并约定复核日期。",
                en:
                    "Listen, agree on instalments, principal first; where needed open a hardship case with "
                    + "a date of review.")
        case .long:
            Bilingual(
                zh: "登记困难情况，请住户提供证明，按支付能力申请减免或分期；不催逼，不起诉。",
                en:
                    "Open a hardship case with proofs; propose a concession or instalments that can be "
                    + "carried; no pressing, no court.")
        case .deceased:
            Bilingual(
                zh: "停止催缴。向家属表示慰问，善意寻找继承人，等继承人明确后再谈。",
                en:
                    "No more dunning. Offer condolences, seek the heirs kindly, and wait until they are "
                    + "known.")
        case .unreachable:
            Bilingual(
                zh: "换时间、换方式联系；向本人核对电话和地址，寄挂号信保住时效；不向旁人说起欠费。",
                en:
                    "Try other hours and ways, find the right phone and address, send registered mail for "
                    + "the limitation; tell nobody else of the debt.")
        case .refuses:
            Bilingual(
                zh: "正式催告并取得签收，整理证据；是否起诉只由经理决定。",
                en:
                    "Demand formally and have it signed for, put the evidence together; only a manager "
                    + "decides on court.")
        }
    }
}

/// A contact that named a reason.
public struct NamedReason: Hashable, Sendable {
    public let date: CivilDate
    /// The last day on which it counts, where it was corrected later; `nil`: it counts.
    public let until: CivilDate?
    public let reason: ArrearsReason

    public init(date: CivilDate, until: CivilDate? = nil, reason: ArrearsReason) {
        self.date = date
        self.until = until
        self.reason = reason
    }
}

extension [NamedReason] {
    /// That of the latest contact on or before `date`; the contacts of one account, in order.
    public func reason(asOf date: CivilDate) -> ArrearsReason? {
        last { $0.date <= date && date <= $0.until ?? .distantFuture }?.reason
    }

    /// Dunning rests from the day on which a contact says that the owner died, to the day before a
    /// contact names another reason or corrects it. What the dead owed stays with their account
    /// also when the unit changes hands: nobody is dunned in their name. The contacts of one
    /// account, in order.
    public var deceasedHolds: [DunningHold] {
        var holds: [DunningHold] = []
        var began: CivilDate?
        // The days on which the reason may change.
        let days = Set(map(\.date) + compactMap { $0.until?.advanced(byDays: 1) }).sorted()
        for day in days {
            if reason(asOf: day) == .deceased {
                began = began ?? day
            } else if let from = began {
                began = nil
                holds.append(
                    DunningHold(reason: .deceased, from: from, to: day.advanced(byDays: -1)))
            }
        }
        if let began { holds.append(DunningHold(reason: .deceased, from: began, to: nil)) }
        return holds
    }
}
