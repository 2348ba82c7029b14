import Casework
import Dunning
import Evidence
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `An account's page` {
    private func office(_ change: (inout [String: String]) -> Void = { _ in }) throws -> TestOffice
    {
        let office = try TestOffice()
        var files = MapleCourt.files
        change(&files)
        #expect(try office.take(files).problems.isEmpty)
        return office
    }

    private func page(
        _ office: TestOffice, _ unit: String = "1-101", owner: String? = nil,
        asOf day: String = "2026-12-20", manager: Bool = false
    ) throws -> AccountPage {
        try accountPage(
            of: unit, owner: owner, asOf: date(day), seesHardship: manager, effects: office.effects)
    }

    private func run(_ office: TestOffice, _ month: String, _ day: String) throws {
        _ = try runPeriod(
            period(month), asOf: date(day), dryRun: false, effects: office.effects)
    }

    /// Of each event its day and what it is.
    private func told(_ page: AccountPage) -> [String] {
        page.events.map { event in
            let words =
                switch event.matter {
                case .charges(let items, let due):
                    "charges " + items.map { "\($0.itemName) \($0.amount)" }.joined(separator: ", ")
                        + " due \(due)"
                case .payment(let payment, let parts):
                    "payment \(payment.amount): "
                        + parts.map {
                            "\($0.target) \($0.period.map { "\($0)" } ?? "-") \($0.amount)"
                        }
                        .joined(separator: ", ")
                case .paymentReversed(let payment): "reversed \(payment.reference)"
                case .waiver(_, let charge, let taken): "waiver \(charge.period) \(taken)"
                case .concession(let concession, let item):
                    "concession \(item ?? "*") \(concession.from)"
                case .notice(let notice, let extent, let grade, _):
                    "notice \(notice.stage ?? "bill") \(extent.total) \(grade?.rawValue ?? "-")"
                case .service(let service): "service \(service.grade.rawValue)"
                case .contact(let contact): "contact \(contact.note ?? "withheld")"
                case .promise(let promise, let state): "promise \(promise.amount) \(state)"
                case .promiseBroken(let promise, let state): "broken \(promise.amount) \(state)"
                case .hold(let hold): "hold \(hold.reason)"
                case .proposal(_, let kind, _): "proposal \(kind)"
                case .chargeReversed(let charge): "charge reversed \(charge.period)"
                default: "other"
                }
            return "\(event.date) \(words)"
        }
    }

    @Test func `says what the books and the explanation say, to the fen`() throws {
        let office = try office()
        try run(office, "2026-11", "2026-11-05")
        for unit in ["1-101", "1-102", "1-201"] {
            let page = try page(office, unit)
            let explained = try explainLateFees(
                of: unit, owner: nil, asOf: date("2026-12-20"), effects: office.effects)
            #expect(page.statement.total == explained.statement.total)
            let open = page.charges.filter(\.standing.isOpen)
            #expect(open.map(\.standing.charge) == explained.lines.map(\.standing.charge))
            #expect(open.map(\.accrual) == explained.lines.map(\.accrual))
            #expect(open.map(\.itemName) == explained.lines.map(\.itemName))
            var totals: AccountRow?
            try forEachAccountTotals(asOf: date("2026-12-20"), effects: office.effects) { row in
                if row.unit == unit { totals = row }
            }
            #expect(page.statement.principalOpen == totals?.statement.principalOpen)
            #expect(page.statement.lateFeeOpen == totals?.statement.lateFeeOpen)
        }
    }

    @Test func `counts only what has a date by the day that is asked for`() throws {
        let office = try office()
        let page = try page(office, asOf: "2026-10-30")
        #expect(page.statement.principalOpen == Money(fen: 285_00))
        #expect(page.marks.daysOverdue == 15)
        #expect(
            told(page) == [
                "2026-10-01 charges 物业服务费 285.00 due 2026-10-15",
                "2026-09-10 payment 285.00: principal 2026-09 285.00",
                "2026-09-01 charges 物业服务费 285.00 due 2026-09-15",
            ])
        let later = try self.page(office, asOf: "2026-10-31")
        #expect(later.charges.map(\.payments.count) == [1, 1])
        #expect(later.charges[1].payments[0].principal == Money(fen: 285_00))
        #expect(later.charges[1].payments[0].lateFee == Money(fen: 4_56))
        #expect(told(later)[0].hasPrefix("2026-10-31 payment 300.00: principal 2026-10 285.00"))
    }

    @Test func `has each charge's limitation as the list has it, with the grade it rests on`()
        throws
    {
        let office = try office()
        for unit in ["1-101", "1-102", "1-201"] {
            var listed: [String] = []
            _ = try forEachLimitation(
                asOf: date("2026-12-20"), warning: false, effects: office.effects
            ) { row in
                if row.unit == unit, row.owners != "A02" {
                    listed.append("\(row.period) \(row.lastDay) \(row.restsOn)")
                }
            }
            let page = try page(office, unit)
            let shown = page.charges.compactMap { charge in
                charge.clock.map {
                    "\(charge.standing.charge.period) \($0.lastDay) \($0.event == nil ? "due" : "event")"
                }
            }
            #expect(shown.sorted() == listed.sorted())
        }
    }

    @Test func `is of a former owner where one is named, and names the others of the unit`() throws
    {
        let office = try office()
        let now = try page(office, "1-102")
        #expect(now.holders.map(\.owner.code) == ["A03", "A04"])
        #expect(now.others.map(\.owner) == ["A02"])
        #expect(now.others[0].owed > .zero)
        let former = try page(office, "1-102", owner: "A02")
        #expect(former.holders.map(\.owner.code) == ["A02"])
        #expect(former.statement.total == now.others[0].owed)
        #expect(former.account.to == date("2026-06-30"))
        #expect(throws: OfficeError.unknownUnit(code: "9")) { try page(office, "9") }
        #expect(throws: OfficeError.ownerHasNoAccount(owner: "A01", unit: "1-102")) {
            try page(office, "1-102", owner: "A01")
        }
    }

    @Test func `marks stage, broken promise and hold, and tells them newest first`() throws {
        let office = try office()
        try run(office, "2026-11", "2026-11-05")
        _ = try recordPromise(
            PromiseToPay(
                amount: Money(fen: 100_00), on: date("2026-11-16"), until: date("2026-11-20"),
                isInWriting: false), of: "1-101", owner: nil, effects: office.effects)
        try run(office, "2026-11", "2026-12-14")
        var contact = Session.NewContact(
            way: .call, date: date("2026-12-15"), staff: ["clerk"], relation: "owner")
        contact.with = "安甲"
        contact.note = "年底付"
        _ = try recordContact(contact, of: "1-101", owner: nil, effects: office.effects)
        let page = try page(office)
        #expect(page.marks.stage == "formal")
        #expect(page.marks.daysOverdue == 35)
        #expect(page.marks.promise?.state == .broken)
        #expect(!page.marks.isLapsing)
        #expect(
            told(page).prefix(4) == [
                "2026-12-15 contact 年底付", "2026-12-14 notice formal 282.52 -",
                "2026-11-21 broken 100.00 broken", "2026-11-16 promise 100.00 broken",
            ])
        let during = try self.page(office, asOf: "2026-11-18")
        #expect(during.marks.holds.map(\.reason) == [.promise])
        #expect(during.marks.promise?.state == .open)
        #expect(page.holders[0].mail == .untried)
    }

    @Test func `never shows hardship but to managers, and then as one mark`() throws {
        let canary = "金丝雀"
        let office = try office {
            $0["holds.csv"] =
                "unit,reason,from,to,note\n1-201,hardship,2026-09-01,2026-12-31,\(canary)\n"
            $0["concessions.csv"] = $0["concessions.csv"]!.replacing("低保户", with: canary)
        }
        var contact = Session.NewContact(
            way: .visit, date: date("2026-12-15"), staff: ["clerk", "other"], relation: "owner")
        contact.with = "邓戊"
        contact.note = canary
        contact.reason = .long
        _ = try recordContact(contact, of: "1-201", owner: nil, effects: office.effects)
        for isManager in [false, true] {
            let page = try page(office, "1-201", manager: isManager)
            #expect(!"\(page)".contains(canary))
            #expect(told(page).allSatisfy { !$0.contains("hold") })
            #expect(page.marks.holds.isEmpty)
            #expect((page.hardship != nil) == isManager)
        }
    }

    @Test func `tells a payment that was reversed, and what it met no more`() throws {
        let office = try office()
        try reversePayment(
            "B002", on: date("2026-11-05"), reason: "wrong unit", effects: office.effects)
        let events = told(try page(office, asOf: "2026-11-05"))
        #expect(events.prefix(2) == ["2026-11-05 reversed B002", "2026-10-31 payment 300.00: "])
        let charge = try page(office, asOf: "2026-11-05").charges[1]
        #expect(charge.standing.principalOpen == Money(fen: 285_00))
        #expect(charge.payments.isEmpty)
    }
}
