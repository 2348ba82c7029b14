extension BounceReport {
    /// From what mail systems write in free text: qmail, Exim, QQ, NetEase, Sina, Aliyun, Exchange
    /// and others. `nil` where the mail is no such report.
    ///
    /// Three things must come together: it comes from a mail system, it says that a mail did not
    /// arrive, and it names an address.
    init?(freeText parts: [MIMEPart], of mail: MIMEPart) {
        let failed = mail.header["x-failed-recipients"] ?? ""
        guard !failed.isEmpty || mail.isFromMailSystem else { return nil }
        let text = ReportText(parts)
        guard !failed.isEmpty || text.saysThatMailFailed || mail.hasBounceSubject else {
            return nil
        }
        let subject = lowercased(mail.header.text("subject").utf8)
        let isDelayed =
            (Phrases.delayed.occur(in: subject) || Phrases.delayed.occur(in: text.notice))
            && !Phrases.givenUp.occur(in: text.notice)
        let returned = parts.first { $0.type.name == "message/rfc822" }?.parts.first
        let sentTo = returned?.address(in: "to") ?? text.sentTo
        let named =
            failed.isEmpty
            ? text.recipients(besides: mail.addressesOfReport, sentTo: sentTo)
            : addressesIn(Array(failed.utf8)[...]).map(\.address)
        let recipients = named.prefix(20).map { address in
            text.recipient(address, isDelayed: isDelayed)
        }
        guard !recipients.isEmpty else { return nil }
        self.init(
            recipients: recipients,
            messageID: Self.messageID(in: parts, of: mail)
                ?? text.messageID)
    }
}

/// The text of a report: what it says, then what it returns of the mail.
private struct ReportText {
    /// In lower case.
    let notice: [UInt8]
    /// The same with its capitals.
    private let asWritten: [UInt8]
    /// From what it quotes of the mail's header, wherever that stands.
    let messageID, sentTo: String?

    init(_ parts: [MIMEPart]) {
        let plain = parts.filter { $0.type.name == "text/plain" }
        let chosen = plain.isEmpty ? parts.filter { $0.type.name == "text/html" } : plain
        // A multipart without parts, or a part of an odd type, is read as it stands.
        let text = (chosen.isEmpty ? parts.prefix(1) : chosen.prefix(5)).reduce(into: [UInt8]()) {
            $0 += Array($1.text(limit: 32_768).utf8) + [0x0a]
        }
        let end = startOfReturnedMail(in: text)
        asWritten = Array(text[..<end].prefix(16_384))
        notice = lowercased(asWritten)
        messageID = quotedField("message-id:", in: text).flatMap { bracketed($0) }
        sentTo = quotedField("to:", in: text).flatMap { firstAddress(in: $0) }
    }

    var saysThatMailFailed: Bool { Phrases.failure.occur(in: notice) }

    /// The addresses that the report is about.
    func recipients(besides own: Set<String>, sentTo: String?) -> [String] {
        var found: [String] = []
        forEachLine(of: notice[...]) { line in
            let start = line.drop { $0 <= 0x20 || $0 == UInt8(ascii: "*") }
            guard !Phrases.linesOfOthers.begin(Array(start.prefix(40))) else { return true }
            for (address, _) in addressesIn(line) where !found.contains(address) {
                if !own.contains(address), !isOfStaff(address) { found.append(address) }
            }
            return found.count < 20
        }
        if let sentTo, !own.contains(sentTo), found.isEmpty || found.contains(sentTo) {
            return [sentTo]
        }
        return found
    }

    func recipient(_ address: String, isDelayed: Bool) -> BounceReport.Recipient {
        let words = self.words(about: address)
        let code = BounceCode(status: "", words: words, context: notice)
        return BounceReport.Recipient(
            address: address, original: nil, action: isDelayed ? .delayed : .failed, code: code,
            words: words)
    }

