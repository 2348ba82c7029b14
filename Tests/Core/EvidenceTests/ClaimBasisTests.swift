import Evidence
import FeeLedger
import Primitives
import Testing

/// One charge of 285.00 due on 2025-06-15; figures by hand: principal × days × rate, a year of 365
/// days, rounded half up once.
@Suite struct `Bases of a claim` {
    private let policy = LateFeePolicy(
        segments: [
            .init(from: CivilDate("2019-01-01")!, rate: DailyRate(parts: 1_000)),
            .init(from: CivilDate("2025-07-01")!, rate: .zero),
            .init(from: CivilDate("2025-07-11")!, rate: DailyRate(parts: 1_000)),
        ], grace: 0, graceMode: .forgive, cap: .one)

    private let rates = [
        YearlyRate(from: CivilDate("2024-10-21")!, rate: Percentage(parts: 310)),
        YearlyRate(from: CivilDate("2025-08-01")!, rate: Percentage(parts: 300)),
    ]

    private func charge(agreed: DailyRate? = nil) -> ChargeBook {
        ChargeBook(
            charge: Charge(
                item: FeeItem(id: ID(1), code: "wy"), period: Period("2025-06")!,
                amount: Money(fen: 285_00), due: CivilDate("2025-06-15")!, issuedAsOf: nil),
            agreedRate: agreed)
    }

    private func lateFee(
        _ basis: ClaimBasis, agreed: DailyRate? = nil, asOf: String = "2025-08-20"
    ) -> String {
        basis.lateFee(of: charge(agreed: agreed), policy: policy, asOf: CivilDate(asOf)!)
            .description
    }

    @Test func `count the ledger's days at their own rates`() {
        // 15 days of June, 21 of July, 20 of August; from 1 to 10 July the policy exempts all.
        #expect(lateFee(.agreed) == "15.96")  // 285 × 56 × 0.001
        // 285 × (36 × 3.1% + 20 × 3%) / 365 = 1.339890…
        #expect(lateFee(.yearly(rates, tenths: 10)) == "1.34")
        #expect(lateFee(.yearly(rates, tenths: 13)) == "1.74")  // 1.741857…
        #expect(lateFee(.yearly(rates, tenths: 15)) == "2.01")  // 2.009836…
        #expect(lateFee(.yearly(rates, tenths: 40)) == "5.36")  // 5.359561…
        let quarter = [YearlyRate(from: .distantPast, rate: Percentage(parts: 2_400))]
        #expect(lateFee(.yearly(quarter, tenths: 10)) == "10.49")  // 285 × 56 × 24% / 365 = 10.4942
    }

    @Test func `an agreed rate holds for the agreed bases alone`() {
        let half = DailyRate(parts: 500)
        #expect(lateFee(.agreed, agreed: half) == "7.98")
        #expect(lateFee(.yearly(rates, tenths: 10), agreed: half) == "1.34")
    }

    @Test func `a cap is a share of the principal`() {
        #expect(lateFee(.agreedUncapped, asOf: "2028-06-15") == "309.51")  // 1,086 days
        #expect(lateFee(.agreed, asOf: "2028-06-15") == "285.00")
        #expect(lateFee(.agreedUpTo(Ratio(parts: 300_000)), asOf: "2028-06-15") == "85.50")
    }

    @Test func `days before the first known rate accrue nothing`() {
        let late = [YearlyRate(from: CivilDate("2025-08-01")!, rate: Percentage(parts: 300))]
        #expect(lateFee(.yearly(late, tenths: 10)) == "0.47")  // 285 × 20 × 3% / 365 = 0.4684
        #expect(lateFee(.yearly([], tenths: 10)) == "0.00")
    }

    /// 诉讼费用交纳办法: 50 up to 10,000; then 2.5%, 2%, 1.5%, 1%, 0.9% … of what lies above.
    @Test(arguments: [
        ("1.00", "50.00"), ("10000.00", "50.00"), ("10000.01", "50.00"), ("20000.00", "300.00"),
        ("100000.00", "2300.00"), ("200000.00", "4300.00"), ("500000.00", "8800.00"),
        ("1000000.00", "13800.00"), ("2000000.00", "22800.00"), ("30000000.00", "191800.00"),
    ])
    func `court fees grow by steps`(amount: String, fee: String) throws {
        #expect(try CourtFee.lawsuit(over: Money(parsing: amount)).description == fee)
    }

    @Test func `a payment order costs a third, a small claim half`() {
        #expect(CourtFee.paymentOrder(over: Money(fen: 1_00)) == Money(fen: 16_67))
        #expect(CourtFee.smallClaim(over: Money(fen: 1_00)) == Money(fen: 25_00))
    }
}
