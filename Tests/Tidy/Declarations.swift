/// A type, function or initialiser, as far as its lines tell: the formatter's indentation is relied
/// on, not a parser.
struct Declaration {
    let kind: String
    let name: String
    let line: Line
    let isPublic: Bool
    let hasArguments: Bool
    let hasComment: Bool
    /// From the first line to the closing brace; 1 where all of it stands in one line.
    let length: Int
    /// An initialiser that only takes over its arguments.
    let isMemberwise: Bool

    var isOperator: Bool { name.first.map { !$0.isLetter && $0 != "_" } ?? true }
    var place: String { "\(line.number) \(name)" }
}

private let modifiers: Set<Substring> = [
    "public", "private", "fileprivate", "internal", "package", "static", "mutating", "nonmutating",
    "final", "override", "indirect", "consuming", "borrowing", "nonisolated", "convenience",
]
private let types: Set<Substring> = ["struct", "enum", "class", "protocol", "actor", "typealias"]

extension SourceFile {
    var declarations: [Declaration] {
        lines.indices.compactMap { declaration(at: $0) }
    }

    private func declaration(at index: Int) -> Declaration? {
        let line = lines[index]
        if line.isQuoted { return nil }
        var words = line.words.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
        let isPublic = words.first == "public"
        while let first = words.first, modifiers.contains(first) || first.hasPrefix("private(") {
            words.removeFirst()
        }
        guard let keyword = words.first else { return nil }
        let isInitialiser = ["init(", "init?", "init<"].contains { keyword.hasPrefix($0) }
        guard keyword == "func" || types.contains(keyword) || isInitialiser else { return nil }
        let rest = isInitialiser ? keyword : words.dropFirst().joined(separator: " ")[...]
        let end: Set<Character> = rest.hasPrefix("`") ? ["`"] : ["(", "<", ":", "{", " "]
        let name = rest.drop { $0 == "`" }.prefix { !end.contains($0) }
        let body = bodyLength(from: index)
        return Declaration(
            kind: isInitialiser ? "init" : String(keyword),
            name: name.isEmpty ? String(rest) : String(name), line: line, isPublic: isPublic,
            hasArguments: line.text.contains("(") && !line.text.contains("()"),
            hasComment: hasComment(above: index), length: body,
            isMemberwise: isInitialiser && takesOver(lines[index..<min(index + body, lines.count)]))
    }

    private func hasComment(above index: Int) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].words.hasPrefix("@") { above -= 1 }
        return above >= 0 && lines[above].words.hasPrefix("///")
    }

    private func bodyLength(from index: Int) -> Int {
        let first = lines[index]
        if first.text.hasSuffix("}") { return 1 }
        for next in lines.indices.dropFirst(index + 1) where !lines[next].text.isEmpty {
            let line = lines[next]
            if line.isQuoted { continue }
            if line.indentation < first.indentation { return 1 }
            if line.indentation == first.indentation, line.words.hasPrefix("}") {
                return next - index + 1
            }
        }
        return 1
    }

    /// Whether every line of the body is `self.name = name` or `name = …`.
    private func takesOver(_ declaration: ArraySlice<Line>) -> Bool {
        let body = declaration.drop { !$0.text.hasSuffix("{") }.dropFirst().dropLast()
        return body.allSatisfy { line in
            let parts = line.words.split(separator: " ")
            return parts.count == 3 && parts[1] == "="
        }
    }
}

/// `FileManagerError` holds the words file, manager and error.
func camelWords(_ name: String) -> [String] {
    var words: [String] = []
    for character in name {
        if character.isUppercase || words.isEmpty { words.append("") }
        words[words.count - 1] += character.lowercased()
    }
    return words
}
