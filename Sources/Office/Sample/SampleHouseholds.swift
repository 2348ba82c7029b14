import FeeLedger
import Primitives

/// The same numbers for the same seed, number and topic, on every machine: SplitMix64.
struct SampleDice {
    /// Draws of one topic never shift those of another.
    enum Topic: UInt64 {
        case story, tenure, area, water, firstPayments, laterPayments, name, language, contact
    }

    private var state: UInt64

    init(seed: UInt64, number: Int, topic: Topic) {
        state = seed
        state = next() ^ UInt64(number)
        state = next() ^ topic.rawValue
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0..<bound
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func pick(_ texts: [String]) -> String { texts[below(texts.count)] }

    /// One of the texts, as often as its weight says.
    mutating func pick(_ weighted: (weight: Int, text: String)...) -> String {
        var left = below(weighted.reduce(0) { $0 + $1.weight })
        return weighted.first { candidate in
            left -= candidate.weight
            return left < 0
        }!.text
    }

    mutating func day(from first: String, to last: String) -> CivilDate {
        let first = CivilDate(first)!
        return first.advanced(byDays: below(CivilDate(last)! - first + 1))
    }
}

extension SampleCommunity {
    /// What is told of a unit. Dealt out by hundreds, so that every five hundred units have some of
    /// each; `weight` is how many of a hundred.
    enum Story: CaseIterable {
        case unsold, changesHands, handedOver, onTime, daysLate, quarterly, inPart, stopped, held
        case never, prepaid, hardship

        var weight: Int {
            switch self {
            case .unsold, .hardship: 1
            case .handedOver, .held, .never: 2
            case .changesHands, .prepaid: 3
            case .quarterly, .inPart, .stopped: 4
            case .daysLate: 8
            case .onTime: 66
            }
        }
    }

    /// How an account pays.
    enum Habit {
        case onTime, never, prepaid, hardship
        /// The last month may not be paid at all.
        case daysLate(lastOpen: Bool)
        /// In the months whose number leaves `phase` by three.
        case quarterly(phase: Int)
        /// All but `shortfall`.
        case inPart(shortfall: Money)
        case stopped(lastPaid: Period, Afterwards)
    }

    /// What still came in after regular payments had stopped.
    enum Afterwards {
        case nothing
        case half(on: CivilDate)
        case all(on: CivilDate)
        case instalments(from: Period)
    }

    /// One ownership of a unit, by owners' numbers.
    struct Tenure {
        let owners: [Int]
        let from: CivilDate
        let to: CivilDate?
        let agreedRate: DailyRate?
        let habit: Habit

        var rate: DailyRate { agreedRate ?? SampleFees.lateFeeRate }
        func holds(on date: CivilDate) -> Bool { from <= date && date <= (to ?? .distantFuture) }
    }

    /// A unit with all that is told of it.
    struct Household {
        let number: Int
        let unit: Unit
        let story: Story
        /// Counts the households of one story, so that its variants take turns.
        let turn: Int
        let tenures: [Tenure]
        /// Numbers of the owners that are not registered with another unit.
        let ownersRegisteredHere: [Int]

        var hasWater: Bool { !tenures.isEmpty && unit.kind != .parking }
        var mayHaveWaivers: Bool {
            tenures.contains { if case .daysLate = $0.habit { true } else { false } }
        }
    }

    func dice(_ number: Int, _ topic: SampleDice.Topic) -> SampleDice {
        SampleDice(seed: seed, number: number, topic: topic)
    }
}

// MARK: - A household

extension SampleCommunity {
    /// - Parameter number: 1...units; flats first, then shops, then parking spaces.
    func household(_ number: Int) -> Household {
        let place = place(number)
        if place.kind == .parking, let flat = flatOfSpace(number) {
            return space(number, place, of: flat)
        }
        var (story, turn) = story(of: place)
        if number == 1, story == .unsold { turn = 1 }  // a community has an owner
        var dice = dice(number, .tenure)
        let (tenures, handover) = tenures(number, place, story, turn, &dice)
        return Household(
            number: number, unit: unit(number, place, handover: handover), story: story,
            turn: turn, tenures: tenures, ownersRegisteredHere: tenures.flatMap(\.owners))
    }

    /// The flat whose owners also own the parking space: four in five spaces go with one.
    private func flatOfSpace(_ number: Int) -> Household? {
        let index = number - flats - shops - 1
        guard index % 5 != 4 else { return nil }
        let flat = household(1 + index * flats / spaces)
        return flat.tenures.isEmpty ? nil : flat
    }

    /// It changes hands with its flat, and is mostly paid as the flat is.
    private func space(_ number: Int, _ place: Place, of flat: Household) -> Household {
        let tenures = flat.tenures.map { tenure in
            let habit: Habit =
                switch tenure.habit {
                case .inPart, .hardship, .stopped(_, .instalments): .onTime
                default: tenure.habit
                }
            return Tenure(
                owners: tenure.owners, from: tenure.from, to: tenure.to, agreedRate: nil,
                habit: habit)
        }
        let handover = flat.unit.handover.flatMap { $0 > SampleMonths.first.firstDay ? $0 : nil }
        return Household(
            number: number, unit: unit(number, place, handover: handover), story: .onTime,
            turn: 0, tenures: tenures, ownersRegisteredHere: [])
    }

