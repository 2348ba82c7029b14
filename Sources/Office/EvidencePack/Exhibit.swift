import Dunning
import Evidence
import FeeLedger
import Files
import Letters
import Primitives
import SQLiteStore

/// One line of the index of evidence, with what stands behind it.
struct Exhibit {
    enum Page {
        case part(ReportPart)
        /// Pages of a kept PDF; `nil`: all.
        case kept(path: String, pages: Range<Int>?)
        case picture(Picture)
        /// Only a file: nothing of it is drawn.
        case none
    }

    enum Content {
        case bytes([UInt8])
        /// Byte for byte.
        case copy(of: String)
        /// Pages of a kept PDF that holds other letters too.
        case cut(Range<Int>, of: String)
        case table(CaseTable)
    }

    let name: Bilingual
    /// Where it comes from.
    let source: String
    let proves: Bilingual
    let date: String
    let page: Page
    /// In the pack's folder; `nil`: on the pages alone.
    let file: (path: String, content: Content)?
}

extension CaseFile {
    /// Every exhibit, in the order of the index.
    func exhibits(_ folder: EvidenceFolder, in session: Session) throws -> [Exhibit] {
        try tables
            + notices.flatMap { notice in
                try letters(of: notice, folder) + mails(of: notice, in: session)
            } + services
            + notices.flatMap {
                try $0.services.filter(\.isExhibit).flatMap { try proofs(of: $0, folder) }
            }
    }

    // MARK: - Tables

    private var tables: [Exhibit] {
        [
            exhibit(
                "房屋与业主", "Unit and owners", owned, "ownership.csv", "当事人适格：谁在何时是业主",
                "who owned the unit when", facts: ownerFacts),
            exhibit(
                "欠费明细（按账期）", "Statement of account by period", charges, "statement.csv",
                "每期应收、已付、未付", "what was charged, paid and is open, period by period"),
            exhibit(
                "收款明细", "Payments", receipts, "payments.csv", "全部收款，没有漏记",
                "all that was received"),
            lateFees,
            exhibit(
                "违约金各口径对照", "Late fee under several bases", basesSideBySide, "bases.csv",
                "法院调整违约金时的各种结果", "what remains if the court cuts the late fee",
                notes: basesNotes), primeRates,
            exhibit(
                "诉讼时效", "Limitation", limitation, "limitation.csv", "每期的时效从哪天起算、到哪天为止",
                "from when and until when each claim can be brought",
                notes: [
                    "依据 rests on：due 到期日起算 from the due date；service 有证明的催告 a proven demand；"
                        + "payment 部分付款 a part payment；"
                        + "promise 承诺 a promise；plan 分期 instalments。", gradeKey,
                ]),
            exhibit(
                "收费政策版本", "Policy versions", policyVersions, "policies.csv", "各时期的违约金率、宽限和分配次序",
                "rates, grace and order of allocation, by version"),
            contactRecord,
        ].compactMap { $0 }
            + policies.enumerated().map { index, version in
                Exhibit(
                    name: Bilingual(zh: "政策版本 \(index + 1)", en: "Policy version \(index + 1)"),
                    source: books, proves: Bilingual(zh: "同上，原文", en: "the same, in full"),
                    date: String(version.at.prefix(10)), page: .none,
                    file: ("policies/\(index + 1).yaml", .bytes(Array(version.yaml.utf8))))
            }
    }

    /// `nil` where nobody called, visited or wrote.
    private var contactRecord: Exhibit? {
        if contacts.isEmpty { return nil }
        return exhibit(
            "联系记录", "Contacts", spokenTo, "contacts.csv", "何时、由谁、和谁联系过，谈了什么",
            "who spoke to whom, when and of what", notes: [withheldNote])
    }

    private func exhibit(
        _ zh: String, _ en: String, _ table: CaseTable, _ file: String, _ provesZh: String,
        _ provesEn: String, facts: [ReportPart.Element] = [], notes: [String] = []
    ) -> Exhibit {
        Exhibit(
            name: Bilingual(zh: zh, en: en), source: books,
            proves: Bilingual(zh: provesZh, en: provesEn), date: "\(asOf)",
            page: .part(
                ReportPart(
                    title: "\(zh)  \(en)",
                    facts + [table.element] + notes.map { .note($0) })), file: (file, .table(table))
        )
    }

