public import Casework
import Dunning
import Evidence
import FeeLedger
public import Primitives
public import SQLiteStore

/// One account on its way to court.
public struct CourtRow: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let principal, lateFee: Money
    /// `nil`: approved, and no step taken.
    public let stage: CourtStage?
    /// Of the last step, or of the approval.
    public let since: CivilDate
    public let costs: Money
}

/// The litigation list: accounts that a manager approved to go to court by the date and that are
/// not ended, by unit. An account in hardship that day is never in it.
public func forEachCourtCase(
    asOf: CivilDate, effects: Effects, _ body: (CourtRow) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let units = try session.unitsApprovedForCourt(of: context.id)
        try context.forEachChunk(of: .units(units), scope: .all, in: session) { chunk in
            let cases = try session.courtCases(of: chunk)
            let holds = try session.holds(of: chunk)
            let owners = try session.owners(of: chunk)
            for unit in chunk.units {
                for book in unit.accounts {
                    let court = cases[book.account.id]?.last { $0.goesOn(asOf: asOf) }
                    let isHelped = holds[book.account.id]?.areInHardship(on: asOf) ?? false
                    guard let court, !isHelped else { continue }
                    let statement = book.statement(asOf: asOf)
                    let last = court.lastStep(asOf: asOf)
                    try body(
                        CourtRow(
                            unit: unit.unit.code, owners: book.ownerCodes(owners),
                            principal: statement.principalOpen, lateFee: statement.lateFeeOpen,
                            stage: last?.stage, since: last?.date ?? court.approved,
                            costs: court.cost(asOf: asOf)))
                }
            }
        }
    }
}

/// An account that a manager could decide to take to court.
public struct CourtCandidate: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let principal, lateFee: Money
    /// Of the oldest open principal.
    public let daysOverdue: Int
    /// When the last proven demand of an open charge arrived.
    public let provenOn: CivilDate
    /// Up to which a claim is a small one; `nil`: the policy has none for the day.
    public let smallClaims: Money?

    public var total: Money { principal + lateFee }
    /// `nil`: it cannot be told.
    public var isSmallClaim: Bool? { smallClaims.map { total <= $0 } }
}

/// Accounts whose latest contact with a reason says that they refuse, overdue at the formal stage,
/// with a proven demand of what is open; none in hardship, none on their way to court. By unit.
///
/// The list decides nothing: a manager does.
public func forEachCourtCandidate(
    asOf: CivilDate, effects: Effects, _ body: (CourtCandidate) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let formal = context.policy.ladder.formal else { throw OfficeError.noFormalStage }
        let ceiling = context.policy.smallClaims.filter { $0.from <= asOf }
            .max { $0.from < $1.from }?.amount
        let units = try session.units(of: context.id, where: .refuses)
        try context.forEachChunk(of: .units(units), scope: .all, in: session) { chunk in
            let facts = try CandidateFacts(of: chunk, context, asOf: asOf, in: session)
            for unit in chunk.units {
                for book in unit.accounts where facts.mayBeSued(book.account) {
                    let open = book.charges.filter {
                        $0.counts(asOf: asOf) && $0.principalOpen(asOf: asOf) > .zero
                    }
                    let overdue = open.filter { asOf - $0.charge.due >= formal.fromDay }
                    let principal = overdue.reduce(Money.zero) {
                        $0 + $1.principalOpen(asOf: asOf)
                    }
                    guard principal > .zero, principal >= formal.minAmount,
                        let proven = facts.provenOn(open, unit.unit.id)
                    else { continue }
                    let statement = book.statement(asOf: asOf)
                    try body(
                        CourtCandidate(
                            unit: unit.unit.code, owners: book.ownerCodes(facts.owners),
                            principal: statement.principalOpen, lateFee: statement.lateFeeOpen,
                            daysOverdue: asOf - overdue.map(\.charge.due).min()!,
                            provenOn: proven, smallClaims: ceiling))
                }
            }
        }
    }
}

/// What decides whether an account of the chunk is a candidate.
private struct CandidateFacts {
    let asOf: CivilDate
    let reasons: [ID<Account>: [NamedReason]]
    let cases: [ID<Account>: [Session.CourtCase]]
    let holds: [ID<Account>: [DunningHold]]
    let owners: [ID<Owner>: Owner]
    let served: [ID<Unit>: [Session.ServedCharge]]

    init(
        of chunk: UnitChunk, _ context: CommunityContext, asOf: CivilDate, in session: Session
    ) throws {
        self.asOf = asOf
        reasons = try session.namedReasons(of: chunk)
        cases = try session.courtCases(of: chunk)
        holds = try session.holds(of: chunk)
        owners = try session.owners(of: chunk)
        let accepted = context.policy.limitation.accept
        served = try session.servedCharges(of: chunk, asOf: asOf).mapValues { services in
            services.filter { $0.grade.proves($0.how, accepting: accepted) }
        }
    }

    func mayBeSued(_ account: Account) -> Bool {
        reasons[account.id]?.reason(asOf: asOf) == .refuses
            && !(holds[account.id] ?? []).contains { $0.holds(on: asOf) }
            && !(cases[account.id] ?? []).contains { $0.goesOn(asOf: asOf) }
    }

    /// When the last proven demand of one of the charges arrived; `nil`: none is proven.
    func provenOn(_ charges: [ChargeBook], _ unit: ID<Unit>) -> CivilDate? {
        let keys = Set(charges.map(\.charge.key))
        return served[unit]?.filter { keys.contains($0.charge) }.map(\.date).max()
    }
}

/// The steps of a unit's cases that were not withdrawn, for one account after the other.
///
/// - Parameter unit: of one unit, by its code; `nil`: all.
public func forEachCourtStep(
    of unit: String?, effects: Effects,
    _ body: (_ unit: String, Session.CourtStep) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let units = try unit.map { code in
            guard let id = try session.unit(code: code, in: context.id) else {
                throw OfficeError.unknownUnit(code: code)
            }
            return [id]
        }
        try context.forEachChunk(
            of: .units(units ?? session.unitsApprovedForCourt(of: context.id)),
            scope: .unsettled, in: session
        ) { chunk in
            let cases = try session.courtCases(of: chunk)
            for unit in chunk.units {
                for book in unit.accounts {
                    for step in (cases[book.account.id] ?? []).flatMap(\.steps) {
                        try body(unit.unit.code, step)
                    }
                }
            }
        }
    }
}
