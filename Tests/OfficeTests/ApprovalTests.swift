import Casework
import FeeLedger
import FoundationEssentials
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court on 21 November: 1-102's former owner owes May, 255.13.
@Suite struct `An approval` {
    private let office: TestOffice

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
    }

    private func propose(
        _ matter: ProposalEntry.Matter, for unit: String = "1-102", by staff: String = "李四",
        review: String? = nil
    ) throws -> Int {
        try Office.propose(
            ProposalEntry(
                unit: unit, owner: nil, matter: matter, day: date("2026-11-21"), staff: staff,
                reason: "首次逾期", review: review.map { date($0) }), effects: office.effects)
    }

    private func say(
        _ proposal: Int, approved: Bool = true, on day: String = "2026-11-22",
        by staff: String = "王经理"
    ) throws {
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: approved, day: date(day), by: staff, reason: ""),
            effects: office.effects)
    }

    private func waiver(
        _ fen: Int, unlessPaidBy day: CivilDate? = nil
    ) -> ProposalEntry.Matter {
        .waiver(
            item: "wy", period: period("2026-05"), amount: Money(fen: fen), unlessPaidBy: day)
    }

    private func exported(_ effects: Effects, _ name: String) throws -> [String: String] {
        let path = office.folder + "/" + name
        _ = try exportCommunity(to: path, effects: effects)
        return try FileManager.default.contentsOfDirectory(atPath: path).reduce(into: [:]) {
            $0[$1] = FileManager.default.contents(atPath: path + "/" + $1).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    @Test(arguments: ["Li", "li", "ＬＩ", "Li\u{200B}", "\u{3000}Li "])
    func `is nobody's who proposed it, by any way to write the name`(name: String) throws {
        let number = try propose(waiver(20_00), by: "Li")
        #expect(throws: StaffError.self) { try say(number, by: name) }
        #expect(throws: StaffError.self) { try say(number, approved: false, by: name) }
        try say(number, by: "Lin")
    }

    @Test func `is recorded under the user's own name`() throws {
        try addUser("Boss", role: .manager, effects: office.effects)
        try addUser("Li", role: .clerk, effects: office.effects)
        try say(try propose(waiver(20_00), by: "LI"), by: "ＢＯＳＳ")
        let made = try proposals(
            asOf: date("2026-11-30"), isOpen: false, effects: office.effects)[0]
        #expect(made.proposal.by == "Li")
        #expect(made.approval?.by == "Boss")
    }

    @Test func `may be refused without a word`() throws {
        let number = try propose(waiver(20_00))
        let before = try office.books(asOf: date("2026-12-31"))
        try say(number, approved: false)
        let made = try proposals(
            asOf: date("2026-11-30"), isOpen: false, effects: office.effects)[0]
        #expect(made.approval?.isApproved == false)
        #expect(made.approval?.reason == "")
        #expect(try office.books(asOf: date("2026-12-31")) == before)
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified[0].breaks == 0)
    }

    @Test func `of a concession is of a day by its review`() throws {
        let number = try propose(
            .concession(
                item: "wy", from: period("2026-10"), to: nil, .percent(Percentage(parts: 10_00))),
            review: "2026-11-25")
        let passed = ProposalError.reviewPassed(review: date("2026-11-25"), on: date("2026-11-26"))
        #expect(!passed.isBadInput)
        #expect(
            passed.message.en
                == "The review date, 2026-11-25, has passed on 2026-11-26. Propose anew.")
        #expect(throws: passed) { try say(number, on: "2026-11-26") }
        try say(number, on: "2026-11-25")
    }

    /// Who held 1-201 on 1 September is entered after that month's charge went to who held it next.
    @Test func `of a write-off is of what the register's holder owes`() throws {
        var files = MapleCourt.files
        files["ownerships.csv"] =
            files["ownerships.csv"]!
            .split(separator: "\n").filter { !$0.hasPrefix("1-201,") }.joined(separator: "\n")
            + "\n1-201,A05,2026-09-15,,\n"
        for name in ["charges.csv", "payments.csv", "waivers.csv", "concessions.csv", "holds.csv"] {
            files[name] = nil
        }
        let other = try TestOffice()
        #expect(try other.take(files).problems.isEmpty)
        let charge = try enter(
            .charges, .add,
            values: [
                "unit": "1-201", "item": "wy", "period": "2026-09", "amount": "100.00",
                "due": "2026-09-20",
            ], effects: other.effects)
        #expect(charge.problems.isEmpty)
        let propose = {
            try Office.propose(
                ProposalEntry(
                    unit: "1-201", owner: nil,
                    matter: .writeOff(item: "wy", period: period("2026-09")),
                    day: date("2026-11-21"), staff: "李四", reason: "死账"), effects: other.effects)
        }
        let before = try propose()
        let earlier = try enter(
            .ownerships, .add,
            values: [
                "unit": "1-201", "owner": "A01", "from": "2020-01-01", "to": "2026-09-14",
            ], effects: other.effects)
        #expect(earlier.problems.isEmpty)
        let refusal = ProposalError.writeOffOfOthers(what: "wy 2026-09", owner: "A01")
        #expect(
            refusal.message.en
                == "On the first day of wy 2026-09 the unit is A01's by the register, and the charge stands "
                + "in another account: it cannot be written off. Propose to reverse it: dunwell reversal "
                + "propose charge.")
        #expect(throws: refusal) { try propose() }
        #expect(throws: refusal) {
            _ = try decide(
                proposal: before,
                Approval(isApproved: true, day: date("2026-11-22"), by: "王经理", reason: ""),
                effects: other.effects)
        }
    }

    @Test func `finds a free reference in a database that another's export filled`() throws {
        let condition = date("2026-11-30")
        try say(try propose(waiver(1_00)))
        try say(
            try propose(
                .concession(
                    item: "wy", from: period("2026-10"), to: period("2026-10"),
                    .amount(Money(fen: 1_00))), for: "1-201", review: "2026-12-31"))
        try say(try propose(.writeOff(item: "wy", period: period("2026-09")), for: "1-201"))
        let other = try TestOffice()
        #expect(try other.take(exported(office.effects, "moved")).problems.isEmpty)

        let propose = { (matter: ProposalEntry.Matter, unit: String) in
            let number = try Office.propose(
                ProposalEntry(
                    unit: unit, owner: nil, matter: matter, day: date("2026-11-21"), staff: "李四",
                    reason: "又一次", review: nil), effects: other.effects)
            _ = try decide(
                proposal: number,
                Approval(isApproved: true, day: date("2026-11-22"), by: "王经理", reason: ""),
                effects: other.effects)
        }
        try propose(waiver(20_00, unlessPaidBy: condition), "1-102")
        try propose(waiver(2_00), "1-102")
        try propose(.writeOff(item: "wy", period: period("2026-10")), "1-201")
        let book = try waiverBook(
            of: period("2026-11"), asOf: date("2026-12-01"), effects: other.effects)
        #expect(
            book.map { "\($0.waiver.reference) \($0.waiver.proposal ?? 0) \($0.state)" } == [
                "proposal-1 0 counts", "proposal-1-2 1 void", "proposal-2-2 2 counts",
            ])
        // What hangs on the condition is off again, and what does not stays.
        let row = try other.books(asOf: date("2026-12-01")).first { $0.hasPrefix("1-102 A02") }
        #expect(row?.hasSuffix("255.13 51.03 48.03 200") == true, "\(row ?? "")")
        let moved = try exported(other.effects, "again")
        #expect(moved["waivers.csv"]?.contains("proposal-1-2,2026-11-22,1-102") == true)
        #expect(moved["concessions.csv"]?.contains("writeoff-3-2,1-201") == true)
        #expect(moved["concessions.csv"]?.contains("writeoff-3,") == true)
    }
}

