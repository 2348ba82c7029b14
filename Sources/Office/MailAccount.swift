import Dunning
import Files
import Mail
public import Primitives

/// What a command says in place of the settings.
public struct MailAccountOptions: Sendable {
    /// As `SMTPAddress` reads it.
    public var url: String?
    public var sender: String?
    /// A file that holds the password or token.
    public var secretFile: String?
    /// A PEM file of the authorities to trust.
    public var authorities: String?
    public var connections: Int?
    /// Seconds to wait for the connection, and for each reply.
    public var timeout: Int?
    public init() {}
}

/// The account by which an office's mail leaves: `mail` of the policy, and what a command says
/// instead.
struct MailAccount {
    let server: SMTPServer
    /// Server and user: to which rate limits belong.
    let name: String
    /// Whom bounces go to.
    let sender: String
    let settings: MailSettings

    /// - Throws: what of the settings is missing or cannot be used.
    init(_ policy: CommunityPolicy, _ options: MailAccountOptions, hostName: String) throws {
        var settings = policy.mail
        settings.connections = options.connections ?? settings.connections
        settings.secretFile = options.secretFile ?? settings.secretFile
        guard let url = options.url ?? settings.server else { throw DeliveryError.noServer }
        guard let office = policy.office else { throw OfficeError.noOffice }
        let address = try SMTPAddress(url)
        sender = options.sender ?? settings.sender ?? office.email
        guard isMailAddress(sender) else { throw MailError.unusableAddress(sender) }
        server = try SMTPServer(
            host: address.host, port: address.port, security: address.security,
            login: try Self.login(address, settings), ownName: hostName,
            authorities: options.authorities ?? settings.authorities,
            patience: Self.patience(options.timeout))
        name = "\(address.user ?? "")@\(address.host):\(address.port)"
        self.settings = settings
    }

    private static func login(
        _ address: SMTPAddress, _ settings: MailSettings
    ) throws -> SMTPServer.Login? {
        guard let user = address.user else { return nil }
        guard let file = settings.secretFile else { throw DeliveryError.noSecret(user: user) }
        let secret = try readSecret(file)
        return switch settings.authentication {
        case .password: .password(user: user, password: secret)
        case .xoauth2: .token(user: user, token: secret)
        }
    }

    private static func patience(_ seconds: Int?) -> SMTPServer.Patience {
        var patience = SMTPServer.Patience()
        if let seconds {
            patience.connect = seconds
            patience.reply = seconds
            patience.end = seconds
        }
        return patience
    }
}

/// Why mail cannot be sent, or what stands about a message cannot be changed so.
public enum DeliveryError: ExplainedError, Hashable, Sendable {
    case noServer
    case noSecret(user: String)
    case noMailbox
    /// `machine`: where it runs; `nil`: here.
    case senderAtWork(machine: String?)
    case beingSent(id: Int)
    case cannotResolve(id: Int, state: String, as: String)

    /// Whether something that the command needs was not given.
    public var isBadInput: Bool {
        switch self {
        case .noServer, .noSecret, .noMailbox: true
        case .senderAtWork, .beingSent, .cannotResolve: false
        }
    }

    public var message: Bilingual {
        switch self {
        case .noServer:
            Bilingual(
                zh: "没有写明邮件服务器。请在 policy.yaml 的 mail: 里写 server: "
                    + "smtps://用户@smtp.example.com:465，或用 --smtp、DUNWELL_SMTP_URL 指明。",
                en:
                    "No mail server is named. Write server: smtps://user@smtp.example.com:465 under "
                    + "mail: in policy.yaml, or name one with --smtp or DUNWELL_SMTP_URL.")
        case .noSecret(let user):
            Bilingual(
                zh: "没有 \(user) 的密码。请写进一个只有本人能读的文件，用 mail.password_file 或 "
                    + "DUNWELL_SMTP_PASSWORD_FILE 指明（收退信的邮箱：DUNWELL_IMAP_PASSWORD_FILE）。",
                en:
                    "There is no password for \(user). Put it into a file that you alone can read, named "
                    + "by mail.password_file or DUNWELL_SMTP_PASSWORD_FILE (for the mailbox of bounces: "
                    + "DUNWELL_IMAP_PASSWORD_FILE).")
        case .noMailbox:
            Bilingual(
                zh: "没有写明从哪里收退信。请在 policy.yaml 的 mail: 里写 bounces: imaps://用户@imap.example.com，"
                    + "或用 --imap、--maildir 指明。",
                en:
                    "No mailbox for bounces is named. Write bounces: imaps://user@imap.example.com under "
                    + "mail: in policy.yaml, or name one with --imap or --maildir.")
        case .senderAtWork(let machine):
            Bilingual(
                zh: "\(machine ?? "这台电脑")上正在发邮件，同时只能有一个在发。请等它结束；"
                    + "要是那台电脑已经停了，一分钟后再试。",
                en:
                    "Mail is being sent on \(machine ?? "this machine"); one sends at a time. Wait for it "
                    + "to end; if it has stopped, try again after a minute.")
        case .beingSent(let id):
            Bilingual(
                zh: "邮件 \(id) 正在发送。请等发送结束再处理。",
                en: "Message \(id) is being sent. Wait until the sender has ended.")
        case .cannotResolve(let id, let state, let asked):
            Bilingual(
                zh: "邮件 \(id) 现在是 \(state)，不能处理成 \(asked)。\(Self.rules.zh)",
                en: "Message \(id) is \(state); it cannot become \(asked). \(Self.rules.en)")
        }
    }

    private static let rules = Bilingual(
        zh: "存疑的可以 --accepted、--resend 或 --cancel；退回的可以 --resend；等待的可以 --cancel。",
        en:
            "What is in doubt takes --accepted, --resend or --cancel; what is rejected takes --resend; "
            + "what waits takes --cancel.")
}
