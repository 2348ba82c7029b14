import Casework
public import Dunning
public import FeeLedger
public import Primitives

/// Holds that follow from what was promised, agreed, said and approved. They are in no table: what
/// holds on a day is worked out from these rows when it is asked for.
extension Session {
    /// All holds of the chunk's accounts, past ones too: those of the register, and those that
    /// follow from casework.
    public func holds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        try registeredHolds(of: chunk).merging(try derivedHolds(of: chunk)) { $0 + $1 }
    }

    /// Those that stand in no table.
    public func derivedHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        let kinds = [promiseHolds, planHolds, hardshipHolds, deceasedHolds, courtHolds]
        return try kinds.reduce(into: [:]) { holds, kind in
            holds.merge(try kind(chunk)) { $0 + $1 }
        }
    }

    /// From a promise's day to its last, both included, whatever becomes of it.
    private func promiseHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        var holds: [ID<Account>: [DunningHold]] = [:]
        try forEach(
            """
            SELECT account, day, until FROM walk CROSS JOIN promise ON promise.unit = walk.unit
            WHERE rank BETWEEN ? AND ? AND NOT EXISTS (
              SELECT 1 FROM retraction
              WHERE retraction.kind = 'promise' AND retraction.subject = promise.id)
            ORDER BY rank, day, promise.id
            """, chunk.ranks.bounds
        ) { row in
            holds[row.id(0), default: []].append(
                DunningHold(reason: .promise, from: row.date(1), to: row.date(2)))
        }
        return holds
    }

    /// From the day on which a contact says that the owner died.
    private func deceasedHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        let reasons = try namedReasons(of: chunk)
        if reasons.isEmpty { return [:] }
        let accounts = chunk.units.flatMap { $0.accounts.map(\.account) }
        return accounts.reduce(into: [:]) { holds, account in
            let theirs = reasons[account.id]?.deceasedHolds(until: account.to) ?? []
            if !theirs.isEmpty { holds[account.id] = theirs }
        }
    }

    /// From the approval to the day before the case is ended.
    private func courtHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        try courtCases(of: chunk).mapValues { cases in
            cases.compactMap { court in
                let ended = court.steps.first { $0.stage == .ended }?.date.advanced(byDays: -1)
                if let ended, ended < court.approved { return nil }
                return DunningHold(reason: .court, from: court.approved, to: ended)
            }
        }
    }

    // MARK: - The register

    /// A hold of the register as it counts.
    public struct RegisteredHold: Sendable {
        public let number: Int
        public let hold: DunningHold
        /// The last day that was entered first; `nil`: open.
        public let enteredTo: CivilDate?
    }

    /// The holds that were entered or imported; an end that was entered later counts.
    public func registeredHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        var holds: [ID<Account>: [DunningHold]] = [:]
        try forEach(
            """
            SELECT account, reason, fromDay, \(endOfHold)
            FROM walk CROSS JOIN hold ON hold.unit = walk.unit
            WHERE rank BETWEEN ? AND ?
            """, Array(chunk.ranks.bounds)
        ) { row in
            holds[row.id(0), default: []].append(
                DunningHold(
                    reason: DunningHold.Reason(rawValue: row.text(1))!, from: row.date(2),
                    to: row.optionalDate(3)))
        }
        return holds
    }

    /// The hold of the register with that key; `nil` where there is none.
    public func registeredHold(
        of unit: ID<Unit>, _ reason: DunningHold.Reason, from: CivilDate
    ) throws -> RegisteredHold? {
        try first(
            "SELECT id, toDay, \(endOfHold) FROM hold WHERE unit = ? AND reason = ? AND fromDay = ?",
            [.id(unit), .text(reason.rawValue), .date(from)]
        ) { row in
            RegisteredHold(
                number: row.integer(0),
                hold: DunningHold(reason: reason, from: from, to: row.optionalDate(2)),
                enteredTo: row.optionalDate(1))
        }
    }

    /// Ends a hold of the register on that day, the day included.
    public func end(
        _ hold: RegisteredHold, on day: CivilDate, in community: CommunityID, act: ActID
    ) throws {
        try run(
            "INSERT INTO holdEnd (community, hold, day, act) VALUES (?, ?, ?, ?)",
            [.id(community), .integer(hold.number), .date(day), .id(act)])
    }

    /// Whether the community's books have anything from which holds follow.
    public func hasCasework(_ community: CommunityID) throws -> Bool {
        try first(
            """
            SELECT 1 FROM promise WHERE community = ?1
            UNION ALL SELECT 1 FROM contact WHERE community = ?1
            UNION ALL SELECT 1 FROM proposal WHERE community = ?1
            UNION ALL SELECT 1 FROM hardshipCase WHERE community = ?1 LIMIT 1
            """, [.id(community)]
        ) { _ in true } ?? false
    }
}

/// SQL for the last day of a hold as it counts.
let endOfHold = """
    ifnull((SELECT day FROM holdEnd WHERE holdEnd.hold = hold.id ORDER BY holdEnd.id DESC LIMIT 1), toDay)
    """
