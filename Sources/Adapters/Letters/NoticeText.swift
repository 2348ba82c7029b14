import Mustache
import Primitives

/// One notice in words: every part rendered as plain text, before a layout or a letter arranges
/// them. Escaping for HTML is the layout's.
struct NoticeText {
    let form: NoticeForm
    let figures: NoticeFigures
    let values: [String: Any]
    /// The rendered paragraphs of each part about the notice; without those that came out empty.
    private let parts: [String: [String]]
    let rows: [RowText]

    /// One charge in words.
    struct RowText {
        let figures: RowFigures
        let values: [String: Any]
        let parts: [String: String]
    }

    /// - Throws: everything that the facts lack.
    init(
        _ facts: NoticeFacts, in form: NoticeForm, templates: NoticeTemplates
    ) throws(TemplateError) {
        let file = stageFile(facts.template, facts.language, form)
        let words = templates.words[facts.language] ?? [:]
        let plainWords = words.filter { $0.value.declaration.shape == .word }.mapValues(\.word)
        let figures = NoticeFigures(facts, words: plainWords)
        var renderer = PartRenderer(notice: facts.number)
        for word in [facts.unit.kind] + facts.channels where plainWords[word] == nil {
            renderer.rules.append(.wordIsMissing(word, notice: facts.number))
        }
        renderer.rules += figures.contradictions
        let values = renderer.values(noticeFields, of: figures)
        var parts: [String: [String]] = [:]
        if let stage = templates.stages[file] {
            for (name, part) in stage.merging(words, uniquingKeysWith: { stage, _ in stage })
            where part.declaration.subject == .notice && part.declaration.shape != .word {
                parts[name] = renderer.paragraphs(part, with: values)
            }
        } else {
            renderer.rules.append(.templateIsUnknown(facts.template, notice: facts.number))
        }
        rows = figures.rows.map { renderer.row($0, words: words) }
        self.form = form
        self.figures = figures
        self.values = values
        self.parts = parts
        if !renderer.rules.isEmpty {
            throw TemplateError(renderer.causes.map { .init(file: file, at: nil, rule: $0) })
        }
    }

    /// Empty only where the part may be.
    func sentence(_ name: String) -> String { parts[name]?.first ?? "" }
    func paragraphs(_ name: String) -> [String] { parts[name] ?? [] }

    /// Everything that the layouts of a mail may show.
    var layoutValues: [String: Any] {
        var all = values
        for part in wordParts + stageParts(form) where part.subject == .notice {
            switch part.shape {
            case .word: break
            case .paragraphs: all[part.name] = paragraphs(part.name)
            case .sentence:
                all[part.name] =
                    sentence(part.name).isEmpty ? false as Any : sentence(part.name)
            }
        }
        all["rows"] = rows.map(\.layoutValues)
        return all
    }
}

extension NoticeText.RowText {
    func sentence(_ name: String) -> String { parts[name] ?? "" }

    fileprivate var layoutValues: [String: Any] {
        var all = values
        for (name, text) in parts { all[name] = text.isEmpty ? false as Any : text }
        return all
    }
}

/// Renders parts, and gathers what the facts lack.
private struct PartRenderer {
    let notice: String
    var rules: [TemplateError.Rule] = []

    /// A part that says nothing because a value is empty is not told beside that value.
    var causes: [TemplateError.Rule] {
        let others = rules.filter { if case .partSaysNothing = $0 { false } else { true } }
        return others.isEmpty ? rules : others
    }

    mutating func values<Subject>(
        _ fields: [Field<Subject>], of subject: Subject
    ) -> [String: Any] {
        let (values, empty) = fields.values(of: subject)
        rules += empty.map { .valueIsEmpty($0, notice: notice) }
        return values
    }

    /// The paragraphs that say something.
    mutating func paragraphs(_ part: CompiledPart, with values: [String: Any]) -> [String] {
        let texts = part.paragraphs.map { $0.render(values) }.filter { !$0.isEmpty }
        if texts.isEmpty && !part.declaration.mayBeEmpty {
            rules.append(.partSaysNothing(part.declaration.name, notice: notice))
        }
        return texts
    }

    mutating func sentence(_ part: CompiledPart?, with values: [String: Any]) -> String {
        part.map { paragraphs($0, with: values).first ?? "" } ?? ""
    }

    mutating func row(
        _ row: RowFigures, words: [String: CompiledPart]
    ) -> NoticeText.RowText {
        var values = values(rowFields, of: row)
        let explanation = explanation(row, words: words)
        values["explanation"] = explanation.isEmpty ? false as Any : explanation
        var parts = ["explanation": explanation]
        for (name, part) in words where part.declaration.subject == .row {
            parts[name] = sentence(part, with: values)
        }
        return NoticeText.RowText(figures: row, values: values, parts: parts)
    }

    /// `285.00 × 16 天 × 1‰ = 4.56`; empty where nothing accrued.
    private mutating func explanation(
        _ row: RowFigures, words: [String: CompiledPart]
    ) -> String {
        if row.line.accrual.isEmpty { return "" }
        var terms: [String] = []
        for run in row.line.accrual {
            terms.append(sentence(words["run"], with: values(runFields, of: run)))
        }
        var values = values(explanationFields, of: row)
        values["terms"] = terms.joined(separator: " + ")
        return sentence(words["explanation"], with: values)
    }
}

/// Without blanks at either end, doubled, or before a punctuation mark, as sections leave them.
func tidied(_ text: String) -> String {
    let space: Unicode.Scalar = " "
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar == space && (result.isEmpty || result.last == space) { continue }
        if result.last == space && punctuation.contains(scalar) { result.removeLast() }
        result.append(scalar)
    }
    while result.last == space { result.removeLast() }
    return String(result)
}

private let punctuation = Set(",.;:)，。；：）、".unicodeScalars)
