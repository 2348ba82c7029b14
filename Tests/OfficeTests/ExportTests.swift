import Foundation
import Office
import Primitives
import TestKit
import Testing

@Suite struct `An export` {
    @Test func `of a fresh import, imported again, gives the same books`() throws {
        let office = try TestOffice()
        let sample = office.folder + "/sample"
        try makeSample(in: sample, units: 60, seed: 7) { _, _, _ in }
        #expect(
            try importCommunity(from: sample, dryRun: false, effects: office.effects).problems
                .isEmpty)
        let exported = office.folder + "/exported"
        _ = try exportCommunity(to: exported, effects: office.effects)
        let other = try TestOffice()
        let report = try importCommunity(from: exported, dryRun: false, effects: other.effects)
        #expect(report.problems.map { $0.text(in: .en) } == [])
        for day in ["2026-03-31", "2026-11-21"] {
            #expect(try other.books(asOf: date(day)) == office.books(asOf: date(day)))
        }
    }

    @Test func `to a folder that holds something is refused`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        #expect(throws: (any Error).self) {
            try exportCommunity(to: office.folder + "/import", effects: office.effects)
        }
    }

    @Test func `as a journal is read by hledger, which finds every account's open principal`()
        throws
    {
        let office = try TestOffice()
        let sample = office.folder + "/sample"
        try makeSample(in: sample, units: 60, seed: 11) { _, _, _ in }
        _ = try importCommunity(from: sample, dryRun: false, effects: office.effects)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let journal = office.folder + "/ledger.journal"
        try exportLedger(to: journal, effects: office.effects)
        let (status, output) = try hledger(["-f", journal, "check", "--strict"])
        #expect(status == 0, "\(output)")
        let text = try String(contentsOfFile: journal, encoding: .utf8)
        var owed = Money.zero
        try forEachAccountTotals(asOf: date("2027-12-31"), effects: office.effects) {
            owed += $0.statement.principalOpen
        }
        let balance = try hledger([
            "-f", journal, "balance", "assets:receivable", "--depth", "2", "--format", "%(total)",
        ])
        #expect(balance.output.contains(owed.grouped), "\(balance.output) \(owed.grouped)")
        // The assertions bite: one fen less is found.
        let broken = office.folder + "/broken.journal"
        try text.replacing("= 0.00 CNY", with: "= 0.01 CNY", maxReplacements: 1)
            .write(toFile: broken, atomically: true, encoding: .utf8)
        #expect(try hledger(["-f", broken, "check"]).status != 0)
    }

    private func hledger(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/hledger")
        process.arguments = arguments
        process.environment = ["LANG": "C.UTF-8"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

@Suite struct `The sample community` {
    @Test func `has the same bytes for the same seed`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, seed) in [("a", UInt64(3)), ("b", 3), ("c", 4)] {
            try makeSample(in: "\(folder)/\(name)", units: 40, seed: seed) { _, _, _ in }
        }
        let file = { (name: String) in
            FileManager.default.contents(atPath: "\(folder)/\(name)/payments.csv")
        }
        #expect(file("a") == file("b"))
        #expect(file("a") != file("c"))
    }

    @Test(arguments: [(1, UInt64(1)), (7, 2), (60, 3), (500, 4)])
    func `of any size is taken without a problem`(units: Int, seed: UInt64) throws {
        let office = try TestOffice()
        let folder = office.folder + "/sample"
        try makeSample(in: folder, units: units, seed: seed) { _, _, _ in }
        let report = try importCommunity(from: folder, dryRun: false, effects: office.effects)
        #expect(report.problems.map { $0.text(in: .en) } == [])
    }

    @Test func `has files with headers in both languages, which import as they are`() throws {
        let office = try TestOffice()
        let folder = office.folder + "/template"
        try makeTemplate(in: folder)
        #expect(
            try importCommunity(from: folder, dryRun: false, effects: office.effects).problems
                .isEmpty)
        let other = try TestOffice()
        let report = try importCommunity(
            from: folder + "/example", dryRun: false, effects: other.effects)
        #expect(report.problems.isEmpty)
        #expect(report.files.first { $0.file == "units.csv" }?.added == 12)
    }
}
