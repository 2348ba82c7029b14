import Casework
import Dunning
import Primitives
import Testing

private func day(_ text: String) -> CivilDate { CivilDate(text)! }

@Suite struct `A hardship case` {
    /// Opened on 2026-11-10. Decisions: outcome, day, review.
    private func hardship(
        _ review: String, _ decisions: [(String, String, String)]
    ) -> HardshipCase {
        HardshipCase(
            kind: .temporary, day: day("2026-11-10"), review: CivilDate(review),
            decisions: decisions.map {
                HardshipCase.Decision(
                    HardshipCase.Outcome(rawValue: $0.0)!, on: day($0.1), review: CivilDate($0.2))
            })
    }

    @Test(
        arguments: [
            ("2026-11-09", "2026-12-10", [], "", ""),
            ("2026-11-10", "2026-12-10", [], "open", "2026-12-10"),
            ("2026-12-10", "2026-12-10", [], "open", "2026-12-10"),
            ("2026-12-11", "2026-12-10", [], "lapsed", "2026-12-10"),
            ("2036-12-11", "", [], "open", ""),
            // A decision counts from its day on.
            ("2026-11-19", "", [("granted", "2026-11-20", "2027-02-28")], "open", ""),
            ("2026-11-20", "", [("granted", "2026-11-20", "2027-02-28")], "granted", "2027-02-28"),
            ("2027-02-28", "", [("granted", "2026-11-20", "2027-02-28")], "granted", "2027-02-28"),
            ("2027-03-01", "", [("granted", "2026-11-20", "2027-02-28")], "lapsed", "2027-02-28"),
            ("2026-11-20", "2026-12-10", [("refused", "2026-11-20", "")], "refused", ""),
            ("2027-11-20", "2026-12-10", [("refused", "2026-11-20", "")], "refused", ""),
            ("2026-11-19", "2026-12-10", [("refused", "2026-11-20", "")], "open", "2026-12-10"),
            // A renewal leaves it what it was.
            (
                "2027-01-31", "2026-12-10", [("renewed", "2026-12-10", "2027-01-31")], "open",
                "2027-01-31"
            ),
            (
                "2027-02-01", "2026-12-10", [("renewed", "2026-12-10", "2027-01-31")], "lapsed",
                "2027-01-31"
            ),
            (
                "2027-08-31", "",
                [("granted", "2026-11-20", "2027-02-28"), ("renewed", "2027-02-28", "2027-08-31")],
                "granted", "2027-08-31"
            ),
            // Between the review and a late renewal it had lapsed.
            (
                "2027-03-04", "",
                [("granted", "2026-11-20", "2027-02-28"), ("renewed", "2027-03-05", "2027-08-31")],
                "lapsed", "2027-02-28"
            ),
            (
                "2027-03-05", "",
                [("granted", "2026-11-20", "2027-02-28"), ("renewed", "2027-03-05", "2027-08-31")],
                "granted", "2027-08-31"
            ),
            (
                "2027-01-10", "",
                [("granted", "2026-11-20", "2027-02-28"), ("closed", "2027-01-10", "")], "closed",
                ""
            ),
            // Of one day, the one recorded last.
            (
                "2026-11-20", "",
                [("granted", "2026-11-20", "2027-02-28"), ("closed", "2026-11-20", "")], "closed",
                ""
            ),
        ] as [(String, String, [(String, String, String)], String, String)])
    func `has the state and review date that its days give it`(
        asOf: String, review: String, decisions: [(String, String, String)], state: String,
        until: String
    ) {
        let hardship = hardship(review, decisions)
        #expect(hardship.state(asOf: day(asOf))?.rawValue ?? "" == state)
        #expect(hardship.review(asOf: day(asOf)).map { "\($0)" } ?? "" == until)
    }

    @Test func `holds dunning on the days on which it is open or granted, and on no other`() {
        let hardship = hardship(
            "2026-12-10",
            [
                ("granted", "2026-12-20", "2027-02-28"), ("renewed", "2027-03-05", "2027-08-31"),
                ("closed", "2027-04-01", ""),
            ])
        let holds = hardship.holds.map { "\($0.from) \($0.to.map { "\($0)" } ?? "open")" }
        #expect(
            holds == [
                "2026-11-10 2026-12-10", "2026-12-20 2027-02-28", "2027-03-05 2027-03-31",
            ])
        #expect(hardship.holds.allSatisfy { $0.reason == .hardship })
        #expect(self.hardship("", []).holds.map(\.to) == [nil])
        // Refused on the very day: no day is left.
        #expect(self.hardship("", [("refused", "2026-11-10", "")]).holds.isEmpty)
    }

    @Test(
        arguments: [
            ("", [], "renewed granted refused closed"),
            ("2026-11-12", [], "renewed granted refused closed"),
            ("", [("granted", "2026-11-20", "2027-02-28")], "renewed granted closed"),
            ("", [("granted", "2026-11-20", "2026-11-25")], "renewed granted closed"),
            ("", [("refused", "2026-11-20", "")], ""),
            ("", [("granted", "2026-11-20", ""), ("closed", "2026-11-21", "")], ""),
        ] as [(String, [(String, String, String)], String)])
    func `can be decided while it is open, granted or lapsed`(
        review: String, decisions: [(String, String, String)], may: String
    ) {
        let hardship = hardship(review, decisions)
        let outcomes = [HardshipCase.Outcome.renewed, .granted, .refused, .closed]
        let possible = outcomes.filter { hardship.mayBe($0, on: day("2026-12-01")) }
        #expect(possible.map(\.rawValue).joined(separator: " ") == may)
        #expect(!hardship.mayBe(.closed, on: day("2026-11-09")))
    }
}

