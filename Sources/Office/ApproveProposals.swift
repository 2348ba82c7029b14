public import Casework
import Dunning
import FeeLedger
import Interchange
public import Primitives
public import SQLiteStore

/// What a manager says to a proposal: approved, it is carried out as of that day, in the same
/// transaction; refused, nothing follows but the record of it.
///
/// - Parameter number: the proposal's.
/// - Returns: what is to be told: what of a waiver has lapsed.
/// - Throws: where the manager is who proposed it, or none; where it was decided before, is of a
///   later day, or cannot be carried out any more. Nothing is changed then.
public func decide(
    proposal number: Int, _ said: Approval, effects: Effects
) throws -> [Bilingual] {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let recorded = try session.proposal(ProposalID(number), of: context.id) else {
            throw ProposalError.unknownProposal(id: number)
        }
        let approval = Approval(
            isApproved: said.isApproved, day: said.day,
            by: try requireApprover(trimmed(said.by), in: context.id, session),
            reason: trimmed(said.reason))
        try judge(approval, recorded)
        let proposal = recorded.proposal
        let act = try session.addAct(
            community: context.id, kind: approval.isApproved ? "approval" : "refusal",
            by: approval.by, at: effects.now().description, detail: "\(recorded.unit) \(number)")
        if approval.isApproved {
            try check(proposal, on: approval.day, context, session, id: recorded.id)
        }
        try record(approval, of: recorded, context, session, act)
        guard approval.isApproved else { return [] }
        let work = Carrying(
            recorded: recorded, approval: approval, context: context, session: session, act: act)
        return try work.carryOut()
    }
}

private func judge(_ approval: Approval, _ recorded: Session.RecordedProposal) throws {
    let (id, proposal) = (recorded.id.number, recorded.proposal)
    if isSamePerson(approval.by, proposal.by) { throw StaffError.sameTwo(name: approval.by) }
    if let before = recorded.approval {
        throw ProposalError.decidedAlready(id: id, on: before.day, by: before.by)
    }
    guard approval.day >= proposal.day else {
        throw ProposalError.beforeProposal(id: id, day: proposal.day, on: approval.day)
    }
}

/// Of a hardship case, the manager's words stay with the case.
private func record(
    _ approval: Approval, of recorded: Session.RecordedProposal, _ context: CommunityContext,
    _ session: Session, _ act: ActID
) throws {
    guard let hardshipCase = recorded.proposal.hardshipCase else {
        return try session.addApproval(approval, of: recorded.id, in: context.id, act: act)
    }
    let silent = Approval(
        isApproved: approval.isApproved, day: approval.day, by: approval.by, reason: "")
    try session.addApproval(silent, of: recorded.id, in: context.id, act: act)
    try decideRelief(
        approval, of: recorded, number: hardshipCase, context, session, act)
}

/// Carrying out what was approved, on the day of the approval.
private struct Carrying {
    let recorded: Session.RecordedProposal
    let approval: Approval
    let context: CommunityContext
    let session: Session
    let act: ActID

    private var proposal: Proposal { recorded.proposal }
    private var day: CivilDate { approval.day }

    func carryOut() throws -> [Bilingual] {
        switch proposal.matter {
        case .waiver(let key, let amount, _):
            let reference = try freeReference("proposal")
            let taken = try waive(amount, of: key, as: reference)
            return taken < amount ? [lapsed(reference, amount, taken)] : []
        case .concession(let item, let from, let to, let relief):
            try concede(
                item: item, from: from, to: to, relief, as: freeReference("proposal"),
                proposal.review)
        case .paymentReversal(let payment):
            try reverse(
                payment, to: proposal.account, of: proposal.unit, on: day, reason: proposal.reason,
                context, session, act)
        case .chargeReversal(let key):
            try reverse(
                key, of: proposal.unit, on: day, reason: proposal.reason, context, session, act)
        case .writeOff(let key): try writeOff(key)
        case .plan: try rewrite { $0.takeOffPaused(on: day) }
        case .court: break
        }
        return []
    }

    /// `proposal-7`, or `proposal-7-2` … where rows that were imported, such as another database's
    /// export, have that already.
    private func freeReference(_ word: String) throws -> String {
        let first = "\(word)-\(recorded.id.number)"
        var (reference, number) = (first, 1)
        while try session.isTaken(reference, in: context.id) {
            number += 1
            reference = "\(first)-\(number)"
        }
        return reference
    }

    private func rewrite(_ post: (inout AccountBook) -> Void) throws {
        try Office.rewrite(proposal.unit, context, session, act) { book in
            guard book.account.id == proposal.account else { return false }
            post(&book)
            return true
        }
    }

    /// - Returns: what was taken off.
    @discardableResult
    private func waive(
        _ amount: Money, of key: ChargeKey, as reference: String
    ) throws -> Money {
        let recorded = try session.recordWaiver(
            reference: reference, unit: proposal.unit, item: key.item, period: key.period,
            date: day, amount: amount, reason: proposal.reason, approvedBy: approval.by,
            in: context.id, act: act)
        guard recorded == .added,
            let waiver = try session.waiver(reference: reference, in: context.id)
        else { preconditionFailure("\(reference) was free") }
        var taken = Money.zero
        try rewrite { taken = $0.waive(amount, of: key, by: waiver, on: day) }
        return taken
    }

    private func concede(
        item: ID<FeeItem>?, from: Period, to: Period?, _ relief: Concession.Relief,
        as reference: String, _ review: CivilDate?
    ) throws {
        let concession = { (id: ConcessionID) in
            Concession(
                id: id, reference: reference, account: proposal.account, item: item, from: from,
                to: to, relief: relief, review: review, decided: day)
        }
        let recorded = try session.recordConcession(
            concession(ConcessionID(0)), unit: proposal.unit, reason: proposal.reason,
            approvedBy: approval.by, in: context.id, act: act)
        guard recorded == .added,
            let id = try session.concession(reference: reference, in: context.id)
        else { preconditionFailure("\(reference) was free") }
        try rewrite { $0.concede(concession(id), on: day) }
    }

    /// The principal first: without it, less late fee has accrued, since that is capped.
    private func writeOff(_ key: ChargeKey) throws {
        let reference = try freeReference("writeoff")
        let open = try standing(of: key)?.principalOpen ?? .zero
        if open > .zero {
            try concede(
                item: key.item, from: key.period, to: key.period, .amount(open), as: reference, nil)
        }
        let lateFee = try standing(of: key)?.lateFeeOpen ?? .zero
        if lateFee > .zero { try waive(lateFee, of: key, as: reference) }
    }

    private func standing(of key: ChargeKey) throws -> ChargeStanding? {
        try context.book(of: proposal.account, unit: proposal.unit, in: session)
            .statement(asOf: day).standings.first { $0.charge.key == key }
    }

    private func lapsed(_ reference: String, _ asked: Money, _ taken: Money) -> Bilingual {
        Bilingual(
            zh: "减免 \(reference)：申请 \(asked)，当日违约金可减 \(taken)，其余 \(asked - taken) 失效。",
            en:
                "Waiver \(reference): \(asked) asked, \(taken) taken off the late fee of that date; the "
                + "other \(asked - taken) lapse.")
    }
}

/// The proposals of a day by `asOf`, the oldest first.
///
/// - Parameter isOpen: only those that nobody has decided by then.
public func proposals(
    asOf: CivilDate, isOpen: Bool, effects: Effects
) throws -> [Session.RecordedProposal] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.proposals(of: context.id, asOf: asOf, isOpen: isOpen)
    }
}
