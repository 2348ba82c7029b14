import Dunning
import FeeLedger
import Primitives

/// A choice that a file names in English, as programs write it, or in the office's Chinese.
protocol ChineseNamed: RawRepresentable, CaseIterable where RawValue == String {
    var chinese: String { get }
}

extension ChineseNamed {
    init?(named text: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == text || $0.chinese == text })
        else { return nil }
        self = found
    }

    static var choices: String {
        allCases.map { "\($0.rawValue) \($0.chinese)" }.joined(separator: ", ")
    }
}

extension UnitKind: ChineseNamed {
    var chinese: String {
        switch self {
        case .residence: "住宅"
        case .shop: "商铺"
        case .parking: "车位"
        }
    }
}

extension Channel: ChineseNamed {
    var chinese: String {
        switch self {
        case .email: "邮件"
        case .mailbox: "信箱"
        case .hand: "当面"
        case .registered: "挂号信"
        case .phone: "电话"
        case .fax: "传真"
        }
    }
}

extension Language: ChineseNamed {
    var chinese: String {
        switch self {
        case .zh: "中文"
        case .en: "英文"
        }
    }
}

extension FeeLine.Basis: ChineseNamed {
    var chinese: String {
        switch self {
        case .area: "按面积"
        case .fixed: "定额"
        case .metered: "抄表"
        }
    }
}

extension PaymentMethod: ChineseNamed {
    var chinese: String {
        switch self {
        case .bank: "转账"
        case .debit: "代扣"
        case .wechat: "微信"
        case .alipay: "支付宝"
        case .pos: "刷卡"
        case .cash: "现金"
        }
    }
}

extension ReliefKind: ChineseNamed {
    var chinese: String {
        switch self {
        case .percent: "比例"
        case .amount: "金额"
        case .noLateFee: "免滞纳金"
        }
    }
}

extension DunningHold.Reason: ChineseNamed {
    var chinese: String {
        switch self {
        case .disputed: "争议"
        case .promise: "承诺付款"
        case .plan: "分期"
        case .deceased: "亡故"
        case .court: "诉讼"
        case .hardship: "困难"
        }
    }
}
