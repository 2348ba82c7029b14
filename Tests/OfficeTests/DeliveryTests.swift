import Dunning
import Foundation
import Mail
import Office
import Primitives
import SQLiteStore
import Synchronization
import TestKit
import Testing

/// Delivery over a connection that is told what to say; what goes over a real wire is tested from
/// outside (`Tests/Mail`).
@Suite struct `Delivery of the outbox` {
    private let office: TestOffice
    private let server = FakeServer()

    init() throws {
        office = try TestOffice()
        try #expect(office.take(MapleCourt.files).problems.isEmpty)
        try run("2026-11", asOf: "2026-11-05")
    }

    private func run(_ name: String, asOf day: String) throws {
        _ = try runPeriod(
            period(name), asOf: date(day), dryRun: false, effects: office.effects)
    }

    private func settings(_ lines: String) throws {
        var files = MapleCourt.files
        files["policy.yaml"]! += "mail:\n  " + lines
        try #expect(office.take(files, as: "settings").problems.isEmpty)
    }

    @discardableResult
    private func deliver(connections: Int = 1) throws -> DeliveryReport {
        var options = MailAccountOptions()
        options.url = "smtp://127.0.0.1:2525"
        let server = server
        options.connections = connections
        return try deliverMail(
            options, effects: office.effects, connect: { _ in FakeConnection(server) })
    }

    private func states() throws -> [String] {
        let counts = try mailCounts(effects: office.effects)
        let listed = try listedMessages(effects: office.effects)
        #expect(counts.values.reduce(0, +) == listed.count, "the counts add up")
        return listed.map(\.state.rawValue)
    }

    private func delivery(_ place: Int) throws -> Delivery? {
        try listedMessages(effects: office.effects)[place].delivery
    }

    // MARK: - Outcomes

    @Test func `what the server takes over is accepted, with its words and queue id`() throws {
        let report = try deliver()
        #expect(report.counts == [.accepted: 3] && report.left == 0 && report.isComplete)
        #expect(try states() == ["accepted", "accepted", "accepted"])
        let last = try #require(try delivery(0))
        #expect(last.code == 250 && last.words == "250 2.0.0 Ok: queued as Q1")
        #expect(last.queueID == "Q1" && last.attempt == 1)
    }

    /// Way and grade of the services of all notices, and what proves them.
    private func services() throws -> [String] {
        let messages = try listedMessages(effects: office.effects)
        return try office.effects.store.read { session in
            let notices = try messages.map { try session.message($0.id)!.notice }
            return try Set(notices).sorted { $0.number < $1.number }.flatMap { notice in
                try session.services(of: notice)
            }.map { recorded in
                let proofs = recorded.service.proofs.map { "\($0.content)" }.joined()
                let withdrawn = recorded.withdrawn.map { " withdrawn: \($0.reason)" } ?? ""
                return "\(recorded.service.how) \(recorded.service.grade) "
                    + "\(recorded.service.date) \(proofs)\(withdrawn)"
            }
        }
    }

