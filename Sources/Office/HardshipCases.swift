public import Casework
import Dunning
import FeeLedger
import Files
import FoundationEssentials
import Interchange
public import Primitives
public import SQLiteStore
import Scans

/// Opens a case for the household that holds the unit.
///
/// - Parameters:
///   - owner: names an account by its owner's code; `nil`: whoever holds the unit on the day.
///   - reason: what the hardship is; it is shown to managers and the case's own staff alone.
///   - staff: who opens it, and is the case's own staff.
///   - review: until which day the case waits for a decision, that day included; `nil`: no end.
public func openHardshipCase(
    for unit: String, owner: String?, kind: HardshipCase.Kind, reason: String, by staff: String,
    on day: CivilDate, review: CivilDate?, effects: Effects
) throws -> HardshipCaseID {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = try requireStaff(staff, in: context.id, session)
        guard !trimmed(reason).isEmpty else { throw HardshipError.reasonMissing }
        if let review, review < day {
            throw HardshipError.reviewTooEarly(review: review, day: day)
        }
        let account = try account(of: unit, owner: owner, asOf: day, context, session)
        if let standing = try session.hardshipCases(of: account).first(where: {
            $0.hardship.isAlive(onOrAfter: day)
        }) {
            // One that begins later is open then.
            let state = standing.hardship.state(asOf: max(day, standing.hardship.day))!
            throw HardshipError.caseStands(unit: unit, number: standing.id.number, state: state)
        }
        let act = try caseAct("case open", unit, by: staff, context, session, effects)
        return try session.addHardshipCase(
            HardshipCase(kind: kind, day: day, review: review, decisions: []), of: account,
            reason: reason, by: staff, in: context.id, act: act)
    }
}

/// Puts a proof to the case; its file is in the evidence folder, synced, before the row names it.
///
/// - Parameters:
///   - validUntil: inclusive; `nil`: not said.
///   - path: of a file to keep; `nil`: none.
public func addHardshipProof(
    _ kind: HardshipProofKind, validUntil: CivilDate?, file path: String?, note: String,
    to number: Int, by staff: String, on day: CivilDate, effects: Effects
) throws {
    try addProof(kind, validUntil, note, to: number, by: staff, on: day, effects) { folder in
        try path.map { path in
            guard isFile(path) else { throw EvidenceError.noFile(path: path) }
            if try sha256(ofFile: path) == sha256([]) { throw EvidenceError.emptyFile(path: path) }
            let suffix = evidenceSuffix(of: path)
            return (try folder.keep(path, extension: suffix), suffix)
        }
    }
}

/// The same, with a file that was uploaded: a PDF, PNG or JPEG by its first bytes, whatever its
/// name says, within `ScanLimits`.
///
/// - Parameter upload: `nil`: none.
public func addHardshipProof(
    _ kind: HardshipProofKind, validUntil: CivilDate?, upload: Upload?, note: String,
    to number: Int, by staff: String, on day: CivilDate, effects: Effects
) throws {
    let suffix = try upload.map { upload in
        do {
            let file = try ScanFile(upload.bytes, named: upload.name)
            try file.requireReadable()
            return file.kind.suffix
        } catch ScanError.unknownKind {
            throw HardshipError.unreadableProof
        }
    }
    try addProof(kind, validUntil, note, to: number, by: staff, on: day, effects) { folder in
        try suffix.map { (try folder.keep(upload!.bytes, extension: $0), $0) }
    }
}

private func addProof(
    _ kind: HardshipProofKind, _ validUntil: CivilDate?, _ note: String, to number: Int,
    by staff: String, on day: CivilDate, _ effects: Effects,
    keep: (EvidenceFolder) throws -> (hash: String, suffix: String)?
) throws {
    // Refused before any file is kept.
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        _ = try hardshipCase(number, for: staff, context, session)
    }
    let kept = try keep(EvidenceFolder(path: effects.evidence))
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let record = try hardshipCase(number, for: staff, context, session)
        let act = try caseAct(
            "case proof", "case \(number)", by: staff, context, session, effects)
        let file = try kept.map {
            try session.addEvidenceFile(
                sha256: $0.hash, extension: $0.suffix, in: context.id, act: act)
        }
        try session.addProof(
            kind, validUntil: validUntil, file: file, note: note, on: day, to: record.id, act: act)
    }
}

/// Lets another member of staff see the case and work on it; the same again changes nothing.
public func addHardshipStaff(
    _ name: String, to number: Int, by staff: String, effects: Effects
) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let record = try hardshipCase(number, for: staff, context, session)
        let name = try requireStaff(name, in: context.id, session)
        if record.staff.contains(where: { isSamePerson($0, name) }) { return }
        let act = try caseAct(
            "case staff", "case \(number)", by: staff, context, session, effects)
        try session.addStaff(name, to: record.id, act: act)
    }
}

