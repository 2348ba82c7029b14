/// Reads the tags of one piece of a template and finds what is wrong with them.
///
/// swift-mustache prints an unknown tag as nothing, a list as Swift writes it, and knows partials,
/// transforms and delimiters that no wording needs. So tags are read here first, and only five
/// kinds are let through: `{{name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}` and `{{! comment}}`.
struct TemplateCheck {
    private let source: TemplateSource
    private let isHTML: Bool
    /// Innermost last; the first is the place's own scope.
    private var open: [OpenSection] = []
    private let scope: Scope
    private var isInsideMarkup = false
    private var isInsideStyle = false

    private(set) var problems: [TemplateError.Problem] = []
    /// What is printed, or repeated: `total`, and inside lists `rows.due`.
    private(set) var shown: Set<String> = []
    /// What stands between the braces of each tag, comments left out.
    private(set) var tags: [String] = []
    /// The words, without tags and markup, each with its place in the source.
    private(set) var words: [(character: Character, index: String.Index)] = []

    private struct OpenSection {
        let name: String
        let isInverted: Bool
        let kind: TagKind?
        let index: String.Index
    }

    /// - Parameter literals: text with single braces that may stand in it: `{page}`.
    init(_ source: TemplateSource, scope: Scope, isHTML: Bool = false, literals: [String] = []) {
        self.source = source
        self.scope = scope
        self.isHTML = isHTML
        read(literals: literals)
        for section in open {
            report(.sectionIsNotClosed(section.name), at: section.index)
        }
    }

    private mutating func report(_ rule: TemplateError.Rule, at index: String.Index) {
        problems.append(.init(file: source.file, at: source.place(at: index), rule: rule))
    }

    private mutating func read(literals: [String]) {
        let text = source.text
        var position = text.startIndex
        while let start = text[position...].firstRange(of: "{{") {
            readWords(text[position..<start.lowerBound], literals: literals)
            guard let end = text[start.upperBound...].firstRange(of: "}}") else {
                let rest = String(text[start.lowerBound...].prefix(24))
                report(.tagIsBroken(rest), at: start.lowerBound)
                return
            }
            var body = text[start.upperBound..<end.lowerBound]
            position = end.upperBound
            if body.first == "{", position < text.endIndex, text[position] == "}" {
                body = text[start.upperBound..<text.index(after: end.lowerBound)]
                position = text.index(after: position)
            }
            readTag(body, at: start.lowerBound)
        }
        readWords(text[position...], literals: literals)
    }

    // MARK: Tags

    private mutating func readTag(_ body: Substring, at index: String.Index) {
        if body.first == "!" { return }
        tags.append(String(body))
        if let first = body.first, "{&><$=%*".contains(first) {
            return report(.tagKindIsNotAllowed(String(body)), at: index)
        }
        let mark = body.first.flatMap { "#^/".contains($0) ? $0 : nil }
        let name = String(trimmed(mark == nil ? body : body.dropFirst()))
        if name.contains("(") { return report(.tagKindIsNotAllowed(String(body)), at: index) }
        guard isName(name) else { return report(.tagIsBroken("{{\(body)}}"), at: index) }
        if isInsideMarkup { return report(.tagInsideMarkup(String(body)), at: index) }
        switch mark {
        case "#", "^": openSection(name, isInverted: mark == "^", at: index)
        case "/": closeSection(name, at: index)
        default: printValue(name, at: index)
        }
    }