    private var ownerFacts: [ReportPart.Element] {
        [
            .facts([
                ("房号 Unit", unit.code), ("建筑面积 Area", "\(unit.area.shortDescription) m²"),
                (
                    "业主 Owners",
                    owners.map { "\($0.name)（\($0.code)）" }.joined(separator: "、")
                ),
                (
                    "地址 Address",
                    owners.map(\.address).filter { !$0.isEmpty }.joined(separator: "；")
                ), ("电话 Phone", owners.map(\.phone).filter { !$0.isEmpty }.joined(separator: "；")),
                ("约定日率 Agreed rate", account.agreedRate?.perMille ?? "按小区政策 the policy's"),
            ])
        ]
    }

    private var lateFees: Exhibit {
        Exhibit(
            name: Bilingual(zh: "违约金计算表（逐段）", en: "Late fee, run by run"), source: books,
            proves: Bilingual(zh: "违约金怎样算出来，可用计算器复核", en: "how the late fee was computed"),
            date: "\(asOf)",
            page: .part(
                ReportPart(
                    title: "违约金计算表  Late fee, run by run",
                    [
                        .paragraph(
                            "每一段里未付本金和日率都不变：未付本金 × 天数 × 日率 = 乘积。首尾两天都计入，算到 \(asOf)。"),
                        lateFeeRuns.element, .heading("各笔合计  Sum of each charge"),
                        lateFeeSums.element,
                        .note(
                            "每笔只在合计后四舍五入一次；不计复利；上限是该笔本金（减免后）的 "
                                + "\(percent(context.policy.lateFee.cap))。Simple, rounded once a charge, capped."
                        ),
                    ])),
            file: ("late-fees.csv", .table(lateFeeRuns)))
    }

    /// The table that the yearly bases rest on; `nil` where there is none.
    private var primeRates: Exhibit? {
        if rates.isEmpty { return nil }
        let table = CaseTable(
            columns: [
                .init("from", "起", "From"),
                .init("rate", "年利率（%）", "Percent a year", isNumber: true),
            ], rows: rates.map { ["\($0.from)", "\($0.rate)"] })
        return exhibit(
            "一年期贷款市场报价利率（LPR）", "One-year loan prime rate", table, "lpr.csv",
            "上一份证据所用的利率，公开可查", "the rates that the bases rest on, as published")
    }

    private var basesNotes: [String] {
        let known = rates.max { $0.from < $1.from }
        let table =
            known.map {
                "一年期 LPR 见下一份证据，最后一行是 \($0.from) 起的 \($0.rate.shortDescription)%，此后按它继续；"
                    + "更新的利率请先补进利率表。表中第一天之前不计。"
                    + "The one-year loan prime rate is known up to the line of \($0.from); it goes on from there."
            } ?? "没有 LPR 利率表，所以没有 LPR 口径。There is no table of the loan prime rate."
        return [
            "各口径的本金、天数、宽限、减免都相同，只换利率和上限；政策规定为 0 的日子，在任何口径下都不计；一年按 365 天。"
                + "Same principal and days on every basis; days exempted by the policy never accrue.",
            table,
        ]
    }

    // MARK: - Notices and what proves them

    private func letters(of notice: CaseNotice, _ folder: EvidenceFolder) throws -> [Exhibit] {
        guard let letter = notice.letter else { return [] }
        let kept = try folder.file(letter.sha256, extension: "pdf")
        let (what, english) = notice.given.stage == nil ? ("账单", "Bill") : ("催缴通知", "Notice")
        return [
            Exhibit(
                name: Bilingual(
                    zh: "\(what) \(notice.given.number)", en: "\(english) \(notice.given.number)"),
                source: "存档批次 kept batch \(letter.sha256.prefix(16))… 第 "
                    + "\(pageWords(letter.pages)) 页",
                proves: notice.given.stage == nil
                    ? Bilingual(zh: "账单的内容和所列账期", en: "what was billed, for which periods")
                    : Bilingual(zh: "催告的内容和所列账期", en: "what was demanded, for which periods"),
                date: "\(notice.given.asOf)", page: .kept(path: kept, pages: letter.pages),
                file: ("notices/\(notice.given.number).pdf", .cut(letter.pages, of: kept)))
        ]
    }

