import FeeLedger
import Interchange
import Primitives
import Testing

private let header = "unit,building,kind,area,handover\n"

@Suite struct `CSV reader` {
    // MARK: - Encodings and line ends

    private static let chinese = "房号,楼栋,类型,面积,交付日期\n3-2-1501,三栋,住宅,89.52,2019/6/30\n"

    private static let encodings: [(String, [UInt8])] = [
        ("UTF-8", Array(chinese.utf8)),
        ("UTF-8 with its mark", [0xEF, 0xBB, 0xBF] + Array(chinese.utf8)),
        ("GB18030", gb18030(chinese)),
        ("GB18030 with its mark", [0x84, 0x31, 0x95, 0x33] + gb18030(chinese)),
        ("CRLF", Array(chinese.replacing("\n", with: "\r\n").utf8)),
        ("CR", Array(chinese.replacing("\n", with: "\r").utf8)),
        ("no last line end", Array(chinese.dropLast().utf8)),
        ("spaces around", Array(chinese.replacing(",", with: " , ").utf8)),
        ("wide spaces", Array(chinese.replacing(",", with: "\u{3000},\u{A0}").utf8)),
        ("all in quotes", Array(quoted(chinese).utf8)),
    ]

    @Test(arguments: encodings)
    func `a file is read whatever wrote it`(name: String, bytes: [UInt8]) throws {
        let reading = try SampleFolder.read(bytes, as: UnitRow.self)
        #expect(reading.stop == nil && reading.problems == [])
        let row = try #require(reading.rows.first)
        #expect(reading.rows.count == 1 && row.number == 2)
        #expect(row.row.code == "3-2-1501" && row.row.building == "三栋")
        #expect(row.row.kind == .residence && row.row.area == Area(parts: 8_952))
        #expect(row.row.handover == day("2019-06-30"))
    }

    /// Bytes of 房号 in GB18030, by the standard's table: the test's own encoder is right.
    @Test func `the encoder of these tests writes GB18030`() {
        #expect(gb18030("房号") == [0xB7, 0xBF, 0xBA, 0xC5])
    }

