internal import CPango
internal import Primitives

/// Writes letters, sheet after sheet, into one PDF file: A4, text selectable, fonts embedded.
///
/// Streams: a letter is in the file once it is added, and memory does not grow with their
/// number. The same letters, title and date give the same bytes. Used by one thread at a time.
public final class LetterPrinter {
    let typesetter: Typesetter
    let paper: Paper
    let canvas: Canvas
    private let document: PDFDocument
    private let isDuplex: Bool
    /// The kept file that pages were drawn from last.
    private var kept: (path: String, pdf: KeptPDF)?
    /// Pages in the file so far.
    public private(set) var pageCount = 0

    /// Begins the file, replacing one that is there.
    ///
    /// - Parameters:
    ///   - title: of the document, shown by PDF viewers.
    ///   - created: the document's date, ISO 8601: `2026-12-01` or `2026-12-01T09:30:00+08:00`.
    ///   - isDuplex: for a printer that prints on both sides: each letter begins on a front, and so
    ///     does the sheet with its stub, so that nothing else goes when the stub is torn off.
    /// - Throws: where a font is missing, a picture is none, or the file cannot be written.
    public init(
        to path: String, title: String, created: String, on stationery: Stationery = Stationery(),
        isDuplex: Bool = false
    ) throws(LetterError) {
        typesetter = try Typesetter(stationery)
        paper = try Paper(stationery)
        document = try PDFDocument(at: path, title: title, created: created)
        canvas = document.canvas
        self.isDuplex = isDuplex
    }

    /// Prints a letter, beginning a new sheet. On an error nothing of it is in the file, unless
    /// the file itself cannot be written; after another error the printer goes on with the next.
    ///
    /// - Parameter mark: across each page, for what is not to be sent: `样张 SAMPLE`.
    /// - Returns: the letter's pages in the file, counted from 0.
    public func add(_ letter: Letter, mark: String? = nil) throws(LetterError) -> Range<Int> {
        typesetter.speak(letter.language)
        _ = typesetter.takeUnprintable()
        let plan = try LetterPlan(letter, paper: paper, typesetter: typesetter)
        if let text = typesetter.takeUnprintable() {
            throw .unprintable(notice: letter.noticeNumber, text: text)
        }
        turnToFront()
        let first = pageCount
        for sheet in plan.sheets.indices {
            if letter.stub != nil, sheet == plan.sheets.count - 1 { turnToFront() }
            if let mark { drawAcross(mark) }
            plan.draw(sheet: sheet, on: canvas)
            endPage()
        }
        try document.check()
        return first..<pageCount
    }

    /// Draws pages of a kept PDF again, beginning a new sheet.
    ///
    /// - Parameters:
    ///   - pages: of the kept file, counted from 0.
    ///   - mark: at the top right of each: `补打 第 2 次`.
    /// - Returns: their pages in the file, counted from 0.
    @discardableResult
    public func add(
        _ pages: Range<Int>, of path: String, mark: String
    ) throws(LetterError) -> Range<Int> {
        if kept?.path != path { kept = (path, try KeptPDF(path)) }
        let pdf = kept!.pdf
        guard pdf.has(pages) else {
            throw .noSuchPages(path: path, asked: pages, pages: pdf.pageCount)
        }
        typesetter.speak(.zh)
        turnToFront()
        let first = pageCount
        for page in pages {
            pdf.draw(page: page, on: canvas)
            typesetter.mark(mark).draw(on: canvas, x: Sheet.left, y: Sheet.markTop)
            endPage()
        }
        try document.check()
        return first..<pageCount
    }

    /// Ends the file. Only then is it a PDF; on an error it must not be kept.
    public func finish() throws(LetterError) {
        try document.finish()
    }

    /// In duplex the next page is the front of a sheet: a back stays blank where need be.
    func turnToFront() {
        if isDuplex, pageCount % 2 == 1 { endPage() }
    }

    func endPage() {
        document.endPage()
        pageCount += 1
    }

    /// Large and pale, as an outline, so that the page's own text stays whole; and small, as text.
    private func drawAcross(_ mark: String) {
        let style = TextStyle(face: .hei, size: 72, lineHeight: 90, bold: true)
        canvas.across(typesetter.text(mark, style))
        typesetter.mark(mark).draw(on: canvas, x: Sheet.left, y: Sheet.markTop)
    }
}

