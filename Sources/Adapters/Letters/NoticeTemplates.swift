import Mustache
import Primitives

/// What a notice is written on: each form has wording of its own.
public enum NoticeForm: String, CaseIterable, Sendable {
    case letter, message
}

/// A notice as it goes out by email.
public struct Message: Equatable, Sendable {
    /// One line, without the amount: it shows on locked screens.
    public let subject: String
    /// As complete as the HTML.
    public let text: String
    public let html: String

    public init(subject: String, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }
}

/// The wording of bills and dunning notices, checked as a whole before the first is written.
///
/// Staff change every word without a rebuild: `early.zh.letter.mustache` holds what the stage
/// `early` says on paper in Chinese, `early.zh.message.mustache` what it says by email,
/// `words.zh.mustache` what all notices share, `message.zh.*.mustache` how a mail is laid out, and
/// `forbidden.txt` what none may say.
public struct NoticeTemplates: Sendable {
    /// By file name.
    let stages: [String: [String: CompiledPart]]
    let words: [Language: [String: CompiledPart]]
    let layouts: [Language: (text: MustacheTemplate, html: MustacheTemplate)]

    /// The files that must be there for a policy whose stages use the templates `stages`.
    public static func requiredFiles(stages: [String]) -> [String] {
        let perLanguage = Language.allCases.flatMap { language in
            (["bill"] + stages.filter { $0 != "bill" }).flatMap { stageFiles($0, language) }
                + [wordsFile(language), textFile(language), htmlFile(language)]
        }
        var seen: Set<String> = []
        return ([forbiddenFile] + perLanguage).filter { seen.insert($0).inserted }
    }

    /// - Parameters:
    ///   - files: content by file name. Names that do not end in `.mustache` are ignored, except
    ///     `forbidden.txt`.
    ///   - unreadable: names of files that are there, but are no text in UTF-8.
    ///   - stages: the templates that the policy's stages name; `bill` is needed always.
    /// - Throws: everything that is wrong with them, at once.
    public init(
        files: [String: String], unreadable: [String] = [], stages: [String]
    ) throws(TemplateError) {
        var compiler = TemplateCompiler(files: files, unreadable: unreadable)
        let found = compiler.checkNames(required: Self.requiredFiles(stages: stages))
        var stageTemplates: [String: [String: CompiledPart]] = [:]
        var words: [Language: [String: CompiledPart]] = [:]
        var layouts: [Language: (text: MustacheTemplate, html: MustacheTemplate)] = [:]
        for language in Language.allCases {
            words[language] = compiler.parts(
                wordsFile(language), declared: wordParts, language: language)
            for form in NoticeForm.allCases {
                for file in found.map({ stageFile($0, language, form) }) {
                    stageTemplates[file] = compiler.parts(
                        file, declared: stageParts(form), language: language)
                }
            }
            if let text = compiler.layout(textFile(language), isHTML: false),
                let html = compiler.layout(htmlFile(language), isHTML: true)
            {
                layouts[language] = (text, html)
            }
        }
        if !compiler.problems.isEmpty { throw TemplateError(compiler.problems) }
        self.stages = stageTemplates
        self.words = words
        self.layouts = layouts
    }

    /// The notice for email.
    /// - Throws: what the facts lack, or where they contradict themselves; never a gap in a text.
    public func message(_ facts: NoticeFacts) throws(TemplateError) -> Message {
        let notice = try NoticeText(facts, in: .message, templates: self)
        guard let layout = layouts[facts.language] else {
            preconditionFailure("init refuses templates without both languages")
        }
        let values = notice.layoutValues
        return Message(
            subject: notice.sentence("subject"),
            text: withoutBlankRuns(layout.text.render(values)),
            html: keepingNumbersWhole(
                in: layout.html.render(values), [facts.office.bankAccount, facts.office.phone]))
    }

    /// The notice for paper.
    /// - Throws: as `message`, and where there is no address.
    public func letter(_ facts: NoticeFacts) throws(TemplateError) -> Letter {
        try NoticeText(facts, in: .letter, templates: self).letter()
    }
}

// MARK: - File names

let forbiddenFile = "forbidden.txt"
func stageFile(_ stage: String, _ language: Language, _ form: NoticeForm) -> String {
    "\(stage).\(language.rawValue).\(form.rawValue).mustache"
}
func stageFiles(_ stage: String, _ language: Language) -> [String] {
    NoticeForm.allCases.map { stageFile(stage, language, $0) }
}
func wordsFile(_ language: Language) -> String { "words.\(language.rawValue).mustache" }
func textFile(_ language: Language) -> String {
    "message.\(language.rawValue).txt.mustache"
}
func htmlFile(_ language: Language) -> String {
    "message.\(language.rawValue).html.mustache"
}

/// No blank at a line's end, no two empty lines, one line end at the end.
private func withoutBlankRuns(_ text: String) -> String {
    var lines: [Substring.UTF8View] = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        var line = line
        while line.last == UInt8(ascii: " ") { line.removeLast() }
        if line.isEmpty && (lines.last?.isEmpty ?? true) { continue }
        lines.append(line)
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.map { String(Substring($0)) }.joined(separator: "\n") + "\n"
}
