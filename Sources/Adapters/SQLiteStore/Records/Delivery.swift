public import FeeLedger
import GRDB
public import Primitives

public enum MailSenderSubject: Sendable {}
public typealias MailSenderID = ID<MailSenderSubject>

/// How a message stands.
public enum DeliveryState: String, CaseIterable, Sendable {
    case queued, accepted, deferred, rejected
    case inDoubt = "in_doubt"
    case cancelled

    /// Whether a sender has to look at it.
    public var waits: Bool { self == .queued || self == .deferred }
}

/// A change of how a message stands.
public struct Delivery: Hashable, Sendable {
    public var state: DeliveryState
    /// How often it was tried by then.
    public var attempt: Int
    public var at: Instant
    public var step: String?
    public var code: Int?
    /// The server's, or the reason given.
    public var words = ""
    public var queueID: String?
    /// Of `deferred` alone.
    public var retryAt: Instant?

    public init(_ state: DeliveryState, attempt: Int, at: Instant, retryAt: Instant? = nil) {
        self.state = state
        self.attempt = attempt
        self.at = at
        self.retryAt = retryAt
    }
}

extension Session {
    // MARK: - Senders

    /// A sender that did not end.
    public struct SenderAtWork: Sendable {
        public let machine: String
        public let leaseUntil: Instant
    }

    public func sendersAtWork() throws -> [SenderAtWork] {
        var senders: [SenderAtWork] = []
        try forEach("SELECT machine, leaseUntil FROM mailSender WHERE endedAt IS NULL") { row in
            senders.append(SenderAtWork(machine: row.text(0), leaseUntil: row.instant(1)))
        }
        return senders
    }

