internal import Primitives

/// The flow of a letter: title, opening, table, total, footnotes, the two columns, signature.
struct LetterBody {
    private let letter: Letter
    private let style: LetterStyle
    private let paper: Paper
    private let typesetter: Typesetter
    /// What is higher than this is broken into lines: a sheet with running head and stub.
    private let breakHeight: Double

    init(
        of letter: Letter, style: LetterStyle, breakHeight: Double, paper: Paper,
        typesetter: Typesetter
    ) {
        self.letter = letter
        self.paper = paper
        self.style = style
        self.breakHeight = breakHeight
        self.typesetter = typesetter
    }

    func blocks() throws(LetterError) -> [Block] {
        let table = try LetterTable(
            of: letter.table, notice: letter.noticeNumber, style: style, typesetter: typesetter
        ).blocks()
        if letter.leadsWithTotal {
            return [title, leadingTotal] + opening + table + footnotes + closing
        }
        return [title] + opening + table + [total] + footnotes + closing
    }

    // MARK: above the table

    private var title: Block {
        let side: Side = letter.stub == nil ? .left : .centre
        let text = typesetter.text(letter.title, style.title, width: Sheet.textWidth, side: side)
        return Block(drawing: text.at(Sheet.left), keepsNext: true)
    }

    private var opening: [Block] {
        openingParagraphs.enumerated().flatMap { index, words in
            paragraph(words, style.prose, space: index == 0 ? style.titleGap : style.proseGap)
        }
    }

    /// Where space is dear, the Chinese salutation begins the first paragraph.
    private var openingParagraphs: [String] {
        let words = letter.opening
        let joins = style.isDense && letter.language == .zh && words.count > 1
        return joins ? [words[0] + words[1]] + words.dropFirst(2) : words
    }

    /// What to pay, in large figures and in words, and until when.
    private var leadingTotal: Block {
        let label = TextStyle(face: .hei, size: 8.5, lineHeight: 13, ink: .grey)
        let figure = TextStyle(face: .hei, size: 18, lineHeight: 24, bold: true)
        let amount = typesetter.text(letter.total.amount, figure)
        let words = typesetter.text(letter.total.inWords, style.prose)
        func part(_ words: String, _ text: Text, x: Double) -> Drawing {
            stacked([
                Block(drawing: typesetter.text(words, label).at(x)), Block(drawing: text.at(x)),
            ])
        }
        let dueX = Sheet.left + max(mm(62), amount.width + mm(8))
        var parts = part(letter.total.label, amount, x: Sheet.left)
        var end = Sheet.left + amount.width
        if let due = letter.dueDate {
            let date = typesetter.text(due.value, figure)
            parts = beside(parts, part(due.label, date, x: dueX))
            end = dueX + date.width
        }
        let isBeside = end + mm(6) + words.width <= Sheet.right
        let below =
            isBeside
            ? nil : typesetter.text(letter.total.inWords, style.prose, width: Sheet.textWidth)
        let top = mm(0.3) + mm(1.5)
        let bottom = top + parts.height + (below?.height ?? 0) + mm(1.5)
        let drawing = Drawing(height: bottom + mm(0.15)) { canvas, y in
            canvas.rule(x: Sheet.left, y: y, width: Sheet.textWidth, thickness: mm(0.3))
            parts.draw(canvas, y + top)
            let base = y + top + label.lineHeight + amount.baseline
            if isBeside {
                words.draw(on: canvas, x: Sheet.right - words.width, y: base - words.baseline)
            }
            below?.draw(on: canvas, x: Sheet.left, y: y + top + parts.height)
            canvas.rule(
                x: Sheet.left, y: y + bottom, width: Sheet.textWidth, thickness: mm(0.15),
                ink: .mid)
        }
        return Block(space: style.titleGap, drawing: drawing)
    }

    /// One block, or one a line where it is higher than a sheet.
    private func paragraph(
        _ words: String, _ style: TextStyle, space: Double, whole: [Range<Int>] = []
    ) -> [Block] {
        let text = typesetter.text(words, style, width: Sheet.textWidth, whole: whole)
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
            paragraph(
                words, style.footnote, space: index == 0 ? style.footnoteSpace : 0,
                whole: wholeNotes(words))
        }
    }

    /// Numbered notes stand one after the other, and none that fits on a line is broken over two.
    private func wholeNotes(_ words: String) -> [Range<Int>] {
        guard words.first.map({ superscripts.contains($0) }) == true else { return [] }
        var notes: [Range<Int>] = []
        var start = words.startIndex
        var place = start
        while place < words.endIndex {
            let next = words.index(after: place)
            let begins = next < words.endIndex && superscripts.contains(words[next])
            if next == words.endIndex || begins && words[place].isWhitespace {
                let note = String(words[start..<(begins ? place : next)])
                let offset = words.utf8.distance(from: words.startIndex, to: start)
                if typesetter.text(note, style.footnote).width < Sheet.textWidth {
                    notes.append(offset..<(offset + note.utf8.count))
                }
                start = next
            }
            place = next
        }
        return notes
    }

    // MARK: the two columns and the signature

    /// Whole on one sheet; one below the other only where that is higher than a sheet.
    private var closing: [Block] {
        let gap = mm(8)
        let share = paper.collectionCode == nil || !style.isDense ? 1.12 : 1.3
        let leftWidth = (Sheet.textWidth - gap) * share / (share + 1)
        let rightWidth = Sheet.textWidth - gap - leftWidth
        let left = howToPay(width: leftWidth)
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

    /// With the office's collection code at the left of the first paragraphs.
    private func howToPay(width: Double) -> [Block] {
        let section = letter.howToPay
        guard let picture = paper.collectionCode, let collection = letter.collection else {
            return self.section(section, x: Sheet.left, width: width)
        }
        let code = collectionCode(picture, caption: collection.caption)
        let inset = style.codeSide + mm(4)
        var narrow: [Block] = []
        var below: [Block] = []
        for words in [collection.advice] + section.paragraphs {
            let isFull = stacked(narrow).height + style.columnsProse.lineHeight > code.height
            let text = typesetter.text(
                words, style.columnsProse, width: isFull ? width : width - inset)
            if isFull || !below.isEmpty {
                below.append(Block(space: style.columnsGap, drawing: text.at(Sheet.left)))
            } else {
                let space = narrow.isEmpty ? 0 : style.columnsGap
                narrow.append(Block(space: space, drawing: text.at(Sheet.left + inset)))
            }
        }
        let upper = beside(code, stacked(narrow))
        return [
            heading(section.heading, x: Sheet.left, width: width),
            Block(space: style.isAiry ? mm(2) : style.columnsGap + mm(0.6), drawing: upper),
        ] + below
    }

    private func collectionCode(_ picture: PictureSurface, caption: String) -> Drawing {
        let size = picture.fitted(width: style.codeSide, height: style.codeSide * 1.4)
        let small = TextStyle(face: .hei, size: 6.5, lineHeight: 9, ink: .dark)
        let text = typesetter.text(caption, small, width: style.codeSide + mm(3.5))
        let textX = Sheet.left + max(0, (style.codeSide - text.width) / 2)
        return Drawing(height: size.height + mm(0.6) + text.height) { canvas, y in
            let x = Sheet.left + (self.style.codeSide - size.width) / 2
            picture.draw(on: canvas, x: x, y: y, width: size.width)
            text.draw(on: canvas, x: textX, y: y + size.height + mm(0.6))
        }
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
