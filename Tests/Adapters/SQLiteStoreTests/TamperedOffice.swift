import Casework
import Evidence
import FeeLedger
import Foundation
import Office
import Primitives
import TestKit

@testable import SQLiteStore

/// An office with rows of every kind in its chain.
struct TamperedOffice {
    let office: TestOffice
    let community = CommunityID(1)
    /// The chain's head halfway and at the end, as they were printed.
    let anchors: [ChainAnchor]

    init() throws {
        office = try TestOffice()
        var files = MapleCourt.files
        files["concessions.csv"]! += (2...7).map {
            "C00\($0),1-102,wy,2026-0\($0),2026-0\($0),amount,1.00,病历 \($0),manager,\n"
        }.joined()
        files["waivers.csv"] =
            "reference,date,unit,item,period,amount,reason,approved_by\n"
            + (1...8).map {
                "W00\($0),2026-11-0\($0),1-101,wy,2026-09,0.0\($0),首次逾期 \($0),manager\n"
            }.joined()
        try office.take(files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-21"), dryRun: false, effects: office.effects)
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        try reversePayment(
            "B001", on: date("2026-11-22"), reason: "记错户", effects: office.effects)
        try reverseCharge(
            unit: "1-102", item: "wy", period: period("2026-05"), on: date("2026-11-22"),
            reason: "重复出账", effects: office.effects)
        try Self.decide(office)
        let half = try office.effects.store.read { try $0.chainHead(of: CommunityID(1)) }
        try Self.decideHardship(office)
        try Self.promiseAndCall(office)
        try Self.serve(office)
        let head = try office.effects.store.read { try $0.chainHead(of: CommunityID(1)) }
        anchors = [half, head].map {
            ChainAnchor(
                community: $0.community, position: $0.position, hash: $0.hash, source: "sheet")
        }
    }

    /// A waiver, a write-off and a plan, approved; a concession, refused.
    private static func decide(_ office: TestOffice) throws {
        let plan = try writePlan(office)
        let matters: [(String, ProposalEntry.Matter)] = [
            (
                "1-201",
                .waiver(
                    item: "wy", period: period("2026-09"), amount: Money(fen: 1_00),
                    unlessPaidBy: date("2026-12-01"))
            ),
            ("1-101", .writeOff(item: "wy", period: period("2026-09"))), ("1-201", plan),
            (
                "1-201",
                .concession(
                    item: "*", from: period("2026-12"), to: period("2027-02"), .noLateFee)
            ),
        ]
        for (unit, matter) in matters {
            let number = try propose(
                ProposalEntry(
                    unit: unit, owner: nil, matter: matter, day: date("2026-11-22"), staff: "李四",
                    reason: "原因 \(unit)", review: date("2027-02-28")), effects: office.effects)
            let approval = Approval(
                isApproved: number < 4, day: date("2026-11-23"), by: "王经理", reason: "核实过 \(number)")
            _ = try Office.decide(proposal: number, approval, effects: office.effects)
        }
        let path = office.folder + "/signed.pdf"
        try writeAgreement(ofPlan: 3, to: path, effects: office.effects)
        try signPlan(
            PlanSignatureEntry(
                proposal: 3, date: date("2026-11-23"), staff: "李四", signer: "邓戊", relation: "owner",
                files: [path]), effects: office.effects)
    }

    /// Of two parts, over all that 1-201 owes in principal.
    private static func writePlan(_ office: TestOffice) throws -> ProposalEntry.Matter {
        var open = Money.zero
        try forEachArrears(asOf: date("2026-11-22"), effects: office.effects) {
            if $0.unit == "1-201" { open += $0.standing.principalOpen }
        }
        return .plan(
            parts: [
                .init(due: date("2026-12-15"), amount: Money(fen: 50_00)),
                .init(due: date("2027-01-15"), amount: open - Money(fen: 50_00)),
            ], lateFee: .pause, forgives: false)
    }

    private static func serve(_ office: TestOffice) throws {
        let notices = ["FL-202611-00001-1", "FL-202611-00002-9", "FL-202611-00004-5"]
        let names = ["slip.jpg", "inside.jpg", "track.png", "stub.jpg"]
        for (place, notice) in notices.enumerated() {
            for (index, how) in [ServiceWay.registered, .signedHousehold, .visit].enumerated() {
                var entry = ServiceEntry(
                    of: notice, how: how, on: date("2026-11-2\(5 + index)"), staff: ["王", "李"])
                if how.isSigned {
                    entry.signer = "李梅\(place)"
                    entry.relation = "spouse"
                }
                entry.note = "备注 \(place) \(index)"
                for name in names.prefix(how == .registered ? 3 : 4 - index) {
                    let path = office.folder + "/" + name
                    try Data("\(name) \(place) \(index)".utf8).write(
                        to: URL(fileURLWithPath: path))
                    entry.files.append(ServiceEntry.File(kinds: [], path: path))
                }
                _ = try recordService(entry, effects: office.effects)
            }
        }
        for id in [3, 7] { try withdrawService(id, reason: "登记错了", effects: office.effects) }
        try office.effects.store.write { session in
            let act = try session.addAct(
                community: CommunityID(1), kind: "stamp", by: "clerk", at: "", detail: "")
            let file = try session.addEvidenceFile(
                sha256: String(repeating: "0", count: 64), extension: "tsr",
                in: CommunityID(1), act: act)
            try session.addStamp(
                of: try session.chainHead(of: CommunityID(1)), at: "2026-11-28T18:00:00Z",
                file: file, in: CommunityID(1), act: act)
        }
    }

    private static func decideHardship(_ office: TestOffice) throws {
        let number = try openHardshipCase(
            for: "1-201", owner: nil, kind: .long, reason: "低保", by: "李四", on: date("2026-11-21"),
            review: nil, effects: office.effects)
        for (outcome, day) in [
            (HardshipCase.Outcome.renewed, "2026-11-22"), (.closed, "2026-11-23"),
        ] {
            try decideHardshipCase(
                number.number, outcome, review: outcome == .renewed ? date("2027-02-28") : nil,
                reason: "理由", by: "王经理", on: date(day), effects: office.effects)
            try overrideRisk(
                of: "1-201", owner: nil, as: .doubtful, reason: "失业 \(day)", by: "王经理",
                on: date(day), effects: office.effects)
        }
    }

    /// Promises, contacts, complaints and steps to court, two of each at least.
    private static func promiseAndCall(_ office: TestOffice) throws {
        for day in 1...4 {
            let number = try recordPromise(
                PromiseToPay(
                    amount: Money(fen: day * 100_00), on: date("2026-11-2\(day)"),
                    until: date("2026-12-0\(day)"), isInWriting: day == 2),
                of: "1-101", owner: nil, effects: office.effects
            ).promise.number
            if day > 2 {
                try withdrawPromise(
                    number, reason: "登记错了 \(day)", on: date("2026-11-2\(day + 1)"),
                    effects: office.effects)
            }
            var contact = Session.NewContact(
                way: .call, date: date("2026-11-2\(day)"), staff: ["王", "李"], relation: "owner")
            contact.with = "安甲 \(day)"
            contact.note = "电梯坏了 \(day)"
            contact.minute = 600 + day
            contact.next = date("2026-12-0\(day)")
            contact.reason = .disputes
            let added = try recordContact(
                contact, of: "1-101", owner: nil, effects: office.effects)
            if day == 3 {
                _ = try correctContact(added.number, effects: office.effects) {
                    var contact = $0
                    contact.note = "门禁坏了"
                    return contact
                }
            }
        }
        for complaint in [1, 2] {
            try answerComplaint(
                complaint, with: "已修好 \(complaint)", on: date("2026-11-2\(complaint + 5)"),
                effects: office.effects)
        }
        let proposal = try propose(
            ProposalEntry(
                unit: "1-101", owner: nil, matter: .court, day: date("2026-11-21"), staff: "王",
                reason: "拒付"), effects: office.effects)
        _ = try Office.decide(
            proposal: proposal,
            Approval(isApproved: true, day: date("2026-11-21"), by: "经理", reason: "同意"),
            effects: office.effects)
        for (place, stage) in [CourtStage.demandServed, .filed, .hearing].enumerated() {
            var entry = CourtStepEntry(
                of: "1-101", owner: nil, stage: stage, on: date("2026-11-2\(place + 2)"))
            entry.note = "备注 \(place)"
            entry.cost = Money(fen: place * 25_00)
            _ = try recordCourtStep(entry, effects: office.effects)
        }
        try withdrawCourtStep(
            3, reason: "没有开庭", on: date("2026-11-26"), effects: office.effects)
    }

    /// The SHA-256 of the files that are named; the stamp's was never there.
    func brokenFiles() throws -> [String] {
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        return verified[0].findings.compactMap { finding in
            guard case .file(let file, _) = finding, file.suffix != "tsr" else { return nil }
            return file.sha256
        }
    }

    /// What `body` leaves is looked at, and undone.
    func tampered(_ body: (Session) throws -> Void) throws {
        try office.effects.store.tryOut { session in
            try session.run("PRAGMA defer_foreign_keys = ON")
            try session.run("PRAGMA ignore_check_constraints = ON")
            try body(session)
        }
    }
}

/// What verifying the chain has found.
struct Found {
    var positions: Set<Int> = []
    var unchained: [String] = []
    /// Rows in which an anchor shows a change.
    var rewritten: [ClosedRange<Int>] = []
    var cutOff: [Int] = []

