import Interchange

/// A workbook made by hand, so that a test can say what stands in it to the byte.
struct SampleWorkbook {
    /// The first sheet's rows, each of them its cells one after the other.
    var rows: [[String]] = []
    /// What stands in place of `rows`, where it is given.
    var sheetData: String?
    /// Behind the rows: merged cells, say.
    var behind = ""
    /// Elements `si`, which cells name by their place.
    var strings: [String] = []
    /// Number formats; styles 0 is without one, the others follow.
    var formats: [String] = []
    var countsFrom1904 = false
    /// Further sheets, before or behind the first, with their state.
    var sheets: [(name: String, state: String, rows: String)] = []
    var isFirstHidden = false

    /// Parts by name, in order.
    var parts: [(name: String, text: String)] {
        [
            ("_rels/.rels", rels(["officeDocument": "xl/workbook.xml"])),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", bookRels),
            ("xl/worksheets/sheet1.xml", sheet(sheetData ?? rowsText, behind)),
            ("xl/sharedStrings.xml", "<sst>" + strings.joined() + "</sst>"),
            ("xl/styles.xml", styles),
        ]
            + sheets.enumerated().map {
                ("xl/worksheets/sheet\($0.offset + 2).xml", sheet($0.element.rows, ""))
            }
    }

    var bytes: [UInt8] { zipped(parts.map { ($0.name, Array($0.text.utf8)) }) }

    private var rowsText: String {
        rows.enumerated().map { "<row r=\"\($0.offset + 1)\">\($0.element.joined())</row>" }
            .joined()
    }

    private func sheet(_ data: String, _ behind: String) -> String {
        "<worksheet><sheetData>\(data)</sheetData>\(behind)</worksheet>"
    }

    private var book: String {
        let state = isFirstHidden ? " state=\"hidden\"" : ""
        let others = sheets.enumerated().map { number, sheet in
            "<sheet name=\"\(sheet.name)\" state=\"\(sheet.state)\" r:id=\"s\(number + 2)\"/>"
        }
        return
            "<workbook xmlns:r=\"r\"><workbookPr date1904=\"\(countsFrom1904 ? 1 : 0)\"/><sheets>"
            + "<sheet name=\"one\"\(state) r:id=\"s1\"/>\(others.joined())</sheets></workbook>"
    }

    private var bookRels: String {
        let links = (0...sheets.count).map { number in
            link("s\(number + 1)", "worksheet", "worksheets/sheet\(number + 1).xml")
        }
        return "<Relationships>" + links.joined()
            + link("t", "sharedStrings", "/xl/sharedStrings.xml")
            + link("f", "styles", "./../xl/styles.xml") + "</Relationships>"
    }

    private var styles: String {
        let codes = formats.enumerated().map { place, code in
            let code = code.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
            return "<numFmt numFmtId=\"\(place + 164)\" formatCode=\"\(code)\"/>"
        }
        let cells = [0] + formats.indices.map { $0 + 164 }
        return "<styleSheet><numFmts>\(codes.joined())</numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
            + "</cellStyleXfs><cellXfs>"
            + cells.map { "<xf numFmtId=\"\($0)\"/>" }.joined() + "</cellXfs></styleSheet>"
    }

    /// The table of a CSV text without quotes, every cell as text.
    init(csv: String) {
        for line in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            rows.append(cells.map { inline(String($0)) })
        }
    }

    /// A table of units with these rows below its header.
    init(units rows: [String]...) {
        self.rows = [["unit", "building", "kind", "area", "handover"].map { inline($0) }] + rows
    }
}

/// A package's or part's links to others, by their type.
func rels(_ links: [String: String]) -> String {
    let all = links.sorted { $0.key < $1.key }.map { link($0.key, $0.key, $0.value) }
    return "<Relationships>" + all.joined() + "</Relationships>"
}

private func link(_ id: String, _ type: String, _ target: String) -> String {
    "<Relationship Id=\"\(id)\" Type=\"urn:x/\(type)\" Target=\"\(target)\"/>"
}

// MARK: - Cells

/// A text of the cell's own; an empty one is no text.
func inline(_ text: String) -> String {
    let text = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    return text.isEmpty ? "<c/>" : "<c t=\"inlineStr\"><is><t>\(text)</t></is></c>"
}

func shared(_ place: Int) -> String { "<c t=\"s\"><v>\(place)</v></c>" }

/// A number in the style of that place.
func stored(_ number: String, style: Int = 0) -> String {
    "<c s=\"\(style)\"><v>\(number)</v></c>"
}

// MARK: - The package

/// A zip file of parts that are stored as they are.
func zipped(_ parts: [(name: String, bytes: [UInt8])], flags: UInt8 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
        let size = little(part.bytes.count, 4)
        let common =
            [20, 0, flags, 0, 0, 0, 0, 0, 33, 0] + little(Int(crc32(part.bytes)), 4) + size + size
            + little(part.name.utf8.count, 2) + [0, 0]
        directory += [0x50, 0x4b, 1, 2, 20, 0] + common + Array(repeating: 0, count: 10)
        directory += little(bytes.count, 4) + Array(part.name.utf8)
        bytes += [0x50, 0x4b, 3, 4] + common + Array(part.name.utf8) + part.bytes
    }
    let count = little(parts.count, 2)
    return bytes + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count
        + little(directory.count, 4) + little(bytes.count, 4) + [0, 0]
}

private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
        sum >> 8 ^ crcOfByte[Int(UInt8(truncatingIfNeeded: sum) ^ byte)]
    }
}

private let crcOfByte: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(byte) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
}

// MARK: - Reading

extension SampleFolder {
    /// What the reader makes of a table's workbook, and what it remarks on.
    func readWorkbook<Row: TableRow>(
        as: Row.Type = Row.self
    ) throws -> (reading: Reading<Row>, remarks: [String]) {
        var reading = Reading<Row>()
        var remarks: [String] = []
        reading.stop = try XLSXReader<Row>(folder: path).forEachRow(
            remark: { remarks.append($0.en) }
        ) { number, result in
            switch result {
            case .success(let row): reading.rows.append((number, row))
            case .failure(let problems): reading.problems += problems.problems
            }
        }
        return (reading, remarks)
    }

    static func read<Row: TableRow>(
        _ workbook: SampleWorkbook, as: Row.Type = Row.self
    ) throws -> Reading<Row> {
        try readWorkbook(workbook.bytes, as: Row.self)
    }

    static func readWorkbook<Row: TableRow>(
        _ bytes: [UInt8], as: Row.Type = Row.self
    ) throws -> Reading<Row> {
        let folder = SampleFolder()
        folder.write(bytes, to: Row.format.workbook.file)
        return try folder.readWorkbook().reading
    }
}
