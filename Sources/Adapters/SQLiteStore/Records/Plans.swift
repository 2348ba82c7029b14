public import Casework
public import Evidence
public import FeeLedger
public import Primitives

/// Instalment plans, with what was paid since.
extension Session {
    /// A plan that was proposed, and what it is judged by.
    public struct RecordedPlan: Sendable {
        public let id: ProposalID
        public let unit: ID<Unit>
        public let account: ID<Account>
        public let plan: InstalmentPlan
        /// Payments to the account that the agreement did not know of.
        public let receipts: [Receipt]
        /// The day on which the agreement was signed.
        public let signed: CivilDate?
    }

    /// The plans of the walk's units in these ranks that were approved, with their receipts.
    func approvedPlans(
        inRanks ranks: ClosedRange<Int>
    ) throws -> [ID<Account>: [RecordedPlan]] {
        guard
            try first("SELECT 1 FROM proposal WHERE lateFee IS NOT NULL LIMIT 1", [], { _ in true })
                == true
        else { return [:] }
        let plans = try recordedPlans(
            """
            FROM walk CROSS JOIN proposal ON proposal.unit = walk.unit AND lateFee IS NOT NULL
              CROSS JOIN approval ON approval.proposal = proposal.id AND approved = 1
              LEFT JOIN planSignature ON planSignature.proposal = proposal.id
            WHERE rank BETWEEN ? AND ? ORDER BY rank, proposal.id
            """, ranks.bounds)
        return Dictionary(grouping: plans, by: \.account)
    }

    /// The plans of a community, or of an account, or one; those that were only proposed, or
    /// refused, too; by number.
    ///
    /// - Parameters:
    ///   - proposal: one of them; `nil`: all.
    ///   - account: whose they are; `nil`: anybody's.
    public func plans(
        of community: CommunityID, _ proposal: ProposalID?, account: Account? = nil
    ) throws -> [RecordedPlan] {
        try recordedPlans(
            """
            FROM proposal LEFT JOIN approval ON approval.proposal = proposal.id
              LEFT JOIN planSignature ON planSignature.proposal = proposal.id
            WHERE proposal.community = ?1 AND lateFee IS NOT NULL
              AND (?2 IS NULL OR proposal.id = ?2)
              AND (?3 IS NULL OR proposal.unit = ?3 AND proposal.account = ?4)
            ORDER BY proposal.id
            """,
            [.id(community), .id(proposal), .id(account?.unit), .id(account?.id)])
    }

    /// In four statements, for however many.
    private func recordedPlans(_ tables: String, _ values: [SQLValue]) throws -> [RecordedPlan] {
        var rows: [PlanRow] = []
        try forEach(
            """
            SELECT proposal.id, proposal.unit, proposal.account, proposal.day, lateFee, forgives,
              approved, approval.day, approval.byWhom, planSignature.day, brokenAfter
            """ + "\n" + tables, values
        ) { rows.append(PlanRow($0)) }
        let ids = rows.map(\.id.number)
        if ids.isEmpty { return [] }
        let (parts, covers) = try lists(ofPlans: ids)
        let receipts = try receipts(sincePlans: ids)
        return rows.map { row in
            let id = row.id.number
            let terms = InstalmentPlan.Terms(
                parts: parts[id] ?? [], lateFee: row.lateFee, forgives: row.forgives,
                brokenAfter: row.brokenAfter, covers: covers[id] ?? [])
            return RecordedPlan(
                id: row.id, unit: row.unit, account: row.account,
                plan: InstalmentPlan(terms: terms, proposed: row.day, decision: row.decision),
                receipts: receipts[id] ?? [], signed: row.signed)
        }
    }

    /// By proposal: payments with value dates from the day of the agreement on, but for those of
    /// that very day that were recorded before it: they had lowered the arrears already.
    private func receipts(sincePlans proposals: [Int]) throws -> [Int: [Receipt]] {
        var receipts: [Int: [Receipt]] = [:]
        try forEach(
            """
            SELECT proposal.id, payment.valueDate, amount, reversal.valueDate
            FROM json_each(?) CROSS JOIN proposal ON proposal.id = json_each.value
              CROSS JOIN payment ON payment.unit = proposal.unit
                AND payment.valueDate >= proposal.day
              LEFT JOIN reversal ON reversal.payment = payment.id
            WHERE payment.account = proposal.account
              AND (payment.valueDate > proposal.day OR payment.act > proposal.act)
            """, [.text("[" + proposals.map(String.init).joined(separator: ",") + "]")]
        ) { row in
            receipts[row.integer(0), default: []].append(
                Receipt(date: row.date(1), amount: row.quantity(2), reversed: row.optionalDate(3)))
        }
        return receipts
    }

    // MARK: - Restoring what hangs on conditions

