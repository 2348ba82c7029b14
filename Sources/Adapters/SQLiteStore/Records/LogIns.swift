public import Primitives

public enum UserSubject: Sendable {}
public typealias UserID = ID<UserSubject>

/// How a user gets in: password, codes, language, and whether at all.
extension Session {
    public struct UserAccess: Sendable {
        public let id: UserID
        public let name: String
        /// As `PasswordHash` has it; `nil`: none was set yet.
        public let password: String?
        /// The secret of codes, sealed; `nil`: the user's phone shows none.
        public let totp: [UInt8]?
        /// How often codes were set up or taken off.
        public let totpChanges: Int
        /// The step of the code that was taken last.
        public let lastStep: Int?
        public let isDisabled: Bool
        public let language: Language
    }

    /// Everybody who was ever made a user in any community, by name.
    public func userAccesses() throws -> [UserAccess] {
        var found: [UserAccess] = []
        try forEach(accessSQL + " ORDER BY name") { found.append(UserAccess($0)) }
        return found
    }

    /// The user's, as it holds now; the user is known.
    public func userAccess(_ user: UserID) throws -> UserAccess {
        try first(accessSQL + " WHERE user.id = ?", [SQLValue.id(user)]) { UserAccess($0) }!
    }

    /// The user of exactly that name; `nil` where there is none.
    public func user(named name: String) throws -> UserID? {
        try first("SELECT id FROM user WHERE name = ?", [.text(name)]) { $0.id(0) }
    }

    /// The communities in which the user has a role, by code.
    public func roles(
        of user: UserID
    ) throws -> [(community: CommunityID, code: String, role: StaffRole)] {
        var roles: [(community: CommunityID, code: String, role: StaffRole)] = []
        try forEach(
            """
            SELECT community.id, code, role FROM userRole
              JOIN community ON community.id = userRole.community
            WHERE user = ?1 AND userRole.id = (
              SELECT max(id) FROM userRole AS later
              WHERE later.user = ?1 AND later.community = userRole.community)
            ORDER BY code
            """, [.id(user)]
        ) { roles.append(($0.id(0), $0.text(1), StaffRole(rawValue: $0.text(2))!)) }
        return roles
    }

    /// Whether anybody has a password.
    public func hasPasswords() throws -> Bool {
        try first("SELECT 1 FROM userPassword LIMIT 1", []) { _ in true } ?? false
    }

    /// - Parameter hash: as `PasswordHash` has it.
    public func savePassword(_ hash: String, of user: UserID, act: ActID) throws {
        try run(
            "INSERT INTO userPassword (user, hash, act) VALUES (?, ?, ?)",
            [.id(user), .text(hash), .id(act)])
    }

    /// - Parameter secret: sealed; `nil` takes the codes off.
    public func saveTOTP(_ secret: [UInt8]?, of user: UserID, act: ActID) throws {
        try run(
            "INSERT INTO userTOTP (user, secret, act) VALUES (?, ?, ?)",
            [.id(user), secret.map { .blob($0) } ?? .null, .id(act)])
    }

    /// Whether anything that holds now was sealed by the key for personal fields.
    public func hasSealedFields() throws -> Bool {
        try first(
            """
            SELECT 1 FROM userTOTP AS t WHERE secret IS NOT NULL AND id = (
              SELECT max(id) FROM userTOTP AS later WHERE later.user = t.user) LIMIT 1
            """, []
        ) { _ in true } ?? false
    }

    /// A code of the step was taken: it and those before it count no more.
    public func useTOTP(step: Int, of user: UserID) throws {
        try run(
            """
            INSERT INTO totpStep (user, step) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET step = max(step, excluded.step)
            """, [.id(user), .integer(step)])
    }

    /// Lets the user in no more, or again.
    public func saveDisabled(_ disabled: Bool, of user: UserID, act: ActID) throws {
        try run(
            "INSERT INTO userDisabled (user, disabled, act) VALUES (?, ?, ?)",
            [.id(user), .flag(disabled), .id(act)])
    }

