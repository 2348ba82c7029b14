/// Bytes as text, some bits a character, without padding.
struct BitText {
    private let bits: Int
    private let alphabet: [UInt8]

    private init(bits: Int, _ alphabet: String) {
        self.bits = bits
        self.alphabet = Array(alphabet.utf8)
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    /// Base64 for addresses (RFC 4648, section 5).
    static let address = BitText(
        bits: 6, letters + letters.lowercased() + "0123456789-_")
    /// Base64 as hashes of passwords have it.
    static let base64 = BitText(bits: 6, letters + letters.lowercased() + "0123456789+/")
    /// Base32 as apps for codes read it.
    static let base32 = BitText(bits: 5, letters + "234567")

    func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (buffer, held): (UInt32, Int) = (0, 0)
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            held += 8
            while held >= bits {
                held -= bits
                text.append(character(buffer >> UInt32(held)))
            }
        }
        if held > 0 { text.append(character(buffer << UInt32(bits - held))) }
        return String(decoding: text, as: UTF8.self)
    }

    private func character(_ buffer: UInt32) -> UInt8 {
        alphabet[Int(buffer & (1 << UInt32(bits) - 1))]
    }

    /// `nil` where a character is none of the alphabet's.
    func bytes(of text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (buffer, held): (UInt32, Int) = (0, 0)
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = buffer << UInt32(bits) | UInt32(value)
            held += bits
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(held)))
            }
        }
        return bytes
    }
}
