public import Casework
public import Evidence
public import Primitives

/// What a household showed, and what it can pay: the part of a case that only managers and the
/// case's own staff see.
extension Session {
    public struct HardshipProof: Sendable {
        public let kind: HardshipProofKind
        /// Inclusive; `nil`: not said.
        public let validUntil: CivilDate?
        public let day: CivilDate
        /// Who put it to the case.
        public let staff: String
        /// Of the file in the evidence folder; empty: none.
        public let sha256, suffix: String
        /// Empty: none.
        public let note: String
    }

    public struct AffordabilitySheet: Sendable {
        public let day: CivilDate
        public let affordability: Affordability
        /// Of its incomes, in their order.
        public let sources: [String]

        /// - Parameter sources: as many as `affordability` has incomes.
        public init(day: CivilDate, affordability: Affordability, sources: [String]) {
            precondition(sources.count == affordability.incomes.count, "each income has a source")
            self.day = day
            self.affordability = affordability
            self.sources = sources
        }
    }

    public struct HardshipDecisionRecord: Sendable {
        public let decision: HardshipCase.Decision
        public let staff: String
        /// Empty: none was given.
        public let reason: String
    }

    /// Relief that was proposed, and what became of it.
    public struct ProposedRelief: Sendable {
        public let proposal: ProposalID
        /// `percent`, `amount`, `no_late_fee` or `plan`.
        public let kind: String
        public let day: CivilDate
        public let staff: String
        /// `nil`: nobody has decided yet.
        public let isApproved: Bool?
        /// Why it was refused, where that did not refuse the case; else empty.
        public let reason: String
    }

    /// All that the community's books hold of one case beside the case itself.
    public struct HardshipFile: Sendable {
        public let reason: String
        public let proofs: [HardshipProof]
        public let sheets: [AffordabilitySheet]
        public let reliefs: [ProposedRelief]
        public let decisions: [HardshipDecisionRecord]
    }

