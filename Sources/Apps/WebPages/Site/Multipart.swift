/// A file as a browser sent it. Nothing of it is believed: not its name, not what it says to be.
public struct UploadedFile: Hashable, Sendable {
    /// The form's field that it was chosen in.
    public let field: String
    /// The last part of its path, without what cannot be seen; never empty, no way out of a folder.
    public let fileName: String
    public let bytes: [UInt8]

    /// - Parameter fileName: as it was sent; it is cleaned here.
    public init(field: String, fileName: String, bytes: [UInt8]) {
        self.field = field
        self.fileName = cleanFileName(fileName)
        self.bytes = bytes
    }
}

/// A file's name that may be shown and laid into a folder: the last part of the path that was sent,
/// without control and format characters, dots and blanks at its ends, of 120 bytes at most with
/// its ending kept.
func cleanFileName(_ name: String) -> String {
    let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? ""[...].unicodeScalars
    let seen = last.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
            .surrogate:
            false
        default: true
        }
    }
    func isEdge(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar.properties.isWhitespace
    }
    var scalars = Array(seen.drop(while: isEdge))
    while let end = scalars.last, isEdge(end) { scalars.removeLast() }
    let text = { (scalars: [Unicode.Scalar]) in
        scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
    }
    guard text(scalars).utf8.count > 120 else { return scalars.isEmpty ? "file" : text(scalars) }
    let dot = scalars.lastIndex(of: ".") ?? scalars.endIndex
    let ending = scalars.count - dot <= 6 ? Array(scalars[dot...]) : []
    var kept: [Unicode.Scalar] = []
    var count = text(ending).utf8.count
    for scalar in scalars.dropLast(ending.count) {
        count += String(scalar).utf8.count
        if count > 120 { break }
        kept.append(scalar)
    }
    return text(kept + ending)
}

/// The boundary of a `multipart/form-data` content type; `nil` for any other type, and where it has
/// none as RFC 2046 allows it.
func boundary(ofContentType type: String) -> String? {
    guard type.utf8.count <= 400 else { return nil }
    var reader = ParameterReader(type[...].utf8)
    guard reader.word("/").map(lowercased) == "multipart/form-data",
        let parameters = reader.parameters(), let text = parameters["boundary"]
    else { return nil }
    let isFit = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
    return isFit && (1...70).contains(text.utf8.count) && text.last != " " ? text : nil
}

/// Reads `multipart/form-data` as browsers write it, in linear time: texts and files, in order.
/// A file field in which none was chosen gives nothing.
///
/// - Throws: `FormError`: no text before or after the parts, no part without a name or with unknown
///   parameters, no transfer encoding; texts in UTF-8 without NUL; 2,000 parts, 200 files.
func decodeMultipart(
    _ bytes: [UInt8], boundary: String
) throws(FormError) -> (fields: [FormField], files: [UploadedFile]) {
    let border = Array("--\(boundary)".utf8)
    var fields: [FormField] = []
    var files: [UploadedFile] = []
    guard bytes.starts(with: border) else { throw .malformed(rule: .opens) }
    var place = border.count
    while !isEnd(bytes, at: place) {
        guard bytes[place...].starts(with: lineEnd) else { throw .malformed(rule: .lineEnd) }
        guard fields.count + files.count < FormLimits.fields else { throw .tooMany }
        let (head, start) = try partHead(of: bytes, from: place + 2)
        guard let end = next(lineEnd + border, in: bytes, from: start) else {
            throw .malformed(rule: .ends)
        }
        let content = bytes[start..<end]
        place = end + 2 + border.count
        guard let fileName = head.fileName else {
            fields.append((head.name, try text(content)))
            continue
        }
        if fileName.isEmpty, content.isEmpty { continue }
        guard files.count < FormLimits.files else { throw .tooMany }
        files.append(
            UploadedFile(field: head.name, fileName: fileName, bytes: Array(content)))
    }
    return (fields, files)
}

private let lineEnd: [UInt8] = [0x0D, 0x0A]

/// Whether the last border stands there, with a line's end after it or nothing at all.
private func isEnd(_ bytes: [UInt8], at place: Int) -> Bool {
    let rest = bytes[place...]
    return rest.elementsEqual("--\r\n".utf8) || rest.elementsEqual("--".utf8)
}

