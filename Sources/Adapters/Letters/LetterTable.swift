/// Lays out a letter's or report's table: columns sized to content, one block a row, the head
/// repeated.
struct LetterTable {
    private let table: Letter.Table
    /// For messages.
    private let notice: String
    private let style: LetterStyle
    private let typesetter: Typesetter

    init(of table: Letter.Table, notice: String, style: LetterStyle, typesetter: Typesetter) {
        self.table = table
        self.notice = notice
        self.style = style
        self.typesetter = typesetter
    }

    /// Head, rows, totals. The head stays with the first two rows, the last row with the totals,
    /// and the totals with what follows them.
    func blocks() throws(LetterError) -> [Block] {
        let columns = table.columns.count
        for (index, row) in table.rows.enumerated() where row.count != columns {
            throw .unevenRow(
                notice: notice, row: index + 1, cells: row.count, columns: columns)
        }
        let totals = table.totals
        guard totals.isEmpty || totals.count == columns else {
            throw .unevenRow(
                notice: notice, row: table.rows.count + 1,
                cells: totals.count, columns: columns)
        }
        guard columns > 0, let grid = Grid(measured()) else {
            throw .tooLong(notice: notice, part: .table)
        }
        return arranged(on: grid)
    }

    private func arranged(on grid: Grid) -> [Block] {
        let head = headDrawing(on: grid)
        var blocks = [Block(space: style.tableSpace, drawing: head, keepsNext: true)]
        let rows = table.rows
        for (index, row) in rows.enumerated() {
            let isLast = index == rows.count - 1
            let drawing = rowDrawing(row, on: grid, ruled: !isLast || table.totals.isEmpty)
            blocks.append(
                Block(drawing: drawing, repeated: head, keepsNext: index == 0 || isLast))
        }
        if !table.totals.isEmpty {
            let drawing = totalsDrawing(on: grid)
            blocks.append(Block(drawing: drawing, repeated: head, keepsNext: true))
        }
        return blocks
    }

    // MARK: measuring

    /// The columns' widths at full size.
    private func measured() -> [ColumnMeasure] {
        table.columns.indices.map { index in
            let column = table.columns[index]
            var measure = ColumnMeasure(isNumber: column.isNumber)
            for row in table.rows { measure.count(figures(row[index], style.table)) }
            if !table.totals.isEmpty, column.isNumber || index > 0 {
                measure.count(figures(table.totals[index], boldTable))
            }
            measure.heading = typesetter.text(column.heading, style.tableHead).width
            return measure
        }
    }

    /// Widths of `31.83¹`: the figures, the mark.
    private func figures(_ cell: String, _ style: TextStyle) -> (width: Double, mark: Double) {
        if cell.isEmpty { return (0, 0) }
        let whole = typesetter.text(cell, style).width
        let marks = markCount(cell)
        if marks == 0 { return (whole, 0) }
        let width = typesetter.text(String(cell.dropLast(marks)), style).width
        return (width, whole - width)
    }

    private var boldTable: TextStyle {
        var bold = style.table
        bold.bold = true
        return bold
    }

    // MARK: drawing

    private func headDrawing(on grid: Grid) -> Drawing {
        let style = style.tableHead.scaled(grid.scale)
        let cells = grid.columns.indices.map { index in
            let column = grid.columns[index]
            let text = typesetter.text(
                table.columns[index].heading, style, width: column.figures + 0.5,
                side: column.isNumber ? .right : .left)
            return (text: text, x: column.x - (column.isNumber ? 0.5 : 0))
        }
        let height = cells.map(\.text.height).max() ?? 0
        let bottom = height + self.style.rowPadding
        return Drawing(height: bottom + mm(0.3)) { canvas, y in
            for cell in cells {
                cell.text.draw(on: canvas, x: cell.x, y: y + height - cell.text.height)
            }
            canvas.rule(x: Sheet.left, y: y + bottom, width: Sheet.textWidth, thickness: mm(0.3))
        }
    }

    private func rowDrawing(_ row: [String], on grid: Grid, ruled: Bool) -> Drawing {
        let style = style.table.scaled(grid.scale)
        let cells = row.indices.filter { !row[$0].isEmpty }.map {
            cell(row[$0], style, in: grid.columns[$0])
        }
        let padding = self.style.rowPadding
        let text = max(cells.map(\.text.height).max() ?? 0, style.lineHeight)
        let bottom = text + 2 * padding
        return Drawing(height: bottom + mm(0.15)) { canvas, y in
            for cell in cells { cell.text.draw(on: canvas, x: cell.x, y: y + padding) }
            guard ruled else { return }
            canvas.rule(
                x: Sheet.left, y: y + bottom, width: Sheet.textWidth, thickness: mm(0.15),
                ink: .pale)
        }
    }

