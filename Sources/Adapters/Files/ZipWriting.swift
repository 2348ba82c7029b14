import FoundationEssentials

/// The files of a folder and of those in it as one archive that every system opens: stored as they
/// are, by name in byte order, without times, so that the same folder gives the same bytes.
///
/// - Parameter root: the folder's name in the archive.
/// - Throws: where a file cannot be read, or all together are larger than 2 GB.
public func zipArchive(of folder: String, as root: String) throws -> [UInt8] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
        var isFolder = false
        _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
        return !isFolder
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var archive = ZipWriting()
    for name in names {
        let bytes = try readFile(folder + "/" + name)
        guard archive.bytes.count + bytes.count < 2_000_000_000 else {
            throw FileError.notRead(path: folder)
        }
        archive.add(bytes, as: root + "/" + name)
    }
    return archive.finished(count: names.count)
}

private struct ZipWriting {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []

    mutating func add(_ content: [UInt8], as name: String) {
        let place = UInt32(bytes.count)
        // Version 2.0; names in UTF-8; stored; 1980-01-01.
        var facts: [UInt8] = []
        facts.put(UInt16(20), UInt16(1 << 11), UInt16(0), UInt16(0), UInt16(33))
        facts.put(crc32(content), UInt32(content.count), UInt32(content.count))
        facts.put(UInt16(name.utf8.count), UInt16(0))
        bytes.put(UInt32(0x0403_4b50))
        bytes += facts + name.utf8 + content
        directory.put(UInt32(0x0201_4b50))
        directory.put(UInt16(20))
        directory += facts
        directory.put(UInt16(0), UInt16(0), UInt16(0))
        directory.put(UInt32(0), place)
        directory += name.utf8
    }

    func finished(count: Int) -> [UInt8] {
        var whole = bytes + directory
        whole.put(UInt32(0x0605_4b50))
        whole.put(UInt16(0), UInt16(0), UInt16(count), UInt16(count))
        whole.put(UInt32(directory.count), UInt32(bytes.count))
        whole.put(UInt16(0))
        return whole
    }
}

extension [UInt8] {
    /// The lowest byte first.
    fileprivate mutating func put<Number: FixedWidthInteger>(_ numbers: Number...) {
        for number in numbers {
            Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
        }
    }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xedb8_8320 ^ (crc >> 1) : crc >> 1 }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { crcTable[Int(($0 ^ UInt32($1)) & 0xff)] ^ ($0 >> 8) }
}
