public import Casework
public import FeeLedger
public import Primitives

/// What the worklist asks of the books beside the accounts: one statement for a chunk, or for all.
extension Session {
    /// Contacts of the chunk's accounts that count on the date, by day.
    public func contactTrails(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: [AccountOnDay.Contact]] {
        var trails: [ID<Account>: [AccountOnDay.Contact]] = [:]
        try forEach(
            """
            SELECT account, how, day, nextDay FROM walk CROSS JOIN contact ON contact.unit = walk.unit
            WHERE rank BETWEEN ?1 AND ?2 AND day <= ?3 AND NOT EXISTS (
              SELECT 1 FROM contact AS later WHERE later.corrects = contact.id AND later.day <= ?3)
            ORDER BY rank, day, contact.id
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            trails[row.id(0), default: []].append(
                AccountOnDay.Contact(
                    way: ContactWay(rawValue: row.text(1))!, date: row.date(2),
                    next: row.optionalDate(3)))
        }
        return trails
    }

    /// Dunning notices of the chunk's accounts with a date by `asOf`, by day.
    public func dunningTrails(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: [AccountOnDay.Notice]] {
        var trails: [ID<Account>: [AccountOnDay.Notice]] = [:]
        try forEach(
            """
            SELECT account, stage, asOf, contactTask.notice IS NOT NULL, signature
            FROM walk CROSS JOIN notice ON notice.unit = walk.unit
              LEFT JOIN contactTask ON contactTask.notice = notice.id
            WHERE rank BETWEEN ? AND ? AND stage IS NOT NULL AND asOf <= ? ORDER BY rank, asOf
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { row in
            trails[row.id(0), default: []].append(
                AccountOnDay.Notice(
                    stage: row.text(1), date: row.date(2), asksToCall: row.flag(3),
                    isFormal: row.flag(4)))
        }
        return trails
    }

    /// The last value date by `asOf` of a payment to each of the chunk's accounts; payments that
    /// were reversed by then are left out.
    public func lastPayments(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: CivilDate] {
        var dates: [ID<Account>: CivilDate] = [:]
        try forEach(
            """
            SELECT payment.account, max(payment.valueDate)
            FROM walk CROSS JOIN payment ON payment.unit = walk.unit
            WHERE rank BETWEEN ?1 AND ?2 AND payment.valueDate <= ?3 AND NOT EXISTS (
              SELECT 1 FROM reversal
              WHERE reversal.payment = payment.id AND reversal.valueDate <= ?3)
            GROUP BY payment.account
            """, chunk.ranks.bounds + [.date(asOf)]
        ) { dates[$0.id(0)] = $0.date(1) }
        return dates
    }

    /// The last day of the best proof of each kind, of every case; proofs without an end are left
    /// out.
    public func proofsThatEnd(
        in community: CommunityID, asOf: CivilDate
    ) throws -> [HardshipCaseID: [CivilDate]] {
        var ends: [HardshipCaseID: [CivilDate]] = [:]
        try forEach(
            """
            SELECT hardshipCase, max(validUntil) FROM hardshipProof
              JOIN hardshipCase ON hardshipCase.id = hardshipProof.hardshipCase
            WHERE community = ?1 AND hardshipProof.day <= ?2
            GROUP BY hardshipCase, hardshipProof.kind
            HAVING sum(validUntil IS NULL) = 0
            ORDER BY 1, 2
            """, [.id(community), .date(asOf)]
        ) { ends[$0.id(0), default: []].append($0.date(1)) }
        return ends
    }

    /// The names of the community's owners, by code.
    public func ownerNames(of community: CommunityID) throws -> [String: String] {
        var names: [String: String] = [:]
        try forEach(
            """
            SELECT code, name FROM owner CROSS JOIN person ON person.owner = owner.id
            WHERE community = ?
            """, [.id(community)]
        ) { names[$0.text(0)] = $0.text(1) }
        return names
    }

    /// The payments with that value date that stand on the day `asOf`: how many, and their sum.
    public func paymentsReceived(
        on date: CivilDate, asOf: CivilDate, in community: CommunityID
    ) throws -> (count: Int, sum: Money) {
        try first(
            """
            SELECT count(*), ifnull(sum(amount), 0) FROM payment
            WHERE community = ?1 AND payment.valueDate = ?2 AND NOT EXISTS (
              SELECT 1 FROM reversal
              WHERE reversal.payment = payment.id AND reversal.valueDate <= ?3)
            """, [.id(community), .date(date), .date(asOf)]
        ) { ($0.integer(0), $0.quantity(1)) }!
    }

    /// Another one whenever an act of anybody changed the books; delivering mail is no act.
    public func latestAct(of community: CommunityID) throws -> Int {
        try first("SELECT ifnull(max(id), 0) FROM act WHERE community = ?", [.id(community)]) {
            $0.integer(0)
        }!
    }

    // MARK: - What the office does every morning

    /// The latest period of which a run has a date by `asOf`; `nil`: none was ever run.
    public func latestRunPeriod(of community: CommunityID, asOf: CivilDate) throws -> Period? {
        try first(
            "SELECT max(period) FROM run WHERE community = ? AND asOf <= ?",
            [.id(community), .date(asOf)]
        ) { $0.optionalPeriod(0) } ?? nil
    }

    /// The latest date of a run; `nil`: none was ever made.
    public func latestRunDate(of community: CommunityID) throws -> CivilDate? {
        try first("SELECT max(asOf) FROM run WHERE community = ?", [.id(community)]) {
            $0.optionalDate(0)
        } ?? nil
    }

    /// The last date before `date` that the office's morning was made for, and the act that last
    /// made it; `nil`: none.
    public func lastMorning(
        of community: CommunityID, before date: CivilDate
    ) throws -> (date: CivilDate, act: ActID)? {
        try first(
            """
            SELECT detail, max(id) FROM act WHERE community = ? AND kind = 'daily' AND detail < ?
            GROUP BY detail ORDER BY detail DESC LIMIT 1
            """, [.id(community), .text(date.description)]
        ) { row in CivilDate(row.text(0)).map { ($0, row.id(1)) } } ?? nil
    }
}
