import Evidence
import Office
import Primitives
import Testing

@Suite struct `Errors of services and the chain` {
    /// In the order in which they are declared.
    static let table: [(EvidenceError, String)] = [
        (
            .tooManyStaff(names: ["王", "李", "赵"]),
            "One or two members of staff, not 3: 王, 李, 赵."
        ),
        (.emptyStaff, "A name of staff is empty. Say who served it: --by NAME."),
        (
            .noSigner(how: .signedAgent),
            "signed_agent needs the name of who signed: --signer NAME."
        ),
        (
            .noRelation(how: .signedAgent),
            "signed_agent needs what the signer is to the owner: --relation, one of agent, attorney, "
                + "legal_representative, receiving_clerk."
        ),
        (
            .unknownRelation(word: "保安"),
            "The signature of “保安” does not count, or it is not said that the person is of age. Those "
                + "count: owner, spouse, parent, grandparent, adult_child, adult_relative, agent, attorney, "
                + "legal_representative, receiving_clerk. Children, guards, neighbours and visitors do not: "
                + "record another way of service."
        ),
        (
            .relationDoesNotCount(how: .signedOwner, relation: .attorney),
            "signed_owner is signed by owner, legal_representative. Where attorney signed, use --how "
                + "signed_agent."
        ),
        (
            .nobodySigns(how: .phone),
            "Nobody signs in the way phone. If somebody did, use signed_owner, signed_household or "
                + "signed_agent."
        ),
        (
            .nobodyAcknowledges(how: .email),
            "The debt cannot be acknowledged in the way email: that takes a signature, or the owner's own "
                + "page."
        ),
        (
            .beforeNotice(
                number: "FL-202611-00001-1", asOf: CivilDate("2026-11-21")!,
                on: CivilDate("2026-11-20")!),
            "Notice FL-202611-00001-1 is of 2026-11-21; it cannot have been served on 2026-11-20. Check the "
                + "date."
        ),
        (.unknownService(id: 9), "There is no service 9. See dunwell service list."),
        (.withdrawnAlready(id: 9), "Service 9 was withdrawn already."),
        (.reasonMissing, "Say why: --reason TEXT."),
        (
            .unknownProof(word: "seal"),
            "“seal” is no kind of proof. Known: receipt, photo, stub, content, track, deed, reply, report, "
                + "authority, original, other."
        ),
        (.noFile(path: "x.jpg"), "There is no file x.jpg. Check the path."),
        (
            .emptyFile(path: "x.jpg"),
            "The file x.jpg is empty and proves nothing. Take the picture or scan again."
        ),
        (
            .sameFile(path: "y.jpg", as: "x.jpg"),
            "y.jpg and x.jpg are the same file. If it shows several things, give it once: --file "
                + "stub+content=x.jpg; if not, name the other file."
        ),
        (
            .noAnchor(source: "x.txt"),
            "There is no head of a chain in x.txt: 64 hexadecimal digits."
        ),
        (.nothingToStamp, "The chain is empty: there is nothing to stamp yet."),
    ]

    @Test func `say what was asked, what is true, and what to do`() {
        for (error, english) in Self.table {
            #expect(error.message.en == english)
            #expect(error.message.zh.hasSuffix("。"), "\(error.message.zh)")
        }
        let rules = Self.table.map(\.0).filter { !$0.isBadInput }
        #expect(rules.count == 4, "refused by a rule, status 1: \(rules)")
    }
}
