import Glibc
import Interchange
import Primitives

func day(_ text: String) -> CivilDate { CivilDate(text)! }
func yuan(_ text: String) -> Money { try! Money(parsing: text) }

/// A community folder of its own, gone at the end of the test.
final class SampleFolder {
    let path: String

    init() {
        var template = Array("/tmp/dunwell-folder-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit {
        for format in TableFormat.all {
            unlink(path + "/" + format.file)
            unlink(path + "/" + format.workbook.file)
        }
        rmdir(path)
    }

    func write(_ bytes: [UInt8], to file: String) {
        let stream = fopen(path + "/" + file, "w")!
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
    }

    /// What the reader makes of a file: rows with their numbers, problems as people read them.
    struct Reading<Row: TableRow> {
        var rows: [(number: Int, row: Row)] = []
        var problems: [ImportProblem] = []
        var stop: ImportProblem?
        var numbers: [Int] { rows.map(\.number) }
    }

    static func read<Row: TableRow>(
        _ bytes: [UInt8], as: Row.Type = Row.self
    ) throws -> Reading<Row> {
        let folder = SampleFolder()
        folder.write(bytes, to: Row.format.file)
        return try folder.read()
    }

    func read<Row: TableRow>(as: Row.Type = Row.self) throws -> Reading<Row> {
        var reading = Reading<Row>()
        reading.stop = try CSVReader<Row>(folder: path).forEachRow { number, result in
            switch result {
            case .success(let row): reading.rows.append((number, row))
            case .failure(let problems): reading.problems += problems.problems
            }
        }
        return reading
    }

    static func read<Row: TableRow>(
        _ text: String, as: Row.Type = Row.self
    ) throws -> Reading<Row> {
        try read(Array(text.utf8))
    }
}

/// Bytes as Chinese Excel writes them.
func gb18030(_ text: String) -> [UInt8] {
    let descriptor = iconv_open("GB18030", "UTF-8")
    defer { iconv_close(descriptor) }
    var input = Array(text.utf8)
    var output = [UInt8](repeating: 0, count: input.count * 4 + 16)
    var unread = input.count
    var unwritten = output.count
    input.withUnsafeMutableBytes { input in
        output.withUnsafeMutableBytes { output in
            var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
            var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
            precondition(iconv(descriptor, &from, &unread, &to, &unwritten) == 0)
        }
    }
    output.removeLast(unwritten)
    return output
}