/// Refuses, renews or closes a case; relief is granted by the approval of a proposal.
///
/// - Parameters:
///   - outcome: anything but `granted`.
///   - review: until which day what stands is to stand, that day included; for a renewal alone.
///   - reason: shown to managers and the case's own staff alone; needed unless it is renewed.
///   - staff: a manager; who opened the case, or proposed its relief, can close it, but neither
///     refuse nor renew it.
public func decideHardshipCase(
    _ number: Int, _ outcome: HardshipCase.Outcome, review: CivilDate?, reason: String,
    by staff: String, on day: CivilDate, effects: Effects
) throws {
    precondition(outcome != .granted, "relief is granted by an approval")
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = try requireApprover(staff, in: context.id, session)
        let record = try hardshipCase(number, context, session)
        if outcome != .closed {
            try requireOther(than: record, staff)
            try requireNoProposer(of: record, staff, session)
        }
        guard outcome == .renewed || !trimmed(reason).isEmpty else {
            throw HardshipError.reasonMissing
        }
        try requireDecidable(record, outcome, on: day, review: review, session)
        let act = try caseAct(
            "case \(outcome.rawValue)", "case \(number)", by: staff, context, session, effects)
        let id = try session.addHardshipDecision(
            case: record.id, outcome: outcome, day: day, review: review, by: staff,
            in: context.id, act: act)
        try session.keepHardship(reason, of: .decision(id))
    }
}

/// - Throws: where the case's state does not let it be decided so on that day.
func requireDecidable(
    _ record: Session.RecordedHardshipCase, _ outcome: HardshipCase.Outcome, on day: CivilDate,
    review: CivilDate?, _ session: Session
) throws {
    let hardship = record.hardship
    let latest = hardship.decisions.last?.day ?? hardship.day
    guard day >= latest else {
        throw HardshipError.tooEarly(number: record.id.number, day: day, latest: latest)
    }
    if let review, review < day {
        throw HardshipError.reviewTooEarly(review: review, day: day)
    }
    let state = hardship.state(asOf: day)!
    guard hardship.mayBe(outcome, on: day) else {
        throw HardshipError.notNow(number: record.id.number, outcome: outcome, state: state)
    }
    // A lapsed case comes to life only where no other took its place.
    if state == .lapsed, outcome == .granted || outcome == .renewed {
        let account = try session.accounts(of: record.unit).first { $0.id == record.account }!
        if let other = try session.hardshipCases(of: account).first(where: {
            $0.id != record.id && $0.hardship.isAlive(onOrAfter: day)
        }) {
            throw HardshipError.caseStands(
                unit: record.unitCode, number: other.id.number,
                state: other.hardship.state(asOf: max(day, other.hardship.day))!)
        }
    }
}

/// Who opened a case does not decide it.
func requireOther(than record: Session.RecordedHardshipCase, _ name: String) throws {
    if isSamePerson(record.opener, name) {
        throw HardshipError.openedIt(name: name, number: record.id.number)
    }
}

/// Nor who proposed relief in it.
private func requireNoProposer(
    of record: Session.RecordedHardshipCase, _ name: String, _ session: Session
) throws {
    if try session.proposers(ofReliefFor: record).contains(where: { isSamePerson($0, name) }) {
        throw StaffError.sameTwo(name: name)
    }
}

func hardshipCase(
    _ number: Int, _ context: CommunityContext, _ session: Session
) throws -> Session.RecordedHardshipCase {
    guard let record = try session.hardshipCase(HardshipCaseID(number), of: context.id) else {
        throw HardshipError.unknownCase(number: number)
    }
    return record
}

/// The case, for one of its own staff, or a manager.
func hardshipCase(
    _ number: Int, for staff: String, _ context: CommunityContext, _ session: Session
) throws -> Session.RecordedHardshipCase {
    try requireStaff(staff, in: context.id, session)
    let record = try hardshipCase(number, context, session)
    guard try maySee(record, staff, context, session) else {
        throw HardshipError.notOfTheCase(name: staff, number: number)
    }
    return record
}

/// Managers and the case's own staff; before any user exists, anybody.
func maySee(
    _ record: Session.RecordedHardshipCase, _ name: String, _ context: CommunityContext,
    _ session: Session
) throws -> Bool {
    let users = try session.users(of: context.id)
    if users.isEmpty { return true }
    guard let user = user(name, among: users) else { return false }
    let isOfCase = record.staff.contains { isSamePerson($0, name) }
    return user.role == .manager || isOfCase && user.role != .auditor
}

/// - Parameter detail: a unit's code or a case's number, nothing that was said of a person.
func caseAct(
    _ kind: String, _ detail: String, by staff: String, _ context: CommunityContext,
    _ session: Session, _ effects: Effects
) throws -> ActID {
    try session.addAct(
        community: context.id, kind: kind, by: staff, at: effects.now().description,
        detail: detail)
}