    /// Begins a pass, and ends those that did not end themselves.
    public func beginSending(
        by account: String, of community: CommunityID, machine: String, at now: Instant,
        leaseUntil: Instant
    ) throws -> MailSenderID {
        try run("UPDATE mailSender SET endedAt = ? WHERE endedAt IS NULL", [.instant(now)])
        return MailSenderID(
            try insert(
                """
                INSERT INTO mailSender (community, account, machine, begunAt, leaseUntil)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .id(community), .text(account), .text(machine), .instant(now),
                    .instant(leaseUntil),
                ]))
    }

    /// - Returns: whether the sender may go on: no other began since.
    public func renewLease(of sender: MailSenderID, until: Instant) throws -> Bool {
        try run(
            "UPDATE mailSender SET leaseUntil = ? WHERE id = ? AND endedAt IS NULL",
            [.instant(until), .id(sender)])
        return db.changesCount > 0
    }

    /// Ends a pass, unless another sender has ended it.
    public func endSending(_ sender: MailSenderID, at now: Instant) throws {
        try run(
            "UPDATE mailSender SET endedAt = ? WHERE id = ? AND endedAt IS NULL",
            [.instant(now), .id(sender)])
    }

    /// What rate limits count: when the account's last message left, and how many since `since`.
    public func departures(of account: String, since: Instant) throws -> (
        last: Instant?, count: Int
    ) {
        try first(
            """
            SELECT max(at), count(*) FROM mailSender
              JOIN delivery ON delivery.sender = mailSender.id AND state = 'in_doubt' AND step IS NULL
            WHERE account = ? AND at >= ?
            """, [.text(account), .instant(since)]
        ) { ($0.optionalInstant(0), $0.optionalInteger(1) ?? 0) } ?? (nil, 0)
    }

    /// What left, and what was put off, lately; of all accounts, the newest first.
    public struct RecentDelivery: Sendable {
        public let recipient: String
        public let delivery: Delivery
    }

    /// Those since then, 20,000 at most.
    public func recentDeliveries(since: Instant) throws -> [RecentDelivery] {
        var recent: [RecentDelivery] = []
        try forEach(
            """
            SELECT recipient, state, attempt, at, step, code, words, queueID, retryAt
            FROM delivery JOIN message ON message.id = delivery.message
            WHERE delivery.id > (SELECT ifnull(max(id), 0) - 20000 FROM delivery)
              AND sender IS NOT NULL AND at >= ?
            ORDER BY delivery.id DESC
            """, [.instant(since)]
        ) { recent.append(RecentDelivery(recipient: $0.text(0), delivery: Delivery($0, from: 1))) }
        return recent
    }

    /// The sender that has the message under way: it wrote how the message stands, and did not end.
    public func senderUnderway(with message: MessageID) throws -> SenderAtWork? {
        try first(
            """
            SELECT machine, leaseUntil FROM delivery JOIN mailSender ON mailSender.id = sender
            WHERE delivery.id = (SELECT max(id) FROM delivery WHERE delivery.message = ?)
              AND state = 'in_doubt' AND step IS NULL AND endedAt IS NULL
            """, [.id(message)]
        ) { SenderAtWork(machine: $0.text(0), leaseUntil: $0.instant(1)) }
    }

    /// Whether somebody let the message go once more while it was in doubt.
    public func wentAgainInDoubt(_ message: MessageID) throws -> Bool {
        try first(
            """
            SELECT 1 FROM delivery AS again WHERE message = ? AND state = 'queued' AND act IS NOT NULL
              AND (SELECT state FROM delivery WHERE delivery.message = again.message
                AND delivery.id < again.id ORDER BY id DESC LIMIT 1) = 'in_doubt'
            """, [.id(message)]
        ) { _ in true } ?? false
    }

    // MARK: - Deliveries

    /// A message that is due, with what its next attempt depends on.
    public struct WaitingMessage: Sendable {
        public let id: MessageID
        public let recipient: String
        /// How often it was tried.
        public let attempts: Int
        /// Since somebody last let it go again.
        public let firstTriedAt: Instant?
        /// The day by which its notice asks for payment.
        public let payBy: CivilDate?
    }

    /// Messages of the community after the message `last`: those that were never tried, or those
    /// that are due for another attempt.
    public func waitingMessages(
        of community: CommunityID, wereTried: Bool, after last: MessageID?, at now: Instant,
        limit: Int
    ) throws -> [WaitingMessage] {
        var messages: [WaitingMessage] = []
        try forEach(
            """
            SELECT message.id, recipient, attempt, payBy,
              (SELECT min(at) FROM delivery WHERE delivery.message = message.id AND delivery.id >
                (SELECT ifnull(max(id), 0) FROM delivery
                 WHERE delivery.message = message.id AND act IS NOT NULL))
            FROM message JOIN notice ON notice.id = notice
              LEFT JOIN delivery ON delivery.id =
                (SELECT max(id) FROM delivery WHERE delivery.message = message.id)
            WHERE message.community = ? AND waits = 1 AND message.id > ?
              AND (delivery.id IS NOT NULL) = ? AND (retryAt IS NULL OR retryAt <= ?)
            ORDER BY message.id LIMIT ?
            """,
            [
                .id(community), .integer(last?.number ?? 0), .flag(wereTried), .instant(now),
                .integer(limit),
            ]
        ) { row in
            messages.append(
                WaitingMessage(
                    id: row.id(0), recipient: row.text(1), attempts: row.optionalInteger(2) ?? 0,
                    firstTriedAt: row.optionalInstant(4), payBy: row.optionalDate(3)))
        }
        return messages
    }

    /// How many messages are queued, or due for another attempt.
    public func waitingCount(of community: CommunityID, at now: Instant) throws -> Int {
        try first(
            """
            SELECT count(*) FROM message WHERE community = ? AND waits = 1 AND NOT EXISTS
              (SELECT 1 FROM delivery WHERE delivery.id =
                (SELECT max(id) FROM delivery WHERE delivery.message = message.id) AND retryAt > ?)
            """, [.id(community), .instant(now)]
        ) { $0.integer(0) } ?? 0
    }

    /// Adds what became of a message, by a sender or by somebody's act.
    public func add(
        _ delivery: Delivery, of message: MessageID, by sender: MailSenderID?, act: ActID?
    ) throws {
        try run(
            """
            INSERT INTO delivery (message, state, attempt, at, sender, act, step, code, words, queueID,
              retryAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(message), .text(delivery.state.rawValue), .integer(delivery.attempt),
                .instant(delivery.at), .id(sender), .id(act), .optional(delivery.step),
                .optional(delivery.code), .text(delivery.words), .optional(delivery.queueID),
                .optional(delivery.retryAt),
            ])
        try run(
            "UPDATE message SET waits = ? WHERE id = ?",
            [.flag(delivery.state.waits), .id(message)])
    }

    /// How a message stands, and why; `nil`: queued, and never tried.
    public func lastDelivery(of message: MessageID) throws -> Delivery? {
        try first(
            """
            SELECT state, attempt, at, step, code, words, queueID, retryAt FROM delivery
            WHERE message = ? ORDER BY id DESC LIMIT 1
            """, [.id(message)]
        ) { Delivery($0, from: 0) }
    }

    /// How many messages stand how; those that are absent are none.
    public func deliveryCounts(of community: CommunityID) throws -> [DeliveryState: Int] {
        var counts: [DeliveryState: Int] = [:]
        try forEach(
            """
            SELECT ifnull((SELECT state FROM delivery WHERE delivery.message = message.id
              ORDER BY id DESC LIMIT 1), 'queued') AS state, count(*)
            FROM message WHERE community = ? GROUP BY 1
            """, [.id(community)]
        ) { counts[DeliveryState(rawValue: $0.text(0))!] = $0.integer(1) }
        return counts
    }

    /// A message in a list, with how it stands.
    public struct ListedMessage: Sendable {
        public let id: MessageID
        /// The notice's number.
        public let notice: String
        public let unit, recipient: String
        /// The notice asks for a signature.
        public let isFormal: Bool
        public let delivery: Delivery?
        public var state: DeliveryState { delivery?.state ?? .queued }
    }

    /// Which messages are listed, and how.
    public struct MessageFilter: Sendable {
        /// Those that stand so; empty: all.
        public var states: [DeliveryState] = []
        /// This one alone.
        public var message: MessageID?
        public var isNewestFirst = false
        /// How many are left out before the first, and how many are listed; `nil`: all.
        public var offset = 0
        public var count: Int?
        public init() {}
    }

    /// Messages in the order in which they were queued, unless the filter asks for another.
    public func forEachMessage(
        of community: CommunityID, _ filter: MessageFilter = MessageFilter(),
        _ body: (ListedMessage) throws -> Void
    ) throws {
        let states = filter.states.isEmpty ? DeliveryState.allCases : filter.states
        try forEach(
            """
            SELECT message.id, number, unit.code, recipient, signature, state, attempt, at, step, delivery.code,
              words, queueID, retryAt
            FROM message JOIN notice ON notice.id = notice JOIN unit ON unit.id = notice.unit
              LEFT JOIN delivery ON delivery.id =
                (SELECT max(id) FROM delivery WHERE delivery.message = message.id)
            WHERE message.community = ?1 AND (?2 IS NULL OR message.id = ?2)
              AND instr(?3, ' ' || ifnull(state, 'queued') || ' ')
            ORDER BY message.id
            """ + (filter.isNewestFirst ? " DESC" : "") + " LIMIT ?4 OFFSET ?5",
            [
                .id(community), .id(filter.message),
                .text(" " + states.map(\.rawValue).joined(separator: " ") + " "),
                .integer(filter.count ?? -1), .integer(filter.offset),
            ]
        ) { row in
            try body(
                ListedMessage(
                    id: row.id(0), notice: row.text(1), unit: row.text(2), recipient: row.text(3),
                    isFormal: row.flag(4),
                    delivery: row.optionalText(5).map { _ in Delivery(row, from: 5) }))
        }
    }

    /// All that became of a message, in order, and by whose act where it was somebody's.
    public func deliveries(
        of message: MessageID
    ) throws -> [(delivery: Delivery, byWhom: String?)] {
        var deliveries: [(delivery: Delivery, byWhom: String?)] = []
        try forEach(
            """
            SELECT state, attempt, delivery.at, step, code, words, queueID, retryAt, byWhom
            FROM delivery LEFT JOIN act ON act.id = delivery.act WHERE message = ? ORDER BY delivery.id
            """, [.id(message)]
        ) { deliveries.append((Delivery($0, from: 0), $0.optionalText(8))) }
        return deliveries
    }
}

extension Delivery {
    fileprivate init(_ row: Columns, from place: Int32) {
        self.init(
            DeliveryState(rawValue: row.text(place))!, attempt: row.integer(place + 1),
            at: row.instant(place + 2),
            retryAt: row.optionalInstant(place + 7))
        step = row.optionalText(place + 3)
        code = row.optionalInteger(place + 4)
        words = row.text(place + 5)
        queueID = row.optionalText(place + 6)
    }
}
