import Glibc

/// The texts that a workbook's cells name by their place, back to back, in bounded memory.
///
/// Runs of differently set text are one text; how it is pronounced is left out.
final class SharedStrings: PartContent {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []
    private var isInText = false
    private var isInPhonetic = false

    private static let bytesMost = 64 << 20
    private static let countMost = 4_000_000
    /// A spreadsheet's cell holds 32,767 characters.
    static let bytesPerCell = 32_767 * 4

    /// `nil` where there is none of that place.
    subscript(place: Int) -> String? {
        guard ends.indices.contains(place) else { return nil }
        let start = place == 0 ? 0 : Int(ends[place - 1])
        return String(decoding: bytes[start..<Int(ends[place])], as: UTF8.self)
    }

    func begin(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("t") { isInText = true }
        if element.isNamed("rPh") { isInPhonetic = true }
    }

    func end(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("t") { isInText = false }
        if element.isNamed("rPh") { isInPhonetic = false }
        guard element.isNamed("si") else { return }
        if ends.count == Self.countMost { throw .tooMuchText }
        // Once here, not at each cell: few bytes can name a long text a million times.
        let start = Int(ends.last ?? 0)
        let text = cellText(bytes[start...])
        bytes.replaceSubrange(start..., with: text.utf8)
        ends.append(UInt32(bytes.count))
    }

    func take(_ text: UnsafeBufferPointer<CChar>) throws(WorkbookTrouble) {
        guard isInText, !isInPhonetic else { return }
        bytes.append(contentsOf: UnsafeRawBufferPointer(text))
        if bytes.count - Int(ends.last ?? 0) > Self.bytesPerCell { throw .cellTooLong(row: nil) }
        if bytes.count > Self.bytesMost { throw .tooMuchText }
    }
}

/// A cell's text, without white space at its ends.
func cellText(_ bytes: ArraySlice<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
        let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return trimmed(unescaped(String(decoding: bytes[first...last], as: UTF8.self)))
}

/// Text in which `_x000D_` stands for a character that XML cannot hold.
func unescaped(_ text: String) -> String {
    guard text.utf8.count >= 7, strstr(text, "_x") != nil else { return text }
    var plain: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
        if let scalar = escapedScalar(rest.prefix(7)) {
            plain += Array(String(scalar).utf8)
            rest = rest.dropFirst(7)
        } else {
            plain.append(byte)
            rest = rest.dropFirst()
        }
    }
    return String(decoding: plain, as: UTF8.self)
}

/// The character that `_xHHHH_` means.
private func escapedScalar(_ text: ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard text.count == 7, text.starts(with: "_x".utf8), text.last == UInt8(ascii: "_"),
        text.dropFirst(2).dropLast().allSatisfy({ hexDigits.contains($0) })
    else { return nil }
    let digits = String(decoding: text.dropFirst(2).dropLast(), as: UTF8.self)
    return UInt32(digits, radix: 16).flatMap { Unicode.Scalar($0) }
}

private let hexDigits = Set("0123456789abcdefABCDEF".utf8)
