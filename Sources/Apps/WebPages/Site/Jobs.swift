import Dispatch
import NIOPosix
public import Office
public import Primitives
import SQLiteStore
import Synchronization

/// Long work of the server: each piece on a thread of its own, with a Store of its own, whatever
/// becomes of the page that asked for it.
///
/// Kept in memory alone: what the work did stands in the books, act by act. After the server was
/// stopped the job is forgotten, and asking for the same work again does what is missing.
public final class Jobs: Sendable {
    /// What work says at its end.
    public struct Outcome: Hashable, Sendable {
        public let summary: Bilingual
        /// What is to be known beside it.
        public let remarks: [Bilingual]
        public let next: [Step]

        public init(summary: Bilingual, remarks: [Bilingual] = [], next: [Step] = []) {
            self.summary = summary
            self.remarks = remarks
            self.next = next
        }
    }

    /// What is done next, and where.
    public struct Step: Hashable, Sendable {
        public let words: Bilingual
        public let path: String
        public init(_ words: Bilingual, path: String) {
            self.words = words
            self.path = path
        }
    }

    /// Which threads do it.
    public enum Lane: Sendable {
        /// Runs, mail, letters: work of several communities at once.
        case office
        /// Reading pictures, which takes a core and much memory: one piece after the other.
        case reading
    }

    public enum State: Hashable, Sendable {
        /// Also while it waits for its turn.
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
        /// When it was asked for.
        public let began: Instant
        /// Where it is asked for again, after it failed.
        public let again: Step?
        /// Whether its turn has come.
        public internal(set) var hasBegun = false
        public internal(set) var ended: Instant?
        public internal(set) var progress: Progress?
        public internal(set) var state = State.running
        /// Passed on from one who waits to the next.
        let over = DispatchSemaphore(value: 0)
    }

    private let books: Mutex<[Int: Job]> = Mutex([:])
    private let pool: NIOThreadPool
    private let reading: NIOThreadPool

    public init() {
        pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        reading = NIOThreadPool(numberOfThreads: 1)
        reading.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
        reading.shutdownGracefully { _ in }
    }

    /// Begins the work, unless work of that kind is under way for the community.
    ///
    /// - Parameters:
    ///   - kind: one of it at a time in a community.
    ///   - asking: whose work it is, and in which community; its Store is opened anew.
    ///   - again: where it is asked for again, should it fail.
    /// - Returns: the job's number; that of the one under way where there is one.
    public func start(
        _ kind: String, title: Bilingual, asking: Effects, again: Step? = nil,
        in lane: Lane = .office, _ work: @escaping @Sendable (Effects) throws -> Outcome
    ) -> Int {
        let began = asking.now()
        let (number, isNew) = books.withLock { jobs -> (Int, Bool) in
            if let running = jobs.values.first(where: {
                $0.kind == kind && $0.community == asking.community && $0.state == .running
            }) {
                return (running.number, false)
            }
            // Seconds, so that a number tells this run of the server from earlier ones.
            let number = max(
                began.millisecondsSince1970 / 1000 * 1000, (jobs.keys.max() ?? 0) + 1)
            jobs[number] = Job(
                number: number, kind: kind, staff: asking.staff, community: asking.community,
                title: title, began: began, again: again)
            forgetOld(&jobs)
            return (number, true)
        }
        guard isNew else { return number }
        (lane == .reading ? reading : pool).submit { [weak self] state in
            guard let self else { return }
            books.withLock { $0[number]?.hasBegun = true }
            let outcome =
                state == .active ? outcome(of: number, asking, work) : .failed(notBegun)
            end(number, outcome, at: asking.now())
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

    /// Waits until the job is over, so many seconds at most.
    func wait(for number: Int, seconds: Int) {
        guard let over = books.withLock({ $0[number]?.over }) else { return }
        if over.wait(timeout: .now() + .seconds(seconds)) == .success { over.signal() }
    }

    private func outcome(
        of number: Int, _ asking: Effects, _ work: @Sendable (Effects) throws -> Outcome
    ) -> State {
        do {
            let effects = try asking.reopened { [weak self] what, done, of in
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

    private func end(_ number: Int, _ state: State, at ended: Instant) {
        books.withLock { jobs in
            jobs[number]?.state = state
            jobs[number]?.ended = ended
            jobs[number]?.over.signal()
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
    /// The same with a Store of its own, for another thread.
    fileprivate func reopened(
        telling progress: @escaping @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
    ) throws -> Effects {
        Effects(
            store: try Store(path: store.path, create: false), evidence: evidence,
            fieldKeyFile: fieldKeyFile, templates: templates, community: community, staff: staff,
            hostName: hostName, now: now,
            pause: pause, progress: progress)
    }
}
