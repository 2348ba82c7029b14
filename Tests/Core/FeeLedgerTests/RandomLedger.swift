import FeeLedger
import Primitives

/// Sebastiano Vigna's SplitMix64: the same seed gives the same ledger on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func happens(in hundred: Int) -> Bool { number(1...100) <= hundred }
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[number(0...(choices.count - 1))]
    }
}

/// A year of one account: charges with and without concessions, payments (some of which arrive
/// late), waivers, and decisions after the fact, posted one after the other.
struct RandomLedger {
    enum Act {
        case issue(Charge)
        case concede(Concession)
        case waive(Money, ChargeKey)
        case receive(PaymentID, Money)
    }

    struct Payment {
        let id: PaymentID
        let date: CivilDate
        let amount: Money
    }

    /// When each is posted, and of what date it is.
    private(set) var acts: [(posted: CivilDate, date: CivilDate, act: Act)] = []
    private(set) var payments: [Payment] = []
    private(set) var concessions: [Concession] = []
    /// Dates to look at the books.
    private(set) var dates: [CivilDate] = []
    var book: AccountBook
    /// How many acts were posted.
    private(set) var posted = 0
    /// What the last act posted.
    private(set) var newEntries: ArraySlice<Entry> = []

    private static let start = month("2025-03")

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let agreed = random.happens(in: 30) ? random.pick(["0.0005", "0.002", "0"]) : nil
        book = AccountBook(
            Self.policy(&random), order: random.pick(AllocationOrder.allCases), agreed: agreed)
        addCharges(&random)
        addConcessions(&random)
        addPayments(&random)
        addWaivers(&random)
        // Of one day: charges first, then concessions, waivers and payments.
        acts = acts.enumerated().sorted {
            ($0.element.posted, $0.offset) < ($1.element.posted, $1.offset)
        }.map(\.element)
        dates = (0..<6).map { _ in
            Self.start.firstDay.advanced(byDays: random.number(0...500))
        }
    }

    private static func policy(_ random: inout SplitMix64) -> LateFeePolicy {
        let rates = ["0.001", "0.0005", "0", "0.003", "0.000333"]
        var segments = [("2019-01-01", "0.001")]
        if random.happens(in: 10) { segments = [] }
        for date in ["2025-04-20", "2025-06-01", "2025-06-25", "2025-11-30"]
        where random.happens(in: 45) {
            segments.append((date, random.pick(rates)))
        }
        return Sample.late(
            rates: segments, grace: random.pick([0, 0, 1, 7, 30]),
            mode: random.pick(LateFeePolicy.GraceMode.allCases),
            cap: random.pick(["1.0", "1.0", "0.05", "0.0133"]))
    }

    private mutating func addCharges(_ random: inout SplitMix64) {
        for months in 0..<7 {
            let period = Self.start.advanced(byMonths: months)
            for item in [Sample.property, Sample.water] where random.happens(in: 60) {
                let amount = random.pick([random.number(1...200), random.number(1_000...60_000)])
                let charge = Charge(
                    item: item, period: period, amount: Money(fen: amount),
                    due: period.day(random.pick([1, 15, 15, 28, 31])), issuedAsOf: nil)
                acts.append((charge.issued, charge.issued, .issue(charge)))
            }
        }
    }

    private mutating func addConcessions(_ random: inout SplitMix64) {
        for number in 0..<random.pick([0, 0, 1, 2, 3]) {
            let relief = random.pick([
                Concession.Relief.percent(Percentage(parts: random.number(1...10_000))),
                .amount(Money(fen: random.number(1...30_000))), .percent(.hundred), .noLateFee,
            ])
            let decided =
                random.happens(in: 60)
                ? Self.start.firstDay.advanced(byDays: random.number(0...250)) : nil
            let from = Self.start.advanced(byMonths: random.number(0...6))
            concessions.append(
                Concession(
                    id: ID(number), reference: "C\(number)", account: ID(1),
                    item: random.pick([nil, Sample.water.id]), from: from,
                    to: random.pick([nil, from.advanced(byMonths: 3)]), relief: relief,
                    review: nil, decided: decided))
            if let decided { acts.append((decided, decided, .concede(concessions[number]))) }
        }
    }

    private mutating func addPayments(_ random: inout SplitMix64) {
        for number in 0..<random.number(0...14) {
            let date = Self.start.firstDay.advanced(byDays: random.number(0...330))
            let fen = random.pick([random.number(1...500), random.number(500...90_000)])
            let amount = Money(fen: fen)
            let delay = random.happens(in: 25) ? random.number(1...90) : 0
            payments.append(Payment(id: ID(number), date: date, amount: amount))
            acts.append((date.advanced(byDays: delay), date, .receive(ID(number), amount)))
        }
    }

    private mutating func addWaivers(_ random: inout SplitMix64) {
        let keys = acts.compactMap {
            if case .issue(let charge) = $0.act { charge.key } else { nil }
        }
        guard !keys.isEmpty else { return }
        for _ in 0..<random.number(0...4) {
            let date = Self.start.firstDay.advanced(byDays: random.number(30...330))
            let amount = Money(fen: random.pick([random.number(1...50), 100_000]))
            acts.append((date, date, .waive(amount, random.pick(keys))))
        }
    }

    // MARK: - Posting

    /// - Returns: whether there was another act to post.
    mutating func postNext() -> Bool {
        guard posted < acts.count else { return false }
        let before = book.posted.count
        let (_, date, act) = acts[posted]
        switch act {
        case .issue(let charge): book.issue(charge, concessions: concessions)
        case .concede(let concession): book.concede(concession, on: date)
        case .waive(let amount, let key): _ = book.waive(amount, of: key, by: ID(posted), on: date)
        case .receive(let id, let amount): book.receive(amount, as: id, on: date)
        }
        posted += 1
        newEntries = book.posted[before...]
        return true
    }

    mutating func postAll() {
        while postNext() {}
    }
}

