import Glibc

/// The text of a small file, without the line end after it: a password, a token.
public func readSecret(_ path: String) throws(FileError) -> String {
    guard let file = fopen(path, "re") else { throw .notRead(path: path) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0, count < bytes.count else { throw .notRead(path: path) }
    var text = bytes[..<count]
    while let last = text.last, last == 0x0a || last == 0x0d { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
}

/// Keeps a secret in a file that its owner alone may read (0600), whole and synced. What stands
/// there already stays, also where another process was first.
public func keepSecret(_ text: String, at path: String) throws(FileError) {
    // A name of its own for each thread, with mode 0600.
    var name = Array("\(path).XXXXXX\0".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw .notWritten(path: path) }
    defer { unlink(name) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let bytes = Array((text + "\n").utf8)
    let isWritten = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten else { throw .notWritten(path: path) }
    // Unlike a rename, a link never takes the place of a file that is there.
    guard link(name, path) == 0 || errno == EEXIST else { throw .notWritten(path: path) }
    try sync(folder(of: path))
}
