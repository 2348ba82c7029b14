import Dunning
public import Evidence
import FeeLedger
public import Primitives
import SQLiteStore

/// What recording a service would do, to be seen before anything is written.
public struct ServiceProposal: Sendable {
    public let grade: ProofGrade
    /// Whether it starts the limitation anew: A to C, and D in a way that the policy accepts.
    public let isProof: Bool
    /// Of the charges that the notice lists and that are still open.
    public let open: [Period]
    /// Of those whose limitation it would start anew.
    public let renewed: [Period]
    /// The last day on which those could be brought then, inclusive; `nil`: none starts anew.
    public let lastDay: CivilDate?
    /// The earliest last day of the open ones as the books stand; `nil`: none is open.
    public let lastDayBefore: CivilDate?
}

/// What recording the service would do, with all proofs that its way asks for: its grade, and which
/// claims could be brought until when.
///
/// - Parameter today: by the clock; a service after it is judged as of its own day.
/// - Throws: what recording it would throw.
public func proposal(
    for entry: ServiceEntry, today: CivilDate, effects: Effects
) throws -> ServiceProposal {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var service = try service(entry, context, in: session)
        service.proofs = [Proof(entry.how.proofs, .text(""))]
        let isProof = service.grade.proves(
            service.how, accepting: context.policy.limitation.accept)
        let event = LimitationEvent(
            date: service.date, kind: .service(service.grade, isAccepted: isProof))
        let clocks = try context.clocks(
            ofNotice: service.notice, with: event, asOf: max(today, service.date), in: session)
        let renewed = clocks.filter { $0.after != $0.before }
        return ServiceProposal(
            grade: service.grade, isProof: isProof,
            open: distinct(clocks.map(\.period)), renewed: distinct(renewed.map(\.period)),
            lastDay: renewed.map(\.after).min(), lastDayBefore: clocks.map(\.before).min())
    }
}

private func distinct(_ periods: [Period]) -> [Period] { Set(periods).sorted() }

extension CommunityContext {
    /// The last days of the open charges that the notice lists, without the event and with it.
    fileprivate func clocks(
        ofNotice id: NoticeID, with event: LimitationEvent, asOf: CivilDate, in session: Session
    ) throws -> [(period: Period, before: CivilDate, after: CivilDate)] {
        let listed = Set(try session.charges(listedBy: id))
        let unit = try session.frozenNotice(id).unit.id
        try session.begin(.unit(unit))
        guard
            let chunk = try session.chunk(
                after: 0, count: 1, scope: .all, items: items, policy: policy)
        else { return [] }
        let events = try LimitationEvents(of: chunk, policy, asOf: asOf, in: session)
        let years = policy.limitation.years
        return chunk.units.flatMap(\.accounts).flatMap(\.charges).filter { charge in
            listed.contains(charge.charge.key) && charge.counts(asOf: asOf)
                && charge.principalOpen(asOf: asOf) > .zero
        }.map { charge in
            let known = events.events(of: charge, unit: unit)
            func lastDay(_ events: [LimitationEvent]) -> CivilDate {
                LimitationClock(due: charge.charge.due, years: years, events: events, asOf: asOf)
                    .lastDay
            }
            return (charge.charge.period, lastDay(known), lastDay(known + [event]))
        }
    }
}
