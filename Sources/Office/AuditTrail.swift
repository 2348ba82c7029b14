import Dunning
public import Primitives
public import SQLiteStore

/// Who did what, when: a page of the acts, the newest first.
public struct AuditTrail: Sendable {
    public struct Entry: Sendable {
        public let at: Instant
        public let byWhom: String
        /// As the act is called: `run`, `user add`.
        public let kind: String
        /// `nil`: not for whoever asks. What was done about a household in hardship, managers and
        /// its case's staff alone may know.
        public let detail: String?
    }

    public let entries: [Entry]
    /// How many the filter leaves, on all pages.
    public let count: Int
    /// Whoever did anything, and the kinds that there are: what can be filtered by.
    public let staff, kinds: [String]
}

/// The acts of the community that the filter leaves.
///
/// - Parameters:
///   - role: whose eyes they are for.
///   - page: from 1.
public func auditTrail(
    _ filter: Session.ActFilter, for role: StaffRole, page: Int, perPage: Int, effects: Effects
) throws -> AuditTrail {
    try effects.store.read { session in
        let community = try CommunityContext(named: effects.community, in: session).id
        let acts = try session.acts(
            of: community, filter, skipping: (page - 1) * perPage, count: perPage)
        return AuditTrail(
            entries: acts.map { act in
                let isShown = role == .manager || !speaksOfHardship(act.kind, act.detail)
                return AuditTrail.Entry(
                    at: Instant(act.at) ?? Instant(millisecondsSince1970: 0), byWhom: act.byWhom,
                    kind: act.kind, detail: isShown ? act.detail : nil)
            },
            count: try session.countActs(of: community, filter),
            staff: try session.actStaff(of: community),
            kinds: try session.actKinds(of: community))
    }
}

/// Whether an act, by its kind or by the reason that it names, tells of a household in hardship.
private func speaksOfHardship(_ kind: String, _ detail: String) -> Bool {
    kind.hasPrefix("case ")
        || kind.hasPrefix("hold")
            && detail.split(separator: " ").contains { $0 == DunningHold.Reason.hardship.rawValue }
}
