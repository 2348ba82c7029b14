public import Primitives
public import SQLiteStore

/// Why a person may not do something.
public enum StaffError: ExplainedError, Hashable, Sendable {
    case unknown(name: String, known: [String])
    case notManager(name: String, role: String)
    case onlyReads(name: String)
    case sameTwo(name: String)
    case needsManager

    public var message: Bilingual {
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
        case .needsManager:
            Bilingual(
                zh: "第一个用户要是管理员或经理，否则以后没有人能批准。请加 --role manager 或 administrator。",
                en: "The first user must be a manager or an administrator, or nobody could approve "
                    + "anything. Give --role manager or administrator.")
        }
    }
    public var isBadInput: Bool { self == .needsManager }
}

/// Makes a user, or gives the user of that name another role.
public func addUser(_ name: String, role: StaffRole, effects: Effects) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let users = try session.users(of: context.id)
        if users.isEmpty, role != .manager, role != .administrator {
            throw StaffError.needsManager
        }
        if users.contains(where: { $0.name == name && $0.role == role }) { return }
        let act = try session.addAct(
            community: context.id, kind: "user add", by: effects.staff,
            at: effects.now().description, detail: "\(name) \(role.rawValue)")
        try session.saveUser(name, role: role, in: context.id, act: act)
    }
}

/// The users of the community, by name.
public func users(effects: Effects) throws -> [Session.StaffUser] {
    try effects.store.read { session in
        try session.users(of: CommunityContext(named: effects.community, in: session).id)
    }
}

/// Before any user exists, any name will do; then it must be a user's who does not only read.
func requireStaff(_ name: String, in community: CommunityID, _ session: Session) throws {
    _ = try role(of: name, in: community, session)
}

/// The same, and a manager's.
func requireApprover(_ name: String, in community: CommunityID, _ session: Session) throws {
    guard let role = try role(of: name, in: community, session), role != .manager else { return }
    throw StaffError.notManager(name: name, role: role.rawValue)
}

/// `nil`: there are no users yet.
private func role(
    of name: String, in community: CommunityID, _ session: Session
) throws -> StaffRole? {
    let users = try session.users(of: community)
    if users.isEmpty { return nil }
    guard let user = users.first(where: { $0.name == name }) else {
        throw StaffError.unknown(name: name, known: users.map(\.name))
    }
    if user.role == .auditor { throw StaffError.onlyReads(name: name) }
    return user.role
}
