import FoundationEssentials
import Glibc
public import Primitives
import Synchronization

/// Why a file could not be kept, found or written.
public enum FileError: ExplainedError, Hashable, Sendable {
    case notRead(path: String)
    case notWritten(path: String)
    /// A kept file is missing, or is not what it was.
    case evidenceLost(path: String)
    /// A folder that must be new or empty holds something.
    case notEmpty(path: String)

    public var message: Bilingual {
        switch self {
        case .notRead(let path):
            Bilingual(
                zh: "读不了 \(path)。请检查文件是否存在、是否有权限。",
                en: "Cannot read \(path). Check that it exists and may be read.")
        case .notWritten(let path):
            Bilingual(
                zh: "写不了 \(path)。请检查文件夹是否存在、是否有权限、磁盘是否已满。",
                en:
                    "Cannot write \(path). Check that its folder exists, that you may write there, and "
                    + "that the disk is not full.")
        case .evidenceLost(let path):
            Bilingual(
                zh: "证据文件 \(path) 不见了或被改动过。请从备份恢复这个文件。",
                en:
                    "The file of evidence \(path) is missing or was changed. Restore it from a backup."
            )
        case .notEmpty(let path):
            Bilingual(
                zh: "\(path) 里已经有文件。请给一个新的或空的文件夹，免得覆盖。",
                en: "\(path) holds files already. Give a new or empty folder, so that nothing is "
                    + "overwritten.")
        }
    }
}

/// Writes a whole file or leaves none: beside its place first, then renamed.
public func writeFile(_ bytes: [UInt8], to path: String) throws(FileError) {
    let file = try FileWriter(to: path)
    try file.write(bytes[...])
    try file.finish()
}

/// Writes a file piece by piece; it takes its place when it is finished, whole and synced.
public final class FileWriter {
    private let path: String
    private var descriptor: Int32
    private var waiting: [UInt8] = []
    private static let pieceSize = 65_536

    private let part: String

    public init(to path: String) throws(FileError) {
        self.path = path
        part = partName(of: path)
        descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .notWritten(path: path) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(part)
    }

    /// Adds to the file; what was added is on the disk only after `finish`.
    public func write(_ text: String) throws(FileError) {
        waiting.append(contentsOf: text.utf8)
        guard waiting.count >= Self.pieceSize else { return }
        try write(waiting[...])
        waiting.removeAll(keepingCapacity: true)
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(FileError) {
        var left = bytes
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .notWritten(path: path) }
            left = left.dropFirst(count)
        }
    }

    public func finish() throws(FileError) {
        try write(waiting[...])
        let isSynced = fsync(descriptor) == 0
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isSynced, isClosed else {
            unlink(part)
            throw .notWritten(path: path)
        }
        do {
            try moveFile(part, to: path)
        } catch {
            unlink(part)
            throw error
        }
    }
}

/// Where a file or folder is made before it takes its place; another each time: no two processes
/// or threads share it.
public func partName(of path: String) -> String {
    "\(path).\(getpid()).\(partsMade.add(1, ordering: .relaxed).newValue).part"
}

private let partsMade = Atomic(0)

/// Puts a finished file in its place, over what may stand there.
///
/// - Throws: also where a device, a pipe or a folder stands there: those are not replaced.
public func moveFile(_ part: String, to path: String) throws(FileError) {
    var there = stat()
    if lstat(path, &there) == 0, there.st_mode & S_IFMT != S_IFREG {
        throw .notWritten(path: path)
    }
    try sync(part)
    guard rename(part, path) == 0 else { throw .notWritten(path: path) }
    try sync(folder(of: path))
}

/// Whether anything stands there, a folder too.
public func fileExists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Removes a file, if it is there.
public func removeFile(_ path: String) { unlink(path) }

/// Makes a folder, fills it, and puts it in its place: whole, or not at all.
///
/// - Parameter path: of a folder that is not there, or empty.
public func makeWholeFolder(_ path: String, _ fill: (_ part: String) throws -> Void) throws {
    let there = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard there.isEmpty else { throw FileError.notEmpty(path: path) }
    let part = partName(of: path)
    try? FileManager.default.removeItem(atPath: part)
    defer { try? FileManager.default.removeItem(atPath: part) }
    try makeFolder(part, mustBeEmpty: true)
    try fill(part)
    // Over an empty folder a folder may be renamed.
    guard rename(part, path) == 0 else { throw FileError.notWritten(path: path) }
    try sync(folder(of: path))
}

/// Makes a folder, and those above it; one that holds something is refused where `empty` says so.
public func makeFolder(_ path: String, mustBeEmpty: Bool) throws(FileError) {
    if mustBeEmpty, let there = try? FileManager.default.contentsOfDirectory(atPath: path),
        !there.isEmpty
    {
        throw .notEmpty(path: path)
    }
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw .notWritten(path: path)
    }
}

/// All bytes of a file.
public func readFile(_ path: String) throws(FileError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw .notRead(path: path) }
    return [UInt8](data)
}
