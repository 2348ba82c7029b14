import Glibc
import Mail
import Synchronization

// Sends messages to a mail server on loopback, the same bytes each time, and prints the seconds
// that took: PORT CONNECTIONS MESSAGES BYTES. `sending.py` sets it beside others.

final class Copies: ParcelSource {
    private let bytes: [UInt8]
    private let left: Mutex<Int>
    let refused = Mutex(0)

    init(_ count: Int, of bytes: [UInt8]) {
        self.bytes = bytes
        left = Mutex(count)
    }

    func next(on connection: Int) -> Parcel? {
        let number = left.withLock { left in
            left -= 1
            return left
        }
        guard number >= 0 else { return nil }
        return Parcel(
            id: number, bytes: bytes, sender: "office@example.com", recipient: "a@example.com")
    }

    func handOver(_ parcel: Parcel) -> Bool { true }

    func ended(_ parcel: Parcel, on connection: Int, _ outcome: Result<SMTPOutcome, MailError>) {
        if case .success(let outcome) = outcome, outcome.verdict == .accepted { return }
        refused.withLock { $0 += 1 }
    }
}

let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let line = Array(repeating: UInt8(ascii: "x"), count: 74) + Array("\r\n".utf8)
var message = Array("Subject: benchmark\r\n\r\n".utf8)
while message.count < words[3] { message += line }
let server = try SMTPServer(
    host: "127.0.0.1", port: UInt16(words[0]), security: .none, login: nil, ownName: "localhost")
let copies = Copies(words[2], of: message)
var start = timespec()
clock_gettime(CLOCK_MONOTONIC, &start)
sendAll(copies, connections: words[1], most: .max) { SMTPSession(server) }
var end = timespec()
clock_gettime(CLOCK_MONOTONIC, &end)
print(Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9)
exit(copies.refused.withLock { $0 } == 0 ? 0 : 1)
