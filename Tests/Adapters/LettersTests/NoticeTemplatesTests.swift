import Foundation
import Letters
import Primitives
import Testing

@Suite struct `Notice templates` {
    /// The templates as they stand in the repository.
    static let checked = Result {
        try NoticeTemplates(files: NoticeFiles.all, stages: MapleCourt.stages)
    }
    let templates: NoticeTemplates

    init() throws { templates = try Self.checked.get() }

    // MARK: What is written

    /// Update with UPDATE_GOLDEN=1, and read the difference before it is committed.
    @Test(arguments: ["bill"] + MapleCourt.stages, Language.allCases)
    func `each stage says in each language what the golden files say`(
        stage: String, language: Language
    ) throws {
        let facts = MapleCourt.notice(stage, language)
        let message = try templates.message(facts)
        let name = "\(stage).\(language.rawValue)"
        try expectGolden("\(name).txt", "\(message.subject)\n\n\(message.text)")
        try expectGolden("\(name).html", message.html)
        try expectGolden("\(name).letter.txt", dump(try templates.letter(facts)))
    }

    @Test(arguments: ["bill"] + MapleCourt.stages, Language.allCases)
    func `the plain text of a mail says all that its HTML says`(
        stage: String, language: Language
    ) throws {
        let message = try templates.message(MapleCourt.notice(stage, language))
        let text = message.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for words in wordsOfHTML(message.html) {
            // Headings of the table are the labels of the text; a dash there is no line here.
            if words.contains("元）") || words.contains("(¥)") || "—–".contains(words) { continue }
            if ["收费项目", "Item"].contains(words) { continue }
            for word in words.split(whereSeparator: \.isWhitespace) {
                #expect(text.contains(String(word)), "\(words)")
            }
        }
    }

    @Test(arguments: ["bill"] + MapleCourt.stages, Language.allCases)
    func `no brace, no Swift value and no line end too many is left over`(
        stage: String, language: Language
    ) throws {
        let facts = MapleCourt.notice(stage, language)
        let message = try templates.message(facts)
        for text in [message.subject, message.text, dump(try templates.letter(facts))] {
            for leftover in ["{{", "}}", "Optional(", "nil", "false", "true", "  ，", "，，", ",,"] {
                #expect(!text.contains(leftover), "\(leftover) in \(text)")
            }
        }
        #expect(!message.html.contains("{{") && !message.html.contains("Optional("))
        #expect(!message.subject.contains("\n"))
    }

    @Test(arguments: MapleCourt.stages, Language.allCases)
    func `a subject names period and unit, and neither amount nor debt`(
        stage: String, language: Language
    ) throws {
        let facts = MapleCourt.notice(stage, language)
        let subject = try templates.message(facts).subject
        #expect(subject.contains(facts.unit.code) && subject.contains("\(facts.period.year)"))
        #expect(!subject.contains(facts.total.grouped) && !subject.contains("欠"))
    }

    @Test(arguments: ["bill"] + MapleCourt.stages, Language.allCases)
    func `hardship and dispute are always offered a way`(
        stage: String, language: Language
    ) throws {
        let facts = MapleCourt.notice(stage, language)
        let letter = try templates.letter(facts)
        let ways =
            language == .zh
            ? [["数额不对", "有疑问"], ["减免", "手头一时紧"]]
            : [["is wrong", "is unclear"], ["relief", "money is short"]]
        for text in [
            letter.whatFollows.paragraphs.joined(), try templates.message(facts).text,
        ] {
            for words in ways {
                #expect(words.contains { text.contains($0) }, "\(words) in \(text)")
            }
        }
    }

    @Test func `a mail says that the letter is attached, where a signature is asked for`() throws {
        for language in Language.allCases {
            let note = language == .zh ? "附件是这份通知的信函（PDF）" : "is attached as a PDF"
            let message = try templates.message(MapleCourt.formal(language))
            #expect(message.text.contains(note) && message.html.contains(note))
            #expect(!(try templates.message(MapleCourt.late(language)).text.contains(note)))
        }
    }

    @Test func `a letter as a file of its own has the same bytes each time`() throws {
        let letter = try templates.letter(MapleCourt.formal(.zh))
        let first = try letter.pdf(title: letter.title, created: "2026-12-01T08:00:00Z")
        #expect(first == (try letter.pdf(title: letter.title, created: "2026-12-01T08:00:00Z")))
        #expect(first.starts(with: "%PDF-".utf8) && first.count < 400_000, "\(first.count)")
    }

