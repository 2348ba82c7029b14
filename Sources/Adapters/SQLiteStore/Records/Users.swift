public import Primitives

/// What a user may do in a community.
public enum StaffRole: String, CaseIterable, Sendable {
    /// Registers, notices, receipts, contacts.
    case clerk
    /// And payments.
    case cashier
    /// And what needs a second person's word.
    case manager
    /// Users, settings, backups.
    case administrator
    /// Reads all, changes nothing.
    case auditor
}

/// Users, and what they may do.
extension Session {
    public struct StaffUser: Sendable {
        public let name: String
        public let role: StaffRole
        /// Whether the user may not get in any more, in any community.
        public let isDisabled: Bool
    }

    /// By name; empty before the first one is made.
    public func users(of community: CommunityID) throws -> [StaffUser] {
        var users: [StaffUser] = []
        try forEach(
            """
            SELECT name, role, coalesce(
              (SELECT disabled FROM userDisabled AS d WHERE d.user = user.id ORDER BY d.id DESC LIMIT 1),
              0)
            FROM user JOIN userRole ON userRole.user = user.id
            WHERE community = ?1 AND userRole.id = (
              SELECT max(id) FROM userRole AS later
              WHERE later.user = user.id AND later.community = ?1)
            ORDER BY name
            """, [.id(community)]
        ) {
            users.append(
                StaffUser(
                    name: $0.text(0), role: StaffRole(rawValue: $0.text(1))!,
                    isDisabled: $0.flag(2)))
        }
        return users
    }

    /// Makes a user, or gives the user of that name another role.
    public func saveUser(
        _ name: String, role: StaffRole, in community: CommunityID, act: ActID
    ) throws {
        try run("INSERT INTO user (name) VALUES (?) ON CONFLICT DO NOTHING", [.text(name)])
        try run(
            """
            INSERT INTO userRole (community, user, role, act)
            SELECT ?, id, ?, ? FROM user WHERE name = ?
            """, [.id(community), .text(role.rawValue), .id(act), .text(name)])
    }
}
