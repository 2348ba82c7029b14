import Casework
import Dunning
import Files
import Interchange
public import Primitives
import SQLiteStore

/// What was written to a community folder, and what such a folder cannot hold.
public struct CommunityExport: Sendable {
    public fileprivate(set) var files: [(file: String, rows: Int)] = []
    /// Reversed charges and payments.
    public fileprivate(set) var leftOut = 0
    /// Waivers that were written, and may become void yet.
    public fileprivate(set) var pendingConditions = 0
    /// Plans whose pause of late fees counts.
    public fileprivate(set) var pausingPlans = 0
}

/// Writes the community folder out again (SPEC.md 9): registers and facts, as they stand.
///
/// - Parameters:
///   - folder: new or empty.
///   - kind: what its tables are written as.
///   - asOf: waivers whose condition was not met by then are left out; `nil`: none are.
public func exportCommunity(
    to folder: String, as kind: TableKind = .csv, asOf: CivilDate? = nil, effects: Effects
) throws -> CommunityExport {
    var export = CommunityExport()
    try makeWholeFolder(folder) { part in
        try effects.store.read { session in
            let context = try CommunityContext(named: effects.community, in: session)
            let asOf = asOf ?? .distantPast
            let waivers = try session.conditionalWaivers(of: context.id, asOf: asOf)
            for format in TableFormat.all {
                let write = kind == .csv ? writeTable : writeWorkbook
                let rows = try write(format, part) { row in
                    try context.forEachExportedRow(of: format, in: session) { fields in
                        if format.file == "waivers.csv", waivers.void.contains(fields[0]) { return }
                        try row(fields)
                    }
                }
                export.files.append((kind == .csv ? format.file : format.workbook.file, rows))
            }
            export.leftOut = try session.reversals(of: context.id)
            export.pendingConditions = waivers.pending
            export.pausingPlans = try session.plans(of: context.id, nil).count {
                $0.pauses(asOf: asOf)
            }
            let policy = try session.policyText(of: context.id)!
            try writeFile(Array(policy.utf8), to: part + "/" + TableFormat.policyFile)
            for name in context.policy.letters.pictures {
                guard let bytes = try session.picture(named: name, of: context.id) else { continue }
                try writeFile(bytes, to: part + "/" + name)
            }
        }
    }
    return export
}

extension Session.RecordedPlan {
    /// Whether the late fee of some days is not asked for because of it.
    fileprivate func pauses(asOf date: CivilDate) -> Bool {
        guard plan.terms.lateFee == .pause else { return false }
        switch plan.state(asOf: date, receipts) {
        case .proposed, .refused: return false
        case .kept, .late, .completed: return true
        case .broken: return plan.terms.forgives
        }
    }
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
