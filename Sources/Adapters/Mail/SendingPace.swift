public import Primitives

/// How soon a message may leave: limits by the minute and day, of the account and of each recipient
/// domain. What is limited by the minute leaves in even steps.
public struct SendingPace: Sendable {
    private let perMinute, perDay, domainPerMinute: Int?
    private var lastOfAccount: Instant?
    private var lastOfDomain: [String: Instant] = [:]
    private var pausedUntil: [String: Instant] = [:]
    private var today: Int

    /// - Parameters:
    ///   - last: when the account's last message left.
    ///   - today: how many of the account left within 24 hours.
    public init(
        perMinute: Int?, perDay: Int?, domainPerMinute: Int?, last: Instant?, today: Int
    ) {
        self.perMinute = perMinute
        self.perDay = perDay
        self.domainPerMinute = domainPerMinute
        self.today = today
        lastOfAccount = last
    }

    public var isDayFull: Bool { perDay.map { today >= $0 } ?? false }

    /// Whether the domain said that it gets too many, and is left alone now.
    public func isPaused(_ domain: String, at now: Instant) -> Bool {
        pausedUntil[domain].map { now < $0 } ?? false
    }

    /// When a message to the domain may leave; not before `now`.
    public func time(for domain: String, at now: Instant) -> Instant {
        let steps = [(perMinute, lastOfAccount), (domainPerMinute, lastOfDomain[domain])]
        return steps.reduce(now) { time, step in
            guard let rate = step.0, let last = step.1 else { return time }
            return max(time, last.advanced(byMilliseconds: (60_000 + rate - 1) / rate))
        }
    }

    /// Remembers a message of an earlier pass.
    public mutating func remember(_ domain: String, at time: Instant) {
        lastOfDomain[domain] = max(time, lastOfDomain[domain] ?? time)
    }

    /// Counts a message to the domain that leaves now.
    public mutating func take(_ domain: String, at now: Instant) {
        lastOfAccount = now
        lastOfDomain[domain] = now
        today += 1
    }

    /// Leaves the domain alone until then.
    public mutating func pause(_ domain: String, until time: Instant) {
        pausedUntil[domain] = max(time, pausedUntil[domain] ?? time)
    }
}
