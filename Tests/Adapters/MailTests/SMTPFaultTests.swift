import Mail
import Testing

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
        #expect(heard.contains(body(1, plainMessage)))
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
                ServerPlan(faults: ["body": action]), bytes: long)
            #expect(outcome.verdict == .refusedForNow)
            #expect(outcome.step == .body)
            #expect(!heard.contains { $0.contains("BODY") })
        }
    }

    @Test func `a connection refused is surely not sent`() throws {
        var port: UInt16 = 0
        _ = try withServer(ServerPlan()) { port = $0 }
        let outcome = try session(port).send(plainMessage, from: sender, to: recipient)
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
        #expect(try sendOne(plan, reply: 60).outcome.verdict == .accepted)
    }
}
