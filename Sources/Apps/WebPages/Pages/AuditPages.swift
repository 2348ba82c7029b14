import Evidence
import Office
import Primitives
import SQLiteStore

let auditRoutes: [Route] = [
    Route(.get, "/audit", for: .auditors) { try auditPage($0) },
    Route(.get, "/audit/evidence", for: .auditors) { try evidencePage($0) },
]

/// Who did what, the newest first; filters and page stand in the address.
private func auditPage(_ visit: Visit) throws -> PageResponse {
    let query = visit.request.query
    var reader = FormReader(fields: query)
    let days = [query["from"], query["until"]].enumerated().map { place, text in
        text == nil ? nil : reader.date(place == 0 ? "from" : "until")
    }
    var filter = Session.ActFilter()
    filter.byWhom = query["by"]
    filter.kind = query["kind"]
    filter.from = days[0].map { visit.beginning(of: $0) }
    filter.until = days[1].map { visit.beginning(of: $0.advanced(byDays: 1)) }
    func acts(_ page: Int) throws -> AuditTrail {
        try auditTrail(
            filter, for: visit.user.role, page: page, perPage: rowsPerPage, effects: visit.effects)
    }
    var trail = try acts(visit.pageAsked)
    let pager = Pager(of: trail.count, on: visit)
    if pager.page != visit.pageAsked { trail = try acts(pager.page) }
    let staff = trail.staff.map { ($0, AccountWords.staff($0)) }
    let kinds = trail.kinds.map { ($0, actWords($0)) }
    return try visit.page(
        "audit", title: Bilingual(zh: "操作记录", en: "Audit trail"), nav: .settings,
        form: reader.problems.isEmpty ? nil : reader,
        values: ["from": query["from"] ?? "", "until": query["until"] ?? ""],
        [
            "count": count(trail.count),
            "isFiltered": !query.all.filter { $0.name != "page" && !$0.value.isEmpty }.isEmpty,
            "staff": options(staff, chosen: filter.byWhom, in: visit.language),
            "kinds": options(kinds, chosen: filter.kind, in: visit.language),
            "entries": trail.entries.map { entry in
                [
                    "at": visit.clock(entry.at),
                    "by": AccountWords.staff(entry.byWhom)[visit.language],
                    "kind": actWords(entry.kind)[visit.language],
                    "detail": actDetail(entry.detail ?? "", of: entry.kind)[visit.language],
                    "isHidden": entry.detail == nil,
                ] as [String: Any]
            },
        ].merging(pager.model) { $1 })
}

extension Visit {
    /// Midnight by the office's clock.
    fileprivate func beginning(of day: CivilDate) -> Instant {
        let midnight = Instant(millisecondsSince1970: day.dayNumber * 86_400_000)
        return midnight.advanced(bySeconds: -site.settings.secondsEastOfUTC(midnight))
    }
}

/// Goes through all that the chain ties together, as `dunwell evidence verify` does.
private func evidencePage(_ visit: Visit) throws -> PageResponse {
    let found = try verifyEvidence(
        anchors: [], trusting: nil, effects: visit.effects, warn: { _ in })[0]
    let hash = found.head.hash.bytes.map(hexadecimal).joined()
    return try visit.page(
        "evidence", title: Bilingual(zh: "证据链", en: "Chain of evidence"), nav: .settings,
        [
            "position": count(found.head.position), "hash": hash,
            "files": count(found.files), "messages": count(found.messages),
            "erased": found.erasedTexts > 0 ? count(found.erasedTexts) : false as Any,
            "breaks": count(found.breaks), "isWhole": found.breaks == 0,
            "at": visit.clock(visit.effects.now()),
        ])
}

/// What it was about, with the words of the ledger in the reader's language.
private func actDetail(_ detail: String, of kind: String) -> Bilingual {
    var zh = detail.replacing(" as of ", with: "，截至 ")
    if kind == "user add",
        let role = StaffRole.allCases.first(where: {
            detail.hasSuffix(" " + $0.rawValue)
        })
    {
        zh = detail.dropLast(role.rawValue.count) + role.words.zh
    }
    return Bilingual(zh: zh, en: detail)
}

/// What people call an act; one without words here keeps its own name.
private func actWords(_ kind: String) -> Bilingual {
    acts[kind] ?? Bilingual(zh: kind, en: kind)
}

