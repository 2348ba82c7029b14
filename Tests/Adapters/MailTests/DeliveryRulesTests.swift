import Foundation
import Mail
import Primitives
import Testing

@Suite struct `The address of a mail server` {
    @Test(
        arguments: [
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, nil, .none),
            ("smtp://localhost", "localhost", 587, nil, .none),
            ("smtp://127.3.2.1:25", "127.3.2.1", 25, nil, .none),
            ("smtp://[::1]:25", "::1", 25, nil, .none),
            // A password never goes in clear, on this machine neither.
            ("smtp://office@127.0.0.1:2525", "127.0.0.1", 2525, "office", .startTLS),
            ("smtp://mail.example.com:25", "mail.example.com", 25, nil, .startTLS),
            (
                "SMTPS://fees%40example.com@mail.example.com/", "mail.example.com", 465,
                "fees@example.com", .implicitTLS
            ),
            ("smtp://127.0.0.1.example.com", "127.0.0.1.example.com", 587, nil, .startTLS),
        ] as [(String, String, UInt16, String?, SMTPServer.Security)])
    func `is read as staff write it`(
        text: String, host: String, port: UInt16, user: String?, security: SMTPServer.Security
    ) throws {
        let address = try SMTPAddress(text)
        #expect(address.host == host && address.port == port && address.user == user)
        #expect(address.security == security)
    }

    @Test(arguments: [
        "", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://:25",
        "smtp://host:0", "smtp://host:70000", "smtp://host/path", "smtp://host?x=1", "smtp://a b",
    ])
    func `is refused where it is none`(text: String) {
        #expect(throws: MailError.unusableURL(text)) { try SMTPAddress(text) }
    }

    @Test func `holds no password, which others could read there`() {
        #expect(throws: MailError.passwordInURL) {
            try SMTPAddress("smtps://office:geheim@mail.example.com")
        }
    }
}

@Suite struct `What an outcome means` {
    typealias Verdict = SMTPOutcome.Verdict
    typealias Step = SMTPOutcome.Step
    typealias Meaning = SMTPOutcome.Meaning

    private func meaning(
        _ verdict: Verdict, _ step: Step, _ code: Int?, _ words: String,
        at host: String = "mail.example.com", for recipient: String = "a@example.com"
    ) -> Meaning {
        SMTPOutcome(verdict: verdict, step: step, code: code, words: words, failure: "")
            .meaning(at: host, for: recipient)
    }

    @Test(
        arguments: [
            (.accepted, .end, 250, "250 ok", .accepted), (.inDoubt, .end, nil, "", .inDoubt),
            (.refusedForNow, .recipient, 450, "450 busy", .later),
            (.refusedForGood, .recipient, 550, "550 5.1.1 no such user", .never),
            (.refusedForGood, .end, 554, "554 spam", .never),
            // Nothing of a message was looked at yet.
            (.refusedForNow, .connect, nil, "", .accountRefused),
            (.refusedForGood, .greeting, 554, "554 go away", .accountRefused),
            (.refusedForNow, .tls, nil, "", .accountRefused),
            (.refusedForGood, .auth, 535, "535 5.7.8 wrong", .accountRefused),
            // The sender's address: no message of it can go.
            (.refusedForGood, .mail, 553, "553 not your address", .accountRefused),
            (.refusedForGood, .mail, 550, "550 5.7.1 not allowed", .accountRefused),
            (.refusedForGood, .mail, 552, "552 5.3.4 too big", .never),
            (.refusedForNow, .mail, 451, "451 later", .later),
        ] as [(Verdict, Step, Int?, String, Meaning)])
    func `follows from the step and the code`(
        verdict: Verdict, step: Step, code: Int?, words: String, expected: Meaning
    ) {
        #expect(meaning(verdict, step, code, words) == expected)
    }

    @Test(
        arguments: [
            ("smtp.qq.com", "a@example.com", 550, "550 Ip frequency limited", .tooMany),
            ("mail.example.com", "1@qq.com", 550, "550 Domain frequency limited", .tooMany),
            ("mail.example.com", "1@vip.qq.com", 550, "550 Too many requests", .tooMany),
            ("mail.example.com", "1@qq.com", 550, "550 Mailbox not found", .never),
            // The name alone is not the provider.
            ("mail.example.com", "1@notqq.com", 550, "550 Ip frequency limited", .never),
            ("smtp.163.com", "a@example.com", 550, "550 MI:DMC 163 smtp1", .tooMany),
            ("mail.example.com", "a@126.com", 554, "554 DT:SPM 126", .never),
            (
                "smtp.gmail.com", "a@example.com", 550, "550 5.4.5 Daily user sending limit",
                .tooMany
            ),
        ] as [(String, String, Int, String, Meaning)])
    func `knows how providers misuse the codes`(
        host: String, recipient: String, code: Int, words: String, expected: Meaning
    ) {
        #expect(
            meaning(.refusedForGood, .recipient, code, words, at: host, for: recipient)
                == expected)
    }

    @Test(
        arguments: [
            ("250 2.0.0 Ok: queued as 4XyZ12abc", "4XyZ12abc"),
            ("250 OK id=1rAbCd-000123-4E", "1rAbCd-000123-4E"),
            ("250 2.0.0 r8Bd12 Message accepted for delivery", "r8Bd12"),
            ("250 2.0.0 OK  1700000000 d9443c01a7336-1 - gsmtp", "d9443c01a7336-1"),
            ("250 Ok", nil), ("", nil),
        ] as [(String, String?)])
    func `names the message as the server does`(words: String, queueID: String?) {
        let outcome = SMTPOutcome(
            verdict: .accepted, step: .end, code: 250, words: words, failure: "")
        #expect(outcome.queueID == queueID)
    }
}

