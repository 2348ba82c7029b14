public import Primitives
public import SQLiteStore

/// Why a person may not do something.
public enum StaffError: ExplainedError, Hashable, Sendable {
    case unknown(name: String, known: [String])
    case notManager(name: String, role: String)
    case onlyReads(name: String)
    case sameTwo(name: String)
    case needsManager
    case notOverUsers(name: String, role: String)
    case lastManager(name: String)
    case nameTaken(name: String, by: String)
    case needsTwo(proposing: String)
    case disabled(name: String)
    case nameless

    public var message: Bilingual { ofActing ?? ofUsers! }

    private var ofActing: Bilingual? {
        switch self {
        case .unknown(let name, let known):
            Bilingual(
                zh:
                    "没有用户 \(name)。已有：\(known.joined(separator: "、"))。请核对姓名，或由管理员用 dunwell user add 添加。",
                en:
                    "There is no user \(name). Known: \(known.joined(separator: ", ")). Check the name, or "
                    + "have it added: dunwell user add.")
        case .notManager(let name, let role):
            Bilingual(
                zh: "这要由经理批准，\(name) 的角色是 \(role)。",
                en: "A manager decides this; \(name) is \(role).")
        case .onlyReads(let name):
            Bilingual(
                zh: "\(name) 是审计员，只能查看。",
                en: "\(name) is an auditor, who reads and changes nothing.")
        case .sameTwo(let name):
            Bilingual(
                zh: "\(name) 自己提出的，要由另一位经理批准。",
                en: "\(name) proposed it; another person, a manager, has to approve it.")
        case .needsTwo(let words):
            Bilingual(
                zh: "有了用户以后，冲红要两个人：请先提议 dunwell reversal propose \(words)，再由经理批准。",
                en: "Once there are users, a reversal takes two: propose it with dunwell reversal "
                    + "propose \(words); a manager then approves it.")
        case .disabled(let name):
            Bilingual(
                zh: "用户 \(name) 已停用。恢复请用 dunwell user enable。",
                en: "The user \(name) is disabled. To let him in again: dunwell user enable.")
        default: nil
        }
    }

    private var ofUsers: Bilingual? {
        switch self {
        case .notOverUsers(let name, let role):
            Bilingual(
                zh: "用户和角色由经理或管理员管，\(name) 的角色是 \(role)。",
                en: "Users and roles are for a manager or an administrator; \(name) is \(role).")
        case .lastManager(let name):
            Bilingual(
                zh: "改了 \(name) 的角色就没有经理（或管理员）了，以后没有人能批准。请先添加另一位经理。",
                en: "Without \(name) there would be no manager (or administrator) left, and nobody "
                    + "could approve anything. Make another one first.")
        case .nameTaken(let name, let other):
            Bilingual(
                zh: "\(name) 和已有的用户 \(other) 看起来是同一个名字。改角色请写 \(other)；另一个人请用能区分的名字。",
                en: "\(name) reads as the name of the user \(other). To change the role, write "
                    + "\(other); for another person, take a name that can be told apart.")
        case .nameless:
            Bilingual(zh: "请写上姓名。", en: "Give a name.")
        case .needsManager:
            Bilingual(
                zh: "第一个用户要是管理员或经理，否则以后没有人能批准。请加 --role manager 或 administrator。",
                en: "The first user must be a manager or an administrator, or nobody could approve "
                    + "anything. Give --role manager or administrator.")
        default: nil
        }
    }

    public var isBadInput: Bool { self == .needsManager }
}

/// Makes a user, or gives the user of that name another role.
///
/// - Parameter staff: who is said to do it: once there are users, a manager or an administrator;
///   `nil`: whoever has the machine and the file (SPEC.md 10).
/// - Throws: where the first user could not approve or make users, no manager would be left, or
///   the name reads as another user's.
public func addUser(
    _ name: String, role: StaffRole, by staff: String? = nil, effects: Effects
) throws {
    try effects.store.write { session in
        try addUser(name, role: role, by: staff, effects: effects, session)
    }
}

/// Makes a user with a link by which a password is set, as `addUser` and `invite` do: both, or
/// neither where one of them is refused.
///
/// - Returns: the link's token, which is kept nowhere.
public func addInvitedUser(
    _ name: String, role: StaffRole, by staff: String? = nil, effects: Effects
) throws -> String {
    try effects.store.write { session in
        try addUser(name, role: role, by: staff, effects: effects, session)
        return try invite(name, by: staff, effects: effects, session)
    }
}

private func addUser(
    _ name: String, role: StaffRole, by staff: String?, effects: Effects, _ session: Session
) throws {
    let context = try CommunityContext(named: effects.community, in: session)
    let users = try session.users(of: context.id)
    if let staff { try requireMayGive(role, to: name, staff, among: users) }
    try save(name, role: role, in: context.id, by: effects.staff, at: effects.now(), session)
}

