public import Primitives

/// What went wrong, in plain words, and what to do.
extension SMTPOutcome {
    /// - Parameter server: that was asked.
    public func explanation(_ server: SMTPServer) -> Bilingual {
        let advice = advice(server)
        let said = words.isEmpty ? failure : words.split(separator: "\n").joined(separator: " ")
        let number = code.map { "\($0)" }
        if said.isEmpty { return advice }
        return Bilingual(
            zh: "\(advice.zh)\(number == nil ? "" : "服务器")原话：\(said)",
            en: "\(advice.en) \(number == nil ? "In libcurl's" : "In the server's") words: \(said)")
    }

    private func advice(_ server: SMTPServer) -> Bilingual {
        let place = "\(server.host):\(server.port)"
        return switch (step, verdict) {
        case (_, .accepted):
            Bilingual(
                zh: "邮件已交给 \(place)。这只说明对方的服务器收下了，不说明有人读了。",
                en: "\(place) took the message over. That does not prove that anybody reads it.")
        case (.connect, _):
            Bilingual(
                zh: "连不上 \(place)。请检查服务器地址、端口、网络和防火墙；许多网络不让连 25 端口，请用 465 或 587。",
                en:
                    "Cannot connect to \(place). Check the server's name, its port, the network and the "
                    + "firewall; many networks block port 25: use 465 or 587.")
        case (.greeting, .refusedForNow) where code != nil:
            Bilingual(
                zh: "\(place) 说现在不能收，可能是同时的连接太多。请减少 connections，过一会儿再发。",
                en:
                    "\(place) does not take mail now, perhaps since there are too many connections. Lower "
                    + "connections, and send again later.")
        case (.greeting, _):
            Bilingual(
                zh: "\(place) 接通了，但没有正常应答。465 端口要用 smtps://，587 端口要用 smtp://。",
                en:
                    "\(place) answers, but not as a mail server does. Port 465 takes smtps://, port 587 "
                    + "smtp://.")
        case (.tls, _):
            Bilingual(
                zh: "和 \(place) 建立不了可信的加密连接，所以没有登录也没有发送。请检查服务器名字和证书是否相符、"
                    + "电脑的日期是否正确；自己的证书用 mail.authorities 指明。",
                en:
                    "No trusted encryption with \(place), so nothing was sent and nobody logged in. Check "
                    + "that the server's name is that of its certificate, and this computer's date; name "
                    + "an authority of your own with mail.authorities.")
        case (.ehlo, _):
            Bilingual(
                zh: "\(place) 不接受这台电脑自报的名字 \(server.ownName)。请给这台电脑设置一个正式的主机名。",
                en: "\(place) does not take \(server.ownName), the name of this computer. Give the "
                    + "computer a real host name.")
        case (.auth, _):
            Bilingual(
                zh: "登录 \(place) 被拒绝。请核对用户名；QQ、163 等邮箱要用在网页上开通 SMTP 后得到的授权码，不是登录密码。",
                en:
                    "\(place) refuses the login. Check the user's name; QQ, 163 and others want the "
                    + "authorisation code that their settings page gives for SMTP, not the password."
            )
        default: adviceOnMessage(place)
        }
    }

    /// Of what was said about one message.
    private func adviceOnMessage(_ place: String) -> Bilingual {
        switch (step, verdict) {
        case (.mail, _) where code == nil, (.recipient, _) where code == nil:
            Bilingual(
                zh: "\(place) 在对话中断开或没有应答，邮件没有发出，以后会再试。",
                en:
                    "\(place) broke off or fell silent; the message was not sent, and is tried again "
                    + "later.")
        case (.mail, _):
            Bilingual(
                zh: "\(place) 不接受这个发件地址。请把 mail.from 和 office.email 写成登录的那个邮箱。",
                en:
                    "\(place) does not take this sender. Let mail.from and office.email be the mailbox "
                    + "that logs in.")
        case (.recipient, _):
            Bilingual(
                zh: "\(place) 不接受收件地址。请和业主核对邮箱。",
                en: "\(place) does not take the recipient. Check the address with the owner.")
        case (.data, _), (.body, _):
            Bilingual(
                zh: "\(place) 在传送中断开或拒绝，邮件没有发出，以后会再试。",
                en:
                    "\(place) broke off or refused while the message was under way; it was not sent, and "
                    + "is tried again later.")
        case (.end, .inDoubt):
            Bilingual(
                zh: "邮件已全部交给 \(place)，但没有收到答复，不知道是否送出。",
                en:
                    "All of the message went to \(place), and no answer came: it may have been taken over "
                    + "or not.")
        default:
            Bilingual(
                zh: "\(place) 收完后拒绝了这封邮件。", en: "\(place) refused the message at its end.")
        }
    }
}
