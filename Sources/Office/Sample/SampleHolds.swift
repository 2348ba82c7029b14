// What is granted to households that cannot pay, and what stops their notices.

extension SampleCommunity.Household {
    struct Hold {
        let reason: String
        let from: String
        let to: String
        let note: String
    }

    struct Relief {
        let item: String
        let from: String
        let to: String
        let kind: String
        let value: String
        let reason: String
        let review: String
        let decided: String
    }

    static func heldFor(_ turn: Int) -> String {
        ["disputed", "promise", "plan", "deceased", "court"][turn % 5]
    }

    var holds: [Hold] {
        switch story {
        case .held: [holdOfArrears]
        case .hardship: [holdOfHardship]
        case .daysLate where turn % 8 == 0:
            [
                Hold(
                    reason: "promise", from: "2026-04-18", to: "2026-05-06", note: "承诺五一节后付清，已兑现")
            ]
        default: []
        }
    }

    private var holdOfArrears: Hold {
        let reason = Self.heldFor(turn)
        return switch reason {
        case "disputed":
            Hold(
                reason: reason, from: "2026-06-08", to: "",
                note: turn % 2 == 0 ? "对漏水维修责任有异议" : "认为电梯维修不及时，要求书面答复")
        case "promise":
            Hold(reason: reason, from: "2026-11-06", to: "2026-11-30", note: "电话承诺月底发工资后付清")
        case "plan":
            Hold(reason: reason, from: "2026-08-20", to: "2027-02-28", note: "分期协议：每月5日付300元")
        case "deceased":
            Hold(reason: reason, from: "2026-07-15", to: "", note: "业主亡故，待确认继承人")
        default:
            Hold(reason: reason, from: "2026-09-10", to: "", note: "已向法院申请支付令")
        }
    }

    private var holdOfHardship: Hold {
        switch turn % 4 {
        case 0: Hold(reason: "hardship", from: "2026-01-05", to: "2026-12-31", note: "低保家庭，凭证已核")
        case 1: Hold(reason: "hardship", from: "2026-02-10", to: "2027-02-28", note: "残疾人家庭，凭证已核")
        case 2: Hold(reason: "hardship", from: "2026-03-18", to: "2027-03-31", note: "大病住院，票据已核")
        default: Hold(reason: "hardship", from: "2025-11-10", to: "2026-06-30", note: "失业，已到期复核")
        }
    }

    var reliefs: [Relief] {
        guard story == .hardship else { return [] }
        switch turn % 4 {
        case 0:
            return [
                relief("*", "2026-01", "2026-12", "percent", "50", "低保家庭", "2026-12-31"),
                relief("*", "2026-01", "2026-12", "no_late_fee", "", "低保家庭", "2026-12-31"),
            ]
        case 1:
            return [relief("*", "2026-02", "", "no_late_fee", "", "残疾人家庭", "2027-02-28")]
        case 2:
            return [
                relief(
                    "wy", "2026-01", "2026-12", "percent", "30", "大病住院", "2027-03-31",
                    decided: "2026-03-18"),
                relief(
                    "*", "2026-01", "", "no_late_fee", "", "大病住院", "2027-03-31",
                    decided: "2026-03-18"),
            ]
        default:
            return [
                relief("wy", "2025-12", "2026-06", "amount", "100.00", "失业，家庭无收入", "2026-06-30")
            ]
        }
    }

    private func relief(
        _ item: String, _ from: String, _ to: String, _ kind: String, _ value: String,
        _ reason: String, _ review: String, decided: String = ""
    ) -> Relief {
        Relief(
            item: item, from: from, to: to, kind: kind, value: value, reason: reason,
            review: review, decided: decided)
    }
}
