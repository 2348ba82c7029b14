import Casework
import Dunning
import Evidence
import FeeLedger
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// 1-101 of Maple Court refuses. It owes 274.56 for November, due on the 15th, and 285.00 for
/// December; on 20 December November is overdue by 35 days.
@Suite struct `The way to court` {
    private let asOf = date("2026-12-20")

    private func office(ceiling: Bool = false) throws -> TestOffice {
        let office = try TestOffice()
        var files = MapleCourt.files
        if ceiling {
            files["policy.yaml"]! +=
                "court: { small_claims: [ { from: 2026-01-01, ceiling: 570.00 } ] }\n"
        }
        #expect(try office.take(files).problems.isEmpty)
        for (month, day) in [("2026-11", "2026-11-05"), ("2026-12", "2026-12-18")] {
            _ = try runPeriod(
                period(month), asOf: date(day), dryRun: false, effects: office.effects)
        }
        return office
    }

    private func say(
        _ office: TestOffice, _ reason: ArrearsReason, _ day: String = "2026-12-01"
    ) throws {
        var contact = Session.NewContact(
            way: .call, date: date(day), staff: ["王"], relation: "owner")
        contact.with = "安甲"
        contact.note = "不交"
        contact.reason = reason
        _ = try recordContact(contact, of: "1-101", owner: nil, effects: office.effects)
    }

    /// The last notice of 1-101, signed for by the owner.
    private func serve(_ office: TestOffice, how: ServiceWay = .signedOwner) throws {
        var number = ""
        try forEachNotice(period: nil, effects: office.effects) {
            if $0.unit == "1-101" { number = $0.number }
        }
        let entry = ServiceEntry(of: number, how: how, on: asOf, staff: ["王", "李"])
        _ = try recordService(entry, effects: office.effects)
    }

