import Mail
import Office
import Primitives
import SQLiteStore

/// Messages to owners: what waits for a decision, what came back, and what became of each.
let mailRoutes: [Route] = [
    Route(.get, "/mail", for: .everyone) { try mailPage($0) },
    Route(.get, "/mail/list", for: .everyone) { try listPage($0) },
    Route(.post, "/mail/send", for: .staff) { send($0) },
    Route(.post, "/mail/retry", for: .staff) { try retry($0) },
    Route(.post, "/mail/bounces", for: .staff) { readBounces($0) },
    Route(.get, "/mail/{message}", for: .everyone) { try messagePage($0) },
    Route(.post, "/mail/{message}", for: .staff) { try decide($0) },
    Route(.get, "/mail/{message}/look", for: .everyone) { try look($0) },
    Route(.get, "/mail/addresses/{owner}", for: .staff) { try addressForm($0) },
    Route(.post, "/mail/addresses/{owner}", for: .staff) { try clear($0) },
]

private let rowsShown = 20

// MARK: - The overview

private func mailPage(_ visit: Visit) throws -> PageResponse {
    let mail = try mailOverview(
        visit.site.settings.mail, shown: rowsShown, effects: visit.effects)
    let isStaff = Audience.staff.includes(visit.user.role)
    return try visit.page(
        "mail", title: Bilingual(zh: "邮件", en: "Mail"), nav: .mail,
        [
            "counts": DeliveryState.allCases.map { state in
                [
                    "mark": state.mark, "words": state.words[visit.language],
                    "count": count(mail.counts[state] ?? 0), "href": list(of: state),
                ]
            },
            "total": count(mail.counts.values.reduce(0, +)),
            "due": mail.due > 0 ? count(mail.due) : false as Any,
            "canSend": isStaff && mail.whyNotSent == nil,
            "canRead": isStaff && mail.whyNotRead == nil,
            "whyNotSent": mail.whyNotSent.map { $0[visit.language] as Any } ?? false,
            "whyNotRead": mail.whyNotRead.map { $0[visit.language] as Any } ?? false,
            "isStaff": isStaff,
            "groups": [
                group(.inDoubt, mail.inDoubt, mail, visit),
                group(.deferred, mail.deferred, mail, visit),
                group(.rejected, mail.rejected, mail, visit),
            ].compactMap(\.self),
            "hasBounces": !mail.bounces.isEmpty, "bounces": mail.bounces.map { row($0, visit) },
            "tasks": mail.tasks == 0 ? false : count(mail.tasks) as Any,
            "done": doneWords[visit.request.query["done"] ?? ""].map {
                $0[visit.language] as Any
            } ?? false,
        ])
}

private func list(of state: DeliveryState?) -> String {
    state.map { "/mail/list?state=\($0.rawValue)" } ?? "/mail/list"
}

/// `nil` where there is none.
private func group(
    _ state: DeliveryState, _ messages: [Session.ListedMessage], _ mail: MailOverview,
    _ visit: Visit
) -> [String: Any]? {
    guard !messages.isEmpty else { return nil }
    return [
        "heading": state.heading[visit.language], "about": state.about[visit.language],
        "count": count(mail.counts[state] ?? 0), "href": list(of: state),
        "rows": messages.map { row($0, visit) },
        "canRetry": state != .rejected && Audience.staff.includes(visit.user.role),
        "retry": state.retry[visit.language],
    ]
}

private func row(_ message: Session.ListedMessage, _ visit: Visit) -> [String: Any] {
    let last = message.delivery
    return [
        "unit": message.unit, "unitHref": "/units/\(percentEncoded(message.unit))",
        "notice": message.notice, "href": "/mail/\(message.id.number)",
        "recipient": message.recipient, "isFormal": message.isFormal,
        "mark": message.state.mark, "state": message.state.words[visit.language],
        "at": last.map { visit.clock($0.at) } ?? "",
        "words": last.map(said) ?? "", "attempts": count(last?.attempt ?? 0),
        "next": last?.retryAt.map { visit.clock($0) as Any } ?? false,
    ]
}

/// The server's words in one line, its code first.
private func said(_ delivery: Delivery) -> String {
    let words = delivery.words.split(separator: "\n").joined(separator: " ")
    let code = delivery.code.map { "\($0) " } ?? ""
    return words.hasPrefix(code) ? words : code + words
}

