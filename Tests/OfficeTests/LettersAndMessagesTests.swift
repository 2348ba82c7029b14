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

    @Test func `letters lie in the order in which they are carried out`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        try office.take([
            "units.csv": "unit,building,kind,area,handover\n1-1-1001,1,residence,80,\n"
                + "10-1-101,10,residence,80,\n1-1-901,1,residence,80,\n2-1-901,2,residence,80,\n",
            "owners.csv": "owner,name,phone,email,address,channels,language\n"
                + "N1,童新,,,,hand,zh\n",
            "ownerships.csv": "unit,owner,from,to,daily_rate\n"
                + ["1-1-1001", "10-1-101", "1-1-901", "2-1-901"].map { "\($0),N1,2026-01-01,,\n" }
                .joined(),
        ])
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let pdf = office.folder + "/letters.pdf"
        var sheets = LetterSheets()
        sheets.hasSeparators = true
        sheets.isDuplex = true
        let printed = try printLetters(to: pdf, period: nil, on: sheets, effects: office.effects)
        let pages = try text(ofPDF: pdf).components(separatedBy: "\u{c}")
        let places = ["1-1-901", "1-1-1001", "2-1-901", "10-1-101"].map { unit in
            pages.firstIndex { $0.contains("枫林苑 \(unit)") }!
        }
        #expect(places == places.sorted() && places.allSatisfy { $0 % 2 == 0 })
        #expect(pages.contains { $0.contains("10 栋") && $0.contains("1 封信") })
        #expect(printed.pages == pages.dropLast().count)
    }

    @Test func `what letters show beside words comes in with the policy, and goes out with it`()
        throws
    {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["policy.yaml"]! += "letters: { seal: seal.png, collection_code: seal.png }\n"
        let missing = try office.take(files)
        #expect(missing.problems.map(\.file) == ["seal.png"])
        let folder = try office.write(files, as: "whole")
        let picture = try #require(
            Data(
                base64Encoded:
                    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAC0lEQVR4nGNggAEAAAoAA"
                    + "X+AdF4AAAAASUVORK5CYII="))
        let place = folder + "/seal.png"
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: place))
        func take() throws -> ImportReport {
            try importCommunity(from: folder, dryRun: false, effects: office.effects)
        }
        #expect(try take().problems.map(\.file) == ["seal.png"])
        try picture.write(to: URL(fileURLWithPath: place))
        #expect(try take().files.first { $0.file == "seal.png" }?.added == 1)
        #expect(try take().files.first { $0.file == "seal.png" }?.known == 1)
        try FileManager.default.removeItem(atPath: place)
        #expect(try take().problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let pdf = office.folder + "/letters.pdf"
        #expect(try printLetters(to: pdf, period: nil, effects: office.effects).letters == 3)
        #expect(try text(ofPDF: pdf).contains("扫码付款"))
        _ = try exportCommunity(to: office.folder + "/out", effects: office.effects)
        #expect(FileManager.default.contents(atPath: office.folder + "/out/seal.png") == picture)
    }

    @Test func `a sample of each stage is printed, and records nothing`() throws {
        let office = try TestOffice()
        let pdf = office.folder + "/sample.pdf"
        for stage in ["bill", "early", "middle", "late", "formal"] {
            try printSampleLetter(of: stage, to: pdf, effects: office.effects)
            let text = try text(ofPDF: pdf)
            #expect(text.contains("样张 SAMPLE") && text.contains("-00000-"))
            #expect(text.contains("周启明") && text.contains("Zhou Qiming"))
        }
        try office.take(MapleCourt.files)
        let before = try office.books(asOf: date("2026-11-21"))
        try printSampleLetter(of: "formal", to: pdf, effects: office.effects)
        try printTestSheet(to: pdf, effects: office.effects)
        #expect(try text(ofPDF: pdf).contains("left: 22, top: 46, width: 88, height: 30"))
        #expect(try office.books(asOf: date("2026-11-21")) == before)
        let known = ["bill", "early", "middle", "late", "formal"]
        #expect(throws: OfficeError.unknownStage(code: "court", known: known)) {
            try printSampleLetter(of: "court", to: pdf, effects: office.effects)
        }
    }

    @Test func `a font that is not installed is named before anything is written`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["policy.yaml"]! += "letters: { fonts: { prose: AR PL UKai CN } }\n"
        try office.take(files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        let error = #expect(throws: (any Error).self) {
            try printLetters(
                to: office.folder + "/l.pdf", period: nil, effects: office.effects)
        }
        #expect("\(error!)".contains("AR PL UKai CN"))
        #expect(!FileManager.default.fileExists(atPath: office.folder + "/l.pdf"))
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
        let messages = try listedMessages(effects: office.effects)
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
