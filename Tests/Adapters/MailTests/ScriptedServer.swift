import Crypto
import Foundation
import Mail
import Testing

/// What `Tests/Mail/smtp_server.py` is told to do.
struct ServerPlan: Encodable, Sendable {
    var faults: [String: String] = [:]
    var only: Int?
    var tls: String?
    var certificate: String?
    var key: String?
    var offers: [String]?
    var pause: Double?

    /// Seconds to wait for a reply: where none comes, all of them are waited for.
    var patience: Int { faults.values.contains { isSilent($0) } ? 6 : 60 }

    static func encrypted(
        _ tls: String = "starttls", by certificate: Certificate = .good,
        offers: [String] = ["AUTH PLAIN LOGIN XOAUTH2"], faults: [String: String] = [:]
    ) -> ServerPlan {
        ServerPlan(
            faults: faults, tls: tls, certificate: certificate.path, key: certificate.keyPath,
            offers: offers)
    }
}

/// Whether a client may wait in vain after such a fault: a reply that refuses says so at once.
private func isSilent(_ fault: String) -> Bool {
    fault == "hang" || fault.hasPrefix("endless")
        || fault.hasPrefix("reply") && !fault.hasPrefix("reply 4") && !fault.hasPrefix("reply 5")
}

/// Runs `work` with the port of a server that follows the plan, and gives what the server heard.
func withServer(
    _ plan: some Encodable, script: String = "smtp_server.py", _ work: (UInt16) throws -> Void
) throws -> [String] {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = testFolder.appending(path: "Mail/\(script)").path
    let json = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    python.arguments = ["python3", script, json]
    let input = Pipe()
    let output = Pipe()
    python.standardInput = input
    python.standardOutput = output
    try python.run()
    var heard = Data()
    while !heard.contains(0x0a) {
        let more = output.fileHandleForReading.availableData
        try #require(!more.isEmpty, "the server did not start")
        heard += more
    }
    let result = Result { try work(try #require(port(in: heard))) }
    try input.fileHandleForWriting.close()
    heard += output.fileHandleForReading.readDataToEndOfFile()
    python.waitUntilExit()
    try result.get()
    return String(decoding: heard, as: UTF8.self).split(separator: "\n").dropFirst()
        .map(String.init).filter { !$0.contains(" TAKEN ") }
}

private func port(in heard: Data) -> UInt16? {
    UInt16(String(decoding: heard.prefix { $0 != 0x0a }, as: UTF8.self))
}

private let testFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// A certificate that signs itself, made for this run by openssl.
struct Certificate: Sendable {
    let path: String
    let keyPath: String

    static let good = Certificate("good", host: "localhost", days: 2)
    static let expired = Certificate("expired", host: "localhost", days: -1)
    static let ofAnother = Certificate("another", host: "mail.example.com", days: 2)

    private static let folder = FileManager.default.temporaryDirectory.appending(
        path: "dunwell-certificates-\(ProcessInfo.processInfo.processIdentifier)")

    private init(_ name: String, host: String, days: Int) {
        let base = Self.folder.appending(path: name).path
        path = base + ".pem"
        keyPath = base + ".key"
        let script = """
            set -e
            mkdir -p "$1"
            openssl req -new -newkey rsa:2048 -nodes -keyout "$2.key" -out "$2.request" -subj "/CN=$3"
            printf 'subjectAltName=DNS:%s\\nbasicConstraints=CA:TRUE\\n' "$3" >"$2.names"
            openssl x509 -req -in "$2.request" -signkey "$2.key" -days "$4" -extfile "$2.names" \
                -out "$2.pem"
            """
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script, "sh", Self.folder.path, base, host, String(days)]
        shell.standardError = FileHandle.nullDevice
        try? shell.run()
        shell.waitUntilExit()
    }
}

// MARK: - Sending to it

let plainMessage = Array("Subject: x\r\n\r\nFirst line\r\n.\r\n..two dots\r\nlast line\r\n".utf8)
let sender = "office@example.com"
let recipient = "a01@example.com"
let password = SMTPServer.Login.password(user: "office", password: "geheim-4711")
let token = SMTPServer.Login.token(user: "office@example.com", token: "tok-4711")

/// - Parameter reply: how many seconds to wait for each.
func session(
    _ port: UInt16, _ security: SMTPServer.Security = .none, _ login: SMTPServer.Login? = nil,
    trusts: Certificate? = .good, reply: Int = 6
) throws -> SMTPSession {
    var patience = SMTPServer.Patience()
    patience.connect = reply + 1
    patience.reply = reply
    patience.end = reply
    return SMTPSession(
        try SMTPServer(
            host: security == .none ? "127.0.0.1" : "localhost", port: port, security: security,
            login: login, ownName: "office.example.com",
            authorities: security == .none ? nil : trusts?.path, patience: patience))
}

/// The first message of a session, and what the server heard of it.
func sendOne(
    _ plan: ServerPlan, _ security: SMTPServer.Security = .none, _ login: SMTPServer.Login? = nil,
    trusts: Certificate? = .good, reply: Int? = nil, bytes: [UInt8] = plainMessage
) throws -> (outcome: SMTPOutcome, heard: [String]) {
    var outcome: SMTPOutcome?
    let heard = try withServer(plan) { port in
        let reply = reply ?? plan.patience
        outcome = try session(port, security, login, trusts: trusts, reply: reply)
            .send(bytes, from: sender, to: recipient)
    }
    return (try #require(outcome), heard)
}

/// What the server says when it has heard the end of the message.
func body(_ connection: Int, _ bytes: [UInt8]) -> String {
    let hash = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    return "\(connection) BODY \(bytes.count) \(hash)"
}
