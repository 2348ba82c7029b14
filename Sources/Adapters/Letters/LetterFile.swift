import Glibc

extension Letter {
    /// The letter alone, as a whole PDF file in memory: the same letter, title and date give the
    /// same bytes.
    ///
    /// Drawn twice: cairo 1.16 takes every subroutine of the Chinese fonts into a file, which makes
    /// a letter of one sheet a megabyte and more. Poppler hands it the outlines of the characters
    /// that are used instead: a fifth of that, for a mail.
    ///
    /// - Parameters:
    ///   - title: of the document, shown by PDF viewers.
    ///   - created: the document's date, ISO 8601.
    ///   - mark: across each page, for what is not to be sent.
    public func pdf(
        title: String, created: String, on stationery: Stationery = Stationery(),
        mark: String? = nil
    ) throws(LetterError) -> [UInt8] {
        let file = try MemoryFile()
        let printer = try LetterPrinter(
            to: file.path, title: title, created: created, on: stationery)
        _ = try printer.add(self, mark: mark)
        try printer.finish()
        let small = try MemoryFile()
        try reprint(pages: 0..<printer.pageCount, of: file.path, mark: "", to: small.path)
        return try small.content()
    }

    /// The letter's first page as a PNG, for people to recognise.
    ///
    /// - Parameter width: in pixels; its height is that of A4.
    public func picture(
        width: Int, on stationery: Stationery = Stationery()
    ) throws(LetterError) -> [UInt8] {
        let file = try MemoryFile()
        let printer = try LetterPrinter(to: file.path, title: "", created: "", on: stationery)
        _ = try printer.add(self)
        try printer.finish()
        return try KeptPDF(file.path).picture(ofPage: 0, width: width)
    }
}

/// A file that only this process sees, and that is gone with it: letters name people.
private final class MemoryFile {
    private let descriptor: Int32
    var path: String { "/proc/self/fd/\(descriptor)" }

    init() throws(LetterError) {
        let name = "/dunwell-\(getpid())-\(UInt64.random(in: .min ... .max))"
        descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .notWritten(path: "/dev/shm", reason: String(cString: strerror(errno)))
        }
        shm_unlink(name)
    }

    deinit { close(descriptor) }

    func content() throws(LetterError) -> [UInt8] {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let bytes = [UInt8](unsafeUninitializedCapacity: max(size, 0)) { buffer, count in
            while count < buffer.count {
                let rest = buffer.baseAddress! + count
                let read = pread(descriptor, rest, buffer.count - count, off_t(count))
                if read > 0 { count += read } else if read == 0 || errno != EINTR { break }
            }
        }
        guard size >= 0, bytes.count == size else {
            throw .notRead(path: path, reason: String(cString: strerror(errno)))
        }
        return bytes
    }
}
