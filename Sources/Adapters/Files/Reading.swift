import Glibc

/// The bytes of a file that is not larger than so many.
///
/// - Returns: `nil` where it is larger.
public func readFile(_ path: String, atMost count: Int) throws(FileError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .notRead(path: path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let got = read(descriptor, &piece, piece.count)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw .notRead(path: path) }
        if got == 0 { return bytes }
        bytes.append(contentsOf: piece[..<got])
        if bytes.count > count { return nil }
    }
}
