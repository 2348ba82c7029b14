import Dunning
import Evidence
import Files
import Letters
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
    /// Messages that could not be made, and why; they stay queued.
    public var unmade: [(message: MessageID, reason: Bilingual)] = []
    public init() {}

    /// Why the pass ended before all were tried.
    public enum Stop: Sendable {
        /// As asked: quiet hours, the day's number is reached, somebody interrupts it.
        case asAsked(Bilingual)
        case trouble(Bilingual)
        /// Another sender took over.
        case replaced
    }

    /// Whether all that was due has gone, or waits as the settings ask.
    public var isComplete: Bool {
        if case .trouble = stop { return false }
        if case .replaced = stop { return false }
        let states: [DeliveryState] = [.deferred, .rejected, .inDoubt]
        return unmade.isEmpty && states.allSatisfy { counts[$0, default: 0] == 0 }
    }
}

/// Delivers what is queued or due for another attempt, once through.
///
/// A message's bytes are made once. That it may have been taken over is on the disk before its last
/// bytes leave, so a sender that dies leaves each message known as not sent, sent, or in doubt.
/// What is in doubt is not tried again here: `retryMail` and `resolveMail` do that.
///
/// - Parameters:
///   - isInterrupted: asked before each message; those under way are ended first.
///   - connect: makes a connection; a test's own in place of the server's.
/// - Throws: `DeliveryError.senderAtWork` where another sends; what of the account is missing.
public func deliverMail(
    _ options: MailAccountOptions, effects: Effects,
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    connect: @escaping @Sendable (SMTPServer) -> any MailConnection = { SMTPSession($0) }
) throws -> DeliveryReport {
    guard let lock = try FileLock(mailLock(effects)) else {
        throw DeliveryError.senderAtWork(machine: nil)
    }
    return try withExtendedLifetime(lock) {
        let pass = try DeliveryPass(options, effects, isInterrupted)
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
    private let isInterrupted: @Sendable () -> Bool
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
        /// Those that were never tried go first: what always fails does not stand before them.
        var wereTried = false
        var isExhausted = false
        /// Those that connections have.
        var underway: [Int: Session.WaitingMessage] = [:]
        /// Broken off before their end: nothing has become of them.
        var brokenOff: Set<Int> = []
        /// Connections that the server does not take.
        var closed: Set<Int> = []
        var lossesInARow = 0
        var refusalsInARow = 0
        var report = DeliveryReport()
        var failure: (any Error)?
        var isOver: Bool { failure != nil || report.stop != nil }
    }

    init(
        _ options: MailAccountOptions, _ effects: Effects,
        _ isInterrupted: @escaping @Sendable () -> Bool
    ) throws {
        let context = try effects.store.read {
            try CommunityContext(named: effects.community, in: $0)
        }
        let account = try MailAccount(context.policy, options, hostName: effects.hostName)
        let now = effects.now()
        let (sender, departures, recent) = try effects.store.write { session in
            for other in try session.sendersAtWork()
            where other.machine != effects.hostName && other.leaseUntil > now {
                throw DeliveryError.senderAtWork(machine: other.machine)
            }
            return (
                try session.beginSending(
                    by: account.name, of: context.id, machine: effects.hostName, at: now,
                    leaseUntil: now.advanced(bySeconds: leaseSeconds)),
                try session.departures(
                    of: account.name, since: now.advanced(bySeconds: -86_400)),
                try session.recentDeliveries(since: now.advanced(bySeconds: -pauseSeconds))
            )
        }
        let settings = account.settings
        var pace = SendingPace(
            perMinute: settings.perMinute, perDay: settings.perDay,
            domainPerMinute: settings.domainPerMinute, last: departures.last,
            today: departures.count)
        for one in recent { pace.remember(one, at: account.server.host) }
        self.account = account
        self.effects = effects
        self.isInterrupted = isInterrupted
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

    func next(on connection: Int) -> Parcel? {
        while true {
            switch state.withLock({ step(&$0, on: connection) }) {
            case .send(let parcel): return parcel
            // In short steps, since another connection can end the pass meanwhile.
            case .wait(let milliseconds): effects.pause(min(milliseconds, 500))
            case .over: return nil
            }
        }
    }

    private func step(_ state: inout State, on connection: Int) -> Step {
        if state.closed.contains(connection) { return .over }
        if state.ready.isEmpty, !state.isOver, !state.isExhausted { refill(&state) }
        let now = effects.now()
        state.ready.removeAll { state.pace.isPaused(domain(of: $0.message), at: now) }
        if state.isOver || state.ready.isEmpty {
            if state.isOver { return .over }
            // One that another connection has may come back, where that connection is refused.
            guard state.isExhausted else { return .wait(milliseconds: 0) }
            return state.underway.isEmpty ? .over : .wait(milliseconds: 20)
        }
        if let reason = reasonToStop(state, at: now) {
            state.report.stop = reason
            return .over
        }
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
        if isInterrupted() {
            return .asAsked(
                Bilingual(
                    zh: "已中断。发出的都记下了；再执行 mail send 就接着发其余的。",
                    en: "Interrupted. What left is recorded; mail send again goes on with the rest."
                ))
        }
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
            var filled = state
            var act = self.act.withLock { $0 }
            try effects.store.writePart { session in
                let waiting = try session.waitingMessages(
                    of: community, wereTried: filled.wereTried, after: filled.last, at: now,
                    limit: composedAtOnce)
                if act == nil, !waiting.isEmpty {
                    act = try session.addAct(
                        community: community, kind: "mail send", by: effects.staff,
                        at: now.description, detail: account.name)
                }
                filled.last = waiting.last?.id ?? filled.last
                if waiting.count < composedAtOnce {
                    filled.isExhausted = filled.wereTried
                    filled.wereTried = true
                    filled.last = nil
                }
                for message in waiting { try compose(message, in: session, at: now, act!, &filled) }
            }
            self.act.withLock { $0 = act }
            state = filled
        } catch {
            state.failure = error
        }
    }

    /// One that cannot be made keeps no other waiting.
    private func compose(
        _ message: Session.WaitingMessage, in session: Session, at now: Instant, _ act: ActID,
        _ state: inout State
    ) throws {
        do {
            let bytes = try state.composing.bytes(of: message.id, in: session)
            state.ready.append((message, bytes))
        } catch MailError.unusableAddress(let address) where address == message.recipient {
            var delivery = Delivery(.rejected, attempt: message.attempts + 1, at: now)
            delivery.words = MailError.unusableAddress(address).message.zh
            try session.add(delivery, of: message.id, by: sender, act: nil)
            try conclude(delivery, of: message.id, in: session, act)
            state.report.counts[.rejected, default: 0] += 1
        } catch let error as LetterError {
            state.report.unmade.append((message.id, error.message))
        } catch let error as TemplateError {
            state.report.unmade.append((message.id, error.both))
        }
    }

    private func domain(of message: Session.WaitingMessage) -> String {
        mailDomain(of: message.recipient)
    }

    // MARK: - What becomes of it

    func handOver(_ parcel: Parcel) -> Bool {
        let now = effects.now()
        let attempt = attempt(of: parcel)
        let isReplaced = Flag()
        let longest = leaseSeconds + account.server.patience.end
        let isMarked = writes.perform { [sender] session in
            guard
                try session.renewLease(of: sender, until: now.advanced(bySeconds: longest))
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

    func ended(
        _ parcel: Parcel, on connection: Int, _ result: Result<SMTPOutcome, MailError>
    ) {
        let now = effects.now()
        state.withLock { state in
            let message = state.underway.removeValue(forKey: parcel.id)!
            if state.brokenOff.remove(parcel.id) != nil { return }
            if case .success(let outcome) = result, outcome.isConnectionRefused {
                state.closed.insert(connection)
                // Others go on; they take this message too.
                if state.closed.count < account.settings.connections {
                    return state.ready.insert((message, parcel.bytes), at: 0)
                }
            }
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
            try conclude(delivery, of: message, in: session, act.withLock { $0! })
        }
    }

    /// What is accepted is a service of its notice, with the server's reply as its proof; what is
    /// refused for good is told to the owner on paper.
    private func conclude(
        _ delivery: Delivery, of id: MessageID, in session: Session, _ act: ActID
    ) throws {
        guard [.accepted, .rejected].contains(delivery.state),
            let message = try session.message(id)
        else { return }
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
        noteRow(outcome, of: message, &state)
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
                domain(of: message), until: now.advanced(bySeconds: pauseSeconds))
        }
        delivery.step = outcome.step.rawValue
        delivery.code = outcome.code
        delivery.words = outcome.words.isEmpty ? outcome.failure : outcome.words
        return delivery
    }

    private func deferred(
        _ message: Session.WaitingMessage, _ attempt: Int, at now: Instant
    ) -> Delivery {
        let limit = message.givenUpAt(now: now, ahead: account.settings.ahead)
        guard
            let time = retryTime(after: attempt, of: message.id.number, at: now, limit: limit)
        else { return Delivery(.rejected, attempt: attempt, at: now) }
        return Delivery(.deferred, attempt: attempt, at: now, retryAt: time)
    }

    /// A server that goes silent, or refuses whoever sends, again and again is left alone, rather
    /// than asked once for each message.
    private func noteRow(
        _ outcome: SMTPOutcome, of message: Session.WaitingMessage, _ state: inout State
    ) {
        let isLost = outcome.verdict != .accepted && outcome.code == nil
        state.lossesInARow = isLost ? state.lossesInARow + 1 : 0
        let refusal = BounceReport.Recipient(refused: message.recipient, words: outcome.words)
        let isRefused = outcome.verdict == .refusedForGood && refusal.reason == .refused
        state.refusalsInARow = isRefused ? state.refusalsInARow + 1 : 0
        if state.lossesInARow >= lossesMost || state.refusalsInARow >= refusalsMost {
            state.report.stop = state.report.stop ?? .trouble(outcome.explanation(account.server))
        }
    }
}

