public import Primitives

/// A mail as it goes over the wire: one sender, one recipient, plain text first, then HTML, and
/// the letter as a PDF where the notice asks for a signature.
public struct MailMessage: Sendable {
    public struct Mailbox: Hashable, Sendable {
        public let name: String
        public let address: String
        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// A PDF file.
    public struct Attachment: Hashable, Sendable {
        /// As readers see it, in any characters: `催缴通知单 FL-202612-00037-4.pdf`.
        public let name: String
        /// In ASCII, for mail programs that know no other.
        public let plainName: String
        public let bytes: [UInt8]
        public init(name: String, plainName: String, bytes: [UInt8]) {
            self.name = name
            self.plainName = plainName
            self.bytes = bytes
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
    public var attachment: Attachment?

    public init(
        from: Mailbox, to: Mailbox, messageID: String, inReplyTo: String?, date: Instant,
        subject: String, text: String, html: String, attachment: Attachment? = nil
    ) {
        self.from = from
        self.to = to
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.date = date
        self.subject = subject
        self.text = text
        self.html = html
        self.attachment = attachment
    }

    /// The finished message: RFC 5322 headers in ASCII, multipart/alternative (inside
    /// multipart/mixed where there is an attachment), parts in base64, CRLF throughout, no line
    /// above 76 characters but for an address that is longer itself. The same message gives the
    /// same bytes.
    ///
    /// - Throws: where an address or id would be taken for something else by SMTP or a header.
    public func encoded() throws(MailError) -> [UInt8] {
        for address in [from.address, to.address, messageID, inReplyTo].compactMap({ $0 })
        where !isMailAddress(address) {
            throw .unusableAddress(address)
        }
        var bytes = MailBytes()
        bytes.reserve(
            text.utf8.count + html.utf8.count + (attachment?.bytes.count ?? 0), parts: 3)
        addHeaders(to: &bytes)
        // base64 holds neither `=_` nor `_`, so no part can hold a boundary; and neither begins
        // with the other, which careless readers would take for it.
        let moment = String(date.millisecondsSince1970, radix: 36)
        let boundary = "=_dunwell_" + moment
        if let attachment {
            let outer = "=_mixed_" + moment
            bytes.line("Content-Type: multipart/mixed; boundary=\"\(outer)\"")
            bytes.line("")
            bytes.line("--\(outer)")
            addAlternative(boundary, to: &bytes)
            bytes.line("--\(outer)")
            add(attachment, to: &bytes)
            bytes.line("--\(outer)--")
        } else {
            addAlternative(boundary, to: &bytes)
        }
        return bytes.bytes
    }

    private func addHeaders(to bytes: inout MailBytes) {
        bytes.line("From: " + header(from, after: 6))
        bytes.line("To: " + header(to, after: 4))
        bytes.line("Reply-To: <\(from.address)>")
        bytes.line("Date: \(date.mailDate)")
        bytes.line("Message-ID: <\(messageID)>")
        if let inReplyTo {
            bytes.line("In-Reply-To: <\(inReplyTo)>")
            bytes.line("References: <\(inReplyTo)>")
        }
        bytes.line("Subject: " + header(text: subject, after: 9))
        bytes.line("MIME-Version: 1.0")
        bytes.line("Auto-Submitted: auto-generated")
    }

    private func addAlternative(_ boundary: String, to bytes: inout MailBytes) {
        bytes.line("Content-Type: multipart/alternative; boundary=\"\(boundary)\"")
        bytes.line("")
        for (type, body) in [("plain", text), ("html", html)] {
            bytes.line("--\(boundary)")
            bytes.line("Content-Type: text/\(type); charset=utf-8")
            bytes.line("Content-Transfer-Encoding: base64")
            bytes.line("")
            bytes.base64(withMailLineEnds(body))
        }
        bytes.line("--\(boundary)--")
    }

    private func add(_ attachment: Attachment, to bytes: inout MailBytes) {
        bytes.line("Content-Type: application/pdf;")
        bytes.line(" name=\"\(plainFileName(attachment.plainName))\"")
        bytes.line("Content-Disposition: attachment;")
        bytes.line(fileNameParameter(attachment.name))
        bytes.line("Content-Transfer-Encoding: base64")
        bytes.line("")
        bytes.base64(attachment.bytes)
    }
}

// MARK: - Bytes

/// The bytes of a message as they grow.
private struct MailBytes {
    private(set) var bytes: [UInt8] = []

    /// - Parameters:
    ///   - count: of the parts before they are encoded.
    ///   - parts: each takes headers too.
    mutating func reserve(_ count: Int, parts: Int) {
        bytes.reserveCapacity(count / 57 * 80 + (parts + 1) * 1024)
    }

    /// A line of ASCII.
    mutating func line(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        endLine()
    }

    private mutating func endLine() {
        bytes.append(0x0d)
        bytes.append(0x0a)
    }

    /// The body of a part, 57 bytes to a line of 76 characters.
    mutating func base64(_ body: [UInt8]) {
        if body.isEmpty { return endLine() }
        let size = (body.count + 2) / 3 * 4
        let lines = (size + 75) / 76
        var place = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "="), count: size + lines * 2))
        bytes.withUnsafeMutableBufferPointer { bytes in
            body.withUnsafeBufferPointer { body in
                for start in stride(from: 0, to: body.count, by: 57) {
                    let end = min(start + 57, body.count)
                    place = encodeBase64(body, start..<end, to: bytes, at: place)
                    bytes[place] = 0x0d
                    bytes[place + 1] = 0x0a
                    place += 2
                }
            }
        }
    }
}

private let base64Digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// Writes four characters for every three bytes, over the `=` that stand there.
/// - Returns: where the next character goes.
private func encodeBase64(
    _ body: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
    to bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int
) -> Int {
    var place = start
    base64Digits.withUnsafeBufferPointer { digits in
        var index = range.lowerBound
        while index < range.upperBound {
            let left = range.upperBound - index
            let group =
                UInt32(body[index]) << 16 | (left > 1 ? UInt32(body[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(body[index + 2]) : 0)
            bytes[place] = digits[Int(group >> 18)]
            bytes[place + 1] = digits[Int(group >> 12 & 63)]
            if left > 1 { bytes[place + 2] = digits[Int(group >> 6 & 63)] }
            if left > 2 { bytes[place + 3] = digits[Int(group & 63)] }
            place += 4
            index += 3
        }
    }
    return place
}

/// In UTF-8, without NUL, and with CRLF for every line end.
private func withMailLineEnds(_ text: String) -> [UInt8] {
    let lineFeed: UInt8 = 0x0a
    let carriageReturn: UInt8 = 0x0d
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 512)
    var isAfterReturn = false
    for byte in text.utf8 {
        if byte == lineFeed, isAfterReturn {
            isAfterReturn = false
            continue
        }
        isAfterReturn = byte == carriageReturn
        switch byte {
        case 0: break
        case lineFeed, carriageReturn:
            bytes.append(carriageReturn)
            bytes.append(lineFeed)
        default: bytes.append(byte)
        }
    }
    return bytes
}
