import FeeLedger
import Primitives
import Testing

/// One charge of 100.00 due on 2026-11-15, unless a row says otherwise: 1‰ of it is 10 fen a day.
struct LateFeeRow: Sendable, CustomTestStringConvertible {
    var amount = "100.00"
    var due = "2026-11-15"
    /// Date and amount.
    var paid: [(String, String)] = []
    var rates = [("2019-01-01", "0.001")]
    var agreed: String?
    var grace = 0
    var mode = LateFeePolicy.GraceMode.forgive
    var cap = "1.0"
    let asOf: String
    /// Gross, in fen.
    let expected: Int

    var testDescription: String { "due \(due), paid \(paid), as of \(asOf): \(expected)" }
}

private let half = [("2019-01-01", "0.001"), ("2026-11-20", "0.0005")]
private let exempt = [("2019-01-01", "0.001"), ("2026-11-20", "0"), ("2026-11-25", "0.001")]
private let late = [("2026-11-20", "0.001")]

/// Each figure is days × 10 fen, counted by hand on the calendar; the comment says which days.
private let boundaries: [LateFeeRow] = [
    // Before, on and after the due date.
    .init(asOf: "2026-11-14", expected: 0),
    .init(asOf: "2026-11-15", expected: 0),
    .init(asOf: "2026-11-16", expected: 10),  // the 16th itself
    .init(asOf: "2026-11-17", expected: 20),
    .init(asOf: "2026-12-15", expected: 300),  // 16–30 November: 15; 1–15 December: 15
    // Paid before, on and after it: the day of payment still accrues, the next no more.
    .init(paid: [("2026-11-14", "100.00")], asOf: "2026-12-15", expected: 0),
    .init(paid: [("2026-11-15", "100.00")], asOf: "2026-12-15", expected: 0),
    .init(paid: [("2026-11-16", "100.00")], asOf: "2026-11-16", expected: 10),
    .init(paid: [("2026-11-16", "100.00")], asOf: "2026-11-17", expected: 10),
    .init(paid: [("2026-11-17", "100.00")], asOf: "2026-12-15", expected: 20),
    // 16–20: 5 × 10; 21–25: 5 × 5.
    .init(paid: [("2026-11-20", "50.00")], asOf: "2026-11-25", expected: 75),
    // The same with two payments on one day: 5 × 10, 5 × 5.
    .init(
        paid: [("2026-11-20", "20.00"), ("2026-11-20", "30.00")],
        asOf: "2026-11-25", expected: 75),
    // Grace forgiven: the five days never accrue.
    .init(grace: 5, asOf: "2026-11-20", expected: 0),
    .init(grace: 5, asOf: "2026-11-21", expected: 10),
    .init(paid: [("2026-11-20", "100.00")], grace: 5, asOf: "2026-12-15", expected: 0),
    .init(paid: [("2026-11-21", "100.00")], grace: 5, asOf: "2026-12-15", expected: 10),
    .init(paid: [("2026-11-18", "50.00")], grace: 5, asOf: "2026-11-22", expected: 10),  // 2 × 5
    // Grace retroactive: nothing up to its last day, then every day since the due date.
    .init(grace: 5, mode: .retroactive, asOf: "2026-11-20", expected: 0),
    .init(grace: 5, mode: .retroactive, asOf: "2026-11-21", expected: 60),  // 16–21
    .init(
        paid: [("2026-11-20", "100.00")], grace: 5, mode: .retroactive,
        asOf: "2026-12-31", expected: 0),
    .init(
        paid: [("2026-11-21", "100.00")], grace: 5, mode: .retroactive,
        asOf: "2026-12-31", expected: 60),
    .init(
        paid: [("2026-11-20", "99.99")], grace: 5, mode: .retroactive,
        asOf: "2026-11-20", expected: 0),
    .init(
        paid: [("2026-11-20", "99.99")], grace: 5, mode: .retroactive,
        asOf: "2026-11-21", expected: 50),
    // 16–18: 3 × 10; 19–21: 3 × 5.
    .init(
        paid: [("2026-11-18", "50.00"), ("2026-11-21", "50.00")], grace: 5, mode: .retroactive,
        asOf: "2026-12-31", expected: 45),
    .init(
        paid: [("2026-11-18", "50.00"), ("2026-11-20", "50.00")], grace: 5, mode: .retroactive,
        asOf: "2026-12-31", expected: 0),
    .init(grace: 0, mode: .retroactive, asOf: "2026-11-16", expected: 10),
    // 29 February.
    .init(due: "2024-02-28", asOf: "2024-02-29", expected: 10),
    .init(due: "2024-02-28", asOf: "2024-03-01", expected: 20),
    .init(due: "2024-02-29", asOf: "2024-03-01", expected: 10),
    .init(due: "2023-02-28", asOf: "2023-03-01", expected: 10),
    .init(due: "2100-02-28", asOf: "2100-03-01", expected: 10),
    .init(due: "2024-02-15", asOf: "2024-03-15", expected: 290),  // 14 in February, 15 in March
    .init(due: "2024-02-28", grace: 1, asOf: "2024-02-29", expected: 0),
    .init(due: "2024-02-28", grace: 1, asOf: "2024-03-01", expected: 10),
    // Capped: at 3‰ the debt is reached after 10000 ÷ 30 = 333⅓ days; the 333rd is 2027-10-14.
    .init(rates: [("2019-01-01", "0.003")], asOf: "2027-10-14", expected: 9_990),
    .init(rates: [("2019-01-01", "0.003")], asOf: "2027-10-15", expected: 10_000),
    .init(rates: [("2019-01-01", "0.003")], asOf: "2036-11-15", expected: 10_000),
    .init(cap: "0.05", asOf: "2027-01-03", expected: 490),  // 15 + 31 + 3 = 49 days
    .init(cap: "0.05", asOf: "2027-01-04", expected: 500),
    .init(cap: "0.05", asOf: "2027-01-05", expected: 500),
    .init(amount: "33.33", cap: "0.3", asOf: "2036-11-15", expected: 999),  // 999.9, rounded down
    .init(cap: "0", asOf: "2036-11-15", expected: 0),
    .init(cap: "2.0", asOf: "2036-11-15", expected: 20_000),
    // The rate changes: 16–19 are 4 × 10; 20–25 are 6 × 5.
    .init(rates: half, asOf: "2026-11-19", expected: 40),
    .init(rates: half, asOf: "2026-11-20", expected: 45),
    .init(rates: half, asOf: "2026-11-25", expected: 70),
    .init(rates: half, agreed: "0.002", asOf: "2026-11-25", expected: 200),  // 10 × 20
    // A general exemption, 20–24, beats the agreed rate too: 16–19 and 25–30 are 10 days.
    .init(rates: exempt, asOf: "2026-11-24", expected: 40),
    .init(rates: exempt, asOf: "2026-11-25", expected: 50),
    .init(rates: exempt, asOf: "2026-11-30", expected: 100),
    .init(rates: exempt, agreed: "0.0005", asOf: "2026-11-30", expected: 50),
    .init(paid: [("2026-11-22", "50.00")], rates: exempt, asOf: "2026-11-30", expected: 70),
    // Before the first segment nothing accrues, whatever was agreed: 20–25 are 6 days.
    .init(rates: late, asOf: "2026-11-19", expected: 0),
    .init(rates: late, asOf: "2026-11-25", expected: 60),
    .init(rates: late, agreed: "0.0005", asOf: "2026-11-25", expected: 30),
    .init(rates: [], asOf: "2036-11-25", expected: 0),
    .init(rates: [], agreed: "0.001", asOf: "2036-11-25", expected: 0),
    .init(agreed: "0", asOf: "2036-11-25", expected: 0),
    // Rounded half up, once: 33.33 at 1‰ is 3.333 a day; 5.00 is 0.5; 4.99 is 0.499.
    .init(amount: "33.33", asOf: "2026-11-16", expected: 3),
    .init(amount: "33.33", asOf: "2026-11-17", expected: 7),
    .init(amount: "33.33", asOf: "2026-11-18", expected: 10),
    .init(amount: "5.00", asOf: "2026-11-16", expected: 1),
    .init(amount: "4.99", asOf: "2026-11-16", expected: 0),
    // 10.00: 4 days × 0.1 + 3 days × 0.7 = 2.5; rounded run by run it were 0 + 2.
    .init(
        amount: "10.00", rates: [("2019-01-01", "0.0001"), ("2026-11-20", "0.0007")],
        asOf: "2026-11-22", expected: 3),
    // The largest charge at the highest rate: 10^12 fen × 3‰ × 10 days, no overflow.
    .init(
        amount: "10000000000.00", rates: [("2019-01-01", "0.003")], asOf: "2026-11-25",
        expected: 30_000_000_000),
]

