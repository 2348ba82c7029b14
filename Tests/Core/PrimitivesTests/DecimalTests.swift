import Primitives
import Testing

@Suite struct `Decimal quantities` {
    @Test(arguments: [
        ("0", 0), ("0.00", 0), ("0.01", 1), ("0.1", 10), ("1", 100), ("1.5", 150),
        ("1234.56", 123_456), ("007", 700), ("-1", -100), ("-0.01", -1), ("-0", 0),
        ("9999999999.99", 999_999_999_999),
        ("10000000000.00", 1_000_000_000_000),  // the largest: 10^12 fen
        ("10000000000", 1_000_000_000_000),
        ("-10000000000", -1_000_000_000_000),
        ("00000000000000000000000000000000000000001", 100),
    ])
    func `money is read to the fen`(text: String, fen: Int) throws {
        #expect(try Money(parsing: text) == Money(fen: fen))
    }

    @Test(arguments: [
        ("", DecimalError.notANumber), ("-", .notANumber), (".", .notANumber), ("-.", .notANumber),
        (".5", .notANumber), ("5.", .notANumber), ("-.5", .notANumber), ("1..5", .notANumber),
        ("1.5.5", .notANumber), ("+5", .notANumber), ("--5", .notANumber), ("5-", .notANumber),
        (" 5", .notANumber), ("5 ", .notANumber), ("1 234", .notANumber), ("1e3", .notANumber),
        ("1E3", .notANumber), ("1,234", .notANumber), ("1,234.56", .notANumber),
        ("1_000", .notANumber), ("0x10", .notANumber),
        ("１２３", .notANumber), ("1２", .notANumber), ("１２３．４５", .notANumber),
        ("−5", .notANumber), ("¥5", .notANumber), ("5元", .notANumber), ("٥", .notANumber),
        ("=1+1", .notANumber), ("inf", .notANumber), ("nan", .notANumber), ("一百", .notANumber),
        ("5\u{301}", .notANumber), ("5\0", .notANumber),
        ("1.234", .tooManyDecimals(allowed: 2)), ("1.000", .tooManyDecimals(allowed: 2)),
        ("-0.001", .tooManyDecimals(allowed: 2)),
        ("1.234,56", .tooManyDecimals(allowed: 2)),  // the first rule broken, from the left
        ("10000000000.01", .tooLarge), ("-10000000000.01", .tooLarge), ("10000000001", .tooLarge),
        ("1000000000000", .tooLarge), ("99999999999999999999999999999999", .tooLarge),
        ("9223372036854775808", .tooLarge),
    ])
    func `what is no amount of money is refused by the rule it breaks`(
        text: String, error: DecimalError
    ) {
        #expect(throws: error) { try Money(parsing: text) }
    }

