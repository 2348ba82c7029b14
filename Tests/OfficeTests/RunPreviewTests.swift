import Dunning
import FeeLedger
import FoundationEssentials
import Office
import Primitives
import TestKit
import Testing

@Suite struct `The preview of a run` {
    private let asOf = date("2026-11-05")

    private func office(_ more: [String: String] = [:]) throws -> TestOffice {
        let office = try TestOffice()
        var files = MapleCourt.files
        for (name, text) in more { files[name] = (files[name] ?? "") + text }
        let report = try office.take(files)
        #expect(report.problems.isEmpty, "\(report.problems)")
        return office
    }

    private func preview(_ office: TestOffice, asOf: String = "2026-11-05") throws -> RunPreview {
        try previewRun(period("2026-11"), asOf: date(asOf), effects: office.effects)
    }

    @Test func `writes nothing, and counts what the run then does`() throws {
        let office = try office()
        let before = FileManager.default.contents(atPath: office.database)
        let seen = try preview(office)
        #expect(FileManager.default.contents(atPath: office.database) == before)
        let done = try runPeriod(
            period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        expect(seen, is: done)
        // 1-101's credit met 10.44 of its charge.
        #expect(seen.charges.map(\.name) == ["物业服务费"])
        #expect(seen.charges.map(\.count) == [3])
        #expect(seen.charges.map(\.sum) == [Money(fen: 825_13)])
        #expect(seen.notices.map(\.accounts.count) == [2, 1, 0, 0, 1])
        #expect(seen.notices.map(\.emails) == [3, 0, 0, 0, 0])
        #expect(seen.notices[4].others == [.mailbox: 1])
        // The second time there is nothing left to do, and it says so.
        let again = try preview(office)
        #expect(again.summary.chargesIssued == 0 && again.noticeCount == 0)
        #expect(
            again.notCharged.map { "\($0.reason) \($0.units.count)" } == ["chargedBefore 3"])
    }

    private func expect(_ seen: RunPreview, is done: RunSummary) {
        let summary = seen.summary
        #expect(summary.chargesIssued == done.chargesIssued && summary.charged == done.charged)
        #expect(summary.bills == done.bills && summary.held == done.held)
        #expect(summary.notices.map(\.count) == done.notices.map(\.count))
        #expect(summary.emailsQueued == done.emailsQueued && summary.letters == done.letters)
        #expect(summary.phoneTasks == done.phoneTasks && summary.issuedLate == done.issuedLate)
        #expect(summary.unheldUnits == done.unheldUnits)
        // The lists add up to the counts.
        #expect(seen.charges.reduce(0) { $0 + $1.count } == done.chargesIssued)
        #expect(seen.charges.reduce(Money.zero) { $0 + $1.sum } == done.charged)
        for group in seen.charges {
            #expect(group.units.reduce(Money.zero) { $0 + $1.amount! } == group.sum)
        }
        #expect(seen.notices[0].accounts.count == done.bills)
        #expect(seen.notices.dropFirst().map(\.accounts.count) == done.notices.map(\.count))
        #expect(seen.notices.reduce(0) { $0 + $1.emails } == done.emailsQueued)
        let others = seen.notices.reduce(into: [Channel: Int]()) {
            $0.merge($1.others, uniquingKeysWith: +)
        }
        let tasks = (others[.phone] ?? 0) + (others[.fax] ?? 0)
        #expect(tasks == done.phoneTasks)
        #expect(others.values.reduce(0, +) - tasks == done.letters)
        let held: Set<RunPreview.Spared> = [.disputed, .promise, .plan, .deceased, .court]
        let seenHeld = seen.spared.filter { held.contains($0.reason) }
        #expect(seenHeld.reduce(0) { $0 + $1.units.count } == done.held)
    }

    @Test(arguments: ["2026-11-21", "2026-12-05"])
    func `of an invented community is what the run then does`(asOf: String) throws {
        let office = try TestOffice()
        try makeSample(in: office.folder + "/sample", units: 150, seed: 7) { _, _, _ in }
        _ = try importCommunity(
            from: office.folder + "/sample", dryRun: false, effects: office.effects)
        let seen = try preview(office, asOf: asOf)
        let done = try runPeriod(
            period("2026-11"), asOf: date(asOf), dryRun: false, effects: office.effects)
        #expect(done.chargesIssued > 100)
        expect(seen, is: done)
    }