    private func approve(_ office: TestOffice, on day: String = "2026-12-20") throws {
        let proposal = try propose(
            ProposalEntry(
                unit: "1-101", owner: nil, matter: .court, day: date(day), staff: "王",
                reason: "拒付"), effects: office.effects)
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: true, day: date(day), by: "经理", reason: ""),
            effects: office.effects)
    }

    @discardableResult
    private func step(
        _ office: TestOffice, _ stage: CourtStage, _ day: String, cost: Int = 0
    ) throws -> (number: Int, isKnown: Bool) {
        var entry = CourtStepEntry(of: "1-101", owner: nil, stage: stage, on: date(day))
        entry.cost = Money(fen: cost)
        return try recordCourtStep(entry, effects: office.effects)
    }

    private func candidates(_ office: TestOffice, asOf: String = "2026-12-20") throws -> [String] {
        var rows: [String] = []
        try forEachCourtCandidate(asOf: date(asOf), effects: office.effects) {
            rows.append(
                "\($0.unit) \($0.principal) \($0.lateFee) \($0.daysOverdue) \($0.provenOn) "
                    + ($0.isSmallClaim.map { $0 ? "small" : "above" } ?? "unset"))
        }
        return rows
    }

    private func list(_ office: TestOffice, asOf: String) throws -> [String] {
        var rows: [String] = []
        try forEachCourtCase(asOf: date(asOf), effects: office.effects) {
            rows.append(
                "\($0.unit) \($0.principal) \($0.lateFee) \($0.stage?.rawValue ?? "approved") "
                    + "\($0.since) \($0.costs)")
        }
        return rows
    }

    // 274.56 × 35 days × 1‰ = 9.6096, and 285.00 × 5 × 1‰ = 1.425: 9.61 and 1.43 rounded half up.
    @Test func `begins with those who refuse, overdue at the formal stage, with a proven demand`()
        throws
    {
        let office = try office()
        try say(office, .refuses)
        #expect(try candidates(office) == [])
        try serve(office)
        #expect(try candidates(office) == ["1-101 559.56 11.04 35 2026-12-20 unset"])
        #expect(try candidates(office, asOf: "2026-12-19") == [])
        try say(office, .temporary, "2026-12-19")
        #expect(try candidates(office) == [])
    }

    // 559.56 + 11.04 = 570.60 is above 570.00.
    @Test func `compares with the ceiling of small claims`() throws {
        let office = try office(ceiling: true)
        try say(office, .refuses)
        try serve(office)
        #expect(try candidates(office) == ["1-101 559.56 11.04 35 2026-12-20 above"])
    }

    @Test func `is closed to those in hardship, and to those who were promised time`() throws {
        let office = try office()
        try say(office, .refuses)
        try serve(office)
        _ = try openHardshipCase(
            for: "1-101", owner: nil, kind: .temporary, reason: "失业", by: "王",
            on: date("2026-12-20"), review: nil, effects: office.effects)
        #expect(try candidates(office) == [])
    }

    @Test func `takes a manager's approval`() throws {
        let office = try office()
        let refused = CourtError.notApproved(unit: "1-101", on: date("2026-12-19"))
        #expect(throws: refused) { try step(office, .demandServed, "2026-12-19") }
        try approve(office)
        #expect(throws: refused) { try step(office, .demandServed, "2026-12-19") }
        #expect(try list(office, asOf: "2026-12-19") == [])
        #expect(
            try list(office, asOf: "2026-12-20") == ["1-101 559.56 11.04 approved 2026-12-20 0.00"])
        try step(office, .demandServed, "2026-12-21")
    }

    @Test func `goes forward, stages may be passed over, costs add up`() throws {
        let office = try office()
        try approve(office)
        try step(office, .lawyersLetter, "2026-12-21", cost: 300_00)
        #expect(throws: CourtError.backwards(stage: .demandServed, last: .lawyersLetter)) {
            try step(office, .demandServed, "2026-12-22")
        }
        #expect(throws: CourtError.before(on: date("2026-12-20"), last: date("2026-12-21"))) {
            try step(office, .filed, "2026-12-20")
        }
        let filed = try step(office, .filed, "2026-12-22", cost: 25_00)
        #expect(try step(office, .filed, "2026-12-22", cost: 25_00).number == filed.number)
        try step(office, .hearing, "2027-01-10")
        try step(office, .hearing, "2027-01-20")
        // Two days more on 559.56: 1.12 of late fee.
        #expect(
            try list(office, asOf: "2026-12-22") == ["1-101 559.56 12.16 filed 2026-12-22 325.00"])
        #expect(throws: CourtError.notTheLast(number: filed.number)) {
            try withdrawCourtStep(
                filed.number, reason: "错了", on: date("2027-01-25"), effects: office.effects)
        }
        try withdrawCourtStep(
            4, reason: "没有开庭", on: date("2027-01-25"), effects: office.effects)
        #expect(try list(office, asOf: "2027-01-24")[0].hasSuffix("hearing 2027-01-20 325.00"))
        #expect(try list(office, asOf: "2027-02-01")[0].hasSuffix("hearing 2027-01-10 325.00"))
    }

    @Test func `ends, and then dunning goes on`() throws {
        let office = try office()
        try approve(office)
        try step(office, .filed, "2026-12-22")
        try step(office, .ended, "2027-01-10")
        #expect(try list(office, asOf: "2027-01-09").count == 1)
        #expect(try list(office, asOf: "2027-01-10") == [])
        #expect(throws: CourtError.notApproved(unit: "1-101", on: date("2027-01-11"))) {
            try step(office, .filed, "2027-01-11")
        }
        func held(_ day: String) throws -> Int {
            try runPeriod(
                period("2026-12"), asOf: date(day), dryRun: true, effects: office.effects
            ).held
        }
        #expect(try held("2026-12-19") == 0)
        #expect(try held("2026-12-20") == 1)
        #expect(try held("2027-01-09") == 1)
        #expect(try held("2027-01-10") == 0)
        try approve(office, on: "2027-02-01")
        try step(office, .demandServed, "2027-02-02")
    }

    @Test func `goes on from the day on which its end is withdrawn`() throws {
        let office = try office()
        try approve(office)
        let ended = try step(office, .ended, "2027-01-10").number
        try withdrawCourtStep(
            ended, reason: "没有撤诉", on: date("2027-01-15"), effects: office.effects)
        func held(_ day: String) throws -> Int {
            try runPeriod(
                period("2026-12"), asOf: date(day), dryRun: true, effects: office.effects
            ).held
        }
        for (day, isHeld) in [
            ("2027-01-09", true), ("2027-01-10", false), ("2027-01-14", false),
            ("2027-01-15", true),
        ] {
            #expect(try held(day) == (isHeld ? 1 : 0))
            #expect(try list(office, asOf: day).isEmpty == !isHeld)
        }
        try step(office, .filed, "2027-01-16")
    }

    @Test func `stops at hardship: the list leaves it out, and only the end is recorded`() throws {
        let office = try office()
        try approve(office)
        let id = try openHardshipCase(
            for: "1-101", owner: nil, kind: .long, reason: "重病", by: "王",
            on: date("2026-12-25"), review: nil, effects: office.effects)
        #expect(try list(office, asOf: "2026-12-24").count == 1)
        #expect(try list(office, asOf: "2026-12-25") == [])
        #expect(throws: CourtError.inHardship(unit: "1-101", on: date("2026-12-26"))) {
            try step(office, .filed, "2026-12-26")
        }
        try decideHardshipCase(
            id.number, .refused, review: nil, reason: "证明不足", by: "经理",
            on: date("2027-01-05"), effects: office.effects)
        #expect(try list(office, asOf: "2027-01-04") == [])
        #expect(try list(office, asOf: "2027-01-05").count == 1)
        try step(office, .ended, "2027-01-06")
    }

    @Test func `keeps papers`() throws {
        let office = try office()
        try approve(office)
        let path = office.folder + "/order.pdf"
        try Data("支付令".utf8).write(to: URL(fileURLWithPath: path))
        var entry = CourtStepEntry(
            of: "1-101", owner: nil, stage: .filed, on: date("2026-12-21"))
        entry.file = path
        let first = try recordCourtStep(entry, effects: office.effects)
        #expect(try recordCourtStep(entry, effects: office.effects) == (first.number, true))
        entry.file = office.folder + "/none.pdf"
        #expect(throws: EvidenceError.noFile(path: entry.file!)) {
            try recordCourtStep(entry, effects: office.effects)
        }
        var hashes: [String?] = []
        try forEachCourtStep(of: "1-101", effects: office.effects) { hashes.append($1.sha256) }
        #expect(hashes.count == 1 && hashes[0]?.count == 64)
    }
}
