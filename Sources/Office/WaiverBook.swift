import Dunning
import FeeLedger
public import Primitives
public import SQLiteStore

/// A waiver of the month, with what has become of its condition.
public struct WaiverLine: Sendable {
    public enum State: String, Sendable {
        /// It counts for good.
        case counts
        /// It counts, and may become void yet.
        case open
        /// The principal was not paid in time.
        case void
    }

    public let waiver: Session.BookedWaiver
    public let state: State
    /// What it takes off now.
    public var takenOff: Money { state == .void ? .zero : waiver.taken }
}

/// The waivers with a date in the month, imported ones too, by date and reference.
///
/// - Parameter asOf: conditions are judged as of that day.
public func waiverBook(
    of month: Period, asOf: CivilDate, effects: Effects
) throws -> [WaiverLine] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let waivers = try session.waivers(of: context.id, in: month)
        let judged = waivers.filter { $0.unlessPaidBy.map { $0 < asOf } ?? false }
        let void = try void(of: judged, context, session)
        return waivers.map { waiver in
            guard let day = waiver.unlessPaidBy else {
                return WaiverLine(waiver: waiver, state: .counts)
            }
            if asOf <= day { return WaiverLine(waiver: waiver, state: .open) }
            return WaiverLine(waiver: waiver, state: void.contains(waiver.id) ? .void : .counts)
        }
    }
}

/// Those whose principal was open at the end of their day; in one walk.
private func void(
    of waivers: [Session.BookedWaiver], _ context: CommunityContext, _ session: Session
) throws -> Set<WaiverID> {
    if waivers.isEmpty { return [] }
    var void: Set<WaiverID> = []
    let ofUnit = Dictionary(grouping: waivers, by: \.unit)
    let units = ofUnit.keys.sorted { $0.number < $1.number }
    try context.forEachChunk(of: .units(units), scope: .all, in: session) { chunk in
        for unit in chunk.units {
            for waiver in ofUnit[unit.unit.id] ?? [] {
                let charge = unit.accounts.first { $0.account.id == waiver.account }?.charges
                    .first { $0.charge.key == waiver.key }
                if charge!.principalOpen(asOf: waiver.unlessPaidBy!) > .zero {
                    void.insert(waiver.id)
                }
            }
        }
    }
    return void
}

/// What was waived for one reason, or by one person.
public struct WaiverTotal: Sendable {
    public let name: String
    public private(set) var count = 0
    public private(set) var asked = Money.zero
    public private(set) var takenOff = Money.zero

    /// By name, and at the end of all.
    ///
    /// - Parameter names: under which a waiver is counted.
    public static func all(
        of lines: [WaiverLine], by names: (Session.BookedWaiver) -> String
    ) -> [WaiverTotal] {
        var totals: [String: WaiverTotal] = [:]
        for line in lines {
            let name = names(line.waiver)
            var total = totals[name] ?? WaiverTotal(name: name)
            total.count += 1
            total.asked += line.waiver.asked
            total.takenOff += line.takenOff
            totals[name] = total
        }
        return totals.values.sorted { inByteOrder($0.name, $1.name) }
    }

    private init(name: String) { self.name = name }
}

/// What was written off between the dates, both included.
public func writtenOff(
    from: CivilDate, to: CivilDate, effects: Effects
) throws -> [Session.WrittenOff] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try session.writtenOff(of: context.id, from: from, to: to)
    }
}
