/// A row's number in the books, typed, so that a unit's cannot be passed for an account's.
public struct ID<Subject>: Hashable, Comparable, Sendable {
    public let number: Int
    public init(_ number: Int) { self.number = number }
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}

/// Subjects of `ID` that have no value type of their own in Core.
public enum CommunitySubject: Sendable {}
public enum NoticeSubject: Sendable {}
public enum MessageSubject: Sendable {}
public enum PaymentSubject: Sendable {}
public enum WaiverSubject: Sendable {}
public enum ConcessionSubject: Sendable {}
public enum ReversalSubject: Sendable {}

public typealias CommunityID = ID<CommunitySubject>
public typealias NoticeID = ID<NoticeSubject>
public typealias MessageID = ID<MessageSubject>
public typealias PaymentID = ID<PaymentSubject>
public typealias WaiverID = ID<WaiverSubject>
public typealias ConcessionID = ID<ConcessionSubject>
public typealias ReversalID = ID<ReversalSubject>

/// Byte order, the order of codes and references everywhere (SPEC.md 5, 10); Swift's own `<`
/// orders by Unicode, which differs outside ASCII.
public func inByteOrder(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
}
