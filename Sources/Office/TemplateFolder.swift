import Dunning
import Files
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
        let inOrder = files.sorted { inByteOrder($0.key, $1.key) }
        sha256 = Files.sha256(inOrder.flatMap { Array("\($0)\u{0}\($1)\u{0}".utf8) })
    }

    /// - Throws: what is wrong with the templates that the policy's stages name.
    func check(for policy: CommunityPolicy) throws {
        _ = try NoticeTemplates(files: files, stages: policy.ladder.stages.map(\.template))
    }
}
