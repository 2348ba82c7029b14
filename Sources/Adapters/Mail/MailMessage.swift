import FoundationEssentials
public import Primitives

/// A mail as it goes over the wire: one sender, one recipient, plain text first, then HTML.
public struct MailMessage: Sendable {
    public struct Mailbox: Hashable, Sendable {
        public let name: String
        public let address: String
        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    public var from: Mailbox
    public var to: Mailbox
    /// Without the angle brackets.
    public var messageID: String
    /// The earlier message of the same arrears, without the angle brackets.
    public var inReplyTo: String?
    public var date: Instant
    public var subject: String
    public var text: String
    public var html: String

    public init(
        from: Mailbox, to: Mailbox, messageID: String, inReplyTo: String?, date: Instant,
        subject: String, text: String, html: String
    ) {
        self.from = from
        self.to = to
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.date = date
        self.subject = subject
        self.text = text
        self.html = html
    }

    /// The finished message: RFC 5322 headers in ASCII, multipart/alternative, parts in base64,
    /// CRLF throughout, no line above 76 characters but for an address that is longer itself.
    ///
    /// - Throws: where an address or id would be taken for something else by SMTP or a header.
    public func encoded() throws(MailError) -> [UInt8] {
        for address in [from.address, to.address] where !isPlainAddress(address) {
            throw .unusableAddress(address)
        }
        for id in [messageID, inReplyTo].compactMap({ $0 }) where !isPlainAddress(id) {
            throw .unusableAddress(id)
        }
        // base64 holds neither `=_` nor `_`, so no part can hold the boundary.
        let boundary = "=_dunwell_" + String(date.millisecondsSince1970, radix: 36)
        var lines = [
            "From: " + header(from, after: 6), "To: " + header(to, after: 4),
            "Reply-To: <\(from.address)>", "Date: \(date.mailDate)", "Message-ID: <\(messageID)>",
        ]
        if let inReplyTo {
            lines += ["In-Reply-To: <\(inReplyTo)>", "References: <\(inReplyTo)>"]
        }
        lines += [
            "Subject: " + header(text: subject, after: 9), "MIME-Version: 1.0",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"", "",
        ]
        for (type, body) in [("plain", text), ("html", html)] {
            lines += [
                "--\(boundary)", "Content-Type: text/\(type); charset=utf-8",
                "Content-Transfer-Encoding: base64", "", base64(body),
            ]
        }
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}

public enum MailError: Error, Hashable, Sendable {
    /// Empty, or with spaces, brackets, control or non-ASCII characters.
    case unusableAddress(String)

    public var message: Bilingual {
        switch self {
        case .unusableAddress(let address):
            Bilingual(
                zh: "邮箱地址「\(address)」不能用：只能是 name@example.com 这样，不含空格、尖括号和控制字符。",
                en:
                    "The mail address “\(address)” cannot be used: write it like name@example.com, without "
                    + "spaces, angle brackets or control characters.")
        }
    }
}

/// Printable ASCII with one `@`, and nothing that a header or an SMTP command would take apart.
private func isPlainAddress(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"<>,;:\"()[]\\".utf8.contains($0) }
        && text.utf8.count { $0 == UInt8(ascii: "@") } == 1 && text.utf8.count <= 254
        && text.first != "@" && text.last != "@"
}

private func base64(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        .map { $0.filter { $0 != "\0" } }
    return Data(lines.joined(separator: "\r\n").utf8).base64EncodedString(
        options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
}

// MARK: - Headers

/// - Parameter column: how many characters stand before on the line.
private func header(_ mailbox: MailMessage.Mailbox, after column: Int) -> String {
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
/// characters, none of which splits a character.
private func header(text: String, after column: Int, isPhrase: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        (0x20...0x7e).contains(byte)
            && !(isPhrase && "<>,;:\"()[]\\@.".utf8.contains(byte))
    }
    let looksEncoded = text.contains("=?")
    let hasOuterSpace = text.first == " " || text.last == " "
    if isPlain, !looksEncoded, !hasOuterSpace, column + text.utf8.count <= 76 { return text }
    // A name stays in one word where it can: some readers put a space between the words of a name.
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
        let encoded = Array(String(character == "\r" || character == "\n" ? " " : character).utf8)
        if bytes.count + encoded.count > room() { close() }
        bytes += encoded
    }
    if !bytes.isEmpty || words.isEmpty { close() }
    return words
}

extension Instant {
    /// `Sat, 21 Nov 2026 08:15:30 +0000`
    fileprivate var mailDate: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[(date.dayNumber % 7 + 7) % 7]
        let day = "\(date.day) \(months[date.month - 1]) \(date.year)"
        return "\(weekday), \(day) \(timeOfDay) +0000"
    }
}
