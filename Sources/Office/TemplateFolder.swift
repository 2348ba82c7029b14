import Crypto
import Dunning
import FoundationEssentials
import Letters
import Primitives

/// The notice templates as they stand in their folder: what a notice issued now is frozen with.
struct TemplateFolder {
    /// File name → content.
    let files: [String: String]
    /// Over names and contents, in the order of names.
    let sha256: String

    init(path: String) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw OfficeError.templatesMissing(folder: path)
        }
        var files: [String: String] = [:]
        for name in names where name.hasSuffix(".mustache") || name.hasSuffix(".txt") {
            guard let data = FileManager.default.contents(atPath: path + "/" + name),
                let text = String(bytes: data, encoding: .utf8)
            else { throw OfficeError.templatesMissing(folder: path + "/" + name) }
            files[name] = text
        }
        self.files = files
        var hash = SHA256()
        for (name, content) in files.sorted(by: { inByteOrder($0.key, $1.key) }) {
            hash.update(data: Array("\(name)\u{0}\(content)\u{0}".utf8))
        }
        sha256 = hexadecimal(hash.finalize())
    }

    /// - Throws: what is wrong with the templates that the policy's stages name.
    func check(for policy: CommunityPolicy) throws {
        _ = try NoticeTemplates(files: files, stages: policy.ladder.stages.map(\.template))
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}

func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }
