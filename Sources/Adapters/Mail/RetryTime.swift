public import Primitives

/// When a message that was refused for now is tried again: 5, 10, 20, 40 … 240 minutes later, with
/// a tenth more or less, so that not all come at once (QUALITY.md, mail).
///
/// - Parameters:
///   - attempt: which one was refused, from 1.
///   - message: spreads the times; the same message gives the same.
///   - limit: from then on it is given up.
/// - Returns: `nil` where that would be too late.
public func retryTime(
    after attempt: Int, of message: Int, at now: Instant, limit: Instant
) -> Instant? {
    let minutes = min(5 << min(attempt - 1, 10), 240)
    var spread = UInt64(message) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(attempt)
    spread = (spread ^ (spread >> 31)) &* 0xBF58_476D_1CE4_E5B9
    let permille = 900 + Int((spread >> 33) % 201)
    let time = now.advanced(bySeconds: minutes * 60 * permille / 1000)
    return time < limit ? time : nil
}
