import Files
public import Primitives
public import SQLiteStore
import Scans

/// Which picture of a scanned receipt is looked at.
public enum ScanPart: String, Sendable, CaseIterable {
    /// The stub, cut out and upright; where none was found, its page.
    case cutting
    /// The page as it can be shown: of a PDF drawn anew, at 110 dots an inch.
    case page
    /// The file as it came.
    case original
}

/// A picture, or the file, of a scanned receipt.
public struct ScanPicture: Sendable {
    public let bytes: [UInt8]
    /// `png`, `jpg` or `pdf`.
    public let suffix: String
    /// As the file was named when it came.
    public let file: String
}

/// What staff look at before they confirm a receipt.
///
/// - Throws: `ReceiptError.unknownStub` where the community has no such receipt, `FileError` where
///   its file was lost or changed.
public func scanPicture(_ id: Int, _ part: ScanPart, effects: Effects) throws -> ScanPicture {
    let stub = try effects.store.read { try foundStub(id, $0, effects).1 }
    let folder = EvidenceFolder(path: effects.evidence)
    func kept(_ file: Session.StubFile) throws -> ScanPicture {
        let path = try folder.file(file.sha256, extension: file.suffix)
        return ScanPicture(bytes: try readFile(path), suffix: file.suffix, file: stub.file)
    }
    if part == .cutting, let cutting = stub.cutting { return try kept(cutting) }
    let original = try kept(stub.original)
    guard part != .original, original.suffix == "pdf" else { return original }
    let file = try ScanFile(original.bytes, named: stub.file)
    guard let page = try file.picture(ofPage: stub.page, dpi: 110) else {
        throw ScanError.damaged(file: stub.file)
    }
    return ScanPicture(bytes: page, suffix: "png", file: stub.file)
}

/// A scanned receipt, whatever became of it.
///
/// - Throws: `ReceiptError.unknownStub` where the community has no such receipt.
public func scannedStub(_ id: Int, effects: Effects) throws -> Session.ScannedStub {
    try effects.store.read { try foundStub(id, $0, effects).1 }
}
