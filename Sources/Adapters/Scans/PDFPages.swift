internal import CPango
internal import CPoppler

/// The pages of a PDF, each drawn when it is asked for.
final class PDFPages {
    private let document: OpaquePointer
    let count: Int

    /// - Throws: where it is damaged, has no page, or opens with a password only.
    init(_ bytes: [UInt8], named name: String) throws(ScanError) {
        var error: UnsafeMutablePointer<GError>?
        let copy = bytes.withUnsafeBytes { g_bytes_new($0.baseAddress, gsize($0.count)) }
        defer { g_bytes_unref(copy) }
        guard let document = poppler_document_new_from_bytes(copy, nil, &error) else {
            let isLocked = error.map { $0.pointee.code == Int32(POPPLER_ERROR_ENCRYPTED.rawValue) }
            g_clear_error(&error)
            throw isLocked == true ? .locked(file: name) : .damaged(file: name)
        }
        self.document = document
        count = Int(poppler_document_get_n_pages(document))
        if count < 1 { throw .damaged(file: name) }
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(document)) }

    /// A page on white; at fewer dots an inch than asked where it would be too large.
    ///
    /// - Parameter number: from 1.
    /// - Returns: `nil` where the page cannot be drawn.
    func pixels(ofPage number: Int, dpi: Double) -> Raster? {
        guard let page = poppler_document_get_page(document, Int32(number - 1)) else { return nil }
        defer { g_object_unref(UnsafeMutableRawPointer(page)) }
        var (width, height) = (0.0, 0.0)
        poppler_page_get_size(page, &width, &height)
        guard width > 1, height > 1, width.isFinite, height.isFinite else { return nil }
        let fitting = (Double(ScanLimits.pixelsWanted) / (width * height)).squareRoot()
        let scale = min(dpi / 72, fitting)
        let (columns, rows) = (Int32(width * scale), Int32(height * scale))
        guard columns > 0, rows > 0, columns < 30_000, rows < 30_000 else { return nil }
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows)
        defer { cairo_surface_destroy(surface) }
        let cairo = cairo_create(surface)
        defer { cairo_destroy(cairo) }
        cairo_set_source_rgb(cairo, 1, 1, 1)
        cairo_paint(cairo)
        cairo_scale(cairo, scale, scale)
        poppler_page_render(page, cairo)
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { return nil }
        let stride = Int(cairo_image_surface_get_stride(surface))
        return Raster(bgrx: data, width: Int(columns), height: Int(rows), stride: stride)
    }
}

extension Raster {
    /// From Cairo's pixels: blue, green, red, and a byte that says nothing.
    fileprivate init(bgrx data: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int) {
        let bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, filled in
            for row in 0..<height {
                for column in 0..<width {
                    let from = row * stride + 4 * column
                    let to = 3 * (row * width + column)
                    target[to] = data[from + 2]
                    target[to + 1] = data[from + 1]
                    target[to + 2] = data[from]
                }
            }
            filled = width * height * 3
        }
        self.init(width: width, height: height, bytes: bytes)
    }
}
