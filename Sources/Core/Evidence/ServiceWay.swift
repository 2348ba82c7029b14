public import FeeLedger

/// A way in which a notice reaches its owner (SPEC.md 8).
public enum ServiceWay: String, Sendable, CaseIterable {
    case signedOwner = "signed_owner"
    case signedHousehold = "signed_household"
    case signedAgent = "signed_agent"
    case notarised
    case registered
    case email, sms, fax
    case mailbox
    case leftWitnessed = "left_witnessed"
    case posted, phone, visit
    /// The owner's own page.
    case page

    /// Whose signature counts in this way; empty where nobody signs.
    public var signers: Set<SignerRelation> {
        switch self {
        case .signedOwner: [.owner, .legalRepresentative]
        case .signedHousehold: [.spouse, .parent, .grandparent, .adultChild, .adultRelative]
        case .signedAgent: [.agent, .attorney, .legalRepresentative, .receivingClerk]
        default: []
        }
    }

    public var isSigned: Bool { !signers.isEmpty }

    /// The channel that an owner must have agreed to, where the way asks for that: a text message
    /// goes to the number agreed for calls; the owner's page is reached by the agreed mail address.
    public var agreedChannel: Channel? {
        switch self {
        case .email, .page: .email
        case .sms: .phone
        case .fax: .fax
        case .mailbox: .mailbox
        default: nil
        }
    }

    /// Whether its grade can be D (`ServiceOfNotice.grade`).
    public var mayBeD: Bool {
        switch self {
        case .email, .sms, .fax, .mailbox, .leftWitnessed, .page: true
        default: false
        }
    }

    /// What proves it, all of them, in the order in which staff would name the files.
    ///
    /// A signature is graded without a file; what is filed with it is its receipt.
    public var proofs: [ProofKind] {
        switch self {
        case .signedOwner, .signedHousehold, .signedAgent: [.receipt]
        case .notarised: [.deed]
        case .registered: [.stub, .content, .track]
        case .email: [.reply]
        case .sms, .fax: [.report]
        case .mailbox, .leftWitnessed, .posted: [.photo]
        case .page: [.code]
        case .phone, .visit: []
        }
    }
}

/// What a file or text shows that is kept with a service.
public enum ProofKind: String, Sendable, CaseIterable {
    /// The signed receipt stub.
    case receipt
    case photo
    /// Of registered mail: the post's receipt, what was inside, and the track to its delivery.
    case stub, content, track
    /// The notary's.
    case deed
    /// The mail server's, with its time and queue id.
    case reply
    /// The sender's of a fax or text message.
    case report
    /// That a code sent to the agreed address was entered. Only the program itself can know.
    case code
    /// An agent's.
    case authority
    /// The sheet or photo from which a receipt was cut.
    case original
    case other

    /// 回执 …
    public var chinese: String {
        switch self {
        case .receipt: "回执"
        case .photo: "照片"
        case .stub: "存根"
        case .content: "内件"
        case .track: "轨迹"
        case .deed: "公证书"
        case .reply: "邮件服务器的答复"
        case .report: "发送报告"
        case .code: "验证码"
        case .authority: "授权委托书"
        case .original: "扫描原件"
        case .other: "其他"
        }
    }
}

/// What a signer is to the owner: only persons whose signature counts (PRACTICE.md).
public enum SignerRelation: String, Sendable, CaseIterable {
    case owner
    case spouse, parent, grandparent
    case adultChild = "adult_child"
    /// Any other grown-up of the family who lives there.
    case adultRelative = "adult_relative"
    case agent, attorney
    /// Of a company: who acts for it by law; who takes in its mail.
    case legalRepresentative = "legal_representative"
    case receivingClerk = "receiving_clerk"
}
