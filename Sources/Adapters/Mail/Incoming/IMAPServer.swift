import Primitives

/// A mailbox on a server, and how to get at it: with TLS, except on this machine.
public struct IMAPServer: Sendable {
    let host: String
    let port: UInt16
    /// `imaps`: TLS from the first byte; else by STARTTLS, which the server must offer.
    let isImplicitTLS: Bool
    let user: String
    let password: String
    let folder: String
    let authorities: String?
    /// How long to wait for a connection, and for each answer, in whole seconds.
    let patience: Int

    /// - Parameters:
    ///   - url: `imaps://user@host/INBOX`, `imap://user@host:143`; an @ or another special
    ///     character in the user's name may stand as `%40`. Where none is named, the folder is
    ///     INBOX.
    ///   - password: or the provider's authorisation code.
    ///   - authorities: a PEM file of the authorities to trust, in place of the system's.
    public init(
        url: String, password: String, authorities: String? = nil, patience: Int = 60
    ) throws(ReportBoxError) {
        let parts = Self.parts(of: url)
        guard let parts, isHostName(parts.host), Self.isPlain(parts.user), Self.isPlain(password),
            parts.folder.utf8.allSatisfy({ (0x20...0x7e).contains($0) && !"\"\\".utf8.contains($0) }
            )
        else { throw .unusableURL(url) }
        isImplicitTLS = parts.scheme == "imaps"
        host = parts.host
        port = parts.port ?? (isImplicitTLS ? 993 : 143)
        user = parts.user
        self.password = password
        folder = parts.folder.isEmpty ? "INBOX" : parts.folder
        self.authorities = authorities
        self.patience = patience
    }

    /// What it is called in the books; holds no password.
    public var name: String {
        "\(isImplicitTLS ? "imaps" : "imap")://\(user)@\(host):\(port)/\(folder)"
    }

    var isLocal: Bool { host == "127.0.0.1" || host == "localhost" }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }

    private typealias Parts = (
        scheme: String, user: String, host: String, port: UInt16?, folder: String
    )

    private static func parts(of url: String) -> Parts? {
        guard let colon = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<colon.lowerBound].lowercased()
        let rest = url[colon.upperBound...].split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard scheme == "imap" || scheme == "imaps", let at = rest[0].lastIndex(of: "@"),
            let user = withoutPercents(rest[0][..<at]),
            let folder = withoutPercents(rest.count > 1 ? rest[1] : "")
        else { return nil }
        let place = rest[0][rest[0].index(after: at)...].split(
            separator: ":", omittingEmptySubsequences: false)
        let port = place.count == 2 ? UInt16(place[1]) : nil
        guard place.count == 1 || place.count == 2 && port != nil else { return nil }
        return (scheme, user, String(place[0]), port, folder)
    }

    /// `%40` is `@`; `nil` where a percent sign stands before something else.
    private static func withoutPercents(_ text: Substring) -> String? {
        let pieces = text.split(separator: "%", omittingEmptySubsequences: false)
        var bytes = Array(pieces[0].utf8)
        for piece in pieces.dropFirst() {
            guard piece.utf8.count >= 2, let byte = UInt8(piece.prefix(2), radix: 16) else {
                return nil
            }
            bytes += [byte] + Array(piece.dropFirst(2).utf8)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
