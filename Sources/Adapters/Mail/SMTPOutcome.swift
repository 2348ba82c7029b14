/// What became of one message: what it means, how far it came, and the server's own words.
public struct SMTPOutcome: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        /// The server has taken it over. It does not prove that anyone reads it.
        case accepted
        /// Surely not taken over; the same bytes may be tried again.
        case refusedForNow
        /// Surely not taken over, and the server says that trying again is of no use. Before the
        /// step `mail` that is about the server or the login, not about this message.
        case refusedForGood
        /// All of it was handed over, and no reply came: it may have been taken over or not. Trying
        /// again may send it twice.
        case inDoubt
    }

    /// The steps of a dialogue in their order (`tls` stands before `greeting` with SMTPS).
    public enum Step: String, Hashable, Sendable {
        case connect, greeting, tls, ehlo, auth, mail, recipient, data, body, end
    }

    public let verdict: Verdict
    /// The last step that was begun.
    public let step: Step
    /// The reply code of that step, where a whole reply came.
    public let code: Int?
    /// The server's last words at that step, its lines as they came, without control characters;
    /// empty where it said nothing.
    public let words: String
    /// What failed on our side of the wire, in libcurl's words; empty where nothing did.
    public let failure: String

    public init(verdict: Verdict, step: Step, code: Int?, words: String, failure: String) {
        self.verdict = verdict
        self.step = step
        self.code = code
        self.words = words
        self.failure = failure
    }

    /// Whether an answer may still be on its way, which the next message would take for its own.
    var leavesDialogueOpen: Bool {
        verdict != .accepted && !(400..<600).contains(code ?? 0)
    }
}
