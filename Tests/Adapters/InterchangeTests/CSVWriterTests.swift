import Interchange
import Primitives
import Testing

@Suite struct `CSV writer` {
    private func written(_ fields: [CSVWriter.Field]) throws -> String {
        var text = ""
        var writer = CSVWriter { text += $0 }
        try writer.row(fields)
        return text
    }

    @Test(arguments: [
        ("周启明", "周启明"), ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""), ("x\ny", "\"x\ny\""), ("x\r\ny", "\"x\r\ny\""),
        (" a", "\" a\""), ("a ", "\"a \""), ("=1+1", "'=1+1"), ("+86 1", "'+86 1"), ("-", "'-"),
        ("@x", "'@x"), ("=A1,B1", "\"'=A1,B1\""), ("a=b", "a=b"), ("'a", "'a"), ("\"", "\"\"\"\""),
    ])
    func `text is quoted where needed, and marked where it would be a formula`(
        text: String, cell: String
    ) throws {
        #expect(try written([.text(text), .plain("1")]) == cell + ",1\n")
    }

    @Test func `numbers and names of columns are written as they are`() throws {
        #expect(
            try written([.plain("-1.50"), .plain(""), .plain("2026-11")]) == "-1.50,,2026-11\n")
        var text = ""
        var writer = CSVWriter { text += $0 }
        try writer.header(["unit", "owner"])
        #expect(text == "unit,owner\n")
    }

    private func readBack(_ text: String) throws -> String? {
        let row = try written([.plain("1"), .text(text), .plain("shop"), .plain("1")])
        let reading = try SampleFolder.read("unit,building,kind,area\n" + row, as: UnitRow.self)
        return reading.rows.first?.row.building
    }

    @Test(arguments: [
        "周启明", "", "a,b", "say \"hi\"", "\"", "\"\"", ",", "x\ny", "x\r\ny", "=1+1", "+86 138",
        "-3", "@import", "=A1,\"B\"", "'a", "'", "''", "e\u{301}", "👨‍👩‍👧", "--", "=", "；;",
    ])
    func `what is written reads back as itself`(text: String) throws {
        #expect(try readBack(text) == text)
    }

    @Test func `an apostrophe of its own before a formula reads back`() throws {
        let back = try readBack("'=1")
        #expect(back == "'=1")
    }
}
