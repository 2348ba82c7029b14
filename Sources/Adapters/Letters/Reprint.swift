internal import CPango
internal import CPoppler
internal import Primitives

/// Draws pages of a kept PDF again onto A4 sheets of a new one: vectors and selectable text, as
/// they were, with a mark in the free margin at the top right of each.
///
/// - Parameters:
///   - pages: counted from 0.
///   - mark: `补打 第 2 次`
///   - stationery: its fonts set the mark.
///   - output: the new file; replaced if it is there, and not to be kept after an error.
public func reprint(
    pages: Range<Int>, of path: String, mark: String, on stationery: Stationery = Stationery(),
    to output: String
) throws(LetterError) {
    let kept = try KeptPDF(path)
    guard kept.has(pages) else {
        throw .noSuchPages(path: path, asked: pages, pages: kept.pageCount)
    }
    let typesetter = try Typesetter(stationery)
    typesetter.speak(.zh)
    let text = typesetter.mark(mark)
    let document = try PDFDocument(at: output, title: kept.title, created: kept.created)
    for page in pages {
        kept.draw(page: page, on: document.canvas)
        text.draw(on: document.canvas, x: Sheet.left, y: Sheet.markTop)
        document.endPage()
    }
    try document.finish()
}

/// The title of a PDF file, as viewers show it; empty where it has none.
public func titleOfPDF(_ path: String) throws(LetterError) -> String { try KeptPDF(path).title }

/// The pages of a PDF file, from 0; `nil` where it is none.
public func pagesOfPDF(_ path: String) -> Range<Int>? {
    guard let kept = try? KeptPDF(path) else { return nil }
    return 0..<kept.pageCount
}

/// A PDF file opened by Poppler.
final class KeptPDF {
    private let document: OpaquePointer

    init(_ path: String) throws(LetterError) {
        guard let absolute = g_canonicalize_filename(path, nil) else {
            throw .notRead(path: path, reason: "no such path")
        }
        defer { g_free(absolute) }
        guard let uri = g_filename_to_uri(absolute, nil, nil) else {
            throw .notRead(path: path, reason: "no such path")
        }
        defer { g_free(uri) }
        var error: UnsafeMutablePointer<GError>?
        guard let document = poppler_document_new_from_file(uri, nil, &error) else {
            defer { g_clear_error(&error) }
            throw .notRead(
                path: path, reason: error.map { String(cString: $0.pointee.message) } ?? "")
        }
        self.document = document
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(document)) }

    /// - Parameter pages: counted from 0.
    func has(_ pages: Range<Int>) -> Bool {
        !pages.isEmpty && pages.lowerBound >= 0 && pages.upperBound <= pageCount
    }

    var pageCount: Int { Int(poppler_document_get_n_pages(document)) }

    var title: String {
        guard let title = poppler_document_get_title(document) else { return "" }
        defer { g_free(title) }
        return String(cString: title)
    }

    /// The kept file's date, ISO 8601, so that a reprint has the same bytes each time.
    var created: String {
        guard let date = poppler_document_get_creation_date_time(document) else { return "" }
        defer { g_date_time_unref(date) }
        guard let text = g_date_time_format_iso8601(date) else { return "" }
        defer { g_free(text) }
        return String(cString: text)
    }

    func draw(page index: Int, on canvas: Canvas) {
        guard let page = poppler_document_get_page(document, Int32(index)) else { return }
        defer { g_object_unref(UnsafeMutableRawPointer(page)) }
        cairo_save(canvas.cairo)
        poppler_page_render_for_printing(page, canvas.cairo)
        cairo_restore(canvas.cairo)
    }

    /// The page as a PNG on white.
    ///
    /// - Parameter width: in pixels; its height is that of A4.
    func picture(ofPage index: Int, width: Int) throws(LetterError) -> [UInt8] {
        let scale = Double(width) / Sheet.width
        let surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, Int32(width), Int32((Sheet.height * scale).rounded()))
        let canvas = Canvas(cairo: cairo_create(surface))
        defer {
            cairo_destroy(canvas.cairo)
            cairo_surface_destroy(surface)
        }
        cairo_set_source_rgb(canvas.cairo, 1, 1, 1)
        cairo_paint(canvas.cairo)
        cairo_scale(canvas.cairo, scale, scale)
        draw(page: index, on: canvas)
        let bytes = PictureBytes()
        let status = cairo_surface_write_to_png_stream(
            surface, takePiece, Unmanaged.passUnretained(bytes).toOpaque())
        guard status == CAIRO_STATUS_SUCCESS else {
            throw .notWritten(path: "PNG", reason: String(cString: cairo_status_to_string(status)))
        }
        return bytes.taken
    }
}

private final class PictureBytes {
    var taken: [UInt8] = []
}

/// Called by Cairo, on the thread that draws, with each piece of the picture.
private let takePiece: cairo_write_func_t = { context, bytes, count in
    let target = Unmanaged<PictureBytes>.fromOpaque(context!).takeUnretainedValue()
    target.taken += UnsafeBufferPointer(start: bytes, count: Int(count))
    return CAIRO_STATUS_SUCCESS
}
