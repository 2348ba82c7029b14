public import Casework
import Dunning
import FeeLedger
import Files
import Interchange
public import Primitives
import SQLiteStore

/// A step on the way to court, as staff enter it.
public struct CourtStepEntry: Sendable {
    public let unit: String
    /// Names an account by its owner's code; `nil`: whoever holds the unit that day.
    public let owner: String?
    public let stage: CourtStage
    public let date: CivilDate
    public var cost = Money.zero
    /// A paper to be kept; `nil`: none.
    public var file: String?
    public var note = ""

    public init(of unit: String, owner: String?, stage: CourtStage, on date: CivilDate) {
        self.unit = unit
        self.owner = owner
        self.stage = stage
        self.date = date
    }
}

/// Records a step. A manager must have approved going to court; stages may be passed over, and
/// never go back. An account in hardship goes no further. The same step again changes nothing.
///
/// - Returns: the step's number, and whether it is known already.
public func recordCourtStep(
    _ entry: CourtStepEntry, effects: Effects
) throws -> (number: Int, isKnown: Bool) {
    if entry.cost < .zero { throw CourtError.negativeCost(cost: entry.cost) }
    // Refused before any file is kept.
    _ = try effects.store.read { try standing(of: entry, in: $0, effects, hash: nil) }
    let kept = try entry.file.map { path in
        guard isFile(path) else { throw EvidenceError.noFile(path: path) }
        if try sha256(ofFile: path) == sha256([]) { throw EvidenceError.emptyFile(path: path) }
        let suffix = evidenceSuffix(of: path)
        let folder = EvidenceFolder(path: effects.evidence)
        return (hash: try folder.keep(path, extension: suffix), suffix: suffix)
    }
    return try effects.store.write { session in
        let (context, account, court, known) = try standing(
            of: entry, in: session, effects, hash: kept?.hash)
        if let known { return (known, true) }
        let staff = trimmed(effects.staff)
        let act = try session.addAct(
            community: context.id, kind: "court step", by: staff, at: effects.now().description,
            detail: "\(entry.unit) \(entry.stage.rawValue)")
        let file = try kept.map {
            try session.addEvidenceFile(
                sha256: $0.hash, extension: $0.suffix, in: context.id, act: act)
        }
        let number = try session.addCourtStep(
            entry.stage, on: entry.date, cost: entry.cost, file: file, note: trimmed(entry.note),
            by: staff, to: court, of: account, in: context.id, act: act)
        return (number, false)
    }
}

private typealias Standing = (
    context: CommunityContext, account: Account, court: Session.CourtCase, known: Int?
)

/// The case that the step belongs to; `known` is the very same step.
///
/// - Throws: where the rules do not let it be taken.
private func standing(
    of entry: CourtStepEntry, in session: Session, _ effects: Effects, hash: String?
) throws -> Standing {
    let context = try CommunityContext(named: effects.community, in: session)
    try requireStaff(trimmed(effects.staff), in: context.id, session)
    let account = try account(
        of: entry.unit, owner: entry.owner, asOf: entry.date, context, session)
    let cases = try session.courtCases(of: account).filter { $0.approved <= entry.date }
    guard let court = cases.last else {
        throw CourtError.notApproved(unit: entry.unit, on: entry.date)
    }
    let known = court.steps.first { step in
        step.stage == entry.stage && step.date == entry.date && step.cost == entry.cost
            && step.note == trimmed(entry.note) && step.sha256 == hash
    }
    if let known { return (context, account, court, known.number) }
    guard let last = court.steps.last else {
        try check(entry, account, context, session)
        return (context, account, court, nil)
    }
    if last.stage == .ended { throw CourtError.notApproved(unit: entry.unit, on: entry.date) }
    if entry.stage < last.stage {
        throw CourtError.backwards(stage: entry.stage, last: last.stage)
    }
    if entry.date < last.date { throw CourtError.before(on: entry.date, last: last.date) }
    try check(entry, account, context, session)
    return (context, account, court, nil)
}

/// Nobody in hardship is taken to court.
private func check(
    _ entry: CourtStepEntry, _ account: Account, _ context: CommunityContext, _ session: Session
) throws {
    guard entry.stage != .ended else { return }
    try context.forEachChunk(of: .unit(account.unit), scope: .unsettled, in: session) { chunk in
        let holds = try session.holds(of: chunk)[account.id] ?? []
        if holds.areInHardship(on: entry.date) {
            throw CourtError.inHardship(unit: entry.unit, on: entry.date)
        }
    }
}

extension [DunningHold] {
    /// Whether a household asked for relief, has it, or is flagged so, on that day.
    func areInHardship(on date: CivilDate) -> Bool {
        contains { $0.reason == .hardship && $0.holds(on: date) }
    }
}

/// Withdraws the last step of a case, entered by mistake: from the day on it counts no more. As of
/// an earlier day it stands as it did.
public func withdrawCourtStep(
    _ number: Int, reason: String, on day: CivilDate, effects: Effects
) throws {
    guard !trimmed(reason).isEmpty else { throw CourtError.reasonMissing }
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = trimmed(effects.staff)
        try requireStaff(staff, in: context.id, session)
        guard let unit = try session.standingUnit(of: .courtStep, number, in: context.id) else {
            throw CourtError.unknownStep(number: number)
        }
        let id = try session.unit(code: unit, in: context.id)!
        let cases = try session.accounts(of: id).flatMap { try session.courtCases(of: $0) }
        guard cases.contains(where: { $0.steps.last?.number == number }) else {
            throw CourtError.notTheLast(number: number)
        }
        let act = try session.addAct(
            community: context.id, kind: "court step withdrawal", by: staff,
            at: effects.now().description, detail: "\(unit) \(number)")
        try session.retract(
            .courtStep, number, reason: reason, on: day, in: context.id, act: act)
    }
}
