import Foundation
import Mail
import Testing

@Suite struct `A mail session` {
    @Test func `hands a message over, byte for byte, and gives the server's words`() throws {
        let (outcome, heard) = try sendOne(ServerPlan())
        #expect(outcome.verdict == .accepted)
        #expect(outcome.step == .end)
        #expect(outcome.code == 250)
        #expect(outcome.words == "250 2.0.0 queued as 1")
        #expect(outcome.failure == "")
        #expect(
            heard.filter { $0 != "1 QUIT" } == [
                "1 EHLO office.example.com", "1 MAIL FROM:<office@example.com>",
                "1 RCPT TO:<a01@example.com>", "1 DATA", body(1, plainMessage),
            ])
    }

    @Test func `hands over a letter of three megabytes, dots first on every line`() throws {
        let line = Array((".." + String(repeating: "x", count: 70) + "\r\n").utf8)
        let bytes = Array(repeatElement(line, count: 40_000).joined())
        let (outcome, heard) = try sendOne(ServerPlan(), reply: 300, bytes: bytes)
        #expect(outcome.verdict == .accepted)
        #expect(heard.contains(body(1, bytes)))
    }

    @Test func `sends a hundred messages over one connection with one EHLO`() throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            for index in 1...100 {
                let outcome = try session.send(plainMessage, from: sender, to: recipient)
                #expect(outcome.words == "250 2.0.0 queued as \(index)")
                #expect(outcome.verdict == .accepted)
            }
        }
        #expect(heard.count { $0.contains("EHLO") } == 1)
        #expect(heard.count { $0 == body(1, plainMessage) } == 100)
    }

    @Test(arguments: ["hang", "drop", "reply 421 no", "reply 550 no", "close what"])
    func `says goodbye without waiting for the answer`(action: String) throws {
        let start = Date()
        let (outcome, _) = try sendOne(ServerPlan(faults: ["quit": action]), reply: 600)
        #expect(outcome.verdict == .accepted)
        // RCPT refused: libcurl says goodbye within the transfer.
        let (refused, _) = try sendOne(
            ServerPlan(faults: ["rcpt": "reply 550 no", "quit": action]), reply: 600)
        #expect(refused.words == "550 no")
        #expect(Date().timeIntervalSince(start) < 300)
    }

    // MARK: After a failure

    @Test(arguments: ["mail", "rcpt", "data", "end"], ["reply 550 no", "reply 451 no", "drop"])
    func `goes on with the next message after a failure`(step: String, action: String) throws {
        let heard = try withServer(ServerPlan(faults: [step: action], only: 2)) { port in
            let session = try session(port)
            let verdicts = try (1...3).map { _ in
                try session.send(plainMessage, from: sender, to: recipient).verdict
            }
            #expect(verdicts[0] == .accepted)
            #expect(verdicts[1] != .accepted)
            #expect(verdicts[2] == .accepted)
        }
        #expect(heard.count { $0.contains("MAIL FROM") } == 3, "none was begun twice: \(heard)")
        #expect(heard.count { $0.contains("RCPT TO") } == (step == "mail" ? 2 : 3))
    }

    @Test(arguments: ["drop", "close 421 4.3.2 going down"])
    func `connects again where the server left between two messages`(action: String) throws {
        let heard = try withServer(ServerPlan(faults: ["after": action], only: 1)) { port in
            let session = try session(port)
            let first = try session.send(plainMessage, from: sender, to: recipient)
            #expect(first.verdict == .accepted)
            #expect(first.words == "250 2.0.0 queued as 1")
            Thread.sleep(forTimeInterval: 0.2)
            var next = try session.send(plainMessage, from: sender, to: recipient)
            if next.verdict == .refusedForNow {
                next = try session.send(plainMessage, from: sender, to: recipient)
            }
            #expect(next.verdict == .accepted)
        }
        #expect(heard.count { $0.contains("BODY") } == 2)
    }

    @Test(arguments: ["reply 150 wait|250 late", "reply 250 ok|250 again", "reply 354 on|550 no"])
    func `takes no late reply for that of the next message`(action: String) throws {
        let heard = try withServer(ServerPlan(faults: ["end": action], only: 1)) { port in
            let session = try session(port)
            let outcomes = try (1...4).map { _ in
                try session.send(plainMessage, from: sender, to: recipient)
            }
            #expect(outcomes[0].verdict == (action.contains("ok") ? .accepted : .inDoubt))
            #expect(outcomes.dropFirst().allSatisfy { $0.verdict != .inDoubt })
            #expect(outcomes[2].verdict == .accepted)
            #expect(outcomes[3].verdict == .accepted)
            let taken = outcomes.dropFirst().count { $0.verdict == .accepted }
            #expect(taken == (action.contains("ok") ? 2 : 3))
        }
        #expect(heard.count { $0.contains("BODY") } == (action.contains("ok") ? 3 : 4))
    }

    // MARK: Handing over

    @Test func `asks once before the end of the message leaves`() throws {
        var asked = 0
        let heard = try withServer(ServerPlan()) { port in
            _ = try session(port).send(plainMessage, from: sender, to: recipient) {
                asked += 1
                return true
            }
        }
        #expect(asked == 1)
        #expect(heard.contains(body(1, plainMessage)))
    }

    @Test func `breaks off before the end where it may not be handed over`() throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            let outcome = try session.send(plainMessage, from: sender, to: recipient) { false }
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .body)
            let next = try session.send(plainMessage, from: sender, to: recipient)
            #expect(next.verdict == .accepted)
            // Time for the server to hear how the first one ended.
            Thread.sleep(forTimeInterval: 0.5)
        }
        #expect(heard.filter { $0.contains("BODY") } == [body(2, plainMessage)])
    }

    @Test(arguments: ["mail", "rcpt", "data"])
    func `asks nothing where the server refused before`(step: String) throws {
        _ = try withServer(ServerPlan(faults: [step: "reply 550 no"])) { port in
            _ = try session(port).send(plainMessage, from: sender, to: recipient) {
                Issue.record("asked")
                return true
            }
        }
    }

    // MARK: What never goes over the wire

    @Test(arguments: [
        "a@example.com\r\nRSET", "a@example.com\nRSET", "a@example.com\rRSET", "a\0@example.com",
        "a@example.com> \nRSET", "a@example.com\u{2028}RSET", "<a@example.com>", "a b@example.com",
        "a@example.com BODY=8BITMIME", "安@example.com", "a@例子.example.com", "",
    ])
    func `no address that would become a command`(address: String) throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            #expect(throws: MailError.unusableAddress(address)) {
                try session.send(plainMessage, from: sender, to: address)
            }
            #expect(throws: MailError.unusableAddress(address)) {
                try session.send(plainMessage, from: address, to: recipient)
            }
        }
        #expect(heard == [])
    }

    @Test(arguments: [("a\nb\r\n", 1), ("a\r\n.\rb\r\n", 5), ("a\0b\r\n", 1), ("a\r", 2)])
    func `no message that ends elsewhere for another reader`(text: String, byte: Int) throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            #expect(throws: MailError.unusableMessage(byte: byte)) {
                try session.send(Array(text.utf8), from: sender, to: recipient)
            }
        }
        #expect(heard == [])
    }

    @Test(arguments: ["", "mail example.com", "a\r\nb", "a/b", "user@host", "-a", "a..b", "例子.com"])
    func `no host name that is none`(name: String) {
        #expect(throws: MailError.unusableHost(name)) {
            try SMTPServer(
                host: name, port: 25, security: .startTLS, login: nil, ownName: "a.example.com")
        }
        #expect(throws: MailError.unusableHost(name)) {
            try SMTPServer(
                host: "mail.example.com", port: 25, security: .startTLS, login: nil, ownName: name)
        }
    }

    @Test func `no login in clear, and no mail in clear to another machine`() {
        #expect(throws: MailError.notEncrypted(host: "127.0.0.1")) {
            try SMTPServer(
                host: "127.0.0.1", port: 25, security: .none, login: password,
                ownName: "a.example.com")
        }
        #expect(throws: MailError.notEncrypted(host: "mail.example.com")) {
            try SMTPServer(
                host: "mail.example.com", port: 25, security: .none, login: nil,
                ownName: "a.example.com")
        }
    }

    @Test func `no login with a control character`() {
        for text in ["", "a\0b", "a\u{1}b", "a\nb"] {
            #expect(throws: MailError.unusableLogin) {
                try SMTPServer(
                    host: "mail.example.com", port: 25, security: .startTLS,
                    login: .token(user: "a", token: text), ownName: "a.example.com")
            }
        }
    }
}
