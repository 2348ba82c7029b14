/// A place in a template file: line and column, counted from 1, in characters as one sees them.
struct TemplatePlace: Sendable {
    let line, column: Int
}

/// A line of a template file, or what is left of it without blanks and heading.
struct TemplateLine: Sendable {
    /// Where `text` begins.
    var place: TemplatePlace
    var text: Substring

    /// The same line from `text` on, which is a piece of it.
    func from(_ text: Substring) -> TemplateLine {
        let skipped = self.text.distance(from: self.text.startIndex, to: text.startIndex)
        let column = place.column + skipped
        return TemplateLine(place: TemplatePlace(line: place.line, column: column), text: text)
    }
}

/// A piece of a template file, which knows the places that it came from.
struct TemplateSource: Sendable {
    let file: String
    let text: String
    /// Where each line begins in `text`, as an offset in UTF-8, and in the file.
    private let starts: [(offset: Int, place: TemplatePlace)]

    /// - Parameter joint: put between the lines.
    init(file: String, lines: [TemplateLine], joint: String) {
        var text = ""
        var starts: [(offset: Int, place: TemplatePlace)] = []
        for (index, line) in lines.enumerated() {
            if index > 0 { text += joint }
            starts.append((text.utf8.count, line.place))
            text += line.text
        }
        self.file = file
        self.text = text
        self.starts = starts
    }

    /// Where in the file `index` lies.
    func place(at index: String.Index) -> TemplatePlace {
        let offset = text.utf8.distance(from: text.startIndex, to: index)
        guard let start = starts.last(where: { $0.offset <= offset }) else { return firstPlace }
        let first = text.utf8.index(text.startIndex, offsetBy: start.offset)
        let column = start.place.column + text.distance(from: first, to: index)
        return TemplatePlace(line: start.place.line, column: column)
    }
    var firstPlace: TemplatePlace { starts.first?.place ?? TemplatePlace(line: 1, column: 1) }
}

/// One named part of a file of wording: its paragraphs, in order.
struct TemplatePart: Sendable {
    let name: String
    /// Where `== name ==` stands.
    let place: TemplatePlace
    var paragraphs: [TemplateSource]
}

/// The lines of a file, numbered from 1; a byte-order mark and CRLF, as editors on Windows write
/// them, are accepted.
func numberedLines(_ content: String) -> [TemplateLine] {
    var body = content[...]
    if body.unicodeScalars.first == "\u{FEFF}" { body = Substring(body.unicodeScalars.dropFirst()) }
    return body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .enumerated().map { index, text in
            TemplateLine(place: TemplatePlace(line: index + 1, column: 1), text: text)
        }
}

/// Reads a file of parts: `== name ==` begins one, with its words on the same line or below; a
/// blank line separates paragraphs; lines that begin with `#` are comments. The lines of a
/// paragraph are joined by `joint`: nothing in Chinese, a space in English.
func readParts(
    _ content: String, file: String, joint: String
) -> (parts: [TemplatePart], problems: [TemplateError.Problem]) {
    var parts: [TemplatePart] = []
    var problems: [TemplateError.Problem] = []
    var paragraph: [TemplateLine] = []

    func endParagraph() {
        defer { paragraph = [] }
        guard let first = paragraph.first else { return }
        if parts.isEmpty {
            problems.append(.init(file: file, at: first.place, rule: .textOutsideParts))
            return
        }
        parts[parts.count - 1].paragraphs.append(
            TemplateSource(file: file, lines: paragraph, joint: joint))
    }

    for line in numberedLines(content) {
        let text = trimmed(line.text)
        if text.hasPrefix("#") { continue }
        if let (name, words) = partHeading(text) {
            endParagraph()
            if let earlier = parts.first(where: { $0.name == name }) {
                problems.append(
                    .init(
                        file: file, at: line.place,
                        rule: .partIsRepeated(name, firstLine: earlier.place.line)))
            }
            parts.append(TemplatePart(name: name, place: line.place, paragraphs: []))
            if !words.isEmpty { paragraph = [line.from(words)] }
        } else if text.isEmpty {
            endParagraph()
        } else {
            paragraph.append(line.from(text))
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
