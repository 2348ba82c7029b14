public import Casework
public import Primitives

public typealias HardshipCaseID = ID<HardshipCase>

public enum HardshipDecisionSubject: Sendable {}
public typealias HardshipDecisionID = ID<HardshipDecisionSubject>

extension Session {
    /// Records what a manager decided on a case, and ties it into the chain, without any text.
    /// Whoever calls has judged whether it may be decided so, and by whom.
    ///
    /// - Parameter review: the day until which it stands, that day included; `nil`: no end is set.
    @discardableResult
    public func addHardshipDecision(
        case number: HardshipCaseID, outcome: HardshipCase.Outcome, day: CivilDate,
        review: CivilDate?, by staff: String, in community: CommunityID, act: ActID
    ) throws -> HardshipDecisionID {
        let id = try insert(
            """
            INSERT INTO hardshipDecision (community, hardshipCase, outcome, day, review, byWhom, act)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(number), .text(outcome.rawValue), .date(day), .date(review),
                .text(staff), .id(act),
            ])
        try chain(.hardshipDecision, id, in: community)
        return HardshipDecisionID(id)
    }
}

extension ChainedKind {
    /// Without its text, which goes nowhere but to those who may see it.
    static let hardshipDecision = ChainedKind(
        name: "hardship decision", table: "hardshipDecision",
        fields: """
            SELECT hardshipCase AS "case", unit.code AS unit, account.fromDay AS accountFrom, outcome,
              hardshipDecision.day AS day, hardshipDecision.review AS review,
              hardshipDecision.byWhom AS decidedBy, act.byWhom AS byWhom, at
            FROM hardshipDecision JOIN hardshipCase ON hardshipCase.id = hardshipDecision.hardshipCase
              JOIN unit ON unit.id = hardshipCase.unit
              JOIN account ON account.id = hardshipCase.account
              JOIN act ON act.id = hardshipDecision.act
            WHERE hardshipDecision.id = ?
            """, personal: [], lists: [])
}
