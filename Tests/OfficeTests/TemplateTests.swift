import Foundation
import Letters
import Office
import Primitives
import TestKit
import Testing

@Suite struct `Templates in use` {
    private let office: TestOffice
    /// A copy of the repository's templates.
    private let folder: String

    init() throws {
        folder = try temporaryFolder() + "/notices"
        try FileManager.default.copyItem(
            atPath: repository + "/templates/notices", toPath: folder)
        office = try TestOffice(templates: folder)
        try office.take(MapleCourt.files)
    }

    private func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + file))
    }

    private func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
        try #require(text.contains(old))
        try write(text.replacing(old, with: new), to: file)
    }

    private func run(_ period: Period, _ day: String) throws -> RunSummary {
        try runPeriod(period, asOf: date(day), dryRun: false, effects: office.effects)
    }

    private func textOfLastMessage() throws -> String {
        let last = try #require(try listedMessages(effects: office.effects).last)
        let mail = String(
            decoding: try messageBytes(last.id, effects: office.effects), as: UTF8.self)
        let body = mail.components(separatedBy: "base64\r\n\r\n")[1]
        let data = Data(
            base64Encoded: body.components(separatedBy: "\r\n--")[0],
            options: .ignoreUnknownCharacters)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    @Test func `a broken file is refused where no good one was ever in use`() throws {
        try edit("early.zh.letter.mustache", "{{unit}} 的", "{{unt}} 的")
        let error = #expect(throws: TemplateError.self) {
            try run(period("2026-11"), "2026-11-05")
        }
        #expect(
            error?.problems.map(\.file) == [
                "early.zh.letter.mustache", "early.zh.letter.mustache",
            ])
        #expect(try listedMessages(effects: office.effects).isEmpty)
    }

    @Test func `while a file is broken, the last good ones stay in use, and the run says so`()
        throws
    {
        #expect(try run(period("2026-11"), "2026-11-05").keptTemplates == nil)
        let before = try textOfLastMessage()
        try edit("words.en.mustache", "Dear {{owners}}", "Deer {{ownrs}}")
        let summary = try run(period("2026-12"), "2026-12-01")
        #expect(summary.chargesIssued > 0)
        let kept = try #require(summary.keptTemplates)
        #expect(kept.staff == "clerk")
        #expect(
            kept.problems.en.contains(
                "There is no {{ownrs}} here. Did you mean owners?"), "\(kept.problems.en)")
        #expect(kept.problems.zh.hasPrefix("words.en.mustache:34:1: == salutation == 里必须有"))
        let after = try textOfLastMessage()
        #expect(before.contains("Dear ") && after.contains("Dear "))
    }

    @Test func `where the folder is gone, the last good templates stay in use too`() throws {
        _ = try run(period("2026-11"), "2026-11-05")
        try FileManager.default.removeItem(atPath: folder)
        let kept = try run(period("2026-12"), "2026-12-01").keptTemplates
        #expect(kept?.problems.en.contains("There is no folder of notice templates") == true)
    }

    @Test func `a mended file is used from the next run on; earlier notices keep their words`()
        throws
    {
        _ = try run(period("2026-11"), "2026-11-05")
        try edit("words.en.mustache", "Dear {{owners}}", "Good day {{owners}}")
        _ = try run(period("2026-12"), "2026-12-01")
        #expect(try textOfLastMessage().contains("Good day "))
        let first = try #require(
            try listedMessages(effects: office.effects).last {
                $0.recipient == "a04@example.com" && $0.notice.contains("202611")
            })
        let bytes = try messageBytes(first.id, effects: office.effects)
        let texts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "base64\r\n\r\n")
        let text = Data(
            base64Encoded: texts[1].components(separatedBy: "\r\n--")[0],
            options: .ignoreUnknownCharacters)
        #expect(String(decoding: text ?? Data(), as: UTF8.self).contains("Dear "))
    }

    @Test func `last good means in use last, also where that is an older version`() throws {
        let words = try String(contentsOfFile: folder + "/words.en.mustache", encoding: .utf8)
        _ = try run(period("2026-11"), "2026-11-05")
        try write("nothing", to: "words.en.mustache")
        let first = try #require(try run(period("2026-11"), "2026-11-06").keptTemplates)
        try write(words.replacing("Dear", with: "Good day"), to: "words.en.mustache")
        _ = try run(period("2026-11"), "2026-11-07")
        try write("nothing", to: "words.en.mustache")
        let second = try #require(try run(period("2026-11"), "2026-11-08").keptTemplates)
        try write(words, to: "words.en.mustache")
        _ = try run(period("2026-11"), "2026-11-09")
        try write("nothing", to: "words.en.mustache")
        let third = try #require(try run(period("2026-11"), "2026-11-10").keptTemplates)
        #expect(first.version != second.version && first.version == third.version)
    }

    // MARK: Saving

    @Test func `a broken file is refused when it is saved, and the one in use stays`() throws {
        let name = "early.zh.letter.mustache"
        let good = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        let drafts = try office.write([name: good.replacing("amount_due", with: "amount_du")])
        #expect(throws: TemplateError.self) {
            try saveTemplates([drafts + "/" + name], dryRun: false, effects: office.effects)
        }
        #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8) == good)
    }

    @Test func `a good file is saved whole, and is the last good one at once`() throws {
        let name = "early.zh.letter.mustache"
        let good = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        let path = try office.write([name: good.replacing("写信提醒", with: "来信提醒")]) + "/" + name
        #expect(try saveTemplates([path], dryRun: true, effects: office.effects) == [name])
        #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8) == good)
        #expect(try saveTemplates([path], dryRun: false, effects: office.effects) == [name])
        #expect(try saveTemplates([path], dryRun: false, effects: office.effects) == [])
        try write("nothing", to: name)
        let listed = try listTemplates(
            in: folder, uses: templateUses(effects: office.effects), effects: office.effects)
        let early = try #require(listed.first { $0.file == name })
        #expect(early.problems > 0 && early.lastGood != early.version)
        #expect(early.usedBy == ["early"])
        #expect(try run(period("2026-11"), "2026-11-05").keptTemplates != nil)
    }

    @Test func `a draft that is not there is named`() {
        #expect(throws: OfficeError.noDraft(path: "none.mustache")) {
            try checkTemplates(in: folder, drafts: ["none.mustache"], uses: [("bill", "bill")])
        }
    }

    // MARK: Looking at it

    @Test func `a preview of a real notice has its figures, and leaves what was sent`() throws {
        _ = try run(period("2026-11"), "2026-11-05")
        let out = office.folder + "/preview.txt"
        try previewNotice(
            "FL-202611-00002-9",
            Office.Preview(template: "final", language: .en, form: .text, drafts: []), to: out,
            effects: office.effects)
        let text = try String(contentsOfFile: out, encoding: .utf8)
        #expect(text.contains("Notice before action") && text.contains("299.52"), "\(text)")
    }

    @Test(arguments: PreviewForm.allCases, Language.allCases)
    func `a preview of the sample comes in every form`(
        form: PreviewForm, language: Language
    ) throws {
        let out = office.folder + "/preview"
        try previewSample(
            Office.Preview(template: "formal", language: language, form: form, drafts: []),
            asksForSignature: true, in: folder, to: out, at: office.effects.now())
        let bytes = try #require(FileManager.default.contents(atPath: out))
        let start = String(decoding: bytes.prefix(200), as: UTF8.self)
        switch form {
        case .letter: #expect(start.hasPrefix("%PDF-"))
        case .text: #expect(start.contains("2026"))
        case .html: #expect(start.contains("<!doctype html>"))
        }
    }

    // MARK: The letter that goes with a mail

    @Test func `a notice to sign goes out with its letter`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["policy.yaml"] =
            MapleCourt.policy + """
                dunning:
                  - { stage: formal, from_day: 1, min_amount: 0.01, repeat_after: 30,
                      channels: [email], template: formal, signature: true }

                """
        try office.take(files)
        for day in ["2026-11-21", "2026-11-25"] {
            _ = try runPeriod(
                period("2026-11"), asOf: date(day), dryRun: false, effects: office.effects)
        }
        let mails = try listedMessages(effects: office.effects).map {
            String(decoding: try messageBytes($0.id, effects: office.effects), as: UTF8.self)
        }
        let formal = mails.filter { $0.contains("application/pdf") }
        #expect(formal.count == 3)
        #expect(formal.allSatisfy { $0.contains("multipart/mixed") && $0.utf8.count < 600_000 })
    }
}
