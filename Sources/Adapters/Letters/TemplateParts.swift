/// A piece of a template file, which knows the lines that it came from.
struct TemplateSource: Sendable {
    let file: String
    let text: String
    /// Where each line begins in `text`, as an offset in UTF-8, and its number in the file.
    private let starts: [(offset: Int, line: Int)]

    /// - Parameter joint: put between the lines.
    init(file: String, lines: [(line: Int, text: Substring)], joint: String) {
        var text = ""
        var starts: [(offset: Int, line: Int)] = []
        for (index, line) in lines.enumerated() {
            if index > 0 { text += joint }
            starts.append((text.utf8.count, line.line))
            text += line.text
        }
        self.file = file
        self.text = text
        self.starts = starts
    }

    /// The line of the file on which `index` lies.
    func line(at index: String.Index) -> Int {
        let offset = text.utf8.distance(from: text.startIndex, to: index)
        return starts.last { $0.offset <= offset }?.line ?? starts.first?.line ?? 1
    }
    var firstLine: Int { starts.first?.line ?? 1 }
}

/// One named part of a file of wording: its paragraphs, in order.
struct TemplatePart: Sendable {
    let name: String
    /// Where `== name ==` stands.
    let line: Int
    var paragraphs: [TemplateSource]
}

/// The lines of a file, numbered from 1; a byte-order mark and CRLF, as editors on Windows write
/// them, are accepted.
func numberedLines(_ content: String) -> [(line: Int, text: Substring)] {
    var body = content[...]
    if body.unicodeScalars.first == "\u{FEFF}" { body = Substring(body.unicodeScalars.dropFirst()) }
    return body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .enumerated().map { (line: $0.offset + 1, text: $0.element) }
}

/// Reads a file of parts: `== name ==` begins one, with its words on the same line or below; a
/// blank line separates paragraphs; lines that begin with `#` are comments. The lines of a
/// paragraph are joined by `joint`: nothing in Chinese, a space in English.
func readParts(
    _ content: String, file: String, joint: String
) -> (parts: [TemplatePart], problems: [TemplateError.Problem]) {
    var parts: [TemplatePart] = []
    var problems: [TemplateError.Problem] = []
    var paragraph: [(line: Int, text: Substring)] = []

    func endParagraph() {
        defer { paragraph = [] }
        guard let first = paragraph.first else { return }
        if parts.isEmpty {
            problems.append(.init(file: file, line: first.line, rule: .textOutsideParts))
            return
        }
        parts[parts.count - 1].paragraphs.append(
            TemplateSource(file: file, lines: paragraph, joint: joint))
    }

    for (line, raw) in numberedLines(content) {
        let text = trimmed(raw)
        if text.hasPrefix("#") { continue }
        if let (name, words) = partHeading(text) {
            endParagraph()
            if let earlier = parts.first(where: { $0.name == name }) {
                problems.append(
                    .init(
                        file: file, line: line,
                        rule: .partIsRepeated(name, firstLine: earlier.line)))
            }
            parts.append(TemplatePart(name: name, line: line, paragraphs: []))
            if !words.isEmpty { paragraph = [(line, words)] }
        } else if text.isEmpty {
            endParagraph()
        } else {
            paragraph.append((line, text))
        }
    }
    endParagraph()
    return (parts, problems)
}

/// `== name == words`, the words possibly empty; `nil` for any other line.
private func partHeading(_ line: Substring) -> (name: String, words: Substring)? {
    guard line.hasPrefix("=="), let end = line.dropFirst(2).firstRange(of: "==") else { return nil }
    let name = trimmed(line[line.index(line.startIndex, offsetBy: 2)..<end.lowerBound])
    guard !name.isEmpty else { return nil }
    return (String(name), trimmed(line[end.upperBound...]))
}

/// Without blanks and tabs at either end. Full-width spaces stay: they are typed on purpose.
func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
}

/// `"words"` without the quotes that keep blanks at either end.
func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    return String(text.dropFirst().dropLast())
}
