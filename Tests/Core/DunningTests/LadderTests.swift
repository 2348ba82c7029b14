import Dunning
import FeeLedger
import Primitives
import Testing

private typealias Owed = Sample.Owed

@Suite struct `Dunning ladder` {
    /// The customary ladder: early from day 1 and 0.01, middle from day 6 and 20.00, late from
    /// day 19 and 50.00, formal from day 29 and 100.00.
    @Test(
        arguments: [
            ([], nil),
            ([Owed(days: -14, amount: "5000.00")], nil),
            ([Owed(days: 0, amount: "5000.00")], nil),  // can still be paid today
            ([Owed(days: 1, amount: "0.01")], "early"),
            ([Owed(days: 1, amount: "5000.00")], "early"),
            ([Owed(days: 5, amount: "5000.00")], "early"),
            ([Owed(days: 6, amount: "19.99")], "early"),
            ([Owed(days: 6, amount: "20.00")], "middle"),
            ([Owed(days: 18, amount: "5000.00")], "middle"),
            ([Owed(days: 19, amount: "49.99")], "middle"),
            ([Owed(days: 19, amount: "50.00")], "late"),
            ([Owed(days: 28, amount: "5000.00")], "late"),
            ([Owed(days: 29, amount: "99.99")], "late"),
            ([Owed(days: 29, amount: "100.00")], "formal"),
            ([Owed(days: 3_000, amount: "100.00")], "formal"),
            ([Owed(days: 3_000, amount: "19.99")], "early"),
            // The sum of those that are old enough, and of no others.
            ([Owed(days: 29, amount: "60.00"), Owed(days: 30, amount: "40.00")], "formal"),
            ([Owed(days: 29, amount: "60.00"), Owed(days: 28, amount: "40.00")], "late"),
            ([Owed(days: 29, amount: "40.00"), Owed(days: 28, amount: "9.99")], "middle"),
            ([Owed(days: 6, amount: "10.00"), Owed(days: 5, amount: "5000.00")], "early"),
            ([Owed(days: 6, amount: "10.00"), Owed(days: 7, amount: "10.00")], "middle"),
        ] as [([Sample.Owed], String?)])
    private func `the stage is the highest that the overdue principals reach`(
        owed: [Sample.Owed], stage: String?
    ) {
        #expect(Sample.decision(owed).word == stage)
    }

    @Test(
        arguments: [
            (nil, "formal"), ("0.01", "late"), ("50.00", "late"), ("50.01", "middle"),
            ("80.00", "middle"), ("80.01", "early"), ("99.99", "early"),
            ("100.00", nil),  // a late fee alone is not dunned
            ("500.00", nil),
        ] as [(String?, String?)])
    func `what was paid no longer counts`(paid: String?, stage: String?) {
        #expect(Sample.decision([Owed(days: 29, amount: "100.00")], paid: paid).word == stage)
    }

    @Test func `a stage without a minimum still needs an overdue principal of its age`() {
        let ladder = DunningLadder(
            stages: [
                Sample.stage("first", from: 1, min: "0"),
                Sample.stage("second", from: 30, min: "0"),
            ], billChannels: [])
        #expect(Sample.decision([Owed(days: 29, amount: "1.00")], ladder: ladder).word == "first")
        #expect(Sample.decision([Owed(days: 30, amount: "0.01")], ladder: ladder).word == "second")
        #expect(Sample.decision([Owed(days: 0, amount: "1.00")], ladder: ladder).word == nil)
    }

    @Test func `a higher stage is reached though a lower one is not`() {
        let ladder = DunningLadder(
            stages: [
                Sample.stage("first", from: 1, min: "500.00"),
                Sample.stage("second", from: 10, min: "10.00"),
            ], billChannels: [])
        #expect(Sample.decision([Owed(days: 9, amount: "20.00")], ladder: ladder).word == nil)
        #expect(Sample.decision([Owed(days: 10, amount: "20.00")], ladder: ladder).word == "second")
    }

    @Test func `the customary ladder stands in order, and signs from the formal demand on`() {
        let stages = DunningLadder.customary.stages
        #expect(stages.map(\.code) == ["early", "middle", "late", "formal"])
        #expect(stages.map(\.fromDay) == [1, 6, 19, 29])
        #expect(stages.map(\.repeatAfter) == [30, 14, 14, 30])
        #expect(stages.map(\.asksForSignature) == [false, false, false, true])
        #expect(stages.map(\.minAmount) == ["0.01", "20.00", "50.00", "100.00"].map(yuan))
        #expect(stages[3].channels == [.hand, .registered, .email])
    }
}

@Suite struct `Notice decisions` {
    private let overdue = Owed(days: 29, amount: "100.00")
    private let new = Owed(days: -14, amount: "300.00", isNew: true)

    // MARK: - Repetition

