import Testing

@testable import Scans

@Suite struct `A scanned file` {
    /// Of one white page, 200 by 100 points.
    static let pdf = Array(
        """
        %PDF-1.4
        1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>> endobj
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>> endobj
        trailer<</Size 4/Root 1 0 R>>
        """.utf8)

    /// The head of a PNG of this size; no pixels follow.
    static func head(width: UInt32, height: UInt32) -> [UInt8] {
        func four(_ number: UInt32) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + four(13) + Array("IHDR".utf8)
            + four(width) + four(height) + [8, 2, 0, 0, 0] + four(0)
    }

    private static let chequered = Raster(
        width: 2, height: 2, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])

    @Test func `is what its first bytes say, whatever its name`() throws {
        #expect(try ScanFile(Self.pdf, named: "photo.jpg").kind == .pdf)
        #expect(try ScanFile(Self.chequered.png, named: "letters.pdf").kind == .png)
        let behind = Array("a scanner's own line\n".utf8) + Self.pdf
        #expect(try ScanFile(behind, named: "x").kind == .pdf)
    }

    @Test(arguments: [
        ([], ScanError.unknownKind(file: "x")),
        (Array("GIF89a".utf8), .unknownKind(file: "x")),
        (Array("%PDF-1.7 and nothing".utf8), .damaged(file: "x")),
        ([0xFF, 0xD8, 0xFF, 0xE0], .damaged(file: "x")),
        (head(width: 60_000, height: 60_000), .tooLarge(file: "x")),
        (head(width: 8_000, height: 10_001), .tooLarge(file: "x")),
        (head(width: 0, height: 10), .damaged(file: "x")),
        (head(width: 4_294_967_295, height: 4_294_967_295), .damaged(file: "x")),
    ])
    func `is refused before any pixel is read`(_ bytes: [UInt8], _ error: ScanError) {
        #expect(throws: error) { try ScanFile(bytes, named: "x") }
    }

    @Test func `that is cut off is refused when it is read`() throws {
        let whole = Raster(
            width: 90, height: 90, bytes: (0..<24_300).map { UInt8(truncatingIfNeeded: $0 * $0) }
        ).png
        let file = try ScanFile(Array(whole.prefix(whole.count / 2)), named: "x")
        #expect(throws: ScanError.damaged(file: "x")) { try file.pixels(ofPage: 1, dpi: 200) }
    }

    @Test func `comes through PNG unchanged`() throws {
        let read = try #require(Raster(png: Self.chequered.png))
        #expect(read.bytes == Self.chequered.bytes)
    }

    @Test func `of PDF is drawn on white at the dots asked for`() throws {
        let page = try ScanFile(Self.pdf, named: "x").pixels(ofPage: 1, dpi: 144)
        #expect(page?.width == 400 && page?.height == 200)
        #expect(page?.bytes.allSatisfy { $0 == 255 } == true)
    }

    /// A corner mark wanders as EXIF's picture of the letter F tells: the pixel that belongs at the
    /// left above is stored at …
    @Test(arguments: [
        (1, 0), (2, 2), (3, 5), (4, 3), (5, 0), (6, 3), (7, 5), (8, 2),
    ])
    func `of a camera is set upright`(_ orientation: Int, _ stored: Int) {
        let stands = (0..<6).flatMap { [UInt8($0), 0, 0] as [UInt8] }
        let raster = Raster(width: 3, height: 2, bytes: stands).upright(from: orientation)
        #expect(raster.bytes[0] == UInt8(stored))
        #expect((raster.width, raster.height) == (orientation < 5 ? (3, 2) : (2, 3)))
    }

    @Test func `says what is wrong with it in both languages`() {
        let errors: [ScanError] = [
            .unknownKind(file: "x"), .tooLarge(file: "x"), .damaged(file: "x"), .locked(file: "x"),
        ]
        #expect(
            errors.map(\.message.en) == [
                "x is no PNG, JPEG or PDF. Use one of these.",
                "x is too large: 200 MB, 1000 pages and 80 million pixels a page at most. Split it, or "
                    + "scan at 300 dpi.",
                "x cannot be read: it is cut off, or damaged. Scan or photograph it again.",
                "x has a password. Take that off first.",
            ])
        #expect(errors.allSatisfy { $0.message.zh.hasPrefix("x ") })
    }
}
