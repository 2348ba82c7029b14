import Files
public import Primitives
public import SQLiteStore

/// What somebody decides about a message.
public enum MailDecision: String, CaseIterable, Sendable {
    /// Of one in doubt: it did arrive.
    case accepted
    /// The same bytes once more, under the same Message-ID.
    case resend
    /// It is not to go.
    case cancel

    fileprivate var state: DeliveryState {
        switch self {
        case .accepted: .accepted
        case .resend: .queued
        case .cancel: .cancelled
        }
    }

    func isPossible(from state: DeliveryState) -> Bool {
        switch self {
        case .accepted: state == .inDoubt
        case .resend: [.inDoubt, .rejected, .cancelled].contains(state)
        case .cancel: [.inDoubt, .queued, .deferred].contains(state)
        }
    }
}

/// Decides about a message that stands in doubt, is rejected, or waits.
///
/// - Parameter reason: what the decision rests on.
/// - Throws: `DeliveryError` where that cannot be decided now.
public func resolveMail(
    _ id: MessageID, _ decision: MailDecision, reason: String, effects: Effects
) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let message = try session.message(id), message.community == context.id else {
            throw OfficeError.unknownMessage(id: id.number)
        }
        let last = try session.lastDelivery(of: id)
        let state = last?.state ?? .queued
        if try isUnderway(id, in: session, effects) {
            throw DeliveryError.beingSent(id: id.number)
        }
        guard decision.isPossible(from: state) else {
            throw DeliveryError.cannotResolve(
                id: id.number, state: state.rawValue, as: decision.rawValue)
        }
        try decide(
            decision, of: id, after: last, reason: reason, in: session, context, effects)
    }
}

private func decide(
    _ decision: MailDecision, of id: MessageID, after last: Delivery?, reason: String,
    in session: Session, _ context: CommunityContext, _ effects: Effects
) throws {
    let now = effects.now()
    let act = try session.addAct(
        community: context.id, kind: "mail \(decision.rawValue)", by: effects.staff,
        at: now.description, detail: "\(id.number) \(reason)")
    var delivery = Delivery(decision.state, attempt: last?.attempt ?? 0, at: now)
    delivery.words = reason
    try session.add(delivery, of: id, by: nil, act: act)
}

/// What `retryMail` did.
public struct RetriedMail: Sendable {
    /// Deferred ones that are due now, and reminders in doubt that go once more.
    public internal(set) var deferred = 0, inDoubt = 0
    /// In doubt, and for a person to decide: formal notices, and what went twice already.
    public internal(set) var left: [MessageID] = []
}

/// Lets everything that waits for another attempt go with the next `mail send`, and reminders in
/// doubt once more: the same bytes under the same Message-ID, so that a mail program shows them as
/// one.
///
/// A formal notice in doubt waits for a person (`resolveMail`); so does what was in doubt before.
public func retryMail(effects: Effects) throws -> RetriedMail {
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var retried = RetriedMail()
        var again: [(id: MessageID, delivery: Delivery)] = []
        try session.forEachMessage(of: context.id) { message in
            guard let last = message.delivery, [.deferred, .inDoubt].contains(last.state) else {
                return
            }
            if last.state == .inDoubt {
                if try isUnderway(message.id, in: session, effects) { return }
                if try message.isFormal || session.wentAgainInDoubt(message.id) {
                    return retried.left.append(message.id)
                }
            }
            again.append((message.id, last))
        }
        for (id, last) in again {
            if last.state == .inDoubt { retried.inDoubt += 1 } else { retried.deferred += 1 }
            try decide(
                .resend, of: id, after: last, reason: "retry", in: session, context, effects)
        }
        return retried
    }
}

/// Whether a sender that lives has the message in hand, and may still hear of it.
private func isUnderway(
    _ id: MessageID, in session: Session, _ effects: Effects
) throws -> Bool {
    guard let sender = try session.senderUnderway(with: id) else { return false }
    if sender.machine != effects.hostName { return sender.leaseUntil > effects.now() }
    return try FileLock(mailLock(effects)) == nil
}
