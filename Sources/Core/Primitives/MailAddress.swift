/// Whether mail can go to `text`: one `@`, something on both sides, a dot in the domain; no spaces,
/// brackets, commas, control or other than ASCII characters, nor what could pass for an encoded
/// word, which SMTP or a header would take for something else.
public func isMailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, text.utf8.count <= 254 else { return false }
    let domain = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return domain.count >= 2 && domain.allSatisfy { !$0.isEmpty }
        && text.firstRange(of: "=?") == nil
        && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"<>,;:\"()[]\\".utf8.contains($0) }
}

/// What stands behind the `@`, in small letters; empty where there is none.
public func mailDomain(of address: String) -> String {
    guard let at = address.lastIndex(of: "@") else { return "" }
    return address[address.index(after: at)...].lowercased()
}

/// A server's address as it may be shown: without user and password, however it is written.
public func withoutLogin(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return url }
    let scheme = url.firstRange(of: "://").map { url[..<$0.upperBound] } ?? ""
    return scheme + "…" + url[at...]
}
