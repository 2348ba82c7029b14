import Foundation
import Mail
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court with the messages of two months composed, and the office's maildir.
private final class Mailroom {
    let office: TestOffice
    private var reports = 0
    private let maildir: String

    /// The Message-IDs by recipient and month: A01 and the co-owners A03, A04 are told by mail.
    static let november = [
        "a01": "FL-202611-00001-1.1", "a03": "FL-202611-00003-7.2", "a04": "FL-202611-00003-7.3",
    ]
    static let december = ["a01": "FL-202612-00001-0.4", "a03": "FL-202612-00003-6.5"]

    init(months: Int = 2) throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
        maildir = office.folder + "/Maildir"
        for part in ["new", "cur"] {
            try FileManager.default.createDirectory(
                atPath: "\(maildir)/\(part)", withIntermediateDirectories: true)
        }
        let runs = [("2026-11", "2026-11-05"), ("2026-12", "2026-12-25")]
        for (month, day) in runs.prefix(months) { try run(month, day) }
    }

    func run(_ month: String, _ day: String) throws {
        _ = try runPeriod(
            period(month), asOf: date(day), dryRun: false, effects: office.effects)
        _ = try exportMessages(to: office.folder + "/out", effects: office.effects)
    }

    /// Leaves a report in the maildir.
    func report(
        _ action: String, _ status: String, to recipient: String, of messageID: String?,
        words: String = ""
    ) throws {
        reports += 1
        let returned = messageID.map { "Message-ID: <\($0)@example.com>" } ?? "Subject: notice"
        let mail = """
            From: MAILER-DAEMON@mail.example.com
            To: office@example.com
            X-Number: \(reports)
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mail.example.com

            Final-Recipient: rfc822; \(recipient)
            Action: \(action)
            Status: \(status)
            Diagnostic-Code: smtp; \(words)
            --b
            Content-Type: text/rfc822-headers

            \(returned)
            --b--
            """
        try write(mail, to: "new/\(1000 + reports).report")
    }

    func write(_ mail: String, to place: String) throws {
        try Data(mail.utf8).write(to: URL(fileURLWithPath: "\(maildir)/\(place)"))
    }

    func move(_ place: String, to other: String?) throws {
        if let other {
            try FileManager.default.moveItem(
                atPath: "\(maildir)/\(place)", toPath: "\(maildir)/\(other)")
        } else {
            try FileManager.default.removeItem(atPath: "\(maildir)/\(place)")
        }
    }

    @discardableResult
    func fetch() throws -> FetchedBounces {
        try fetchBounces(from: .maildir(Maildir(path: maildir)), effects: office.effects)
    }

    /// `notice owner recipient reason letter task`, empty fields as `-`.
    func list() throws -> [String] {
        var rows: [String] = []
        try forEachBounce(effects: office.effects) { bounce, task in
            rows.append(
                [
                    bounce.notice, bounce.owner, bounce.recipient, bounce.reason,
                    bounce.hasLetter ? "letter" : "", task?.rawValue ?? "",
                ].map { $0.isEmpty ? "-" : $0 }.joined(separator: " "))
        }
        return rows
    }

    /// Owners who are to be asked for their address.
    func asked() throws -> [String] {
        try list().filter { $0.hasSuffix(" ask") }.map { $0.components(separatedBy: " ")[1] }
    }

    /// `unit channels` of each notice of a month.
    func notices(_ month: String) throws -> [String] {
        var rows: [String] = []
        try forEachNotice(period: period(month), effects: office.effects) {
            rows.append("\($0.unit) \($0.channels)")
        }
        return rows
    }
}

private struct Failures: Sendable {
    /// Action and status of the report about November's message, then about December's.
    let first, second: (String, String)?
    let markedAfterFirst, markedAfterSecond: Bool
}

