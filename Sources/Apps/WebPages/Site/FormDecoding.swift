public import Primitives

/// Why what a browser sent was not taken: it is not what a form of ours sends.
public enum FormError: ExplainedError, Hashable, Sendable {
    /// `%` without two hexadecimal digits.
    case escape
    /// Not UTF-8.
    case encoding
    /// A NUL, which no text holds.
    case zero
    /// More than `FormLimits` allow.
    case tooMany, tooLong
    /// No multipart message as browsers write it; the rule that it breaks.
    case malformed(rule: MultipartRule)

    public var isBadInput: Bool { true }

    public var message: Bilingual {
        switch self {
        case .escape, .encoding, .zero, .malformed:
            Bilingual(
                zh: "没有看懂浏览器发来的表单，什么都没有写入。请退回去，重新打开这一页再提交。",
                en:
                    "The form as it arrived cannot be read; nothing was written. Go back, open the page anew "
                    + "and send it again.")
        case .tooMany:
            Bilingual(
                zh: "一次提交的内容太多，什么都没有写入。请分几次提交：一次最多 \(FormLimits.files) 个文件。",
                en:
                    "That is too much at once; nothing was written. Send it in parts, \(FormLimits.files) files "
                    + "at most in each.")
        case .tooLong:
            Bilingual(
                zh: "有一项内容太长，什么都没有写入。请缩短后再提交。",
                en:
                    "One of the texts is too long; nothing was written. Shorten it and send it again."
            )
        }
    }
}

/// What a multipart message has to be (RFC 2046 and 7578, as browsers write it).
public enum MultipartRule: String, Sendable {
    case opens, lineEnd, ends, disposition, name, header, encodingOfPart
}

/// What a form may hold at most. The server bounds the bytes of the whole before.
public enum FormLimits {
    static let fields = 2_000
    static let files = 200
    static let nameBytes = 200
    /// Of one text: the wording of a notice or a policy is less.
    static let textBytes = 1 << 20
    static let partHeadBytes = 8_192
    static let cookies = 50
    static let cookieBytes = 8_192
}

typealias FormField = (name: String, value: String)

/// Reads `application/x-www-form-urlencoded`, in the order of the fields, in linear time.
///
/// - Throws: `FormError` where an escape is no escape, a text is no UTF-8 or holds NUL, or there
///   are more than 2,000 fields.
func decodeForm(_ bytes: [UInt8]) throws(FormError) -> [FormField] {
    var fields: [FormField] = []
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
        guard fields.count < FormLimits.fields else { throw .tooMany }
        let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
        let name = try unescaped(pair[..<sign])
        guard name.utf8.count <= FormLimits.nameBytes else { throw .tooLong }
        fields.append((name, try unescaped(pair[sign...].dropFirst())))
    }
    return fields
}

private func unescaped(_ bytes: ArraySlice<UInt8>) throws(FormError) -> String {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    while place < bytes.endIndex {
        switch bytes[place] {
        case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
        case UInt8(ascii: "%"):
            guard place + 2 < bytes.endIndex, let high = digit(bytes[place + 1]),
                let low = digit(bytes[place + 2])
            else { throw .escape }
            plain.append(high << 4 | low)
            place += 2
        case let byte: plain.append(byte)
        }
        place += 1
    }
    return try text(plain[...])
}

private func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

/// Bytes as the text that they are, or an error.
func text(_ bytes: ArraySlice<UInt8>) throws(FormError) -> String {
    guard bytes.count <= FormLimits.textBytes else { throw .tooLong }
    if bytes.contains(0) { throw .zero }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .encoding }
    return text
}

/// Reads a `Cookie` header (RFC 6265): what is no cookie is passed over, since other programs on
/// the same host may have set it. Of two with one name both are given, in their order.
func decodeCookies(_ header: String) -> [(name: String, value: String)] {
    guard header.utf8.count <= FormLimits.cookieBytes else { return [] }
    var cookies: [(name: String, value: String)] = []
    for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
        guard cookies.count < FormLimits.cookies else { break }
        let pair = trimmed(pair)
        guard let sign = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
        let name = trimmed(pair[..<sign])
        var value = trimmed(pair[sign...].dropFirst())
        if value.count >= 2, value.first == UInt8(ascii: "\""), value.last == UInt8(ascii: "\"") {
            value = value.dropFirst().dropLast()
        }
        guard !name.isEmpty, name.allSatisfy(isTokenByte), value.allSatisfy(isCookieByte) else {
            continue
        }
        cookies.append(
            (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    return cookies
}

/// Without the blanks at its ends.
private func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }) else {
        return bytes[bytes.endIndex...]
    }
    return bytes[first...bytes.lastIndex { !isBlank($0) }!]
}

/// A character of a `token` (RFC 9110).
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

private func isCookieByte(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && !"\",;\\".utf8.contains(byte)
}
