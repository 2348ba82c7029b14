import Dunning
import FeeLedger
import Files
public import Mail
public import Primitives
public import SQLiteStore

/// Where reports come from.
public enum ReportSource: Sendable {
    case maildir(Maildir)
    case mailbox(IMAPServer)
}

/// The office's mailbox: what a command says, else `mail.bounces` of the policy.
///
/// - Parameters:
///   - maildir: a folder, where a command names one.
///   - url: `imaps://user@host/INBOX`, where a command names one.
///   - secretFile: a file that holds the mailbox's password; `nil`: as the policy says.
public func reportSource(
    maildir: String?, url: String?, secretFile: String?, authorities: String?, effects: Effects
) throws -> ReportSource {
    let mail = try effects.store.read {
        try CommunityContext(named: effects.community, in: $0).policy.mail
    }
    if let maildir { return .maildir(Maildir(path: maildir)) }
    guard let place = url ?? mail.bounces else { throw DeliveryError.noMailbox }
    if url == nil, !place.contains("://") { return .maildir(Maildir(path: place)) }
    guard let file = secretFile ?? mail.bouncesSecretFile ?? mail.secretFile else {
        throw DeliveryError.noSecret(user: withoutLogin(place))
    }
    return .mailbox(
        try IMAPServer(
            url: place, password: readSecret(file), authorities: authorities ?? mail.authorities))
}

/// What was fetched; counts say what this call did.
public struct FetchedBounces: Sendable {
    /// Mails that were read.
    public var read = 0
    /// Reports among them that a mail did not arrive, or is late; those known already do not count.
    public var bounces = 0
    /// Of the bounces: about a message of ours.
    public var matched = 0
    /// Of the bounces: late only.
    public var delayed = 0
    public var autoReplies = 0
    /// Letters of people, read receipts, reports known already, and the like.
    public var other = 0
    /// Addresses that were marked: the next notice goes by paper.
    public var marked = 0
    /// Letters made for notices that came back.
    public var letters = 0
}

/// Fetches reports from the office's mailbox, which stays as it is, and draws the consequences: the
/// address is marked, the notice that came back gets a letter.
///
/// Works in portions, each one transaction that also notes how far the box was read; one that was
/// cut off is read again, and counts once.
public func fetchBounces(
    from source: ReportSource, effects: Effects
) throws -> FetchedBounces {
    var fetching = BounceFetching(effects: effects)
    switch source {
    case .maildir(let maildir): try fetching.fetch(from: maildir)
    case .mailbox(let server): try fetching.fetch(from: server)
    }
    return fetching.summary
}

struct BounceFetching {
    let effects: Effects
    var summary = FetchedBounces()

    /// - Parameter source: where it stands in the box, for people.
    typealias Mail = (source: String, bytes: [UInt8])

    mutating func fetch(from maildir: Maildir) throws {
        let files = try maildir.files()
        let known = try effects.store.read { session in
            let context = try CommunityContext(named: effects.community, in: session)
            return try session.reportBox(maildir.name, of: context.id)
                .map { try session.filesRead(in: $0) } ?? []
        }
        let gone = known.subtracting(files.map(\.name))
        let new = files.filter { !known.contains($0.name) }
        for start in stride(from: 0, to: new.count, by: mailsPerPortion) {
            let portion = new[start...].prefix(mailsPerPortion)
            let mails = portion.compactMap { file in
                maildir.read(file).map { (source: "\(maildir.name)/\(file.name)", bytes: $0) }
            }
            try keep(mails, in: maildir.name) { session, box in
                for file in portion { try session.addFileRead(file.name, in: box) }
            }
            effects.progress(reading, start + portion.count, new.count)
        }
        if gone.isEmpty { return }
        try keep([], in: maildir.name) { session, box in
            for name in gone { try session.forgetFileRead(name, in: box) }
        }
    }

    mutating func fetch(from server: IMAPServer) throws {
        let (box, first) = try effects.store.read { session in
            let context = try CommunityContext(named: effects.community, in: session)
            return (
                try session.reportBox(server.name, of: context.id),
                try session.firstMessageDate(of: context.id)
            )
        }
        let mailbox = try IMAPMailbox(server)
        let isKnown = box?.uidValidity == mailbox.uidValidity
        // What came before our first message reports on none of ours. A day for time zones.
        let since = (first ?? effects.now().date).advanced(byDays: -1)
        let new = try mailbox.messages(after: isKnown ? box?.lastUID ?? 0 : 0, since: since)
        for start in stride(from: 0, to: new.count, by: mailsPerPortion) {
            let portion = new[start...].prefix(mailsPerPortion)
            let mails = try portion.compactMap { uid in
                try mailbox.message(uid).map { (source: "\(server.name);UID=\(uid)", bytes: $0) }
            }
            try keep(mails, in: server.name) { session, box in
                try session.keepPosition(
                    of: box, uidValidity: mailbox.uidValidity, lastUID: portion.last!)
            }
            effects.progress(reading, start + portion.count, new.count)
        }
        mailbox.leave()
    }

    private var reading: Bilingual { Bilingual(zh: "读退信", en: "reading reports") }

    /// Records what the mails report, and how far the box was read, in one transaction.
    private mutating func keep(
        _ mails: [Mail], in box: String, _ note: (Session, Session.ReportBox) throws -> Void
    ) throws {
        let read = mails.map { ($0, IncomingMail($0.bytes)) }
        let before = summary
        summary = try effects.store.writePart { session in
            let community = try CommunityContext(named: effects.community, in: session).id
            var recording = BounceRecording(
                community: community, session: session, effects: effects, summary: before)
            for (mail, said) in read { try recording.record(mail, said) }
            try note(session, try session.openReportBox(box, of: community))
            return recording.summary
        }
    }
}

private let mailsPerPortion = 50

// MARK: - Looking, and lifting a mark

/// What staff have to do about a bounce.
public enum BounceTask: String, Sendable {
    /// Ask the owner for the right address: the mark holds until another is entered, or it is
    /// lifted.
    case ask
    /// It is matched to no message of ours: see whose it is.
    case look
}

/// Bounces in the order in which they were read, with what is to be done.
public func forEachBounce(
    effects: Effects, _ body: (Session.BounceSummary, BounceTask?) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachBounce(of: context.id) { bounce in
            let isFailed = bounce.action == "failed"
            try body(
                bounce, bounce.isMarked ? .ask : isFailed && !bounce.isMatched ? .look : nil)
        }
    }
}

/// Lifts the mark of an owner's address: mail goes there again.
/// - Parameter owner: the owner's code.
/// - Returns: the address.
public func clearAddress(of owner: String, reason: String, effects: Effects) throws -> String {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let id = try session.owner(code: owner, in: context.id) else {
            throw OfficeError.unknownOwner(code: owner)
        }
        guard let (mark, address) = try session.addressMark(of: id) else {
            throw OfficeError.notMarked(owner: owner)
        }
        let act = try session.addAct(
            community: context.id, kind: "address clear", by: effects.staff,
            at: effects.now().description, detail: owner)
        try session.liftMark(mark, reason: reason, act: act)
        return address
    }
}