private let acts: [String: Bilingual] = [
    "address clear": Bilingual(zh: "取消退信标记", en: "mark of an address lifted"),
    "approval": Bilingual(zh: "批准", en: "approval"),
    "bounces": Bilingual(zh: "收退信", en: "reports of returned mail"),
    "case afford": Bilingual(zh: "困难户：测算", en: "hardship: what it can pay"),
    "case closed": Bilingual(zh: "困难户：结案", en: "hardship: closed"),
    "case look": Bilingual(zh: "困难户：查看", en: "hardship: looked at"),
    "case open": Bilingual(zh: "困难户：受理", en: "hardship: opened"),
    "case proof": Bilingual(zh: "困难户：凭证", en: "hardship: proof"),
    "case refused": Bilingual(zh: "困难户：不同意", en: "hardship: refused"),
    "case renewed": Bilingual(zh: "困难户：续期", en: "hardship: renewed"),
    "case staff": Bilingual(zh: "困难户：经办人", en: "hardship: staff"),
    "complaint answer": Bilingual(zh: "答复投诉", en: "complaint answered"),
    "contact": Bilingual(zh: "联系记录", en: "contact"),
    "contact correction": Bilingual(zh: "更正联系记录", en: "contact corrected"),
    "court step": Bilingual(zh: "诉讼进展", en: "step to court"),
    "court step withdrawal": Bilingual(zh: "撤回诉讼进展", en: "step to court withdrawn"),
    "daily": Bilingual(zh: "每天的工作", en: "the morning"),
    "hold": Bilingual(zh: "暂停催缴", en: "hold"),
    "hold end": Bilingual(zh: "恢复催缴", en: "hold ended"),
    "import": Bilingual(zh: "导入", en: "import"),
    "holds add": Bilingual(zh: "暂停催缴，多户", en: "holds"),
    "letters": Bilingual(zh: "打印信件", en: "letters printed"),
    "limitation rescue": Bilingual(zh: "时效催告", en: "claims saved"),
    "mail accepted": Bilingual(zh: "邮件：认定已送到", en: "mail held to have arrived"),
    "mail cancel": Bilingual(zh: "邮件：不再寄", en: "mail not to go"),
    "mail compose": Bilingual(zh: "写邮件", en: "mail composed"),
    "mail resend": Bilingual(zh: "邮件：重寄", en: "mail sent again"),
    "mail send": Bilingual(zh: "发邮件", en: "mail sent"),
    "ownership transfer": Bilingual(zh: "过户", en: "transfer"),
    "payments add": Bilingual(zh: "记收款", en: "payment"),
    "plan signature": Bilingual(zh: "分期协议签字", en: "plan signed"),
    "promise": Bilingual(zh: "承诺付款", en: "promise"),
    "promise withdrawal": Bilingual(zh: "撤回承诺", en: "promise withdrawn"),
    "proposal": Bilingual(zh: "提议", en: "proposal"),
    "receipt": Bilingual(zh: "打印收据", en: "receipt printed"),
    "refusal": Bilingual(zh: "不同意", en: "refusal"),
    "reprint": Bilingual(zh: "补打", en: "reprint"),
    "reversal": Bilingual(zh: "冲红", en: "reversal"),
    "risk override": Bilingual(zh: "改判风险", en: "risk judged anew"),
    "run": Bilingual(zh: "出账", en: "run"),
    "sample": Bilingual(zh: "样例小区", en: "sample community"),
    "scan": Bilingual(zh: "扫描回执", en: "scan"),
    "scan assign": Bilingual(zh: "认领回执", en: "scan assigned"),
    "scan discard": Bilingual(zh: "作废回执", en: "scan discarded"),
    "service": Bilingual(zh: "登记送达", en: "service"),
    "service withdrawal": Bilingual(zh: "撤回送达", en: "service withdrawn"),
    "stamp": Bilingual(zh: "时间戳", en: "time stamp"),
    "templates": Bilingual(zh: "换模板", en: "templates"),
    "upload clear": Bilingual(zh: "清除过期上传", en: "uploads cleared"),
    "user add": Bilingual(zh: "用户和岗位", en: "user, role"),
    "user codes": Bilingual(zh: "设验证码", en: "codes set up"),
    "user codes off": Bilingual(zh: "重设验证码", en: "codes taken off"),
    "user disable": Bilingual(zh: "停用用户", en: "user disabled"),
    "user enable": Bilingual(zh: "恢复用户", en: "user enabled"),
    "user invite": Bilingual(zh: "邀请用户", en: "user invited"),
    "user language": Bilingual(zh: "换语言", en: "language"),
    "user password": Bilingual(zh: "设密码", en: "password set"),
]
