public import Primitives
public import SQLiteStore

/// Who got in, who was refused what: a page of it.
public struct SecurityLog: Sendable {
    /// The newest first.
    public let events: [Session.SecurityEvent]
    /// On all pages.
    public let count: Int
}

/// The log of log-ins and refusals, as far as it concerns the community's users or nobody known.
///
/// - Parameter page: from 1.
public func securityLog(
    refusalsAlone: Bool, page: Int, perPage: Int, effects: Effects
) throws -> SecurityLog {
    try effects.store.read { session in
        let community = try CommunityContext(named: effects.community, in: session).id
        return SecurityLog(
            events: try session.securityEvents(
                of: community, refusalsAlone: refusalsAlone, skipping: (page - 1) * perPage,
                count: perPage),
            count: try session.countSecurityEvents(of: community, refusalsAlone: refusalsAlone))
    }
}

extension Session {
    /// Notes an act that concerns getting in; others are none of the log's.
    ///
    /// - Parameters:
    ///   - act: its kind.
    ///   - staff: who does it; nobody known where it is done on the machine itself.
    func noteAccess(_ act: String, by staff: String, about: UserID, at now: Instant) throws {
        guard let kind = SecurityEventKind(rawValue: act) else { return }
        let user = try self.user(named: staff)
        try addSecurityEvent(kind, user: user, about: user == about ? nil : about, at: now)
    }
}
