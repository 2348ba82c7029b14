public import FeeLedger
public import Primitives

/// Payments as the office took them: who entered them when, what they met, what was printed.
extension Session {
    public struct TakenPayment: Sendable {
        public let id: PaymentID
        public let reference: String
        /// The unit's code.
        public let unit: String
        public let unitID: ID<Unit>
        public let account: ID<Account>
        public let date: CivilDate
        public let amount: Money
        /// As `payments.csv` has it: `bank`, `wechat` …
        public let method: String
        public let payer, note: String
        /// Who entered it.
        public let staff: String
        /// When it was entered, to the second.
        public let at: Instant
        /// From which day on it is reversed; `nil`: it stands.
        public let reversed: CivilDate?
    }

    /// Which payments are meant; what is `nil` excludes none.
    public struct PaymentFilter: Hashable, Sendable {
        /// Value dates, both included.
        public var from, to: CivilDate?
        public var method: String?
        /// Who entered them.
        public var staff: String?
        public init() {}
    }

    /// How many payments, and how much money, under one word.
    public struct PaymentSum: Hashable, Sendable {
        public let word: String
        public let count: Int
        /// Without what was reversed.
        public let amount: Money
    }

    /// By what payments are summed up.
    public enum PaymentGrouping: Sendable {
        case none, day, month, method, staff
    }

    /// `nil` where the community has no such payment.
    public func takenPayment(
        _ reference: String, in community: CommunityID
    ) throws -> TakenPayment? {
        try takenPayments(
            "WHERE payment.community = ? AND payment.reference = ?",
            [.id(community), .text(reference)]
        ).first
    }

    /// The account's payments with a value date by `asOf`, in order of date.
    public func takenPayments(
        to account: Account, asOf: CivilDate
    ) throws -> [TakenPayment] {
        try takenPayments(
            """
            WHERE payment.unit = ? AND payment.account = ? AND payment.valueDate <= ?
            ORDER BY payment.valueDate, payment.id
            """, [.id(account.unit), .id(account.id), .date(asOf)])
    }

    /// The newest first.
    ///
    /// - Parameters:
    ///   - offset: so many of them are passed over.
    ///   - limit: at most so many.
    public func takenPayments(
        of community: CommunityID, _ filter: PaymentFilter, offset: Int, limit: Int
    ) throws -> [TakenPayment] {
        try takenPayments(
            """
            WHERE \(matchesFilter) ORDER BY payment.valueDate DESC, payment.id DESC LIMIT ?6 OFFSET ?7
            """, filter.values(community) + [.integer(limit), .integer(offset)])
    }

    private func takenPayments(
        _ condition: String, _ values: [SQLValue]
    ) throws -> [TakenPayment] {
        var found: [TakenPayment] = []
        try forEach(
            """
            SELECT payment.id, reference, unit.code, payment.unit, payment.account, payment.valueDate,
              amount, method, payer, note, act.byWhom, strftime('%s', act.at) * 1000, reversal.valueDate
            FROM payment JOIN unit ON unit.id = payment.unit JOIN act ON act.id = payment.act
              LEFT JOIN reversal ON reversal.payment = payment.id
            """ + "\n" + condition, values
        ) { row in
            found.append(
                TakenPayment(
                    id: row.id(0), reference: row.text(1), unit: row.text(2), unitID: row.id(3),
                    account: row.id(4), date: row.date(5), amount: row.quantity(6),
                    method: row.text(7), payer: row.text(8), note: row.text(9), staff: row.text(10),
                    at: row.instant(11), reversed: row.optionalDate(12)))
        }
        return found
    }

    /// The payments of the filter summed up; by day and month the newest first.
    public func paymentSums(
        of community: CommunityID, _ filter: PaymentFilter, by grouping: PaymentGrouping
    ) throws -> [PaymentSum] {
        var sums: [PaymentSum] = []
        let word = grouping.column
        try forEach(
            """
            SELECT \(word) AS word, count(*), sum(iif(reversal.id IS NULL, amount, 0))
            FROM payment JOIN act ON act.id = payment.act
              LEFT JOIN reversal ON reversal.payment = payment.id
            WHERE \(matchesFilter) GROUP BY word ORDER BY word \(grouping.isOfTime ? "DESC" : "")
            """, filter.values(community)
        ) { row in
            sums.append(
                PaymentSum(word: row.text(0), count: row.integer(1), amount: row.quantity(2)))
        }
        return sums
    }

