import Casework
import Dunning
import FeeLedger
import FoundationEssentials
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court in which nobody is flagged yet: 1-201 owes 285.00 since 2026-09-15 and since
/// 2026-10-15. A person needs 1,000.00 a month.
func hardshipOffice(
    allowance: String? = "[{ from: 2026-01-01, per_person: 1000.00 }]"
) throws -> TestOffice {
    let office = try TestOffice()
    var files = MapleCourt.files
    files["concessions.csv"] = nil
    files["holds.csv"] = nil
    if let allowance {
        files["policy.yaml"] = MapleCourt.policy + "casework:\n  living_allowance: \(allowance)\n"
    }
    #expect(try office.take(files).problems.isEmpty)
    return office
}

func addStaff(to office: TestOffice) throws {
    let staff: [(String, StaffRole)] = [
        ("王经理", .manager), ("赵经理", .manager), ("李四", .clerk), ("孙六", .clerk), ("周审计", .auditor),
        ("吴管理", .administrator),
    ]
    for (name, role) in staff { try addUser(name, role: role, effects: office.effects) }
}

@discardableResult
func openCase(
    _ office: TestOffice, unit: String = "1-201", on day: String = "2026-11-01",
    review: String? = nil, by staff: String = "李四"
) throws -> Int {
    try openHardshipCase(
        for: unit, owner: nil, kind: .temporary, reason: "住院", by: staff, on: date(day),
        review: review.map { date($0) }, effects: office.effects
    ).number
}

func decideCase(
    _ office: TestOffice, _ outcome: HardshipCase.Outcome, of number: Int = 1,
    on day: String, review: String? = nil, by staff: String = "王经理"
) throws {
    try decideHardshipCase(
        number, outcome, review: review.map { date($0) }, reason: "理由", by: staff, on: date(day),
        effects: office.effects)
}

/// `case unit owner kind state review`
func caseList(_ office: TestOffice, asOf: String) throws -> [String] {
    try hardshipCases(asOf: date(asOf), effects: office.effects).map { row in
        "\(row.number) \(row.unit) \(row.owners) \(row.kind.rawValue) \(row.state.rawValue) "
            + (row.review.map { "\($0)" } ?? "-")
    }
}

@Suite struct `A household in hardship` {
    private let noLateFee = ProposalEntry.Matter.concession(
        item: "*", from: period("2026-09"), to: period("2027-02"), .noLateFee)

    private func propose(
        _ office: TestOffice, _ matter: ProposalEntry.Matter, on day: String = "2026-11-02",
        review: String = "2027-02-28", by staff: String = "李四"
    ) throws -> Int {
        try proposeRelief(
            for: 1, matter, review: date(review), by: staff, on: date(day), effects: office.effects)
    }

