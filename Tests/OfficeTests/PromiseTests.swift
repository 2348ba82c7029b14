import Casework
import Dunning
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// 1-101 of Maple Court owes 274.56 for November, due on the 15th: overdue 1 day on the 16th, 6 on
/// the 21st, 19 on 4 December, 29 on the 14th.
@Suite struct `Promises` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        try run(office, "2026-11-05")
        return office
    }

    private func run(_ office: TestOffice, _ day: String) throws {
        _ = try runPeriod(
            period("2026-11"), asOf: date(day), dryRun: false, effects: office.effects)
    }

    /// Dunning notices of the unit, by day.
    private func dunning(_ office: TestOffice, _ unit: String = "1-101") throws -> [String] {
        var found: [String] = []
        try forEachNotice(period: nil, effects: office.effects) { notice in
            guard notice.unit == unit, let stage = notice.stage else { return }
            found.append("\(notice.asOf) \(stage)")
        }
        return found
    }

    @discardableResult
    private func promise(
        _ office: TestOffice, _ on: String, _ until: String, _ yuan: Int = 274,
        unit: String = "1-101", owner: String? = nil, written: Bool = false
    ) throws -> PromiseSummary {
        try recordPromise(
            PromiseToPay(
                amount: Money(fen: yuan * 100), on: date(on), until: date(until),
                isInWriting: written),
            of: unit, owner: owner, effects: office.effects)
    }

    private func pay(_ office: TestOffice, _ day: String, _ amount: String) throws {
        let report = try enter(
            .payments, .add,
            values: [
                "reference": "P\(day)", "date": day, "unit": "1-101", "amount": amount,
                "method": "bank",
            ],
            effects: office.effects)
        #expect(report.problems.isEmpty)
    }

    private func list(_ office: TestOffice, asOf: String) throws -> [String] {
        var rows: [String] = []
        try forEachPromise(asOf: date(asOf), effects: office.effects) { each in
            rows.append(
                "\(each.unit) \(each.owners) \(each.promise.amount) \(each.promise.until) "
                    + each.state(asOf: date(asOf)).rawValue)
        }
        return rows
    }

    @Test func `hold dunning to the promised day, then the ladder goes on where it stood`() throws {
        let office = try office()
        try promise(office, "2026-11-16", "2026-12-05")
        for day in ["2026-11-16", "2026-11-21", "2026-12-04", "2026-12-05"] {
            try run(office, day)
        }
        #expect(try dunning(office) == [])
        try run(office, "2026-12-06")
        #expect(try dunning(office) == ["2026-12-06 late"])
        try run(office, "2026-12-14")
        #expect(try dunning(office) == ["2026-12-06 late", "2026-12-14 formal"])
    }

    @Test func `hold nothing once they are withdrawn, and are in no list`() throws {
        let office = try office()
        let number = try promise(office, "2026-11-16", "2026-12-05").promise.number
        #expect(try list(office, asOf: "2026-11-21") == ["1-101 A01 274.00 2026-12-05 open"])
        try withdrawPromise(
            number, reason: "登记错了房号", on: date("2026-11-21"), effects: office.effects)
        #expect(try list(office, asOf: "2026-11-21") == [])
        try run(office, "2026-11-21")
        #expect(try dunning(office) == ["2026-11-21 middle"])
        #expect(throws: PromiseError.unknownPromise(number: number)) {
            try withdrawPromise(
                number, reason: "登记错了房号", on: date("2026-11-21"), effects: office.effects)
        }
    }

    @Test func `that are judged are withdrawn by a manager alone`() throws {
        let office = try office()
        let number = try promise(office, "2026-11-16", "2026-11-20").promise.number
        let clerk = office.effects.staff
        try addUser("王经理", role: .manager, by: nil, effects: office.effects)
        try addUser(clerk, role: .clerk, by: nil, effects: office.effects)
        #expect(throws: StaffError.notManager(name: clerk, role: "clerk")) {
            try withdrawPromise(
                number, reason: "不想要", on: date("2026-11-21"), effects: office.effects)
        }
        #expect(try list(office, asOf: "2026-11-21") == ["1-101 A01 274.00 2026-11-20 broken"])
        // On its last day it is open.
        try withdrawPromise(
            number, reason: "登记错了房号", on: date("2026-11-20"), effects: office.effects)
        #expect(try list(office, asOf: "2026-11-21") == [])
    }

    @Test func `stand as they did before the day on which they are withdrawn`() throws {
        let office = try office()
        let number = try promise(office, "2026-11-16", "2026-12-05").promise.number
        try run(office, "2026-11-21")
        try withdrawPromise(
            number, reason: "登记错了房号", on: date("2026-11-23"), effects: office.effects)
        try run(office, "2026-11-21")
        try run(office, "2026-11-22")
        #expect(try dunning(office) == [])
        #expect(try list(office, asOf: "2026-11-22") == ["1-101 A01 274.00 2026-12-05 open"])
        #expect(try list(office, asOf: "2026-11-23") == [])
        try run(office, "2026-11-23")
        #expect(try dunning(office) == ["2026-11-23 middle"])
        #expect(!(try promise(office, "2026-11-16", "2026-12-05").isKnown))
    }

    @Test func `are judged by what came from their day to the last, as far as it stands`() throws {
        let office = try office()
        try promise(office, "2026-11-16", "2026-11-20", 200)
        try promise(office, "2026-11-21", "2026-11-25", 100)
        try pay(office, "2026-11-20", "150.00")
        #expect(try list(office, asOf: "2026-11-15") == [])
        #expect(try list(office, asOf: "2026-11-20") == ["1-101 A01 200.00 2026-11-20 open"])
        #expect(
            try list(office, asOf: "2026-11-26") == [
                "1-101 A01 200.00 2026-11-20 partly", "1-101 A01 100.00 2026-11-25 broken",
            ])
        try reversePayment(
            "P2026-11-20", on: date("2026-11-26"), reason: "退票", effects: office.effects)
        #expect(
            try list(office, asOf: "2026-11-26").first == "1-101 A01 200.00 2026-11-20 broken")
        #expect(
            try list(office, asOf: "2026-11-25").first == "1-101 A01 200.00 2026-11-20 partly")
    }

    @Test func `that are broken are counted`() throws {
        let office = try office()
        #expect(try promise(office, "2026-11-16", "2026-11-18").broken == 0)
        #expect(try promise(office, "2026-11-19", "2026-11-20").broken == 1)
        #expect(try promise(office, "2026-11-21", "2026-11-22").broken == 2)
        // On its last day a promise is not broken yet.
        #expect(try promise(office, "2026-11-22", "2026-11-30").broken == 2)
    }

    @Test func `are entered once`() throws {
        let office = try office()
        let first = try promise(office, "2026-11-16", "2026-11-18")
        let again = try promise(office, "2026-11-16", "2026-11-18")
        #expect(!first.isKnown && again.isKnown)
        #expect(first.promise.number == again.promise.number)
        #expect(try list(office, asOf: "2026-11-16").count == 1)
    }

    @Test func `are refused where they make no sense`() throws {
        let office = try office()
        #expect(throws: PromiseError.nothingPromised(amount: .zero)) {
            try promise(office, "2026-11-16", "2026-11-18", 0)
        }
        #expect(
            throws: PromiseError.endsBefore(until: date("2026-11-15"), on: date("2026-11-16"))
        ) { try promise(office, "2026-11-16", "2026-11-15") }
    }

    @Test func `change no figure`() throws {
        let office = try office()
        let before = try office.books(asOf: date("2026-12-20"))
        try promise(office, "2026-11-16", "2026-11-18")
        #expect(try office.books(asOf: date("2026-12-20")) == before)
    }

    // MARK: - Limitation

    private func clocks(_ office: TestOffice, asOf: String) throws -> [String] {
        var rows: [String] = []
        _ = try forEachLimitation(asOf: date(asOf), warning: false, effects: office.effects) {
            if $0.unit == "1-102", $0.owners == "A02" {
                rows.append("\($0.period) \($0.lastDay) \($0.restsOn)")
            }
        }
        return rows
    }

    /// The former owner of 1-102 owes May, due on 15 May 2026.
    @Test func `start anew the claims that are open on their day`() throws {
        let office = try office()
        #expect(try clocks(office, asOf: "2026-11-21") == ["2026-05 2029-05-15 due"])
        let number = try promise(
            office, "2026-11-10", "2026-11-20", 100, unit: "1-102", owner: "A02"
        ).promise.number
        #expect(try clocks(office, asOf: "2026-11-09") == ["2026-05 2029-05-15 due"])
        #expect(try clocks(office, asOf: "2026-11-10") == ["2026-05 2029-11-10 promise"])
        try withdrawPromise(
            number, reason: "登记错了", on: date("2026-11-12"), effects: office.effects)
        #expect(try clocks(office, asOf: "2026-11-11") == ["2026-05 2029-11-10 promise"])
        #expect(try clocks(office, asOf: "2026-11-21") == ["2026-05 2029-05-15 due"])
    }

    @Test func `start a lapsed claim anew in writing alone`() throws {
        let office = try office()
        try promise(office, "2029-05-16", "2029-06-01", 100, unit: "1-102", owner: "A02")
        #expect(try clocks(office, asOf: "2029-07-01") == ["2026-05 2029-05-15 due"])
        try promise(
            office, "2029-05-17", "2029-06-01", 100, unit: "1-102", owner: "A02", written: true)
        #expect(try clocks(office, asOf: "2029-07-01") == ["2026-05 2032-05-17 promise"])
    }

    @Test func `of the former owner leave the present one alone`() throws {
        let office = try office()
        try promise(office, "2026-11-16", "2027-11-20", 100, unit: "1-102", owner: "A02")
        try run(office, "2026-11-21")
        #expect(try dunning(office, "1-102") == ["2026-11-05 formal", "2026-11-21 middle"])
    }
}
