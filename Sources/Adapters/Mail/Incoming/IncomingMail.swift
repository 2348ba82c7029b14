/// What a mail in the office's mailbox says about the mails that went out.
public enum IncomingMail: Hashable, Sendable {
    /// A mail did not arrive, is late, or (where that was asked for) has arrived.
    case bounce(BounceReport)
    /// Out of office, or thank you for your mail: it arrived.
    case autoReply
    /// The recipient's program says that the mail was opened (RFC 8098).
    case readReceipt
    /// An owner's letter, or anything else that is no report.
    case other

    /// How much of a mail is read, in bytes with LF line ends. Reports say all they have to say
    /// before the mail that they return.
    public static let bytesMost = 131_072

    /// Reads a mail: a report by RFC 3464 (also RFC 6533), or what mail systems write in free text.
    /// Takes any bytes; what is broken is read as far as it goes.
    public init(_ mail: [UInt8]) {
        let mail = MIMEPart(normalLines(of: mail, limit: Self.bytesMost))
        let parts = mail.ownParts
        if parts.contains(where: { $0.type.name == "message/disposition-notification" })
            || mail.type["report-type"]?.lowercased() == "disposition-notification"
        {
            self = .readReceipt
        } else if let report = BounceReport(status: parts, of: mail) {
            self = .bounce(report)
        } else if mail.type["report-type"]?.lowercased() == "feedback-report" {
            self = .other
        } else if let report = BounceReport(freeText: parts, of: mail) {
            self = .bounce(report)
        } else {
            self = mail.isAutoReply ? .autoReply : .other
        }
    }
}

/// With LF at the ends of lines, so that a mail from a folder is the same as over IMAP.
/// - Parameter limit: how many bytes there are at most.
public func normalLines(of mail: [UInt8], limit: Int = IncomingMail.bytesMost) -> [UInt8] {
    var normal: [UInt8] = []
    normal.reserveCapacity(min(mail.count, limit))
    for (place, byte) in mail.enumerated() {
        if byte == 0x0d, place + 1 < mail.count, mail[place + 1] == 0x0a { continue }
        if normal.count == limit { break }
        normal.append(byte)
    }
    return normal
}

/// What became of a mail that went out, by whoever could not or did deliver it.
public struct BounceReport: Hashable, Sendable {
    public enum Action: String, Hashable, Sendable {
        /// Given up.
        case failed
        /// Tried again for a while; another report follows, or none.
        case delayed
        case delivered
        /// Handed on to where no reports come from, or to several (`expanded`).
        case relayed
    }

    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// There is no such mailbox or domain, or it is closed.
        case unknownAddress = "unknown_address"
        case mailboxFull = "mailbox_full"
        /// As spam, for too many mails at a time, or by policy: nothing is wrong with the address.
        case refused
        case other
    }

    /// One address that the report speaks of.
    public struct Recipient: Hashable, Sendable {
        /// Where it was to go at last; in lower case.
        public let address: String
        /// Where we sent it to, if that was said; in lower case.
        public let original: String?
        public let action: Action
        /// `5.1.1`, or empty.
        public let status: String
        public let reason: Reason
        /// Trying again is of no use.
        public let isPermanent: Bool
        /// The server's words on one line, 500 characters at most.
        public let words: String
    }

    public let recipients: [Recipient]
    /// Of the mail that went out, without its brackets.
    public let messageID: String?
}

extension MIMEPart {
    /// The first address of a field.
    func address(in field: String) -> String? { header[field].flatMap { firstAddress(in: $0) } }

    fileprivate var isAutoReply: Bool {
        if let submitted = header["auto-submitted"]?.lowercased() {
            if submitted.hasPrefix("auto-replied") { return true }
            // A program's mail, such as one of ours that came back to us.
            if submitted.hasPrefix("auto-generated") { return false }
        }
        let marks = [
            "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation",
        ]
        if marks.contains(where: { header[$0] != nil }) { return true }
        if header["x-autoreply-from"] != nil || header["delivered-by-autoresponder"] != nil {
            return true
        }
        if header["precedence"]?.lowercased().replacing("-", with: "_") == "auto_reply" {
            return true
        }
        let subject = header.text("subject").lowercased()
        return autoReplySubjects.contains { subject.hasPrefix($0) }
    }
}

private let autoReplySubjects = [
    "自动回复", "自动答复", "[自动回复]", "【自动回复】", "自動回覆", "自動応答", "automatic reply", "auto reply",
    "auto-reply", "autoreply", "auto response", "auto-response", "auto:", "out of office",
    "out-of-office",
    "away from my", "vacation", "on vacation", "我在休假", "休假", "不在办公室", "abwesenheit",
]

// MARK: - Message-IDs

extension BounceReport {
    /// Of the mail that went out: from what was returned of it, else from what the report answers.
    static func messageID(in parts: [MIMEPart], of mail: MIMEPart) -> String? {
        for part in parts {
            var found: String?
            switch part.type.name {
            case "message/rfc822", "message/global":
                found = part.parts.first?.header["message-id"]
            case "text/rfc822-headers", "message/global-headers", "message/rfc822-headers":
                found = MIMEHeader.split(part.decodedBody(limit: 65_536)[...]).0["message-id"]
            default: continue
            }
            if let id = found.flatMap({ bracketed($0) }) { return id }
        }
        let fields = ["x-original-message-id", "original-message-id", "in-reply-to", "references"]
        return fields.lazy.compactMap { mail.header[$0].flatMap { bracketed($0) } }.first
    }
}

/// What stands in the first pair of angle brackets; `nil` where there is none, or it is no
/// Message-ID.
func bracketed(_ text: some StringProtocol) -> String? {
    let bytes = Array(text.utf8.prefix(4_000))
    guard let open = bytes.firstIndex(of: UInt8(ascii: "<")),
        let close = bytes[open...].firstIndex(of: UInt8(ascii: ">")),
        (3...300).contains(close - open)
    else { return nil }
    let id = bytes[(open + 1)..<close]
    guard id.contains(UInt8(ascii: "@")), id.allSatisfy({ (0x21...0x7e).contains($0) }) else {
        return nil
    }
    return String(decoding: id, as: UTF8.self)
}