    private func say(
        _ office: TestOffice, _ proposal: Int, approved: Bool = true, on day: String = "2026-11-03",
        by staff: String = "王经理"
    ) throws {
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: approved, day: date(day), by: staff, reason: "理由"),
            effects: office.effects)
    }

    // MARK: - The course of a case

    @Test func `is listed with the state that its days give it`() throws {
        let office = try hardshipOffice()
        try openCase(office, review: "2026-12-10")
        #expect(try caseList(office, asOf: "2026-10-31") == [])
        #expect(
            try caseList(office, asOf: "2026-11-01") == ["1 1-201 A05 temporary open 2026-12-10"])
        #expect(
            try caseList(office, asOf: "2026-12-11") == ["1 1-201 A05 temporary lapsed 2026-12-10"])
        try decideCase(office, .renewed, on: "2026-12-12", review: "2027-01-31")
        #expect(
            try caseList(office, asOf: "2026-12-12") == ["1 1-201 A05 temporary open 2027-01-31"])
        try decideCase(office, .refused, on: "2027-01-10")
        #expect(try caseList(office, asOf: "2027-01-10") == ["1 1-201 A05 temporary refused -"])
        // What was known before stays what it was.
        #expect(
            try caseList(office, asOf: "2026-12-11") == ["1 1-201 A05 temporary lapsed 2026-12-10"])
    }

    @Test func `has one open or granted case at a time`() throws {
        let office = try hardshipOffice()
        try openCase(office, review: "2026-12-10")
        #expect(throws: HardshipError.caseStands(unit: "1-201", number: 1, state: .open)) {
            try openCase(office, on: "2026-11-20")
        }
        // One that begins before it would run into it.
        #expect(throws: HardshipError.caseStands(unit: "1-201", number: 1, state: .open)) {
            try openCase(office, on: "2026-10-20")
        }
        // Another account of the same office is another household.
        #expect(try openCase(office, unit: "1-101") == 2)
        // Once it has lapsed another takes its place, and it cannot come back to life beside it.
        #expect(try openCase(office, on: "2026-12-11") == 3)
        #expect(throws: HardshipError.caseStands(unit: "1-201", number: 3, state: .open)) {
            try decideCase(office, .renewed, on: "2026-12-20", review: "2027-01-31")
        }
    }

    @Test func `is refused, renewed and closed by a manager in its turn`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        #expect(
            throws: HardshipError.tooEarly(
                number: 1, day: date("2026-10-31"), latest: date("2026-11-01"))
        ) {
            try decideCase(office, .closed, on: "2026-10-31")
        }
        #expect(throws: HardshipError.openedIt(name: "李四", number: 1)) {
            try decideCase(office, .refused, on: "2026-11-05", by: "李四")
        }
        #expect(
            throws: HardshipError.reviewTooEarly(
                review: date("2026-11-04"), day: date("2026-11-05"))
        ) {
            try decideCase(office, .renewed, on: "2026-11-05", review: "2026-11-04")
        }
        try decideCase(office, .closed, on: "2026-11-05")
        #expect(throws: HardshipError.notNow(number: 1, outcome: .renewed, state: .closed)) {
            try decideCase(office, .renewed, on: "2026-11-06", review: "2026-12-31")
        }
        #expect(throws: HardshipError.unknownCase(number: 2)) {
            try decideCase(office, .closed, of: 2, on: "2026-11-06")
        }
        try addStaff(to: office)
        try openCase(office, on: "2026-11-06")
        #expect(throws: StaffError.notManager(name: "孙六", role: "clerk")) {
            try decideCase(office, .closed, of: 2, on: "2026-11-07", by: "孙六")
        }
    }

    @Test func `is granted by a manager who neither opened the case nor proposed the relief`()
        throws
    {
        let office = try hardshipOffice()
        try addStaff(to: office)
        try openCase(office, by: "赵经理")
        try addHardshipStaff("李四", to: 1, by: "赵经理", effects: office.effects)
        let proposal = try propose(office, noLateFee)
        #expect(throws: HardshipError.openedIt(name: "赵经理", number: 1)) {
            try say(office, proposal, by: "赵经理")
        }
        #expect(throws: StaffError.notManager(name: "孙六", role: "clerk")) {
            try say(office, proposal, by: "孙六")
        }
        try say(office, proposal)
        #expect(
            try caseList(office, asOf: "2026-11-03") == [
                "1 1-201 A05 temporary granted 2027-02-28"
            ])
        #expect(
            try caseList(office, asOf: "2027-03-01") == [
                "1 1-201 A05 temporary lapsed 2027-02-28"
            ])
        // A second relief that is refused leaves the case what it is.
        let second = try propose(
            office, .concession(item: "wy", from: period("2026-09"), to: nil, .percent(.hundred)),
            on: "2026-11-04")
        try say(office, second, approved: false, on: "2026-11-05")
        #expect(
            try caseList(office, asOf: "2026-11-30") == [
                "1 1-201 A05 temporary granted 2027-02-28"
            ])
        #expect(throws: HardshipError.notNow(number: 1, outcome: .refused, state: .granted)) {
            try decideCase(office, .refused, on: "2026-11-10")
        }
        // Its own manager proposes, too, and somebody else then approves.
        let own = try propose(office, noLateFee, on: "2026-11-06", by: "王经理")
        #expect(throws: StaffError.sameTwo(name: "王经理")) {
            try say(office, own, on: "2026-11-06")
        }
    }

    @Test func `is refused with the one relief that was proposed`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        try say(office, propose(office, noLateFee), approved: false)
        #expect(try caseList(office, asOf: "2026-11-03") == ["1 1-201 A05 temporary refused -"])
        #expect(throws: HardshipError.notNow(number: 1, outcome: .granted, state: .refused)) {
            try propose(office, noLateFee, on: "2026-11-04")
        }
    }

    @Test func `gets the relief that was granted, from the approval's day on`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        try say(
            office,
            propose(
                office,
                .concession(
                    item: "wy", from: period("2026-09"), to: period("2026-12"),
                    .percent(Percentage(parts: 50_00)))))
        let rows = try office.books(asOf: date("2026-11-03")).filter { $0.hasPrefix("1-201") }
        // 0.285 a day from the day after the due date on, 48 days; half of it on the day itself.
        #expect(rows[0].hasPrefix("1-201 A05 wy 2026-09 2026-09-15 142.50 13.82"))
        #expect(rows.last!.contains(" 285.00 0.00"), "\(rows)")
    }

    // MARK: - What it can pay

    @Test func `is told what plan it carries, of all that it owes`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        let answer = try recordAffordability(
            of: 1, persons: 1, incomes: [("养老金", Money(fen: 1_300_50))], by: "李四",
            on: date("2026-11-21"), effects: office.effects)
        // 570.00, and 0.285 for 67 and 37 days: 19.095 and 10.545, each rounded half up.
        #expect(answer.arrears == Money(fen: 570_00 + 19_10 + 10_55))
        #expect(
            answer.plan
                == CarriedPlan(
                    monthly: Money(fen: 300_00), fullParts: 1, lastPart: Money(fen: 299_65)))
        let none = try recordAffordability(
            of: 1, persons: 2, incomes: [("养老金", Money(fen: 1_300_50)), ("儿子", .zero)], by: "李四",
            on: date("2026-11-21"), effects: office.effects)
        #expect(none.affordability.remainder == Money(fen: -699_50))
        #expect(none.plan == nil)
    }

    @Test(arguments: [nil, "[{ from: 2026-11-22, per_person: 1000 }]"])
    func `needs a living allowance that holds on the day`(allowance: String?) throws {
        let office = try hardshipOffice(allowance: allowance)
        try openCase(office)
        #expect(throws: HardshipError.noAllowance(day: date("2026-11-21"))) {
            try recordAffordability(
                of: 1, persons: 1, incomes: [], by: "李四", on: date("2026-11-21"),
                effects: office.effects)
        }
    }

    @Test func `has proofs whose files are kept before the row`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        let path = office.folder + "/dibao.JPG"
        try Data("photo".utf8).write(to: URL(fileURLWithPath: path))
        try addHardshipProof(
            .benefitCertificate, validUntil: date("2027-06-30"), file: path, note: "低保证", to: 1,
            by: "李四", on: date("2026-11-02"), effects: office.effects)
        let shown = try showHardshipCase(
            1, to: "李四", asOf: date("2026-11-02"), effects: office.effects)
        let proof = shown.file.proofs[0]
        #expect(proof.suffix == "jpg")
        #expect(
            FileManager.default.fileExists(
                atPath: office.effects.evidence + "/" + proof.sha256.prefix(2) + "/" + proof.sha256
                    + ".jpg"))
        #expect(throws: EvidenceError.noFile(path: path + "x")) {
            try addHardshipProof(
                .other, validUntil: nil, file: path + "x", note: "", to: 1, by: "李四",
                on: date("2026-11-02"), effects: office.effects)
        }
    }

    // MARK: - What follows while it is open or granted

    /// The stage of 1-201's notice in a run as of 2026-11-21.
    private func stage(_ office: TestOffice) throws -> String? {
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: false, effects: office.effects)
        var stage: String?
        try forEachNotice(period: nil, effects: office.effects) { notice in
            if notice.unit == "1-201", notice.asOf == date("2026-11-21") { stage = notice.stage }
        }
        return stage
    }

    @Test(
        arguments: [
            (nil, nil, "formal"), ("", nil, "early"), ("2026-11-21", nil, "early"),
            ("2026-11-20", nil, "formal"), ("", "2026-11-21", "formal"),
            ("", "2026-11-22", "early"),
        ] as [(String?, String?, String)])
    func `gets the first stage's notice and none harsher`(
        review: String?, refused: String?, expected: String
    ) throws {
        let office = try hardshipOffice()
        if let review { try openCase(office, review: review.isEmpty ? nil : review) }
        if let refused { try decideCase(office, .refused, on: refused) }
        #expect(try stage(office) == expected)
    }

    @Test func `is not rescued by a formal notice, and in no list for the court`() throws {
        let office = try hardshipOffice()
        try openCase(office, review: "2029-08-01")
        // Both lapse in autumn 2029.
        let rows = { (asOf: String) in
            try rescueClaims(to: nil, asOf: date(asOf), effects: office.effects).rows.filter {
                $0.unit == "1-201"
            }
        }
        guard case .held(let reasons)? = try rows("2029-08-01").first?.outcome else {
            Issue.record("not held")
            return
        }
        #expect(reasons == ["hardship"])
        guard case .noticed? = try rows("2029-08-02").first?.outcome else {
            Issue.record("held")
            return
        }
        let inHardship = { (asOf: String) in
            try office.effects.store.read { session in
                let unit = try session.unit(code: "1-201", in: CommunityID(1))!
                let account = try session.accounts(of: unit)[0]
                return try session.isInHardship(account, asOf: date(asOf))
            }
        }
        #expect(try !inHardship("2026-10-31"))
        #expect(try inHardship("2026-11-01"))
        #expect(try inHardship("2029-08-01"))
        #expect(try !inHardship("2029-08-02"))
    }

    @Test func `is taken to court neither by a proposal nor by an approval`() throws {
        let office = try hardshipOffice()
        let sue = { (day: String) in
            try Office.propose(
                ProposalEntry(
                    unit: "1-201", owner: nil, matter: .court, day: date(day), staff: "孙六",
                    reason: "拒付"), effects: office.effects)
        }
        let before = try sue("2026-10-31")
        try openCase(office, review: "2026-12-10")
        let refusal = { (day: String) in CourtError.inHardship(unit: "1-201", on: date(day)) }
        #expect(throws: refusal("2026-12-10")) { try sue("2026-12-10") }
        #expect(throws: refusal("2026-11-01")) { try say(office, before, on: "2026-11-01") }
        try say(office, before, on: "2026-12-11")
    }

    // MARK: - Who may see it

    @Test func `is seen by managers and the case's own staff alone, and each look is recorded`()
        throws
    {
        let office = try hardshipOffice()
        try openCase(office)
        // Before any user exists any name will do.
        let show = { (name: String) in
            try showHardshipCase(
                1, to: name, asOf: date("2026-11-21"), effects: office.effects)
        }
        #expect(try show("谁").file.reason == "住院")
        try addStaff(to: office)
        for name in ["孙六", "周审计", "吴管理", "谁"] {
            #expect(throws: HardshipError.notOfTheCase(name: name, number: 1)) { try show(name) }
        }
        #expect(try show("李四").file.reason == "住院")
        #expect(try show("赵经理").file.reason == "住院")
        #expect(throws: HardshipError.notOfTheCase(name: "孙六", number: 1)) {
            try addHardshipStaff("孙六", to: 1, by: "孙六", effects: office.effects)
        }
        try addHardshipStaff("孙六", to: 1, by: "李四", effects: office.effects)
        try addHardshipStaff("孙六", to: 1, by: "李四", effects: office.effects)
        #expect(try show("孙六").record.staff == ["李四", "孙六"])
        #expect(throws: StaffError.notManager(name: "李四", role: "clerk")) {
            try hardshipLooks(at: 1, by: "李四", effects: office.effects)
        }
        let looks = try hardshipLooks(at: 1, by: "王经理", effects: office.effects)
        #expect(
            looks.map { $0.staff + ($0.isAllowed ? " +" : " -") } == [
                "谁 +", "孙六 -", "周审计 -", "吴管理 -", "谁 -", "李四 +", "赵经理 +", "孙六 +",
            ])
    }

    @Test func `keeps an untouched chain through all of it`() throws {
        let office = try hardshipOffice()
        try openCase(office)
        try say(office, propose(office, noLateFee))
        try decideCase(office, .renewed, on: "2026-11-10", review: "2027-06-30")
        try decideCase(office, .closed, on: "2026-12-10")
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified[0].breaks == 0)
        #expect(verified[0].head.position >= 6)
    }
}
