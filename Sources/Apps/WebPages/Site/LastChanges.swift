import Office
import SQLiteStore
import Synchronization

/// How the books stood after each user's last form: he sees no figures that are older, though
/// others count them anew at the moment.
final class LastChanges: Sendable {
    private let changes = Mutex<[UserID: Int]>([:])

    /// 0: the user has posted nothing since the server was started.
    func change(by user: UserID) -> Int { changes.withLock { $0[user] ?? 0 } }

    func note(by user: UserID, effects: Effects) {
        // Where it cannot be read, nothing that was counted before is good enough.
        let change = (try? changeCount(effects: effects)) ?? Int.max
        changes.withLock { $0[user] = change }
    }
}
