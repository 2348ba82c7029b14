public import Casework
import Dunning
import FeeLedger
public import Primitives
public import SQLiteStore

/// One case as everybody in the office may see it (issue's `case list`).
public struct HardshipCaseRow: Sendable {
    public let number: Int
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let kind: HardshipCase.Kind
    public let state: HardshipCase.State
    /// `nil`: none is set, or none is to come.
    public let review: CivilDate?
}

/// The cases opened by the date, in the order in which they were recorded.
public func hardshipCases(asOf: CivilDate, effects: Effects) throws -> [HardshipCaseRow] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let records = try session.hardshipCases(of: context.id)
        let owners = try session.ownerCodes(ofCasesIn: context.id)
        return records.compactMap { record in
            guard let state = record.hardship.state(asOf: asOf) else { return nil }
            return HardshipCaseRow(
                number: record.id.number, unit: record.unitCode,
                owners: owners[record.account] ?? "", kind: record.hardship.kind, state: state,
                review: record.hardship.review(asOf: asOf))
        }
    }
}

/// A case with everything in it, for those who may see it.
public struct ShownHardshipCase: Sendable {
    public let record: Session.RecordedHardshipCase
    public let row: HardshipCaseRow
    public let file: Session.HardshipFile
    public let asOf: CivilDate
}

/// Shows a case to a manager or one of the case's own staff, and refuses everybody else; before any
/// user exists any name will do. The look is recorded, allowed or not.
public func showHardshipCase(
    _ number: Int, to name: String, asOf: CivilDate, effects: Effects
) throws -> ShownHardshipCase {
    let shown: ShownHardshipCase? = try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let record = try hardshipCase(number, context, session)
        let isAllowed = try maySee(record, name, context, session)
        try session.addLook(
            at: record.id, isAllowed: isAllowed, by: name, in: context.id,
            at: effects.now().description)
        guard isAllowed else { return nil }
        let owners = try session.ownerCodes(ofCasesIn: context.id)
        let row = HardshipCaseRow(
            number: number, unit: record.unitCode, owners: owners[record.account] ?? "",
            kind: record.hardship.kind, state: record.hardship.state(asOf: asOf) ?? .open,
            review: record.hardship.review(asOf: asOf))
        return ShownHardshipCase(
            record: record, row: row, file: try session.hardshipFile(of: record.id), asOf: asOf)
    }
    guard let shown else { throw HardshipError.notOfTheCase(name: name, number: number) }
    return shown
}

/// Who looked at the case, and who was refused; a manager's to see.
public func hardshipLooks(
    at number: Int, by staff: String, effects: Effects
) throws -> [Session.CaseLook] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireApprover(staff, in: context.id, session)
        let record = try hardshipCase(number, context, session)
        return try session.looks(at: record.id, of: context.id)
    }
}
