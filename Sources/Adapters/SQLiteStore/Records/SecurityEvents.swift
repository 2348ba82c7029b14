public import Primitives

public enum SecurityEventSubject: Sendable {}
public typealias SecurityEventID = ID<SecurityEventSubject>

/// What concerns getting in and being let do things. What is done upon users has the name of its
/// act.
public enum SecurityEventKind: String, Sendable, CaseIterable {
    case logIn = "log-in"
    case logOut = "log-out"
    case confirmed
    case sessionsEnded = "sessions ended"
    case passwordSet = "user password"
    case codesSet = "user codes"
    case codesOff = "user codes off"
    case invited = "user invite"
    case disabled = "user disable"
    case enabled = "user enable"
    case roleGiven = "user add"

    case logInFailed = "log-in failed"
    /// All was right, and the user is disabled or has no role.
    case logInBarred = "log-in barred"
    /// Too many failures: not tried at all.
    case throttled
    case confirmFailed = "confirm failed"
    case rightRefused = "right refused"
    case formRefused = "form refused"

    public var isRefusal: Bool {
        switch self {
        case .logInFailed, .logInBarred, .throttled, .confirmFailed, .rightRefused, .formRefused:
            true
        default: false
        }
    }
}

/// The log of log-ins and refusals (ASVS 16). It is bounded, and stands outside the chain: whoever
/// is not logged in may fail as often as he likes, and fills neither disk nor books by it.
extension Session {
    public struct SecurityEvent: Sendable {
        public let at: Instant
        public let kind: SecurityEventKind
        /// Who; `nil`: nobody who is known.
        public let userName: String?
        /// Upon whom, where it is another.
        public let aboutName: String?
        public let address: String?
        /// The route that was refused.
        public let route: String?
        /// How often within the hour; from 2 on the largest power of two that was passed.
        public let count: Int
    }

    /// Adds an event, and lets the oldest go where there are too many.
    @discardableResult
    public func addSecurityEvent(
        _ kind: SecurityEventKind, user: UserID?, about: UserID? = nil, address: String? = nil,
        route: String? = nil, count: Int = 1, at now: Instant
    ) throws -> SecurityEventID {
        let id = try insert(
            """
            INSERT INTO securityEvent (at, kind, isRefusal, user, about, address, route, count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .instant(now), .text(kind.rawValue), .flag(kind.isRefusal), .id(user), .id(about),
                .optional(address), .optional(route), .integer(count),
            ])
        if id % 100 == 0 {
            try dropEvents(ofRefusals: true, keeping: refusalsKept)
            try dropEvents(ofRefusals: false, keeping: eventsKept)
        }
        return SecurityEventID(id)
    }

    /// It happened again, so often by now.
    public func countSecurityEvent(_ id: SecurityEventID, _ count: Int) throws {
        try run("UPDATE securityEvent SET count = ? WHERE id = ?", [.integer(count), .id(id)])
    }

    private func dropEvents(ofRefusals isRefusal: Bool, keeping kept: Int) throws {
        try run(
            """
            DELETE FROM securityEvent WHERE isRefusal = ?1 AND id <= (
              SELECT id FROM securityEvent WHERE isRefusal = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """, [.flag(isRefusal), .integer(kept)])
    }

    /// Those of the community's users, and of nobody known; the newest first.
    ///
    /// - Parameters:
    ///   - refusalsAlone: without what went well.
    ///   - skipped: how many of the newest are left out.
    ///   - count: at most so many.
    public func securityEvents(
        of community: CommunityID, refusalsAlone: Bool, skipping skipped: Int, count: Int
    ) throws -> [SecurityEvent] {
        var found: [SecurityEvent] = []
        try forEach(
            """
            SELECT at, kind, (SELECT name FROM user WHERE user.id = event.user),
              (SELECT name FROM user WHERE user.id = event.about), address, route, count
            """ + eventsOfCommunity + " ORDER BY id DESC LIMIT ?3 OFFSET ?4",
            [.id(community), .flag(refusalsAlone), .integer(count), .integer(skipped)]
        ) {
            found.append(
                SecurityEvent(
                    at: $0.instant(0), kind: SecurityEventKind(rawValue: $0.text(1))!,
                    userName: $0.optionalText(2), aboutName: $0.optionalText(3),
                    address: $0.optionalText(4), route: $0.optionalText(5), count: $0.integer(6)))
        }
        return found
    }

    /// How many there are.
    public func countSecurityEvents(
        of community: CommunityID, refusalsAlone: Bool
    ) throws -> Int {
        try first(
            "SELECT count(*)" + eventsOfCommunity, [.id(community), .flag(refusalsAlone)]
        ) { $0.integer(0) }!
    }
}

private let eventsOfCommunity = """
     FROM securityEvent AS event WHERE (?2 = 0 OR isRefusal = 1) AND (
      coalesce(user, about) IS NULL
      OR user IN (SELECT user FROM userRole WHERE community = ?1)
      OR about IN (SELECT user FROM userRole WHERE community = ?1))
    """

private let refusalsKept = 10_000
private let eventsKept = 50_000
