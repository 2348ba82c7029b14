public import Primitives

/// An Excel workbook of the community folder, its first visible sheet read row by row in bounded
/// memory, with the columns and rules of the CSV file of that name.
public struct XLSXReader<Row: TableRow> {
    private let path: String
    private let format: TableFormat

    /// - Parameter folder: the community folder.
    public init(folder: String) {
        format = Row.format.workbook
        path = folder + "/" + format.file
    }

    /// Reads every row; blank rows are passed over, hidden ones are not.
    ///
    /// - Parameters:
    ///   - remark: gets what deserves a look.
    ///   - body: gets each row that could be read, with its number, or the problems of one that
    ///     could not.
    /// - Returns: the problem that stopped the reading, if one did.
    public func forEachRow(
        remark: (Bilingual) -> Void, _ body: (Int, Result<Row, RowProblems>) throws -> Void
    ) throws -> ImportProblem? {
        do {
            let workbook = try Workbook(path: path)
            guard let sheet = workbook.sheets.first(where: \.isVisible) else {
                throw WorkbookTrouble.noSheet
            }
            for other in workbook.sheets where other.part != sheet.part {
                if try workbook.hasRows(other) { remark(unread(other.name, besides: sheet.name)) }
            }
            return try read(sheet, of: workbook, body)
        } catch let trouble as WorkbookTrouble {
            return ImportProblem(
                file: format.file, row: trouble.row, value: trouble.cells, trouble.message)
        }
    }

    private func read(
        _ sheet: Workbook.Sheet, of workbook: Workbook,
        _ body: (Int, Result<Row, RowProblems>) throws -> Void
    ) throws -> ImportProblem? {
        var table: SheetTable?
        var lastRow = 0
        let content = SheetRows()
        let wrongHeader = try workbook.forEachRow(of: sheet, content) { row in
            let isBlank = try workbook.isBlank(row)
            if isBlank { return nil }
            lastRow = row.number
            if let table {
                try body(row.number, try table.read(row, of: workbook))
            } else {
                table = try SheetTable(header: row, of: workbook, format)
                return table?.header.problem
            }
            return nil
        }
        if let wrongHeader { return wrongHeader }
        guard let table else { throw WorkbookTrouble.empty }
        if lastRow > table.row, let merged = content.merged(in: table.row + 1...lastRow) {
            throw merged
        }
        return nil
    }

    private func unread(_ sheet: String, besides first: String) -> Bilingual {
        Bilingual(
            zh: "\(format.file)：只读了第一张可见的工作表“\(first)”；“\(sheet)”里也有内容，没有读。",
            en:
                "\(format.file): only the first visible sheet, “\(first)”, was read; “\(sheet)” holds "
                + "something, too, and was not.")
    }
}

/// A sheet below its header.
private struct SheetTable {
    let header: Header
    let row: Int
    private let format: TableFormat
    /// By place in the sheet.
    private var columns: [Int: TableFormat.Column] = [:]

    init(header cells: SheetRows.Row, of workbook: Workbook, _ format: TableFormat) throws {
        var names = [String](repeating: "", count: (cells.cells.last?.place ?? -1) + 1)
        for (place, cell) in cells.cells {
            names[place] = (try? workbook.text(of: cell, as: .text)) ?? "?"
        }
        row = cells.number
        self.format = format
        header = Header(names, in: row, of: format)
        for column in format.columns {
            if let place = header.columns.firstIndex(of: column.english) {
                columns[place] = column
            }
        }
    }

    func read<Row: TableRow>(
        _ row: SheetRows.Row, of workbook: Workbook
    ) throws -> Result<Row, RowProblems> {
        var values = [String](repeating: "", count: header.count)
        var refused: [ImportProblem] = []
        var stray: String?
        for (place, cell) in row.cells {
            let column = columns[place]
            do {
                let text = try workbook.text(of: cell, as: column?.kind ?? .text)
                if column != nil { values[place] = text } else { stray = stray ?? text }
            } catch let refusal as CellRefusal {
                refused.append(problem(row.number, column, refusal))
            }
        }
        var cells = Cells(
            file: format.file, row: row.number, values: values, columns: header.columns)
        let value = Row(&cells)
        let isNew = { (problem: ImportProblem) in
            !refused.contains { $0.column == problem.column && $0.column != nil }
        }
        var problems = refused + cells.problems.filter(isNew)
        if problems.isEmpty, let stray, !stray.isEmpty {
            problems = [ImportProblem(file: format.file, row: row.number, value: stray, strayCell)]
        }
        return problems.isEmpty ? .success(value) : .failure(RowProblems(problems, cells))
    }

    private func problem(
        _ row: Int, _ column: TableFormat.Column?, _ refusal: CellRefusal
    ) -> ImportProblem {
        ImportProblem(
            file: format.file, row: row, column: column?.english, value: refusal.value,
            refusal.message)
    }
}

private let strayCell = Bilingual(
    zh: "这一格所在的列没有表头。请补上表头，或清空这一格。",
    en: "stands in a column without a header. Give the column its header, or empty the cell.")

extension Workbook {
    /// Gives the rows of a sheet that hold anything; text may still be blank.
    ///
    /// - Returns: what `body` returned, where it ended the reading.
    func forEachRow(
        of sheet: Sheet, _ content: SheetRows, _ body: (SheetRows.Row) throws -> ImportProblem?
    ) throws -> ImportProblem? {
        struct Ended: Error { let problem: ImportProblem }
        let scanner = PartScanner(content)
        func give() throws {
            for row in content.takeRows() {
                if let problem = try body(row) { throw Ended(problem: problem) }
            }
        }
        do {
            try archive.forEachPiece(of: sheet.part) { piece in
                try scanner.scan(piece)
                try give()
            }
            try scanner.finish()
            try give()
        } catch let ended as Ended {
            return ended.problem
        }
        return nil
    }

    fileprivate func isBlank(_ row: SheetRows.Row) throws -> Bool {
        try row.cells.allSatisfy { _, cell in
            guard case .shared(let place) = cell else { return false }
            return try sharedText(place).isEmpty
        }
    }

    /// Whether a sheet that is not read holds anything; it is looked through only so far.
    fileprivate func hasRows(_ sheet: Sheet) throws -> Bool {
        struct Found: Error {}
        let content = SheetRows()
        let scanner = PartScanner(content)
        do {
            try archive.forEachPiece(of: sheet.part) { piece in
                try scanner.scan(piece)
                if content.isFilled { throw Found() }
            }
        } catch is Found {
            return true
        }
        return false
    }
}
