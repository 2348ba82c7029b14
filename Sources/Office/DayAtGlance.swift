import Dunning
public import Primitives
public import SQLiteStore

/// What the head of the day's page says beside the work.
public struct DayAtGlance: Sendable {
    /// The day before, of which the payments are.
    public let yesterday: CivilDate
    public let payments: Int
    public let received: Money
    /// How many messages stand how, of all.
    public let mail: [DeliveryState: Int]
    /// The day's own period, where no run of it has a date by then; else `nil`.
    public let periodToRun: Period?
}

/// The day at a glance.
public func dayAtGlance(asOf: CivilDate, effects: Effects) throws -> DayAtGlance {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let yesterday = asOf.advanced(byDays: -1)
        let payments = try session.paymentsReceived(on: yesterday, asOf: asOf, in: context.id)
        let latest = try session.latestRunPeriod(of: context.id, asOf: asOf)
        return DayAtGlance(
            yesterday: yesterday, payments: payments.count, received: payments.sum,
            mail: try session.deliveryCounts(of: context.id),
            periodToRun: latest.map { $0 < asOf.period } ?? true ? asOf.period : nil)
    }
}

/// A mark of the books: another one whenever somebody's act changed them, or the templates in
/// their folder changed. What was counted by one mark still counts while the mark is the same.
public func booksMark(effects: Effects) throws -> String {
    let templates = (try? TemplateFolder(path: effects.templates).sha256) ?? ""
    return try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return "\(context.policy.code) \(try session.latestAct(of: context.id)) \(templates)"
    }
}
