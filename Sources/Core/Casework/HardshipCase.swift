public import Dunning
public import Primitives

/// A household's request for relief, with what managers decided on it. Its state is a pure function
/// of these days and a date.
public struct HardshipCase: Hashable, Sendable {
    /// Whether the household's means will stay short, or are short for a while.
    public enum Kind: String, CaseIterable, Sendable {
        case long, temporary
    }

    public enum State: String, CaseIterable, Sendable {
        case open, granted, refused, closed, lapsed
    }

    public enum Outcome: String, CaseIterable, Sendable {
        /// Relief was approved: a concession, an exemption from late fees, a plan.
        case granted
        case refused
        /// What stood stands until another review date, be it open or granted.
        case renewed
        case closed
    }

    public struct Decision: Hashable, Sendable {
        public let outcome: Outcome
        /// From this day on it counts.
        public let day: CivilDate
        /// The day until which what it says stands, that day included; `nil`: no end is set.
        public let review: CivilDate?

        public init(_ outcome: Outcome, on day: CivilDate, review: CivilDate?) {
            self.outcome = outcome
            self.day = day
            self.review = review
        }
    }

    public let kind: Kind
    /// The day from which on it counts.
    public let day: CivilDate
    /// Until a decision names another; inclusive.
    public let review: CivilDate?
    /// By day; those of one day as they were recorded.
    public let decisions: [Decision]

    /// - Precondition: `decisions` are by day.
    public init(kind: Kind, day: CivilDate, review: CivilDate?, decisions: [Decision]) {
        self.kind = kind
        self.day = day
        self.review = review
        self.decisions = decisions
    }

    /// Open until it is decided; granted until the review date, that day included, and from the day
    /// after it lapsed unless it was renewed; an open case whose review date has passed has lapsed
    /// too. Only what has a day on or before `date` counts.
    ///
    /// - Returns: `nil` before the day on which it was opened.
    public func state(asOf date: CivilDate) -> State? {
        spans.last { $0.from <= date }?.state(asOf: date)
    }

    /// The review date that stands as of the date; `nil` where none is set, or none is to come
    /// because the case is refused or closed.
    public func review(asOf date: CivilDate) -> CivilDate? {
        spans.last { $0.from <= date }?.review
    }

    /// Dunning stays at its first stage while the case is open or granted.
    public var holds: [DunningHold] {
        let spans = spans
        return spans.indices.compactMap { place in
            let span = spans[place]
            guard span.isAlive else { return nil }
            let next = place + 1 < spans.count ? spans[place + 1].from.advanced(byDays: -1) : nil
            let to = [next, span.review].compactMap(\.self).min()
            guard to.map({ span.from <= $0 }) ?? true else { return nil }
            return DunningHold(reason: .hardship, from: span.from, to: to)
        }
    }

    /// Whether it is open or granted on the date, or would be on a later one by what is recorded.
    public func isAlive(onOrAfter date: CivilDate) -> Bool {
        holds.contains { date <= ($0.to ?? .distantFuture) }
    }

    /// Whether a decision of that kind makes sense on the day: only what is open, granted or lapsed
    /// can be decided; what was granted is closed, not refused.
    public func mayBe(_ outcome: Outcome, on date: CivilDate) -> Bool {
        guard let state = state(asOf: date), state != .refused, state != .closed else {
            return false
        }
        return outcome != .refused || !decisions.contains { $0.outcome == .granted }
    }

    /// What a decision leaves, until the next one.
    private struct Span {
        let from: CivilDate
        /// Without regard to the review date.
        let state: State
        let review: CivilDate?

        var isAlive: Bool { state == .open || state == .granted }

        func state(asOf date: CivilDate) -> State {
            guard isAlive, let review, review < date else { return state }
            return .lapsed
        }
    }

    private var spans: [Span] {
        var spans = [Span(from: day, state: .open, review: review)]
        for decision in decisions {
            let before = spans[spans.count - 1].state
            let state: State =
                switch decision.outcome {
                case .granted: .granted
                case .refused: .refused
                case .closed: .closed
                case .renewed: before
                }
            let isOver = state == .refused || state == .closed
            spans.append(
                Span(from: decision.day, state: state, review: isOver ? nil : decision.review))
        }
        return spans
    }
}

/// What shows that a household is in hardship.
public enum HardshipProofKind: String, CaseIterable, Sendable {
    case benefitCertificate = "benefit_certificate"
    case disabilityCertificate = "disability_certificate"
    case hospitalRecord = "hospital_record"
    case medicalBills = "medical_bills"
    case other
}