private func row(
    _ listed: (bounce: Session.BounceSummary, task: BounceTask?), _ visit: Visit
) -> [String: Any] {
    let bounce = listed.bounce
    let canAsk = listed.task == .ask && Audience.staff.includes(visit.user.role)
    return [
        "at": Instant(bounce.at).map { visit.clock($0) } ?? bounce.at,
        "unit": bounce.unit.isEmpty ? false : bounce.unit as Any,
        "unitHref": "/units/\(percentEncoded(bounce.unit))", "notice": bounce.notice,
        "recipient": bounce.recipient, "words": bounce.words, "hasLetter": bounce.hasLetter,
        "mark": listed.task?.mark ?? "pine",
        "task": (listed.task?.words ?? nothingToDo(bounce))[visit.language],
        "clearHref": canAsk ? "/mail/addresses/\(percentEncoded(bounce.owner))" : false as Any,
    ]
}

private func nothingToDo(_ bounce: Session.BounceSummary) -> Bilingual {
    switch bounce.action {
    case "delayed": Bilingual(zh: "只是迟到，不用办", en: "late only, nothing to do")
    default: Bilingual(zh: "不用办", en: "nothing to do")
    }
}

// MARK: - The list

private func listPage(_ visit: Visit) throws -> PageResponse {
    let state = visit.request.query["state"].flatMap { DeliveryState(rawValue: $0) }
    let counts = try mailCounts(effects: visit.effects)
    let total = state.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
    let pager = Pager(of: total, on: visit)
    let shown = try messages(
        standing: state, skipping: pager.range.lowerBound, count: pager.range.count,
        effects: visit.effects)
    var model: [String: Any] = [
        "rows": shown.map { row($0, visit) }, "hasRows": !shown.isEmpty, "count": count(total),
        "heading": (state?.words ?? Bilingual(zh: "全部", en: "all"))[visit.language],
        "chips": ([nil] + DeliveryState.allCases.map(Optional.some)).map { one in
            [
                "href": list(of: one), "isCurrent": one == state,
                "words": (one?.words ?? Bilingual(zh: "全部", en: "all"))[visit.language],
                "count": count(one.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)),
            ] as [String: Any]
        },
    ]
    model.merge(pager.model) { $1 }
    return try visit.page(
        "mail-list", title: Bilingual(zh: "邮件清单", en: "Messages"), nav: .mail, model)
}

// MARK: - One message

private func message(_ visit: Visit) throws -> ShownMessage {
    guard let number = Int(visit.parameter("message")) else { throw NotFound() }
    do {
        return try shownMessage(MessageID(number), effects: visit.effects)
    } catch OfficeError.unknownMessage {
        throw NotFound()
    }
}

private func messagePage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let shown = try message(visit)
    var model = row(shown.message, visit)
    model["owner"] = shown.owner
    model["subject"] = shown.subject
    model["text"] = shown.text
    model["look"] = "/mail/\(shown.message.id.number)/look"
    model["about"] = shown.message.state.about[visit.language]
    model["noticeHref"] =
        shown.message.isFormal
        ? "/services/\(percentEncoded(shown.message.notice))" : false as Any
    model["hasDeliveries"] = !shown.deliveries.isEmpty
    model["deliveries"] = shown.deliveries.map { delivery, byWhom in
        [
            "at": visit.clock(delivery.at), "mark": delivery.state.mark,
            "state": delivery.state.words[visit.language], "words": said(delivery),
            "attempt": count(delivery.attempt), "by": byWhom ?? "",
            "queueID": delivery.queueID ?? "",
            "next": delivery.retryAt.map { visit.clock($0) as Any } ?? false,
        ] as [String: Any]
    }
    let mayDecide = Audience.staff.includes(visit.user.role)
    model["decisions"] = (mayDecide ? shown.decisions : []).map {
        ["value": $0.rawValue, "words": $0.words[visit.language]]
    }
    model["mayDecide"] = mayDecide && !shown.decisions.isEmpty
    return try visit.page(
        "mail-message",
        title: Bilingual(
            zh: "邮件 \(shown.message.id.number)", en: "Message \(shown.message.id.number)"),
        nav: .mail, form: form, values: ["reason": ""], model)
}

/// As the owner's mail program shows it; no script and nothing of ours beside it.
private func look(_ visit: Visit) throws -> PageResponse {
    var response = PageResponse(body: Array(try message(visit).html.utf8))
    response.isForeignDocument = true
    return response
}

private func decide(_ visit: Visit) throws -> PageResponse {
    let shown = try message(visit)
    var form = visit.form
    let decision = form.choice("say", MailDecision.self)
    let reason = form.text("reason", atMost: 500)
    return try form.act(else: { try messagePage(visit, $0) }) {
        try resolveMail(shown.message.id, decision!, reason: reason!, effects: visit.effects)
        return .redirect("/mail?done=\(decision!.rawValue)")
    }
}

