import Mustache
import Primitives

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
/// Staff change every word without a rebuild: `early.zh.mustache` holds what the stage `early`
/// says in Chinese, `words.zh.mustache` what all notices share, `message.zh.*.mustache` how a mail
/// is laid out, and `forbidden.txt` what none may say.
public struct NoticeTemplates: Sendable {
    /// By language, then by the name of the stage's template.
    let stages: [Language: [String: [String: CompiledPart]]]
    let words: [Language: [String: CompiledPart]]
    let layouts: [Language: (text: MustacheTemplate, html: MustacheTemplate)]

    /// The files that must be there for a policy whose stages use the templates `stages`.
    public static func requiredFiles(stages: [String]) -> [String] {
        let perLanguage = Language.allCases.flatMap { language in
            (["bill"] + stages.filter { $0 != "bill" }).map { stageFile($0, language) }
                + [wordsFile(language), textFile(language), htmlFile(language)]
        }
        var seen: Set<String> = []
        return ([forbiddenFile] + perLanguage).filter { seen.insert($0).inserted }
    }

    /// - Parameters:
    ///   - files: content by file name. Names that do not end in `.mustache` are ignored, except
    ///     `forbidden.txt`.
    ///   - stages: the templates that the policy's stages name; `bill` is needed always.
    /// - Throws: everything that is wrong with them, at once.
    public init(files: [String: String], stages: [String]) throws(TemplateError) {
        var compiler = TemplateCompiler(files: files)
        let found = compiler.checkNames(required: Self.requiredFiles(stages: stages))
        var stageTemplates: [Language: [String: [String: CompiledPart]]] = [:]
        var words: [Language: [String: CompiledPart]] = [:]
        var layouts: [Language: (text: MustacheTemplate, html: MustacheTemplate)] = [:]
        for language in Language.allCases {
            words[language] = compiler.parts(
                wordsFile(language), declared: wordParts, language: language)
            for stage in found {
                stageTemplates[language, default: [:]][stage] = compiler.parts(
                    stageFile(stage, language), declared: stageParts, language: language)
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
        let notice = try NoticeText(facts, templates: self)
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
        try NoticeText(facts, templates: self).letter()
    }
}

// MARK: - File names

private let forbiddenFile = "forbidden.txt"
func stageFile(_ stage: String, _ language: Language) -> String {
    "\(stage).\(language.rawValue).mustache"
}
private func wordsFile(_ language: Language) -> String { stageFile("words", language) }
private func textFile(_ language: Language) -> String {
    "message.\(language.rawValue).txt.mustache"
}
private func htmlFile(_ language: Language) -> String {
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

// MARK: - Checking and compiling

/// A part that passed every check.
struct CompiledPart: Sendable {
    let declaration: PartDeclaration
    let paragraphs: [MustacheTemplate]
    /// The text of a plain word.
    let word: String
}

private struct TemplateCompiler {
    let files: [String: String]
    private let forbidden: ForbiddenPhrases
    private(set) var problems: [TemplateError.Problem] = []

    init(files: [String: String]) {
        self.files = files
        forbidden = ForbiddenPhrases(files[forbiddenFile] ?? "")
    }

    private mutating func report(_ file: String, _ line: Int, _ rule: TemplateError.Rule) {
        problems.append(.init(file: file, line: line, rule: rule))
    }

    /// The names of all stages that have a file; each must have one in both languages.
    mutating func checkNames(required: [String]) -> [String] {
        let shared = Set(NoticeTemplates.requiredFiles(stages: []))
        let suffixes = Language.allCases.map { ".\($0.rawValue).mustache" }
        var stages: Set<String> = ["bill"]
        for file in Set(files.keys).union(required) {
            if shared.contains(file) || !file.hasSuffix(".mustache") { continue }
            let suffix = suffixes.first(where: file.hasSuffix)
            let stage = file.dropLast(suffix?.count ?? 0)
            if suffix == nil || stage.isEmpty || stage.contains(".") {
                report(file, 0, .fileIsUnknown)
            } else {
                stages.insert(String(stage))
            }
        }
        let needed = shared.union(NoticeTemplates.requiredFiles(stages: Array(stages)))
        for file in needed where files[file] == nil { report(file, 0, .fileIsMissing) }
        return stages.sorted(by: inByteOrder)
    }

    /// The parts of one file, by name; what is missing is reported and left out.
    mutating func parts(
        _ file: String, declared: [PartDeclaration], language: Language
    ) -> [String: CompiledPart] {
        guard let content = files[file] else { return [:] }
        let read = readParts(content, file: file, joint: language == .zh ? "" : " ")
        problems += read.problems
        var compiled: [String: CompiledPart] = [:]
        for part in read.parts {
            if let declaration = declared.first(where: { $0.name == part.name }) {
                compiled[part.name] = compile(part, as: declaration, file: file)
            } else {
                let near = nearestName(to: part.name, among: declared.map(\.name))
                report(file, part.line, .partIsUnknown(part.name, nearest: near))
            }
        }
        for declaration in declared where compiled[declaration.name] == nil {
            report(file, 1, .partIsMissing(declaration.name))
        }
        return compiled
    }

    private mutating func compile(
        _ part: TemplatePart, as declaration: PartDeclaration, file: String
    ) -> CompiledPart {
        if part.paragraphs.isEmpty { report(file, part.line, .partIsEmpty(part.name)) }
        if declaration.shape != .paragraphs, part.paragraphs.count > 1 {
            report(
                file, part.paragraphs[1].firstLine, .tooManyParagraphs(part: part.name))
        }
        let text = part.paragraphs.map(\.text).joined()
        for literal in declaration.literals where !text.contains(literal) {
            report(file, part.line, .literalIsMissing(literal, part: part.name))
        }
        let shown = part.paragraphs.map { check($0, as: declaration) }
        checkShown(shown.reduce(Set()) { $0.union($1) }, part: part, declaration, file: file)
        let templates = part.paragraphs.compactMap { source in
            template("{{% CONTENT_TYPE:TEXT}}" + source.text, file: file, line: source.firstLine)
        }
        return CompiledPart(
            declaration: declaration, paragraphs: templates, word: unquoted(text))
    }

    /// - Returns: the tags that the paragraph shows.
    private mutating func check(
        _ paragraph: TemplateSource, as declaration: PartDeclaration
    ) -> Set<String> {
        let scope: Scope =
            switch declaration.subject {
            case .notice: noticeScope
            case .row: rowScope
            case .explanation: explanationScope
            case .run: runScope
            }
        let check = TemplateCheck(paragraph, scope: scope, literals: declaration.literals)
        problems += check.problems
        if declaration.shape == .word {
            for tag in check.tags {
                report(
                    paragraph.file, paragraph.firstLine,
                    .tagInPlainWords(tag, part: declaration.name))
            }
        }
        reportForbidden(check.words, in: paragraph, isSubject: declaration.name == "subject")
        return check.shown
    }

    private mutating func checkShown(
        _ shown: Set<String>, part: TemplatePart, _ declaration: PartDeclaration, file: String
    ) {
        for alternatives in declaration.shows where shown.isDisjoint(with: alternatives) {
            report(file, part.line, .fieldIsMissing(alternatives[0], part: part.name))
        }
        for name in declaration.hides where shown.contains(name) {
            report(file, part.line, .fieldIsNotAllowed(name, part: part.name))
        }
    }

    private mutating func reportForbidden(
        _ words: [(character: Character, index: String.Index)], in source: TemplateSource,
        isSubject: Bool
    ) {
        for (phrase, index) in forbidden.found(in: words, isSubject: isSubject) {
            report(source.file, source.line(at: index), .phraseIsForbidden(phrase))
        }
    }

    mutating func layout(_ file: String, isHTML: Bool) -> MustacheTemplate? {
        guard let content = files[file] else { return nil }
        let source = TemplateSource(file: file, lines: numberedLines(content), joint: "\n")
        let check = TemplateCheck(source, scope: layoutScope, isHTML: isHTML)
        problems += check.problems
        for alternatives in layoutShows where check.shown.isDisjoint(with: alternatives) {
            report(file, 1, .fieldIsMissing(alternatives[0], part: nil))
        }
        reportForbidden(check.words, in: source, isSubject: false)
        if isHTML {
            reportActiveMarkup(source)
            return template(source.text, file: file, line: 1)
        }
        return template("{{% CONTENT_TYPE:TEXT}}\n" + source.text, file: file, line: 0)
    }

    /// Images, links and scripts: mail programs block them, and they tell others who reads.
    private mutating func reportActiveMarkup(_ source: TemplateSource) {
        let text = source.text.lowercased()
        for markup in [
            "<a ", "<img", "<script", "<iframe", "<form", "<link", "<object", "<embed", "<svg",
            "href=", "src=", "url(", "@import", "javascript:",
        ] {
            guard let place = text.firstRange(of: markup) else { continue }
            let offset = text.distance(from: text.startIndex, to: place.lowerBound)
            let index = source.text.index(source.text.startIndex, offsetBy: offset)
            report(source.file, source.line(at: index), .markupIsNotAllowed(markup))
        }
    }

    /// What our own reading let through and swift-mustache refuses; nothing is known that does.
    private mutating func template(_ text: String, file: String, line: Int) -> MustacheTemplate? {
        do {
            return try MustacheTemplate(string: text)
        } catch let error as MustacheTemplate.ParserError {
            if !problems.contains(where: { $0.file == file }) {
                report(
                    file, line + error.context.lineNumber - 1, .tagIsBroken(error.context.line))
            }
        } catch {
            report(file, line, .tagIsBroken(text))
        }
        return nil
    }
}
