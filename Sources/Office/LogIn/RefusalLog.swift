public import Primitives
public import SQLiteStore
import Synchronization

/// Writes down who was refused what, in few and short transactions, however often it happens.
///
/// The same refusal within an hour is one row with a count, written at the first time and whenever
/// the count has doubled. After 200 rows in an hour, whence and where are left out, so that there
/// is at most one more for each user and kind. Where the database is busy, the row waits for the
/// next refusal, and nobody for it.
public final class RefusalLog: Sendable {
    private struct Refusal: Hashable {
        let kind: SecurityEventKind
        let user: UserID?
        var address: String?
        var route: String?
    }

    private struct Tally {
        var count = 0
        var written = 0
        var row: SecurityEventID?
        /// Another thread writes it now.
        var isTaken = false

        var isDue: Bool {
            !isTaken && written < count && (row == nil || count >= 2 * written)
        }
    }

    private struct Hour {
        var number = 0
        var tallies: [Refusal: Tally] = [:]
        /// The database was busy: not asked again before it.
        var until = Instant(millisecondsSince1970: 0)
    }

    private let hour = Mutex(Hour())

    public init() {}

    /// - Parameters:
    ///   - user: `nil`: nobody who is known. What was typed as a name is never written down: people
    ///     type passwords there.
    ///   - route: its pattern, without what stands in the places of its names.
    public func note(
        _ kind: SecurityEventKind, user: UserID?, address: String? = nil, route: String? = nil,
        effects: Effects
    ) {
        let now = effects.now()
        let due = counted(
            Refusal(kind: kind, user: user, address: address, route: route), at: now)
        if due.isEmpty { return }
        var rows: [Refusal: SecurityEventID] = [:]
        // Whoever was refused gets the same answer, also where this could not be written.
        let isWritten = try? effects.store.writeAside(waitingAtMost: 100) { session in
            for (refusal, tally) in due {
                if let row = tally.row {
                    try session.countSecurityEvent(row, tally.count)
                } else {
                    rows[refusal] = try session.addSecurityEvent(
                        refusal.kind, user: refusal.user, address: refusal.address,
                        route: refusal.route, count: tally.count, at: now)
                }
            }
        }
        hour.withLock { hour in
            if isWritten != true { hour.until = now.advanced(bySeconds: 1) }
            for (refusal, tally) in due {
                hour.tallies[refusal]?.isTaken = false
                guard isWritten == true else { continue }
                hour.tallies[refusal]?.written = tally.count
                hour.tallies[refusal]?.row = tally.row ?? rows[refusal]
            }
        }
    }

    /// Counts it.
    ///
    /// - Returns: what is to be written now, by this thread.
    private func counted(_ refusal: Refusal, at now: Instant) -> [(Refusal, Tally)] {
        hour.withLock { hour in
            let number = now.millisecondsSince1970 / 3_600_000
            if number != hour.number {
                // What was never written is kept for the new hour.
                hour.tallies = hour.tallies.filter { $0.value.row == nil && !$0.value.isTaken }
                hour.number = number
            }
            var refusal = refusal
            if hour.tallies[refusal] == nil, hour.tallies.count >= rowsMost {
                (refusal.address, refusal.route) = (nil, nil)
            }
            hour.tallies[refusal, default: Tally()].count += 1
            guard now >= hour.until else { return [] }
            let due = hour.tallies.filter { $0.value.isDue }
            for key in due.keys { hour.tallies[key]?.isTaken = true }
            return due.map { ($0.key, $0.value) }
        }
    }
}

/// In an hour, of all kinds together.
private let rowsMost = 200
