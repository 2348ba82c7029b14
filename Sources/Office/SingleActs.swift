public import FeeLedger
public import Interchange
public import Primitives
public import SQLiteStore

/// One row entered by hand, by the rules of an import: the same checks, the same posting.
public enum Entering: String, Sendable {
    /// The row must be new.
    case add
    /// The row must be there; what is not given stays.
    case change
}

/// Adds or changes one row of a register, or adds one fact.
///
/// - Parameter values: by English column name.
/// - Returns: the report of an import of that row; with problems where it was refused.
public func enter(
    _ table: TableFormat, _ mode: Entering, values: [String: String], effects: Effects
) throws -> ImportReport {
    var report = ImportReport()
    do {
        try effects.store.write { session in
            try enter(table, mode, values: values, in: session, effects, &report)
        }
    } catch is RefusedRow {}
    return report
}

/// Why the row was refused stands in the report.
struct RefusedRow: Error {}

/// The same within an act's transaction.
///
/// - Throws: `RefusedRow`, so that nothing is kept.
func enter(
    _ table: TableFormat, _ mode: Entering, values: [String: String], in session: Session,
    _ effects: Effects, _ report: inout ImportReport
) throws {
    var values = values
    let there = try standing(table, values, in: session, effects)
    let key = table.key.map { values[$0] ?? "" }.joined(separator: " ")
    if (there == nil) != (mode == .add) {
        throw OfficeError.rowStands(key: key, asked: mode == .add)
    }
    if let there { values.merge(there) { given, _ in given } }
    var work = CommunityImport(
        source: .typed(file: table.file, values: values), session: session, effects: effects)
    work.kind = "\(table.file.dropLast(".csv".count)) \(mode.rawValue)"
    defer { report = work.report }
    try work.perform()
    if !work.report.problems.isEmpty { throw RefusedRow() }
    // A fact that was reversed stands all the same: its key is taken.
    let count = work.report.files.first { $0.file == table.file }
    if mode == .add, count?.added != 1 {
        throw OfficeError.rowStands(key: key, asked: true)
    }
}

/// The row that has the key already, by column name.
private func standing(
    _ table: TableFormat, _ values: [String: String], in session: Session, _ effects: Effects
) throws -> [String: String]? {
    let context = try CommunityContext(named: effects.community, in: session)
    var key: [Int: String] = [:]
    for (place, column) in table.columns.enumerated() where table.key.contains(column.english) {
        key[place] = canonical(values[column.english] ?? "", of: column.english)
    }
    var found: [String: String]?
    try session.forEachRow(ofFile: table.file, of: context.id, key: key) { row in
        found = zip(table.columns, row).reduce(into: [:]) { $0[$1.0.english] = $1.1 }
    }
    return found
}

/// How an account stands when its unit changes hands.
public struct Settlement: Sendable {
    /// The account that closes, as of its last day.
    public let statement: AccountStatement
    /// Names of the items of its charges.
    public let items: [ID<FeeItem>: String]
}

/// Transfers a unit: its account closes on the day before, and the new owners' begins.
///
/// Arrears stay with the closed account and its owners; so does credit.
/// - Parameter owners: codes of those who hold the unit from `date` on.
public func transferOwnership(
    of code: String, to owners: [String], on date: CivilDate, effects: Effects
) throws -> Settlement {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let unit = try session.unit(code: code, in: context.id) else {
            throw OfficeError.unknownUnit(code: code)
        }
        guard let seller = try session.accounts(of: unit).holding(on: date), seller.from < date,
            seller.to == nil
        else { throw OfficeError.cannotTransfer(unit: code, on: date) }
        if try session.hasFacts(seller, from: date) {
            throw OfficeError.transferTooLate(unit: code, on: date)
        }
        let buyers = try owners.map { owner in
            guard let id = try session.owner(code: owner, in: context.id) else {
                throw OfficeError.unknownOwner(code: owner)
            }
            return id
        }
        if buyers.isEmpty || Set(buyers) == Set(seller.owners) {
            throw OfficeError.sameOwners(unit: code)
        }
        let act = try session.addAct(
            community: context.id, kind: "ownership transfer", by: effects.staff,
            at: effects.now().description, detail: code)
        let last = date.advanced(byDays: -1)
        _ = try session.saveAccount(
            unit: unit, from: seller.from, to: last, agreedRate: seller.agreedRate,
            owners: seller.owners, in: context.id, act: act)
        _ = try session.saveAccount(
            unit: unit, from: date, to: nil, agreedRate: nil, owners: buyers, in: context.id,
            act: act)
        var statement: AccountStatement?
        try context.forEachChunk(of: .unit(unit), scope: .all, in: session) { chunk in
            statement = chunk.units[0].accounts.first { $0.account.id == seller.id }?
                .statement(asOf: last)
        }
        let names = try session.items(of: context.id)
        return Settlement(
            statement: statement!, items: names.reduce(into: [:]) { $0[$1.key.id] = $1.value })
    }
}

