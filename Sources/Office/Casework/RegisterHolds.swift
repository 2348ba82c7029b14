public import Dunning
import FeeLedger
import Interchange
public import Primitives
import SQLiteStore

/// Why a hold was not ended.
public enum HoldError: ExplainedError, Hashable, Sendable {
    case unknownHold(unit: String, reason: DunningHold.Reason, from: CivilDate)
    case endsBefore(to: CivilDate, from: CivilDate)
    case longer(to: CivilDate, entered: CivilDate)
    /// A run went by the hold on a later day.
    case endsBeforeRun(to: CivilDate, run: CivilDate)

    public var message: Bilingual {
        switch self {
        case .unknownHold(let unit, let reason, let from):
            Bilingual(
                zh: "登记簿里没有 \(unit) 从 \(from) 起、原因为 \(reason.rawValue) 的暂停。由承诺、分期、亡故、"
                    + "起诉、困难情况得出的暂停，请改那一项；查看：dunwell hold list。",
                en:
                    "The register has no hold of \(unit) for \(reason.rawValue) from \(from). One that "
                    + "follows from a promise, plan, death, court case or hardship case ends with that. "
                    + "See dunwell hold list.")
        case .endsBefore(let to, let from):
            Bilingual(
                zh: "结束日期 \(to) 在开始日期 \(from) 之前。请核对。",
                en: "The end, \(to), lies before the first day, \(from). Check it.")
        case .longer(let to, let entered):
            Bilingual(
                zh: "登记的是到 \(entered) 为止，不能延长到 \(to)。请另外登记一条从 \(entered.advanced(byDays: 1)) 起的暂停。",
                en:
                    "It was entered up to \(entered) and cannot be ended on \(to), later. Enter another "
                    + "hold from \(entered.advanced(byDays: 1)) on.")
        case .endsBeforeRun(let to, let run):
            Bilingual(
                zh: "\(to) 在最近一次出账（\(run)）之前，那次出账已经按暂停处理。结束日期不能早于 \(run)。",
                en:
                    "The end, \(to), lies before the last run, as of \(run), which went by the hold. A hold "
                    + "cannot end before \(run).")
        }
    }

    public var isBadInput: Bool {
        if case .endsBeforeRun = self { false } else { true }
    }
}

/// Enters a hold by the rules of an import; it must be new.
///
/// - Parameter values: by column name, as `holds.csv` has them.
public func enterHold(_ values: [String: String], effects: Effects) throws -> ImportReport {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireStaff(trimmed(effects.staff), in: context.id, session)
    }
    return try enter(.holds, .add, values: values, effects: effects)
}

/// Ends a hold of the register on a day, that day included. What was entered stays; the newest end
/// counts. The same again changes nothing. It cannot end before the last run's date: that run went
/// by it, and would decide otherwise if it were made again.
public func endHold(
    of unit: String, _ reason: DunningHold.Reason, from: CivilDate, on day: CivilDate,
    effects: Effects
) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = trimmed(effects.staff)
        try requireStaff(staff, in: context.id, session)
        guard let id = try session.unit(code: unit, in: context.id) else {
            throw OfficeError.unknownUnit(code: unit)
        }
        guard let hold = try session.registeredHold(of: id, reason, from: from) else {
            throw HoldError.unknownHold(unit: unit, reason: reason, from: from)
        }
        if day < from { throw HoldError.endsBefore(to: day, from: from) }
        if let entered = hold.enteredTo, day > entered {
            throw HoldError.longer(to: day, entered: entered)
        }
        if hold.hold.to == day { return }
        if let run = try session.latestRunDate(of: context.id), day < run {
            throw HoldError.endsBeforeRun(to: day, run: run)
        }
        let act = try session.addAct(
            community: context.id, kind: "hold end", by: staff, at: effects.now().description,
            detail: "\(unit) \(reason.rawValue) \(from)")
        try session.end(hold, on: day, in: context.id, act: act)
    }
}

/// A hold in force, of the register or one that follows from casework.
public struct HoldInForce: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let hold: DunningHold
    /// Whether it stands in the register.
    public let isEntered: Bool
}

/// The holds in force on the date, by unit; of an account by first day, the register's first.
public func forEachHold(
    asOf: CivilDate, effects: Effects, _ body: (HoldInForce) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try context.forEachChunk(
            of: .community(context.id), scope: .unsettled, in: session
        ) { chunk in
            let derived = try session.derivedHolds(of: chunk)
            let entered = try session.registeredHolds(of: chunk)
            if derived.isEmpty, entered.isEmpty { return }
            let owners = try session.owners(of: chunk)
            for unit in chunk.units {
                for book in unit.accounts {
                    let holds =
                        (entered[book.account.id] ?? []).map { ($0, true) }
                        + (derived[book.account.id] ?? []).map { ($0, false) }
                    for (hold, isEntered) in holds.sorted(by: { $0.0.from < $1.0.from })
                    where hold.holds(on: asOf) {
                        try body(
                            HoldInForce(
                                unit: unit.unit.code, owners: book.ownerCodes(owners),
                                hold: hold, isEntered: isEntered))
                    }
                }
            }
        }
    }
}

