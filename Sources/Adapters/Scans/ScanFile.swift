/// A scanned file: a picture, or a PDF with one on each page. What its first bytes say counts, not
/// its name.
public final class ScanFile {
    public enum Kind: String, Sendable {
        case png, jpeg, pdf

        /// As the file is named in the evidence folder.
        public var suffix: String { self == .jpeg ? "jpg" : rawValue }
    }

    public let name: String
    public let kind: Kind
    public let pageCount: Int
    private let bytes: [UInt8]
    private let orientation: Int
    private let pdf: PDFPages?

    /// Looks at a file's head; pixels are not read yet.
    ///
    /// - Throws: where it is none of the three, damaged, or larger than `ScanLimits` allow.
    public init(_ bytes: [UInt8], named name: String) throws(ScanError) {
        self.name = name
        self.bytes = bytes
        guard bytes.count <= ScanLimits.megabytes * 1_000_000 else { throw .tooLarge(file: name) }
        guard let kind = Self.kind(of: bytes) else { throw .unknownKind(file: name) }
        self.kind = kind
        switch kind {
        case .png:
            let size = try Self.sizeOfPNG(bytes, name)
            guard size.width * size.height <= ScanLimits.pixels else { throw .tooLarge(file: name) }
            (orientation, pageCount, pdf) = (1, 1, nil)
        case .jpeg:
            guard let head = JPEGHead(bytes) else { throw .damaged(file: name) }
            let most = min(ScanLimits.pixels, 1_000_000 + bytes.count * ScanLimits.pixelsPerByte)
            guard head.width * head.height <= most, head.scans <= ScanLimits.jpegScans else {
                throw .tooLarge(file: name)
            }
            (orientation, pageCount, pdf) = (head.orientation, 1, nil)
        case .pdf:
            let pages = try PDFPages(bytes, named: name)
            guard pages.count <= ScanLimits.pages else { throw .tooLarge(file: name) }
            (orientation, pageCount, pdf) = (1, pages.count, pages)
        }
    }

    private static func kind(of bytes: [UInt8]) -> Kind? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        // Some scanners write a line of their own before it.
        let head = bytes.prefix(1_024)
        return head.firstRange(of: Array("%PDF-".utf8)) == nil ? nil : .pdf
    }

    private static func sizeOfPNG(
        _ bytes: [UInt8], _ name: String
    ) throws(ScanError) -> (width: Int, height: Int) {
        guard bytes.count >= 33 else { throw .damaged(file: name) }
        func number(_ place: Int) -> Int {
            bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        let size = (width: number(16), height: number(20))
        guard (1...100_000_000).contains(size.width), (1...100_000_000).contains(size.height) else {
            throw .damaged(file: name)
        }
        return size
    }

    /// The pixels of a page, upright as the camera or the PDF says; `nil` for a page of a PDF that
    /// cannot be drawn.
    ///
    /// - Parameters:
    ///   - page: from 1; a picture has one.
    ///   - dpi: of a PDF's page; pictures are as they are.
    func pixels(ofPage page: Int, dpi: Double) throws(ScanError) -> Raster? {
        let read: Raster? =
            switch kind {
            case .png: Raster(png: bytes)?.withinReason()
            case .jpeg: Raster(jpeg: bytes)?.withinReason().upright(from: orientation)
            case .pdf: pdf!.pixels(ofPage: page, dpi: dpi)
            }
        if read == nil, kind != .pdf { throw .damaged(file: name) }
        return read
    }

    /// Sees to it that a picture can be read to its end; a PDF's pages were counted before.
    public func requireReadable() throws(ScanError) {
        if kind != .pdf { _ = try pixels(ofPage: 1, dpi: 72) }
    }

    /// A page as a PNG, upright as the camera or the PDF says; `nil` for a page of a PDF that
    /// cannot be drawn.
    ///
    /// - Parameters:
    ///   - page: from 1; a picture has one.
    ///   - dpi: of a PDF's page; pictures are as they are.
    public func picture(ofPage page: Int, dpi: Double) throws(ScanError) -> [UInt8]? {
        try pixels(ofPage: page, dpi: dpi)?.png
    }
}
