import CZip
import Glibc

/// The parts of a zip file, unpacked piece by piece, in bounded memory and time.
final class ZipArchive {
    private let archive: OpaquePointer
    /// Unpacked so far, over all parts.
    private var unpackedBytes = 0

    /// Larger than any table of an office, and less than 1 GB.
    static let unpackedBytesMost = 768 << 20
    /// Sheets of blank rows pack 60 to 1; a zip bomb, up to 1,030 to 1.
    private static let densityMost = 400
    private static let densityMattersFrom = 16 << 20
    private static let partsMost = 10_000
    private static let pieceSize = 65_536

    init(path: String) throws(WorkbookTrouble) {
        try checkTail(ofFileAt: path)
        var code: Int32 = 0
        guard let archive = zip_open(path, ZIP_RDONLY, &code) else { throw .damaged(row: nil) }
        self.archive = archive
        if zip_get_num_entries(archive, 0) > Self.partsMost { throw .tooManyParts }
    }

    deinit { zip_discard(archive) }

    /// Whether there is such a part; names of parts know no case.
    func has(_ name: String) -> Bool { place(of: name) != nil }

    /// Of all parts, in order.
    var partNames: [String] {
        (0..<zip_get_num_entries(archive, 0)).compactMap { place in
            zip_get_name(archive, zip_uint64_t(place), 0).map { String(cString: $0) }
        }
    }

    /// Unpacks a part piece by piece.
    func forEachPiece(
        of name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let place = place(of: name) else { throw WorkbookTrouble.damaged(row: nil) }
        let packed = try packedSize(at: place)
        guard let file = zip_fopen_index(archive, place, 0) else {
            throw WorkbookTrouble.damaged(row: nil)
        }
        defer { zip_fclose(file) }
        let piece = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pieceSize, alignment: 16)
        defer { piece.deallocate() }
        var unpacked = 0
        while true {
            let count = Int(zip_fread(file, piece.baseAddress, zip_uint64_t(piece.count)))
            if count < 0 { throw WorkbookTrouble.damaged(row: nil) }
            if count == 0 { return }
            unpacked += count
            unpackedBytes += count
            if unpackedBytes > Self.unpackedBytesMost { throw WorkbookTrouble.tooLarge }
            if unpacked > Self.densityMattersFrom, unpacked / Self.densityMost > packed {
                throw WorkbookTrouble.tooDense
            }
            try body(UnsafeRawBufferPointer(rebasing: piece[..<count]))
        }
    }

    /// What the directory says of a part is believed only where it forbids.
    private func packedSize(at place: zip_uint64_t) throws(WorkbookTrouble) -> Int {
        var entry = zip_stat_t()
        zip_stat_init(&entry)
        guard zip_stat_index(archive, place, 0, &entry) == 0 else { throw .damaged(row: nil) }
        if entry.encryption_method != ZIP_EM_NONE { throw .password }
        if ![0, 8].contains(entry.comp_method) { throw .damaged(row: nil) }
        if entry.size > Self.unpackedBytesMost { throw .tooLarge }
        return Int(clamping: entry.comp_size)
    }

    private func place(of name: String) -> zip_uint64_t? {
        let place = zip_name_locate(archive, name, zip_flags_t(ZIP_FL_NOCASE))
        return place < 0 ? nil : zip_uint64_t(place)
    }
}

/// libzip reads the whole directory at once, so that its size is looked up first: every record at
/// the file's end that may be the directory's is asked.
private func checkTail(ofFileAt path: String) throws(WorkbookTrouble) {
    guard let tail = fileTail(path) else { throw .unreadable }
    if tail.fileSize > packedBytesMost { throw .tooLarge }
    let bytes = tail.bytes
    for place in bytes.indices.dropLast(21) where bytes[place...].starts(with: endRecord) {
        let size = bytes[place + 12..<place + 16].reversed().reduce(0) { $0 << 8 | Int($1) }
        if size > directoryBytesMost { throw .tooManyParts }
    }
}

private let packedBytesMost = 256 << 20
private let directoryBytesMost = 2 << 20
private let endRecord: [UInt8] = [0x50, 0x4b, 0x05, 0x06]

/// The end of a file where a zip's directory is recorded: 64 KB and 22 bytes.
private func fileTail(_ path: String) -> (fileSize: Int, bytes: [UInt8])? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    let length = min(size, 65_536 + 22)
    guard size >= 0, lseek(descriptor, size - length, SEEK_SET) >= 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    var filled = 0
    while filled < length {
        let count = bytes.withUnsafeMutableBytes {
            read(descriptor, $0.baseAddress! + filled, length - filled)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return nil }
        filled += count
    }
    return (size, bytes)
}