    private func isName(_ name: String) -> Bool {
        name == "."
            || !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "_")
                }
    }

    private mutating func openSection(_ name: String, isInverted: Bool, at index: String.Index) {
        let found = lookUp(name)
        switch found?.kind {
        case nil: report(.tagIsUnknown(name, nearest: nearest(to: name)), at: index)
        case .text: report(.sectionIsAlwaysTrue(name), at: index)
        case .list, .paragraphs: if !isInverted { shown.insert(found?.path ?? name) }
        case .optional, .flag: break
        }
        open.append(
            OpenSection(name: name, isInverted: isInverted, kind: found?.kind, index: index))
    }

    private mutating func closeSection(_ name: String, at index: String.Index) {
        guard let last = open.last, last.name == name else {
            report(.sectionIsNotOpen(name, open: open.last?.name), at: index)
            if let place = open.lastIndex(where: { $0.name == name }) {
                open.removeSubrange(place...)
            } else if !open.isEmpty {
                open.removeLast()
            }
            return
        }
        open.removeLast()
    }

    private mutating func printValue(_ name: String, at index: String.Index) {
        if name == "." {
            guard case .paragraphs? = innermostValue, !(open.last?.isInverted ?? true) else {
                return report(.tagIsUnknown(".", nearest: nil), at: index)
            }
            return
        }
        guard let found = lookUp(name) else {
            return report(.tagIsUnknown(name, nearest: nearest(to: name)), at: index)
        }
        switch found.kind {
        case .text: shown.insert(found.path)
        case .optional:
            if open.contains(where: { $0.name == name && !$0.isInverted }) {
                shown.insert(found.path)
            } else {
                report(.needsItsSection(name), at: index)
            }
        case .flag, .paragraphs, .list: report(.printsNoText(name), at: index)
        }
    }

    /// What `{{.}}` stands for: flags leave it as it was.
    private var innermostValue: TagKind? {
        for section in open.reversed() where !section.isInverted {
            if case .flag? = section.kind { continue }
            return section.kind
        }
        return nil
    }

    private func lookUp(_ name: String) -> (kind: TagKind, path: String)? {
        for section in open.reversed() where !section.isInverted {
            if case .list(let inner)? = section.kind, let kind = inner[name] {
                return (kind, "\(section.name).\(name)")
            }
        }
        return scope[name].map { ($0, name) }
    }

    private func nearest(to name: String) -> String? {
        var known = Set(scope.keys)
        for section in open {
            if case .list(let inner)? = section.kind { known.formUnion(inner.keys) }
        }
        return nearestName(to: name, among: known)
    }

    // MARK: Words

    private mutating func readWords(_ text: Substring, literals: [String]) {
        if isHTML {
            readMarkup(text)
        } else {
            for index in text.indices { words.append((text[index], index)) }
        }
        let stray = isHTML ? ["}}"] : ["{", "}"]
        var rest = text
        while let place = stray.compactMap({ rest.firstRange(of: $0) })
            .min(by: { $0.lowerBound < $1.lowerBound })
        {
            let found = rest[place.lowerBound...]
            guard let literal = literals.first(where: found.hasPrefix) else {
                return report(.tagIsBroken(String(rest[place])), at: place.lowerBound)
            }
            rest = found.dropFirst(literal.count)
        }
    }

    /// Takes the words between `<…>`; what stands in `<style>` is not words.
    private mutating func readMarkup(_ text: Substring) {
        for index in text.indices {
            switch text[index] {
            case "<":
                isInsideMarkup = true
                if source.text[index...].hasPrefix("<style") { isInsideStyle = true }
                if source.text[index...].hasPrefix("</style") { isInsideStyle = false }
                words.append((" ", index))
            case ">": isInsideMarkup = false
            default:
                if !isInsideMarkup && !isInsideStyle { words.append((text[index], index)) }
            }
        }
    }
}

/// The known name that differs by at most two letters, and by less than half of them.
func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    known.map { (name: $0, distance: distance(name, $0)) }
        .filter { $0.distance <= 2 && $0.distance * 2 < name.count }
        .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// How many letters must be added, removed or changed to turn `a` into `b`.
private func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.utf8)
    var row = Array(0...b.count)
    for (i, letter) in a.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] =
                letter == other ? diagonal : 1 + min(diagonal, above, row[j])
            diagonal = above
        }
    }
    return row[b.count]
}
