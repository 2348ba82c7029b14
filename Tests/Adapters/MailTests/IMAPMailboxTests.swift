import Foundation
import Mail
import Primitives
import Testing

/// What `Tests/Mail/imap_server.py` is told to do.
private struct MailboxPlan: Encodable, Sendable {
    var mails: [String?] = []
    var host: String?
    var faults: [String: String] = [:]
}

@Suite(.serialized) struct `A mailbox over IMAP` {
    private let day = CivilDate(year: 2026, month: 11, day: 5)!

    /// Does `work` with the opened mailbox; gives what the server heard.
    private func open(
        _ plan: MailboxPlan, patience: Int = 60, _ work: (IMAPMailbox) throws -> Void = { _ in }
    ) throws -> [String] {
        try withServer(plan, script: "imap_server.py") { port in
            try work(
                IMAPMailbox(
                    IMAPServer(
                        url: "imap://office%40example.com@127.0.0.1:\(port)/INBOX",
                        password: "se\"cr\\et", patience: patience)))
        }
    }

    @Test func `is read without a trace`() throws {
        let heard = try open(MailboxPlan(mails: ["a: b\r\n\r\none\r\n", "two", nil])) {
            (mailbox: IMAPMailbox) throws in
            #expect(mailbox.uidValidity == 7)
            #expect(try mailbox.messages(after: 0, since: day) == [1, 2, 3])
            #expect(try mailbox.messages(after: 1, since: day) == [2, 3])
            #expect(try mailbox.messages(after: 3, since: day) == [])
            #expect(try mailbox.message(1) == Array("a: b\r\n\r\none\r\n".utf8))
            #expect(try mailbox.message(2) == Array("two".utf8))
            #expect(try mailbox.message(3) == nil)
            mailbox.leave()
        }
        #expect(
            heard.filter { !["CAPABILITY", "LOGIN", "LOGOUT"].contains($0) } == [
                "ID (\"name\" \"dunwell\")", "EXAMINE \"INBOX\"",
                "UID SEARCH UID 1:* SINCE 5-Nov-2026", "UID SEARCH UID 2:*", "UID SEARCH UID 4:*",
                "UID FETCH 1 (UID BODY.PEEK[]<0.262144>)",
                "UID FETCH 2 (UID BODY.PEEK[]<0.262144>)",
                "UID FETCH 3 (UID BODY.PEEK[]<0.262144>)",
            ])
    }

    /// A mail that speaks as the server would is a mail all the same.
    @Test func `gives a mail byte for byte, whatever stands in it`() throws {
        let mails = [
            "d1 OK done\r\nd2 OK done\r\nd3 OK done\r\nd4 NO\r\n* SEARCH 9\r\n* BYE\r\n",
            ")\r\n* 2 FETCH (UID 2 BODY[]<0> {3}\r\nxyz)\r\nd5 OK\r\n", "{5}\r\n", "",
            "\u{0}\u{ff}\r\r\n\n",
            String(repeating: "long ", count: 20_000),
        ]
        _ = try open(MailboxPlan(mails: mails)) { (mailbox: IMAPMailbox) throws in
            for (index, mail) in mails.enumerated() {
                let bytes = mail.unicodeScalars.map { UInt8($0.value) }
                #expect(try mailbox.message(index + 1) == bytes)
            }
        }
    }

    @Test func `is refused where the login is`() throws {
        _ = try withServer(
            MailboxPlan(faults: ["LOGIN": "raw TAG NO wrong password|"]), script: "imap_server.py"
        ) { port in
            #expect {
                try IMAPMailbox(
                    IMAPServer(url: "imap://a@127.0.0.1:\(port)", password: "x", patience: 60))
            } throws: { error in
                guard case .loginRefused = error as? ReportBoxError else { return false }
                return true
            }
        }
    }

    @Test(arguments: [
        ("greeting", "drop"), ("greeting", "hang"), ("LOGIN", "drop"), ("EXAMINE", "drop"),
        ("EXAMINE", "hang"), ("EXAMINE", "raw TAG NO no such folder|"), ("EXAMINE", "raw TAG OK|"),
        ("EXAMINE", "raw * OK [UIDVALIDITY x]|TAG OK|"), ("EXAMINE", "half"), ("SEARCH", "half"),
        ("EXAMINE", "endless * 1 EXISTS"), ("SEARCH", "drop"), ("SEARCH", "raw TAG BAD what|"),
        ("SEARCH", "endless * SEARCH 1 2 3"), ("FETCH", "drop"), ("FETCH", "half"),
        ("FETCH", "hang"),
        ("FETCH", "raw TAG NO not now|"), ("FETCH", "endless * 1 FETCH (FLAGS ())"),
        ("FETCH", "raw * 1 FETCH (UID 1 BODY[] {999999999999}|"),
        ("FETCH", "raw * 1 FETCH (UID 1 BODY[] {2000000000}|"),
        ("FETCH", "raw * 1 FETCH (UID 1 BODY[] {9}|abc"),
        ("FETCH", "endless * 1 FETCH (UID 1 BODY[] {2}|ab)"),
    ])
    func `gives up in time where the server does wrong`(step: String, fault: String) throws {
        let clock = ContinuousClock()
        let spent = clock.measure {
            #expect(throws: ReportBoxError.self, "\(step) \(fault)") {
                _ = try open(MailboxPlan(mails: ["mail"], faults: [step: fault]), patience: 2) {
                    #expect(try $0.messages(after: 0, since: day) == [1])
                    _ = try $0.message(1)
                }
            }
        }
        #expect(spent < .seconds(240), "\(step) \(fault)")
    }

    @Test func `is not spoken to in clear beyond this machine`() throws {
        // To a program, 127.0.0.2 is another machine.
        let heard = try withServer(MailboxPlan(host: "127.0.0.2"), script: "imap_server.py") {
            port in
            #expect(throws: ReportBoxError.self) {
                try IMAPMailbox(
                    IMAPServer(url: "imap://a@127.0.0.2:\(port)", password: "x", patience: 60))
            }
        }
        #expect(heard == ["CAPABILITY"])
    }

    @Test func `is opened also where a program need not name itself`() throws {
        _ = try open(MailboxPlan(mails: ["mail"], faults: ["ID": "raw TAG BAD unknown|"])) {
            (mailbox: IMAPMailbox) throws in
            #expect(try mailbox.message(1) == Array("mail".utf8))
        }
    }

    @Test(arguments: [
        "imap.example.com", "ftp://a@imap.example.com", "imaps://imap.example.com",
        "imaps://@example.com",
        "imaps://a@", "imaps://a@exa mple.com", "imaps://a@example.com:x",
        "imaps://a@example.com:99999",
        "imaps://a%0d%0a@example.com", "imaps://a%zz@example.com", "imaps://a@example.com/a\"b",
        "imaps://a@example.com/a%0ab",
    ])
    func `is not looked for at what is no address of one`(url: String) {
        #expect(throws: ReportBoxError.unusableURL(url)) {
            try IMAPServer(url: url, password: "x")
        }
    }

    @Test(arguments: [
        (
            "imaps://office%40example.com@imap.example.com",
            "imaps://office@example.com@imap.example.com:993/INBOX"
        ),
        (
            "imap://office@imap.example.com:1143/Reports",
            "imap://office@imap.example.com:1143/Reports"
        ),
        (
            "imaps://office@example.com@imap.example.com/",
            "imaps://office@example.com@imap.example.com:993/INBOX"
        ),
    ])
    func `is known by its address without the password`(url: String, name: String) throws {
        #expect(try IMAPServer(url: url, password: "secret").name == name)
    }

    @Test func `keeps to its words when it is refused`() {
        let told: [(ReportBoxError, String)] = [
            (
                .notAMaildir(path: "x"),
                "x is no maildir that can be read: it must hold the folders new and cur."
            ),
            (
                .unusableURL("x"),
                "“x” cannot be used: write it like imaps://user@host/INBOX or imap://user@host:143/INBOX."
            ),
            (
                .notConnected(host: "h", words: "w"),
                "The mailbox at h cannot be reached: w. What was not read is read next time."
            ),
            (
                .loginRefused(host: "h", words: "w"),
                "h refuses the login: w. Check the user name; many providers want an “authorisation code” "
                    + "in place of the password, and IMAP switched on."
            ),
            (.refused(command: "EXAMINE", words: "w"), "The server refused EXAMINE: w."),
            (.unreadable(host: "h"), "h answered in a way that is no IMAP; nothing more was read."),
        ]
        for (error, words) in told { #expect(error.message.en == words) }
    }
}
