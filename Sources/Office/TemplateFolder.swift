import Files
import FoundationEssentials
import Letters
import Primitives

/// The notice templates as they stand in their folder, or as they would with drafts in their place.
struct TemplateFolder {
    /// File name → content.
    private(set) var files: [String: String] = [:]
    /// Files that are no text in UTF-8.
    private(set) var unreadable: [String] = []

    /// - Throws: where there is no such folder.
    init(path: String) throws(OfficeError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .templatesMissing(folder: path)
        }
        for name in names where name.hasSuffix(".mustache") || name.hasSuffix(".txt") {
            take(name, from: path + "/" + name)
        }
    }

    /// The same, with the files at `drafts` in place of those of the same names.
    /// - Throws: where a draft is not there.
    func with(drafts: [String]) throws(OfficeError) -> TemplateFolder {
        var folder = self
        for path in drafts {
            guard fileExists(path) else { throw .noDraft(path: path) }
            folder.take(fileName(path), from: path)
        }
        return folder
    }

    private mutating func take(_ name: String, from path: String) {
        files[name] = nil
        unreadable.removeAll { $0 == name }
        let data = FileManager.default.contents(atPath: path)
        if let text = data.flatMap({ String(bytes: $0, encoding: .utf8) }) {
            files[name] = text
        } else {
            unreadable.append(name)
        }
    }

    /// Over names and contents, in the order of names.
    var sha256: String {
        let inOrder = files.sorted { inByteOrder($0.key, $1.key) }
        return Files.sha256(inOrder.flatMap { Array("\($0)\u{0}\($1)\u{0}".utf8) })
    }

    /// - Parameter stages: the templates that the policy's stages name.
    /// - Throws: everything that is wrong with them.
    func checked(stages: [String]) throws(TemplateError) -> NoticeTemplates {
        try NoticeTemplates(files: files, unreadable: unreadable, stages: stages)
    }
}

/// The last part of a path.
func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
