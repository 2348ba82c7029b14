import Casework
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `Contacts` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    @discardableResult
    private func add(
        _ office: TestOffice, _ way: ContactWay = .call, _ day: String = "2026-11-21",
        staff: [String] = ["王"], relation: String = "owner", reason: ArrearsReason? = nil,
        note: String = "说忘了", unit: String = "1-101", at minute: Int? = nil
    ) throws -> Session.RecordedContact {
        var contact = Session.NewContact(
            way: way, date: date(day), staff: staff, relation: relation)
        contact.with = "安甲"
        contact.note = note
        contact.reason = reason
        contact.minute = minute
        return try recordContact(contact, of: unit, owner: nil, effects: office.effects)
    }

    private func complaints(_ office: TestOffice, asOf: String? = nil) throws -> [String] {
        var rows: [String] = []
        try forEachComplaint(asOf: asOf.map { date($0) }, effects: office.effects) { each in
            rows.append("\(each.number) \(each.unit) \(each.text) \(each.answer?.text ?? "-")")
        }
        return rows
    }

    private func kept(_ office: TestOffice) throws -> [String] {
        var rows: [String] = []
        try forEachContact(of: nil, asOf: date("2027-01-01"), effects: office.effects) {
            rows.append("\($0.number) \($0.contact.note)")
        }
        return rows
    }

    @Test func `of a visit name two people, or nothing is recorded`() throws {
        let office = try office()
        for staff in [["王"], ["王", "王 "]] {
            #expect(throws: ContactError.visitAlone(names: ["王"])) {
                try add(office, .visit, staff: staff)
            }
        }
        #expect(try kept(office) == [])
        #expect(try add(office, .visit, staff: ["王", "李"]).contact.staff == ["王", "李"])
        #expect(throws: ContactError.tooManyStaff(names: ["王", "李", "张"])) {
            try add(office, staff: ["王", "李", "张"])
        }
        #expect(!ContactError.visitAlone(names: []).isBadInput)
    }

    @Test func `are recorded with the rules that they broke`() throws {
        let office = try office()
        let contact = try add(
            office, relation: "邻居", note: "收了现金 20 元", at: 22 * 60)
        #expect(contact.brokenRules == [.quietHours, .toldOthers, .cash])
        let settings = try caseworkSettings(effects: office.effects)
        let messages = contact.brokenRuleMessages(under: settings)
        #expect(messages[0].zh.contains("21:00-08:00"))
        #expect(messages[1].en.contains("nobody but the owner"))
        #expect(messages.count == 3)
    }

    // At most three within seven days, the day and the six before it.
    @Test func `are counted within seven days`() throws {
        let office = try office()
        for day in ["2026-11-01", "2026-11-02", "2026-11-03"] {
            #expect(try add(office, .call, day, note: day).brokenRules == [])
        }
        try add(office, .letter, "2026-11-04")
        #expect(try add(office, .call, "2026-11-07", note: "7").brokenRules == [.tooOften])
        #expect(try add(office, .letter, "2026-11-07", note: "8").brokenRules == [])
        #expect(try add(office, .call, "2026-11-09", note: "9").brokenRules == [])
        #expect(try add(office, .call, "2026-11-09", note: "9", unit: "1-201").brokenRules == [])
    }

    @Test(
        arguments: [
            ("owner", true), ("本人", true), ("配偶", true), ("adult_child", true),
            ("受托人", true), ("律师", true), ("receiving_clerk", false), ("租户", false),
            ("tenant", false), ("邻居", false), ("同事", false), ("儿子", false),
            ("不明", false), ("none", true), ("无人", true), ("household", true), ("家人", true),
            ("friend", false), ("朋友", false), ("guard", false), ("保安", false), ("son", false),
            ("女儿", false), ("other", false), ("保镖", false),
        ])
    func `tell the owner, household adults and agents alone`(word: String, isAllowed: Bool) throws {
        let office = try office()
        let contact = try add(office, relation: word)
        #expect(contact.brokenRules == (isAllowed ? [] : [.toldOthers]))
    }

    @Test func `name whom they spoke to, and what was said`() throws {
        let office = try office()
        #expect(throws: ContactError.noNote) { try add(office, note: " ") }
        let nobody = Session.NewContact(
            way: .call, date: date("2026-11-21"), staff: ["王"], relation: "owner")
        #expect(throws: ContactError.nobodyNamed) {
            try recordContact(nobody, of: "1-101", owner: nil, effects: office.effects)
        }
    }

    // 安甲 is whom they spoke to.
    @Test func `with somebody of whom there is no word are recorded in staff's words`() throws {
        let office = try office()
        let contact = try add(office, relation: " 保镖 ")
        #expect(contact.contact.relation == "other" && contact.contact.with == "安甲（保镖）")
        #expect(try add(office, relation: "保镖").number == contact.number)
        let corrected = try correctContact(contact.number, effects: office.effects) { old in
            var contact = old
            contact.note = "说业主搬走了"
            return contact
        }
        #expect(corrected.contact.with == "安甲（保镖）" && corrected.contact.relation == "other")
        let son = try add(office, relation: "son")
        #expect(son.contact.relation == "offspring" && son.contact.with == "安甲")
    }

    @Test func `that ask or hear of a death break no rule, and are reminded`() throws {
        let office = try office()
        for (reason, relation) in [
            (ArrearsReason.deceased, "邻居"), (.unreachable, "保安"), (.unreachable, "房东"),
        ] {
            let contact = try add(office, .letter, relation: relation, reason: reason)
            #expect(contact.brokenRules == [])
            #expect(contact.reminder?.en.contains("names no debt") == true)
        }
        let told = try add(office, relation: "邻居", reason: .refuses)
        #expect(told.brokenRules == [.toldOthers] && told.reminder == nil)
        for relation in ["owner", "none", "household"] {
            #expect(try add(office, .letter, relation: relation, reason: .deceased).reminder == nil)
        }
    }

    @Test func `are entered once`() throws {
        let office = try office()
        let number = try add(office).number
        #expect(try add(office).number == number)
        #expect(try kept(office).count == 1)
    }

    @Test func `are corrected by another that takes their place`() throws {
        let office = try office()
        let number = try add(office, reason: .refuses).number
        let corrected = try correctContact(number, effects: office.effects) { old in
            var contact = old
            contact.reason = .forgot
            contact.note = "是忘了"
            return contact
        }
        #expect(corrected.corrects == number)
        #expect(try kept(office) == ["2 是忘了"])
        var all: [Int?] = []
        try forEachContact(of: "1-101", asOf: nil, effects: office.effects) {
            all.append($0.correctedBy)
        }
        #expect(all == [2, nil])
        #expect(throws: ContactError.correctedAlready(number: 1, by: 2)) {
            try correctContact(1, effects: office.effects) { $0 }
        }
        #expect(throws: ContactError.unknownContact(number: 9)) {
            try correctContact(9, effects: office.effects) { $0 }
        }
    }

    // MARK: - Complaints

    @Test func `that dispute the service open a complaint, which holds nothing`() throws {
        let office = try office()
        let before = try office.books(asOf: date("2026-11-21"))
        try add(office, reason: .disputes, note: "电梯坏了一个月")
        #expect(try complaints(office) == ["1 1-101 电梯坏了一个月 -"])
        #expect(try office.books(asOf: date("2026-11-21")) == before)
        let run = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: true, effects: office.effects)
        #expect(run.notices.contains { $0.stage == "middle" && $0.count == 2 })
    }

    @Test func `that dispute are answered once, by a manager`() throws {
        let office = try office()
        try addUser("经理", role: .manager, effects: office.effects)
        try addUser("王", role: .clerk, effects: office.effects)
        try addUser("clerk", role: .clerk, effects: office.effects)
        try add(office, reason: .disputes, note: "电梯坏了")
        #expect(throws: StaffError.notManager(name: "clerk", role: "clerk")) {
            try answerComplaint(1, with: "已修好", on: date("2026-11-25"), effects: office.effects)
        }
        let manager = office.effects(by: "经理")
        #expect(
            throws: ContactError.answeredBefore(
                number: 1, made: date("2026-11-21"), on: date("2026-11-20"))
        ) { try answerComplaint(1, with: "已修好", on: date("2026-11-20"), effects: manager) }
        for _ in 0..<2 {
            try answerComplaint(1, with: "已修好", on: date("2026-11-25"), effects: manager)
        }
        #expect(try complaints(office) == ["1 1-101 电梯坏了 已修好"])
        #expect(try complaints(office, asOf: "2026-11-24") == ["1 1-101 电梯坏了 -"])
        #expect(throws: ContactError.answeredAlready(number: 1)) {
            try answerComplaint(1, with: "又坏了", on: date("2026-11-25"), effects: manager)
        }
    }

    @Test func `that are corrected take their complaint along, unless it was answered`() throws {
        let office = try office()
        try add(office, reason: .disputes, note: "电梯坏了")
        _ = try correctContact(1, effects: office.effects) { old in
            var contact = old
            contact.note = "门禁坏了"
            return contact
        }
        #expect(try complaints(office) == ["2 1-101 门禁坏了 -"])
        try answerComplaint(2, with: "已修好", on: date("2026-11-25"), effects: office.effects)
        _ = try correctContact(2, effects: office.effects) { old in
            var contact = old
            contact.next = date("2026-12-01")
            return contact
        }
        #expect(try complaints(office) == ["2 1-101 门禁坏了 已修好"])
    }

    // MARK: - A death

    @Test func `that tell of a death stop dunning until another reason is named`() throws {
        let office = try office()
        func run(_ day: String) throws -> RunSummary {
            try runPeriod(
                period("2026-11"), asOf: date(day), dryRun: true, effects: office.effects)
        }
        #expect(try run("2026-11-21").held == 0)
        let death = try add(office, .call, "2026-11-20", relation: "配偶", reason: .deceased)
        #expect(try run("2026-11-19").held == 0)
        #expect(try run("2026-11-20").held == 1)
        #expect(try run("2027-11-20").held == 1)
        try add(office, .call, "2026-12-10", reason: .forgot, note: "儿子继承，会付")
        #expect(try run("2026-12-09").held == 1)
        #expect(try run("2026-12-10").held == 0)
        _ = try correctContact(death.number, effects: office.effects) { old in
            var contact = old
            contact.reason = .unreachable
            return contact
        }
        #expect(try run("2026-11-20").held == 0)
    }

    @Test func `that are corrected later count as they did until that day`() throws {
        let office = try office()
        func held(_ day: String) throws -> Int {
            try runPeriod(
                period("2026-11"), asOf: date(day), dryRun: true, effects: office.effects
            ).held
        }
        let death = try add(office, .call, "2026-11-20", relation: "配偶", reason: .deceased)
        _ = try correctContact(death.number, effects: office.effects) { old in
            var contact = Session.NewContact(
                way: old.way, date: date("2026-11-25"), staff: old.staff, relation: old.relation)
            contact.with = old.with
            contact.note = "住院，不是去世"
            return contact
        }
        #expect(try held("2026-11-19") == 0)
        #expect(try held("2026-11-24") == 1)
        #expect(try held("2026-11-25") == 0)
        func counted(_ day: String) throws -> [Int] {
            var numbers: [Int] = []
            try forEachContact(of: nil, asOf: date(day), effects: office.effects) {
                numbers.append($0.number)
            }
            return numbers
        }
        #expect(try counted("2026-11-24") == [1])
        #expect(try counted("2026-11-25") == [2])
    }

    @Test func `go into an evidence pack, but for what may speak of hardship`() throws {
        let office = try office()
        try add(office, reason: .refuses, note: "有钱，就是不交")
        try add(office, .call, "2026-11-22", reason: .long, note: "低保，重病")
        let folder = office.folder + "/pack"
        let pack = try exportEvidence(
            of: "1-101", owner: nil, asOf: date("2026-12-20"), rates: nil, to: folder,
            effects: office.effects)
        let text = try String(contentsOfFile: folder + "/contacts.csv", encoding: .utf8)
        #expect(text.contains("2026-11-21,电话 call,王,安甲,业主本人,有钱，就是不交"))
        #expect(text.contains("2026-11-22,电话 call,王,安甲,业主本人,（不列出 withheld）"))
        #expect(!text.contains("低保"))
        #expect(pack.findings.contains { $0.check == "contacts" && $0.state == .ok })
    }
}

extension TestOffice {
    /// The same office, where somebody else acts.
    func effects(by staff: String) -> Effects {
        Effects(
            store: effects.store, evidence: effects.evidence, templates: effects.templates,
            community: effects.community, staff: staff, hostName: effects.hostName,
            now: effects.now, pause: effects.pause, progress: effects.progress)
    }
}
