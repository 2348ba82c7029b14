public import Primitives

/// Why a scanned file was refused. Nothing of it is filed.
public enum ScanError: ExplainedError, Hashable, Sendable {
    /// Neither PNG nor JPEG nor PDF, whatever its name says.
    case unknownKind(file: String)
    /// Larger than `ScanLimits` allow.
    case tooLarge(file: String)
    /// Damaged, or not what its first bytes say.
    case damaged(file: String)
    /// A PDF that opens with a password only.
    case locked(file: String)

    public var isBadInput: Bool { true }

    public var message: Bilingual {
        switch self {
        case .unknownKind(let file):
            Bilingual(
                zh: "\(file) 不是 PNG、JPEG 或 PDF。请用这三种格式之一。",
                en: "\(file) is no PNG, JPEG or PDF. Use one of these.")
        case .tooLarge(let file):
            Bilingual(
                zh: "\(file) 太大：最多 \(ScanLimits.megabytes) MB、\(ScanLimits.pages) 页，每页 8000 万像素。"
                    + "请分成几个文件，或用 300 dpi 扫描。",
                en:
                    "\(file) is too large: \(ScanLimits.megabytes) MB, \(ScanLimits.pages) pages and 80 "
                    + "million pixels a page at most. Split it, or scan at 300 dpi.")
        case .damaged(let file):
            Bilingual(
                zh: "\(file) 读不出来：文件不完整，或者已损坏。请重新扫描或拍照。",
                en:
                    "\(file) cannot be read: it is cut off, or damaged. Scan or photograph it again."
            )
        case .locked(let file):
            Bilingual(
                zh: "\(file) 有密码。请去掉密码后再交来。",
                en: "\(file) has a password. Take that off first.")
        }
    }
}

/// What a scanned file may be at most: a small file can claim more pixels than there is memory.
public enum ScanLimits {
    public static let megabytes = 200
    public static let pages = 1_000
    static let pixels = 80_000_000
    /// A whole sheet at 360 dpi; larger pictures are halved, JPEGs while they are read.
    static let pixelsWanted = 16_000_000
    /// A blank JPEG of this many pixels a byte is none that a camera or scanner makes.
    static let pixelsPerByte = 400
    static let jpegScans = 64
}
