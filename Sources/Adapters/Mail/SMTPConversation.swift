/// The dialogue about one message, as far as it must be known afterwards: the step that was begun
/// last, and what the server said to it. Nothing that we say is kept, so no password is.
struct SMTPConversation {
    private(set) var step: SMTPOutcome.Step = .connect
    private(set) var lines: [String] = []
    private(set) var code: Int?
    private(set) var isOver = false
    /// Whether a word was exchanged for this message.
    private(set) var isBegun = false

    /// A command as it goes out.
    mutating func sent(_ command: some Collection<UInt8>) {
        guard !isOver else { return }
        isBegun = true
        if command.starts(with: "QUIT\r".utf8) {
            isOver = true
        } else if command.starts(with: "HELO ".utf8) {
            // Tried where EHLO was refused; that reply stands until there is another.
        } else if let begun = Self.step(of: command) {
            begin(begun)
        } else {
            // A line of a login.
            begin(step)
        }
    }

    /// No line of a login begins like a command: base64 holds no space, colon or line end.
    private static func step(of command: some Collection<UInt8>) -> SMTPOutcome.Step? {
        let steps: [(String, SMTPOutcome.Step)] = [
            ("EHLO ", .ehlo), ("STARTTLS\r", .tls), ("AUTH ", .auth),
            ("MAIL FROM:", .mail), ("RCPT TO:", .recipient), ("DATA\r", .data),
        ]
        return steps.first { command.starts(with: $0.0.utf8) }?.1
    }

    /// TLS begins before a word is exchanged: SMTPS.
    mutating func encrypts() {
        if step == .connect { step = .tls }
    }

    mutating func begin(_ step: SMTPOutcome.Step) {
        self.step = step
        lines = []
        code = nil
    }

    /// A line of a reply as it comes in. Lines after a whole reply begin another one.
    mutating func received(_ line: some Collection<UInt8>) {
        guard !isOver else { return }
        if !isBegun { begin(.greeting) }
        isBegun = true
        if code != nil { begin(step) }
        if lines.count < Self.linesMost { lines.append(Self.readable(line)) }
        code = Self.code(of: Array(line.prefix(4)))
    }

    private static let linesMost = 50
    private static let bytesMost = 1000

    /// The code of a reply's last line, `250 …` and not `250-…`.
    private static func code(of line: [UInt8]) -> Int? {
        let digits = line.prefix(3).map { Int($0) - 0x30 }
        guard digits.count == 3, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        guard line.count == 3 || [0x20, 0x0d, 0x0a].contains(line[3]) else { return nil }
        return digits.reduce(0) { $0 * 10 + $1 }
    }

    /// Without control characters and spaces at its end.
    private static func readable(_ line: some Collection<UInt8>) -> String {
        var bytes = Array(line.prefix(bytesMost))
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        // Nearly every line is plain, and needs no look at each character's properties.
        if bytes.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            return String(decoding: bytes, as: UTF8.self)
        }
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
        return String(
            String.UnicodeScalarView(
                text.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
