public import Primitives

/// Steps on the way to court, in their order.
public enum CourtStage: String, Sendable, CaseIterable, Comparable {
    case demandServed = "demand_served"
    case lawyersLetter = "lawyers_letter"
    /// A payment order or small claim.
    case filed
    case hearing, judgment, enforcement
    /// Paid, settled or given up: dunning may go on.
    case ended

    /// Earlier stands before later.
    public static func < (one: CourtStage, other: CourtStage) -> Bool { one.place < other.place }

    private var place: Int { Self.allCases.firstIndex(of: self)! }

    /// What the office calls it.
    public var name: Bilingual {
        switch self {
        case .demandServed: Bilingual(zh: "催告已送达", en: "demand served")
        case .lawyersLetter: Bilingual(zh: "律师函", en: "lawyer's letter")
        case .filed: Bilingual(zh: "已申请支付令或起诉", en: "filed")
        case .hearing: Bilingual(zh: "开庭", en: "hearing")
        case .judgment: Bilingual(zh: "判决", en: "judgment")
        case .enforcement: Bilingual(zh: "执行", en: "enforcement")
        case .ended: Bilingual(zh: "结束", en: "ended")
        }
    }
}
