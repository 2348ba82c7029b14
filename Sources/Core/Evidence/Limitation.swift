public import Primitives

/// What may start the limitation clock of a charge anew (SPEC.md 8).
public struct LimitationEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Of a notice that lists the charge.
        /// - Parameter isAccepted: of grade A to C, or of D in a way that the policy lists under
        ///   `limitation.accept`.
        case service(ProofGrade, isAccepted: Bool)
        /// Allocated to the charge's principal.
        case payment
        /// That covers the charge.
        case promise(inWriting: Bool)
        /// Of instalments that cover the charge.
        case plan(inWriting: Bool)
    }

    public let date: CivilDate
    public let kind: Kind

    public init(date: CivilDate, kind: Kind) {
        self.date = date
        self.kind = kind
    }
}

/// Until when the claim to one charge can be brought, and what that rests on (SPEC.md 8).
///
/// The last day is the due date plus the years. It starts anew, from the event's date, with each
/// event on or before the last day then in force; after it, only with a service of grade A, or a
/// promise or plan in writing. Of several events on one day the clock rests on the strongest.
public struct LimitationClock: Hashable, Sendable {
    /// The last day on which the claim can be brought: inclusive.
    public let lastDay: CivilDate
    /// The event that it was last started by; `nil`: it still runs from the due date.
    public let event: LimitationEvent?

    /// - Parameters:
    ///   - events: in any order; those after `asOf` do not count.
    ///   - asOf: the clock as it stands on that day, the day included.
    public init(due: CivilDate, years: Int, events: [LimitationEvent], asOf: CivilDate) {
        var lastDay = due.advanced(byYears: years)
        var latest: LimitationEvent?
        for event in events.filter({ $0.date <= asOf }).sorted(by: LimitationEvent.isEarlier)
        where event.kind.startsAnew(isLapsed: event.date > lastDay) && event.date != latest?.date {
            lastDay = event.date.advanced(byYears: years)
            latest = event
        }
        self.lastDay = lastDay
        self.event = latest
    }
}

extension LimitationEvent {
    /// By date, and on one day the strongest first.
    fileprivate static func isEarlier(_ a: LimitationEvent, _ b: LimitationEvent) -> Bool {
        (a.date, a.kind.rank) < (b.date, b.kind.rank)
    }
}

extension LimitationEvent.Kind {
    /// - Parameter isLapsed: the last day in force lies before the event.
    func startsAnew(isLapsed: Bool) -> Bool {
        switch self {
        case .service(.a, _): true
        case .service(_, let isAccepted): isAccepted && !isLapsed
        case .payment: !isLapsed
        case .promise(let inWriting), .plan(let inWriting): inWriting || !isLapsed
        }
    }

    /// The stronger, the lower: what a court would look at first.
    fileprivate var rank: Int {
        switch self {
        case .service(let grade, _): ProofGrade.allCases.firstIndex(of: grade)!
        case .payment: 5
        case .promise(let inWriting): inWriting ? 6 : 8
        case .plan(let inWriting): inWriting ? 7 : 9
        }
    }
}

extension CivilDate {
    /// The same month and day so many years later; the month's last day where there is none.
    func advanced(byYears years: Int) -> CivilDate {
        period.advanced(byMonths: 12 * years).day(day)
    }
}