    @Test func `a mark before quotes is no stray quote`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array(quoted(Self.chinese).utf8)
        let reading = try SampleFolder.read(bytes, as: UnitRow.self)
        #expect(reading.stop == nil)
        #expect(reading.rows.count == 1)
    }

    @Test(arguments: ["UTF-8", "GB18030"])
    func `characters that two pieces share are whole`(encoding: String) throws {
        // Rows of odd lengths, 400 KB: some characters lie across each border of 64 KB.
        var text = header
        for number in 0..<5_000 {
            text += "A\(number),楼栋\(String(repeating: "栋", count: number % 37)),住宅,1,\n"
        }
        let bytes = encoding == "UTF-8" ? Array(text.utf8) : gb18030(text)
        let reading = try SampleFolder.read(bytes, as: UnitRow.self)
        #expect(reading.stop == nil && reading.problems == [])
        #expect(reading.numbers == Array(2...5_001))
        let isWhole = reading.rows.enumerated().allSatisfy { number, row in
            row.row.code == "A\(number)"
                && row.row.building == "楼栋" + String(repeating: "栋", count: number % 37)
        }
        #expect(isWhole)
    }

    // MARK: - Cells and rows

    @Test func `quotes hold commas, quotes and line ends`() throws {
        let reading = try SampleFolder.read(
            header + "1,\"a,b\",shop,1,\n2,\"say \"\"hi\"\"\",shop,1,\n"
                + "3,\"x\ny\",shop,1,\n4,z,shop,1,",
            as: UnitRow.self)
        #expect(reading.rows.map(\.row.building) == ["a,b", "say \"hi\"", "x\ny", "z"])
        #expect(reading.numbers == [2, 3, 4, 5])  // as a spreadsheet numbers them
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `blank rows are passed over, and keep the numbers of the others right`(
        end: String
    ) throws {
        let lines = [
            "unit,building,kind,area,handover", "1,,shop,1,", "", ",,,,", "2,,shop,1,", " ", "",
            "3,,shop,1,", "", "",
        ]
        let reading = try SampleFolder.read(lines.joined(separator: end), as: UnitRow.self)
        #expect(reading.rows.map(\.row.code) == ["1", "2", "3"])
        #expect(reading.numbers == [2, 5, 8])
    }

    @Test func `an apostrophe before a formula is taken off, and no other`() throws {
        let reading = try SampleFolder.read(
            header + "'-1,'=1+1,shop,1,\n'2,'栋,shop,1,\n3,',shop,1,", as: UnitRow.self)
        #expect(reading.rows.map(\.row.code) == ["-1", "'2", "3"])
        #expect(reading.rows.map(\.row.building) == ["=1+1", "'栋", "'"])
    }

    @Test func `a row may end early, where what is missing may be empty`() throws {
        let reading = try SampleFolder.read(header + "1,,shop,2.5\n2,,shop\n", as: UnitRow.self)
        #expect(reading.numbers == [2])
        #expect(reading.problems.map { [$0.row.map(String.init), $0.column] } == [["3", "area"]])
    }

    @Test func `every problem of a row is told, and the rows after it are read`() throws {
        let reading = try SampleFolder.read(
            header + ",,villa,-1,soon\n2,,shop,1,", as: UnitRow.self)
        #expect(reading.problems.map(\.column) == ["unit", "kind", "area", "handover"])
        #expect(reading.problems.allSatisfy { $0.row == 2 && $0.file == "units.csv" })
        #expect(reading.numbers == [3])
    }

    // MARK: - Headers

    @Test(arguments: [
        "unit,building,kind,area,handover", "房号,楼栋,类型,面积,交付日期",
        "房号 unit,楼栋 building,类型 kind,面积 area,交付日期 handover",
        "房号（unit）,楼栋(building),类型/kind,面积=area,交付日期\u{3000}handover",
        "Unit,BUILDING,Kind,Area,Handover", "unit,building,kind,area,handover,,",
        "unit,楼栋,kind,面积,handover",
    ])
    func `a header is English, Chinese, or both`(header: String) throws {
        let reading = try SampleFolder.read(
            header + "\n1,A,shop,2.50,2026-01-05", as: UnitRow.self)
        #expect(reading.stop == nil)
        let row = try #require(reading.rows.first?.row)
        #expect(row.code == "1" && row.building == "A" && row.kind == .shop)
        #expect(row.area == Area(parts: 250) && row.handover == day("2026-01-05"))
    }

    @Test func `columns stand in any order, and an optional one may be missing`() throws {
        let reading = try SampleFolder.read("area,unit,kind,building\n2,1,shop,A", as: UnitRow.self)
        let row = try #require(reading.rows.first?.row)
        #expect(row.code == "1" && row.area == Area(parts: 200) && row.handover == nil)
    }

    private static let known =
        "unit=房号, building=楼栋, kind=类型, area=面积, handover=交付日期"

    private static let wrongHeaders: [(String, String, String)] = [
        (
            "unit,building,kind,area,owner",
            "units.csv 第 1 行，owner：没有这一列。请改名或删去；可用的列：\(known)。",
            "units.csv, row 1, owner: is no column of this file. Rename or delete it; the columns "
                + "are: \(known)."
        ),
        (
            "房号 building,楼栋,类型,面积",
            "units.csv 第 1 行，房号 building：没有这一列。请改名或删去；可用的列：\(known)。",
            "units.csv, row 1, 房号 building: is no column of this file. Rename or delete it; the "
                + "columns are: \(known)."
        ),
        (
            "unit,building,kind,area,房号", "units.csv 第 1 行，房号：这一列出现了两次。请删去一列。",
            "units.csv, row 1, 房号: stands there twice. Delete one."
        ),
        (
            "unit,building,kind", "units.csv 第 1 行，面积：缺少这一列（面积）。请补上。",
            "units.csv, row 1, area: (面积) is missing. Add the column."
        ),
    ]

    @Test(arguments: wrongHeaders)
    func `a header that is not the file's is refused`(
        header: String, zh: String, en: String
    ) throws {
        let reading = try SampleFolder.read(header + "\n1,A,shop,2,", as: UnitRow.self)
        #expect(reading.rows.isEmpty)
        #expect(reading.stop?.text(in: .zh) == zh)
        #expect(reading.stop?.text(in: .en) == en)
    }

    // MARK: - What is no table

    private static let notText =
        "is not a CSV text file, or neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8” in "
        + "Excel."
    private static let nul =
        "there is a NUL byte: this is no text file. Save it as “CSV UTF-8” in Excel."
    private static let empty =
        "is empty, without even a header. `dunwell import --template` writes files with headers."
    private static let stray =
        "a quote stands where none may. Put the whole cell in quotes and double those inside."
    private static let open = "a quote is left open. Close it."
    private static let tooLong =
        "the row is longer than a million bytes. Look for missing line ends or a quote left open."

    private static let broken: [(String, Int?, String)] = [
        ("", nil, empty), ("\n\n", nil, empty), ("\u{FEFF}", nil, empty), (" , \n", nil, empty),
        (header + "1,a\"b\"c,shop,1,\n", 2, stray), (header + "1,\"a\"b,shop,1,\n", 2, stray),
        (header + "1,a,shop,1,\n2,\"a,shop,1,\n3,b,shop,1,\n", 3, open),
        (header + "1,a,shop,1,\n2,\0,shop,1,\n", 3, nul), ("\0" + header, 1, nul),
        ("unit\0,building,kind,area", 1, nul),
        (header + "1,a,shop,1,\n" + String(repeating: "x", count: 2_000_000), 3, tooLong),
        (header + "\"" + String(repeating: "x\n", count: 1_000_000), 2, tooLong),
    ]

    @Test(arguments: broken)
    func `what cannot be read on is told, with its row`(
        text: String, row: Int?, en: String
    ) throws {
        let reading = try SampleFolder.read(text, as: UnitRow.self)
        #expect(reading.stop?.row == row)
        #expect(reading.stop?.message.en == en)
        #expect(reading.numbers == Array(2..<max(2, row ?? 2)))  // those before it
    }

    private static let noText: [(String, [UInt8], String)] = [
        ("a PDF", Array("%PDF-1.4\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A, 0xFF, 0xFE], notText),
        ("UTF-16", [0xFF, 0xFE, 0x75, 0x00, 0x6E, 0x00], notText),
        ("a cut character", Array("unit".utf8) + [0xE6], notText),
        ("an .xlsx", [0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x06, 0x00], nul),
    ]

    @Test(arguments: noText)
    func `what is no text is told so`(name: String, bytes: [UInt8], en: String) throws {
        #expect(try SampleFolder.read(bytes, as: UnitRow.self).stop?.message.en == en)
    }

    @Test func `a PDF that happens to be text is refused by its header`() throws {
        let reading = try SampleFolder.read("%PDF-1.4\n1 0 obj\n<< >>\n", as: UnitRow.self)
        #expect(reading.stop?.column == "%PDF-1.4" && reading.stop?.row == 1)
    }

    @Test func `a missing file is told so`() throws {
        #expect(try SampleFolder().read(as: UnitRow.self).stop != nil)
    }

    @Test func `a row of two million bytes is refused whichever cell is long`() throws {
        let long = header + "1," + String(repeating: "x", count: 2_000_000) + ",shop,1,\n"
        let many = header + "1" + String(repeating: ",x", count: 1_000_000) + "\n"
        for text in [long, many] {
            let reading = try SampleFolder.read(text, as: UnitRow.self)
            #expect(reading.stop?.message.en == Self.tooLong)
        }
    }

    @Test func `a million bytes of blank rows are no long row`() throws {
        let text = header + "1,a,shop,1,\n" + String(repeating: "\n", count: 1_200_000)
        let reading = try SampleFolder.read(text, as: UnitRow.self)
        #expect(reading.stop == nil)
    }

    @Test func `a row with more cells than the header is refused`() throws {
        let reading = try SampleFolder.read(
            header + "1,a,shop,1,,\n2,a,shop,1,,,x\n3,a,b,shop,1,z\n", as: UnitRow.self)
        #expect(reading.numbers == [2])  // empty cells are no cells
        // Where a comma too many has moved the cells, the cells that are wrong are named.
        #expect(reading.problems.map(\.row) == [3, 4, 4, 4])
        #expect(
            reading.problems[0].text(in: .en)
                == "units.csv, row 3 “x”: the row has more cells than the header. Look for a comma too "
                + "many; text with a comma must stand in quotes.")
        #expect(
            reading.problems[0].text(in: .zh)
                == "units.csv 第 3 行「x」：这一行的格数比表头多。请检查是否多了逗号；含逗号的内容要用引号括起来。")
    }
}

private func quoted(_ text: String) -> String {
    text.split(separator: "\n").map { line in
        line.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ",") + "\n"
    }.joined()
}