    /// The line with a server's code and those after it, else the paragraph that names the address
    /// with the two after it.
    private func words(about address: String) -> String {
        let blocks = paragraphs(of: asWritten)
        let own = blocks.firstIndex { block in
            addressesIn(notice[block]).contains { $0.address == address }
        }
        let nearby = own.map { Array(blocks[$0...].prefix(4)) } ?? blocks
        for block in nearby {
            if let start = lineWithCode(in: block) {
                return oneLine(asWritten[start..<block.upperBound])
            }
        }
        guard let own else { return "" }
        return oneLine(
            asWritten[blocks[own].lowerBound..<blocks[min(own + 2, blocks.count - 1)].upperBound])
    }

    private func lineWithCode(in block: Range<Int>) -> Int? {
        var found: Int?
        forEachLine(of: notice[block]) { line in
            let text = Array(line)
            let hasCode = replyCode(in: text) != nil || enhancedStatus(in: text) != nil
            if hasCode { found = line.startIndex }
            return !hasCode
        }
        return found
    }
}

/// Where the returned mail begins: after a line that says so, or at the first field that only a
/// mail on its way has.
private func startOfReturnedMail(in text: [UInt8]) -> Int {
    var found = text.count
    forEachLine(of: text[...]) { line in
        let start = lowercased(line.drop { $0 <= 0x20 || $0 == UInt8(ascii: ">") }.prefix(80))
        guard Phrases.returnedMail.begin(start) || Phrases.returnedMailWithin.occur(in: start)
        else {
            return true
        }
        found = line.startIndex
        return false
    }
    return found
}

/// The first line that begins with the field's name, with the line after it, which may be its rest.
private func quotedField(_ name: String, in text: [UInt8]) -> String? {
    var found: Int?
    forEachLine(of: text[...]) { line in
        let start = line.drop { $0 <= 0x20 || $0 == UInt8(ascii: ">") }
        if lowercased(start.prefix(name.utf8.count)).elementsEqual(name.utf8) {
            found = start.startIndex + name.utf8.count
        }
        return found == nil
    }
    return found.map { start in
        let lines = text[start...].prefix(600).split(separator: 0x0a, maxSplits: 2)
        return String(decoding: Array(lines.prefix(2).joined(separator: [0x20])), as: UTF8.self)
    }
}

/// Addresses that reports name for help.
private func isOfStaff(_ address: String) -> Bool {
    let name = address.prefix { $0 != "@" }
    return [
        "postmaster", "mailer-daemon", "mailerdaemon", "abuse", "support", "help", "helpdesk",
        "kefu",
        "service",
        "webmaster", "admin", "noreply", "no-reply", "mail-daemon", "bounce", "bounces",
    ].contains(String(name))
}

extension MIMEPart {
    fileprivate var isFromMailSystem: Bool {
        let from = lowercased(header.text("from").utf8)
        let isEmptySender = (header["return-path"] ?? "-").filter { !$0.isWhitespace } == "<>"
        return Phrases.mailSystems.occur(in: from) || isEmptySender && hasBounceSubject
    }

    fileprivate var hasBounceSubject: Bool {
        Phrases.bounceSubjects.begin(lowercased(header.text("subject").utf8))
    }

    /// Of whom the report is, and to whom: not those that it is about.
    fileprivate var addressesOfReport: Set<String> {
        let fields = [
            "from", "to", "delivered-to", "x-original-to", "return-path", "reply-to", "sender",
        ]
        return Set(fields.compactMap { address(in: $0) })
    }
}

extension Phrases {
    /// In `From`.
    fileprivate static let mailSystems = Phrases([
        "mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "mailer_daemon", "postmaster",
        "mail delivery", "mail administrator", "system administrator", "mail system", "mailsystem",
        "mdaemon", "bounce@", "bounces@", "mta@", "mail router", "returned mail", "系统管理员", "邮件系统",
        "邮箱系统", "退信", "系統管理員", "郵件系統", "10000@qq.com", "mxmail", "delivery subsystem",
    ])

