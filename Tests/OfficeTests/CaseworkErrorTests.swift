import Casework
import Office
import Primitives
import Testing

/// Each in the order in which it is declared, with whether the words were off (status 2) or a rule
/// speaks against it (status 1).
@Suite struct `Errors of promises, contacts, court and holds` {
    private static let one = CivilDate("2026-11-21")!
    private static let other = CivilDate("2026-11-20")!

    private static let promises: [(PromiseError, String)] = [
        (.nothingPromised(amount: .zero), "A promise is of more than 0, not 0.00."),
        (
            .endsBefore(until: other, on: one),
            "The promised day, 2026-11-20, lies before 2026-11-21, on which it was promised. Check "
                + "--until and --on."
        ),
        (
            .unknownPromise(number: 7),
            "There is no promise 7, or it was withdrawn. Entering the same promise again shows its "
                + "number."
        ),
        (.reasonMissing, "Say why: --reason TEXT."),
    ]

    private static let contacts: [(ContactError, String, Bool)] = [
        (
            .visitAlone(names: ["王"]),
            "A visit takes two people, and this names 王 alone: nothing is recorded. Give two different "
                + "names: --by WANG LI. If one went alone, tell the manager.", false
        ),
        (
            .tooManyStaff(names: ["王", "李", "赵"]),
            "One or two members of staff, not 3: 王, 李, 赵.", true
        ),
        (.noStaff, "Say who it was: --by NAME.", true),
        (
            .nobodyNamed,
            "Say whom you spoke to: --with NAME. Where nobody was reached: --relation none.", true
        ),
        (.noNote, "Say what was said: --note TEXT.", true),
        (
            .nextBefore(next: other, on: one),
            "The next step's date, 2026-11-20, lies before the contact, 2026-11-21. Check --next.",
            true
        ),
        (.unknownContact(number: 7), "There is no contact 7. See dunwell contact list.", true),
        (
            .correctedAlready(number: 7, by: 8),
            "Contact 7 was corrected already, by 8. Correct that one.", false
        ),
        (
            .unknownComplaint(number: 7), "There is no complaint 7. See dunwell complaint list.",
            true
        ),
        (.answeredAlready(number: 7), "Complaint 7 was answered already.", false),
        (
            .answeredBefore(number: 7, made: one, on: other),
            "Complaint 7 was made on 2026-11-21; it cannot have been answered on 2026-11-20. Check the "
                + "date.", true
        ),
        (.noAnswer, "Say what was answered: --text TEXT.", true),
    ]

    private static let court: [(CourtError, String, Bool)] = [
        (
            .notApproved(unit: "1-101", on: one),
            "On 2026-11-21 no manager had approved going to court over 1-101, or it was ended. Propose "
                + "it first (dunwell court propose); a manager decides.", false
        ),
        (
            .inHardship(unit: "1-101", on: one),
            "On 2026-11-21 1-101 is in hardship, and is not taken to court. Only --stage ended can be "
                + "recorded.", false
        ),
        (
            .backwards(stage: .lawyersLetter, last: .filed),
            "The case is at “filed” and cannot go back to “lawyer's letter”. If that was a mistake: "
                + "dunwell court withdraw.", false
        ),
        (
            .before(on: other, last: one),
            "2026-11-20 lies before the last step, of 2026-11-21. Check the date.", false
        ),
        (.negativeCost(cost: Money(fen: -1)), "A cost is not below 0: -0.01.", true),
        (
            .unknownStep(number: 7),
            "There is no court step 7, or it was withdrawn. See dunwell court steps.", true
        ),
        (.notTheLast(number: 7), "Steps follow step 7. Withdraw those first.", false),
        (.reasonMissing, "Say why: --reason TEXT.", true),
    ]

    private static let holds: [(HoldError, String)] = [
        (
            .unknownHold(unit: "1-101", reason: .disputed, from: one),
            "The register has no hold of 1-101 for disputed from 2026-11-21. One that follows from a "
                + "promise, plan, death, court case or hardship case ends with that. See dunwell hold list."
        ),
        (
            .endsBefore(to: other, from: one),
            "The end, 2026-11-20, lies before the first day, 2026-11-21. Check it."
        ),
        (
            .longer(to: one, entered: other),
            "It was entered up to 2026-11-20 and cannot be ended on 2026-11-21, later. Enter another hold "
                + "from 2026-11-21 on."
        ),
    ]

    @Test func `say what was asked, what is true, and what to do`() {
        for (error, text) in Self.promises { check(error, text, true) }
        for (error, text, isBadInput) in Self.contacts { check(error, text, isBadInput) }
        for (error, text, isBadInput) in Self.court { check(error, text, isBadInput) }
        for (error, text) in Self.holds { check(error, text, true) }
        check(
            HoldError.endsBeforeRun(to: Self.other, run: Self.one),
            "The end, 2026-11-20, lies before the last run, as of 2026-11-21, which went by the hold. A "
                + "hold cannot end before 2026-11-21.", false)
    }

    private func check(_ error: some ExplainedError, _ text: String, _ isBadInput: Bool) {
        #expect(error.message.en == text)
        #expect(!error.message.zh.isEmpty && error.message.zh != text)
        #expect(error.isBadInput == isBadInput, "\(error)")
    }
}
