import Dispatch
import Synchronization

/// Small writes of several threads, as many in one transaction as wait for it: each thread's waits
/// for the disk are shared, and none waits for another's thinking.
public final class SharedWrites: Sendable {
    public typealias Write = @Sendable (Session) throws -> Void

    private struct Asked {
        let write: Write
        let done: DispatchSemaphore?
        var tries = 0
    }

    private let store: Store
    private let queue = DispatchQueue(label: "shared writes")
    private let state = Mutex((asked: [Asked](), failure: (any Error)?.none))

    public init(_ store: Store) { self.store = store }

    /// What went wrong first; from then on nothing more is written.
    public var failure: (any Error)? { state.withLock { $0.failure } }

    /// Has it written soon.
    public func add(_ write: @escaping Write) { ask(write, nil) }

    /// Has it written, and waits for that.
    /// - Returns: whether `write` agreed, and it is on the disk.
    public func perform(_ write: @escaping @Sendable (Session) throws -> Bool) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let agreed = Mutex(false)
        ask(
            { session in
                let answer = try write(session)
                agreed.withLock { $0 = answer }
            }, done)
        done.wait()
        return failure == nil && agreed.withLock { $0 }
    }

    /// Waits for all that was added.
    public func finish() throws {
        while state.withLock({ !$0.asked.isEmpty }) { queue.sync {} }
        queue.sync {}
        if let failure { throw failure }
    }

    private func ask(_ write: @escaping Write, _ done: DispatchSemaphore?) {
        state.withLock { $0.asked.append(Asked(write: write, done: done)) }
        queue.async { self.writeWhatWaits() }
    }

    private func again(_ asked: [Asked]) {
        guard !asked.isEmpty else { return }
        state.withLock { state in
            state.asked.insert(
                contentsOf: asked.map { Asked(write: $0.write, done: nil, tries: $0.tries + 1) },
                at: 0)
        }
        queue.async { self.writeWhatWaits() }
    }

    private func writeWhatWaits() {
        let asked = state.withLock { state in
            defer { state.asked = [] }
            return state.asked
        }
        guard !asked.isEmpty else { return }
        if failure == nil {
            do {
                try store.write { session in for one in asked { try one.write(session) } }
            } catch StoreError.busy where asked.allSatisfy({ $0.tries < triesMost }) {
                // What is known is not thrown away because others take long.
                again(asked.filter { $0.done == nil })
            } catch {
                state.withLock { $0.failure = error }
            }
        }
        for one in asked { one.done?.signal() }
    }
}

/// Each waits a minute.
private let triesMost = 5
