public import Primitives

/// Why reports could not be fetched.
public enum ReportBoxError: ExplainedError, Hashable, Sendable {
    /// It lacks `new` or `cur`, or they cannot be read.
    case notAMaildir(path: String)
    /// Neither `imap://user@host:port/FOLDER` nor `imaps://…`.
    case unusableURL(String)
    /// No connection, no TLS, or it broke.
    case notConnected(host: String, words: String)
    /// The server wants another user name or password.
    case loginRefused(host: String, words: String)
    /// The server said no.
    case refused(command: String, words: String)
    /// An answer that is none by RFC 9051, or without end.
    case unreadable(host: String)

    public var isBadInput: Bool {
        if case .unusableURL = self { true } else { false }
    }

    public var message: Bilingual {
        switch self {
        case .notAMaildir(let path):
            Bilingual(
                zh: "\(path) 不是可以读的 maildir：里面要有 new 和 cur 两个文件夹。",
                en: "\(path) is no maildir that can be read: it must hold the folders new and cur.")
        case .unusableURL(let url):
            Bilingual(
                zh: "「\(url)」不能用：请写成 imaps://用户名@主机/INBOX，或 imap://用户名@主机:143/INBOX。",
                en:
                    "“\(url)” cannot be used: write it like imaps://user@host/INBOX or "
                    + "imap://user@host:143/INBOX.")
        case .notConnected(let host, let words):
            Bilingual(
                zh: "连不上收信服务器 \(host)：\(words)。没有读到的邮件下次再读。",
                en:
                    "The mailbox at \(host) cannot be reached: \(words). What was not read is read next time."
            )
        case .loginRefused(let host, let words):
            Bilingual(
                zh: "收信服务器 \(host) 不接受登录：\(words)。请核对用户名；很多邮箱要用“授权码”代替密码，并先开启 IMAP。",
                en:
                    "\(host) refuses the login: \(words). Check the user name; many providers want an "
                    + "“authorisation code” in place of the password, and IMAP switched on.")
        case .refused(let command, let words):
            Bilingual(
                zh: "收信服务器拒绝了 \(command)：\(words)。",
                en: "The server refused \(command): \(words).")
        case .unreadable(let host):
            Bilingual(
                zh: "收信服务器 \(host) 的回答不合规范，没有继续读。",
                en: "\(host) answered in a way that is no IMAP; nothing more was read.")
        }
    }
}
