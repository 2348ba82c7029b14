public import Dunning
public import FeeLedger
public import Primitives

/// A manager's judgement of an account's risk, in place of the rules'.
public struct RiskOverride: Sendable {
    /// `nil`: the rules hold again.
    public let risk: RiskClass?
    public let day: CivilDate
    public let staff: String
    /// Empty where it was erased.
    public let reason: String

    /// - Parameters:
    ///   - risk: `nil`: the rules hold again.
    ///   - day: from which day on it counts.
    ///   - staff: the manager.
    ///   - reason: of a person, to be erased on request.
    public init(_ risk: RiskClass?, on day: CivilDate, by staff: String, reason: String) {
        self.risk = risk
        self.day = day
        self.staff = staff
        self.reason = reason
    }
}

extension Session {
    /// Records an override, and ties it into the chain with a commitment to its reason.
    public func addRiskOverride(
        _ override: RiskOverride, of account: Account, in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO riskOverride (community, unit, account, class, day, byWhom, act)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id),
                .optional(override.risk?.rawValue), .date(override.day), .text(override.staff),
                .id(act),
            ])
        try keepPersonal(override.reason, as: "reason", of: .riskOverride, id)
        try chain(.riskOverride, id, in: community)
    }

    /// The newest override of each of the chunk's accounts with a day on or before `asOf`; where
    /// that one gives an account back to the rules, it has none.
    public func riskOverrides(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: RiskOverride] {
        var overrides: [ID<Account>: RiskOverride] = [:]
        try forEach(
            """
            SELECT account, class, day, byWhom, text
            FROM walk CROSS JOIN riskOverride ON riskOverride.unit = walk.unit
              LEFT JOIN personalText ON kind = 'risk override' AND subject = riskOverride.id
                AND field = 'reason'
            WHERE rank BETWEEN ? AND ? AND day <= ? ORDER BY rank, day, riskOverride.id
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            overrides[row.id(0)] = RiskOverride(
                row.optionalText(1).map { RiskClass(rawValue: $0)! }, on: row.date(2),
                by: row.text(3), reason: row.text(4))
        }
        return overrides.filter { $0.value.risk != nil }
    }
}

extension ChainedKind {
    static let riskOverride = ChainedKind(
        name: "risk override", table: "riskOverride",
        fields: """
            SELECT unit.code AS unit, account.fromDay AS accountFrom, class, day,
              riskOverride.byWhom AS decidedBy, reason.text AS reason, act.byWhom AS byWhom, at
            FROM riskOverride JOIN unit ON unit.id = riskOverride.unit
              JOIN account ON account.id = riskOverride.account
              JOIN act ON act.id = riskOverride.act
              LEFT JOIN personalText AS reason ON reason.kind = 'risk override'
                AND reason.subject = riskOverride.id AND reason.field = 'reason'
            WHERE riskOverride.id = ?
            """, personal: ["reason"], lists: [])
}
