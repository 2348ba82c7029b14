import Dunning
import FeeLedger
import Office
import Primitives
import SQLiteStore

// What dashboard and lists call things, and the addresses that they link to.

extension Visit {
    /// Whether the visitor may know who is in hardship.
    var seesHardship: Bool { user.role == .manager }

    /// An address of the site, with the date of this page where it is not today.
    func address(_ path: String, _ query: [(name: String, value: String?)] = []) -> String {
        let date = asOf == today ? nil : asOf.description
        let all = (query + [("as-of", date)]).compactMap { name, value in
            value.map { "\(percentEncoded(name))=\(percentEncoded($0))" }
        }
        return all.isEmpty ? path : path + "?" + all.joined(separator: "&")
    }

    /// The path, where a page of that path is open to the visitor.
    func openPath(_ path: String) -> Any {
        let isOpen = Site.routes.contains {
            $0.method == .get && $0.pattern == path && $0.audience.includes(user.role)
        }
        return isOpen ? path : false
    }
}

/// `1 户`, `1 account`, `2,237 accounts`
func accountsInWords(_ number: Int) -> Bilingual {
    say("\(count(number)) 户", number == 1 ? "1 account" : "\(count(number)) accounts")
}

/// `1 笔`, `1 charge`
func chargesInWords(_ number: Int) -> Bilingual {
    say("\(count(number)) 笔", number == 1 ? "1 charge" : "\(count(number)) charges")
}

func say(_ zh: String, _ en: String) -> Bilingual { Bilingual(zh: zh, en: en) }

extension DebtAge {
    var words: Bilingual {
        switch self {
        case .days30: say("1–30 天", "1–30 days")
        case .days90: say("31–90 天", "31–90 days")
        case .days180: say("91–180 天", "91–180 days")
        case .days365: say("181–365 天", "181–365 days")
        case .years2: say("1–2 年", "1–2 years")
        case .years3: say("2–3 年", "2–3 years")
        case .older: say("3 年以上", "Over 3 years")
        }
    }
}

extension ClaimEnd {
    var words: Bilingual {
        switch self {
        case .lapsed: say("已经届满", "Lapsed")
        case .days30: say("30 天内", "Within 30 days")
        case .days60: say("31–60 天", "31–60 days")
        case .days90: say("61–90 天", "61–90 days")
        }
    }

    /// Class of its mark, and what is to be done.
    var mark: (kind: String, words: Bilingual) {
        switch self {
        case .lapsed: ("red", say("已失时效", "past limitation"))
        case .days30: ("red", say("今天起排人", "send someone now"))
        case .days60: ("ochre", say("本月安排", "plan this month"))
        case .days90: ("open", say("留意", "keep in view"))
        }
    }
}

extension UnitFilter.Mark {
    var words: Bilingual {
        switch self {
        case .owing: say("有未收", "something open")
        case .overdue: say("有逾期", "overdue")
        case .credit: say("有余额", "in credit")
        case .promise: say("承诺未到期", "promise open")
        case .broken: say("承诺没兑现", "promise broken")
        case .plan: say("分期中", "paying by plan")
        case .planKept: say("分期按时", "plan kept")
        case .planLate: say("分期迟了", "plan late")
        case .relief: say("困难户，在照顾期内", "in hardship, relief runs")
        case .deciding: say("等经理决定", "relief proposed")
        case .review: say("30 天内要复核", "review within 30 days")
        }
    }
}

extension ChargeFilter.Mark {
    var words: Bilingual {
        switch self {
        case .open: say("未收", "open")
        case .overdue: say("逾期", "overdue")
        case .notDue: say("未到期", "not due yet")
        case .lateFee: say("有违约金", "with late fee")
        case .lateFeePaid: say("收过违约金", "late fee paid")
        case .lateFeeWaived: say("免过违约金", "late fee waived")
        case .conceded: say("有减免", "conceded")
        }
    }
}

extension RiskClass {
    var words: Bilingual {
        switch self {
        case .notDue: say("未到期", "not due")
        case .demanded: say("催收中", "demanded")
        case .doubtful: say("存疑", "doubtful")
        case .bad: say("不良", "bad")
        case .dead: say("过时效", "dead")
        }
    }
}

extension DunningHold.Reason {
    var words: Bilingual {
        switch self {
        case .disputed: say("有争议", "disputed")
        case .promise: say("承诺付款", "promise")
        case .plan: say("分期", "plan")
        case .deceased: say("亡故", "deceased")
        case .court: say("诉讼", "court")
        case .hardship: say("困难", "hardship")
        }
    }
}

/// A stage of the customary ladder in a word, as a column has it; of another, its code.
func shortStage(_ code: String) -> Bilingual {
    switch code {
    case "early": say("早期", "early")
    case "middle": say("中期", "middle")
    case "late": say("后期", "late")
    case "formal": say("正式催缴", "formal")
    default: say(code, code)
    }
}

/// `93.6%`; a dash where nothing was charged.
func percent(_ rate: CollectionRate) -> String {
    guard let tenths = rate.perMille else { return "–" }
    return "\(tenths / 10).\(tenths % 10)%"
}
