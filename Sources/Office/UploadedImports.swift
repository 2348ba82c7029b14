import Files
import Interchange
public import Primitives
import SQLiteStore
import Synchronization

/// Tables that were uploaded and wait to be confirmed, or what came of them. They stand in a
/// private folder beside the evidence, under the hash of what they are, for a day at most.
public struct UploadedImport: Sendable {
    /// The SHA-256 of community, names and contents: the same files have the same.
    public let key: String
    public let uploadedBy: String
    public let uploadedAt: String
    public let state: State

    public enum State: Sendable {
        /// The names of the files.
        case waiting([String])
        /// What was taken of each.
        case taken([ImportReport.FileCount])
    }
}

private let importMegabytes = 100

/// Keeps uploaded tables until somebody confirms them; nothing of them is in the books yet. The
/// same files again are the same upload.
///
/// - Returns: its key.
/// - Throws: `UploadError` where a name is no table's or stands twice, a file is empty or larger
///   than 100 MB.
public func keepImport(_ files: [Upload], effects: Effects) throws -> String {
    if files.isEmpty { throw UploadError.nothingChosen }
    var tables: [String: [UInt8]] = [:]
    for file in files {
        if file.bytes.isEmpty { throw UploadError.empty(file: file.name) }
        if file.bytes.count > importMegabytes * 1_000_000 {
            throw UploadError.tooLarge(file: file.name, megabytes: importMegabytes)
        }
        let table = try tableName(of: file.name)
        if tables.updateValue(file.bytes, forKey: table) != nil {
            throw UploadError.sameTable(table: table)
        }
    }
    let folder = WaitingFolder(.imports, effects)
    let key = folder.key(of: tables.mapValues { sha256($0) })
    return try oneAtATime.withLock { _ in
        // Files that were taken before may be tried again.
        if case .waiting = folder.read(key)?.state { return key }
        removeFolder(folder.path(key))
        try folder.make(key) { part in
            let inner = "\(part)/\(folder.inner(key))"
            try makePrivateFolder(inner)
            for (name, bytes) in tables { try writeFile(bytes, to: "\(inner)/\(name)") }
        }
        return key
    }
}

/// The same files may be sent twice at once.
private let oneAtATime = Mutex(())

/// What the import would do as the books stand now, with every error; nothing is kept.
public func tryImport(_ key: String, effects: Effects) throws -> ImportReport {
    let folder = WaitingFolder(.imports, effects)
    return try folder.using(key, else: UploadError.importGone) {
        try importCommunity(from: try folder.tables(key), dryRun: true, effects: effects)
    }
}

/// Takes the very files that were uploaded into the books: all of them, or nothing where one row is
/// refused as the books stand now. Once taken, they are removed.
///
/// - Throws: `StaffError` where the tables hold money and who takes them is no manager, or where
///   they lower what is owed and he uploaded them himself (the rule of four eyes, SPEC.md 6).
public func takeImport(_ key: String, effects: Effects) throws -> ImportReport {
    let folder = WaitingFolder(.imports, effects)
    return try folder.using(key, else: UploadError.importGone) {
        let tables = try folder.tables(key)
        let uploader = folder.read(key)?.uploadedBy
        try requireMayTake(names(in: tables), of: uploader, effects)
        let report = try importCommunity(from: tables, dryRun: false, effects: effects)
        guard report.problems.isEmpty else { return report }
        let counts = report.files.map { file in
            [file.file, "\(file.rows)", "\(file.added)", "\(file.changed)", "\(file.known)"]
                .joined(separator: "\t")
        }
        try writeFile(Array(counts.joined(separator: "\n").utf8), to: folder.path(key) + "/taken")
        removeFolder(tables)
        return report
    }
}

