import Dunning
import Evidence
import FeeLedger
import Files
import Interchange
import Letters
public import Primitives
import SQLiteStore

/// What an evidence pack holds.
public struct EvidencePack: Sendable {
    public let exhibits: Int
    public let files: Int
    public let pages: Int
    public let findings: [CaseFinding]
}

/// Writes the evidence pack of one account (SPEC.md 10): a folder that can be checked without
/// Dunwell, and one PDF with all that can be printed.
///
/// The same books, date and clock give the same bytes.
/// - Parameters:
///   - owner: names an account by its owner's code; `nil`: whoever holds the unit.
///   - rates: a table of the loan prime rate; `nil`: that beside the templates, if it is there.
///   - folder: new or empty.
/// - Throws: where the account owes nothing, among others.
public func exportEvidence(
    of unit: String, owner: String?, asOf: CivilDate, rates: String?, to folder: String,
    effects: Effects
) throws -> EvidencePack {
    let rates = try loanPrimeRates(at: rates, effects)
    var pack: EvidencePack?
    try makeWholeFolder(folder) { part in
        try effects.store.read { session in
            let file = try CaseFile(
                of: unit, owner: owner, asOf: asOf, rates: rates, in: session, effects)
            guard file.context.policy.office != nil else { throw OfficeError.noOffice }
            guard file.statement.principalOpen > .zero || file.statement.lateFeeOpen > .zero else {
                throw OfficeError.owesNothing(unit: unit, asOf: asOf)
            }
            let exhibits = try file.exhibits(
                EvidenceFolder(path: effects.evidence), in: session)
            var writing = PackWriting(
                file: file, exhibits: exhibits, folder: part,
                stationery: try file.context.stationery(in: session),
                created: effects.now().toTheSecond)
            try writing.writeAll()
            pack = EvidencePack(
                exhibits: exhibits.count, files: writing.written.count, pages: writing.pages,
                findings: file.findings)
        }
    }
    return pack!
}

/// `from,rate`, a line each: the earlier first; a line that begins with `#` is a remark.
private func loanPrimeRates(at path: String?, _ effects: Effects) throws -> [YearlyRate] {
    let place = path ?? effects.templates + "/../rates/lpr.csv"
    if path == nil, !fileExists(place) { return [] }
    let text = String(decoding: try readFile(place), as: UTF8.self)
    var rates: [YearlyRate] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
        if line.isEmpty || line.hasPrefix("#") || line == "from,rate" { continue }
        let fields = line.split(separator: ",")
        guard fields.count == 2, let from = CivilDate(String(fields[0])),
            let rate = try? Percentage(parsing: String(fields[1])), rate >= .zero,
            rates.last.map({ $0.from < from }) ?? true
        else { throw OfficeError.badRates(path: place, line: index + 1) }
        rates.append(YearlyRate(from: from, rate: rate))
    }
    return rates
}

/// The pack under way.
private struct PackWriting {
    let file: CaseFile
    let exhibits: [Exhibit]
    let folder: String
    let stationery: Stationery
    let created: String
    /// Files in the folder, in the order in which they were written.
    private(set) var written: [String] = []
    private(set) var pages = 0

    init(
        file: CaseFile, exhibits: [Exhibit], folder: String, stationery: Stationery,
        created: String
    ) {
        self.file = file
        self.exhibits = exhibits
        self.folder = folder
        self.stationery = stationery
        self.created = created
    }

    mutating func writeAll() throws {
        for exhibit in exhibits {
            guard let (path, content) = exhibit.file else { continue }
            try write(content, to: path)
        }
        try write(.table(index(try drawPack())), to: "index.csv")
        written.append("pack.pdf")
        try write(.bytes(Array(verifyText(of: written).utf8)), to: "VERIFY.txt")
        try writeManifest(of: written, to: "SHA256SUMS")
        try writeOfficeOnly()
    }

