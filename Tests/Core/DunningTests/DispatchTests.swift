import Dunning
import FeeLedger
import Primitives
import Testing

private struct DispatchRow: Sendable {
    /// Of the stage, in order.
    let stage: [Channel]
    /// What each owner agreed to; an owner of `mailless` has no address.
    let agreed: [Set<Channel>]
    var mailless: Set<Int> = []
    /// Owners from whose address mail came back.
    var unreachable: Set<Int> = []
    /// Owners who get a message, then letter, then task.
    let emails: [Int]
    let letter: Channel?
    let task: Channel?
}

private let formal: [Channel] = [.hand, .registered, .email]
private let bill: [Channel] = [.email, .mailbox]
private let late: [Channel] = [.email, .mailbox, .phone]

private let mixes: [DispatchRow] = [
    .init(stage: bill, agreed: [[.email]], emails: [0], letter: nil, task: nil),
    .init(stage: bill, agreed: [[.mailbox]], emails: [], letter: .mailbox, task: nil),
    .init(stage: bill, agreed: [[.email, .mailbox]], emails: [0], letter: .mailbox, task: nil),
    // Co-owners: a message each, one letter for the account.
    .init(stage: bill, agreed: [[.email], [.email]], emails: [0, 1], letter: nil, task: nil),
    .init(stage: bill, agreed: [[.email], [.mailbox]], emails: [0], letter: .mailbox, task: nil),
    .init(
        stage: bill, agreed: [[.email], [.email]], mailless: [0], emails: [1], letter: nil,
        task: nil),
    // Nothing comes of it: one letter for the mailbox.
    .init(stage: bill, agreed: [[]], emails: [], letter: .mailbox, task: nil),
    .init(stage: bill, agreed: [], emails: [], letter: .mailbox, task: nil),
    .init(stage: bill, agreed: [[.hand, .phone]], emails: [], letter: .mailbox, task: nil),
    .init(stage: bill, agreed: [[.email]], mailless: [0], emails: [], letter: .mailbox, task: nil),
    .init(stage: [], agreed: [[.email, .hand]], emails: [], letter: .mailbox, task: nil),
    .init(stage: [.email], agreed: [[.mailbox]], emails: [], letter: .mailbox, task: nil),
    // The first of the stage's list that any owner agreed to.
    .init(stage: formal, agreed: [[.registered, .hand]], emails: [], letter: .hand, task: nil),
    .init(stage: formal, agreed: [[.registered], [.hand]], emails: [], letter: .hand, task: nil),
    .init(stage: formal, agreed: [[.registered]], emails: [], letter: .registered, task: nil),
    .init(
        stage: [.registered, .hand], agreed: [[.hand, .registered]], emails: [],
        letter: .registered, task: nil),
    .init(stage: formal, agreed: [[.mailbox, .email]], emails: [0], letter: nil, task: nil),
    .init(stage: formal, agreed: [[.mailbox]], emails: [], letter: .mailbox, task: nil),
    // One task, phone or fax; it is enough.
    .init(stage: late, agreed: [[.phone]], emails: [], letter: nil, task: .phone),
    .init(
        stage: late, agreed: [[.phone, .email, .mailbox, .fax]], emails: [0], letter: .mailbox,
        task: .phone),
    .init(stage: [.fax, .phone], agreed: [[.phone], [.fax]], emails: [], letter: nil, task: .fax),
    .init(
        stage: late, agreed: [[.email, .phone]], mailless: [0], emails: [], letter: nil,
        task: .phone),
    // Mail came back: on paper too, whatever else goes out; a letter that goes anyway is enough.
    .init(
        stage: bill, agreed: [[.email]], unreachable: [0], emails: [], letter: .mailbox, task: nil),
    .init(
        stage: bill, agreed: [[.email], [.email]], unreachable: [1], emails: [0],
        letter: .mailbox, task: nil),
    .init(
        stage: late, agreed: [[.email, .phone]], unreachable: [0], emails: [], letter: .mailbox,
        task: .phone),
    .init(
        stage: formal, agreed: [[.email, .hand]], unreachable: [0], emails: [], letter: .hand,
        task: nil),
    // What would not have gone by mail is not changed by it.
    .init(
        stage: [.phone], agreed: [[.email, .phone]], unreachable: [0], emails: [], letter: nil,
        task: .phone),
    .init(
        stage: late, agreed: [[.phone], [.email]], unreachable: [0], emails: [1], letter: nil,
        task: .phone),
]

@Suite struct Dispatches {
    @Test(arguments: mixes)
    private func `a notice goes out by what the stage names and an owner agreed to`(
        row: DispatchRow
    ) {
        let owners = row.agreed.enumerated().map { number, channels in
            Owner(
                id: ID(number), code: "O\(number)", name: "周启明", phone: "5550 0100",
                email: row.mailless.contains(number) ? "" : "o\(number)@example.com", address: "",
                channels: channels, language: .zh)
        }
        let dispatch = Dispatch(
            channels: row.stage, owners: owners, unreachable: Set(row.unreachable.map { ID($0) }))
        #expect(dispatch.emails.map(\.number) == row.emails)
        #expect(dispatch.letter == row.letter)
        #expect(dispatch.task == row.task)
        let used =
            (row.emails.isEmpty ? [] : [Channel.email])
            + [row.letter, row.task].compactMap { $0 }
        #expect(dispatch.channels == used)
    }
}
