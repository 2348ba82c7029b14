import Dunning
public import FeeLedger
public import Primitives
import SQLiteStore

/// One charge with open principal or outstanding late fee (SPEC.md 10, `arrears`).
public struct ArrearsRow: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let standing: ChargeStanding
}

/// One account's totals (SPEC.md 10, `accounts`).
public struct AccountRow: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let statement: AccountStatement
}

/// Every charge with open principal or outstanding late fee as of the date, by unit, due date,
/// period, item.
public func forEachArrears(
    asOf: CivilDate, effects: Effects, _ body: (ArrearsRow) throws -> Void
) throws {
    try forEachUnit(scope: .open(asOf: asOf), asOf: asOf, effects: effects) { accounts in
        let rows = accounts.flatMap { account in
            account.statement.standings.filter(\.isOpen).map {
                ArrearsRow(unit: account.unit, owners: account.owners, standing: $0)
            }
        }
        // Charges of a former and of the present owner may fall due in any order.
        try rows.sorted { Charge.isOlder($0.standing.charge, than: $1.standing.charge) }
            .forEach(body)
    }
}

/// Every account that has begun, or has a charge or payment, by the date; by unit, then first day.
public func forEachAccountTotals(
    asOf: CivilDate, effects: Effects, _ body: (AccountRow) throws -> Void
) throws {
    try forEachUnit(scope: .all, asOf: asOf, effects: effects) { accounts in
        for row in accounts {
            let statement = row.statement
            let hasBegun = statement.account.from <= asOf
            if hasBegun || !statement.standings.isEmpty || statement.paid != .zero { try body(row) }
        }
    }
}

/// - Parameter body: takes the accounts of one unit, by first day.
private func forEachUnit(
    scope: ChargeScope, asOf: CivilDate, effects: Effects, _ body: ([AccountRow]) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try context.forEachChunk(of: .community(context.id), scope: scope, in: session) { chunk in
            let owners = try session.owners(of: chunk)
            for unit in chunk.units {
                try body(
                    unit.accounts.map { book in
                        let codes = book.account.owners.compactMap { owners[$0]?.code }
                        return AccountRow(
                            unit: unit.unit.code, owners: codes.joined(separator: ";"),
                            statement: book.statement(asOf: asOf))
                    })
            }
        }
    }
}

/// One account with the late fee of each of its charges explained.
public struct LateFeeExplanation: Sendable {
    public struct Line: Sendable {
        public let standing: ChargeStanding
        public let itemName: String
        public let accrual: Accrual
    }

    public let unit: String
    public let statement: AccountStatement
    /// Charges with open principal or outstanding late fee, oldest first.
    public let lines: [Line]
}

/// Explains the late fees of one account as of a date, run of days by run of days.
///
/// - Parameter owner: names an account by its owner's code; `nil`: whoever holds the unit.
public func explainLateFees(
    of code: String, owner: String?, asOf: CivilDate, effects: Effects
) throws -> LateFeeExplanation {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let account = try account(of: code, owner: owner, asOf: asOf, context, session)
        let names = try session.items(of: context.id)
        var explanation: LateFeeExplanation?
        try context.forEachChunk(of: .unit(account.unit), scope: .all, in: session) { chunk in
            let book = chunk.units[0].accounts.first { $0.account.id == account.id }!
            let statement = book.statement(asOf: asOf)
            let counted = book.charges.filter { $0.counts(asOf: asOf) }
            let lines = zip(statement.standings, counted).map { standing, charge in
                LateFeeExplanation.Line(
                    standing: standing, itemName: names[charge.charge.item] ?? "",
                    accrual: charge.accrual(policy: book.policy, asOf: asOf))
            }
            explanation = LateFeeExplanation(
                unit: code, statement: statement,
                lines: lines.filter { $0.standing.isOpen })
        }
        return explanation!
    }
}

func account(
    of code: String, owner: String?, asOf: CivilDate, _ context: CommunityContext,
    _ session: Session
) throws -> Account {
    guard let unit = try session.unit(code: code, in: context.id) else {
        throw OfficeError.unknownUnit(code: code)
    }
    let accounts = try session.accounts(of: unit)
    guard let owner else {
        guard let account = accounts.holding(on: asOf) else {
            throw OfficeError.nobodyHolds(unit: code, on: asOf)
        }
        return account
    }
    let id = try session.owner(code: owner, in: context.id)
    guard let id, let account = accounts.receiving(paymentOn: asOf, from: id) else {
        throw OfficeError.ownerHasNoAccount(owner: owner, unit: code)
    }
    return account
}
