import FeeLedger
import Primitives
import Testing

/// 100.00 due on 15 October at 1‰ a day; on 1 November 1.60 of its late fee (17 days: 1.70) is
/// waived, unless the principal is paid by 10 November.
@Suite struct `A waiver with a condition` {
    private let october = Sample.charge("2026-10", "100.00", due: "2026-10-15")

    private func book(order: AllocationOrder = .principalFirst) -> AccountBook {
        var book = AccountBook(order: order, issuing: [october])
        #expect(
            book.waive(yuan("1.60"), of: october.key, by: ID(9), on: day("2026-11-01"))
                == yuan("1.60"))
        book.restore(condition: day("2026-11-10"), of: ID(9), on: october.key)
        return book
    }

    private func standing(_ book: AccountBook, _ date: String) -> String {
        let standing = book.statement(asOf: day(date)).standings[0]
        return "\(standing.lateFeeGross) \(standing.lateFeeWaived) \(standing.lateFeeOpen)"
    }

    // Payments (date, amount), and gross, waived, open on 10 and on 11 November.
    @Test(
        arguments: [
            ([], "2.60 1.60 1.00", "2.70 0.00 2.70"),
            // On the day itself: 26 days.
            ([("2026-11-10", "100.00")], "2.60 1.60 1.00", "2.60 1.60 1.00"),
            ([("2026-11-11", "100.00")], "2.60 1.60 1.00", "2.70 0.00 2.70"),
            // In part: 60.00 are not paid in time.
            ([("2026-11-10", "40.00")], "2.60 1.60 1.00", "2.66 0.00 2.66"),
            (
                [("2026-11-09", "40.00"), ("2026-11-10", "60.00")], "2.56 1.60 0.96",
                "2.56 1.60 0.96"
            ),
            // Before the waiver was given.
            ([("2026-10-20", "100.00")], "0.50 1.60 0.00", "0.50 1.60 0.00"),
        ] as [([(String, String)], String, String)])
    func `counts to its day, and from then on only if the principal was paid by it`(
        paid: [(String, String)], onDay: String, after: String
    ) {
        var book = book()
        for (index, payment) in paid.enumerated() {
            book.receive(payment.1, as: index + 1, on: payment.0)
        }
        #expect(standing(book, "2026-11-10") == onDay)
        #expect(standing(book, "2026-11-11") == after)
    }

    @Test func `is judged again when a payment is recorded late with an earlier value date`() {
        var book = book()
        #expect(standing(book, "2026-11-20") == "3.60 0.00 3.60")
        book.receive("100.00", as: 1, on: "2026-11-10")
        #expect(standing(book, "2026-11-20") == "2.60 1.60 1.00")
    }

    @Test func `stays when the payment is reversed later, and goes when it is reversed in time`() {
        var later = book()
        later.receive("100.00", as: 1, on: "2026-11-05")
        later.reverse(ID(1), on: day("2026-11-20"))
        #expect(standing(later, "2026-11-12") == "2.10 1.60 0.50")
        // Accrual goes on from the day after the reversal; on 10 November it was paid.
        #expect(standing(later, "2026-11-20") == "2.10 1.60 0.50")
        #expect(standing(later, "2026-11-21") == "2.20 1.60 0.60")
        var sooner = book()
        sooner.receive("100.00", as: 1, on: "2026-11-05")
        sooner.reverse(ID(1), on: day("2026-11-09"))
        #expect(standing(sooner, "2026-11-10") == "2.20 1.60 0.60")
        #expect(standing(sooner, "2026-11-11") == "2.30 0.00 2.30")
    }

    @Test func `leaves its charge unsettled while its late fee may be asked for again`() {
        var kept = book()
        kept.receive("101.00", as: 1, on: "2026-11-10")
        #expect(kept.charges[0].settled(policy: kept.policy) == day("2026-11-10"))
        #expect(kept.statement(asOf: .distantFuture).total == .zero)
        var void = book()
        void.receive("101.10", as: 1, on: "2026-11-11")
        #expect(void.charges[0].settled(policy: void.policy) == nil)
        #expect(standing(void, "2026-11-11") == "2.70 0.00 1.60")
        void.receive("1.60", as: 2, on: "2026-11-12")
        #expect(void.charges[0].settled(policy: void.policy) == day("2026-11-12"))
    }

    @Test func `of which the late fee was paid meanwhile gives back what was paid too much`() {
        var book = book(order: .lateFeeFirst)
        // It was void on 20 November, and its late fee of 3.60 paid.
        book.receive("3.60", as: 1, on: "2026-11-20")
        // Then a payment of 10 November comes to light: 2.60 was due, less 1.60.
        book.receive("100.00", as: 2, on: "2026-11-10")
        #expect(book.statement(asOf: day("2026-11-20")).credit == yuan("2.60"))
        #expect(standing(book, "2026-11-20") == "2.60 1.60 0.00")
    }
}
