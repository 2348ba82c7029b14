import Primitives
import Testing

@Suite struct Instants {
    /// 1,795,248,930,123 ms: day 20,778 (2026-11-21) at 08:15:30.123.
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (86_399_999, "1970-01-01T23:59:59.999Z"),
        (86_400_000, "1970-01-02T00:00:00.000Z"),
        (20_778 * 86_400_000 + 29_730_123, "2026-11-21T08:15:30.123Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    ])
    func `an instant is written in UTC, to the millisecond`(milliseconds: Int, text: String) {
        #expect(Instant(millisecondsSince1970: milliseconds).description == text)
    }

    @Test func `an instant knows its date and its time of day`() {
        let instant = Instant(millisecondsSince1970: 20_778 * 86_400_000 + 29_730_999)
        #expect(instant.date.description == "2026-11-21")
        #expect(instant.secondsOfDay == 29_730)
        #expect(instant.timeOfDay == "08:15:30")
        #expect(instant < Instant(millisecondsSince1970: instant.millisecondsSince1970 + 1))
    }

    @Test(arguments: [
        (-1, "1969-12-31T23:59:59.999Z"), (-1_000, "1969-12-31T23:59:59.000Z"),
        (-86_400_000, "1969-12-31T00:00:00.000Z"), (-86_400_001, "1969-12-30T23:59:59.999Z"),
    ])
    func `an instant before 1970 lies on its own day`(milliseconds: Int, text: String) {
        #expect(Instant(millisecondsSince1970: milliseconds).description == text)
    }
}