    @Test(arguments: ["bill"] + MapleCourt.stages, Language.allCases)
    func `the sample to preview a template with can be written`(
        stage: String, language: Language
    ) throws {
        let facts = NoticeFacts.sample(
            template: stage, language: language, asksForSignature: stage == "formal")
        #expect(try templates.message(facts).text.contains(facts.total.grouped))
        #expect(try templates.letter(facts).stub == nil || stage == "formal")
    }

    @Test func `the formal notice cites article 944 in both languages`() throws {
        for language in Language.allCases {
            let message = try templates.message(MapleCourt.formal(language))
            #expect(message.text.contains("《民法典》第九百四十四条"))
        }
    }

    // MARK: Late fees that a pocket calculator can follow

    @Test func `a single run of days is principal times days times rate`() throws {
        let text = try templates.message(MapleCourt.early(.zh)).text
        #expect(text.contains("269.36 × 3 天 × 1‰ = 0.81\n"))
    }

    @Test func `several runs are added, then paid and waived are taken off`() throws {
        let text = try templates.message(MapleCourt.late(.zh)).text
        #expect(text.contains("80.00 × 53 天 × 1‰ − 已付 1.00 − 已减免 2.00 = 1.24\n"))
        #expect(text.contains("80.00 × 10 天 × 1‰ + 30.00 × 12 天 × 1‰ = 1.16\n"))
    }

    /// 100.00 × 1,200 × 1‰ = 120.00; the cap is 30% of 100.00.
    @Test(arguments: [
        ("0.00", "30.00", "100.00 × 1,200 天 × 1‰ = 120.00，按上限计 30.00\n"),
        ("1.00", "29.00", "100.00 × 1,200 天 × 1‰ = 120.00，按上限计 30.00 − 已付 1.00 = 29.00\n"),
    ])
    func `a capped late fee says so`(paid: String, open: String, explanation: String) throws {
        var line = MapleCourt.overdue(
            "2023-08", "物业费", due: "2023-08-15", "100.00", days: 1200, open)
        line.lateFeePaid = MapleCourt.money(paid)
        let text = try templates.message(oneLine(line, cap: Ratio(parts: 300_000))).text
        #expect(text.contains(explanation), "\(text)")
        #expect(text.contains("以本金的 30% 为限"))
    }

    @Test func `more paid than accrued counts as zero, and says so`() throws {
        var line = MapleCourt.overdue(
            "2026-10", "物业费", due: "2026-10-15", "100.00", days: 10, "0.00")
        line.lateFeePaid = MapleCourt.money("3.00")
        let text = try templates.message(oneLine(line)).text
        #expect(text.contains("100.00 × 10 天 × 1‰ − 已付 3.00，不足 0 的按 0 计 = 0.00\n"))
    }

    /// 0.5 fen: 5.00 × 1 × 1‰ = 0.005.
    @Test func `half a fen counts as one, at the end alone`() throws {
        let line = MapleCourt.overdue(
            "2026-10", "水费", due: "2026-10-15", "5.00", days: 1, "0.01")
        #expect(try templates.message(oneLine(line)).text.contains("5.00 × 1 天 × 1‰ = 0.01\n"))
    }

    // MARK: Bills

    @Test func `a bill that credit more than covers asks for nothing`() throws {
        var facts = MapleCourt.bill(.zh)
        facts.credit = MapleCourt.money("500.00")
        facts.total = facts.principal - facts.credit
        let message = try templates.message(facts)
        #expect(message.text.contains("您账上的预存足够付清，这次无需付款。"))
        #expect(message.text.contains("其中 130.22 元留在账上，会自动抵付以后的收费，这次无需付款。"))
        #expect(message.text.contains("请付：¥0.00\n"))
        #expect(message.text.contains("−500.00  预存抵扣\n"))
        #expect(!message.text.contains("账号"))
        let letter = try templates.letter(facts)
        #expect(letter.total.amount == "¥0.00" && letter.total.inWords == "人民币零元整")
        #expect(letter.table.totals.last == "−130.22")
        #expect(letter.table.rows.last == ["", "预存抵扣", "", "−500.00"])
    }

    @Test func `a bill without any open charge is written all the same`() throws {
        var facts = MapleCourt.bill(.en)
        facts.lines = []
        (facts.principal, facts.total) = (.zero, .zero)
        #expect(try templates.message(facts).text.contains("Nothing need be paid now."))
        #expect(try templates.letter(facts).table.rows.isEmpty)
    }