/// Makes the user, or gives the one of that name the role; nothing happens where it is so already.
func save(
    _ name: String, role: StaffRole, in community: CommunityID, by staff: String, at now: Instant,
    _ session: Session
) throws {
    let users = try session.users(of: community)
    let before = user(name, among: users)
    if let before, before.name != name {
        throw StaffError.nameTaken(name: name, by: before.name)
    }
    if before?.role == role { return }
    try requireLeaders(among: users, after: (name, role))
    let act = try session.addAct(
        community: community, kind: "user add", by: staff, at: now.description,
        detail: "\(name) \(role.rawValue)")
    try session.saveUser(name, role: role, in: community, act: act)
    try session.noteAccess("user add", by: staff, about: session.user(named: name)!, at: now)
}

/// Nobody changes his own role; while there is a manager, it takes one to make another.
private func requireMayGive(
    _ role: StaffRole, to name: String, _ staff: String, among users: [Session.StaffUser]
) throws {
    try requireOverUsers(staff, among: users)
    let before = user(name, among: users)
    if before?.role == role || users.isEmpty { return }
    try requireLeaders(among: users, after: (before?.name ?? name, role))
    if isSamePerson(name, staff) { throw LogInError.notOneself }
    let own = user(staff, among: users)?.role
    guard role == .manager, own != .manager,
        users.contains(where: { $0.role == .manager && !$0.isDisabled })
    else { return }
    throw StaffError.notManager(name: staff, role: own?.rawValue ?? "")
}

func requireOverUsers(_ name: String, among users: [Session.StaffUser]) throws {
    guard let role = try role(of: name, among: users), role != .manager, role != .administrator
    else { return }
    throw StaffError.notOverUsers(name: name, role: role.rawValue)
}

/// Where there is a manager, one stays; in any case one stays who makes users. Who is disabled does
/// not count.
///
/// - Parameter change: the user's role from now on; `nil`: disabled.
func requireLeaders(
    among users: [Session.StaffUser], after change: (name: String, role: StaffRole?)
) throws {
    let active = users.filter { !$0.isDisabled }
    let others = active.filter { $0.name != change.name }.map(\.role)
    let before = Set(active.map(\.role))
    let after = Set(others + (change.role.map { [$0] } ?? []))
    let isLed = after.contains(.manager) || after.contains(.administrator)
    if users.isEmpty {
        if !isLed { throw StaffError.needsManager }
    } else if !isLed || before.contains(.manager) && !after.contains(.manager) {
        throw StaffError.lastManager(name: change.name)
    }
}

/// The users of the community, by name.
public func users(effects: Effects) throws -> [Session.StaffUser] {
    try effects.store.read { session in
        try session.users(of: CommunityContext(named: effects.community, in: session).id)
    }
}

/// Who is meant by the names that a command was given.
///
/// - Returns: the users of those names; the names as they are, where there are no users yet, or no
///   one community is meant.
/// - Throws: where one is no user's, or an auditor's.
public func staffNames(_ names: [String], effects: Effects) throws -> [String] {
    try effects.store.read { session in
        let codes = try effects.community.map { [$0] } ?? session.communityCodes()
        guard codes.count == 1, let community = try session.community(code: codes[0]) else {
            return names
        }
        return try names.map { try requireStaff($0, in: community, session) }
    }
}

/// Before any user exists, any name will do; then it must be a user's who does not only read.
///
/// - Returns: the user's name as it was made.
@discardableResult
func requireStaff(
    _ name: String, in community: CommunityID, _ session: Session
) throws -> String {
    let users = try session.users(of: community)
    _ = try role(of: name, among: users)
    return user(name, among: users)?.name ?? name
}

/// The same, and a manager's.
@discardableResult
func requireApprover(
    _ name: String, in community: CommunityID, _ session: Session
) throws -> String {
    let users = try session.users(of: community)
    guard let role = try role(of: name, among: users) else { return name }
    guard role == .manager else { throw StaffError.notManager(name: name, role: role.rawValue) }
    return user(name, among: users)!.name
}

/// Whether both name one person.
func isSamePerson(_ one: String, _ other: String) -> Bool {
    foldedName(one) == foldedName(other)
}

/// Before any user exists, one person may undo what was entered; then it takes two.
///
/// - Parameter words: what `reversal propose` is to be given.
func requireNoUsers(
    proposing words: String, in community: CommunityID, _ session: Session
) throws {
    guard try session.users(of: community).isEmpty else {
        throw StaffError.needsTwo(proposing: words)
    }
}

func user(_ name: String, among users: [Session.StaffUser]) -> Session.StaffUser? {
    users.first { $0.name == name } ?? users.first { isSamePerson($0.name, name) }
}

/// `nil`: there are no users yet.
private func role(of name: String, among users: [Session.StaffUser]) throws -> StaffRole? {
    if users.isEmpty { return nil }
    guard let user = user(name, among: users) else {
        throw StaffError.unknown(name: name, known: users.map(\.name))
    }
    if user.isDisabled { throw StaffError.disabled(name: user.name) }
    if user.role == .auditor { throw StaffError.onlyReads(name: name) }
    return user.role
}
