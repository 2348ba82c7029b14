import Dunning
import FeeLedger
import Letters
import Office
import Primitives
import SQLiteStore
import Synchronization

/// A period's run: which, what it would do, and doing it.
let runRoutes: [Route] = [
    Route(.get, "/run", for: .everyone) { try whenReady($0, runPage) },
    Route(.get, "/run/list", for: .everyone) { try whenReady($0, listPage) },
    Route(.get, "/run/samples/{number}/picture", for: .everyone) {
        try whenReady($0, samplePicture)
    },
    Route(.get, "/run/samples/{number}/letter", for: .everyone) { try whenReady($0, sampleLetter) },
    Route(.get, "/run/samples/{number}/mail", for: .everyone) { try whenReady($0, sampleMail) },
    Route(.post, "/run", for: .staff, isGrave: true) { try whenReady($0, begin) },
]

// MARK: - Which preview

/// The preview takes longer than anybody waits for a page.
private struct PreviewUnderWay: Error {
    let job: Int
}

/// The page, or where to see how far the preview is that it needs.
private func whenReady(
    _ visit: Visit, _ page: (Visit) throws -> PageResponse
) throws -> PageResponse {
    do {
        return try page(visit)
    } catch let preview as PreviewUnderWay {
        return .redirect("/jobs/\(preview.job)")
    }
}

/// The preview that the query names; `nil`: none was asked for yet, or what was typed is wrong.
private func asked(_ visit: Visit, _ form: inout FormReader) throws -> RunPreview? {
    guard form.fields["period"] != nil || form.fields["as-of"] != nil else { return nil }
    let period = form.period("period")
    let asOf = form.date("as-of")
    form.refuseLater(asOf, than: visit.today, "as-of")
    guard form.problems.isEmpty, let period, let asOf else { return nil }
    do {
        let found = try visit.site.previews.value(
            "preview \(period) \(asOf)",
            title: Bilingual(
                zh: "出账预览：\(period) 账期，截至 \(asOf)",
                en: "Preview of the run of \(period), as of \(asOf)"),
            at: "/run?period=\(period)&as-of=\(asOf)", visit
        ) { try previewRun(period, asOf: asOf, effects: $0) }
        switch found {
        case .ready(let preview): return preview
        case .underWay(let job): throw PreviewUnderWay(job: job)
        }
    } catch let error as any ExplainedError {
        form.refuse("as-of", error.message)
        return nil
    }
}

/// For what belongs to a preview: it has to be there.
private func preview(_ visit: Visit) throws -> RunPreview {
    var form = FormReader(fields: visit.request.query)
    guard let preview = try asked(visit, &form) else { throw NotFound() }
    return preview
}

private func runPage(_ visit: Visit) throws -> PageResponse {
    var form = FormReader(fields: visit.request.query)
    guard let preview = try asked(visit, &form) else { return try choosing(visit, form) }
    return try showing(preview, visit)
}

/// Step 1.
private func choosing(_ visit: Visit, _ form: FormReader) throws -> PageResponse {
    let running = visit.site.jobs.latest("run", in: visit.effects.community)
    return try visit.page(
        "run", title: Bilingual(zh: "出账", en: "Run"), nav: .run, form: form,
        values: ["period": "\(visit.today.period)", "as-of": "\(visit.today)"],
        [
            "job": running.map {
                ["path": "/jobs/\($0.number)", "isRunning": $0.state == .running] as [String: Any]
            } ?? false
        ])
}

// MARK: - The preview

