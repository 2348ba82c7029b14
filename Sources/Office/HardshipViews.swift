public import Casework
import Dunning
import FeeLedger
import Files
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

/// The cases that a person may see, a manager or one of their own staff, the open ones first.
public func hardshipCases(
    asOf: CivilDate, shownTo name: String, effects: Effects
) throws -> [ListedHardshipCase] {
    let rows = try hardshipCases(asOf: asOf, effects: effects)
    return try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let names = try session.ownerNames(of: context.id)
        let waiting = Set(
            try session.proposals(of: context.id, asOf: asOf, isOpen: true).compactMap(
                \.proposal.hardshipCase))
        return try rows.compactMap { row -> ListedHardshipCase? in
            let record = try hardshipCase(row.number, context, session)
            guard try maySee(record, name, context, session) else { return nil }
            return ListedHardshipCase(
                row: row, names: row.owners.split(separator: ";").map { names[String($0)] ?? "" },
                opened: record.hardship.day, staff: record.staff,
                waits: waiting.contains(row.number))
        }
    }
}

/// A case in the list of those who may see it.
public struct ListedHardshipCase: Sendable {
    public let row: HardshipCaseRow
    /// Of the owners.
    public let names: [String]
    public let opened: CivilDate
    /// Who opened it, then who else works on it.
    public let staff: [String]
    /// Relief was proposed, and waits for a manager.
    public let waits: Bool
}

/// A case with everything in it, for those who may see it.
public struct ShownHardshipCase: Sendable {
    public let record: Session.RecordedHardshipCase
    public let row: HardshipCaseRow
    public let file: Session.HardshipFile
    public let asOf: CivilDate
    /// Of the owners.
    public let names: [String]
    /// What the account owes on the day.
    public let principal, lateFee: Money
    /// The reliefs that were proposed, with what they come to.
    public let reliefs: [ProposedRelief]
    /// Who looks is a manager who neither opened the case nor proposed relief in it, so that the
    /// refusal and the renewal are theirs to say.
    public let mayDecide: Bool

    public struct ProposedRelief: Sendable {
        public let recorded: Session.RecordedProposal
        /// Empty: every item.
        public let item: String
        public let effect: ReliefEffect
        /// Nobody decided it yet, and who looks may: a manager who neither proposed it nor opened
        /// the case.
        public let mayBeDecided: Bool
    }

    /// The latest sheet.
    public var sheet: Session.AffordabilitySheet? { file.sheets.last }
}

/// What a relief would take off, were it approved on the day.
public struct ReliefEffect: Hashable, Sendable {
    /// Of what stands.
    public var principal = Money.zero
    public var lateFee = Money.zero
    /// What a period's charges come to, as the latest ones did, without it and with it; `nil`:
    /// nothing of the kind, or nothing was charged yet.
    public var each: (before: Money, after: Money)? { before.map { ($0, after) } }
    var before: Money?
    var after = Money.zero
    /// What all charges of a period come to without it, as the latest ones did.
    public var month = Money.zero
    /// The periods that are still to come, of those that it names; `nil`: without an end.
    public var periods: Int?
}

/// Shows a case to a manager or one of the case's own staff, and refuses everybody else; before any
/// user exists any name will do. The look is recorded, allowed or not.
public func showHardshipCase(
    _ number: Int, to name: String, asOf: CivilDate, effects: Effects
) throws -> ShownHardshipCase {
    let seen: ShownHardshipCase? = try effects.store.write { session in
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
        return try shown(record, row, to: name, asOf: asOf, context, session)
    }
    guard let seen else { throw HardshipError.notOfTheCase(name: name, number: number) }
    return seen
}

