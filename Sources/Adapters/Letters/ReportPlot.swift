internal import CPango
public import Primitives

/// A picture of figures in a report, drawn as vectors. What is met is filled, what is open is
/// hollow, and every figure also stands in words.
public enum ReportPlot: Sendable {
    /// The few figures that matter most, side by side.
    case headline([Headline])
    /// One column each, from zero: how much of a whole is met.
    case columns([Column])
    /// One line each, with a bar from zero as long as `length` says beside the longest.
    case bars(headings: [String], [Bar])

    public struct Headline: Sendable {
        public let label, figure, note: String
        public init(label: String, figure: String, note: String) {
            self.label = label
            self.figure = figure
            self.note = note
        }
    }

    public struct Column: Sendable {
        public let label, mark: String
        public let whole, met: Money

        /// - Parameter mark: stands over the column.
        public init(label: String, mark: String, whole: Money, met: Money) {
            self.label = label
            self.mark = mark
            self.whole = whole
            self.met = met
        }
    }

    public struct Bar: Sendable {
        public let label: String
        public let length, met: Money
        public let values: [String]

        /// - Parameters:
        ///   - met: how much of the length is filled.
        ///   - values: one for each heading but the first.
        public init(label: String, length: Money, met: Money, values: [String]) {
            self.label = label
            self.length = length
            self.met = met
            self.values = values
        }
    }
}

/// Lays out plots across the sheet.
struct PlotDrawing {
    let typesetter: Typesetter

    func blocks(of plot: ReportPlot) -> [Block] {
        switch plot {
        case .headline(let figures): [Block(space: mm(4), drawing: headline(figures))]
        case .columns(let columns): [Block(space: mm(3), drawing: self.columns(columns))]
        case .bars(let headings, let bars): self.bars(headings, bars)
        }
    }

    private func small(_ words: String, width: Double? = nil, side: Side = .left) -> Text {
        typesetter.text(
            words, TextStyle(face: .hei, size: 8, lineHeight: 11, ink: .grey), width: width,
            side: side)
    }

    private func plain(_ words: String, width: Double? = nil, side: Side = .left) -> Text {
        typesetter.text(
            words, TextStyle(face: .hei, size: 8.5, lineHeight: 12), width: width, side: side)
    }

    // MARK: - Headline

    private func headline(_ figures: [ReportPlot.Headline]) -> Drawing {
        let width = Sheet.textWidth / Double(max(figures.count, 1))
        let room = width - mm(4)
        let cells = figures.enumerated().map { index, figure in
            let words = largest(
                { scale in
                    typesetter.text(
                        figure.figure,
                        TextStyle(face: .hei, size: 15 * scale, lineHeight: 20, bold: true))
                }, thatFits: { $0.width <= room })
            let parts = [
                small(figure.label, width: room), words ?? plain(figure.figure, width: room),
                small(figure.note, width: room),
            ]
            let x = Sheet.left + Double(index) * width + (index == 0 ? 0 : mm(3))
            return stacked(parts.map { Block(space: mm(0.6), drawing: $0.at(x)) })
        }
        let height = (cells.map(\.height).max() ?? 0) + mm(3)
        return Drawing(height: height) { canvas, y in
            canvas.rule(x: Sheet.left, y: y, width: Sheet.textWidth, thickness: mm(0.3))
            for (index, cell) in cells.enumerated() {
                cell.draw(canvas, y + mm(1))
                if index == 0 { continue }
                canvas.verticalRule(
                    x: Sheet.left + Double(index) * width, y: y + mm(1.5), height: height - mm(3),
                    thickness: mm(0.15), ink: .pale)
            }
            canvas.rule(
                x: Sheet.left, y: y + height, width: Sheet.textWidth, thickness: mm(0.15),
                ink: .pale)
        }
    }

    // MARK: - Columns

    private func columns(_ columns: [ReportPlot.Column]) -> Drawing {
        let axis = Axis(upTo: columns.map(\.whole).max() ?? .zero)
        let left = Sheet.left + mm(16)
        let step = (Sheet.right - left) / Double(max(columns.count, 1))
        let width = min(step * 0.66, mm(12))
        let top = mm(6)
        let room = mm(44)
        let labels = columns.map { small($0.label, width: step, side: .centre) }
        let marks = columns.map { small($0.mark, width: step, side: .centre) }
        return Drawing(height: top + room + mm(6)) { canvas, y in
            let foot = y + top + room
            func height(_ amount: Money) -> Double { room * axis.share(of: amount) }
            for line in axis.lines {
                let text = small(line.label, width: mm(14), side: .right)
                let at = foot - height(line.amount)
                text.draw(on: canvas, x: Sheet.left, y: at - text.height / 2)
                let isZero = line.amount == .zero
                canvas.rule(
                    x: left, y: at, width: Sheet.right - left,
                    thickness: isZero ? mm(0.25) : mm(0.12), ink: isZero ? .dark : .pale)
            }
            for (index, column) in columns.enumerated() {
                let x = left + Double(index) * step
                let bar = (x: x + (step - width) / 2, whole: height(column.whole))
                canvas.hollow(x: bar.x, y: foot - bar.whole, width: width, height: bar.whole)
                let met = height(column.met)
                canvas.filled(x: bar.x, y: foot - met, width: width, height: met)
                let mark = marks[index]
                let over = foot - bar.whole - mm(4.2)
                canvas.blank(x: x + mm(1), y: over, width: step - mm(2), height: mark.height)
                mark.draw(on: canvas, x: x, y: over)
                labels[index].draw(on: canvas, x: x, y: foot + mm(1))
            }
        }
    }