    var isNothing: Bool {
        positions.isEmpty && unchained.isEmpty && rewritten.isEmpty && cutOff.isEmpty
    }

    init(_ session: Session, _ community: CommunityID, anchors: [ChainAnchor] = []) throws {
        var search = AnchorSearch(anchors, of: "FL")
        let head = try session.verifyChain(of: community, visit: { search.visit($0) }) { finding in
            switch finding {
            case .broken(let row, .missing(let after, let before)):
                positions.formUnion((after + 1)..<before)
                positions.insert(row.position!)
            case .broken(let row, _): positions.insert(row.position!)
            case .unchained(let row): unchained.append("\(row.kind) \(row.subject)")
            }
        }
        for finding in search.findings(at: head) {
            switch finding {
            case .holds: break
            case .cutOff(_, let end): cutOff.append(end)
            case .rewritten(_, let rows): rewritten.append(rows)
            case .nowhere: rewritten.append(0...head.position)
            }
        }
    }
}

extension Session {
    /// All of the chain made anew over what stands now, as an administrator could.
    func rehash(_ community: CommunityID) throws {
        var links: [(position: Int, kind: String, subject: Int)] = []
        try forEach(
            "SELECT position, kind, subject FROM chainLink WHERE community = ? ORDER BY position",
            [.id(community)]
        ) { links.append(($0.integer(0), $0.text(1), $0.integer(2))) }
        var head = ChainHead(of: "FL")
        try run("DELETE FROM chainLink WHERE community = ?", [SQLValue.id(community)])
        for link in links {
            guard let kind = ChainedKind.named(link.kind),
                let row = try chainedRow(kind, link.subject)
            else { continue }
            let next = head.followed(by: row)
            try run(
                """
                INSERT INTO chainLink (community, position, kind, subject, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .id(community), .integer(next.position), .text(link.kind),
                    .integer(link.subject), .blob(head.hash.bytes), .blob(next.hash.bytes),
                ])
            head = next
        }
    }

    func integers(_ sql: String, _ values: [SQLValue] = []) throws -> [Int] {
        var found: [Int] = []
        try forEach(sql, values) { found.append($0.integer(0)) }
        return found
    }
}
