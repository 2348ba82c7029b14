/// A moment in UTC, to the millisecond; of audit, evidence and mail, never of the ledger.
public struct Instant: Hashable, Comparable, Sendable {
    public let millisecondsSince1970: Int
    public init(millisecondsSince1970: Int) { self.millisecondsSince1970 = millisecondsSince1970 }

    public static func < (a: Instant, b: Instant) -> Bool {
        a.millisecondsSince1970 < b.millisecondsSince1970
    }

    /// Later, or earlier by a negative number.
    public func advanced(bySeconds seconds: Int) -> Instant {
        advanced(byMilliseconds: seconds * 1000)
    }

    /// Later, or earlier by a negative number.
    public func advanced(byMilliseconds milliseconds: Int) -> Instant {
        Instant(millisecondsSince1970: millisecondsSince1970 + milliseconds)
    }

    /// The date in UTC.
    public var date: CivilDate {
        CivilDate(dayNumber: floorDivide(millisecondsSince1970, 86_400_000))
    }
    /// Since the UTC midnight before, 0..<86,400.
    public var secondsOfDay: Int { millisecondsOfDay / 1000 }
    private var millisecondsOfDay: Int { millisecondsSince1970 - date.dayNumber * 86_400_000 }
}

extension Instant: CustomStringConvertible {
    /// `2026-11-21T08:15:30.123Z`, as `description` has it; `nil` where it is anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "T", maxSplits: 1).map(String.init)
        guard parts.count == 2, let date = CivilDate(parts[0]) else { return nil }
        let numbers = parts[1].split { ":.Z".contains($0) }.compactMap { Int($0) }
        guard numbers.count == 4 else { return nil }
        let seconds = (numbers[0] * 60 + numbers[1]) * 60 + numbers[2]
        self.init(
            millisecondsSince1970: date.dayNumber * 86_400_000 + seconds * 1000 + numbers[3])
        guard description == text else { return nil }
    }

    /// `2026-11-21T08:15:30.123Z`
    public var description: String {
        "\(date)T\(timeOfDay).\(padded(millisecondsOfDay % 1000, to: 3))Z"
    }

    /// `2026-11-21T08:15:30Z`
    public var toTheSecond: String { "\(date)T\(timeOfDay)Z" }

    /// `08:15:30`
    public var timeOfDay: String {
        [secondsOfDay / 3600, secondsOfDay / 60 % 60, secondsOfDay % 60]
            .map { padded($0, to: 2) }.joined(separator: ":")
    }
}
