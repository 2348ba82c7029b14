public import Primitives
public import SQLiteStore

/// A user as whoever looks after users sees them.
public struct UserSummary: Sendable {
    public let id: UserID
    public let name: String
    public let role: StaffRole
    public let hasPassword, hasTOTP, isDisabled: Bool
    /// `nil`: never, in any community.
    public let lastSeenAt: Instant?
}

/// The community's users, by name.
public func userSummaries(effects: Effects) throws -> [UserSummary] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.users(of: context.id).map { user in
            let access = try session.userAccess(session.user(named: user.name)!)
            return UserSummary(
                id: access.id, name: user.name, role: user.role,
                hasPassword: access.password != nil,
                hasTOTP: access.totp != nil, isDisabled: access.isDisabled,
                lastSeenAt: try session.lastSeen(access.id))
        }
    }
}

/// Lets a user in no more, and ends the user's sessions at once, in every community.
///
/// - Parameter staff: who is said to do it, as for `addUser`.
/// - Throws: where no manager would be left, or it is oneself.
public func disableUser(_ name: String, by staff: String? = nil, effects: Effects) throws {
    try changeUser("user disable", name, by: staff, effects: effects) { session, user, act in
        if user.isDisabled { throw LogInError.disabled(name: user.name) }
        if let staff, isSamePerson(staff, user.name) { throw LogInError.notOneself }
        for role in try session.roles(of: user.id) {
            try requireLeaders(
                among: session.users(of: role.community), after: (user.name, nil))
        }
        try session.saveDisabled(true, of: user.id, act: act)
        try session.endWebSessions(of: user.id, but: nil, at: effects.now())
    }
}

/// Lets a user in again; nothing happens where the user may.
public func enableUser(_ name: String, by staff: String? = nil, effects: Effects) throws {
    try changeUser("user enable", name, by: staff, effects: effects) { session, user, act in
        if user.isDisabled { try session.saveDisabled(false, of: user.id, act: act) }
    }
}

/// Takes the codes off a user whose phone is lost, and ends the user's sessions: who needs codes
/// sets them up anew at the next log-in.
public func resetTOTP(of name: String, by staff: String? = nil, effects: Effects) throws {
    try changeUser("user codes off", name, by: staff, effects: effects) { session, user, act in
        try session.saveTOTP(nil, of: user.id, act: act)
        try session.endWebSessions(of: user.id, but: nil, at: effects.now())
    }
}

/// What is done to a user holds in every community: so it takes somebody who is over users in each
/// of the user's.
private func requireOver(
    _ user: Session.UserAccess, _ staff: String, _ session: Session
) throws {
    for role in try session.roles(of: user.id) {
        let known = try session.users(of: role.community)
        guard known.contains(where: { isSamePerson($0.name, staff) }) else {
            throw LogInError.elsewhereToo(name: user.name)
        }
        try requireOverUsers(staff, among: known)
    }
}

/// An act upon a user of the community by another.
///
/// - Throws: `LogInError.noSuchUser`; `StaffError` where `staff` is not over users.
private func changeUser(
    _ kind: String, _ name: String, by staff: String?, effects: Effects,
    _ body: (Session, Session.UserAccess, ActID) throws -> Void
) throws {
    try effects.store.write { session in
        try changeUser(kind, name, by: staff, effects: effects, session) { user, act in
            try body(session, user, act)
        }
    }
}

/// The same, as part of a transaction.
func changeUser(
    _ kind: String, _ name: String, by staff: String?, effects: Effects, _ session: Session,
    _ body: (Session.UserAccess, ActID) throws -> Void
) throws {
    let context = try CommunityContext(named: effects.community, in: session)
    let users = try session.users(of: context.id)
    if let staff { try requireOverUsers(staff, among: users) }
    guard let user = user(name, among: users) else { throw LogInError.noSuchUser(name: name) }
    let access = try session.userAccess(session.user(named: user.name)!)
    if let staff { try requireOver(access, staff, session) }
    let act = try session.addAct(
        community: context.id, kind: kind, by: effects.staff, at: effects.now().description,
        detail: user.name)
    try session.noteAccess(kind, by: effects.staff, about: access.id, at: effects.now())
    try body(access, act)
}
