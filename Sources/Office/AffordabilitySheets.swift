public import Casework
import Dunning
import FeeLedger
public import Primitives
import SQLiteStore

/// What a household can pay, against what it owes.
public struct AffordabilityAnswer: Sendable {
    public let affordability: Affordability
    /// Open principal and late fee of the account, as of the day.
    public let arrears: Money
    /// `nil`: nothing remains, and no plan carries.
    public let plan: CarriedPlan?
}

/// Records an affordability sheet: the household's income by source, less the living allowance for
/// each person by the policy of that day, and what plan the rest carries.
///
/// - Parameters:
///   - persons: who live on the income, at least one.
///   - incomes: a month's, in the order given.
public func recordAffordability(
    of number: Int, persons: Int, incomes: [(source: String, amount: Money)], by staff: String,
    on day: CivilDate, effects: Effects
) throws -> AffordabilityAnswer {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let record = try hardshipCase(number, for: staff, context, session)
        guard let allowance = context.policy.casework.livingAllowance(on: day) else {
            throw HardshipError.noAllowance(day: day)
        }
        let affordability = Affordability(
            persons: persons, allowance: allowance.perPerson, incomes: incomes.map(\.amount))
        let act = try caseAct(
            "case afford", "case \(number)", by: staff, context, session, effects)
        try session.addSheet(
            Session.AffordabilitySheet(
                day: day, affordability: affordability, sources: incomes.map(\.source)),
            to: record.id, act: act)
        let arrears = try arrears(of: record, asOf: day, context, session)
        return AffordabilityAnswer(
            affordability: affordability, arrears: arrears,
            plan: affordability.plan(for: arrears))
    }
}

/// Open principal and late fee.
func arrears(
    of record: Session.RecordedHardshipCase, asOf: CivilDate, _ context: CommunityContext,
    _ session: Session
) throws -> Money {
    var arrears = Money.zero
    let scope = ChargeScope.open(asOf: asOf)
    try context.forEachChunk(of: .unit(record.unit), scope: scope, in: session) { chunk in
        for book in chunk.units[0].accounts where book.account.id == record.account {
            let statement = book.statement(asOf: asOf)
            arrears = statement.principalOpen + statement.lateFeeOpen
        }
    }
    return arrears
}
