public import Evidence
public import Files
import FoundationEssentials
import Primitives
public import SQLiteStore
public import Timestamps

/// One thing that the evidence is not as it was recorded in.
public enum EvidenceFinding: Sendable {
    case row(Session.ChainFinding)
    case file(Session.NamedFile, EvidenceFolder.Condition)
    /// The bytes of the message are not those that were composed.
    case message(Session.KeptMessage)
    case anchor(AnchorSearch.Finding)
    /// The file of a stamp stamps something else, or is signed by nobody to be trusted.
    case stamp(Session.RecordedStamp, TimestampError)
}

/// What was gone through of one community, and what was found.
public struct VerifiedEvidence: Sendable {
    public internal(set) var head: ChainHead
    public internal(set) var files = 0
    public internal(set) var messages = 0
    public internal(set) var anchors = 0
    /// Texts about persons that were erased: no break, but nobody can read them any more.
    public internal(set) var erasedTexts = 0
    /// The first of them; `breaks` counts all.
    public internal(set) var findings: [EvidenceFinding] = []
    public internal(set) var breaks = 0

    /// Anchors that stand in the chain.
    var held: Set<ChainAnchor> = []

    static let most = 100

    mutating func note(_ finding: EvidenceFinding) {
        breaks += 1
        if findings.count < Self.most { findings.append(finding) }
    }
}

/// Goes along the chains of all communities, or of the one that was named, and through every file
/// and message that the books keep by its SHA-256. Changes nothing; memory does not grow with them.
///
/// - Parameters:
///   - anchors: heads that were printed, mailed or stamped: they tell of hashes made anew.
///   - authorities: a file of certificates that the signatures of stamps must lead to; `nil`: whom
///     they are signed by is not asked.
///   - warn: told of each file of the evidence folder that no books name.
public func verifyEvidence(
    anchors: [ChainAnchor], trusting authorities: String?, effects: Effects,
    warn: (_ path: String) -> Void
) throws -> [VerifiedEvidence] {
    let communities = try effects.store.read { session in
        guard let named = effects.community else { return try session.communityCodes() }
        return [named]
    }
    if communities.isEmpty { throw OfficeError.noCommunity }
    var verified = try communities.map { try verify($0, anchors, authorities, effects) }
    settleAnchors(&verified)
    let strays = anchors.filter { $0.community.map { !communities.contains($0) } ?? false }
    if effects.community == nil {
        for anchor in strays { verified[0].note(.anchor(.nowhere(anchor))) }
    }
    if effects.community == nil { try findStrangers(effects, warn) }
    return verified
}

private func verify(
    _ code: String, _ anchors: [ChainAnchor], _ authorities: String?, _ effects: Effects
) throws -> VerifiedEvidence {
    let (id, chain) = try effects.store.read { session in
        let context = try CommunityContext(named: code, in: session)
        return (context.id, try verifyChain(of: context.id, code, anchors, in: session))
    }
    var verified = chain
    try verifyFiles(of: id, &verified, effects)
    try verifyMessages(of: id, &verified, effects)
    for stamp in try effects.store.read({ try $0.stamps(of: id) }) {
        if let problem = try problem(of: stamp, authorities, effects) {
            verified.note(.stamp(stamp, problem))
        }
    }
    return verified
}

private func verifyChain(
    of community: CommunityID, _ code: String, _ anchors: [ChainAnchor], in session: Session
) throws -> VerifiedEvidence {
    var verified = VerifiedEvidence(head: ChainHead(of: code))
    let stamped = try session.stamps(of: community).map { stamp in
        ChainAnchor(
            community: code, position: stamp.head.position, hash: stamp.head.hash,
            source: "stamp \(stamp.number), \(stamp.stampedAt)")
    }
    verified.erasedTexts = try session.erasedTexts(of: community)
    var search = AnchorSearch(stamped + anchors, of: code)
    verified.head = try session.verifyChain(
        of: community, visit: { search.visit($0) }, { verified.note(.row($0)) })
    for finding in search.findings(at: verified.head) {
        verified.anchors += 1
        if case .holds(let anchor, _) = finding {
            verified.held.insert(anchor)
            continue
        }
        verified.note(.anchor(finding))
    }
    return verified
}

/// - Returns: `nil` too where the file is gone or changed: that is told of the file.
private func problem(
    of stamp: Session.RecordedStamp, _ authorities: String?, _ effects: Effects
) throws -> TimestampError? {
    let folder = EvidenceFolder(path: effects.evidence)
    guard let path = try? folder.file(stamp.sha256, extension: stamp.suffix),
        let bytes = FileManager.default.contents(atPath: path)
    else { return nil }
    do {
        let reply = try Timestamp(reply: Array(bytes))
        guard reply.hash == stamp.head.hash.bytes, reply.at.description == stamp.stampedAt else {
            return .otherHash
        }
        if let authorities { try reply.verify(trusting: authorities) }
        return nil
    } catch {
        return error
    }
}

/// A hash that names no community need stand in one chain alone.
private func settleAnchors(_ verified: inout [VerifiedEvidence]) {
    let held = verified.reduce(into: Set()) { $0.formUnion($1.held) }
    for index in verified.indices {
        let before = verified[index].findings.count
        verified[index].findings.removeAll { finding in
            guard case .anchor(.nowhere(let anchor)) = finding else { return false }
            return held.contains(anchor)
        }
        verified[index].breaks -= before - verified[index].findings.count
    }
}

private func verifyFiles(
    of community: CommunityID, _ verified: inout VerifiedEvidence, _ effects: Effects
) throws {
    let folder = EvidenceFolder(path: effects.evidence)
    var files = try effects.store.read { try $0.letterFiles(of: community) }
    var last = 0
    repeat {
        for file in files {
            verified.files += 1
            let condition = folder.condition(of: file.sha256, extension: file.suffix)
            if condition != .whole { verified.note(.file(file, condition)) }
        }
        // In portions, so that nobody who writes must wait for the files to be read.
        files = try effects.store.read {
            try $0.evidenceFiles(of: community, after: last, count: 1_000)
        }
        last = files.last?.id ?? last
    } while !files.isEmpty
}

private func verifyMessages(
    of community: CommunityID, _ verified: inout VerifiedEvidence, _ effects: Effects
) throws {
    var last: MessageID?
    while true {
        let messages = try effects.store.read {
            try $0.keptMessages(of: community, after: last, count: 50)
        }
        guard let end = messages.last else { return }
        for message in messages {
            verified.messages += 1
            if sha256(message.bytes) != message.sha256 { verified.note(.message(message)) }
        }
        last = end.message
    }
}

/// A file that no books name proves nothing, and harms nothing.
private func findStrangers(_ effects: Effects, _ warn: (_ path: String) -> Void) throws {
    try EvidenceFolder(path: effects.evidence).forEachFile { place in
        let name = place.split(separator: "/").last ?? ""
        let hash = String(name.prefix { $0 != "." })
        let isNamed = try effects.store.read { try $0.namesFile(sha256: hash) }
        if !isNamed { warn(place) }
    }
}