@Suite struct `An affordability sheet` {
    // Persons, allowance, incomes, arrears → remains, monthly, full parts, last part; in fen.
    @Test(
        arguments: [
            (3, 1_200_00, [4_200_00, 780_50], 2_850_00, 1_380_50, 1_380_00, 2, 90_00),
            (1, 1_000_00, [1_600_00], 2_400_00, 600_00, 600_00, 4, 0),
            (1, 1_000_00, [1_600_00], 0, 600_00, 600_00, 0, 0),
            (1, 1_000_00, [1_600_00], 599_99, 600_00, 600_00, 0, 599_99),
            (2, 500_00, [1_001_00], 3_50, 1_00, 1_00, 3, 50),
            (2, 500_00, [1_001_99], 3_00, 1_99, 1_00, 3, 0),
        ] as [(Int, Int, [Int], Int, Int, Int, Int, Int)])
    func `carries the plan that its remainder pays, in whole yuan`(
        persons: Int, allowance: Int, incomes: [Int], arrears: Int, remains: Int, monthly: Int,
        full: Int, last: Int
    ) {
        let sheet = Affordability(
            persons: persons, allowance: Money(fen: allowance),
            incomes: incomes.map { Money(fen: $0) })
        let plan = sheet.plan(for: Money(fen: arrears))
        #expect(sheet.remainder == Money(fen: remains))
        #expect(
            plan
                == CarriedPlan(
                    monthly: Money(fen: monthly), fullParts: full, lastPart: Money(fen: last)))
        #expect(plan!.months == full + (last > 0 ? 1 : 0))
    }

    @Test(arguments: [[], [1_000_00], [1_000_99], [400_00, 599_99]])
    func `carries no plan where not one yuan remains`(incomes: [Int]) {
        let sheet = Affordability(
            persons: 2, allowance: Money(fen: 500_00), incomes: incomes.map { Money(fen: $0) })
        #expect(sheet.plan(for: Money(fen: 100_00)) == nil)
    }
}

@Suite struct `A risk class` {
    // Doubtful from 181 days, bad from 731. Principals: fen, days overdue, lapsed.
    @Test(
        arguments: [
            ([], 0, "not_due"),
            ([(100_00, 0, false)], 5, "not_due"),
            ([(100_00, -10, false)], 0, "not_due"),
            ([(100_00, 1, false)], 0, "demanded"),
            ([(100_00, 1, false)], 1, "demanded"),
            ([(100_00, 1, false)], 2, "doubtful"),
            ([(100_00, 180, false)], 0, "demanded"),
            ([(1, 181, false), (100_00, 3, false)], 0, "doubtful"),
            ([(100_00, 730, false)], 2, "doubtful"),
            ([(100_00, 731, false)], 0, "bad"),
            ([(100_00, 1_096, true)], 0, "dead"),
            ([(100_00, 1_096, true), (100_00, 30, false)], 0, "bad"),
            ([(100_00, 1_096, true), (100_00, 0, false)], 2, "dead"),
            ([(100_00, 40, true)], 0, "dead"),
        ] as [([(Int, Int, Bool)], Int, String)])
    func `follows from age, broken promises and limitation`(
        principals: [(Int, Int, Bool)], broken: Int, risk: String
    ) {
        let facts = RiskFacts(
            principals: principals.map {
                RiskFacts.OpenPrincipal(
                    amount: Money(fen: $0.0), daysOverdue: $0.1, isLapsed: $0.2)
            }, brokenPromises: broken)
        #expect(RiskRules.customary.judge(facts).risk.rawValue == risk)
    }

    @Test(
        arguments: [
            (.demanded, 100_00, 0), (.doubtful, 100_02, 20_00), (.doubtful, 100_03, 20_01),
            (.bad, 1, 1), (.bad, 3_33, 1_67), (.dead, 123_45, 123_45), (.notDue, 5_00, 0),
        ] as [(RiskClass, Int, Int)])
    func `sets aside its share, rounded half up`(risk: RiskClass, principal: Int, provision: Int) {
        let set = RiskRules.customary.provision(for: risk, on: Money(fen: principal))
        #expect(set == Money(fen: provision))
    }
}
