/// One part of a mail that came in: its header, its body, and the parts within. Nothing in it is
/// believed: sizes, depth and number are bounded, and what is broken is read as far as it goes.
struct MIMEPart {
    let header: MIMEHeader
    /// As it came, still encoded for transfer.
    let body: ArraySlice<UInt8>
    /// Of a multipart, or the one message within `message/rfc822`.
    private(set) var parts: [MIMEPart] = []
    let type: MIMEValue

    /// A whole mail, with LF or CRLF line ends.
    init(_ mail: [UInt8]) {
        var budget = 100
        self.init(mail[...], depth: 0, budget: &budget)
    }

    /// - Parameters:
    ///   - depth: how many parts it stands in.
    ///   - budget: how many more parts may be made.
    private init(_ bytes: ArraySlice<UInt8>, depth: Int, budget: inout Int) {
        (header, body) = MIMEHeader.split(bytes)
        type = MIMEValue(header["content-type"] ?? "text/plain")
        guard depth < Self.depthMost else { return }
        if let boundary = type["boundary"], type.name.hasPrefix("multipart/"), !boundary.isEmpty {
            for piece in pieces(of: body, between: Array("--\(boundary)".utf8)) {
                guard budget > 0 else { return }
                budget -= 1
                parts.append(MIMEPart(piece, depth: depth + 1, budget: &budget))
            }
        } else if type.name == "message/rfc822" || type.name == "message/global", budget > 0 {
            budget -= 1
            parts = [
                MIMEPart(decodedBody(limit: body.count)[...], depth: depth + 1, budget: &budget)
            ]
        }
    }

    private static let depthMost = 6

    /// This part and those within, but not those of a message that is enclosed.
    var ownParts: [MIMEPart] {
        type.name.hasPrefix("message/") ? [self] : [self] + parts.flatMap(\.ownParts)
    }

    /// The body without its encoding for transfer.
    func decodedBody(limit: Int) -> [UInt8] {
        let encoding = (header["content-transfer-encoding"] ?? "").lowercased()
        let bytes = body.prefix(limit)
        if encoding.hasPrefix("base64") { return decodedBase64(bytes) }
        if encoding.hasPrefix("quoted-printable") { return decodedQuotedPrintable(bytes) }
        return Array(bytes)
    }

    /// The body as text, of HTML what one would read.
    func text(limit: Int = 65_536) -> String {
        let text = decodedText(decodedBody(limit: limit), charset: type["charset"])
        return type.name == "text/html" ? readableHTML(text) : text
    }
}

/// What stands between the lines that are `boundary`, up to the one with `--` after it.
private func pieces(
    of body: ArraySlice<UInt8>, between boundary: [UInt8]
) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start: Int?
    forEachLine(of: body) { line in
        guard line.starts(with: boundary) else { return true }
        let rest = line.dropFirst(boundary.count)
        let closes = rest.starts(with: [0x2d, 0x2d])
        // Another boundary may begin with the same characters.
        guard closes || rest.allSatisfy({ $0 <= 0x20 }) else { return true }
        if let start { pieces.append(body[start..<line.startIndex]) }
        start = closes ? nil : min(line.endIndex, body.endIndex)
        return !closes && pieces.count < 100
    }
    // The mail was cut off: what is there counts.
    if let start, start < body.endIndex { pieces.append(body[start...]) }
    return pieces
}

/// Lines with their ends, until `body` says `false`.
func forEachLine(of bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Bool) {
    var start = bytes.startIndex
    while start < bytes.endIndex {
        let end = bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.endIndex
        guard body(bytes[start..<end]) else { return }
        start = end
    }
}

/// A header field with parameters: `text/plain; charset=gbk`.
struct MIMEValue {
    /// In lower case.
    let name: String
    private let parameters: [String: String]

    init(_ text: String) {
        let pieces = Self.pieces(of: text.prefix(2_000))
        name = pieces[0].trimmed.lowercased()
        var found: [String: String] = [:]
        for piece in pieces.dropFirst().prefix(20) {
            let pair = piece.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let key = pair[0].trimmed.lowercased()
            found[key] = found[key] ?? pair[1].trimmed
        }
        parameters = found
    }

    subscript(name: String) -> String? { parameters[name] }

    /// Between semicolons that stand outside quotes; the quotes go.
    private static func pieces(of text: Substring) -> [String] {
        var pieces = [""]
        var isQuoted = false
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted: pieces.append("")
            default: pieces[pieces.count - 1].append(character)
            }
        }
        return pieces
    }
}

/// The fields of a header, unfolded; of each name the first.
struct MIMEHeader {
    private var fields: [String: String] = [:]

    /// - Parameter name: in lower case.
    subscript(name: String) -> String? { fields[name] }

    /// With its encoded words decoded.
    func text(_ name: String) -> String { decodedWords(fields[name] ?? "") }

    /// A header, and the body after its empty line.
    static func split(_ bytes: ArraySlice<UInt8>) -> (MIMEHeader, ArraySlice<UInt8>) {
        var header = MIMEHeader()
        var field: [UInt8] = []
        var end = bytes.startIndex
        var lines = 0
        forEachLine(of: bytes) { line in
            lines += 1
            end = line.endIndex
            let content = line.withoutLineEnd
            if content.isEmpty || lines > 2_000 { return false }
            if content.first == 0x20 || content.first == 0x09 {
                if field.count < 20_000 { field += content }
            } else {
                header.add(field)
                field = Array(content)
            }
            return true
        }
        header.add(field)
        return (header, bytes[end...])
    }

    private mutating func add(_ field: [UInt8]) {
        guard let colon = field.firstIndex(of: UInt8(ascii: ":")), colon > 0, colon < 80,
            field[..<colon].allSatisfy({ (0x21...0x7e).contains($0) || $0 == 0x20 })
        else { return }
        let name = String(decoding: field[..<colon], as: UTF8.self).lowercased().trimmed
        if fields[name] != nil { return }
        fields[name] = decodedText(Array(field[(colon + 1)...]), charset: nil).trimmed
    }
}

extension ArraySlice<UInt8> {
    /// Without LF or CRLF at the end.
    var withoutLineEnd: ArraySlice<UInt8> {
        var line = self
        if line.last == 0x0a { line.removeLast() }
        if line.last == 0x0d { line.removeLast() }
        return line
    }
}

extension StringProtocol {
    /// Without spaces and line ends on both sides.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
