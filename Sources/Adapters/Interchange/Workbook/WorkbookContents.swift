/// What stands in a workbook's cells, as one number: what was written is held against what is read.
struct WorkbookContents: Equatable {
    /// FNV-1a, over texts and their places.
    private var sum: UInt64 = 0xcbf2_9ce4_8422_2325

    /// - Parameter row: from 0.
    mutating func add(_ text: String, row: UInt32, place: Int) {
        if text.isEmpty { return }
        for byte in text.utf8 { take(UInt64(byte)) }
        take(UInt64(row) << 16 | UInt64(place))
    }

    private mutating func take(_ value: UInt64) { sum = (sum ^ value) &* 0x100_0000_01b3 }
}

/// Reads every part of a workbook to its end, and the cells of its first sheet.
func contents(ofWorkbookAt path: String) throws -> WorkbookContents {
    let workbook = try Workbook(path: path)
    guard let sheet = workbook.sheets.first else { throw WorkbookTrouble.noSheet }
    for part in workbook.archive.partNames where part != sheet.part {
        try workbook.archive.read(part, into: AnyContent())
    }
    var contents = WorkbookContents()
    _ = try workbook.forEachRow(of: sheet, SheetRows()) { row in
        for (place, cell) in row.cells {
            contents.add(text(of: cell), row: UInt32(row.number - 1), place: place)
        }
        return nil
    }
    return contents
}

/// Of a cell that `XLSXWriter` wrote.
private func text(of cell: SheetCell) -> String {
    switch cell {
    case .text(let text): text
    case .number(let text, _): Double(text).map { decimalText($0) } ?? text
    default: "?"
    }
}

/// Takes in a part only to see that it is whole.
private final class AnyContent: PartContent {
    func begin(_ element: Element) {}
    func end(_ element: Element) {}
    func take(_ text: UnsafeBufferPointer<CChar>) {}
}
