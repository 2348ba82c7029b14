import Office
import Primitives
import Synchronization

/// What takes long to work out and is only looked at: previews. Each is kept as long as the books
/// are as they were then, for its parts are asked for one by one.
///
/// The work is a job. The request that asks for it waits for a while; what takes longer than a
/// proxy would wait goes on by itself, and its page leads back.
final class Shelf<Value: Sendable>: Sendable {
    enum Found {
        case ready(Value)
        /// The job that works it out.
        case underWay(Int)
    }

    private struct Kept {
        let key, mark: String
        let value: Value
    }

    private let kept = Mutex<[Kept]>([])

    /// - Parameters:
    ///   - key: what it is; the same in a community is the same.
    ///   - path: of the page that shows it.
    ///   - work: changes nothing in the books.
    func value(
        _ key: String, title: Bilingual, at path: String, _ visit: Visit,
        work: @escaping @Sendable (Effects) throws -> Value
    ) throws -> Found {
        let key = "\(visit.effects.community ?? "") \(key)"
        let mark = try booksMark(effects: visit.effects)
        if let known = known(key, mark) { return .ready(known) }
        let result = Mutex<Result<Value, any Error>?>(nil)
        let jobs = visit.site.jobs
        let number = jobs.start(key, title: title, asking: visit.effects) { [self] effects in
            do {
                let mark = try booksMark(effects: effects)
                let value = try work(effects)
                keep(Kept(key: key, mark: mark, value: value))
                result.withLock { $0 = .success(value) }
                return Jobs.Outcome(
                    summary: title,
                    next: [Jobs.Step(Bilingual(zh: "看预览", en: "See the preview"), path: path)])
            } catch {
                result.withLock { $0 = .failure(error) }
                throw error
            }
        }
        jobs.wait(for: number, seconds: visit.site.settings.patience)
        if let own = result.withLock({ $0 }) { return .ready(try own.get()) }
        // Somebody else had asked for it.
        if let known = known(key, mark) { return .ready(known) }
        if case .failed(let why)? = jobs.job(number, in: visit.effects.community)?.state {
            throw WorkFailed(message: why)
        }
        return .underWay(number)
    }

    private func known(_ key: String, _ mark: String) -> Value? {
        kept.withLock { all in all.first { $0.key == key && $0.mark == mark }?.value }
    }

    private func keep(_ new: Kept) {
        kept.withLock { all in
            all.insert(new, at: 0)
            if all.count > most { all.removeLast() }
        }
    }
}

private let most = 3

/// Why work that another request had begun was not done.
struct WorkFailed: ExplainedError {
    let message: Bilingual
    var isBadInput: Bool { false }
}
