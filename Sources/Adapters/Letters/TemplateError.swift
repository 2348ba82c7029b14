public import Primitives

/// Why templates cannot be used, or why one notice cannot be written: every problem at once, so
/// that whoever edits the wording need not find them one by one.
public struct TemplateError: Error, Equatable, CustomStringConvertible {
    /// At least one; by file, then line, then column.
    public let problems: [Problem]

    public struct Problem: Hashable, Sendable {
        /// The name of the template file.
        public let file: String
        /// Counted from 1; 0 where the problem is the file as a whole, or one notice.
        public let line: Int
        /// In characters, counted from 1; 0 where `line` is.
        public let column: Int
        public let rule: Rule
        public var message: Bilingual { rule.message }

        /// - Parameter place: `nil` where the problem is the file as a whole, or one notice.
        init(file: String, at place: TemplatePlace?, rule: Rule) {
            self.file = file
            line = place?.line ?? 0
            column = place?.column ?? 0
            self.rule = rule
        }

        /// As compilers print it: `early.zh.letter.mustache:7:12: …`.
        public func text(in language: Language) -> String {
            let place = line > 0 ? ":\(line):\(column)" : ""
            return "\(file)\(place): \(message[language])"
        }
    }

    /// The rule broken. Tags are given as they stand between the braces.
    public enum Rule: Hashable, Sendable {
        // The files and their parts
        case fileIsMissing
        case fileIsNoText
        case fileIsUnknown
        case partIsMissing(String)
        case partIsRepeated(String, firstLine: Int)
        case partIsUnknown(String, nearest: String?)
        case partIsEmpty(String)
        case textOutsideParts
        case tooManyParagraphs(part: String)
        case literalIsMissing(String, part: String)
        // Tags
        case tagIsBroken(String)
        case tagKindIsNotAllowed(String)
        case tagIsUnknown(String, nearest: String?)
        case tagInPlainWords(String, part: String)
        case tagInsideMarkup(String)
        case sectionIsNotClosed(String)
        case sectionIsNotOpen(String, open: String?)
        case sectionIsAlwaysTrue(String)
        case needsItsSection(String)
        case printsNoText(String)
        // What must and must not be said
        case fieldIsMissing(String, part: String?)
        case fieldIsNotAllowed(String, part: String)
        case phraseIsForbidden(String, inSubject: Bool)
        case markupIsNotAllowed(String)
        // One notice
        case templateIsUnknown(String, notice: String)
        case valueIsEmpty(String, notice: String)
        case wordIsMissing(String, notice: String)
        case partSaysNothing(String, notice: String)
        case figuresDiffer(what: String, stated: String, counted: String, notice: String)
    }

    /// One problem a line, as compilers print them: `early.zh.letter.mustache:7:12: …`.
    public var description: String { description(in: .en) }
    public var both: Bilingual { Bilingual(zh: description(in: .zh), en: description(in: .en)) }

    /// All problems, one line each: file, line, column, what is wrong.
    public func description(in language: Language) -> String {
        problems.map { $0.text(in: language) }.joined(separator: "\n")
    }

    /// Sorts the problems.
    init(_ problems: [Problem]) {
        self.problems = problems.sorted {
            if $0.file != $1.file { return inByteOrder($0.file, $1.file) }
            return ($0.line, $0.column) < ($1.line, $1.column)
        }
    }
}

extension TemplateError.Rule {
    /// What was written, what is true, and what to do.
    public var message: Bilingual {
        switch self {
        case .fileIsMissing, .fileIsNoText, .fileIsUnknown, .partIsMissing, .partIsRepeated,
            .partIsUnknown,
            .partIsEmpty, .textOutsideParts, .tooManyParagraphs, .literalIsMissing:
            partMessage
        case .tagIsBroken, .tagKindIsNotAllowed, .tagIsUnknown, .tagInPlainWords,
            .tagInsideMarkup, .sectionIsNotClosed, .sectionIsNotOpen, .sectionIsAlwaysTrue,
            .needsItsSection, .printsNoText:
            tagMessage
        case .fieldIsMissing, .fieldIsNotAllowed, .phraseIsForbidden, .markupIsNotAllowed:
            contentMessage
        case .templateIsUnknown, .valueIsEmpty, .wordIsMissing, .partSaysNothing, .figuresDiffer:
            noticeMessage
        }
    }

