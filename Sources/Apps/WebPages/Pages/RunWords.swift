import FeeLedger
import Office
import Primitives

extension UnitKind {
    var words: Bilingual {
        switch self {
        case .residence: Bilingual(zh: "住宅", en: "flats")
        case .shop: Bilingual(zh: "商铺", en: "shops")
        case .parking: Bilingual(zh: "车位", en: "parking")
        }
    }
}

extension RunPreview.ChargeGroup {
    /// How it is counted: `按面积 × 2.80 元`.
    var how: Bilingual {
        guard let line = lines.last else { return Bilingual(zh: "", en: "") }
        let price = line.price.shortDescription
        let more =
            lines.count > 1
            ? Bilingual(zh: "（期间调价）", en: " (price changes)") : Bilingual(zh: "", en: "")
        let cycle =
            line.cycle > 1
            ? Bilingual(zh: "，\(line.cycle) 个月一收", en: ", every \(line.cycle) months")
            : Bilingual(zh: "", en: "")
        let how =
            switch line.basis {
            case .area: Bilingual(zh: "按面积 × \(price) 元", en: "area × ¥\(price)")
            case .fixed: Bilingual(zh: "每月 \(price) 元", en: "¥\(price) a month")
            case .metered: Bilingual(zh: "抄表 × \(price) 元", en: "metered × ¥\(price)")
            }
        return Bilingual(zh: how.zh + cycle.zh + more.zh, en: how.en + cycle.en + more.en)
    }
}

extension RunPreview.NotCharged {
    func words(item: String?, period: Period) -> Bilingual {
        let item = item ?? ""
        switch self {
        case .notHandedOver: return Bilingual(zh: "还没有交付", en: "Not handed over yet")
        case .ownerLeft:
            return Bilingual(zh: "原业主已转出，新业主未登记", en: "The owner left, the next is not registered")
        case .noOwner: return Bilingual(zh: "没有登记业主", en: "No owner is registered")
        case .notRead:
            return Bilingual(
                zh: "\(period.month) 月没有读数，\(item)先不出", en: "\(item): no reading for \(period)")
        case .nothing:
            return Bilingual(zh: "\(item)算得 0.00 元，不出", en: "\(item): it comes to ¥0.00")
        case .chargedBefore:
            return Bilingual(zh: "\(item)这一期已经出过", en: "\(item): charged before")
        }
    }
}

extension RunPreview.Spared {
    var words: Bilingual {
        switch self {
        case .disputed: Bilingual(zh: "争议处理中", en: "Disputed")
        case .promise: Bilingual(zh: "答应付款，约定日未到", en: "Promised, the day is not over")
        case .plan: Bilingual(zh: "分期中，按时", en: "On an instalment plan")
        case .deceased: Bilingual(zh: "业主亡故，待继承人明确", en: "Deceased, the heirs are not known")
        case .court: Bilingual(zh: "诉讼中", en: "In court")
        case .hardship: Bilingual(zh: "困难户，只发早期提醒", en: "In hardship, the early reminder alone")
        case .tooSoon: Bilingual(zh: "距上次同级通知太近", en: "Too near the last notice")
        case .belowLadder: Bilingual(zh: "逾期天数或金额没到第一级", en: "Too little or too short for a notice")
        case .noticedAlready: Bilingual(zh: "这一天已经发过通知", en: "Has a notice of that day")
        }
    }
}

extension RunPreview.Redirected {
    var words: Bilingual {
        switch self {
        case .addressMarked: Bilingual(zh: "邮箱退过信，改投信箱", en: "Mail came back: into the mailbox")
        case .noneAgreed: Bilingual(zh: "没有约定这种方式，投信箱", en: "No channel agreed: into the mailbox")
        }
    }
}