private let doneWords = [
    "accepted": Bilingual(zh: "已记为对方收到。", en: "Recorded as arrived."),
    "resend": Bilingual(
        zh: "已排队，下次发送时再发一次。", en: "Queued: it goes once more with the next sending."),
    "cancel": Bilingual(zh: "已取消，不再发。", en: "Cancelled: it is not sent."),
    "retry": Bilingual(
        zh: "等重试的和存疑的提醒已排队。存疑的正式通知仍要逐份决定。",
        en:
            "What waited, and reminders in doubt, are queued. Formal notices in doubt need a decision each."
    ),
    "cleared": Bilingual(
        zh: "已取消退信标记，以后照常发到这个邮箱。", en: "The mark is lifted: mail goes there again."),
]

private func retry(_ visit: Visit) throws -> PageResponse {
    try visit.form.act(else: { _ in try mailPage(visit) }) {
        _ = try retryMail(effects: visit.effects)
        return .redirect("/mail?done=retry")
    }
}

// MARK: - Sending, and reading what came back

/// The work goes on by itself; asked for twice it is the same work.
private func send(_ visit: Visit) -> PageResponse {
    let account = visit.site.settings.mail.account
    let number = visit.site.jobs.start(
        "mail send", title: Bilingual(zh: "发送邮件", en: "Send mail"), asking: visit.effects
    ) { effects in
        outcome(of: try deliverMail(account, effects: effects))
    }
    return .redirect("/jobs/\(number)")
}

private func outcome(of report: DeliveryReport) -> Jobs.Outcome {
    let counted = DeliveryState.allCases.compactMap { state in
        report.counts[state].map { number in
            Bilingual(
                zh: "\(count(number)) 封\(state.words.zh)", en: "\(count(number)) \(state.words.en)")
        }
    }
    var remarks = report.unmade.map(\.reason)
    switch report.stop {
    case .asAsked(let reason), .trouble(let reason): remarks.append(reason)
    case .replaced, nil: break
    }
    if report.left > 0 {
        remarks.append(
            Bilingual(
                zh: "还有 \(count(report.left)) 封没有发，下次再发。",
                en: "\(count(report.left)) are left for the next time."))
    }
    let nothing = Bilingual(zh: "没有要发的邮件。", en: "No mail waited to be sent.")
    return Jobs.Outcome(
        summary: counted.isEmpty
            ? nothing
            : Bilingual(
                zh: counted.map(\.zh).joined(separator: "，") + "。",
                en: counted.map(\.en).joined(separator: ", ") + "."),
        remarks: remarks,
        next: [Jobs.Step(Bilingual(zh: "看邮件", en: "See the mail"), path: "/mail")])
}

private func readBounces(_ visit: Visit) -> PageResponse {
    let mail = visit.site.settings.mail
    let number = visit.site.jobs.start(
        "mail bounces", title: Bilingual(zh: "收取退信", en: "Read bounces"), asking: visit.effects
    ) { effects in
        let fetched = try fetchBounces(from: try mail.source(effects: effects), effects: effects)
        return Jobs.Outcome(
            summary: Bilingual(
                zh: "读了 \(count(fetched.read)) 封：\(count(fetched.bounces)) 封退信，"
                    + "标记 \(count(fetched.marked)) 个邮箱，改发 \(count(fetched.letters)) 封信。",
                en: "\(count(fetched.read)) mails were read: \(count(fetched.bounces)) bounces, "
                    + "\(count(fetched.marked)) addresses marked, \(count(fetched.letters)) letters made."
            ),
            next: [Jobs.Step(Bilingual(zh: "看邮件", en: "See the mail"), path: "/mail")])
    }
    return .redirect("/jobs/\(number)")
}

// MARK: - A marked address

private func addressForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let owner = visit.parameter("owner")
    guard let mark = try markedAddress(of: owner, effects: visit.effects) else {
        throw NotFound()
    }
    return try visit.page(
        "mail-address", title: Bilingual(zh: "取消退信标记", en: "Lift the mark of an address"),
        nav: .mail, form: form, values: ["reason": ""],
        ["owner": mark.name, "address": mark.address])
}

private func clear(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let reason = form.text("reason", atMost: 500)
    return try form.act(else: { try addressForm(visit, $0) }) {
        _ = try clearAddress(
            of: visit.parameter("owner"), reason: reason!, effects: visit.effects)
        return .redirect("/mail?done=cleared")
    }
}