    private mutating func write(_ content: Exhibit.Content, to path: String) throws {
        let place = folder + "/" + path
        if let slash = place.lastIndex(of: "/") {
            try makeFolder(String(place[..<slash]), mustBeEmpty: false)
        }
        switch content {
        case .bytes(let bytes): try writeFile(bytes, to: place)
        case .copy(let kept): try writeFile(try readFile(kept), to: place)
        case .cut(let pages, let kept):
            try reprint(pages: pages, of: kept, mark: "", on: stationery, to: place)
        case .table(let table):
            let file = try FileWriter(to: place)
            // So that a spreadsheet program knows it for UTF-8.
            try file.write("\u{FEFF}")
            var csv = CSVWriter { try file.write($0) }
            try csv.header(table.columns.map(\.name))
            for row in table.rows { try csv.row(row.map { .text($0) }) }
            try file.finish()
        }
        written.append(path)
    }

    /// As `sha256sum` writes and reads it.
    private func writeManifest(of files: [String], to name: String) throws {
        let lines = try files.sorted(by: inByteOrder).map { path in
            "\(sha256(try readFile(folder + "/" + path)))  \(path)\n"
        }
        try writeFile(Array(lines.joined().utf8), to: folder + "/" + name)
    }

    // MARK: - The PDF

    /// Drawn until the index names the pages on which the exhibits stand: it is counted itself.
    private mutating func drawPack() throws -> [Range<Int>?] {
        var places = try drawPack(naming: exhibits.map { _ in nil })
        for _ in 0..<4 {
            let again = try drawPack(naming: places)
            if again == places { return places }
            places = again
        }
        return places
    }

    /// - Returns: the pages of each exhibit, from 0.
    private mutating func drawPack(naming places: [Range<Int>?]) throws -> [Range<Int>?] {
        let printer = try ReportPrinter(
            to: folder + "/pack.pdf", title: title, created: created, runningHead: runningHead,
            on: stationery)
        try printer.add(cover(index(places)))
        let drawn = try exhibits.enumerated().map { number, exhibit in
            try draw(exhibit, number: number + 1, by: printer)
        }
        try printer.finish()
        pages = printer.pageCount
        return drawn
    }

    private func draw(
        _ exhibit: Exhibit, number: Int, by printer: ReportPrinter
    ) throws -> Range<Int>? {
        let mark = "证据 \(number)"
        switch exhibit.page {
        case .none: return nil
        case .part(var part):
            part.title = "\(mark)　\(part.title)"
            return try printer.add(part)
        case .kept(let path, let pages):
            return try printer.add(pages: pages, of: path, mark: mark)
        case .picture(let picture):
            return try printer.add(picture, caption: "\(mark)　\(exhibit.name.zh)")
        }
    }

    private var title: String {
        "证据 \(file.unit.code) \(file.owners.map(\.code).joined(separator: ";")) \(file.asOf)"
    }

    private var runningHead: String {
        "\(file.context.policy.name) \(file.unit.code)　截至 as of \(file.asOf)"
    }

    private func cover(_ index: CaseTable) -> ReportPart {
        let statement = file.statement
        return ReportPart(
            title: "证据目录  Index of evidence",
            [
                .facts([
                    ("提交人 Submitted by", file.context.policy.office?.name ?? ""),
                    (
                        "对方当事人 Other party",
                        file.owners.map(\.name).joined(separator: "、")
                    ), ("房号 Unit", "\(file.context.policy.name) \(file.unit.code)"),
                    ("截至 As of", "\(file.asOf)（当天计入 that day counts）"),
                    ("未付本金 Principal", "\(statement.principalOpen.grouped) 元"),
                    ("未付违约金 Late fee", "\(statement.lateFeeOpen.grouped) 元"),
                    ("生成 Made", "\(created) UTC"),
                ]), index.element,
                .note(
                    "“文件”的，原件在文件夹里，不便打印。页码是本文件的页码。"
                        + "Where pages say “file”, the original lies in the folder. Page numbers are this file's."
                ),
            ])
    }

