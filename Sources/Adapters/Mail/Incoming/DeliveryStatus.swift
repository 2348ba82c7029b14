import Primitives

extension BounceReport {
    /// From a part `message/delivery-status` (RFC 3464) or `message/global-delivery-status` (RFC
    /// 6533); `nil` where there is none that names a recipient.
    init?(status parts: [MIMEPart], of mail: MIMEPart) {
        guard
            let status = parts.first(where: {
                ["message/delivery-status", "message/global-delivery-status"].contains($0.type.name)
            })
        else { return nil }
        let messageID = Self.messageID(in: parts, of: mail)
        let text = parts.first { $0.type.name.hasPrefix("text/") }?.text() ?? ""
        var recipients: [Recipient] = []
        var rest = status.decodedBody(limit: 65_536)[...]
        while !rest.isEmpty, recipients.count < 100 {
            let (fields, after) = MIMEHeader.split(rest)
            rest = after
            if let recipient = Recipient(fields, text: text) { recipients.append(recipient) }
        }
        guard !recipients.isEmpty else { return nil }
        self.init(recipients: recipients, messageID: messageID)
    }
}

extension BounceReport.Recipient {
    /// - Parameters:
    ///   - fields: of one recipient.
    ///   - text: what the report says to people.
    fileprivate init?(_ fields: MIMEHeader, text: String) {
        let final = fields["final-recipient"].flatMap { typedAddress($0) }
        let original = fields["original-recipient"].flatMap { typedAddress($0) }
        guard let address = final ?? original else { return nil }
        let diagnostic = withoutType(fields["diagnostic-code"] ?? "")
        let said =
            diagnostic.isEmpty
            ? paragraph(naming: [address, original ?? address], in: text) : diagnostic
        let code = BounceCode(status: fields["status"] ?? "", words: said)
        let action =
            fields["action"].flatMap { Self.action(named: $0) }
            ?? (code.isTemporary ? .delayed : .failed)
        self.init(address: address, original: original, action: action, code: code, words: said)
    }

    private static func action(named text: String) -> BounceReport.Action? {
        switch text.lowercased().prefix(while: { $0.isLetter }) {
        case "failed", "failure": .failed
        case "delayed": .delayed
        case "delivered": .delivered
        case "relayed", "expanded": .relayed
        default: nil
        }
    }
}

/// `rfc822; a@example.com`, `utf-8;…`, also without its type, in brackets, or in xtext (RFC 3461).
private func typedAddress(_ text: String) -> String? {
    let address = withoutType(text)
    if let found = firstAddress(in: address) { return found }
    let bytes = address.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "=") : $0 }
    let plain = String(decoding: decodedQuotedPrintable(bytes), as: UTF8.self)
    if let found = firstAddress(in: plain) { return found }
    // An address in other letters than ASCII.
    let isOne = address.contains("@") && address.utf8.count <= 254
    return isOne && !address.contains(where: \.isWhitespace) ? address.lowercased() : nil
}

/// What stands after `smtp;`.
private func withoutType(_ text: String) -> String {
    guard let semicolon = text.utf8.prefix(30).firstIndex(of: UInt8(ascii: ";")),
        text[..<semicolon].utf8.allSatisfy({ $0 == 0x20 || $0 == 0x2d || isAlphanumeric($0) })
    else { return text.trimmed }
    return text[text.index(after: semicolon)...].trimmed
}

/// The paragraph of a report that names one of the addresses.
private func paragraph(naming addresses: [String], in text: String) -> String {
    let bytes = Array(text.utf8)
    for paragraph in paragraphs(of: bytes) {
        let there = addressesIn(bytes[paragraph]).map(\.address)
        if there.contains(where: { addresses.contains($0) }) {
            return oneLine(bytes[paragraph])
        }
    }
    return ""
}
