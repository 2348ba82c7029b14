import Crypto
import Foundation
import Mail
import Testing

private let message = Array("Subject: x\r\n\r\nFirst line\r\n.\r\n..two dots\r\nlast line\r\n".utf8)
private let sender = "office@example.com"
private let recipient = "a01@example.com"
private let password = SMTPServer.Login.password(user: "office", password: "geheim-4711")
private let token = SMTPServer.Login.token(user: "office@example.com", token: "tok-4711")

private func session(
    _ port: UInt16, _ security: SMTPServer.Security = .none, _ login: SMTPServer.Login? = nil,
    trusts: Certificate? = .good, reply: Int = 1
) throws -> SMTPSession {
    var patience = SMTPServer.Patience()
    patience.connect = reply
    patience.reply = reply
    patience.end = reply
    return SMTPSession(
        try SMTPServer(
            host: security == .none ? "127.0.0.1" : "localhost", port: port, security: security,
            login: login, ownName: "office.example.com",
            authorities: security == .none ? nil : trusts?.path, patience: patience))
}

/// The first message of a session, and what the server heard of it.
private func sendOne(
    _ plan: ServerPlan, _ security: SMTPServer.Security = .none, _ login: SMTPServer.Login? = nil,
    trusts: Certificate? = .good, reply: Int = 1, bytes: [UInt8] = message
) throws -> (outcome: SMTPOutcome, heard: [String]) {
    var outcome: SMTPOutcome?
    let heard = try withServer(plan) { port in
        outcome = try session(port, security, login, trusts: trusts, reply: reply)
            .send(bytes, from: sender, to: recipient)
    }
    return (try #require(outcome), heard)
}

private func body(_ connection: Int, _ bytes: [UInt8]) -> String {
    let hash = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    return "\(connection) BODY \(bytes.count) \(hash)"
}

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
                "1 RCPT TO:<a01@example.com>", "1 DATA", body(1, message),
            ])
    }

    @Test func `hands over a letter of three megabytes, dots first on every line`() throws {
        let line = Array((".." + String(repeating: "x", count: 70) + "\r\n").utf8)
        let bytes = Array(repeatElement(line, count: 40_000).joined())
        let (outcome, heard) = try sendOne(ServerPlan(), reply: 20, bytes: bytes)
        #expect(outcome.verdict == .accepted)
        #expect(heard.contains(body(1, bytes)))
    }

    @Test func `sends a hundred messages over one connection with one EHLO`() throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            for index in 1...100 {
                let outcome = try session.send(message, from: sender, to: recipient)
                #expect(outcome.words == "250 2.0.0 queued as \(index)")
                #expect(outcome.verdict == .accepted)
            }
        }
        #expect(heard.count { $0.contains("EHLO") } == 1)
        #expect(heard.count { $0 == body(1, message) } == 100)
    }

    @Test(arguments: ["hang", "drop", "reply 421 no", "reply 550 no", "close what"])
    func `says goodbye without waiting for the answer`(action: String) throws {
        let start = Date()
        let (outcome, _) = try sendOne(ServerPlan(faults: ["quit": action]), reply: 30)
        #expect(outcome.verdict == .accepted)
        // RCPT refused: libcurl says goodbye within the transfer.
        let (refused, _) = try sendOne(
            ServerPlan(faults: ["rcpt": "reply 550 no", "quit": action]), reply: 30)
        #expect(refused.words == "550 no")
        #expect(Date().timeIntervalSince(start) < 20)
    }

    // MARK: After a failure

    @Test(arguments: ["mail", "rcpt", "data", "end"], ["reply 550 no", "reply 451 no", "drop"])
    func `goes on with the next message after a failure`(step: String, action: String) throws {
        let heard = try withServer(ServerPlan(faults: [step: action], only: 2)) { port in
            let session = try session(port)
            let verdicts = try (1...3).map { _ in
                try session.send(message, from: sender, to: recipient).verdict
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
            let first = try session.send(message, from: sender, to: recipient)
            #expect(first.verdict == .accepted)
            #expect(first.words == "250 2.0.0 queued as 1")
            Thread.sleep(forTimeInterval: 0.2)
            var next = try session.send(message, from: sender, to: recipient)
            if next.verdict == .refusedForNow {
                next = try session.send(message, from: sender, to: recipient)
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
                try session.send(message, from: sender, to: recipient)
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
            _ = try session(port).send(message, from: sender, to: recipient) {
                asked += 1
                return true
            }
        }
        #expect(asked == 1)
        #expect(heard.contains(body(1, message)))
    }

    @Test func `breaks off before the end where it may not be handed over`() throws {
        let heard = try withServer(ServerPlan()) { port in
            let session = try session(port)
            let outcome = try session.send(message, from: sender, to: recipient) { false }
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .body)
            let next = try session.send(message, from: sender, to: recipient)
            #expect(next.verdict == .accepted)
        }
        #expect(heard.contains { $0.hasPrefix("1 BROKEN") })
        #expect(heard.filter { $0.contains("BODY") } == [body(2, message)])
    }

    @Test(arguments: ["mail", "rcpt", "data"])
    func `asks nothing where the server refused before`(step: String) throws {
        _ = try withServer(ServerPlan(faults: [step: "reply 550 no"])) { port in
            _ = try session(port).send(message, from: sender, to: recipient) {
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
                try session.send(message, from: sender, to: address)
            }
            #expect(throws: MailError.unusableAddress(address)) {
                try session.send(message, from: address, to: recipient)
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

// MARK: - The fault matrix

private struct Fault: Sendable, CustomTestStringConvertible {
    /// Of the scripted server.
    let at: String
    let step: SMTPOutcome.Step
    var testDescription: String { at }
    var needsLogin: Bool { ["starttls", "auth", "secret"].contains(at) }

    func send(_ action: String) throws -> (outcome: SMTPOutcome, heard: [String]) {
        needsLogin
            ? try sendOne(.encrypted(faults: [at: action]), .startTLS, password)
            : try sendOne(ServerPlan(faults: [at: action]))
    }

    static let before = [
        Fault(at: "greeting", step: .greeting), Fault(at: "ehlo", step: .ehlo),
        Fault(at: "starttls", step: .tls), Fault(at: "secret", step: .auth),
        Fault(at: "mail", step: .mail), Fault(at: "rcpt", step: .recipient),
        Fault(at: "data", step: .data),
    ]
    static let end = Fault(at: "end", step: .end)
}

@Suite struct `The fault matrix` {
    private static let temporary = ["450 4.2.1 try later", "421 4.3.2 going down"]
    private static let permanent = ["550 5.7.1 not wanted", "554 5.0.0 no"]

    @Test(arguments: Fault.before + [Fault.end], temporary + permanent)
    private func `a refusal is the server's`(fault: Fault, reply: String) throws {
        for kind in ["reply", "close"] {
            let (outcome, heard) = try fault.send("\(kind) \(reply)")
            #expect(
                outcome.verdict == (reply.hasPrefix("4") ? .refusedForNow : .refusedForGood))
            #expect(outcome.step == fault.step)
            #expect(outcome.words == reply)
            #expect(outcome.code == Int(reply.prefix(3)))
            #expect(fault.step == .end || !heard.contains { $0.contains("BODY") })
        }
    }

    @Test(arguments: Fault.before + [Fault(at: "auth", step: .auth), Fault(at: "tls", step: .tls)])
    private func `a dropped or silent connection before the end is surely not sent`(
        fault: Fault
    ) throws {
        for action in ["drop", "hang"] {
            let (outcome, heard) =
                fault.at == "tls"
                ? try sendOne(.encrypted("implicit", faults: [fault.at: action]), .implicitTLS)
                : try fault.send(action)
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == fault.step)
            #expect(outcome.words == "")
            #expect(outcome.code == nil)
            #expect(outcome.failure != "")
            #expect(!heard.contains { $0.contains("BODY") })
        }
    }

    @Test(arguments: ["drop", "hang"])
    func `TLS first, then a silent greeting`(action: String) throws {
        let (outcome, _) = try sendOne(
            .encrypted("implicit", faults: ["greeting": action]), .implicitTLS)
        #expect(outcome.verdict == .refusedForNow)
        #expect(outcome.step == .greeting)
        let (refused, _) = try sendOne(
            .encrypted("implicit", faults: ["greeting": "reply 554 no"]), .implicitTLS)
        #expect(refused.step == .greeting)
        #expect(refused.words == "554 no")
    }

    @Test(arguments: ["drop", "hang", "close 250-accepted, and", "close 2", "close ", "reply ok"])
    func `no whole reply after the end is in doubt`(action: String) throws {
        let (outcome, heard) = try Fault.end.send(action)
        #expect(outcome.verdict == .inDoubt)
        #expect(outcome.step == .end)
        #expect(outcome.code == nil)
        #expect(heard.contains(body(1, message)))
    }

    @Test(arguments: ["reply 150 wait", "reply 354 go on", "reply 299 well"])
    func `a reply after the end that means nothing is in doubt`(action: String) throws {
        let (outcome, _) = try Fault.end.send(action)
        #expect(outcome.verdict == .inDoubt)
        #expect(outcome.words == String(action.dropFirst(6)))
    }

    @Test(arguments: Fault.before)
    private func `garbage before the end is surely not sent`(fault: Fault) throws {
        for text in ["what \u{1b}[31mis this", "99", "-1 x", "250", "\u{80}\u{ff}\u{fe}"] {
            let (outcome, heard) = try fault.send("close " + text)
            #expect(outcome.verdict == .refusedForNow || outcome.verdict == .accepted)
            #expect(outcome.verdict == .refusedForNow || text == "250")
            #expect(!outcome.words.contains("\u{1b}"))
            #expect(!heard.contains { $0.contains("BODY") })
        }
    }

    @Test func `a body that breaks in the middle is surely not sent`() throws {
        let line = Array((String(repeating: "x", count: 76) + "\r\n").utf8)
        let long = Array(repeatElement(line, count: 250_000).joined())
        for action in ["drop", "hang", "close 451 4.3.0 disk full"] {
            let (outcome, heard) = try sendOne(
                ServerPlan(faults: ["body": action]), reply: 2, bytes: long)
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .body)
            #expect(!heard.contains { $0.contains("BODY") })
        }
    }

    @Test func `a connection refused is surely not sent`() throws {
        var port: UInt16 = 0
        _ = try withServer(ServerPlan()) { port = $0 }
        let outcome = try session(port).send(message, from: sender, to: recipient)
        #expect(outcome.verdict == .refusedForNow)
        #expect(outcome.step == .connect)
        #expect(outcome.failure.contains("127.0.0.1"))
    }

    @Test(arguments: [Fault(at: "greeting", step: .greeting), Fault(at: "rcpt", step: .recipient)])
    private func `a reply without end is given up`(fault: Fault) throws {
        let (outcome, _) = try fault.send("endless")
        #expect(outcome.verdict == .refusedForNow)
        #expect(outcome.step == fault.step)
    }

    @Test func `a final reply without end is in doubt`() throws {
        #expect(try Fault.end.send("endless").outcome.verdict == .inDoubt)
    }

    @Test func `right after the final reply nothing can be lost`() throws {
        for action in ["drop", "close 421 bye", "hang"] {
            let (outcome, _) = try sendOne(ServerPlan(faults: ["after": action]))
            #expect(outcome.verdict == .accepted)
            #expect(outcome.words == "250 2.0.0 queued as 1")
        }
    }

    @Test func `replies of many lines, and slow ones, are read whole`() throws {
        let lines = "250-2.0.0 one|250-two|250 three"
        let (many, _) = try Fault.end.send("reply " + lines)
        #expect(many.verdict == .accepted)
        #expect(many.words == "250-2.0.0 one\n250-two\n250 three")
        let (refused, _) = try sendOne(
            ServerPlan(faults: ["rcpt": "reply 550-5.1.1 nobody|550 here"]))
        #expect(refused.verdict == .refusedForGood)
        #expect(refused.words == "550-5.1.1 nobody\n550 here")
        var plan = ServerPlan()
        plan.pause = 0.01
        #expect(try sendOne(plan, reply: 5).outcome.verdict == .accepted)
    }
}

