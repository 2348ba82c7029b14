internal import Primitives

/// A sheet that states something to be filed on paper: a heading, facts, figures to be compared by
/// eye, their code, and lines to sign on.
public struct RecordSheet: Sendable {
    public var title: String
    public var facts: [(label: String, value: String)]
    /// In groups, one line each.
    public var figures: [String]
    /// Printed as the QR code, and kept as the document's title.
    public var code: String
    /// What the sheet is for, and what to do with it.
    public var notes: [String]
    /// What stands before each line to sign on.
    public var signatures: [String]

    public init(
        title: String, facts: [(label: String, value: String)], figures: [String], code: String,
        notes: [String], signatures: [String]
    ) {
        self.title = title
        self.facts = facts
        self.figures = figures
        self.code = code
        self.notes = notes
        self.signatures = signatures
    }
}

extension LetterPrinter {
    /// Prints the sheet; it belongs to no letter.
    public func add(_ sheet: RecordSheet) throws(LetterError) {
        typesetter.speak(.zh)
        let code = try QRCode(sheet.code)
        turnToFront()
        let side = mm(38)
        canvas.code(code, x: Sheet.right - side, y: mm(20), side: side)
        let blocks = blocks(of: sheet, besideCode: Sheet.textWidth - side - mm(6))
        let body = stacked(blocks)
        body.draw(canvas, mm(20))
        var y = mm(20) + body.height + mm(24)
        for label in sheet.signatures {
            let text = typesetter.text(label, TextStyle(face: .hei, size: 10, lineHeight: 16))
            text.draw(on: canvas, x: Sheet.left, y: y - 14)
            canvas.rule(
                x: Sheet.left + text.width + mm(2), y: y, width: mm(70), thickness: mm(0.3))
            y += mm(16)
        }
        endPage()
    }

    private func blocks(of sheet: RecordSheet, besideCode width: Double) -> [Block] {
        let title = TextStyle(face: .song, size: 18, lineHeight: 28, bold: true)
        let plain = TextStyle(face: .hei, size: 10.5, lineHeight: 18)
        let large = TextStyle(face: .hei, size: 15, lineHeight: 24)
        let heading = Block(
            drawing: typesetter.text(sheet.title, title, width: width).at(Sheet.left))
        let facts = sheet.facts.map { fact in
            let words = "\(fact.label)　\(fact.value)"
            return Block(
                space: mm(1),
                drawing: typesetter.text(words, plain, width: width).at(Sheet.left))
        }
        let figures = sheet.figures.enumerated().map { index, line in
            Block(
                space: index == 0 ? mm(10) : 0,
                drawing: typesetter.text(line, large, width: Sheet.textWidth).at(Sheet.left))
        }
        let notes = sheet.notes.enumerated().map { index, note in
            Block(
                space: index == 0 ? mm(8) : mm(2),
                drawing: typesetter.text(note, plain, width: Sheet.textWidth).at(Sheet.left))
        }
        return [heading] + facts + figures + notes
    }
}
