import Dunning
public import Evidence
import FeeLedger
import Files
import FoundationEssentials
import Interchange
public import Primitives
public import SQLiteStore

/// How a notice was served, as staff enter it.
public struct ServiceEntry: Sendable {
    /// The notice's number.
    public let notice: String
    public let how: ServiceWay
    public let date: CivilDate
    /// One name, or two; white space at their ends does not count.
    public let staff: [String]
    /// Empty: not given.
    public var signer = ""
    public var relation = ""
    public var acknowledges = false
    public var note = ""
    public var files: [File] = []

    /// A file to be kept as proof.
    public struct File: Sendable {
        /// Empty: the next that the way still lacks.
        public let kinds: [ProofKind]
        public let path: String

        public init(kinds: [ProofKind], path: String) {
            self.kinds = kinds
            self.path = path
        }

        /// - Parameter text: `PATH`, or `KIND=PATH`, `KIND+KIND=PATH`.
        public init(_ text: String) throws(EvidenceError) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts[0].split(separator: "+").map(String.init)
            let isPath = parts.count < 2 || words.isEmpty || parts[0].contains("/")
            if isPath || fileExists(text) {
                self.init(kinds: [], path: text)
                return
            }
            var kinds: [ProofKind] = []
            for word in words {
                guard let kind = ProofKind(rawValue: word), kind != .code else {
                    throw .unknownProof(word: word)
                }
                kinds.append(kind)
            }
            self.init(kinds: kinds, path: String(parts[1]))
        }
    }

    public init(of notice: String, how: ServiceWay, on date: CivilDate, staff: [String]) {
        self.notice = notice
        self.how = how
        self.date = date
        self.staff = staff
    }
}

/// Records how a notice was served. Files are in the evidence folder, synced, before the row names
/// them; the same entry again is known, and changes nothing.
///
/// - Returns: the service with its grade.
public func recordService(
    _ entry: ServiceEntry, effects: Effects
) throws -> Session.RecordedService {
    // Refused before any file is kept.
    _ = try effects.store.read { session in
        try service(entry, CommunityContext(named: effects.community, in: session), in: session)
    }
    try check(entry.files)
    let folder = EvidenceFolder(path: effects.evidence)
    let kept = try entry.files.map { file in
        let suffix = evidenceSuffix(of: file.path)
        return (file, try folder.keep(file.path, extension: suffix), suffix)
    }
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var service = try service(entry, context, in: session)
        if let known = try session.services(of: service.notice).first(where: { recorded in
            isSame(recorded, service, files: kept.map(\.1))
        }) {
            return known
        }
        let act = try session.addAct(
            community: context.id, kind: "service", by: effects.staff,
            at: effects.now().description, detail: entry.notice)
        for (file, hash, suffix) in kept {
            let id = try session.addEvidenceFile(
                sha256: hash, extension: suffix, in: context.id, act: act)
            // A code is known to the program alone.
            let next = service.missingProofs.first { $0 != .code } ?? .other
            let kinds = file.kinds.isEmpty ? [next] : file.kinds
            service.proofs.append(Proof(kinds, .file(id)))
        }
        let id = try session.addService(service, in: context.id, act: act)
        return try session.service(id, of: context.id)!
    }
}

/// Each is there, says something, and is named once: a file twice would look like two proofs.
private func check(_ files: [ServiceEntry.File]) throws {
    let nothing = sha256([])
    var seen: [String: String] = [:]
    for file in files {
        guard isFile(file.path) else { throw EvidenceError.noFile(path: file.path) }
        let hash = try sha256(ofFile: file.path)
        if hash == nothing { throw EvidenceError.emptyFile(path: file.path) }
        if let before = seen[hash] {
            throw EvidenceError.sameFile(path: file.path, as: before)
        }
        seen[hash] = file.path
    }
}

/// Withdraws a service that was recorded by mistake: it stays to be read, and counts no more. The
/// same again changes nothing.
public func withdrawService(_ id: Int, reason: String, effects: Effects) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let service = try session.service(ServiceID(id), of: context.id) else {
            throw EvidenceError.unknownService(id: id)
        }
        if let before = service.withdrawn {
            if before.reason == reason { return }
            throw EvidenceError.withdrawnAlready(id: id)
        }
        guard !trimmed(reason).isEmpty else { throw EvidenceError.reasonMissing }
        let act = try session.addAct(
            community: context.id, kind: "service withdrawal", by: effects.staff,
            at: effects.now().description, detail: service.number)
        try session.withdraw(service.id, reason: reason, in: context.id, act: act)
    }
}

