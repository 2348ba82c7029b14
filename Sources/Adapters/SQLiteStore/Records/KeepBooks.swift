public import FeeLedger
public import Primitives

/// Keeping what was posted.
extension Session {
    /// Keeps the entries that were posted, and which of their charges are settled now.
    ///
    /// - Parameter issuing: the charges that were issued are kept too; an import recorded them
    ///   before.
    public func keep(_ book: AccountBook, issuing: Bool, act: ActID) throws {
        if issuing {
            for charge in book.issued {
                _ = try recordCharge(charge, account: book.account, act: act)
            }
        }
        for entry in book.posted { try insert(entry, of: book.account, act: act) }
        for charge in book.charges where charge.hasNewEntries || charge.isPaused {
            try keepSettled(charge, of: book)
        }
    }

    /// Keeps anew which of the account's charges are settled: the policy or the rate has changed.
    public func keepSettled(of book: AccountBook) throws {
        for charge in book.charges { try keepSettled(charge, of: book) }
    }

    private func keepSettled(_ charge: ChargeBook, of book: AccountBook) throws {
        try run(
            "UPDATE charge SET settled = ? WHERE unit = ? AND period = ? AND item = ?",
            [
                .date(charge.settled(policy: book.policy)), .id(book.account.unit),
                .period(charge.charge.period), .id(charge.charge.item.id),
            ])
    }

    private func insert(_ entry: Entry, of account: Account, act: ActID) throws {
        let (kind, lot): (Int, SQLValue) =
            switch entry.target {
            case .principal: (0, .null)
            case .lateFee: (1, .null)
            case .exemption: (2, .null)
            case .credit(let lot): (3, .date(lot))
            }
        let charge = entry.target.charge
        let payment: PaymentID? = if case .payment(let id) = entry.source { id } else { nil }
        let waiver: WaiverID? = if case .waiver(let id) = entry.source { id } else { nil }
        let concession: ConcessionID? =
            if case .concession(let id) = entry.source { id } else { nil }
        let reversal: ReversalID? = if case .reversal(let id) = entry.source { id } else { nil }
        try run(
            """
            INSERT INTO entry (unit, period, item, sequence, target, valueDate, amount, lot, payment,
              waiver, concession, reversal, act) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(account.unit), .integer(charge?.period.index ?? 0),
                .integer(charge?.item.number ?? account.id.number), .integer(entry.sequence),
                .integer(kind), .date(entry.date), .parts(entry.amount), lot, .id(payment),
                .id(waiver), .id(concession), .id(reversal), .id(act),
            ])
    }
}
