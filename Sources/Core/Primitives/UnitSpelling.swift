/// How the code of a unit is compared: `3-2-501`, `3栋2单元501`, `３－２－５０１` and `3#2-501室` are one.
///
/// A spelling is its numbers and words, in order; what stands between them (signs, spaces, 栋, 号楼,
/// 单元, 室 …) only parts them. Zeros at the head of a number, letters' case and full width make no
/// other spelling. Several codes of a community may fall together; whoever looks one up prefers
/// the code that is written the same.
public struct UnitSpelling: Hashable, Sendable {
    /// Numbers without zeros at their head, and words in lower case.
    public let parts: [String]

    /// Reads any text; one that names no unit has no parts, or parts that no unit has.
    public init(_ text: String) {
        var reader = PartReader()
        for character in foldedName(text) { reader.take(character) }
        reader.endPart()
        parts = reader.parts
    }

    /// Nothing in it that could name a unit.
    public var isEmpty: Bool { parts.isEmpty }

    /// Whether this one begins like the other: `3-2-501` does like `3栋2单元`.
    public func begins(with other: UnitSpelling) -> Bool { parts.starts(with: other.parts) }

    /// Whether this one ends like the other: `3-2-501` does like `501`.
    public func ends(with other: UnitSpelling) -> Bool {
        parts.reversed().starts(with: other.parts.reversed())
    }
}

/// What only parts the numbers and words of a unit's code.
private let words: Set<Character> = [
    "栋", "幢", "座", "楼", "号", "室", "房", "户", "门", "铺", "单", "元", "层", "弄",
]

private struct PartReader {
    var parts: [String] = []
    private var part = ""
    private var isNumber = false

    mutating func take(_ character: Character) {
        guard character.isLetter || character.isNumber, !words.contains(character) else {
            return endPart()
        }
        let isDigit = character.isASCII && character.isNumber
        if isDigit != isNumber { endPart() }
        isNumber = isDigit
        part.append(character)
    }

    mutating func endPart() {
        defer { part = "" }
        if part.isEmpty { return }
        let significant = part.drop { isNumber && $0 == "0" }
        parts.append(significant.isEmpty ? "0" : String(significant))
    }
}
