public import Casework
public import FeeLedger
public import Primitives

/// What needs two: proposals, and what a manager said to them.
extension Session {
    /// A proposal as it stands in the books.
    public struct RecordedProposal: Sendable {
        public let id: ProposalID
        public let proposal: Proposal
        /// `waiver`, `plan` … as its column says.
        public let kind: String
        /// Codes; the owners' joined by `;`, the item's empty where it speaks of none.
        public let unit, owners, item: String
        /// Of the payment that is to be reversed; else empty.
        public let payment: String
        /// `nil`: not decided yet.
        public let approval: Approval?
    }

    // MARK: - Writing

    /// Records a proposal and ties it into the chain. Whoever calls has judged it.
    public func addProposal(
        _ proposal: Proposal, in community: CommunityID, act: ActID
    ) throws -> ProposalID {
        let columns = ProposalColumns(proposal)
        let id = try insert(
            """
            INSERT INTO proposal (community, kind, unit, account, day, byWhom, hardshipCase, item,
              fromPeriod, toPeriod, relief, value, review, unlessPaidBy, payment, lateFee, forgives,
              brokenAfter, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .text(columns.kind), .id(proposal.unit), .id(proposal.account),
                .date(proposal.day), .text(proposal.by), .optional(proposal.hardshipCase),
                .id(columns.item), .period(columns.from), .period(columns.to),
                .optional(columns.relief), .optional(columns.value), .date(proposal.review),
                .date(columns.unlessPaidBy), .id(columns.payment),
                .optional(columns.terms?.lateFee.rawValue),
                .optional(columns.terms.map { $0.forgives ? 1 : 0 }),
                .optional(columns.terms?.brokenAfter), .id(act),
            ])
        if let terms = columns.terms { try add(terms, to: id) }
        try keepPersonal(proposal.reason, as: "reason", of: .proposal, id)
        try chain(.proposal, id, in: community)
        return ProposalID(id)
    }

    private func add(_ terms: InstalmentPlan.Terms, to proposal: Int) throws {
        for (index, part) in terms.parts.enumerated() {
            try run(
                "INSERT INTO planPart (proposal, place, due, amount) VALUES (?, ?, ?, ?)",
                [
                    .integer(proposal), .integer(index + 1), .date(part.due), .parts(part.amount),
                ])
        }
        for charge in terms.covers {
            try run(
                """
                INSERT INTO planCharge (proposal, period, item, principal, lateFee)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .integer(proposal), .period(charge.key.period), .id(charge.key.item),
                    .parts(charge.principal), .parts(charge.lateFee),
                ])
        }
    }

    /// Records what a manager said, and ties it into the chain with the proposal.
    ///
    /// - Precondition: the proposal was not decided before; whoever calls has judged by whom.
    public func addApproval(
        _ approval: Approval, of proposal: ProposalID, in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO approval (community, proposal, approved, day, byWhom, act)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(proposal), .flag(approval.isApproved), .date(approval.day),
                .text(approval.by), .id(act),
            ])
        try keepPersonal(approval.reason, as: "reason", of: .approval, id)
        try chain(.approval, id, in: community)
    }

    /// - Returns: `nil` where the community has no such waiver.
    public func waiver(reference: String, in community: CommunityID) throws -> WaiverID? {
        try first(
            "SELECT id FROM waiver WHERE community = ? AND reference = ?",
            [.id(community), .text(reference)]
        ) { $0.id(0) }
    }

    /// - Returns: `nil` where the community has no such concession.
    public func concession(reference: String, in community: CommunityID) throws -> ConcessionID? {
        try first(
            "SELECT id FROM concession WHERE community = ? AND reference = ?",
            [.id(community), .text(reference)]
        ) { $0.id(0) }
    }

    /// Whether a waiver or a concession of the community has the reference.
    public func isTaken(_ reference: String, in community: CommunityID) throws -> Bool {
        try waiver(reference: reference, in: community) != nil
            || concession(reference: reference, in: community) != nil
    }

    // MARK: - Reading

    /// `nil` where the community has no such proposal.
    public func proposal(
        _ id: ProposalID, of community: CommunityID
    ) throws -> RecordedProposal? {
        try proposals("proposal.id = ?1 AND proposal.community = ?2", [.id(id), .id(community)])
            .first
    }

    /// The community's proposals of a day by `asOf`, the oldest first; what was decided later
    /// counts as open.
    ///
    /// - Parameter isOpen: only those that nobody has decided by then.
    public func proposals(
        of community: CommunityID, asOf: CivilDate, isOpen: Bool
    ) throws -> [RecordedProposal] {
        try proposals(
            """
            proposal.community = ?1 AND proposal.day <= ?2
              AND (?3 = 0 OR approval.id IS NULL OR approval.day > ?2)
            """, [.id(community), .date(asOf), .flag(isOpen)])
    }

    /// Those of one account, of a day by `asOf`, the oldest first.
    public func proposals(of account: Account, asOf: CivilDate) throws -> [RecordedProposal] {
        try proposals(
            "proposal.unit = ?1 AND proposal.account = ?2 AND proposal.day <= ?3",
            [.id(account.unit), .id(account.id), .date(asOf)])
    }

    /// To reverse the payment, the oldest first.
    public func proposals(reversing payment: TakenPayment) throws -> [RecordedProposal] {
        try proposals(
            "proposal.unit = ?1 AND proposal.payment = ?2",
            [.id(payment.unitID), .id(payment.id)])
    }

    private func proposals(
        _ condition: String, _ values: [SQLValue]
    ) throws -> [RecordedProposal] {
        var found: [RecordedProposal] = []
        try forEach(proposalColumns + " WHERE \(condition) ORDER BY proposal.id", values) { row in
            found.append(try recordedProposal(row))
        }
        return found
    }

    private func recordedProposal(_ row: Columns) throws -> RecordedProposal {
        let proposal = Proposal(
            unit: row.id(2), account: row.id(3), matter: try matter(row), day: row.date(4),
            by: row.text(5), reason: row.text(17), review: row.optionalDate(12),
            hardshipCase: row.optionalInteger(6))
        let approval =
            row.isNull(18)
            ? nil
            : Approval(
                isApproved: row.flag(18), day: row.date(19), by: row.text(20),
                reason: row.text(21))
        return RecordedProposal(
            id: row.id(0), proposal: proposal, kind: row.text(1), unit: row.text(22),
            owners: row.text(23), item: row.text(24), payment: row.text(25), approval: approval)
    }

    private func matter(_ row: Columns) throws -> Proposal.Matter {
        let item = row.optionalInteger(7).map { ID<FeeItem>($0) }
        let key = { ChargeKey(period: row.period(8), item: item!) }
        switch row.text(1) {
        case "waiver":
            return .waiver(key(), row.quantity(11), unlessPaidBy: row.optionalDate(13))
        case "concession":
            return .concession(
                item: item, from: row.period(8), to: row.optionalPeriod(9),
                Concession.Relief(kind: row.text(10), value: row.integer(11)))
        case "payment_reversal": return .paymentReversal(row.id(14))
        case "charge_reversal": return .chargeReversal(key())
        case "write_off": return .writeOff(key())
        case "plan":
            let id = row.integer(0)
            let (parts, covers) = try lists(ofPlans: [id])
            return .plan(
                InstalmentPlan.Terms(
                    parts: parts[id] ?? [],
                    lateFee: InstalmentPlan.LateFee(rawValue: row.text(15))!,
                    forgives: row.flag(16), brokenAfter: row.integer(26),
                    covers: covers[id] ?? []))
        default: return .court
        }
    }

    /// Who proposed relief for the case, whatever became of it.
    public func proposers(ofReliefFor hardshipCase: RecordedHardshipCase) throws -> [String] {
        var names: [String] = []
        try forEach(
            "SELECT DISTINCT byWhom FROM proposal WHERE unit = ? AND hardshipCase = ?",
            [.id(hardshipCase.unit), .id(hardshipCase.id)]
        ) { names.append($0.text(0)) }
        return names
    }

    /// Parts and charges of plans, by proposal: two statements for however many.
    func lists(
        ofPlans proposals: [Int]
    ) throws -> (parts: [Int: [InstalmentPlan.Part]], covers: [Int: [InstalmentPlan.Covered]]) {
        let ids = SQLValue.text("[" + proposals.map(String.init).joined(separator: ",") + "]")
        var parts: [Int: [InstalmentPlan.Part]] = [:]
        try forEach(
            """
            SELECT proposal, due, amount FROM json_each(?) CROSS JOIN planPart ON proposal = value
            ORDER BY proposal, place
            """, [ids]
        ) {
            parts[$0.integer(0), default: []].append(
                InstalmentPlan.Part(due: $0.date(1), amount: $0.quantity(2)))
        }
        var covers: [Int: [InstalmentPlan.Covered]] = [:]
        try forEach(
            """
            SELECT proposal, period, item, principal, lateFee
            FROM json_each(?) CROSS JOIN planCharge ON proposal = value
            ORDER BY proposal, period, item
            """, [ids]
        ) { row in
            covers[row.integer(0), default: []].append(
                InstalmentPlan.Covered(
                    key: ChargeKey(period: row.period(1), item: row.id(2)),
                    principal: row.quantity(3), lateFee: row.quantity(4)))
        }
        return (parts, covers)
    }
}

