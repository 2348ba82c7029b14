import Dunning
import Evidence
import Files
public import Mail
public import Primitives
public import SQLiteStore
import Synchronization

/// What one pass over the messages that wait has done.
public struct DeliveryReport: Sendable {
    /// Of the messages tried: accepted, deferred, rejected, in doubt.
    public var counts: [DeliveryState: Int] = [:]
    /// Messages that were due and not tried.
    public var left = 0
    public var stop: Stop?
    public init() {}

    /// Why the pass ended before all were tried.
    public enum Stop: Sendable {
        /// As the settings ask: quiet hours, or the day's number is reached.
        case asAsked(Bilingual)
        case trouble(Bilingual)
        /// Another sender took over.
        case replaced
    }

    /// Whether all that was due has gone, or waits as the settings ask.
    public var isComplete: Bool {
        if case .trouble = stop { return false }
        if case .replaced = stop { return false }
        return [.deferred, .rejected, .inDoubt].allSatisfy { counts[$0, default: 0] == 0 }
    }
}

/// Delivers what is queued or due for another attempt, once through.
///
/// A message's bytes are made once. That it may have been taken over is on the disk before its last
/// bytes leave, so a sender that dies leaves each message known as not sent, sent, or in doubt.
/// What is in doubt is not tried again here: `retryMail` and `resolveMail` do that.
///
/// - Parameter connect: makes a connection; a test's own in place of the server's.
/// - Throws: `DeliveryError.senderAtWork` where another sends; what of the account is missing.
public func deliverMail(
    _ options: MailAccountOptions, effects: Effects,
    connect: @escaping @Sendable (SMTPServer) -> any MailConnection = { SMTPSession($0) }
) throws -> DeliveryReport {
    guard let lock = try FileLock(mailLock(effects)) else {
        throw DeliveryError.senderAtWork(machine: nil)
    }
    return try withExtendedLifetime(lock) {
        let pass = try DeliveryPass(options, effects)
        let server = pass.account.server
        sendAll(
            pass, connections: pass.account.settings.connections,
            most: pass.account.settings.perConnection, open: { connect(server) })
        return try pass.end()
    }
}

/// The file that whoever sends holds.
func mailLock(_ effects: Effects) -> String { effects.store.path + ".mail" }

/// One pass of one sender.
private final class DeliveryPass: ParcelSource {
    let account: MailAccount
    private let effects: Effects
    private let community: CommunityID
    private let sender: MailSenderID
    private let writes: SharedWrites
    private let state: Mutex<State>
    private let act = Mutex<ActID?>(nil)

    private struct State {
        var composing: MessageComposing
        var pace: SendingPace
        /// Composed, and not given to a connection.
        var ready: [(message: Session.WaitingMessage, bytes: [UInt8])] = []
        var last: MessageID?
        var isExhausted = false
        /// Those that connections have.
        var underway: [Int: Session.WaitingMessage] = [:]
        /// Broken off before their end: nothing has become of them.
        var brokenOff: Set<Int> = []
        var lossesInARow = 0
        var report = DeliveryReport()
        var failure: (any Error)?
        var isOver: Bool { failure != nil || report.stop != nil }
    }

    init(_ options: MailAccountOptions, _ effects: Effects) throws {
        let context = try effects.store.read {
            try CommunityContext(named: effects.community, in: $0)
        }
        let account = try MailAccount(context.policy, options, hostName: effects.hostName)
        let now = effects.now()
        let (sender, departures) = try effects.store.write { session in
            for other in try session.sendersAtWork()
            where other.machine != effects.hostName && other.leaseUntil > now {
                throw DeliveryError.senderAtWork(machine: other.machine)
            }
            return (
                try session.beginSending(
                    by: account.name, of: context.id, machine: effects.hostName, at: now,
                    leaseUntil: now.advanced(bySeconds: leaseSeconds)),
                try session.departures(
                    of: account.name, since: now.advanced(bySeconds: -86_400))
            )
        }
        let settings = account.settings
        let pace = SendingPace(
            perMinute: settings.perMinute, perDay: settings.perDay,
            domainPerMinute: settings.domainPerMinute, last: departures.last,
            today: departures.count)
        self.account = account
        self.effects = effects
        self.sender = sender
        community = context.id
        writes = SharedWrites(effects.store)
        state = Mutex(
            State(composing: try MessageComposing(context, effects), pace: pace))
    }

    /// Ends the pass: all that became of messages is on the disk.
    func end() throws -> DeliveryReport {
        let now = effects.now()
        let failure = state.withLock { $0.failure }
        try writes.finish()
        var report = state.withLock { $0.report }
        report.left = try effects.store.write { session in
            try session.endSending(sender, at: now)
            return try session.waitingCount(of: community, at: now)
        }
        if let failure { throw failure }
        return report
    }

    // MARK: - The next message

    private enum Step {
        case send(Parcel)
        case wait(milliseconds: Int)
        case over
    }

    func next() -> Parcel? {
        while true {
            switch state.withLock({ step(&$0) }) {
            case .send(let parcel): return parcel
            // In short steps, since another connection can end the pass meanwhile.
            case .wait(let milliseconds): effects.pause(min(milliseconds, 500))
            case .over: return nil
            }
        }
    }

