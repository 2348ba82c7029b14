import FeeLedger
import Glibc
import Primitives
import Testing

@testable import Interchange

@Suite struct `XLSX reader` {
    // MARK: - The same as CSV

    private func check<Row: TableRow>(_ type: Row.Type) throws {
        let csv = samples[Row.format.file]!.replacing("\"", with: "").replacing(", ", with: " ")
        let fromText = try SampleFolder.read(csv, as: Row.self)
        var workbook = SampleWorkbook(csv: csv)
        let inlineRows = try SampleFolder.read(workbook, as: Row.self)
        let cells = workbook.rows.joined().filter { $0 != "<c/>" }
        workbook.strings = cells.map { "<si>" + $0.dropFirst(21).dropLast(9) + "</si>" }
        var place = 0
        workbook.rows = workbook.rows.map { row in
            row.map { cell in
                if cell == "<c/>" { return cell }
                defer { place += 1 }
                return shared(place)
            }
        }
        let sharedRows = try SampleFolder.read(workbook, as: Row.self)
        #expect(fromText.rows.count >= 2 && fromText.problems == [])
        for reading in [inlineRows, sharedRows] {
            #expect(reading.stop == nil && reading.problems == [])
            #expect(reading.rows.map { words($0) } == fromText.rows.map { words($0) })
        }
    }

    @Test func `every table reads as its CSV file does`() throws {
        try check(UnitRow.self)
        try check(OwnerRow.self)
        try check(OwnershipRow.self)
        try check(FeeRow.self)
        try check(ReadingRow.self)
        try check(ChargeRow.self)
        try check(PaymentRow.self)
        try check(WaiverRow.self)
        try check(ConcessionRow.self)
        try check(HoldRow.self)
    }

    /// What is written and read as a date, a period or a number is what the rows take for one.
    @Test func `the kind of every column is that of its rows`() throws {
        func expect<Row: TableRow>(_ type: Row.Type) {
            let columns = Row.format.columns
            let line = samples[Row.format.file]!.split(whereSeparator: \.isNewline)[1]
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let right = zip(columns.map(\.english), cells.map(String.init))
            for column in columns {
                var values = Dictionary(uniqueKeysWithValues: Array(right))
                values[column.english] = "x"
                var said = ""
                if case .failure(let wrong) = readRow(Row.self, values) {
                    said = wrong.problems.first { $0.column == column.english }?.message.en ?? ""
                }
                let place = "\(Row.format.file) \(column.english): \(said)"
                let isNumber = said.hasPrefix("is not a number") || said.hasPrefix("a cycle")
                #expect(said.hasPrefix("is not a date") == (column.kind == .date), "\(place)")
                #expect(said.hasPrefix("is not a period") == (column.kind == .period), "\(place)")
                switch column.kind {
                case .number, .rate: #expect(isNumber, "\(place)")
                default: #expect(!isNumber, "\(place)")
                }
            }
        }
        expect(UnitRow.self)
        expect(OwnerRow.self)
        expect(OwnershipRow.self)
        expect(FeeRow.self)
        expect(ReadingRow.self)
        expect(ChargeRow.self)
        expect(PaymentRow.self)
        expect(WaiverRow.self)
        expect(ConcessionRow.self)
        expect(HoldRow.self)
    }

    // MARK: - Cells

    private static let formats = [
        "yyyy-mm-dd", "yyyy\"年\"m\"月\"", "0%", "00000", "0\"号\"", "h:mm", "#,##0.00",
    ]
    private static let (date, month, percent, padded, dressed, time) = (1, 2, 3, 4, 5, 6)

