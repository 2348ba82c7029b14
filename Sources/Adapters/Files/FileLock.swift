import Glibc

/// A lock that one process of this machine holds at a time; the system frees it when the process
/// ends, however it ends.
public final class FileLock: Sendable {
    private let descriptor: Int32

    /// - Returns: `nil` where another holds it.
    /// - Parameters:
    ///   - path: of a file that is there for this alone; it is made, and stays.
    ///   - isShared: whether others may hold it in the same way meanwhile.
    public init?(_ path: String, isShared: Bool = false) throws(FileError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notWritten(path: path) }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }
}
