import Glibc

/// Bytes of a text file turned into UTF-8 by the system's iconv, piece by piece.
struct TextDecoder: ~Copyable {
    private let descriptor: iconv_t
    /// Bytes of a character that the last piece cut in two.
    private var rest: [UInt8] = []

    struct Undecodable: Error {}

    /// - Parameter encoding: as iconv names it: `UTF-8`, `GB18030`.
    init(from encoding: String) {
        descriptor = iconv_open("UTF-8", encoding)
        precondition(descriptor != iconv_t(bitPattern: -1), "iconv lacks \(encoding)")
    }

    deinit { iconv_close(descriptor) }

    mutating func decode(_ piece: ArraySlice<UInt8>) throws(Undecodable) -> [UInt8] {
        var input = rest + piece
        let length = input.count
        // GB18030 takes at most 3 bytes of UTF-8 for 2 of its own.
        var output = [UInt8](repeating: 0, count: length * 2 + 16)
        var unread = length
        var unwritten = output.count
        let result = input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
                var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                return iconv(descriptor, &from, &unread, &to, &unwritten)
            }
        }
        // EINVAL: the piece ends inside a character; its bytes wait for the next one.
        if result == -1, errno != EINVAL { throw Undecodable() }
        rest = Array(input[(length - unread)...])
        output.removeLast(unwritten)
        return output
    }

    /// Whether the text ended at the end of a character.
    var isComplete: Bool { rest.isEmpty }
}

/// Reads a file in pieces of 64 KB.
struct FileReader: ~Copyable {
    private let descriptor: Int32
    private static let pieceSize = 65_536

    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Empty at the end of the file; `nil` on an input error.
    func nextPiece() -> [UInt8]? {
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, filled in
            repeat {
                count = read(descriptor, buffer.baseAddress, Self.pieceSize)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        return count < 0 ? nil : piece
    }
}

/// `UTF-8` where the whole file is that, else `GB18030`, as Chinese Excel writes it; `nil` where it
/// is neither.
func encoding(ofFileAt path: String) -> String? {
    ["UTF-8", "GB18030"].first { encoding in
        guard let file = FileReader(path: path) else { return false }
        var decoder = TextDecoder(from: encoding)
        while let piece = file.nextPiece() {
            if piece.isEmpty { return decoder.isComplete }
            guard (try? decoder.decode(piece[...])) != nil else { return false }
        }
        return false
    }
}