extension Typesetter {
    /// A mark for the free margin at the top right.
    func mark(_ words: String) -> Text {
        let style = TextStyle(face: .hei, size: 8, lineHeight: 11)
        return text(words, style, width: Sheet.textWidth, side: .right)
    }
}

/// A letter measured: what stands where on which sheet.
private struct LetterPlan {
    private let head: LetterHead
    private let running: RunningHead
    private let stub: LetterStub?
    private let paper: Paper
    private(set) var sheets: [[Placed]] = []
    private var labels: [Text] = []

    init(_ letter: Letter, paper: Paper, typesetter: Typesetter) throws(LetterError) {
        let code = try QRCode(letter.noticeNumber)
        self.paper = paper
        head = try LetterHead(letter, code: code, paper: paper, typesetter: typesetter)
        running = RunningHead(letter, code: code, typesetter: typesetter)
        if let stub = letter.stub {
            self.stub = try LetterStub(
                stub, notice: letter.noticeNumber, code: code, typesetter: typesetter)
        } else {
            stub = nil
        }
        let filling = try fewestSheets(letter, typesetter)
        sheets = filling.sheets
        guard filling.hasLabels else { return }
        let style = TextStyle(face: .hei, size: 7.5, lineHeight: 10, ink: .grey)
        labels = (1...sheets.count).map { number in
            let words = replaced(letter.pageLabel, page: number, pages: sheets.count)
            return typesetter.text(words, style, width: Sheet.textWidth, side: .right)
        }
    }

    /// In the loosest style that needs no more sheets than the tightest.
    private func fewestSheets(
        _ letter: Letter, _ typesetter: Typesetter
    ) throws(LetterError) -> Filling {
        let styles: [LetterStyle] =
            stub == nil ? [.soft, .roomy, .dense, .tight] : [.roomy, .dense, .tight]
        var best: Filling?
        for style in styles {
            let filling = filled(try blocks(letter, style, typesetter))
            if let filling, filling.sheets.count < best?.sheets.count ?? .max { best = filling }
            if best?.sheets.count == 1 { break }
        }
        guard let best else { throw .tooLong(notice: letter.noticeNumber, part: .text) }
        return best
    }

    private func blocks(
        _ letter: Letter, _ style: LetterStyle, _ typesetter: Typesetter
    ) throws(LetterError) -> [Block] {
        let breakHeight = limits(withLabels: true).lastFoot - RunningHead.bottom
        return try LetterBody(
            of: letter, style: style, breakHeight: breakHeight, paper: paper,
            typesetter: typesetter
        ).blocks()
    }

    private typealias Filling = (sheets: [[Placed]], hasLabels: Bool)

    /// With room for page labels; without, where that makes it one sheet.
    private func filled(_ blocks: [Block]) -> Filling? {
        let labelled = fillSheets(blocks, within: limits(withLabels: true))
        if let labelled, labelled.count == 1 { return (labelled, true) }
        if let one = fillSheets(blocks, within: limits(withLabels: false)), one.count == 1 {
            return (one, false)
        }
        return labelled.map { ($0, true) }
    }

    private func limits(withLabels: Bool) -> SheetLimits {
        let foot = withLabels ? labelTop - mm(3) : Sheet.foot - mm(2)
        let stubFoot = LetterStub.top - (withLabels ? mm(6) : mm(1.2))
        return SheetLimits(
            firstTop: head.bottom, nextTop: RunningHead.bottom, foot: foot,
            lastFoot: stub == nil ? foot : stubFoot)
    }

    func draw(sheet index: Int, on canvas: Canvas) {
        if index == 0 {
            head.draw(on: canvas)
        } else {
            running.drawing.draw(canvas, RunningHead.top)
        }
        for placed in sheets[index] { placed.drawing.draw(canvas, placed.y) }
        let stub = index == sheets.count - 1 ? stub : nil
        if index < labels.count {
            let y = stub == nil ? labelTop : LetterStub.top - mm(4.5)
            labels[index].draw(on: canvas, x: Sheet.left, y: y)
        }
        stub?.draw(on: canvas)
    }
}

private let labelTop = Sheet.height - mm(13)

/// `第 {page} 页，共 {pages} 页` with its numbers.
private func replaced(_ label: String, page: Int, pages: Int) -> String {
    label.split(separator: "{", omittingEmptySubsequences: false).map { part in
        if part.hasPrefix("page}") { return "\(page)\(part.dropFirst(5))" }
        if part.hasPrefix("pages}") { return "\(pages)\(part.dropFirst(6))" }
        return String(part)
    }.joined()
}
