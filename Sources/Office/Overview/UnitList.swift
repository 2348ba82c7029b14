import Casework
public import Dunning
public import FeeLedger
public import Primitives

/// Which accounts the list of units shows; what is `nil` or `false` leaves nobody out.
public struct UnitFilter: Hashable, Sendable {
    /// Units that begin or end like this, in any spelling.
    public var unit = ""
    public var building: String?
    public var kind: UnitKind?
    /// The stage of the newest dunning notice, while anything is overdue.
    public var stage: String?
    /// Principal and late fee together, less credit.
    public var totalAtLeast: Money?
    /// Days of the oldest overdue principal.
    public var overdueAtLeast: Int?
    /// Something of that age is overdue.
    public var age: DebtAge?
    public var hold: Hold?
    /// Whether one of the owners agreed to email and has an address that takes mail.
    public var hasEmail: Bool?
    public var risk: RiskClass?
    public var mark: Mark?
    /// Accounts that no longer hold their unit, also where nothing is owed.
    public var includesFormer = false

    public init() {}

    public enum Hold: Hashable, Sendable {
        case any, none
        case reason(DunningHold.Reason)
    }

    /// What the dashboard counts accounts by.
    public enum Mark: String, CaseIterable, Sendable {
        case owing, overdue, credit, promise, broken, plan
        case planKept = "plan_kept"
        case planLate = "plan_late"
        case relief, deciding, review

        /// Whether it tells of hardship.
        public var isHardship: Bool { [.relief, .deciding, .review].contains(self) }
    }
}

public enum UnitOrder: String, CaseIterable, Sendable {
    case unit, principal
    case lateFee = "late_fee"
    case total, days, stage
}

/// What a list's figures add up to.
public struct UnitTotals: Hashable, Sendable {
    public internal(set) var count = 0
    public internal(set) var principal = Money.zero
    public internal(set) var overdue = Money.zero
    public internal(set) var lateFee = Money.zero
    public internal(set) var credit = Money.zero
    public var total: Money { principal + lateFee - credit }

    /// The sums over the accounts.
    public init(_ accounts: some Sequence<AccountOnList>) {
        for account in accounts {
            count += 1
            principal += account.principal
            overdue += account.overdue
            lateFee += account.lateFee
            credit += account.credit
        }
    }
}

extension BooksOnDay {
    /// So many days ahead a review counts as near.
    public static let reviewAhead = 30

    /// The accounts that the filter lets through, in the order asked for; equal ones by unit.
    ///
    /// - Parameters:
    ///   - isFalling: the largest first.
    ///   - seesHardship: whether whoever looks may know who is in hardship. Who may not gets nobody
    ///     for a filter that speaks of it, and no account shows it.
    public func accounts(
        _ filter: UnitFilter, by order: UnitOrder = .unit, isFalling: Bool = false,
        seesHardship: Bool
    ) -> [AccountOnList] {
        let spelling = UnitSpelling(filter.unit)
        let found = accounts.lazy
            .map { seesHardship ? $0 : $0.withoutHardship }
            .filter { filter.lets(through: $0, spelling, asOf: asOf, seesHardship: seesHardship) }
        return sorted(Array(found), by: order, isFalling: isFalling)
    }

    private func sorted(
        _ accounts: [AccountOnList], by order: UnitOrder, isFalling: Bool
    ) -> [AccountOnList] {
        func sorted(by value: (AccountOnList) -> Int) -> [AccountOnList] {
            let values = accounts.map(value)
            let places = accounts.indices.sorted { one, other in
                if values[one] == values[other] { return one < other }
                return (values[one] < values[other]) != isFalling
            }
            return places.map { accounts[$0] }
        }
        switch order {
        case .unit: return isFalling ? accounts.reversed() : accounts
        case .principal: return sorted { $0.principal.fen }
        case .lateFee: return sorted { $0.lateFee.fen }
        case .total: return sorted { $0.total.fen }
        case .days: return sorted { $0.oldestDays }
        case .stage:
            return sorted { $0.stage.flatMap { stages.firstIndex(of: $0) } ?? -1 }
        }
    }
}

extension AccountOnList {
    fileprivate var withoutHardship: AccountOnList {
        guard hardship != nil || holds.contains(.hardship) else { return self }
        var account = self
        account.hardship = nil
        account.holds.remove(.hardship)
        return account
    }
}

extension UnitFilter {
    fileprivate func lets(
        through account: AccountOnList, _ spelling: UnitSpelling, asOf: CivilDate,
        seesHardship: Bool
    ) -> Bool {
        if !includesFormer, account.isFormer(asOf: asOf), account.principal == .zero,
            account.lateFee == .zero, account.credit == .zero
        {
            return false
        }
        if let mark, !lets(through: account, mark, asOf: asOf, seesHardship: seesHardship) {
            return false
        }
        return letsThroughPlace(of: account, spelling) && letsThroughDebt(of: account)
    }

    private func letsThroughPlace(of account: AccountOnList, _ spelling: UnitSpelling) -> Bool {
        if !spelling.isEmpty {
            let unit = UnitSpelling(account.unit)
            guard unit.begins(with: spelling) || unit.ends(with: spelling) else { return false }
        }
        if let building, account.building != building { return false }
        if let kind, account.kind != kind { return false }
        if let hasEmail, account.channels.contains(.email) != hasEmail { return false }
        return true
    }

    private func letsThroughDebt(of account: AccountOnList) -> Bool {
        if let stage, account.stage != stage { return false }
        if let totalAtLeast, account.total < totalAtLeast { return false }
        if let overdueAtLeast, account.oldestDays < overdueAtLeast { return false }
        if let age, account.overdue(of: age) == .zero { return false }
        if let risk, account.risk != risk { return false }
        switch hold {
        case nil: return true
        case .any: return !account.holds.isEmpty
        case .some(.none): return account.holds.isEmpty
        case .reason(let reason): return account.holds.contains(reason)
        }
    }

    private func lets(
        through account: AccountOnList, _ mark: Mark, asOf: CivilDate, seesHardship: Bool
    ) -> Bool {
        switch mark {
        case .owing: account.principal > .zero || account.lateFee > .zero
        case .overdue: account.overdue > .zero
        case .credit: account.credit > .zero
        case .promise: account.openPromises > 0
        case .broken: account.brokenPromises > 0
        case .plan: account.plan == .kept || account.plan == .late
        case .planKept: account.plan == .kept
        case .planLate: account.plan == .late
        case .relief:
            account.hardship.map { $0.state == .granted } ?? account.holds.contains(.hardship)
        case .deciding: account.hardship?.waitsSince != nil
        case .review: account.hardship?.isReviewNear(on: asOf) ?? false
        }
    }
}

extension HardshipMark {
    /// Whether its review is due within thirty days, or past and not made.
    public func isReviewNear(on date: CivilDate) -> Bool {
        review.map { $0 - date <= BooksOnDay.reviewAhead } ?? false
    }
}
