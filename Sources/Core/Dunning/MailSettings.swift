public import Primitives

/// How an office's mail goes out: `mail` in `policy.yaml`. The secret stands in a file of its own.
public struct MailSettings: Hashable, Sendable {
    public enum Authentication: String, CaseIterable, Sendable {
        /// PLAIN, or LOGIN where the server does not offer PLAIN.
        case password
        /// The secret is a token.
        case xoauth2
    }

    /// `smtps://user@host:port`, or `smtp://…` with STARTTLS.
    public var server: String?
    public var authentication = Authentication.password
    /// A file that holds the password or token alone.
    public var secretFile: String?
    /// A PEM file of the authorities to trust, in place of the system's.
    public var authorities: String?
    /// Whom bounces go to; `nil`: the office's address.
    public var sender: String?
    /// Where reports of mail that came back are read: `imaps://user@host/INBOX`, or a maildir.
    public var bounces: String?
    /// A file that holds the password of that mailbox; `nil`: it is the account's.
    public var bouncesSecretFile: String?
    /// Connections at once.
    public var connections = 1
    /// Messages over one connection.
    public var perConnection = 50
    /// Messages of the account, and of one recipient domain; `nil`: no limit.
    public var perMinute: Int?
    public var perDay: Int?
    public var domainPerMinute: Int?
    public var quiet: QuietHours?
    /// Minutes that the office's clock is ahead of UTC; Beijing's unless set.
    public var ahead = 480
    public init() {}
}

/// Hours in which no message leaves, by the office's clock.
public struct QuietHours: Hashable, Sendable {
    /// Minutes since midnight, 0..<1440; quiet from `from` on, to before `to`, over midnight where
    /// `to` is the earlier.
    public let from, to: Int
    /// Minutes that the office's clock is ahead of UTC.
    public let ahead: Int

    public init(from: Int, to: Int, ahead: Int) {
        self.from = from
        self.to = to
        self.ahead = ahead
    }

    /// Whether it is quiet then.
    public func contains(_ moment: Instant) -> Bool {
        contains(minute: (moment.secondsOfDay / 60 + ahead + 1440) % 1440)
    }

    /// Whether it is quiet in that minute of the day, by the office's clock.
    public func contains(minute: Int) -> Bool {
        from <= to ? (from..<to).contains(minute) : minute >= from || minute < to
    }

    /// `08:00`
    public var end: String { clock(to) }

    /// `21:00-08:00`
    public var text: String { clock(from) + "-" + clock(to) }

    /// Reads `21:00-08:00`.
    public init?(_ text: String, ahead: Int) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
        guard ends.count == 2, let from = ends[0], let to = ends[1], from != to else { return nil }
        self.init(from: from, to: to, ahead: ahead)
    }
}

/// Reads how far a clock is ahead of UTC: `+08:00`, in minutes.
public func minutesAhead(_ text: String) -> Int? {
    guard let sign = text.first, "+-".contains(sign), let count = minutes(text.dropFirst()),
        count <= 14 * 60
    else { return nil }
    return sign == "-" ? -count : count
}

private func minutes(_ text: some StringProtocol) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
        let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
    else { return nil }
    return hour * 60 + minute
}

private func clock(_ minutes: Int) -> String {
    [minutes / 60, minutes % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
}
