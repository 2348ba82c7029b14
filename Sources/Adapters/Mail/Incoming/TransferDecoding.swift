import Glibc

// How text stands in a mail: encodings for transfer, charsets, encoded words, HTML.

/// What is no base64 is passed over, as RFC 2045 asks.
func decodedBase64(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
        guard let value = base64Value(byte) else {
            if byte == UInt8(ascii: "=") { break }
            continue
        }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return decoded
}

private func base64Value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}

/// What is no quoted-printable stays as it is.
func decodedQuotedPrintable(_ bytes: some Collection<UInt8>, isWord: Bool = false) -> [UInt8] {
    let bytes = Array(bytes)
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
        let byte = bytes[place]
        if byte == UInt8(ascii: "="), place + 1 < bytes.count {
            if place + 2 < bytes.count, let high = hexadecimalValue(bytes[place + 1]),
                let low = hexadecimalValue(bytes[place + 2])
            {
                decoded.append(high << 4 | low)
                place += 3
                continue
            }
            let end = bytes[place + 1] == 0x0d && place + 2 < bytes.count ? place + 2 : place + 1
            if bytes[end] == 0x0a {
                place = end + 1
                continue
            }
        }
        decoded.append(isWord && byte == UInt8(ascii: "_") ? 0x20 : byte)
        place += 1
    }
    return decoded
}

private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

// MARK: - Charsets

/// Text in the charset that it says, or in what it looks like: UTF-8, else GB18030.
func decodedText(_ bytes: [UInt8], charset: String?) -> String {
    let named = charset.flatMap { iconvNames[$0.lowercased().trimmed] }
    if named == nil || named == "UTF-8" {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
    }
    if let named, named != "UTF-8" { return converted(bytes, from: named) }
    return converted(bytes, from: named ?? "GB18030")
}

/// The charsets that mails come in, as iconv names them. Others are guessed: what a stranger's mail
/// names is not handed to the system.
private let iconvNames: [String: String] = {
    var names = ["utf-8": "UTF-8", "utf8": "UTF-8", "us-ascii": "UTF-8", "ascii": "UTF-8"]
    for name in ["gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80", "hz-gb-2312"] {
        names[name] = "GB18030"
    }
    for name in [
        "big5", "big5-hkscs", "iso-2022-jp", "shift_jis", "euc-jp", "euc-kr", "koi8-r", "utf-16",
        "utf-16le", "utf-16be",
    ] {
        names[name] = name.uppercased()
    }
    for number in 1...15 where number != 12 { names["iso-8859-\(number)"] = "ISO-8859-\(number)" }
    for number in 1250...1258 { names["windows-\(number)"] = "CP\(number)" }
    return names
}()

/// What cannot be converted becomes U+FFFD, byte by byte.
private func converted(_ bytes: [UInt8], from encoding: String) -> String {
    let descriptor = iconv_open("UTF-8", encoding)
    guard descriptor != iconv_t(bitPattern: -1) else {
        return String(decoding: bytes, as: UTF8.self)
    }
    defer { iconv_close(descriptor) }
    var input = bytes
    var text: [UInt8] = []
    var output = [UInt8](repeating: 0, count: 8_192)
    var unread = input.count
    input.withUnsafeMutableBytes { input in
        var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
        while unread > 0 {
            var unwritten = output.count
            let (result, failure) = output.withUnsafeMutableBytes { output in
                var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                let result = iconv(descriptor, &from, &unread, &to, &unwritten)
                return (result, errno)
            }
            text += output[..<(output.count - unwritten)]
            if result == -1, failure != E2BIG {
                text += [0xef, 0xbf, 0xbd]
                unread -= 1
                from = from.map { $0 + 1 }
            }
        }
    }
    return String(decoding: text, as: UTF8.self)
}

// MARK: - Encoded words

/// `=?utf-8?B?…?=` decoded, spaces between two of them dropped (RFC 2047).
func decodedWords(_ text: String) -> String {
    var decoded = ""
    var rest = Substring(text.prefix(2_000))
    var followsWord = false
    while let start = rest.firstRange(of: "=?") {
        let before = rest[..<start.lowerBound]
        let pieces = rest[start.upperBound...].prefix(300)
            .split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard pieces.count == 4, pieces[3].first == "=",
            let word = decodedWord(pieces[0], pieces[1], pieces[2])
        else {
            decoded += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            followsWord = false
            continue
        }
        if !followsWord || !before.allSatisfy(\.isWhitespace) { decoded += before }
        decoded += word
        followsWord = true
        rest = rest[pieces[3].index(after: pieces[3].startIndex)...]
    }
    return decoded + rest
}

private func decodedWord(_ charset: Substring, _ encoding: Substring, _ text: Substring) -> String?
{
    // A language may stand after an asterisk (RFC 2231).
    let charset = charset.split(separator: "*").first.map(String.init)
    return switch encoding {
    case "B", "b": decodedText(decodedBase64(text.utf8), charset: charset)
    case "Q", "q":
        decodedText(decodedQuotedPrintable(text.utf8, isWord: true), charset: charset)
    default: nil
    }
}

// MARK: - HTML

/// What one would read: no tags, no styles, the common entities; blocks begin new lines.
func readableHTML(_ html: String) -> String {
    var text: [UInt8] = []
    var tag: [UInt8] = []
    var isTag = false
    var hidden: [UInt8]?
    for byte in html.utf8 {
        if byte == UInt8(ascii: "<") {
            isTag = true
            tag = []
        } else if byte == UInt8(ascii: ">"), isTag {
            isTag = false
            let name = tag.prefix { $0 > 0x20 }.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
            if hiddenTags.contains(name) { hidden = name }
            if let opened = hidden, name == [UInt8(ascii: "/")] + opened { hidden = nil }
            if hidden == nil { text.append(inlineTags.contains(name) ? 0x20 : 0x0a) }
        } else if isTag {
            if tag.count < 20 { tag.append(byte) }
        } else if hidden == nil {
            text.append(byte)
        }
    }
    var readable = String(decoding: text, as: UTF8.self)
    for (entity, character) in [
        ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
        ("&#64;", "@"), ("&amp;", "&"),
    ] {
        readable.replace(entity, with: character)
    }
    return readable
}

private let hiddenTags: Set<[UInt8]> = [
    Array("style".utf8), Array("script".utf8), Array("head".utf8),
]
private let inlineTags: Set<[UInt8]> = Set(
    [
        "b", "i", "a", "span", "font", "strong", "em", "u", "/b", "/i", "/a", "/span", "/font",
        "/strong", "/em", "/u",
    ].map { Array($0.utf8) })
