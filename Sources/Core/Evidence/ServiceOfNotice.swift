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

    /// What a policy may list under `limitation.accept`: the ways whose grade can be D, and `D` for
    /// all of them.
    public static let acceptable =
        ServiceWay.allCases.filter(\.mayBeD).map(\.rawValue) + [ProofGrade.d.rawValue]

    /// Whether a service of this grade interrupts limitation and so proves the demand: A to C, and
    /// D where the contract agreed to its way.
    ///
    /// - Parameter accepted: what the policy lists under `limitation.accept`: ways of grade D, or
    ///   `D` for all of them.
    public func proves(_ how: ServiceWay, accepting accepted: some Sequence<String>) -> Bool {
        if self <= .c { return true }
        return self == .d && (accepted.contains(how.rawValue) || accepted.contains(rawValue))
    }
}

/// Who signed.
public struct Signer: Hashable, Sendable {
    /// Empty where the owner signed and just one is registered.
    public let name: String
    public let relation: SignerRelation

    public init(name: String, relation: SignerRelation) {
        self.name = name
        self.relation = relation
    }
}

/// A file or text that is kept with a service.
public struct Proof: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case file(EvidenceFileID)
        /// What another program said, word for word.
        case text(String)
    }

    /// One file may show several things.
    public let kinds: [ProofKind]
    public let content: Content

    public init(_ kinds: [ProofKind], _ content: Content) {
        self.kinds = kinds
        self.content = content
    }
}

/// How, when and by whom a notice reached the owner, with what proves it. A fact: a mistaken one is
/// withdrawn by another.
public struct ServiceOfNotice: Hashable, Sendable {
    public let notice: NoticeID
    public let how: ServiceWay
    /// On which it arrived.
    public let date: CivilDate
    /// One name, or two.
    public let staff: [String]
    public var signer: Signer?
    /// The signer ticked that the debt is acknowledged, not only that the notice was received.
    public var acknowledges = false
    /// An owner of the account agreed to this way, or the address is verified.
    public var isAgreed = false
    /// To which it went: mail address, number; empty where there is none.
    public var address = ""
    public var note = ""
    public var proofs: [Proof] = []
    /// The mail whose acceptance this is.
    public var message: MessageID?

    public init(of notice: NoticeID, how: ServiceWay, on date: CivilDate, staff: [String]) {
        self.notice = notice
        self.how = how
        self.date = date
        self.staff = staff
    }

    /// By the table of SPEC.md 8. What is not proven as its way asks is E; only the owner's page
    /// stays D without a code.
    public var grade: ProofGrade {
        switch how {
        case .signedOwner, .signedHousehold, .signedAgent:
            guard let signer, how.signers.contains(signer.relation) else { return .e }
            return acknowledges ? .a : .b
        case .notarised, .registered:
            return has(how.proofs) ? .c : .e
        case .email, .sms, .fax:
            return isAgreed && (has([.reply]) || has([.report])) ? .d : .e
        case .mailbox:
            return isAgreed && has(how.proofs) ? .d : .e
        case .leftWitnessed:
            return Set(staff).count >= 2 && has(how.proofs) ? .d : .e
        case .posted, .phone, .visit:
            return .e
        case .page:
            guard isAgreed, has(how.proofs) else { return .d }
            return acknowledges ? .a : .b
        }
    }

    /// Proofs that the way still lacks.
    public var missingProofs: [ProofKind] { how.proofs.filter { !has([$0]) } }

    private func has(_ kinds: [ProofKind]) -> Bool {
        kinds.allSatisfy { kind in proofs.contains { $0.kinds.contains(kind) } }
    }
}

public enum ServiceSubject: Sendable {}
public enum EvidenceFileSubject: Sendable {}

public typealias ServiceID = ID<ServiceSubject>
public typealias EvidenceFileID = ID<EvidenceFileSubject>
