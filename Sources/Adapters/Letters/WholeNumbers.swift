/// Keeps dates and the given numbers on one line each, in the text of an HTML body: a line that
/// ends in `2026-11-` reads badly.
func keepingNumbersWhole(in html: String, _ numbers: [String]) -> String {
    guard let body = html.firstRange(of: "<body") else { return html }
    let numbers = Set(numbers).filter { number in
        !number.isEmpty && number.allSatisfy { $0.isNumber || "+-() ".contains($0) }
    }
    var result = String(html[..<body.lowerBound])
    for piece in html[body.lowerBound...].split(separator: "<") {
        guard let tagEnd = piece.firstIndex(of: ">") else { continue }
        let textStart = piece.index(after: tagEnd)
        var text = keepingDatesWhole(in: piece[textStart...])
        for number in numbers { text.replace(number, with: unbroken(number)) }
        result += "<" + piece[..<textStart] + text
    }
    return result
}

private func unbroken(_ text: some StringProtocol) -> String {
    "<span style=\"white-space:nowrap\">\(text)</span>"
}

/// Wraps every `2026-11-21` that stands by itself.
private func keepingDatesWhole(in text: Substring) -> String {
    var result = ""
    var rest = text
    while let start = rest.firstIndex(where: isDateCharacter) {
        let end = rest[start...].firstIndex { !isDateCharacter($0) } ?? rest.endIndex
        result += rest[..<start]
        let run = rest[start..<end]
        result += isDate(run) ? unbroken(run) : String(run)
        rest = rest[end...]
    }
    return result + rest
}

private func isDateCharacter(_ character: Character) -> Bool {
    character == "-" || character.isASCII && character.isNumber
}

private func isDate(_ text: Substring) -> Bool {
    text.utf8.count == 10
        && text.utf8.enumerated().allSatisfy { offset, byte in
            (offset == 4 || offset == 7) == (byte == UInt8(ascii: "-"))
        }
}
