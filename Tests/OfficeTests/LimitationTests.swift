import Evidence
import Foundation
import Letters
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court with old charges: 1-101 owes two, 100.00 of the first paid; 1-102's former owner
/// three, one lapsed; 1-201 is in hardship.
@Suite struct `Limitation` {
    let asOf = date("2026-11-21")

    private func office(payments: String = "", holds: String? = nil) throws -> TestOffice {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["concessions.csv"] = nil
        // Runs issue nothing.
        files["fees.csv"] =
            "item,name,basis,price,cycle,kinds,from,to\nwy,物业服务费,fixed,1,1,shop,2019-01-01,\n"
        files["charges.csv"] = """
            unit,item,period,amount,due
            1-101,wy,2023-12,285.00,2023-12-15
            1-101,wy,2024-01,285.00,2024-01-15
            1-102,wy,2023-10,255.13,2023-10-15
            1-102,wy,2023-12,255.13,2023-12-31
            1-102,wy,2024-02,255.13,2024-02-29
            1-201,wy,2024-02,285.00,2024-02-15
            """
        files["payments.csv"] =
            "reference,date,unit,owner,amount,method,payer,note\n"
            + "B001,2024-02-10,1-101,,100.00,bank,安甲,\n" + payments
        if let holds { files["holds.csv"] = "unit,reason,from,to,note\n" + holds }
        #expect(try office.take(files).problems.isEmpty)
        return office
    }

    private func list(
        _ office: TestOffice, asOf: String = "2026-11-21", warning: Bool = false
    ) throws -> [String] {
        var rows: [String] = []
        _ = try forEachLimitation(
            asOf: date(asOf), warning: warning, effects: office.effects
        ) { row in
            rows.append(
                "\(row.unit) \(row.period) \(row.principalOpen) \(row.lastDay) \(row.restsOn)"
                    + (row.grade.isEmpty ? "" : " \(row.grade)"))
        }
        return rows
    }

    private func rescue(
        _ office: TestOffice, _ name: String? = "rescue.pdf", asOf: String = "2026-11-21"
    ) throws -> (summary: RescueSummary, outcomes: [String]) {
        let summary = try rescueClaims(
            to: name.map { office.folder + "/" + $0 }, asOf: date(asOf), effects: office.effects)
        return (
            summary, summary.rows.map { "\($0.unit) \($0.charges) \($0.lastDay) \($0.outcome)" }
        )
    }

    /// Records a service as `service add` would.
    /// - Parameter number: the notice's, its check digit may be left out.
    @discardableResult
    private func serve(
        _ number: String, _ how: ServiceWay, on day: String, acknowledged: Bool = false,
        in office: TestOffice
    ) throws -> ServiceID {
        try office.effects.store.write { session in
            let community = try session.community(code: "FL")!
            let act = try session.addAct(
                community: community, kind: "service", by: "clerk", at: "", detail: number)
            var notice: NoticeID!
            try session.forEachNotice(of: community, period: nil) {
                if $0.number.hasPrefix(number) { notice = $0.id }
            }
            var service = ServiceOfNotice(of: notice, how: how, on: date(day), staff: ["李四"])
            service.signer = Signer(name: "安甲", relation: .owner)
            service.acknowledges = acknowledged
            return try session.addService(service, in: community, act: act)
        }
    }

    // MARK: - The list