private func showing(
    _ preview: RunPreview, _ visit: Visit, form: FormReader? = nil
) throws -> PageResponse {
    let place = "period=\(preview.period)&as-of=\(preview.asOf)"
    let seen = preview.shown(to: visit.user.role)
    var model: [String: Any] = [
        "period": "\(preview.period)", "day": "\(preview.asOf)", "due": "\(preview.due)",
        "isDoable": preview.summary.chargesIssued + preview.noticeCount > 0,
        "mayRun": Audience.staff.includes(visit.user.role),
        "act": act(preview)[visit.language],
        "counted": counted(preview), "remarks": remarks(preview).map { $0[visit.language] },
    ]
    model.merge(charges(preview, place, visit.language)) { $1 }
    model.merge(notices(preview, place, visit.language)) { $1 }
    model["left"] = seen.notCharged.enumerated().map { index, left in
        leftRow(
            left.reason.words(item: left.item, period: preview.period)[visit.language], left.units,
            "/run/list?\(place)&list=left-\(index)")
    }
    model["leftCount"] = count(seen.notCharged.reduce(0) { $0 + $1.units.count })
    model["spared"] = seen.spared.enumerated().map { index, left in
        leftRow(
            left.reason.words[visit.language], left.units,
            "/run/list?\(place)&list=spared-\(index)")
    }
    model["sparedCount"] = count(preview.spared.reduce(0) { $0 + $1.units.count })
    model["hidden"] = seen.hidden > 0 ? count(seen.hidden) as Any : false
    model["redirected"] = preview.redirected.enumerated().map { index, left in
        leftRow(
            left.reason.words[visit.language], left.units,
            "/run/list?\(place)&list=redirected-\(index)")
    }
    model["samples"] = try samples(preview, place, visit.language)
    return try visit.page(
        "run-preview",
        title: Bilingual(zh: "出账预览：\(preview.period)", en: "Run preview: \(preview.period)"),
        nav: .run, form: form, model)
}

extension RunPreview {
    /// Who is in hardship is for managers to see: others see how many accounts are left out, and
    /// not which.
    fileprivate func shown(to role: StaffRole) -> (
        notCharged: [Left<NotCharged>], spared: [Left<Spared>], hidden: Int
    ) {
        let open = role == .manager ? spared : spared.filter { $0.reason != .hardship }
        let all = spared.reduce(0) { $0 + $1.units.count }
        return (notCharged, open, all - open.reduce(0) { $0 + $1.units.count })
    }
}

/// What the button says.
private func act(_ preview: RunPreview) -> Bilingual {
    let charges = count(preview.summary.chargesIssued)
    let notices = count(preview.noticeCount)
    let sum = money(preview.summary.charged)
    return Bilingual(
        zh: "出 \(preview.period.month) 月账：\(charges) 笔收费 \(sum)、\(notices) 份通知",
        en: "Run \(preview.period): \(charges) charges, \(sum), \(notices) notices")
}

/// What the visitor saw, sent along with the form, so that nothing else is done.
private func counted(_ preview: RunPreview) -> String {
    "\(preview.summary.chargesIssued) \(preview.summary.charged.fen) \(preview.noticeCount) "
        + "\(preview.summary.emailsQueued) \(preview.summary.letters)"
}

private func remarks(_ preview: RunPreview) -> [Bilingual] {
    var remarks: [Bilingual] = []
    let summary = preview.summary
    if summary.issuedLate > 0 {
        remarks.append(
            Bilingual(
                zh: "有 \(count(summary.issuedLate)) 笔收费出账时已经过了到期日；新出的收费这次不催。",
                en:
                    "\(count(summary.issuedLate)) charges will be past their due date when issued; nobody is dunned "
                    + "for them this time."))
    }
    if let kept = summary.keptTemplates {
        remarks.append(
            Bilingual(
                zh: "通知模板有错，这次会用上一次没有错的文字（版本 \(kept.version)）：\(kept.problems.zh)",
                en:
                    "The notice templates are broken; the last good wording (version \(kept.version)) will be used: "
                    + kept.problems.en))
    }
    return remarks
}

private func leftRow(
    _ words: String, _ units: [RunPreview.Listed], _ path: String
) -> [String: Any] {
    ["words": words, "count": count(units.count), "path": path, "example": units[0].unit]
}

