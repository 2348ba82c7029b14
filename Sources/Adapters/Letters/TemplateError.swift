public import Primitives

/// Why templates cannot be used, or why one notice cannot be written: every problem at once, so
/// that whoever edits the wording need not find them one by one.
public struct TemplateError: Error, Equatable, CustomStringConvertible {
    /// At least one; by file, then line.
    public let problems: [Problem]

    public struct Problem: Hashable, Sendable {
        /// The name of the template file.
        public let file: String
        /// Counted from 1; 0 where the problem is the file as a whole, or one notice.
        public let line: Int
        public let rule: Rule
        public var message: Bilingual { rule.message }

        public init(file: String, line: Int, rule: Rule) {
            self.file = file
            self.line = line
            self.rule = rule
        }
    }

    /// The rule broken. Tags are given as they stand between the braces.
    public enum Rule: Hashable, Sendable {
        // The files and their parts
        case fileIsMissing
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
        case phraseIsForbidden(String)
        case markupIsNotAllowed(String)
        // One notice
        case templateIsUnknown(String, notice: String)
        case valueIsEmpty(String, notice: String)
        case wordIsMissing(String, notice: String)
        case partSaysNothing(String, notice: String)
        case figuresDiffer(what: String, stated: String, counted: String, notice: String)
    }

    /// One problem a line, as compilers print them: `early.zh.mustache:7: …`.
    public var description: String { description(in: .en) }

    /// All problems, one line each: file, line, what is wrong.
    public func description(in language: Language) -> String {
        problems.map { problem in
            let line = problem.line > 0 ? ":\(problem.line)" : ""
            return "\(problem.file)\(line): \(problem.message[language])"
        }.joined(separator: "\n")
    }

    /// Sorts the problems.
    init(_ problems: [Problem]) {
        self.problems = problems.sorted {
            $0.file != $1.file ? inByteOrder($0.file, $1.file) : $0.line < $1.line
        }
    }
}

extension TemplateError.Rule {
    /// What was written, what is true, and what to do.
    public var message: Bilingual {
        switch self {
        case .fileIsMissing, .fileIsUnknown, .partIsMissing, .partIsRepeated, .partIsUnknown,
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
            Bilingual(zh: "缺这个文件。", en: "This file is missing.")
        case .fileIsUnknown:
            Bilingual(
                zh: "不认识这个文件名；阶段的文件叫 early.zh.mustache 这样的名字。",
                en: "Unknown file name; the file of a stage is named like early.zh.mustache.")
        case .partIsMissing(let name):
            Bilingual(
                zh: "缺 == \(name) == 这一段。", en: "The part == \(name) == is missing.")
        case .partIsRepeated(let name, let firstLine):
            Bilingual(
                zh: "== \(name) == 已经在第 \(firstLine) 行写过。",
                en: "== \(name) == stands on line \(firstLine) already.")
        case .partIsUnknown(let name, let nearest):
            Bilingual(
                zh: "没有叫 == \(name) == 的段。" + suggestion(nearest).zh,
                en: "There is no part == \(name) ==." + suggestion(nearest).en)
        case .partIsEmpty(let name):
            Bilingual(zh: "== \(name) == 没有文字。", en: "== \(name) == has no words.")
        case .textOutsideParts:
            Bilingual(
                zh: "这行不属于任何一段；先写 == 名称 ==，或者以 # 开头作注释。",
                en: "This line belongs to no part: write == name == above it, or # before it.")
        case .tooManyParagraphs(let part):
            Bilingual(
                zh: "== \(part) == 只能有一段话，这里开始了第二段。",
                en: "== \(part) == must be one paragraph; a second begins here.")
        case .literalIsMissing(let literal, let part):
            Bilingual(
                zh: "== \(part) == 里要有 \(literal)。", en: "== \(part) == must contain \(literal).")
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
                zh: "这里没有 {{\(name)}}。" + suggestion(nearest).zh,
                en: "There is no {{\(name)}} here." + suggestion(nearest).en)
        case .tagInPlainWords(let name, let part):
            Bilingual(
                zh: "== \(part) == 是单个的词，里面不能有 {{\(name)}}。",
                en: "== \(part) == is a plain word; it cannot contain {{\(name)}}.")
        case .tagInsideMarkup(let name):
            Bilingual(
                zh: "{{\(name)}} 不能写在 < 和 > 之间。",
                en: "{{\(name)}} must not stand between < and >.")
        case .sectionIsNotClosed(let name):
            Bilingual(
                zh: "{{#\(name)}} 没有对应的 {{/\(name)}}。",
                en: "{{#\(name)}} has no {{/\(name)}} in the same paragraph.")
        case .sectionIsNotOpen(let name, let open?):
            Bilingual(
                zh: "{{/\(name)}} 应当是 {{/\(open)}}。",
                en: "{{/\(name)}} should be {{/\(open)}}.")
        case .sectionIsNotOpen(let name, nil):
            Bilingual(
                zh: "{{/\(name)}} 前面没有 {{#\(name)}}。",
                en: "{{/\(name)}} has no {{#\(name)}} before it in the same paragraph.")
        case .sectionIsAlwaysTrue(let name):
            Bilingual(
                zh: "{{\(name)}} 总是有的，不需要 {{#\(name)}} 或 {{^\(name)}}。",
                en: "{{\(name)}} is always there; it needs no {{#\(name)}} or {{^\(name)}}.")
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
                zh: "== \(part) == 里必须有 {{\(name)}}。",
                en: "== \(part) == must show {{\(name)}}.")
        case .fieldIsMissing(let name, nil):
            Bilingual(zh: "必须有 {{\(name)}}。", en: "{{\(name)}} must be shown.")
        case .fieldIsNotAllowed(let name, let part):
            Bilingual(
                zh: "== \(part) == 里不能有 {{\(name)}}：旁人也看得到。",
                en: "== \(part) == must not show {{\(name)}}: others can see it.")
        case .phraseIsForbidden(let phrase):
            Bilingual(
                zh: "通知里不许写“\(phrase)”（见 forbidden.txt）。",
                en: "A notice must not say “\(phrase)” (see forbidden.txt).")
        case .markupIsNotAllowed(let markup):
            Bilingual(
                zh: "邮件里不能有 \(markup)：不用图片、链接、脚本。",
                en: "A mail must not contain \(markup): no images, links or scripts.")
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

private func suggestion(_ nearest: String?) -> Bilingual {
    guard let nearest else { return Bilingual(zh: "", en: "") }
    return Bilingual(zh: "是不是 \(nearest)？", en: " Did you mean \(nearest)?")
}
