public import Primitives

/// One charge with every entry on it.
public struct ChargeBook: Sendable {
    public let charge: Charge
    /// The principal still open after all entries, whatever their dates.
    public private(set) var principalOpen: Money
    /// How many entries stand on the charge: the next one's sequence.
    private(set) var entryCount = 0
    /// An entry was posted since the books were opened.
    public internal(set) var hasNewEntries = false
    /// A payment has found nothing left to meet: later ones pass over it, for speed alone.
    private(set) var isClosed = false
    private var basis: AccrualBasis
    private var concessions: [(id: ConcessionID, date: CivilDate, amount: Money)] = []
    private(set) var lateFeeEntries: [Entry] = []
    private(set) var principalEntries: [Entry] = []
    /// Waivers that are void unless the principal is paid by a day, that day included.
    private var conditions: [WaiverID: CivilDate] = [:]
    /// From this day on the charge no longer counts; `nil`: it stands.
    public private(set) var reversed: CivilDate?

    public init(charge: Charge, agreedRate: DailyRate?) {
        self.charge = charge
        principalOpen = charge.amount
        basis = AccrualBasis(
            amount: charge.amount, due: charge.due, falls: [], exemptFrom: nil,
            agreedRate: agreedRate)
    }

    mutating func post(_ entry: Entry) {
        entryCount += 1
        isClosed = false
        if case .concession(let id) = entry.source {
            concessions.append((id, entry.date, entry.amount))
        }
        switch entry.target {
        case .principal: postPrincipal(entry)
        case .lateFee: lateFeeEntries.append(entry)
        case .exemption:
            basis.exemptFrom = min(start(of: entry), basis.exemptFrom ?? .distantFuture)
        case .credit: preconditionFailure("credit stands on no charge")
        }
    }

    /// The waiver counts after `day` only if the principal was paid by then.
    mutating func condition(_ waiver: WaiverID, on day: CivilDate) { conditions[waiver] = day }

    /// Nothing accrues on the days of the pause, as long as it lasts.
    mutating func pause(_ pause: AccrualPause) { basis.pauses.append(pause) }

    /// Whether an instalment plan pauses the late fee, or has done so: what is paid to the account
    /// then decides whether the charge is settled.
    public var isPaused: Bool { !basis.pauses.isEmpty }

    func has(_ concession: Concession) -> Bool { concessions.contains { $0.id == concession.id } }

    private mutating func postPrincipal(_ entry: Entry) {
        principalOpen -= entry.amount
        principalEntries.append(entry)
        let effective: CivilDate
        switch entry.source {
        case .concession: effective = start(of: entry)
        case .reversal:
            effective = entry.date
            reversed = entry.date
        case .payment, .waiver:
            // The day on which the owner pays still accrues on what is paid.
            effective = entry.date.advanced(byDays: 1)
        }
        let fall = AccrualBasis.Fall(
            effective: effective, date: min(effective, entry.date), amount: entry.amount)
        let place = basis.falls.lastIndex { $0.effective <= effective }.map { $0 + 1 } ?? 0
        basis.falls.insert(fall, at: place)
    }

    /// A concession known when the charge was issued counts from its first day of accrual; one
    /// decided later, from the day of decision (SPEC.md 6).
    private func start(of concession: Entry) -> CivilDate {
        concession.date <= charge.issued ? .distantPast : concession.date
    }

    /// What an entry of that value date can meet of the principal, and from which day on.
    ///
    /// The day is `date` itself, but where a reversal opened the principal later: then it is that
    /// day, so that on no day more is met than was open.
    func principalToMeet(from date: CivilDate) -> (from: CivilDate, amount: Money) {
        var open = principalOpen
        var least = principalOpen
        for fall in basis.falls.sorted(by: { $0.date > $1.date }) where fall.date > date {
            open += fall.amount
            if open <= .zero { return (fall.date, least) }
            least = min(least, open)
        }
        return (date, least)
    }

    // MARK: - As of a date

    /// What entries up to, and including, `date` have left open.
    public func principalOpen(asOf date: CivilDate) -> Money {
        basis.falls.reduce(charge.amount) { $1.date <= date ? $0 - $1.amount : $0 }
    }

