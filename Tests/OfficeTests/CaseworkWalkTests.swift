import Casework
import Foundation
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Months of promises, contacts, complaints, holds, hardship and court in any order, with runs
/// in between, beside a model of its own of what holds when.
@Suite struct `Casework at random` {
    /// How many walks of four months; `DUNWELL_CASEWORK_WALKS` sets it.
    static let count =
        ProcessInfo.processInfo.environment["DUNWELL_CASEWORK_WALKS"].flatMap { Int($0) } ?? 2

    @Test(arguments: 1...UInt64(count))
    func `gives no dunning notice that a hold forbids, and moves no figure`(seed: UInt64) throws {
        var walk = try CaseworkWalk(seed: seed)
        for _ in 0..<120 {
            try walk.live()
            #expect(walk.wrong == [], "seed \(seed), \(walk.today)")
            if !walk.wrong.isEmpty { return }
        }
        #expect(walk.given > 0 && walk.held > 0, "seed \(seed)")
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: walk.office.effects, warn: { _ in })
        #expect(verified[0].findings.isEmpty)
    }
}

private struct CaseworkWalk {
    let office: TestOffice
    private var random: Dice
    private(set) var today = date("2026-11-05")
    private(set) var wrong: [String] = []
    private(set) var given = 0
    private(set) var held = 0
    private var serial = 0
    private var accounts = [
        Model(unit: "1-101", owners: "A01"), Model(unit: "1-102", owners: "A03;A04"),
        Model(unit: "1-201", owners: "A05"),
    ]

    /// What was done to one account, and what follows, by days.
    private struct Model {
        let unit: String
        let owners: String
        var promises: [(number: Int, on: CivilDate, until: CivilDate)] = []
        var contacts: [(number: Int, day: CivilDate, reason: ArrearsReason?)] = []
        var disputed: [(from: CivilDate, to: CivilDate)] = []
        var hardship: (number: Int, from: CivilDate)?
        var court: CivilDate?

        func isStopped(on day: CivilDate) -> Bool {
            promises.contains { $0.on <= day && day <= $0.until }
                || disputed.contains { $0.from <= day && day <= $0.to }
                || court.map { $0 <= day } ?? false || isMourned(on: day)
        }

        private func isMourned(on day: CivilDate) -> Bool {
            let known = contacts.filter { $0.day <= day && $0.reason != nil }
            return known.max { ($0.day, $0.number) < ($1.day, $1.number) }?.reason == .deceased
        }

        func isHelped(on day: CivilDate) -> Bool {
            hardship != nil || unit == "1-201" && day <= date("2026-12-31")
        }
    }

    init(seed: UInt64) throws {
        office = try TestOffice()
        random = Dice(state: seed)
        try office.take(MapleCourt.files)
    }

    /// A day: some acts, then perhaps a run.
    mutating func live() throws {
        for _ in 0..<Int.random(in: 0...2, using: &random) { try act() }
        if Int.random(in: 0..<3, using: &random) == 0 { try run() }
        today = today.advanced(byDays: 1)
    }

    private mutating func run() throws {
        let summary = try runPeriod(
            today.period, asOf: today, dryRun: false, effects: office.effects)
        held += summary.held
        try forEachNotice(period: nil, effects: office.effects) { notice in
            guard notice.asOf == today, let stage = notice.stage,
                let model = accounts.first(where: {
                    $0.unit == notice.unit && $0.owners == notice.owners.joined(separator: ";")
                })
            else { return }
            given += 1
            if model.isStopped(on: today) { wrong.append("\(notice.number) \(stage): stopped") }
            if model.isHelped(on: today), stage != "early" {
                wrong.append("\(notice.number) \(stage): in hardship")
            }
        }
    }

    private mutating func act() throws {
        let place = Int.random(in: accounts.indices, using: &random)
        if Int.random(in: 0..<8, using: &random) == 0 { return try pay(accounts[place].unit) }
        let before = try office.books(asOf: date("2027-12-31"))
        let chosen = Int.random(in: 0...6, using: &random)
        switch chosen {
        case 0: try promise(place)
        case 1: try withdraw(place)
        case 2: try contact(place)
        case 3: try correct(place)
        case 4: try dispute(place)
        case 5: try help(place)
        default: try sue(place)
        }
        if try office.books(asOf: date("2027-12-31")) != before {
            wrong.append("act \(chosen) moved a figure")
        }
    }

