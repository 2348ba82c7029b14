import Mustache
import Primitives

/// A part that passed every check.
struct CompiledPart: Sendable {
    let declaration: PartDeclaration
    let paragraphs: [Paragraph]
    /// The text of a plain word.
    let word: String
}

/// Most labels are the same on every notice: those are not rendered anew for each.
enum Paragraph: Sendable {
    case constant(String)
    case template(MustacheTemplate)

    func render(_ values: [String: Any]) -> String {
        switch self {
        case .constant(let text): text
        case .template(let template): tidied(template.render(values))
        }
    }
}

/// Checks the files and compiles them, gathering everything that is wrong.
struct TemplateCompiler {
    let files: [String: String]
    /// Files that are there and are no text.
    private let unreadable: Set<String>
    private let forbidden: ForbiddenPhrases
    private(set) var problems: [TemplateError.Problem] = []

    init(files: [String: String], unreadable: [String]) {
        self.files = files
        self.unreadable = Set(unreadable)
        forbidden = ForbiddenPhrases(files[forbiddenFile] ?? "")
        for file in unreadable { report(file, nil, .fileIsNoText) }
    }

    private mutating func report(
        _ file: String, _ place: TemplatePlace?, _ rule: TemplateError.Rule
    ) {
        problems.append(.init(file: file, at: place, rule: rule))
    }

    /// The names of all stages that have a file; each must have one in both languages and forms.
    mutating func checkNames(required: [String]) -> [String] {
        let shared = Set(NoticeTemplates.requiredFiles(stages: []))
        let suffixes = Language.allCases.flatMap { stageFiles("", $0) }
        var stages: Set<String> = ["bill"]
        for file in Set(files.keys).union(unreadable).union(required) {
            if shared.contains(file) || !file.hasSuffix(".mustache") { continue }
            let suffix = suffixes.first(where: file.hasSuffix)
            let stage = file.dropLast(suffix?.count ?? 0)
            if suffix == nil || stage.isEmpty || stage.contains(".") {
                report(file, nil, .fileIsUnknown)
            } else {
                stages.insert(String(stage))
            }
        }
        let needed = shared.union(NoticeTemplates.requiredFiles(stages: Array(stages)))
        for file in needed where files[file] == nil && !unreadable.contains(file) {
            report(file, nil, .fileIsMissing)
        }
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
                report(file, part.place, .partIsUnknown(part.name, nearest: near))
            }
        }
        for declaration in declared where compiled[declaration.name] == nil {
            report(file, top, .partIsMissing(declaration.name))
        }
        return compiled
    }

    private mutating func compile(
        _ part: TemplatePart, as declaration: PartDeclaration, file: String
    ) -> CompiledPart {
        if part.paragraphs.isEmpty { report(file, part.place, .partIsEmpty(part.name)) }
        if declaration.shape != .paragraphs, part.paragraphs.count > 1 {
            report(
                file, part.paragraphs[1].firstPlace, .tooManyParagraphs(part: part.name))
        }
        let text = part.paragraphs.map(\.text).joined()
        for literal in declaration.literals where !text.contains(literal) {
            report(file, part.place, .literalIsMissing(literal, part: part.name))
        }
        let shown = part.paragraphs.map { check($0, as: declaration) }
        checkShown(shown.reduce(Set()) { $0.union($1) }, part: part, declaration, file: file)
        let templates = part.paragraphs.compactMap { source -> Paragraph? in
            if !source.text.contains("{{") { return .constant(tidied(source.text)) }
            return template(
                "{{% CONTENT_TYPE:TEXT}}" + source.text, file: file, at: source.firstPlace
            ).map(Paragraph.template)
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
                    paragraph.file, paragraph.firstPlace,
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
            report(file, part.place, .fieldIsMissing(alternatives[0], part: part.name))
        }
        for name in declaration.hides where shown.contains(name) {
            report(file, part.place, .fieldIsNotAllowed(name, part: part.name))
        }
    }

    private mutating func reportForbidden(
        _ words: [(character: Character, index: String.Index)], in source: TemplateSource,
        isSubject: Bool
    ) {
        for (rule, index) in forbidden.found(in: words, isSubject: isSubject) {
            report(source.file, source.place(at: index), rule)
        }
    }

    mutating func layout(_ file: String, isHTML: Bool) -> MustacheTemplate? {
        guard let content = files[file] else { return nil }
        let source = TemplateSource(file: file, lines: numberedLines(content), joint: "\n")
        let check = TemplateCheck(source, scope: layoutScope, isHTML: isHTML)
        problems += check.problems
        for alternatives in layoutShows where check.shown.isDisjoint(with: alternatives) {
            report(file, top, .fieldIsMissing(alternatives[0], part: nil))
        }
        reportForbidden(check.words, in: source, isSubject: false)
        if isHTML {
            reportActiveMarkup(source)
            return template(source.text, file: file, at: top)
        }
        return template("{{% CONTENT_TYPE:TEXT}}\n" + source.text, file: file, at: top)
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
            report(source.file, source.place(at: index), .markupIsNotAllowed(markup))
        }
    }

    /// What our own reading let through and swift-mustache refuses; nothing is known that does.
    private mutating func template(
        _ text: String, file: String, at place: TemplatePlace
    ) -> MustacheTemplate? {
        do {
            return try MustacheTemplate(string: text)
        } catch {
            if !problems.contains(where: { $0.file == file }) {
                let line = (error as? MustacheTemplate.ParserError)?.context.line ?? text
                report(file, place, .tagIsBroken(line))
            }
            return nil
        }
    }
}

/// Where what concerns a file as a whole is reported.
private let top = TemplatePlace(line: 1, column: 1)
