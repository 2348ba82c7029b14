public import FeeLedger
public import Primitives

/// A yearly rate that holds from its date until the next one's.
public struct YearlyRate: Hashable, Sendable {
    public let from: CivilDate
    public let rate: Percentage

    public init(from: CivilDate, rate: Percentage) {
        self.from = from
        self.rate = rate
    }
}

/// A basis on which late fees can be claimed: a court may cut an agreed one to any of them, so that
/// a claim is shown under all (Civil Code 585).
public enum ClaimBasis: Hashable, Sendable {
    /// As agreed, and as the policy caps it: what the books say.
    case agreed
    /// As agreed, without a cap.
    case agreedUncapped
    /// As agreed, up to that share of each principal.
    case agreedUpTo(Ratio)
    /// So many tenths of a yearly rate by date, such as the loan prime rate: 13 is 1.3 times.
    case yearly([YearlyRate], tenths: Int)

    /// What has accrued on the charge up to, and including, `date`, before what was paid or waived.
    ///
    /// Principal, days, grace, exemptions and rounding are the ledger's own: its runs of days are
    /// counted under another policy. Days for which the policy has the rate 0, or on which nothing
    /// is known of a yearly rate, accrue nothing on any basis. A year has 365 days.
    public func lateFee(
        of charge: ChargeBook, policy: LateFeePolicy, asOf date: CivilDate
    ) -> Money {
        switch self {
        case .agreed: return charge.lateFeeGross(policy: policy, asOf: date)
        case .agreedUncapped: return charge.accrual(policy: policy, asOf: date).uncapped
        case .agreedUpTo(let share):
            return charge.accrual(policy: policy.capped(at: share), asOf: date).gross
        case .yearly(let rates, let tenths):
            let yearly = policy.withRates(of: rates, tenths: tenths)
            let accrual = charge.accrual(policy: yearly, asOf: date, atAgreedRate: false)
            let product = accrual.runs.reduce(Int128(0)) { $0 + $1.product }
            return Money(fen: roundHalfUp(product, over: 365 * 1_000_000))
        }
    }
}

extension LateFeePolicy {
    fileprivate func capped(at share: Ratio) -> LateFeePolicy {
        LateFeePolicy(segments: segments, grace: grace, graceMode: graceMode, cap: share)
    }

    /// The same policy with a year's rate for each day's, and 0 where its own is 0.
    fileprivate func withRates(of rates: [YearlyRate], tenths: Int) -> LateFeePolicy {
        let days = Set(segments.map(\.from) + rates.map(\.from)).sorted()
        let merged = days.map { day in
            let isExempt = (segments.last { $0.from <= day }?.rate ?? .zero) == .zero
            let yearly = rates.filter { $0.from <= day }.max { $0.from < $1.from }
            // 1/100 of a percent is 100 millionths.
            let millionths = (yearly?.rate.parts ?? 0) * 100 * tenths / 10
            return Segment(from: day, rate: isExempt ? .zero : DailyRate(parts: millionths))
        }
        return LateFeePolicy(segments: merged, grace: grace, graceMode: graceMode, cap: cap)
    }
}

/// Court fees for a claim to money, by the measures of the State Council in force since 2007-04-01.
public enum CourtFee {
    /// For a lawsuit, in the ordinary procedure; the summary and small-claims ones cost half.
    public static func lawsuit(over amount: Money) -> Money {
        let first = Money(fen: 10_000_00)
        guard amount > first else { return Money(fen: 50_00) }
        // Up to so many yuan, the part above the step before costs so many 1/10000.
        let steps = [
            (100_000, 250), (200_000, 200), (500_000, 150), (1_000_000, 100), (2_000_000, 90),
            (5_000_000, 80), (10_000_000, 70), (20_000_000, 60), (.max / 100, 50),
        ]
        var fee = Int128(50_00 * 10_000)
        var below = first.fen
        for (yuan, share) in steps where amount.fen > below {
            let top = min(amount.fen, yuan * 100)
            fee += Int128(top - below) * Int128(share)
            below = top
        }
        return Money(fen: roundHalfUp(fee, over: 10_000))
    }

    /// For a payment order: a third.
    public static func paymentOrder(over amount: Money) -> Money {
        Money(fen: roundHalfUp(Int128(lawsuit(over: amount).fen), over: 3))
    }

    /// In the summary or the small-claims procedure: half.
    public static func smallClaim(over amount: Money) -> Money {
        Money(fen: roundHalfUp(Int128(lawsuit(over: amount).fen), over: 2))
    }
}
