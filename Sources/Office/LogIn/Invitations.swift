public import Primitives
public import SQLiteStore
public import Secrets

/// Makes a link by which a user sets a password, once, within 48 hours; an earlier one is void.
/// What the user has, password and codes, stays until then.
///
/// - Parameter staff: who is said to do it, as for `addUser`.
/// - Returns: the link's token, which is kept nowhere.
public func invite(
    _ name: String, by staff: String? = nil, effects: Effects
) throws -> String {
    try effects.store.write { session in
        try invite(name, by: staff, effects: effects, session)
    }
}

func invite(
    _ name: String, by staff: String?, effects: Effects, _ session: Session
) throws -> String {
    let token = randomToken()
    try changeUser("user invite", name, by: staff, effects: effects, session) { user, act in
        if user.isDisabled { throw LogInError.disabled(name: user.name) }
        try session.addInvitation(
            tokenHash: secretHash(token), user: user.id,
            until: effects.now().advanced(bySeconds: invitationSeconds), act: act)
    }
    return token
}

/// The name of the user whom the link invites; `nil` where the link does not hold.
public func invitedUser(token: String, effects: Effects) throws -> String? {
    try effects.store.read { session in
        guard let user = try invitedUser(token, at: effects.now(), session)?.user else {
            return nil
        }
        return user.name
    }
}

/// Sets the password by the link, which then holds no more. Sessions of the user end.
///
/// - Throws: `LogInError.invitationGone`; `PasswordProblem`.
public func acceptInvitation(
    token: String, password: String, cost: PasswordCost = .usual, effects: Effects
) throws {
    guard let name = try invitedUser(token: token, effects: effects) else {
        throw LogInError.invitationGone
    }
    try requireStrength(of: password, user: name)
    let hash = PasswordHash(of: password, cost: cost)
    try effects.store.write { session in
        let now = effects.now()
        guard let (user, community) = try invitedUser(token, at: now, session) else {
            throw LogInError.invitationGone
        }
        let act = try session.addAct(
            community: community, kind: "user password", by: user.name, at: now.description,
            detail: user.name)
        try session.savePassword(hash.description, of: user.id, act: act)
        try session.noteAccess("user password", by: user.name, about: user.id, at: now)
        try session.endWebSessions(of: user.id, but: nil, at: now)
    }
}

private func invitedUser(
    _ token: String, at now: Instant, _ session: Session
) throws -> (user: Session.UserAccess, community: CommunityID)? {
    guard let found = try session.invitation(tokenHash: secretHash(token), at: now),
        let user = found.user, let community = found.community
    else { return nil }
    let access = try session.userAccess(user)
    return access.isDisabled ? nil : (access, community)
}

// MARK: - The first user

/// Where nobody has a password yet: the token of a link by which the first user makes himself,
/// within 48 hours. Each call makes a new one, and only the newest holds.
///
/// - Returns: `nil` where somebody has a password.
public func firstRunToken(effects: Effects) throws -> String? {
    let token = randomToken()
    return try effects.store.write { session in
        if try session.hasPasswords() { return nil }
        try session.addInvitation(
            tokenHash: secretHash(token), user: nil,
            until: effects.now().advanced(bySeconds: invitationSeconds), act: nil)
        return token
    }
}

/// Whether the first user can be made by the token now.
public func isFirstRun(token: String, effects: Effects) throws -> Bool {
    try effects.store.read { try isFirstRun(token, at: effects.now(), $0) }
}

private func isFirstRun(_ token: String, at now: Instant, _ session: Session) throws -> Bool {
    let found = try session.invitation(tokenHash: secretHash(token), at: now)
    return found.map { $0.user == nil } ?? false
}

/// Makes the first user, in every community that there is, with a password. A user of that name,
/// made at the command line, gets the password and the role.
///
/// - Parameter role: manager or administrator; else nobody could make users.
/// - Throws: `LogInError.invitationGone`; `PasswordProblem`; `StaffError`; `OfficeError`.
public func setUpFirst(
    token: String, name: String, role: StaffRole, password: String,
    cost: PasswordCost = .usual, effects: Effects
) throws {
    guard try isFirstRun(token: token, effects: effects) else { throw LogInError.invitationGone }
    if foldedName(name).isEmpty { throw StaffError.nameless }
    if !role.needsTOTP { throw StaffError.needsManager }
    try requireStrength(of: password, user: name)
    let hash = PasswordHash(of: password, cost: cost)
    try effects.store.write { session in
        let now = effects.now()
        guard try isFirstRun(token, at: now, session) else { throw LogInError.invitationGone }
        let codes = try session.communityCodes()
        if codes.isEmpty { throw OfficeError.noCommunity }
        for code in effects.community.map({ [$0] }) ?? codes {
            try save(
                name, role: role, in: CommunityContext(named: code, in: session).id, by: name,
                at: now, session)
        }
        let user = try session.user(named: name)!
        let first = try session.roles(of: user)[0].community
        let act = try session.addAct(
            community: first, kind: "user password", by: name, at: now.description, detail: name)
        try session.savePassword(hash.description, of: user, act: act)
        try session.noteAccess("user password", by: name, about: user, at: now)
    }
}

private let invitationSeconds = 48 * 3600
