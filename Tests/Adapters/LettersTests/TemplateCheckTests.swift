import Foundation
import Letters
import Primitives
import Testing

/// What is wrong with a template is said when it is saved, with file, line, column and tag.
@Suite struct `Template checks` {
    /// Each row: the file, what is replaced, and by what. What is then reported stands, in both
    /// languages, in `Golden/broken-templates.txt`, in this order.
    static let broken: [(file: String, old: String, new: String)] = [
        // Names
        ("early.en.letter.mustache", "{{oldest_due}}.{{/", "{{oldest_duee}}.{{/"),
        ("early.zh.letter.mustache", "应付合计 {{amount_due}}", "应付合计 {{amount}}"),
        ("late.zh.message.mustache", "{{office_phone}}", "{{Office_Phone}}"),
        ("bill.zh.message.mustache", "{{office_contact}}", "{{}}"),
        ("words.en.mustache", "{{principal}} × {{days}}", "{{principal}} × {{period}}"),
        ("message.zh.txt.mustache", "{{item}}", "{{late_fees}}"),
        ("message.zh.txt.mustache", "{{sum_label}}", "{{rows}}{{item}}"),
        ("message.en.txt.mustache", "{{office_name}}", "{{.}}"),
        // Sections
        ("early.en.letter.mustache", "{{/pay_by}}{{^pay_by}}", "{{/payby}}{{^pay_by}}"),
        ("early.en.letter.mustache", "when you can{{/pay_by}}", "when you can"),
        ("early.en.message.mustache", "when you can{{/pay_by}}", "when\n\nyou can{{/pay_by}}"),
        ("middle.zh.letter.mustache", "如果是有什么原因", "{{/pay_by}}如果是有什么原因"),
        ("middle.zh.message.mustache", "{{#oldest_due}}，最早", "{{^oldest_due}}，最早"),
        ("late.en.letter.mustache", "{{#one_day}}day{{/one_day}}", "{{one_day}}"),
        ("early.en.letter.mustache", "as listed below", "as {{pay_by}} {{#total}}x{{/total}}"),
        ("message.zh.html.mustache", "{{/rows}}", ""),
        // Tags of kinds that no wording needs
        ("early.en.letter.mustache", "¥{{amount_due}}", "¥{{{amount_due}}}"),
        ("early.en.letter.mustache", "as listed", "{{> other}} {{uppercased(total)}}"),
        ("early.en.message.mustache", "{{office_phone}}", "{{&office_phone}}"),
        ("formal.en.message.mustache", "{{office_phone}}", "{{=<% %>=}}"),
        ("early.en.letter.mustache", "as listed below", "as {listed} {{below"),
        ("late.zh.letter.mustache", "近日{{/pay_by}}", "近日{/pay_by}}"),
        // Parts
        ("early.en.letter.mustache", "== title == Payment reminder", ""),
        ("early.en.letter.mustache", "== title ==", "== tittle =="),
        ("early.en.letter.mustache", "== title == Payment reminder", "== title =="),
        ("early.en.letter.mustache", "== title == Payment reminder", "== title == A\n\nB"),
        ("early.en.letter.mustache", "== title ==", "== title == Once\n== title =="),
        ("early.en.letter.mustache", "== title ==", "Dear reader\n== title =="),
        ("early.zh.letter.mustache", "== title ==", "== subject == {{unit}}\n== title =="),
        ("words.en.mustache", "== shop == shop", "== shop == {{#is_bill}}shop{{/is_bill}}"),
        ("words.en.mustache", "Page {page} of {pages}", "Page {page}"),
        // Fields that must, or must not, be shown
        ("formal.zh.letter.mustache", "{{office_phone}}", "5550 0188"),
        ("formal.zh.message.mustache", "{{month_name}}正式", "正式"),
        ("words.zh.mustache", "账号 {{bank_account}}", "账号 0000"),
        ("words.zh.mustache", "{{explanation}}。", "见下。"),
        ("message.en.html.mustache", "{{salutation}}", "Dear reader,"),
        ("early.en.message.mustache", "({{unit}})", "({{unit}}) ¥{{total}}"),
        // Phrases and markup
        ("early.zh.message.mustache", "缴费提醒（{{unit}}）", "欠费提醒（{{unit}}）"),
        ("late.zh.message.mustache", "缴费通知，请您回复", "催缴通知，请您回复"),
        ("early.zh.letter.mustache", "我们会再写信来。", "将停\n水处理！"),
        (
            "early.en.letter.mustache", "we will write again.",
            "we will CUT\noff {{! ha }}everything."
        ),
        ("middle.zh.message.mustache", "近日{{/pay_by}}", "在公示以前{{/pay_by}}"),
        ("late.en.message.mustache", "please reply before then", "you failed to pay"),
        ("formal.zh.letter.mustache", "到时{{/pay_by}}", "后果自负，到时{{/pay_by}}"),
        ("message.en.html.mustache", "<h1 style=", "<h1 title={{title}} style="),
        ("message.en.html.mustache", "</h1>", "</h1><img src=\"x\"><b>Final warning</b>"),
        ("message.zh.html.mustache", "</h2>", "</h2><a href=\"x\">去付款</a>"),
    ]

