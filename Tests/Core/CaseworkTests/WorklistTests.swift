import Dunning
import Primitives
import Testing

@testable import Casework

private func day(_ text: String) -> CivilDate { CivilDate(text)! }

/// An account with 482.24 overdue on the day.
private func account(_ asOf: String, _ change: (inout AccountOnDay) -> Void = { _ in })
    -> AccountOnDay
{
    var account = AccountOnDay(asOf: day(asOf))
    account.overdue = Money(fen: 482_24)
    change(&account)
    return account
}

private func contact(_ way: ContactWay, _ date: String, next: String = "") -> AccountOnDay.Contact {
    AccountOnDay.Contact(way: way, date: day(date), next: CivilDate(next))
}

private func notice(_ stage: String, _ date: String) -> AccountOnDay.Notice {
    AccountOnDay.Notice(
        stage: stage, date: day(date), asksToCall: stage == "late", isFormal: stage == "formal")
}

@Suite struct `A promise on the worklist` {
    // 500.00 was promised on the 10th for the 20th. As of, paid (day, fen), spoken after, what
    // stands.
    @Test(
        arguments: [
            ("2026-11-18", 0, "", ""), ("2026-11-19", 0, "", "500.00 agreed"),
            ("2026-11-20", 0, "", "500.00 agreed"), ("2026-11-20", 200_00, "", "300.00 agreed"),
            ("2026-11-20", 500_00, "", ""), ("2026-11-21", 0, "", "500.00 even"),
            ("2026-11-21", 499_99, "", "0.01 even"), ("2026-11-21", 500_00, "", ""),
            ("2026-12-30", 0, "", "500.00 even"), ("2026-11-25", 0, "2026-11-20", "500.00 even"),
            ("2026-11-25", 0, "2026-11-21", ""),
        ] as [(String, Int, String, String)])
    func `stands on its day and the day before, and again until somebody asks why`(
        asOf: String, paid: Int, spoken: String, expected: String
    ) {
        let promise = PromiseToPay(
            amount: Money(fen: 500_00), on: day("2026-11-10"), until: day("2026-11-20"),
            isInWriting: false)
        let receipts =
            paid == 0
            ? [] : [Receipt(date: day("2026-11-15"), amount: Money(fen: paid), reversed: nil)]
        let account = account(asOf) {
            if !spoken.isEmpty { $0.contacts = [contact(.call, spoken)] }
        }
        let items = account.promiseItems([(promise, receipts)])
        #expect(items.map { "\($0.amount!) \($0.chance)" } == (expected.isEmpty ? [] : [expected]))
        #expect(items.allSatisfy { $0.task == .promise && $0.due == promise.until })
    }

    @Test(arguments: [DunningHold.Reason.court, .deceased])
    func `is not asked for after a death, nor while a court has it`(hold: DunningHold.Reason) {
        let promise = PromiseToPay(
            amount: Money(fen: 500_00), on: day("2026-11-10"), until: day("2026-11-20"),
            isInWriting: false)
        let account = account("2026-11-20") { $0.holds = [hold] }
        #expect(account.promiseItems([(promise, [])]).isEmpty)
    }
}

@Suite struct `A plan on the worklist` {
    // 100.00 on the 10th, 100.00 on 10 December; broken after seven days. As of, paid on the 5th.
    @Test(
        arguments: [
            ("2026-11-06", 0, ""), ("2026-11-07", 0, "2026-11-10 100.00 agreed"),
            ("2026-11-10", 0, "2026-11-10 100.00 agreed"),
            ("2026-11-10", 40_00, "2026-11-10 60.00 agreed"), ("2026-11-10", 100_00, ""),
            ("2026-11-11", 0, "2026-11-10 100.00 even"),
            ("2026-11-17", 99_99, "2026-11-10 0.01 even"),
            ("2026-11-18", 0, "2026-11-18 200.00 even"), ("2026-12-06", 100_00, ""),
            ("2026-12-07", 100_00, "2026-12-10 100.00 agreed"), ("2026-12-10", 200_00, ""),
        ] as [(String, Int, String)])
    func `stands from three days before a part is due, while it is late, and when it is broken`(
        asOf: String, paid: Int, expected: String
    ) {
        let parts = ["2026-11-10", "2026-12-10"].map {
            InstalmentPlan.Part(due: day($0), amount: Money(fen: 100_00))
        }
        let plan = InstalmentPlan(
            terms: InstalmentPlan.Terms(
                parts: parts, lateFee: .accrue, forgives: false, brokenAfter: 7, covers: []),
            proposed: day("2026-11-01"),
            decision: Approval(isApproved: true, day: day("2026-11-02"), by: "罗文", reason: ""))
        let receipts =
            paid == 0
            ? [] : [Receipt(date: day("2026-11-05"), amount: Money(fen: paid), reversed: nil)]
        let item = account(asOf).item(of: plan, receipts)
        #expect(
            item.map { "\($0.due) \($0.amount!) \($0.chance)" }
                == (expected.isEmpty ? nil : expected))
    }
}