extension SendingPace {
    /// What an earlier pass tells of a domain: when a message left for it, that it gets too many.
    fileprivate mutating func remember(_ recent: Session.RecentDelivery, at host: String) {
        let delivery = recent.delivery
        let domain = mailDomain(of: recent.recipient)
        if delivery.state == .inDoubt, delivery.step == nil { remember(domain, at: delivery.at) }
        guard delivery.state == .deferred, let step = delivery.step.flatMap(SMTPOutcome.Step.init)
        else { return }
        let outcome = SMTPOutcome(
            verdict: (delivery.code ?? 0) >= 500 ? .refusedForGood : .refusedForNow, step: step,
            code: delivery.code, words: delivery.words, failure: "")
        if outcome.meaning(at: host, for: recent.recipient) == .tooMany {
            pause(domain, until: delivery.at.advanced(bySeconds: pauseSeconds))
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
private let refusalsMost = 5
/// How long a domain that gets too many is left alone.
private let pauseSeconds = 1800

extension Session.WaitingMessage {
    /// Five days after the first attempt; or when the day has passed by which the notice asks for
    /// payment, if that day was still to come then.
    func givenUpAt(now: Instant, ahead: Int) -> Instant {
        let first = firstTriedAt ?? now
        let limit = first.advanced(bySeconds: 5 * 86_400)
        guard let payBy else { return limit }
        let end = Instant(
            millisecondsSince1970: ((payBy.dayNumber + 1) * 1440 - ahead) * 60_000)
        return end > first ? min(limit, end) : limit
    }
}