    /// Update with UPDATE_GOLDEN=1, and read the difference before it is committed.
    @Test func `a broken template is refused with file, line, column, tag and remedy`() throws {
        let gallery = try Self.broken.map { file, old, new in
            var files = NoticeFiles.all
            let content = try #require(files[file])
            try #require(content.contains(old), "\(old) is not in \(file)")
            files[file] = content.replacing(old, with: new, maxReplacements: 1)
            let error = #expect(throws: TemplateError.self) {
                try NoticeTemplates(files: files, stages: MapleCourt.stages)
            }
            let change = "\(file): \(old) → \(new.isEmpty ? "(nothing)" : new)"
            let messages = Language.allCases.compactMap { error?.description(in: $0) }
            return ([change.replacing("\n", with: "⏎")] + messages).joined(separator: "\n")
        }
        #expect(gallery.count >= 40)
        try expectGolden("broken-templates.txt", gallery.joined(separator: "\n\n") + "\n")
    }

    @Test func `a file that is no text is reported as such`() throws {
        var files = NoticeFiles.all
        files["late.zh.letter.mustache"] = nil
        let error = #expect(throws: TemplateError.self) {
            try NoticeTemplates(
                files: files, unreadable: ["late.zh.letter.mustache"], stages: MapleCourt.stages)
        }
        #expect(
            error?.description == """
                late.zh.letter.mustache: This is not text in UTF-8; save it in that encoding.
                """)
    }

    @Test func `a missing file, and one with a misspelt name, are both reported`() {
        var files = NoticeFiles.all
        files["late.eng.letter.mustache"] = files.removeValue(forKey: "late.en.letter.mustache")
        files["forbidden.txt"] = nil
        let error = #expect(throws: TemplateError.self) {
            try NoticeTemplates(files: files, stages: MapleCourt.stages + ["court"])
        }
        #expect(
            error?.description(in: .zh) == """
                court.en.letter.mustache: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                court.en.message.mustache: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                court.zh.letter.mustache: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                court.zh.message.mustache: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                forbidden.txt: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                late.en.letter.mustache: 缺这个文件；请照别的阶段写一份，或者放回原来的。
                late.eng.letter.mustache: 不认识这个文件名；要像 early.zh.letter.mustache（信）或 \
                early.zh.message.mustache（邮件）。
                """)
    }

    @Test func `files as Windows editors save them are read alike`() throws {
        let files = NoticeFiles.all.mapValues {
            "\u{FEFF}" + $0.replacing("\n", with: "\r\n")
        }
        let windows = try NoticeTemplates(files: files, stages: MapleCourt.stages)
        let unix = try NoticeTemplates(
            files: NoticeFiles.all, stages: MapleCourt.stages)
        let facts = MapleCourt.formal(.zh)
        #expect(try windows.message(facts) == unix.message(facts))
    }

    @Test func `the required files are those of the policy's stages and the shared ones`() {
        #expect(
            NoticeTemplates.requiredFiles(stages: ["early", "early"]) == [
                "forbidden.txt", "bill.zh.letter.mustache", "bill.zh.message.mustache",
                "early.zh.letter.mustache", "early.zh.message.mustache", "words.zh.mustache",
                "message.zh.txt.mustache", "message.zh.html.mustache", "bill.en.letter.mustache",
                "bill.en.message.mustache", "early.en.letter.mustache",
                "early.en.message.mustache", "words.en.mustache", "message.en.txt.mustache",
                "message.en.html.mustache",
            ])
    }
}
