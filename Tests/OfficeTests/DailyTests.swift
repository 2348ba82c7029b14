import Casework
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `The office's morning` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        return office
    }

    @discardableResult
    private func morning(_ office: TestOffice, _ day: String, dryRun: Bool = false) throws
        -> DailySummary
    {
        try runDaily(asOf: date(day), dryRun: dryRun, mail: DailyMail(), effects: office.effects)
    }

    /// `stage as-of` of each dunning notice, by account.
    private func reminders(_ office: TestOffice) throws -> [String: [String]] {
        var rows: [String: [String]] = [:]
        try forEachNotice(period: nil, effects: office.effects) { row in
            if let stage = row.stage {
                rows["\(row.unit) \(row.owners.joined(separator: ";"))", default: []].append(
                    "\(stage) \(row.asOf)")
            }
        }
        return rows
    }

    @Test func `cannot begin before a first period was run`() throws {
        let office = try office()
        #expect(throws: DailyError.nothingIssued(asOf: date("2026-11-04"))) {
            try morning(office, "2026-11-04")
        }
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        #expect(throws: DailyError.nothingIssued(asOf: date("2026-11-04"))) {
            try morning(office, "2026-11-04")
        }
        #expect(try morning(office, "2026-11-06").period == period("2026-11"))
    }

    @Test func `does not go back before the last run`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        try morning(office, "2026-11-21")
        let before = try office.dump(withActs: true)
        let refused = DailyError.runSince(asOf: date("2026-11-16"), run: date("2026-11-21"))
        for dryRun in [false, true] {
            #expect(throws: refused) { try morning(office, "2026-11-16", dryRun: dryRun) }
        }
        #expect(try office.dump(withActs: true) == before)
        #expect(!refused.isBadInput && refused.message.en.contains("as of 2026-11-21"))
        #expect(try morning(office, "2026-11-21").run?.notices.map(\.count) == [0, 0, 0, 0])
    }

    /// Nobody pays after October; each month is run on its 1st. What falls due on the 15th is
    /// courteous on the 16th, asked about on the 21st (six days), firm on 4 December (nineteen),
    /// formal on 14 December (twenty-nine), and formal again every thirty days; parking is charged
    /// in January. 1-102's former owner has owed since May. 1-201 hears of the first stage alone
    /// until its hold ends on 31 December.
    private let sixMonths = [
        "1-102 A02": [
            "formal 2026-11-01",
            "formal 2026-12-01",
            "formal 2026-12-31",
            "formal 2027-01-30",
            "formal 2027-03-01",
            "formal 2027-03-31",
            "formal 2027-04-30",
        ],
        "1-201 A05": [
            "early 2026-11-01",
            "early 2026-12-01",
            "early 2026-12-31",
            "formal 2027-01-01",
            "formal 2027-01-31",
            "formal 2027-03-02",
            "formal 2027-04-01",
        ],
        "1-101 A01": [
            "early 2026-11-16",
            "middle 2026-11-21",
            "late 2026-12-04",
            "formal 2026-12-14",
            "formal 2027-01-13",
            "formal 2027-02-12",
            "formal 2027-03-14",
            "formal 2027-04-13",
        ],
        "1-102 A03;A04": [
            "early 2026-11-16",
            "middle 2026-11-21",
            "late 2026-12-04",
            "formal 2026-12-14",
            "formal 2027-01-13",
            "formal 2027-02-12",
            "formal 2027-03-14",
            "formal 2027-04-13",
        ],
        "P-001 A01": [
            "early 2027-01-16",
            "middle 2027-01-21",
            "late 2027-02-03",
            "formal 2027-02-13",
            "formal 2027-03-15",
            "formal 2027-04-14",
        ],
    ]

    @Test func `of six months gives each stage on its day, and none twice`() throws {
        let office = try office()
        var day = date("2026-11-01")
        while day < date("2027-05-01") {
            if day.day == 1 {
                _ = try runPeriod(day.period, asOf: day, dryRun: false, effects: office.effects)
            }
            try morning(office, "\(day)")
            day = day.advanced(byDays: 1)
        }
        #expect(try reminders(office) == sixMonths)
    }

    @Test func `made again changes nothing beside the note that it was made`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let first = try morning(office, "2026-11-16")
        #expect(first.run?.notices.map(\.count).reduce(0, +) ?? 0 > 0)
        let before = try office.dump()
        let again = try morning(office, "2026-11-16")
        #expect(again.run?.notices.map(\.count) == [0, 0, 0, 0])
        #expect(again.run?.chargesIssued == 0 && again.run?.emailsQueued == 0)
        #expect(again.waiting == first.waiting)
        #expect(try office.dump() == before)
    }

    @Test func `counted for trial keeps nothing at all`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let before = try office.dump(withActs: true)
        let trial = try morning(office, "2026-11-16", dryRun: true)
        #expect(try office.dump(withActs: true) == before)
        let made = try morning(office, "2026-11-16")
        #expect(trial.run?.notices.map(\.count) == made.run?.notices.map(\.count))
    }

    /// Promised for the 10th, 11th and 12th; 100.00 comes on the 11th.
    @Test func `judges promises once, and those of a morning that was left out`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        for (amount, until) in [
            (50_00, "2026-11-10"), (100_00, "2026-11-11"), (900_00, "2026-11-12"),
        ] {
            _ = try recordPromise(
                PromiseToPay(
                    amount: Money(fen: amount), on: date("2026-11-06"), until: date(until),
                    isInWriting: false), of: "1-101", owner: nil, effects: office.effects)
        }
        try office.take(
            [
                "payments.csv":
                    "reference,date,unit,owner,amount,method,payer,note\nP1,2026-11-11,1-101,,100.00,bank,安甲,\n"
            ].merging(MapleCourt.files.filter { $0.key != "payments.csv" }) { a, _ in a },
            as: "paid")
        try morning(office, "2026-11-10")
        #expect(try morning(office, "2026-11-11").promises == [.broken: 1])
        // The 12th is left out.
        #expect(try morning(office, "2026-11-13").promises == [.kept: 1, .partly: 1])
        #expect(try morning(office, "2026-11-13").promises == [.kept: 1, .partly: 1])
        #expect(try morning(office, "2026-11-14").promises == [:])
    }

    @Test func `judges a promise that was entered after its last day, once`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        func promise(_ until: String) throws {
            _ = try recordPromise(
                PromiseToPay(
                    amount: Money(fen: 100_00), on: date("2026-11-06"), until: date(until),
                    isInWriting: false), of: "1-101", owner: nil, effects: office.effects)
        }
        try morning(office, "2026-11-12")
        try promise("2026-11-10")
        #expect(try morning(office, "2026-11-13").promises == [.broken: 1])
        #expect(try morning(office, "2026-11-13").promises == [.broken: 1])
        #expect(try morning(office, "2026-11-14").promises == [:])
        // Told of on the day itself, and on a day of which the morning was made already.
        try promise("2026-11-13")
        #expect(try morning(office, "2026-11-14").promises == [.broken: 1])
        #expect(try morning(office, "2026-11-15").promises == [:])
    }

    @Test func `goes on where one step fails, and says which`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        struct Down: ExplainedError {
            let message = Bilingual(zh: "连不上", en: "no connection")
        }
        let summary = try runDaily(
            asOf: date("2026-11-16"), dryRun: false, mail: DailyMail(), effects: office.effects,
            deliver: { _, _ in throw Down() })
        #expect(summary.troubles.map(\.step) == [.mail])
        #expect(summary.troubles[0].reason.en == "no connection")
        #expect(summary.run != nil && summary.delivery == nil && summary.waiting > 0)
        // A mailbox that is not there.
        var mail = DailyMail()
        mail.mailbox = "imap://127.0.0.1:1/INBOX"
        let unread = try runDaily(
            asOf: date("2026-11-17"), dryRun: false, mail: mail, effects: office.effects)
        #expect(unread.troubles.map(\.step) == [.bounces])
        #expect(unread.run != nil)
    }
}

extension TestOffice {
    /// All that the database holds, as SQL; without the acts and the runs that name them.
    fileprivate func dump(withActs: Bool = false) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sqlite3", database, ".dump"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.filter { withActs || !$0.hasPrefix("INSERT INTO act ") }
            .joined(separator: "\n")
    }
}
