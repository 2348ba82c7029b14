public import Primitives

/// Where one charge stands as of a date (SPEC.md 4, 10): only what has a date on or before it counts.
public struct ChargeStanding: Sendable {
    public let charge: Charge
    public let conceded: Money
    public let principalOpen: Money
    public let lateFeeGross: Money
    public let lateFeePaid: Money
    public let lateFeeWaived: Money
    /// gross − paid − waived, at least 0.
    public let lateFeeOpen: Money
    /// Days since the due date; 0 before it, and where no principal is open.
    public let daysOverdue: Int

    public var isOpen: Bool { principalOpen > .zero || lateFeeOpen > .zero }

    init(of book: ChargeBook, policy: LateFeePolicy, asOf date: CivilDate) {
        charge = book.charge
        conceded = book.conceded(asOf: date)
        principalOpen = book.principalOpen(asOf: date)
        lateFeeGross = book.lateFeeGross(policy: policy, asOf: date)
        lateFeePaid = book.lateFeePaid(asOf: date)
        lateFeeWaived = book.lateFeeWaived(asOf: date)
        lateFeeOpen = max(.zero, lateFeeGross - lateFeePaid - lateFeeWaived)
        daysOverdue = principalOpen > .zero ? max(0, date - book.charge.due) : 0
    }
}

/// What one account owes as of a date.
public struct AccountStatement: Sendable {
    public let account: Account
    public let asOf: CivilDate
    /// Charges issued by then and not reversed, oldest first.
    public let standings: [ChargeStanding]
    public let credit: Money

    public var principalOpen: Money { sum(\.principalOpen) }
    public var lateFeeOpen: Money { sum(\.lateFeeOpen) }
    /// Before concessions.
    public var charged: Money { sum(\.charge.amount) }
    public var conceded: Money { sum(\.conceded) }
    public var waived: Money { sum(\.lateFeeWaived) }
    /// All money received by then: what met principals and late fees, and what is credit.
    public var paid: Money {
        charged - conceded - principalOpen + sum(\.lateFeePaid) + credit
    }
    /// principal + late fee − credit
    public var total: Money { principalOpen + lateFeeOpen - credit }

    private func sum(_ part: (ChargeStanding) -> Money) -> Money {
        standings.reduce(.zero) { $0 + part($1) }
    }
}

extension AccountBook {
    /// Where the account stands: only what has a date on or before `date` counts.
    public func statement(asOf date: CivilDate) -> AccountStatement {
        AccountStatement(
            account: account, asOf: date,
            standings: charges.filter { $0.counts(asOf: date) }
                .map { ChargeStanding(of: $0, policy: policy, asOf: date) },
            credit: credit.balance(asOf: date))
    }
}