    private mutating func pay(_ unit: String) throws {
        serial += 1
        let amount = Int.random(in: 1...300, using: &random)
        let report = try enter(
            .payments, .add,
            values: [
                "reference": "R\(serial)", "date": "\(today)", "unit": unit, "method": "bank",
                "amount": "\(amount).00",
            ], effects: office.effects)
        if !report.problems.isEmpty { wrong.append("payment refused") }
    }

    private mutating func promise(_ place: Int) throws {
        let until = today.advanced(byDays: Int.random(in: 0...15, using: &random))
        let summary = try recordPromise(
            PromiseToPay(
                amount: Money(fen: Int.random(in: 1...500_00, using: &random)), on: today,
                until: until, isInWriting: Bool.random(using: &random)),
            of: accounts[place].unit, owner: nil, effects: office.effects)
        accounts[place].promises.append((summary.promise.number, today, until))
    }

    private mutating func withdraw(_ place: Int) throws {
        guard let chosen = accounts[place].promises.indices.randomElement(using: &random) else {
            return
        }
        let number = accounts[place].promises.remove(at: chosen).number
        try withdrawPromise(number, reason: "登记错了", on: today, effects: office.effects)
    }

    private mutating func contact(_ place: Int) throws {
        serial += 1
        var contact = Session.NewContact(
            way: .call, date: today, staff: ["王"], relation: "owner")
        contact.with = "业主"
        contact.note = "第 \(serial) 次"
        contact.reason = anyReason()
        let recorded = try recordContact(
            contact, of: accounts[place].unit, owner: nil, effects: office.effects)
        accounts[place].contacts.append((recorded.number, today, contact.reason))
    }

    private mutating func anyReason() -> ArrearsReason? {
        let reasons = ArrearsReason.allCases.map { Optional($0) } + [.deceased, .deceased, nil]
        return reasons.randomElement(using: &random)!
    }

    private mutating func correct(_ place: Int) throws {
        guard let chosen = accounts[place].contacts.indices.randomElement(using: &random) else {
            return
        }
        serial += 1
        let (old, reason, note) = (accounts[place].contacts[chosen], anyReason(), "更正 \(serial)")
        let recorded = try correctContact(old.number, effects: office.effects) {
            var contact = $0
            contact.reason = reason
            contact.note = note
            return contact
        }
        accounts[place].contacts[chosen] = (recorded.number, old.day, reason)
    }

    private mutating func dispute(_ place: Int) throws {
        let (unit, from) = (accounts[place].unit, today)
        if let open = accounts[place].disputed.firstIndex(where: { today < $0.to }) {
            let hold = accounts[place].disputed[open]
            try endHold(
                of: unit, .disputed, from: hold.from, on: today, effects: office.effects)
            accounts[place].disputed[open].to = today
        } else if !accounts[place].disputed.contains(where: { $0.from == from }) {
            let to = from.advanced(byDays: 10)
            let report = try enterHold(
                ["unit": unit, "reason": "disputed", "from": "\(from)", "to": "\(to)"],
                effects: office.effects)
            if !report.problems.isEmpty { wrong.append("hold refused") }
            accounts[place].disputed.append((from, to))
        }
    }

    /// A case is open until it is refused.
    private mutating func help(_ place: Int) throws {
        if let hardship = accounts[place].hardship {
            guard hardship.from < today else { return }
            try decideHardshipCase(
                hardship.number, .refused, review: nil, reason: "证明不足", by: "经理", on: today,
                effects: office.effects)
            accounts[place].hardship = nil
        } else {
            let id = try openHardshipCase(
                for: accounts[place].unit, owner: nil, kind: .temporary, reason: "失业", by: "王",
                on: today, review: nil, effects: office.effects)
            accounts[place].hardship = (id.number, today)
        }
    }

    /// To court, or out of it; nobody in hardship is taken there.
    private mutating func sue(_ place: Int) throws {
        let unit = accounts[place].unit
        if accounts[place].court != nil {
            _ = try recordCourtStep(
                CourtStepEntry(of: unit, owner: nil, stage: .ended, on: today),
                effects: office.effects)
            accounts[place].court = nil
        } else if !accounts[place].isHelped(on: today) {
            let proposal = try propose(
                ProposalEntry(
                    unit: unit, owner: nil, matter: .court, day: today, staff: "王",
                    reason: "拒付"), effects: office.effects)
            _ = try decide(
                proposal: proposal,
                Approval(isApproved: true, day: today, by: "经理", reason: "同意"),
                effects: office.effects)
            accounts[place].court = today
        }
    }
}

/// The same numbers for the same seed.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