// MARK: - TLS and login

@Suite struct `A mail session with TLS` {
    @Test(arguments: [("starttls", SMTPServer.Security.startTLS), ("implicit", .implicitTLS)])
    func `speaks to a server whose certificate it trusts`(
        tls: String, security: SMTPServer.Security
    ) throws {
        let (outcome, heard) = try sendOne(.encrypted(tls), security, password)
        #expect(outcome.verdict == .accepted)
        #expect(outcome.words == "250 2.0.0 queued as 1")
        #expect(heard.contains("1 AUTH PLAIN"))
    }

    @Test(arguments: ["starttls", "implicit"], ["unknown", "expired", "another"])
    func `tells nothing to a server whose certificate it does not`(
        tls: String, flaw: String
    ) throws {
        let certificate: Certificate =
            switch flaw {
            case "expired": .expired
            case "another": .ofAnother
            default: .good
            }
        let (outcome, heard) = try sendOne(
            .encrypted(tls, by: certificate), tls == "implicit" ? .implicitTLS : .startTLS,
            password, trusts: flaw == "unknown" ? nil : certificate)
        #expect(outcome.verdict == .refusedForNow)
        #expect(outcome.step == .tls)
        #expect(outcome.failure.contains(flaw == "another" ? "localhost" : "certificate"))
        #expect(!heard.contains { $0.contains("AUTH") || $0.contains("MAIL") })
    }

