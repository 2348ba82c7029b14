import Foundation
import Office
import Primitives
import TestKit
import Testing

/// Workbooks from and for other programs: openpyxl, and LibreOffice where it is installed.
@Suite(.serialized) struct `A community in Excel` {
    private let office: TestOffice
    private var sample: String { office.folder + "/sample" }

    init() throws {
        office = try TestOffice()
        try makeSample(in: sample, units: 40, seed: 7) { _, _, _ in }
    }

    private func take(_ folder: String, into office: TestOffice) throws -> ImportReport {
        try importCommunity(from: folder, dryRun: false, effects: office.effects)
    }

    /// Imports the CSV tables, and those of the folder elsewhere: the books are the same.
    private func expectSameBooks(in folder: String) throws {
        #expect(try take(sample, into: office).problems == [])
        let other = try TestOffice()
        let report = try take(folder, into: other)
        #expect(report.problems.map { $0.text(in: .en) } == [])
        #expect(report.remarks.map(\.en) == [])
        #expect(report.files.filter { $0.file.hasSuffix(".xlsx") }.count == 10)
        for day in ["2026-03-31", "2026-11-21"] {
            #expect(try other.books(asOf: date(day)) == office.books(asOf: date(day)))
        }
        #expect(try exported(other, as: .csv) == exported(office, as: .csv))
    }

    /// The files of an export, but for workbooks.
    private func exported(_ office: TestOffice, as kind: TableKind) throws -> [String: String] {
        let folder = office.folder + "/exported-\(UUID().uuidString)"
        _ = try exportCommunity(to: folder, as: kind, effects: office.effects)
        return try texts(in: folder)
    }

    private func texts(in folder: String) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.filter { $0.hasSuffix(".csv") }.reduce(into: [:]) {
            $0[$1] = try String(contentsOfFile: folder + "/" + $1, encoding: .utf8)
        }
    }

    // MARK: - Dunwell alone

    @Test func `that was exported is taken to the same books, and again changes nothing`() throws {
        #expect(try take(sample, into: office).problems == [])
        let folder = office.folder + "/xlsx"
        let counts = try exportCommunity(to: folder, as: .xlsx, effects: office.effects)
        #expect(counts.files.allSatisfy { $0.file.hasSuffix(".xlsx") })
        try expectSameBooks(in: folder)
        let again = try take(folder, into: office)
        #expect(again.files.allSatisfy { $0.added == 0 && $0.changed == 0 })
    }

    @Test func `that stands in both kinds of file is refused`() throws {
        _ = try take(sample, into: office)
        let folder = office.folder + "/both"
        _ = try exportCommunity(to: folder, as: .xlsx, effects: office.effects)
        try FileManager.default.copyItem(
            atPath: sample + "/units.csv", toPath: folder + "/units.csv")
        let report = try take(folder, into: office)
        #expect(
            report.problems.map { $0.text(in: .en) } == [
                "units.xlsx: stands there twice, as .csv and as .xlsx. Keep one of the two."
            ])
        #expect(
            report.problems.first?.text(in: .zh)
                == "units.xlsx：这张表既有 .csv 又有 .xlsx，不知道以哪个为准。请只留一个。")
    }

    @Test func `is spoken of by the names of its own files`() throws {
        _ = try take(sample, into: office)
        let folder = office.folder + "/named"
        _ = try exportCommunity(to: folder, as: .xlsx, effects: office.effects)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name != "units.xlsx" {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        let payment = "reference,date,unit,amount,method\nZ1,2026-11-02,9-9,1.00,bank\n"
        try payment.write(toFile: folder + "/payments.csv", atomically: true, encoding: .utf8)
        #expect(
            try take(folder, into: office).problems.map { $0.text(in: .en) } == [
                "payments.csv, row 2, unit “9-9”: is no known unit. Enter it in units.xlsx first, or correct "
                    + "it."
            ])
        try "".write(toFile: folder + "/~$units.xlsx", atomically: true, encoding: .utf8)
        try "".write(toFile: folder + "/units.ods", atomically: true, encoding: .utf8)
        let remarks = try take(folder, into: office).remarks.map(\.en)
        #expect(remarks.filter { $0.contains("was not read") }.count == 1)
        #expect(remarks.contains { $0.hasPrefix("units.ods was not read") })
    }

    // MARK: - openpyxl

    @Test func `that openpyxl wrote is taken to the same books as its CSV`() throws {
        let folder = office.folder + "/openpyxl"
        try spreadsheets("write", sample, folder)
        try expectSameBooks(in: folder)
    }

    @Test func `that was exported is read by openpyxl as its CSV says, to the byte`() throws {
        #expect(try take(sample, into: office).problems == [])
        let folder = office.folder + "/xlsx"
        _ = try exportCommunity(to: folder, as: .xlsx, effects: office.effects)
        try spreadsheets("read", folder, office.folder + "/read")
        #expect(try texts(in: office.folder + "/read") == exported(office, as: .csv))
    }

    // MARK: - LibreOffice

    private static let hasLibreOffice = FileManager.default.isExecutableFile(
        atPath: "/usr/bin/soffice")

    @Test(.enabled(if: hasLibreOffice))
    func `that LibreOffice made of CSV, or of an export, is taken to the same books`() throws {
        let made = office.folder + "/made"
        try convert(sample, "csv", to: "xlsx", in: made)
        try expectSameBooks(in: made)
        let ours = office.folder + "/ours"
        _ = try exportCommunity(to: ours, as: .xlsx, effects: office.effects)
        let opened = office.folder + "/opened"
        try convert(ours, "xlsx", to: "xlsx", in: opened)
        try expectSameBooks(in: opened)
    }

    @Test(
        .enabled(if: hasLibreOffice),
        arguments: [
            ("xls", "is of the old kind, .xls"), ("ods", "is an OpenDocument table, .ods"),
            ("html", "is no Excel workbook (.xlsx)"),
        ])
    func `that LibreOffice saved as something else is told so`(kind: String, said: String) throws {
        let folder = office.folder + "/other"
        try convert(sample, "csv", to: kind, in: folder)
        try FileManager.default.moveItem(
            atPath: folder + "/units.\(kind)", toPath: folder + "/units.xlsx")
        let report = try take(folder, into: office)
        let problem = report.problems.first { $0.file == "units.xlsx" }
        #expect(problem?.message.en.hasPrefix(said) == true, "\(report.problems)")
    }

    private func convert(_ source: String, _ end: String, to kind: String, in target: String) throws
    {
        let names = try FileManager.default.contentsOfDirectory(atPath: source)
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: source + "/policy.yaml", toPath: target + "/policy.yaml")
        let csv = end == "csv" ? ["--infilter=CSV:44,34,76,1,,0,false,true,false"] : []
        try run(
            "/usr/bin/soffice",
            ["-env:UserInstallation=file://\(office.folder)/profile", "--headless"] + csv
                + ["--convert-to", kind, "--outdir", target]
                + names.filter { $0.hasSuffix("." + end) }.map { source + "/" + $0 })
    }

    private func spreadsheets(_ arguments: String...) throws {
        let script = repository + "/Tests/Spreadsheets/spreadsheets.py"
        try run("/usr/bin/python3", ["-B", script] + arguments)
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["LANG": "C.UTF-8", "HOME": office.folder]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: output, as: UTF8.self))")
    }
}
