import Dunning
import Evidence
import FeeLedger
import Files
import Mail
import Primitives
import SQLiteStore

/// Records reports inside a transaction.
struct BounceRecording {
    let community: CommunityID
    let session: Session
    let effects: Effects
    var summary: FetchedBounces
    private var act: ActID?

    init(community: CommunityID, session: Session, effects: Effects, summary: FetchedBounces) {
        self.community = community
        self.session = session
        self.effects = effects
        self.summary = summary
    }

    /// Records that a server refused a message outright, under the act of whoever sent it.
    mutating func record(
        refusalOf message: Session.OutboxMessage, words: String, attempt: Int, by server: String,
        act: ActID
    ) throws {
        let recipient = BounceReport.Recipient(refused: message.recipient, words: words)
        let bytes = Array("\(message.id.number) \(attempt)\r\n\(words)\r\n".utf8)
        let kept = try session.addBounceMail(
            bytes, sha256: sha256(bytes), source: server, in: community, act: act)
        let bounce = try session.addBounce(
            Session.Bounce(recipient), of: message, messageID: nil, mail: kept)
        if let bounce { try conclude(bounce, recipient, message, act) }
    }

    mutating func record(_ mail: BounceFetching.Mail, _ said: IncomingMail) throws {
        summary.read += 1
        switch said {
        case .bounce(let report): try record(mail, report)
        case .autoReply: summary.autoReplies += 1
        case .readReceipt, .other: summary.other += 1
        }
    }

    private mutating func record(_ mail: BounceFetching.Mail, _ report: BounceReport) throws {
        let bytes = normalLines(of: mail.bytes)
        let hash = sha256(bytes)
        if try session.knowsBounceMail(sha256: hash, in: community) {
            summary.other += 1
            return
        }
        let act = try currentAct()
        let kept = try session.addBounceMail(
            bytes, sha256: hash, source: mail.source, in: community, act: act)
        let messages = try report.recipients.map { try message(of: report, $0) }
        for (recipient, message) in zip(report.recipients, messages) {
            let bounce = try session.addBounce(
                Session.Bounce(recipient), of: message, messageID: report.messageID, mail: kept)
            guard let bounce, let message else { continue }
            try conclude(bounce, recipient, message, act)
            let isNamed =
                try report.messageID.flatMap {
                    try session.message(withMessageID: $0, in: community)
                }?.id == message.id
            // A report that names an address alone may be about another mail, or forged.
            if isNamed, recipient.action == .failed {
                try withdrawServices(by: message, because: recipient.words, act)
            }
        }
        count(report, isMatched: messages.contains { $0 != nil })
    }

    /// One act for all that a portion brings.
    private mutating func currentAct() throws -> ActID {
        if let act { return act }
        let new = try session.addAct(
            community: community, kind: "bounces", by: effects.staff,
            at: effects.now().description, detail: "")
        act = new
        return new
    }

    private mutating func count(_ report: BounceReport, isMatched: Bool) {
        let actions = Set(report.recipients.map(\.action))
        guard actions.contains(.failed) || actions.contains(.delayed) else {
            summary.other += 1
            return
        }
        summary.bounces += 1
        if isMatched { summary.matched += 1 }
        if !actions.contains(.failed) { summary.delayed += 1 }
    }

    /// By its Message-ID, which also finds a message that was forwarded elsewhere; else the newest
    /// to that address: some servers put a Message-ID of their own.
    private func message(
        of report: BounceReport, _ recipient: BounceReport.Recipient
    ) throws -> Session.OutboxMessage? {
        if let id = report.messageID,
            let found = try session.message(withMessageID: id, in: community)
        {
            return found
        }
        for address in [recipient.original, recipient.address].compactMap({ $0 }) {
            if let found = try session.newestMessage(to: address, in: community) { return found }
        }
        return nil
    }

    /// What follows from a bounce of a message of ours. The address is the one that we sent to.
    private mutating func conclude(
        _ bounce: BounceID, _ recipient: BounceReport.Recipient, _ message: Session.OutboxMessage,
        _ act: ActID
    ) throws {
        guard recipient.action == .failed || recipient.action == .delayed else { return }
        let isAtOnce = recipient.reason == .unknownAddress && recipient.isPermanent
        let failures = try session.failures(of: message.owner, at: message.recipient)
        if isAtOnce || failures >= 2,
            try !session.isMarked(message.owner, at: message.recipient)
        {
            try session.markAddress(
                message.recipient, of: message.owner, because: bounce, act: act)
            summary.marked += 1
        }
        guard recipient.action == .failed else { return }
        if try session.addLetter(for: message.notice, because: bounce) { summary.letters += 1 }
    }

    /// What came back was not served, whatever the first server said; the record stays to be read.
    private func withdrawServices(
        by message: Session.OutboxMessage, because words: String, _ act: ActID
    ) throws {
        for service in try session.services(of: message.notice)
        where service.service.message == message.id && service.withdrawn == nil {
            try session.withdraw(
                service.id, reason: "退信 bounced: \(words)", in: community, act: act)
        }
    }
}

extension Session.Bounce {
    fileprivate init(_ recipient: BounceReport.Recipient) {
        self.init(
            recipient: recipient.address, action: recipient.action.rawValue,
            status: recipient.status, reason: recipient.reason.rawValue,
            isPermanent: recipient.isPermanent, words: recipient.words)
    }
}
