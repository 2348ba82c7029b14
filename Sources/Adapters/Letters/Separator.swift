internal import Primitives

/// A sheet that stands before the letters of one building: for whoever carries them out. It says
/// nothing of what is owed.
public struct Separator: Sendable {
    /// The building.
    public var heading: String
    /// How many letters, of which day.
    public var summary: String
    /// One a letter, in their order: unit, number, how it is handed over.
    public var entries: [(unit: String, number: String, how: String)]

    public init(
        heading: String, summary: String, entries: [(unit: String, number: String, how: String)]
    ) {
        self.heading = heading
        self.summary = summary
        self.entries = entries
    }
}

extension LetterPrinter {
    /// Prints a separator, on as many sheets as its entries need; belongs to no letter.
    public func add(_ separator: Separator) throws(LetterError) {
        typesetter.speak(.zh)
        turnToFront()
        var left = separator.entries[...]
        repeat {
            drawHead(of: separator)
            draw(left.prefix(entriesOfSheet))
            left = left.dropFirst(entriesOfSheet)
            endPage()
        } while !left.isEmpty
    }

    private func drawHead(of separator: Separator) {
        let heading = typesetter.text(
            separator.heading, TextStyle(face: .hei, size: 54, lineHeight: 70, bold: true),
            width: Sheet.textWidth)
        let summary = typesetter.text(
            separator.summary, TextStyle(face: .hei, size: 14, lineHeight: 20),
            width: Sheet.textWidth)
        canvas.rule(x: 0, y: 0, width: Sheet.width, thickness: mm(10), ink: .black)
        heading.draw(on: canvas, x: Sheet.left, y: mm(18))
        summary.draw(on: canvas, x: Sheet.left, y: mm(18) + heading.height)
        canvas.rule(
            x: Sheet.left, y: entriesTop - mm(4), width: Sheet.textWidth, thickness: mm(0.3))
    }

    /// Column after column, each with a box to tick.
    private func draw(_ entries: ArraySlice<(unit: String, number: String, how: String)>) {
        let style = TextStyle(face: .hei, size: 9, lineHeight: rowHeight)
        var small = style
        small.size = 7.5
        small.ink = .dark
        let width = Sheet.textWidth / Double(columns)
        for (index, entry) in entries.enumerated() {
            let x = Sheet.left + Double(index / rows) * width
            let y = entriesTop + Double(index % rows) * rowHeight
            canvas.box(x: x, y: y + (rowHeight - mm(2.6)) / 2, side: mm(2.6))
            let unit = typesetter.text(entry.unit, style)
            unit.draw(on: canvas, x: x + mm(4), y: y)
            let rest = [entry.number, entry.how].filter { !$0.isEmpty }.joined(separator: " ")
            typesetter.text(rest, small).draw(
                on: canvas, x: x + mm(4) + max(unit.width + mm(2), mm(17)), y: y)
        }
    }
}

private let entriesTop = mm(66)
private let rowHeight = 15.0
private let columns = 2
private let rows = Int((Sheet.foot - mm(6) - entriesTop) / rowHeight)
private let entriesOfSheet = columns * rows
