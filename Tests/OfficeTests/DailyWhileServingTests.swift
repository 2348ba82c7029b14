import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `An office that is served` {
    private let office: TestOffice

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
    }

    private func run(on day: String) throws {
        _ = try runPeriod(
            period("2026-11"), asOf: date(day), dryRun: false, effects: office.effects)
    }

    /// - Returns: what was said of trouble.
    private func minute(_ day: String, isMorning: Bool = true) -> [Bilingual] {
        var said: [Bilingual] = []
        keepOfficeGoing(
            asOf: date(day), isMorning: isMorning, mail: DailyMail(), effects: office.effects
        ) { said.append($0) }
        return said
    }

    private func mornings() throws -> Int {
        try office.effects.store.read { session in
            var filter = Session.ActFilter()
            filter.kind = "daily"
            return try session.countActs(of: session.community(code: "FL")!, filter)
        }
    }

    @Test func `makes its morning once a day, however often it is looked at or restarted`() throws {
        try run(on: "2026-11-05")
        #expect(minute("2026-11-21", isMorning: false).isEmpty)
        #expect(try mornings() == 0)
        for _ in 0..<3 { #expect(minute("2026-11-21").isEmpty) }
        #expect(try mornings() == 1)
        for _ in 0..<2 { #expect(minute("2026-11-22").isEmpty) }
        #expect(try mornings() == 2)
    }

    @Test func `has no morning before its first run, nor before a run with a later date`() throws {
        #expect(minute("2026-11-21").isEmpty)
        try run(on: "2026-12-21")
        #expect(minute("2026-11-21").isEmpty)
        try run(on: "2026-11-01")
        let said = minute("2026-11-21")
        #expect(said.count == 1 && said[0].en.contains("2026-12-21"))
        #expect(try mornings() == 0)
    }
}