private let proposalColumns = """
    SELECT proposal.id, proposal.kind, proposal.unit, proposal.account, proposal.day,
      proposal.byWhom, hardshipCase, item, fromPeriod, toPeriod, relief, value, review, unlessPaidBy,
      payment, lateFee, forgives, ifnull(reason.text, ''), approved, approval.day, approval.byWhom,
      ifnull(answer.text, ''), unit.code, (
        SELECT group_concat(code, ';') FROM (
          SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
          WHERE accountOwner.account = proposal.account ORDER BY owner.code)),
      ifnull(item.code, ''), ifnull(payment.reference, ''), brokenAfter
    FROM proposal JOIN unit ON unit.id = proposal.unit
      LEFT JOIN approval ON approval.proposal = proposal.id
      LEFT JOIN item ON item.id = proposal.item LEFT JOIN payment ON payment.id = proposal.payment
      LEFT JOIN personalText AS reason ON reason.kind = 'proposal'
        AND reason.subject = proposal.id AND reason.field = 'reason'
      LEFT JOIN personalText AS answer ON answer.kind = 'approval'
        AND answer.subject = approval.id AND answer.field = 'reason'
    """

/// What a proposal's row says of its matter.
private struct ProposalColumns {
    let kind: String
    var item: ID<FeeItem>?
    var from, to: Period?
    var relief: String?
    var value: Int?
    var unlessPaidBy: CivilDate?
    var payment: PaymentID?
    var terms: InstalmentPlan.Terms?

