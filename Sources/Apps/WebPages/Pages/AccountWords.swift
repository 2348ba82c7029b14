import Casework
import Dunning
import Evidence
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// What the account's and payments' pages call things.
enum AccountWords {
    static func kind(_ kind: UnitKind) -> Bilingual {
        switch kind {
        case .residence: Bilingual(zh: "住宅", en: "residence")
        case .shop: Bilingual(zh: "商铺", en: "shop")
        case .parking: Bilingual(zh: "车位", en: "parking space")
        }
    }

    static func channel(_ channel: Channel) -> Bilingual {
        switch channel {
        case .email: Bilingual(zh: "邮件", en: "email")
        case .mailbox: Bilingual(zh: "信箱", en: "mailbox")
        case .hand: Bilingual(zh: "当面", en: "by hand")
        case .registered: Bilingual(zh: "挂号信", en: "registered mail")
        case .phone: Bilingual(zh: "电话", en: "phone")
        case .fax: Bilingual(zh: "传真", en: "fax")
        }
    }

    /// Joined by `;`, as notices have them.
    static func channels(_ joined: String, in language: Language) -> String {
        joined.split(separator: ";").compactMap { Channel(rawValue: String($0)) }
            .map { channel($0)[language] }.joined(separator: comma(language))
    }

    /// A name, or the program, where nobody was named.
    static func staff(_ name: String) -> Bilingual {
        Bilingual(zh: name == "system" ? "系统" : name, en: name)
    }

    static func method(_ method: String) -> Bilingual {
        switch PaymentMethod(rawValue: method) {
        case .bank: Bilingual(zh: "转账", en: "bank transfer")
        case .debit: Bilingual(zh: "代扣", en: "direct debit")
        case .wechat: Bilingual(zh: "微信", en: "WeChat")
        case .alipay: Bilingual(zh: "支付宝", en: "Alipay")
        case .pos: Bilingual(zh: "刷卡", en: "card")
        case .cash: Bilingual(zh: "现金", en: "cash")
        case nil: Bilingual(zh: method, en: method)
        }
    }

    static func way(_ way: ServiceWay) -> Bilingual {
        switch way {
        case .signedOwner: Bilingual(zh: "业主当面签收", en: "signed by the owner")
        case .signedHousehold: Bilingual(zh: "同住家属签收", en: "signed by the household")
        case .signedAgent: Bilingual(zh: "受托人签收", en: "signed by an agent")
        case .notarised: Bilingual(zh: "公证送达", en: "notarised")
        case .registered: Bilingual(zh: "挂号信妥投", en: "registered mail")
        case .email: Bilingual(zh: "邮件", en: "email")
        case .sms: Bilingual(zh: "短信", en: "text message")
        case .fax: Bilingual(zh: "传真", en: "fax")
        case .mailbox: Bilingual(zh: "投信箱", en: "mailbox")
        case .leftWitnessed: Bilingual(zh: "见证留置", en: "left with witnesses")
        case .posted: Bilingual(zh: "张贴", en: "posted on the door")
        case .phone: Bilingual(zh: "电话告知", en: "told by phone")
        case .visit: Bilingual(zh: "上门告知", en: "told on a visit")
        case .page: Bilingual(zh: "业主页面", en: "owner's page")
        }
    }

    static func contact(_ way: ContactWay) -> Bilingual {
        switch way {
        case .call: Bilingual(zh: "电话", en: "Call")
        case .visit: Bilingual(zh: "上门", en: "Visit")
        case .message: Bilingual(zh: "消息", en: "Message")
        case .letter: Bilingual(zh: "来信", en: "Letter received")
        }
    }

    static func relation(_ relation: ContactRelation) -> Bilingual {
        Bilingual(
            zh: relation.chinese, en: relation.code.map { $0 == "_" ? " " : String($0) }.joined())
    }

    static func hold(_ reason: DunningHold.Reason) -> Bilingual {
        switch reason {
        case .disputed: Bilingual(zh: "有争议，暂停催缴", en: "Disputed: dunning rests")
        case .promise: Bilingual(zh: "已承诺，暂停催缴", en: "Promise: dunning rests")
        case .plan: Bilingual(zh: "分期中，暂停催缴", en: "Instalments: dunning rests")
        case .deceased: Bilingual(zh: "业主去世，暂停催缴", en: "Owner died: dunning rests")
        case .court: Bilingual(zh: "诉讼中，暂停催缴", en: "At court: dunning rests")
        case .hardship: Bilingual(zh: "", en: "")
        }
    }

