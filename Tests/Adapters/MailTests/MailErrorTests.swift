import Mail
import Testing

@Suite struct `Mail errors` {
    /// In the order of the cases.
    @Test(arguments: [
        (
            MailError.unusableAddress("a b"),
            "邮箱地址「a b」不能用：只能是 name@example.com 这样，不含空格、尖括号和控制字符。",
            "The mail address “a b” cannot be used: write it like name@example.com, without spaces, "
                + "angle brackets or control characters."
        ),
        (
            .unusableMessage(byte: 7),
            "邮件第 7 字节处的换行不是 CRLF，或有 NUL 字符：不同的服务器会在不同的地方认为邮件结束，因此没有发送。",
            "At byte 7 of the mail a line ends otherwise than with CRLF, or a NUL stands there: servers "
                + "disagree about where such a mail ends, so it was not sent."
        ),
        (
            .unusableHost("a/b"), "主机名「a/b」不能用：只能是 mail.example.com 这样，由字母、数字、点和连字符组成。",
            "The host name “a/b” cannot be used: write it like mail.example.com, in letters, digits, "
                + "dots and hyphens."
        ),
        (
            .notEncrypted(host: "mail.example.com"),
            "到 mail.example.com 的连接没有加密：不加密只能用于本机，并且不能登录。请改用 STARTTLS 或 SMTPS。",
            "The connection to mail.example.com is not encrypted: that is for this machine alone, and "
                + "without a login. Use STARTTLS or SMTPS."
        ),
        (
            .unusableLogin, "邮件服务器的用户名、密码或令牌不能用：不能为空，也不能含控制字符。",
            "The user name, password or token for the mail server cannot be used: it must not be empty "
                + "or hold control characters."
        ),
    ])
    func `say what to do`(error: MailError, zh: String, en: String) {
        #expect(error.message.zh == zh)
        #expect(error.message.en == en)
    }
}
