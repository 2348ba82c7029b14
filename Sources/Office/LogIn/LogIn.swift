public import Primitives
public import SQLiteStore
import Secrets

/// Somebody who just logged in.
public struct NewLogIn: Sendable {
    /// What the browser holds for this session.
    public let token: String
    /// What the browser keeps, to be known again at the next log-in.
    public let device: String
}

/// Who is logged in, as of now.
public struct LoggedIn: Sendable {
    public let id: WebSessionID
    public let user: UserID
    public let userName: String
    public let role: StaffRole
    /// In which the user works: its code.
    public let community: String
    public let language: Language
    /// The secret that the session's forms carry.
    public let csrf: String
    /// When password and code were given last.
    public let confirmedAt: Instant
    /// Whether that was within ten minutes: grave acts need it.
    public let isConfirmed: Bool
    public let hasTOTP: Bool
    /// Managers and administrators set up codes before anything else.
    public let mustEnrol: Bool
}

/// A session ends after half an hour without a request, and twelve hours after its beginning.
let idleMilliseconds = 30 * 60_000
let absoluteMilliseconds = 12 * 3_600_000
private let confirmedMilliseconds = 10 * 60_000

/// Logs a user in.
///
/// An unknown name, one without a password and a wrong password take the same time, and get answers
/// with the same words as a wrong code. Only who gave all of it right learns that he is disabled.
///
/// - Parameters:
///   - name: in any way to write it.
///   - code: that the user's phone shows; empty where there is none.
///   - address: whence.
///   - device: what the browser kept from an earlier log-in.
///   - agent: what the browser calls itself.
/// - Throws: `LogInError.refused`, `.throttled`, `.disabled`, `.noRole`.
public func logIn(
    name: String, password: String, code: String, address: String, device: String?,
    agent: String, throttle: LogInThrottle, effects: Effects
) throws -> NewLogIn {
    let access = try effects.store.read { try userAccess(named: name, $0) }
    do {
        return try enter(
            name, access, password, code, address: address, device: device, agent: agent,
            throttle: throttle, effects: effects)
    } catch let error as LogInError {
        let kind: SecurityEventKind =
            switch error {
            case .refused: .logInFailed
            case .throttled: .throttled
            default: .logInBarred
            }
        throttle.refusals.note(kind, user: access?.id, address: address, effects: effects)
        throw error
    }
}

private func enter(
    _ name: String, _ access: Session.UserAccess?, _ password: String, _ code: String,
    address: String, device: String?, agent: String, throttle: LogInThrottle, effects: Effects
) throws -> NewLogIn {
    let now = effects.now()
    let known = try effects.store.read { session in
        try device.flatMap { device in
            try access.flatMap {
                try session.knowsDevice(tokenHash: secretHash(device), of: $0.id)
            } == true ? device : nil
        }
    }
    let attempt = try throttle.begin(name: name, address: address, device: known, at: now)
    let hash = access?.password.flatMap { PasswordHash($0) }
    let isRight = (hash ?? .ofNone).isOf(password) && hash != nil
    guard let access, isRight else { throw LogInError.refused }
    let new = NewLogIn(token: randomToken(), device: known ?? randomToken())
    try effects.store.write { session in
        try takeCode(code, of: access, at: now, session, effects)
        let present = try session.userAccess(access.id)
        guard present.password == access.password else { throw LogInError.refused }
        if present.isDisabled { throw LogInError.disabled(name: access.name) }
        let roles = try session.roles(of: access.id)
        let community = effects.community.map { code in roles.first { $0.code == code } }
        guard let role = community ?? roles.first else {
            throw LogInError.noRole(community: effects.community ?? "")
        }
        _ = try session.addWebSession(
            tokenHash: secretHash(new.token), user: access.id, community: role.community,
            at: now, agent: String(agent.prefix(200)))
        try session.addDevice(tokenHash: secretHash(new.device), of: access.id)
        try session.addSecurityEvent(.logIn, user: access.id, address: address, at: now)
    }
    throttle.succeed(attempt)
    return new
}

/// Who is logged in by the token; `nil` where nobody is, or not any more: ended, too old, disabled,
/// without a role. Notes that the session was seen, at most once a minute.
public func loggedIn(token: String, effects: Effects) throws -> LoggedIn? {
    let now = effects.now()
    let found = try effects.store.read { session -> (LoggedIn, Session.WebSession)? in
        guard let (web, access) = try liveSession(token, at: now, session) else { return nil }
        let roles = try session.roles(of: access.id)
        guard let role = roles.first(where: { $0.community == web.community })?.role,
            effects.community.map({ $0 == web.communityCode }) ?? true
        else { return nil }
        return (LoggedIn(web, access, role, token: token, at: now), web)
    }
    guard let (user, web) = found else { return nil }
    if now >= web.lastSeenAt.advanced(bySeconds: 60) {
        try effects.store.writeAside(waitingAtMost: 0) { try $0.noteSeen(web.id, at: now) }
    }
    return user
}

