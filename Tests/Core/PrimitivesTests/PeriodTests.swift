import Primitives
import Testing

@Suite struct Periods {
    @Test(arguments: [
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2100-02", "2100-02-01", "2100-02-28"),
        ("0001-01", "0001-01-01", "0001-01-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ])
    func `a period is a month, from its first day to its last`(
        text: String, first: String, last: String
    ) throws {
        let period = try #require(Period(text))
        #expect(period.firstDay.description == first)
        #expect(period.lastDay.description == last)
        #expect(period.description == text)
        #expect(period.firstDay.period == period && period.lastDay.period == period)
        #expect(period.lastDay.advanced(byDays: 1).period == period.next)
    }

    @Test(arguments: [
        ("2026-11", 1, "2026-11-01"),
        ("2026-11", 15, "2026-11-15"),
        ("2026-11", 30, "2026-11-30"),
        ("2026-11", 31, "2026-11-30"),
        ("2026-12", 31, "2026-12-31"),
        ("2026-02", 28, "2026-02-28"),
        ("2026-02", 29, "2026-02-28"),
        ("2024-02", 29, "2024-02-29"),
        ("2024-02", 30, "2024-02-29"),
        ("2100-02", 31, "2100-02-28"),
    ])
    func `a day of the month is its last day where the month is shorter`(
        text: String, day: Int, date: String
    ) throws {
        #expect(try #require(Period(text)).day(day).description == date)
    }

    @Test(arguments: [
        ("2026-11", 1, "2026-12"), ("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"),
        ("2026-11", 14, "2028-01"), ("2026-11", -23, "2024-12"), ("2026-11", 0, "2026-11"),
    ])
    func `months are counted over the turn of the year`(
        text: String, months: Int, result: String
    ) throws {
        let period = try #require(Period(text))
        #expect(period.advanced(byMonths: months).description == result)
    }

    @Test func `year and month stand in the text, and the index orders them`() throws {
        for year in 1900...2200 {
            for month in 1...12 {
                let text = String(Almanac.text(year, month, 1).prefix(7))
                let period = try #require(Period(text))
                #expect(period.year == year && period.month == month)
                #expect(period < period.next && period.next.index == period.index + 1)
            }
        }
    }

    @Test(arguments: [
        "", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "26-01", "2026/11", "2026-11-01",
        " 2026-11", "2026-11 ", "2026-1１", "202611", "-2026-11", "2026-+1",
    ])
    func `no period but year and month is read`(text: String) {
        #expect(Period(text) == nil)
    }
}
