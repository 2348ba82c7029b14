public import Primitives

public enum WebSessionSubject: Sendable {}
public typealias WebSessionID = ID<WebSessionSubject>

/// Who is logged in.
extension Session {
    /// A user logged in with a browser.
    public struct WebSession: Sendable {
        public let id: WebSessionID
        public let user: UserID
        /// In which the user works now.
        public let community: CommunityID
        public let communityCode: String
        public let createdAt: Instant
        /// To the minute.
        public let lastSeenAt: Instant
        /// When password and code were given last.
        public let confirmedAt: Instant
        /// `nil`: it was not ended; its age may have ended it.
        public let endedAt: Instant?
        /// What the browser calls itself.
        public let agent: String
    }

    /// - Returns: its number.
    public func addWebSession(
        tokenHash: [UInt8], user: UserID, community: CommunityID, at now: Instant, agent: String
    ) throws -> WebSessionID {
        WebSessionID(
            try insert(
                """
                INSERT INTO webSession (
                  tokenHash, user, community, createdAt, lastSeenAt, confirmedAt, agent)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .blob(tokenHash), .id(user), .id(community), .instant(now), .instant(now),
                    .instant(now), .text(agent),
                ]))
    }

    /// `nil` where there never was one of that token.
    public func webSession(tokenHash: [UInt8]) throws -> WebSession? {
        try first(sessionSQL + " WHERE tokenHash = ?", [.blob(tokenHash)]) { WebSession($0) }
    }

    /// The user's that were not ended, the newest first; those that are too old, too.
    public func webSessions(of user: UserID) throws -> [WebSession] {
        var found: [WebSession] = []
        try forEach(
            sessionSQL + " WHERE user = ? AND endedAt IS NULL ORDER BY webSession.id DESC",
            [SQLValue.id(user)]
        ) { found.append(WebSession($0)) }
        return found
    }

    /// When the user was last seen with any browser.
    public func lastSeen(_ user: UserID) throws -> Instant? {
        try first("SELECT max(lastSeenAt) FROM webSession WHERE user = ?", [.id(user)]) {
            $0.optionalInstant(0)
        } ?? nil
    }

    /// The session asked for a page.
    public func noteSeen(_ session: WebSessionID, at now: Instant) throws {
        try run(
            "UPDATE webSession SET lastSeenAt = ? WHERE id = ?", [.instant(now), .id(session)])
    }

    /// Password and code were given again.
    public func noteConfirmed(_ session: WebSessionID, at now: Instant) throws {
        try run(
            "UPDATE webSession SET confirmedAt = ? WHERE id = ?", [.instant(now), .id(session)])
    }

    /// The session works in that community from now on.
    public func chooseCommunity(_ community: CommunityID, in session: WebSessionID) throws {
        try run(
            "UPDATE webSession SET community = ? WHERE id = ?", [.id(community), .id(session)])
    }

    /// Ends it; one that was ended stays ended when it was.
    public func endWebSession(_ session: WebSessionID, at now: Instant) throws {
        try run(
            "UPDATE webSession SET endedAt = ? WHERE id = ? AND endedAt IS NULL",
            [.instant(now), .id(session)])
    }

    /// Ends all of the user's.
    ///
    /// - Parameter kept: but this one.
    public func endWebSessions(
        of user: UserID, but kept: WebSessionID?, at now: Instant
    ) throws {
        try run(
            "UPDATE webSession SET endedAt = ? WHERE user = ? AND id IS NOT ? AND endedAt IS NULL",
            [.instant(now), .id(user), .id(kept)])
    }
}

private let sessionSQL = """
    SELECT webSession.id, user, community, code, createdAt, lastSeenAt, confirmedAt, endedAt, agent
    FROM webSession JOIN community ON community.id = webSession.community
    """

extension Session.WebSession {
    fileprivate init(_ row: Columns) {
        id = row.id(0)
        user = row.id(1)
        community = row.id(2)
        communityCode = row.text(3)
        createdAt = row.instant(4)
        lastSeenAt = row.instant(5)
        confirmedAt = row.instant(6)
        endedAt = row.optionalInstant(7)
        agent = row.text(8)
    }
}