extension LoggedIn {
    fileprivate init(
        _ web: Session.WebSession, _ access: Session.UserAccess, _ role: StaffRole, token: String,
        at now: Instant
    ) {
        id = web.id
        user = access.id
        userName = access.name
        self.role = role
        community = web.communityCode
        language = access.language
        csrf = derivedSecret(of: token, for: "forms in \(web.communityCode)")
        confirmedAt = web.confirmedAt
        isConfirmed = web.isConfirmed(at: now)
        hasTOTP = access.totp != nil
        mustEnrol = access.totp == nil && role.needsTOTP
    }
}

extension StaffRole {
    /// Whether a password alone is not enough (ASVS 6.3.3).
    public var needsTOTP: Bool { self == .manager || self == .administrator }
}

extension Session.WebSession {
    func isConfirmed(at now: Instant) -> Bool {
        now < confirmedAt.advanced(byMilliseconds: confirmedMilliseconds)
    }

    /// Whether neither it nor its age has ended it.
    func isLive(at now: Instant) -> Bool {
        endedAt == nil && now < lastSeenAt.advanced(byMilliseconds: idleMilliseconds)
            && now < createdAt.advanced(byMilliseconds: absoluteMilliseconds)
    }
}

/// Ends the session; nothing happens where there is none.
public func logOut(token: String, effects: Effects) throws {
    try effects.store.write { session in
        guard let web = try session.webSession(tokenHash: secretHash(token)) else { return }
        let now = effects.now()
        if web.isLive(at: now) { try session.addSecurityEvent(.logOut, user: web.user, at: now) }
        try session.endWebSession(web.id, at: now)
    }
}

/// Takes password and code once more, before a grave act; that counts for ten minutes.
///
/// - Parameter code: empty where the user has none.
/// - Throws: `LogInError.loggedOut`, `.throttled`, `.refused`.
public func confirm(
    password: String, code: String, token: String, throttle: LogInThrottle, effects: Effects
) throws {
    let now = effects.now()
    let access = try requirePassword(
        password, token: token, otherwise: .refused, throttle: throttle, effects: effects)
    do {
        try effects.store.write { session in
            let (web, _) = try requireSession(token, at: now, session)
            try takeCode(code, of: access, at: now, session, effects)
            try session.noteConfirmed(web.id, at: now)
            try session.addSecurityEvent(.confirmed, user: access.id, at: now)
        }
    } catch LogInError.refused {
        throttle.refusals.note(.confirmFailed, user: access.id, effects: effects)
        throw LogInError.refused
    }
}

// MARK: - What the other acts of a user share

/// Takes the password of whoever is logged in, at the pace of log-ins.
func requirePassword(
    _ password: String, token: String, otherwise error: LogInError, throttle: LogInThrottle,
    effects: Effects
) throws -> Session.UserAccess {
    let now = effects.now()
    let (_, access) = try effects.store.read { try requireSession(token, at: now, $0) }
    let attempt: LogInThrottle.Attempt
    do {
        attempt = try throttle.begin(
            name: access.name, address: "", device: "session " + token, at: now)
    } catch {
        throttle.refusals.note(.throttled, user: access.id, effects: effects)
        throw error
    }
    guard let hash = access.password.flatMap({ PasswordHash($0) }), hash.isOf(password) else {
        throttle.refusals.note(.confirmFailed, user: access.id, effects: effects)
        throw error
    }
    throttle.succeed(attempt)
    return access
}

/// The session of the token with its user.
///
/// - Throws: `LogInError.loggedOut`
func requireSession(
    _ token: String, at now: Instant, _ session: Session
) throws -> (Session.WebSession, Session.UserAccess) {
    guard let found = try liveSession(token, at: now, session) else { throw LogInError.loggedOut }
    return found
}

private func liveSession(
    _ token: String, at now: Instant, _ session: Session
) throws -> (Session.WebSession, Session.UserAccess)? {
    guard let web = try session.webSession(tokenHash: secretHash(token)), web.isLive(at: now)
    else { return nil }
    let access = try session.userAccess(web.user)
    return access.isDisabled ? nil : (web, access)
}

/// The user who is meant by a name, in any way to write it; `nil` where none is, or several are.
func userAccess(named name: String, _ session: Session) throws -> Session.UserAccess? {
    let all = try session.userAccesses()
    if let exact = all.first(where: { $0.name == name }) { return exact }
    let alike = all.filter { isSamePerson($0.name, name) }
    return alike.count == 1 ? alike[0] : nil
}

/// Takes a code, once; nothing is asked of who has none.
private func takeCode(
    _ code: String, of access: Session.UserAccess, at now: Instant, _ session: Session,
    _ effects: Effects
) throws {
    guard let sealed = access.totp else { return }
    let secret = try opened(sealed, of: access.id, effects: effects)
    let last = try session.userAccess(access.id).lastStep
    guard let step = secret.step(of: code, at: now, after: last) else {
        throw LogInError.refused
    }
    try session.useTOTP(step: step, of: access.id)
}
