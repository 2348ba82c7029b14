import Crypto
import FoundationEssentials
import Glibc

/// Files kept by their SHA-256: `ab/abcdef….pdf`. A file is on the disk, and synced, before a row
/// of the database may name it.
public struct EvidenceFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// Keeps a copy of a file.
    /// - Returns: its SHA-256.
    public func keep(_ file: String, extension suffix: String) throws(FileError) -> String {
        try keep(extension: suffix) { part throws(FileError) in
            do {
                try FileManager.default.copyItem(atPath: file, toPath: part)
            } catch {
                throw .notWritten(path: part)
            }
        }
    }

    /// Keeps bytes as a file.
    /// - Returns: their SHA-256.
    public func keep(_ bytes: [UInt8], extension suffix: String) throws(FileError) -> String {
        try keep(extension: suffix) { part throws(FileError) in try writeFile(bytes, to: part) }
    }

    private func keep(
        extension suffix: String, _ write: (_ part: String) throws(FileError) -> Void
    ) throws(FileError) -> String {
        try makeFolder(path, mustBeEmpty: false)
        let part = partName(of: path + "/copy")
        defer { removeFile(part) }
        removeFile(part)
        try write(part)
        // Of the copy: what is kept is what its name says, whatever became of the original.
        let hash = try sha256(ofFile: part)
        let folder = path + "/" + hash.prefix(2)
        try makeFolder(folder, mustBeEmpty: false)
        try moveFile(part, to: place(hash, extension: suffix))
        try sync(folder)
        try sync(path)
        return hash
    }

    /// Where a kept file stands, once it is seen to be what it was.
    public func file(_ hash: String, extension suffix: String) throws(FileError) -> String {
        let place = self.place(hash, extension: suffix)
        guard (try? sha256(ofFile: place)) == hash else { throw .evidenceLost(path: place) }
        return place
    }

    /// What became of a file that was kept.
    public enum Condition: Sendable {
        case whole, missing, changed
        /// It is there, but cannot be read.
        case unreadable
    }

    /// Reads a kept file through and compares it with its name.
    public func condition(of hash: String, extension suffix: String) -> Condition {
        let place = self.place(hash, extension: suffix)
        guard fileExists(place) else { return .missing }
        guard let found = try? sha256(ofFile: place) else { return .unreadable }
        return found == hash ? .whole : .changed
    }

    /// Every file that stands there, as its place in the folder.
    public func forEachFile(_ body: (_ place: String) throws -> Void) rethrows {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for folder in folders.sorted() {
            let names = try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)
            guard let names else {
                try body(folder)
                continue
            }
            for name in names.sorted() { try body(folder + "/" + name) }
        }
    }

    private func place(_ hash: String, extension suffix: String) -> String {
        "\(path)/\(hash.prefix(2))/\(hash).\(suffix)"
    }
}

/// Has a file or folder written through to the disk.
func sync(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notWritten(path: path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .notWritten(path: path) }
}

/// The SHA-256 of a file, in hexadecimal.
public func sha256(ofFile path: String) throws(FileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notRead(path: path) }
    defer { close(descriptor) }
    var hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .notRead(path: path) }
        if count == 0 { return hexadecimal(hash.finalize()) }
        hash.update(data: piece[..<count])
    }
}

/// The SHA-256 of bytes, in hexadecimal.
public func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}
