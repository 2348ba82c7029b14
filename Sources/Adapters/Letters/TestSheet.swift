internal import Primitives

/// What the sheet for adjusting printer and envelope shows, beside the window and its scale.
public struct TestSheet: Sendable {
    public var title: String
    /// What to do, step by step.
    public var steps: [String]
    /// Lines that stand in the window.
    public var address: [String]
    /// Printed as the QR code.
    public var code: String

    public init(title: String, steps: [String], address: [String], code: String) {
        self.title = title
        self.steps = steps
        self.address = address
        self.code = code
    }
}

extension LetterPrinter {
    /// Prints the address window as it is set, on a grid in millimetres from the sheet's edges;
    /// the fold marks, a line of 100 mm to measure, and what to do.
    public func add(_ sheet: TestSheet) throws(LetterError) {
        typesetter.speak(.zh)
        let code = try QRCode(sheet.code)
        turnToFront()
        drawGrid()
        drawWindow(sheet.address)
        for fold in [mm(99), mm(198)] {
            canvas.rule(x: mm(5), y: fold, width: mm(4), thickness: mm(0.2), ink: .mid)
        }
        canvas.code(
            code, x: Sheet.right - Sheet.codeSide, y: paper.top, side: Sheet.codeSide)
        drawSteps(sheet)
        endPage()
    }

    /// A line each 5 mm, numbered each 10 mm.
    private func drawGrid() {
        let (left, right, top, bottom) = (mm(10), mm(115), mm(35), mm(100))
        for millimetre in stride(from: 10, through: 115, by: 5) {
            let x = mm(Double(millimetre))
            canvas.verticalRule(
                x: x, y: top, height: bottom - top, thickness: mm(0.1), ink: .pale)
            guard millimetre % 10 == 0 else { continue }
            let number = scaleNumber(millimetre)
            number.draw(on: canvas, x: x - number.width / 2, y: top - number.height)
        }
        for millimetre in stride(from: 35, through: 100, by: 5) {
            let y = mm(Double(millimetre))
            canvas.rule(x: left, y: y, width: right - left, thickness: mm(0.1), ink: .pale)
            guard millimetre % 10 == 0 else { continue }
            let number = scaleNumber(millimetre)
            number.draw(on: canvas, x: right + mm(1), y: y - number.height / 2)
        }
    }

    private func scaleNumber(_ millimetres: Int) -> Text {
        typesetter.text(
            "\(millimetres)", TextStyle(face: .hei, size: 6.5, lineHeight: 9, ink: .grey))
    }

    private func drawWindow(_ lines: [String]) {
        canvas.frame(
            x: paper.left, y: paper.top, width: paper.width, height: paper.height,
            thickness: mm(0.4))
        let style = TextStyle(face: .song, size: 10.5, lineHeight: 17)
        stacked(
            lines.map {
                Block(drawing: typesetter.text($0, style, width: paper.width).at(paper.left))
            }
        ).draw(canvas, paper.top)
    }

    private func drawSteps(_ sheet: TestSheet) {
        let title = TextStyle(face: .song, size: 16, lineHeight: 22, bold: true)
        let prose = TextStyle(face: .hei, size: 10, lineHeight: 16)
        let blocks =
            [Block(drawing: typesetter.text(sheet.title, title).at(Sheet.left))]
            + sheet.steps.map {
                Block(
                    space: mm(2.5),
                    drawing: typesetter.text($0, prose, width: Sheet.textWidth).at(Sheet.left))
            }
        let steps = stacked(blocks)
        steps.draw(canvas, mm(108))
        let y = mm(108) + steps.height + mm(10)
        canvas.rule(x: Sheet.left, y: y, width: mm(100), thickness: mm(0.3))
        for x in [Sheet.left, Sheet.left + mm(100)] {
            canvas.verticalRule(
                x: x - mm(0.15), y: y - mm(2), height: mm(4), thickness: mm(0.3), ink: .black)
        }
        scaleNumber(100).draw(on: canvas, x: Sheet.left + mm(102), y: y - 4.5)
    }
}
