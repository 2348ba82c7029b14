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

/// How a file's text is encoded.
enum TextEncoding: Equatable {
    /// As iconv names it: `UTF-8`, or `GB18030`, as Chinese Excel writes it.
    case known(String)
    /// This row is not UTF-8, and others cannot be anything else.
    case mixed(row: Int)
    /// Neither of the two.
    case none
    case unreadable
}

func textEncoding(ofFileAt path: String) -> TextEncoding {
    guard let isUTF8 = isDecodable(path, from: "UTF-8") else { return .unreadable }
    if isUTF8 { return .known("UTF-8") }
    guard isDecodable(path, from: "GB18030") == true else { return .none }
    return firstRowAmongUTF8(path).map { .mixed(row: $0) } ?? .known("GB18030")
}

/// `nil` where the file cannot be read.
private func isDecodable(_ path: String, from encoding: String) -> Bool? {
    guard let file = FileReader(path: path) else { return nil }
    var decoder = TextDecoder(from: encoding)
    while let piece = file.nextPiece() {
        if piece.isEmpty { return decoder.isComplete }
        guard (try? decoder.decode(piece[...])) != nil else { return false }
    }
    return nil
}

/// The first row that is not UTF-8, where another row surely is: it holds a character of three
/// bytes or more, which GB18030 hardly ever looks like.
private func firstRowAmongUTF8(_ path: String) -> Int? {
    guard let file = FileReader(path: path) else { return nil }
    var row = 1
    var line: [UInt8] = []
    var firstOther: Int?
    var hasUTF8 = false
    func end() {
        let isUTF8 = String(validating: line, as: UTF8.self) != nil
        if !isUTF8 { firstOther = firstOther ?? row }
        if isUTF8, line.contains(where: { $0 >= 0xe0 }) { hasUTF8 = true }
        line.removeAll(keepingCapacity: true)
        row += 1
    }
    while let piece = file.nextPiece(), !piece.isEmpty {
        for byte in piece {
            if byte == 0x0a { end() } else if line.count < 1_000_000 { line.append(byte) }
        }
    }
    end()
    return hasUTF8 ? firstOther : nil
}
