public import Primitives
public import SQLiteStore

/// Everything impure that an act of the office uses, listed once.
public struct Effects: Sendable {
    public let store: Store
    /// The folder beside the database in which files are kept by their SHA-256.
    public let evidence: String
    /// The folder of templates for notices.
    public let templates: String
    /// The community that a command speaks of; `nil` where the database holds just one.
    public let community: String?
    /// Who acts.
    public let staff: String
    public let now: @Sendable () -> Instant
    /// Told how far long work is: what is counted, how many are done, of how many (0: unknown).
    public let progress: @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void

    public init(
        store: Store, evidence: String, templates: String, community: String?, staff: String,
        now: @escaping @Sendable () -> Instant,
        progress: @escaping @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
    ) {
        self.store = store
        self.evidence = evidence
        self.templates = templates
        self.community = community
        self.staff = staff
        self.now = now
        self.progress = progress
    }
}
