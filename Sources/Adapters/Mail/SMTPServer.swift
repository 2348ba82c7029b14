/// Where mail is handed in, and how: a server that a session may safely speak with.
public struct SMTPServer: Sendable {
    public enum Security: Hashable, Sendable {
        /// In clear: for a server on this machine alone, and never with a login.
        case none
        /// In clear up to STARTTLS, which the server must offer.
        case startTLS
        /// TLS from the first byte (SMTPS, port 465).
        case implicitTLS
    }

    public enum Login: Sendable {
        /// By PLAIN, or by LOGIN where the server does not offer PLAIN.
        case password(user: String, password: String)
        /// By XOAUTH2.
        case token(user: String, token: String)
    }

    /// How long to wait, in whole seconds.
    public struct Patience: Sendable {
        /// For the connection with TLS, greeting, EHLO and login together.
        public var connect = 30
        /// For the reply to each command, and for a body that does not move on.
        public var reply = 300
        /// For the reply to the end of the message: who gives up here does not know.
        public var end = 600

        public init() {}

        /// For a whole message: MAIL, RCPT, DATA and a last 250 in time, and 1,000 bytes a second.
        /// Without it a server could send lines of one reply for ever.
        func most(bytes: Int) -> Int { connect + 3 * reply + bytes / 1000 + end }
    }

    public let host: String
    public let port: UInt16
    let security: Security
    let login: Login?
    public let ownName: String
    let authorities: String?
    public let patience: Patience

    /// - Parameters:
    ///   - ownName: what we call ourselves in EHLO: this machine's real host name.
    ///   - authorities: a PEM file of the authorities to trust, in place of the system's.
    /// - Throws: where a name would become something else on the wire, or where mail would leave
    ///   this machine, or a login be sent, in clear.
    public init(
        host: String, port: UInt16, security: Security, login: Login?, ownName: String,
        authorities: String? = nil, patience: Patience = Patience()
    ) throws(MailError) {
        for name in [host, ownName] where !isHostName(name) && name != "::1" {
            throw .unusableHost(name)
        }
        if security == .none, login != nil || !isLoopback(host) { throw .notEncrypted(host: host) }
        if let login, !login.isUsable { throw .unusableLogin }
        self.host = host
        self.port = port
        self.security = security
        self.login = login
        self.ownName = ownName
        self.authorities = authorities
        self.patience = patience
    }

    public var isEncrypted: Bool { security != .none }

    /// The name for EHLO is the path.
    var address: String {
        let place = host.contains(":") ? "[\(host)]" : host
        return "\(security == .implicitTLS ? "smtps" : "smtp")://\(place):\(port)/\(ownName)"
    }
}

extension SMTPServer.Login {
    fileprivate var isUsable: Bool {
        switch self {
        case .password(let user, let secret), .token(let user, let secret):
            [user, secret].allSatisfy { text in
                !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
            }
        }
    }
}

func isHostName(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
        && labels.allSatisfy { label in
            !label.isEmpty && label.first != "-"
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
}
