public import Primitives

/// Days on which neither the open principal nor the rate changed.
public struct AccrualRun: Hashable, Sendable {
    public let first: CivilDate
    public let days: Int
    public let principal: Money
    public let rate: DailyRate

    public init(first: CivilDate, days: Int, principal: Money, rate: DailyRate) {
        self.first = first
        self.days = days
        self.principal = principal
        self.rate = rate
    }

    /// Inclusive.
    public var last: CivilDate { first.advanced(byDays: days - 1) }
    /// principal × days × rate, unrounded, in millionths of a fen.
    public var product: Int128 {
        Int128(principal.fen) * Int128(days) * Int128(rate.partsPerMillion)
    }
}

extension [AccrualRun] {
    /// The unrounded sum in yuan, with as many decimals as it has, and at least two: a millionth of
    /// a fen is 10⁻⁸ yuan.
    public var exactYuan: String {
        let product = reduce(Int128(0)) { $0 + $1.product }
        var fraction = String(Int(product % 100_000_000))
        fraction = String(repeating: "0", count: 8 - fraction.count) + fraction
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(product / 100_000_000).\(fraction)"
    }
}

/// The late fee of one charge up to, and including, a date, with all that explains it.
public struct Accrual: Hashable, Sendable {
    /// In order of date; days that accrue nothing are left out.
    public let runs: [AccrualRun]
    /// The sum of the runs, rounded half up once, before the cap.
    public let uncapped: Money
    /// cap × (amount − concessions), rounded down.
    public let cap: Money
    /// What has accrued: the smaller of the two.
    public var gross: Money { min(uncapped, cap) }
}

/// All that the late fee of one charge depends on, beside the policy.
struct AccrualBasis {
    /// A change of the open principal: how much it falls, counted from the start of `effective`.
    struct Fall {
        let effective: CivilDate
        let date: CivilDate
        let amount: Money
    }

    var amount: Money
    var due: CivilDate
    /// In order of `effective`.
    var falls: [Fall]
    /// From this day on nothing accrues.
    var exemptFrom: CivilDate?
    var agreedRate: DailyRate?
    var pauses: [AccrualPause] = []
}

extension LateFeePolicy {
    /// The runs of days from the first day of accrual to `asOf`, both included, of SPEC.md 4: in
    /// closed form, never day by day.
    ///
    /// - Parameter judged: the day as of which plans that pause it are judged; `nil`: `asOf`.
    func forEachRun(
        of basis: AccrualBasis, asOf: CivilDate, judged: CivilDate? = nil,
        _ body: (AccrualRun) -> Void
    ) {
        guard let start = firstDay(of: basis, asOf: asOf) else { return }
        let end = min(asOf, (basis.exemptFrom ?? .distantFuture).advanced(byDays: -1))
        var day = start
        var principal = basis.amount
        var fall = 0
        var segment = segments.lastIndex { $0.from <= day } ?? -1
        let pauses = basis.pauses.compactMap { $0.days(asOf: judged ?? asOf) }
        while day <= end {
            while fall < basis.falls.count, basis.falls[fall].effective <= day {
                principal -= basis.falls[fall].amount
                fall += 1
            }
            while segment + 1 < segments.count, segments[segment + 1].from <= day { segment += 1 }
            if principal == .zero, fall == basis.falls.count { return }
            var next = end.advanced(byDays: 1)
            let isPaused = pauses.contains { $0.contains(day) }
            for pause in pauses {
                if pause.lowerBound > day { next = min(next, pause.lowerBound) }
                if pause.contains(day) { next = min(next, pause.upperBound.advanced(byDays: 1)) }
            }
            if fall < basis.falls.count { next = min(next, basis.falls[fall].effective) }
            if segment + 1 < segments.count { next = min(next, segments[segment + 1].from) }
            let rate = rate(inSegment: segment, agreed: basis.agreedRate)
            if rate != .zero, principal > .zero, !isPaused {
                body(AccrualRun(first: day, days: next - day, principal: principal, rate: rate))
            }
            day = next
        }
    }

    /// `nil` where nothing can have accrued.
    private func firstDay(of basis: AccrualBasis, asOf: CivilDate) -> CivilDate? {
        let lastOfGrace = basis.due.advanced(byDays: grace)
        guard asOf > lastOfGrace else { return nil }
        guard graceMode == .retroactive else { return lastOfGrace.advanced(byDays: 1) }
        let paidInTime = basis.falls.reduce(Money.zero) { sum, fall in
            fall.date <= lastOfGrace ? sum + fall.amount : sum
        }
        return paidInTime >= basis.amount ? nil : basis.due.advanced(byDays: 1)
    }

    private func rate(inSegment segment: Int, agreed: DailyRate?) -> DailyRate {
        guard segment >= 0, segments[segment].rate != .zero else { return .zero }
        return agreed ?? segments[segment].rate
    }

    /// - Parameters:
    ///   - conceded: what concessions took off the amount, as of the same date.
    ///   - judged: the day as of which plans that pause it are judged; `nil`: `asOf`.
    func gross(
        of basis: AccrualBasis, conceded: Money, asOf: CivilDate, judged: CivilDate? = nil
    ) -> Money {
        var sum: Int128 = 0
        forEachRun(of: basis, asOf: asOf, judged: judged) { sum += $0.product }
        return min(rounded(sum), capped(basis.amount - conceded))
    }

    func accrual(of basis: AccrualBasis, conceded: Money, asOf: CivilDate) -> Accrual {
        var runs: [AccrualRun] = []
        forEachRun(of: basis, asOf: asOf) { run in
            if let before = runs.last, before.principal == run.principal, before.rate == run.rate,
                before.last.advanced(byDays: 1) == run.first
            {
                runs[runs.count - 1] = AccrualRun(
                    first: before.first, days: before.days + run.days, principal: run.principal,
                    rate: run.rate)
            } else {
                runs.append(run)
            }
        }
        return Accrual(
            runs: runs, uncapped: rounded(runs.reduce(0) { $0 + $1.product }),
            cap: capped(basis.amount - conceded))
    }

    /// From millionths of a fen, half up: the one place where a late fee is rounded.
    private func rounded(_ millionths: Int128) -> Money {
        Money(fen: roundHalfUp(millionths, over: 1_000_000))
    }

    private func capped(_ amount: Money) -> Money {
        Money(fen: Int(Int128(amount.fen) * Int128(cap.parts) / Int128(Ratio.one.parts)))
    }
}
