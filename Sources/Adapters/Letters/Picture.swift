internal import CPango

/// A PNG or JPEG picture, small enough for a letter.
public struct Picture: Hashable, Sendable {
    /// The file's name, for messages.
    public let name: String
    let bytes: [UInt8]
    /// In pixels.
    let width, height: Int

    private static let ofLetter = Limits(bytes: 2_000_000, side: 4_000)
    private static let ofEvidence = Limits(bytes: 30_000_000, side: 12_000)

    private struct Limits {
        let bytes, side: Int
    }

    /// - Throws: where it is neither, or larger than two megabytes or 4,000 pixels a side.
    public init(_ bytes: [UInt8], named name: String) throws(LetterError) {
        try self.init(bytes, name, within: Self.ofLetter)
    }

    /// A scan, or a photo as phones take them: up to thirty megabytes and 12,000 pixels a side.
    public init(evidence bytes: [UInt8], named name: String) throws(LetterError) {
        try self.init(bytes, name, within: Self.ofEvidence)
    }

    private init(_ bytes: [UInt8], _ name: String, within limits: Limits) throws(LetterError) {
        guard let size = sizeOfPNG(bytes) ?? sizeOfJPEG(bytes), bytes.count <= limits.bytes,
            (1...limits.side).contains(size.width), (1...limits.side).contains(size.height)
        else { throw .pictureRefused(name: name) }
        self.name = name
        self.bytes = bytes
        width = size.width
        height = size.height
        _ = try PictureSurface(self)
    }

    fileprivate var isPNG: Bool { sizeOfPNG(bytes) != nil }
}

private func sizeOfPNG(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.starts(with: signature), bytes.count > 24 else { return nil }
    return (number(bytes[16..<20]), number(bytes[20..<24]))
}

/// Walks over the segments to the frame's header, which tells the size.
private func sizeOfJPEG(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    let end: [UInt8] = [0xFF, 0xD9]
    guard bytes.starts(with: [0xFF, 0xD8]), bytes.suffix(4_096).firstRange(of: end) != nil else {
        return nil
    }
    var place = 2
    while place + 9 <= bytes.count, bytes[place] == 0xFF {
        let marker = bytes[place + 1]
        let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
        if isFrame {
            return (
                number(bytes[(place + 7)..<(place + 9)]), number(bytes[(place + 5)..<(place + 7)])
            )
        }
        place += 2 + number(bytes[(place + 2)..<(place + 4)])
    }
    return nil
}

/// Bytes as one number, the first the highest.
private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

/// A picture as Cairo draws it.
final class PictureSurface {
    private let surface: OpaquePointer
    private let pixelWidth, pixelHeight: Double

    /// `nil` for no picture.
    convenience init?(_ picture: Picture?) throws(LetterError) {
        guard let picture else { return nil }
        try self.init(picture)
    }

    init(_ picture: Picture) throws(LetterError) {
        guard let surface = picture.isPNG ? surfaceOfPNG(picture) : surfaceOfJPEG(picture) else {
            throw .pictureRefused(name: picture.name)
        }
        self.surface = surface
        pixelWidth = Double(picture.width)
        pixelHeight = Double(picture.height)
    }

    deinit { cairo_surface_destroy(surface) }

    /// As large as it can be within so much.
    func fitted(width: Double, height: Double) -> (width: Double, height: Double) {
        let scale = min(width / pixelWidth, height / pixelHeight)
        return (pixelWidth * scale, pixelHeight * scale)
    }

    func draw(on canvas: Canvas, x: Double, y: Double, width: Double) {
        let cairo = canvas.cairo
        cairo_save(cairo)
        cairo_translate(cairo, x, y)
        cairo_scale(cairo, width / pixelWidth, width / pixelWidth)
        cairo_set_source_surface(cairo, surface, 0, 0)
        cairo_paint(cairo)
        cairo_restore(cairo)
    }
}

/// Cairo asks for the bytes piece by piece.
private final class Reading {
    private var left: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { left = bytes[...] }

    func take(_ count: Int, into target: UnsafeMutablePointer<UInt8>) -> Bool {
        guard left.count >= count else { return false }
        for (index, byte) in left.prefix(count).enumerated() { target[index] = byte }
        left = left.dropFirst(count)
        return true
    }
}

private func surfaceOfPNG(_ picture: Picture) -> OpaquePointer? {
    let reading = Reading(picture.bytes)
    let surface = withExtendedLifetime(reading) {
        cairo_image_surface_create_from_png_stream(
            { context, target, count in
                let reading = Unmanaged<Reading>.fromOpaque(context!).takeUnretainedValue()
                return reading.take(Int(count), into: target!)
                    ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_READ_ERROR
            }, Unmanaged.passUnretained(reading).toOpaque())
    }
    return whole(surface)
}

/// The file's own bytes go into the PDF, as they are: the pixels are never read here.
private func surfaceOfJPEG(_ picture: Picture) -> OpaquePointer? {
    let surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32(picture.width), Int32(picture.height))
    let count = picture.bytes.count
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    copy.initialize(from: picture.bytes, count: count)
    let status = cairo_surface_set_mime_data(
        surface, CAIRO_MIME_TYPE_JPEG, copy, UInt(count), { $0?.deallocate() }, copy)
    if status != CAIRO_STATUS_SUCCESS { copy.deallocate() }
    return whole(surface)
}

/// `nil`, and the surface given back, where it is not sound.
private func whole(_ surface: OpaquePointer?) -> OpaquePointer? {
    if cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS { return surface }
    cairo_surface_destroy(surface)
    return nil
}