    /// Everybody who ever entered payments, by name.
    public func staffWhoTookPayments(in community: CommunityID) throws -> [String] {
        var names: [String] = []
        try forEach(
            """
            SELECT DISTINCT act.byWhom FROM payment JOIN act ON act.id = payment.act
            WHERE payment.community = ? ORDER BY act.byWhom
            """, [.id(community)]
        ) { names.append($0.text(0)) }
        return names
    }

    // MARK: - What they met

    /// What of one payment met one principal or late fee, or is left as credit.
    public struct AllocatedPart: Hashable, Sendable {
        public enum Target: Int, Hashable, Sendable {
            case principal = 0
            case lateFee = 1
            case credit = 3
        }

        public let payment: PaymentID
        public let target: Target
        /// `nil`: of credit.
        public let charge: ChargeKey?
        public let amount: Money
    }

    /// What became of the account's payments by entries with value dates by `asOf`; of one that was
    /// reversed by then there is nothing.
    public func allocatedParts(
        of account: Account, asOf: CivilDate
    ) throws -> [AllocatedPart] {
        try allocatedParts(
            "entry.unit = ? AND payment.account = ? AND entry.valueDate <= ?",
            [.id(account.unit), .id(account.id), .date(asOf)])
    }

    /// What the payment met when it was entered; its credit may have met more since.
    public func partsMetAtEntry(by payment: TakenPayment) throws -> [AllocatedPart] {
        try allocatedParts(
            "entry.unit = ? AND payment.id = ? AND entry.act = payment.act",
            [.id(payment.unitID), .id(payment.id)])
    }

    private func allocatedParts(
        _ condition: String, _ values: [SQLValue]
    ) throws -> [AllocatedPart] {
        var parts: [AllocatedPart] = []
        try forEach(
            """
            SELECT entry.payment, target, entry.period, entry.item, sum(entry.amount)
            FROM entry JOIN payment ON payment.id = entry.payment
              LEFT JOIN item ON item.id = entry.item AND target <> 3
            WHERE \(condition)
            GROUP BY entry.payment, target, entry.period, entry.item HAVING sum(entry.amount) <> 0
            ORDER BY payment.valueDate, payment.id, target, entry.period, item.code
            """, values
        ) { row in
            let target = AllocatedPart.Target(rawValue: row.integer(1))!
            let key = ChargeKey(period: row.period(2), item: row.id(3))
            parts.append(
                AllocatedPart(
                    payment: row.id(0), target: target, charge: target == .credit ? nil : key,
                    amount: row.quantity(4)))
        }
        return parts
    }

    // MARK: - Receipts

    /// The number after the month's last one: `SJ-202611-00042`, five digits or more.
    public func nextReceiptNumber(
        of month: Period, in community: CommunityID
    ) throws -> String {
        let prefix = "SJ-" + month.description.filter { $0 != "-" } + "-"
        let last =
            try first(
                """
                SELECT max(CAST(substr(reference, 11) AS INTEGER)) FROM payment
                WHERE community = ?1 AND reference >= ?2 AND reference < ?2 || ':'
                  AND length(reference) < 20 AND substr(reference, 11) NOT GLOB '*[^0-9]*'
                """, [.id(community), .text(prefix)]
            ) { $0.optionalInteger(0) ?? 0 } ?? 0
        let digits = String(last + 1)
        return prefix + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    /// How often the payment's receipt was printed.
    public func receiptPrints(of payment: TakenPayment) throws -> Int {
        try first(
            """
            SELECT count(*) FROM payment JOIN act ON act.id > payment.act
              AND act.community = payment.community AND act.kind = ?2 AND act.detail = reference
            WHERE payment.id = ?1
            """, [.id(payment.id), .text(Self.receiptAct)]
        ) { $0.integer(0) } ?? 0
    }

    /// The kind of act that each print of a receipt is; its detail is the payment's reference.
    public static let receiptAct = "receipt"
}

private let matchesFilter = """
    payment.community = ?1 AND (?2 IS NULL OR payment.valueDate >= ?2)
      AND (?3 IS NULL OR payment.valueDate <= ?3) AND (?4 IS NULL OR method = ?4)
      AND (?5 IS NULL OR act.byWhom = ?5)
    """

extension Session.PaymentFilter {
    fileprivate func values(_ community: CommunityID) -> [SQLValue] {
        [.id(community), .date(from), .date(to), .optional(method), .optional(staff)]
    }
}

extension Session.PaymentGrouping {
    fileprivate var isOfTime: Bool { self == .day || self == .month }

    fileprivate var column: String {
        switch self {
        case .none: "''"
        case .day: "date(payment.valueDate * 86400, 'unixepoch')"
        case .month: "strftime('%Y-%m', payment.valueDate * 86400, 'unixepoch')"
        case .method: "method"
        case .staff: "act.byWhom"
        }
    }
}
