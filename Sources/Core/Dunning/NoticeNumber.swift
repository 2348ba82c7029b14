public import Primitives

/// `CODE-YYYYMM-NNNNN-C`: community, the run's period, a serial of five digits or more, and a check
/// digit (Luhn) over the digits before it.
public struct NoticeNumber: Hashable, Sendable, CustomStringConvertible {
    public let community: String
    public let period: Period
    /// From 1 on, within community and period.
    public let serial: Int

    public init(community: String, period: Period, serial: Int) {
        self.community = community
        self.period = period
        self.serial = serial
    }

    public var description: String {
        let digits = String(serial)
        let serial = String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
        let month = period.description.filter { $0 != "-" }
        let body = "\(community)-\(month)-\(serial)"
        return "\(body)-\(luhnCheckDigit(of: body))"
    }

    /// Whether `text` ends in its own check digit.
    public static func isValid(_ text: String) -> Bool {
        guard let dash = text.lastIndex(of: "-"), text[dash...].utf8.count == 2,
            let check = Int(text[text.index(after: dash)...])
        else { return false }
        return luhnCheckDigit(of: String(text[..<dash])) == check
    }
}

/// From the right, every other digit, the last first, is doubled and its digits added; the check
/// digit completes the sum to a multiple of ten.
func luhnCheckDigit(of text: String) -> Int {
    let digits = text.utf8.compactMap { (48...57).contains($0) ? Int($0) - 48 : nil }
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        let doubled = digit.element * 2
        return sum + (digit.offset % 2 == 0 ? doubled / 10 + doubled % 10 : digit.element)
    }
    return (10 - sum % 10) % 10
}
