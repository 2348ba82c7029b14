import COpenSSL
public import Primitives

/// What a time-stamping service (RFC 3161) replied: that a SHA-256 was there at a time. The bytes
/// are those that `openssl ts -verify -in` takes.
public struct Timestamp: Sendable {
    public let reply: [UInt8]
    /// The SHA-256 that was stamped.
    public let hash: [UInt8]
    /// As the service says, to the second.
    public let at: Instant
    let nonce: [UInt8]

    /// Reads what the reply states; nobody's signature is believed yet.
    public init(reply: [UInt8]) throws(TimestampError) {
        var hash = [UInt8](repeating: 0, count: 32)
        var nonce = [UInt8](repeating: 0, count: 40)
        var nonceLength: Int32 = 0
        var seconds: Int64 = 0
        var reason = [CChar](repeating: 0, count: 256)
        let result = stamp_read(
            reply, reply.count, &hash, &nonce, &nonceLength, &seconds, &reason, reason.count)
        switch result {
        case 0: break
        case 2: throw .refused(reason: words(reason))
        default: throw .notAReply
        }
        self.reply = reply
        self.hash = hash
        self.nonce = Array(nonce.prefix(Int(nonceLength)))
        at = Instant(millisecondsSince1970: Int(seconds) * 1000)
    }

    /// Whether a service signed it whose certificate leads to one that is trusted, as these held
    /// when it was stamped. Asks nobody.
    ///
    /// - Parameter authorities: a file of certificates (PEM).
    public func verify(trusting authorities: String) throws(TimestampError) {
        var reason = [CChar](repeating: 0, count: 256)
        let seconds = Int64(at.millisecondsSince1970 / 1000)
        let isGood = stamp_verify(
            reply, reply.count, hash, seconds, authorities, &reason, reason.count)
        if isGood != 1 { throw .untrusted(reason: words(reason)) }
    }
}

/// The bytes of a request, and the nonce that its reply must repeat.
struct TimestampRequest {
    let bytes: [UInt8]
    let nonce: [UInt8]

    init(of hash: [UInt8]) {
        precondition(hash.count == 32, "a SHA-256")
        // Not 0 at the front: a number is written without leading zeros.
        nonce = [UInt8.random(in: 1...127)] + (0..<15).map { _ in UInt8.random(in: 0...255) }
        var der: UnsafeMutablePointer<UInt8>?
        let length = stamp_request(hash, nonce, Int32(nonce.count), &der)
        guard let der, length > 0 else { fatalError("libcrypto has no memory") }
        bytes = Array(UnsafeBufferPointer(start: der, count: Int(length)))
        stamp_free(der)
    }
}

func words(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Why there is no time stamp, or none to be trusted.
public enum TimestampError: ExplainedError, Hashable, Sendable {
    case unusableAddress(String)
    case notReached(address: String, reason: String)
    case notAReply
    case refused(reason: String)
    /// The service stamped something else than was asked.
    case otherHash
    case untrusted(reason: String)

    public var message: Bilingual {
        switch self {
        case .unusableAddress(let address):
            Bilingual(
                zh: "时间戳服务的地址 \(address) 不能用。要是 http 或 https 的地址。",
                en:
                    "The address of the time-stamping service, \(address), cannot be used: it is one of "
                    + "http or https.")
        case .notReached(let address, let reason):
            Bilingual(
                zh: "时间戳服务 \(address) 没有答复（\(reason)）。请稍后再试。",
                en: "The time-stamping service \(address) gave no reply (\(reason)). Try "
                    + "again later.")
        case .notAReply:
            Bilingual(
                zh: "这不是时间戳服务的答复（RFC 3161，SHA-256）。",
                en: "This is no reply of a time-stamping service (RFC 3161, SHA-256)."
            )
        case .refused(let reason):
            Bilingual(
                zh: "时间戳服务拒绝了（\(reason)）。",
                en: "The time-stamping service refused (\(reason)).")
        case .otherHash:
            Bilingual(
                zh: "时间戳盖的是另一个散列值或时间。",
                en: "The time stamp is of another hash, or another time.")
        case .untrusted(let reason):
            Bilingual(
                zh: "时间戳不可信：\(reason)。", en: "The time stamp cannot be trusted: \(reason).")
        }
    }
}
