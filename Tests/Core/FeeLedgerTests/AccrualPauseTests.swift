import FeeLedger
import Primitives
import Testing

/// 100.00 due on 15 October at 1‰ a day; a plan pauses its late fee from 1 November to
/// 31 December.
@Suite struct `A pause of the late fee` {
    private let october = Sample.charge("2026-10", "100.00", due: "2026-10-15")

    private func book(brokenOn: String? = nil, forgives: Bool = false) -> AccountBook {
        var book = AccountBook(issuing: [october])
        book.restore(
            AccrualPause(
                from: day("2026-11-01"), to: day("2026-12-31"), brokenOn: brokenOn.map(day),
                forgives: forgives), of: october.key)
        return book
    }

    private func runs(_ book: AccountBook, _ date: String) -> [String] {
        book.charges[0].accrual(policy: book.policy, asOf: day(date)).runs
            .map { "\($0.first) \($0.days)" }
    }

    // As of, and the late fee: kept; broken on 20 December and restored; the same and forgiven.
    @Test(arguments: [
        ("2026-10-31", "1.60", "1.60", "1.60"), ("2026-11-01", "1.60", "1.60", "1.60"),
        ("2026-12-19", "1.60", "1.60", "1.60"), ("2026-12-20", "1.60", "6.60", "1.70"),
        ("2026-12-31", "1.60", "7.70", "2.80"), ("2027-01-01", "1.70", "7.80", "2.90"),
        ("2027-01-31", "4.70", "10.80", "5.90"),
    ])
    func `lasts while the plan is kept; breaking it restores the days, or forgives those before`(
        date: String, kept: String, restored: String, forgiven: String
    ) {
        let gross = { (book: AccountBook) in
            book.charges[0].lateFeeGross(policy: book.policy, asOf: day(date))
        }
        #expect(gross(book()) == yuan(kept))
        #expect(gross(book(brokenOn: "2026-12-20")) == yuan(restored))
        #expect(gross(book(brokenOn: "2026-12-20", forgives: true)) == yuan(forgiven))
    }

    @Test func `is explained by the runs of days around it`() {
        #expect(runs(book(), "2026-12-31") == ["2026-10-16 16"])
        #expect(runs(book(), "2027-01-02") == ["2026-10-16 16", "2027-01-01 2"])
        #expect(runs(book(brokenOn: "2026-12-20"), "2026-12-20") == ["2026-10-16 66"])
        #expect(
            runs(book(brokenOn: "2026-12-20", forgives: true), "2026-12-22") == [
                "2026-10-16 16", "2026-12-20 3",
            ])
    }

    @Test func `that was broken before it began changes nothing`() {
        let plain = AccountBook(issuing: [october])
        let expected = plain.charges[0].lateFeeGross(policy: plain.policy, asOf: day("2026-12-31"))
        for forgives in [false, true] {
            let book = book(brokenOn: "2026-11-01", forgives: forgives)
            #expect(
                book.charges[0].lateFeeGross(policy: book.policy, asOf: day("2026-12-31"))
                    == expected)
        }
    }

    @Test func `of two plans, the first one broken, each counts for its own days`() {
        var book = book(brokenOn: "2026-12-20", forgives: true)
        book.restore(
            AccrualPause(
                from: day("2027-01-01"), to: day("2027-01-31"), brokenOn: nil, forgives: false),
            of: october.key)
        #expect(
            runs(book, "2027-02-01") == ["2026-10-16 16", "2026-12-20 12", "2027-02-01 1"])
    }

    @Test func `leaves its charge unsettled until the plan is paid in full`() {
        var running = book(brokenOn: "2027-01-08")
        running.receive("101.60", as: 1, on: "2026-11-20")
        #expect(running.statement(asOf: day("2027-01-07")).total == .zero)
        #expect(running.charges[0].settled(policy: running.policy) == nil)
        // Broken, it is as if the twenty days had run.
        #expect(running.statement(asOf: day("2027-01-08")).lateFeeOpen == yuan("2.00"))
        var complete = book()
        complete.receive("101.60", as: 1, on: "2026-11-20")
        #expect(complete.charges[0].settled(policy: complete.policy) == day("2026-11-20"))
    }

    // MARK: - What was paid above it

    /// Paid up to 20 November before anybody knew of the plan; closed while it runs.
    @Test
    func `of a running plan gives back what was paid above it; breaking it asks for it again`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("3.60", as: 1, on: "2026-11-20")
        book.restore(
            AccrualPause(
                from: day("2026-11-01"), to: day("2026-12-31"), brokenOn: day("2026-12-23"),
                forgives: false), of: october.key)
        book.receive("100.00", as: 2, on: "2026-11-25")
        let standing = { (date: String) in
            let statement = book.statement(asOf: day(date))
            let charge = statement.standings[0]
            return "\(charge.lateFeeGross) \(charge.lateFeePaid) \(charge.lateFeeOpen) "
                + "\(statement.credit)"
        }
        #expect(standing("2026-11-25") == "1.60 1.60 0.00 2.00")
        #expect(standing("2026-12-22") == "1.60 1.60 0.00 2.00")
        // Broken, all 41 days count.
        #expect(standing("2026-12-23") == "4.10 1.60 2.50 2.00")
    }

    @Test func `approved after all was paid gives back the days that it pauses`() {
        var book = AccountBook(issuing: [october])
        book.receive("103.60", as: 1, on: "2026-11-20")
        book.restore(
            AccrualPause(
                from: day("2026-11-01"), to: day("2026-12-31"), brokenOn: nil, forgives: false),
            of: october.key)
        book.takeOffPaused(on: day("2026-11-22"))
        #expect(book.statement(asOf: day("2026-11-21")).credit == .zero)
        #expect(book.statement(asOf: day("2026-11-22")).credit == yuan("2.00"))
        book.takeOffPaused(on: day("2026-11-23"))
        #expect(book.statement(asOf: .distantFuture).credit == yuan("2.00"))
    }

    @Test func `kept by a payment that comes to light gives back what was paid as if broken`() {
        var broken = book(brokenOn: "2026-12-23")
        broken.receive("107.40", as: 1, on: "2026-12-28")
        #expect(broken.statement(asOf: day("2026-12-28")).credit == .zero)
        var kept = book()
        for entry in broken.posted { kept.restore(entry) }
        kept.receive("1.00", as: 2, on: "2026-12-10")
        #expect(kept.statement(asOf: day("2026-12-27")).credit == yuan("1.00"))
        #expect(kept.statement(asOf: day("2026-12-28")).credit == yuan("6.80"))
        #expect(kept.statement(asOf: day("2026-12-28")).lateFeeOpen == .zero)
    }
}
