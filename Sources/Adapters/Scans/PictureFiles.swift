internal import CPNG
internal import CTurboJPEG

extension Raster {
    /// A PNG's pixels; what is transparent is white.
    ///
    /// - Returns: `nil` where it is damaged.
    init?(png bytes: [UInt8]) {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        let pixels = bytes.withUnsafeBytes { file -> [UInt8]? in
            guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0,
                Int(image.width) * Int(image.height) <= ScanLimits.pixels
            else { return nil }
            image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
            var pixels = [UInt8](repeating: 255, count: Int(image.width * image.height) * 3)
            let isRead = png_image_finish_read(&image, nil, &pixels, 0, nil) != 0
            return isRead ? pixels : nil
        }
        guard let pixels else { return nil }
        self.init(width: Int(image.width), height: Int(image.height), bytes: pixels)
    }

    /// A JPEG's pixels, upright as its camera says, halved while they are read where there are too
    /// many. One that is cut off gives what there is.
    ///
    /// - Returns: `nil` where it is damaged.
    init?(jpeg bytes: [UInt8]) {
        guard let reader = tjInitDecompress() else { return nil }
        defer { tjDestroy(reader) }
        var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let size = UInt(bytes.count)
        guard
            tjDecompressHeader3(
                reader, bytes, size, &width, &height, &subsampling, &colours) == 0,
            width > 0, height > 0
        else { return nil }
        var part: Int32 = 1
        while Int(width / part) * Int(height / part) > ScanLimits.pixelsWanted, part < 8 {
            part *= 2
        }
        width = (width + part - 1) / part
        height = (height + part - 1) / part
        var pixels = [UInt8](repeating: 255, count: Int(width) * Int(height) * 3)
        let status = tjDecompress2(
            reader, bytes, size, &pixels, width, 0, height, Int32(TJPF_RGB.rawValue),
            TJFLAG_LIMITSCANS)
        guard status == 0 || tjGetErrorCode(reader) == Int32(TJERR_WARNING.rawValue) else {
            return nil
        }
        self.init(width: Int(width), height: Int(height), bytes: pixels)
    }

    /// The picture as a PNG; the same pixels give the same bytes.
    var png: [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        // Larger than any PNG of so many pixels.
        var count = png_alloc_size_t(bytes.count + bytes.count / 100 + height + 100_000)
        var file = [UInt8](repeating: 0, count: count)
        let isWritten = png_image_write_to_memory(&image, &file, &count, 0, bytes, 0, nil)
        precondition(isWritten != 0, "a picture in memory becomes a PNG in memory")
        return Array(file.prefix(count))
    }

    /// Set upright as EXIF says: 1 is upright, 2–8 are mirrored and turned.
    func upright(from orientation: Int) -> Raster {
        let (width, height) = (self.width, self.height)
        switch orientation {
        case 2: return rearranged(width: width, height: height) { $1 * width + width - 1 - $0 }
        case 3:
            return rearranged(width: width, height: height) {
                (height - 1 - $1) * width + width - 1 - $0
            }
        case 4: return rearranged(width: width, height: height) { (height - 1 - $1) * width + $0 }
        case 5: return rearranged(width: height, height: width) { $0 * width + $1 }
        case 6:
            return rearranged(width: height, height: width) { (height - 1 - $0) * width + $1 }
        case 7:
            return rearranged(width: height, height: width) {
                (height - 1 - $0) * width + width - 1 - $1
            }
        case 8: return rearranged(width: height, height: width) { $0 * width + width - 1 - $1 }
        default: return self
        }
    }
}

/// What a JPEG tells of itself before its pixels are read.
struct JPEGHead {
    private(set) var width = 0
    private(set) var height = 0
    /// Of EXIF; 1 where there is none.
    private(set) var orientation = 1
    /// Passes over the picture; a progressive one has several.
    private(set) var scans = 0

    /// `nil` where no frame is found.
    init?(_ bytes: [UInt8]) {
        var place = 2
        while place + 4 <= bytes.count {
            guard bytes[place] == 0xFF else {
                place += 1
                continue
            }
            let marker = bytes[place + 1]
            let hasLength = ![0x00, 0x01, 0xFF].contains(marker) && !(0xD0...0xD9).contains(marker)
            guard hasLength else {
                place += marker == 0xFF ? 1 : 2
                continue
            }
            let length = max(2, Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
            let segment = bytes[min(place + 4, bytes.count)..<min(place + 2 + length, bytes.count)]
            read(marker, segment)
            // After a scan's head come its pixels, in which no marker stands but as 0xFF 0x00.
            place += 2 + length
        }
        guard width > 0, height > 0 else { return nil }
    }

    private mutating func read(_ marker: UInt8, _ segment: ArraySlice<UInt8>) {
        let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
        if isFrame, segment.count >= 5 {
            let start = segment.startIndex
            height = max(height, Int(segment[start + 1]) << 8 | Int(segment[start + 2]))
            width = max(width, Int(segment[start + 3]) << 8 | Int(segment[start + 4]))
        }
        if marker == 0xDA { scans += 1 }
        if marker == 0xE1, let found = exifOrientation(Array(segment)) { orientation = found }
    }
}

/// From an APP1 segment: TIFF's first directory, tag 0x0112.
private func exifOrientation(_ segment: [UInt8]) -> Int? {
    guard segment.starts(with: Array("Exif\0\0".utf8)), segment.count > 14 else { return nil }
    let tiff = Array(segment[6...])
    let isLittle = tiff[0] == 0x49
    func number(_ place: Int, _ count: Int) -> Int? {
        guard place >= 0, place + count <= tiff.count else { return nil }
        let bytes = tiff[place..<(place + count)]
        return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for index in 0..<min(count, 200) {
        let entry = directory + 2 + 12 * index
        guard let tag = number(entry, 2) else { return nil }
        if tag == 0x0112 { return number(entry + 8, 2).flatMap { (1...8).contains($0) ? $0 : nil } }
    }
    return nil
}