@Suite struct `A call or visit on the worklist` {
    @Test func `follows a notice that asks for a call, until somebody called or went`() {
        let late = [notice("late", "2026-11-11")]
        #expect(account("2026-11-11") { $0.notices = late }.chase?.task == .call)
        #expect(
            account("2026-11-11") { $0.notices = [notice("middle", "2026-11-11")] }.chase == nil)
        for (way, date, isDone) in [
            (ContactWay.call, "2026-11-10", false), (.call, "2026-11-11", true),
            (.visit, "2026-11-12", true), (.message, "2026-11-12", false),
            (.letter, "2026-11-12", false),
        ] {
            let spoken = account("2026-11-20") {
                $0.notices = late
                $0.contacts = [contact(way, date)]
            }
            #expect((spoken.chase == nil) == isDone, "\(way) \(date)")
        }
        #expect(
            account("2026-11-20") {
                $0.notices = late
                $0.overdue = .zero
            }.chase == nil)
    }

    // A late notice of 11 November; paydays are the 5th, 10th, 15th, 28th, 30th.
    @Test(
        arguments: [
            ("2026-11-14", WorkItem.Chance.even), ("2026-11-15", .afterPayday),
            ("2026-11-16", .afterPayday),
        ])
    func `is likelier to help after a payday`(asOf: String, chance: WorkItem.Chance) {
        #expect(
            account(asOf) { $0.notices = [notice("late", "2026-11-11")] }.chase?.chance == chance)
    }

    @Test func `is least likely to help where calls brought nothing, and then turns to a visit`() {
        let calls = ["2026-09-20", "2026-10-05", "2026-10-25"].map { contact(.call, $0) }
        func chase(_ count: Int, paid: String = "") -> WorkItem? {
            account("2026-11-14") {
                $0.notices = [notice("late", "2026-11-11")]
                $0.contacts = Array(calls.prefix(count))
                $0.lastPaid = CivilDate(paid)
            }.chase
        }
        #expect(chase(1)?.chance == .even)
        #expect(chase(2)?.chance == .repeated)
        #expect(chase(3)?.task == .visit)
        // Money that came since makes the calls before it good.
        #expect(chase(3, paid: "2026-10-05")?.task == .call)
        #expect(chase(3, paid: "2026-10-25")?.chance == .even)
    }

    @Test func `is a visit after a formal demand, until somebody went`() {
        func chase(_ contacts: [AccountOnDay.Contact]) -> WorkTask? {
            account("2026-11-20") {
                $0.notices = [notice("late", "2026-11-01"), notice("formal", "2026-11-11")]
                $0.contacts = contacts
            }.chase?.task
        }
        #expect(chase([]) == .visit)
        #expect(chase([contact(.visit, "2026-11-10")]) == .visit)
        #expect(chase([contact(.visit, "2026-11-11")]) == nil)
        #expect(chase([contact(.call, "2026-11-12")]) == .visit)
    }

    @Test(
        arguments: [("2026-11-19", false), ("2026-11-20", true), ("2026-11-21", true)])
    func `is made on the day that was agreed on, and after it`(asOf: String, stands: Bool) {
        let agreed = account(asOf) {
            $0.contacts = [contact(.visit, "2026-11-12", next: "2026-11-20")]
            $0.holds = [.promise]
        }
        #expect((agreed.chase?.task == .visit) == stands)
        #expect(!stands || agreed.chase?.chance == .agreed)
    }

    // Everybody who may not be asked, with a formal demand and a call that was agreed on.
    @Test(
        arguments: [
            (DunningHold.Reason.hardship, false, true), (.deceased, false, true),
            (.court, false, false), (.promise, false, true), (.plan, false, true),
            (.disputed, false, true),
        ] as [(DunningHold.Reason, Bool, Bool)])
    func `is not made while a hold holds, but where it was agreed on`(
        hold: DunningHold.Reason, chased: Bool, asAgreed: Bool
    ) {
        let held = account("2026-11-20") {
            $0.notices = [notice("late", "2026-11-01"), notice("formal", "2026-11-11")]
            $0.holds = [hold]
        }
        #expect((held.chase != nil) == chased)
        let agreed = account("2026-11-20") {
            $0.contacts = [contact(.call, "2026-11-12", next: "2026-11-20")]
            $0.holds = [hold]
        }
        #expect((agreed.chase != nil) == asAgreed)
        // After a death it is about the heirs.
        if hold == .deceased { #expect(agreed.chase?.amount == nil) }
    }
}

