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

    static func encrypted(
        _ tls: String = "starttls", by certificate: Certificate = .good,
        offers: [String] = ["AUTH PLAIN LOGIN XOAUTH2"], faults: [String: String] = [:]
    ) -> ServerPlan {
        ServerPlan(
            faults: faults, tls: tls, certificate: certificate.path, key: certificate.keyPath,
            offers: offers)
    }
}

/// Runs `work` with the port of a server that follows the plan, and gives what the server heard.
func withServer(_ plan: ServerPlan, _ work: (UInt16) throws -> Void) throws -> [String] {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = testFolder.appending(path: "Mail/smtp_server.py").path
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
    return String(decoding: heard, as: UTF8.self).split(separator: "\n").dropFirst().map(
        String.init)
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
