import FoundationEssentials
import Interchange
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// A small change to Maple Court's folder, and the problems by which an import must refuse it.
struct BadInput: Sendable, CustomStringConvertible {
    enum Change: Sendable {
        /// The first occurrence.
        case replaced(String, with: String)
        case added(String)
        case whole(String)
        case bytes([UInt8])
    }

    let kind: String
    let file: String
    let change: Change
    /// What is right to say; empty: the input is good.
    var problems: [ImportProblem]
    var starts = CopiedOffice.Start.allCases
    init(_ kind: String, _ file: String, _ change: Change, _ problems: ImportProblem...) {
        self.kind = kind
        self.file = file
        self.change = change
        self.problems = problems
    }

    func into(_ start: CopiedOffice.Start) -> BadInput {
        var row = self
        row.starts = [start]
        return row
    }

    var description: String { "\(file): \(kind)" }
}

/// An office whose database is a copy of one made once, which is quicker than a new one each time.
final class CopiedOffice {
    enum Start: CaseIterable {
        /// No community yet.
        case new
        /// Maple Court is in the books.
        case filled
    }

    private static let new = try! made { _ in }
    private static let filled = try! made { try $0.take(MapleCourt.files) }

    private static func made(_ fill: (TestOffice) throws -> Void) throws -> Data {
        let office = try TestOffice()
        try fill(office)
        return FileManager.default.contents(atPath: office.database)!
    }

    let folder: String
    let effects: Effects
    var database: String { folder + "/office.sqlite" }

    init(of start: Start) throws {
        folder = try temporaryFolder()
        let path = folder + "/office.sqlite"
        try (start == .new ? Self.new : Self.filled).write(to: URL(fileURLWithPath: path))
        effects = Effects(
            store: try Store(path: path, create: false), evidence: path + ".evidence",
            templates: repository + "/templates/notices", community: nil, staff: "clerk",
            hostName: "office.example.com",
            now: { Instant(millisecondsSince1970: 1_795_248_000_000) }, pause: { _ in },
            progress: { _, _, _ in })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Imports Maple Court's folder as `spoil` leaves it.
    func take(_ spoil: (ImportFolder) throws -> Void) throws -> ImportReport {
        let folder = try ImportFolder(folder + "/import")
        try spoil(folder)
        return try importCommunity(from: folder.path, dryRun: false, effects: effects)
    }

    func write(_ bad: BadInput) throws -> String {
        let folder = try ImportFolder(folder + "/import")
        switch bad.change {
        case .replaced(let old, let new): try folder.replace(old, with: new, in: bad.file)
        case .added(let lines): try folder.append(lines, to: bad.file)
        case .whole(let text): try folder.write(text, to: bad.file)
        case .bytes(let bytes): try folder.write(bytes, to: bad.file)
        }
        return folder.path
    }
}

/// Maple Court's files in a folder, to be spoilt.
struct ImportFolder {
    let path: String

    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (file, text) in MapleCourt.files { try write(text, to: file) }
    }

    func write(_ text: String, to file: String) throws { try write(Array(text.utf8), to: file) }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + file))
    }

    func replace(_ old: String, with new: String, in file: String) throws {
        let text = MapleCourt.files[file]!
        let range = text.firstRange(of: old)!
        try write(text.replacingCharacters(in: range, with: new), to: file)
    }

    func append(_ lines: String, to file: String) throws {
        try write(MapleCourt.files[file]! + lines, to: file)
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + file)
    }

    func makeFolder(_ file: String) throws {
        try? remove(file)
        try FileManager.default.createDirectory(
            atPath: path + "/" + file, withIntermediateDirectories: false)
    }

    func link(_ file: String, to target: String) throws {
        try? remove(file)
        try FileManager.default.createSymbolicLink(
            atPath: path + "/" + file, withDestinationPath: target)
    }

    func forbidReading(_ file: String) throws {
        try write("", to: file)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0], ofItemAtPath: path + "/" + file)
    }
}

/// The import's messages, word for word, where several rows meet the same one.
enum Said {
    static func problem(
        _ file: String, _ row: Int?, _ column: String?, _ value: String?, _ en: String, _ zh: String
    ) -> ImportProblem {
        ImportProblem(
            file: file, row: row, column: column, value: value, Bilingual(zh: zh, en: en))
    }

    static func noDate(
        _ file: String, _ row: Int, _ column: String, _ value: String
    ) -> ImportProblem {
        problem(
            file, row, column, value, "is not a date. Write it like 2026-11-21.",
            "不是日期。请写成 2026-11-21 这样。")
    }