    @Test func `a bill that lists older open charges says so kindly`() throws {
        var facts = MapleCourt.bill(.zh)
        facts.lines.insert(
            MapleCourt.overdue("2026-11", "水费", due: "2026-11-15", "41.58", days: 16, "0.67"),
            at: 0)
        facts.principal = facts.principal + MapleCourt.money("41.58")
        facts.lateFee = MapleCourt.money("0.67")
        facts.total = facts.principal + facts.lateFee
        let message = try templates.message(facts)
        #expect(message.text.contains("也列出了以前还没有付清的收费，共 42.25 元"))
        #expect(message.text.contains("41.58 × 16 天 × 1‰ = 0.67"))
        #expect(try templates.letter(facts).table.columns.count == 7)
    }

    // MARK: The stub

    @Test func `only a notice that asks for a signature has a stub`() throws {
        #expect(try templates.letter(MapleCourt.late(.zh)).stub == nil)
        #expect(try templates.letter(MapleCourt.formal(.zh)).stub != nil)
    }

    /// 2,030.54 − 250.66 − 41.97 = 1,737.91; 1,737.91 + 212.33 = 1,950.24.
    @Test func `the stub acknowledges the overdue charges alone`() throws {
        let stub = try #require(try templates.letter(MapleCourt.formal(.zh)).stub)
        #expect(
            stub.summary[1]
                == "列明 2026-04 至 2026-11 各期：本金 1,737.91 元，违约金 212.33 元，合计 1,950.24 元（未逾期的收费不在内）")
    }

    @Test func `periods with a gap between them are not drawn together`() throws {
        var facts = MapleCourt.formal(.zh)
        let gone = facts.lines.remove(at: 3)
        facts.principal = facts.principal - gone.principalOpen
        facts.lateFee = facts.lateFee - gone.lateFee
        facts.total = facts.principal + facts.lateFee
        let stub = try #require(try templates.letter(facts).stub)
        #expect(stub.summary[1].hasPrefix("列明 2026-04 至 2026-06、2026-08 至 2026-11 各期："))
    }

    @Test func `rows that do not explain themselves get a numbered note`() throws {
        let letter = try templates.letter(MapleCourt.formal(.zh))
        #expect(letter.table.rows.map { $0[5] }.prefix(3) == ["31.83¹", "34.75²", "42.36"])
        #expect(
            letter.footnotes.last
                == "¹ 本金 250.66 元已付清。违约金 250.66 × 127 天 × 1‰ = 31.83。　² 本金 250.66 元，"
                + "已付 149.34 元。违约金 250.66 × 97 天 × 1‰ + 101.32 × 103 天 × 1‰ = 34.75。")
    }

    // MARK: Escaping

    @Test func `HTML is escaped in HTML and stands as it is in text, subject and letter`() throws {
        var facts = MapleCourt.early(.en)
        facts.owners = ["A <b>&\"' Ltd"]
        facts.lines[0].item = "<script>x</script>"
        facts.office.contact = "O'Neill & \"Co\""
        let message = try templates.message(facts)
        #expect(message.html.contains("Dear A &lt;b&gt;&amp;&quot;&#39; Ltd,"))
        #expect(message.html.contains("&lt;script&gt;x&lt;/script&gt;"))
        #expect(message.html.contains("O&#39;Neill &amp; &quot;Co&quot;"))
        #expect(!message.html.contains("<script") && !message.html.contains("&amp;amp;"))
        #expect(message.text.contains("Dear A <b>&\"' Ltd,"))
        let letter = try templates.letter(facts)
        #expect(letter.address.last == "A <b>&\"' Ltd")
    }

    @Test func `a line end in a name cannot start a header`() throws {
        var facts = MapleCourt.early(.zh)
        facts.community = "枫林苑\r\nBcc: x@example.com"
        facts.unit.code = "2-1-803\u{202E}"
        let subject = try templates.message(facts).subject
        #expect(subject == "枫林苑 Bcc: x@example.com 2026 年 11 月缴费提醒（2-1-803）")
    }

    @Test func `braces in a name are printed, not read`() throws {
        var facts = MapleCourt.early(.zh)
        facts.owners = ["{{total}}"]
        #expect(try templates.message(facts).text.contains("{{total}}业主：您好。"))
    }

    // MARK: Facts that cannot be written

    @Test func `an empty value is refused, not printed as a gap`() {
        var facts = MapleCourt.early(.en)
        facts.office.bankAccount = " "
        facts.owners = []
        expect(
            facts,
            """
            early.en.message.mustache: {{bank_account}} of notice FL-202611-00388-2 is empty; fill it in \
            first.
            early.en.message.mustache: {{owners}} of notice FL-202611-00388-2 is empty; fill it in first.
            """)
    }

    @Test func `figures that do not add up are refused`() {
        var facts = MapleCourt.early(.en)
        facts.total = MapleCourt.money("307.25")
        facts.lines[1].lateFee = MapleCourt.money("0.82")
        expect(
            facts,
            """
            early.en.message.mustache: Notice FL-202611-00388-2 states late_fee as 0.92, but it counts up \
            to 0.93.
            early.en.message.mustache: Notice FL-202611-00388-2 states total as 307.25, but it counts up \
            to 307.24.
            early.en.message.mustache: Notice FL-202611-00388-2 states late_fee 2026-11 Property fee as \
            0.82, but it counts up to 0.81.
            """)
    }

    @Test func `a stage without wording, and a kind of unit without a word, are named`() {
        var facts = MapleCourt.early(.en)
        facts.template = "urgent"
        facts.unit.kind = "garage"
        expect(
            facts,
            """
            urgent.en.message.mustache: There is no word for “garage” in notice FL-202611-00388-2.
            urgent.en.message.mustache: {{unit_kind}} of notice FL-202611-00388-2 is empty; fill it in \
            first.
            urgent.en.message.mustache: Notice FL-202611-00388-2 asks for the wording “urgent”, which \
            there is not.
            """)
    }

    @Test func `a letter needs an address`() {
        var facts = MapleCourt.early(.en)
        facts.address = []
        #expect(throws: TemplateError.self) { try templates.letter(facts) }
    }

    private func expect(_ facts: NoticeFacts, _ problems: String) {
        let error = #expect(throws: TemplateError.self) { try templates.message(facts) }
        #expect(error?.description == problems)
    }

    private func oneLine(_ line: NoticeFacts.Line, cap: Ratio = .one) -> NoticeFacts {
        var facts = MapleCourt.facts(
            "early", .zh, number: "FL-202611-00388-2", period: "2026-11",
            asOf: "\(line.due.advanced(byDays: line.daysOverdue))",
            unit: ("2-1-803", "residence", 9620), owners: ["郑一鸣"], lines: [line])
        facts.cap = cap
        return facts
    }
}

