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
        "安@example.com", "a,b@example.com", "@example.com", "a@",
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

    /// Python's `email` is the parser that is not ours.
    @Test func `with random characters is read by Python to exactly what was meant`() throws {
        var random = SplitMix64(state: 20_261_121)
        let folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var meant: [[String: String]] = []
        for index in 0..<500 {
            // Python puts a space between the words of a long name (against RFC 2047, 6.2).
            let parts = (0..<4).map { random.text(longest: $0 == 1 ? 11 : 60) }
            let bytes = try message(
                subject: parts[0], name: parts[1], text: parts[2], html: parts[3]
            )
            .encoded()
            try Data(bytes).write(to: folder.appending(path: "\(index).eml"))
            meant.append([
                "subject": parts[0], "name": parts[1], "text": parts[2], "html": parts[3],
            ])
        }
        try JSONEncoder().encode(meant).write(to: folder.appending(path: "meant.json"))
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", reader, folder.path]
        let pipe = Pipe()
        python.standardOutput = pipe
        python.standardError = pipe
        try python.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        python.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == "500 as meant\n")
    }
}

private let reader = """
    import email, email.policy, json, sys
    folder = sys.argv[1]
    meant = json.load(open(folder + '/meant.json'))
    for index, want in enumerate(meant):
        mail = email.message_from_bytes(open(f'{folder}/{index}.eml', 'rb').read(),
                                        policy=email.policy.default)
        defects = [d for part in mail.walk() for d in part.defects]
        defects += [d for value in mail.values() for d in getattr(value, 'defects', [])]
        lines = lambda text: text.replace('\\r\\n', '\\n').rstrip('\\n')
        got = {'subject': str(mail['Subject']), 'name': mail['To'].addresses[0].display_name,
               'text': lines(mail.get_body(('plain',)).get_content()),
               'html': lines(mail.get_body(('html',)).get_content())}
        want['text'], want['html'] = lines(want['text']), lines(want['html'])
        assert not defects, (index, defects)
        assert got == want, (index, [(k, ascii(got[k]), ascii(want[k])) for k in got if got[k] != want[k]])
        assert mail['To'].addresses[0].addr_spec == 'a01@example.com'
    print(len(meant), 'as meant')
    """

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
    mutating func text(longest: UInt64) -> String {
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
        return String(scalars)
    }
}