    private var partMessage: Bilingual {
        switch self {
        case .fileIsMissing:
            Bilingual(
                zh: "缺这个文件；请照别的阶段写一份，或者放回原来的。",
                en: "This file is missing; write it like that of another stage, or put it back.")
        case .fileIsNoText:
            Bilingual(
                zh: "不是 UTF-8 文字；请在编辑器里用 UTF-8 编码另存。",
                en: "This is not text in UTF-8; save it in that encoding.")
        case .fileIsUnknown:
            Bilingual(
                zh: "不认识这个文件名；要像 early.zh.letter.mustache（信）或 early.zh.message.mustache（邮件）。",
                en: "Unknown file name; write it like early.zh.letter.mustache or "
                    + "early.zh.message.mustache.")
        case .partIsMissing(let name):
            Bilingual(
                zh: "缺 == \(name) == 这一段；请补上。",
                en: "The part == \(name) == is missing; add it.")
        case .partIsRepeated(let name, let firstLine):
            Bilingual(
                zh: "== \(name) == 已经在第 \(firstLine) 行写过；请删去一处。",
                en: "== \(name) == stands on line \(firstLine) already; remove one of them.")
        case .partIsUnknown(let name, let nearest):
            Bilingual(
                zh: "没有叫 == \(name) == 的段。" + (suggestion(nearest) ?? takeItOut).zh,
                en: "There is no part == \(name) ==." + (suggestion(nearest) ?? takeItOut).en)
        case .partIsEmpty(let name):
            Bilingual(
                zh: "== \(name) == 没有文字；请写上。",
                en: "== \(name) == has no words; write them behind it or below.")
        case .textOutsideParts:
            Bilingual(
                zh: "这行不属于任何一段；先写 == 名称 ==，或者以 # 开头作注释。",
                en: "This line belongs to no part: write == name == above it, or # before it.")
        case .tooManyParagraphs(let part):
            Bilingual(
                zh: "== \(part) == 只能有一段话，这里开始了第二段；请去掉空行。",
                en: "== \(part) == must be one paragraph; a second begins here: remove the blank "
                    + "line.")
        case .literalIsMissing(let literal, let part):
            Bilingual(
                zh: "== \(part) == 里要有 \(literal)；请补上。",
                en: "== \(part) == must contain \(literal); add it.")
        default: preconditionFailure("not a rule about parts")
        }
    }

    private var tagMessage: Bilingual {
        switch self {
        case .tagIsBroken(let text):
            Bilingual(
                zh: "\(text) 没有写完整；应当是 {{名称}}。",
                en: "\(text) is not a complete tag; write {{name}}.")
        case .tagKindIsNotAllowed(let text):
            Bilingual(
                zh: "{{\(text)}} 这种写法不能用；能用 {{名称}}、{{#名称}}、{{^名称}}、{{/名称}}、{{! 注释}}。",
                en: "{{\(text)}} is not allowed; use {{name}}, {{#name}}, {{^name}}, {{/name}} or "
                    + "{{! comment}}.")
        case .tagIsUnknown(let name, let nearest):
            Bilingual(
                zh: "这里没有 {{\(name)}}。" + (suggestion(nearest) ?? tagsAreListed).zh,
                en: "There is no {{\(name)}} here." + (suggestion(nearest) ?? tagsAreListed).en)
        case .tagInPlainWords(let name, let part):
            Bilingual(
                zh: "== \(part) == 是单个的词，里面不能有 {{\(name)}}；请去掉。",
                en: "== \(part) == is a plain word; it cannot contain {{\(name)}}: take it out.")
        case .tagInsideMarkup(let name):
            Bilingual(
                zh: "{{\(name)}} 不能写在 < 和 > 之间；请移到外面。",
                en: "{{\(name)}} must not stand between < and >; move it out.")
        case .sectionIsNotClosed(let name):
            Bilingual(
                zh: "{{#\(name)}} 没有对应的 {{/\(name)}}；要写在同一段话里。",
                en: "{{#\(name)}} has no {{/\(name)}} in the same paragraph; add it.")
        case .sectionIsNotOpen(let name, let open?):
            Bilingual(
                zh: "{{/\(name)}} 应当是 {{/\(open)}}。",
                en: "{{/\(name)}} should be {{/\(open)}}.")
        case .sectionIsNotOpen(let name, nil):
            Bilingual(
                zh: "{{/\(name)}} 前面没有 {{#\(name)}}；要写在同一段话里。",
                en: "{{/\(name)}} has no {{#\(name)}} before it in the same paragraph; add it.")
        case .sectionIsAlwaysTrue(let name):
            Bilingual(
                zh: "{{\(name)}} 总是有的，不需要 {{#\(name)}} 或 {{^\(name)}}；请去掉。",
                en: "{{\(name)}} is always there; take {{#\(name)}} or {{^\(name)}} away.")
        case .needsItsSection(let name):
            Bilingual(
                zh: "{{\(name)}} 有时没有，要写在 {{#\(name)}} 和 {{/\(name)}} 之间。",
                en: "{{\(name)}} may be absent: put it between {{#\(name)}} and {{/\(name)}}.")
        case .printsNoText(let name):
            Bilingual(
                zh: "{{\(name)}} 不是文字，只能写成 {{#\(name)}}…{{/\(name)}}。",
                en: "{{\(name)}} is not text; use it as {{#\(name)}}…{{/\(name)}} only.")
        default: preconditionFailure("not a rule about tags")
        }
    }

