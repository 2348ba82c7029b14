/// A value of a chained row.
public enum CanonicalValue: Hashable, Sendable {
    case null
    case integer(Int)
    case text(String)
    case bytes([UInt8])
}

/// The one way in which a row is written before it is hashed, so that two different rows never give
/// the same bytes: every item as its type, the count of its bytes, a colon, its bytes, a comma.
///
///     t9:reference,t4:J001,t6:amount,i4:1000,t4:item,n0:,
///
/// `t` text in UTF-8, `i` a whole number in decimal digits, `b` bytes, `n` nothing.
public struct CanonicalBytes: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Writes one item.
    public mutating func add(_ value: CanonicalValue) {
        switch value {
        case .null: add("n", [UInt8]())
        case .integer(let number): add("i", Array(String(number).utf8))
        case .text(let text): add("t", Array(text.utf8))
        case .bytes(let value): add("b", value)
        }
    }

    private mutating func add(_ type: Unicode.Scalar, _ content: [UInt8]) {
        bytes.append(UInt8(type.value))
        bytes.append(contentsOf: String(content.count).utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: content)
        bytes.append(UInt8(ascii: ","))
    }
}

/// A row as the chain takes it in: what it is, and its fields by name, in a fixed order.
///
/// What says something of a person stands here as a commitment (`commitment`), never in clear. The
/// fields of a kind never change, once a version was released: another field is another kind.
public struct ChainedRow: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: CanonicalValue

        public init(_ name: String, _ value: CanonicalValue) {
            self.name = name
            self.value = value
        }
    }

    public let kind: String
    public var fields: [Field] = []

    public init(kind: String) { self.kind = kind }

    /// The next field, in the kind's order.
    public mutating func add(_ name: String, _ value: CanonicalValue) {
        fields.append(Field(name, value))
    }
}