private let failures: [Failures] = [
    .init(first: ("failed", "5.1.1"), second: nil, markedAfterFirst: true, markedAfterSecond: true),
    .init(first: ("failed", "5.2.1"), second: nil, markedAfterFirst: true, markedAfterSecond: true),
    .init(
        first: ("failed", "5.2.2"), second: ("failed", "5.2.2"), markedAfterFirst: false,
        markedAfterSecond: true),
    .init(
        first: ("failed", "5.7.1"), second: ("failed", "5.2.2"), markedAfterFirst: false,
        markedAfterSecond: false),
    .init(
        first: ("failed", "4.4.7"), second: ("failed", "4.4.7"), markedAfterFirst: false,
        markedAfterSecond: true),
    .init(
        first: ("delayed", "4.4.1"), second: ("delayed", "4.4.1"), markedAfterFirst: false,
        markedAfterSecond: true),
    // Unknown for now may be a server that is being mended.
    .init(
        first: ("delayed", "4.1.1"), second: ("failed", "5.1.1"), markedAfterFirst: false,
        markedAfterSecond: true),
    .init(
        first: ("delivered", "2.0.0"), second: ("failed", "5.2.2"), markedAfterFirst: false,
        markedAfterSecond: false),
    .init(
        first: ("failed", "5.2.2"), second: ("relayed", "2.1.5"), markedAfterFirst: false,
        markedAfterSecond: false),
]

@Suite struct `Mail that comes back` {
    @Test(arguments: failures)
    private func `marks the address at once where it is unknown, else when a second mail fails`(
        row: Failures
    ) throws {
        let room = try Mailroom()
        let reports = [row.first, row.second].compactMap { $0 }
        let marked = [row.markedAfterFirst, row.markedAfterSecond]
        for (index, (action, status)) in reports.enumerated() {
            let ids = index == 0 ? Mailroom.november : Mailroom.december
            try room.report(action, status, to: "a01@example.com", of: ids["a01"])
            try room.fetch()
            #expect(try room.asked() == (marked[index] ? ["A01"] : []), "\(reports)")
        }
    }

    @Test func `late, then given up, is one mail that failed`() throws {
        let room = try Mailroom()
        try room.report("delayed", "4.4.1", to: "a01@example.com", of: Mailroom.november["a01"])
        try room.report("failed", "4.4.7", to: "a01@example.com", of: Mailroom.november["a01"])
        let fetched = try room.fetch()
        #expect(fetched.bounces == 2 && fetched.delayed == 1 && fetched.matched == 2)
        #expect(fetched.marked == 0)
    }

