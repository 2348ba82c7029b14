public import Primitives

/// How good a proof is before a court, A the best (SPEC.md 8).
public enum ProofGrade: String, Sendable, CaseIterable, Comparable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"
    case e = "E"

    /// Better stands before worse.
    public static func < (one: ProofGrade, other: ProofGrade) -> Bool {
        inByteOrder(one.rawValue, other.rawValue)
    }
}
