import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

/// An office with users, each with a password that costs little.
struct StaffedOffice {
    let office = try! TestOffice()
    let throttle = LogInThrottle()
    var effects: Effects { office.effects }

    init() throws {
        try office.take(MapleCourt.files)
        for (name, role) in [
            ("Boss", .manager), ("Root", .administrator), ("Li Na", .clerk), ("Qian", .cashier),
            ("Aud", .auditor),
        ] as [(String, StaffRole)] {
            try addUser(name, role: role, effects: effects)
            try acceptInvitation(
                token: invite(name, effects: effects), password: password(of: name),
                cost: PasswordCost(logarithm: 4), effects: effects)
        }
    }

    func password(of name: String) -> String { "green kettle, river: \(name)" }

    /// - Parameter password: default: the user's.
    func enter(
        _ name: String, _ password: String? = nil, code: String = "", from address: String = "::1",
        device: String? = nil
    ) throws -> NewLogIn {
        try logIn(
            name: name, password: password ?? self.password(of: name), code: code,
            address: address, device: device, agent: "Firefox", throttle: throttle,
            effects: effects)
    }

    func user(_ token: String) throws -> LoggedIn? {
        try loggedIn(token: token, effects: effects)
    }

    /// Sets up codes for whoever is logged in.
    func enrol(_ token: String) throws -> TOTPSecret {
        let secret = try offeredTOTP(token: token, effects: effects).secret
        try enrolTOTP(code: secret.code(at: effects.now()), token: token, effects: effects)
        return secret
    }
}

@Suite struct `Logging in` {
    private let office: StaffedOffice
    init() throws { office = try StaffedOffice() }