    @Test(
        arguments: [
            (0, nil), (1, nil), (29, nil), (30, "formal"), (31, "formal"),
        ] as [(Int, String?)])
    func `a stage is repeated after its days, not before`(daysAgo: Int, word: String?) {
        let last = ["formal": Sample.asOf.advanced(byDays: -daysAgo)]
        #expect(Sample.decision([overdue], last: last).word == word)
        // What is too early leaves a bill, where there is something new.
        #expect(Sample.decision([overdue, new], last: last).word == word ?? "bill")
    }

    @Test func `a notice of another stage is no repetition`() {
        let last = ["early": Sample.asOf, "middle": Sample.asOf, "late": Sample.asOf]
        #expect(Sample.decision([overdue], last: last).word == "formal")
    }

    @Test func `a stage that may be repeated at once is`() {
        let ladder = DunningLadder(
            stages: [Sample.stage("only", from: 1, min: "0.01", repeatAfter: 0)], billChannels: [])
        #expect(
            Sample.decision([overdue], ladder: ladder, last: ["only": Sample.asOf]).word == "only")
    }

    @Test func `an account gets at most one notice for one day`() {
        #expect(Sample.decision([overdue, new], noticedAlready: true).word == nil)
        #expect(Sample.decision([new], noticedAlready: true).word == nil)
    }

    // MARK: - New charges

    @Test func `nobody is dunned for what was never billed`() {
        let newAndOverdue = Owed(days: 40, amount: "5000.00", isNew: true)
        #expect(Sample.decision([newAndOverdue]).word == "bill")
        let small = Owed(days: 29, amount: "10.00")
        #expect(Sample.decision([newAndOverdue, small]).word == "early")
    }

    @Test func `a bill goes to whom nothing is overdue but something is new`() {
        #expect(Sample.decision([new]).word == "bill")
        #expect(Sample.decision([new], paid: "300.00").word == "bill")
        #expect(Sample.decision([Owed(days: -14, amount: "300.00")]).word == nil)
        #expect(Sample.decision([overdue, new]).word == "formal")
    }

    // MARK: - Holds

    @Test(arguments: [DunningHold.Reason.disputed, .promise, .plan, .deceased, .court])
    func `a hold stops the dunning notice, not the bill`(reason: DunningHold.Reason) {
        let holds = [DunningHold(reason: reason, from: Sample.asOf, to: Sample.asOf)]
        let stopped = Sample.decision([overdue], holds: holds)
        #expect(stopped.word == nil && stopped.held)
        let billed = Sample.decision([overdue, new], holds: holds)
        #expect(billed.word == "bill" && billed.held)
        let nothingToStop = Sample.decision([new], holds: holds)
        #expect(nothingToStop.word == "bill" && !nothingToStop.held)
    }

    @Test func `a hold counts whether or not the notice would have been too early`() {
        let holds = [DunningHold(reason: .plan, from: Sample.asOf, to: nil)]
        let decision = Sample.decision([overdue], holds: holds, last: ["formal": Sample.asOf])
        #expect(decision.held && decision.word == nil)
        #expect(Sample.decision([overdue], holds: holds, noticedAlready: true).held)
    }

    @Test(
        arguments: [
            ("2026-12-01", "2026-12-01", true), ("2026-11-01", nil, true),
            ("2026-11-01", "2026-12-01", true), ("2026-12-01", nil, true),
            ("2026-12-02", nil, false), ("2026-11-01", "2026-11-30", false),
        ] as [(String, String?, Bool)])
    func `a hold holds from its first day to its last, both included`(
        from: String, to: String?, held: Bool
    ) {
        let holds = [DunningHold(reason: .disputed, from: day(from), to: to.map(day))]
        let decision = Sample.decision([overdue], holds: holds)
        #expect(decision.held == held)
        #expect(decision.word == (held ? nil : "formal"))
    }

    @Test(arguments: [(0, nil), (29, nil), (30, "early")] as [(Int, String?)])
    func `hardship turns a higher stage into the first, with that one's days`(
        daysAgo: Int, word: String?
    ) {
        let holds = [DunningHold(reason: .hardship, from: Sample.asOf, to: nil)]
        let first = Sample.decision([overdue], holds: holds, last: ["formal": Sample.asOf])
        #expect(first.word == "early" && !first.held)
        let last = ["early": Sample.asOf.advanced(byDays: -daysAgo)]
        let decision = Sample.decision([overdue], holds: holds, last: last)
        #expect(decision.word == word && !decision.held)
    }

    @Test func `hardship gives no notice to whom nothing is overdue`() {
        let holds = [DunningHold(reason: .hardship, from: Sample.asOf, to: nil)]
        #expect(Sample.decision([], holds: holds).word == nil)
        #expect(Sample.decision([new], holds: holds).word == "bill")
    }

    @Test func `another hold stops what hardship would lower`() {
        let holds = [
            DunningHold(reason: .hardship, from: Sample.asOf, to: nil),
            DunningHold(reason: .promise, from: Sample.asOf, to: Sample.asOf),
        ]
        let decision = Sample.decision([overdue], holds: holds)
        #expect(decision.word == nil && decision.held)
    }
}
