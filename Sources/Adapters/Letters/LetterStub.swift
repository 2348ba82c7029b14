/// The tear-off stub: the lowest 64 mm of a letter's last sheet, with its own QR code.
struct LetterStub {
    static let top = Sheet.height - mm(64)
    private let drawing: Drawing

    init(
        _ stub: Letter.Stub, notice: String, code: QRCode, typesetter: Typesetter
    ) throws(LetterError) {
        let room = Sheet.foot - LetterStub.top
        guard
            let drawing = largest(
                { StubLayout(stub: stub, code: code, typesetter: typesetter, scale: $0).whole },
                thatFits: { $0.height <= room })
        else { throw .tooLong(notice: notice, part: .stub) }
        self.drawing = drawing
    }

    func draw(on canvas: Canvas) {
        drawing.draw(canvas, LetterStub.top)
        for x in [mm(10), Sheet.width - mm(10) - Self.markSide] {
            for y in [Self.top + mm(4), Sheet.foot - Self.markSide] {
                canvas.rule(x: x, y: y, width: Self.markSide, thickness: Self.markSide)
            }
        }
    }

    /// Of the black squares in its corners, by which a scanned stub is found and set upright
    /// (`StubPlan` in Scans says the same).
    private static let markSide = mm(2.5)
}

/// The stub at one scale of its type; spaces shrink with it.
private struct StubLayout {
    let stub: Letter.Stub
    let code: QRCode
    let typesetter: Typesetter
    let scale: Double

    var whole: Drawing {
        stacked(
            [Block(drawing: cutLine), Block(space: mm(1.5) * scale, drawing: head)]
                + inPairs(stub.boxes.map { box($0) }, gap: mm(6), space: mm(1), between: mm(1))
                + inPairs(
                    stub.fields.map { field($0) }, gap: mm(8), space: mm(3.6), between: mm(3.6))
                + [Block(space: mm(4) * scale, drawing: staff)])
    }

    private func hei(_ size: Double, _ lineHeight: Double, ink: Ink = .black) -> TextStyle {
        TextStyle(face: .hei, size: size, lineHeight: lineHeight, ink: ink).scaled(scale)
    }
    private func song(_ size: Double, _ lineHeight: Double, bold: Bool = false) -> TextStyle {
        TextStyle(face: .song, size: size, lineHeight: lineHeight, bold: bold).scaled(scale)
    }

    /// Across the full width, where the sheet is torn.
    private var cutLine: Drawing {
        let text = typesetter.text(
            stub.cutLine, hei(7, 10, ink: .grey), width: Sheet.textWidth, side: .centre)
        return Drawing(height: mm(0.9) + text.height) { canvas, y in
            canvas.dashedRule(x: 0, y: y + mm(0.15), width: Sheet.width)
            text.draw(on: canvas, x: Sheet.left, y: y + mm(0.9))
        }
    }

    /// Heading, summary, QR code.
    private var head: Drawing {
        var style = song(14, 20, bold: true)
        style.spacing = 0.09
        let natural = typesetter.text(stub.heading, style).width + style.size * 0.1
        let heading = typesetter.text(stub.heading, style, width: min(natural, mm(42)))
        let x = Sheet.left + max(heading.width, mm(12)) + mm(5)
        let width = Sheet.right - Sheet.codeSide - mm(5) - x
        let lines = stub.summary.enumerated().map { index, words in
            let space = index == 0 ? mm(0.6) : 0
            let text = typesetter.text(words, hei(8.5, 13), width: width)
            return Block(space: space, drawing: text.at(x))
        }
        let summary = stacked(lines)
        let height = max(Sheet.codeSide, summary.height, heading.height)
        return Drawing(height: height) { canvas, y in
            heading.draw(on: canvas, x: Sheet.left, y: y)
            summary.draw(canvas, y)
            canvas.code(code, x: Sheet.right - Sheet.codeSide, y: y, side: Sheet.codeSide)
        }
    }