    private func mails(of notice: CaseNotice, in session: Session) throws -> [Exhibit] {
        try notice.messages.compactMap { message in
            guard let bytes = try session.messageBytes(message.id),
                let (what, day) = fate(of: try session.lastDelivery(of: message.id))
            else { return nil }
            return Exhibit(
                name: Bilingual(
                    zh: "电子邮件 \(notice.given.number)（\(message.recipient)）",
                    en: "Mail \(notice.given.number)"),
                source: "存档邮件原文 kept bytes",
                proves: Bilingual(
                    zh: "邮件的内容，一字不差；\(what.zh)", en: "the mail, byte for byte; \(what.en)"),
                date: day ?? String(message.composedAt.prefix(10)), page: .none,
                file: ("mails/\(notice.given.number)-\(message.owner).eml", .bytes(bytes)))
        }
    }

    /// What can be said of a mail's way, and of which day; `nil`: it surely never went out.
    private func fate(of delivery: Delivery?) -> (Bilingual, day: String?)? {
        guard let delivery else {
            return (
                Bilingual(
                    zh: "Dunwell 没有发送；用别的程序发的，请另附发送记录",
                    en: "not sent by Dunwell: add the record of the program that did"), nil
            )
        }
        let day = "\(delivery.at.date)"
        let id = delivery.queueID.map { "，\($0)" } ?? ""
        switch delivery.state {
        case .accepted:
            return (
                Bilingual(
                    zh: "\(delivery.at.toTheSecond) 对方服务器已接收（不等于已读）\(id)",
                    en: "accepted by the server then, which does not mean read"), day
            )
        case .inDoubt:
            return (
                Bilingual(zh: "是否发出没有定论", en: "whether it went out is not known"), day
            )
        case .queued, .deferred, .rejected, .cancelled: return nil
        }
    }

    /// What is recorded of the services, one after the other; none where nothing is proven.
    private var services: [Exhibit] {
        let services = notices.flatMap(\.services).filter(\.isExhibit)
        if services.isEmpty { return [] }
        var shown: [Bilingual] = []
        for each in services.map(\.shown) where !shown.contains(each) { shown.append(each) }
        let dates = Set(services.map { "\($0.service.date)" }).sorted(by: inByteOrder)
        return [
            Exhibit(
                name: Bilingual(zh: "送达记录", en: "Services of notices"), source: books,
                proves: Bilingual(
                    zh: shown.map(\.zh).joined(separator: "；"),
                    en: shown.map(\.en).joined(separator: "; ")),
                date: dates.count == 1 ? dates[0] : "\(dates[0])–\(dates[dates.count - 1])",
                page: .part(
                    ReportPart(
                        title: "送达记录  Services of notices",
                        services.flatMap { service in
                            [
                                .heading("\(service.number)　\(service.service.how.words)"),
                                .facts(facts(of: service)),
                            ]
                        } + [.note(gradeKey)])), file: nil)
        ]
    }

    /// Each file of a service, then what was said of it.
    private func proofs(
        of service: Session.RecordedService, _ folder: EvidenceFolder
    ) throws -> [Exhibit] {
        let title = "送达回复 \(service.number)  Reply"
        return try service.files.enumerated().map { index, file in
            let kept = try folder.file(file.sha256, extension: file.suffix)
            let kinds = file.kinds.map(\.rawValue).joined(separator: "-")
            return Exhibit(
                name: Bilingual(
                    zh: "送达证明 \(service.number)（\(kinds)）",
                    en: "Proof of service \(service.number)"),
                source: "存档文件 kept file \(file.sha256.prefix(16))…",
                proves: service.shown,
                date: "\(service.service.date)", page: try page(of: kept, file.suffix),
                file: (
                    "proofs/\(service.number)-\(service.id.number)-\(index + 1)-\(kinds)."
                        + file.suffix, .copy(of: kept)
                ))
        }
            + service.texts.enumerated().map { index, text in
                Exhibit(
                    name: Bilingual(
                        zh: "送达回复 \(service.number)", en: "Reply to \(service.number)"),
                    source: "存档 kept text",
                    proves: service.shown,
                    date: "\(service.service.date)",
                    page: .part(ReportPart(title: title, [.paragraph(text)])),
                    file: (
                        "proofs/\(service.number)-\(service.id.number)-text-\(index + 1).txt",
                        .bytes(Array(text.utf8))
                    ))
            }
    }

    /// Pictures and PDFs are drawn; other files, and broken ones, only lie in the folder.
    private func page(of kept: String, _ suffix: String) throws -> Exhibit.Page {
        switch suffix.lowercased() {
        case "pdf": return pagesOfPDF(kept).map { .kept(path: kept, pages: $0) } ?? .none
        case "png", "jpg", "jpeg":
            return (try? Picture(evidence: readFile(kept), named: kept)).map { .picture($0) }
                ?? .none
        default: return .none
        }
    }