    /// What payments and their credit have met of the principal by `date`, that day included, and
    /// no reversal by then has undone.
    public func allocations(asOf date: CivilDate) -> [Entry] {
        var standing: [Entry] = []
        for entry in principalEntries where entry.date <= date && entry.isOfPayment {
            if entry.amount > .zero {
                standing.append(entry)
            } else {
                standing.removeAll { $0.source == entry.source }
            }
        }
        return standing
    }

    /// What concessions have taken off by `date`, that day included.
    public func conceded(asOf date: CivilDate) -> Money {
        concessions.reduce(.zero) { isDecided($1.date, asOf: date) ? $0 + $1.amount : $0 }
    }

    private func isDecided(_ concession: CivilDate, asOf date: CivilDate) -> Bool {
        concession <= max(date, charge.issued)
    }

    /// Accrued up to, and including, `date`; capped; before what was paid or waived.
    public func lateFeeGross(policy: LateFeePolicy, asOf date: CivilDate) -> Money {
        policy.gross(of: basis, conceded: conceded(asOf: date), asOf: date)
    }

    /// The late fee up to, and including, `date`, with the runs of days that explain it.
    public func accrual(policy: LateFeePolicy, asOf date: CivilDate) -> Accrual {
        policy.accrual(of: basis, conceded: conceded(asOf: date), asOf: date)
    }

    /// The same under a policy that the books do not have, to compare.
    ///
    /// - Parameter atAgreedRate: `false`: at the policy's rates, whatever the account agreed to.
    public func accrual(
        policy: LateFeePolicy, asOf date: CivilDate, atAgreedRate: Bool
    ) -> Accrual {
        var compared = basis
        if !atAgreedRate { compared.agreedRate = nil }
        return policy.accrual(of: compared, conceded: conceded(asOf: date), asOf: date)
    }

    /// Whether the charge counts as of `date`: issued by then, and not reversed.
    public func counts(asOf date: CivilDate) -> Bool {
        charge.issued <= date && (reversed.map { date < $0 } ?? true)
    }

    /// What payments have met of the late fee by `date`, less what was taken off again.
    public func lateFeePaid(asOf date: CivilDate) -> Money {
        lateFeeEntries.reduce(.zero) { $1.date <= date && !$1.isWaiver ? $0 + $1.amount : $0 }
    }

    /// What waivers have taken off the late fee by `date`, as far as they count then.
    public func lateFeeWaived(asOf date: CivilDate) -> Money {
        lateFeeEntries.reduce(.zero) { sum, entry in
            let counts = entry.date <= date && entry.isWaiver && !isVoid(entry, asOf: date)
            return counts ? sum + entry.amount : sum
        }
    }

    /// What the waiver has taken off the late fee; whether it counts hangs on its condition.
    public func taken(by waiver: WaiverID) -> Money {
        lateFeeEntries.reduce(.zero) { $1.source == .waiver(waiver) ? $0 + $1.amount : $0 }
    }

    /// Those that met the late fee, in the order of their entries.
    public var waivers: [WaiverID] {
        var waivers: [WaiverID] = []
        for entry in lateFeeEntries {
            if case .waiver(let waiver) = entry.source, !waivers.contains(waiver) {
                waivers.append(waiver)
            }
        }
        return waivers
    }

    /// What the waiver has taken off by `date`, if it counts then.
    public func waived(by waiver: WaiverID, asOf date: CivilDate) -> Money {
        lateFeeEntries.reduce(.zero) { sum, entry in
            let counts =
                entry.date <= date && entry.source == .waiver(waiver) && !isVoid(entry, asOf: date)
            return counts ? sum + entry.amount : sum
        }
    }

    /// A waiver with a condition counts up to its day; after that, only if the principal was open
    /// no more at the end of that day, by value dates. A payment that was reversed since then was
    /// there.
    ///
    /// - Returns: the first day on which it counts no more; `nil`: it does for good.
    public func voidFrom(_ waiver: WaiverID) -> CivilDate? {
        guard let day = conditions[waiver], principalOpen(asOf: day) > .zero else { return nil }
        return day.advanced(byDays: 1)
    }