    /// One cell of a row of charges that is right, and what became of it.
    private static let cells: [(cell: String, column: String, becomes: String)] = [
        // Numbers are read as they are shown, with at most 15 digits.
        (stored("285"), "amount", "285.00"), (stored("0.30000000000000004"), "amount", "0.30"),
        (stored("1E+3"), "amount", "1000.00"), (stored("85.569999999999993"), "amount", "85.57"),
        (stored("1234567.89", style: 7), "amount", "1234567.89"),
        (stored("12", style: dressed), "amount", "12.00"),
        (stored("1.005"), "amount", "“1.005”: has too many decimals; at most 2 are allowed."),
        (stored("-5"), "amount", "“-5”: is too small; the least is 0.01."),
        (stored("0.5", style: percent), "amount", "“50%”: is formatted as a percentage"),
        (stored("46347", style: date), "amount", "“2026-11-21”: is stored as a date, not as a"),
        (stored("NaN"), "amount", "“NaN”: is not a number"),
        (stored("1e400"), "amount", "“1e400”: is not a number"),
        // Dates by the style of the cell alone.
        (stored("46347", style: date), "due", "2026-11-21"),
        (stored("46347.0000001", style: date), "due", "2026-11-21"),
        (stored("46346.99999999", style: date), "due", "2026-11-21"),
        (stored("46347.3541666667", style: date), "due", "“2026-11-21 8:30”: holds a time of day"),
        (stored("0.25", style: time), "due", "“0.25”: is not a date."),
        (stored("46347"), "due", "“46347”: is not a date."),
        (stored("60", style: date), "due", "“60”: is not a date."),
        (stored("-1", style: date), "due", "“-1”: is not a date."),
        (stored("2958466", style: date), "due", "“2958466”: is not a date."),
        (inline("2026/11/5"), "due", "2026-11-05"),
        ("<c t=\"d\"><v>2026-11-21</v></c>", "due", "2026-11-21"),
        ("<c t=\"d\"><v>2026-11-21T00:00:00</v></c>", "due", "2026-11-21"),
        ("<c t=\"d\"><v>2026-11-21T08:30:00</v></c>", "due", "“2026-11-21 08:30:00”: holds a time"),
        // The first of a month is what Excel makes of a typed 2026-11.
        (stored("46327", style: month), "period", "2026-11"),
        (stored("46328", style: month), "period", "“2026-11-02”: is a day, not a period."),
        (inline("2026-11"), "period", "2026-11"),
        (stored("2026.11"), "period", "“2026.11”: is not"),
        // A code that Excel has changed is not guessed.
        (stored("101"), "unit", "101"), (stored("101", style: padded), "unit", "00101"),
        (stored("36953", style: date), "unit", "“2001-03-03”: Excel has turned this into a date"),
        (stored("0.5", style: time), "unit", "“0.5”: Excel has turned this into a date or time"),
        (stored("3.1"), "unit", "“3.1”: is a code that Excel has stored as a decimal"),
        (stored("101", style: dressed), "unit", "“101”: has a number format of its own"),
        (stored("1234567890123456"), "unit", "“1234567890123460”: has more than 15 digits"),
        (stored("0.5", style: percent), "unit", "“50%”: is formatted as a percentage"),
        // Formulas by their value.
        ("<c><f>1+1</f><v>2</v></c>", "amount", "2.00"),
        ("<c t=\"str\"><f>\"1-\"&amp;\"101\"</f><v>1-101</v></c>", "unit", "1-101"),
        ("<c><f>1+1</f></c>", "amount", ": is a formula whose value was not stored."),
        ("<c><f>1+1</f><v></v></c>", "amount", ": is a formula whose value was not stored."),
        ("<c t=\"str\"><f>\"\"</f><v></v></c>", "unit", "“”: is empty."),
        ("<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>", "amount", "“#DIV/0!”: is an error of the"),
        ("<c t=\"e\"><v>#REF!</v></c>", "unit", "“#REF!”: is an error of the spreadsheet."),
        ("<c t=\"b\"><v>1</v></c>", "unit", "TRUE"),
        ("<c t=\"b\"><v>0</v></c>", "amount", "“FALSE”: is not a number"),
        // Texts.
        (inline(" \u{3000}1-101\u{A0}"), "unit", "1-101"), (inline("'-1"), "unit", "-1"),
        (
            "<c t=\"inlineStr\"><is><r><t>1-</t></r><r><rPr><b/></rPr><t>101</t></r></is></c>",
            "unit", "1-101"
        ),
        (
            "<c t=\"inlineStr\"><is><t>东</t><rPh sb=\"0\" eb=\"1\"><t>dong</t></rPh></is></c>",
            "unit", "东"
        ),
        (inline("a_x0041__x005F_x0041_"), "unit", "aA_x0041_"),
        (inline("a_x000A_b"), "unit", "“a�b”: a code has at most 60 characters"),
        (inline("285"), "amount", "285.00"),
        (inline("1,285"), "amount", "“1,285”: is not a number"),
    ]

    @Test(arguments: cells)
    func `a cell is taken as what it is, or refused`(
        cell: String, column: String, becomes: String
    ) throws {
        var workbook = SampleWorkbook(csv: "unit,item,period,amount,due")
        workbook.formats = Self.formats
        let right = ["unit": "1", "item": "wy", "period": "2026-11", "amount": "1"]
        workbook.rows.append(
            ["unit", "item", "period", "amount", "due"].map { name in
                name == column ? cell : inline(right[name] ?? "2026-11-15")
            })
        let reading = try SampleFolder.read(workbook, as: ChargeRow.self)
        #expect(reading.stop == nil)
        if let row = reading.rows.first?.row {
            let values = [
                "unit": row.unit, "period": "\(row.period)", "amount": "\(row.amount)",
                "due": "\(row.due)",
            ]
            #expect(values[column] == becomes)
        } else {
            let text = reading.problems.map { $0.text(in: .en) }.joined(separator: "\n")
            let start = "charges.xlsx, row 2, \(column)" + (becomes.hasPrefix(":") ? "" : " ")
            #expect(reading.problems.count == 1)
            #expect(text.hasPrefix(start + becomes), "\(text)")
        }
    }