/// A proof's file, for those who may see the case. That they took it is recorded as a look.
///
/// - Parameter place: of the proof in the case, from 1.
/// - Returns: its bytes, and what it is: `pdf`, `png`, `jpg` …; `nil`: there is no such file.
public func hardshipProofFile(
    _ place: Int, of number: Int, to name: String, asOf: CivilDate, effects: Effects
) throws -> (bytes: [UInt8], suffix: String)? {
    let shown = try showHardshipCase(number, to: name, asOf: asOf, effects: effects)
    guard shown.file.proofs.indices.contains(place - 1) else { return nil }
    let proof = shown.file.proofs[place - 1]
    if proof.sha256.isEmpty { return nil }
    let path = try EvidenceFolder(path: effects.evidence)
        .file(proof.sha256, extension: proof.suffix)
    return try readFile(path, atMost: 64 << 20).map { ($0, proof.suffix) }
}

/// The items that the community charges, by code, with their names.
public func chargedItems(effects: Effects) throws -> [(code: String, name: String)] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.items(of: context.id).map { ($0.key.code, $0.value) }
            .sorted { inByteOrder($0.code, $1.code) }
    }
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

// MARK: - What the page of a case says beside its texts

private func shown(
    _ record: Session.RecordedHardshipCase, _ row: HardshipCaseRow, to name: String,
    asOf: CivilDate, _ context: CommunityContext, _ session: Session
) throws -> ShownHardshipCase {
    let names = try session.ownerNames(of: context.id)
    let book = try context.book(of: record.account, unit: record.unit, in: session)
    let statement = book.statement(asOf: asOf)
    let users = try session.users(of: context.id)
    let isManager = users.isEmpty || user(name, among: users)?.role == .manager
    let file = try session.hardshipFile(of: record.id)
    let isOther = isManager && !isSamePerson(record.opener, name)
    let items = try session.items(of: context.id)
    let reliefs = try file.reliefs.map { relief in
        let recorded = try session.proposal(relief.proposal, of: context.id)!
        let item: String =
            if case .concession(let id?, _, _, _) = recorded.proposal.matter {
                items.first { $0.key.id == id }?.value ?? recorded.item
            } else { "" }
        return ShownHardshipCase.ProposedRelief(
            recorded: recorded, item: item, effect: effect(recorded.proposal, on: book, asOf: asOf),
            mayBeDecided: isOther && relief.isApproved == nil
                && !isSamePerson(relief.staff, name))
    }
    return ShownHardshipCase(
        record: record, row: row, file: file, asOf: asOf,
        names: row.owners.split(separator: ";").map { names[String($0)] ?? "" },
        principal: statement.principalOpen, lateFee: statement.lateFeeOpen, reliefs: reliefs,
        mayDecide: isOther && !file.reliefs.contains { isSamePerson($0.staff, name) })
}

/// Tries a concession out on a copy of the books, and on charges like the latest ones.
private func effect(
    _ proposal: Proposal, on book: AccountBook, asOf: CivilDate
) -> ReliefEffect {
    var effect = ReliefEffect()
    let before = book.statement(asOf: asOf)
    let newest = before.standings.map(\.charge.period).max()
    effect.month = before.standings.reduce(.zero) {
        $1.charge.period == newest ? $0 + $1.charge.amount : $0
    }
    guard case .concession(let item, let from, let to, let relief) = proposal.matter else {
        return effect
    }
    let concession = Concession(
        id: ConcessionID(0), reference: "", account: proposal.account, item: item, from: from,
        to: to, relief: relief, review: proposal.review, decided: asOf)
    var after = book
    after.concede(concession, on: asOf)
    let with = after.statement(asOf: asOf)
    effect.principal = with.conceded - before.conceded
    effect.lateFee = before.lateFeeOpen - with.lateFeeOpen
    let charges = before.standings.map(\.charge).filter { item == nil || $0.item.id == item }
    guard let latest = charges.map(\.period).max() else { return effect }
    let month = charges.filter { $0.period == latest }
    effect.before = month.reduce(.zero) { $0 + $1.amount }
    effect.after = month.reduce(.zero) {
        $0 + max(.zero, $1.amount - concession.reduction(of: $1.amount))
    }
    let first = max(from, latest.next)
    effect.periods = to.map { max(0, $0.index - first.index + 1) }
    return effect
}
