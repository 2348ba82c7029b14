import Casework
import Dunning
import FeeLedger
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Cases opened, decided, granted and looked at by anybody, in any order: what may not be is
/// refused, and what stands keeps the rules.
@Suite struct `Cases at random` {
    /// Steps altogether: a fiftieth of `DUNWELL_CASE_STEPS` (100,000 in the full test).
    static let steps =
        (ProcessInfo.processInfo.environment["DUNWELL_CASE_STEPS"].flatMap { Int($0) } ?? 5_000)
        / 50

    private let units = ["1-101", "1-102", "1-201"]
    private let people = ["王经理", "赵经理", "李四", "孙六", "周审计", "吴管理", "谁"]

    @Test func `keep one case a household, four eyes, and an untouched chain`() throws {
        let office = try hardshipOffice()
        try addStaff(to: office)
        var random = WalkRandom(seed: 20_261_122)
        var day = date("2026-11-01")
        var looks = 0
        var done = 0
        for step in 1...Self.steps {
            day = day.advanced(byDays: random.number(below: 12))
            do {
                looks += try act(office, on: day, &random)
                done += 1
            } catch is HardshipError {
            } catch is StaffError {
            } catch let error as ProposalError {
                // A plan or a concession beside another is for proposals to judge.
                _ = error
            }
            if step % 20 == 0 { try expectOneCaseEach(office, until: day) }
        }
        try expectOneCaseEach(office, until: day)
        try expectFourEyes(office)
        #expect(done > Self.steps / 10)
        let recorded = try cases(office).reduce(0) { count, record in
            try count
                + hardshipLooks(at: record.id.number, by: "王经理", effects: office.effects).count
        }
        #expect(recorded >= looks)
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified[0].breaks == 0)
    }

    /// - Returns: how many looks were allowed.
    private func act(
        _ office: TestOffice, on day: CivilDate, _ random: inout WalkRandom
    ) throws -> Int {
        let count = try cases(office).count
        let number = 1 + random.number(below: max(1, count))
        let name = people[random.number(below: people.count)]
        let review = random.number(below: 3) == 0 ? nil : day.advanced(byDays: 20)
        switch random.number(below: 7) {
        case 0, 1:
            try openCase(
                office, unit: units[random.number(below: 3)], on: "\(day)",
                review: review.map { "\($0)" }, by: name)
        case 2: try decideCase(office, .refused, of: number, on: "\(day)", by: name)
        case 3:
            try decideCase(
                office, .renewed, of: number, on: "\(day)", review: "\(day.advanced(byDays: 25))",
                by: name)
        case 4: try decideCase(office, .closed, of: number, on: "\(day)", by: name)
        case 5:
            let proposal = try proposeRelief(
                for: number,
                .concession(item: "*", from: period("2026-09"), to: nil, .noLateFee),
                review: day.advanced(byDays: 30), by: name, on: day, effects: office.effects)
            _ = try decide(
                proposal: proposal,
                Approval(
                    isApproved: random.number(below: 3) > 0, day: day,
                    by: people[random.number(below: 3)], reason: "理由"), effects: office.effects)
        default:
            _ = try showHardshipCase(number, to: name, asOf: day, effects: office.effects)
            return 1
        }
        return 0
    }

    private func cases(_ office: TestOffice) throws -> [Session.RecordedHardshipCase] {
        try office.effects.store.read { try $0.hardshipCases(of: CommunityID(1)) }
    }

    private func expectOneCaseEach(_ office: TestOffice, until last: CivilDate) throws {
        let byAccount = Dictionary(grouping: try cases(office), by: \.account)
        for number in date("2026-11-01").dayNumber...(last.dayNumber + 40) {
            let day = CivilDate(dayNumber: number)
            for (account, records) in byAccount {
                let alive = records.filter { record in
                    let state = record.hardship.state(asOf: day)
                    return state == .open || state == .granted
                }
                #expect(alive.count <= 1, "\(day): \(records)")
                let isHeld = records.contains { record in
                    record.hardship.holds.contains { $0.holds(on: day) }
                }
                #expect(isHeld == !alive.isEmpty, "\(day) \(account)")
            }
        }
    }

    /// Nobody refused what he opened, and no relief was granted by who opened the case.
    private func expectFourEyes(_ office: TestOffice) throws {
        for record in try cases(office) {
            let shown = try showHardshipCase(
                record.id.number, to: "王经理", asOf: date("2030-01-01"), effects: office.effects)
            for decided in shown.file.decisions {
                #expect(["王经理", "赵经理"].contains(decided.staff))
                let outcome = decided.decision.outcome
                if outcome == .granted || outcome == .refused {
                    #expect(decided.staff != record.opener)
                }
            }
        }
    }
}

/// SplitMix64.
private struct WalkRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func number(below count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((word ^ (word >> 31)) % UInt64(count))
    }
}
