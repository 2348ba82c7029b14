internal import Primitives

/// A part of a report: each begins on a new sheet.
public struct ReportPart: Sendable {
    public enum Element: Sendable {
        case heading(String)
        case paragraph(String)
        /// Small, below what it speaks of.
        case note(String)
        case facts([(label: String, value: String)])
        case table(Letter.Table)
        case plot(ReportPlot)
    }

    public var title: String
    public var elements: [Element]

    /// - Parameter elements: from above downward.
    public init(title: String, _ elements: [Element]) {
        self.title = title
        self.elements = elements
    }
}

/// Writes a report of several parts, with pages and pictures of other files between them, as one
/// PDF: A4, each page numbered. The same report gives the same bytes.
public final class ReportPrinter {
    private let typesetter: Typesetter
    private let document: PDFDocument
    private let runningHead: String
    /// Pages in the file so far.
    public private(set) var pageCount = 0

    /// Begins the file, replacing one that is there.
    ///
    /// - Parameters:
    ///   - created: the document's date, ISO 8601.
    ///   - runningHead: small, on top of each page of the report's own.
    /// - Throws: where a font is missing, or the file cannot be written.
    public init(
        to path: String, title: String, created: String, runningHead: String,
        on stationery: Stationery = Stationery()
    ) throws(LetterError) {
        typesetter = try Typesetter(stationery)
        typesetter.speak(.zh)
        document = try PDFDocument(at: path, title: title, created: created)
        self.runningHead = runningHead
    }

    /// - Returns: the part's pages, counted from 0.
    @discardableResult
    public func add(_ part: ReportPart) throws(LetterError) -> Range<Int> {
        _ = typesetter.takeUnprintable()
        let sheets = fillSheets(
            try blocks(of: part),
            within: SheetLimits(
                firstTop: contentTop, nextTop: contentTop, foot: contentFoot,
                lastFoot: contentFoot))
        guard let sheets else { throw .tooLong(notice: part.title, part: .text) }
        if let text = typesetter.takeUnprintable() {
            throw .unprintable(notice: part.title, text: text)
        }
        let first = pageCount
        for sheet in sheets {
            small(runningHead, side: .left).draw(on: document.canvas, x: Sheet.left, y: headTop)
            for placed in sheet { placed.drawing.draw(document.canvas, placed.y) }
            try endPage()
        }
        return first..<pageCount
    }

    /// Pages of another PDF as they are, each with a mark in the free margin at the top right.
    ///
    /// - Parameter pages: counted from 0; `nil`: all.
    /// - Returns: their pages in this file.
    public func add(
        pages: Range<Int>?, of path: String, mark: String
    ) throws(LetterError) -> Range<Int> {
        let kept = try KeptPDF(path)
        let asked = pages ?? 0..<kept.pageCount
        guard asked.lowerBound >= 0, asked.upperBound <= kept.pageCount else {
            throw .noSuchPages(path: path, asked: asked, pages: kept.pageCount)
        }
        let first = pageCount
        for page in asked {
            kept.draw(page: page, on: document.canvas)
            typesetter.mark(mark).draw(on: document.canvas, x: Sheet.left, y: Sheet.markTop)
            try endPage()
        }
        return first..<pageCount
    }

    /// A picture on a sheet of its own, as large as it can be.
    ///
    /// - Returns: its page in this file.
    public func add(_ picture: Picture, caption: String) throws(LetterError) -> Range<Int> {
        let surface = try PictureSurface(picture)
        let text = small(caption, side: .left)
        let room = contentFoot - contentTop - text.height - mm(3)
        let size = surface.fitted(width: Sheet.textWidth, height: room)
        text.draw(on: document.canvas, x: Sheet.left, y: contentTop)
        surface.draw(
            on: document.canvas, x: Sheet.left, y: contentTop + text.height + mm(3),
            width: size.width)
        try endPage()
        return pageCount - 1..<pageCount
    }

    /// Ends the file. Only then is it a PDF; on an error it must not be kept.
    public func finish() throws(LetterError) { try document.finish() }

    // MARK: - Laying out

    private let style = LetterStyle.dense

    private func blocks(of part: ReportPart) throws(LetterError) -> [Block] {
        let title = TextStyle(face: .song, size: 16, lineHeight: 22, bold: true)
        var blocks = [
            Block(drawing: text(part.title, title), keepsNext: !part.elements.isEmpty)
        ]
        for element in part.elements { blocks += try self.blocks(of: element) }
        blocks[blocks.count - 1].keepsNext = false
        return blocks
    }

    private func blocks(of element: ReportPart.Element) throws(LetterError) -> [Block] {
        switch element {
        case .heading(let words):
            let heading = TextStyle(face: .song, size: 11.5, lineHeight: 16, bold: true)
            return [Block(space: mm(5), drawing: text(words, heading), keepsNext: true)]
        case .paragraph(let words):
            let prose = TextStyle(face: .song, size: 10, lineHeight: 15.5)
            return [Block(space: mm(2), drawing: text(words, prose))]
        case .note(let words):
            let note = TextStyle(face: .hei, size: 8, lineHeight: 12, ink: .dark)
            return [Block(space: mm(1.5), drawing: text(words, note))]
        case .facts(let facts): return facts.map(fact)
        case .plot(let plot): return PlotDrawing(typesetter: typesetter).blocks(of: plot)
        case .table(let table):
            return try LetterTable(
                of: table, notice: runningHead, style: style, typesetter: typesetter
            ).blocks()
        }
    }

    private func text(_ words: String, _ style: TextStyle) -> Drawing {
        typesetter.text(words, style, width: Sheet.textWidth).at(Sheet.left)
    }

    private func fact(_ fact: (label: String, value: String)) -> Block {
        let value = TextStyle(face: .hei, size: 9, lineHeight: 13.5)
        var label = value
        label.ink = .grey
        let inset = mm(46)
        return Block(
            space: mm(1),
            drawing: beside(
                typesetter.text(fact.label, label, width: inset - mm(2)).at(Sheet.left),
                typesetter.text(fact.value, value, width: Sheet.textWidth - inset)
                    .at(Sheet.left + inset)))
    }

    private func small(_ words: String, side: Side) -> Text {
        let style = TextStyle(face: .hei, size: 7.5, lineHeight: 10, ink: .grey)
        return typesetter.text(words, style, width: Sheet.textWidth, side: side)
    }

    /// With the page's number in the margin at the foot.
    private func endPage() throws(LetterError) {
        let number = small("— \(pageCount + 1) —", side: .centre)
        number.draw(on: document.canvas, x: Sheet.left, y: Sheet.height - mm(7))
        document.endPage()
        pageCount += 1
        try document.check()
    }
}

private let headTop = mm(10)
private let contentTop = mm(18)
private let contentFoot = Sheet.height - mm(16)
