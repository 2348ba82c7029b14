public import Primitives
import Secrets
import Synchronization

/// How often somebody may fail to log in. It counts in the memory of the server's process.
///
/// Failures are counted by name and address, by name, and by address; after so many, each further
/// attempt waits, longer each time. A browser that the user logged in with before is counted by
/// itself: whoever guesses at a name elsewhere does not lock its user out.
public final class LogInThrottle: Sendable {
    private struct Count {
        var failures = 0
        /// No attempt before it.
        var until = Instant(millisecondsSince1970: 0)
        var last: Instant
    }

    /// What is counted, with how many failures cost nothing.
    fileprivate struct Counted: Sendable {
        let key: [UInt8]
        let free: Int

        init(_ parts: [String], free: Int) {
            key = secretHash(parts.map { "\($0.utf8.count):\($0)" }.joined())
            self.free = free
        }
    }

    /// Where what was refused is written down.
    public let refusals = RefusalLog()

    private let counts = Mutex<[[UInt8]: Count]>([:])

    public init() {}

    /// An attempt that is not decided yet: it counts as failed until it succeeded, so that many at
    /// once are no way around.
    public struct Attempt: Sendable {
        fileprivate let counted: [Counted]
    }

    /// - Parameters:
    ///   - name: that was typed in.
    ///   - address: whence, as the server sees it.
    ///   - device: the browser's own secret, where the user logged in with it before.
    /// - Throws: `LogInError.throttled`
    public func begin(
        name: String, address: String, device: String?, at now: Instant
    ) throws -> Attempt {
        let name = foldedName(name)
        let counted =
            device.map { [Counted(["device", name, $0], free: 5)] } ?? [
                Counted(["both", name, address], free: 5), Counted(["name", name], free: 30),
                Counted(["address", address], free: 60),
            ]
        return try counts.withLock { counts in
            let wait = counted.compactMap { counts[$0.key]?.until }.max()
            if let wait, wait > now {
                let milliseconds = wait.millisecondsSince1970 - now.millisecondsSince1970
                throw LogInError.throttled(minutes: (milliseconds + 59_999) / 60_000)
            }
            if counts.count > countsMost { forget(&counts, at: now) }
            for one in counted {
                var count = counts[one.key] ?? Count(last: now)
                if count.last.advanced(bySeconds: forgottenAfter) <= now { count.failures = 0 }
                count.failures += 1
                count.last = now
                if count.failures >= one.free {
                    let doublings = min(count.failures - one.free, 4)
                    count.until = now.advanced(bySeconds: 60 << doublings)
                }
                counts[one.key] = count
            }
            return Attempt(counted: counted)
        }
    }

    /// The attempt was right: its own failures are forgotten, those of the address alone stay.
    public func succeed(_ attempt: Attempt) {
        counts.withLock { counts in
            counts[attempt.counted[0].key] = nil
            for one in attempt.counted.dropFirst() {
                guard var count = counts[one.key] else { continue }
                count.failures -= 1
                if count.failures < one.free { count.until = Instant(millisecondsSince1970: 0) }
                counts[one.key] = count
            }
        }
    }

    private func forget(_ counts: inout [[UInt8]: Count], at now: Instant) {
        counts = counts.filter { $0.value.last.advanced(bySeconds: forgottenAfter) > now }
        if counts.count <= countsMost { return }
        // Who guesses under very many names makes room by the oldest of them.
        let oldest = counts.sorted { $0.value.last < $1.value.last }.prefix(countsMost / 2)
        for (key, _) in oldest { counts[key] = nil }
    }
}

/// Seconds.
private let forgottenAfter = 3600
private let countsMost = 20_000
