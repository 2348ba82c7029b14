import Primitives
import SQLiteStore
import Synchronization

/// Figures that take long to count, kept as long as nothing in the database changes, whoever
/// changes it. What several ask for at once is counted once.
///
/// Whoever allows that (`Effects.oldestChange`) is not kept waiting while somebody counts anew: he
/// sees the figures as they stood a moment before.
final class KeptFigures<Value: Sendable>: Sendable {
    /// What figures are of.
    struct Key: Hashable {
        let path: String
        let community: String?
        let asOf: CivilDate
        /// What else they depend on.
        var choice = ""

        init(_ effects: Effects, asOf: CivilDate, choice: String = "") {
            path = effects.store.path
            community = effects.community
            self.asOf = asOf
            self.choice = choice
        }
    }

    private final class Shelf: Sendable {
        let kept = Mutex<(changes: Int, value: Value)?>(nil)
        /// Held by whoever counts.
        let counting = Mutex(())
    }

    private let most: Int
    /// The one used last comes last.
    private let shelves = Mutex<[(key: Key, shelf: Shelf)]>([])

    /// - Parameter most: so many are kept, those used last.
    init(most: Int) { self.most = most }

    /// The figures as the books stand now, or as they stood after `effects.oldestChange`.
    ///
    /// - Parameter count: counts them anew, in one transaction.
    func value(
        of key: Key, effects: Effects, count: (Session) throws -> Value
    ) throws -> Value {
        let shelf = shelf(of: key)
        let now = try changeCount(effects: effects)
        let known = shelf.kept.withLock { $0 }
        if let known, known.changes == now { return known.value }
        if let known, let oldest = effects.oldestChange, known.changes >= oldest {
            let new = try shelf.counting.withLockIfAvailable { _ in
                try recount(shelf, effects, count)
            }
            return new ?? known.value
        }
        // No transaction is open while it waits: whoever counts may wait for a writer.
        return try shelf.counting.withLock { _ in try recount(shelf, effects, count) }
    }

    private func shelf(of key: Key) -> Shelf {
        shelves.withLock { shelves in
            let place = shelves.firstIndex { $0.key == key }
            let shelf = place.map { shelves.remove(at: $0).shelf } ?? Shelf()
            shelves.append((key, shelf))
            if shelves.count > most { shelves.removeFirst() }
            return shelf
        }
    }

    /// Unless somebody did while this one waited.
    private func recount(
        _ shelf: Shelf, _ effects: Effects, _ count: (Session) throws -> Value
    ) throws -> Value {
        try effects.store.read { session in
            let now = try session.changeCount()
            let known = shelf.kept.withLock { $0 }
            if let known, known.changes == now { return known.value }
            let value = try count(session)
            shelf.kept.withLock { $0 = (now, value) }
            return value
        }
    }
}

/// How often the database was changed in what figures are counted from.
public func changeCount(effects: Effects) throws -> Int {
    try effects.store.read { try $0.changeCount() }
}
