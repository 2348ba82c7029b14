import Dunning
import Mail
public import Primitives
import SQLiteStore

/// What a trial of the mail account showed.
public struct MailDiagnosis: Sendable {
    public let isWell: Bool
    /// One finding each, in the order of the trial.
    public let findings: [Bilingual]
}

/// Tries the mail account with a message to one address: connection, encryption, login, sender,
/// recipient. Nothing of it enters the books.
///
/// - Parameter recipient: `nil`: the office's own address.
public func diagnoseMail(
    _ options: MailAccountOptions, to recipient: String?, effects: Effects
) throws -> MailDiagnosis {
    let policy = try effects.store.read {
        try CommunityContext(named: effects.community, in: $0).policy
    }
    let account = try MailAccount(policy, options, hostName: effects.hostName)
    let office = policy.office!
    let address = recipient ?? office.email
    let now = effects.now()
    let text = Bilingual(
        zh: "这是 Dunwell 的测试邮件。收到它，说明邮件账户可以用。",
        en: "This is a test message of Dunwell. It shows that the mail account works.")
    let message = MailMessage(
        from: MailMessage.Mailbox(name: office.name, address: office.email),
        to: MailMessage.Mailbox(name: "", address: address),
        messageID:
            "doctor.\(now.millisecondsSince1970)@\(mailDomain(of: office.email))",
        inReplyTo: nil, date: now, subject: "Dunwell 测试邮件 · test message",
        text: "\(text.zh)\n\n\(text.en)\n", html: "<p>\(text.zh)</p><p>\(text.en)</p>")
    let outcome = try SMTPSession(account.server)
        .send(message.encoded(), from: account.sender, to: address)
    var findings = hints(account, office.email)
    findings.append(outcome.explanation(account.server))
    return MailDiagnosis(isWell: outcome.verdict == .accepted, findings: findings)
}

private func hints(_ account: MailAccount, _ office: String) -> [Bilingual] {
    let server = account.server
    let encryption =
        server.isEncrypted
        ? Bilingual(zh: "加密", en: "encrypted")
        : Bilingual(zh: "不加密，只限本机", en: "in clear, on this machine")
    var hints = [
        Bilingual(
            zh: "服务器 \(server.host):\(server.port)（\(encryption.zh)），自报主机名 \(server.ownName)，"
                + "退信地址 \(account.sender)。",
            en:
                "Server \(server.host):\(server.port) (\(encryption.en)); this computer calls itself "
                + "\(server.ownName); bounces go to \(account.sender).")
    ]
    if !server.ownName.contains(".") {
        hints.append(
            Bilingual(
                zh: "主机名 \(server.ownName) 不是完整域名，有的服务器会拒收。",
                en: "\(server.ownName) is no full host name; some servers refuse that."))
    }
    if mailDomain(of: office) != mailDomain(of: account.sender) {
        hints.append(
            Bilingual(
                zh: "信里的发件人 \(office) 和退信地址 \(account.sender) 不在同一个域名，容易被当作垃圾邮件。",
                en:
                    "The sender in the letter, \(office), and the address for bounces, \(account.sender), "
                    + "are of different domains; that looks like spam to many servers."))
    }
    return hints
}