    /// Two side by side, row by row.
    private func inPairs(
        _ cells: [(_ x: Double, _ width: Double) -> Drawing], gap: Double, space: Double,
        between: Double
    ) -> [Block] {
        let width = (Sheet.textWidth - gap) / 2
        return stride(from: 0, to: cells.count, by: 2).map { index in
            var row = cells[index](Sheet.left, width)
            if index + 1 < cells.count {
                row = beside(row, cells[index + 1](Sheet.left + width + gap, width))
            }
            return Block(space: (index == 0 ? space : between) * scale, drawing: row)
        }
    }

    /// A box to tick, what it says, and below, small, what that means.
    private func box(
        _ box: (label: String, meaning: String)
    ) -> (Double, Double) -> Drawing {
        { x, width in
            let textX = x + mm(7)
            let label = typesetter.text(box.label, song(11, 14, bold: true), width: width - mm(7))
            let meaning = typesetter.text(
                box.meaning, hei(7, 10, ink: .dark), width: width - mm(7))
            let text = stacked([
                Block(drawing: label.at(textX)), Block(drawing: meaning.at(textX)),
            ])
            return Drawing(height: max(text.height, mm(5))) { canvas, y in
                canvas.box(x: x, y: y + (text.height - mm(5)) / 2, side: mm(5))
                text.draw(canvas, y)
            }
        }
    }

    /// A label, and a line to write on to the end of the width.
    private func field(_ words: String) -> (Double, Double) -> Drawing {
        { x, width in
            let style = song(9.5, 13)
            let natural = typesetter.text(words, style).width + 1
            let label = typesetter.text(words, style, width: min(natural, width - mm(30)))
            let lineX = x + label.width + mm(2)
            return Drawing(height: label.height) { canvas, y in
                label.draw(on: canvas, x: x, y: y)
                canvas.rule(
                    x: lineX, y: y + label.height, width: x + width - lineX, thickness: mm(0.2))
            }
        }
    }

    /// Label, two lines to write on, the ways of handing over, one more line; in two rows where
    /// the lines would be too short.
    private var staff: Drawing {
        let style = hei(7.5, 10, ink: .dark)
        let label = typesetter.text(stub.staff.label, style)
        let how = typesetter.text(stub.staff.how, style)
        let gap = mm(3)
        let free = Sheet.textWidth - label.width - how.width - 4 * gap
        if free >= 3 * mm(16) {
            let line = free / 3
            let howX = Sheet.left + label.width + 2 * line + 3 * gap
            return beside(
                writingLines(after: label, x: Sheet.left, count: 2, each: line, gap: gap),
                writingLines(after: how, x: howX, count: 1, each: line, gap: gap))
        }
        return stacked([
            Block(drawing: fullRow(label: stub.staff.label, style, lines: 2, gap: gap)),
            Block(
                space: mm(2.5) * scale,
                drawing: fullRow(label: stub.staff.how, style, lines: 1, gap: gap)),
        ])
    }

    private func fullRow(
        label words: String, _ style: TextStyle, lines: Int, gap: Double
    ) -> Drawing {
        let natural = typesetter.text(words, style).width + 1
        let label = typesetter.text(words, style, width: min(natural, mm(130)))
        let free = Sheet.textWidth - label.width - Double(lines) * gap
        return writingLines(
            after: label, x: Sheet.left, count: lines, each: free / Double(lines), gap: gap)
    }

    private func writingLines(
        after label: Text, x: Double, count: Int, each: Double, gap: Double
    ) -> Drawing {
        Drawing(height: label.height) { canvas, y in
            label.draw(on: canvas, x: x, y: y)
            for index in 0..<count {
                let lineX = x + label.width + gap + Double(index) * (each + gap)
                canvas.rule(
                    x: lineX, y: y + label.height, width: each, thickness: mm(0.2), ink: .grey)
            }
        }
    }
}
