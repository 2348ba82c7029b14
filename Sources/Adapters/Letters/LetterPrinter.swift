internal import CPango

/// Writes letters, sheet after sheet, into one PDF file: A4, text selectable, fonts embedded.
///
/// Streams: a letter is in the file once it is added, and memory does not grow with their
/// number. The same letters, title and date give the same bytes. Used by one thread at a time.
public final class LetterPrinter {
    private let path: String
    private let typesetter: Typesetter
    private let document: PDFDocument
    /// Sheets in the file so far.
    public private(set) var pageCount = 0

    /// Begins the file, replacing one that is there.
    ///
    /// - Parameters:
    ///   - title: of the document, shown by PDF viewers.
    ///   - created: the document's date, ISO 8601: `2026-12-01` or `2026-12-01T09:30:00+08:00`.
    /// - Throws: where a font is missing, or the file cannot be written.
    public convenience init(
        to path: String, title: String, created: String
    ) throws(LetterError) {
        try self.init(to: path, title: title, created: created, faces: Faces())
    }

    init(to path: String, title: String, created: String, faces: Faces) throws(LetterError) {
        self.path = path
        typesetter = try Typesetter(faces: faces)
        document = try PDFDocument(at: path, title: title, created: created)
    }

    /// Prints a letter, beginning a new sheet. On an error nothing of it is in the file, unless
    /// the file itself cannot be written; after another error the printer goes on with the next.
    ///
    /// - Returns: the letter's pages in the file, counted from 0.
    public func add(_ letter: Letter) throws(LetterError) -> Range<Int> {
        typesetter.speak(letter.language)
        _ = typesetter.takeUnprintable()
        let plan = try LetterPlan(letter, typesetter: typesetter)
        if let text = typesetter.takeUnprintable() {
            throw .unprintable(notice: letter.noticeNumber, text: text)
        }
        for sheet in plan.sheets.indices {
            plan.draw(sheet: sheet, on: document.canvas)
            document.endPage()
        }
        try document.check()
        defer { pageCount += plan.sheets.count }
        return pageCount..<(pageCount + plan.sheets.count)
    }

    /// Ends the file. Only then is it a PDF; on an error it must not be kept.
    public func finish() throws(LetterError) {
        try document.finish()
    }
}

/// A letter measured: what stands where on which sheet.
private struct LetterPlan {
    private let head: LetterHead
    private let running: RunningHead
    private let stub: LetterStub?
    private(set) var sheets: [[Placed]] = []
    private var labels: [Text] = []

    init(_ letter: Letter, typesetter: Typesetter) throws(LetterError) {
        let code = try QRCode(letter.noticeNumber)
        head = try LetterHead(letter, code: code, typesetter: typesetter)
        running = RunningHead(letter, code: code, typesetter: typesetter)
        if let stub = letter.stub {
            self.stub = try LetterStub(
                stub, notice: letter.noticeNumber, code: code, typesetter: typesetter)
        } else {
            stub = nil
        }
        sheets = try fewestSheets(letter, typesetter)
        guard sheets.count > 1 else { return }
        let style = TextStyle(face: .hei, size: 7.5, lineHeight: 10, ink: .grey)
        labels = (1...sheets.count).map { number in
            let words = replaced(letter.pageLabel, page: number, pages: sheets.count)
            return typesetter.text(words, style, width: Sheet.textWidth, side: .right)
        }
    }

    /// In the loosest style that needs no more sheets than the tightest.
    private func fewestSheets(
        _ letter: Letter, _ typesetter: Typesetter
    ) throws(LetterError) -> [[Placed]] {
        let styles: [LetterStyle] = stub == nil ? [.soft, .dense, .tight] : [.dense, .tight]
        var best: [[Placed]]?
        for style in styles {
            let sheets = filled(try blocks(letter, style, typesetter))
            if let sheets, sheets.count < best?.count ?? .max { best = sheets }
            if best?.count == 1 { break }
        }
        guard let best else { throw .tooLong(notice: letter.noticeNumber, part: .text) }
        return best
    }

    private func blocks(
        _ letter: Letter, _ style: LetterStyle, _ typesetter: Typesetter
    ) throws(LetterError) -> [Block] {
        let breakHeight = limits(manySheets: true).lastFoot - RunningHead.bottom
        return try LetterBody(
            of: letter, style: style, breakHeight: breakHeight, typesetter: typesetter
        ).blocks()
    }

    /// On one sheet without a page label if possible, else with room for labels.
    private func filled(_ blocks: [Block]) -> [[Placed]]? {
        if let one = fillSheets(blocks, within: limits(manySheets: false)), one.count == 1 {
            return one
        }
        return fillSheets(blocks, within: limits(manySheets: true))
    }

    private func limits(manySheets: Bool) -> SheetLimits {
        let foot = manySheets ? labelTop - mm(3) : Sheet.foot - mm(2)
        let stubFoot = LetterStub.top - (manySheets ? mm(6) : mm(2))
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
