internal import CZBar

/// What a QR code says, and where its corners are: left above, right above, right below, left below
/// as the code stands, however it lies in the picture.
struct ReadCode {
    let text: String
    let corners: [Point]

    var middle: Point { corners.reduce(Point(x: 0, y: 0), +) * (1 / Double(corners.count)) }

    /// Whether both are readings of one printed code.
    func isNear(_ other: ReadCode) -> Bool {
        guard corners.count == 4, other.corners.count == 4 else { return false }
        return (middle - other.middle).length < (corners[1] - corners[0]).length
    }

    /// Whether this code stands lower on its sheet than the other, as both stand upright.
    func isBelow(_ other: ReadCode) -> Bool {
        guard corners.count == 4, other.corners.count == 4 else { return corners.count == 4 }
        let (from, down) = (middle - other.middle, corners[3] - corners[0])
        return from.x * down.x + from.y * down.y > 0
    }
}

/// Finds and reads QR codes. For one thread at a time.
final class CodeScanner {
    private let scanner: OpaquePointer

    init() {
        scanner = zbar_image_scanner_create()
        zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
        zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)
    }

    deinit { zbar_image_scanner_destroy(scanner) }

    func codes(in grey: Grey) -> [ReadCode] {
        guard grey.width > 20, grey.height > 20 else { return [] }
        let image = zbar_image_create()
        defer { zbar_image_destroy(image) }
        // "Y800", eight bits of grey.
        zbar_image_set_format(image, 0x3030_3859)
        zbar_image_set_size(image, UInt32(grey.width), UInt32(grey.height))
        return grey.bytes.withUnsafeBytes { bytes in
            zbar_image_set_data(image, bytes.baseAddress, UInt(bytes.count), nil)
            guard zbar_scan_image(scanner, image) > 0 else { return [] }
            var found: [ReadCode] = []
            var symbol = zbar_image_first_symbol(image)
            while let this = symbol {
                found.append(ReadCode(this))
                symbol = zbar_symbol_next(this)
            }
            return found
        }
    }
}

extension ReadCode {
    fileprivate init(_ symbol: OpaquePointer) {
        let length = Int(zbar_symbol_get_data_length(symbol))
        text =
            zbar_symbol_get_data(symbol).map { data in
                let bytes = UnsafeRawBufferPointer(start: data, count: length)
                return String(decoding: bytes, as: UTF8.self)
            } ?? ""
        // libzbar goes round the other way.
        let around: [Point] = (0..<zbar_symbol_get_loc_size(symbol)).map {
            Point(
                x: Double(zbar_symbol_get_loc_x(symbol, $0)),
                y: Double(zbar_symbol_get_loc_y(symbol, $0)))
        }
        corners = around.count == 4 ? [around[0], around[3], around[2], around[1]] : []
    }
}