// MARK: - Reading

/// The letter's strings, in the order in which one reads it.
private func dump(_ letter: Letter) -> String {
    var lines = [letter.office.name, letter.office.details, ""] + letter.address + [""]
    lines += letter.facts.map { "\($0.label): \($0.value)" } + ["", letter.title]
    lines += letter.opening + [""]
    lines.append(
        letter.table.columns.map { $0.heading + ($0.isNumber ? ">" : "") }.joined(separator: " | "))
    lines += (letter.table.rows + [letter.table.totals]).map { $0.joined(separator: " | ") }
    lines += ["", "\(letter.total.label) \(letter.total.amount) \(letter.total.inWords)"]
    lines += letter.footnotes
    for section in [letter.howToPay, letter.whatFollows] {
        lines += ["", "[\(section.heading)]"] + section.paragraphs
    }
    lines += ["", letter.signature, letter.pageLabel]
    if let stub = letter.stub {
        lines += ["", "- - - \(stub.cutLine)", stub.heading] + stub.summary
        lines += stub.boxes.map { "[ ] \($0.label): \($0.meaning)" } + stub.fields
        lines += ["\(stub.staff.label) | \(stub.staff.how)"]
    }
    return lines.joined(separator: "\n") + "\n"
}

/// What a reader sees: the text between tags, without style and head.
private func wordsOfHTML(_ html: String) -> [String] {
    let body = html.firstRange(of: "<body").map { html[$0.lowerBound...] } ?? html[...]
    return body.split(separator: "<").compactMap { piece in
        piece.firstIndex(of: ">").map { String(piece[piece.index(after: $0)...]) }
    }.map {
        $0.replacing("&#39;", with: "'").replacing("&amp;", with: "&")
            .replacing("&quot;", with: "\"")
    }
    .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    .filter { !$0.isEmpty }
}