    init(_ proposal: Proposal) {
        switch proposal.matter {
        case .waiver(_, let amount, let day):
            kind = "waiver"
            value = amount.fen
            unlessPaidBy = day
        case .concession(let item, let from, let to, let relief):
            kind = "concession"
            (self.item, self.from, self.to) = (item, from, to)
            self.relief = relief.columns.kind
            value = relief.columns.value
        case .paymentReversal(let payment):
            kind = "payment_reversal"
            self.payment = payment
        case .chargeReversal: kind = "charge_reversal"
        case .writeOff: kind = "write_off"
        case .plan(let terms):
            kind = "plan"
            self.terms = terms
        case .court: kind = "court"
        }
        if let key = proposal.matter.charge { (item, from) = (key.item, key.period) }
    }
}

extension ChainedKind {
    /// With the parts and charges of a plan.
    static let proposal = ChainedKind(
        name: "proposal", table: "proposal",
        fields: """
            SELECT proposal.kind AS matter, unit.code AS unit, account.fromDay AS accountFrom,
              proposal.day AS day, proposal.byWhom AS proposedBy, hardshipCase AS "case",
              item.code AS item, fromPeriod, toPeriod, relief, value, review, unlessPaidBy,
              payment.reference AS payment, lateFee, forgives, brokenAfter, reason.text AS reason,
              act.byWhom AS byWhom, at
            FROM proposal JOIN unit ON unit.id = proposal.unit
              JOIN account ON account.id = proposal.account
              LEFT JOIN item ON item.id = proposal.item
              LEFT JOIN payment ON payment.id = proposal.payment
              JOIN act ON act.id = proposal.act
              LEFT JOIN personalText AS reason ON reason.kind = 'proposal'
                AND reason.subject = proposal.id AND reason.field = 'reason'
            WHERE proposal.id = ?
            """, personal: ["reason"],
        lists: [
            List(
                name: "part",
                rows: "SELECT due, amount FROM planPart WHERE proposal = ? ORDER BY place"),
            List(
                name: "charge",
                rows: """
                    SELECT period, code AS item, principal, lateFee
                    FROM planCharge JOIN item ON item.id = planCharge.item
                    WHERE proposal = ? ORDER BY period, code
                    """),
        ])

    /// With the link of its proposal.
    static let approval = ChainedKind(
        name: "approval", table: "approval",
        fields: """
            SELECT position AS link, approved, approval.day AS day, approval.byWhom AS approvedBy,
              reason.text AS reason, act.byWhom AS byWhom, at
            FROM approval JOIN act ON act.id = approval.act
              JOIN chainLink ON chainLink.kind = 'proposal'
                AND chainLink.subject = approval.proposal
              LEFT JOIN personalText AS reason ON reason.kind = 'approval'
                AND reason.subject = approval.id AND reason.field = 'reason'
            WHERE approval.id = ?
            """, personal: ["reason"], lists: [])
}
