public import Primitives

/// Days on which nothing accrues on a charge, because an instalment plan covers it that says so.
/// What it is worth as of a date hangs on whether the plan is broken by then.
public struct AccrualPause: Hashable, Sendable {
    public let from: CivilDate
    /// Inclusive.
    public let to: CivilDate
    /// The first day on which the plan is broken, by all that was paid so far; `nil`: it was kept
    /// to the end.
    public let brokenOn: CivilDate?
    /// The days before it was broken stay free of late fees; else all is as if they had accrued.
    public let forgives: Bool

    public init(from: CivilDate, to: CivilDate, brokenOn: CivilDate?, forgives: Bool) {
        self.from = from
        self.to = to
        self.brokenOn = brokenOn
        self.forgives = forgives
    }

    /// Which days accrue nothing, as of a date; `nil`: none.
    public func days(asOf date: CivilDate) -> ClosedRange<CivilDate>? {
        guard let brokenOn, brokenOn <= date else { return from <= to ? from...to : nil }
        let last = min(to, brokenOn.advanced(byDays: -1))
        return forgives && from <= last ? from...last : nil
    }
}
