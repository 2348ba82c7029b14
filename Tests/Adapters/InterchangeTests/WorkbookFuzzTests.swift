import Interchange
import Primitives
import Testing

/// As for CSV, see FuzzTests.swift: DUNWELL_FUZZ says how many, DUNWELL_FUZZ_SEED from where.
extension `Fuzzed input` {
    @Test func `a workbook becomes rows or problems`() throws {
        let folder = SampleFolder()
        for seed in firstSeed..<firstSeed + fuzzCount {
            var fuzzer = Fuzzer(seed: seed)
            folder.write(fuzzer.workbook(), to: "payments.xlsx")
            let (reading, took) = try timed(seed) {
                try folder.readWorkbook(as: PaymentRow.self).reading
            }
            #expect(took < .seconds(1), "seed \(seed)")
            let numbers = reading.numbers
            let isAscending = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
            let isTold = (reading.problems + [reading.stop].compactMap { $0 }).allSatisfy {
                $0.file == "payments.xlsx" && !$0.text(in: .zh).isEmpty
            }
            #expect(isAscending && isTold, "seed \(seed)")
            #expect(
                !numbers.isEmpty || reading.stop != nil || !reading.problems.isEmpty
                    || seed != firstSeed)
        }
    }
}

extension Fuzzer {
    /// A workbook of payments, changed in 0 to 8 places of its parts, or of the package.
    mutating func workbook() -> [UInt8] {
        var workbook = SampleWorkbook(csv: samples["payments.csv"]!.replacing("\"", with: ""))
        workbook.formats = ["yyyy-mm-dd", "0%", "00000", pick(formats)]
        workbook.strings = ["<si><t>1-101</t></si>", "<si><r><t>a</t></r><rPh><t>b</t></rPh></si>"]
        workbook.countsFrom1904 = below(8) == 0
        workbook.sheets = below(8) == 0 ? [("two", pick(["visible", "hidden"]), "<row/>")] : []
        workbook.behind = below(8) == 0 ? "<mergeCells><mergeCell ref=\"A2:B3\"/></mergeCells>" : ""
        for _ in 0..<below(6) {
            let (row, place) = (below(workbook.rows.count), below(8))
            if place < workbook.rows[row].count { workbook.rows[row][place] = pick(oddCells) }
        }
        var parts = workbook.parts.map { ($0.name, Array($0.text.utf8)) }
        for _ in 0..<places() {
            // Mostly the sheet.
            let part = below(2) == 0 ? 3 : below(parts.count)
            let other = Array(parts[below(parts.count)].1)
            mutate(&parts[part].1, special: xmlSpecials, other: other)
        }
        var bytes = zipped(parts)
        if below(4) == 0 {
            for _ in 0..<1 + below(8) { mutate(&bytes, special: zipSpecials, other: bytes) }
        }
        return bytes
    }
}

private let formats = [
    "General", "h:mm", "\"", "[", "\\", "_", "*", "0.00E+00", "[h", "yyyy\"年", ";;;", "@",
]

private let oddCells = [
    shared(0), shared(1), shared(2), shared(-1), stored("46347", style: 1),
    stored("46347.5", style: 1),
    stored("1e308", style: 1), stored("-1e308"), stored("nan"), stored("0x1p3"),
    stored("1", style: 2),
    stored("101", style: 3), stored("101", style: 4), stored("1", style: 99),
    stored("1", style: -1),
    stored("", style: 1), "<c><f>1</f></c>", "<c t=\"e\"><v>#N/A</v></c>",
    "<c t=\"b\"><v>1</v></c>",
    "<c t=\"d\"><v>2026-11-21T</v></c>", "<c t=\"d\"><v>T</v></c>", "<c t=\"x\"/>",
    "<c r=\"AAAA1\"/>",
    "<c r=\"H2\"><v>1</v></c>", inline("_x000D_"), inline("_xD800_"), inline("'=1"), "<v>1</v>",
    "</row><row>",
]

private let xmlSpecials = [
    "<", ">", "&", "&amp;", "&#0;", "&#x10FFFF;", "&lt;", "\"", "'", "/>", "<c>", "</c>", "<v>",
    "</v>", "<t>",
    "</t>", "<is>", "<row>", "</row>", "<row r=\"5\">", "<rPh>", "</rPh>", "<!--", "-->",
    "<![CDATA[", "]]>",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "<?x?>", "<!DOCTYPE a>", "<x:c>", " t=\"s\"",
    " r=\"A1\"",
    " s=\"1\"", "xmlns=\"u\"", ":", "../", "/", "\0", "\u{FEFF}", "\u{FFFF}", "_x0000_", "<si>",
    "</si>",
    "<mergeCell ref=\"A1:XFD1048576\"/>", "<mergeCell ref=\"9:1\"/>", "<f>", "</f>", "99999999999",
]

private let zipSpecials = [
    "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "\0\0\0\0",
    "\u{8}",
    "xl/workbook.xml", "_rels/.rels", "\u{7F}",
]
