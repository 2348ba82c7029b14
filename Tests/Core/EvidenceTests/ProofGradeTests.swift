import Evidence
import Primitives
import Testing

/// The table of SPEC.md 8, with each proof there, and each one missing.
@Suite struct `Proof grade of a service` {
    struct Case: Sendable {
        let how: ServiceWay
        var staff = ["王"]
        var relation: SignerRelation?
        var acknowledges = false
        var isAgreed = false
        var proofs: [ProofKind] = []
        let grade: ProofGrade
    }

    @Test func `D is within reach of the ways that a policy may accept, and of no other`() {
        let reached = Set((Self.signed + Self.others).filter { $0.grade == .d }.map(\.how))
        #expect(reached == Set(ServiceWay.allCases.filter(\.mayBeD)))
        #expect(
            ProofGrade.acceptable == [
                "email", "sms", "fax", "mailbox", "left_witnessed", "page", "D",
            ])
    }

    static let signed: [Case] = [
        Case(how: .signedOwner, relation: .owner, acknowledges: true, grade: .a),
        Case(how: .signedOwner, relation: .owner, grade: .b),
        Case(how: .signedOwner, relation: .legalRepresentative, grade: .b),
        Case(how: .signedOwner, relation: .spouse, acknowledges: true, grade: .e),
        Case(how: .signedOwner, grade: .e),
        Case(how: .signedHousehold, relation: .spouse, acknowledges: true, grade: .a),
        Case(how: .signedHousehold, relation: .adultChild, grade: .b),
        Case(how: .signedHousehold, relation: .owner, grade: .e),
        Case(how: .signedHousehold, relation: .agent, acknowledges: true, grade: .e),
        Case(how: .signedAgent, relation: .attorney, acknowledges: true, grade: .a),
        Case(how: .signedAgent, relation: .receivingClerk, grade: .b),
        Case(how: .signedAgent, relation: .parent, grade: .e),
    ]

    static let others: [Case] = [
        Case(how: .notarised, proofs: [.deed], grade: .c),
        Case(how: .notarised, proofs: [.photo], grade: .e),
        Case(how: .registered, proofs: [.stub, .content, .track], grade: .c),
        Case(how: .registered, proofs: [.content, .track], grade: .e),
        Case(how: .registered, proofs: [.stub, .track], grade: .e),
        Case(how: .registered, proofs: [.stub, .content], grade: .e),
        Case(how: .registered, isAgreed: true, grade: .e),
        Case(how: .email, isAgreed: true, proofs: [.reply], grade: .d),
        Case(how: .email, isAgreed: true, grade: .e),
        Case(how: .email, proofs: [.reply], grade: .e),
        Case(how: .sms, isAgreed: true, proofs: [.report], grade: .d),
        Case(how: .sms, proofs: [.report], grade: .e),
        Case(how: .fax, isAgreed: true, proofs: [.report], grade: .d),
        Case(how: .fax, isAgreed: true, proofs: [.photo], grade: .e),
        Case(how: .mailbox, isAgreed: true, proofs: [.photo], grade: .d),
        Case(how: .mailbox, proofs: [.photo], grade: .e),
        Case(how: .mailbox, isAgreed: true, grade: .e),
        Case(how: .leftWitnessed, staff: ["王", "李"], proofs: [.photo], grade: .d),
        Case(how: .leftWitnessed, staff: ["王"], proofs: [.photo], grade: .e),
        Case(how: .leftWitnessed, staff: ["王", "王"], proofs: [.photo], grade: .e),
        Case(how: .leftWitnessed, staff: ["王", "李"], grade: .e),
        Case(how: .posted, isAgreed: true, proofs: [.photo], grade: .e),
        Case(how: .posted, grade: .e),
        Case(how: .phone, isAgreed: true, grade: .e),
        Case(how: .visit, staff: ["王", "李"], proofs: [.photo], grade: .e),
        Case(how: .page, acknowledges: true, isAgreed: true, proofs: [.code], grade: .a),
        Case(how: .page, isAgreed: true, proofs: [.code], grade: .b),
        Case(how: .page, acknowledges: true, isAgreed: true, grade: .d),
        Case(how: .page, acknowledges: true, proofs: [.code], grade: .d),
        Case(how: .page, grade: .d),
    ]

    @Test(arguments: signed + others)
    func `follows the table`(_ row: Case) {
        var service = ServiceOfNotice(
            of: ID(1), how: row.how, on: CivilDate("2026-11-21")!, staff: row.staff)
        service.signer = row.relation.map { Signer(name: "周启明", relation: $0) }
        service.acknowledges = row.acknowledges
        service.isAgreed = row.isAgreed
        service.proofs = row.proofs.map { Proof([$0], .text("250 OK")) }
        #expect(service.grade == row.grade, "\(row)")
    }

    /// A tick of the acknowledgement counts with a signature, or on the owner's own page.
    @Test func `is A for nothing but an acknowledged debt`() {
        let a = (Self.signed + Self.others).filter { $0.grade == .a }
        #expect(a.allSatisfy { $0.acknowledges && ($0.how.isSigned || $0.how == .page) })
        #expect(Set((Self.signed + Self.others).map(\.how)) == Set(ServiceWay.allCases))
    }

    @Test func `proves a demand from C on, and at D where the contract agreed to the way`() {
        #expect(ProofGrade.a < .b && ProofGrade.d < .e)
        #expect(ProofGrade.c.proves(.registered, accepting: []))
        #expect(!ProofGrade.d.proves(.email, accepting: ["mailbox"]))
        #expect(ProofGrade.d.proves(.email, accepting: ["mailbox", "email"]))
        #expect(!ProofGrade.e.proves(.email, accepting: ["email"]))
    }
}
