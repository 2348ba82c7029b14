import NIOPosix
public import Office
public import Primitives
import Synchronization

/// Long work of the server: each piece on a thread of its own, with a Store of its own, whatever
/// becomes of the page that asked for it.
///
/// Kept in memory alone: what the work did stands in the books, act by act. After the server was
/// stopped the job is forgotten, and asking for the same work again does what is missing.
public final class Jobs: Sendable {
    /// Opens the books anew, for the thread of one job.
    public typealias MakeEffects =
        @Sendable (_ staff: String, _ community: String?) throws -> Effects

    /// What work says at its end.
    public struct Outcome: Hashable, Sendable {
        public let summary: Bilingual
        /// The page with what it made; `nil`: the job's page says all.
        public let location: String?
        public init(summary: Bilingual, location: String?) {
            self.summary = summary
            self.location = location
        }
    }

    public enum State: Hashable, Sendable {
        case running
        case done(Outcome)
        /// What it did before stays done.
        case failed(Bilingual)
    }

    /// How far it is: what is counted, how many are done, of how many (0: unknown).
    public struct Progress: Hashable, Sendable {
        public let what: Bilingual
        public let done, of: Int
    }

    public struct Job: Sendable {
        /// Unlike any number that another run of the server gave.
        public let number: Int
        public let kind, staff: String
        public let community: String?
        public let title: Bilingual
        public let began: Instant
        public internal(set) var ended: Instant?
        public internal(set) var progress: Progress?
        public internal(set) var state = State.running
    }

    private let books: Mutex<[Int: Job]> = Mutex([:])
    private let next: Mutex<Int>
    private let pool: NIOThreadPool
    private let makeEffects: MakeEffects
    private let now: @Sendable () -> Instant

    /// - Parameter now: also tells the numbers of this run of the server from earlier ones.
    public init(now: @escaping @Sendable () -> Instant, makeEffects: @escaping MakeEffects) {
        self.now = now
        self.makeEffects = makeEffects
        next = Mutex(now().millisecondsSince1970 / 1000 * 1000)
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
    }

    deinit { pool.shutdownGracefully { _ in } }

    /// Begins the work, unless work of that kind is under way for the community.
    ///
    /// - Parameters:
    ///   - kind: one of it at a time in a community.
    ///   - staff: who asked for it.
    /// - Returns: the job's number; that of the one under way where there is one.
    public func start(
        _ kind: String, in community: String?, by staff: String, title: Bilingual,
        _ work: @escaping @Sendable (Effects) throws -> Outcome
    ) -> Int {
        let (number, isNew) = books.withLock { jobs -> (Int, Bool) in
            if let running = jobs.values.first(where: {
                $0.kind == kind && $0.community == community && $0.state == .running
            }) {
                return (running.number, false)
            }
            let number = next.withLock { last in
                last += 1
                return last
            }
            jobs[number] = Job(
                number: number, kind: kind, staff: staff, community: community, title: title,
                began: now())
            forgetOld(&jobs)
            return (number, true)
        }
        guard isNew else { return number }
        pool.submit { [weak self] state in
            guard let self else { return }
            guard state == .active else { return end(number, .failed(notBegun)) }
            end(number, outcome(of: number, in: community, by: staff, work))
        }
        return number
    }

    /// `nil`: this run of the server knows no such job of the community.
    public func job(_ number: Int, in community: String?) -> Job? {
        books.withLock { $0[number] }.flatMap { $0.community == community ? $0 : nil }
    }

    /// The job of the kind that is under way in the community, or the last one that was.
    public func latest(_ kind: String, in community: String?) -> Job? {
        books.withLock { jobs in
            jobs.values.filter { $0.kind == kind && $0.community == community }
                .max { $0.number < $1.number }
        }
    }

    private func outcome(
        of number: Int, in community: String?, by staff: String,
        _ work: @Sendable (Effects) throws -> Outcome
    ) -> State {
        do {
            let effects = try makeEffects(staff, community).telling { [weak self] what, done, of in
                self?.books.withLock {
                    $0[number]?.progress = Progress(what: what, done: done, of: of)
                }
            }
            return .done(try work(effects))
        } catch let error as any ExplainedError {
            return .failed(error.message)
        } catch {
            return .failed(Bilingual(zh: "出错：\(error)", en: "It failed: \(error)"))
        }
    }

    private func end(_ number: Int, _ state: State) {
        let ended = now()
        books.withLock { jobs in
            jobs[number]?.state = state
            jobs[number]?.ended = ended
        }
    }

    private func forgetOld(_ jobs: inout [Int: Job]) {
        let over = jobs.values.filter { $0.state != .running }.map(\.number).sorted()
        for number in over.dropLast(jobsKept) { jobs[number] = nil }
    }
}

/// Of several communities; the database lets one write at a time anyway.
private let threads = 3
private let jobsKept = 100

private let notBegun = Bilingual(
    zh: "服务正在停止，没有开始；请再来一次。",
    en: "The server is stopping, and it was not begun; ask for it again.")

extension Effects {
    /// The same, but for who is told how far long work is.
    fileprivate func telling(
        _ progress: @escaping @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
    ) -> Effects {
        Effects(
            store: store, evidence: evidence, templates: templates, community: community,
            staff: staff, hostName: hostName, now: now, pause: pause, progress: progress)
    }
}