    @Test func `an acceptance is a service of its notice, by the reply`() throws {
        server.say(.inDoubt, at: .end, nil, to: "a03@example.com")
        try deliver()
        let found = try services()
        #expect(found.count == 2, "what is in doubt proves nothing: \(found)")
        #expect(found[0].hasPrefix("email d 2026-11-21 text("))
        #expect(
            found[0].contains(
                "2026-11-21T08:00:00Z · 127.0.0.1 · 250 2.0.0 Ok: queued as Q1 · queue id Q1"))
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified.allSatisfy { $0.breaks == 0 })
    }

    @Test func `what is refused for good goes by paper`() throws {
        server.say(
            .refusedForGood, at: .recipient, 550, "550 5.1.1 no such user", to: "a03@example.com")
        _ = try printLetters(to: office.folder + "/1.pdf", period: nil, effects: office.effects)
        try deliver()
        var bounces: [String] = []
        try forEachBounce(effects: office.effects) { bounce, task in
            bounces.append("\(bounce.recipient) \(bounce.reason) \(task?.rawValue ?? "")")
        }
        #expect(bounces == ["a03@example.com unknown_address ask"])
        let printed = try printLetters(
            to: office.folder + "/2.pdf", period: nil, effects: office.effects)
        #expect(printed.letters == 1)
    }

    @Test func `a second pass sends nothing twice`() throws {
        try deliver()
        #expect(try deliver().counts.isEmpty)
        #expect(server.recipients == ["a01@example.com", "a03@example.com", "a04@example.com"])
    }

    @Test(
        arguments: [
            (SMTPOutcome.Verdict.refusedForNow, SMTPOutcome.Step.recipient, 450, "deferred"),
            (.refusedForNow, .end, 451, "deferred"), (.refusedForNow, .mail, 452, "deferred"),
            (.refusedForGood, .recipient, 550, "rejected"),
            (.refusedForGood, .end, 554, "rejected"),
            (.refusedForGood, .mail, 552, "rejected"), (.refusedForNow, .data, nil, "deferred"),
            (.inDoubt, .end, nil, "in_doubt"),
        ] as [(SMTPOutcome.Verdict, SMTPOutcome.Step, Int?, String)])
    func `an outcome concerns its message alone`(
        verdict: SMTPOutcome.Verdict, step: SMTPOutcome.Step, code: Int?, state: String
    ) throws {
        server.say(verdict, at: step, code, to: "a03@example.com")
        let report = try deliver()
        #expect(!report.isComplete && report.stop == nil)
        #expect(try states() == ["accepted", state, "accepted"])
        #expect(try delivery(1)?.code == code)
    }

    @Test(
        arguments: [
            (.connect, nil), (.greeting, 554), (.tls, nil), (.ehlo, 550), (.auth, 535),
            (.mail, 553),
        ] as [(SMTPOutcome.Step, Int?)])
    func `trouble of the account leaves every message as it was`(
        step: SMTPOutcome.Step, code: Int?
    ) throws {
        let verdict: SMTPOutcome.Verdict = code == nil ? .refusedForNow : .refusedForGood
        server.say(verdict, at: step, code, to: "a01@example.com")
        let report = try deliver()
        guard case .trouble = report.stop else {
            Issue.record("the pass did not stop")
            return
        }
        #expect(report.left == 3 && !report.isComplete)
        #expect(try states() == ["queued", "queued", "queued"])
        #expect(try delivery(0) == nil)
    }

    @Test func `a server that goes silent three times in a row is left alone`() throws {
        for period in ["2026-12", "2027-01"] { try run(period, asOf: period + "-05") }
        server.say(.refusedForNow, at: .data, nil, to: nil)
        let report = try deliver()
        #expect(report.counts == [.deferred: 3] && report.left > 0)
    }

    @Test func `what always loses the connection does not stand before the rest`() throws {
        for period in ["2026-12", "2027-01"] { try run(period, asOf: period + "-05") }
        for recipient in ["a01@example.com", "a03@example.com"] {
            server.say(.refusedForNow, at: .data, nil, to: recipient)
        }
        var accepted = 0
        for _ in 0..<4 {
            accepted += try deliver().counts[.accepted, default: 0]
            office.advance(bySeconds: 1_000)
        }
        let others = try listedMessages(effects: office.effects)
            .count { $0.recipient == "a04@example.com" }
        #expect(accepted == others)
    }

    @Test func `a connection too many ends alone, and its message goes over another`() throws {
        server.refuseConnections(1)
        #expect(try deliver(connections: 3).counts == [.accepted: 3])
    }

    @Test func `the last message goes over another connection too`() throws {
        for message in try listedMessages(effects: office.effects).dropFirst() {
            try resolveMail(message.id, .cancel, reason: "", effects: office.effects)
        }
        server.refuseConnections(1)
        let report = try deliver(connections: 2)
        #expect(report.counts == [.accepted: 1] && report.left == 0)
    }

    @Test func `where no connection is had, the pass ends and says so`() throws {
        server.refuseConnections(100)
        let report = try deliver(connections: 3)
        #expect(report.left == 3 && !report.isComplete && report.counts.isEmpty)
    }

    @Test(arguments: ["554 5.7.1 Relay access denied", "530 5.7.0 Must authenticate"])
    func `a server that refuses us at the recipient concerns no owner`(words: String) throws {
        server.say(.refusedForGood, at: .recipient, Int(words.prefix(3)), words, to: nil)
        let report = try deliver()
        #expect(report.counts.isEmpty && report.left == 3)
        #expect(try states() == ["queued", "queued", "queued"])
    }

    @Test func `a pass that is interrupted ends with what is under way`() throws {
        let asked = Mutex(0)
        var options = MailAccountOptions()
        options.url = "smtp://127.0.0.1:2525"
        let report = try deliverMail(
            options, effects: office.effects,
            isInterrupted: {
                asked.withLock { asked in
                    asked += 1
                    return asked > 1
                }
            }, connect: { [server] _ in FakeConnection(server) })
        #expect(report.counts == [.accepted: 1] && report.left == 2)
    }

    // MARK: - Time

    @Test func `what is refused for now waits 5, 10, 20 … 240 minutes, up to five days`() throws {
        server.say(.refusedForNow, at: .recipient, 450, to: "a03@example.com")
        var waits: [Int] = []
        while true {
            try deliver()
            let last = try #require(try delivery(1))
            guard let next = last.retryAt else {
                #expect(last.state == .rejected && last.words == "450 said")
                break
            }
            let seconds = (next.millisecondsSince1970 - last.at.millisecondsSince1970) / 1000
            waits.append(seconds)
            office.advance(bySeconds: seconds - 1)
            #expect(try deliver().counts.isEmpty, "before its time it is not tried")
            office.advance(bySeconds: 1)
        }
        for (wait, minutes) in zip(waits, [5, 10, 20, 40, 80, 160, 240, 240]) {
            #expect((minutes * 54...minutes * 66).contains(wait), "\(wait) s for \(minutes) min")
        }
        #expect(waits.reduce(0, +) < 5 * 86_400 && waits.reduce(0, +) > 4 * 86_400)
        #expect(server.bytes(to: "a03@example.com").count == 1, "always the same bytes")
    }

    @Test func `quiet hours hold everything back`() throws {
        // The clock stands at 16:00 in Beijing.
        try settings("quiet: \"15:00-17:00\"")
        var report = try deliver()
        #expect(report.left == 3 && report.isComplete && report.stop != nil)
        office.advance(bySeconds: 3_600)
        report = try deliver()
        #expect(report.counts == [.accepted: 3])
    }

    @Test func `limits by the minute space the messages out`() throws {
        try settings("per_minute: 2")
        let start = office.effects.now()
        try deliver()
        let times = try listedMessages(effects: office.effects).compactMap { $0.delivery?.at }
        #expect(
            times.map { ($0.millisecondsSince1970 - start.millisecondsSince1970) / 1000 }
                == [0, 30, 60])
    }

    @Test func `the limit of a day counts what left before`() throws {
        try settings("per_day: 2")
        #expect(try deliver().left == 1)
        office.advance(bySeconds: 80_000)
        #expect(try deliver().left == 1)
        office.advance(bySeconds: 6_401)
        #expect(try deliver().counts == [.accepted: 1])
    }

    @Test func `a domain that gets too many is left alone, and the others go on`() throws {
        var files = MapleCourt.files
        files["owners.csv"]!.replace("a01@example.com", with: "1001@qq.com")
        files["owners.csv"]!.replace("a03@example.com", with: "1003@qq.com")
        let office = try TestOffice()
        try #expect(office.take(files).problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        server.say(
            .refusedForGood, at: .recipient, 550, "550 Domain frequency limited",
            to: "1001@qq.com")
        var options = MailAccountOptions()
        options.url = "smtp://127.0.0.1:2525"
        let connect: @Sendable (SMTPServer) -> any MailConnection = { [server] _ in
            FakeConnection(server)
        }
        let report = try deliverMail(options, effects: office.effects, connect: connect)
        #expect(report.counts == [.deferred: 1, .accepted: 1] && report.left == 1)
        #expect(server.recipients.last == "a04@example.com")
        // A later pass remembers, until the pause is over.
        office.advance(bySeconds: 900)
        #expect(try deliverMail(options, effects: office.effects, connect: connect).left == 2)
        office.advance(bySeconds: 901)
        let later = try deliverMail(options, effects: office.effects, connect: connect)
        #expect(later.counts == [.deferred: 1, .accepted: 1])
    }

    // MARK: - Doubt and decisions

    @Test func `a reminder in doubt goes once more by retry, a formal notice waits`() throws {
        try run("2027-02", asOf: "2027-02-20")
        let formal = Set(
            try listedMessages(effects: office.effects).filter(\.isFormal).map(\.id))
        #expect(!formal.isEmpty)
        server.say(.inDoubt, at: .end, nil, to: nil)
        while try deliver().left > 0 {}
        #expect(Set(try states()) == ["in_doubt"])
        let retried = try retryMail(effects: office.effects)
        #expect(Set(retried.left) == formal)
        while try deliver().left > 0 {}
        #expect(try retryMail(effects: office.effects).inDoubt == 0, "once, and not again")
        for recipient in Set(server.recipients) {
            #expect(
                server.bytes(to: recipient).count
                    == (try listedMessages(effects: office.effects).count {
                        $0.recipient == recipient
                    }), "a second time the same bytes")
        }
    }

    @Test(arguments: MailDecisionCase.all)
    fileprivate func `a decision is taken where it makes sense`(_ one: MailDecisionCase) throws {
        switch one.state {
        case .queued: break
        case .deferred: server.say(.refusedForNow, at: .end, 451, to: nil)
        case .rejected: server.say(.refusedForGood, at: .end, 550, to: nil)
        case .inDoubt: server.say(.inDoubt, at: .end, nil, to: nil)
        case .cancelled, .accepted: break
        }
        if one.state != .queued, one.state != .cancelled { try deliver() }
        let id = try listedMessages(effects: office.effects)[0].id
        if one.state == .cancelled {
            try resolveMail(id, .cancel, reason: "", effects: office.effects)
        }
        if let becomes = one.becomes {
            try resolveMail(id, one.decision, reason: "because", effects: office.effects)
            #expect(try states()[0] == becomes.rawValue)
            #expect(try delivery(0)?.words == "because")
        } else {
            #expect(throws: DeliveryError.self) {
                try resolveMail(id, one.decision, reason: "", effects: office.effects)
            }
        }
    }

    @Test func `what is cancelled while it is on its way is broken off`() throws {
        let id = try listedMessages(effects: office.effects)[1].id
        let effects = office.effects
        server.before("a03@example.com") {
            try? resolveMail(id, .cancel, reason: "paid", effects: effects)
        }
        let report = try deliver()
        #expect(report.counts == [.accepted: 2])
        #expect(try states() == ["accepted", "cancelled", "accepted"])
        #expect(server.recipients == ["a01@example.com", "a04@example.com"])
    }

    @Test func `one sends at a time`() throws {
        let effects = office.effects
        let second = Mutex<(any Error)?>(nil)
        server.before("a03@example.com") {
            var options = MailAccountOptions()
            options.url = "smtp://127.0.0.1:2525"
            do { _ = try deliverMail(options, effects: effects) } catch {
                second.withLock { $0 = error }
            }
        }
        try deliver()
        #expect(second.withLock { $0 } as? DeliveryError == .senderAtWork(machine: nil))
    }

    @Test func `a sender elsewhere holds its lease, and is taken over when that is over`() throws {
        let (store, now) = (office.effects.store, office.effects.now())
        try store.write { session in
            _ = try session.beginSending(
                by: "x", of: CommunityID(1), machine: "other.example.com", at: now,
                leaseUntil: now.advanced(bySeconds: 60))
        }
        #expect(throws: DeliveryError.senderAtWork(machine: "other.example.com")) {
            try deliver()
        }
        office.advance(bySeconds: 60)
        #expect(try deliver().counts == [.accepted: 3])
    }

    @Test func `a sender that lost its lease hands nothing over`() throws {
        let (store, now) = (office.effects.store, office.effects.now())
        server.before("a03@example.com") {
            try? store.write { session in
                _ = try session.beginSending(
                    by: "x", of: CommunityID(1), machine: "other.example.com", at: now,
                    leaseUntil: now.advanced(bySeconds: 60))
            }
        }
        let report = try deliver()
        guard case .replaced = report.stop else {
            Issue.record("it did not stop")
            return
        }
        #expect(try states() == ["accepted", "queued", "queued"])
    }
}

private struct MailDecisionCase: Sendable, CustomStringConvertible {
    let state: DeliveryState
    let decision: MailDecision
    let becomes: DeliveryState?
    var description: String { "\(state) \(decision)" }

    static let all: [MailDecisionCase] = DeliveryState.allCases.flatMap { state in
        [MailDecision.accepted, .resend, .cancel].map { decision in
            let becomes: DeliveryState? =
                switch (decision, state) {
                case (.accepted, .inDoubt): .accepted
                case (.resend, .inDoubt), (.resend, .rejected), (.resend, .cancelled): .queued
                case (.cancel, .inDoubt), (.cancel, .queued), (.cancel, .deferred): .cancelled
                default: nil
                }
            return MailDecisionCase(state: state, decision: decision, becomes: becomes)
        }
    }
}
