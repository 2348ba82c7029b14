/// The quantities of SPEC.md section 1: whole numbers of a smallest part, never floating point.
public protocol DecimalQuantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// How many decimals the text may have: 2 for money.
    static var decimals: Int { get }
    /// The most parts that a text may say, so that no product or sum can overflow.
    static var largest: Int { get }
    /// The quantity in its smallest parts: fen for money.
    var parts: Int { get }
    init(parts: Int)
}

extension DecimalQuantity {
    /// Reads `1234.56`: an optional minus, digits, and at most `decimals` decimals.
    ///
    /// - Throws: which rule the text breaks.
    public init(parsing text: String) throws(DecimalError) {
        self.init(parts: try parseDecimal(text, decimals: Self.decimals, largest: Self.largest))
    }

    /// Ten thousand million yuan.
    public static var largest: Int { 1_000_000_000_000 }

    public static func < (a: Self, b: Self) -> Bool { a.parts < b.parts }
    public static var zero: Self { Self(parts: 0) }

    /// All decimals, no thousands separator, a minus where negative: `-1234.50`.
    public var description: String { decimalText(parts, decimals: Self.decimals) }

    /// Without trailing zeros: `0.001` for a rate, `89.5` for an area.
    public var shortDescription: String { description.droppingTrailingZeros }
}

public enum DecimalError: Error, Equatable {
    case notANumber
    case tooManyDecimals(allowed: Int)
    case tooLarge
}

/// An amount of money in whole fen.
public struct Money: DecimalQuantity, AdditiveArithmetic {
    public static let decimals = 2
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
    public init(fen: Int) { parts = fen }
    public var fen: Int { parts }

    public static func + (a: Money, b: Money) -> Money { Money(fen: a.fen + b.fen) }
    public static func - (a: Money, b: Money) -> Money { Money(fen: a.fen - b.fen) }
    public static prefix func - (a: Money) -> Money { Money(fen: -a.fen) }
}

extension Money {
    /// For people: `1,234.56`, with U+2212 as the minus.
    public var grouped: String {
        let digits = Array(String(magnitude.fen / 100))
        var text = fen < 0 ? "\u{2212}" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text + "." + padded(magnitude.fen % 100, to: 2)
    }
    public var magnitude: Money { Money(fen: abs(fen)) }
}

/// A floor area in 1/100 m², of at most ten million m².
public struct Area: DecimalQuantity {
    public static let decimals = 2
    public static let largest = 1_000_000_000
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
}

/// A length on paper in 1/10 mm, of at most a metre.
public struct Length: DecimalQuantity {
    public static let decimals = 1
    public static let largest = 10_000
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
}

/// A unit price in 1/10000 yuan, of at most a million yuan.
public struct UnitPrice: DecimalQuantity {
    public static let decimals = 4
    public static let largest = 10_000_000_000
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
}

/// A meter reading in 1/1000.
public struct MeterReading: DecimalQuantity {
    public static let decimals = 3
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
}

/// A daily late-fee rate in parts per million of the principal per day: 1‰ is 1000.
public struct DailyRate: DecimalQuantity {
    public static let decimals = 6
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
    public var partsPerMillion: Int { parts }

    /// As contracts write it: `1‰`, `0.5‰`.
    public var perMille: String { decimalText(parts, decimals: 3).droppingTrailingZeros + "‰" }
    /// The rate over a year of 365 days, in percent: `36.5%`.
    public var perYear: String {
        decimalText(parts * 365, decimals: 4).droppingTrailingZeros + "%"
    }
}

/// A share in parts per million, such as the late-fee cap: 1.0 is 1,000,000.
public struct Ratio: DecimalQuantity {
    public static let decimals = 6
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
    public static let one = Ratio(parts: 1_000_000)
}

/// A percentage in 1/100 of a percent: 33.33% is 3333.
public struct Percentage: DecimalQuantity {
    public static let decimals = 2
    public let parts: Int
    public init(parts: Int) { self.parts = parts }
    public static let hundred = Percentage(parts: 10_000)
}

/// `numerator / denominator`, rounded half up: 0.5 becomes 1. For numerators of 0 and more.
public func roundHalfUp(_ numerator: Int128, over denominator: Int128) -> Int {
    precondition(numerator >= 0 && denominator > 0, "half up is defined here from 0 on")
    return Int((numerator * 2 + denominator) / (denominator * 2))
}

// MARK: - Decimal text

private func parseDecimal(
    _ text: String, decimals: Int, largest: Int
) throws(DecimalError) -> Int {
    var value = 0
    var fraction: Int?
    var sawDigit = false
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            sawDigit = true
            if let places = fraction {
                if places == decimals { throw .tooManyDecimals(allowed: decimals) }
                fraction = places + 1
            }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            if value > largest { throw .tooLarge }
        case UInt8(ascii: ".") where fraction == nil && sawDigit: fraction = 0
        default: throw .notANumber
        }
    }
    guard sawDigit, fraction != 0 else { throw .notANumber }
    for _ in (fraction ?? 0)..<decimals { value *= 10 }
    if value > largest { throw .tooLarge }
    return isNegative ? -value : value
}

/// `parts` with a decimal point before the last `decimals` digits: (12345, 2) is `123.45`.
public func decimalText(_ parts: Int, decimals: Int) -> String {
    guard decimals > 0 else { return String(parts) }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let magnitude = parts.magnitude
    let whole = Int(magnitude) / scale
    return (parts < 0 ? "-" : "") + "\(whole)." + padded(Int(magnitude) % scale, to: decimals)
}

extension String {
    var droppingTrailingZeros: String {
        guard utf8.contains(UInt8(ascii: ".")) else { return self }
        var text = Substring(self)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return String(text)
    }
}
