public import FeeLedger
public import Primitives

/// The waivers of a month, and what was written off, as the books have them.
extension Session {
    /// A waiver, with the proposal that it came of.
    public struct BookedWaiver: Sendable {
        public let id: WaiverID
        public let reference: String
        public let unit: ID<Unit>
        public let account: ID<Account>
        public let key: ChargeKey
        public let date: CivilDate
        /// Asked for, and taken off.
        public let asked, taken: Money
        public let reason, approvedBy: String
        /// Codes; the owners' joined by `;`.
        public let unitCode, owners, item: String
        /// Who proposed it; empty for an imported one.
        public let proposedBy: String
        public let proposal: Int?
        public let isWriteOff: Bool
        /// Void unless the principal is paid by then; `nil`: no condition.
        public let unlessPaidBy: CivilDate?
    }

    /// With dates in the month, by date, then reference.
    public func waivers(of community: CommunityID, in month: Period) throws -> [BookedWaiver] {
        var waivers: [BookedWaiver] = []
        try forEach(
            """
            SELECT waiver.id, reference, waiver.unit, charge.account, waiver.period, waiver.item,
              waiver.valueDate, waiver.amount, ifnull((
                SELECT sum(entry.amount) FROM entry WHERE entry.unit = waiver.unit
                  AND entry.period = waiver.period AND entry.item = waiver.item
                  AND entry.waiver = waiver.id), 0),
              waiver.reason, approvedBy, unit.code, \(ownersOfCharge), item.code,
              ifnull(proposal.byWhom, ''), proposal.id, ifnull(proposal.kind = 'write_off', 0),
              unlessPaidBy
            FROM waiver JOIN unit ON unit.id = waiver.unit JOIN item ON item.id = waiver.item
              JOIN charge ON charge.unit = waiver.unit AND charge.period = waiver.period
                AND charge.item = waiver.item
              \(cameOf("waiver"))
            WHERE waiver.community = ? AND waiver.valueDate BETWEEN ? AND ?
            ORDER BY waiver.valueDate, reference
            """, [.id(community), .date(month.firstDay), .date(month.lastDay)]
        ) { row in
            waivers.append(
                BookedWaiver(
                    id: row.id(0), reference: row.text(1), unit: row.id(2), account: row.id(3),
                    key: ChargeKey(period: row.period(4), item: row.id(5)), date: row.date(6),
                    asked: row.quantity(7), taken: row.quantity(8), reason: row.text(9),
                    approvedBy: row.text(10), unitCode: row.text(11), owners: row.text(12),
                    item: row.text(13), proposedBy: row.text(14),
                    proposal: row.optionalInteger(15), isWriteOff: row.flag(16),
                    unlessPaidBy: row.optionalDate(17)))
        }
        return waivers
    }

    /// A charge that was written off.
    public struct WrittenOff: Sendable {
        public let proposal: Int
        public let unit, owners, item: String
        public let period: Period
        public let date: CivilDate
        /// What was conceded, and waived.
        public let principal, lateFee: Money
        public let reason, proposedBy, approvedBy: String
    }

    /// What was written off by the dates, both included, by date, then proposal.
    public func writtenOff(
        of community: CommunityID, from: CivilDate, to: CivilDate
    ) throws -> [WrittenOff] {
        var rows: [WrittenOff] = []
        let ofEntry =
            "entry.unit = charge.unit AND entry.period = charge.period "
            + "AND entry.item = charge.item AND entry.act = approval.act"
        try forEach(
            """
            SELECT proposal.id, unit.code, \(ownersOfCharge), item.code, charge.period, approval.day,
              ifnull((SELECT sum(amount) FROM entry WHERE \(ofEntry) AND concession IS NOT NULL), 0),
              ifnull((SELECT sum(amount) FROM entry WHERE \(ofEntry) AND waiver IS NOT NULL), 0),
              ifnull(reason.text, ''), proposal.byWhom, approval.byWhom
            FROM proposal JOIN approval ON approval.proposal = proposal.id AND approved = 1
              JOIN unit ON unit.id = proposal.unit JOIN item ON item.id = proposal.item
              JOIN charge ON charge.unit = proposal.unit AND charge.period = proposal.fromPeriod
                AND charge.item = proposal.item
              LEFT JOIN personalText AS reason ON reason.kind = 'proposal'
                AND reason.subject = proposal.id AND reason.field = 'reason'
            WHERE proposal.community = ? AND proposal.kind = 'write_off'
              AND approval.day BETWEEN ? AND ?
            ORDER BY approval.day, proposal.id
            """, [.id(community), .date(from), .date(to)]
        ) { row in
            rows.append(
                WrittenOff(
                    proposal: row.integer(0), unit: row.text(1), owners: row.text(2),
                    item: row.text(3), period: row.period(4), date: row.date(5),
                    principal: row.quantity(6), lateFee: row.quantity(7), reason: row.text(8),
                    proposedBy: row.text(9), approvedBy: row.text(10)))
        }
        return rows
    }
}

private let ownersOfCharge = """
    (SELECT group_concat(code, ';') FROM (
      SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
      WHERE accountOwner.account = charge.account ORDER BY owner.code))
    """

/// The proposal by whose approval the row came: both are of one act.
func cameOf(_ table: String) -> String {
    """
    LEFT JOIN proposal ON proposal.unit = \(table).unit
        AND EXISTS (SELECT 1 FROM approval
          WHERE approval.proposal = proposal.id AND approval.act = \(table).act)
    """
}

/// SQL for the last day on which charges are issued under a concession, joined by `cameOf`: of a
/// hardship case's relief, the case's renewals prolong it.
let prolongedReview = """
    max(concession.review, ifnull((
      SELECT max(hardshipDecision.review) FROM hardshipDecision
      WHERE hardshipDecision.hardshipCase = proposal.hardshipCase AND outcome = 'renewed'
    ), concession.review))
    """

/// Waivers whose conditions decide whether they count.
public struct ConditionalWaivers: Sendable {
    /// References of those whose principal was not paid in time.
    public var void: Set<String> = []
    /// Those whose day has not come, and whose principal is open.
    public var pending = 0
}

extension Session {
    /// The community's conditional waivers, as of a date.
    public func conditionalWaivers(
        of community: CommunityID, asOf date: CivilDate
    ) throws -> ConditionalWaivers {
        var found = ConditionalWaivers()
        try forEach(
            """
            SELECT waiver.reference, unlessPaidBy
            FROM waiver JOIN charge ON charge.unit = waiver.unit AND charge.period = waiver.period
                AND charge.item = waiver.item
              \(cameOf("waiver"))
            WHERE waiver.community = ? AND unlessPaidBy IS NOT NULL AND charge.amount > ifnull((
              SELECT sum(entry.amount) FROM entry
              WHERE entry.unit = charge.unit AND entry.period = charge.period
                AND entry.item = charge.item AND target = 0 AND entry.valueDate <= unlessPaidBy), 0)
            """, [.id(community)]
        ) { row in
            if row.date(1) < date { found.void.insert(row.text(0)) } else { found.pending += 1 }
        }
        return found
    }
}
