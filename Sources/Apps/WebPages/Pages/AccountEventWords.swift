import Casework
import Dunning
import Evidence
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// An event of an account as one entry of its page's 往来.
struct EventEntry {
    /// `charge`, `pay`, `notice`, `serve`, `contact`, `bad`
    var style: String
    var title: String
    /// What of the title is a link, and to where.
    var linked: (words: String, href: String?)?
    var grade: ProofGrade?
    var detail = ""

    func model(on date: CivilDate) -> [String: Any] {
        [
            "style": style, "title": title, "iso": "\(date)",
            "day": String(date.description.dropFirst(5)),
            "linked": orFalse(
                linked.map { ["words": $0.words, "href": orFalse($0.href)] as [String: Any] }),
            "grade": orFalse(grade?.rawValue), "gradeStyle": grade?.rawValue.lowercased() ?? "",
            "detail": orFalse(detail.isEmpty ? nil : detail),
        ]
    }
}

/// The events of one page put into words.
struct EventWords {
    let visit: Visit
    private var language: Language { visit.language }

    func entry(_ event: AccountEvent) -> EventEntry {
        switch event.matter {
        case .charges(let items, let due): charges(items, due, on: event.date)
        case .chargeReversed(let item):
            EventEntry(style: "charge", title: say("冲红收费", "Charge reversed"), detail: name(item))
        case .payment(let payment, let parts): self.payment(payment, parts)
        case .paymentReversed(let payment):
            EventEntry(
                style: "charge", title: "",
                linked: (
                    say("冲红收款 ", "Reversed: ") + money(payment.amount), receipt(payment.reference)
                ), detail: payment.reference)
        case .waiver(let waiver, let item, let taken): self.waiver(waiver, item, taken)
        case .concession(let concession, let item): self.concession(concession, item)
        case .notice(let notice, let extent, let grade, let isMailed):
            self.notice(notice, extent, grade, isMailed)
        case .mail(let trace): mail(trace)
        case .service(let service): self.service(service)
        case .contact(let contact): self.contact(contact, on: event.date)
        default: pledge(event)
        }
    }

    private func say(_ zh: String, _ en: String) -> String { language == .zh ? zh : en }
    private var comma: String { AccountWords.comma(language) }
    private var pause: String { AccountWords.pause(language) }

    private func name(_ item: ChargedItem) -> String {
        "\(item.period) \(item.itemName) \(money(item.amount))"
    }

    private func receipt(_ reference: String) -> String { "/receipts/\(percentEncoded(reference))" }

    // MARK: - Money

    private func charges(
        _ items: [ChargedItem], _ due: CivilDate, on date: CivilDate
    ) -> EventEntry {
        let names = items.map(\.itemName).joined(separator: comma)
        let sums = items.map { money($0.amount) }.joined(separator: " + ")
        let day = shortDate(due, beside: date)
        return EventEntry(
            style: "charge", title: say("出账 ", "Charged: ") + names,
            detail: say("\(sums)，到期 \(day)", "\(sums), due \(day)"))
    }

    private func payment(
        _ payment: Session.TakenPayment, _ parts: [PaymentPart]
    ) -> EventEntry {
        var words = [AccountWords.method(payment.method)[language]]
        if !payment.payer.isEmpty { words.append(payment.payer) }
        let met = parts.filter { $0.target != .credit }.map { part in
            let fee = part.target == .lateFee ? say("违约金", " late fee") : ""
            return
                "\(part.period.map { "\($0) " } ?? "")\(part.itemName)\(fee) \(money(part.amount))"
        }
        let credit = parts.filter { $0.target == .credit }.reduce(Money.zero) { $0 + $1.amount }
        var detail = words.joined(separator: say("，", ", "))
        if !met.isEmpty {
            let more = met.count > 6 ? say(" 等 \(met.count) 笔", " … \(met.count) in all") : ""
            detail +=
                pause + say("抵 ", "met ") + met.prefix(6).joined(separator: say("，", ", ")) + more
        }
        if credit != .zero { detail += pause + say("预存 ", "credit ") + money(credit) }
        if let reversed = payment.reversed {
            detail += pause + say("已于 \(reversed) 冲红", "reversed \(reversed)")
        }
        return EventEntry(
            style: "pay", title: "",
            linked: (say("收款 ", "Payment ") + money(payment.amount), receipt(payment.reference)),
            detail: detail)
    }

