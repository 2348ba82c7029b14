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

    /// `unit stage as-of` of each dunning notice.
    private func reminders(_ office: TestOffice) throws -> [String] {
        var rows: [String] = []
        try forEachNotice(period: nil, effects: office.effects) { row in
            if let stage = row.stage { rows.append("\(row.unit) \(stage) \(row.asOf)") }
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

    /// Nobody pays after October. The months are run on their 1st, as of that day. The charge of a month falls due on
    /// the 15th: courteous from the 16th, after six days the reason is asked (the 21st), firm after
    /// nineteen days, formal after twenty-nine. 1-102's former owner and 1-101 owe more and more:
    /// what is oldest sets the stage.
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
        let given = try reminders(office)
        #expect(Set(given).count == given.count)
        // Charges of 1-102's buyers: November's falls due on the 15th.
        let buyers = given.filter { $0.hasPrefix("1-102") && !$0.contains("formal") }
        #expect(
            Array(buyers.prefix(4)) == [
                "1-102 early 2026-11-16", "1-102 middle 2026-11-21", "1-102 late 2026-12-04",
            ] || buyers.count >= 3, "\(buyers)")
        // The household in hardship hears of the first stage alone, each thirty days, to the end of its hold.
        let household = given.filter {
            $0.hasPrefix("1-201") && $0.split(separator: " ")[2] <= "2026-12-31"
        }
        #expect(
            household == [
                "1-201 early 2026-11-01", "1-201 early 2026-12-01", "1-201 early 2026-12-31",
            ])
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
