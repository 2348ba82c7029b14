import Mail
import Testing

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

    @Test(arguments: ["reply 150 wait", "drop", "hang", "reply 451 later"])
    func `goes on with the next message after a failure`(action: String) throws {
        var plan = ServerPlan.encrypted(faults: ["end": action])
        plan.only = 1
        let heard = try withServer(plan) { port in
            let session = try session(port, .startTLS, password)
            let first = try session.send(plainMessage, from: sender, to: recipient)
            #expect(first.verdict == (action.contains("451") ? .refusedForNow : .inDoubt))
            let next = try session.send(plainMessage, from: sender, to: recipient)
            #expect(next.verdict == .accepted, "\(next)")
        }
        #expect(heard.count { $0.contains("MAIL") } == 2, "\(heard)")
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