    private func unit(_ number: Int, _ place: Place, handover: CivilDate?) -> Unit {
        Unit(
            id: ID(number), code: place.code, building: place.building, kind: place.kind,
            area: place.area, handover: handover)
    }

    /// The stories of a hundred places, shuffled anew for each hundred.
    private func story(of place: Place) -> (Story, turn: Int) {
        let hundred = place.index / 100
        let kind = UnitKind.allCases.firstIndex(of: place.kind)!
        var dice = dice(hundred * UnitKind.allCases.count + kind, .story)
        let steps = [7, 11, 13, 17, 19, 23, 27, 29, 31, 33, 37, 39, 41, 43, 47, 53, 57, 59]
        let step = steps[dice.below(steps.count)]
        var position = (place.index * step + dice.below(100)) % 100
        for story in Story.allCases {
            if position < story.weight {
                let told: Story = story == .hardship && place.kind != .residence ? .stopped : story
                return (told, hundred * story.weight + position)
            }
            position -= story.weight
        }
        preconditionFailure("the stories' weights add up to a hundred")
    }

    private func tenures(
        _ number: Int, _ place: Place, _ story: Story, _ turn: Int, _ dice: inout SampleDice
    ) -> (tenures: [Tenure], handover: CivilDate?) {
        switch story {
        case .unsold where turn % 2 == 0: return ([], nil)
        case .unsold:
            let sold = dice.day(from: "2025-11-03", to: "2026-08-28")
            return ([tenure(of: number, from: sold, .onTime, &dice)], sold)
        case .handedOver:
            let isNew = turn % 4 == 1
            let handover =
                isNew
                ? dice.day(from: "2026-10-17", to: "2026-10-28")
                : dice.day(from: "2025-11-05", to: "2026-09-25")
            let bought = handover.advanced(byDays: turn % 3 == 0 ? -100 - dice.below(400) : 0)
            return ([tenure(of: number, from: bought, isNew ? .never : .onTime, &dice)], handover)
        case .changesHands:
            let first = firstDay(place, &dice)
            return (sale(number, from: first, turn, &dice), place.handover)
        default:
            let habit = habit(story, turn, &dice)
            let first = firstDay(place, &dice)
            return ([tenure(of: number, from: first, habit, &dice)], place.handover)
        }
    }

    /// The handover, or a later sale before the history begins.
    private func firstDay(_ place: Place, _ dice: inout SampleDice) -> CivilDate {
        let first = place.handover ?? dice.day(from: "2019-02-01", to: "2022-12-31")
        return dice.chance(70) ? first : max(first, dice.day(from: "2023-01-01", to: "2025-08-31"))
    }

    private func tenure(
        of owner: Int, from: CivilDate, to: CivilDate? = nil, _ habit: Habit,
        _ dice: inout SampleDice
    ) -> Tenure {
        let owners = dice.chance(8) ? [owner, units + owner] : [owner]
        let rate = dice.chance(4) ? DailyRate(parts: [300, 500, 800][dice.below(3)]) : nil
        return Tenure(owners: owners, from: from, to: to, agreedRate: rate, habit: habit)
    }

    /// Two tenures: sellers leave paid up, or in arrears, some of which come in afterwards.
    private func sale(
        _ number: Int, from first: CivilDate, _ turn: Int, _ dice: inout SampleDice
    ) -> [Tenure] {
        let last = dice.day(from: "2025-12-05", to: "2026-08-25")
        let lastPaid = last.period.advanced(byMonths: -2 - dice.below(2))
        let later = last.advanced(byDays: 20 + dice.below(40))
        let habit: Habit =
            switch turn % 4 {
            case 0: .onTime
            case 1: .stopped(lastPaid: lastPaid, .nothing)
            case 2: .stopped(lastPaid: lastPaid, .all(on: later))
            default: .stopped(lastPaid: lastPaid, .half(on: later))
            }
        return [
            tenure(of: number, from: first, to: last, habit, &dice),
            tenure(of: 2 * units + number, from: last.advanced(byDays: 1), .onTime, &dice),
        ]
    }

    private func habit(_ story: Story, _ turn: Int, _ dice: inout SampleDice) -> Habit {
        switch story {
        case .daysLate: return .daysLate(lastOpen: turn % 8 == 7)
        case .quarterly: return .quarterly(phase: turn % 3)
        case .inPart:
            // One for each stage of the ladder, by what stays open.
            let (least, most) = [(3_00, 18_99), (21_00, 49_99), (51_00, 99_99), (101_00, 130_00)][
                turn % 4]
            return .inPart(shortfall: Money(fen: least + dice.below(most - least + 1)))
        case .stopped:
            let lastPaid = SampleMonths.first.advanced(byMonths: 2 + dice.below(9))
            let later = lastPaid.advanced(byMonths: 2).day(1 + dice.below(20))
            return .stopped(lastPaid: lastPaid, dice.chance(25) ? .half(on: later) : .nothing)
        case .held:
            let lastPaid = SampleMonths.first.advanced(byMonths: 2 + dice.below(4))
            let isPlan = Household.heldFor(turn) == "plan"
            return .stopped(
                lastPaid: lastPaid, isPlan ? .instalments(from: Period("2026-09")!) : .nothing)
        case .never: return turn % 4 == 3 ? .onTime : .never
        case .prepaid: return .prepaid
        case .hardship: return .hardship
        case .unsold, .changesHands, .handedOver, .onTime: return .onTime
        }
    }
}