private func charges(
    _ preview: RunPreview, _ place: String, _ language: Language
) -> [String: Any] {
    [
        "charges": preview.charges.enumerated().map { index, group in
            [
                "item": group.name, "kind": group.kind.words[language],
                "how": group.how[language], "count": count(group.count),
                "sum": money(group.sum), "path": "/run/list?\(place)&list=charges-\(index)",
            ] as [String: Any]
        },
        "chargeCount": count(preview.summary.chargesIssued),
        "chargeSum": money(preview.summary.charged),
        "concededCount": count(preview.conceded.households),
        "conceded": money(-preview.conceded.amount),
        "metCount": count(preview.metByCredit.households),
        "met": money(-preview.metByCredit.amount), "toBePaid": money(preview.toBePaid),
    ]
}

private let letterChannels: [Channel] = [.mailbox, .hand, .registered]

private func notices(
    _ preview: RunPreview, _ place: String, _ language: Language
) -> [String: Any] {
    func cells(_ groups: [RunPreview.NoticeGroup]) -> [String: Any] {
        let others = groups.reduce(into: [Channel: Int]()) {
            $0.merge($1.others, uniquingKeysWith: +)
        }
        return [
            "accounts": count(groups.reduce(0) { $0 + $1.accounts.count }),
            "emails": count(groups.reduce(0) { $0 + $1.emails }),
            "letters": letterChannels.map { count(others[$0] ?? 0) },
            "tasks": count((others[.phone] ?? 0) + (others[.fax] ?? 0)),
        ]
    }
    let stages = preview.notices.compactMap(\.stage)
    return [
        "notices": preview.notices.enumerated().map { index, group in
            var row = cells([group])
            row["words"] = stageWords(group.stage?.code)[language]
            row["whom"] = whom(group.stage, among: stages)[language]
            row["isLinked"] = !group.accounts.isEmpty
            row["path"] = "/run/list?\(place)&list=notices-\(index)"
            return row
        }, "noticeTotal": cells(preview.notices),
    ]
}

/// A stage by the name that the office has for it, else by its code.
func stageWords(_ stage: String?) -> Bilingual {
    switch stage {
    case nil: Bilingual(zh: "账单", en: "Bill")
    case "early": Bilingual(zh: "早期提醒", en: "Early reminder")
    case "middle": Bilingual(zh: "中期催缴", en: "Second notice")
    case "late": Bilingual(zh: "后期催缴", en: "Late notice")
    case "formal": Bilingual(zh: "正式催缴", en: "Formal demand")
    case "final": Bilingual(zh: "最后一次正式催缴", en: "Last formal demand")
    case .some(let code): Bilingual(zh: code, en: code)
    }
}

private func whom(_ stage: DunningStage?, among stages: [DunningStage]) -> Bilingual {
    guard let stage, let place = stages.firstIndex(of: stage) else {
        return Bilingual(zh: "没有逾期，或逾期而暂停催缴", en: "none overdue, or held")
    }
    let signed =
        stage.asksForSignature
        ? Bilingual(zh: "，要求签收", en: ", signed") : Bilingual(zh: "", en: "")
    guard place + 1 < stages.count else {
        return Bilingual(
            zh: "逾期 \(stage.fromDay) 天起\(signed.zh)",
            en: "day \(stage.fromDay) on\(signed.en)")
    }
    let last = stages[place + 1].fromDay - 1
    return Bilingual(
        zh: "逾期 \(stage.fromDay)–\(last) 天\(signed.zh)",
        en: "days \(stage.fromDay)–\(last)\(signed.en)")
}

// MARK: - A list behind a count

private func listPage(_ visit: Visit) throws -> PageResponse {
    let preview = try preview(visit)
    guard let list = list(visit.request.query["list"] ?? "", of: preview, visit) else {
        throw NotFound()
    }
    let pager = Pager(of: list.units.count, by: 200, on: visit)
    let sum = list.units.compactMap(\.amount).reduce(Money.zero, +)
    var model: [String: Any] = [
        "heading": list.title[visit.language], "total": count(list.units.count),
        "hasAmount": list.units.contains { $0.amount != nil }, "sum": money(sum),
        "period": "\(preview.period)", "day": "\(preview.asOf)",
        "back": "/run?period=\(preview.period)&as-of=\(preview.asOf)",
        "rows": list.units[pager.range].map { listed in
            [
                "unit": listed.unit, "path": "/units/\(percentEncoded(listed.unit))",
                "names": listed.owners.joined(separator: visit.language == .zh ? "、" : ", "),
                "detail": listed.detail?[visit.language] ?? "",
                "amount": listed.amount.map { money($0) } ?? "",
            ]
        },
    ]
    model.merge(pager.model) { $1 }
    return try visit.page("run-list", title: list.title, nav: .run, model)
}

