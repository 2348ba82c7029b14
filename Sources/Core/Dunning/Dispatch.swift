public import FeeLedger
public import Primitives

/// How a notice goes out: which messages, letter and task are made for it (SPEC.md 7).
public struct Dispatch: Hashable, Sendable {
    /// Owners who get a message each, in the order of the account's owners.
    public let emails: [ID<Owner>]
    /// How the account's one letter goes out; `nil`: no letter.
    public let letter: Channel?
    /// Phone or fax: one task for staff.
    public let task: Channel?

    /// - Parameters:
    ///   - channels: those of the stage, or for bills, in order of preference.
    ///   - unreachable: owners to whose email address mail came back: they get none, and the notice
    ///     goes by paper too, whatever else goes out.
    public init(channels: [Channel], owners: [Owner], unreachable: Set<ID<Owner>> = []) {
        let agreed = channels.filter { channel in
            owners.contains { $0.channels.contains(channel) }
        }
        let byEmail =
            agreed.contains(.email)
            ? owners.filter { $0.channels.contains(.email) && !$0.email.isEmpty }.map(\.id) : []
        let emails = byEmail.filter { !unreachable.contains($0) }
        let letter = agreed.first { [.mailbox, .hand, .registered].contains($0) }
        let task = agreed.first { [.phone, .fax].contains($0) }
        let isUnreached = emails.count < byEmail.count
        let nothing = isUnreached || emails.isEmpty && task == nil
        self.emails = emails
        self.letter = letter ?? (nothing ? .mailbox : nil)
        self.task = task
    }

    /// The channels that are used.
    public var channels: [Channel] {
        (emails.isEmpty ? [] : [.email]) + [letter, task].compactMap { $0 }
    }
}
