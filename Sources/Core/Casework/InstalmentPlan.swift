public import FeeLedger
public import Primitives

/// Agreed dates whose sum is the arrears that they cover. It is proposed on the day of the
/// agreement, and runs from the day of its approval.
public struct InstalmentPlan: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        /// The last day on which it can be paid without consequence.
        public let due: CivilDate
        public let amount: Money
        public init(due: CivilDate, amount: Money) {
            self.due = due
            self.amount = amount
        }
    }

    /// What becomes of late fees while it runs.
    public enum LateFee: String, Sendable, CaseIterable {
        /// They accrue as ever.
        case accrue
        /// Nothing accrues on what it covers, from the approval's day to the last part's due date,
        /// both included, as long as it is not broken.
        case pause
    }

    /// A charge that it covers, as it stood on the day of the agreement.
    public struct Covered: Hashable, Sendable {
        public let key: ChargeKey
        public let principal: Money
        /// 0 where the plan covers principal alone.
        public let lateFee: Money
        public init(key: ChargeKey, principal: Money, lateFee: Money) {
            self.key = key
            self.principal = principal
            self.lateFee = lateFee
        }
    }

    public struct Terms: Hashable, Sendable {
        /// By due date, which are all different.
        public let parts: [Part]
        public let lateFee: LateFee
        /// What was paused stays so when the plan is broken; else all is as if it had accrued.
        public let forgives: Bool
        /// Broken once a part is more than so many days late; agreed with the rest, whatever the
        /// policy says later.
        public let brokenAfter: Int
        public let covers: [Covered]

        public init(
            parts: [Part], lateFee: LateFee, forgives: Bool, brokenAfter: Int, covers: [Covered]
        ) {
            self.parts = parts
            self.brokenAfter = brokenAfter
            self.lateFee = lateFee
            self.forgives = forgives
            self.covers = covers
        }

        /// Of what it covers.
        public var lateFees: Money { covers.reduce(.zero) { $0 + $1.lateFee } }
        public var total: Money { parts.reduce(.zero) { $0 + $1.amount } }
        public var lastDue: CivilDate { parts.last!.due }
    }

    public enum State: String, Sendable {
        case proposed, refused
        /// Nothing is due and unpaid.
        case kept
        /// A part is due and unpaid, and not yet too late.
        case late
        case broken, completed
    }

    public enum PartState: String, Sendable {
        case open, kept, late, broken
    }

    public let terms: Terms
    /// The day of the agreement: what is paid from it on counts.
    public let proposed: CivilDate
    /// `nil`: not decided yet.
    public let decision: Approval?
    public var brokenAfter: Int { terms.brokenAfter }

    public init(terms: Terms, proposed: CivilDate, decision: Approval?) {
        self.terms = terms
        self.proposed = proposed
        self.decision = decision
    }

    /// Its first day; `nil` while it is only proposed, or refused.
    public var approved: CivilDate? {
        guard let decision, decision.isApproved else { return nil }
        return decision.day
    }

    // MARK: - Judged from what was paid

    /// The first day on which some part is due for more than `brokenAfter` days and what came by
    /// then, as far as it stands on that day, is less than all parts so far. From that day on it
    /// stays broken. `nil`: with these receipts it never is.
    public func brokenOn(_ receipts: [Receipt]) -> CivilDate? {
        let reversals = receipts.compactMap(\.reversed)
        var sum = Money.zero
        return terms.parts.compactMap { part in
            sum += part.amount
            let limit = part.due.advanced(byDays: brokenAfter)
            let days = [limit.advanced(byDays: 1)] + reversals.filter { $0 > limit }
            return days.filter { received(by: limit, asOf: $0, receipts) < sum }.min()
        }.min()
    }

    /// As of a date.
    public func state(asOf date: CivilDate, _ receipts: [Receipt]) -> State {
        if let decision, decision.day <= date, !decision.isApproved { return .refused }
        guard let approved, approved <= date else { return .proposed }
        if let broken = brokenOn(receipts), broken <= date { return .broken }
        let paid = received(by: date, asOf: date, receipts)
        if paid >= terms.total { return .completed }
        let due = terms.parts.reduce(Money.zero) { $1.due < date ? $0 + $1.amount : $0 }
        return paid < due ? .late : .kept
    }

    /// Of each part, in order: what is paid meets the earliest first.
    public func partStates(asOf date: CivilDate, _ receipts: [Receipt]) -> [PartState] {
        var sum = Money.zero
        return terms.parts.map { part in
            sum += part.amount
            let limit = part.due.advanced(byDays: brokenAfter)
            if received(by: limit, asOf: date, receipts) >= sum { return .kept }
            if date <= part.due { return .open }
            return date <= limit ? .late : .broken
        }
    }

    /// All payments to the account count, from the day of the agreement on.
    public func received(by date: CivilDate, asOf: CivilDate, _ receipts: [Receipt]) -> Money {
        receipts.received(from: proposed, to: date, asOf: asOf)
    }

    /// The first part not yet paid in full as of a date, with what is missing of it.
    public func next(asOf date: CivilDate, _ receipts: [Receipt]) -> Part? {
        let paid = received(by: date, asOf: date, receipts)
        var sum = Money.zero
        for part in terms.parts {
            sum += part.amount
            if paid < sum {
                return Part(due: part.due, amount: min(part.amount, sum - paid))
            }
        }
        return nil
    }

    // MARK: - What follows from it

    /// The days on which nothing accrues on what it covers; `nil` where late fees accrue as ever.
    public func pause(_ receipts: [Receipt]) -> AccrualPause? {
        guard let approved, terms.lateFee == .pause else { return nil }
        return AccrualPause(
            from: approved, to: terms.lastDue, brokenOn: brokenOn(receipts),
            forgives: terms.forgives)
    }

    /// The days on which dunning rests: from its approval to the day before it is broken, or to the
    /// day on which its last part would be too late.
    public func rest(_ receipts: [Receipt]) -> ClosedRange<CivilDate>? {
        guard let approved else { return nil }
        let end = terms.lastDue.advanced(byDays: brokenAfter)
        let last = min(end, brokenOn(receipts)?.advanced(byDays: -1) ?? end)
        return approved <= last ? approved...last : nil
    }

    /// What the parts of a new plan may add up to, in the order in which it is asked for: what it
    /// covers, and its sum, less the account's credit.
    public static func choices(
        _ statement: AccountStatement
    ) -> [(covers: [Covered], sum: Money)] {
        let date = statement.asOf
        let open = statement.standings.filter(\.isOpen)
        let principal = { (standing: ChargeStanding) in
            Covered(
                key: standing.charge.key, principal: standing.principalOpen, lateFee: .zero)
        }
        let both = { (standing: ChargeStanding) in
            Covered(
                key: standing.charge.key, principal: standing.principalOpen,
                lateFee: standing.lateFeeOpen)
        }
        let owing = open.filter { $0.principalOpen > .zero }
        let overdue = owing.filter { $0.charge.due < date }
        let withFees = open.filter { $0.charge.due < date || $0.lateFeeOpen > .zero }
        let choices = [
            overdue.map(principal), withFees.map(both), owing.map(principal),
            open.map(both),
        ]
        return choices.map { covers in
            let sum = covers.reduce(Money.zero) { $0 + $1.principal + $1.lateFee }
            return (covers, sum - statement.credit)
        }
    }
}