    /// Under a black rule; the word at the left runs on over the empty cells beside it.
    private func totalsDrawing(on grid: Grid) -> Drawing {
        let totals = table.totals
        let style = boldTable.scaled(grid.scale)
        let cells = totals.indices.filter { !totals[$0].isEmpty }.map { index in
            var column = grid.columns[index]
            if index == 0, !column.isNumber {
                let next = totals.indices.dropFirst().first { !totals[$0].isEmpty }
                let end = next.map { grid.columns[$0].x - mm(1) } ?? Sheet.right
                column.figures = max(column.figures, end - column.x)
            }
            return cell(totals[index], style, in: column)
        }
        let above = self.style.rowPadding + mm(0.6)
        let text = cells.map(\.text.height).max() ?? 0
        return Drawing(height: above + text + self.style.rowPadding) { canvas, y in
            canvas.rule(x: Sheet.left, y: y, width: Sheet.textWidth, thickness: mm(0.3))
            for cell in cells { cell.text.draw(on: canvas, x: cell.x, y: y + above) }
        }
    }

    /// Numbers end where the column's figures end, and marks hang to the right of that.
    private func cell(
        _ words: String, _ style: TextStyle, in column: Grid.Column
    ) -> (text: Text, x: Double) {
        guard column.isNumber else {
            let text = typesetter.text(words, style, width: column.figures + 0.5)
            return (text, column.x)
        }
        let figures = figures(words, style).width
        return (typesetter.text(words, style), column.x + column.figures - figures)
    }
}

/// How many footnote marks a cell ends in.
private func markCount(_ cell: String) -> Int {
    cell.reversed().prefix { superscripts.contains($0) }.count
}

/// Digits of footnote marks.
let superscripts: Set<Character> = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]

/// What a column asks for; widths in points at full size.
struct ColumnMeasure {
    let isNumber: Bool
    /// Widest cell without marks, and the widest marks.
    private(set) var figures = 0.0
    private(set) var mark = 0.0
    var heading = 0.0

    init(isNumber: Bool) { self.isNumber = isNumber }

    mutating func count(_ cell: (width: Double, mark: Double)) {
        figures = max(figures, isNumber ? cell.width : cell.width + cell.mark)
        if isNumber { mark = max(mark, cell.mark) }
    }

    /// Without a broken line.
    var natural: Double { max(figures, heading) + mark }
    /// Numbers never break; words break below this only inside themselves.
    var minimum: Double { min(natural, isNumber ? max(figures, 24) + mark : 50) }
}

/// The columns' places across the sheet.
struct Grid {
    struct Column {
        let isNumber: Bool
        let x: Double
        /// Width for heading and cells, the hanging marks not counted.
        var figures: Double
    }

    /// Of the type; 1 unless the columns would not fit side by side.
    let scale: Double
    let columns: [Column]

    /// - Returns: `nil` where the columns do not fit even at the smallest scale.
    init?(_ measures: [ColumnMeasure]) {
        let smaller = stride(from: 95, through: 70, by: -5).map { (Double($0) / 100, 0.9) }
        let trials = [(1, 1.5), (1, 1)] + smaller
        for (scale, padding) in trials {
            let gap = 2 * mm(padding)
            let room = Sheet.textWidth - gap * Double(measures.count - 1)
            guard let widths = shares(of: room / scale, among: measures) else { continue }
            self.scale = scale
            var x = Sheet.left
            var columns: [Column] = []
            for (measure, width) in zip(measures, widths) {
                columns.append(
                    Column(
                        isNumber: measure.isNumber, x: x, figures: (width - measure.mark) * scale))
                x += width * scale + gap
            }
            self.columns = columns
            return
        }
        return nil
    }
}

/// What is left over is shared in proportion; what is missing is taken from the widest columns.
private func shares(of room: Double, among measures: [ColumnMeasure]) -> [Double]? {
    let natural = measures.reduce(0) { $0 + $1.natural }
    if natural <= room {
        return measures.map { $0.natural + (room - natural) * $0.natural / max(natural, 1) }
    }
    guard measures.reduce(0, { $0 + $1.minimum }) <= room else { return nil }
    var low = 0.0
    var high = room
    for _ in 0..<40 {
        let cap = (low + high) / 2
        let sum = measures.reduce(0) { $0 + capped($1, at: cap) }
        if sum <= room { low = cap } else { high = cap }
    }
    return measures.map { capped($0, at: low) }
}

private func capped(_ measure: ColumnMeasure, at cap: Double) -> Double {
    min(measure.natural, max(measure.minimum, cap))
}
