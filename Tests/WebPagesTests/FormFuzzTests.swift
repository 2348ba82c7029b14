import Foundation
import Testing

@testable import WebPages

/// Anything at all may be sent: $DUNWELL_FUZZED_FORMS messages for each way in, 2,000 by default.
@Suite struct `Fuzzed forms` {
    private static let wanted =
        ProcessInfo.processInfo.environment["DUNWELL_FUZZED_FORMS"].flatMap { Int($0) } ?? 2_000

    @Test func `are decoded or refused, in no time`() {
        var random = Randomness(seed: 20_261_122)
        var (slowest, taken, refused) = (0.0, 0, 0)
        let seeds = ["a=1&b=%E5%BC%A0&c=x+y", "_token=abc&amount=1%2C234.50&note=%0D%0A", "&&=&%"]
        for _ in 0..<Self.wanted {
            let form = mutated(seeds.map { Array($0.utf8) }, &random)
            slowest = max(slowest, seconds { count(&taken, &refused) { try decodeForm(form) } })
        }
        #expect(slowest < 1 && taken > 0 && refused > 0)
    }

    @Test func `bring cookies, or none, in no time`() {
        var random = Randomness(seed: 20_261_123)
        var slowest = 0.0
        let seeds = ["__Host-session=0123abcdef; lang=zh", "a=\"b\"; ; =x; c d=e;\u{e9}=1"]
        for _ in 0..<Self.wanted {
            let header = mutated(seeds.map { Array($0.utf8) }, &random)
            let text = String(decoding: header, as: UTF8.self)
            slowest = max(
                slowest,
                seconds {
                    for cookie in decodeCookies(text) {
                        #expect(!cookie.name.isEmpty && !cookie.value.utf8.contains { $0 < 0x21 })
                    }
                })
        }
        #expect(slowest < 1)
    }

    @Test func `with files are decoded or refused, in no time`() {
        var random = Randomness(seed: 20_261_124)
        var (slowest, taken, refused) = (0.0, 0, 0)
        for _ in 0..<Self.wanted {
            let parts = (0..<random.below(4)).map { _ in Part(&random) }
            let sent = mutated([message(parts, border: "B")], &random)
            slowest = max(
                slowest,
                seconds {
                    count(&taken, &refused) {
                        let read = try decodeMultipart(sent, boundary: "B")
                        for file in read.files {
                            #expect(!file.fileName.contains("/") && !file.fileName.isEmpty)
                            #expect(!file.fileName.hasPrefix("."))
                        }
                        return read
                    }
                })
        }
        #expect(slowest < 1 && taken > 0 && refused > 0)
    }

    @Test func `name a boundary or none, in no time`() {
        var random = Randomness(seed: 20_261_125)
        var slowest = 0.0
        let seeds = [
            "multipart/form-data; boundary=----X", "Multipart/Form-Data ; boundary=\"a b\"",
        ]
        for _ in 0..<Self.wanted {
            let type = mutated(seeds.map { Array($0.utf8) }, &random)
            let text = String(decoding: type, as: UTF8.self)
            slowest = max(slowest, seconds { _ = boundary(ofContentType: text) })
        }
        #expect(slowest < 1)
    }

    @Test func `that are whole come back as they were sent`() throws {
        var random = Randomness(seed: 20_261_126)
        for _ in 0..<Self.wanted {
            let fields = (0..<random.below(6)).map { _ in
                (name: random.text(20), value: random.text(80))
            }
            let form = fields.map { "\(escaped($0.name))=\(escaped($0.value))" }
            let read = try decodeForm(Array(form.joined(separator: "&").utf8))
            #expect(read.map { [$0.name, $0.value] } == fields.map { [$0.name, $0.value] })

            let parts = (0..<random.below(6)).map { _ in Part(&random) }
            let sent = try decodeMultipart(message(parts, border: "x'Y"), boundary: "x'Y")
            let (texts, files) = (parts.filter { $0.file == nil }, parts.filter { $0.file != nil })
            #expect(sent.fields.map(\.name) == texts.map(\.name))
            #expect(sent.fields.map { Array($0.value.utf8) } == texts.map(\.content))
            #expect(sent.files.map(\.fileName) == files.map { $0.file! })
            #expect(sent.files.map(\.bytes) == files.map(\.content))
        }
    }

