import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// What is noted on an account, or proposed for it, each on a page of its own.
let accountFormRoutes: [Route] = [
    Route(.get, "/units/{unit}/contact", for: .staff) { try contactForm($0) },
    Route(.post, "/units/{unit}/contact", for: .staff) { try noteContact($0) },
    Route(.get, "/units/{unit}/promise", for: .staff) { try promiseForm($0) },
    Route(.post, "/units/{unit}/promise", for: .staff) { try notePromise($0) },
    Route(.get, "/units/{unit}/waiver", for: .staff) { try waiverForm($0) },
    Route(.post, "/units/{unit}/waiver", for: .staff) { try proposeWaiver($0) },
    Route(.get, "/units/{unit}/evidence", for: .everyone) { try evidencePage($0) },
    Route(.post, "/units/{unit}/evidence", for: .staff) { try exportPack($0) },
]

extension Visit {
    /// Who it is and what is owed, above a form.
    func formHead(_ page: AccountPage) -> [String: Any] {
        AccountHead(page: page, visit: self).model
    }

    func inWords(_ zh: String, _ en: String) -> String { language == .zh ? zh : en }
}

// MARK: - Contacts

private func contactForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay(asOf: visit.today)
    let kept = form?.kept ?? [:]
    let owner = page.holders.map(\.owner.name).joined(separator: AccountWords.comma(visit.language))
    let reasons: [(value: String, words: Bilingual)] =
        [("", Bilingual(zh: "没有问到", en: "not found out"))]
        + ArrearsReason.allCases.map { ($0.rawValue, $0.name) }
    var model = visit.formHead(page)
    model["ways"] = options(
        ContactWay.allCases.map { ($0.rawValue, AccountWords.contact($0)) },
        chosen: kept["way"] ?? ContactWay.call.rawValue, in: visit.language)
    model["relations"] = options(
        ContactRelation.codes.map { code in
            (code, AccountWords.relation(ContactRelation(word: code)))
        }, chosen: kept["relation"] ?? "owner", in: visit.language)
    model["reasons"] = options(reasons, chosen: kept["reason"] ?? "", in: visit.language)
    return try visit.page(
        "contact",
        title: Bilingual(zh: "\(page.unit.code) 记联系", en: "Note a contact: \(page.unit.code)"),
        nav: .units, form: form,
        values: [
            "date": "\(visit.today)", "time": "", "second": "", "with": owner, "note": "",
            "next": "",
        ], model)
}

private func noteContact(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let way = form.choice("way", ContactWay.self)
    let date = form.date("date")
    let minute = form.minute("time")
    let second = form.optional("second", atMost: 60)
    let relation = form.text("relation", atMost: 60)
    let with = form.optional("with", atMost: 60)
    let note = form.text("note", atMost: 2000)
    let reason = form.optional("reason").flatMap { ArrearsReason(rawValue: $0) }
    let next = form.optional("next") == nil ? nil : form.date("next")
    form.refuseLater(date, than: visit.today, "date")
    if way == .visit, second == nil {
        form.refuse(
            "second",
            Bilingual(
                zh: "上门要两个人：请写同去同事的姓名。一个人去了的，请报告经理。",
                en: "A visit takes two: name your colleague. If you went alone, tell the manager."))
    }
    if let relation, with == nil, !ContactRelation(word: relation).isNobody {
        form.refuse(
            "with", Bilingual(zh: "请写和谁谈的。", en: "Say whom you spoke to."))
    }
    if let next, let date, next < date {
        form.refuse(
            "next",
            Bilingual(
                zh: "下次联系 \(next) 在这次 \(date) 之前。",
                en: "The next contact, \(next), lies before this one, \(date)."))
    }
    return try form.act(else: { try contactForm(visit, $0) }) {
        var contact = Session.NewContact(
            way: way!, date: date!, staff: [visit.user.userName] + [second].compactMap { $0 },
            relation: relation!)
        contact.minute = minute
        contact.with = with ?? ""
        contact.note = note!
        contact.reason = reason
        contact.next = next
        let recorded = try recordContact(
            contact, of: visit.parameter("unit"), owner: visit.request.query["owner"],
            effects: visit.effects)
        return .redirect(visit.unitPath(adding: "said=\(recorded.number)"))
    }
}

extension FormReader {
    /// `9:05`, `0905`, `９：０５`: minutes of the day; `nil` where it is empty, or no time of day.
    mutating func minute(_ field: String) -> Int? {
        guard let text = optional(field) else { return nil }
        let digits = halfWidth(text).filter { $0.isASCII && $0.isNumber }
        let others = halfWidth(text).filter { !($0.isASCII && $0.isNumber) }
        guard ["", ":"].contains(others), (3...4).contains(digits.count), let number = Int(digits),
            number / 100 < 24, number % 100 < 60
        else {
            refuse(
                field,
                Bilingual(
                    zh: "“\(text)”不是时间。请写如 14:30。", en: "“\(text)” is no time. Write it like 14:30."
                ))
            return nil
        }
        return number / 100 * 60 + number % 100
    }

    /// What is noted has happened.
    mutating func refuseLater(_ date: CivilDate?, than today: CivilDate, _ field: String) {
        guard let date, date > today else { return }
        refuse(
            field,
            Bilingual(
                zh: "\(date) 还没有到，今天是 \(today)。", en: "\(date) is yet to come; today is \(today)."))
    }
}

// MARK: - Promises