private func requireMayTake(
    _ files: [String], of uploader: String?, _ effects: Effects
) throws {
    let tables = Set(files.map { String($0.prefix { $0 != "." }) })
    guard !tables.isDisjoint(with: lowering.union(["charges", "payments"])) else { return }
    try effects.store.read { session in
        // The first import makes the community, and there are no users before it.
        if try session.communityCodes().isEmpty { return }
        let context = try CommunityContext(named: effects.community, in: session)
        try requireApprover(effects.staff, in: context.id, session)
        let hasUsers = try !session.users(of: context.id).isEmpty
        if hasUsers, !tables.isDisjoint(with: lowering),
            let uploader, isSamePerson(uploader, effects.staff)
        {
            throw StaffError.sameTwo(name: uploader)
        }
    }
}

/// Tables that lower what is owed.
private let lowering: Set = ["waivers", "concessions"]

/// Removes files that wait. What is gone already is passed over.
public func discardImport(_ key: String, effects: Effects) {
    let folder = WaitingFolder(.imports, effects)
    if folder.isThere(key) { removeFolder(folder.path(key)) }
}

/// An upload, waiting or taken.
///
/// - Throws: `UploadError.importGone` where the community has none of that key.
public func uploadedImport(_ key: String, effects: Effects) throws -> UploadedImport {
    let folder = WaitingFolder(.imports, effects)
    guard folder.isThere(key), let found = folder.read(key) else { throw UploadError.importGone }
    return found
}

/// The uploads of the community that wait, or were taken in the last day; the newest first.
public func uploadedImports(effects: Effects) -> [UploadedImport] {
    let folder = WaitingFolder(.imports, effects)
    return folder.keys.compactMap { folder.read($0) }.sorted { $0.uploadedAt > $1.uploadedAt }
}

/// The table that a file's name means, as the import knows it; the ` (1)` of a second download and
/// the letters' case do not count.
private func tableName(of name: String) throws(UploadError) -> String {
    let known = TableFormat.all.map(\.file)
    var plain = name.lowercased()
    if let dot = plain.lastIndex(of: "."), plain[..<dot].hasSuffix(")"),
        let open = plain[..<dot].lastIndex(of: "("),
        plain[plain.index(after: open)..<plain.index(before: dot)].allSatisfy(\.isNumber)
    {
        plain = trimmed(String(plain[..<open])) + plain[dot...]
    }
    if plain == "policy.yml" { plain = TableFormat.policyFile }
    let isKnown =
        plain == TableFormat.policyFile
        || TableFormat.all.contains { plain == $0.file || plain == $0.workbook.file }
    guard isKnown else {
        throw .unknownTable(file: name, known: known + [TableFormat.policyFile])
    }
    return plain
}

extension WaitingFolder {
    /// The folder of the tables: an import's act is known by its name.
    fileprivate func inner(_ key: String) -> String { "upload-\(key.prefix(8))" }

    fileprivate func read(_ key: String) -> UploadedImport? {
        guard let about = about(key) else { return nil }
        let taken = try? readFile(path(key) + "/taken")
        return UploadedImport(
            key: key, uploadedBy: about.staff, uploadedAt: about.at,
            state: taken.map { .taken(counts($0)) }
                ?? .waiting(names(in: "\(path(key))/\(inner(key))")))
    }

    private func counts(_ bytes: [UInt8]) -> [ImportReport.FileCount] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "\t")
            let figures = cells.dropFirst().compactMap { Int($0) }
            guard cells.count == 5, figures.count == 4 else { return nil }
            return ImportReport.FileCount(
                file: String(cells[0]), rows: figures[0], added: figures[1], changed: figures[2],
                known: figures[3])
        }
    }

    /// - Returns: the folder of the tables, byte for byte those that were uploaded.
    fileprivate func tables(_ key: String) throws -> String {
        guard isThere(key) else { throw UploadError.importGone }
        let folder = "\(path(key))/\(inner(key))"
        var hashes: [String: String] = [:]
        for name in names(in: folder) { hashes[name] = try sha256(ofFile: "\(folder)/\(name)") }
        guard self.key(of: hashes) == key else { throw UploadError.importGone }
        return folder
    }
}
