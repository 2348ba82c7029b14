import Files
public import Primitives
public import SQLiteStore
import Scans
import Synchronization

/// Scans that were uploaded and not yet read to their end.
public struct WaitingScans: Sendable {
    public let key: String
    public let uploadedBy: String
    /// In UTC, to the second.
    public let uploadedAt: String
    /// The names of the files that were not read yet, in order.
    public let files: [String]
}

/// What became of uploaded scans before they are read.
public struct KeptScans: Sendable {
    /// `nil`: no file was taken.
    public let key: String?
    /// The names of the files that were taken.
    public let taken: [String]
    /// Why others were not.
    public let refused: [Bilingual]
}

/// What reading uploaded scans found.
public struct ReadScans: Sendable {
    public internal(set) var files = 0
    /// Stubs that were found now, and pages without any.
    public internal(set) var stubs: [Session.ScannedStub] = []
    /// Files that had been scanned before, of which nothing was added.
    public internal(set) var known: [String] = []
    /// Why a file could not be read: nothing of it was kept.
    public internal(set) var failures: [Bilingual] = []
}

/// Takes in uploaded scans, to be read by `readScans`: pictures and PDF files, as their first bytes
/// say, within `ScanLimits`. The same files again are the same upload.
public func keepScans(_ uploads: [Upload], effects: Effects) throws -> KeptScans {
    var refused: [Bilingual] = []
    var files: [(upload: Upload, pages: Int)] = []
    for upload in uploads {
        do {
            if upload.bytes.isEmpty { throw UploadError.empty(file: upload.name) }
            files.append((upload, try ScanFile(upload.bytes, named: upload.name).pageCount))
        } catch let error as any ExplainedError {
            refused.append(error.message)
        }
    }
    if files.isEmpty { return KeptScans(key: nil, taken: [], refused: refused) }
    let folder = WaitingFolder(.scans, effects)
    let hashes = files.enumerated().map { ("\($0.offset + 1)", sha256($0.element.upload.bytes)) }
    let key = folder.key(of: Dictionary(uniqueKeysWithValues: hashes))
    let lines = files.map { "\($0.pages)\t\($0.upload.name)" }.joined(separator: "\n")
    try oneAtATime.withLock { _ in
        if folder.isThere(key) { return }
        try folder.make(key) { part in
            try writeFile(Array(lines.utf8), to: part + "/files")
            for (place, file) in files.enumerated() {
                try writeFile(file.upload.bytes, to: "\(part)/\(place + 1)")
            }
        }
    }
    return KeptScans(key: key, taken: files.map(\.upload.name), refused: refused)
}

/// The same files may be sent twice at once.
private let oneAtATime = Mutex(())

/// The community's scans that are not read yet, or are being read; the oldest first.
public func waitingScans(effects: Effects) -> [WaitingScans] {
    let folder = WaitingFolder(.scans, effects)
    return folder.keys.compactMap { key in
        guard let about = folder.about(key) else { return nil }
        return WaitingScans(
            key: key, uploadedBy: about.staff, uploadedAt: about.at,
            files: folder.files(key).filter { !$0.isRead }.map(\.name))
    }.sorted { $0.uploadedAt < $1.uploadedAt }
}

/// Reads what waits, file by file; what is read is in the books, and waits no more. Broken off, it
/// goes on with the next file when it is called again.
///
/// - Throws: `UploadError.scansGone` where they were read or cleared, or another reads them now;
///   `StoreError` and `FileError` where the books or the evidence cannot be written: what was not
///   read waits on.
public func readScans(_ key: String, effects: Effects) throws -> ReadScans {
    let folder = WaitingFolder(.scans, effects)
    return try folder.using(key, alone: true, else: UploadError.scansGone) {
        let files = folder.files(key)
        let pages = files.reduce(0) { $0 + $1.pages }
        var (found, before) = (ReadScans(), 0)
        for (place, file) in files.enumerated() {
            let path = "\(folder.path(key))/\(place + 1)"
            if !file.isRead {
                let start = before
                let telling = effects.telling { what, done, _ in
                    effects.progress(what, start + done, pages)
                }
                try found.take(Upload(name: file.name, bytes: try readFile(path)), telling)
                removeFile(path)
            }
            before += file.pages
            effects.progress(readingPages, before, pages)
        }
        oneAtATime.withLock { _ in removeFolder(folder.path(key)) }
        return found
    }
}

/// Removes scans that were not read to their end; what was read of them stays.
///
/// - Throws: `UploadError.scansGone` where they are gone already, or are being read.
public func discardScans(_ key: String, effects: Effects) throws {
    let folder = WaitingFolder(.scans, effects)
    try folder.using(key, alone: true, else: UploadError.scansGone) {
        removeFolder(folder.path(key))
    }
}

extension ReadScans {
    fileprivate mutating func take(_ upload: Upload, _ effects: Effects) throws {
        do {
            let scanned = try scanReceipts(upload, effects: effects)
            files += 1
            if scanned.isKnown {
                known.append(upload.name)
            } else {
                stubs += scanned.stubs
            }
        } catch let error as ScanError {
            failures.append(error.message)
        }
    }
}

extension WaitingFolder {
    /// The files of an upload, in order.
    fileprivate func files(_ key: String) -> [(name: String, pages: Int, isRead: Bool)] {
        let lines = String(decoding: (try? readFile(path(key) + "/files")) ?? [], as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: "\t", maxSplits: 1) }
        return lines.enumerated().map { place, cells in
            (
                cells.count == 2 ? String(cells[1]) : "", Int(cells.first ?? "") ?? 0,
                !fileExists("\(path(key))/\(place + 1)")
            )
        }
    }
}
