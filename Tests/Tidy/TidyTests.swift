import Foundation
import Testing

/// The house rules, executed over the tree. What cannot be mended at once stands in a ratchet with
/// its present size: more is refused, and what became less is to be lowered here.
@Suite struct `The tree` {
    // MARK: - The root

    @Test func `has nothing in its root but six things and dotfiles`() {
        let root: Set = ["Package.swift", "Sources", "Tests", "templates", "README.md", "deploy"]
        let there = Set(Tree.files.map { String($0.split(separator: "/")[0]) })
        let more = there.subtracting(root).filter { !$0.hasPrefix(".") }
        #expect(more.isEmpty, "not of the project: \(more.sorted())")
        #expect(root.isSubset(of: there), "missing: \(root.subtracting(there).sorted())")
    }

    // MARK: - Walls

    private static let core: Set = ["Primitives", "FeeLedger", "Dunning", "Evidence", "Casework"]
    private static let adapters: Set = [
        "SQLiteStore", "Interchange", "Letters", "Mail", "Files", "Timestamps",
        "Scans", "Secrets",
    ]

    /// Who may import whom (the compiler holds the modules of our own, too).
    private static let mayImport: [String: Set<String>] = [
        "Primitives": [],
        "FeeLedger": ["Primitives"],
        "Dunning": ["Primitives", "FeeLedger"],
        "SQLiteStore": core.union([
            "GRDB", "GRDBSQLite", "FoundationEssentials", "Dispatch", "Synchronization",
        ]),
        "Evidence": ["Primitives", "FeeLedger", "Crypto"],
        "Casework": ["Primitives", "FeeLedger", "Dunning"],
        "Secrets": ["Primitives", "Crypto", "CryptoExtras", "Dispatch"],
        "WebPages": core.union(adapters).union([
            "Office", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Mustache", "Logging",
            "NIOCore", "NIOPosix",
            "NIOSSL", "NIOHTTPTypes", "HTTPTypes", "ServiceLifecycle", "FoundationEssentials",
            "Synchronization", "Dispatch",
        ]),
        "Timestamps": ["Primitives", "CCurl", "COpenSSL"],
        "Interchange": core.union([
            "CCSV", "CExpat", "CXLSXWriter", "CZip", "Yams", "Glibc",
        ]),
        "Letters": ["Primitives", "Mustache", "CPango", "CPoppler", "CQREncode", "Glibc"],
        "Mail": ["Primitives", "CCurl", "FoundationEssentials", "Glibc", "Dispatch"],
        "Files": ["Primitives", "Crypto", "FoundationEssentials", "Glibc", "Synchronization"],
        "Scans": ["Primitives", "CPango", "CPNG", "CPoppler", "CTurboJPEG", "CZBar", "Glibc"],
        "Office": core.union(adapters).union(["FoundationEssentials", "Synchronization"]),
        "dunwell": core.union(adapters).union([
            "Office", "ArgumentParser", "FoundationEssentials", "Glibc", "Synchronization",
            "WebPages", "Logging", "ServiceLifecycle", "Dispatch",
        ]),
    ]