/// Where the border stands next. Its carriage return stands in no other place of it, so that what
/// was compared in vain need not be looked at again.
private func next(
    _ border: [UInt8], in bytes: [UInt8], from start: Int, to end: Int? = nil
) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
        var place = start
        while place + border.count <= end ?? bytes.count {
            var same = 0
            while same < border.count, bytes[place + same] == border[same] { same += 1 }
            if same == border.count { return place }
            place += max(1, same)
        }
        return nil
    }
}

private struct PartHead {
    var name = ""
    /// `nil`: a text.
    var fileName: String?
}

/// - Returns: the part's head, and where its content begins.
private func partHead(
    of bytes: [UInt8], from start: Int
) throws(FormError) -> (PartHead, Int) {
    var head: PartHead?
    var place = start
    let most = min(bytes.count, start + FormLimits.partHeadBytes)
    while true {
        guard let end = next(lineEnd, in: bytes, from: place, to: most) else {
            throw .malformed(rule: .header)
        }
        let line = bytes[place..<end]
        place = end + 2
        if line.isEmpty { break }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(isTokenByte)
        else { throw .malformed(rule: .header) }
        let value = try text(line[line.index(after: colon)...])
        switch lowercased(String(decoding: line[..<colon], as: UTF8.self)) {
        case "content-disposition":
            if head != nil { throw .malformed(rule: .disposition) }
            head = try disposition(value)
        case "content-transfer-encoding":
            let word = lowercased(value.filter { $0 != " " })
            let isPlain = ["binary", "8bit", "7bit"].contains(word)
            if !isPlain { throw .malformed(rule: .encodingOfPart) }
        default: break
        }
    }
    guard let head else { throw .malformed(rule: .disposition) }
    return (head, place)
}

private func disposition(_ value: String) throws(FormError) -> PartHead {
    var reader = ParameterReader(value[...].utf8)
    guard reader.word("").map(lowercased) == "form-data", let parameters = reader.parameters(),
        Set(parameters.keys).isSubset(of: ["name", "filename"])
    else { throw .malformed(rule: .disposition) }
    guard let name = parameters["name"].map(unquoted), !name.isEmpty,
        name.utf8.count <= FormLimits.nameBytes
    else { throw .malformed(rule: .name) }
    return PartHead(name: name, fileName: parameters["filename"].map(unquoted))
}

/// Browsers write these three, and no other, as escapes in names.
private func unquoted(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var plain: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
        let escape = rest.prefix(3)
        if escape.elementsEqual("%22".utf8) {
            plain.append(UInt8(ascii: "\""))
        } else if escape.elementsEqual("%0D".utf8) || escape.elementsEqual("%0A".utf8) {
            plain.append(UInt8(ascii: " "))
        } else {
            plain.append(byte)
            rest = rest.dropFirst()
            continue
        }
        rest = rest.dropFirst(3)
    }
    return String(decoding: plain, as: UTF8.self)
}

/// Reads `word; name=value; name="value"`: no parameter twice, nothing in between.
private struct ParameterReader {
    private var rest: Substring.UTF8View.SubSequence

    init(_ text: Substring.UTF8View) { rest = text[text.startIndex...] }

    /// A token, in which these characters may stand, too.
    mutating func word(_ more: String) -> String? {
        skipBlanks()
        let word = rest.prefix { isTokenByte($0) || more.utf8.contains($0) }
        rest = rest[word.endIndex...]
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    /// To the text's end; `nil` where something else stands there. Names in small letters.
    mutating func parameters() -> [String: String]? {
        var parameters: [String: String] = [:]
        while true {
            skipBlanks()
            if rest.isEmpty { return parameters }
            guard rest.first == UInt8(ascii: ";") else { return nil }
            rest = rest.dropFirst()
            skipBlanks()
            guard let name = word("").map(lowercased), rest.first == UInt8(ascii: "="),
                parameters[name] == nil
            else { return nil }
            rest = rest.dropFirst()
            guard let value = rest.first == UInt8(ascii: "\"") ? quoted() : word("") else {
                return nil
            }
            parameters[name] = value
        }
    }

    /// As browsers write it: a backslash means itself, a quotation mark ends it.
    private mutating func quoted() -> String? {
        let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
        guard text.endIndex < rest.endIndex else { return nil }
        rest = rest[text.endIndex...].dropFirst()
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 } }
}

/// Of ASCII letters alone.
private func lowercased(_ text: String) -> String {
    String(
        decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
}
