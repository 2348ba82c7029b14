import NIOPosix
public import ServiceLifecycle

/// Does something every minute until the server stops; what is under way is ended first.
public struct DailyClock: Service {
    private let tick: @Sendable () -> Void

    /// - Parameter tick: called on a thread of its own, one call at a time.
    public init(tick: @escaping @Sendable () -> Void) { self.tick = tick }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                _ = try? await NIOThreadPool.singleton.runIfActive { tick() }
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
