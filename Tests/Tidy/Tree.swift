import Foundation

/// What is committed, as the tests find it: the repository around this file, without what
/// `.gitignore` leaves out.
enum Tree {
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Paths from the root, in order.
    static let files: [String] = {
        var files: [String] = []
        func walk(_ folder: String) {
            let path = folder.isEmpty ? root : root + "/" + folder
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                if isIgnored(name) { continue }
                let entry = folder.isEmpty ? name : folder + "/" + name
                var isFolder: ObjCBool = false
                let there = FileManager.default.fileExists(
                    atPath: root + "/" + entry, isDirectory: &isFolder)
                if isFolder.boolValue { walk(entry) } else if there { files.append(entry) }
            }
        }
        walk("")
        return files.sorted()
    }()

    /// Hidden files are ignored, but for these.
    private static let hidden: Set<String> = [".ci", ".gitignore"]

    private static func isIgnored(_ name: String) -> Bool {
        if name.hasPrefix(".") { return !hidden.contains(name) }
        if ["Package.resolved", "dunwell-sample", "__pycache__"].contains(name) { return true }
        return name.hasSuffix(".sqlite") || name.hasSuffix(".sqlite-journal")
    }

    static let sources: [SourceFile] = files.filter {
        $0.hasPrefix("Sources/") && $0.hasSuffix(".swift")
    }.map(SourceFile.init)

    static let swift: [SourceFile] = files.filter { $0.hasSuffix(".swift") }.map(SourceFile.init)

    /// Every file that holds text, line by line.
    static let texts: [SourceFile] = files.map(SourceFile.init).filter { !$0.lines.isEmpty }
}

/// A text file of the tree.
struct SourceFile: Sendable {
    let path: String
    let lines: [Line]

    init(_ path: String) {
        self.path = path
        let text = (try? String(contentsOfFile: Tree.root + "/" + path, encoding: .utf8)) ?? ""
        var lines: [Line] = []
        var isQuoted = false
        let raws = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, raw) in raws.enumerated() {
            let quotes = raw.contains("\"\"\"")
            lines.append(Line(number: index + 1, text: String(raw), isQuoted: isQuoted && !quotes))
            if quotes { isQuoted.toggle() }
        }
        if lines.last?.text.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }

    /// The folder that names its module: `Sources/Core/FeeLedger/…` is `FeeLedger`.
    var module: String {
        let parts = path.split(separator: "/").map(String.init)
        return parts[1] == "Office" ? "Office" : parts[2]
    }

    /// `Sources/Core`, `Tests`: where a count of what is left to mend stands.
    var area: String {
        let parts = path.split(separator: "/")
        return parts[0] == "Sources" ? parts.prefix(2).joined(separator: "/") : String(parts[0])
    }
}

struct Line: Sendable {
    let number: Int
    let text: String
    /// Inside a multi-line string.
    let isQuoted: Bool

    var indentation: Int { text.prefix { $0 == " " }.count }
    var words: Substring { text.drop { $0 == " " } }

    /// What the compiler reads: no comment, no multi-line string, string literals emptied.
    var code: String {
        if isQuoted || words.hasPrefix("//") { return "" }
        guard text.contains("\"") || text.contains("//") else { return text }
        var code = ""
        var isString = false
        var previous: Character = " "
        for character in text {
            if character == "\"", previous != "\\" {
                isString.toggle()
                code.append(character)
            } else if !isString {
                if character == "/", previous == "/" { return String(code.dropLast()) }
                code.append(character)
            }
            previous = previous == "\\" && character == "\\" ? " " : character
        }
        return code
    }
}