    @Test func `goes by paper from the next notice on, also beside a co-owner's mail`() throws {
        let room = try Mailroom(months: 1)
        try room.report("failed", "5.1.1", to: "a03@example.com", of: Mailroom.november["a03"])
        try room.fetch()
        try room.run("2026-12", "2026-12-01")
        #expect(
            try room.notices("2026-12")
                == ["1-101 email;mailbox", "1-102 email;mailbox", "1-201 mailbox"])
        let told = try listedMessages(effects: room.office.effects).filter {
            $0.notice.hasPrefix("FL-202612")
        }
        #expect(told.map(\.recipient) == ["a01@example.com", "a04@example.com"])
    }

    // MARK: - The letter for the very notice

    @Test func `makes a letter of a notice that had none`() throws {
        let room = try Mailroom(months: 1)
        try room.report("failed", "5.2.2", to: "a03@example.com", of: Mailroom.november["a03"])
        // The co-owner's comes back too: one letter is enough.
        try room.report("failed", "5.1.1", to: "a04@example.com", of: Mailroom.november["a04"])
        // This one has its letter by the mailbox.
        try room.report("failed", "5.1.1", to: "a01@example.com", of: Mailroom.november["a01"])
        #expect(try room.fetch().letters == 1)
        let pdf = room.office.folder + "/letters.pdf"
        #expect(try printLetters(to: pdf, period: nil, effects: room.office.effects).letters == 4)
        #expect(
            try room.list() == [
                "FL-202611-00003-7 A03 a03@example.com mailbox_full letter -",
                "FL-202611-00003-7 A04 a04@example.com unknown_address - ask",
                "FL-202611-00001-1 A01 a01@example.com unknown_address - ask",
            ])
    }

    @Test func `makes none while it is tried again, or where a later notice has told more`() throws
    {
        let room = try Mailroom()
        try room.report("delayed", "4.4.1", to: "a01@example.com", of: Mailroom.december["a01"])
        try room.report("failed", "5.2.2", to: "a03@example.com", of: Mailroom.november["a03"])
        let fetched = try room.fetch()
        #expect(fetched.bounces == 2 && fetched.letters == 0)
    }

    // MARK: - Whose it is

    @Test func `is known by its Message-ID under another address, else by the address`() throws {
        let room = try Mailroom()
        try room.report("failed", "5.1.1", to: "box@example.org", of: Mailroom.november["a03"])
        try room.report("failed", "5.1.1", to: "A01@Example.com", of: nil)
        try room.report("failed", "5.1.1", to: "a04@example.com", of: "replaced-by-a-relay")
        try room.report("failed", "5.1.1", to: "stranger@example.org", of: "another")
        let fetched = try room.fetch()
        #expect(fetched.bounces == 4 && fetched.matched == 3 && fetched.marked == 3)
        #expect(
            try room.list() == [
                "FL-202611-00003-7 A03 box@example.org unknown_address - ask",
                "FL-202612-00001-0 A01 a01@example.com unknown_address letter ask",
                "FL-202612-00003-6 A04 a04@example.com unknown_address - ask",
                "- - stranger@example.org unknown_address - look",
            ])
    }

    @Test func `is told from letters and automatic replies, which leave no trace`() throws {
        let room = try Mailroom()
        try room.write(
            "From: a01@example.com\nSubject: Re: notice\n\nUser unknown?\n", to: "new/1.a")
        try room.write(
            "From: a01@example.com\nAuto-Submitted: auto-replied\n\nAway.\n", to: "new/2.b")
        let fetched = try room.fetch()
        #expect(fetched.read == 2 && fetched.autoReplies == 1 && fetched.other == 1)
        #expect(try room.list().isEmpty)
    }

    // MARK: - Once

    @Test func `counts once, wherever its file goes and however often it is read`() throws {
        let room = try Mailroom()
        try room.report("failed", "5.2.2", to: "a01@example.com", of: Mailroom.november["a01"])
        #expect(try room.fetch().bounces == 1)
        #expect(try room.fetch().read == 0)
        try room.move("new/1001.report", to: "cur/1001.report:2,S")
        #expect(try room.fetch().read == 0)
        // A copy under another name is read, and known.
        try room.move("cur/1001.report:2,S", to: "cur/2001.copy:2,S")
        let again = try room.fetch()
        #expect(again.read == 1 && again.bounces == 0 && again.marked == 0)
        try room.move("cur/2001.copy:2,S", to: nil)
        #expect(try room.fetch().read == 0)
        #expect(try room.list().count == 1)
    }

    @Test func `is not looked for in a folder that is no maildir`() throws {
        let room = try Mailroom(months: 0)
        let nowhere = room.office.folder + "/nowhere"
        #expect(throws: ReportBoxError.notAMaildir(path: nowhere)) {
            try fetchBounces(
                from: .maildir(Maildir(path: nowhere)), effects: room.office.effects)
        }
    }

    // MARK: - Marks

    @Test func `leaves a mark that another address lifts, and the same one does not`() throws {
        let room = try Mailroom(months: 1)
        try room.report("failed", "5.1.1", to: "a01@example.com", of: Mailroom.november["a01"])
        try room.fetch()
        try room.office.take(MapleCourt.files)
        #expect(try room.asked() == ["A01"])
        func enter(_ email: String) throws {
            let report = try Office.enter(
                .owners, .change, values: ["owner": "A01", "email": email],
                effects: room.office.effects)
            #expect(report.problems.isEmpty)
        }
        try enter("an@example.com")
        #expect(try room.asked() == [])
        // The old one is as unknown as it was.
        try enter("A01@example.com")
        #expect(try room.asked() == ["A01"])
    }

    @Test func `leaves a mark that staff lift with a reason, after which it takes two again`()
        throws
    {
        let room = try Mailroom()
        let effects = room.office.effects
        #expect(throws: OfficeError.notMarked(owner: "A01")) {
            try clearAddress(of: "A01", reason: "why not", effects: effects)
        }
        #expect(throws: OfficeError.unknownOwner(code: "A99")) {
            try clearAddress(of: "A99", reason: "why not", effects: effects)
        }
        try room.report("failed", "5.2.2", to: "a01@example.com", of: Mailroom.november["a01"])
        try room.report("failed", "5.2.2", to: "a01@example.com", of: Mailroom.december["a01"])
        #expect(try room.fetch().marked == 1)
        #expect(
            try clearAddress(of: "A01", reason: "emptied", effects: effects) == "a01@example.com")
        #expect(try room.asked() == [])
        for (month, day, marked) in [
            ("2027-01", "2027-01-31", 0), ("2027-02", "2027-02-28", 1),
        ] {
            try room.run(month, day)
            try room.report("failed", "5.2.2", to: "a01@example.com", of: nil)
            #expect(try room.fetch().marked == marked, "\(month)")
        }
        #expect(try room.asked() == ["A01"])
    }
}
