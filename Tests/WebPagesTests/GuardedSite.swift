import Office
import Primitives
import SQLiteStore
import Secrets
import Synchronization
import TestKit
import Testing
import WebPages

/// Maple Court's pages with a user of each role. Passwords cost little.
final class GuardedSite: Sendable {
    let office: TestOffice
    let site: Site
    /// What the phones of those who have codes share with the office.
    private let phones = Mutex<[StaffRole: TOTPSecret]>([:])

    init() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        for (name, role) in Self.people {
            try addUser(name, role: role, effects: office.effects)
            try acceptInvitation(
                token: invite(name, effects: office.effects), password: Self.password(of: name),
                cost: PasswordCost(logarithm: 4), effects: office.effects)
        }
        self.office = office
        site = Site(
            templates: try PageTemplates(folder: repository + "/templates/pages"),
            settings: SiteSettings(
                today: { date("2026-11-21") }, secondsEastOfUTC: { _ in 28_800 },
                report: { Issue.record("\($0)") }))
    }

    static let people: [(name: String, role: StaffRole)] = [
        ("罗文", .manager), ("吴管理", .administrator), ("何静", .clerk), ("钱收", .cashier),
        ("周审计", .auditor),
    ]

    static func name(of role: StaffRole) -> String { people.first { $0.role == role }!.name }
    static func password(of name: String) -> String { "green kettle, river: \(name)" }

    /// A new session of the role's user, who has codes where they are needed.
    func session(_ role: StaffRole) throws -> String {
        let new = try logIn(
            name: Self.name(of: role), password: Self.password(of: Self.name(of: role)),
            code: nextCode(of: role), address: "::1", device: nil, agent: "Firefox/150",
            throttle: LogInThrottle(), effects: office.effects)
        if try loggedIn(token: new.token, effects: office.effects)!.mustEnrol {
            let secret = try offeredTOTP(token: new.token, effects: office.effects).secret
            phones.withLock { $0[role] = secret }
            try enrolTOTP(
                code: secret.code(at: office.effects.now()), token: new.token,
                effects: office.effects)
        }
        return new.token
    }

    /// The code that the user's phone shows once the last one has gone; empty without a phone.
    func nextCode(of role: StaffRole) throws -> String {
        let hasCodes = try office.effects.store.read { session in
            try session.userAccess(session.user(named: Self.name(of: role))!).totp != nil
        }
        guard hasCodes, let secret = phones.withLock({ $0[role] }) else { return "" }
        office.advance(bySeconds: 60)
        return secret.code(at: office.effects.now())
    }

    func get(_ path: String, as token: String? = nil) -> PageResponse {
        let parts = path.split(separator: "?", maxSplits: 1)
        let query = parts.dropFirst().first?.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
        return answer(
            PageRequest(
                method: .get, path: parts[0].split(separator: "/").map(String.init),
                query: Fields(query ?? []), cookies: cookies(token)))
    }

    /// - Parameters:
    ///   - csrf: default: the session's own; empty: none.
    ///   - form: default: a new one.
    func post(
        _ path: String, _ fields: [String: String] = [:], as token: String? = nil,
        csrf: String? = nil, form: String? = nil, origin: String? = "http:" + "//localhost",
        device: String? = nil
    ) -> PageResponse {
        let own = csrf ?? token.map { derivedSecret(of: $0, for: "forms in FL") } ?? ""
        var all = fields.map { (name: $0.key, value: $0.value) }
        if !own.isEmpty { all.append(("csrf", own)) }
        if form != "" { all.append(("form", form ?? randomToken())) }
        var cookies = cookies(token)
        cookies["__Host-dunwell-device"] = device
        return answer(
            PageRequest(
                method: .post, path: path.split(separator: "/").map(String.init),
                form: Fields(all), cookies: cookies, origin: origin, agent: "Firefox/150"))
    }

    func answer(_ request: PageRequest) -> PageResponse {
        site.respond(to: request, effects: office.effects).response
    }

    private func cookies(_ token: String?) -> [String: String] {
        token.map { ["__Host-dunwell": $0] } ?? [:]
    }

    func acts() throws -> Int {
        try office.effects.store.read { session in
            try session.countActs(of: session.community(code: "FL")!, Session.ActFilter())
        }
    }
}

extension PageResponse {
    var shown: String { String(decoding: body, as: UTF8.self) }

    /// What the browser is told to keep under the name.
    func cookie(_ name: String) -> String? {
        headers.filter { $0.name == "Set-Cookie" }.map(\.value)
            .first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.count + 1).prefix { $0 != ";" }) }
    }
}
