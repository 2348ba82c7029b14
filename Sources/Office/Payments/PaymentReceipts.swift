import Dunning
public import FeeLedger
public import Primitives
public import SQLiteStore

/// A payment with all that its receipt says.
public struct PaymentReceipt: Sendable {
    /// A line of it: what of the money met which charge.
    public struct Line: Hashable, Sendable {
        public let target: Session.AllocatedPart.Target
        /// Empty and `nil` of credit.
        public let itemName: String
        public let period: Period?
        public let amount: Money
    }

    /// The community's name.
    public let community: String
    /// The office's name, as letters have it; the community's where the policy names none.
    public let office: String
    public let payment: Session.TakenPayment
    /// Names of the account's owners.
    public let owners: [String]
    /// An owner's code where the account is not the present holder's; `nil`: it is.
    public let formerOwner: String?
    /// As the ledger allocated it when it was entered: principals, late fees, credit.
    public let lines: [Line]
    /// The account as of the payment's value date.
    public let statement: AccountStatement
    /// How often it was printed.
    public let prints: Int
    /// To reverse it, the oldest first.
    public let reversals: [Session.RecordedProposal]
    /// Once there are users, to reverse a payment takes a proposal and a manager's approval.
    public let takesTwo: Bool
}

/// - Parameter today: who holds the unit then is its present holder.
/// - Throws: `PaymentError.unknownPayment` where the community has no such payment.
public func paymentReceipt(
    _ reference: String, today: CivilDate, effects: Effects
) throws -> PaymentReceipt {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let payment = try session.takenPayment(reference, in: context.id) else {
            throw PaymentError.unknownPayment(reference: reference)
        }
        let names = try session.items(of: context.id).reduce(into: [:]) { $0[$1.key.id] = $1.value }
        let parts = try session.partsMetAtEntry(by: payment)
        var receipt: PaymentReceipt?
        try context.forEachChunk(of: .unit(payment.unitID), scope: .all, in: session) { chunk in
            let owners = try session.owners(of: chunk)
            let books = chunk.units[0].accounts
            let book = books.first { $0.account.id == payment.account }!
            let isPresent = books.map(\.account).holding(on: today)?.id == payment.account
            let theirs = book.account.owners.compactMap { owners[$0] }
            receipt = PaymentReceipt(
                community: context.policy.name,
                office: context.policy.office?.name ?? context.policy.name, payment: payment,
                owners: theirs.map(\.name), formerOwner: isPresent ? nil : theirs.first?.code,
                lines: parts.map { part in
                    PaymentReceipt.Line(
                        target: part.target,
                        itemName: part.charge.flatMap { names[$0.item] } ?? "",
                        period: part.charge?.period, amount: part.amount)
                },
                statement: book.statement(asOf: payment.date),
                prints: try session.receiptPrints(of: payment),
                reversals: try session.proposals(reversing: payment),
                takesTwo: try !session.users(of: context.id).isEmpty)
        }
        return receipt!
    }
}

/// Notes that a payment's receipt is printed; from the second time on it is marked 补打.
///
/// - Returns: how often it was printed, this time included.
/// - Throws: where there is no such payment, or it is reversed.
@discardableResult
public func printReceipt(_ reference: String, effects: Effects) throws -> Int {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireStaff(effects.staff, in: context.id, session)
        guard let payment = try session.takenPayment(reference, in: context.id) else {
            throw PaymentError.unknownPayment(reference: reference)
        }
        if let reversed = payment.reversed {
            throw PaymentError.reversed(reference: reference, on: reversed)
        }
        _ = try session.addAct(
            community: context.id, kind: Session.receiptAct, by: effects.staff,
            at: effects.now().description, detail: reference)
        return try session.receiptPrints(of: payment)
    }
}

/// Payments of a filter, with the sums of all of them.
public struct PaymentList: Sendable {
    /// Those of the page, the newest first.
    public let rows: [Session.TakenPayment]
    /// How many there are in all.
    public let count: Int
    /// Of all that were not reversed.
    public let amount: Money
    public let byMethod, byStaff: [Session.PaymentSum]
    /// By day where the filter spans two months at most, else by month; the newest first.
    public let byTime: [Session.PaymentSum]
    /// Everybody who ever entered payments.
    public let staff: [String]
}

/// - Parameters:
///   - page: from 1.
///   - size: so many rows a page.
public func paymentList(
    _ filter: Session.PaymentFilter, page: Int, size: Int, effects: Effects
) throws -> PaymentList {
    try effects.store.read { session in
        let id = try CommunityContext(named: effects.community, in: session).id
        let sums = { (grouping: Session.PaymentGrouping) in
            try session.paymentSums(of: id, filter, by: grouping)
        }
        let whole = try sums(.none).first
        let isShort = filter.from.map { (filter.to ?? .distantFuture) - $0 <= 62 } ?? false
        return PaymentList(
            rows: try session.takenPayments(
                of: id, filter, offset: (page - 1) * size, limit: size),
            count: whole?.count ?? 0, amount: whole?.amount ?? .zero,
            byMethod: try sums(.method), byStaff: try sums(.staff),
            byTime: try sums(isShort ? .day : .month),
            staff: try session.staffWhoTookPayments(in: id))
    }
}
