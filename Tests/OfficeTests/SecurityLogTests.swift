import Files
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@Suite struct `The log of log-ins and refusals` {
    private let office: StaffedOffice
    init() throws { office = try StaffedOffice() }

    private func events(refusalsAlone: Bool = false) throws -> [Session.SecurityEvent] {
        try securityLog(
            refusalsAlone: refusalsAlone, page: 1, perPage: 1000, effects: office.effects
        ).events
    }

    private func newest(_ count: Int) throws -> [String] {
        try events().prefix(count).map { event in
            [event.kind.rawValue, event.userName ?? "-", event.aboutName ?? ""]
                .filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    private func acts() throws -> Int {
        try office.effects.store.read {
            try $0.countActs(of: $0.community(code: "FL")!, Session.ActFilter())
        }
    }

    @Test func `tells who got in and out, and what was done about it`() throws {
        let token = try office.enter("Boss").token
        let secret = try office.enrol(token)
        office.office.advance(bySeconds: 60)
        try confirm(
            password: office.password(of: "Boss"), code: secret.code(at: office.effects.now()),
            token: token, throttle: office.throttle, effects: office.effects)
        try endOtherSessions(token: token, effects: office.effects)
        try logOut(token: token, effects: office.effects)
        try logOut(token: token, effects: office.effects)
        #expect(
            try newest(5) == [
                "log-out Boss", "sessions ended Boss", "confirmed Boss", "user codes Boss",
                "log-in Boss",
            ])
        #expect(try events()[4].address == "::1")
        let boss = office.effects.acting(as: "Boss", in: "FL")
        try resetTOTP(of: "Root", by: "Boss", effects: boss)
        try disableUser("Root", by: "Boss", effects: boss)
        #expect(try newest(2) == ["user disable Boss Root", "user codes off Boss Root"])
    }

    @Test func `tells of failures without what was typed, and leaves the chain of acts alone`()
        throws
    {
        let before = try acts()
        let token = try office.enter("Li Na").token
        for name in ["canary of a password", "Li Na"] {
            #expect(throws: LogInError.refused) {
                try office.enter(name, "canary of another", from: "10.0.0.7")
            }
        }
        #expect(throws: LogInError.refused) {
            try confirm(
                password: "canary", code: "", token: token, throttle: office.throttle,
                effects: office.effects)
        }
        try disableUser("Qian", by: "Root", effects: office.effects)
        #expect(throws: LogInError.disabled(name: "Qian")) { try office.enter("Qian") }
        #expect(
            try events(refusalsAlone: true).map { "\($0.kind.rawValue) \($0.userName ?? "-")" } == [
                "log-in barred Qian", "confirm failed Li Na", "log-in failed Li Na",
                "log-in failed -",
            ])
        #expect(try events(refusalsAlone: true).last?.address == "10.0.0.7")
        #expect(try readFile(office.office.database).firstRange(of: Array("canary".utf8)) == nil)
        // Disabling alone is an act.
        #expect(try acts() == before + 1)
    }

    @Test func `grows by few rows, however often and from wherever somebody fails`() throws {
        let log = RefusalLog()
        for _ in 0..<5000 {
            log.note(.throttled, user: nil, address: "10.0.0.7", effects: office.effects)
        }
        let one = try events(refusalsAlone: true)
        #expect(one.count == 1 && one[0].count == 4096)
        for number in 0..<1000 {
            log.note(.logInFailed, user: nil, address: "address \(number)", effects: office.effects)
        }
        let many = try events(refusalsAlone: true)
        #expect(many.count == 201)
        #expect(many.first { $0.kind == .logInFailed && $0.address == nil }?.count == 512)
        office.office.advance(bySeconds: 3600)
        log.note(.throttled, user: nil, address: "10.0.0.7", effects: office.effects)
        #expect(try events(refusalsAlone: true).count == 202)
    }

    @Test func `waits for no long act of the office, and catches up after it`() throws {
        let log = RefusalLog()
        let other = try office.office.reopened()
        try other.store.write { _ in
            for _ in 0..<300 {
                log.note(.formRefused, user: nil, address: "10.0.0.7", effects: office.effects)
            }
        }
        #expect(try events(refusalsAlone: true).isEmpty)
        office.office.advance(bySeconds: 1)
        log.note(.formRefused, user: nil, address: "10.0.0.7", effects: office.effects)
        #expect(try events(refusalsAlone: true).map(\.count) == [301])
    }

    @Test func `keeps the newest ten thousand refusals, and what went well apart from them`() throws
    {
        let well = try events().count
        try office.effects.store.write { session in
            for number in 1...10_400 {
                try session.addSecurityEvent(
                    .logInFailed, user: nil, address: "\(number)", at: office.effects.now())
            }
        }
        let refused = try securityLog(
            refusalsAlone: true, page: 1, perPage: 1, effects: office.effects)
        #expect(refused.events[0].address == "10400")
        #expect((10_000...10_100).contains(refused.count))
        let all = try securityLog(
            refusalsAlone: false, page: 1, perPage: 1, effects: office.effects)
        #expect(all.count == refused.count + well && well > 0)
    }

    @Test func `tells nothing of another community's users`() throws {
        try office.office.take(
            MapleCourt.files.merging(
                [
                    "policy.yaml": MapleCourt.files["policy.yaml"]!.replacing(
                        "code: FL", with: "code: XS")
                ]) { $1 },
            as: "second")
        _ = try office.enter("Li Na")
        let second = try office.office.reopened(community: "XS")
        let log = try securityLog(refusalsAlone: false, page: 1, perPage: 99, effects: second)
        #expect(log.events.isEmpty && log.count == 0)
    }
}
