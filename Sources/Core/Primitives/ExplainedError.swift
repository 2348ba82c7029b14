/// An error that tells staff what was asked, what is true, and what to do.
public protocol ExplainedError: Error {
    var message: Bilingual { get }
    /// Whether the words were off (what was named is not there, or is written wrongly), rather than
    /// a rule against it.
    var isBadInput: Bool { get }
}

extension ExplainedError {
    public var isBadInput: Bool { false }
}
