import Primitives

/// What an outcome means: for the message, and for those that come after it.
extension SMTPOutcome {
    public enum Meaning: Hashable, Sendable {
        /// The server has taken it over.
        case accepted
        /// Not this time.
        case later
        /// Too many at once: not this time, nor another to the same domain for a while.
        case tooMany
        /// Not ever.
        case never
        /// It may be taken over or not.
        case inDoubt
        /// The server, the login or the sender's address is what was refused: no message is at
        /// fault, and none can go until that is mended.
        case accountRefused
    }

    /// - Parameters:
    ///   - host: of the server that was asked.
    ///   - recipient: whom the message was to.
    public func meaning(at host: String, for recipient: String) -> Meaning {
        if isOfAccount { return .accountRefused }
        switch verdict {
        case .accepted: return .accepted
        case .inDoubt: return .inDoubt
        case .refusedForNow, .refusedForGood:
            let hosts = [host, mailDomain(of: recipient)]
            if let known = ProviderRule.meaning(of: self, at: hosts) { return known }
            return verdict == .refusedForNow ? .later : .never
        }
    }

    private var isOfAccount: Bool {
        switch step {
        case .connect, .greeting, .tls, .ehlo, .auth: true
        case .mail:
            verdict == .refusedForGood
                && ([501, 502, 503, 504, 530, 535, 538, 553].contains(code)
                    || ["5.1.7", "5.1.8", "5.7."].contains { words.contains($0) })
        case .recipient, .data, .body, .end:
            verdict == .refusedForGood
                && ([530, 535, 538].contains(code)
                    || accountPhrases.contains { words.lowercased().contains($0) })
        }
    }

    /// Whether the connection was not had, for now; another one may stand.
    public var isConnectionRefused: Bool {
        verdict == .refusedForNow && [.connect, .greeting, .tls, .ehlo].contains(step)
    }

    /// The name under which the server keeps the message, where its reply tells one.
    public var queueID: String? {
        let words = words.split(whereSeparator: \.isWhitespace).map(String.init)
        // Postfix: `250 2.0.0 Ok: queued as 4F1A…`; Exim: `250 OK id=1q…`; Sendmail: `250 2.0.0 r8…
        // Message accepted for delivery`; Gmail: `250 2.0.0 OK 170… a12… - gsmtp`.
        let found =
            words.indices.lazy.compactMap { place -> String? in
                let next = place + 1 < words.count ? words[place + 1] : ""
                return switch (words[place].lowercased(), next.lowercased()) {
                case ("queued", "as") where place + 2 < words.count: words[place + 2]
                case (let word, _) where word.hasPrefix("id="): String(words[place].dropFirst(3))
                case (_, "message") where words.dropFirst(place + 2).first == "accepted":
                    words[place]
                case (_, "-") where words.last == "gsmtp": words[place]
                default: nil
                }
            }.first
        guard verdict == .accepted, let found else { return nil }
        let name = found.trimmingPrefix("<").prefix { !">,;".contains($0) }
        return name.isEmpty ? nil : String(name)
    }
}

/// Said of whoever sends, at whatever step: a forgotten login, a blocked line.
private let accountPhrases = [
    "relay access denied", "relaying denied", "relay not permitted", "unable to relay",
    "authentication required", "authentication is required", "not authenticated",
    "must authenticate",
    "client host", "blocked using", "listed by", "blacklist",
]

/// What a provider says with a code that means something else in the standard.
///
/// From the providers' public lists of replies.
private struct ProviderRule {
    /// Ends of the host's or recipient's domain.
    let domains: [String]
    let code: Int
    /// In lower case.
    let phrases: [String]
    let meaning: SMTPOutcome.Meaning

    private static let qq = ["qq.com", "foxmail.com"]
    private static let netEase = ["163.com", "126.com", "yeah.net", "188.com"]

    static let all = [
        // 550 for what will pass: too many connections, messages or recipients for now.
        ProviderRule(
            domains: qq, code: 550,
            phrases: ["frequency limited", "rate limit", "too many", "ip frequency"],
            meaning: .tooMany),
        ProviderRule(domains: qq, code: 550, phrases: ["suspicious"], meaning: .later),
        ProviderRule(
            domains: netEase, code: 550,
            phrases: ["mi:dmc", "mi:mbl", "mi:cel", "rp:trc", "rp:cel", "too many"],
            meaning: .tooMany),
        ProviderRule(
            domains: netEase, code: 554, phrases: ["mi:sfq", "ip-limit", "hl:itc", "hl:ihu"],
            meaning: .tooMany),
        ProviderRule(
            domains: ["sina.com", "sina.cn", "sina.com.cn"], code: 550,
            phrases: ["frequency", "too many"], meaning: .tooMany),
        ProviderRule(
            domains: ["aliyun.com", "mxhichina.com", "aliyuncs.com"], code: 550,
            phrases: ["frequency", "too many", "exceed"], meaning: .tooMany),
        ProviderRule(
            domains: ["gmail.com", "googlemail.com", "google.com"], code: 550,
            phrases: ["5.4.5", "daily user sending limit"], meaning: .tooMany),
        ProviderRule(
            domains: ["outlook.com", "hotmail.com", "office365.com", "live.com", "msn.com"],
            code: 554, phrases: ["5.2.0 storedrv", "recipientratelimit", "submissionquota"],
            meaning: .tooMany),
        // 550 where the account itself is shut.
        ProviderRule(
            domains: ["outlook.com", "office365.com"], code: 550,
            phrases: ["5.1.8", "5.7.501", "5.7.705"], meaning: .accountRefused),
    ]

    static func meaning(of outcome: SMTPOutcome, at hosts: [String]) -> SMTPOutcome.Meaning? {
        let words = outcome.words.lowercased()
        return all.first { rule in
            rule.code == outcome.code && rule.phrases.contains { words.contains($0) }
                && hosts.contains { host in
                    rule.domains.contains { host == $0 || host.hasSuffix("." + $0) }
                }
        }?.meaning
    }
}
