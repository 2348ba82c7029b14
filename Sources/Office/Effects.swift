public import Primitives
public import SQLiteStore

/// Everything impure that an act of the office uses, listed once.
public struct Effects: Sendable {
    public let store: Store
    /// The folder beside the database in which files are kept by their SHA-256.
    public let evidence: String
    /// The file of the key for personal fields, outside the database (`FieldKey`).
    public let fieldKeyFile: String
    /// The folder of templates for notices.
    public let templates: String
    /// The community that a command speaks of; `nil` where the database holds just one.
    public let community: String?
    /// Who acts.
    public let staff: String
    /// This machine's name, for mail servers and other machines.
    public let hostName: String
    public let now: @Sendable () -> Instant
    /// Waits.
    public let pause: @Sendable (_ milliseconds: Int) -> Void
    /// Figures that somebody counts anew at the moment may be those that stood after this change
    /// (`changeCount`), or a later one; `nil`: always as they stand now.
    public private(set) var oldestChange: Int?
    /// Told how far long work is: what is counted, how many are done, of how many (0: unknown).
    public let progress: @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void

    /// - Parameter fieldKeyFile: default: beside the database.
    public init(
        store: Store, evidence: String, fieldKeyFile: String? = nil, templates: String,
        community: String?, staff: String, hostName: String, now: @escaping @Sendable () -> Instant,
        pause: @escaping @Sendable (_ milliseconds: Int) -> Void,
        progress: @escaping @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
    ) {
        self.store = store
        self.evidence = evidence
        self.fieldKeyFile = fieldKeyFile ?? store.path + ".key"
        self.templates = templates
        self.community = community
        self.staff = staff
        self.hostName = hostName
        self.now = now
        self.pause = pause
        self.progress = progress
    }
}

extension Effects {
    /// The same, in the name of somebody and in one community.
    public func acting(as staff: String, in community: String) -> Effects {
        copy(store: store, community: community, staff: staff)
    }

    /// The same, where the form takes effect once.
    public func taking(_ form: FormUse) -> Effects {
        copy(store: store.taking(form), community: community, staff: staff)
    }

    /// The same, where others are told how far work is.
    func telling(
        _ progress: @escaping @Sendable (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
    ) -> Effects {
        Effects(
            store: store, evidence: evidence, fieldKeyFile: fieldKeyFile, templates: templates,
            community: community, staff: staff, hostName: hostName, now: now, pause: pause,
            progress: progress)
    }

    /// The same, for whoever knows of no change after this one: he need not wait for figures that
    /// are being counted anew.
    public func knowing(change: Int) -> Effects {
        var effects = self
        effects.oldestChange = change
        return effects
    }

    private func copy(store: Store, community: String?, staff: String) -> Effects {
        Effects(
            store: store, evidence: evidence, fieldKeyFile: fieldKeyFile, templates: templates,
            community: community, staff: staff, hostName: hostName, now: now, pause: pause,
            progress: progress)
    }
}
