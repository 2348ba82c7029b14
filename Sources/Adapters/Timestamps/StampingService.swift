import CCurl

/// Asks a time-stamping service to stamp a SHA-256.
///
/// The reply is compared with what was asked; whether its signature is to be trusted is another
/// question (`Timestamp.verify`).
/// - Parameter address: by http or https; over either, the signature is what counts.
public func stamp(_ hash: [UInt8], by address: String) throws(TimestampError) -> Timestamp {
    guard ["http:", "https:"].contains(where: { address.hasPrefix($0 + "//") }),
        address.utf8.allSatisfy({ (33...126).contains($0) })
    else { throw .unusableAddress(address) }
    let request = TimestampRequest(of: hash)
    let timestamp = try Timestamp(reply: try post(request.bytes, to: address))
    guard timestamp.hash == hash, timestamp.nonce == request.nonce else { throw .otherHash }
    return timestamp
}

/// What the service sends, up to a limit.
private final class Reply {
    var bytes: [UInt8] = []
    static let most = 1 << 20
}

private func post(_ bytes: [UInt8], to address: String) throws(TimestampError) -> [UInt8] {
    guard let handle = curl_easy_init() else { fatalError("libcurl has no memory") }
    defer { curl_easy_cleanup(handle) }
    let headers = curl_slist_append(nil, "Content-Type: application/timestamp-query")
    defer { curl_slist_free_all(headers) }
    let reply = Reply()
    _ = curl_set_text(handle, CURLOPT_URL, address)
    _ = curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = curl_set_list(handle, CURLOPT_HTTPHEADER, headers)
    _ = curl_set_number(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
    // Copied by libcurl; of the size set before.
    bytes.withUnsafeBytes { bytes in
        _ = curl_set_context(
            handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
    for (option, value) in [
        (CURLOPT_NOSIGNAL, 1), (CURLOPT_FAILONERROR, 1), (CURLOPT_CONNECTTIMEOUT, 10),
        (CURLOPT_TIMEOUT, 60),
    ] { _ = curl_set_number(handle, option, value) }
    _ = curl_set_write(handle, takePiece)
    _ = curl_set_context(
        handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(reply).toOpaque())
    let result = withExtendedLifetime(reply) { curl_easy_perform(handle) }
    guard result == CURLE_OK else {
        throw .notReached(address: address, reason: String(cString: curl_easy_strerror(result)))
    }
    return reply.bytes
}

/// Called by libcurl on the thread that asked; another count than was given breaks it off.
private let takePiece: curl_write_callback = { piece, size, count, context in
    let reply = Unmanaged<Reply>.fromOpaque(context!).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: piece, count: size * count)
    guard reply.bytes.count + bytes.count <= Reply.most else { return 0 }
    reply.bytes.append(contentsOf: bytes)
    return bytes.count
}
