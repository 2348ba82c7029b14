extension SignerRelation {
    /// What staff may write, in Chinese or English.
    ///
    /// A son or daughter may be under age: whoever is of age is entered as `adult_child`, 成年子女.
    public init?(word: String) {
        let word = word.lowercased()
        let relation = Self(rawValue: word) ?? Self.allCases.first { $0.words.contains(word) }
        guard let relation else { return nil }
        self = relation
    }

    /// 业主本人 …
    public var chinese: String { words[0] }

    /// The Chinese word first.
    private var words: [String] {
        switch self {
        case .owner: ["业主本人", "本人", "业主", "self", "co-owner", "共有人"]
        case .spouse: ["配偶", "夫妻", "丈夫", "妻子", "爱人", "husband", "wife"]
        case .parent: ["父母", "父亲", "母亲", "岳父", "岳母", "公公", "婆婆", "father", "mother"]
        case .grandparent:
            ["祖父母", "祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "grandfather", "grandmother"]
        case .adultChild:
            ["成年子女", "成年儿子", "成年女儿", "adult child", "adult son", "adult daughter"]
        case .adultRelative:
            [
                "同住成年家属", "成年家属", "同住成年亲属", "成年亲属", "成年兄弟姐妹", "adult relative",
                "adult household member", "adult_household_member",
            ]
        case .agent: ["受托人", "代理人", "委托代理人", "authorised agent", "authorized agent"]
        case .attorney: ["律师", "lawyer"]
        case .legalRepresentative: ["法定代表人", "负责人", "legal representative"]
        case .receivingClerk: ["收件人员", "收发室", "receiving clerk"]
        }
    }
}
