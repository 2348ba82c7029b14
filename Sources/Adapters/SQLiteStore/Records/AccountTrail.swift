public import FeeLedger
public import Primitives

/// What happened to one account beside charges and payments, for its page.
extension Session {
    /// A waiver as it was recorded.
    public struct RecordedWaiver: Sendable {
        public let id: WaiverID
        public let date: CivilDate
        public let charge: ChargeKey
        /// What was asked for; what it took off is the entries' to say.
        public let asked: Money
        public let approvedBy: String
    }

    /// Those on the account's charges by `asOf`, in order of date.
    public func waivers(of account: Account, asOf: CivilDate) throws -> [RecordedWaiver] {
        var waivers: [RecordedWaiver] = []
        try forEach(
            """
            SELECT waiver.id, valueDate, waiver.period, waiver.item, waiver.amount, approvedBy
            FROM waiver JOIN charge ON charge.unit = waiver.unit AND charge.period = waiver.period
              AND charge.item = waiver.item
            WHERE waiver.unit = ? AND charge.account = ? AND valueDate <= ?
            ORDER BY valueDate, waiver.id
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { row in
            waivers.append(
                RecordedWaiver(
                    id: row.id(0), date: row.date(1),
                    charge: ChargeKey(period: row.period(2), item: row.id(3)),
                    asked: row.quantity(4), approvedBy: row.text(5)))
        }
        return waivers
    }

    /// What the last attempt, or a report, said of a message.
    public struct MailTrace: Sendable {
        public enum Outcome: Hashable, Sendable {
            case delivery(DeliveryState)
            /// `failed` or `delayed`, with the reason that the report gives.
            case cameBack(action: String, reason: String)
        }

        /// Of its notice.
        public let notice: String
        public let owner: ID<Owner>
        public let recipient: String
        public let at: Instant
        public let outcome: Outcome
    }

    /// How the messages to the account's owners stand now, and what came back of them, for notices
    /// with a date by `asOf`.
    public func mailTraces(of account: Account, asOf: CivilDate) throws -> [MailTrace] {
        var traces: [MailTrace] = []
        try forEach(
            """
            SELECT number, owner, recipient, delivery.at, state
            FROM notice JOIN message ON message.notice = notice.id
              JOIN delivery ON delivery.id = (
                SELECT max(id) FROM delivery WHERE delivery.message = message.id)
            WHERE notice.unit = ? AND notice.account = ? AND notice.asOf <= ?
            ORDER BY delivery.at
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { row in
            traces.append(
                MailTrace(
                    notice: row.text(0), owner: row.id(1), recipient: row.text(2),
                    at: row.instant(3),
                    outcome: .delivery(DeliveryState(rawValue: row.text(4))!)))
        }
        try forEach(
            """
            SELECT number, owner, message.recipient, strftime('%s', act.at) * 1000, action, reason
            FROM notice JOIN message ON message.notice = notice.id
              JOIN bounce ON bounce.message = message.id AND action IN ('failed', 'delayed')
              JOIN bounceMail ON bounceMail.id = bounce.mail JOIN act ON act.id = bounceMail.act
            WHERE notice.unit = ? AND notice.account = ? AND notice.asOf <= ?
            ORDER BY bounce.id
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { row in
            traces.append(
                MailTrace(
                    notice: row.text(0), owner: row.id(1), recipient: row.text(2),
                    at: row.instant(3),
                    outcome: .cameBack(action: row.text(4), reason: row.text(5))))
        }
        return traces
    }

    /// What a notice asked for: how much in all, which periods, by which ways.
    public struct NoticeExtent: Sendable {
        public let total: Money
        public let firstPeriod, lastPeriod: Period
        /// Joined by `;`, in byte order.
        public let channels: String
        public let isLetterPrinted: Bool
    }

    /// By notice, of the account's with a date by `asOf`.
    public func noticeExtents(
        of account: Account, asOf: CivilDate
    ) throws -> [NoticeID: NoticeExtent] {
        var extents: [NoticeID: NoticeExtent] = [:]
        try forEach(
            """
            SELECT notice.id, notice.principal + notice.lateFee - credit, min(noticeLine.period),
              max(noticeLine.period), channels,
              EXISTS (SELECT 1 FROM letterPrint WHERE letterPrint.notice = notice.id)
            FROM notice JOIN noticeLine ON noticeLine.notice = notice.id
            WHERE notice.unit = ? AND notice.account = ? AND asOf <= ? GROUP BY notice.id
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { row in
            extents[row.id(0)] = NoticeExtent(
                total: row.quantity(1), firstPeriod: row.period(2), lastPeriod: row.period(3),
                channels: row.text(4), isLetterPrinted: row.flag(5))
        }
        return extents
    }
}
