import Casework
import Dunning
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `Holds` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        return office
    }

    private func add(_ office: TestOffice, _ text: String) throws {
        let names = ["unit", "reason", "from", "to", "note"]
        let values = text.split(separator: " ").map(String.init)
        let report = try enterHold(
            Dictionary(uniqueKeysWithValues: zip(names, values)), effects: office.effects)
        #expect(report.problems.isEmpty)
    }

    private func list(_ office: TestOffice, asOf: String) throws -> [String] {
        var rows: [String] = []
        try forEachHold(asOf: date(asOf), effects: office.effects) {
            rows.append(
                "\($0.unit) \($0.hold.reason.rawValue) \($0.hold.from) "
                    + ($0.hold.to.map { "\($0)" } ?? "-") + ($0.isEntered ? "" : " *"))
        }
        return rows
    }

    private func promise(
        _ office: TestOffice, _ unit: String, _ on: String, _ until: String,
        owner: String? = nil
    ) throws {
        _ = try recordPromise(
            PromiseToPay(
                amount: Money(fen: 100), on: date(on), until: date(until), isInWriting: false),
            of: unit, owner: owner, effects: office.effects)
    }

    private func tellDeath(_ office: TestOffice, _ unit: String, _ day: String) throws {
        var contact = Session.NewContact(
            way: .call, date: date(day), staff: ["王"], relation: "spouse")
        contact.with = "家属"
        contact.note = "去世"
        contact.reason = .deceased
        _ = try recordContact(contact, of: unit, owner: nil, effects: office.effects)
    }

    @Test func `are entered by the rules of an import, once`() throws {
        let office = try office()
        try add(office, "1-101 disputed 2026-11-01")
        #expect(throws: OfficeError.self) { try add(office, "1-101 disputed 2026-11-01") }
        #expect(
            try list(office, asOf: "2026-11-21") == [
                "1-101 disputed 2026-11-01 -", "1-201 hardship 2026-09-01 2026-12-31",
            ])
    }

    @Test func `are ended on a day, that day included, and the newest end counts`() throws {
        let office = try office()
        try add(office, "1-101 disputed 2026-11-01 2026-11-30")
        func end(_ day: String, of unit: String = "1-101") throws {
            try endHold(
                of: unit, .disputed, from: date("2026-11-01"), on: date(day),
                effects: office.effects)
        }
        try end("2026-11-10")
        #expect(try list(office, asOf: "2026-11-10").count == 2)
        #expect(try list(office, asOf: "2026-11-11").count == 1)
        try end("2026-11-20")
        #expect(try list(office, asOf: "2026-11-20").count == 2)
        #expect(throws: HoldError.longer(to: date("2026-12-01"), entered: date("2026-11-30"))) {
            try end("2026-12-01")
        }
        #expect(throws: HoldError.endsBefore(to: date("2026-10-31"), from: date("2026-11-01"))) {
            try end("2026-10-31")
        }
        #expect(
            throws: HoldError.unknownHold(
                unit: "1-201", reason: .disputed, from: date("2026-11-01"))
        ) { try end("2026-11-10", of: "1-201") }
    }

    @Test func `are not ended before a run that went by them`() throws {
        let office = try office()
        try add(office, "1-101 disputed 2026-11-01 2026-11-30")
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-22"), dryRun: false, effects: office.effects)
        func end(_ day: String) throws {
            try endHold(
                of: "1-101", .disputed, from: date("2026-11-01"), on: date(day),
                effects: office.effects)
        }
        #expect(
            throws: HoldError.endsBeforeRun(to: date("2026-11-21"), run: date("2026-11-22"))
        ) { try end("2026-11-21") }
        for _ in 0..<2 { try end("2026-11-22") }
        #expect(try list(office, asOf: "2026-11-22").count == 2)
        #expect(try list(office, asOf: "2026-11-23").count == 1)
    }

    @Test func `that follow from casework are listed beside the register's`() throws {
        let office = try office()
        try promise(office, "1-101", "2026-11-10", "2026-11-20")
        try tellDeath(office, "1-201", "2026-11-15")
        #expect(
            try list(office, asOf: "2026-11-20") == [
                "1-101 promise 2026-11-10 2026-11-20 *", "1-201 hardship 2026-09-01 2026-12-31",
                "1-201 deceased 2026-11-15 - *",
            ])
        #expect(try list(office, asOf: "2026-11-21").count == 2)
    }

    // A part is broken once it is more than seven days late: 10 December is, from the 18th on.
    @Test func `that follow from plans and hardship cases are among them`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let part = Money(fen: 137_28)
        let proposal = try propose(
            ProposalEntry(
                unit: "1-101", owner: nil,
                matter: .plan(
                    parts: [
                        InstalmentPlan.Part(due: date("2026-12-10"), amount: part),
                        InstalmentPlan.Part(due: date("2027-01-10"), amount: part),
                    ], lateFee: .pause, forgives: false),
                day: date("2026-11-10"), staff: "王", reason: "分期"), effects: office.effects)
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: true, day: date("2026-11-10"), by: "经理", reason: ""),
            effects: office.effects)
        _ = try openHardshipCase(
            for: "1-102", owner: nil, kind: .temporary, reason: "失业", by: "王",
            on: date("2026-11-15"), review: date("2027-02-15"), effects: office.effects)
        #expect(
            try list(office, asOf: "2026-11-20") == [
                "1-101 plan 2026-11-10 2026-12-17 *", "1-102 hardship 2026-11-15 2027-02-15 *",
                "1-201 hardship 2026-09-01 2026-12-31",
            ])
        #expect(
            try exported(office, as: "out").split(separator: "\n").suffix(2) == [
                "1-101,plan,2026-11-10,2026-12-17,", "1-102,hardship,2026-11-15,2027-02-15,",
            ])
    }

    @Test func `that tell of a death stay on what the dead owed, whoever holds the unit`() throws {
        let office = try office()
        try tellDeath(office, "1-101", "2026-11-15")
        _ = try transferOwnership(
            of: "1-101", to: ["A05"], on: date("2026-12-01"), effects: office.effects)
        for date in ["2026-11-30", "2026-12-01"] {
            #expect(try list(office, asOf: date).contains("1-101 deceased 2026-11-15 - *"))
        }
    }

    // MARK: - Out and in again

    private func exported(_ office: TestOffice, as name: String) throws -> String {
        _ = try exportCommunity(to: office.folder + "/" + name, effects: office.effects)
        return try String(
            contentsOfFile: office.folder + "/\(name)/holds.csv", encoding: .utf8
        ).replacing("\r\n", with: "\n")
    }

    @Test
    func `go out with an export, and an import of it changes nothing here, and the same there`()
        throws
    {
        let office = try office()
        try add(office, "1-101 disputed 2026-11-01 2026-11-30 投诉")
        try endHold(
            of: "1-101", .disputed, from: date("2026-11-01"), on: date("2026-11-10"),
            effects: office.effects)
        try promise(office, "1-101", "2026-11-12", "2026-11-20")
        try promise(office, "1-101", "2026-11-12", "2026-11-25")
        try tellDeath(office, "1-201", "2026-11-15")
        // A former owner's: a row of the table would hold the present one's dunning.
        try promise(office, "1-102", "2026-11-12", "2026-11-20", owner: "A02")
        let holds = try exported(office, as: "out")
        #expect(
            holds.split(separator: "\n").dropFirst() == [
                "1-201,hardship,2026-09-01,2026-12-31,", "1-101,disputed,2026-11-01,2026-11-10,投诉",
                "1-101,promise,2026-11-12,2026-11-25,", "1-201,deceased,2026-11-15,,",
            ])
        let again = try importCommunity(
            from: office.folder + "/out", dryRun: false, effects: office.effects)
        #expect(again.problems.isEmpty)
        #expect(again.files.last?.known == 4 && again.files.last?.added == 0)
        #expect(try exported(office, as: "again") == holds)

        let other = try TestOffice()
        let there = try importCommunity(
            from: office.folder + "/out", dryRun: false, effects: other.effects)
        #expect(there.files.last?.added == 4)
        #expect(try exported(other, as: "out") == holds)
    }

    /// Reads that table of holds into a community that has them already, or not.
    private func read(_ office: TestOffice, _ rows: String...) throws -> ImportReport {
        let folder = office.folder + "/read-\(UUID().uuidString)"
        _ = try exportCommunity(to: folder, effects: office.effects)
        let text = "unit,reason,from,to,note\n" + rows.joined(separator: "\n") + "\n"
        try text.write(toFile: folder + "/holds.csv", atomically: true, encoding: .utf8)
        return try importCommunity(from: folder, dryRun: false, effects: office.effects)
    }

    // An export writes the later of the two last days.
    @Test func `of the register and of a promise with one first day are read back`() throws {
        let office = try office()
        try add(office, "1-101 promise 2026-11-10 2026-11-12")
        try promise(office, "1-101", "2026-11-10", "2026-11-20")
        #expect(try exported(office, as: "first").contains("1-101,promise,2026-11-10,2026-11-20,"))
        for to in ["2026-11-20", "2026-11-12"] {
            let again = try read(office, "1-101,promise,2026-11-10,\(to),")
            #expect(again.problems.isEmpty && again.files.last?.known == 1)
        }
        #expect(try read(office, "1-101,promise,2026-11-10,2026-11-30,").problems.count == 1)
        #expect(
            try list(office, asOf: "2026-11-13").contains("1-101 promise 2026-11-10 2026-11-20 *"))
    }

    @Test func `of another last day than a promise's are recorded beside it`() throws {
        let office = try office()
        try promise(office, "1-101", "2026-11-10", "2026-11-12")
        let known = try read(office, "1-101,promise,2026-11-10,2026-11-12,")
        #expect(known.files.last?.known == 1)
        #expect(try list(office, asOf: "2026-11-20").count == 1)
        let report = try read(office, "1-101,promise,2026-11-10,2026-12-31,")
        #expect(report.problems.isEmpty && report.files.last?.added == 1)
        #expect(
            try list(office, asOf: "2026-11-11").filter { $0.hasPrefix("1-101") } == [
                "1-101 promise 2026-11-10 2026-12-31", "1-101 promise 2026-11-10 2026-11-12 *",
            ])
        #expect(try list(office, asOf: "2026-11-20").count == 2)
        // Entered by hand likewise.
        try promise(office, "1-102", "2026-11-10", "2026-11-12")
        try add(office, "1-102 promise 2026-11-10")
        #expect(try list(office, asOf: "2026-11-20").count == 3)
    }

    @Test func `of an older export are known by what was entered`() throws {
        let office = try office()
        try add(office, "1-101 disputed 2026-11-01 2026-11-30")
        _ = try exported(office, as: "before")
        try endHold(
            of: "1-101", .disputed, from: date("2026-11-01"), on: date("2026-11-10"),
            effects: office.effects)
        let again = try importCommunity(
            from: office.folder + "/before", dryRun: false, effects: office.effects)
        #expect(again.problems.isEmpty && again.files.last?.known == 2)
        #expect(try list(office, asOf: "2026-11-11").count == 1)
    }
}