    private func step(_ state: inout State) -> Step {
        if state.ready.isEmpty, !state.isOver, !state.isExhausted { refill(&state) }
        let now = effects.now()
        state.ready.removeAll { state.pace.isPaused(domain(of: $0.message), at: now) }
        if state.isOver || state.ready.isEmpty {
            return state.isOver || state.isExhausted ? .over : .wait(milliseconds: 0)
        }
        state.report.stop = reasonToStop(state, at: now)
        if state.isOver { return .over }
        let times = state.ready.map { state.pace.time(for: domain(of: $0.message), at: now) }
        let soonest = times.indices.min { times[$0] < times[$1] }!
        if times[soonest] > now {
            return .wait(
                milliseconds: times[soonest].millisecondsSince1970 - now.millisecondsSince1970)
        }
        let (message, bytes) = state.ready.remove(at: soonest)
        state.pace.take(domain(of: message), at: now)
        state.underway[message.id.number] = message
        return .send(
            Parcel(
                id: message.id.number, bytes: bytes, sender: account.sender,
                recipient: message.recipient))
    }

    private func reasonToStop(_ state: State, at now: Instant) -> DeliveryReport.Stop? {
        if let quiet = account.settings.quiet, quiet.contains(now) {
            return .asAsked(
                Bilingual(
                    zh: "现在是免打扰时间，\(quiet.end) 以后再发。",
                    en: "These are quiet hours; the rest goes after \(quiet.end)."))
        }
        guard state.pace.isDayFull else { return nil }
        return .asAsked(
            Bilingual(
                zh: "24 小时内已发到上限 \(account.settings.perDay!) 封，其余的以后再发。",
                en:
                    "\(account.settings.perDay!) messages left within 24 hours, which is the limit; the "
                    + "rest goes later."))
    }

    /// Composes the next few; in one transaction, which is short, so that others get their turn.
    private func refill(_ state: inout State) {
        do {
            let now = effects.now()
            state.ready = try effects.store.write { session in
                let waiting = try session.waitingMessages(
                    of: community, after: state.last, at: now, limit: composedAtOnce)
                state.isExhausted = waiting.count < composedAtOnce
                state.last = waiting.last?.id ?? state.last
                return try waiting.compactMap { message in
                    do {
                        let bytes = try state.composing.bytes(of: message.id, in: session)
                        return (message, bytes)
                    } catch let error as MailError {
                        try refuse(message, error, in: session, at: now)
                        state.report.counts[.rejected, default: 0] += 1
                        return nil
                    }
                }
            }
        } catch {
            state.failure = error
        }
    }

    /// A message that no server could be given.
    private func refuse(
        _ message: Session.WaitingMessage, _ error: MailError, in session: Session, at now: Instant
    ) throws {
        var delivery = Delivery(.rejected, attempt: message.attempts, at: now)
        delivery.words = error.message.zh
        try session.add(delivery, of: message.id, by: sender, act: nil)
        try conclude(delivery, of: message.id, in: session)
    }

    private func domain(of message: Session.WaitingMessage) -> String {
        domainPart(message.recipient)
    }

    // MARK: - What becomes of it

    func handOver(_ parcel: Parcel) -> Bool {
        let now = effects.now()
        let attempt = attempt(of: parcel)
        let isReplaced = Flag()
        let isMarked = writes.perform { [sender] session in
            guard
                try session.renewLease(
                    of: sender, until: now.advanced(bySeconds: leaseSeconds))
            else {
                isReplaced.set()
                return false
            }
            // Somebody may have cancelled it meanwhile.
            let id = MessageID(parcel.id)
            guard try session.lastDelivery(of: id)?.state.waits ?? true else { return false }
            try session.add(
                Delivery(.inDoubt, attempt: attempt, at: now), of: id, by: sender, act: nil)
            return true
        }
        if !isMarked {
            state.withLock { state in
                state.brokenOff.insert(parcel.id)
                state.failure = state.failure ?? writes.failure
                if isReplaced.isSet { state.report.stop = .replaced }
            }
        }
        return isMarked
    }

    private func attempt(of parcel: Parcel) -> Int {
        state.withLock { $0.underway[parcel.id]!.attempts + 1 }
    }

    func ended(_ parcel: Parcel, _ result: Result<SMTPOutcome, MailError>) {
        let now = effects.now()
        state.withLock { state in
            let message = state.underway.removeValue(forKey: parcel.id)!
            if state.brokenOff.remove(parcel.id) != nil { return }
            guard let delivery = delivery(of: message, result, at: now, &state) else { return }
            state.report.counts[delivery.state, default: 0] += 1
            record(delivery, of: message.id)
        }
    }

    private func record(_ delivery: Delivery, of message: MessageID) {
        writes.add { [self] session in
            // What somebody decided meanwhile stands; but what the server took over, it took over.
            let state = try session.lastDelivery(of: message)?.state ?? .queued
            guard delivery.state == .accepted || state.waits || state == .inDoubt else { return }
            try session.add(delivery, of: message, by: sender, act: nil)
            try conclude(delivery, of: message, in: session)
        }
    }

