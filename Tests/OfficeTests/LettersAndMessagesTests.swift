import Files
import Foundation
import Office
import Primitives
import TestKit
import Testing

@Suite struct `Letters and messages` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    @Test func `each letter is printed once, and again only as a reprint`() throws {
        let office = try office()
        let pdf = office.folder + "/letters.pdf"
        let printed = try printLetters(to: pdf, period: nil, effects: office.effects)
        #expect(printed.letters == 3)
        #expect(
            try printLetters(to: office.folder + "/none.pdf", period: nil, effects: office.effects)
                .letters == 0)
        #expect(!FileManager.default.fileExists(atPath: office.folder + "/none.pdf"))
        let again = office.folder + "/again.pdf"
        try reprintLetter("FL-202611-00002-9", to: again, effects: office.effects)
        try reprintLetter("FL-202611-00002-9", to: again, effects: office.effects)
        let text = try text(ofPDF: again)
        #expect(text.contains("补打 第 2 次"))
        #expect(text.contains("FL-202611-00002-9") && text.contains("299.52"))
        #expect(throws: OfficeError.neverPrinted(number: "FL-202611-00003-7")) {
            try reprintLetter("FL-202611-00003-7", to: again, effects: office.effects)
        }
    }

    @Test func `letters say what the notices say`() throws {
        let office = try office()
        let pdf = office.folder + "/letters.pdf"
        _ = try printLetters(to: pdf, period: nil, effects: office.effects)
        let pages = try text(ofPDF: pdf)
        for figure in [
            "FL-202611-00001-1", "274.56", "255.13", "44.39", "299.52", "437.76", "安甲", "白乙",
        ] {
            #expect(pages.contains(figure), "\(figure)")
        }
    }

    @Test func `a kept file that was changed is not printed again`() throws {
        let office = try office()
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        let kept = try #require(
            FileManager.default.enumerator(atPath: office.effects.evidence)?.compactMap {
                $0 as? String
            }
            .first { $0.hasSuffix(".pdf") })
        let path = office.effects.evidence + "/" + kept
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: FileError.evidenceLost(path: path)) {
            try reprintLetter(
                "FL-202611-00002-9", to: office.folder + "/x.pdf", effects: office.effects)
        }
    }

    @Test func `where the letters cannot be written, none counts as printed`() throws {
        let office = try office()
        #expect(throws: (any Error).self) {
            try printLetters(
                to: office.folder + "/missing/letters.pdf", period: nil, effects: office.effects)
        }
        #expect(
            try printLetters(to: office.folder + "/l.pdf", period: nil, effects: office.effects)
                .letters == 3)
    }

    @Test func `a message is composed once: its bytes stay the same`() throws {
        let office = try office()
        let messages = try queuedMessages(effects: office.effects)
        #expect(
            messages.map(\.recipient) == ["a01@example.com", "a03@example.com", "a04@example.com"])
        let bytes = try messageBytes(messages[0].id, effects: office.effects)
        office.advance(bySeconds: 3_600)
        #expect(try messageBytes(messages[0].id, effects: office.effects) == bytes)
        #expect(try exportMessages(to: office.folder + "/eml", effects: office.effects) == 3)
        let file = office.folder + "/eml/FL-202611-00001-1.1.eml"
        #expect(FileManager.default.contents(atPath: file).map(Array.init) == bytes)
    }

    @Test func `each owner reads their own language`() throws {
        let office = try office()
        let english = String(
            decoding: try messageBytes(MessageID(3), effects: office.effects), as: UTF8.self)
        #expect(english.contains("Subject:") && english.contains("<a04@example.com>"))
        let bodies = english.components(separatedBy: "base64\r\n\r\n").dropFirst()
        let text = bodies.first.flatMap {
            Data(
                base64Encoded: $0.components(separatedBy: "\r\n--")[0],
                options: .ignoreUnknownCharacters)
        }
        #expect(String(decoding: text ?? Data(), as: UTF8.self).contains("Dear"))
    }

    @Test func `without an office in the policy, nothing is made`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        let lines = MapleCourt.policy.split(separator: "\n")
        files["policy.yaml"] = lines.filter {
            !$0.hasPrefix("  ") && !$0.hasPrefix("office") || $0.contains("rates")
                || $0.contains("daily")
        }
        .joined(separator: "\n")
        #expect(try office.take(files).problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        #expect(throws: OfficeError.noOffice) {
            try printLetters(to: office.folder + "/l.pdf", period: nil, effects: office.effects)
        }
    }

    private func text(ofPDF path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
        process.arguments = ["-layout", path, "-"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
