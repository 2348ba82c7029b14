import Crypto

/// Bytes that nobody can guess, from the system's generator.
///
/// - Returns: URL-safe text; 43 characters for the usual 32 bytes.
public func randomToken(bytes count: Int = 32) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<count {
        buffer = buffer << 8 | UInt32(UInt8.random(in: .min ... .max, using: &generator))
        bits += 8
        while bits >= 6 {
            bits -= 6
            text.append(alphabet[Int(buffer >> UInt32(bits) & 63)])
        }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
    return String(decoding: text, as: UTF8.self)
}

/// The SHA-256 of a secret, under which it is stored and found.
public func secretHash(_ secret: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(secret.utf8)))
}
