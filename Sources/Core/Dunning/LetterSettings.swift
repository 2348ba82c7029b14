public import Primitives

/// How an office's letters look, beyond their wording: `letters` in `policy.yaml`.
public struct LetterSettings: Hashable, Sendable {
    /// The seal or logo of the letterhead: a picture file beside `policy.yaml`.
    public var seal: String?
    /// What owners scan to pay: a picture file beside `policy.yaml`.
    public var collectionCode: String?
    /// What stands above the unit in the address window: postcode, street.
    public var address: [String] = []
    public var window = AddressWindow()
    /// Font families of sentences and of figures; `nil`: the program's own choice.
    public var proseFont: String?
    public var figuresFont: String?
    public init() {}

    /// Every picture file that is named, each once.
    public var pictures: [String] {
        let named = [seal, collectionCode].compactMap { $0 }
        return named.first == named.last ? Array(named.prefix(1)) : named
    }
}

/// Where a letter's address shows through its envelope, from the sheet's left and upper edge.
public struct AddressWindow: Hashable, Sendable {
    public var left = Length(parts: 220)
    public var top = Length(parts: 460)
    public var width = Length(parts: 880)
    public var height = Length(parts: 300)
    public init() {}

    /// Whether it leaves room for the letterhead above, the facts beside and the text below.
    public var isInReach: Bool {
        left.parts >= 150 && top.parts >= 400 && width.parts >= 500 && height.parts >= 150
            && left.parts + width.parts <= 1_100 && top.parts + height.parts <= 950
    }
}