// MARK: - Out of the books and in again

extension CommunityContext {
    /// Rows of one of the community folder's tables. To `holds.csv` come those holds that follow
    /// from casework, without a note, so that an import elsewhere decides the same. Left out are
    /// those of an account that does not hold its unit on their first day: a row names no owner.
    func forEachExportedRow(
        of format: TableFormat, in session: Session, _ body: ([String]) throws -> Void
    ) throws {
        guard format.file == TableFormat.holds.file else {
            return try session.forEachRow(ofFile: format.file, of: id, body)
        }
        let derived = try derivedHolds(in: session).map { $0.hold.row(of: $0.code) }
        var ends = Dictionary(uniqueKeysWithValues: derived.map { ($0[0..<3], $0[3]) })
        try session.forEachRow(ofFile: format.file, of: id) { row in
            var row = row
            if let end = ends.removeValue(forKey: row[0..<3]) { row[3] = later(row[3], end) }
            try body(row)
        }
        for row in derived where ends[row[0..<3]] != nil { try body(row) }
    }

    /// Of several holds with one key the longest. By unit, then first day.
    fileprivate func derivedHolds(
        in session: Session
    ) throws -> [(code: String, key: HoldKey, hold: DunningHold)] {
        var found: [(code: String, key: HoldKey, hold: DunningHold)] = []
        let units = try session.unitsWithCasework(of: id)
        if units.isEmpty { return [] }
        try forEachChunk(of: .units(units), scope: .unsettled, in: session) { chunk in
            let holds = try session.derivedHolds(of: chunk)
            for unit in chunk.units {
                let theirs = unit.accounts.flatMap { book in
                    (holds[book.account.id] ?? []).filter { book.account.holds(on: $0.from) }
                }
                var longest: [HoldKey: DunningHold] = [:]
                for hold in theirs {
                    let key = HoldKey(unit: unit.unit.id, reason: hold.reason, from: hold.from)
                    longest[key] = longest[key].map { $0.longer(hold) } ?? hold
                }
                let ordered = longest.sorted {
                    ($0.key.from, $0.key.reason.rawValue) < ($1.key.from, $1.key.reason.rawValue)
                }
                found += ordered.map { (unit.unit.code, $0.key, $0.value) }
            }
        }
        return found
    }
}

extension DunningHold {
    /// As `holds.csv` has it, without a note.
    fileprivate func row(of unit: String) -> [String] {
        [unit, reason.rawValue, "\(from)", to.map { "\($0)" } ?? "", ""]
    }

    /// The one of the two that ends later.
    fileprivate func longer(_ other: DunningHold) -> DunningHold {
        guard let to else { return self }
        return other.to.map { $0 <= to } ?? false ? self : other
    }
}

/// Of two last days as text the later; an empty one is open.
private func later(_ one: String, _ other: String) -> String {
    one.isEmpty || other.isEmpty ? "" : max(one, other)
}

/// What an export would write of the holds that stand, beside what was entered.
struct StandingHolds {
    /// Holds of the register that were ended.
    private let ended: [HoldKey: Session.RegisteredHold]
    /// Those that follow from casework.
    private let derived: [HoldKey: DunningHold]

    init(of community: CommunityID, in session: Session) throws {
        ended = try session.endedHolds(of: community)
        // In a first import whose policy is refused there is none, and no casework.
        guard try session.policyText(of: community) != nil else {
            derived = [:]
            return
        }
        let context = try CommunityContext(community, in: session)
        derived = Dictionary(
            uniqueKeysWithValues: try context.derivedHolds(in: session).map { ($0.key, $0.hold) })
    }

    /// The hold as the register is asked for it. Where the row says what an export says of a hold
    /// of the register, it is the very hold that was entered; `nil`: it is what follows from
    /// casework alone, and stands in no register. One with another last day is a hold of its own.
    func entered(
        _ hold: DunningHold, of unit: ID<Unit>, in session: Session
    ) throws -> DunningHold? {
        let key = HoldKey(unit: unit, reason: hold.reason, from: hold.from)
        let derived = derived[key]
        guard derived != nil || ended[key] != nil else { return hold }
        guard
            let standing = try session.registeredHold(of: unit, hold.reason, from: hold.from)
        else { return hold.to == derived?.to ? nil : hold }
        // The later of both, which an export writes, is one of them.
        let isKnown = hold.to == standing.hold.to || derived.map { $0.to == hold.to } ?? false
        return isKnown
            ? DunningHold(reason: hold.reason, from: hold.from, to: standing.enteredTo) : hold
    }
}

extension CommunityImport {
    /// `StandingHolds.entered`, of what stood when the first row was read.
    mutating func registered(_ hold: DunningHold, of unit: ID<Unit>) throws -> DunningHold? {
        let standing = try standingHolds ?? StandingHolds(of: community, in: session)
        standingHolds = standing
        return try standing.entered(hold, of: unit, in: session)
    }
}