    private func waiver(
        _ waiver: Session.RecordedWaiver, _ item: ChargedItem, _ taken: Money
    ) -> EventEntry {
        EventEntry(
            style: "charge", title: say("减免违约金 ", "Late fee waived: ") + money(taken),
            detail: "\(item.period) \(item.itemName)" + pause
                + say("批准 ", "approved by ") + waiver.approvedBy)
    }

    private func concession(_ concession: Concession, _ item: String?) -> EventEntry {
        let relief =
            switch concession.relief {
            case .percent(let share):
                say("减免 \(share.shortDescription)%", "\(share.shortDescription)% conceded")
            case .amount(let amount): say("减免 \(money(amount))", "\(money(amount)) conceded")
            case .noLateFee: say("不计违约金", "no late fee")
            }
        let to = concession.to.map { say(" 至 \($0)", " to \($0)") } ?? say(" 起", " on")
        return EventEntry(
            style: "charge", title: relief,
            detail: (item ?? say("所有项目", "every item")) + " \(concession.from)" + to)
    }

    // MARK: - Papers

    private func noticePath(_ number: String) -> String? {
        visit.mayOpen("/services/{notice}") ? "/services/\(percentEncoded(number))" : nil
    }

    private func notice(
        _ notice: Session.GivenNotice, _ extent: Session.NoticeExtent, _ grade: ProofGrade?,
        _ isMailed: Bool
    ) -> EventEntry {
        let periods =
            extent.firstPeriod == extent.lastPeriod
            ? "\(extent.firstPeriod)"
            : say(
                "\(extent.firstPeriod) 至 \(extent.lastPeriod)",
                "\(extent.firstPeriod) to \(extent.lastPeriod)")
        var words = [
            say("列 ", "lists ") + periods + say("，合计 ", ", total ") + money(extent.total),
            AccountWords.channels(extent.channels, in: language),
        ].filter { !$0.isEmpty }
        if isMailed { words.append(say("对方服务器已接收", "taken by the recipient's server")) }
        if extent.isLetterPrinted { words.append(say("信已打印", "letter printed")) }
        if notice.asksForSignature { words.append(say("要求签收", "asks for a signature")) }
        return EventEntry(
            style: "notice", title: "",
            linked: (
                stageWords(notice.stage)[language] + " " + notice.number,
                noticePath(notice.number)
            ), grade: grade, detail: words.joined(separator: pause))
    }

    private func mail(_ trace: Session.MailTrace) -> EventEntry {
        let (title, isBad) = mailTitle(trace.outcome)
        let time = visit.clock(trace.at).suffix(5)
        return EventEntry(
            style: isBad ? "bad" : "notice", title: title,
            detail: "\(time) \(trace.recipient)" + pause + trace.notice)
    }

    private func mailTitle(_ outcome: Session.MailTrace.Outcome) -> (String, isBad: Bool) {
        switch outcome {
        case .delivery(.accepted):
            (say("邮件：对方服务器已接收", "Mail: taken by the recipient's server"), false)
        case .delivery(.rejected):
            (say("邮件：对方服务器没有收", "Mail: refused by the recipient's server"), true)
        case .delivery: (say("邮件：不知是否送出", "Mail: in doubt whether it went out"), true)
        case .cameBack("failed", let reason):
            (
                say("退信：", "Mail came back: ") + AccountWords.bounce(reason)[language], true
            )
        case .cameBack(_, let reason):
            (
                say("邮件延迟：", "Mail is late: ") + AccountWords.bounce(reason)[language], false
            )
        }
    }