    /// The language holds from now on.
    public func saveLanguage(_ language: Language, of user: UserID, act: ActID) throws {
        try run(
            "INSERT INTO userLanguage (user, language, act) VALUES (?, ?, ?)",
            [.id(user), .text(language.rawValue), .id(act)])
    }

    // MARK: - Invitations

    /// A link by which a password is set.
    public struct Invitation: Sendable {
        /// `nil`: it makes the first user.
        public let user: UserID?
        /// In which the user was invited.
        public let community: CommunityID?
    }

    /// - Parameters:
    ///   - user: `nil`, with its act, for the first one, who makes himself.
    ///   - until: not inclusive.
    public func addInvitation(
        tokenHash: [UInt8], user: UserID?, until: Instant, act: ActID?
    ) throws {
        try run(
            "INSERT INTO userInvitation (tokenHash, user, until, act) VALUES (?, ?, ?, ?)",
            [.blob(tokenHash), .id(user), .instant(until), .id(act)])
    }

    /// The invitation of that token where it holds: it is its user's newest, not too old, and no
    /// password was set since.
    public func invitation(tokenHash: [UInt8], at now: Instant) throws -> Invitation? {
        try first(
            """
            SELECT user, community FROM userInvitation LEFT JOIN act ON act.id = userInvitation.act
            WHERE tokenHash = ?1 AND until > ?2
              AND NOT EXISTS (
                SELECT 1 FROM userInvitation AS later
                WHERE later.user IS userInvitation.user AND later.id > userInvitation.id)
              AND NOT EXISTS (
                SELECT 1 FROM userPassword WHERE userInvitation.user IS NULL
                  OR userPassword.user = userInvitation.user
                    AND userPassword.act > userInvitation.act)
            """, [.blob(tokenHash), .instant(now)]
        ) {
            Invitation(
                user: $0.optionalInteger(0).map { ID($0) },
                community: $0.optionalInteger(1).map { ID($0) })
        }
    }

    // MARK: - Browsers

    /// Whether the user logged in with that browser before.
    public func knowsDevice(tokenHash: [UInt8], of user: UserID) throws -> Bool {
        try first(
            "SELECT 1 FROM userDevice WHERE tokenHash = ? AND user = ?",
            [.blob(tokenHash), .id(user)]
        ) { _ in true } ?? false
    }

    /// The user logged in with that browser.
    public func addDevice(tokenHash: [UInt8], of user: UserID) throws {
        try run(
            "INSERT INTO userDevice (tokenHash, user) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [.blob(tokenHash), .id(user)])
    }
}

private let accessSQL = """
    SELECT user.id, name,
      (SELECT hash FROM userPassword AS p WHERE p.user = user.id ORDER BY p.id DESC LIMIT 1),
      (SELECT secret FROM userTOTP AS t WHERE t.user = user.id ORDER BY t.id DESC LIMIT 1),
      (SELECT count(*) FROM userTOTP AS t WHERE t.user = user.id),
      (SELECT step FROM totpStep AS s WHERE s.user = user.id),
      coalesce(
        (SELECT disabled FROM userDisabled AS d WHERE d.user = user.id ORDER BY d.id DESC LIMIT 1), 0),
      coalesce(
        (SELECT language FROM userLanguage AS l WHERE l.user = user.id ORDER BY l.id DESC LIMIT 1), 'zh')
    FROM user
    """

extension Session.UserAccess {
    fileprivate init(_ row: Columns) {
        id = row.id(0)
        name = row.text(1)
        password = row.optionalText(2)
        totp = row.isNull(3) ? nil : row.blob(3)
        totpChanges = row.integer(4)
        lastStep = row.optionalInteger(5)
        isDisabled = row.flag(6)
        language = Language(rawValue: row.text(7))!
    }
}
