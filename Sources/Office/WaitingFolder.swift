import Files
import Primitives
import SQLiteStore

/// Where uploads wait until somebody confirms them, or they were read: a private folder beside the
/// evidence, in it one for each upload, named by the hash of what it is; `about` in it says whose.
struct WaitingFolder {
    enum Kind: String, CaseIterable {
        case imports, scans

        fileprivate var prefix: String { self == .imports ? "" : "scans-" }
        /// An import is confirmed by whoever looks at it. Scans wait only where their reading
        /// was broken off; whoever sent them may be away for some days.
        fileprivate var hours: Int { self == .imports ? 24 : 7 * 24 }
    }

    let kind: Kind
    let community: String
    private let root: String
    private let staff: String
    private let now: Instant

    init(_ kind: Kind, _ effects: Effects) {
        self.kind = kind
        root = effects.evidence + ".uploads"
        community = effects.community ?? ""
        staff = effects.staff
        now = effects.now()
    }

    func path(_ key: String) -> String { "\(root)/\(kind.prefix)\(key)" }

    func key(of hashes: [String: String]) -> String {
        let lines = hashes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return sha256(Array(([community] + lines).joined(separator: "\n").utf8))
    }

    var keys: [String] {
        names(in: root).filter { $0.hasPrefix(kind.prefix) }
            .map { String($0.dropFirst(kind.prefix.count)) }.filter(isKey)
    }

    private func isKey(_ key: String) -> Bool {
        key.utf8.count == 64
            && key.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Whether the community has it.
    func isThere(_ key: String) -> Bool { about(key) != nil }

    /// Whose upload it is and since when; `nil` where the community has none of that key.
    func about(_ key: String) -> (staff: String, at: String)? {
        guard isKey(key), let about = owner(of: path(key)), about.community == community else {
            return nil
        }
        return (about.staff, about.at)
    }

    private func owner(of folder: String) -> (community: String, staff: String, at: String)? {
        guard let bytes = try? readFile(folder + "/about") else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.count == 3 ? (lines[0], lines[1], lines[2]) : nil
    }

    /// Makes an upload's folder, whole or not at all.
    func make(_ key: String, _ fill: (_ part: String) throws -> Void) throws {
        try makePrivateFolder(root)
        try makeWholeFolder(path(key)) { part in
            let about = [community, staff, now.toTheSecond]
            try writeFile(Array(about.joined(separator: "\n").utf8), to: part + "/about")
            try fill(part)
        }
    }

    /// Does something with an upload, which nobody clears meanwhile.
    ///
    /// - Parameters:
    ///   - alone: whether nobody else may use it meanwhile.
    ///   - missing: thrown where it is not there, is being cleared, or another uses it alone.
    func using<Value>(
        _ key: String, alone: Bool = false, else missing: any Error, _ body: () throws -> Value
    ) throws -> Value {
        guard isThere(key), let lock = try? FileLock(lockPath(path(key)), isShared: !alone),
            isThere(key)
        else { throw missing }
        return try withExtendedLifetime(lock, body)
    }

    private func lockPath(_ folder: String) -> String { folder + "/lock" }

    // MARK: - Clearing

    /// The community's uploads that have waited too long, which nobody uses now, whole or broken
    /// off; each with a lock that keeps it so.
    fileprivate func old(
        of communities: Set<String>
    ) -> [(folder: String, isOpen: Bool, lock: FileLock)] {
        let oldest = now.advanced(bySeconds: -kind.hours * 3_600).toTheSecond
        let others = Kind.allCases.map(\.prefix).filter { $0.count > kind.prefix.count }
        return names(in: root).filter { name in
            name.hasPrefix(kind.prefix) && !others.contains { name.hasPrefix($0) }
        }.compactMap { name in
            let folder = "\(root)/\(name)"
            guard let about = owner(of: folder), communities.contains(about.community),
                about.at < oldest, let lock = try? FileLock(lockPath(folder))
            else { return nil }
            return (folder, !fileExists(folder + "/taken"), lock)
        }
    }
}

/// Removes uploads of the community that nobody confirmed: imports after a day, scans that were not
/// read to their end after seven. One that is in use stays. An act says how many, before they go.
///
/// What was read of scans is in the books and in the evidence, and is not touched.
///
/// - Returns: how many that were never confirmed.
@discardableResult
public func clearOldUploads(effects: Effects) throws -> Int {
    let code = try effects.store.read { session in
        try session.communityCodes().count == 1 ? session.communityCodes()[0] : effects.community
    }
    // What came before there was a community has none.
    let communities = Set([effects.community ?? "", code ?? ""])
    let old = WaitingFolder.Kind.allCases.map { kind in
        (kind, WaitingFolder(kind, effects).old(of: communities))
    }
    let counts = old.map { kind, found in (kind, found.count { $0.isOpen }) }
    let all = counts.reduce(0) { $0 + $1.1 }
    if all > 0 {
        try effects.store.write { session in
            let community = try CommunityContext(named: effects.community, in: session).id
            let detail = counts.filter { $0.1 > 0 }.map { "\($0.0.rawValue) \($0.1)" }
            _ = try session.addAct(
                community: community, kind: "upload clear", by: effects.staff,
                at: effects.now().description, detail: detail.joined(separator: ", "))
        }
    }
    for (_, found) in old {
        for (folder, _, lock) in found { withExtendedLifetime(lock) { removeFolder(folder) } }
    }
    return all
}
