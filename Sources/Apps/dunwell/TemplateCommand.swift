public import ArgumentParser
import Letters
public import Office
public import Primitives

struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "The wording of bills and notices: check, look at, save. 通知的文字。",
        discussion: """
            The files stand in `templates/notices`, or where $DUNWELL_TEMPLATES says. Copy one, edit the copy,
            check it, look at it, save it; new notices use it from the next run on, and notices that were
            issued keep their wording. Where a broken file stands in the folder, runs go on with the last
            good wording and say so.

              cp templates/notices/early.zh.letter.mustache .
              dunwell template check early.zh.letter.mustache
              dunwell template preview early --draft early.zh.letter.mustache --out early.pdf
              dunwell template save early.zh.letter.mustache
            """,
        subcommands: [List.self, Check.self, Fields.self, Preview.self, Save.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the files: version, problems, last good version, who uses them. 模板清单。",
            discussion: """
                  dunwell template list
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        func run() throws {
            let effects = try common.effectsIfAny()
            var table = TableOutput(
                output.chosen, columns: ["file", "version", "problems", "last_good", "used_by"],
                numeric: ["problems"])
            let listed = try listTemplates(
                in: templatesFolder(), uses: try uses(effects), effects: effects)
            for file in listed {
                try table.row([
                    .text(file.file), .plain(file.version), .count(file.problems),
                    .plain(file.lastGood ?? ""), .plain(file.usedBy.joined(separator: ";")),
                ])
            }
            try table.end()
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find everything that is wrong: file, line, column, tag, remedy. 检查模板。",
            discussion: """
                Without a file, the folder's templates; with files, edited copies, together with the rest of the
                folder. Status 1 where anything is wrong.

                  dunwell template check
                  dunwell template check early.zh.letter.mustache
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "Edited copies, named as in the folder. 改过的文件。")
        var files: [String] = []

        func run() throws {
            let count = try checkTemplates(
                in: templatesFolder(), drafts: files, uses: try uses(common.effectsIfAny()))
            try write(
                Bilingual(zh: "\(count) 个文件，没有错。\n", en: "\(count) files, nothing wrong.\n")[
                    language])
        }
    }

    struct Fields: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the names that {{}} may hold, and where they must stand. 可用的名称。",
            discussion: """
                `text` is always there; `optional` stands inside its own section; `flag` is a section alone.

                  dunwell template fields --format table
                """)

        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen, columns: ["subject", "field", "kind", "required_in"])
            for field in NoticeTemplates.declaredFields {
                try table.row([
                    .plain(field.subject), .plain(field.name), .plain(field.kind),
                    .plain(field.requiredIn.joined(separator: ";")),
                ])
            }
            try table.end()
        }
    }

    struct Preview: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write one notice to look at, of an invented account or a real one. 预览。",
            discussion: """
                  dunwell template preview early --out early.pdf
                  dunwell template preview formal --language en --form html --out formal.html
                  dunwell template preview early --notice FL-202611-00037-4 --out early.pdf
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "The template: bill, early, middle, late, formal … 模板名。")
        var stage: String

        @Option(help: "zh or en. Default: zh, or the language of the notice's owner. 语言。")
        var language: Language?

        @Option(help: "letter (PDF), text or html (of the mail). 形式。")
        var form = PreviewForm.letter

        @Option(help: "The figures of this notice, in the wording of today. 真实通知的编号。")
        var notice: String?

        @Option(help: "An edited copy, named as in the folder; may be repeated. 改过的文件。")
        var draft: [String] = []

        @Option(help: "The file to write. 输出文件。")
        var out: String

        func run() throws {
            let preview = Office.Preview(
                template: stage, language: language, form: form, drafts: draft)
            if let notice {
                try previewNotice(notice, preview, to: out, effects: try common.effects())
            } else {
                try previewSample(
                    preview, asksForSignature: ["formal", "final"].contains(stage),
                    in: templatesFolder(), to: out, at: presentInstant())
            }
            try write("\(out)\n")
        }
    }

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put edited files into the folder, if all is good with them. 保存模板。",
            discussion: """
                A broken file is refused, and the one in use stays. Each file is replaced whole, and who saved it
                is recorded.

                  dunwell template save early.zh.letter.mustache early.zh.message.mustache
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "Edited copies, named as in the folder. 改过的文件。")
        var files: [String]

        @Flag(help: "Check, and change nothing. 只检查，不保存。")
        var dryRun = false

        func run() throws {
            let effects = try common.effects(by: staff.staff)
            do {
                let changed = try saveTemplates(files, dryRun: dryRun, effects: effects)
                try write(message(changed)[language] + "\n")
            } catch let error as TemplateError {
                tell(error.description(in: language))
                tell(Bilingual(zh: "没有保存；原来的照用。", en: "Not saved; what is in use stays."))
                throw Refused()
            }
        }

        private func message(_ changed: [String]) -> Bilingual {
            if changed.isEmpty {
                return Bilingual(zh: "和现在用的一样，没有改动。", en: "The same as in use; nothing changed.")
            }
            let names = changed.joined(separator: ", ")
            if dryRun {
                return Bilingual(zh: "没有错；没有保存：\(names)", en: "Nothing wrong; not saved: \(names)")
            }
            return Bilingual(
                zh: "已保存，从下一次出账起用：\(names)", en: "Saved, for notices from now on: \(names)")
        }
    }
}

/// What the community's policy uses; where there is no database, every template in the folder.
private func uses(_ effects: Effects?) throws -> TemplateUses {
    try effects.map(templateUses) ?? [("bill", "bill")]
}

extension Language: ExpressibleByArgument {}
extension PreviewForm: ExpressibleByArgument {}
