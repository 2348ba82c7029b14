import FeeLedger
import Letters
public import Primitives
public import SQLiteStore

/// How many messages stand how; the counts of all states add up to what was created.
public func mailCounts(effects: Effects) throws -> [DeliveryState: Int] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.deliveryCounts(of: context.id)
    }
}

/// The messages in the order in which they were queued, each with how it stands.
public func listedMessages(effects: Effects) throws -> [Session.ListedMessage] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var messages: [Session.ListedMessage] = []
        try session.forEachMessage(of: context.id) { messages.append($0) }
        return messages
    }
}

/// How many messages are queued, or due for another attempt.
public func mailDue(effects: Effects) throws -> Int {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.waitingCount(of: context.id, at: effects.now())
    }
}

/// The office's mail at a glance: what waits for somebody first.
public struct MailOverview: Sendable {
    /// How many stand how; absent: none.
    public let counts: [DeliveryState: Int]
    /// Of those that go out now or later, how many are due.
    public let due: Int
    /// Whether it arrived nobody knows, the newest first.
    public let inDoubt: [Session.ListedMessage]
    /// Refused for good, the newest first; each has its letter.
    public let rejected: [Session.ListedMessage]
    /// To be tried again, the newest first.
    public let deferred: [Session.ListedMessage]
    /// Bounces with what is to be done: those that wait for somebody first, the newest first.
    public let bounces: [(bounce: Session.BounceSummary, task: BounceTask?)]
    /// How many of all bounces wait for somebody.
    public let tasks: Int
    /// Why nothing can be sent, or no bounce be read; `nil`: there is a server, or a mailbox.
    public let whyNotSent, whyNotRead: Bilingual?
}

/// - Parameter shown: of each list, at most so many.
public func mailOverview(
    _ mail: DailyMail, shown: Int, effects: Effects
) throws -> MailOverview {
    let (counts, due) = (try mailCounts(effects: effects), try mailDue(effects: effects))
    var bounces: [(bounce: Session.BounceSummary, task: BounceTask?)] = []
    try forEachBounce(effects: effects) { bounces.append(($0, $1)) }
    let waiting = bounces.filter { $0.task != nil }
    let ordered = waiting.reversed() + bounces.filter { $0.task == nil }.reversed()
    let list = { state in try messages(standing: state, skipping: 0, count: shown, effects: effects)
    }
    return MailOverview(
        counts: counts, due: due, inDoubt: try list(.inDoubt), rejected: try list(.rejected),
        deferred: try list(.deferred), bounces: Array(ordered.prefix(max(shown, waiting.count))),
        tasks: waiting.count,
        whyNotSent: try reason { try checkAccount(mail.account, effects) },
        whyNotRead: try reason { _ = try mail.source(effects: effects) })
}

private func checkAccount(_ options: MailAccountOptions, _ effects: Effects) throws {
    let policy = try effects.store.read {
        try CommunityContext(named: effects.community, in: $0).policy
    }
    _ = try MailAccount(policy, options, hostName: effects.hostName)
}

private func reason(_ look: () throws -> Void) throws -> Bilingual? {
    do {
        try look()
        return nil
    } catch let error as any ExplainedError {
        return error.message
    }
}

/// Messages of one state, or all, the newest first: `count` of them after the first `skipped`.
public func messages(
    standing state: DeliveryState?, skipping skipped: Int, count: Int, effects: Effects
) throws -> [Session.ListedMessage] {
    var filter = Session.MessageFilter()
    filter.states = state.map { [$0] } ?? []
    filter.isNewestFirst = true
    filter.offset = skipped
    filter.count = count
    return try listed(filter, effects)
}

private func listed(
    _ filter: Session.MessageFilter, _ effects: Effects
) throws -> [Session.ListedMessage] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var messages: [Session.ListedMessage] = []
        try session.forEachMessage(of: context.id, filter) { messages.append($0) }
        return messages
    }
}

/// One message: what it says, and all that became of it.
public struct ShownMessage: Sendable {
    public let message: Session.ListedMessage
    /// In order, and by whom where somebody decided it.
    public let deliveries: [(delivery: Delivery, byWhom: String?)]
    public let owner: String
    public let subject, text, html: String
    /// What can be decided about it now.
    public let decisions: [MailDecision]
}

/// - Throws: `OfficeError.unknownMessage`.
public func shownMessage(_ id: MessageID, effects: Effects) throws -> ShownMessage {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var filter = Session.MessageFilter()
        filter.message = id
        var found: Session.ListedMessage?
        try session.forEachMessage(of: context.id, filter) { found = $0 }
        guard let found, let queued = try session.message(id) else {
            throw OfficeError.unknownMessage(id: id.number)
        }
        var rendering = try NoticeRendering(context)
        let composed = try rendering.message(queued.notice, to: queued.owner, in: session)
        return ShownMessage(
            message: found, deliveries: try session.deliveries(of: id),
            owner: composed.recipient.name, subject: composed.message.subject,
            text: composed.message.text, html: composed.message.html,
            decisions: MailDecision.allCases.filter { $0.isPossible(from: found.state) })
    }
}

/// The address of an owner that mail came back from, while its mark holds.
///
/// - Parameter owner: the owner's code.
/// - Returns: `nil` where there is no such owner, or no mark.
public func markedAddress(
    of owner: String, effects: Effects
) throws -> (name: String, address: String)? {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let id = try session.owner(code: owner, in: context.id),
            let (_, address) = try session.addressMark(of: id)
        else { return nil }
        return (try session.ownerNames(of: context.id)[owner] ?? owner, address)
    }
}