    private func facts(
        of service: Session.RecordedService
    ) -> [(label: String, value: String)] {
        let each = service.service
        var facts = [
            ("通知 Notice", service.number), ("方式 How", each.how.words),
            ("送达日期 On", "\(each.date)"),
            ("证明什么 Shows", "\(service.shown.zh) \(service.shown.en)"),
            ("证明等级 Grade", service.grade.rawValue),
            ("经手人 Staff", each.staff.joined(separator: "、")),
        ]
        if let signer = each.signer {
            facts.append(("签收人 Signer", signer.name.isEmpty ? "业主本人 the owner" : signer.name))
            facts.append(
                ("与业主关系 Relation", "\(signer.relation.chinese) \(signer.relation.rawValue)"))
            facts.append(
                ("确认欠款 Acknowledges", each.acknowledges ? "是 yes" : "否，只签收 no, received only"))
        }
        if !each.address.isEmpty { facts.append(("送达地址 Address", each.address)) }
        if !each.note.isEmpty { facts.append(("备注 Note", each.note)) }
        facts.append(("登记 Recorded", "\(service.recordedAt) \(service.recordedBy)"))
        facts += service.files.map { ("文件 SHA-256", $0.sha256) }
        return facts
    }
}

private let books = "物业账簿 the office's books"

/// What the letters mean; it stands wherever they do.
let gradeKey =
    "等级：A 签收并确认欠款；B 签收；C 挂号信或公证送达，有凭据；D 交付、留置或对方服务器接收，不证明已读；E 试过送达，没有证明。"
    + "Grades: A signed for, the debt acknowledged; B signed for; C registered mail or notary, with their "
    + "papers; D handed over, left or accepted by a server, no proof of reading; E attempted, without proof."

/// Pages as people count them, from 1: `3`, `3–5`.
func pageWords(_ pages: Range<Int>) -> String {
    let (first, last) = (pages.lowerBound + 1, pages.upperBound)
    return first == last ? "\(first)" : "\(first)–\(last)"
}

extension Session.RecordedService {
    /// What nothing proves is for the office alone.
    var isExhibit: Bool { grade < .e }

    /// What the service shows, and no more than that.
    var shown: Bilingual {
        switch (grade, service.how) {
        case (.a, .page):
            Bilingual(zh: "在业主页面上收到并确认欠款", en: "received and acknowledged on the owner's page")
        case (.b, .page): Bilingual(zh: "在业主页面上收到", en: "received on the owner's page")
        case (.a, _):
            Bilingual(zh: "收到、签收，并确认欠款", en: "received, signed for, the debt acknowledged")
        case (.b, _): Bilingual(zh: "收到并签收", en: "received and signed for")
        case (.c, .notarised): Bilingual(zh: "公证送达，有公证书", en: "delivered, by the notary's deed")
        case (.c, _):
            Bilingual(zh: "挂号信已投递，有收据和投递记录", en: "delivered, by the post's receipt and track")
        case (.d, .email), (.d, .fax), (.d, .sms):
            Bilingual(
                zh: "对方服务器或网络已接收，不证明已读",
                en: "accepted by the server or network, no proof of reading")
        case (.d, .leftWitnessed):
            Bilingual(zh: "两人见证留置，不证明已读", en: "left before two witnesses, no proof of reading")
        case (.d, .page):
            Bilingual(zh: "放在业主页面上，不证明已读", en: "put on the owner's page, no proof of reading")
        case (.d, _):
            Bilingual(zh: "已投入约定信箱，不证明已读", en: "put into the agreed box, no proof of reading")
        case (.e, _): Bilingual(zh: "试过送达，没有证明", en: "attempted, without proof")
        }
    }

    fileprivate var texts: [String] {
        service.proofs.compactMap { if case .text(let text) = $0.content { text } else { nil } }
    }
}

extension ServiceWay {
    var words: String {
        let zh =
            switch self {
            case .signedOwner: "业主签收"
            case .signedHousehold: "同住成年家属签收"
            case .signedAgent: "代理人签收"
            case .notarised: "公证送达"
            case .registered: "挂号信"
            case .email: "电子邮件"
            case .sms: "短信"
            case .fax: "传真"
            case .mailbox: "约定信箱"
            case .leftWitnessed: "两人见证留置"
            case .posted: "张贴"
            case .phone: "电话"
            case .visit: "上门"
            case .page: "业主页面"
            }
        return "\(zh) \(rawValue)"
    }
}
