import Casework
import Foundation
import Primitives
import Testing

/// Cases that are decided at random, followed day by day beside the rule.
@Suite struct `A random walk through cases` {
    /// Decisions altogether; `DUNWELL_CASE_STEPS` sets them (100,000 in the full test).
    static let steps =
        ProcessInfo.processInfo.environment["DUNWELL_CASE_STEPS"].flatMap { Int($0) } ?? 5_000

    @Test func `gives the states, review dates and holds that each day gives`() {
        var random = CaseRandom(seed: 20_261_122)
        var steps = 0
        while steps < Self.steps {
            var hardship = HardshipCase(
                kind: .temporary, day: random.day(after: 0), review: random.review(after: 0),
                decisions: [])
            for _ in 0...random.number(6) {
                steps += 1
                let from = hardship.decisions.last?.day.dayNumber ?? hardship.day.dayNumber
                let day = random.day(after: from)
                let outcome = HardshipCase.Outcome.allCases[random.number(3)]
                guard hardship.mayBe(outcome, on: day) else { continue }
                let review =
                    outcome == .refused || outcome == .closed
                    ? nil : random.review(after: day.dayNumber)
                hardship = HardshipCase(
                    kind: .temporary, day: hardship.day, review: hardship.review,
                    decisions: hardship.decisions + [
                        HardshipCase.Decision(outcome, on: day, review: review)
                    ])
            }
            let wrong = firstWrongDay(of: hardship)
            #expect(wrong == nil, "\(hardship)")
            if wrong != nil { return }
        }
    }

    /// Follows the case day by day.
    private func firstWrongDay(of hardship: HardshipCase) -> Int? {
        let holds = hardship.holds
        var word: HardshipCase.State = .open
        var review = hardship.review?.dayNumber
        let first = hardship.day.dayNumber
        let events =
            hardship.decisions.flatMap { [$0.day, $0.review ?? $0.day] } + [
                hardship.day, hardship.review ?? hardship.day,
            ]
        var (known, knownHolds) = (hardship, holds)
        var count = -1
        for number in (first - 2)...(events.max()!.dayNumber + 3) {
            let day = CivilDate(dayNumber: number)
            for decision in hardship.decisions where decision.day == day {
                switch decision.outcome {
                case .granted: word = .granted
                case .refused: word = .refused
                case .closed: word = .closed
                case .renewed: break
                }
                review = decision.review?.dayNumber
            }
            let isOver = word == .refused || word == .closed
            let isLapsed = !isOver && (review.map { $0 < number } ?? false)
            let state: HardshipCase.State? =
                number < first ? nil : isLapsed ? .lapsed : word
            let isAlive = state == .open || state == .granted
            // What is recorded for later days changes nothing for this one.
            let decided = hardship.decisions.filter { $0.day <= day }
            if decided.count != count {
                count = decided.count
                known = HardshipCase(
                    kind: hardship.kind, day: hardship.day, review: hardship.review,
                    decisions: decided)
                knownHolds = known.holds
            }
            let agrees =
                hardship.state(asOf: day) == state && known.state(asOf: day) == state
                && holds.count(where: { $0.holds(on: day) }) == (isAlive ? 1 : 0)
                && knownHolds.contains { $0.holds(on: day) } == isAlive
                && hardship.review(asOf: day)?.dayNumber == (state == nil || isOver ? nil : review)
            if !agrees { return number }
        }
        return nil
    }
}

/// SplitMix64.
private struct CaseRandom {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    /// 0…most
    mutating func number(_ most: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((word ^ (word >> 31)) % UInt64(most + 1))
    }
    mutating func day(after number: Int) -> CivilDate {
        CivilDate(dayNumber: number + self.number(30))
    }
    mutating func review(after number: Int) -> CivilDate? {
        self.number(4) == 0 ? nil : CivilDate(dayNumber: number + 30 + self.number(40))
    }
}