/// Reverses a charge (冲红): what was paid on it becomes credit, and it counts no more from `date` on.
///
/// - Throws: once there are users: then it takes a proposal and a manager's approval.
public func reverseCharge(
    unit code: String, item: String, period: Period, on date: CivilDate, reason: String,
    effects: Effects
) throws {
    let name = "\(code) \(item) \(period)"
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireNoUsers(
            proposing: "charge \(code)/\(item)/\(period)", in: context.id, session)
        guard let unit = try session.unit(code: code, in: context.id) else {
            throw OfficeError.unknownUnit(code: code)
        }
        guard let id = context.items.first(where: { $0.value.code == item })?.key else {
            throw OfficeError.nothingToReverse(what: name)
        }
        let key = ChargeKey(period: period, item: id)
        guard try session.chargeStands(key, of: unit) else {
            throw OfficeError.nothingToReverse(what: name)
        }
        let act = try reversal(of: name, context, session, effects)
        try reverse(key, of: unit, on: date, reason: reason, context, session, act)
    }
}

/// The same within an act's transaction.
///
/// - Precondition: the charge stands.
func reverse(
    _ key: ChargeKey, of unit: ID<Unit>, on date: CivilDate, reason: String,
    _ context: CommunityContext, _ session: Session, _ act: ActID
) throws {
    let row = try session.addReversal(
        ofCharge: key, of: unit, on: date, reason: reason, in: context.id, act: act)
    try rewrite(unit, context, session, act) { $0.reverse(key, by: row, on: date) }
}

/// Reverses a payment (冲红): its allocations are undone, and those of credit that came from it.
///
/// - Throws: once there are users: then it takes a proposal and a manager's approval.
public func reversePayment(
    _ reference: String, on date: CivilDate, reason: String, effects: Effects
) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireNoUsers(proposing: "payment \(reference)", in: context.id, session)
        guard let payment = try session.payment(reference: reference, in: context.id),
            !payment.isReversed
        else { throw OfficeError.nothingToReverse(what: reference) }
        guard date >= payment.date else {
            throw OfficeError.reversalTooEarly(what: reference, from: payment.date)
        }
        let act = try reversal(of: reference, context, session, effects)
        try reverse(
            payment.id, to: payment.account, of: payment.unit, on: date, reason: reason, context,
            session, act)
    }
}

/// The same within an act's transaction.
///
/// - Precondition: the payment came by then, and stands.
func reverse(
    _ payment: PaymentID, to account: ID<Account>, of unit: ID<Unit>, on date: CivilDate,
    reason: String, _ context: CommunityContext, _ session: Session, _ act: ActID
) throws {
    try session.addReversal(of: payment, on: date, reason: reason, in: context.id, act: act)
    try rewrite(unit, context, session, act) { book in
        guard book.account.id == account else { return false }
        book.reverse(payment, on: date)
        return true
    }
}

private func reversal(
    of what: String, _ context: CommunityContext, _ session: Session, _ effects: Effects
) throws -> ActID {
    try session.addAct(
        community: context.id, kind: "reversal", by: effects.staff,
        at: effects.now().description, detail: what)
}

/// Posts to the one account of the unit that `post` takes, and keeps it.
func rewrite(
    _ unit: ID<Unit>, _ context: CommunityContext, _ session: Session, _ act: ActID,
    _ post: (inout AccountBook) -> Bool
) throws {
    try context.forEachChunk(of: .unit(unit), scope: .all, in: session) { chunk in
        for book in chunk.units[0].accounts {
            var book = book
            if post(&book) { return try session.keep(book, issuing: false, act: act) }
        }
    }
}

/// What registers said before they were changed, and who changed them.
///
/// - Parameter key: of one unit, owner or item; `nil`: all.
public func forEachRegisterChange(
    of key: String?, effects: Effects, _ body: (Session.RegisterChange) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachRegisterChange(of: context.id, key: key, body)
    }
}

extension TableFormat {
    /// By which a row is known again (SPEC.md 9).
    var key: [String] {
        switch file {
        case "owners.csv": ["owner"]
        case "ownerships.csv": ["unit", "owner", "from"]
        case "fees.csv": ["item", "kinds", "from"]
        case "charges.csv": ["unit", "item", "period"]
        case "payments.csv": ["reference"]
        case "units.csv": ["unit"]
        case "holds.csv": ["unit", "reason", "from"]
        default: preconditionFailure("\(file) is not entered row by row")
        }
    }
}