    // MARK: - Bars

    /// A label, the bar, then values flush right; a head above.
    private func bars(_ headings: [String], _ bars: [ReportPlot.Bar]) -> [Block] {
        let values = max(headings.count - 1, 1)
        let grid = (label: mm(26), value: mm(27))
        let start = Sheet.left + grid.label + mm(2)
        let room = Sheet.textWidth - grid.label - mm(4) - grid.value * Double(values)
        let longest = bars.map(\.length).max() ?? .zero
        func place(_ index: Int) -> Double {
            Sheet.right - grid.value * Double(values - index)
        }
        let head = Drawing(height: mm(5)) { canvas, y in
            small(headings.first ?? "").draw(on: canvas, x: Sheet.left, y: y)
            for (index, heading) in headings.dropFirst().enumerated() {
                small(heading, width: grid.value, side: .right)
                    .draw(on: canvas, x: place(index), y: y)
            }
            canvas.rule(
                x: Sheet.left, y: y + mm(4.6), width: Sheet.textWidth, thickness: mm(0.3))
        }
        let rows = bars.map { bar in
            Drawing(height: mm(5.6)) { canvas, y in
                plain(bar.label, width: grid.label).draw(on: canvas, x: Sheet.left, y: y + mm(0.7))
                let share = { (amount: Money) in
                    longest > .zero ? room * Double(max(0, amount.fen)) / Double(longest.fen) : 0
                }
                let (height, top) = (mm(2.6), y + mm(1.5))
                canvas.hollow(x: start, y: top, width: share(bar.length), height: height)
                canvas.filled(x: start, y: top, width: share(bar.met), height: height)
                for (index, value) in bar.values.enumerated() {
                    plain(value, width: grid.value, side: .right)
                        .draw(on: canvas, x: place(index), y: y + mm(0.7))
                }
                canvas.rule(
                    x: Sheet.left, y: y + mm(5.5), width: Sheet.textWidth, thickness: mm(0.12),
                    ink: .pale)
            }
        }
        return [Block(space: mm(2), drawing: head, keepsNext: true)]
            + rows.map { Block(drawing: $0, repeated: head) }
    }
}

/// Amounts from zero up, with three to six lines at round ones.
private struct Axis {
    private let top: Money
    let lines: [(amount: Money, label: String)]

    init(upTo most: Money) {
        var step = 100
        // 1, 2, 5, 10, 20 … yuan.
        while step * 5 < most.fen {
            step = String(step).first == "2" ? step / 2 * 5 : step * 2
        }
        let count = max(1, (most.fen + step - 1) / step)
        top = Money(fen: count * step)
        lines = (0...count).map { place in
            let amount = Money(fen: place * step)
            return (amount, Axis.label(amount))
        }
    }

    func share(of amount: Money) -> Double { Double(max(0, amount.fen)) / Double(top.fen) }

    /// In yuan; from ten thousand on in 万.
    private static func label(_ amount: Money) -> String {
        let yuan = amount.fen / 100
        guard yuan >= 10_000 else { return String(amount.grouped.dropLast(3)) }
        let thousands = yuan / 1_000
        return thousands % 10 == 0
            ? "\(thousands / 10) 万" : "\(thousands / 10).\(thousands % 10) 万"
    }
}

extension Canvas {
    /// White, so that no line runs through what stands there.
    fileprivate func blank(x: Double, y: Double, width: Double, height: Double) {
        cairo_set_source_rgb(cairo, 1, 1, 1)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    /// What is met.
    fileprivate func filled(x: Double, y: Double, width: Double, height: Double) {
        guard width > 0, height > 0 else { return }
        cairo_set_source_rgb(cairo, 0.392, 0.533, 0.702)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    /// What is open.
    fileprivate func hollow(x: Double, y: Double, width: Double, height: Double) {
        let line = mm(0.18)
        guard width > line, height > line else { return }
        cairo_set_line_width(cairo, line)
        cairo_rectangle(cairo, x + line / 2, y + line / 2, width - line, height - line)
        cairo_set_source_rgb(cairo, 0.992, 0.957, 0.902)
        cairo_fill_preserve(cairo)
        cairo_set_source_rgb(cairo, 0.741, 0.522, 0.149)
        cairo_stroke(cairo)
    }
}
