public import Primitives
public import SQLiteStore

/// The notices, those of one period or all, in the order of their numbers.
public func forEachNotice(
    period: Period?, effects: Effects, _ body: (Session.NoticeSummary) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachNotice(of: context.id, period: period, body)
    }
}