@Suite struct `Late-fee accrual` {
    @Test(arguments: boundaries)
    func `accrues from the day after the due date, day by day`(row: LateFeeRow) throws {
        let policy = Sample.late(
            rates: row.rates.map { ($0.0, $0.1) }, grace: row.grace, mode: row.mode, cap: row.cap)
        let period = String(row.due.prefix(7))
        var book = AccountBook(
            policy, agreed: row.agreed, issuing: [Sample.charge(period, row.amount, due: row.due)])
        for (number, payment) in row.paid.enumerated() {
            book.receive(payment.1, as: number, on: payment.0)
        }
        let charge = try #require(book.charges.first)
        let asOf = day(row.asOf)
        let expected = Money(fen: row.expected)
        #expect(charge.lateFeeGross(policy: policy, asOf: asOf) == expected)
        #expect(charge.accrual(policy: policy, asOf: asOf).gross == expected)
        let standing = try #require(book.statement(asOf: asOf).standings.first)
        #expect(standing.lateFeeGross == expected)
    }

    @Test func `a payment on the due date accrues no late fee`() {
        var book = AccountBook(issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")])
        book.receive("100.00", as: 1, on: "2026-11-15")
        #expect(book.statement(asOf: Sample.longAfter).lateFeeOpen == .zero)
    }

    // MARK: - Concessions

    @Test func `a concession known at issue counts from the first day of accrual`() {
        // 70.00 left: 7 fen a day, 10 days; the cap is 70.00 × 0.005 = 0.35.
        let book = AccountBook(
            Sample.late(rates: [("2019-01-01", "0.001")], cap: "0.005"),
            issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")],
            under: [Sample.concession("C1", .amount(yuan("30.00")))])
        #expect(
            book.charges[0].accrual(policy: book.policy, asOf: day("2026-11-25")).uncapped
                == Money(fen: 70))
        #expect(book.gross(asOf: "2026-11-25") == Money(fen: 35))
        #expect(book.gross(asOf: "2026-11-19") == Money(fen: 28))
    }