@Suite struct `The order of the worklist` {
    private func item(
        _ task: WorkTask, _ unit: String, due: String = "2026-11-21", fen: Int? = 100_00,
        _ chance: WorkItem.Chance = .even, building: String = ""
    ) -> WorkItem {
        var item = WorkItem(
            task, due: day(due), chance: chance, reason: Bilingual(zh: "", en: ""))
        item.unit = unit
        item.building = building
        item.amount = fen.map { Money(fen: $0) }
        return item
    }

    private var sorted: [WorkItem] {
        [
            // What lapses: by day, then amount.
            item(.limitation, "9", due: "2026-11-22", fen: 1_00),
            item(.limitation, "1", due: "2026-12-01", fen: 200_00),
            item(.limitation, "2", due: "2026-12-01", fen: 100_00),
            // What waits: by day.
            item(.dispute, "7", due: "2026-11-10", fen: nil),
            item(.approval, "3", due: "2026-11-19"),
            item(.review, "4", due: "2026-11-30", fen: nil),
            // Words given: due ones, then those not kept; by amount.
            item(.promise, "5", fen: 50_00, .agreed), item(.plan, "1", fen: 20_00, .agreed),
            item(.promise, "2", fen: 900_00),
            // Calls: as agreed, after a payday, others, repeated ones; by amount.
            item(.call, "6", fen: 10_00, .agreed), item(.call, "1", fen: 20_00, .afterPayday),
            item(.call, "8", fen: 90_00), item(.call, "3", fen: 80_00),
            item(.call, "2", fen: 900_00, .repeated),
            // Visits: by building and unit, numbers as numbers, whatever the amount.
            item(.visit, "9-1-2", fen: 10_00, building: "9"),
            item(.visit, "9-1-11", fen: 900_00, building: "9"),
            item(.visit, "10-1-1", fen: 500_00, .agreed, building: "10"),
            // Papers.
            item(.service, "4", fen: 300_00), item(.service, "2", fen: 100_00),
            item(.bounce, "1", fen: nil), item(.service, "9", fen: 900_00, .repeated),
        ]
    }

    @Test func `is by what is lost, who waits, who promised, and how little it takes`() {
        let sorted = sorted
        let order = WorkItem.ordered(sorted)
        #expect(
            order.map { "\($0.task) \($0.unit)" } == sorted.map { "\($0.task) \($0.unit)" })
    }

    @Test func `is the same from whatever order they come`() {
        let sorted = sorted
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            #expect(WorkItem.ordered(sorted.shuffled(using: &numbers)) == sorted)
        }
    }
}

@Suite struct `A payday` {
    // After, up to, the latest one.
    @Test(
        arguments: [
            ("2026-11-05", "2026-11-09", ""), ("2026-11-04", "2026-11-05", "2026-11-05"),
            ("2026-11-01", "2026-11-30", "2026-11-30"), ("2026-02-15", "2026-02-28", "2026-02-28"),
            ("2026-02-28", "2026-03-04", ""), ("2026-10-30", "2026-11-04", ""),
            ("2026-10-29", "2026-11-04", "2026-10-30"),
        ])
    func `is the 5th, 10th, 15th, 28th or 30th`(after: String, to: String, payday: String) {
        #expect(latestPayday(after: day(after), to: day(to)) == CivilDate(payday))
    }
}
