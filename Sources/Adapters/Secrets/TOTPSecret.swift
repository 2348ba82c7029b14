import Crypto
public import Primitives

/// What a user's phone and the office share, so that the phone shows a code that counts for half a
/// minute: RFC 6238 with SHA-1, six digits, steps of 30 s, as all apps for it take.
public struct TOTPSecret: Hashable, Sendable {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// As apps take it typed in, by fours.
    public var text: String {
        let letters = Array(BitText.base32.text(of: bytes))
        return stride(from: 0, to: letters.count, by: 4).map {
            String(letters[$0..<min($0 + 4, letters.count)])
        }.joined(separator: " ")
    }

    /// As apps take it from a QR code.
    ///
    /// - Parameters:
    ///   - issuer: whose code it is, as the app shows it.
    ///   - account: the user's name.
    public func address(issuer: String, account: String) -> String {
        let issuer = percentEncoded(issuer)
        return "otpauth://totp/\(issuer):\(percentEncoded(account))"
            + "?secret=\(BitText.base32.text(of: bytes))&issuer=\(issuer)"
    }

    /// Which step a code is of: the present one, the one before or after it, for clocks differ.
    ///
    /// - Parameters:
    ///   - code: six digits, full-width ones too; white space does not count.
    ///   - last: the step of the code that was taken last: neither it nor an earlier one counts.
    /// - Returns: `nil` where it is of none.
    public func step(of code: String, at now: Instant, after last: Int?) -> Int? {
        let digits = code.unicodeScalars.filter { !$0.properties.isWhitespace }.map { scalar in
            (0xFF10...0xFF19).contains(scalar.value) ? scalar.value - 0xFF10 + 48 : scalar.value
        }
        guard digits.count == 6, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let typed = String(String.UnicodeScalarView(digits.compactMap { Unicode.Scalar($0) }))
        let present = Self.step(at: now)
        return (present - 1...present + 1).first { step in
            isSameSecret(shown(atStep: step), typed) && step > last ?? .min
        }
    }

    /// The code that a phone shows at the moment.
    public func code(at now: Instant) -> String { shown(atStep: Self.step(at: now)) }

    static func step(at now: Instant) -> Int { now.millisecondsSince1970 / 30_000 }

    func shown(atStep step: Int) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let hash = Array(
            HMAC<Insecure.SHA1>.authenticationCode(
                for: counter, using: SymmetricKey(data: bytes)))
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// All but letters, digits and `-._~` of ASCII, by their UTF-8.
private func percentEncoded(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
        if plain.contains(byte) { return String(UnicodeScalar(byte)) }
        let hex = String(byte, radix: 16, uppercase: true)
        return "%" + (hex.count == 1 ? "0" : "") + hex
    }.joined()
}