    private func isVoid(_ entry: Entry, asOf date: CivilDate) -> Bool {
        guard !conditions.isEmpty, case .waiver(let waiver) = entry.source else { return false }
        return voidFrom(waiver).map { $0 <= date } ?? false
    }

    /// The late fee as at `date`, less all that was ever paid or waived on it, at least 0: what an
    /// entry of that value date can still meet. Without open principal it is final, and may be less
    /// than it was on that date: a concession decided since then has lowered its cap.
    func lateFeeToMeet(policy: LateFeePolicy, asOf date: CivilDate) -> Money {
        if reversed != nil { return .zero }
        var gross = lateFeeGross(policy: policy, asOf: date)
        if principalOpen == .zero {
            gross = min(gross, finalLateFee(policy: policy, judged: date))
        }
        let met = lateFeeEntries.reduce(gross) { isVoid($1, asOf: date) ? $0 : $0 - $1.amount }
        return max(.zero, met)
    }

    /// The day from which on nothing is open, as long as no entry is posted; `nil` while something
    /// is open, or may still accrue; or while an instalment plan that pauses its late fee is not
    /// paid in full: to break it opens the late fee again.
    public func settled(policy: LateFeePolicy) -> CivilDate? {
        guard basis.pauses.allSatisfy({ $0.brokenOn == nil }), principalOpen == .zero,
            lateFeeToMeet(policy: policy, asOf: .distantFuture) == .zero
        else { return nil }
        let dates = basis.falls.map(\.date) + lateFeeEntries.map(\.date)
        return dates.reduce(charge.issued, max)
    }

    mutating func noteWhetherClosed(policy: LateFeePolicy) {
        isClosed = settled(policy: policy) != nil
    }

    /// All that will ever accrue, where no principal is open. A plan that still runs on the day on
    /// which it is judged counts as kept: what it would take to break it has not happened yet.
    private func finalLateFee(policy: LateFeePolicy, judged: CivilDate) -> Money {
        policy.gross(
            of: basis, conceded: conceded(asOf: .distantFuture), asOf: .distantFuture,
            judged: judged)
    }

    /// The days on which what was paid on the late fee is held against what is due, for a charge
    /// closed on `date`: once, unless plans pause it, which may be broken between two payments.
    func daysOfExcess(closedOn date: CivilDate) -> [CivilDate] {
        guard isPaused else { return [.distantFuture] }
        let later = lateFeeEntries.map(\.date).filter { $0 > date }
        return [date] + Set(later).sorted()
    }

    /// The day of the latest entry on the principal; `nil` while some is open.
    var closedOn: CivilDate? {
        principalOpen == .zero ? principalEntries.map(\.date).max() : nil
    }

    /// What was paid on the late fee by `date` above what is due, now that it is final: the
    /// late-fee entries to take it off, latest first, with how much of each.
    func lateFeeExcess(
        policy: LateFeePolicy, asOf date: CivilDate
    ) -> [(paid: Entry, amount: Money)] {
        let final = finalLateFee(policy: policy, judged: date)
        let due = max(.zero, final - lateFeeWaived(asOf: .distantFuture))
        let paid = paidLatestFirst().filter { $0.paid.date <= date }
        var excess = paid.reduce(.zero) { $0 + $1.left } - due
        guard excess > .zero else { return [] }
        return paid.compactMap { paid, amount in
            let taken = min(amount, max(.zero, excess))
            excess -= taken
            return taken > .zero ? (paid, taken) : nil
        }
    }

    /// Late-fee payments with what is left of each after earlier take-offs, latest first. One
    /// payment meets the late fee of one charge once.
    private func paidLatestFirst() -> [(paid: Entry, left: Money)] {
        lateFeeEntries.filter { $0.amount > .zero && !$0.isWaiver }
            .sorted { ($0.date, $0.sequence) > ($1.date, $1.sequence) }
            .map { paid in
                let takenOff = lateFeeEntries.filter {
                    $0.amount < .zero && $0.source == paid.source
                }
                return (paid, takenOff.reduce(paid.amount) { $0 + $1.amount })
            }
    }
}

extension Entry {
    var isOfPayment: Bool {
        if case .payment = source { true } else { false }
    }

    var isWaiver: Bool {
        if case .waiver = source { true } else { false }
    }
}
