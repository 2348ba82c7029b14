import Glibc

/// What a cell of a sheet holds, as it is stored.
enum SheetCell: Equatable {
    case text(String)
    /// A text of the workbook, by its place.
    case shared(Int)
    /// A number as it is written, and its style.
    case number(String, style: Int)
    /// A day, perhaps with a time, as ISO 8601 writes it.
    case day(String)
    case truth(Bool)
    /// `#REF!` and its like.
    case fault(String)
    /// A formula of which no value was stored.
    case uncalculated
}

/// The rows of one sheet that hold anything, as its part is scanned.
final class SheetRows: PartContent {
    struct Row {
        /// As the spreadsheet numbers it.
        let number: Int
        /// By place, ascending.
        var cells: [(place: Int, cell: SheetCell)] = []
    }

    private var rows: [Row] = []
    private var row: Row?
    private var lastNumber = 0
    private var merges: [(rows: ClosedRange<Int>, cells: String)] = []

    // The cell under way.
    private var place = 0
    private var nextPlace = 0
    private var type = Kind.number
    private var style = 0
    private var hasFormula = false
    private var hasValue = false
    private var isInValue = false
    private var isInline = false
    private var isInPhonetic = false
    private var value: [UInt8] = []
    private var rowBytes = 0

    private enum Kind { case number, shared, inline, string, truth, fault, day }

    private static let lastRow = 1_048_576
    private static let lastPlace = 16_384
    private static let cellsPerRow = 1_000
    private static let bytesPerRow = 1_000_000
    private static let mergesKept = 10_000

    /// The rows that are complete; each is given once.
    func takeRows() -> [Row] {
        defer { rows.removeAll(keepingCapacity: true) }
        return rows
    }

    /// Whether any row holds anything.
    var isFilled: Bool { !rows.isEmpty || row?.cells.isEmpty == false }

    /// Merged cells that reach into these rows; known only at the end of the sheet.
    func merged(in data: ClosedRange<Int>) -> WorkbookTrouble? {
        let found = merges.first { $0.rows.overlaps(data) }
        return found.map { .mergedCells(row: $0.rows.lowerBound, cells: $0.cells) }
    }

    func begin(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("c") {
            try beginCell(element)
        } else if element.isNamed("v") {
            (isInValue, hasValue) = (true, true)
        } else if element.isNamed("row") {
            try beginRow(element)
        } else if element.isNamed("f") {
            hasFormula = true
        } else if element.isNamed("t") {
            isInValue = isInline && !isInPhonetic
        } else if element.isNamed("is") {
            (isInline, hasValue) = (true, true)
        } else if element.isNamed("rPh") {
            isInPhonetic = true
        } else if element.isNamed("mergeCell"), merges.count < Self.mergesKept {
            if let cells = element.text("ref"), let rows = rowsOf(cells) {
                merges.append((rows, cells))
            }
        }
    }

    func end(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("c") {
            try endCell()
        } else if element.isNamed("v") || element.isNamed("t") {
            isInValue = false
        } else if element.isNamed("row") {
            if let row, !row.cells.isEmpty { rows.append(row) }
            row = nil
        } else if element.isNamed("is") {
            isInline = false
        } else if element.isNamed("rPh") {
            isInPhonetic = false
        }
    }

    func take(_ text: UnsafeBufferPointer<CChar>) throws(WorkbookTrouble) {
        guard isInValue else { return }
        value.append(contentsOf: UnsafeRawBufferPointer(text))
        if value.count > SharedStrings.bytesPerCell { throw .cellTooLong(row: lastNumber) }
    }

    private func beginRow(_ element: Element) throws(WorkbookTrouble) {
        let number = element["r"].map { digits($0) } ?? lastNumber + 1
        guard row == nil, number > lastNumber, number <= Self.lastRow else {
            throw .damaged(row: lastNumber + 1)
        }
        row = Row(number: number)
        lastNumber = number
        nextPlace = 0
        rowBytes = 0
    }

    private func beginCell(_ element: Element) throws(WorkbookTrouble) {
        place = element["r"].map { column($0) } ?? nextPlace
        guard row != nil, place >= nextPlace, place < Self.lastPlace else {
            throw .damaged(row: lastNumber)
        }
        nextPlace = place + 1
        type = try element["t"].map { text throws(WorkbookTrouble) in try kind(text) } ?? .number
        style = element["s"].map { digits($0) } ?? 0
        (hasFormula, hasValue, isInValue, isInline, isInPhonetic) = (
            false, false, false, false, false
        )
        value.removeAll(keepingCapacity: true)
    }

    private func kind(_ text: UnsafePointer<CChar>) throws(WorkbookTrouble) -> Kind {
        switch String(cString: text) {
        case "s": .shared
        case "str": .string
        case "inlineStr": .inline
        case "n": .number
        case "b": .truth
        case "e": .fault
        case "d": .day
        default: throw .damaged(row: lastNumber)
        }
    }

    private func endCell() throws(WorkbookTrouble) {
        guard row != nil, let cell = try cell() else { return }
        rowBytes += value.count
        if rowBytes > Self.bytesPerRow || row!.cells.count == Self.cellsPerRow {
            throw .rowTooLong(row: lastNumber)
        }
        row!.cells.append((place, cell))
    }

    /// `nil` where it is blank.
    private func cell() throws(WorkbookTrouble) -> SheetCell? {
        if hasFormula, !hasValue { return .uncalculated }
        if type == .string || type == .inline {
            let text = cellText(value[...])
            return text.isEmpty ? nil : .text(text)
        }
        let text = String(decoding: value, as: UTF8.self)
        if text.isEmpty { return hasFormula ? .uncalculated : nil }
        switch type {
        case .shared:
            guard let place = Int(text) else { throw .damaged(row: lastNumber) }
            return .shared(place)
        case .truth: return .truth(text == "1" || text == "true")
        case .fault: return .fault(text)
        case .day: return .day(text)
        default: return .number(text, style: style)
        }
    }
}

/// The column of a reference such as `AB12`, from 0; -1 where there is none.
private func column(_ reference: UnsafePointer<CChar>) -> Int {
    var place = 0
    var next = reference
    while case 0x41...0x5a = next.pointee, place < 100_000 {
        place = place * 26 + Int(next.pointee) - 0x40
        next += 1
    }
    return place - 1
}

/// A whole number of at most nine digits; -1 where it is none.
private func digits(_ text: UnsafePointer<CChar>) -> Int {
    var value = 0
    var next = text
    while case 0x30...0x39 = next.pointee, value < 100_000_000 {
        value = value * 10 + Int(next.pointee) - 0x30
        next += 1
    }
    return next.pointee == 0 && next != text ? value : -1
}

/// The rows of a reference such as `A2:B3`.
private func rowsOf(_ cells: String) -> ClosedRange<Int>? {
    let rows = cells.split(separator: ":").compactMap { corner in
        Int(corner.drop { $0.isLetter || $0 == "$" }.filter { $0 != "$" })
    }
    guard let first = rows.first, let last = rows.last, first <= last else { return nil }
    return first...last
}