    @Test func `imports only what the table of walls allows`() {
        var wrong: [String] = []
        for file in Tree.sources {
            let allowed = Self.mayImport[file.module]
            if allowed == nil { wrong.append("\(file.path): the module is not in the table") }
            for (line, module) in file.imports where allowed?.contains(module) == false {
                wrong.append("\(file.path):\(line): \(file.module) may not import \(module)")
            }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    @Test func `knows GRDB in SQLiteStore alone`() {
        let others = Tree.sources.filter { file in
            !file.path.hasPrefix("Sources/Adapters/SQLiteStore/")
                && file.imports.contains { $0.module.hasPrefix("GRDB") }
        }
        #expect(others.isEmpty, "\(list(others.map(\.path)))")
    }

    @Test func `reads the clock in one file of Apps alone`() {
        let clocks = [
            "clock_gettime", "gettimeofday", "ContinuousClock", "SuspendingClock", "time(nil)",
            "time(NULL)", "Date.now", "Date()", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME",
            "'now'",
        ]
        let readers = Tree.sources.filter { file in
            file.lines.contains { line in
                !line.words.hasPrefix("//")
                    && (clocks.contains { line.text.contains($0) } || line.code.makesDate)
            }
        }
        #expect(readers.map(\.path) == ["Sources/Apps/dunwell/Environment.swift"])
    }

    // MARK: - Size

    /// Code stands within 100 columns. A line that is long for its string literal alone (a message,
    /// a statement of SQL) may have 120: to cut a sentence in pieces helps nobody who reads it.
    @Test func `has lines that can be read at a glance`() {
        let long = Tree.swift.flatMap { file in
            file.lines.filter { line in
                guard line.text.utf8.count > 100 else { return false }
                let isProse = line.isQuoted || line.code.count <= 100
                return line.text.count > (isProse && !line.words.hasPrefix("//") ? 120 : 100)
            }.map { Found(file, $0.number, "\($0.text.count) columns") }
        }
        expect(long, toBe: Ratchet.longLines)
    }

    @Test func `has functions of 70 lines at most`() {
        let long = Tree.swift.flatMap { file in
            file.declarations.filter { $0.kind == "func" || $0.kind == "init" }
                .filter { $0.length > 70 }
                .map { Found(file, $0.line.number, "\($0.name): \($0.length) lines") }
        }
        expect(long, toBe: Ratchet.longFunctions)
    }

    @Test func `has files of 500 lines at most`() {
        let long = Tree.swift.filter { $0.lines.count > 500 }
        let sizes = Dictionary(uniqueKeysWithValues: long.map { ($0.path, $0.lines.count) })
        for (path, size) in sizes {
            let allowed = Ratchet.longFiles[path] ?? 500
            #expect(size <= allowed, "\(path) has \(size) lines; \(allowed) at most")
        }
        let short = Ratchet.longFiles.keys.filter { sizes[$0] == nil }
        #expect(short.isEmpty, "within 500 lines now, take them out of the ratchet: \(short)")
    }

    // MARK: - Words

    @Test func `names its types and functions with words of the glossary`() {
        let wrong = Tree.swift.flatMap { file in
            file.declarations.flatMap { declaration -> [String] in
                guard !declaration.name.contains(" ") else { return [] }
                return camelWords(declaration.name).compactMap { word in
                    Glossary.refused[word].map {
                        "\(file.path):\(declaration.place): \(word): \($0)"
                    }
                }
            }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    @Test func `begins no function with a verb that says nothing`() {
        let wrong = Tree.swift.flatMap { file in
            file.declarations.filter { $0.kind == "func" }.filter { declaration in
                Glossary.refusedVerbs.contains(camelWords(declaration.name).first ?? "")
            }.map { "\(file.path):\($0.place)" }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    @Test func `leaves nothing to be done later`() {
        let marks = ["FIX" + "ME", "TO" + "DO"]
        let found = Tree.texts.flatMap { file in
            file.lines.filter { line in marks.contains { line.text.contains($0) } }
                .map { "\(file.path):\($0.number)" }
        }
        #expect(found.isEmpty, "\(list(found))")
    }

    @Test func `explains its public functions and initialisers that take arguments`() {
        let bare = Tree.sources.flatMap { file in
            file.declarations.filter { declaration in
                (declaration.kind == "func" || declaration.kind == "init")
                    && declaration.isPublic && declaration.hasArguments && !declaration.hasComment
                    && declaration.length > 1 && !declaration.isMemberwise
                    && !declaration.isOperator
            }.map { Found(file, $0.line.number, $0.name) }
        }
        expect(bare, toBe: Ratchet.bareDeclarations)
    }

    // MARK: - Text

    @Test func `has no trailing white space, and no tab in Swift`() {
        // Recorded letters stand byte for byte.
        let wrong = Tree.texts.filter { !$0.path.contains("/Golden/") }.flatMap { file in
            file.lines.filter { line in
                line.text.hasSuffix(" ") || line.text.hasSuffix("\t") || line.text.hasSuffix("\r")
                    || file.path.hasSuffix(".swift") && line.text.contains("\t")
            }.map { "\(file.path):\($0.number)" }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    @Test func `names no folder of the machine it was written on`() {
        let folders = ["work", "opt", "root", "home", "Users"].map { "/" + $0 + "/" }
        let wrong = Tree.texts.flatMap { file in
            file.lines.filter { line in
                folders.contains { line.text.namesRoot($0) }
            }.map { "\(file.path):\($0.number): \($0.text)" }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    /// A registry's host, or any other that nobody agreed to.
    @Test func `names no host but these`() {
        let known: Set<Substring> = ["github.com", "www.swift.org", "www.w3.org", "127.0.0.1"]
        let wrong = Tree.texts.flatMap { file in
            file.lines.filter { line in
                guard let scheme = line.text.range(of: ":/" + "/") else { return false }
                let before = line.text[..<scheme.lowerBound]
                guard before.hasSuffix("http") || before.hasSuffix("https") else { return false }
                let host = line.text[scheme.upperBound...].prefix {
                    $0.isLetter || $0.isNumber || $0 == "." || $0 == "-"
                }
                return !known.contains(host) && !host.hasSuffix("example.com")
            }.map { "\(file.path):\($0.number): \($0.text)" }
        }
        #expect(wrong.isEmpty, "\(list(wrong))")
    }

    // MARK: - History

    @Test func `leaves released migrations as they are`() throws {
        for (name, hash) in Ratchet.releasedMigrations {
            let text = try String(contentsOfFile: Tree.root + "/" + schema + name, encoding: .utf8)
            #expect(
                fingerprint(text) == hash, "\(name) was released: append a new migration instead")
        }
    }

    @Test func `numbers its migrations without a gap, and registers each`() throws {
        let names = Tree.files.filter { $0.hasPrefix(schema) }
            .map { $0.dropFirst(schema.count) }.filter { $0.first?.isNumber == true }
        let list = try String(
            contentsOfFile: Tree.root + "/" + schema + "Migrations.swift", encoding: .utf8)
        for (index, name) in names.enumerated() {
            let number = String(index + 1)
            #expect(name.hasPrefix(String(repeating: "0", count: 3 - number.count) + number + "-"))
            let identifier = name.dropLast(".swift".count)
            #expect(list.contains("\"\(identifier)\""), "\(name) is not registered")
        }
    }
}

private let schema = "Sources/Adapters/SQLiteStore/Schema/"

// MARK: - Counting what is left

struct Found {
    let area: String
    let place: String

    init(_ file: SourceFile, _ line: Int, _ what: String) {
        area = file.area
        place = "\(file.path):\(line): \(what)"
    }
}

private func expect(_ found: [Found], toBe allowed: [String: Int]) {
    let areas = Dictionary(grouping: found, by: \.area)
    for area in Set(areas.keys).union(allowed.keys).sorted() {
        let count = areas[area]?.count ?? 0
        let most = allowed[area] ?? 0
        let places = list(areas[area]?.map(\.place) ?? [])
        #expect(count <= most, "\(area): \(count), \(most) at most\n\(places)")
        #expect(count >= most, "\(area): only \(count) left; lower the ratchet from \(most)")
    }
}

private func list(_ places: [String]) -> String { places.joined(separator: "\n") }

// MARK: - Reading

extension SourceFile {
    fileprivate var imports: [(line: Int, module: String)] {
        lines.compactMap { line in
            guard !line.isQuoted, line.text.contains("import ") else { return nil }
            let levels: Set<Substring> = [
                "public", "internal", "package", "private", "fileprivate",
            ]
            let words = line.text.split(separator: " ").drop {
                $0.hasPrefix("@") || levels.contains($0)
            }
            guard words.first == "import" else { return nil }
            // `import struct Foundation.Date` names the module in its last word.
            return words.last.map { (line.number, String($0.prefix { $0 != "." })) }
        }
    }
}

extension String {
    /// `Date(…)`, but not `CivilDate(…)`.
    fileprivate var makesDate: Bool {
        guard let date = range(of: "Date(") else { return false }
        guard date.lowerBound > startIndex else { return true }
        let before = self[index(before: date.lowerBound)]
        return !(before.isLetter || before == "_")
    }

    /// Whether the folder is named from the machine's root, not within another folder.
    fileprivate func namesRoot(_ folder: String) -> Bool {
        guard let place = range(of: folder)?.lowerBound else { return false }
        guard place > startIndex else { return true }
        let before = self[index(before: place)]
        return !(before.isLetter || before.isNumber || before == "." || before == "}")
    }
}

/// FNV-1a, 64 bits: enough to notice a change that nobody meant.
private func fingerprint(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