@Suite struct `A renewal of a hardship case` {
    private let relief = ProposalEntry.Matter.concession(
        item: "*", from: period("2026-09"), to: period("2027-02"), .noLateFee)

    private func renew(_ office: TestOffice, by staff: String) throws {
        try decideCase(office, .renewed, on: "2026-11-20", review: "2027-06-30", by: staff)
    }

    @Test func `is nobody's who opened the case or proposed its relief`() throws {
        let office = try hardshipOffice()
        try addStaff(to: office)
        try addUser("Bo", role: .manager, effects: office.effects)
        try openCase(office, by: "赵经理")
        let proposal = try proposeRelief(
            for: 1, relief, review: date("2027-02-28"), by: "Bo", on: date("2026-11-02"),
            effects: office.effects)
        _ = try decide(
            proposal: proposal,
            Approval(isApproved: true, day: date("2026-11-03"), by: "王经理", reason: ""),
            effects: office.effects)
        #expect(throws: HardshipError.openedIt(name: "赵经理", number: 1)) {
            try renew(office, by: "赵经理")
        }
        for name in ["Bo", "bo", "Ｂo"] {
            #expect(throws: StaffError.sameTwo(name: "Bo")) { try renew(office, by: name) }
        }
        try renew(office, by: "王经理")
        #expect(
            try caseList(office, asOf: "2027-06-30") == [
                "1 1-201 A05 temporary granted 2027-06-30"
            ])
        // It takes nobody else to end it.
        try decideCase(office, .closed, on: "2026-12-01", by: "赵经理")
    }

    @Test func `is not the opener's before there are users, either`() throws {
        let office = try hardshipOffice()
        try openCase(office, by: "Li")
        #expect(throws: HardshipError.openedIt(name: "li\u{200B}", number: 1)) {
            try renew(office, by: "li\u{200B}")
        }
        try renew(office, by: "Lin")
    }
}