    private var contentMessage: Bilingual {
        switch self {
        case .fieldIsMissing(let name, let part?):
            Bilingual(
                zh: "== \(part) == 里必须有 {{\(name)}}；请补上。",
                en: "== \(part) == must show {{\(name)}}; add it.")
        case .fieldIsMissing(let name, nil):
            Bilingual(
                zh: "必须有 {{\(name)}}；请补上。", en: "{{\(name)}} must be shown; add it.")
        case .fieldIsNotAllowed(let name, let part):
            Bilingual(
                zh: "== \(part) == 里不能有 {{\(name)}}：旁人也看得到；请去掉。",
                en: "== \(part) == must not show {{\(name)}}: others can see it; take it out.")
        case .phraseIsForbidden(let phrase, inSubject: false):
            Bilingual(
                zh: "通知里不许写“\(phrase)”（见 forbidden.txt）；请换个说法。",
                en: "A notice must not say “\(phrase)” (see forbidden.txt); put it another way.")
        case .phraseIsForbidden(let phrase, inSubject: true):
            Bilingual(
                zh: "邮件主题里不许写“\(phrase)”（见 forbidden.txt）；请换个说法。",
                en: "A subject must not say “\(phrase)” (see forbidden.txt); put it another way.")
        case .markupIsNotAllowed(let markup):
            Bilingual(
                zh: "邮件里不能有 \(markup)：不用图片、链接、脚本；请去掉。",
                en: "A mail must not contain \(markup): no images, links or scripts; take it out.")
        default: preconditionFailure("not a rule about content")
        }
    }

    private var noticeMessage: Bilingual {
        switch self {
        case .templateIsUnknown(let template, let notice):
            Bilingual(
                zh: "通知 \(notice) 要用的文字“\(template)”没有。",
                en: "Notice \(notice) asks for the wording “\(template)”, which there is not.")
        case .valueIsEmpty(let name, let notice):
            Bilingual(
                zh: "通知 \(notice) 的 {{\(name)}} 是空的；请先补上。",
                en: "{{\(name)}} of notice \(notice) is empty; fill it in first.")
        case .wordIsMissing(let word, let notice):
            Bilingual(
                zh: "通知 \(notice) 里的“\(word)”没有对应的词。",
                en: "There is no word for “\(word)” in notice \(notice).")
        case .partSaysNothing(let part, let notice):
            Bilingual(
                zh: "通知 \(notice) 的 == \(part) == 印出来是空的。",
                en: "== \(part) == of notice \(notice) comes out empty.")
        case .figuresDiffer(let what, let stated, let counted, let notice):
            Bilingual(
                zh: "通知 \(notice) 的\(what)写的是 \(stated)，算出来是 \(counted)。",
                en: "Notice \(notice) states \(what) as \(stated), but it counts up to \(counted).")
        default: preconditionFailure("not a rule about one notice")
        }
    }
}

private func suggestion(_ nearest: String?) -> Bilingual? {
    nearest.map { Bilingual(zh: "是不是 \($0)？", en: " Did you mean \($0)?") }
}
private let tagsAreListed = Bilingual(
    zh: "能用的名称：dunwell template fields。", en: " The names there are: dunwell template fields.")
private let takeItOut = Bilingual(zh: "请去掉，或者改名。", en: " Take it out, or rename it.")
