internal import CPango

/// A PDF file that Cairo writes page by page.
final class PDFDocument {
    private let path: String
    private let surface: OpaquePointer
    let canvas: Canvas

    init(at path: String, title: String, created: String) throws(LetterError) {
        self.path = path
        surface = cairo_pdf_surface_create(path, Sheet.width, Sheet.height)
        canvas = Canvas(cairo: cairo_create(surface))
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Dunwell")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
        try check()
    }

    deinit {
        cairo_destroy(canvas.cairo)
        cairo_surface_destroy(surface)
    }

    func endPage() { cairo_show_page(canvas.cairo) }

    /// Ends the file; the canvas is of no use after it.
    func finish() throws(LetterError) {
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface)
        if status != CAIRO_STATUS_SUCCESS { throw failure(status) }
    }

    /// - Throws: the first thing that went wrong since the file was begun, a full disk among them.
    func check() throws(LetterError) {
        for status in [cairo_surface_status(surface), cairo_status(canvas.cairo)]
        where status != CAIRO_STATUS_SUCCESS {
            throw failure(status)
        }
    }

    private func failure(_ status: cairo_status_t) -> LetterError {
        .notWritten(path: path, reason: String(cString: cairo_status_to_string(status)))
    }
}
