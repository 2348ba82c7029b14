public import Casework
import Dunning
public import FeeLedger
import Interchange
public import Primitives
import SQLiteStore

/// What is proposed, as staff enter it.
public struct ProposalEntry: Sendable {
    public enum Matter: Sendable {
        case waiver(item: String, period: Period, amount: Money, unlessPaidBy: CivilDate?)
        /// - Parameter item: `*` for all.
        case concession(item: String, from: Period, to: Period?, Concession.Relief)
        case paymentReversal(reference: String)
        case chargeReversal(item: String, period: Period)
        case writeOff(item: String, period: Period)
        case plan(
            parts: [InstalmentPlan.Part], lateFee: InstalmentPlan.LateFee, forgives: Bool)
        case court
    }

    /// The unit's code; that of a payment's reversal is not read.
    public let unit: String
    /// The code of an owner of the account that is meant; `nil`: whoever holds the unit on `day`,
    /// or owes the charge.
    public let owner: String?
    public let matter: Matter
    public let day: CivilDate
    /// Who proposes it.
    public let staff: String
    public let reason: String
    /// Of a concession, and of what a hardship case is granted.
    public var review: CivilDate?

    public init(
        unit: String, owner: String?, matter: Matter, day: CivilDate, staff: String,
        reason: String, review: CivilDate? = nil
    ) {
        self.unit = unit
        self.owner = owner
        self.matter = matter
        self.day = day
        self.staff = staff
        self.reason = reason
        self.review = review
    }
}

/// Proposes what a manager is then to approve or refuse. It is checked as if it were approved on
/// its own day; nothing else follows from it yet.
///
/// - Returns: the proposal's number.
public func propose(_ entry: ProposalEntry, effects: Effects) throws -> Int {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try propose(entry, hardshipCase: nil, context, session, effects).number
    }
}

/// The same within an act's transaction.
///
/// - Parameter hardshipCase: whose relief it is. Its reason is then only the case's number: texts
///   of hardship stay with the case.
func propose(
    _ entry: ProposalEntry, hardshipCase: Int?, _ context: CommunityContext, _ session: Session,
    _ effects: Effects
) throws -> ProposalID {
    let staff = try requireStaff(trimmed(entry.staff), in: context.id, session)
    let reason = hardshipCase.map { "困难减免 案 \($0)" } ?? trimmed(entry.reason)
    if reason.isEmpty { throw ProposalError.reasonMissing }
    let (account, matter) = try resolve(entry, context, session)
    let proposal = Proposal(
        unit: account.unit, account: account.id, matter: matter, day: entry.day, by: staff,
        reason: reason, review: entry.review, hardshipCase: hardshipCase)
    if let review = entry.review, review < entry.day {
        throw ProposalError.dateBefore(what: "--review", date: review, on: entry.day)
    }
    try check(proposal, on: entry.day, context, session)
    let act = try session.addAct(
        community: context.id, kind: "proposal", by: staff, at: effects.now().description,
        detail: entry.unit)
    return try session.addProposal(proposal, in: context.id, act: act)
}

// MARK: - What the words mean

private func resolve(
    _ entry: ProposalEntry, _ context: CommunityContext, _ session: Session
) throws -> (Account, Proposal.Matter) {
    if case .paymentReversal(let reference) = entry.matter {
        guard let payment = try session.payment(reference: reference, in: context.id) else {
            throw OfficeError.nothingToReverse(what: reference)
        }
        let account = try session.accounts(of: payment.unit).first { $0.id == payment.account }!
        return (account, .paymentReversal(payment.id))
    }
    let holder = {
        try account(of: entry.unit, owner: entry.owner, asOf: entry.day, context, session)
    }
    switch entry.matter {
    case .waiver(let item, let period, let amount, let day):
        let (account, key) = try charge(item, period, of: entry, context, session)
        return (account, .waiver(key, amount, unlessPaidBy: day))
    case .chargeReversal(let item, let period):
        let (account, key) = try charge(item, period, of: entry, context, session)
        return (account, .chargeReversal(key))
    case .writeOff(let item, let period):
        let (account, key) = try charge(item, period, of: entry, context, session)
        return (account, .writeOff(key))
    case .concession(let item, let from, let to, let relief):
        let id = item == "*" ? nil : try context.item(item)
        return (try holder(), .concession(item: id, from: from, to: to, relief))
    case .plan(let parts, let lateFee, let forgives):
        let account = try holder()
        let statement = try context.book(of: account, in: session).statement(asOf: entry.day)
        let covers = try covered(by: parts, statement, unit: entry.unit, on: entry.day)
        let terms = InstalmentPlan.Terms(
            parts: parts, lateFee: lateFee, forgives: forgives,
            brokenAfter: context.policy.casework.planBrokenAfter, covers: covers)
        return (account, .plan(terms))
    case .court, .paymentReversal: return (try holder(), .court)
    }
}

