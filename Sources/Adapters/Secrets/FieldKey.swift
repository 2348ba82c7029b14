import Crypto

/// The key under which personal fields stand in the database, kept outside it: whoever has the
/// database's file alone, or a copy of it, reads none of them (ASVS 11.3, 14.1).
///
/// AES-256-GCM with a random nonce each time. What is sealed is bound to its place: moved to
/// another row, it does not open.
public struct FieldKey: Sendable {
    private let key: SymmetricKey

    /// A new one, from the system's generator.
    public init() { key = SymmetricKey(data: randomBytes(keyLength)) }

    /// - Parameter text: as `text` has it; `nil` where it is none.
    public init?(_ text: String) {
        guard let bytes = BitText.address.bytes(of: text), bytes.count == keyLength else {
            return nil
        }
        key = SymmetricKey(data: bytes)
    }

    /// As its file holds it: URL-safe base64.
    public var text: String { BitText.address.text(of: key.withUnsafeBytes { Array($0) }) }

    /// - Parameter place: which field of which row it is, such as `userTOTP.secret of user 7`.
    /// - Returns: a version byte, the key's mark, then nonce, cipher text and tag.
    public func sealed(_ bytes: [UInt8], for place: String) -> [UInt8] {
        let head = [version] + mark
        // It fails for a nonce of the wrong length alone; this one is made for it.
        let box = try! AES.GCM.seal(bytes, using: key, authenticating: head + Array(place.utf8))
        return head + Array(box.combined!)
    }

    /// - Throws: `SealBroken`, by which the two ways of failing can be told apart.
    public func opened(_ sealed: [UInt8], for place: String) throws(SealBroken) -> [UInt8] {
        let head = Array(sealed.prefix(1 + markLength))
        guard head.count == 1 + markLength, head[0] == version else { throw .altered }
        guard Array(head.dropFirst()) == mark else { throw .otherKey }
        guard let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst(head.count)),
            let bytes = try? AES.GCM.open(
                box, using: key, authenticating: head + Array(place.utf8))
        else { throw .altered }
        return Array(bytes)
    }

    /// Tells keys apart, and nothing of them.
    private var mark: [UInt8] {
        let tag = HMAC<SHA256>.authenticationCode(for: Array("mark of a key".utf8), using: key)
        return Array(Array(tag).prefix(markLength))
    }
}

/// Why a sealed field does not open.
public enum SealBroken: Error, Hashable, Sendable {
    case otherKey
    /// It was changed, or belongs to another place.
    case altered
}

private let keyLength = 32
private let markLength = 4
private let version: UInt8 = 1
