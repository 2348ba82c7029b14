public import Primitives

/// What is refused before anything goes over the wire.
public enum MailError: ExplainedError, Hashable, Sendable {
    /// Empty, or with spaces, brackets, control or non-ASCII characters.
    case unusableAddress(String)
    /// A line of the message ends otherwise than with CRLF, or a NUL stands there: servers disagree
    /// about where such a message ends. `byte` counts from 0.
    case unusableMessage(byte: Int)
    /// The server's host, or our own name, is none: letters, digits, dots, hyphens.
    case unusableHost(String)
    /// Mail would leave this machine in clear, or a password be sent in clear.
    case notEncrypted(host: String)
    /// A user name, password or token that is empty or holds control characters.
    case unusableLogin
    /// Not the address of a server.
    case unusableURL(String)
    /// Every user of the machine could read it there.
    case passwordInURL

    /// Whether what was asked for was written wrongly, rather than refused.
    public var isBadInput: Bool {
        switch self {
        case .unusableURL, .passwordInURL, .unusableHost, .unusableAddress: true
        case .unusableMessage, .notEncrypted, .unusableLogin: false
        }
    }

    public var message: Bilingual {
        switch self {
        case .unusableAddress(let address):
            Bilingual(
                zh: "邮箱地址「\(address)」不能用：只能是 name@example.com 这样，不含空格、尖括号和控制字符。",
                en:
                    "The mail address “\(address)” cannot be used: write it like name@example.com, without "
                    + "spaces, angle brackets or control characters.")
        case .unusableMessage(let byte):
            Bilingual(
                zh: "邮件第 \(byte) 字节处的换行不是 CRLF，或有 NUL 字符：不同的服务器会在不同的地方认为邮件结束，因此没有发送。",
                en:
                    "At byte \(byte) of the mail a line ends otherwise than with CRLF, or a NUL stands there: "
                    + "servers disagree about where such a mail ends, so it was not sent.")
        case .unusableHost(let host):
            Bilingual(
                zh: "主机名「\(host)」不能用：只能是 mail.example.com 这样，由字母、数字、点和连字符组成。",
                en:
                    "The host name “\(host)” cannot be used: write it like mail.example.com, in letters, "
                    + "digits, dots and hyphens.")
        case .notEncrypted(let host):
            Bilingual(
                zh: "到 \(host) 的连接没有加密：不加密只能用于本机，并且不能登录。请改用 STARTTLS 或 SMTPS。",
                en:
                    "The connection to \(host) is not encrypted: that is for this machine alone, and without "
                    + "a login. Use STARTTLS or SMTPS.")
        case .unusableLogin:
            Bilingual(
                zh: "邮件服务器的用户名、密码或令牌不能用：不能为空，也不能含控制字符。",
                en:
                    "The user name, password or token for the mail server cannot be used: it must not be "
                    + "empty or hold control characters.")
        case .unusableURL(let url):
            Bilingual(
                zh: "「\(withoutLogin(url))」不是邮件服务器的地址。请写成 smtps://用户@smtp.example.com:465 或 "
                    + "smtp://用户@smtp.example.com:587 这样；用户名里的 @ 写成 %40。",
                en:
                    "“\(withoutLogin(url))” is no address of a mail server. Write it like "
                    + "smtps://user@smtp.example.com:465 or smtp://user@smtp.example.com:587, with %40 for "
                    + "an @ in the user's name.")
        case .passwordInURL:
            Bilingual(
                zh: "不要把密码写在服务器地址里，别人能看到。请写进一个只有本人能读的文件，用 mail.password_file "
                    + "或 DUNWELL_SMTP_PASSWORD_FILE 指明。",
                en:
                    "The server's address holds a password, which others can see there. Put it into a file "
                    + "that you alone can read, named by mail.password_file or DUNWELL_SMTP_PASSWORD_FILE."
            )
        }
    }
}