/// The late fee of one charge as section 4 of SPEC.md defines it, counted day by day from the
/// entries alone; nothing in common with the closed form that it checks.
struct DayByDay {
    private let charge: Charge
    private let policy: LateFeePolicy
    private let agreed: DailyRate?
    /// Fen by which P falls, and the first day on which it is lower.
    private var falls: [(from: CivilDate, fen: Int)] = []
    /// Value dates of what met the principal.
    private var met: [(date: CivilDate, fen: Int)] = []
    private var conceded: [(date: CivilDate, fen: Int)] = []
    private var exemptFrom: CivilDate?

    init(_ charge: Charge, in book: AccountBook) {
        self.charge = charge
        policy = book.policy
        agreed = book.account.agreedRate
        for entry in book.posted where entry.charge == charge.key {
            let isKnown = entry.isConcession && entry.date <= charge.issued
            switch entry.target {
            case .principal:
                met.append((isKnown ? charge.issued : entry.date, entry.amount.fen))
                let from = entry.isConcession ? entry.date : entry.date.advanced(byDays: 1)
                falls.append((isKnown ? charge.issued : from, entry.amount.fen))
                if entry.isConcession {
                    conceded.append((isKnown ? .distantPast : entry.date, entry.amount.fen))
                }
            case .exemption:
                let from = isKnown ? charge.issued : entry.date
                exemptFrom = exemptFrom.map { min($0, from) } ?? from
            case .lateFee, .credit: break
            }
        }
    }

    func gross(asOf date: CivilDate) -> Money {
        let graceEnd = charge.due.advanced(byDays: policy.grace)
        let isRetroactive = policy.graceMode == .retroactive
        if date <= graceEnd { return .zero }
        let inTime = met.filter { $0.date <= graceEnd }.reduce(0) { $0 + $1.fen }
        if isRetroactive, inTime == charge.amount.fen { return .zero }
        var sum = 0
        var today = isRetroactive ? charge.due : graceEnd
        while today < date {
            today = today.advanced(byDays: 1)
            if let exemptFrom, exemptFrom <= today { break }
            let open = falls.reduce(charge.amount.fen) { $1.from <= today ? $0 - $1.fen : $0 }
            sum += open * rate(on: today)
        }
        let off = conceded.filter { $0.date <= date }.reduce(0) { $0 + $1.fen }
        let cap = (charge.amount.fen - off) * policy.cap.parts / 1_000_000
        return Money(fen: min((sum + 500_000) / 1_000_000, cap))
    }

    private func rate(on date: CivilDate) -> Int {
        var current = 0
        for segment in policy.segments where segment.from <= date {
            current = segment.rate.partsPerMillion
        }
        return current == 0 ? 0 : agreed?.partsPerMillion ?? current
    }
}
