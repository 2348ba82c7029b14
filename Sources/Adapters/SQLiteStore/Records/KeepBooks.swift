public import FeeLedger
public import Primitives

/// Keeping what was posted.
extension Session {
    /// Keeps the entries that were posted, and which of their charges are settled now.
    ///
    /// - Parameter issuing: the charges that were issued are kept too; an import recorded them
    ///   before.
    public func keep(_ book: AccountBook, issuing: Bool, act: ActID) throws {
        let unit = SQLValue.id(book.account.unit)
        if issuing {
            for charge in book.issued {
                _ = try recordCharge(charge, account: book.account, act: act)
            }
        }
        var touched: Set<ChargeKey> = []
        for entry in book.posted {
            try insert(entry, of: book.account, unit: unit, act: act)
            if let key = entry.charge { touched.insert(key) }
        }
        for charge in book.charges where touched.contains(charge.charge.key) {
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

    private func insert(
        _ entry: Entry, of account: Account, unit: SQLValue, act: ActID
    ) throws {
        let (kind, period, item, lot): (Int, SQLValue, SQLValue, SQLValue) =
            switch entry.target {
            case .principal(let key): (0, .period(key.period), .id(key.item), .null)
            case .lateFee(let key): (1, .period(key.period), .id(key.item), .null)
            case .exemption(let key): (2, .period(key.period), .id(key.item), .null)
            case .credit(let lot): (3, .integer(0), .id(account.id), .date(lot))
            }
        var sources = [SQLValue](repeating: .null, count: 4)
        switch entry.source {
        case .payment(let id): sources[0] = .id(id)
        case .waiver(let id): sources[1] = .id(id)
        case .concession(let id): sources[2] = .id(id)
        case .reversal(let id): sources[3] = .id(id)
        }
        try run(
            """
            INSERT INTO entry (unit, period, item, sequence, target, valueDate, amount, lot, payment,
              waiver, concession, reversal, act) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                unit, period, item, .integer(entry.sequence), .integer(kind), .date(entry.date),
                .parts(entry.amount), lot,
            ] + sources + [.id(act)])
    }
}

extension Entry {
    fileprivate var charge: ChargeKey? {
        switch target {
        case .principal(let key), .lateFee(let key), .exemption(let key): key
        case .credit: nil
        }
    }
}
