public import Casework
public import Primitives

extension MonthFigure {
    /// Its name in lists for people.
    public var words: Bilingual {
        switch self {
        case .charged: Bilingual(zh: "出账", en: "charged")
        case .conceded: Bilingual(zh: "减免本金", en: "conceded")
        case .collected: Bilingual(zh: "实收", en: "collected")
        case .currentCollected: Bilingual(zh: "收当期", en: "current collected")
        case .arrearsCollected: Bilingual(zh: "清旧欠", en: "arrears collected")
        case .lateFeeCollected: Bilingual(zh: "收违约金", en: "late fee collected")
        case .creditChange: Bilingual(zh: "余款增减", en: "change of credit")
        case .currentDue: Bilingual(zh: "当期应收", en: "current due")
        case .arrearsDue: Bilingual(zh: "月初旧欠", en: "arrears brought forward")
        case .periodDue: Bilingual(zh: "十二期应收", en: "due, twelve periods")
        case .periodCollected: Bilingual(zh: "十二期已收", en: "collected, twelve periods")
        case .overdue: Bilingual(zh: "逾期本金", en: "overdue principal")
        case .lateFeeAccrued: Bilingual(zh: "新增违约金", en: "late fee accrued")
        case .lateFeeWaived: Bilingual(zh: "免违约金", en: "late fee waived")
        case .promisesMade: Bilingual(zh: "承诺付款", en: "promises made")
        case .promisesKept: Bilingual(zh: "承诺兑现", en: "promises kept")
        case .promisesPartly: Bilingual(zh: "承诺部分兑现", en: "promises partly kept")
        case .promisesBroken: Bilingual(zh: "承诺未兑现", en: "promises broken")
        case .reliefGranted: Bilingual(zh: "批准困难减免", en: "hardship relief granted")
        case .contacts: Bilingual(zh: "联系业主", en: "contacts")
        case .complaints: Bilingual(zh: "投诉", en: "complaints")
        case .complaintsAnswered: Bilingual(zh: "答复投诉", en: "complaints answered")
        case .cost: Bilingual(zh: "通知成本", en: "cost of telling")
        }
    }
}
