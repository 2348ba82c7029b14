import FoundationEssentials
import Office
import Primitives
import TestKit
import Testing

@Suite struct `A run` {
    let asOf = date("2026-11-05")

    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        return office
    }

    private func run(_ office: TestOffice, _ effects: Effects? = nil, dryRun: Bool = false) throws
        -> RunSummary
    {
        try runPeriod(
            period("2026-11"), asOf: asOf, dryRun: dryRun, effects: effects ?? office.effects)
    }

    @Test func `issues the month's charges, lets credit meet them, and tells each account once`()
        throws
    {
        let office = try office()
        let summary = try run(office)
        // Parking is charged by quarters, from January on: nothing in November.
        #expect(summary.chargesIssued == 3)
        #expect(summary.charged == Money(fen: 285_00 + 255_13 + 285_00))
        #expect(summary.bills == 2)
        #expect(summary.notices.map(\.count) == [1, 0, 0, 1])
        // 1-101 by email and mailbox, 1-102's buyers by email each and a letter for the former
        // owner, 1-201 agreed to nothing: a letter for the mailbox.
        #expect(summary.emailsQueued == 3)
        #expect(summary.letters == 3)
        #expect(
            try office.books(asOf: asOf).suffix(4) == [
                "FL-202611-00001-1 1-101 bill 2026-11-05 274.56 0.00 0.00 email;mailbox",
                "FL-202611-00002-9 1-102 formal 2026-11-05 255.13 44.39 0.00 mailbox",
                "FL-202611-00003-7 1-102 bill 2026-11-05 255.13 0.00 0.00 email",
                "FL-202611-00004-5 1-201 early 2026-11-05 427.50 10.26 0.00 mailbox",
            ])
    }

    @Test func `made again creates nothing`() throws {
        let office = try office()
        _ = try run(office)
        let before = try office.books(asOf: date("2026-12-31"))
        let again = try run(office)
        #expect(again.chargesIssued == 0 && again.bills == 0 && again.letters == 0)
        #expect(again.emailsQueued == 0 && again.notices.allSatisfy { $0.count == 0 })
        #expect(try office.books(asOf: date("2026-12-31")) == before)
    }

    @Test func `by fifty at once has one effect`() async throws {
        let office = try office()
        let alone = try self.office()
        _ = try run(alone)
        let summaries = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask { try run(office, try office.reopened()).chargesIssued }
            }
            return try await group.reduce(0, +)
        }
        #expect(summaries == 3)
        #expect(try office.books(asOf: asOf) == alone.books(asOf: asOf))
    }

    @Test func `tried out counts the same and keeps nothing`() throws {
        let office = try office()
        let before = FileManager.default.contents(atPath: office.database)
        let tried = try run(office, dryRun: true)
        #expect(FileManager.default.contents(atPath: office.database) == before)
        let done = try run(office)
        #expect(tried.charged == done.charged && tried.letters == done.letters)
    }

    @Test func `before its period begins is refused`() throws {
        let office = try office()
        #expect(throws: OfficeError.periodNotBegun(period: period("2026-12"), asOf: asOf)) {
            try runPeriod(period("2026-12"), asOf: asOf, dryRun: false, effects: office.effects)
        }
    }

    @Test func `after the due date says how many charges it issues late`() throws {
        let office = try office()
        let summary = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: false, effects: office.effects)
        #expect(summary.issuedLate == 3)
    }

    @Test func `reports a unit that nobody holds`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["units.csv"]! += "1-301,1,residence,50.00,\n"
        try office.take(files)
        #expect(try run(office).unheldUnits == ["1-301"])
    }

    @Test func `gives a notice figures that nothing changes later`() throws {
        let office = try office()
        _ = try run(office)
        let notices = try office.books(asOf: asOf).suffix(4)
        try office.take(
            [
                "payments.csv":
                    "reference,date,unit,owner,amount,method\nB9,2026-05-20,1-102,A02,255.13,bank\n"
            ],
            as: "later")
        #expect(try office.books(asOf: asOf).suffix(4) == notices)
    }

    @Test func `without templates for a stage is refused, and nothing is written`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["policy.yaml"]! += """
            dunning:
              - { stage: only, from_day: 1, min_amount: 0.01, repeat_after: 30, channels: [mailbox], template: verse }

            """
        try office.take(files)
        let before = FileManager.default.contents(atPath: office.database)
        #expect(throws: (any Error).self) { try run(office) }
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }
}