    private func index(_ places: [Range<Int>?]) -> CaseTable {
        CaseTable(
            columns: [
                .init("number", "编号", "No."), .init("name", "证据名称", "Exhibit"),
                .init("source", "来源", "Source"), .init("proves", "证明内容", "Proves"),
                .init("pages", "页码", "Pages"), .init("date", "日期", "Date"),
            ],
            rows: zip(exhibits, places).enumerated().map { number, exhibit in
                let (exhibit, place) = exhibit
                return [
                    "\(number + 1)", "\(exhibit.name.zh) \(exhibit.name.en)", exhibit.source,
                    "\(exhibit.proves.zh) \(exhibit.proves.en)", words(place), exhibit.date,
                ]
            })
    }

    private func words(_ place: Range<Int>?) -> String {
        guard let place else { return "文件 file" }
        return pageWords(place)
    }

    // MARK: - For the office alone

    /// Not evidence, and in no manifest: what to see to, and draft figures.
    private func writeOfficeOnly() throws {
        let place = folder + "/office-only"
        try makeFolder(place, mustBeEmpty: true)
        let printer = try ReportPrinter(
            to: place + "/check.pdf", title: title, created: created, runningHead: runningHead,
            on: stationery)
        try printer.add(checkPart)
        try printer.add(draftPart)
        try printer.finish()
    }

    /// By how much the agreed late fee grows on the day after.
    private var nextDay: Money {
        let next = file.book.statement(asOf: file.asOf.advanced(byDays: 1))
        let counted = Set(file.statement.standings.map(\.charge.key))
        return next.standings.filter { counted.contains($0.charge.key) }
            .reduce(.zero) { $0 + $1.lateFeeGross }
            - file.statement.standings.reduce(.zero) { $0 + $1.lateFeeGross }
    }

    private var checkPart: ReportPart {
        let words: [CaseFinding.State: String] = [
            .ok: "齐 ok", .missing: "缺 missing", .attach: "另附 attach", .stop: "不起诉 stop",
        ]
        let table = CaseTable(
            columns: [
                .init("check", "项目", "Check"), .init("state", "结果", "State"),
                .init("detail", "说明", "Detail"),
            ],
            rows: file.findings.map {
                [$0.check, words[$0.state]!, "\($0.detail.zh)\n\($0.detail.en)"]
            })
        return ReportPart(
            title: "内部核对  For the office alone",
            [
                .paragraph(
                    "本文件夹不是证据，提交前请取出。This folder is no evidence: take it out before filing."),
                table.element,
            ] + unproven)
    }

    /// Services that prove nothing, which are no exhibits.
    private var unproven: [ReportPart.Element] {
        let services = file.notices.flatMap(\.services).filter { !$0.isExhibit }
        if services.isEmpty { return [] }
        let table = CaseTable(
            columns: [
                .init("notice", "通知", "Notice"), .init("how", "方式", "How"),
                .init("date", "日期", "Date"), .init("staff", "经手人", "Staff"),
                .init("note", "备注", "Note"),
            ],
            rows: services.map {
                [
                    $0.number, $0.service.how.words, "\($0.service.date)",
                    $0.service.staff.joined(separator: "、"), $0.service.note,
                ]
            })
        return [
            .heading("没有证明的送达（E 级），不列入证据  Attempted without proof (grade E), no exhibits"),
            table.element, .note(gradeKey),
        ]
    }

