import Dunning
import Files
import Interchange
import Primitives
import SQLiteStore

/// Writes the community folder out again (SPEC.md 9): registers and facts, as they stand.
///
/// - Parameters:
///   - folder: new or empty.
///   - kind: what its tables are written as.
/// - Returns: the rows of each file, and how many reversed charges and payments were left out.
public func exportCommunity(
    to folder: String, as kind: TableKind = .csv, effects: Effects
) throws -> (files: [(file: String, rows: Int)], leftOut: Int) {
    var leftOut = 0
    var counts: [(file: String, rows: Int)] = []
    try makeWholeFolder(folder) { part in
        try effects.store.read { session in
            let context = try CommunityContext(named: effects.community, in: session)
            for format in TableFormat.all {
                let write = kind == .csv ? writeTable : writeWorkbook
                let rows = try write(format, part) { row in
                    try context.forEachExportedRow(of: format, in: session, row)
                }
                counts.append((kind == .csv ? format.file : format.workbook.file, rows))
            }
            leftOut = try session.reversals(of: context.id)
            let policy = try session.policyText(of: context.id)!
            try writeFile(Array(policy.utf8), to: part + "/" + TableFormat.policyFile)
            for name in context.policy.letters.pictures {
                guard let bytes = try session.picture(named: name, of: context.id) else { continue }
                try writeFile(bytes, to: part + "/" + name)
            }
        }
    }
    return (counts, leftOut)
}

/// Writes one table in its English columns.
func writeTable(
    _ format: TableFormat, to folder: String, _ rows: (([String]) throws -> Void) throws -> Void
) throws -> Int {
    let file = try FileWriter(to: folder + "/" + format.file)
    var count = 0
    var csv = CSVWriter { try file.write($0) }
    try csv.header(format.columns.map(\.english))
    try rows { fields in
        try csv.row(fields.map { .text($0) })
        count += 1
    }
    try file.finish()
    return count
}
