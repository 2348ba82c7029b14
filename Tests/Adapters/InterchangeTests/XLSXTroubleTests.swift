import Primitives
import Testing

@testable import Interchange

@Suite struct `A workbook that is none` {
    private static let ole: [UInt8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
    private static let encrypted = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
    private static let blanks = [UInt8](repeating: 0, count: 200_000)

    private static let files: [(String, [UInt8], WorkbookTrouble)] = [
        ("CSV", Array("unit,building\n".utf8), .noWorkbook),
        ("nothing", [], .noWorkbook),
        ("HTML", Array("<html><table>".utf8), .noWorkbook),
        ("Excel 97", ole + blanks, .oldWorkbook),
        ("with a password", ole + blanks.prefix(102_392) + encrypted + blanks, .password),
        ("zip with a password", zipped(sample.map { ($0.0, $0.1) }, flags: 1), .password),
        (
            "xlsb", package(["_rels/.rels": rels(["officeDocument": "xl/workbook.bin"])]),
            .binaryWorkbook
        ),
        ("ods", package(["mimetype": "x", "content.xml": "<a/>"]), .openDocument),
        ("a zip", package(["a.txt": "a"]), .noWorkbook),
        ("an empty zip", zipped([]), .noWorkbook),
        ("cut off", Array(SampleWorkbook(units: []).bytes.dropLast(300)), .damaged(row: nil)),
        (
            "without its workbook",
            package(["_rels/.rels": rels(["officeDocument": "xl/workbook.xml"])]), .noWorkbook
        ),
        ("links that are no XML", package(["_rels/.rels": "{}"]), .damaged(row: nil)),
    ]

    private static let sample: [(String, [UInt8])] = SampleWorkbook(units: []).parts.map {
        ($0.name, Array($0.text.utf8))
    }

    private static func package(_ parts: [String: String]) -> [UInt8] {
        zipped(parts.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) })
    }

    @Test(arguments: files)
    func `is told what it is`(name: String, bytes: [UInt8], trouble: WorkbookTrouble) throws {
        let reading = try SampleFolder.readWorkbook(bytes, as: UnitRow.self)
        #expect(reading.rows.isEmpty && reading.stop?.file == "units.xlsx")
        #expect(reading.stop?.message == trouble.message)
    }

    @Test func `is missing, or a folder`() throws {
        let folder = SampleFolder()
        #expect(
            try folder.readWorkbook(as: UnitRow.self).reading.stop?.message
                == WorkbookTrouble.unreadable.message)
    }

    private static let row =
        "<row>" + ["unit", "building", "kind", "area"].map { inline($0) }.joined() + "</row>"
    private static let long = String(repeating: "x", count: 200_000)

    /// What stands in the sheet, and how far it is read.
    private static let sheets: [(String, WorkbookTrouble)] = [
        ("", .empty), ("<row/>", .empty), ("<row><c s=\"0\"/></row>", .empty),
        ("<row><c t=\"s\"><v>0</v></c></row>", .damaged(row: nil)),
        ("<row><c t=\"s\"><v>x</v></c></row>", .damaged(row: 1)),
        ("<row><c t=\"zz\"><v>1</v></c></row>", .damaged(row: 1)),
        ("<row r=\"2\"/><row r=\"2\"/>", .damaged(row: 3)),
        ("<row r=\"0\"/>", .damaged(row: 1)), ("<row r=\"x\"/>", .damaged(row: 1)),
        ("<row r=\"1048577\"/>", .damaged(row: 1)),
        ("<row r=\"99999999999999999999\"/>", .damaged(row: 1)),
        ("<row><c r=\"B1\"/><c r=\"A1\"/></row>", .damaged(row: 1)),
        ("<row><c r=\"XFE1\"/></row>", .damaged(row: 1)),
        ("<row><c r=\"ZZZZZZZZZZ1\"/></row>", .damaged(row: 1)),
        ("<row><row/></row>", .damaged(row: 2)), ("<c/>", .damaged(row: 0)),
        ("<row>", .damaged(row: nil)), ("&nbsp;", .damaged(row: nil)),
        ("\u{1}", .damaged(row: nil)),
        (row + "<row>" + inline(long) + "</row>", .cellTooLong(row: 2)),
        (
            row + "<row>" + String(repeating: inline(String(long.prefix(100_000))), count: 11)
                + "</row>",
            .rowTooLong(row: 2)
        ),
        (
            row + "<row>" + String(repeating: stored("1"), count: 1_001) + "</row>",
            .rowTooLong(row: 2)
        ),
        (String(repeating: "<a>", count: 200), .damaged(row: nil)),
        ("<a b=\"" + String(repeating: long, count: 20) + "\"/>", .damaged(row: nil)),
        ("<!--" + String(repeating: long, count: 20) + "-->", .damaged(row: nil)),
        ((0..<20_000).map { "<n\($0)/>" }.joined(), .damaged(row: nil)),
        ((0..<20_000).map { "<a n\($0)=\"\"/>" }.joined(), .damaged(row: nil)),
    ]

    @Test(arguments: sheets)
    func `has a sheet that cannot be read on`(data: String, trouble: WorkbookTrouble) throws {
        var workbook = SampleWorkbook()
        workbook.sheetData = data
        let stop = try SampleFolder.read(workbook, as: UnitRow.self).stop
        #expect(stop?.message == trouble.message)
        #expect(stop?.row == trouble.row)
    }

    @Test func `has a sheet of 1,000 filled cells in a row, and blank ones without end`() throws {
        var workbook = SampleWorkbook()
        workbook.sheetData =
            Self.row + "<row>" + ["1", "A", "shop", "1"].map { inline($0) }.joined()
            + String(repeating: "<c s=\"1\"/>", count: 16_380) + "</row>"
        #expect(try SampleFolder.read(workbook, as: UnitRow.self).numbers == [2])
    }

    @Test func `brings a document type of its own`() throws {
        var parts = Self.sample
        parts[3].1 = Array(
            "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>".utf8)
        let stop = try SampleFolder.readWorkbook(zipped(parts), as: UnitRow.self).stop
        #expect(stop?.message == WorkbookTrouble.damaged(row: nil).message)
    }

    @Test func `has no visible sheet`() throws {
        var workbook = SampleWorkbook(units: [])
        workbook.isFirstHidden = true
        #expect(
            try SampleFolder.read(workbook, as: UnitRow.self).stop?.message
                == WorkbookTrouble.noSheet.message)
    }

    @Test func `claims more parts than any has`() throws {
        let parts = (0..<40_000).map { ("part-\($0)", [UInt8]()) }
        #expect(
            try SampleFolder.readWorkbook(zipped(parts), as: UnitRow.self).stop?.message
                == WorkbookTrouble.tooManyParts.message)
    }

    @Test func `says everything in both languages, and what to do`() {
        let all: [WorkbookTrouble] = [
            .unreadable, .noWorkbook, .oldWorkbook, .password, .binaryWorkbook, .openDocument,
            .damaged(row: nil), .tooLarge, .tooDense, .tooManyParts, .tooMuchText,
            .cellTooLong(row: nil), .rowTooLong(row: 1), .mergedCells(row: 1, cells: "A1"),
            .noSheet,
            .empty,
        ]
        let messages = Set(all.map(\.message))
        #expect(messages.count == all.count)
        #expect(messages.allSatisfy { $0.zh.hasSuffix("。") && $0.en.hasSuffix(".") })
    }
}
