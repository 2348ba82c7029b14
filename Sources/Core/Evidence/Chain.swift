import Crypto

/// A SHA-256.
public struct ChainHash: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    /// No row has this hash: it stands for one that cannot be read.
    public static let none = ChainHash(bytes: [UInt8](repeating: 0, count: 32))!

    /// `nil` unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Of 64 hexadecimal digits; spaces between them do not count.
    public init?(_ text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            let pair = String(decoding: digits[place..<(place + 2)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16), pair.utf8.first != UInt8(ascii: "+") else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Of all of the bytes.
    public init(of bytes: [UInt8]) { self.bytes = Array(SHA256.hash(data: bytes)) }

    /// 64 hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }
}

/// One row of the chain: which row of the books it speaks of, and the hashes that tie it in.
public struct ChainLink: Hashable, Sendable {
    /// From 1 on, without a gap.
    public let position: Int
    public let kind: String
    /// The row's number in the table of its kind.
    public let subject: Int
    /// The hash of the link before.
    public let previous: ChainHash
    /// Of the link before, of the position, and of the row's canonical bytes.
    public let hash: ChainHash

    public init(
        position: Int, kind: String, subject: Int, previous: ChainHash, hash: ChainHash
    ) {
        self.position = position
        self.kind = kind
        self.subject = subject
        self.previous = previous
        self.hash = hash
    }
}

/// The end of a community's chain, where the next row is tied on. Each community has its own, so
/// that it can be taken out of a group's database with a chain that verifies.
public struct ChainHead: Hashable, Sendable {
    public let community: String
    /// 0: nothing was chained yet.
    public let position: Int
    public let hash: ChainHash

    public init(community: String, position: Int, hash: ChainHash) {
        self.community = community
        self.position = position
        self.hash = hash
    }

    /// Before the first row.
    public init(of community: String) {
        var bytes = CanonicalBytes()
        bytes.add(.text("dunwell chain 1"))
        bytes.add(.text(community))
        self.init(community: community, position: 0, hash: ChainHash(of: bytes.bytes))
    }

    /// The head once the row is tied on.
    public func followed(by row: ChainedRow) -> ChainHead {
        let next = position + 1
        return ChainHead(
            community: community, position: next,
            hash: chained(row, after: hash, at: next, in: community))
    }
}

/// The hash that ties a row in.
func chained(
    _ row: ChainedRow, after previous: ChainHash, at position: Int, in community: String
) -> ChainHash {
    var bytes = CanonicalBytes()
    bytes.add(.text("dunwell link 1"))
    bytes.add(.text(community))
    bytes.add(.integer(position))
    bytes.add(.bytes(previous.bytes))
    bytes.add(.text(row.kind))
    for field in row.fields {
        bytes.add(.text(field.name))
        bytes.add(field.value)
    }
    return ChainHash(of: bytes.bytes)
}

/// What stands in the chain for a text about a person: who knows salt and text can show that it was
/// this one; once both are erased, nothing can be learned from it, and the chain still verifies.
///
/// - Parameter salt: 16 random bytes, of this text alone.
public func commitment(to text: String, of field: String, salt: [UInt8]) -> ChainHash {
    var bytes = CanonicalBytes()
    bytes.add(.text("dunwell commitment 1"))
    bytes.add(.bytes(salt))
    bytes.add(.text(field))
    bytes.add(.text(text))
    return ChainHash(of: bytes.bytes)
}