private func list(
    _ key: String, of preview: RunPreview, _ visit: Visit
) -> (title: Bilingual, units: [RunPreview.Listed])? {
    let parts = key.split(separator: "-")
    guard parts.count == 2, let index = Int(parts[1]), index >= 0 else { return nil }
    let seen = preview.shown(to: visit.user.role)
    switch parts[0] {
    case "charges" where index < preview.charges.count:
        let group = preview.charges[index]
        let kind = group.kind.words
        return (
            Bilingual(zh: "\(group.name)（\(kind.zh)）", en: "\(group.name) (\(kind.en))"),
            group.units
        )
    case "notices" where index < preview.notices.count:
        let group = preview.notices[index]
        return (stageWords(group.stage?.code), group.accounts)
    case "left" where index < seen.notCharged.count:
        let left = seen.notCharged[index]
        return (left.reason.words(item: left.item, period: preview.period), left.units)
    case "spared" where index < seen.spared.count:
        return (seen.spared[index].reason.words, seen.spared[index].units)
    case "redirected" where index < preview.redirected.count:
        return (preview.redirected[index].reason.words, preview.redirected[index].units)
    default: return nil
    }
}

// MARK: - Samples

/// The gravest letter, the mildest, a mail, and one in the other language: by their numbers.
private func chosen(_ samples: [SampleNotice]) -> [Int] {
    let letters = samples.indices.filter { samples[$0].form == .letter }
    let mails = samples.indices.filter { samples[$0].form == .mail }
    let picked = [
        letters.first, letters.last, mails.last { samples[$0].language == .zh },
        mails.first { samples[$0].language == .en },
    ]
    let few = picked.compactMap(\.self)
    let shown = few.enumerated().filter { !few[..<$0.offset].contains($0.element) }.map(\.element)
    return shown + samples.indices.filter { !shown.contains($0) }.prefix(4 - shown.count)
}

private func samples(
    _ preview: RunPreview, _ place: String, _ language: Language
) throws -> [[String: Any]] {
    try chosen(preview.samples).map { index in
        let sample = preview.samples[index]
        let stage = stageWords(sample.stage)
        let isMail = sample.form == .mail
        let form =
            isMail
            ? sample.language == .en
                ? Bilingual(zh: "英文邮件", en: "mail in English") : Bilingual(zh: "邮件", en: "mail")
            : sample.language == .en
                ? Bilingual(zh: "英文信", en: "letter in English") : Bilingual(zh: "信", en: "letter")
        let path = "/run/samples/\(index)/"
        var model: [String: Any] = [
            "words": "\(stage[language])\(language == .zh ? "，" : ", ")\(form[language])",
            "unit": sample.unit, "isMail": isMail,
            "path": path + (isMail ? "mail" : "letter") + "?\(place)",
            "picture": path + "picture?\(place)", "subject": "", "text": "",
        ]
        if isMail {
            let mail = try preview.mail(of: sample)
            model["subject"] = mail.subject
            model["text"] = String(mail.text.prefix(240))
        }
        return model
    }
}

private func sample(
    _ visit: Visit, _ form: SampleNotice.Form
) throws -> (preview: RunPreview, sample: SampleNotice) {
    let preview = try preview(visit)
    guard let number = Int(visit.parameter("number")), preview.samples.indices.contains(number),
        preview.samples[number].form == form
    else { throw NotFound() }
    return (preview, preview.samples[number])
}

