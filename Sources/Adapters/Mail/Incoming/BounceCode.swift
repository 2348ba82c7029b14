/// What a refusal means, by its code and its words.
struct BounceCode {
    /// `5.1.1`, or empty.
    let status: String
    let reason: BounceReport.Reason
    let isPermanent: Bool
    /// Said to be so for a while only.
    let isTemporary: Bool

    /// - Parameters:
    ///   - status: the field `Status`, where there is one.
    ///   - words: the server's reply, or what a report says of an address.
    ///   - context: more of the report, for where the words say nothing. It may speak of reasons in
    ///     general, so what it says is never for good.
    init(status: String, words: String, context: [UInt8] = []) {
        let said = lowercased(words.utf8)
        let fields = [enhancedStatus(in: Array(status.utf8)), enhancedStatus(in: said)]
            .compactMap { $0 }
        // `5.0.0` says nothing: what the server said may say more.
        let chosen = fields.first { !$0.isVague } ?? fields.first
        let code = replyCode(in: said)
        let kind = chosen?.kind ?? code.map { $0 / 100 } ?? 0
        var reason = Self.reason(chosen, kind: kind, said)
        let isGuessed = reason == .other && !context.isEmpty
        if isGuessed { reason = Self.reason(chosen, kind: kind, context) }
        let isRate = Phrases.rate.occur(in: said)
        self.status = chosen?.text ?? ""
        self.reason = reason
        isTemporary = kind == 4
        let lasts = kind == 5 || kind == 0 && reason == .unknownAddress
        let passes = reason == .mailboxFull || reason == .refused && isRate
        isPermanent = lasts && !passes && !(isGuessed && reason != .other)
    }

    private static func reason(
        _ status: EnhancedStatus?, kind: Int, _ said: [UInt8]
    ) -> BounceReport.Reason {
        switch (status?.subject, status?.detail) {
        case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10): return .unknownAddress
        case (2, 2): return .mailboxFull
        // Microsoft's words for a recipient that its directory does not hold.
        case (4, 1) where Phrases.deniedByDirectory.occur(in: said): return .unknownAddress
        default: break
        }
        // By a server's own words before a code that it may use for all and sundry.
        if Phrases.rate.occur(in: said) || Phrases.sender.occur(in: said) { return .refused }
        if Phrases.full.occur(in: said) { return .mailboxFull }
        if Phrases.unknown.occur(in: said) { return .unknownAddress }
        if Phrases.refused.occur(in: said) { return .refused }
        switch (status?.subject, status?.detail) {
        case (1, _), (2, 1): return kind == 5 ? .unknownAddress : .other
        case (4, 4): return kind == 5 ? .unknownAddress : .other
        case (7, _): return .refused
        default: return .other
        }
    }
}

extension BounceReport.Recipient {
    /// - Parameters:
    ///   - address: that a server refused while it was spoken to.
    ///   - words: the server's.
    public init(refused address: String, words: String) {
        self.init(
            address: address.lowercased(), original: nil, action: .failed,
            code: BounceCode(status: "", words: words), words: words)
    }

    init(
        address: String, original: String?, action: BounceReport.Action, code: BounceCode,
        words: String
    ) {
        self.init(
            address: address, original: original, action: action, status: code.status,
            reason: code.reason, isPermanent: action == .failed && code.isPermanent,
            words: oneLine(Array(words.utf8)[...]))
    }
}

/// A status by RFC 3463.
struct EnhancedStatus {
    let kind, subject, detail: Int
    var text: String { "\(kind).\(subject).\(detail)" }
    var isVague: Bool { subject == 0 || subject == 3 && detail == 0 || subject == 5 && detail == 0 }
}

/// The first that stands alone, and is no part of an IP address or a version.
func enhancedStatus(in text: [UInt8]) -> EnhancedStatus? {
    var place = 0
    while place + 4 < text.count {
        defer { place += 1 }
        guard [0x32, 0x34, 0x35].contains(text[place]), text[place + 1] == 0x2e,
            place == 0 || !isNumeric(text[place - 1])
        else { continue }
        var numbers: [Int] = []
        var end = place + 2
        while numbers.count < 2 {
            let digits = text[end...].prefix(4).prefix { isDigit($0) }
            guard (1...3).contains(digits.count) else { break }
            numbers.append(digits.reduce(0) { $0 * 10 + Int($1) - 0x30 })
            end += digits.count
            if numbers.count == 1 {
                guard end < text.count, text[end] == 0x2e else { break }
                end += 1
            }
        }
        let isCut = end + 1 < text.count && text[end] == 0x2e && isDigit(text[end + 1])
        if numbers.count == 2, !isCut {
            return EnhancedStatus(
                kind: Int(text[place]) - 0x30, subject: numbers[0], detail: numbers[1])
        }
    }
    return nil
}

/// The first 4xx or 5xx of SMTP that stands alone.
func replyCode(in text: [UInt8]) -> Int? {
    var place = 0
    while place + 2 < text.count {
        defer { place += 1 }
        guard text[place] == 0x34 || text[place] == 0x35, (0x30...0x35).contains(text[place + 1]),
            isDigit(text[place + 2]),
            place == 0 || !isNumeric(text[place - 1]) && !isAlphanumeric(text[place - 1])
        else { continue }
        let next = place + 3 < text.count ? text[place + 3] : 0x20
        if isAlphanumeric(next) || next == 0x2e { continue }
        return text[place..<(place + 3)].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    return nil
}

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isNumeric(_ byte: UInt8) -> Bool { isDigit(byte) || byte == 0x2e }
func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}