    private var draftPart: ReportPart {
        let principal = file.statement.principalOpen
        let ceiling = file.smallClaimsCeiling
        let table = CaseTable(
            columns: [
                .init("basis", "口径", "Basis"),
                .init("principal", "本金", "Principal", isNumber: true),
                .init("late_fee", "违约金", "Late fee", isNumber: true),
                .init("total", "请求金额", "Claim", isNumber: true),
                .init("order_fee", "支付令申请费", "Payment order", isNumber: true),
                .init("small_fee", "小额诉讼受理费", "Small claim", isNumber: true),
                .init("small", "小额诉讼", "Small claim?"),
            ],
            rows: file.bases.map { basis, name in
                let fee = file.claim(basis).left
                let total = principal + fee
                let isSmall = ceiling.map { total <= $0 ? "可以 yes" : "超过上限 above" }
                return [
                    "\(name.zh) \(name.en)", "\(principal)", "\(fee)", "\(total)",
                    "\(CourtFee.paymentOrder(over: total))", "\(CourtFee.smallClaim(over: total))",
                    isSmall ?? "未设上限 not set",
                ]
            })
        let limit =
            ceiling.map { "小额诉讼上限（\(file.asOf) 适用）\($0.grouped) 元。Ceiling \($0.grouped)." }
            ?? "没有设置小额诉讼上限：请在 policy.yaml 的 court.small_claims 写上本省当年的数额"
            + "（上年度就业人员年平均工资的 50%）。The ceiling is not set."
        return ReportPart(
            title: "支付令、小额诉讼测算  Draft figures",
            [
                table.element, .note(limit),
                .note(
                    "按约定继续计算的，\(file.asOf) 之后一天再加 \(nextDay) 元，付清为止，不超过上限。"
                        + "The day after \(file.asOf) adds \(nextDay) as agreed."),
                .note(
                    "申请支付令按财产案件受理费的三分之一，小额诉讼减半（诉讼费用交纳办法，2007-04-01）；以法院核定为准。"
                        + "已过时效、有争议的部分，请先剔除。Fees by the measures of 2007-04-01; the court decides."),
            ])
    }
}

/// How to check the pack; it names only folders that are there.
private func verifyText(of files: [String]) -> String {
    let has = { (folder: String) in files.contains { $0.hasPrefix(folder) } }
    let originals = ["mails/", "proofs/"].filter(has)
    let letters =
        has("notices/")
        ? [
            Bilingual(
                zh: "notices/ 里的信件，是从当时打印的存档批次里取出的同样页面；批次里有别人的信，所以原批次留在物业，\n"
                    + "   目录“来源”栏有它的 SHA-256 的开头，需要时可以出示原批次核对。",
                en:
                    "The letters in notices/ are the very pages of the batch that was printed. The batch holds other\n"
                    + "   people's letters and stays at the office; its SHA-256 begins as the index says, and it\n"
                    + "   can be shown."
            )
        ] : []
    let copies =
        originals.isEmpty
        ? []
        : [
            Bilingual(
                zh: "\(originals.joined(separator: "、")) 里的文件是原件，一个字节都没有改动。",
                en:
                    "The files in \(originals.joined(separator: " and ")) are the originals, byte for byte."
            )
        ]
    let steps = verifySteps + letters + copies + [verifyChain]
    let listed = { (text: (Bilingual) -> String) in
        steps.enumerated().map { "\($0 + 1). \(text($1))\n" }.joined()
    }
    return "怎样核对这份证据（不需要 Dunwell）\n\n" + listed(\.zh)
        + "\nHow to check this evidence, without Dunwell\n\n" + listed(\.en) + "\n"
}

private let verifySteps = [
    Bilingual(
        zh: """
            核对文件有没有被改动。在本文件夹里打开终端，执行：
                   sha256sum -c SHA256SUMS
               每一行都应当是 OK。Windows 可逐个执行：certutil -hashfile 文件名 SHA256，与 SHA256SUMS 里的比对。
            """,
        en: """
            Whether a file was changed: in this folder, run
                   sha256sum -c SHA256SUMS
               Every line must say OK. On Windows: certutil -hashfile FILE SHA256, and compare with SHA256SUMS.
            """),
    Bilingual(
        zh: "index.csv 是证据目录，pack.pdf 是可以打印的全部内容，页码与目录一致。",
        en:
            "index.csv is the index of evidence; pack.pdf holds all that can be printed, with the pages it names."
    ),
    Bilingual(
        zh: """
            statement.csv、late-fees.csv、bases.csv 可以用表格软件打开，逐行复核：
               未付本金 × 天数 × 日率 = 乘积；每笔合计后四舍五入到分一次。
            """,
        en: """
            statement.csv, late-fees.csv and bases.csv open in a spreadsheet:
               open principal × days × daily rate = product; each charge is rounded once, after its sum.
            """),
]

private let verifyChain = Bilingual(
    zh: "账簿里的送达、减免、冲红等记录逐条用哈希相连；物业可以用 dunwell evidence verify 当场核验。",
    en:
        "Services, waivers and reversals are chained by hashes in the books; the office can verify them by\n"
        + "   dunwell evidence verify.")
