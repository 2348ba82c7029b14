import Foundation
import Glibc

/// The mails under `Tests/Mail/bounces`, made from their shapes and cases (README.md there).
enum BounceCorpus {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        /// `failed 5.1.1 unknown_address permanent`
        let expected: [String]
        let bytes: [UInt8]
        /// What the mail names; `nil` where it names none.
        let address, messageID: String?
    }

    static let all: [Case] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Mail/bounces").standardized.path
        let names = try! FileManager.default.contentsOfDirectory(atPath: folder)
        return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name in
            cases(in: try! String(contentsOfFile: folder + "/" + name, encoding: .utf8), of: name)
        }
    }()

    private static func cases(in text: String, of file: String) -> [Case] {
        let halves = text.components(separatedBy: "\n-----\n")
        return halves[0].components(separatedBy: "\n").enumerated().map { index, line in
            let fields = line.components(separatedBy: " | ")
            let expected = fields[1].components(separatedBy: " ")
            let address = "o\(index + 1)@example.com"
            let id = "SG-202611-0000\(index + 1)-3.\(index + 17)@example.net"
            var mail = halves[1...].joined(separator: "\n-----\n")
                .replacingOccurrences(of: "{words}", with: fields[2])
                .replacingOccurrences(of: "{action}", with: expected[0])
            // A shape that says the status says none where none is to be read.
            mail = mail.replacingOccurrences(
                of: "{status}",
                with: expected.count > 1 && expected[1] != "-" ? expected[1] : "5.0.0")
            let namesAddress = mail.contains("{to}")
            let namesID = mail.contains("{id}")
            mail = mail.replacingOccurrences(of: "{to}", with: address)
                .replacingOccurrences(of: "{id}", with: id)
            return Case(
                description: "\(file): \(fields[0])", expected: expected, bytes: encoded(mail),
                address: namesAddress ? address : nil, messageID: namesID ? id : nil)
        }
    }

    // MARK: - Encoding

    private static func encoded(_ mail: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var block: (charset: String, encoding: String, lines: [String])?
        for line in mail.components(separatedBy: "\n") {
            if line == "{{end}}", let open = block {
                let text = converted(open.lines.joined(separator: "\n") + "\n", to: open.charset)
                bytes += transfer(text, by: open.encoding)
                block = nil
            } else if block != nil {
                block!.lines.append(line)
            } else if line.hasPrefix("{{"), line.hasSuffix("}}"), !line.contains(" word ") {
                let parts = line.dropFirst(2).dropLast(2).components(separatedBy: " ")
                block = (parts[0], parts[1], [])
            } else {
                bytes += Array(withWords(line).utf8) + [0x0a]
            }
        }
        return bytes
    }

    /// `{{gbk word 系统退信}}` → `=?gbk?B?…?=`
    private static func withWords(_ line: String) -> String {
        guard let open = line.range(of: "{{"), let close = line.range(of: "}}") else { return line }
        let parts = line[open.upperBound..<close.lowerBound].components(separatedBy: " word ")
        let word = Data(converted(parts[1], to: parts[0])).base64EncodedString()
        return line[..<open.lowerBound] + "=?\(parts[0])?B?\(word)?=" + line[close.upperBound...]
    }

    private static func transfer(_ bytes: [UInt8], by encoding: String) -> [UInt8] {
        switch encoding {
        case "base64":
            let text = Data(bytes).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithLineFeed,
            ])
            return Array(text.utf8) + [0x0a]
        case "quoted-printable":
            var column = 0
            var encoded: [UInt8] = []
            for byte in bytes {
                if byte == 0x0a {
                    column = 0
                    encoded.append(byte)
                    continue
                }
                let piece =
                    (0x20...0x7e).contains(byte) && byte != 0x3d
                    ? [byte] : Array(String(format: "=%02X", byte).utf8)
                if column + piece.count > 75 {
                    encoded += [0x3d, 0x0a]
                    column = 0
                }
                encoded += piece
                column += piece.count
            }
            return encoded
        default: return bytes
        }
    }

    private static func converted(_ text: String, to charset: String) -> [UInt8] {
        if charset == "utf-8" { return Array(text.utf8) }
        let descriptor = iconv_open(charset.uppercased(), "UTF-8")
        precondition(descriptor != iconv_t(bitPattern: -1), "iconv lacks \(charset)")
        defer { iconv_close(descriptor) }
        var input = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: input.count * 4 + 16)
        var unread = input.count
        var unwritten = output.count
        let result = input.withUnsafeMutableBytes { input in
            output.withUnsafeMutableBytes { output in
                var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
                var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                let result = iconv(descriptor, &from, &unread, &to, &unwritten)
                _ = iconv(descriptor, nil, nil, &to, &unwritten)
                return result
            }
        }
        precondition(result != -1, "\(charset) cannot say \(text)")
        return Array(output.prefix(output.count - unwritten))
    }
}
