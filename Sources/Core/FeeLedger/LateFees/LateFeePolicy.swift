public import Primitives

/// How late fees accrue in a community: rates by date, grace, cap (SPEC.md 4).
public struct LateFeePolicy: Hashable, Sendable {
    /// A rate that holds from its date until the next one's.
    public struct Segment: Hashable, Sendable {
        public let from: CivilDate
        public let rate: DailyRate
        public init(from: CivilDate, rate: DailyRate) {
            self.from = from
            self.rate = rate
        }
    }

    public enum GraceMode: String, Sendable, CaseIterable {
        /// The days of grace never accrue.
        case forgive
        /// They accrue after all where the principal was not fully paid within them.
        case retroactive
    }

    /// In order of date. Before the first, the rate is 0.
    public let segments: [Segment]
    /// Days after the due date.
    public let grace: Int
    public let graceMode: GraceMode
    /// The share of (amount − concessions) that a late fee never exceeds.
    public let cap: Ratio

    public init(segments: [Segment], grace: Int, graceMode: GraceMode, cap: Ratio) {
        self.segments = segments.sorted { $0.from < $1.from }
        self.grace = grace
        self.graceMode = graceMode
        self.cap = cap
    }

    /// Above 3‰ a day a rate is taken for a typing error, unless the policy says otherwise.
    public static let highestUsualRate = DailyRate(parts: 3_000)
}
