import Primitives
import Testing

@Suite struct `Civil dates` {
    /// Counts every day of 1900-2200 one after the other, with the month lengths of the almanac;
    /// 1970-01-01 is day 0, and 1900-01-01 lies 70 years with 17 leap days before it.
    @Test func `every day from 1900 to 2200 is there and back again`() {
        var dayNumber = -(70 * 365 + 17)
        var wrong: [String] = []
        for year in 1900...2200 {
            for month in 1...12 {
                for day in 1...Almanac.days(inMonth: month, of: year) {
                    let date = CivilDate(year: year, month: month, day: day)
                    let text = Almanac.text(year, month, day)
                    let isRight =
                        date?.dayNumber == dayNumber
                        && date?.year == year && date?.month == month && date?.day == day
                        && date?.description == text && CivilDate(text) == date
                    if !isRight { wrong.append(text) }
                    dayNumber += 1
                }
            }
        }
        #expect(wrong == [])
        #expect(dayNumber == CivilDate("2201-01-01")?.dayNumber)
    }

    @Test(arguments: [
        ("1900-02-28", "1900-03-01"),  // a century, no leap year
        ("2000-02-28", "2000-02-29"),  // a fourth century
        ("2000-02-29", "2000-03-01"),
        ("2100-02-28", "2100-03-01"),
        ("2024-02-28", "2024-02-29"),
        ("2026-02-28", "2026-03-01"),
        ("2026-04-30", "2026-05-01"),
        ("2026-12-31", "2027-01-01"),
        ("1969-12-31", "1970-01-01"),
        ("0001-12-31", "0002-01-01"),
        ("9999-12-30", "9999-12-31"),
    ])
    func `the next day`(text: String, next: String) throws {
        let date = try #require(CivilDate(text))
        let following = try #require(CivilDate(next))
        #expect(date.advanced(byDays: 1) == following)
        #expect(following.advanced(byDays: -1) == date)
        #expect(following - date == 1)
        #expect(date < following)
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-11-21 ", " 2026-11-21", "2026-11-21-", "-2026-11-21",
        "2026-1-05", "2026-01-5", "26-01-05", "02026-01-05", "2026/11/21", "2026.11.21",
        "20261121", "2026-00-10", "2026-13-10", "2026-11-00", "2026-11-31", "2026-02-29",
        "1900-02-29", "2100-02-29", "0000-01-01", "2026-+1-05", "2026--1-05", "2026-1a-05",
        "２０２６-11-21", "2026-11-２1", "2026–11–21", "2026-11-21T00:00",
    ])
    func `no date but a real one, written in full, is read`(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test(arguments: [
        (0, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
        (2026, 2, 29), (2026, 4, 31), (-1, 1, 1), (2026, -1, 1), (2026, 1, -1),
    ])
    func `there is no such date`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `a difference is a number of days, over a leap year too`() throws {
        let first = try #require(CivilDate("2024-01-01"))
        #expect(try #require(CivilDate("2025-01-01")) - first == 366)
        #expect(try #require(CivilDate("2023-01-01")) - first == -365)
    }

    @Test func `the distant dates lie outside every book`() throws {
        #expect(try CivilDate.distantPast < #require(CivilDate("0001-01-01")))
        #expect(try CivilDate.distantFuture > #require(CivilDate("9999-12-31")))
    }
}

/// The calendar as it hangs on the wall: nothing in common with the arithmetic that it checks.
enum Almanac {
    static func isLeapYear(_ year: Int) -> Bool {
        if year.isMultiple(of: 400) { return true }
        if year.isMultiple(of: 100) { return false }
        return year.isMultiple(of: 4)
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        let ordinary = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return month == 2 && isLeapYear(year) ? 29 : ordinary[month - 1]
    }

    static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
