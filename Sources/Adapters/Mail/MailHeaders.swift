import FoundationEssentials
import Primitives

/// - Parameter column: how many characters stand before on the line.
func header(_ mailbox: MailMessage.Mailbox, after column: Int) -> String {
    if mailbox.name.isEmpty { return "<\(mailbox.address)>" }
    let name = header(text: mailbox.name, after: column, isPhrase: true)
    let lastLine = name.utf8.reversed().firstIndex(of: UInt8(ascii: "\n")).map { place in
        name.utf8.distance(from: place.base, to: name.utf8.endIndex)
    }
    let width = lastLine ?? (column + name.utf8.count)
    let separator = width + mailbox.address.utf8.count + 3 > 76 ? "\r\n " : " "
    return name + separator + "<\(mailbox.address)>"
}

/// Text as it is where it is short, plain ASCII; else in encoded words (RFC 2047) of at most 75
/// characters, none of which splits a character. Between two of them stands nothing but a folded
/// line end, which a reader drops.
func header(text: String, after column: Int, isPhrase: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        (0x20...0x7e).contains(byte)
            && !(isPhrase && "<>,;:\"()[]\\@.".utf8.contains(byte))
    }
    let looksEncoded = text.contains("=?")
    let hasOddSpace = text.first == " " || text.last == " " || text.contains("  ")
    if isPlain, !looksEncoded, !hasOddSpace, column + text.utf8.count <= 76 { return text }
    // A name stays in one word where it can: Python before 3.13.2 reads a space between the words
    // of a name, against RFC 2047, 6.2.
    let fitsOneWord = isPhrase && text.utf8.count <= bytesPerWord
    let words = encodedWords(text, after: fitsOneWord ? 1 : column)
    let folds = fitsOneWord && column + words[0].utf8.count > 76
    return (folds ? "\r\n " : "") + words.joined(separator: "\r\n ")
}

/// `=?utf-8?B?` and `?=` take 12 of the 75 characters; 4 characters of base64 hold 3 bytes.
private let bytesPerWord = (75 - 12) / 4 * 3

private func encodedWords(_ text: String, after column: Int) -> [String] {
    var words: [String] = []
    var bytes: [UInt8] = []
    // The first word shares its line with the header's name.
    func room() -> Int { words.isEmpty ? (76 - column - 12) / 4 * 3 : bytesPerWord }
    func close() {
        words.append("=?utf-8?B?\(Data(bytes).base64EncodedString())?=")
        bytes.removeAll()
    }
    for character in text.unicodeScalars {
        let encoded = Array(String(isControl(character) ? " " : character).utf8)
        if bytes.count + encoded.count > room() { close() }
        bytes += encoded
    }
    if !bytes.isEmpty || words.isEmpty { close() }
    return words
}

private func isControl(_ character: Unicode.Scalar) -> Bool {
    character.value < 0x20 || character.value == 0x7f
}

// MARK: - File names

/// Letters, digits, dots, hyphens and underscores, at most 60 of them.
func plainFileName(_ name: String) -> String {
    String(
        decoding: name.utf8.map { isPlainInName($0) ? $0 : UInt8(ascii: "-") }.prefix(60),
        as: UTF8.self)
}

/// ` filename*=utf-8''…`, percent-encoded by RFC 2231, and in numbered pieces where it is longer
/// than a line. No piece ends inside a character. A name of a path becomes that of a file.
func fileNameParameter(_ name: String) -> String {
    var pieces = [""]
    for character in name.unicodeScalars {
        let isOfPath = isControl(character) || "/\\:*?\"<>|".unicodeScalars.contains(character)
        let encoded = String(isOfPath ? "-" : character).utf8.map { byte in
            isPlainInName(byte)
                ? String(Unicode.Scalar(byte)) : "%" + hexadecimalDigits(byte)
        }.joined()
        if pieces[pieces.count - 1].utf8.count + encoded.utf8.count > 50 { pieces.append("") }
        pieces[pieces.count - 1] += encoded
    }
    if pieces.count == 1 { return " filename*=utf-8''" + pieces[0] }
    return pieces.enumerated().map { index, piece in
        " filename*\(index)*=" + (index == 0 ? "utf-8''" : "") + piece
    }.joined(separator: ";\r\n")
}

private func isPlainInName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
    default: false
    }
}

private func hexadecimalDigits(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16, uppercase: true)
    return text.utf8.count == 1 ? "0" + text : text
}

extension Instant {
    /// `Sat, 21 Nov 2026 08:15:30 +0000`
    var mailDate: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[(date.dayNumber % 7 + 7) % 7]
        let day = "\(date.day) \(months[date.month - 1]) \(date.year)"
        return "\(weekday), \(day) \(timeOfDay) +0000"
    }
}