    @Test(arguments: ["drop", "close 220 nonsense in place of TLS"])
    func `tells nothing where TLS breaks`(action: String) throws {
        for (tls, security) in [
            ("starttls", SMTPServer.Security.startTLS), ("implicit", .implicitTLS),
        ] {
            let (outcome, heard) = try sendOne(
                .encrypted(tls, faults: ["tls": action]), security, password)
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .tls)
            #expect(!heard.contains { $0.contains("AUTH") || $0.contains("MAIL") })
        }
    }

    @Test func `tells nothing where STARTTLS is not offered`() throws {
        for login in [password, token, nil] {
            let (outcome, heard) = try sendOne(
                ServerPlan(offers: ["AUTH PLAIN LOGIN XOAUTH2"]), .startTLS, login)
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .tls)
            #expect(heard.filter { $0 != "1 QUIT" } == ["1 EHLO office.example.com"])
        }
    }

    // MARK: Login

    @Test(arguments: [
        ("PLAIN LOGIN XOAUTH2", password, "AUTH PLAIN"), ("LOGIN", password, "AUTH LOGIN"),
        ("CRAM-MD5 PLAIN", password, "AUTH PLAIN"), ("PLAIN XOAUTH2", token, "AUTH XOAUTH2"),
    ])
    func `logs in the way that both know`(
        offered: String, login: SMTPServer.Login, command: String
    ) throws {
        let (outcome, heard) = try sendOne(
            .encrypted(offers: ["AUTH " + offered]), .startTLS, login)
        #expect(outcome.verdict == .accepted)
        #expect(heard.contains("1 " + command))
    }

    @Test(arguments: [("XOAUTH2", password), ("PLAIN LOGIN", token), ("CRAM-MD5", password)])
    func `gives no secret where no way is common`(
        offered: String, login: SMTPServer.Login
    ) throws {
        let (outcome, heard) = try sendOne(
            .encrypted(offers: ["AUTH " + offered]), .startTLS, login)
        #expect(outcome.verdict == .refusedForNow)
        #expect(outcome.step == .auth)
        #expect(!heard.contains { $0.contains("AUTH") || $0.contains("MAIL") })
    }

    @Test(arguments: [password, token])
    func `keeps no secret where the login is refused`(login: SMTPServer.Login) throws {
        let (outcome, heard) = try sendOne(
            .encrypted(faults: ["secret": "reply 535 5.7.8 wrong"]), .startTLS, login)
        #expect(outcome.verdict == .refusedForGood)
        #expect(outcome.step == .auth)
        #expect(outcome.words == "535 5.7.8 wrong")
        #expect(!heard.contains { $0.contains("MAIL") })
        for line in heard.drop(while: { !$0.contains("AUTH") }).dropFirst() {
            let secret = line.split(separator: " ").last.map(String.init) ?? ""
            #expect(!"\(outcome)".contains(secret) || secret == "QUIT")
        }
        #expect(!"\(outcome)".contains("4711"))
    }
}
