/// Under which names browsers may speak to this site. A request that names another host is answered
/// 421: a foreign name that was made to point here (DNS rebinding) reads and posts nothing.
public struct KnownHosts: Sendable {
    /// Such as `https://fees.example.com`: as browsers know the site where they do not see the
    /// machine itself.
    let origins: [String]
    /// Names by which the machine itself is called, whatever the port.
    let names: Set<String>

    /// - Parameters:
    ///   - origins: with scheme, and with a port that is not the scheme's own.
    ///   - listening: the name or address on which the server listens. On loopback the machine's
    ///     own names for it are known, too; elsewhere the origins alone.
    public init(origins: [String] = [], listening: String = "127.0.0.1") {
        self.origins = origins.map { $0.lowercased() }
        let here = isLoopback(listening) ? ["localhost", "127.0.0.1", "[::1]"] : []
        names = Set(here + (isLoopback(listening) ? [hostName(ofAuthority: listening)] : []))
    }

    /// - Parameter host: `Host`, with or without its port.
    func knows(_ host: String) -> Bool {
        let name = hostName(ofAuthority: host)
        return names.contains(name) || origins.contains { hostName(ofOrigin: $0) == name }
    }

    /// Whether a page of this site sent it. Browsers send `Origin` with every post.
    ///
    /// - Parameter host: that the request names, which is known.
    func isOwn(origin: String?, host: String) -> Bool {
        guard let origin = origin?.lowercased() else { return false }
        if origins.contains(origin) { return true }
        guard names.contains(hostName(ofAuthority: host)) else { return false }
        return ["http", "https"].contains { origin == "\($0)://\(host.lowercased())" }
    }
}

/// Whether nobody but this machine reaches that address.
public func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host == "[::1]"
        || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
}

private func hostName(ofOrigin origin: String) -> String {
    guard let slashes = origin.firstRange(of: "://") else { return "" }
    return hostName(ofAuthority: String(origin[slashes.upperBound...]))
}

/// Without the port, in lower case; an IPv6 address in its brackets. Empty where it is none.
private func hostName(ofAuthority host: String) -> String {
    let host = host.lowercased()
    // An address of IPv6 alone, as `--listen` has it.
    if !host.hasPrefix("["), host.count(where: { $0 == ":" }) > 1 { return "[\(host)]" }
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    let rest = host.dropFirst(name.count)
    let isPort = rest.first == ":" && rest.dropFirst().allSatisfy { ("0"..."9").contains($0) }
    return rest.isEmpty || isPort ? String(name) : ""
}