    @Test func `each quantity has its own number of decimals`() throws {
        #expect(try Area(parsing: "89.52").parts == 8_952)
        #expect(try UnitPrice(parsing: "2.8500").parts == 28_500)
        #expect(try UnitPrice(parsing: "2.85").parts == 28_500)
        #expect(try MeterReading(parsing: "1204.125").parts == 1_204_125)
        #expect(try DailyRate(parsing: "0.001").partsPerMillion == 1_000)
        #expect(try DailyRate(parsing: "0.000001").partsPerMillion == 1)
        #expect(try Ratio(parsing: "1.0") == .one)
        #expect(try Percentage(parsing: "33.33").parts == 3_333)
        #expect(try Percentage(parsing: "100") == .hundred)
        #expect(throws: DecimalError.tooManyDecimals(allowed: 4)) {
            try UnitPrice(parsing: "2.85001")
        }
        #expect(throws: DecimalError.tooManyDecimals(allowed: 3)) {
            try MeterReading(parsing: "0.0001")
        }
        #expect(throws: DecimalError.tooManyDecimals(allowed: 6)) {
            try DailyRate(parsing: "0.0000001")
        }
    }

    @Test(arguments: [
        (0, "0.00", "0"), (1, "0.01", "0.01"), (10, "0.10", "0.1"), (100, "1.00", "1"),
        (-1, "-0.01", "-0.01"), (-99, "-0.99", "-0.99"), (-100, "-1.00", "-1"),
        (123_450, "1234.50", "1234.5"), (100_000, "1000.00", "1000"),
        (1_000_000_000_000, "10000000000.00", "10000000000"),
    ])
    func `money is written with all decimals, or short`(fen: Int, text: String, short: String) {
        #expect(Money(fen: fen).description == text)
        #expect(Money(fen: fen).shortDescription == short)
    }

    @Test func `what is written reads back as itself`() throws {
        for parts in Array(-1_050...1_050) + [999_999_999_999, -1_000_000_000_000] {
            #expect(try Money(parsing: Money(parts: parts).description).parts == parts)
            #expect(try DailyRate(parsing: DailyRate(parts: parts).shortDescription).parts == parts)
        }
    }

    @Test(arguments: [
        (0, "0.00"), (5, "0.05"), (99_999, "999.99"), (100_000, "1,000.00"),
        (123_456, "1,234.56"), (12_345_678, "123,456.78"), (100_000_000, "1,000,000.00"),
        (123_456_789_012, "1,234,567,890.12"), (-5, "\u{2212}0.05"),
        (-99_999, "\u{2212}999.99"), (-123_456_789, "\u{2212}1,234,567.89"),
    ])
    func `money for people has thousands separators and a true minus`(fen: Int, text: String) {
        #expect(Money(fen: fen).grouped == text)
    }

    @Test func `money adds, subtracts and changes its sign`() {
        #expect(Money(fen: 150) + Money(fen: 275) == Money(fen: 425))
        #expect(Money(fen: 150) - Money(fen: 275) == Money(fen: -125))
        #expect(-Money(fen: 5) == Money(fen: -5) && Money(fen: -5).magnitude == Money(fen: 5))
        #expect(Money(fen: -6) < Money(fen: -5) && Money.zero < Money(fen: 1))
    }

    /// A year has 365 days: 1000 ppm × 365 = 36.5 %.
    @Test(arguments: [
        (1_000, "1‰", "36.5%"), (500, "0.5‰", "18.25%"), (3_000, "3‰", "109.5%"),
        (10_000, "10‰", "365%"), (50, "0.05‰", "1.825%"), (1, "0.001‰", "0.0365%"),
        (0, "0‰", "0%"), (1_234, "1.234‰", "45.041%"),
    ])
    func `a rate is named by the day and by the year`(parts: Int, perMille: String, perYear: String)
    {
        #expect(DailyRate(parts: parts).perMille == perMille)
        #expect(DailyRate(parts: parts).perYear == perYear)
    }

    @Test(arguments: [
        (0, 1, 0), (1, 2, 1), (1, 3, 0), (2, 3, 1), (3, 2, 2), (5, 2, 3), (499, 1_000, 0),
        (500, 1_000, 1), (501, 1_000, 1), (1_499, 1_000, 1), (1_500, 1_000, 2), (7, 7, 1),
        (10, 4, 3), (9, 4, 2), (999_999, 1_000_000, 1), (499_999, 1_000_000, 0),
        (2_499_999, 1_000_000, 2), (2_500_000, 1_000_000, 3),
    ])
    func `a half is rounded up, less is rounded down`(
        numerator: Int, denominator: Int, result: Int
    ) {
        #expect(roundHalfUp(Int128(numerator), over: Int128(denominator)) == result)
    }

    /// 10^12 fen at 1,000,000 ppm over 100,000 days is beyond 64 bits before it is divided.
    @Test func `rounding has room for every product`() {
        let product: Int128 = 1_000_000_000_000 * 1_000_000 * 100_000
        #expect(roundHalfUp(product + 500_000, over: 1_000_000) == 100_000_000_000_000_001)
        #expect(roundHalfUp(product + 499_999, over: 1_000_000) == 100_000_000_000_000_000)
    }

    @Test(arguments: [
        (12_345, 2, "123.45"), (-12_345, 2, "-123.45"), (5, 0, "5"), (-5, 0, "-5"),
        (5, 3, "0.005"), (-5, 3, "-0.005"), (0, 3, "0.000"), (Int.max, 2, "92233720368547758.07"),
    ])
    func `decimal text sets the point`(parts: Int, decimals: Int, text: String) {
        #expect(decimalText(parts, decimals: decimals) == text)
    }
}