    /// What is accepted is a service of its notice, with the server's reply as its proof; what is
    /// refused for good is told to the owner on paper.
    private func conclude(
        _ delivery: Delivery, of id: MessageID, in session: Session
    ) throws {
        guard [.accepted, .rejected].contains(delivery.state),
            let message = try session.message(id)
        else { return }
        let act = try currentAct(in: session)
        if delivery.state == .rejected {
            var recording = BounceRecording(
                community: community, session: session, effects: effects,
                summary: FetchedBounces())
            return try recording.record(
                refusalOf: message, words: delivery.words, attempt: delivery.attempt,
                by: account.server.host, act: act)
        }
        var service = ServiceOfNotice(
            of: message.notice, how: .email,
            on: delivery.at.advanced(bySeconds: account.settings.ahead * 60).date,
            staff: [effects.staff])
        service.isAgreed = true
        service.address = message.recipient
        service.message = id
        let reply = [
            delivery.at.toTheSecond, account.server.host, delivery.words,
            delivery.queueID.map { "queue id \($0)" } ?? "",
        ]
        service.proofs = [
            Proof([.reply], .text(reply.filter { !$0.isEmpty }.joined(separator: " · ")))
        ]
        try session.addService(service, in: community, act: act)
    }

    /// One act for all that a pass brings; made when there is something.
    private func currentAct(in session: Session) throws -> ActID {
        if let act = act.withLock({ $0 }) { return act }
        let new = try session.addAct(
            community: community, kind: "mail send", by: effects.staff,
            at: effects.now().description, detail: account.name)
        act.withLock { $0 = new }
        return new
    }

    /// - Returns: `nil` where nothing has become of the message.
    private func delivery(
        of message: Session.WaitingMessage, _ result: Result<SMTPOutcome, MailError>,
        at now: Instant, _ state: inout State
    ) -> Delivery? {
        let attempt = message.attempts + 1
        guard case .success(let outcome) = result else {
            guard case .failure(let error) = result else { return nil }
            var delivery = Delivery(.rejected, attempt: attempt, at: now)
            delivery.words = error.message.zh
            return delivery
        }
        noteLoss(outcome, &state)
        var delivery: Delivery
        switch outcome.meaning(at: account.server.host, for: message.recipient) {
        case .accountRefused:
            state.report.stop = state.report.stop ?? .trouble(outcome.explanation(account.server))
            return nil
        case .accepted:
            delivery = Delivery(.accepted, attempt: attempt, at: now)
            delivery.queueID = outcome.queueID
        case .inDoubt: delivery = Delivery(.inDoubt, attempt: attempt, at: now)
        case .never: delivery = Delivery(.rejected, attempt: attempt, at: now)
        case .later: delivery = deferred(message, attempt, at: now)
        case .tooMany:
            delivery = deferred(message, attempt, at: now)
            state.pace.pause(
                domainPart(message.recipient), until: now.advanced(bySeconds: pauseSeconds))
        }
        delivery.step = outcome.step.rawValue
        delivery.code = outcome.code
        delivery.words = outcome.words.isEmpty ? outcome.failure : outcome.words
        return delivery
    }

    private func deferred(
        _ message: Session.WaitingMessage, _ attempt: Int, at now: Instant
    ) -> Delivery {
        let limit = message.givenUpAt(now: now)
        guard
            let time = retryTime(after: attempt, of: message.id.number, at: now, limit: limit)
        else { return Delivery(.rejected, attempt: attempt, at: now) }
        return Delivery(.deferred, attempt: attempt, at: now, retryAt: time)
    }

    /// A server that goes silent again and again is left alone, rather than once for each message.
    private func noteLoss(_ outcome: SMTPOutcome, _ state: inout State) {
        let isLost = outcome.verdict != .accepted && outcome.code == nil
        state.lossesInARow = isLost ? state.lossesInARow + 1 : 0
        if state.lossesInARow >= lossesMost {
            state.report.stop = state.report.stop ?? .trouble(outcome.explanation(account.server))
        }
    }
}

private final class Flag: Sendable {
    private let flag = Mutex(false)
    var isSet: Bool { flag.withLock { $0 } }
    func set() { flag.withLock { $0 = true } }
}

/// On other machines, a sender counts as dead so long after it was last heard of.
private let leaseSeconds = 60
private let composedAtOnce = 20
private let lossesMost = 3
/// How long a domain that gets too many is left alone.
private let pauseSeconds = 1800

private func domainPart(_ address: String) -> String {
    address.split(separator: "@").last.map { $0.lowercased() } ?? ""
}

extension Session.WaitingMessage {
    /// Five days after the first attempt; or when the day has passed by which the notice asks for
    /// payment, if that day was still to come then.
    func givenUpAt(now: Instant) -> Instant {
        let first = firstTriedAt ?? now
        let limit = first.advanced(bySeconds: 5 * 86_400)
        guard let payBy else { return limit }
        let end = Instant(millisecondsSince1970: (payBy.dayNumber + 1) * 86_400_000)
        return end > first ? min(limit, end) : limit
    }
}