    private func service(_ recorded: Session.RecordedService) -> EventEntry {
        let service = recorded.service
        var words = [AccountWords.way(service.how)[language]]
        if let signer = service.signer {
            let relation = say(signer.relation.chinese, signer.relation.rawValue)
            words.append(signer.name.isEmpty ? relation : "\(relation) \(signer.name)")
            words.append(
                service.acknowledges
                    ? say("勾“确认上述欠款”", "ticked: acknowledges the debt")
                    : say("勾“收到本通知”，未勾“确认上述欠款”", "received; the debt not acknowledged"))
        }
        words.append(service.staff.joined(separator: comma))
        return EventEntry(
            style: "serve", title: "",
            linked: (
                (service.how.isSigned ? say("签收 ", "Signed for ") : say("送达 ", "Served "))
                    + recorded.number, noticePath(recorded.number)
            ), grade: recorded.grade, detail: words.joined(separator: say("，", ", ")))
    }

    // MARK: - People

    private func contact(_ contact: AccountContact, on date: CivilDate) -> EventEntry {
        var words: [String] = []
        if !contact.relation.isNobody {
            words.append(
                AccountWords.relation(contact.relation)[language]
                    + (contact.with.isEmpty ? "" : " " + contact.with))
        }
        words.append(
            contact.note ?? say("内容不在这里显示", "what was said is not shown here"))
        if let reason = contact.reason { words.append(reason.name[language]) }
        if let next = contact.next {
            words.append(say("下次 ", "next ") + shortDate(next, beside: date))
        }
        return EventEntry(
            style: "contact",
            title: AccountWords.contact(contact.way)[language] + " "
                + contact.staff.joined(separator: comma), detail: words.joined(separator: pause))
    }

    /// Promises, plans, holds, proposals.
    private func pledge(_ event: AccountEvent) -> EventEntry {
        var entry = EventEntry(style: "contact", title: "")
        switch event.matter {
        case .promise(let promise, let state):
            let day = shortDate(promise.until, beside: event.date)
            entry.title = say(
                "答应 \(day) 前付 \(money(promise.amount))",
                "Promised \(money(promise.amount)) by \(day)")
            let form = promise.isInWriting ? say("书面", "in writing") : say("口头", "spoken")
            entry.detail = form + pause + AccountWords.promise(state)[language]
            if state == .kept { entry.style = "pay" }
        case .promiseBroken(let promise, let state):
            entry.style = "bad"
            entry.title = say("承诺", "Promise ") + AccountWords.promise(state)[language]
            let day = shortDate(promise.until, beside: event.date)
            entry.detail = say(
                "答应 \(day) 前付 \(money(promise.amount))；暂停催缴随之结束",
                "\(money(promise.amount)) by \(day); dunning goes on")
        case .plan(let number, let terms, let state):
            entry.title = say("分期 \(number) 号", "Instalment plan \(number)")
            entry.detail =
                say(
                    "\(terms.parts.count) 期，共 \(money(terms.total))，到 \(terms.lastDue)",
                    "\(terms.parts.count) parts, \(money(terms.total)) in all, to \(terms.lastDue)")
                + pause + AccountWords.plan(state)[language]
        case .planSigned(let number):
            entry.title = say("分期 \(number) 号已签字", "Instalment plan \(number) signed")
        case .planBroken(let number):
            entry.style = "bad"
            entry.title = say("分期 \(number) 号没有履行", "Instalment plan \(number) broken")
        case .hold(let hold):
            entry.title = AccountWords.hold(hold.reason)[language]
            let to = hold.to.map { say("到 \($0)", "to \($0)") } ?? say("没有期限", "no end set")
            entry.detail = to
        case .proposal(let number, let kind, let by):
            let what = AccountWords.proposal(kind)[language]
            let path = visit.mayOpen("/approvals/{number}") ? "/approvals/\(number)" : nil
            entry.title = say("提出\(what) ", "Proposed: \(what) ")
            entry.linked = (say("提议 \(number)", "proposal \(number)"), path)
            entry.detail = say(
                "\(by)，等经理决定", "by \(by), waits for a manager")
        default: break
        }
        return entry
    }
}