    /// Conditions of waivers, and pauses of late fees, beside the entries.
    func openConditions(of chunk: inout UnitChunk) throws {
        chunk.plans = try approvedPlans(inRanks: chunk.ranks)
        for (account, plans) in chunk.plans {
            for plan in plans {
                guard let pause = plan.plan.pause(plan.receipts) else { continue }
                for charge in plan.plan.terms.covers {
                    chunk.forAccount(account, of: plan.unit) { $0.restore(pause, of: charge.key) }
                }
            }
        }
        guard
            try first(
                "SELECT 1 FROM proposal WHERE unlessPaidBy IS NOT NULL LIMIT 1", [], { _ in true })
                == true
        else { return }
        try forEach(
            """
            SELECT proposal.unit, proposal.account, fromPeriod, proposal.item, unlessPaidBy, waiver.id
            FROM walk CROSS JOIN proposal ON proposal.unit = walk.unit AND unlessPaidBy IS NOT NULL
              CROSS JOIN approval ON approval.proposal = proposal.id AND approved = 1
              CROSS JOIN waiver ON waiver.unit = proposal.unit AND waiver.act = approval.act
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { row in
            let key = ChargeKey(period: row.period(2), item: row.id(3))
            chunk.forAccount(row.id(1), of: row.id(0)) {
                $0.restore(condition: row.date(4), of: row.id(5), on: key)
            }
        }
    }

    // MARK: - The agreement, signed

    /// The agreement to a plan, as it was signed.
    public struct PlanSignature: Sendable {
        public let proposal: ProposalID
        public let day: CivilDate
        public let signer: Signer
        /// Who took it in.
        public let staff: String

        public init(proposal: ProposalID, day: CivilDate, signer: Signer, staff: String) {
            self.proposal = proposal
            self.day = day
            self.signer = signer
            self.staff = staff
        }
    }

    /// Records the signature and ties it into the chain.
    ///
    /// - Parameter files: the signed agreement, kept already.
    public func addSignature(
        _ signature: PlanSignature, files: [EvidenceFileID], in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO planSignature (community, proposal, day, relation, staff, act)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(signature.proposal), .date(signature.day),
                .text(signature.signer.relation.rawValue), .text(signature.staff), .id(act),
            ])
        for (index, file) in files.enumerated() {
            try run(
                "INSERT INTO planSignatureFile (signature, place, file) VALUES (?, ?, ?)",
                [.integer(id), .integer(index + 1), .id(file)])
        }
        try keepPersonal(signature.signer.name, as: "signer", of: .planSignature, id)
        try chain(.planSignature, id, in: community)
    }
}

/// A plan's row, without what hangs on it.
private struct PlanRow {
    let id: ProposalID
    let unit: ID<Unit>
    let account: ID<Account>
    let day: CivilDate
    let lateFee: InstalmentPlan.LateFee
    let forgives: Bool
    let brokenAfter: Int
    let decision: Approval?
    let signed: CivilDate?

    init(_ row: Columns) {
        (id, unit, account) = (row.id(0), row.id(1), row.id(2))
        day = row.date(3)
        lateFee = InstalmentPlan.LateFee(rawValue: row.text(4))!
        forgives = row.flag(5)
        decision =
            row.isNull(6)
            ? nil
            : Approval(isApproved: row.flag(6), day: row.date(7), by: row.text(8), reason: "")
        signed = row.optionalDate(9)
        brokenAfter = row.integer(10)
    }
}

extension UnitChunk {
    /// What approved plans start anew, by charge: on the day of the approval, in writing once the
    /// agreement is signed; and on the day of the signature.
    public func planEvents(asOf date: CivilDate) -> [ID<Unit>: [ChargeKey: [LimitationEvent]]] {
        var events: [ID<Unit>: [ChargeKey: [LimitationEvent]]] = [:]
        for plan in plans.values.joined() {
            let signed = plan.signed.flatMap { $0 <= date ? $0 : nil }
            let approval = LimitationEvent(
                date: plan.plan.approved!, kind: .plan(inWriting: signed != nil))
            let signature = signed.map {
                LimitationEvent(date: $0, kind: .plan(inWriting: true))
            }
            for charge in plan.plan.terms.covers {
                events[plan.unit, default: [:]][charge.key, default: []] +=
                    [approval, signature].compactMap(\.self)
            }
        }
        return events
    }

    fileprivate mutating func forAccount(
        _ account: ID<Account>, of unit: ID<Unit>, _ body: (inout AccountBook) -> Void
    ) {
        let place = place(ofUnit: unit.number)
        guard let index = units[place].place(of: account.number) else { return }
        body(&units[place].accounts[index])
    }
}

extension ChainedKind {
    /// With the link of the proposal, in which the plan stands.
    static let planSignature = ChainedKind(
        name: "plan signature", table: "planSignature",
        fields: """
            SELECT position AS link, day, relation, staff, signer.text AS signer, byWhom, at
            FROM planSignature JOIN act ON act.id = planSignature.act
              JOIN chainLink ON chainLink.kind = 'proposal'
                AND chainLink.subject = planSignature.proposal
              LEFT JOIN personalText AS signer ON signer.kind = 'plan signature'
                AND signer.subject = planSignature.id AND signer.field = 'signer'
            WHERE planSignature.id = ?
            """, personal: ["signer"],
        lists: [
            List(
                name: "file",
                rows: """
                    SELECT sha256, extension
                    FROM planSignatureFile JOIN evidenceFile
                      ON evidenceFile.id = planSignatureFile.file
                    WHERE signature = ? ORDER BY place
                    """)
        ])
}
