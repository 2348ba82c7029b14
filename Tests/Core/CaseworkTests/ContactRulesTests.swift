import Casework
import Dunning
import Primitives
import Testing

@Suite struct `Rules for contacts` {
    private func broken(
        _ way: ContactWay = .call, at minute: Int? = nil, after earlier: Int = 0,
        told: Bool = true, _ note: String = "说忘了", _ settings: CaseworkSettings = .init()
    ) -> [String] {
        ContactFacts(
            way: way, minute: minute, earlierThatWeek: earlier, mayBeTold: told, note: note
        ).brokenRules(under: settings).map(\.rawValue)
    }

    // Quiet from 21:00, that minute included, to 08:00, that one not.
    @Test(
        arguments: [
            (20 * 60 + 59, false), (21 * 60, true), (23 * 60 + 59, true), (0, true),
            (7 * 60 + 59, true), (8 * 60, false), (12 * 60, false),
        ])
    func `nobody calls or visits in quiet hours`(minute: Int, isBroken: Bool) {
        let expected = isBroken ? ["quiet_hours"] : []
        #expect(broken(.call, at: minute) == expected)
        #expect(broken(.visit, at: minute) == expected)
        #expect(broken(.message, at: minute) == [])
        #expect(broken(.letter, at: minute) == [])
        #expect(broken(.call) == [])
    }

    @Test func `quiet hours within a day are kept too`() {
        var settings = CaseworkSettings()
        settings.quiet = QuietHours("12:00-14:00", ahead: 480)!
        #expect(broken(at: 11 * 60 + 59, "说忘了", settings) == [])
        #expect(broken(at: 12 * 60, "说忘了", settings) == ["quiet_hours"])
        #expect(broken(at: 14 * 60, "说忘了", settings) == [])
    }

    // Three within seven days are allowed.
    @Test(arguments: [(0, false), (2, false), (3, true), (9, true)])
    func `a household is not contacted too often`(earlier: Int, isBroken: Bool) {
        #expect(broken(.call, after: earlier) == (isBroken ? ["too_often"] : []))
        #expect(broken(.message, after: earlier) == (isBroken ? ["too_often"] : []))
        #expect(broken(.letter, after: earlier) == [])
    }

    @Test func `nobody else is told of the debt`() {
        #expect(broken(told: false) == ["told_others"])
        #expect(
            broken(.visit, at: 0, after: 3, told: false, "收了现金")
                == ["quiet_hours", "too_often", "told_others", "cash"])
    }

    @Test(
        arguments: [
            ("收了300元现金", true), ("业主交现金 300", true), ("代收现金，回来入账", true),
            ("现金付清了", true), ("took 300 in cash", true), ("Paid in cash at the door.", true),
            ("不便扫码，收了现金", true),
            ("不收现金", false), ("告诉他我们没有收现金", false), ("想付现金，请他到收费处", false),
            ("他要交现金，已说明只能转账", false), ("明天交现金", false), ("说手头没有现金可付", false),
            ("did not take cash", false), ("no cash was taken", false),
            ("offered to pay in cash; we declined", false), ("will pay at the cashier", false),
            ("说忘了，这周付", false), ("现金流紧张", false), ("", false),
        ])
    func `cash is not taken`(note: String, isBroken: Bool) {
        #expect(broken(.visit, note) == (isBroken ? ["cash"] : []), "\(note)")
    }
}

@Suite struct `Courses` {
    @Test func `each reason has a course of its own, in both languages`() {
        let courses = ArrearsReason.allCases.map(\.course)
        #expect(Set(courses).count == 8)
        #expect(courses.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
        #expect(ArrearsReason.deceased.course.en.contains("kindly"))
        #expect(ArrearsReason.refuses.course.zh.contains("只由经理决定"))
    }

    private func named(_ reasons: [(String, ArrearsReason)]) -> [NamedReason] {
        reasons.map { NamedReason(date: CivilDate($0.0)!, reason: $0.1) }
    }

    @Test(
        arguments: [
            ("2026-10-31", nil), ("2026-11-01", "forgot"), ("2026-11-09", "forgot"),
            ("2026-11-10", "refuses"), ("2027-01-01", "refuses"),
        ] as [(String, String?)])
    func `an account's reason is that of its latest contact with one`(
        date: String, reason: String?
    ) {
        let reasons = named([
            ("2026-11-01", .forgot), ("2026-11-10", .disputes), ("2026-11-10", .refuses),
        ])
        #expect(reasons.reason(asOf: CivilDate(date)!)?.rawValue == reason)
    }

    // Reasons by day, the holds.
    @Test(
        arguments: [
            ([("2026-11-10", .deceased)], ["2026-11-10–"]),
            (
                [("2026-11-10", .deceased), ("2026-11-20", .deceased), ("2026-12-01", .forgot)],
                ["2026-11-10–2026-11-30"]
            ),
            ([("2026-11-10", .deceased), ("2026-11-10", .unreachable)], []),
            (
                [
                    ("2026-11-10", .deceased), ("2026-11-11", .unreachable),
                    ("2026-11-12", .deceased),
                ],
                ["2026-11-10–2026-11-10", "2026-11-12–"]
            ), ([("2026-11-10", .forgot)], []),
        ] as [([(String, ArrearsReason)], [String])])
    func `dunning rests from a death until another reason is named`(
        reasons: [(String, ArrearsReason)], holds: [String]
    ) {
        let found = named(reasons).deceasedHolds
        #expect(found.map { "\($0.from)–\($0.to.map { "\($0)" } ?? "")" } == holds)
        #expect(found.allSatisfy { $0.reason == .deceased })
    }

    @Test func `what was corrected later counts to the day before`() {
        let reasons = [
            NamedReason(date: CivilDate("2026-11-01")!, reason: .forgot),
            NamedReason(
                date: CivilDate("2026-11-10")!, until: CivilDate("2026-11-19"), reason: .deceased),
        ]
        let holds = reasons.deceasedHolds
        #expect(
            holds.map { "\($0.from)–\($0.to.map { "\($0)" } ?? "")" } == ["2026-11-10–2026-11-19"])
        #expect(reasons.reason(asOf: CivilDate("2026-11-19")!) == .deceased)
        #expect(reasons.reason(asOf: CivilDate("2026-11-20")!) == .forgot)
    }

    @Test func `stages of the way to court follow one another`() {
        #expect(CourtStage.allCases == CourtStage.allCases.sorted())
        #expect(CourtStage.demandServed < .filed && CourtStage.enforcement < .ended)
    }
}