    @Test func `a rate may be shown in percent`() throws {
        var workbook = SampleWorkbook(csv: "unit,owner,from,to,daily_rate\n1,O,2026-01-01,")
        workbook.formats = ["0.00%"]
        workbook.rows[1].append(stored("1E-3", style: 1))
        let row = try SampleFolder.read(workbook, as: OwnershipRow.self).rows.first?.row
        #expect(row?.agreedRate == DailyRate(parts: 1_000))
    }

    @Test(arguments: [
        (false, "1", "1900-01-01"), (false, "59", "1900-02-28"), (false, "61", "1900-03-01"),
        (false, "46347", "2026-11-21"), (false, "2958465", "9999-12-31"),
        (true, "0", "1904-01-01"), (true, "44885", "2026-11-21"), (true, "2957003", "9999-12-31"),
    ])
    func `days are counted from 1900 or 1904`(
        from1904: Bool, serial: String, date: String
    ) throws {
        var workbook = SampleWorkbook(
            units: ["1", "A", "shop", "1"].map { inline($0) } + [stored(serial, style: 1)])
        workbook.formats = ["d/m/yyyy"]
        workbook.countsFrom1904 = from1904
        let reading = try SampleFolder.read(workbook, as: UnitRow.self)
        #expect(reading.rows.first?.row.handover == day(date), "\(reading.problems)")
    }

