/// What stands at fixed places on a letter's first sheet: letterhead, address window, facts, QR
/// code, fold marks. Built measured; drawn later.
struct LetterHead {
    private let typesetter: Typesetter
    private let letter: Letter
    private let code: QRCode
    private let seal: Text
    private let paper: Paper
    private let letterhead: Drawing
    private let address: Drawing
    private let facts: Drawing

    init(
        _ letter: Letter, code: QRCode, paper: Paper, typesetter: Typesetter
    ) throws(LetterError) {
        self.letter = letter
        self.code = code
        self.paper = paper
        self.typesetter = typesetter
        let seal = TextStyle(face: .song, size: 20, lineHeight: mm(11), bold: true)
        self.seal = typesetter.text(String(letter.office.name.prefix(1)), seal)
        guard
            let letterhead = largest(
                {
                    officeLines(letter, x: Sheet.left + Self.sealRoom(paper), scale: $0, typesetter)
                },
                thatFits: { $0.height <= mm(24) })
        else { throw .tooLong(notice: letter.noticeNumber, part: .letterhead) }
        self.letterhead = letterhead
        guard
            let address = largest(
                { addressLines(letter, on: paper, scale: $0, typesetter) },
                thatFits: { $0.height <= paper.height })
        else { throw .tooLong(notice: letter.noticeNumber, part: .address) }
        self.address = address
        facts = factLines(letter, typesetter)
    }

    /// Where the flow of the letter begins: below the window, and the facts where there are many.
    var bottom: Double {
        max(mm(79.5), paper.bottom + mm(3.5), factsTop + facts.height + mm(3))
    }

    func draw(on canvas: Canvas) {
        let height = max(letterhead.height, sealSide)
        let top = mm(13)
        drawSeal(on: canvas, y: top + (height - sealSide) / 2)
        letterhead.draw(canvas, top + (height - letterhead.height) / 2)
        canvas.rule(
            x: Sheet.left, y: top + height + mm(4), width: Sheet.textWidth, thickness: mm(0.3))
        for fold in [mm(99), mm(198)] {
            canvas.rule(x: mm(5), y: fold, width: mm(4), thickness: mm(0.2), ink: .mid)
        }
        address.draw(canvas, paper.top)
        facts.draw(canvas, factsTop)
        canvas.code(
            code, x: Sheet.right - Sheet.codeSide, y: factsTop, side: Sheet.codeSide)
    }

    /// The office's own picture, else the first character of its name, white on black.
    private func drawSeal(on canvas: Canvas, y: Double) {
        guard let picture = paper.seal else {
            return canvas.seal(seal, x: Sheet.left, y: y, side: sealSide)
        }
        let size = picture.fitted(width: longestSeal, height: sealSide)
        picture.draw(
            on: canvas, x: Sheet.left, y: y + (sealSide - size.height) / 2, width: size.width)
    }

    /// From the left margin to the office's name.
    private static func sealRoom(_ paper: Paper) -> Double {
        (paper.seal?.fitted(width: longestSeal, height: sealSide).width ?? sealSide) + mm(4)
    }
}

private let sealSide = mm(11)
/// A logo may be wider than high.
private let longestSeal = mm(40)
private let factsTop = mm(44)
private let factsWidth = mm(78)
private let factHeight = 13.5

private func officeLines(
    _ letter: Letter, x: Double, scale: Double, _ typesetter: Typesetter
) -> Drawing {
    let width = Sheet.right - x
    let name = TextStyle(face: .song, size: 14, lineHeight: 18, bold: true, spacing: 0.08)
    let details = TextStyle(face: .hei, size: 8, lineHeight: 12, ink: .dark)
    return stacked([
        Block(drawing: typesetter.text(letter.office.name, name.scaled(scale), width: width).at(x)),
        Block(
            drawing: typesetter.text(letter.office.details, details.scaled(scale), width: width)
                .at(x)),
    ])
}

/// Postcode in spaced figures, then the lines, the names in bold.
private func addressLines(
    _ letter: Letter, on paper: Paper, scale: Double, _ typesetter: Typesetter
) -> Drawing {
    let line = TextStyle(face: .song, size: 10.5, lineHeight: 17).scaled(scale)
    let postcode = TextStyle(face: .hei, size: 9, lineHeight: 17, spacing: 0.09).scaled(scale)
    let blocks = letter.address.enumerated().map { index, words in
        let isPostcode = words.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isLast = index == letter.address.count - 1
        let text = typesetter.text(
            words, isPostcode ? postcode : line, width: paper.width,
            boldPrefix: isLast ? nameBytes(words) : 0)
        return Block(drawing: text.at(paper.left))
    }
    return stacked(blocks)
}

/// How many bytes of `周启明、林晓芸 收` are names.
private func nameBytes(_ line: String) -> Int {
    line.hasSuffix(" 收") ? line.utf8.count - " 收".utf8.count : line.utf8.count
}

/// Label and value side by side, left of the QR code; a little smaller where that saves a line.
private func factLines(_ letter: Letter, _ typesetter: Typesetter) -> Drawing {
    var best = factLines(letter, scale: 1, typesetter)
    var lines = (best.height / factHeight).rounded()
    for scale in [0.95, 0.9] where Int(lines) > letter.facts.count {
        let smaller = factLines(letter, scale: scale, typesetter)
        let count = (smaller.height / factHeight / scale).rounded()
        if count < lines { (best, lines) = (smaller, count) }
    }
    return best
}

/// The notice number in bold.
private func factLines(_ letter: Letter, scale: Double, _ typesetter: Typesetter) -> Drawing {
    let label = TextStyle(face: .hei, size: 8.5, lineHeight: factHeight, ink: .grey)
        .scaled(scale)
    var value = label
    value.ink = .black
    let widest = letter.facts.map { typesetter.text($0.label, label).width }.max() ?? 0
    let labelWidth = min(max(mm(15), widest + mm(2.5)), mm(28))
    let x = Sheet.right - factsWidth
    let valueWidth = factsWidth - Sheet.codeSide - mm(4) - labelWidth
    let blocks = letter.facts.map { fact in
        value.bold = fact.value == letter.noticeNumber
        let left = typesetter.text(fact.label, label, width: labelWidth - mm(1))
        let right = typesetter.text(fact.value, value, width: valueWidth)
        return Block(drawing: beside(left.at(x), right.at(x + labelWidth)))
    }
    return stacked(blocks)
}

/// What stands on top of each further sheet, so that a loose one finds its letter.
struct RunningHead {
    let drawing: Drawing
    static let top = mm(14)
    /// Where the flow goes on.
    static let bottom = top + Sheet.codeSide + mm(4)

    init(_ letter: Letter, code: QRCode, typesetter: Typesetter) {
        let width = Sheet.textWidth - Sheet.codeSide - mm(6)
        let office = TextStyle(face: .song, size: 10, lineHeight: 15, bold: true)
        let number = TextStyle(face: .hei, size: 8.5, lineHeight: 13.5, bold: true)
        var title = number
        title.bold = false
        title.ink = .dark
        let lines = stacked([
            Block(
                drawing: typesetter.text(letter.office.name, office, width: width).at(Sheet.left)),
            Block(drawing: typesetter.text(letter.title, title, width: width).at(Sheet.left)),
            Block(
                drawing: typesetter.text(letter.noticeNumber, number, width: width).at(Sheet.left)),
        ])
        drawing = Drawing(height: max(lines.height, Sheet.codeSide)) { canvas, y in
            lines.draw(canvas, y)
            canvas.code(code, x: Sheet.right - Sheet.codeSide, y: y, side: Sheet.codeSide)
        }
    }
}
