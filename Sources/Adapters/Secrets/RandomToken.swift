import Crypto

/// Bytes that nobody can guess, from the system's generator.
///
/// - Returns: URL-safe text; 43 characters for the usual 32 bytes.
public func randomToken(bytes count: Int = 32) -> String {
    BitText.address.text(of: randomBytes(count))
}

func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// The SHA-256 of a secret, under which it is stored and found.
public func secretHash(_ secret: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(secret.utf8)))
}

/// A secret that follows from another one and tells nothing of it, nor of what follows from it for
/// another purpose: the forms' secret of a session. HMAC-SHA256, as URL-safe text.
public func derivedSecret(of secret: String, for purpose: String) -> String {
    BitText.address.text(of: derivedBytes(of: secret, for: purpose))
}

/// The same, as 32 bytes.
public func derivedBytes(of secret: String, for purpose: String) -> [UInt8] {
    let key = SymmetricKey(data: Array(secret.utf8))
    return Array(HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: key))
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
public func isSameSecret(_ one: String, _ other: String) -> Bool {
    isSameSecret(Array(one.utf8), Array(other.utf8))
}

func isSameSecret(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
