import Synchronization

/// A form that a user posts, known by a token that was made with it: what it does is one effect,
/// however often it is posted, and by however many threads or processes at once.
///
/// The first act of the first transaction writes the token down with it; where it stands there
/// already, nothing of the transaction happens. Later transactions of the same request go on.
public final class FormUse: Sendable {
    public let token: String
    /// Whether a transaction that noted it is on the disk.
    private let isNoted = Mutex(false)

    /// - Parameter token: that nobody can guess.
    public init(token: String) { self.token = token }

    var needsNoting: Bool { isNoted.withLock { !$0 } }
    func wasUsed() { isNoted.withLock { $0 = true } }
}

extension Session {
    func noteFormUse(by act: ActID) throws {
        guard let form, !usesForm, form.needsNoting else { return }
        if try use(ofForm: form.token) != nil { throw StoreError.formUsed }
        try run(
            "INSERT INTO formUse (token, act) VALUES (?, ?)", [.text(form.token), .id(act)])
        usesForm = true
    }

    /// What a used form led to.
    public struct UsedForm: Hashable, Sendable {
        public let act: ActID
        /// The page that it led to; `nil` where that was not noted.
        public let location: String?
    }

    /// `nil` where the form of that token was not used.
    public func use(ofForm token: String) throws -> UsedForm? {
        try first("SELECT act, location FROM formUse WHERE token = ?", [.text(token)]) {
            UsedForm(act: $0.id(0), location: $0.optionalText(1))
        }
    }

    /// Notes to which page a used form led; the first one stays.
    public func keepLocation(_ location: String, ofForm token: String) throws {
        try run(
            "UPDATE formUse SET location = ? WHERE token = ? AND location IS NULL",
            [.text(location), .text(token)])
    }
}
