import Mail
import Synchronization

/// What a server says to whom, and what it got.
final class FakeServer: Sendable {
    private struct State {
        var answers: [String?: (SMTPOutcome.Verdict, SMTPOutcome.Step, Int?, String)] = [:]
        var connectionsRefused = 0
        var hooks: [String: @Sendable () -> Void] = [:]
        var taken: [(recipient: String, bytes: [UInt8])] = []
    }
    private let state = Mutex(State())

    /// - Parameter recipient: `nil`: everybody.
    func say(
        _ verdict: SMTPOutcome.Verdict, at step: SMTPOutcome.Step, _ code: Int?,
        _ words: String? = nil, to recipient: String?
    ) {
        let words = words ?? code.map { "\($0) said" } ?? ""
        state.withLock { $0.answers[recipient] = (verdict, step, code, words) }
    }

    func refuseConnections(_ count: Int) { state.withLock { $0.connectionsRefused = count } }

    /// Done when the body has gone to that recipient, before it is handed over.
    func before(_ recipient: String, _ hook: @escaping @Sendable () -> Void) {
        state.withLock { $0.hooks[recipient] = hook }
    }

    var recipients: [String] { state.withLock { $0.taken.map(\.recipient) } }

    func bytes(to recipient: String) -> Set<[UInt8]> {
        Set(state.withLock { $0.taken }.filter { $0.recipient == recipient }.map(\.bytes))
    }

    func outcome(
        _ bytes: [UInt8], _ recipient: String, _ handedOver: () -> Bool
    ) -> SMTPOutcome {
        let isRefused = state.withLock { state in
            state.connectionsRefused -= 1
            return state.connectionsRefused >= 0
        }
        if isRefused {
            return SMTPOutcome(
                verdict: .refusedForNow, step: .greeting, code: 421, words: "421 too many",
                failure: "")
        }
        let answer = state.withLock { $0.answers[recipient] ?? $0.answers[nil] }
        state.withLock { $0.hooks[recipient] }?()
        if let answer, answer.1 != .end {
            if answer.1 != .connect { keep(recipient, bytes) }
            return SMTPOutcome(
                verdict: answer.0, step: answer.1, code: answer.2, words: answer.3, failure: "")
        }
        guard handedOver() else {
            return SMTPOutcome(
                verdict: .refusedForNow, step: .body, code: nil, words: "", failure: "aborted")
        }
        keep(recipient, bytes)
        if let answer {
            return SMTPOutcome(
                verdict: answer.0, step: answer.1, code: answer.2, words: answer.3, failure: "")
        }
        let count = state.withLock { $0.taken.count }
        return SMTPOutcome(
            verdict: .accepted, step: .end, code: 250, words: "250 2.0.0 Ok: queued as Q\(count)",
            failure: "")
    }

    private func keep(_ recipient: String, _ bytes: [UInt8]) {
        state.withLock { $0.taken.append((recipient, bytes)) }
    }
}

struct FakeConnection: MailConnection {
    private let server: FakeServer
    init(_ server: FakeServer) { self.server = server }

    func send(
        _ message: [UInt8], from sender: String, to recipient: String,
        handedOver: @escaping () -> Bool
    ) throws(MailError) -> SMTPOutcome {
        server.outcome(message, recipient, handedOver)
    }
}