    @Test func `lists each open charge by its last day, and what that rests on`() throws {
        let office = try office()
        #expect(
            try list(office) == [
                "1-102 2023-10 255.13 2026-10-15 due", "1-102 2023-12 255.13 2026-12-31 due",
                "1-101 2024-01 285.00 2027-01-15 due", "1-101 2023-12 185.00 2027-02-10 payment",
                "1-201 2024-02 285.00 2027-02-15 due", "1-102 2024-02 255.13 2027-02-28 due",
            ])
        #expect(
            try list(office, warning: true) == [
                "1-102 2023-12 255.13 2026-12-31 due", "1-101 2024-01 285.00 2027-01-15 due",
                "1-101 2023-12 185.00 2027-02-10 payment", "1-201 2024-02 285.00 2027-02-15 due",
            ])
        // The day before the payment it was not there.
        #expect(
            try list(office, asOf: "2024-02-09").contains("1-101 2023-12 285.00 2026-12-15 due"))
    }

    @Test func `a service counts for the charges that its notice lists, from its own day on`()
        throws
    {
        let office = try office()
        _ = try runPeriod(
            period("2024-01"), asOf: date("2024-01-20"), dryRun: false, effects: office.effects)
        // February's charge stands in no notice of January.
        try serve("FL-202401-00002", .signedOwner, on: "2026-12-31", in: office)
        #expect(
            try list(office, asOf: "2026-12-30").contains("1-102 2023-12 255.13 2026-12-31 due"))
        #expect(
            try list(office, asOf: "2026-12-31").filter { $0.hasPrefix("1-102") } == [
                "1-102 2023-10 255.13 2026-10-15 due",  // lapsed before: B starts nothing anew
                "1-102 2024-02 255.13 2027-02-28 due",
                "1-102 2023-12 255.13 2029-12-31 service B",
            ])
        let signed = try serve(
            "FL-202401-00002", .signedOwner, on: "2027-01-02", acknowledged: true, in: office)
        #expect(
            try list(office, asOf: "2027-01-02").contains(
                "1-102 2023-10 255.13 2030-01-02 service A"))
        try office.effects.store.write { session in
            let community = try session.community(code: "FL")!
            let act = try session.addAct(
                community: community, kind: "withdrawal", by: "clerk", at: "", detail: "")
            try session.withdraw(signed, reason: "wrong stub", in: community, act: act)
        }
        #expect(
            try list(office, asOf: "2027-01-02").contains("1-102 2023-10 255.13 2026-10-15 due"))
    }

    @Test func `a payment counts on the day on which it came, its credit later on no day`() throws {
        let office = try office(payments: "B002,2023-11-20,1-101,,50.00,bank,安甲,\n")
        // 50.00 waited as credit for December's charge, which was issued on 2023-12-01.
        #expect(
            try list(office, asOf: "2024-01-31").contains("1-101 2023-12 235.00 2026-12-15 due"))
        #expect(
            try list(office, asOf: "2024-02-10").contains("1-101 2023-12 135.00 2027-02-10 payment")
        )
    }

    @Test func `a payment that was reversed counts up to the day before its reversal`() throws {
        let office = try office()
        try reversePayment(
            "B001", on: date("2026-11-10"), reason: "bounced", effects: office.effects)
        #expect(
            try list(office, asOf: "2026-11-09").contains("1-101 2023-12 185.00 2027-02-10 payment")
        )
        #expect(
            try list(office, asOf: "2026-11-10").contains("1-101 2023-12 285.00 2026-12-15 due"))
    }

    @Test func `no hold starts a clock anew, be it for a promise or a plan`() throws {
        let office = try office(
            holds: "1-101,promise,2024-03-01,2024-04-01,\n1-102,plan,2024-03-01,,\n")
        #expect(try list(office).allSatisfy { $0.hasSuffix("due") || $0.hasSuffix("payment") })
    }

    // MARK: - Gaps

    @Test func `a later period paid, an earlier one never asked for, is a gap`() throws {
        // Two payments; the first was reversed later, and with it what it had met.
        let office = try office(
            payments:
                "B002,2024-03-10,1-101,,185.00,bank,安甲,\nB003,2024-03-11,1-101,,285.00,bank,安甲,\n")
        func gaps(asOf day: String) throws -> [String] {
            var rows: [String] = []
            try forEachLimitationGap(asOf: date(day), effects: office.effects) { gap in
                rows.append(
                    "\(gap.unit) \(gap.charge.period) \(gap.principalOpen) \(gap.paidPeriod) "
                        + "\(gap.paidOn) \(gap.unprovenNotices)")
            }
            return rows
        }
        _ = try runPeriod(
            period("2024-02"), asOf: date("2024-02-20"), dryRun: false, effects: office.effects)
        for reference in ["B001", "B002"] {
            try reversePayment(
                reference, on: date("2024-05-01"), reason: "bounced", effects: office.effects)
        }
        #expect(try gaps(asOf: "2024-04-30").isEmpty)
        // February's notice listed it, but nothing proves that it arrived.
        #expect(try gaps(asOf: "2024-05-01") == ["1-101 2023-12 285.00 2024-01 2024-03-11 1"])
        try serve("FL-202402-00001", .posted, on: "2024-02-21", in: office)
        #expect(try gaps(asOf: "2024-05-01").count == 1)
        try serve("FL-202402-00001", .signedOwner, on: "2024-03-11", in: office)
        #expect(try gaps(asOf: "2024-05-01").isEmpty)
    }

    // MARK: - Rescue

    @Test func `saves what is about to lapse by formal notices, once, and leaves holds to staff`()
        throws
    {
        let office = try office()
        let first = try rescue(office)
        #expect(
            first.outcomes == [
                "1-101 2 2027-01-15 noticed(number: \"FL-202611-00001-1\")",
                "1-102 1 2026-12-31 noticed(number: \"FL-202611-00002-9\")",
                "1-201 1 2027-02-15 held(reasons: [\"hardship\"])",
            ])
        #expect(first.summary.printed.letters == 2)
        // Each lists all that is open, what has lapsed too, and says so with what it adds up to.
        #expect(
            try office.books(asOf: asOf).suffix(2).map { $0.split(separator: " ").prefix(5).last }
                == ["470.00", "765.39"])
        let again = try rescue(office, "again.pdf")
        #expect(
            again.outcomes == [
                "1-101 2 2027-01-15 noticedBefore(number: \"FL-202611-00001-1\")",
                "1-102 1 2026-12-31 noticedBefore(number: \"FL-202611-00002-9\")",
                "1-201 1 2027-02-15 held(reasons: [\"hardship\"])",
            ])
        // What was printed and not served is printed again, and says so.
        #expect(again.summary.printed.letters == 2 && again.summary.printed.reprints == 2)
        #expect(try shell("pdftotext '\(office.folder)/again.pdf' -").text.contains("补打 第 1 次"))
        // Days later the same notices wait to be served; after `repeat_after` new ones are given.
        let december = try rescue(office, "again.pdf", asOf: "2026-12-20")
        #expect(december.outcomes.allSatisfy { !$0.contains("noticed(") })
        let later = try rescue(office, "again.pdf", asOf: "2026-12-21")
        #expect(
            later.outcomes.first == "1-101 2 2027-01-15 noticed(number: \"FL-202612-00001-0\")")
    }

    @Test func `what was served is saved`() throws {
        let office = try office()
        _ = try rescue(office)
        try serve("FL-202611-00002-9", .signedOwner, on: "2026-12-31", in: office)
        #expect(
            try list(office, asOf: "2026-12-31").contains(
                "1-102 2023-12 255.13 2029-12-31 service B"))
        #expect(try rescue(office, "again.pdf", asOf: "2026-12-31").outcomes.count == 2)
    }

    @Test func `gives nothing to an account that has another notice for the day`() throws {
        let office = try office(holds: "1-102,court,2024-01-01,,\n1-102,disputed,2024-01-01,,\n")
        // Too little for the formal stage.
        try office.take([
            "charges.csv": "unit,item,period,amount,due\nP-001,wy,2024-01,60,2024-01-31\n"
        ])
        _ = try runPeriod(
            period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        #expect(
            try rescue(office).outcomes == [
                "1-101 2 2027-01-15 noticedBefore(number: \"FL-202611-00001-1\")",
                "1-102 1 2026-12-31 held(reasons: [\"court\", \"disputed\"])",
                "1-201 1 2027-02-15 noticedBefore(number: \"FL-202611-00002-9\")",
                "P-001 1 2027-01-31 otherNotice(number: \"FL-202611-00003-7\")",
            ])
    }

    @Test func `a formal notice that went out by mail alone gets a letter with its stub`() throws {
        let office = try office()
        try office.take([
            "policy.yaml": MapleCourt.policy
                + "dunning:\n  - { stage: formal, from_day: 29, min_amount: 1, repeat_after: 30, "
                + "channels: [email], template: formal, signature: true }\n"
        ])
        _ = try runPeriod(
            period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        let before = try office.books(asOf: asOf).filter { $0.hasPrefix("FL-") }
        // What the ordinary letters printed is printed again; the rest for the first time.
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        let rescued = try rescue(office)
        let given = rescued.outcomes.filter { $0.contains("noticedBefore") }.count
        #expect(given > 0 && given == rescued.outcomes.filter { !$0.contains("held") }.count)
        #expect(rescued.summary.printed.letters == given)
        #expect(rescued.summary.printed.reprints < given, "one had gone by mail alone")
        #expect(try shell("pdftotext '\(office.folder)/rescue.pdf' -").text.contains("回执"))
        let again = try rescue(office)
        #expect(again.summary.printed.letters == given && again.summary.printed.reprints == given)
        #expect(again.outcomes == rescued.outcomes)
        #expect(try office.books(asOf: asOf).filter { $0.hasPrefix("FL-") } == before)
    }

    @Test func `a formal notice of a run that was never printed is printed now`() throws {
        let office = try office()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-20"), dryRun: false, effects: office.effects)
        let rescued = try rescue(office)
        #expect(
            rescued.outcomes.filter { $0.contains("noticedBefore") }.count
                == rescued.summary.printed.letters)
        #expect(rescued.summary.printed.letters > 0 && rescued.summary.printed.reprints == 0)
    }

    @Test func `a formal notice that leaves out what is about to lapse does not stand for it`()
        throws
    {
        let office = try office()
        _ = try rescue(office)
        try office.take([
            "charges.csv": "unit,item,period,amount,due\n1-101,wy,2024-02,285.00,2024-02-15\n"
        ])
        let next = try rescue(office, asOf: "2026-11-22")
        #expect(next.outcomes[0].hasPrefix("1-101 3 2027-01-15 noticed("))
        #expect(next.outcomes[1].contains("noticedBefore"))
        #expect(next.summary.printed.letters == 2 && next.summary.printed.reprints == 1)
    }

    @Test func `an unwritable file is named as it was asked for`() throws {
        let office = try office()
        let path = office.folder + "/no/such/rescue.pdf"
        let error = #expect(throws: LetterError.self) { try rescue(office, "no/such/rescue.pdf") }
        guard case .notWritten(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `tried out keeps nothing`() throws {
        let office = try office()
        let before = FileManager.default.contents(atPath: office.database)
        #expect(try rescue(office, nil).outcomes.count == 3)
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    @Test func `cut off before its letters were printed, it prints them when made again`() throws {
        let office = try office()
        #expect(throws: (any Error).self) { try rescue(office, "no/such/folder/rescue.pdf") }
        let again = try rescue(office)
        #expect(again.summary.printed.letters == 2)
        #expect(again.outcomes.allSatisfy { !$0.contains("noticed(") })
    }

    @Test func `without a stage that asks for a signature there is nothing to serve`() throws {
        let office = try office()
        try office.take([
            "policy.yaml": MapleCourt.policy
                + "dunning:\n  - { stage: early, from_day: 1, min_amount: 1, repeat_after: 9, "
                + "channels: [email], template: early }\n"
        ])
        #expect(throws: OfficeError.noFormalStage) { try rescue(office) }
        #expect(try office.books(asOf: asOf).allSatisfy { !$0.hasPrefix("FL-") })
    }
}
