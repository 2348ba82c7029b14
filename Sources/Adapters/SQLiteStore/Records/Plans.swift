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
        inRanks ranks: ClosedRange<Int>, brokenAfter: Int
    ) throws -> [ID<Account>: [RecordedPlan]] {
        guard
            try first("SELECT 1 FROM proposal WHERE lateFee IS NOT NULL LIMIT 1", [], { _ in true })
                == true
        else { return [:] }
        var plans: [ID<Account>: [RecordedPlan]] = [:]
        try forEach(
            """
            SELECT proposal.id, proposal.unit, proposal.account, proposal.day, lateFee, forgives,
              approved, approval.day, approval.byWhom, planSignature.day
            FROM walk CROSS JOIN proposal ON proposal.unit = walk.unit AND lateFee IS NOT NULL
              CROSS JOIN approval ON approval.proposal = proposal.id AND approved = 1
              LEFT JOIN planSignature ON planSignature.proposal = proposal.id
            WHERE rank BETWEEN ? AND ? ORDER BY rank, proposal.id
            """, ranks.bounds
        ) { row in
            let plan = try recordedPlan(row, brokenAfter: brokenAfter)
            plans[plan.account, default: []].append(plan)
        }
        return plans
    }

    /// The plans of a community, or one, those that were only proposed, or refused, too; by number.
    ///
    /// - Parameter proposal: one of them; `nil`: all.
    public func plans(
        of community: CommunityID, _ proposal: ProposalID?, brokenAfter: Int
    ) throws -> [RecordedPlan] {
        var plans: [RecordedPlan] = []
        try forEach(
            """
            SELECT proposal.id, proposal.unit, proposal.account, proposal.day, lateFee, forgives,
              approved, approval.day, approval.byWhom, planSignature.day
            FROM proposal LEFT JOIN approval ON approval.proposal = proposal.id
              LEFT JOIN planSignature ON planSignature.proposal = proposal.id
            WHERE proposal.community = ?1 AND lateFee IS NOT NULL
              AND (?2 IS NULL OR proposal.id = ?2)
            ORDER BY proposal.id
            """, [.id(community), .id(proposal)]
        ) { plans.append(try recordedPlan($0, brokenAfter: brokenAfter)) }
        return plans
    }

    private func recordedPlan(_ row: Columns, brokenAfter: Int) throws -> RecordedPlan {
        let (id, unit, account): (ProposalID, ID<Unit>, ID<Account>) =
            (row.id(0), row.id(1), row.id(2))
        let terms = try terms(
            of: id, InstalmentPlan.LateFee(rawValue: row.text(4))!, forgives: row.flag(5))
        let decision =
            row.isNull(6)
            ? nil
            : Approval(
                isApproved: row.flag(6), day: row.date(7), by: row.text(8), reason: "")
        let plan = InstalmentPlan(
            terms: terms, proposed: row.date(3), decision: decision, brokenAfter: brokenAfter)
        return RecordedPlan(
            id: id, unit: unit, account: account, plan: plan,
            receipts: try receipts(sinceAgreement: id, of: account, unit: unit),
            signed: row.optionalDate(9))
    }

    /// Payments with value dates from the day of the agreement on, but for those of that very day
    /// that were recorded before it: they had lowered the arrears already.
    private func receipts(
        sinceAgreement proposal: ProposalID, of account: ID<Account>, unit: ID<Unit>
    ) throws -> [Receipt] {
        var receipts: [Receipt] = []
        try forEach(
            """
            SELECT payment.valueDate, amount, reversal.valueDate
            FROM proposal CROSS JOIN payment ON payment.unit = ?2
              AND payment.valueDate >= proposal.day
              LEFT JOIN reversal ON reversal.payment = payment.id
            WHERE proposal.id = ?1 AND payment.account = ?3
              AND (payment.valueDate > proposal.day OR payment.act > proposal.act)
            """, [.id(proposal), .id(unit), .id(account)]
        ) { row in
            receipts.append(
                Receipt(date: row.date(0), amount: row.quantity(1), reversed: row.optionalDate(2)))
        }
        return receipts
    }

    // MARK: - Restoring what hangs on conditions

    /// Conditions of waivers, and pauses of late fees, beside the entries.
    func openConditions(of chunk: inout UnitChunk, brokenAfter: Int) throws {
        chunk.plans = try approvedPlans(inRanks: chunk.ranks, brokenAfter: brokenAfter)
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
