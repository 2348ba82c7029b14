import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@Suite struct `Access to the office` {
    private let office: StaffedOffice
    private let cheap = PasswordCost(logarithm: 4)
    init() throws { office = try StaffedOffice() }

    @Test func `of a user is not changed by who is over him in one of his communities alone`()
        throws
    {
        try office.office.take(
            MapleCourt.files.merging(
                [
                    "policy.yaml": MapleCourt.files["policy.yaml"]!.replacing(
                        "code: FL", with: "code: XS")
                ]) { $1 },
            as: "second")
        let second = try office.office.reopened(community: "XS")
        try addUser("Strange Boss", role: .manager, effects: second)
        // Of XS alone: a user of FL may be given a role there, and nothing else.
        try addUser("Li Na", role: .clerk, by: "Strange Boss", effects: second)
        let gone = LogInError.elsewhereToo(name: "Li Na")
        #expect(throws: gone) { try invite("Li Na", by: "Strange Boss", effects: second) }
        #expect(throws: gone) { try resetTOTP(of: "Li Na", by: "Strange Boss", effects: second) }
        #expect(throws: gone) { try disableUser("Li Na", by: "Strange Boss", effects: second) }
        // Somebody else of FL: neither the role nor the invitation, of which one is refused.
        #expect(throws: LogInError.elsewhereToo(name: "Qian")) {
            try addInvitedUser("Qian", role: .clerk, by: "Strange Boss", effects: second)
        }
        #expect(try users(effects: second).map(\.name) == ["Li Na", "Strange Boss"])
    }

    private func set(_ password: String, present: String? = nil, _ token: String) throws {
        try setPassword(
            password, present: present ?? office.password(of: "Li Na"), token: token,
            throttle: office.throttle, cost: cheap, effects: office.effects)
    }

    @Test func `changes with a password, which ends the user's other sessions`() throws {
        let (one, other) = (try office.enter("Li Na").token, try office.enter("Li Na").token)
        let stranger = try office.enter("Qian").token
        #expect(throws: LogInError.wrongPassword) {
            try set("a kettle in the wide river", present: "x", one)
        }
        #expect(throws: LogInError.samePassword) { try set(office.password(of: "Li Na"), one) }
        #expect(throws: PasswordProblem.tooShort(count: 5)) { try set("short", one) }
        #expect(try office.user(other) != nil)
        try set("a kettle in the wide river", one)
        #expect(try office.user(one) != nil && office.user(stranger) != nil)
        #expect(try office.user(other) == nil)
        #expect(throws: LogInError.refused) { try office.enter("Li Na") }
        _ = try office.enter("Li Na", "a kettle in the wide river")
    }

    @Test func `is shown with its sessions, each of which can be ended`() throws {
        let tokens = try (0..<4).map { _ in try office.enter("Li Na").token }
        let stranger = try office.enter("Qian").token
        let own = try ownSessions(token: tokens[3], effects: office.effects)
        #expect(own.count == 4 && own.map(\.isThis) == [true, false, false, false])
        #expect(own[0].agent == "Firefox" && own[0].community == "FL")
        let others = try ownSessions(token: stranger, effects: office.effects)
        try endOwnSession(own[3].id, token: tokens[3], effects: office.effects)
        try endOwnSession(others[0].id, token: tokens[3], effects: office.effects)
        #expect(try tokens.map { try office.user($0) != nil } == [false, true, true, true])
        #expect(try office.user(stranger) != nil)
        try endOtherSessions(token: tokens[3], effects: office.effects)
        #expect(try tokens.map { try office.user($0) != nil } == [false, false, false, true])
        #expect(try office.user(stranger) != nil)
    }

    @Test func `asks for codes that a phone has shown to know`() throws {
        let token = try office.enter("Root").token
        let offer = try offeredTOTP(token: token, effects: office.effects)
        #expect(try offeredTOTP(token: token, effects: office.effects).secret == offer.secret)
        #expect(offer.address.hasPrefix("otpauth://totp/Dunwell%20FL:Root?secret="))
        #expect(throws: LogInError.wrongCode) {
            try enrolTOTP(code: "000000", token: token, effects: office.effects)
        }
        let secret = try office.enrol(token)
        #expect(secret == offer.secret)
        // Another phone: another secret, and only for who has just given password and code.
        office.office.advance(bySeconds: 700)
        #expect(throws: LogInError.notConfirmed) { try office.enrol(token) }
        try confirm(
            password: office.password(of: "Root"), code: secret.code(at: office.effects.now()),
            token: token, throttle: office.throttle, effects: office.effects)
        office.office.advance(bySeconds: 60)
        #expect(try office.enrol(token) != secret)
    }

    @Test func `comes back to who lost the phone`() throws {
        let token = try office.enter("Boss").token
        _ = try office.enrol(token)
        #expect(throws: StaffError.notOverUsers(name: "Li Na", role: "clerk")) {
            try resetTOTP(of: "Boss", by: "Li Na", effects: office.effects)
        }
        try resetTOTP(of: "boss", by: "Root", effects: office.effects)
        #expect(try office.user(token) == nil)
        let new = try office.enter("Boss").token
        #expect(try office.user(new)?.mustEnrol == true)
    }

    @Test func `is given by a link that holds once, for 48 hours, until the next`() throws {
        try addUser("New", role: .clerk, effects: office.effects)
        func accept(_ token: String) throws {
            try acceptInvitation(
                token: token, password: "a kettle in the wide river", cost: cheap,
                effects: office.effects)
        }
        let first = try invite("New", by: "Root", effects: office.effects)
        let second = try invite("new", by: "Boss", effects: office.effects)
        #expect(try invitedUser(token: first, effects: office.effects) == nil)
        #expect(throws: LogInError.invitationGone) { try accept(first) }
        #expect(try invitedUser(token: second, effects: office.effects) == "New")
        #expect(throws: PasswordProblem.tooShort(count: 1)) {
            try acceptInvitation(token: second, password: "x", effects: office.effects)
        }
        try accept(second)
        #expect(throws: LogInError.invitationGone) { try accept(second) }
        let session = try office.enter("New", "a kettle in the wide river").token
        let third = try invite("New", by: "Root", effects: office.effects)
        office.office.advance(bySeconds: 48 * 3600)
        #expect(throws: LogInError.invitationGone) { try accept(third) }
        #expect(try office.user(session) == nil)
        #expect(throws: LogInError.noSuchUser(name: "Xi")) {
            try invite("Xi", effects: office.effects)
        }
        #expect(throws: StaffError.onlyReads(name: "Aud")) {
            try invite("New", by: "Aud", effects: office.effects)
        }
    }

    @Test func `is taken from a user by another, while a manager stays`() throws {
        #expect(throws: LogInError.notOneself) {
            try disableUser("Root", by: "root", effects: office.effects)
        }
        #expect(throws: StaffError.lastManager(name: "Boss")) {
            try disableUser("Boss", by: "Root", effects: office.effects)
        }
        try addUser("Zhao", role: .manager, effects: office.effects)
        try disableUser("Boss", by: "Root", effects: office.effects)
        #expect(throws: StaffError.lastManager(name: "Zhao")) {
            try addUser("Zhao", role: .clerk, effects: office.effects)
        }
        // Who is disabled does nothing at the command line either.
        #expect(throws: StaffError.disabled(name: "Boss")) {
            try staffNames(["boss"], effects: office.effects)
        }
        let listed = try userSummaries(effects: office.effects)
        #expect(listed.filter(\.isDisabled).map(\.name) == ["Boss"])
        #expect(listed.filter(\.hasPassword).count == 5)
    }

    @Test func `speaks the user's language`() throws {
        let token = try office.enter("Li Na").token
        try setLanguage(.en, token: token, effects: office.effects)
        #expect(try office.user(token)?.language == .en)
    }

    @Test func `begins with a first user, once, where nobody has a password`() throws {
        #expect(try firstRunToken(effects: office.effects) == nil)
        let fresh = try TestOffice()
        let password = "a kettle in the wide river"
        func begin(_ token: String, role: StaffRole = .administrator) throws {
            try setUpFirst(
                token: token, name: "王管理", role: role, password: password, cost: cheap,
                effects: fresh.effects)
        }
        let old = try #require(try firstRunToken(effects: fresh.effects))
        let token = try #require(try firstRunToken(effects: fresh.effects))
        #expect(throws: OfficeError.noCommunity) { try begin(token) }
        try fresh.take(MapleCourt.files)
        #expect(try !isFirstRun(token: old, effects: fresh.effects))
        #expect(throws: LogInError.invitationGone) { try begin(old) }
        #expect(throws: StaffError.needsManager) { try begin(token, role: .clerk) }
        try begin(token)
        #expect(throws: LogInError.invitationGone) { try begin(token) }
        #expect(try firstRunToken(effects: fresh.effects) == nil)
        let new = try logIn(
            name: "王管理", password: password, code: "", address: "", device: nil, agent: "",
            throttle: LogInThrottle(), effects: fresh.effects)
        let user = try #require(try loggedIn(token: new.token, effects: fresh.effects))
        #expect(user.role == .administrator && user.mustEnrol)
    }

    @Test func `is refused in words that say what to do`() {
        let errors: [(LogInError, String)] = [
            (
                .refused,
                "Name, password or code is not right. Check them and try again; the code "
                    + "must be a new one."
            ),
            (.throttled(minutes: 3), "Too many attempts failed. Try again in 3 min."),
            (.disabled(name: "Li"), "The user Li is disabled. Ask an administrator."),
            (.loggedOut, "You are logged out. Please log in again."),
            (.wrongPassword, "The present password is not right; nothing was changed."),
            (
                .wrongCode,
                "The code is not right, or was used. Wait for the next one on your phone."
            ),
            (.notConfirmed, "Give your password once more before this."),
            (
                .invitationGone,
                "This link was used, ran out, or was replaced. Ask an administrator for a new one."
            ),
            (.samePassword, "The new password is the present one."),
            (.noRole(community: "XS"), "You have no role in the community XS."),
            (
                .noSuchUser(name: "Xi"), "There is no user Xi. Make one first: dunwell user add."
            ),
            (
                .notOneself,
                "Nobody disables himself or changes his own role; another administrator has to."
            ),
        ]
        for (error, text) in errors {
            #expect(error.message.en == text)
            #expect(!error.message.zh.isEmpty && error.message.zh != text)
        }
    }
}
