public import Evidence
import Files
public import Primitives
public import SQLiteStore
import Scans

/// A file that came through a browser. Nothing of it is believed: what it is, its first bytes say.
public struct Upload: Hashable, Sendable {
    /// The last part of its path, without what cannot be seen (`cleanFileName`).
    public let name: String
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// Why uploaded files were not taken.
public enum UploadError: ExplainedError, Hashable, Sendable {
    case nothingChosen
    case empty(file: String)
    /// Its name is none of a table's.
    case unknownTable(file: String, known: [String])
    case sameTable(table: String)
    case tooLarge(file: String, megabytes: Int)
    /// A file twice would look like two proofs.
    case sameFile(file: String, as: String)
    /// It was taken or discarded, or has waited for more than a day.
    case importGone
    /// They were read or discarded, have waited for more than a week, or are being read now.
    case scansGone

    public var isBadInput: Bool { true }

    public var message: Bilingual {
        switch self {
        case .nothingChosen:
            Bilingual(zh: "还没有选文件。请先选文件，再上传。", en: "No file was chosen. Choose files first.")
        case .empty(let file):
            Bilingual(
                zh: "\(file) 是空的。请重新保存或拍照后再上传。", en: "\(file) is empty. Save or take it again.")
        case .unknownTable(let file, let known):
            Bilingual(
                zh: "不知道 \(file) 是哪张表。请改成这些名称之一：\(known.joined(separator: "、"))"
                    + "（表格也可以是 .xlsx），再一起上传。",
                en: "It cannot be told which table \(file) is. Name it one of these: "
                    + "\(known.joined(separator: ", ")) (tables may be .xlsx), and send all of them again."
            )
        case .sameTable(let table):
            Bilingual(
                zh: "\(table) 选了两份。请只留一份，再一起上传。",
                en: "\(table) was chosen twice. Leave one of them, and send all of them again.")
        case .tooLarge(let file, let megabytes):
            Bilingual(
                zh: "\(file) 太大：最多 \(megabytes) MB。请分成几次导入。",
                en: "\(file) is too large: \(megabytes) MB at most. Import it in parts.")
        case .sameFile(let file, let before):
            Bilingual(
                zh: "\(file) 和 \(before) 是同一个文件。请各选各的证明，或者只留一份。",
                en:
                    "\(file) is the same file as \(before). Choose another, or leave one of them out."
            )
        case .importGone:
            Bilingual(
                zh: "这次上传已经导入、作废，或者放了一天以上已清除。请重新上传。",
                en:
                    "This upload was imported or discarded, or was cleared after a day. Upload the files again."
            )
        case .scansGone:
            Bilingual(
                zh: "这些扫描件已经识别、作废或清除，或者正在识别。请在“扫描回执”里看结果。",
                en:
                    "These scans were read, discarded or cleared, or are being read now. See the scanned slips."
            )
        }
    }
}

/// What proves a service, as it came through a browser.
public struct UploadedProof: Sendable {
    /// Empty: the next that the way still lacks.
    public let kinds: [ProofKind]
    public let upload: Upload

    public init(kinds: [ProofKind], upload: Upload) {
        self.kinds = kinds
        self.upload = upload
    }
}

/// Records how a notice was served, with proofs that came through a browser: PNG, JPEG and PDF as
/// their first bytes say, within `ScanLimits`.
///
/// - Returns: the service with its grade.
public func recordService(
    _ entry: ServiceEntry, proofs: [UploadedProof], effects: Effects
) throws -> Session.RecordedService {
    try withPrivateFolder { folder in
        var entry = entry
        var seen: [[UInt8]: String] = [:]
        for (place, proof) in proofs.enumerated() {
            if let before = seen.updateValue(proof.upload.name, forKey: proof.upload.bytes) {
                throw UploadError.sameFile(file: proof.upload.name, as: before)
            }
            if proof.upload.bytes.isEmpty { throw UploadError.empty(file: proof.upload.name) }
            let file = try ScanFile(proof.upload.bytes, named: proof.upload.name)
            try file.requireReadable()
            let path = "\(folder)/\(place + 1).\(file.kind.suffix)"
            try writeFile(proof.upload.bytes, to: path)
            entry.files.append(ServiceEntry.File(kinds: proof.kinds, path: path))
        }
        return try recordService(entry, effects: effects)
    }
}
