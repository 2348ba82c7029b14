import Interchange

/// What an import could not take. Rows that speak of it are not reported again: staff would be told
/// of one slip a thousand times.
struct RefusedRows {
    /// By file: units by code, owners by code, items by code, ownerships by unit.
    private var codes: [String: Set<Code>] = [:]
    /// Files that could not be read to their end.
    private var unread: Set<String> = []

    mutating func insert(_ code: String, of table: TableFormat) {
        codes[table.file, default: []].insert(Code(code))
    }

    mutating func insertRest(of file: String) { unread.insert(file) }

    func isUnread(_ table: TableFormat) -> Bool { unread.contains(table.file) }

    /// Whether what is missed may stand in a row that was refused or not read.
    func mayHold(_ code: String, of table: TableFormat) -> Bool {
        isUnread(table) || codes[table.file]?.contains(Code(code)) == true
    }
}

/// A code by its bytes: Swift holds different bytes equal where they look the same.
struct Code: Hashable {
    private let text: String
    init(_ text: String) { self.text = text }
    static func == (a: Code, b: Code) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
