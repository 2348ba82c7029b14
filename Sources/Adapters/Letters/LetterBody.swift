/// The flow of a letter: title, opening, table, total, footnotes, the two columns, signature.
struct LetterBody {
    private let letter: Letter
    private let style: LetterStyle
    private let typesetter: Typesetter
    /// What is higher than this is broken into lines: a sheet with running head and stub.
    private let breakHeight: Double

    init(
        of letter: Letter, style: LetterStyle, breakHeight: Double, typesetter: Typesetter
    ) {
        self.letter = letter
        self.style = style
        self.breakHeight = breakHeight
        self.typesetter = typesetter
    }

    func blocks() throws(LetterError) -> [Block] {
        let table = try LetterTable(of: letter, style: style, typesetter: typesetter).blocks()
        return [title] + opening + table + [total] + footnotes + closing
    }

    // MARK: above the table

    private var title: Block {
        let side: Side = letter.stub == nil ? .left : .centre
        let text = typesetter.text(letter.title, style.title, width: Sheet.textWidth, side: side)
        return Block(drawing: text.at(Sheet.left), keepsNext: true)
    }

    private var opening: [Block] {
        letter.opening.enumerated().flatMap { index, words in
            paragraph(words, style.prose, space: index == 0 ? style.titleGap : style.proseGap)
        }
    }

    /// One block, or one a line where it is higher than a sheet.
    private func paragraph(_ words: String, _ style: TextStyle, space: Double) -> [Block] {
        let text = typesetter.text(words, style, width: Sheet.textWidth)
        if text.height <= breakHeight { return [Block(space: space, drawing: text.at(Sheet.left))] }
        return (0..<text.lineCount).map { index in
            let line = Drawing(height: style.lineHeight) {
                text.drawLine(index, on: $0, x: Sheet.left, y: $1)
            }
            return Block(space: index == 0 ? space : 0, drawing: line)
        }
    }

    // MARK: below the table

    /// Label and amount; the words at the right, or below where that is too wide.
    private var total: Block {
        let label = typesetter.text(letter.total.label, style.prose)
        let amount = typesetter.text(letter.total.amount, style.totalAmount)
        var spelled = style.prose
        spelled.spacing = 0.04
        let words = typesetter.text(letter.total.inWords, spelled)
        let amountX = Sheet.left + label.width + mm(4)
        let baseline = max(label.baseline, amount.baseline)
        let line = max(label.height, amount.height)
        let fits = amountX + amount.width + mm(6) + words.width <= Sheet.right
        let below =
            fits ? nil : typesetter.text(letter.total.inWords, style.prose, width: Sheet.textWidth)
        let top = mm(0.15) + style.totalPadding
        let bottom = top + line + (below?.height ?? 0) + style.totalPadding
        let drawing = Drawing(height: bottom + mm(0.6)) { canvas, y in
            let rule = { (y: Double, thickness: Double) in
                canvas.rule(x: Sheet.left, y: y, width: Sheet.textWidth, thickness: mm(thickness))
            }
            rule(y, 0.15)
            let base = y + top + baseline
            label.draw(on: canvas, x: Sheet.left, y: base - label.baseline)
            amount.draw(on: canvas, x: amountX, y: base - amount.baseline)
            if let below {
                below.draw(on: canvas, x: Sheet.left, y: y + top + line)
            } else {
                words.draw(on: canvas, x: Sheet.right - words.width, y: base - words.baseline)
            }
            rule(y + bottom, 0.2)
            rule(y + bottom + mm(0.4), 0.2)
        }
        return Block(space: style.totalSpace, drawing: drawing)
    }

    private var footnotes: [Block] {
        letter.footnotes.enumerated().flatMap { index, words in
            paragraph(words, style.footnote, space: index == 0 ? style.footnoteSpace : 0)
        }
    }

    // MARK: the two columns and the signature

    /// Whole on one sheet; one below the other only where that is higher than a sheet.
    private var closing: [Block] {
        let gap = mm(8)
        let leftWidth = (Sheet.textWidth - gap) * 1.12 / 2.12
        let rightWidth = Sheet.textWidth - gap - leftWidth
        let left = section(letter.howToPay, x: Sheet.left, width: leftWidth)
        var right = section(letter.whatFollows, x: Sheet.right - rightWidth, width: rightWidth)
        let signatureWidth = typesetter.text(letter.signature, style.signature).width
        let signsAtRight = !style.isAiry && signatureWidth < rightWidth
        if signsAtRight { right.append(signature(width: rightWidth)) }
        var both = [Block(drawing: beside(stacked(left), stacked(right)))]
        if !signsAtRight { both.append(signature(width: Sheet.textWidth)) }
        let whole = stacked(both)
        if whole.height <= breakHeight { return [Block(space: style.columnsSpace, drawing: whole)] }
        return [letter.howToPay, letter.whatFollows].flatMap(longSection)
            + [signature(width: Sheet.textWidth)]
    }

    private func section(_ section: Letter.Section, x: Double, width: Double) -> [Block] {
        var blocks = [heading(section.heading, x: x, width: width)]
        for (index, words) in section.paragraphs.enumerated() {
            let text = typesetter.text(words, style.columnsProse, width: width)
            let airySpace = index == 0 ? mm(2) : style.columnsGap
            blocks.append(
                Block(space: style.isAiry ? airySpace : style.columnsGap, drawing: text.at(x)))
        }
        return blocks
    }

    private func heading(_ words: String, x: Double, width: Double) -> Block {
        let text = typesetter.text(words, style.columnsHeading, width: width)
        guard style.isAiry else { return Block(drawing: text.at(x)) }
        let bottom = text.height + mm(1)
        let drawing = Drawing(height: bottom + mm(0.2)) { canvas, y in
            text.draw(on: canvas, x: x, y: y)
            canvas.rule(x: x, y: y + bottom, width: width, thickness: mm(0.2))
        }
        return Block(drawing: drawing)
    }

    private func longSection(_ section: Letter.Section) -> [Block] {
        var head = heading(section.heading, x: Sheet.left, width: Sheet.textWidth)
        head.space = style.columnsSpace
        head.keepsNext = true
        return [head]
            + section.paragraphs.flatMap {
                paragraph($0, style.columnsProse, space: style.columnsGap)
            }
    }

    private func signature(width: Double) -> Block {
        let text = typesetter.text(letter.signature, style.signature, width: width, side: .right)
        return Block(space: style.signatureSpace, drawing: text.at(Sheet.right - width))
    }
}
