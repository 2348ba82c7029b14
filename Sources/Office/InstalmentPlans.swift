public import Casework
import Dunning
import Evidence
public import FeeLedger
import Files
import Interchange
public import Primitives
public import SQLiteStore

/// A plan as people look at it.
public struct PlanView: Sendable {
    public let recorded: Session.RecordedPlan
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let asOf: CivilDate
    /// Codes of the items that it covers.
    public let items: [ID<FeeItem>: String]

    public var number: Int { recorded.id.number }
    public var plan: InstalmentPlan { recorded.plan }
    public var state: InstalmentPlan.State { plan.state(asOf: asOf, recorded.receipts) }
    /// What came since the agreement.
    public var paid: Money { plan.received(by: asOf, asOf: asOf, recorded.receipts) }
    /// What is to be paid next; `nil` where nothing is, or the plan no longer runs.
    public var next: InstalmentPlan.Part? {
        switch state {
        case .refused, .broken, .completed: nil
        case .proposed, .kept, .late: plan.next(asOf: asOf, recorded.receipts)
        }
    }
    /// `nil`: not broken by then.
    public var brokenOn: CivilDate? {
        state == .broken ? plan.brokenOn(recorded.receipts) : nil
    }
    public var partStates: [InstalmentPlan.PartState] {
        plan.partStates(asOf: asOf, recorded.receipts)
    }
}

/// The plans proposed by the date, the oldest first.
public func instalmentPlans(asOf: CivilDate, effects: Effects) throws -> [PlanView] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let rows = try session.proposals(of: context.id, asOf: asOf, isOpen: false)
        let named = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
        return try session.plans(of: context.id, nil).compactMap { plan in
            guard let row = named[plan.id] else { return nil }
            return PlanView(plan, row, asOf: asOf, context)
        }
    }
}

/// One plan, by the number of its proposal.
public func instalmentPlan(_ number: Int, asOf: CivilDate, effects: Effects) throws -> PlanView {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let (plan, row) = try recordedPlan(number, context, session)
        return PlanView(plan, row, asOf: asOf, context)
    }
}

func recordedPlan(
    _ number: Int, _ context: CommunityContext, _ session: Session
) throws -> (Session.RecordedPlan, Session.RecordedProposal) {
    guard let row = try session.proposal(ProposalID(number), of: context.id) else {
        throw ProposalError.unknownProposal(id: number)
    }
    guard let plan = try session.plans(of: context.id, ProposalID(number)).first else {
        throw ProposalError.notPlan(id: number)
    }
    return (plan, row)
}

extension PlanView {
    fileprivate init(
        _ plan: Session.RecordedPlan, _ row: Session.RecordedProposal, asOf: CivilDate,
        _ context: CommunityContext
    ) {
        self.init(
            recorded: plan, unit: row.unit, owners: row.owners, asOf: asOf,
            items: context.items.mapValues(\.code))
    }
}

// MARK: - The agreement, signed

/// Who signed a plan's agreement, and when.
public struct PlanSignatureEntry: Sendable {
    /// The proposal's number.
    public let proposal: Int
    public let date: CivilDate
    /// Who took it in.
    public let staff: String
    public let signer: String
    /// What the signer is to the owner: one that counts, as for a service.
    public let relation: String
    /// Paths of the signed agreement.
    public let files: [String]

    public init(
        proposal: Int, date: CivilDate, staff: String, signer: String, relation: String,
        files: [String]
    ) {
        self.proposal = proposal
        self.date = date
        self.staff = staff
        self.signer = signer
        self.relation = relation
        self.files = files
    }
}

/// Records that a plan's agreement was signed: it acknowledges the debt, and starts the limitation
/// of what it covers anew. Files are in the evidence folder, synced, before the row names them.
public func signPlan(_ entry: PlanSignatureEntry, effects: Effects) throws {
    // Refused before any file is kept.
    _ = try effects.store.read { session in
        try signature(entry, CommunityContext(named: effects.community, in: session), session)
    }
    try checkFiles(entry.files)
    let folder = EvidenceFolder(path: effects.evidence)
    let kept = try entry.files.map { path in
        let suffix = evidenceSuffix(of: path)
        return (try folder.keep(path, extension: suffix), suffix)
    }
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let (signature, unit) = try signature(entry, context, session)
        let act = try session.addAct(
            community: context.id, kind: "plan signature", by: signature.staff,
            at: effects.now().description, detail: "\(unit) \(entry.proposal)")
        let files = try kept.map { hash, suffix in
            try session.addEvidenceFile(
                sha256: hash, extension: suffix, in: context.id, act: act)
        }
        try session.addSignature(signature, files: files, in: context.id, act: act)
    }
}

private func signature(
    _ entry: PlanSignatureEntry, _ context: CommunityContext, _ session: Session
) throws -> (Session.PlanSignature, unit: String) {
    let staff = trimmed(entry.staff)
    try requireStaff(staff, in: context.id, session)
    let (plan, row) = try recordedPlan(entry.proposal, context, session)
    if let decision = plan.plan.decision, !decision.isApproved {
        throw ProposalError.notApproved(id: entry.proposal)
    }
    if plan.signed != nil { throw ProposalError.signedAlready(id: entry.proposal) }
    guard entry.date >= plan.plan.proposed else {
        throw ProposalError.beforeProposal(
            id: entry.proposal, day: plan.plan.proposed, on: entry.date)
    }
    guard let relation = SignerRelation(word: trimmed(entry.relation)) else {
        throw EvidenceError.unknownRelation(word: entry.relation)
    }
    let signer = trimmed(entry.signer)
    if signer.isEmpty { throw EvidenceError.noSigner(how: .signedOwner) }
    let signature = Session.PlanSignature(
        proposal: plan.id, day: entry.date, signer: Signer(name: signer, relation: relation),
        staff: staff)
    return (signature, row.unit)
}

/// Each is there, says something, and is named once.
private func checkFiles(_ paths: [String]) throws {
    let nothing = sha256([])
    var seen: [String: String] = [:]
    for path in paths {
        guard isFile(path) else { throw EvidenceError.noFile(path: path) }
        let hash = try sha256(ofFile: path)
        if hash == nothing { throw EvidenceError.emptyFile(path: path) }
        if let before = seen[hash] { throw EvidenceError.sameFile(path: path, as: before) }
        seen[hash] = path
    }
}