    static func noPeriod(
        _ file: String, _ row: Int, _ column: String, _ value: String
    ) -> ImportProblem {
        problem(
            file, row, column, value, "is not a period. Write it like 2026-11.",
            "不是账期。请写成 2026-11 这样。")
    }

    static func noNumber(
        _ file: String, _ row: Int, _ column: String, _ value: String
    ) -> ImportProblem {
        problem(
            file, row, column, value,
            "is not a number. Write it like 1234.56, without thousands separators, currency signs "
                + "or formulas.",
            "不是数。请写成 1234.56 这样，不带千位分隔符、货币符号和公式。")
    }

    static func decimals(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ most: Int
    ) -> ImportProblem {
        problem(
            file, row, column, value, "has too many decimals; at most \(most) are allowed.",
            "小数最多 \(most) 位。")
    }

    static func tooSmall(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ least: String
    ) -> ImportProblem {
        problem(
            file, row, column, value, "is too small; the least is \(least).",
            "太小，至少要是 \(least)。")
    }

    static func choice(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ choices: String
    ) -> ImportProblem {
        problem(
            file, row, column, value, "must be one of: \(choices).", "只能是：\(choices)。")
    }

    static func twice(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ before: Int
    ) -> ImportProblem {
        problem(
            file, row, column, value, "also stands in row \(before). Delete one of them.",
            "和第 \(before) 行重复。请删去一行。")
    }

    static func emptyCell(_ file: String, _ row: Int, _ column: String) -> ImportProblem {
        problem(file, row, column, "", "is empty. Fill it in.", "不能空着。请填写。")
    }

    static func unknownUnit(_ file: String, _ row: Int, _ value: String) -> ImportProblem {
        problem(
            file, row, "unit", value,
            "is no known unit. Enter it in units.csv first, or correct it.",
            "没有这个房号。请先在 units.csv 里登记，或改正写法。")
    }

    static func unknownOwner(_ file: String, _ row: Int, _ value: String) -> ImportProblem {
        problem(
            file, row, "owner", value,
            "is no known owner. Enter it in owners.csv first, or correct it.",
            "没有这个业主编号。请先在 owners.csv 里登记，或改正写法。")
    }

    static func unknownItem(_ file: String, _ row: Int, _ value: String) -> ImportProblem {
        problem(
            file, row, "item", value,
            "is no known fee item. Enter it in fees.csv first, or correct it.",
            "没有这个收费项目。请先在 fees.csv 里登记，或改正写法。")
    }

    static func nobodyHolds(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ place: String
    ) -> ImportProblem {
        problem(
            file, row, column, value,
            "nobody holds the unit then (\(place)). Enter the ownership in ownerships.csv, or "
                + "correct the date.",
            "这时没有人登记为业主（\(place)）。请在 ownerships.csv 里补登产权，或改正日期。")
    }

    static func differs(
        _ file: String, _ row: Int, _ column: String, _ value: String, _ names: String
    ) -> ImportProblem {
        problem(
            file, row, column, value,
            "is recorded already, with another \(names). What is recorded cannot be changed: "
                + "reverse it and record it anew under a new reference.",
            "已经登记过，但 \(names) 不同。已登记的事实不能改；确实登记错了的，请冲红后用新的编号登记。")
    }

    static func missingFile(_ file: String) -> ImportProblem {
        problem(
            file, nil, nil, nil,
            "must be there in a first import. `dunwell import --template DIR` writes a sample.",
            "首次导入必须有这个文件。dunwell import --template DIR 可以得到样例。")
    }

    static func notText(_ file: String) -> ImportProblem {
        problem(
            file, nil, nil, nil,
            "is not a CSV text file, or neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8” in "
                + "Excel.",
            "不是 CSV 文本文件，或编码既不是 UTF-8 也不是 GB18030。请在 Excel 里另存为“CSV UTF-8”。")
    }

    static func unreadable(_ file: String) -> ImportProblem {
        problem(
            file, nil, nil, nil, "cannot be read. Check that it exists and may be read.",
            "读不出来。请检查文件是否存在、是否有读取权限。")
    }

    static func emptyFile(_ file: String) -> ImportProblem {
        problem(
            file, nil, nil, nil,
            "is empty, without even a header. `dunwell import --template` writes files with "
                + "headers.",
            "是空的，连表头也没有。请用 dunwell import --template 得到带表头的文件。")
    }

    static func unknownColumn(_ file: String, _ row: Int, _ column: String) -> ImportProblem {
        let columns = TableFormat.all.first { $0.file == file }!.columns
        let known = columns.map { "\($0.english)=\($0.chinese)" }.joined(separator: ", ")
        return problem(
            file, row, column, nil,
            "is no column of this file. Rename or delete it; the columns are: \(known).",
            "没有这一列。请改名或删去；可用的列：\(known)。")
    }
}