/// A charge is named by its unit, item and period, whoever holds the unit now.
private func charge(
    _ item: String, _ period: Period, of entry: ProposalEntry, _ context: CommunityContext,
    _ session: Session
) throws -> (Account, ChargeKey) {
    guard let unit = try session.unit(code: entry.unit, in: context.id) else {
        throw OfficeError.unknownUnit(code: entry.unit)
    }
    let key = ChargeKey(period: period, item: try context.item(item))
    let what = "\(entry.unit) \(item) \(period)"
    guard let id = try session.account(owing: key, of: unit) else {
        throw ProposalError.noCharge(what: what)
    }
    let account = try session.accounts(of: unit).first { $0.id == id }!
    if let owner = entry.owner {
        let named = try session.owner(code: owner, in: context.id)
        guard let named, account.owners.contains(named) else {
            throw ProposalError.chargeOfOthers(what: what, owner: owner)
        }
    }
    return (account, key)
}

private func covered(
    by parts: [InstalmentPlan.Part], _ statement: AccountStatement, unit: String, on date: CivilDate
) throws -> [InstalmentPlan.Covered] {
    let choices = InstalmentPlan.choices(statement)
    guard choices.contains(where: { $0.sum > .zero }) else {
        throw ProposalError.owesNothing(unit: unit, on: date)
    }
    let sum = parts.reduce(Money.zero) { $0 + $1.amount }
    guard let choice = choices.first(where: { $0.sum == sum && sum > .zero }) else {
        throw ProposalError.wrongSum(sum: sum, choices: choices.map(\.sum))
    }
    return choice.covers
}

// MARK: - Whether it may be

/// What must be true on the day of the proposal, and again on that of its approval.
func check(
    _ proposal: Proposal, on date: CivilDate, _ context: CommunityContext, _ session: Session,
    id: ProposalID? = nil
) throws {
    if let review = proposal.review, review < date {
        throw ProposalError.reviewPassed(review: review, on: date)
    }
    switch proposal.matter {
    case .waiver(let key, let amount, let paidBy):
        try checkStands(key, of: proposal, on: date, context, session)
        guard amount > .zero else { throw ProposalError.amountMissing }
        if let paidBy, paidBy < date {
            throw ProposalError.conditionPassed(date: paidBy, on: date)
        }
    case .chargeReversal(let key): try checkStands(key, of: proposal, on: date, context, session)
    case .writeOff(let key):
        try checkStands(key, of: proposal, on: date, context, session)
        let standing = try context.standing(of: key, of: proposal, on: date, session)
        guard let standing, standing.isOpen else {
            throw ProposalError.nothingOpen(what: context.name(of: key), on: date)
        }
        if standing.principalOpen > .zero {
            try checkHoldsCharge(key, of: proposal, context, session)
        }
    case .concession(_, let from, let to, let relief):
        try check(relief)
        if let to, to < from { throw ProposalError.periodsReversed(from: from, to: to) }
        guard proposal.review != nil else { throw ProposalError.reviewMissing }
        try checkHolds(proposal, from: from, session)
    case .paymentReversal(let payment):
        let found = try session.payment(payment)
        guard !found.isReversed else {
            throw OfficeError.nothingToReverse(what: found.reference)
        }
        guard date >= found.date else {
            throw OfficeError.reversalTooEarly(what: found.reference, from: found.date)
        }
    case .plan(let terms): try check(terms, of: proposal, on: date, context, session, id: id)
    case .court: try checkNotInHardship(proposal, on: date, session)
    }
}

/// A household in hardship is not taken to court.
private func checkNotInHardship(
    _ proposal: Proposal, on date: CivilDate, _ session: Session
) throws {
    let account = try session.accounts(of: proposal.unit).first { $0.id == proposal.account }!
    if try session.isInHardship(account, asOf: date) {
        throw CourtError.inHardship(unit: try session.unitCode(proposal.unit), on: date)
    }
}