private func samplePicture(_ visit: Visit) throws -> PageResponse {
    let (preview, sample) = try sample(visit, .letter)
    return .file(
        try preview.picture(of: sample, width: 360), type: "image/png", name: "sample.png",
        isShown: true)
}

private func sampleLetter(_ visit: Visit) throws -> PageResponse {
    let (preview, sample) = try sample(visit, .letter)
    return .file(
        try preview.pdf(of: sample), type: "application/pdf",
        name: "样张 \(stageWords(sample.stage).zh).pdf", isShown: true)
}

private func sampleMail(_ visit: Visit) throws -> PageResponse {
    let (preview, sample) = try sample(visit, .mail)
    var response = PageResponse(body: Array(try preview.mail(of: sample).html.utf8))
    response.isForeignDocument = true
    return response
}

// MARK: - Doing it

/// Only what was seen is done: where the books changed since, the preview is shown again. The work
/// goes on by itself; asked for twice it is the same work.
private func begin(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    guard let preview = try asked(visit, &form) else { return try choosing(visit, form) }
    guard form.fields["counted"] == counted(preview) else {
        form.refuse(
            "",
            Bilingual(
                zh: "您看过预览以后账目有变化，什么都没有写入。下面是现在的数目，请核对后再出。",
                en:
                    "The books changed since you saw the preview; nothing was written. Here are the figures as "
                    + "they are now: look at them, and run again."))
        return try showing(preview, visit, form: form)
    }
    let (period, asOf) = (preview.period, preview.asOf)
    let title = Bilingual(zh: "出账：\(period) 账期，截至 \(asOf)", en: "Run of \(period), as of \(asOf)")
    let again = Jobs.Step(Bilingual(zh: "去出账", en: "To the run"), path: "/run")
    let number = visit.site.jobs.start(
        "run", title: title, asking: visit.effects, again: again
    ) { effects in
        let done = try runPeriod(period, asOf: asOf, dryRun: false, effects: effects)
        return outcome(of: done)
    }
    return .redirect("/jobs/\(number)")
}

private func outcome(of done: RunSummary) -> Jobs.Outcome {
    let notices = done.bills + done.notices.reduce(0) { $0 + $1.count }
    var remarks: [Bilingual] = []
    if done.emailsQueued > 0 {
        remarks.append(
            Bilingual(
                zh: "\(count(done.emailsQueued)) 封邮件已经排队，还没有发出。",
                en: "\(count(done.emailsQueued)) mails are queued, and not sent yet."))
    }
    if done.letters > 0 {
        remarks.append(
            Bilingual(
                zh: "\(count(done.letters)) 封信等打印。",
                en: "\(count(done.letters)) letters wait to be printed."))
    }
    if done.phoneTasks > 0 {
        remarks.append(
            Bilingual(
                zh: "\(count(done.phoneTasks)) 户要打电话或发传真，已列入今日。",
                en: "\(count(done.phoneTasks)) calls or faxes are on today's list."))
    }
    if !done.unheldUnits.isEmpty {
        remarks.append(
            Bilingual(
                zh: "\(count(done.unheldUnits.count)) 套没有登记业主，没有出账。",
                en:
                    "\(count(done.unheldUnits.count)) units are held by nobody, and were charged nothing."
            ))
    }
    return Jobs.Outcome(
        summary: Bilingual(
            zh:
                "出了 \(count(done.chargesIssued)) 笔收费，共 \(money(done.charged))；\(count(notices)) 份通知。",
            en:
                "\(count(done.chargesIssued)) charges were issued, \(money(done.charged)) in all; "
                + "\(count(notices)) notices."
        ), remarks: remarks,
        next: [
            Jobs.Step(Bilingual(zh: "打印信件", en: "Print letters"), path: "/letters"),
            Jobs.Step(Bilingual(zh: "发邮件", en: "Send mail"), path: "/mail"),
            Jobs.Step(Bilingual(zh: "回到今日", en: "Back to today"), path: "/"),
        ].filter { step in
            Site.routes.contains { $0.method == .get && $0.pattern == step.path }
        })
}
