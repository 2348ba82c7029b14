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
