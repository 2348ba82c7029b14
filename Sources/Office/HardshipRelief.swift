import Casework
import FeeLedger
public import Primitives
import SQLiteStore

/// Proposes relief for a household: a concession, or a plan. A manager who neither proposes it nor
/// opened the case approves it.
///
/// - Parameters:
///   - review: until which day it is granted, that day included.
/// - Returns: the proposal's number.
public func proposeRelief(
    for number: Int, _ matter: ProposalEntry.Matter, review: CivilDate, by staff: String,
    on day: CivilDate, effects: Effects
) throws -> Int {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let record = try hardshipCase(number, for: staff, context, session)
        try requireDecidable(record, .granted, on: day, review: review, session)
        let account = try session.accounts(of: record.unit).first { $0.id == record.account }!
        let entry = ProposalEntry(
            unit: record.unitCode,
            owner: try account.owners.first.map { try session.ownerCode($0) },
            matter: matter, day: day, staff: staff, reason: "", review: review)
        return try propose(entry, hardshipCase: number, context, session, effects).number
    }
}

/// What a manager's word on a proposed relief makes of the case: relief is granted until the
/// proposal's review date; where it is refused and nothing was granted before, so is the case. The
/// manager's reason stays with the case.
func decideRelief(
    _ approval: Approval, of proposal: Session.RecordedProposal, number: Int,
    _ context: CommunityContext, _ session: Session, _ act: ActID
) throws {
    let record = try hardshipCase(number, context, session)
    try requireOther(than: record, approval.by)
    let review = proposal.proposal.review
    if approval.isApproved {
        try requireDecidable(record, .granted, on: approval.day, review: review, session)
    } else if !record.hardship.mayBe(.refused, on: approval.day) {
        // It stays what it was.
        return try session.keepHardship(approval.reason, of: .proposal(proposal.id))
    } else {
        try requireDecidable(record, .refused, on: approval.day, review: nil, session)
    }
    let decision = try session.addHardshipDecision(
        case: record.id, outcome: approval.isApproved ? .granted : .refused, day: approval.day,
        review: approval.isApproved ? review : nil, by: approval.by, in: context.id, act: act)
    try session.keepHardship(approval.reason, of: .decision(decision))
}
