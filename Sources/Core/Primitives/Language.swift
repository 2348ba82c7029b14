/// The two languages of interface, notices and letters.
public enum Language: String, Sendable, CaseIterable {
    case zh, en
}

/// A sentence in both languages.
public struct Bilingual: Hashable, Sendable {
    public let zh: String
    public let en: String
    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
    public subscript(language: Language) -> String {
        switch language {
        case .zh: zh
        case .en: en
        }
    }
}