    /// What would be slow if anything were looked at twice.
    @Test func `are read in linear time`() {
        let many = 3_000_000
        let hostile: [[UInt8]] = [
            Array("--B\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n".utf8)
                + Array(repeating: 0x0D, count: many),
            Array("--B\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n".utf8)
                + Array(repeatElement("\r\n--", count: many / 4).joined().utf8),
            Array(repeatElement("--B\r\nx:\r\n", count: many / 10).joined().utf8),
            Array("--B\r\n".utf8) + Array(repeatElement("x:\r\n", count: many / 4).joined().utf8),
        ]
        for message in hostile {
            #expect(seconds { _ = try? decodeMultipart(message, boundary: "B") } < 5)
        }
        let form = Array(("a=" + String(repeating: "%41", count: many / 3)).utf8)
        #expect(seconds { _ = try? decodeForm(form) } < 5)
        let cookies = String(repeating: "; ", count: 4_000)
        #expect(seconds { _ = decodeCookies(cookies) } < 1)
    }
}

// MARK: - Messages

private struct Part {
    let name: String
    let file: String?
    let content: [UInt8]

    init(_ random: inout Randomness) {
        name = "field" + String(random.below(1_000))
        file = random.below(2) == 0 ? "f\(random.below(1_000)).png" : nil
        let isText = file == nil
        let text = Array(random.text(120).utf8)
        content = isText ? text : (0..<random.below(300)).map { _ in UInt8(random.below(256)) }
    }
}

private func message(_ parts: [Part], border: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
        let file = part.file.map { "; filename=\"\($0)\"\r\nContent-Type: image/png" } ?? ""
        bytes += Array(
            "--\(border)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n"
                .utf8)
        bytes += part.content + [0x0D, 0x0A]
    }
    return bytes + Array("--\(border)--\r\n".utf8)
}

private func escaped(_ text: String) -> String {
    text.utf8.map { byte in
        let isPlain = (48...57).contains(byte) || (97...122).contains(byte)
        let digits = String(byte, radix: 16)
        return isPlain
            ? String(UnicodeScalar(byte)) : "%" + (digits.utf8.count < 2 ? "0" : "") + digits
    }.joined()
}

// MARK: - Chance

private func mutated(_ seeds: [[UInt8]], _ random: inout Randomness) -> [UInt8] {
    var bytes = seeds[random.below(seeds.count)]
    for _ in 0..<random.below(6) {
        guard !bytes.isEmpty else { return [UInt8(random.below(256))] }
        let place = random.below(bytes.count)
        let length = min(random.below(40), bytes.count - place)
        switch random.below(6) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.removeSubrange(place..<(place + length))
        case 2: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
        case 3: bytes.removeSubrange(place...)
        case 4:
            bytes.insert(contentsOf: (0..<length).map { _ in UInt8(random.below(256)) }, at: place)
        default:
            let words = [
                "\r\n--B--", "\r\n--B\r\n", "\r\n\r\n", "--B", "%", "%00", "&", "=", ";", "\"",
                "filename=\"../../x\"", "Content-Disposition: form-data; name=q", "\u{202E}", "\0",
            ]
            bytes.insert(contentsOf: words[random.below(words.count)].utf8, at: place)
        }
    }
    return bytes
}

private func count<Value>(
    _ taken: inout Int, _ refused: inout Int, _ body: () throws -> Value
) {
    do {
        _ = try body()
        taken += 1
    } catch {
        refused += 1
        #expect(error is FormError)
    }
}

/// Of this thread's own work, whatever else the machine does.
private func seconds(_ body: () -> Void) -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    body()
    return now() - start
}

/// SplitMix64: the same numbers for the same seed everywhere.
private struct Randomness {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    /// Of any characters but NUL.
    mutating func text(_ length: Int) -> String {
        var text = ""
        for _ in 0..<below(length) {
            let most = [0x80, 0x800, 0x3000, 0x11_0000][below(4)]
            guard let scalar = Unicode.Scalar(UInt32(1 + below(most - 1))) else { continue }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
