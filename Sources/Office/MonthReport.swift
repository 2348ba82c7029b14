public import Casework
import Dunning
import FeeLedger
public import Primitives
import SQLiteStore

/// Why there is no report.
public enum ReportError: ExplainedError, Equatable {
    /// The date does not lie in the month.
    case outsideMonth(period: Period, asOf: CivilDate)
}

/// The month's report: each figure in all, and by period, building, age, way and staff.
///
/// - Parameter asOf: the last day that counts; `nil`: the month's last day.
public func monthReport(
    of period: Period, asOf: CivilDate?, effects: Effects
) throws -> MonthSummary {
    var totals = MonthTotals()
    let month = try reportMonth(period, asOf: asOf)
    let community = try forEachMonthRow(of: month, figure: nil, effects: effects) {
        totals.add($0)
    }
    return MonthSummary(month: month, community: community, lines: totals.lines)
}

/// A month's report, ready to be shown.
public struct MonthSummary: Sendable {
    public let month: ReportMonth
    /// Its name.
    public let community: String
    public let lines: [MonthLine]
}

/// The rows behind one figure: they add up to it, and those of a group to its line.
public func forEachMonthRow(
    of period: Period, asOf: CivilDate?, figure: MonthFigure, effects: Effects,
    _ body: (MonthRow) throws -> Void
) throws {
    let month = try reportMonth(period, asOf: asOf)
    _ = try forEachMonthRow(of: month, figure: figure, effects: effects, body)
}

private func reportMonth(_ period: Period, asOf: CivilDate?) throws(ReportError) -> ReportMonth {
    let last = asOf ?? period.lastDay
    guard last.period == period else { throw .outsideMonth(period: period, asOf: last) }
    return ReportMonth(period, last: last)
}

/// One pass: the accounts unit by unit, then casework by day.
///
/// - Returns: the community's name.
private func forEachMonthRow(
    of month: ReportMonth, figure: MonthFigure?, effects: Effects,
    _ body: (MonthRow) throws -> Void
) throws -> String {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        func give(_ row: MonthRow) throws {
            if figure == nil || figure == row.figure { try body(row) }
        }
        try context.forEachChunk(of: .community(context.id), scope: .all, in: session) { chunk in
            try forEachAccountRow(of: chunk, month, session, give)
        }
        try session.forEachRelief(in: month, of: context.id, give)
        try session.forEachContact(in: month, of: context.id, give)
        try session.forEachComplaint(in: month, of: context.id, give)
        let costs = context.policy.casework.costs.byChannel
        try session.forEachCost(
            in: month, of: context.id,
            costs: Dictionary(uniqueKeysWithValues: costs.map { ($0.key.rawValue, $0.value) }),
            give)
        return context.policy.name
    }
}

private func forEachAccountRow(
    of chunk: UnitChunk, _ month: ReportMonth, _ session: Session,
    _ body: (MonthRow) throws -> Void
) throws {
    let owners = try session.owners(of: chunk)
    let references = try session.monthReferences(of: chunk)
    let promises = try session.promises(of: chunk, asOf: month.last)
    for unit in chunk.units {
        for book in unit.accounts {
            let label = AccountLabel(
                unit: unit.unit.code, owners: book.ownerCodes(owners), building: unit.unit.building)
            try book.rows(of: month, label: label, references: references).forEach(body)
            for promise in promises[book.account.id] ?? [] {
                try rows(of: promise, label, month).forEach(body)
            }
        }
    }
}

/// Given in the month, judged in it, or both.
private func rows(
    of given: Session.RecordedPromise, _ label: AccountLabel, _ month: ReportMonth
) -> [MonthRow] {
    let promise = given.promise
    func row(_ figure: MonthFigure, on date: CivilDate) -> MonthRow {
        var row = MonthRow(figure, on: date)
        row.unit = label.unit
        row.owners = label.owners
        row.building = label.building
        row.staff = given.staff
        row.reference = "\(given.number)"
        row.amount = promise.amount
        return row
    }
    let made = month.contains(promise.on) ? [row(.promisesMade, on: promise.on)] : []
    let judged = promise.until.advanced(byDays: 1)
    guard month.contains(judged) else { return made }
    switch given.state(asOf: month.last) {
    case .open: return made
    case .kept: return made + [row(.promisesKept, on: judged)]
    case .partly: return made + [row(.promisesPartly, on: judged)]
    case .broken: return made + [row(.promisesBroken, on: judged)]
    }
}

extension ReportError {
    public var isBadInput: Bool { true }

    /// What is wrong, and what would help.
    public var message: Bilingual {
        switch self {
        case .outsideMonth(let period, let asOf):
            Bilingual(
                zh: "\(asOf) 不在 \(period) 里。--as-of 要是这个月里的一天，不写就算到 \(period.lastDay)。",
                en:
                    "\(asOf) does not lie in \(period). --as-of is a day of that month; without it the report "
                    + "is as of \(period.lastDay).")
        }
    }
}
