import Evidence
import Primitives
import Testing

/// Figures by hand, from SPEC.md 8: due date plus three years; each row is a boundary.
@Suite struct `The limitation clock` {
    private func clock(
        due: String = "2023-11-15", years: Int = 3, asOf: String = "2099-12-31",
        _ events: [LimitationEvent] = []
    ) -> LimitationClock {
        LimitationClock(due: day(due), years: years, events: events, asOf: day(asOf))
    }

    @Test(arguments: [
        ("2023-11-15", 3, "2026-11-15"),
        ("2023-12-31", 3, "2026-12-31"),
        ("2024-02-29", 3, "2027-02-28"),  // no such day: the month's last
        ("2024-02-29", 4, "2028-02-29"),
        ("2025-02-28", 3, "2028-02-28"),  // the day, not the month's end
        ("2096-02-29", 4, "2100-02-28"),  // 2100 is no leap year
        ("1996-02-29", 4, "2000-02-29"),
        ("2023-11-30", 1, "2024-11-30"),
    ])
    func `ends so many years after the due date`(due: String, years: Int, last: String) {
        let clock = clock(due: due, years: years)
        #expect(clock.lastDay == day(last) && clock.event == nil)
    }

    /// The last day of 2023-11-15 is 2026-11-15. What counts starts it anew from its own date.
    @Test(arguments: [
        ("2026-11-14", LimitationEvent.Kind.service(.c, isAccepted: true), "2029-11-14"),
        ("2026-11-15", .service(.c, isAccepted: true), "2029-11-15"),
        ("2026-11-16", .service(.c, isAccepted: true), "2026-11-15"),
        ("2026-11-15", .service(.b, isAccepted: true), "2029-11-15"),
        ("2026-11-16", .service(.b, isAccepted: true), "2026-11-15"),
        ("2026-11-15", .service(.a, isAccepted: true), "2029-11-15"),
        ("2026-11-16", .service(.a, isAccepted: true), "2029-11-16"),
        ("2040-01-01", .service(.a, isAccepted: true), "2043-01-01"),
        ("2026-11-15", .service(.d, isAccepted: false), "2026-11-15"),
        ("2026-11-15", .service(.d, isAccepted: true), "2029-11-15"),
        ("2026-11-16", .service(.d, isAccepted: true), "2026-11-15"),
        ("2026-11-15", .service(.e, isAccepted: false), "2026-11-15"),
        ("2026-11-15", .payment, "2029-11-15"),
        ("2026-11-16", .payment, "2026-11-15"),
        ("2026-11-15", .promise(inWriting: false), "2029-11-15"),
        ("2026-11-16", .promise(inWriting: false), "2026-11-15"),
        ("2026-11-16", .promise(inWriting: true), "2029-11-16"),
        ("2026-11-15", .plan(inWriting: false), "2029-11-15"),
        ("2026-11-16", .plan(inWriting: false), "2026-11-15"),
        ("2026-11-16", .plan(inWriting: true), "2029-11-16"),
        ("2024-02-29", .payment, "2027-02-28"),
        // By the words of SPEC.md also before the due date: never later than a court would say.
        ("2023-11-10", .payment, "2026-11-10"),
    ])
    func `starts anew with what counts, up to and including its last day`(
        on date: String, kind: LimitationEvent.Kind, last: String
    ) {
        let event = LimitationEvent(date: day(date), kind: kind)
        let clock = clock([event])
        #expect(clock.lastDay == day(last))
        #expect(clock.event == (last == "2026-11-15" ? nil : event))
    }

    @Test func `runs on from event to event, in order of date`() {
        let first = LimitationEvent(date: day("2026-11-15"), kind: .payment)
        let second = LimitationEvent(
            date: day("2029-11-15"), kind: .service(.b, isAccepted: true))
        let late = LimitationEvent(date: day("2032-11-16"), kind: .payment)
        let clock = clock([late, second, first])
        #expect(clock.lastDay == day("2032-11-15") && clock.event == second)
        // Without the first, the second comes too late.
        #expect(self.clock([late, second]).lastDay == day("2026-11-15"))
    }

    @Test func `once revived, takes again what it took before`() {
        let revival = LimitationEvent(
            date: day("2030-01-10"), kind: .service(.a, isAccepted: true))
        let payment = LimitationEvent(date: day("2033-01-10"), kind: .payment)
        #expect(clock([payment]).event == nil)
        #expect(clock([payment, revival]).lastDay == day("2036-01-10"))
    }

    @Test func `counts only what has a date by the day asked for`() {
        let payment = LimitationEvent(date: day("2025-03-01"), kind: .payment)
        #expect(clock(asOf: "2025-02-28", [payment]).lastDay == day("2026-11-15"))
        #expect(clock(asOf: "2025-03-01", [payment]).lastDay == day("2028-03-01"))
    }

    @Test func `rests on the strongest of several events of a day, whatever their order`() {
        let kinds: [LimitationEvent.Kind] = [
            .service(.a, isAccepted: true), .service(.b, isAccepted: true),
            .service(.c, isAccepted: true), .service(.d, isAccepted: true), .payment,
            .promise(inWriting: true), .plan(inWriting: true), .promise(inWriting: false),
            .plan(inWriting: false),
        ]
        let events = kinds.map { LimitationEvent(date: day("2025-03-01"), kind: $0) }
        for place in events.indices {
            let rest = Array(events[place...])
            #expect(clock(rest).event == events[place])
            #expect(clock(rest.reversed()).event == events[place])
        }
        // After the last day a payment counts no more than before, also beside a written promise.
        let late = [LimitationEvent.Kind.payment, .promise(inWriting: true)].map {
            LimitationEvent(date: day("2027-03-01"), kind: $0)
        }
        #expect(clock(late).event == late[1])
    }
}

private func day(_ text: String) -> CivilDate { CivilDate(text)! }
