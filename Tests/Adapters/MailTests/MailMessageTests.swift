import Foundation
import Mail
import Primitives
import Testing

@Suite struct `A mail message` {
    private func message(
        subject: String = "枫林苑 2026 年 11 月账单（1-101）", name: String = "安甲",
        to: String = "a01@example.com", text: String = "您好。\n", html: String = "<p>您好。</p>"
    ) -> MailMessage {
        MailMessage(
            from: MailMessage.Mailbox(name: "枫林苑物业服务中心", address: "office@example.com"),
            to: MailMessage.Mailbox(name: name, address: to),
            messageID: "FL-202611-00001-1.1@example.com", inReplyTo: nil,
            date: Instant(millisecondsSince1970: 1_795_248_000_000), subject: subject, text: text,
            html: html)
    }

    @Test func `has its date in the form of RFC 5322`() throws {
        let text = String(decoding: try message().encoded(), as: UTF8.self)
        #expect(text.contains("Date: Sat, 21 Nov 2026 08:00:00 +0000\r\n"))
    }

    @Test func `has no bare line feed, no NUL, and no line above 76 characters`() throws {
        let long = String(repeating: "很长的一段话，", count: 200)
        let bytes = try message(subject: long, name: long, text: "a\nb\r\nc\0\u{2028}" + long)
            .encoded()
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!bytes.contains(0))
        #expect(text.replacing("\r\n", with: "").utf8.allSatisfy { $0 != 0x0a && $0 != 0x0d })
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
    }

    @Test(arguments: [
        "", "a b@example.com", "a@example.com\r\nBcc: x@example.com", "<a@example.com>", "a@b@c",
        "安@example.com", "a,b@example.com", "@example.com", "a@", "a@localhost",
    ])
    func `to an address that would be taken for something else is refused`(address: String) {
        #expect(throws: MailError.unusableAddress(address)) { try message(to: address).encoded() }
    }

    @Test func `a header never breaks out of its line`() throws {
        let text = String(
            decoding: try message(subject: "x\r\nBcc: y@example.com", name: "y\nBcc: z").encoded(),
            as: UTF8.self)
        #expect(!text.components(separatedBy: "\r\n").contains { $0.hasPrefix("Bcc") })
    }

    // MARK: Attachments

    @Test func `an attached letter stands behind both texts, named in any characters`() throws {
        var message = message()
        message.attachment = MailMessage.Attachment(
            name: "催缴/通知单 1.pdf", plainName: "notice 1.pdf", bytes: Array(0...255))
        let text = String(decoding: try message.encoded(), as: UTF8.self)
        #expect(text.contains("Content-Type: application/pdf;\r\n name=\"notice-1.pdf\"\r\n"))
        #expect(
            text.contains(
                "Content-Disposition: attachment;\r\n"
                    + " filename*0*=utf-8''%E5%82%AC%E7%BC%B4-%E9%80%9A%E7%9F%A5%E5%8D%95%201;\r\n"
                    + " filename*1*=.pdf\r\n"))
        let mixed = try #require(text.firstRange(of: "multipart/mixed"))
        let alternative = try #require(text.firstRange(of: "multipart/alternative"))
        #expect(mixed.lowerBound < alternative.lowerBound)
    }

    @Test func `the same message has the same bytes`() throws {
        #expect(try message().encoded() == message().encoded())
    }

    // MARK: A parser that is not ours

    /// How many: 500, or what $DUNWELL_RANDOM_MAILS says.
    private static let randomMails =
        ProcessInfo.processInfo.environment["DUNWELL_RANDOM_MAILS"].flatMap { Int($0) } ?? 500

    /// Python's `email` reads them (`Tests/Mail/read_mails.py`).
    @Test func `with random characters is read by Python to exactly what was meant`() throws {
        var random = SplitMix64(state: 20_261_121)
        let folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var meant: [[String: String]] = []
        for index in 0..<Self.randomMails {
            let parts = (0..<4).map { random.text(longest: $0 == 1 ? 40 : 60) }
            var mail = message(
                subject: parts[0], name: parts[1], text: parts[2] + "\n", html: parts[3])
            var want = [
                "subject": parts[0], "name": parts[1], "text": parts[2] + "\n", "html": parts[3],
            ]
            if index % 4 == 0 {
                let name = random.text(longest: 30, isFileName: true) + ".pdf"
                let bytes = (0..<random.next() % 300).map { _ in UInt8(random.next() % 256) }
                mail.attachment = MailMessage.Attachment(
                    name: name, plainName: "notice.pdf", bytes: bytes)
                want["file"] = name
                want["pdf"] = Data(bytes).base64EncodedString()
            }
            try Data(mail.encoded()).write(to: folder.appending(path: "\(index).eml"))
            meant.append(want)
        }
        try JSONEncoder().encode(meant).write(to: folder.appending(path: "meant.json"))
        #expect(try read(folder) == "\(Self.randomMails) as meant\n")
    }

    private func read(_ folder: URL) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", root.appending(path: "Mail/read_mails.py").path, folder.path,
        ]
        let pipe = Pipe()
        python.standardOutput = pipe
        python.standardError = pipe
        try python.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        python.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
    }
}

private struct SplitMix64 {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Chinese, rare characters, emoji, right-to-left, ASCII with everything that a header minds.
    /// - Parameter isFileName: without what a path minds.
    mutating func text(longest: UInt64, isFileName: Bool = false) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x4e00...0x9fff, 0x20000...0x2a6d6, 0x1f600...0x1f64f, 0x5d0...0x5ea, 0x21...0x7e,
            0x21...0x7e, 0xff01...0xff5e,
        ]
        let count = 1 + Int(next() % longest)
        let scalars = (0..<count).map { _ -> Character in
            let range = ranges[Int(next() % UInt64(ranges.count))]
            let value = range.lowerBound + UInt32(next() % UInt64(range.count))
            return Character(Unicode.Scalar(value)!)
        }
        return String(scalars.filter { !isFileName || !"/\\:*?\"<>|".contains($0) })
    }
}
