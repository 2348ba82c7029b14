/// Keeps dates and the given numbers on one line each, in the text of an HTML body: a line that
/// ends in `2026-11-` reads badly. Works on bytes: it runs over every mail.
func keepingNumbersWhole(in html: String, _ numbers: [String]) -> String {
    guard let body = html.firstRange(of: "<body") else { return html }
    let bytes = Array(html[body.lowerBound...].utf8)
    let numbers = numbers.map { Array($0.utf8) }.filter(isNumber)
    var result = Array(html[..<body.lowerBound].utf8)
    result.reserveCapacity(bytes.count + 4096)
    var isInsideTag = false
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        if byte == UInt8(ascii: "<") { isInsideTag = true }
        if byte == UInt8(ascii: ">") { isInsideTag = false }
        let length = isInsideTag ? 0 : wholeNumber(in: bytes, at: position, numbers)
        if length > 0 {
            result += Array("<span style=\"white-space:nowrap\">".utf8)
            result += bytes[position..<(position + length)]
            result += Array("</span>".utf8)
            position += length
        } else {
            result.append(byte)
            position += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}

/// The length of the date, or of the number among `numbers`, that begins at `position`; 0 where
/// none does.
private func wholeNumber(in bytes: [UInt8], at position: Int, _ numbers: [[UInt8]]) -> Int {
    guard isDigit(bytes[position]) || bytes[position] == UInt8(ascii: "+"),
        position == 0 || !isJoined(bytes[position - 1])
    else { return 0 }
    let rest = bytes[position...]
    let isDate =
        rest.count >= 10
        && rest.prefix(10).enumerated().allSatisfy { offset, byte in
            offset == 4 || offset == 7 ? byte == UInt8(ascii: "-") : isDigit(byte)
        }
    let lengths = numbers.filter { rest.starts(with: $0) }.map(\.count) + (isDate ? [10] : [])
    return lengths.filter { $0 == rest.count || !isJoined(bytes[position + $0]) }.max() ?? 0
}

/// Digits, blanks and hyphens alone: what cannot need escaping, nor stand for words.
private func isNumber(_ text: [UInt8]) -> Bool {
    !text.isEmpty && text.allSatisfy { isDigit($0) || " -+".utf8.contains($0) }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isJoined(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "-") }
