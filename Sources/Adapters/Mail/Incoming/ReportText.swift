import Primitives

// The texts of reports, as bytes: found in linear time, whatever they hold.

/// Lines between empty ones.
func paragraphs(of text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start: Int?
    forEachLine(of: text[...]) { line in
        if line.allSatisfy({ $0 <= 0x20 }) {
            if let begun = start { found.append(begun..<line.startIndex) }
            start = nil
        } else if start == nil {
            start = line.startIndex
        }
        return true
    }
    if let start { found.append(start..<text.count) }
    return found
}

/// The first 500 characters or so on one line, spaces and control characters as one space each.
func oneLine(_ text: ArraySlice<UInt8>) -> String {
    var line: [UInt8] = []
    for byte in text {
        let isSpace = byte <= 0x20 || byte == 0x7f
        if isSpace, line.last == 0x20 || line.isEmpty { continue }
        if line.count >= 1_500 { break }
        line.append(isSpace ? 0x20 : byte)
    }
    let decoded = String(decoding: line, as: UTF8.self).unicodeScalars
        .filter { $0.properties.generalCategory != .control }
    return String(String.UnicodeScalarView(decoded)).trimmed.prefix500
}

extension String {
    fileprivate var prefix500: String { utf8.count <= 500 ? self : String(prefix(500)) }
}

/// The first mail address in the text, in lower case.
func firstAddress(in text: String) -> String? {
    addressesIn(Array(text.utf8.prefix(4_000))[...]).first?.address
}

/// The mail addresses in the text, in lower case, with where they stand; 50 at most.
func addressesIn(_ text: ArraySlice<UInt8>) -> [(address: String, place: Range<Int>)] {
    var found: [(String, Range<Int>)] = []
    var from = text.startIndex
    while found.count < 50, let at = text[from...].firstIndex(of: UInt8(ascii: "@")) {
        var start = at
        while start > from, at - start < 64, isOfLocalPart(text[start - 1]) { start -= 1 }
        // Quotes around an address, and what comes before an equals sign: `to=<a@b>`.
        while start < at, "'=/`.".utf8.contains(text[start]) { start += 1 }
        var end = at + 1
        while end < text.endIndex, end - at < 254, isOfDomain(text[end]) { end += 1 }
        while end > at, ".-".utf8.contains(text[end - 1]) { end -= 1 }
        let address = String(decoding: lowercased(text[start..<end]), as: UTF8.self)
        if isMailAddress(address), !isDigit(text[end - 1]) || address.last?.isLetter == true {
            found.append((address, start..<end))
        }
        from = max(end, at + 1)
    }
    return found
}

private func isOfLocalPart(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
}

private func isOfDomain(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
}