    @Test func `gives a session to who knows the name, in any way to write it, and the password`()
        throws
    {
        for name in ["Li Na", "LI NA", "Ｌｉ\u{3000}na "] {
            let user = try #require(
                try office.user(office.enter(name, office.password(of: "Li Na")).token))
            #expect(user.userName == "Li Na" && user.role == .clerk && user.community == "FL")
            #expect(user.language == .zh && user.isConfirmed && !user.mustEnrol && !user.hasTOTP)
        }
        let (one, other) = (try office.enter("Li Na"), try office.enter("Li Na"))
        #expect(one.token != other.token && one.token.utf8.count == 43)
        let secrets = try [one, other].map { try office.user($0.token)?.csrf }
        #expect(secrets[0] != secrets[1] && secrets[0] != one.token)
        #expect(try office.user("") == nil && office.user(one.device) == nil)
    }

    @Test func `answers a wrong name, password and code with the same words`() throws {
        let token = try office.enter("Boss").token
        _ = try office.enrol(token)
        try addUser("New", role: .clerk, effects: office.effects)
        for (name, password, code) in [
            ("Nobody", office.password(of: "Boss"), ""), ("Li Na", "wrong", ""),
            ("Li Na", "", ""), ("", "", ""), ("New", "", ""), ("New", "x", ""),
            ("Boss", office.password(of: "Boss"), ""),
            ("Boss", office.password(of: "Boss"), "000000"), ("Boss", "wrong", "000000"),
        ] {
            #expect(throws: LogInError.refused) {
                try office.enter(name, password, code: code, from: "\(name) \(code)")
            }
        }
    }

    @Test func `takes a code once`() throws {
        let first = try office.enter("Boss").token
        #expect(try office.user(first)?.mustEnrol == true)
        let secret = try office.enrol(first)
        #expect(try office.user(first)?.mustEnrol == false)
        // The code that enrolled is used up.
        let code = secret.code(at: office.effects.now())
        #expect(throws: LogInError.refused) { try office.enter("Boss", code: code) }
        office.office.advance(bySeconds: 60)
        let next = secret.code(at: office.effects.now())
        let token = try office.enter("Boss", code: next).token
        #expect(try office.user(token)?.hasTOTP == true)
        #expect(throws: LogInError.refused) { try office.enter("Boss", code: next) }
    }

    @Test func `ends after half an hour without a request, and after twelve hours in any case`()
        throws
    {
        let idle = try office.enter("Li Na").token
        let busy = try office.enter("Li Na").token
        for _ in 0..<7 {
            office.office.advance(bySeconds: 250)
            #expect(try office.user(busy) != nil)
        }
        #expect(try office.user(idle) != nil)
        office.office.advance(bySeconds: 1799)
        #expect(try office.user(idle) != nil && office.user(busy) != nil)
        office.office.advance(bySeconds: 1800)
        #expect(try office.user(idle) == nil && office.user(busy) == nil)
        let long = try office.enter("Li Na").token
        for _ in 0..<28 {
            office.office.advance(bySeconds: 1500)
            #expect(try office.user(long) != nil)
        }
        office.office.advance(bySeconds: 1199)
        #expect(try office.user(long) != nil)
        office.office.advance(bySeconds: 1)
        #expect(try office.user(long) == nil)
    }

    @Test func `ends by logging out, and at once where the user is disabled`() throws {
        let (one, other) = (try office.enter("Li Na").token, try office.enter("Li Na").token)
        try logOut(token: one, effects: office.effects)
        try logOut(token: "none", effects: office.effects)
        #expect(try office.user(one) == nil && office.user(other) != nil)
        try disableUser("Li Na", by: "Root", effects: office.effects)
        #expect(try office.user(other) == nil)
        #expect(throws: LogInError.disabled(name: "Li Na")) { try office.enter("Li Na") }
        #expect(throws: LogInError.refused) { try office.enter("Li Na", "wrong") }
        try enableUser("Li Na", by: "Root", effects: office.effects)
        #expect(try office.user(other) == nil)
        #expect(try office.user(office.enter("Li Na").token) != nil)
    }

    @Test func `is slowed down after five failures, for who fails alone`() throws {
        func fail(_ address: String) {
            #expect(throws: LogInError.refused) {
                try office.enter("Li Na", "wrong", from: address)
            }
        }
        let known = try office.enter("Li Na", from: "home").device
        for _ in 0..<5 { fail("attacker") }
        #expect(throws: LogInError.throttled(minutes: 1)) {
            try office.enter("Li Na", from: "attacker")
        }
        _ = try office.enter("Li Na", from: "elsewhere")
        _ = try office.enter("Qian", from: "attacker")
        office.office.advance(bySeconds: 60)
        fail("attacker")
        #expect(throws: LogInError.throttled(minutes: 2)) {
            try office.enter("Li Na", from: "attacker")
        }
        // From very many addresses: whoever used the browser before gets in all the same.
        for number in 0..<40 { _ = try? office.enter("Li Na", "wrong", from: "\(number)") }
        #expect {
            try office.enter("Li Na", from: "a new one")
        } throws: {
            if case LogInError.throttled = $0 { true } else { false }
        }
        #expect(try office.enter("Li Na", from: "attacker", device: known).device == known)
        // A device that another user logged in with is none of hers.
        let other = try office.enter("Qian", from: "home").device
        #expect(throws: LogInError.self) {
            try office.enter("Li Na", from: "attacker", device: other)
        }
        office.office.advance(bySeconds: 3600)
        _ = try office.enter("Li Na", from: "attacker")
    }

    @Test func `happens in the communities where the user has a role`() throws {
        try office.office.take(
            MapleCourt.files.merging(
                [
                    "policy.yaml": MapleCourt.files["policy.yaml"]!.replacing(
                        "code: FL", with: "code: XS")
                ]) { $1 },
            as: "second")
        let second = try office.office.reopened(community: "XS")
        try addUser("Li Na", role: .manager, effects: second)
        let token = try office.enter("Li Na").token
        #expect(
            try ownCommunities(token: token, effects: office.effects).map {
                "\($0.code) \($0.role)"
            } == ["FL clerk", "XS manager"])
        #expect(try office.user(token)?.mustEnrol == false)
        try chooseCommunity("XS", token: token, effects: office.effects)
        let user = try #require(try office.user(token))
        #expect(user.community == "XS" && user.role == .manager && user.mustEnrol)
        #expect(throws: LogInError.noRole(community: "ZZ")) {
            try chooseCommunity("ZZ", token: token, effects: office.effects)
        }
        let stranger = try office.enter("Qian").token
        #expect(throws: LogInError.noRole(community: "XS")) {
            try chooseCommunity("XS", token: stranger, effects: office.effects)
        }
    }

    @Test func `counts as confirmed for ten minutes, and is confirmed again by all of it`() throws {
        let token = try office.enter("Boss").token
        let secret = try office.enrol(token)
        office.office.advance(bySeconds: 599)
        #expect(try office.user(token)?.isConfirmed == true)
        office.office.advance(bySeconds: 1)
        #expect(try office.user(token)?.isConfirmed == false)
        func again(_ password: String, _ code: String, _ token: String) throws {
            try confirm(
                password: password, code: code, token: token, throttle: office.throttle,
                effects: office.effects)
        }
        let code = secret.code(at: office.effects.now())
        #expect(throws: LogInError.refused) { try again(office.password(of: "Boss"), "", token) }
        #expect(throws: LogInError.refused) { try again("wrong", code, token) }
        #expect(throws: LogInError.loggedOut) {
            try again(office.password(of: "Boss"), code, "no token")
        }
        try again(office.password(of: "Boss"), code, token)
        #expect(try office.user(token)?.isConfirmed == true)
        #expect(throws: LogInError.refused) { try again(office.password(of: "Boss"), code, token) }
    }
}