@Suite struct `The pace of sending` {
    private let start = Instant(millisecondsSince1970: 1_795_248_000_000)

    @Test func `spaces an account's and a domain's messages out, each by its own limit`() {
        var pace = SendingPace(
            perMinute: 60, perDay: nil, domainPerMinute: 6, last: nil, today: 0)
        #expect(pace.time(for: "qq.com", at: start) == start)
        pace.take("qq.com", at: start)
        #expect(pace.time(for: "qq.com", at: start) == start.advanced(bySeconds: 10))
        #expect(pace.time(for: "163.com", at: start) == start.advanced(bySeconds: 1))
    }

    @Test func `goes on where the last pass ended`() {
        let pace = SendingPace(
            perMinute: 1, perDay: 5, domainPerMinute: nil,
            last: start.advanced(bySeconds: -20), today: 5)
        #expect(pace.time(for: "qq.com", at: start) == start.advanced(bySeconds: 40))
        #expect(pace.isDayFull)
    }

    @Test func `waits between retries within a tenth of the doubling minutes`() {
        let far = start.advanced(bySeconds: 10_000_000)
        for message in 1...200 {
            for (attempt, minutes) in [(1, 5), (2, 10), (3, 20), (6, 160), (7, 240), (60, 240)] {
                let time = retryTime(after: attempt, of: message, at: start, limit: far)!
                let seconds =
                    (time.millisecondsSince1970 - start.millisecondsSince1970) / 1000
                #expect((minutes * 54...minutes * 66).contains(seconds))
            }
        }
        let times = Set((1...200).map { retryTime(after: 3, of: $0, at: start, limit: far)! })
        #expect(times.count > 100, "not all at once")
        #expect(retryTime(after: 1, of: 1, at: start, limit: start) == nil)
    }
}

@Suite struct `What owners and offices write into a mail` {
    /// Attempts to become a header, a recipient or a command of one's own.
    private static let attempts = [
        "安甲\r\nBcc: evil@example.com", "a\nRCPT TO:<evil@example.com>", "a\rX-Evil: 1",
        "a\0b", "安\u{2028}Bcc: evil@example.com", "a\u{85}Bcc: evil@example.com",
        "=?utf-8?q?=0D=0ABcc:_evil@example.com?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        "a\r\n\r\nbody", "a\r\n.\r\nMAIL FROM:<evil@example.com>", "\"><evil@example.com>",
        "\u{202E}moc.elpmaxe@live", String(repeating: "长", count: 500) + "\r\nBcc: x@example.com",
    ]

    @Test func `puts one MAIL, one RCPT and the expected headers on the wire`() throws {
        for attempt in Self.attempts {
            let bytes = try MailMessage(
                from: .init(name: attempt, address: "office@example.com"),
                to: .init(name: attempt, address: "a@example.com"), messageID: "1.2@example.com",
                inReplyTo: "0.1@example.com", date: Instant(millisecondsSince1970: 0),
                subject: attempt, text: attempt, html: attempt,
                attachment: .init(name: attempt, plainName: attempt, bytes: [1, 2, 3])
            ).encoded()
            let head = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
            let names = head.components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }
                .map { $0.prefix { $0 != ":" } }
            #expect(
                names == [
                    "From", "To", "Reply-To", "Date", "Message-ID", "In-Reply-To", "References",
                    "Subject", "MIME-Version", "Auto-Submitted", "Content-Type",
                ], "\(attempt.debugDescription)")
            let (outcome, heard) = try sendOne(ServerPlan(), bytes: bytes)
            #expect(outcome.verdict == .accepted)
            let commands = heard.map { $0.split(separator: " ")[1] }
            #expect(commands.filter { $0 == "MAIL" }.count == 1)
            #expect(commands.filter { $0 == "RCPT" }.count == 1)
            #expect(commands.filter { $0 == "DATA" }.count == 1)
            #expect(heard.contains(body(1, bytes)))
        }
    }

    @Test func `is refused as an address before anything is sent`() throws {
        for attempt in Self.attempts {
            let heard = try withServer(ServerPlan()) { port in
                let session = try session(port)
                for (from, to) in [(attempt, recipient), (sender, attempt + "@example.com")] {
                    #expect(throws: MailError.self) {
                        try session.send(plainMessage, from: from, to: to)
                    }
                }
            }
            #expect(heard.isEmpty)
        }
    }
}