    /// Records a proof; its file is in the evidence folder, synced, before.
    public func addProof(
        _ kind: HardshipProofKind, validUntil: CivilDate?, file: EvidenceFileID?, note: String,
        on day: CivilDate, to number: HardshipCaseID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO hardshipProof (hardshipCase, kind, validUntil, file, day, act)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(number), .text(kind.rawValue), .date(validUntil), .id(file), .date(day),
                .id(act),
            ])
        try keepHardship(note, of: .proof(id))
    }

    /// Records what a household has, needs and can pay.
    public func addSheet(
        _ sheet: AffordabilitySheet, to number: HardshipCaseID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO affordability (hardshipCase, day, persons, allowance, act)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .id(number), .date(sheet.day), .integer(sheet.affordability.persons),
                .parts(sheet.affordability.allowance), .id(act),
            ])
        for (place, amount) in sheet.affordability.incomes.enumerated() {
            try run(
                "INSERT INTO affordabilityIncome (affordability, place, amount) VALUES (?, ?, ?)",
                [.integer(id), .integer(place), .parts(amount)])
            try keepHardship(sheet.sources[place], of: .income(sheet: id, place: place))
        }
    }

    /// Everything of the case, texts included. Whoever calls has seen to it that the reader may
    /// see it, and that the look is recorded.
    public func hardshipFile(of number: HardshipCaseID) throws -> HardshipFile {
        HardshipFile(
            reason: try hardshipText(of: .hardshipCase(number)), proofs: try proofs(of: number),
            sheets: try sheets(of: number), reliefs: try reliefs(of: number),
            decisions: try decisions(of: number))
    }

    private func reliefs(of number: HardshipCaseID) throws -> [ProposedRelief] {
        var reliefs: [ProposedRelief] = []
        try forEach(
            """
            SELECT proposal.id, ifnull(relief, kind), proposal.day, proposal.byWhom, approved
            FROM proposal LEFT JOIN approval ON approval.proposal = proposal.id
            WHERE hardshipCase = ? ORDER BY proposal.id
            """, [.id(number)]
        ) { row in
            reliefs.append(
                ProposedRelief(
                    proposal: row.id(0), kind: row.text(1), day: row.date(2), staff: row.text(3),
                    isApproved: row.isNull(4) ? nil : row.flag(4),
                    reason: try hardshipText(of: .proposal(row.id(0)))))
        }
        return reliefs
    }

    private func proofs(of number: HardshipCaseID) throws -> [HardshipProof] {
        var proofs: [HardshipProof] = []
        try forEach(
            """
            SELECT hardshipProof.id, hardshipProof.kind, validUntil, day, sha256, extension, byWhom
            FROM hardshipProof JOIN act ON act.id = hardshipProof.act
              LEFT JOIN evidenceFile ON evidenceFile.id = hardshipProof.file
            WHERE hardshipCase = ? ORDER BY hardshipProof.id
            """, [.id(number)]
        ) { row in
            proofs.append(
                HardshipProof(
                    kind: HardshipProofKind(rawValue: row.text(1))!,
                    validUntil: row.optionalDate(2), day: row.date(3), staff: row.text(6),
                    sha256: row.text(4),
                    suffix: row.text(5), note: try hardshipText(of: .proof(row.integer(0)))))
        }
        return proofs
    }

    private func sheets(of number: HardshipCaseID) throws -> [AffordabilitySheet] {
        var sheets: [AffordabilitySheet] = []
        try forEach(
            """
            SELECT id, day, persons, allowance FROM affordability WHERE hardshipCase = ? ORDER BY id
            """, [.id(number)]
        ) { row in
            var incomes: [Money] = []
            var sources: [String] = []
            let id = row.integer(0)
            try forEach(
                "SELECT place, amount FROM affordabilityIncome WHERE affordability = ? ORDER BY place",
                [.integer(id)]
            ) { income in
                incomes.append(income.quantity(1))
                sources.append(
                    try hardshipText(of: .income(sheet: id, place: income.integer(0))))
            }
            sheets.append(
                AffordabilitySheet(
                    day: row.date(1),
                    affordability: Affordability(
                        persons: row.integer(2), allowance: row.quantity(3), incomes: incomes),
                    sources: sources))
        }
        return sheets
    }

    private func decisions(of number: HardshipCaseID) throws -> [HardshipDecisionRecord] {
        var decisions: [HardshipDecisionRecord] = []
        try forEach(
            """
            SELECT id, outcome, day, review, byWhom FROM hardshipDecision
            WHERE hardshipCase = ? ORDER BY day, id
            """, [.id(number)]
        ) { row in
            let decision = HardshipCase.Decision(
                HardshipCase.Outcome(rawValue: row.text(1))!, on: row.date(2),
                review: row.optionalDate(3))
            decisions.append(
                HardshipDecisionRecord(
                    decision: decision, staff: row.text(4),
                    reason: try hardshipText(of: .decision(row.id(0)))))
        }
        return decisions
    }

    /// A look at a case, allowed or refused.
    public struct CaseLook: Sendable {
        /// To the millisecond, UTC.
        public let at: String
        public let staff: String
        public let isAllowed: Bool
    }

    /// Records a look at a case.
    ///
    /// - Parameters:
    ///   - isAllowed: whether it was shown; if not, the look was refused.
    ///   - at: to the millisecond, UTC.
    public func addLook(
        at number: HardshipCaseID, isAllowed: Bool, by staff: String, in community: CommunityID,
        at instant: String
    ) throws {
        _ = try addAct(
            community: community, kind: "case look", by: staff, at: instant,
            detail: "case \(number.number)" + (isAllowed ? "" : " refused"))
    }

    /// Who looked at the case, and who was refused, in order.
    public func looks(
        at number: HardshipCaseID, of community: CommunityID
    ) throws -> [CaseLook] {
        var looks: [CaseLook] = []
        try forEach(
            """
            SELECT at, byWhom, detail = ?2 FROM act
            WHERE community = ?1 AND kind = 'case look' AND detail IN (?2, ?2 || ' refused')
            ORDER BY id
            """, [.id(community), .text("case \(number.number)")]
        ) { row in
            looks.append(
                CaseLook(
                    at: row.text(0), staff: row.text(1), isAllowed: row.flag(2)))
        }
        return looks
    }
}