private func check(_ relief: Concession.Relief) throws {
    switch relief {
    case .percent(let share):
        guard share > .zero, share <= .hundred else {
            throw ProposalError.badPercent(text: "\(share)")
        }
    case .amount(let amount): guard amount > .zero else { throw ProposalError.amountMissing }
    case .noLateFee: break
    }
}

private func checkStands(
    _ key: ChargeKey, of proposal: Proposal, on date: CivilDate, _ context: CommunityContext,
    _ session: Session
) throws {
    let what = context.name(of: key)
    guard try session.chargeStands(key, of: proposal.unit) else {
        throw ProposalError.noCharge(what: what)
    }
    let issued = key.period.firstDay
    guard issued <= date else {
        throw ProposalError.notIssued(what: what, from: issued, on: date)
    }
}

/// A concession belongs to the account that holds the unit on the first day of its first period, or
/// to the first after that (SPEC.md 6): what is exported must be read back so.
private func checkHolds(_ proposal: Proposal, from: Period, _ session: Session) throws {
    guard let owner = try otherOwner(than: proposal, from: from, session) else { return }
    throw ProposalError.concessionOfOthers(
        unit: try session.unitCode(proposal.unit), from: from, owner: owner)
}

/// What is written off of a principal is conceded, too.
private func checkHoldsCharge(
    _ key: ChargeKey, of proposal: Proposal, _ context: CommunityContext, _ session: Session
) throws {
    guard let owner = try otherOwner(than: proposal, from: key.period, session) else { return }
    throw ProposalError.writeOffOfOthers(what: context.name(of: key), owner: owner)
}

/// Codes of those to whom a concession from the period on would belong, where it is not the
/// proposal's account.
private func otherOwner(
    than proposal: Proposal, from: Period, _ session: Session
) throws -> String? {
    let accounts = try session.accounts(of: proposal.unit)
    guard let holder = accounts.holding(from: from.firstDay), holder.id != proposal.account else {
        return nil
    }
    return try holder.owners.map { try session.ownerCode($0) }.joined(separator: ";")
}

private func check(
    _ terms: InstalmentPlan.Terms, of proposal: Proposal, on date: CivilDate,
    _ context: CommunityContext, _ session: Session, id: ProposalID?
) throws {
    for (a, b) in zip(terms.parts, terms.parts.dropFirst()) where a.due >= b.due {
        throw ProposalError.partsNotAscending
    }
    guard terms.parts.allSatisfy({ $0.amount > .zero }) else { throw ProposalError.amountMissing }
    guard terms.parts[0].due >= proposal.day else {
        throw ProposalError.partBeforeAgreement(due: terms.parts[0].due, on: proposal.day)
    }
    for covered in terms.covers {
        try checkStands(covered.key, of: proposal, on: date, context, session)
    }
    let account = try session.accounts(of: proposal.unit).first { $0.id == proposal.account }!
    for other in try session.plans(of: context.id, nil, account: account) {
        if other.id == id {
            guard let broken = other.plan.brokenOn(other.receipts), broken <= date else { continue }
            throw ProposalError.planBroken(id: other.id.number, on: broken)
        }
        switch other.plan.state(asOf: date, other.receipts) {
        case .kept, .late: throw ProposalError.planRuns(id: other.id.number)
        case .proposed, .refused, .broken, .completed: break
        }
    }
}

extension CommunityContext {
    func item(_ code: String) throws -> ID<FeeItem> {
        guard let item = items.first(where: { $0.value.code == code }) else {
            let known = items.values.map(\.code).sorted(by: inByteOrder)
            throw ProposalError.unknownItem(code: code, known: known)
        }
        return item.key
    }

    /// `wy 2026-11`
    func name(of key: ChargeKey) -> String { "\(items[key.item]!.code) \(key.period)" }

    func book(of account: Account, in session: Session) throws -> AccountBook {
        try book(of: account.id, unit: account.unit, in: session)
    }

    func book(
        of account: ID<Account>, unit: ID<Unit>, in session: Session
    ) throws -> AccountBook {
        var found: AccountBook?
        try forEachChunk(of: .unit(unit), scope: .all, in: session) { chunk in
            found = chunk.units[0].accounts.first { $0.account.id == account }
        }
        return found!
    }

    fileprivate func standing(
        of key: ChargeKey, of proposal: Proposal, on date: CivilDate, _ session: Session
    ) throws -> ChargeStanding? {
        try book(of: proposal.account, unit: proposal.unit, in: session).statement(asOf: date)
            .standings.first { $0.charge.key == key }
    }
}
