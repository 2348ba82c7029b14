import Glibc
import Interchange
import Primitives
import Testing

@Suite struct `XLSX writer` {
    private let folder = SampleFolder()
    private var path: String { folder.path + "/owners.xlsx" }

    private func write(_ rows: [[String]], to path: String? = nil) throws {
        let book = try XLSXWriter(
            at: path ?? self.path, sheet: "owners", TableFormat.owners.workbookColumns)
        for row in rows { try book.row(row) }
        try book.finish()
    }

    @Test(arguments: [
        "周启明", "a,b", "say \"hi\"", "x\ny", "x\r\ny", "=1+1", "+86 138", "-3", "@import", "'a", "'",
        "''", "'=1", "''=1", "e\u{301}", "👨‍👩‍👧", "<&>", "]]>", "_x000D_", "_x005F_", "a_xyz_",
        "\u{FFFD}",
        "001", "1e3", "2026-11-21", "TRUE", "#REF!", "\u{1F}", ".\t.",
    ])
    func `text reads back as itself`(text: String) throws {
        try write([["O1", "A", "", "", text]])
        let reading = try folder.readWorkbook(as: OwnerRow.self).reading
        #expect(reading.stop == nil && reading.problems == [])
        #expect(reading.rows.first?.row.address == text)
    }

    @Test func `numbers and dates read back as they were, and text in their columns stays`() throws
    {
        let amounts = ["0.01", "85.57", "1234567.89", "9999999999.99", "0.00"]
        let book = try XLSXWriter(
            at: folder.path + "/units.xlsx", sheet: "units", TableFormat.units.workbookColumns)
        for (number, amount) in amounts.enumerated() {
            try book.row(["\(number)", "001", "shop", amount, "20\(number)0-02-29"])
        }
        try book.row(["x", "", "shop", "1", "1900-02-28"])
        try book.finish()
        let reading = try folder.readWorkbook(as: UnitRow.self).reading
        #expect(
            reading.problems.map { $0.text(in: .en) } == [
                "units.xlsx, row 3, handover “2010-02-29”: is not a date. Write it like 2026-11-21.",
                "units.xlsx, row 5, area “9999999999.99”: is too large. Check it.",
                "units.xlsx, row 5, handover “2030-02-29”: is not a date. Write it like 2026-11-21.",
            ])
        #expect(reading.rows.map { "\($0.row.area)" } == ["0.01", "1234567.89", "0.00", "1.00"])
        #expect(reading.rows.last?.row.handover == day("1900-02-28"))
    }

    @Test func `the same rows give the same bytes`() throws {
        let other = folder.path + "/units.xlsx"
        try write([["O1", "周"]])
        try write([["O1", "周"]], to: other)
        #expect(bytes(of: path) == bytes(of: other))
    }

    @Test func `a workbook is there once it is whole, and not before`() throws {
        do {
            let book = try XLSXWriter(
                at: path, sheet: "owners", TableFormat.owners.workbookColumns)
            try book.row(["O1", "A"])
            #expect(bytes(of: path) == nil)
        }
        #expect(bytes(of: path) == nil)
    }

    @Test func `what no workbook holds is refused`() throws {
        #expect(throws: XLSXError.cellTooLong) {
            try write([["O1", String(repeating: "房", count: 32_768)]])
        }
        #expect(throws: XLSXError.notWritten) { try write([], to: folder.path + "/none/a.xlsx") }
    }

    private func bytes(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 100_000)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}