    @Test(arguments: [
        ("General", NumberStyle.plain), ("G/通用格式", .plain), ("@", .plain), ("0", .plain),
        ("#,##0.00", .plain), ("0.00E+00", .plain), ("_-* #,##0.00_-;-* #,##0.00_-", .plain),
        ("\"¥\"#,##0.00;[Red]-\"¥\"#,##0.00", .plain), ("[$¥-804]#,##0.00", .plain),
        ("00", .padded(2)), ("000000", .padded(6)), ("0.00%", .percent), ("0%", .percent),
        ("yyyy-mm-dd", .date), ("yyyy/m/d;@", .date), ("yyyy\"年\"m\"月\"d\"日\"", .date),
        ("[$-804]yyyy\"年\"m\"月\";@", .date), ("mmm-yy", .date), ("m\"月\"d\"日\"", .date),
        ("mmmm", .date), ("aaaa", .date), ("[$-411]ge.m.d", .date), ("e/m/d", .date),
        ("m/d/yy h:mm", .date), ("D\\.M\\.YYYY", .date), ("h:mm:ss AM/PM", .time),
        ("mm:ss.0", .time), ("[h]:mm", .time), ("[mm]", .time), ("0\"号\"", .dressed),
        ("000-0000", .dressed), ("\"A\"000", .dressed), ("0\\-0", .dressed), ("", .plain),
        ("\"open", .dressed), ("[open", .plain), ("\\", .plain),
    ])
    func `a number format says what the number is`(code: String, style: NumberStyle) {
        #expect(NumberStyle(code: code) == style)
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (1.0, "1"), (-1234.5, "-1234.5"),
        (1e15, "1000000000000000"), (1.2345678901234568e17, "123456789012346000"),
        (1e-7, "0.0000001"), (0.001, "0.001"), (99.99, "99.99"), (1e20, "100000000000000000000"),
        (1e300, "1.00000000000000e+300"), (4.35 * 100, "435"), (1.0 / 3, "0.333333333333333"),
    ])
    func `a number has at most 15 digits, and no exponent`(number: Double, text: String) {
        #expect(decimalText(number) == text)
    }

    // MARK: - Rows and sheets

    @Test func `rows keep the spreadsheet's numbers, and blank or styled ones are passed over`()
        throws
    {
        var workbook = SampleWorkbook()
        let cells = ["1", "A", "shop", "1"].map { inline($0) }.joined()
        workbook.sheetData =
            "<row r=\"2\"><c r=\"A2\" s=\"0\"/></row><row r=\"3\" hidden=\"1\">"
            + ["unit", "building", "kind", "area"].map { inline($0) }.joined() + "</row>"
            + "<row r=\"7\" hidden=\"1\">\(cells)<c r=\"XFD7\" s=\"0\"/></row><row/>"
            + "<row>\(cells)</row><row r=\"1048576\"><c t=\"inlineStr\"><is><t> </t></is></c></row>"
        let reading = try SampleFolder.read(workbook, as: UnitRow.self)
        #expect(reading.stop == nil && reading.problems == [])
        #expect(reading.numbers == [7, 9])
    }

    @Test func `cells stand where their reference says, under any prefix`() throws {
        var workbook = SampleWorkbook()
        let names = [("B", "房号 unit"), ("C", "kind"), ("E", "area"), ("F", "楼栋")]
        let values = [("B", "1"), ("C", "商铺"), ("E", "2.5"), ("F", "A")]
        workbook.sheetData = [names, values].enumerated().map { number, cells in
            "<x:row r=\"\(number + 1)\">"
                + cells.map {
                    "<x:c r=\"\($0.0)\(number + 1)\" t=\"inlineStr\"><x:is><x:t>\($0.1)</x:t></x:is></x:c>"
                }.joined() + "</x:row>"
        }.joined().replacing("<x:row r=\"1\">", with: "<x:row xmlns:x=\"u\" r=\"1\">")
        let row = try SampleFolder.read(workbook, as: UnitRow.self).rows.first?.row
        #expect(row?.code == "1" && row?.building == "A" && row?.kind == .shop)
        #expect(row?.area == Area(parts: 250))
    }

    @Test func `a value in a column without a header is refused`() throws {
        let reading = try SampleFolder.read(
            SampleWorkbook(units: ["1", "A", "shop", "1", "", "", "x"].map { inline($0) }),
            as: UnitRow.self)
        #expect(
            reading.problems.map { $0.text(in: .en) } == [
                "units.xlsx, row 2 “x”: stands in a column without a header. Give the column its header, "
                    + "or empty the cell."
            ])
        #expect(
            reading.problems.first?.text(in: .zh)
                == "units.xlsx 第 2 行「x」：这一格所在的列没有表头。请补上表头，或清空这一格。")
    }

    @Test func `a wrong header is told in the workbook's name`() throws {
        let reading = try SampleFolder.read(
            SampleWorkbook(csv: "unit,building,kind\n1,A,shop"), as: UnitRow.self)
        #expect(
            reading.stop?.text(in: .zh) == "units.xlsx 第 1 行，面积：缺少这一列（面积）。请补上。")
    }

    @Test func `the first visible sheet is read, and others that hold something are named`() throws
    {
        let folder = SampleFolder()
        var workbook = SampleWorkbook(units: ["1", "A", "shop", "1"].map { inline($0) })
        workbook.sheets = [
            ("hidden", "veryHidden", "<row><c><v>1</v></c></row>"),
            ("second", "visible", "<row><c><v>1</v></c></row>"),
            ("blank", "visible", "<row><c s=\"0\"/></row>"),
        ]
        folder.write(workbook.bytes, to: "units.xlsx")
        let first = try folder.readWorkbook(as: UnitRow.self)
        #expect(first.reading.numbers == [2])
        #expect(first.remarks.count == 2)
        #expect(
            first.remarks.last
                == "units.xlsx: only the first visible sheet, “one”, was read; “second” holds something, "
                + "too, and was not.")
        workbook.isFirstHidden = true
        folder.write(workbook.bytes, to: "units.xlsx")
        let second = try folder.readWorkbook(as: UnitRow.self)
        #expect(
            second.reading.stop?.text(in: .en).hasPrefix("units.xlsx, row 1, 1: is no column")
                == true)
    }

    @Test func `merged cells among the data are refused, in the header's row they are not`() throws
    {
        var workbook = SampleWorkbook(
            units: ["1", "A", "shop", "1"].map { inline($0) },
            ["2", "A", "shop", "1"].map { inline($0) })
        workbook.behind =
            "<mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"A9:B9\"/></mergeCells>"
        #expect(try SampleFolder.read(workbook, as: UnitRow.self).stop == nil)
        workbook.behind = "<mergeCells><mergeCell ref=\"B2:B3\"/></mergeCells>"
        let reading = try SampleFolder.read(workbook, as: UnitRow.self)
        #expect(reading.numbers == [2, 3])
        #expect(reading.stop?.row == 2 && reading.stop?.value == "B2:B3")
        #expect(reading.stop?.message.en.hasPrefix("cells are merged among the data") == true)
    }
}

/// What a row says, whatever the order of its sets.
private func words(_ row: Any) -> [Substring] {
    "\(row)".split { " ,()[]".contains($0) }.sorted()
}
