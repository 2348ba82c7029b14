internal import CPango
import Glibc

/// A PDF file that Cairo writes page by page.
///
/// The bytes pass through our own hands: cairo 1.16 lets a full disk go unnoticed where it meets it
/// while the file is being ended.
final class PDFDocument {
    private let path: String
    private let file: PDFFile
    private let surface: OpaquePointer
    let canvas: Canvas

    init(at path: String, title: String, created: String) throws(LetterError) {
        self.path = path
        file = PDFFile(path)
        surface = cairo_pdf_surface_create_for_stream(
            writePiece, Unmanaged.passUnretained(file).toOpaque(), Sheet.width, Sheet.height)
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
        file.close()
        try check()
        if status != CAIRO_STATUS_SUCCESS { throw failure(status) }
    }

    /// - Throws: the first thing that went wrong since the file was begun, a full disk among them.
    func check() throws(LetterError) {
        if let error = file.error {
            throw .notWritten(path: path, reason: String(cString: strerror(error)))
        }
        for status in [cairo_surface_status(surface), cairo_status(canvas.cairo)]
        where status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_SURFACE_FINISHED {
            throw failure(status)
        }
    }

    private func failure(_ status: cairo_status_t) -> LetterError {
        .notWritten(path: path, reason: String(cString: cairo_status_to_string(status)))
    }
}

/// The file's descriptor, and the first error that writing to it gave.
private final class PDFFile {
    private var descriptor: Int32
    /// `errno`; `nil` while all went well.
    private(set) var error: Int32?

    init(_ path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { error = errno }
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer) {
        var left = bytes[...]
        while !left.isEmpty, error == nil {
            let count = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: left).baseAddress, left.count)
            if count > 0 { left = left.dropFirst(count) } else if errno != EINTR { error = errno }
        }
    }

    func close() {
        guard descriptor >= 0 else { return }
        if Glibc.close(descriptor) != 0, error == nil { error = errno }
        descriptor = -1
    }
}

/// Called by Cairo, on the thread that draws, with each piece of the file.
private let writePiece: cairo_write_func_t = { context, bytes, count in
    let file = Unmanaged<PDFFile>.fromOpaque(context!).takeUnretainedValue()
    file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return file.error == nil ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR
}
