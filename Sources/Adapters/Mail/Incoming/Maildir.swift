import FoundationEssentials
import Glibc

/// A maildir: a folder with `new` and `cur`, in which a mail server leaves one file a mail. It is
/// only read.
public struct Maildir: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// What it is called in the books: its path from the root, however it was named.
    public var name: String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// A mail in the folder.
    public struct File: Hashable, Sendable {
        /// The part of its name that stays when it is moved or its marks change.
        public let name: String
        fileprivate let path: String
    }

    /// The mails that are there, by name: the older first.
    public func files() throws(ReportBoxError) -> [File] {
        var files: [String: File] = [:]
        for part in ["new", "cur"] {
            let folder = "\(path)/\(part)"
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
                throw .notAMaildir(path: path)
            }
            for file in names where file.first != "." {
                let name = String(file.split(separator: ":")[0])
                files[name] = File(name: name, path: "\(folder)/\(file)")
            }
        }
        return files.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// As much of the mail as is read of one; `nil` where it was taken away meanwhile, or is no
    /// file.
    public func read(_ file: File) -> [UInt8]? {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        // Twice the most: line ends may take two bytes.
        while bytes.count < 2 * IncomingMail.bytesMost {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}
