public import FeeLedger
public import Primitives

/// What the evidence pack of one account asks of the books.
extension Session {
    /// A payment to an account, as it was recorded.
    public struct ReceivedPayment: Sendable {
        public let reference, method, payer: String
        public let date: CivilDate
        public let amount: Money
        /// From which day on it is reversed; `nil`: it stands.
        public let reversed: CivilDate?
    }

    /// The account's payments with a value date by `asOf`, in order of date.
    public func payments(
        to account: Account, asOf: CivilDate
    ) throws -> [ReceivedPayment] {
        var payments: [ReceivedPayment] = []
        try forEach(
            """
            SELECT reference, method, payer, payment.valueDate, amount, reversal.valueDate
            FROM payment LEFT JOIN reversal ON reversal.payment = payment.id
            WHERE payment.unit = ? AND payment.account = ? AND payment.valueDate <= ?
            ORDER BY payment.valueDate, reference
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { row in
            payments.append(
                ReceivedPayment(
                    reference: row.text(0), method: row.text(1), payer: row.text(2),
                    date: row.date(3), amount: row.quantity(4), reversed: row.optionalDate(5)))
        }
        return payments
    }

    /// A version of the policy, with when and by whom it was taken into use.
    public struct PolicyVersion: Sendable {
        public let yaml, staff, at: String
    }

    /// Every version of the policy, the first one first.
    public func policyVersions(of community: CommunityID) throws -> [PolicyVersion] {
        var versions: [PolicyVersion] = []
        try forEach(
            """
            SELECT yaml, byWhom, at FROM policyVersion JOIN act ON act.id = policyVersion.act
            WHERE policyVersion.community = ? ORDER BY policyVersion.id
            """, [.id(community)]
        ) { versions.append(PolicyVersion(yaml: $0.text(0), staff: $0.text(1), at: $0.text(2))) }
        return versions
    }

    /// A message that was made for a notice.
    public struct ComposedMessage: Sendable {
        public let id: MessageID
        /// The owner's code.
        public let owner: String
        public let recipient, sha256, composedAt: String
    }

    /// The notice's messages whose bytes were made, by owner.
    public func composedMessages(of notice: NoticeID) throws -> [ComposedMessage] {
        var messages: [ComposedMessage] = []
        try forEach(
            """
            SELECT message.id, owner.code, recipient, sha256, composedAt
            FROM message JOIN messageBody ON messageBody.message = message.id
              JOIN owner ON owner.id = message.owner
            WHERE message.notice = ? ORDER BY owner.code
            """, [.id(notice)]
        ) { row in
            messages.append(
                ComposedMessage(
                    id: row.id(0), owner: row.text(1), recipient: row.text(2),
                    sha256: row.text(3), composedAt: row.text(4)))
        }
        return messages
    }

    /// Which charges a notice lists.
    public func charges(listedBy notice: NoticeID) throws -> [ChargeKey] {
        var keys: [ChargeKey] = []
        try forEach(
            "SELECT period, item FROM noticeLine WHERE notice = ? ORDER BY line", [.id(notice)]
        ) { keys.append(ChargeKey(period: $0.period(0), item: $0.id(1))) }
        return keys
    }
}