    @Test func `a concession decided later lowers the principal from its day on`() {
        var book = AccountBook(issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")])
        let concession = Sample.concession("C1", .percent(Percentage(parts: 4_000)))
        book.concede(concession, on: day("2026-11-20"))
        // 16–19: 4 × 10; 20–25: 6 × 6.
        #expect(book.gross(asOf: "2026-11-19") == Money(fen: 40))
        #expect(book.gross(asOf: "2026-11-20") == Money(fen: 46))
        #expect(book.gross(asOf: "2026-11-25") == Money(fen: 76))
    }

    @Test func `under retroactive grace a concession within it counts as paid`() {
        let policy = Sample.late(rates: [("2019-01-01", "0.001")], grace: 5, mode: .retroactive)
        let charge = Sample.charge("2026-11", "100.00", due: "2026-11-15")
        var book = AccountBook(policy, issuing: [charge])
        book.receive("60.00", as: 1, on: "2026-11-20")
        book.concede(Sample.concession("C1", .amount(yuan("40.00"))), on: day("2026-11-20"))
        #expect(book.gross(asOf: "2026-12-31") == .zero)

        var tooLate = AccountBook(policy, issuing: [charge])
        tooLate.receive("60.00", as: 1, on: "2026-11-20")
        tooLate.concede(Sample.concession("C1", .amount(yuan("40.00"))), on: day("2026-11-21"))
        #expect(tooLate.gross(asOf: "2026-12-31") == Money(fen: 50))  // 16–20: 5 × 10
    }

    @Test func `an exempted charge accrues nothing at all`() {
        let book = AccountBook(
            agreed: "0.001", issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")],
            under: [Sample.concession("C1", .noLateFee)])
        #expect(book.gross(asOf: "2036-11-15") == .zero)
        #expect(book.charges[0].principalOpen == yuan("100.00"))
        #expect(book.charges[0].accrual(policy: book.policy, asOf: day("2036-11-15")).runs == [])
    }

    @Test func `an exemption decided later stops the accrual from its day on`() {
        var book = AccountBook(issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")])
        book.concede(Sample.concession("C1", .noLateFee), on: day("2026-11-20"))
        #expect(book.gross(asOf: "2026-11-19") == Money(fen: 40))  // 16–19
        #expect(book.gross(asOf: "2026-12-31") == Money(fen: 40))
    }

    // MARK: - Explanation

    @Test func `the explanation names every run of days, and adds up to gross`() {
        var book = AccountBook(
            Sample.late(rates: exempt.map { ($0.0, $0.1) }),
            issuing: [Sample.charge("2026-11", "33.33", due: "2026-11-15")])
        book.receive("10.00", as: 1, on: "2026-11-17")
        book.receive("5.55", as: 2, on: "2026-11-27")
        let accrual = book.charges[0].accrual(policy: book.policy, asOf: day("2026-11-30"))
        #expect(
            accrual.runs.map(\.words) == [
                "2026-11-16–2026-11-17 2 × 33.33 × 0.001000",
                "2026-11-18–2026-11-19 2 × 23.33 × 0.001000",
                "2026-11-25–2026-11-27 3 × 23.33 × 0.001000",
                "2026-11-28–2026-11-30 3 × 17.78 × 0.001000",
            ])
        // 2 × 3333 + 2 × 2333 + 3 × 2333 + 3 × 1778 = 23,665 thousandths of a fen.
        #expect(accrual.runs.map(\.product).reduce(0, +) == 23_665_000)
        #expect(accrual.uncapped == Money(fen: 24) && accrual.gross == Money(fen: 24))
        #expect(accrual.cap == yuan("33.33"))
    }

    @Test func `runs merge where neither principal nor rate changed`() {
        let rates = [("2019-01-01", "0.001"), ("2026-11-20", "0.001"), ("2026-11-25", "0.002")]
        let charge = Sample.charge("2026-11", "100.00", due: "2026-11-15")
        let book = AccountBook(Sample.late(rates: rates), issuing: [charge])
        #expect(
            book.words(asOf: "2026-11-26") == [
                "2026-11-16–2026-11-24 9 × 100.00 × 0.001000",
                "2026-11-25–2026-11-26 2 × 100.00 × 0.002000",
            ])
        let agreed = AccountBook(Sample.late(rates: rates), agreed: "0.0005", issuing: [charge])
        #expect(
            agreed.words(asOf: "2026-11-26") == [
                "2026-11-16–2026-11-26 11 × 100.00 × 0.000500"
            ])
    }

    @Test func `a run never spans days on which nothing accrued`() {
        let book = AccountBook(
            Sample.late(rates: exempt.map { ($0.0, $0.1) }),
            issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")])
        #expect(
            book.words(asOf: "2026-11-26") == [
                "2026-11-16–2026-11-19 4 × 100.00 × 0.001000",
                "2026-11-25–2026-11-26 2 × 100.00 × 0.001000",
            ])
    }

    @Test func `rates may be given in any order`() {
        let rates = [("2026-11-20", "0.0005"), ("2019-01-01", "0.001")]
        let book = AccountBook(
            Sample.late(rates: rates),
            issuing: [Sample.charge("2026-11", "100.00", due: "2026-11-15")])
        #expect(book.gross(asOf: "2026-11-25") == Money(fen: 70))
    }
}

extension AccountBook {
    fileprivate func gross(asOf date: String) -> Money {
        charges[0].lateFeeGross(policy: policy, asOf: day(date))
    }

    fileprivate func words(asOf date: String) -> [String] {
        charges[0].accrual(policy: policy, asOf: day(date)).runs.map(\.words)
    }
}

extension AccrualRun {
    fileprivate var words: String { "\(first)–\(last) \(days) × \(principal) × \(rate)" }
}