/// The service that the entry speaks of, without its files.
func service(
    _ entry: ServiceEntry, _ context: CommunityContext, in session: Session
) throws -> ServiceOfNotice {
    guard let id = try session.notice(number: entry.notice, of: context.id) else {
        throw OfficeError.unknownNotice(number: entry.notice)
    }
    let notice = try session.frozenNotice(id)
    guard entry.date >= notice.asOf else {
        throw EvidenceError.beforeNotice(
            number: entry.notice, asOf: notice.asOf, on: entry.date)
    }
    var service = ServiceOfNotice(
        of: id, how: entry.how, on: entry.date, staff: try staff(of: entry))
    service.signer = try signer(entry)
    guard !entry.acknowledges || entry.how.isSigned || entry.how == .page else {
        throw EvidenceError.nobodyAcknowledges(how: entry.how)
    }
    service.acknowledges = entry.acknowledges
    service.note = entry.note
    let addresses = agreedAddresses(of: notice.owners, for: entry.how)
    service.isAgreed = !addresses.isEmpty
    service.address = addresses.filter { !$0.isEmpty }.joined(separator: ";")
    return service
}

/// A name given twice is one person, who is not two witnesses.
private func staff(of entry: ServiceEntry) throws(EvidenceError) -> [String] {
    var names: [String] = []
    for name in entry.staff.map({ trimmed($0) }) where !names.contains(name) {
        if name.isEmpty { throw .emptyStaff }
        names.append(name)
    }
    guard (1...2).contains(names.count) else { throw .tooManyStaff(names: names) }
    return names
}

/// Only persons whose signature counts.
private func signer(_ entry: ServiceEntry) throws(EvidenceError) -> Signer? {
    let (name, word) = (trimmed(entry.signer), trimmed(entry.relation))
    guard entry.how.isSigned else {
        if name.isEmpty, word.isEmpty { return nil }
        throw .nobodySigns(how: entry.how)
    }
    let byDefault: SignerRelation? =
        switch entry.how {
        case .signedOwner: .owner
        case .signedAgent: .agent
        default: nil
        }
    let relation = word.isEmpty ? byDefault : SignerRelation(word: word)
    guard let relation else {
        throw word.isEmpty ? .noRelation(how: entry.how) : .unknownRelation(word: word)
    }
    guard entry.how.signers.contains(relation) else {
        throw .relationDoesNotCount(how: entry.how, relation: relation)
    }
    if name.isEmpty, relation != .owner { throw .noSigner(how: entry.how) }
    return Signer(name: name, relation: relation)
}

/// Of the owners who agreed to the way's channel; an empty one stands for the mailbox.
private func agreedAddresses(of owners: [Owner], for how: ServiceWay) -> [String] {
    guard let channel = how.agreedChannel else { return [] }
    let agreed = owners.filter { $0.channels.contains(channel) }
    switch channel {
    case .email: return agreed.map(\.email).filter { !$0.isEmpty }
    case .phone, .fax: return agreed.map(\.phone).filter { !$0.isEmpty }
    default: return agreed.map { _ in "" }
    }
}

/// Whether the very same was recorded already, with kept files of these SHA-256.
func isKnown(_ entry: ServiceEntry, files: [String], effects: Effects) throws -> Bool {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let service = try service(entry, context, in: session)
        return try session.services(of: service.notice).contains {
            isSame($0, service, files: files)
        }
    }
}

private func isSame(
    _ recorded: Session.RecordedService, _ service: ServiceOfNotice, files: [String]
) -> Bool {
    let known = recorded.service
    return recorded.withdrawn == nil && known.how == service.how && known.date == service.date
        && known.staff == service.staff && known.signer == service.signer
        && known.acknowledges == service.acknowledges && known.note == service.note
        && recorded.files.map(\.sha256) == files
}

func isFile(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
}

/// Of a path, in small letters; `bin` where it has none that is fit for a file's name.
func evidenceSuffix(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "bin" }
    let suffix = name[name.index(after: dot)...].lowercased()
    let isPlain = suffix.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    return isPlain && (1...5).contains(suffix.utf8.count) ? suffix : "bin"
}
