import Casework
import Primitives
import Testing

/// Agreed on 20 November, approved on the 22nd: 100.00 by 15 December, 200.00 by 15 January; broken
/// when a part is more than 7 days late.
@Suite struct `An instalment plan` {
    private func plan(
        approved: Bool? = true, lateFee: InstalmentPlan.LateFee = .pause, forgives: Bool = false
    ) -> InstalmentPlan {
        InstalmentPlan(
            terms: InstalmentPlan.Terms(
                parts: [
                    .init(due: day("2026-12-15"), amount: Money(fen: 100_00)),
                    .init(due: day("2027-01-15"), amount: Money(fen: 200_00)),
                ], lateFee: lateFee, forgives: forgives, brokenAfter: 7, covers: []),
            proposed: day("2026-11-20"),
            decision: approved.map {
                Approval(isApproved: $0, day: day("2026-11-22"), by: "王", reason: "")
            })
    }

    // Receipts: date, fen, reversed on; as of; the plan's state, and that of its parts.
    @Test(
        arguments: [
            ([], "2026-11-21", "proposed", "open open"), ([], "2026-11-22", "kept", "open open"),
            ([], "2026-12-15", "kept", "open open"), ([], "2026-12-16", "late", "late open"),
            ([], "2026-12-22", "late", "late open"), ([], "2026-12-23", "broken", "broken open"),
            ([("2026-11-20", 100_00, "")], "2026-12-23", "kept", "kept open"),
            ([("2026-11-19", 100_00, "")], "2026-12-23", "broken", "broken open"),
            ([("2026-12-15", 99_99, "")], "2026-12-16", "late", "late open"),
            ([("2026-12-22", 100_00, "")], "2026-12-23", "kept", "kept open"),
            // A day too late: broken, and it stays so.
            ([("2026-12-23", 100_00, "")], "2026-12-23", "broken", "broken open"),
            (
                [("2026-12-23", 100_00, ""), ("2027-01-15", 200_00, "")], "2027-02-01", "broken",
                "broken kept"
            ),
            ([("2026-12-01", 300_00, "")], "2026-12-01", "completed", "kept kept"),
            ([("2026-12-01", 299_99, "")], "2027-01-22", "late", "kept late"),
            ([("2026-12-01", 299_99, "")], "2027-01-23", "broken", "kept broken"),
            // Reversed: as of the day before it stood.
            ([("2026-12-01", 300_00, "2027-03-01")], "2027-02-28", "completed", "kept kept"),
            ([("2026-12-01", 300_00, "2027-03-01")], "2027-03-01", "broken", "broken broken"),
            (
                [("2026-12-01", 100_00, "2026-12-10"), ("2026-12-20", 100_00, "")], "2026-12-24",
                "kept", "kept open"
            ),
        ] as [([(String, Int, String)], String, String, String)])
    func `is judged from what was paid since the agreement`(
        paid: [(String, Int, String)], asOf: String, state: String, parts: String
    ) {
        let receipts = receipts(paid)
        #expect(plan().state(asOf: day(asOf), receipts).rawValue == state)
        let states = plan().partStates(asOf: day(asOf), receipts).map(\.rawValue)
        #expect(states.joined(separator: " ") == parts)
    }

    @Test func `that was refused, or not decided, has no days`() {
        #expect(plan(approved: nil).state(asOf: day("2027-06-01"), []) == .proposed)
        #expect(plan(approved: false).state(asOf: day("2026-11-21"), []) == .proposed)
        #expect(plan(approved: false).state(asOf: day("2026-11-22"), []) == .refused)
        for plan in [plan(approved: nil), plan(approved: false)] {
            #expect(plan.rest([]) == nil)
            #expect(plan.pause([]) == nil)
        }
    }

    // Receipts; the day on which it is broken; the last day on which dunning rests.
    @Test(
        arguments: [
            ([], "2026-12-23", "2026-12-22"),
            ([("2026-12-22", 100_00, "")], "2027-01-23", "2027-01-22"),
            ([("2026-12-22", 300_00, "")], "", "2027-01-22"),
            ([("2026-12-22", 300_00, "2027-01-01")], "2027-01-01", "2026-12-31"),
            ([("2026-12-22", 300_00, "2027-05-01")], "2027-05-01", "2027-01-22"),
        ] as [([(String, Int, String)], String, String)])
    func `lets dunning rest to the day before it is broken`(
        paid: [(String, Int, String)], broken: String, last: String
    ) {
        let receipts = receipts(paid)
        #expect(plan().brokenOn(receipts) == CivilDate(broken))
        #expect(plan().rest(receipts) == day("2026-11-22")...day(last))
        #expect(plan().pause(receipts)?.brokenOn == CivilDate(broken))
        #expect(plan().pause(receipts)?.to == day("2027-01-15"))
        #expect(plan(lateFee: .accrue).pause(receipts) == nil)
    }

    @Test func `asks next for what is missing of the first part that is not paid`() {
        let next = { (paid: Int) in
            self.plan().next(
                asOf: day("2026-12-20"), self.receipts([("2026-12-01", paid, "")]))
        }
        #expect(next(0) == .init(due: day("2026-12-15"), amount: Money(fen: 100_00)))
        #expect(next(40_00) == .init(due: day("2026-12-15"), amount: Money(fen: 60_00)))
        #expect(next(100_00) == .init(due: day("2027-01-15"), amount: Money(fen: 200_00)))
        #expect(next(250_00) == .init(due: day("2027-01-15"), amount: Money(fen: 50_00)))
        #expect(next(300_00) == nil)
    }

    private func receipts(_ paid: [(String, Int, String)]) -> [Receipt] {
        paid.map {
            Receipt(date: day($0.0), amount: Money(fen: $0.1), reversed: CivilDate($0.2))
        }
    }
}

private func day(_ text: String) -> CivilDate { CivilDate(text)! }
