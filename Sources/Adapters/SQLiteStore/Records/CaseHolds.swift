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

    /// From a promise's day to its last, both included, whatever becomes of it; of one that was
    /// withdrawn, to the day before that.
    private func promiseHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        var holds: [ID<Account>: [DunningHold]] = [:]
        try forEach(
            """
            SELECT account, promise.day, until, retraction.day
            FROM walk CROSS JOIN promise ON promise.unit = walk.unit
              LEFT JOIN retraction ON retraction.kind = 'promise' AND retraction.subject = promise.id
            WHERE rank BETWEEN ? AND ?
            ORDER BY rank, promise.day, promise.id
            """, chunk.ranks.bounds
        ) { row in
            let from = row.date(1)
            let withdrawn = row.optionalDate(3)?.advanced(byDays: -1) ?? .distantFuture
            let to = min(row.date(2), withdrawn)
            if to < from { return }
            holds[row.id(0), default: []].append(DunningHold(reason: .promise, from: from, to: to))
        }
        return holds
    }

    /// From the day on which a contact says that the owner died.
    private func deceasedHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        let reasons = try namedReasons(of: chunk)
        if reasons.isEmpty { return [:] }
        let accounts = chunk.units.flatMap { $0.accounts.map(\.account) }
        return accounts.reduce(into: [:]) { holds, account in
            let theirs = reasons[account.id]?.deceasedHolds ?? []
            if !theirs.isEmpty { holds[account.id] = theirs }
        }
    }

    /// From the approval to the day before the case is ended, and again from the day on which an
    /// end is withdrawn.
    private func courtHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        try courtCases(of: chunk).mapValues { $0.flatMap(\.holds) }
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

    /// Holds of the register that were ended, by their key.
    public func endedHolds(of community: CommunityID) throws -> [HoldKey: RegisteredHold] {
        var ended: [HoldKey: RegisteredHold] = [:]
        try forEach(
            """
            SELECT id, unit, reason, fromDay, toDay, \(endOfHold) FROM hold
            WHERE id IN (SELECT hold FROM holdEnd WHERE community = ?)
            """, [.id(community)]
        ) { row in
            let reason = DunningHold.Reason(rawValue: row.text(2))!
            ended[HoldKey(unit: row.id(1), reason: reason, from: row.date(3))] = RegisteredHold(
                number: row.integer(0),
                hold: DunningHold(reason: reason, from: row.date(3), to: row.optionalDate(5)),
                enteredTo: row.optionalDate(4))
        }
        return ended
    }

    /// Units with anything in the books from which holds may follow, by code.
    public func unitsWithCasework(of community: CommunityID) throws -> [ID<Unit>] {
        var units: [ID<Unit>] = []
        try forEach(
            """
            SELECT id FROM unit WHERE id IN (
              SELECT unit FROM promise WHERE community = ?1
              UNION SELECT unit FROM contact WHERE community = ?1 AND reason = 'deceased'
              UNION SELECT unit FROM proposal WHERE community = ?1 AND kind IN ('plan', 'court')
              UNION SELECT unit FROM hardshipCase WHERE community = ?1)
            ORDER BY code
            """, [.id(community)]
        ) { units.append($0.id(0)) }
        return units
    }
}

/// What a hold of the register is known by.
public struct HoldKey: Hashable, Sendable {
    public let unit: ID<Unit>
    public let reason: DunningHold.Reason
    public let from: CivilDate

    public init(unit: ID<Unit>, reason: DunningHold.Reason, from: CivilDate) {
        self.unit = unit
        self.reason = reason
        self.from = from
    }
}

extension Session.CourtCase {
    /// All days but those on which it is ended.
    fileprivate var holds: [DunningHold] {
        var holds: [DunningHold] = []
        var from = approved
        for step in entries
        where step.stage == .ended && step.withdrawn ?? .distantFuture > step.date {
            let last = step.date.advanced(byDays: -1)
            if from <= last { holds.append(DunningHold(reason: .court, from: from, to: last)) }
            guard let withdrawn = step.withdrawn else { return holds }
            from = max(from, withdrawn)
        }
        return holds + [DunningHold(reason: .court, from: from, to: nil)]
    }
}

/// SQL for the last day of a hold as it counts.
let endOfHold = """
    ifnull((SELECT day FROM holdEnd WHERE holdEnd.hold = hold.id ORDER BY holdEnd.id DESC LIMIT 1), toDay)
    """
