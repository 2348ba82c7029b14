import Dunning
import FeeLedger
import Files
import Letters
import Mail
public import Primitives
import SQLiteStore

/// The finished bytes of a message, made once: the first call composes and keeps them.
public func messageBytes(_ id: MessageID, effects: Effects) throws -> [UInt8] {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var composing = try MessageComposing(context, effects)
        return try composing.bytes(of: id, in: session)
    }
}

/// Writes every message as an `.eml` file, named by its notice and id.
/// - Returns: how many.
public func exportMessages(to folder: String, effects: Effects) throws -> Int {
    try makeFolder(folder, mustBeEmpty: false)
    let messages = try listedMessages(effects: effects)
    var done = 0
    // In portions, so that others get their turn at the database.
    for start in stride(from: 0, to: messages.count, by: messagesPerPortion) {
        let portion = messages[start...].prefix(messagesPerPortion)
        let bytes = try effects.store.writePart { session in
            let context = try CommunityContext(named: effects.community, in: session)
            var composing = try MessageComposing(context, effects)
            return try portion.map { try composing.bytes(of: $0.id, in: session) }
        }
        // Only what is kept is shown.
        for (message, bytes) in zip(portion, bytes) {
            try writeFile(bytes, to: "\(folder)/\(message.notice).\(message.id.number).eml")
        }
        done += portion.count
        effects.progress(Bilingual(zh: "写出邮件", en: "composing messages"), done, messages.count)
    }
    return done
}

/// With a letter in each, a few seconds.
private let messagesPerPortion = 50

/// Composes messages inside a transaction.
struct MessageComposing {
    let effects: Effects
    private var rendering: NoticeRendering

    init(_ context: CommunityContext, _ effects: Effects) throws {
        self.effects = effects
        rendering = try NoticeRendering(context)
    }

    mutating func bytes(of id: MessageID, in session: Session) throws -> [UInt8] {
        guard let queued = try session.message(id), queued.community == rendering.context.id else {
            throw OfficeError.unknownMessage(id: id.number)
        }
        if let kept = try session.messageBytes(id) { return kept }
        let office = rendering.office
        let composed = try rendering.message(queued.notice, to: queued.owner, in: session)
        let now = effects.now()
        let messageID = "\(composed.number).\(id.number)@\(mailDomain(of: office.email))"
        let bytes = try MailMessage(
            from: MailMessage.Mailbox(name: office.name, address: office.email),
            to: MailMessage.Mailbox(
                name: composed.recipient.name, address: queued.recipient),
            messageID: messageID,
            inReplyTo: try session.earlierMessageID(before: queued), date: now,
            subject: composed.message.subject, text: composed.message.text,
            html: composed.message.html, attachment: try attachment(composed, at: now)
        ).encoded()
        try session.keepMessage(
            id, messageID: messageID, bytes: bytes, sha256: sha256(bytes), composedAt: now)
        return bytes
    }

    /// `催缴通知单 FL-202612-00037-4.pdf`
    private func attachment(
        _ composed: NoticeRendering.Composed, at now: Instant
    ) throws -> MailMessage.Attachment? {
        guard let letter = composed.letter else { return nil }
        let title = "\(letter.title) \(composed.number)"
        return MailMessage.Attachment(
            name: title + ".pdf", plainName: "notice-\(composed.number).pdf",
            bytes: try letter.pdf(title: title, created: now.toTheSecond))
    }
}
