import FoundationEssentials

/// Where mail is handed in, as staff write it: `smtps://user@host:port`, `smtp://host:port`.
public struct SMTPAddress: Hashable, Sendable {
    public let host: String
    public let port: UInt16
    /// Decoded; `nil`: without a login.
    public let user: String?
    public let security: SMTPServer.Security

    /// STARTTLS is required with `smtp`, except on a loopback address without a login (SPEC.md 10).
    ///
    /// - Throws: where it is no such address, or holds a password: that stands in a file.
    public init(_ text: String) throws(MailError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["smtp", "smtps"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil,
            let port = UInt16(exactly: parts.port ?? (scheme == "smtps" ? 465 : 587)), port > 0
        else { throw .unusableURL(text) }
        if parts.password != nil { throw .passwordInURL }
        self.host = host.trimmingBrackets
        self.port = port
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        security =
            if scheme == "smtps" { .implicitTLS } else if user == nil, isLoopback(self.host) {
                .none
            } else { .startTLS }
    }
}

extension String {
    /// `[::1]` → `::1`
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}

/// Whether the host is this very machine.
func isLoopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return host == "localhost" || host == "::1"
        || parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
