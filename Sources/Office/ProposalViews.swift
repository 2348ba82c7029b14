import Casework
public import Primitives
public import SQLiteStore

/// A proposal in the list of those who may see it.
public struct ListedProposal: Sendable {
    public let recorded: Session.RecordedProposal
    /// Of the account's owners.
    public let names: [String]
    /// Whether the person asked for may decide it now: a manager who did not propose it.
    public let mayBeDecided: Bool
}

/// All proposals of a day by `asOf`, the latest first; relief in hardship only for managers and its
/// case's staff.
///
/// - Parameter name: who looks.
public func proposals(
    asOf: CivilDate, shownTo name: String, effects: Effects
) throws -> [ListedProposal] {
    let cases = Set(
        try hardshipCases(asOf: asOf, shownTo: name, effects: effects).map(\.row.number))
    return try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let names = try session.ownerNames(of: context.id)
        let isManager = user(name, among: try session.users(of: context.id))?.role == .manager
        let all = try session.proposals(of: context.id, asOf: asOf, isOpen: false)
        return all.reversed().compactMap { recorded in
            if let number = recorded.proposal.hardshipCase, !cases.contains(number) { return nil }
            return ListedProposal(
                recorded: recorded,
                names: recorded.owners.split(separator: ";").map { names[String($0)] ?? "" },
                mayBeDecided: recorded.approval == nil && isManager
                    && !isSamePerson(recorded.proposal.by, name))
        }
    }
}