    static func plan(_ state: InstalmentPlan.State) -> Bilingual {
        switch state {
        case .proposed: Bilingual(zh: "待经理决定", en: "waits for a manager")
        case .refused: Bilingual(zh: "没有批准", en: "refused")
        case .kept: Bilingual(zh: "按期", en: "kept to")
        case .late: Bilingual(zh: "有一期晚了", en: "a part is late")
        case .broken: Bilingual(zh: "没有履行", en: "broken")
        case .completed: Bilingual(zh: "已付清", en: "paid in full")
        }
    }

    static func promise(_ state: PromiseToPay.State) -> Bilingual {
        switch state {
        case .open: Bilingual(zh: "还没到期", en: "not yet due")
        case .kept: Bilingual(zh: "已兑现", en: "kept")
        case .partly: Bilingual(zh: "只兑现一部分", en: "kept in part")
        case .broken: Bilingual(zh: "没有兑现", en: "not kept")
        }
    }

    static func proposal(_ kind: String) -> Bilingual {
        switch kind {
        case "waiver": Bilingual(zh: "减免违约金", en: "a waiver")
        case "concession": Bilingual(zh: "减免", en: "a concession")
        case "payment_reversal": Bilingual(zh: "冲红收款", en: "the reversal of a payment")
        case "charge_reversal": Bilingual(zh: "冲红收费", en: "the reversal of a charge")
        case "write_off": Bilingual(zh: "核销", en: "a write-off")
        case "plan": Bilingual(zh: "分期", en: "instalments")
        default: Bilingual(zh: "起诉", en: "going to court")
        }
    }

    static func group(_ kind: AccountEvent.Kind) -> Bilingual {
        switch kind {
        case .charge: Bilingual(zh: "收费", en: "Charges")
        case .payment: Bilingual(zh: "收款", en: "Payments")
        case .notice: Bilingual(zh: "通知", en: "Notices")
        case .service: Bilingual(zh: "送达", en: "Service")
        case .contact: Bilingual(zh: "联系", en: "Contacts")
        }
    }

    static func bounce(_ reason: String) -> Bilingual {
        switch reason {
        case "unknown_address": Bilingual(zh: "没有这个地址", en: "no such address")
        case "mailbox_full": Bilingual(zh: "对方邮箱满了", en: "mailbox full")
        case "refused": Bilingual(zh: "对方拒收", en: "refused")
        default: Bilingual(zh: "原因不明", en: "reason unknown")
        }
    }

    static func comma(_ language: Language) -> String { language == .zh ? "、" : ", " }
    static func pause(_ language: Language) -> String { language == .zh ? "；" : "; " }
}

/// `12-01`, or the whole date where the year is another.
func shortDate(_ date: CivilDate, beside other: CivilDate) -> String {
    date.year == other.year ? String(date.description.dropFirst(5)) : date.description
}

/// `8 月 20 日`; with the year where it is another.
func spokenDate(_ date: CivilDate, beside other: CivilDate, in language: Language) -> String {
    guard language == .zh else { return shortDate(date, beside: other) }
    let year = date.year == other.year ? "" : "\(date.year) 年 "
    return "\(year)\(date.month) 月 \(date.day) 日"
}

extension Visit {
    /// Whether there is such a page, and this role may open it.
    func mayOpen(_ pattern: String, _ method: PageRequest.Method = .get) -> Bool {
        Site.routes.contains {
            $0.method == method && $0.pattern == pattern && $0.audience.includes(user.role)
        }
    }

    /// A path below a unit's, with the owner that the request names.
    func unitPath(_ below: String = "", adding query: String? = nil) -> String {
        unitPath(parameter("unit"), owner: request.query["owner"], below, adding: query)
    }

    func unitPath(
        _ unit: String, owner: String?, _ below: String = "", adding query: String? = nil
    ) -> String {
        let parts = [owner.map { "owner=\(percentEncoded($0))" }, query].compactMap { $0 }
        return "/units/\(percentEncoded(unit))\(below)"
            + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
    }
}

/// What a template's section is given where there may be nothing.
func orFalse(_ value: Any?) -> Any { value ?? false }
