public import Evidence

/// What whom staff spoke to is to the owner.
public enum ContactRelation: Hashable, Sendable {
    /// The owner, adults of the household, agents.
    case signer(SignerRelation)
    case other(Other)

    /// Who signs for no demand.
    public enum Other: String, CaseIterable, Sendable {
        /// A grown-up of it, as far as staff say; which, they did not say.
        case household
        case child
        /// A son or daughter of whom nobody says that they are of age.
        case offspring
        case renter = "tenant"
        case neighbour, friend, colleague, guardsman = "guard", unknown
        /// In words of staff's own, which stand with the name.
        case other
        /// Nobody was reached.
        case none
    }

    /// What staff may write, in Chinese or English; words of their own are `other`.
    public init(word: String) {
        let word = word.lowercased()
        if let other = Other.allCases.first(where: { $0.words.contains(word) }) {
            self = .other(other)
        } else if let signer = SignerRelation(word: word) {
            self = .signer(signer)
        } else {
            self = .other(.other)
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
    /// company's mail is none of these, and a son or daughter may be a child.
    public var mayBeTold: Bool {
        switch self {
        case .signer(let relation): relation != .receivingClerk
        case .other(let other): other == .household
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
        case .household: [rawValue, "同住家人", "家人", "家属", "family"]
        case .child: [rawValue, "未成年子女", "孩子", "小孩"]
        case .offspring: [rawValue, "子女", "儿子", "女儿", "son", "daughter"]
        case .renter: [rawValue, "租户", "租客", "承租人"]
        case .neighbour: [rawValue, "邻居", "neighbor"]
        case .friend: [rawValue, "朋友"]
        case .colleague: [rawValue, "同事"]
        case .guardsman: [rawValue, "保安", "门卫"]
        case .unknown: [rawValue, "不明", "不认识", "陌生人", "stranger"]
        case .other: [rawValue, "其他"]
        case .none: [rawValue, "无人", "没有人", "nobody"]
        }
    }
}
