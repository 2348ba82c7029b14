public import Primitives
public import SQLiteStore
public import Secrets

/// Sets the password of whoever is logged in, and ends the user's other sessions.
///
/// - Throws: `LogInError.wrongPassword` where `present` is not the one that holds; `.samePassword`,
///   `.throttled`, `.loggedOut`; `PasswordProblem`.
public func setPassword(
    _ password: String, present: String, token: String, throttle: LogInThrottle,
    cost: PasswordCost = .usual, effects: Effects
) throws {
    let access = try requirePassword(
        present, token: token, otherwise: .wrongPassword, throttle: throttle, effects: effects)
    if password == present { throw LogInError.samePassword }
    try requireStrength(of: password, user: access.name)
    let hash = PasswordHash(of: password, cost: cost)
    try changeOwn("user password", token: token, effects: effects) { session, web, user, act in
        guard user.password == access.password else { throw LogInError.wrongPassword }
        try session.savePassword(hash.description, of: user.id, act: act)
        try session.endWebSessions(of: user.id, but: web.id, at: effects.now())
    }
}

/// The secret that a phone is to take up, until it is enrolled: the same for the whole session.
///
/// - Returns: the secret, and its address for a QR code.
public func offeredTOTP(
    token: String, effects: Effects
) throws -> (secret: TOTPSecret, address: String) {
    try effects.store.read { session in
        let (web, user) = try requireSession(token, at: effects.now(), session)
        let secret = offeredSecret(to: user, token: token)
        return (secret, secret.address(issuer: "Dunwell \(web.communityCode)", account: user.name))
    }
}

/// Nothing is stored before the phone has shown a right code.
private func offeredSecret(to user: Session.UserAccess, token: String) -> TOTPSecret {
    let bytes = derivedBytes(of: token, for: "codes \(user.totpChanges)")
    return TOTPSecret(bytes: Array(bytes.prefix(20)))
}

/// Has the offered secret count from now on: every log-in takes a code of it. In place of another
/// one only by who has just given password and code. The user's other sessions end.
///
/// - Parameter code: that the phone shows.
/// - Throws: `LogInError.wrongCode`, `.notConfirmed`, `.loggedOut`.
public func enrolTOTP(code: String, token: String, effects: Effects) throws {
    let now = effects.now()
    try changeOwn("user codes", token: token, effects: effects) { session, web, user, act in
        guard user.totp == nil || web.isConfirmed(at: now) else { throw LogInError.notConfirmed }
        let secret = offeredSecret(to: user, token: token)
        guard let step = secret.step(of: code, at: now, after: nil) else {
            throw LogInError.wrongCode
        }
        try session.saveTOTP(
            sealed(secret, of: user.id, effects: effects, session), of: user.id, act: act)
        try session.useTOTP(step: step, of: user.id)
        try session.endWebSessions(of: user.id, but: web.id, at: now)
    }
}

/// In which language the pages speak to whoever is logged in.
public func setLanguage(_ language: Language, token: String, effects: Effects) throws {
    try changeOwn("user language", token: token, effects: effects) { session, _, user, act in
        try session.saveLanguage(language, of: user.id, act: act)
    }
}

/// The communities in which whoever is logged in has a role, with it, by code.
public func ownCommunities(
    token: String, effects: Effects
) throws -> [(code: String, role: StaffRole)] {
    try effects.store.read { session in
        let (_, user) = try requireSession(token, at: effects.now(), session)
        return try session.roles(of: user.id).map { ($0.code, $0.role) }
    }
}

/// Has the session work in another community from now on.
///
/// - Throws: `LogInError.noRole` where the user has none there, or there is none.
public func chooseCommunity(_ code: String, token: String, effects: Effects) throws {
    try effects.store.write { session in
        let (web, user) = try requireSession(token, at: effects.now(), session)
        guard let role = try session.roles(of: user.id).first(where: { $0.code == code }) else {
            throw LogInError.noRole(community: code)
        }
        try session.chooseCommunity(role.community, in: web.id)
    }
}

// MARK: - Own sessions

/// One of a user's own sessions.
public struct OwnSession: Sendable {
    public let id: WebSessionID
    public let createdAt, lastSeenAt: Instant
    /// What the browser calls itself.
    public let agent: String
    public let community: String
    /// Whether it is the one that asks.
    public let isThis: Bool
}

/// The sessions of whoever is logged in, as far as they have not ended, the newest first.
public func ownSessions(token: String, effects: Effects) throws -> [OwnSession] {
    let now = effects.now()
    return try effects.store.read { session in
        let (web, user) = try requireSession(token, at: now, session)
        return try session.webSessions(of: user.id).filter { $0.isLive(at: now) }.map {
            OwnSession(
                id: $0.id, createdAt: $0.createdAt, lastSeenAt: $0.lastSeenAt, agent: $0.agent,
                community: $0.communityCode, isThis: $0.id == web.id)
        }
    }
}

/// Ends one of the own sessions; nothing happens where it is nobody's or another's.
public func endOwnSession(_ id: WebSessionID, token: String, effects: Effects) throws {
    try endOwn(token: token, effects: effects) { session, web, own in
        guard own.contains(where: { $0.id == id }) else { return }
        try session.endWebSession(id, at: effects.now())
    }
}

/// Ends all the own sessions but the one that asks.
public func endOtherSessions(token: String, effects: Effects) throws {
    try endOwn(token: token, effects: effects) { session, web, _ in
        try session.endWebSessions(of: web.user, but: web.id, at: effects.now())
    }
}

private func endOwn(
    token: String, effects: Effects,
    _ body: (Session, Session.WebSession, [Session.WebSession]) throws -> Void
) throws {
    try effects.store.write { session in
        let (web, user) = try requireSession(token, at: effects.now(), session)
        try body(session, web, session.webSessions(of: user.id))
        try session.addSecurityEvent(.sessionsEnded, user: user.id, at: effects.now())
    }
}

/// An act of whoever is logged in upon himself.
private func changeOwn(
    _ kind: String, token: String, effects: Effects,
    _ body: (Session, Session.WebSession, Session.UserAccess, ActID) throws -> Void
) throws {
    try effects.store.write { session in
        let (web, user) = try requireSession(token, at: effects.now(), session)
        let act = try session.addAct(
            community: web.community, kind: kind, by: user.name, at: effects.now().description,
            detail: user.name)
        try session.noteAccess(kind, by: user.name, about: user.id, at: effects.now())
        try body(session, web, user, act)
    }
}
