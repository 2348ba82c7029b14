public import Casework
public import Evidence
public import FeeLedger
public import Primitives

/// The way to court: what a manager approved, and the steps that were taken since.
extension Session {
    /// An approved proposal to go to court, with its steps.
    public struct CourtCase: Sendable {
        /// The proposal.
        public let number: Int
        public let account: ID<Account>
        /// The approval's day.
        public let approved: CivilDate
        /// By day, then number; those withdrawn too.
        public internal(set) var entries: [CourtStep]

        /// By day, then number; none that was ever withdrawn.
        public var steps: [CourtStep] { entries.filter { $0.withdrawn == nil } }

        /// The last step on or before `date`; `nil`: none was taken.
        public func lastStep(asOf date: CivilDate) -> CourtStep? {
            entries.last { $0.counts(asOf: date) }
        }

        /// Whether it was approved by the date, and is not ended.
        public func goesOn(asOf date: CivilDate) -> Bool {
            approved <= date
                && !entries.contains { $0.stage == .ended && $0.counts(asOf: date) }
        }

        /// What the steps up to the date have cost.
        public func cost(asOf date: CivilDate) -> Money {
            entries.filter { $0.counts(asOf: date) }.reduce(.zero) { $0 + $1.cost }
        }
    }

    public struct CourtStep: Sendable {
        public let number: Int
        public let stage: CourtStage
        public let date: CivilDate
        public let cost: Money
        /// Of its file; `nil`: none is kept.
        public let sha256: String?
        public let staff, note: String
        /// From which day on it counts no more; `nil`: it stands.
        public let withdrawn: CivilDate?

        func counts(asOf day: CivilDate) -> Bool {
            date <= day && withdrawn.map { day < $0 } ?? true
        }
    }

    /// Records a step and ties it into the chain.
    ///
    /// - Parameters:
    ///   - court: the case that it belongs to.
    ///   - file: stands in the evidence folder already.
    /// - Returns: its number.
    public func addCourtStep(
        _ stage: CourtStage, on date: CivilDate, cost: Money, file: EvidenceFileID?, note: String,
        by staff: String, to court: CourtCase, of account: Account, in community: CommunityID,
        act: ActID
    ) throws -> Int {
        let number = try insert(
            """
            INSERT INTO courtStep (community, unit, account, proposal, stage, day, cost, file, staff, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id), .integer(court.number),
                .text(stage.rawValue), .date(date), .parts(cost), .id(file), .text(staff),
                .id(act),
            ])
        try keepPersonal(note, as: "note", of: .courtStep, number)
        try chain(.courtStep, number, in: community)
        return number
    }

    /// Of one account, by approval.
    public func courtCases(of account: Account) throws -> [CourtCase] {
        try courtCases(
            from: "proposal", where: "proposal.unit = ? AND proposal.account = ?",
            [.id(account.unit), .id(account.id)])[account.id] ?? []
    }

    /// Of the chunk's accounts, by approval.
    public func courtCases(of chunk: UnitChunk) throws -> [ID<Account>: [CourtCase]] {
        try courtCases(
            from: "walk CROSS JOIN proposal ON proposal.unit = walk.unit",
            where: "rank BETWEEN ? AND ?", Array(chunk.ranks.bounds))
    }

    /// One row for each step, or for an approval without any.
    private func courtCases(
        from tables: String, where condition: String, _ values: [SQLValue]
    ) throws -> [ID<Account>: [CourtCase]] {
        var cases: [ID<Account>: [CourtCase]] = [:]
        try forEach(
            """
            SELECT proposal.account, proposal.id, approval.day, courtStep.id, stage, courtStep.day, cost,
              sha256, staff, note.text, retraction.day
            FROM \(tables) CROSS JOIN approval ON approval.proposal = proposal.id
              LEFT JOIN courtStep ON courtStep.proposal = proposal.id
              LEFT JOIN retraction ON retraction.kind = 'court step'
                AND retraction.subject = courtStep.id
              LEFT JOIN evidenceFile ON evidenceFile.id = courtStep.file
              LEFT JOIN personalText AS note ON note.kind = 'court step'
                AND note.subject = courtStep.id AND note.field = 'note'
            WHERE \(condition) AND proposal.kind = 'court' AND approved = 1
            ORDER BY approval.day, proposal.id, courtStep.day, courtStep.id
            """, values
        ) { row in
            let (account, number) = (ID<Account>(row.integer(0)), row.integer(1))
            if cases[account]?.last?.number != number {
                cases[account, default: []].append(
                    CourtCase(
                        number: number, account: account, approved: row.date(2), entries: []))
            }
            guard !row.isNull(3) else { return }
            let place = cases[account]!.count - 1
            cases[account]![place].entries.append(
                CourtStep(
                    number: row.integer(3), stage: CourtStage(rawValue: row.text(4))!,
                    date: row.date(5), cost: row.quantity(6), sha256: row.optionalText(7),
                    staff: row.text(8), note: row.text(9),
                    withdrawn: row.optionalDate(10)))
        }
        return cases
    }

    /// Units of which an account was ever approved to go to court, by code.
    public func unitsApprovedForCourt(of community: CommunityID) throws -> [ID<Unit>] {
        try units(
            """
            SELECT id FROM unit WHERE id IN (
              SELECT proposal.unit FROM proposal JOIN approval ON approval.proposal = proposal.id
              WHERE proposal.community = ? AND kind = 'court' AND approved = 1) ORDER BY code
            """, community)
    }

    /// Units of which a contact ever named the reason, by code.
    public func units(
        of community: CommunityID, where reason: ArrearsReason
    ) throws -> [ID<Unit>] {
        try units(
            """
            SELECT id FROM unit WHERE id IN (
              SELECT unit FROM contact WHERE community = ? AND reason = '\(reason.rawValue)')
            ORDER BY code
            """, community)
    }

    private func units(_ sql: String, _ community: CommunityID) throws -> [ID<Unit>] {
        var units: [ID<Unit>] = []
        try forEach(sql, [.id(community)]) { units.append($0.id(0)) }
        return units
    }
}
