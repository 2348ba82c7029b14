public import Evidence

/// What whom staff spoke to is to the owner.
public enum ContactRelation: Hashable, Sendable {
    /// The owner, the household's adults, agents.
    case signer(SignerRelation)
    case other(Other)

    /// Whom nobody may tell of the debt.
    public enum Other: String, CaseIterable, Sendable {
        case child
        case renter = "tenant"
        case neighbour, colleague, unknown
        /// Nobody was reached.
        case none
    }

    /// What staff may write, in Chinese or English; `nil`: no relation is called so.
    public init?(word: String) {
        let word = word.lowercased()
        if let other = Other.allCases.first(where: { $0.words.contains(word) }) {
            self = .other(other)
        } else if let signer = SignerRelation(word: word) {
            self = .signer(signer)
        } else {
            return nil
        }
    }

    /// As the books have it.
    public var code: String {
        switch self {
        case .signer(let relation): relation.rawValue
        case .other(let other): other.rawValue
        }
    }

    public var chinese: String {
        switch self {
        case .signer(let relation): relation.chinese
        case .other(let other): other.words[1]
        }
    }

    /// Whether the debt may be told: to the owner, a household adult, an agent. Who takes in a
    /// company's mail is none of these.
    public var mayBeTold: Bool {
        switch self {
        case .signer(let relation): relation != .receivingClerk
        case .other: false
        }
    }

    public var isNobody: Bool { self == .other(.none) }

    /// All that can be written, by code.
    public static let codes =
        SignerRelation.allCases.map(\.rawValue) + Other.allCases.map(\.rawValue)
}

extension ContactRelation.Other {
    /// The code first, then the Chinese word.
    fileprivate var words: [String] {
        switch self {
        case .child: [rawValue, "未成年子女", "孩子", "小孩", "儿子", "女儿", "son", "daughter"]
        case .renter: [rawValue, "租户", "租客", "承租人"]
        case .neighbour: [rawValue, "邻居", "neighbor"]
        case .colleague: [rawValue, "同事"]
        case .unknown: [rawValue, "不明", "不认识", "陌生人", "stranger"]
        case .none: [rawValue, "无人", "没有人", "nobody"]
        }
    }
}