    // 1-102's former owner owes 255.13 since 15 May.
    @Test(
        arguments: [
            ("disputed", RunPreview.Spared.disputed), ("deceased", .deceased), ("court", .court),
        ])
    func `says who is not dunned, and why`(hold: String, reason: RunPreview.Spared) throws {
        let office = try office(["holds.csv": "1-201,\(hold),2026-11-01,,\n"])
        let seen = try preview(office)
        #expect(
            seen.spared.map { "\($0.reason) \($0.units.map(\.unit))" } == ["\(reason) [\"1-201\"]"])
        #expect(seen.summary.held == 1)
    }

    @Test
    func
        `says who hears only the mildest notice, and who heard too lately`()
        throws
    {
        let office = try office()
        #expect(
            try preview(office).spared.map { "\($0.reason) \($0.units.map(\.unit))" }
                == ["hardship [\"1-201\"]"])
        _ = try runPeriod(period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        let later = try preview(office, asOf: "2026-11-06").spared
        #expect(
            later.map { "\($0.reason) \($0.units.map(\.unit))" } == [
                "tooSoon [\"1-102\", \"1-201\"]"
            ])
        #expect(later[0].units[0].detail?.zh == "上次 2026-11-05")
        #expect(try preview(office).spared.map(\.reason) == [.noticedAlready])
    }

    @Test func `says which units are charged nothing, and why`() throws {
        let office = try office([
            "units.csv":
                "1-301,1,residence,50.00,\n1-302,1,residence,50.00,2027-02-01\n1-303,1,residence,50.00,\n",
            "ownerships.csv": "1-303,A05,2020-01-01,2026-10-31,\n",
            "fees.csv": "sf,水费,metered,3.0000,1,residence,2019-01-01,\n",
            "readings.csv":
                "unit,item,period,previous,reading\n1-101,sf,2026-11,10.000,12.000\n1-102,sf,2026-11,10.000,10.000\n",
        ])
        let seen = try preview(office)
        #expect(
            seen.notCharged.map { "\($0.reason) \($0.item ?? "-") \($0.units.map(\.unit))" } == [
                "notHandedOver - [\"1-302\"]", "ownerLeft - [\"1-303\"]", "noOwner - [\"1-301\"]",
                "notRead 水费 [\"1-201\", \"1-301\", \"1-303\"]", "nothing 水费 [\"1-102\"]",
            ])
        let done = try runPeriod(
            period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        expect(seen, is: done)
    }

    @Test func `shows a letter and a mail of each notice as they will look`() throws {
        let office = try office()
        let seen = try preview(office)
        #expect(
            seen.samples.map { "\($0.stage ?? "bill") \($0.form) \($0.language) \($0.unit)" } == [
                "formal letter zh 1-102", "early letter zh 1-201", "bill letter zh 1-101",
                "bill mail zh 1-101", "bill mail en 1-102",
            ])
        let letter = seen.samples[0]
        #expect(try seen.pdf(of: letter).starts(with: Array("%PDF".utf8)))
        let picture = try seen.picture(of: letter, width: 240)
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && picture.count > 2_000)
        let mail = try seen.mail(of: seen.samples[3])
        #expect(mail.subject.contains("1-101") && mail.html.contains("274.56"))
        // The very mail that the run then queues.
        _ = try runPeriod(period("2026-11"), asOf: asOf, dryRun: false, effects: office.effects)
        let message = try listedMessages(effects: office.effects).first { $0.unit == "1-101" }
        let bytes = try messageBytes(#require(message).id, effects: office.effects)
        #expect(String(decoding: bytes, as: UTF8.self).contains("multipart/alternative"))
    }

    @Test func `before its period begins is refused`() throws {
        let office = try office()
        #expect(throws: OfficeError.periodNotBegun(period: period("2026-12"), asOf: asOf)) {
            try previewRun(period("2026-12"), asOf: asOf, effects: office.effects)
        }
    }
}
