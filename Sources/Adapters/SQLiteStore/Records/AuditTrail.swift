public import Primitives

/// What was done, act by act.
extension Session {
    /// One thing that staff did.
    public struct RecordedAct: Sendable {
        public let id: ActID
        public let kind: String
        public let byWhom: String
        /// UTC, to the millisecond.
        public let at: String
        public let detail: String
    }

    /// Which acts are asked for; `nil`: whichever.
    public struct ActFilter: Sendable {
        public var byWhom: String?
        public var kind: String?
        /// Inclusive.
        public var from: Instant?
        /// Not inclusive.
        public var until: Instant?
        public init() {}
    }

    /// The acts, the newest first.
    ///
    /// - Parameters:
    ///   - skipped: how many of the newest are left out.
    ///   - count: at most so many.
    public func acts(
        of community: CommunityID, _ filter: ActFilter, skipping skipped: Int, count: Int
    ) throws -> [RecordedAct] {
        var acts: [RecordedAct] = []
        try forEach(
            "SELECT id, kind, byWhom, at, detail" + filteredActs
                + " ORDER BY id DESC LIMIT ?6 OFFSET ?7",
            filter.values(community) + [.integer(count), .integer(skipped)]
        ) {
            acts.append(
                RecordedAct(
                    id: $0.id(0), kind: $0.text(1), byWhom: $0.text(2), at: $0.text(3),
                    detail: $0.text(4)))
        }
        return acts
    }

    /// How many there are.
    public func countActs(of community: CommunityID, _ filter: ActFilter) throws -> Int {
        try first("SELECT count(*)" + filteredActs, filter.values(community)) { $0.integer(0) }!
    }

    /// The kinds of acts that there are, in order.
    public func actKinds(of community: CommunityID) throws -> [String] {
        var kinds: [String] = []
        try forEach(
            "SELECT DISTINCT kind FROM act WHERE community = ? ORDER BY kind", [.id(community)]
        ) { kinds.append($0.text(0)) }
        return kinds
    }

    /// Whoever did anything, in order.
    public func actStaff(of community: CommunityID) throws -> [String] {
        var names: [String] = []
        try forEach(
            "SELECT DISTINCT byWhom FROM act WHERE community = ? ORDER BY byWhom", [.id(community)]
        ) { names.append($0.text(0)) }
        return names
    }
}

private let filteredActs = """
     FROM act WHERE community = ?1 AND (?2 IS NULL OR byWhom = ?2) AND (?3 IS NULL OR kind = ?3)
      AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5)
    """

extension Session.ActFilter {
    fileprivate func values(_ community: CommunityID) -> [SQLValue] {
        [
            .id(community), .optional(byWhom), .optional(kind), .optional(from?.description),
            .optional(until?.description),
        ]
    }
}