    fileprivate static let bounceSubjects = Phrases([
        "undeliver", "undelivered", "returned mail", "mail returned", "mail delivery",
        "delivery status",
        "delivery failure", "delivery failed", "delivery notification", "delivery report",
        "delivery has",
        "delivery delay", "delivery incomplete", "delayed", "warning: message",
        "warning: could not",
        "warning: mail", "failure notice", "failure delivery", "failed mail", "failed delivery",
        "message delivery", "message not delivered", "message undeliverable", "mail could not",
        "mail failure", "mail system error", "non delivery", "non-delivery", "nondeliverable",
        "ndn:",
        "ndr:", "returned to sender", "could not deliver", "unable to deliver", "unzustellbar",
        "系统退信", "退信", "邮件退", "退回", "投递失败", "发送失败", "无法送达", "未送达", "邮件投递", "发件退回",
        "来自", "郵件退", "傳送失敗", "配信", "宛先",
    ])

    /// That a mail did not arrive, or not yet.
    fileprivate static let failure = Phrases([
        "could not be delivered", "couldn't be delivered", "can't be delivered",
        "cannot be delivered",
        "can not be delivered", "could not deliver", "couldn't deliver", "cannot deliver",
        "unable to deliver", "not able to deliver", "wasn't able to deliver", "was not delivered",
        "wasn't delivered", "has not been delivered", "not yet been delivered",
        "not been able to deliver",
        "failed to deliver", "failed permanently", "delivery failed", "delivery to the following",
        "delivery failure", "delivery has failed", "has failed", "did not reach", "undeliverable",
        "not reach the following", "permanent fatal errors", "permanent error", "fatal error",
        "returned to sender", "was returned", "rejected your message", "message was rejected",
        "is a permanent error", "delivery is delayed", "has been delayed", "will be retried",
        "bounced",
        "non-deliver", "undelivered", "unbekannt", "退信", "退回", "无法投递", "无法送达", "未能送达", "投递失败",
        "发送失败", "未能投递", "不能投递", "无法将", "没有送达", "未送达", "未能发送", "無法", "退還", "送信できません",
        "配信できません", "お届けできません", "配信され",
    ])

    /// In the subject or the text of a report that is a warning only.
    fileprivate static let delayed = Phrases([
        "delayed", "delay)", "will retry", "still being retried", "will be retried", "still trying",
        "not yet been delivered", "warning: message", "warning: could not send", "keep trying",
        "continue to try", "do not need to resend", "don't need to resend", "delivery incomplete",
        "延迟", "延遲", "继续尝试", "继续投递", "继续重试", "稍后重试", "暂时无法", "暂未送达",
    ])

    /// In a report that has been given up after all.
    fileprivate static let givenUp = Phrases([
        "giving up", "given up", "gave up", "retry timeout exceeded",
        "retry time not reached for any",
        "too long in the queue", "permanent error", "failed permanently", "permanent fatal errors",
        "permanent failure", "i've given up", "已放弃", "不再尝试", "停止投递", "已停止重试", "多次尝试后",
        "最终投递失败", "message expired", "has expired",
    ])

    /// Beginnings of lines whose address is not the recipient's.
    fileprivate static let linesOfOthers = Phrases([
        "from:", "from ", "sender:", "sender ", "发件人", "发信人", "寄件", "寄信", "发送人", "reply-to", "差出人",
        "送信者", "reporting", "message-id", "message id", "邮件id", "mail from", "received:",
        "return-path",
        "contact ", "for help", "for further", "如有", "如果您", "联系", "请联系", "客服", "mailto:",
    ])

    /// Beginnings of lines after which the returned mail stands.
    fileprivate static let returnedMail = Phrases([
        "received: ", "return-path: <", "--- below this line is a copy", "------ this is a copy",
        "----- original message", "-----original message", "----- message header",
        "------- original",
        "--- the header of the original", "original message headers", "original message header",
        "original message:", "----- unsent message", "message header follows",
        "message headers follow",
        "--- returned message", "--------- returned mail", "邮件原文", "信件原文",
        "----- forwarded", "--- mensaje", "mime-version:", "--- 以下は", "以下は送信",
    ])
    fileprivate static let returnedMailWithin = Phrases([
        "copy of the message, including all the headers", "copy of your message",
        "original message follows",
        "copy of the original message", "headers of the original message", "message header follows",
        "原始邮件如下", "原邮件如下", "原信如下", "原邮件内容", "原始邮件内容",
    ])
}