private func promiseForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay(asOf: visit.today)
    var model = visit.formHead(page)
    model["isWritten"] = form?.isOn("written") ?? false
    return try visit.page(
        "promise",
        title: Bilingual(zh: "\(page.unit.code) 记承诺", en: "Note a promise: \(page.unit.code)"),
        nav: .units, form: form,
        values: ["amount": "", "until": "", "date": "\(visit.today)"], model)
}

private func notePromise(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let amount = form.money("amount")
    let until = form.date("until")
    let date = form.date("date")
    form.refuseLater(date, than: visit.today, "date")
    if let until, let date, until < date {
        form.refuse(
            "until",
            Bilingual(
                zh: "答应付款的日期 \(until) 在答应那天 \(date) 之前。",
                en: "The promised day, \(until), lies before \(date), on which it was promised."))
    }
    let isWritten = form.isOn("written")
    return try form.act(else: { try promiseForm(visit, $0) }) {
        _ = try recordPromise(
            PromiseToPay(amount: amount!, on: date!, until: until!, isInWriting: isWritten),
            of: visit.parameter("unit"), owner: visit.request.query["owner"],
            effects: visit.effects)
        return .redirect(visit.unitPath())
    }
}

// MARK: - Waivers

private func waiverForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay(asOf: visit.today)
    let fees = page.charges.filter { $0.standing.lateFeeOpen > .zero }
    let chosen = form?.kept["charge"] ?? visit.request.query["why"] ?? fees.first?.key
    var model = visit.formHead(page)
    model["fees"] = options(
        fees.map { fee in
            let words =
                "\(fee.standing.charge.period) \(fee.itemName) \(money(fee.standing.lateFeeOpen))"
            return (fee.key, Bilingual(zh: words, en: words))
        }, chosen: chosen, in: visit.language)
    model["hasFees"] = !fees.isEmpty
    return try visit.page(
        "waiver",
        title: Bilingual(zh: "\(page.unit.code) 提出减免", en: "Propose a waiver: \(page.unit.code)"),
        nav: .units, form: form, values: ["amount": "", "reason": "", "paid-by": ""], model)
}

private func proposeWaiver(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let charge = form.text("charge")
    let amount = form.money("amount")
    let reason = form.text("reason", atMost: 500)
    let paidBy = form.optional("paid-by") == nil ? nil : form.date("paid-by")
    let page = try visit.accountOnDay(asOf: visit.today)
    let fee = page.charges.first { $0.key == charge }
    if charge != nil, fee == nil {
        form.refuse("charge", Bilingual(zh: "请选一笔收费。", en: "Choose a charge."))
    }
    if let fee, let amount, amount > fee.standing.lateFeeOpen {
        let open = money(fee.standing.lateFeeOpen)
        form.refuse(
            "amount",
            Bilingual(
                zh: "这一笔未付的违约金是 \(open)，减免不能更多。",
                en: "The late fee outstanding on it is \(open); no more can be waived."))
    }
    return try form.act(else: { try waiverForm(visit, $0) }) {
        let standing = fee!.standing.charge
        _ = try propose(
            ProposalEntry(
                unit: page.unit.code, owner: visit.request.query["owner"],
                matter: .waiver(
                    item: standing.item.code, period: standing.period, amount: amount!,
                    unlessPaidBy: paidBy), day: visit.today, staff: visit.user.userName,
                reason: reason!), effects: visit.effects)
        return .redirect(visit.unitPath())
    }
}

// MARK: - Evidence

private func evidencePage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let page = try visit.accountOnDay()
    let findings = try checkCase(
        of: page.unit.code, owner: visit.request.query["owner"], asOf: visit.asOf,
        effects: visit.effects)
    var model = visit.formHead(page)
    let words: [CaseFinding.State: (Bilingual, style: String)] = [
        .ok: (Bilingual(zh: "齐", en: "there"), "pine"),
        .missing: (Bilingual(zh: "缺", en: "missing"), "ochre"),
        .attach: (Bilingual(zh: "另附", en: "to be added"), "open"),
        .stop: (Bilingual(zh: "不宜起诉", en: "speaks against it"), "red"),
    ]
    model["findings"] = findings.map { finding in
        let (state, style) = words[finding.state]!
        // Why dunning rests may be hardship: that is for managers.
        let isVeiled = finding.check == "holds" && finding.state == .stop && !visit.mayKnowHardship
        let detail = isVeiled ? restingWords : finding.detail
        return [
            "state": state[visit.language], "style": style, "text": detail[visit.language],
        ] as [String: Any]
    }
    model["forOffice"] = visit.mayKnowHardship
    model["mayExport"] = visit.mayOpen("/units/{unit}/evidence", .post)
    return try visit.page(
        "account-evidence",
        title: Bilingual(zh: "\(page.unit.code) 导出证据", en: "Evidence: \(page.unit.code)"),
        nav: .units, form: form, model)
}

private let restingWords = Bilingual(
    zh: "催缴正在暂停：能不能起诉，请经理决定", en: "dunning rests: a manager decides whether to go to court")

private func exportPack(_ visit: Visit) throws -> PageResponse {
    let form = visit.form
    let unit = visit.parameter("unit")
    return try form.act(else: { try evidencePage(visit, $0) }) {
        let archive = try evidenceArchive(
            of: unit, owner: visit.request.query["owner"], asOf: visit.asOf,
            forOffice: visit.mayKnowHardship, effects: visit.effects)
        return .file(archive, type: "application/zip", name: "\(unit)-\(visit.asOf).zip")
    }
}
