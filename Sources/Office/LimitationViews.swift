import Dunning
import Evidence
public import FeeLedger
public import Primitives
public import SQLiteStore

/// Each charge with open principal and its limitation clock (SPEC.md 8, 10), by last day, then
/// unit, item, period.
///
/// - Parameter warning: only those whose last day is yet to come, and within `warn_days`.
/// - Returns: how many of all charges have lapsed by the date.
public func forEachLimitation(
    asOf: CivilDate, warning: Bool, effects: Effects,
    _ body: (Session.LimitationRow) throws -> Void
) throws -> Int {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var lapsed = 0
        try session.beginLimitationList()
        try context.forEachOpenClock(asOf: asOf, in: session) { clock in
            if clock.daysLeft < 0 { lapsed += 1 }
            if warning, !clock.isAboutToLapse(under: context.policy.limitation) { return }
            try session.add(clock.row)
        }
        try session.forEachLimitationRow(body)
        return lapsed
    }
}

/// A charge that a court could read as paid: a later period of the same item was paid, and between
/// its due date and that payment nothing shows that it was asked for, or owed.
public struct LimitationGap: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    public let charge: Charge
    public let principalOpen: Money
    /// The latest period of the item that was paid, and on which day.
    public let paidPeriod: Period
    public let paidOn: CivilDate
    /// Notices in between that list the charge, and whose service is not proven: a proof that is
    /// still found closes the gap.
    public let unprovenNotices: Int
}

/// Every gap as of the date, by unit, item, period.
public func forEachLimitationGap(
    asOf: CivilDate, effects: Effects, _ body: (LimitationGap) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try context.forEachChunk(of: .community(context.id), scope: .all, in: session) { chunk in
            let events = try LimitationEvents(of: chunk, context.policy, asOf: asOf, in: session)
            let owners = try session.owners(of: chunk)
            let listings = try session.listings(of: chunk, asOf: asOf)
            for unit in chunk.units {
                let gaps = unit.accounts.flatMap { book in
                    book.gaps(asOf: asOf, events).map { gap in
                        let listed = (listings[unit.unit.id] ?? []).filter {
                            $0.charge == gap.charge.charge.key && gap.charge.charge.due < $0.asOf
                                && $0.asOf <= gap.paidOn
                        }
                        return LimitationGap(
                            unit: unit.unit.code, owners: book.ownerCodes(owners),
                            charge: gap.charge.charge,
                            principalOpen: gap.charge.principalOpen(asOf: asOf),
                            paidPeriod: gap.paidPeriod, paidOn: gap.paidOn,
                            unprovenNotices: listed.count)
                    }
                }
                try gaps.sorted { $0.isListed(before: $1) }.forEach(body)
            }
        }
    }
}

extension LimitationGap {
    fileprivate func isListed(before other: LimitationGap) -> Bool {
        charge.item.code == other.charge.item.code
            ? charge.period < other.charge.period
            : inByteOrder(charge.item.code, other.charge.item.code)
    }
}

// MARK: - One charge

/// One charge with open principal, and how long its claim can still be brought.
struct OpenClock {
    let unit: Unit
    let account: Account
    /// Codes of the account's owners, joined by `;`.
    let owners: String
    let charge: Charge
    let principalOpen: Money
    let clock: LimitationClock
    let asOf: CivilDate

    /// 0 on the last day; negative once lapsed.
    var daysLeft: Int { clock.lastDay - asOf }

    func isAboutToLapse(under terms: LimitationTerms) -> Bool {
        (0...terms.warnDays).contains(daysLeft)
    }

    var row: Session.LimitationRow {
        Session.LimitationRow(
            unit: unit.code, owners: owners, item: charge.item.code, period: charge.period,
            due: charge.due, principalOpen: principalOpen, lastDay: clock.lastDay,
            restsOn: clock.event?.kind.name ?? "due", grade: clock.event?.kind.grade ?? "")
    }
}

extension CommunityContext {
    /// Each charge with open principal as of the date, unit by unit in key order.
    func forEachOpenClock(
        asOf: CivilDate, in session: Session, _ body: (OpenClock) throws -> Void
    ) throws {
        let scope = ChargeScope.open(asOf: asOf)
        try forEachChunk(of: .community(id), scope: scope, in: session) { chunk in
            try openClocks(of: chunk, asOf: asOf, in: session).forEach(body)
        }
    }

    func openClocks(
        of chunk: UnitChunk, asOf: CivilDate, in session: Session
    ) throws -> [OpenClock] {
        let events = try LimitationEvents(of: chunk, policy, asOf: asOf, in: session)
        let owners = try session.owners(of: chunk)
        return chunk.units.flatMap { unit in
            unit.accounts.flatMap { book in
                book.charges.compactMap { charge -> OpenClock? in
                    let open = charge.principalOpen(asOf: asOf)
                    guard charge.counts(asOf: asOf), open > .zero else { return nil }
                    return OpenClock(
                        unit: unit.unit, account: book.account, owners: book.ownerCodes(owners),
                        charge: charge.charge, principalOpen: open,
                        clock: events.clock(of: charge, unit: unit.unit.id), asOf: asOf)
                }
            }
        }
    }
}

extension AccountBook {
    /// Joined by `;`.
    func ownerCodes(_ owners: [ID<Owner>: Owner]) -> String {
        account.owners.compactMap { owners[$0]?.code }.joined(separator: ";")
    }

    /// Open charges, each with the latest later period of its item that was paid, where nothing in
    /// between starts the clock anew.
    func gaps(
        asOf: CivilDate, _ events: LimitationEvents
    ) -> [(charge: ChargeBook, paidPeriod: Period, paidOn: CivilDate)] {
        let counted = charges.filter { $0.counts(asOf: asOf) }
        return counted.filter { $0.principalOpen(asOf: asOf) > .zero }.compactMap { charge in
            let later = counted.compactMap { other -> (period: Period, paidOn: CivilDate)? in
                guard other.charge.item == charge.charge.item,
                    other.charge.period > charge.charge.period,
                    other.principalOpen(asOf: asOf) == .zero
                else { return nil }
                return other.allocations(asOf: asOf).map(\.date).max().map {
                    (other.charge.period, $0)
                }
            }
            guard let paid = later.max(by: { ($0.paidOn, $0.period) < ($1.paidOn, $1.period) })
            else { return nil }
            let isShownOwed = events.events(of: charge, unit: account.unit).contains {
                charge.charge.due < $0.date && $0.date <= paid.paidOn && $0.kind.isProof
            }
            return isShownOwed ? nil : (charge, paid.period, paid.paidOn)
        }
    }
}

// MARK: - Events

/// What may start the clocks of a chunk's charges anew, by the date of the view.
struct LimitationEvents {
    private let asOf: CivilDate
    private let terms: LimitationTerms
    private let valueDates: [PaymentID: CivilDate]
    private let served: [ID<Unit>: [ChargeKey: [LimitationEvent]]]
    private let planned: [ID<Unit>: [ChargeKey: [LimitationEvent]]]
    private let promised: [ID<Unit>: [ChargeKey: [LimitationEvent]]]

    init(
        of chunk: UnitChunk, _ policy: CommunityPolicy, asOf: CivilDate, in session: Session
    ) throws {
        self.asOf = asOf
        terms = policy.limitation
        valueDates = try session.valueDates(of: chunk)
        planned = chunk.planEvents(asOf: asOf)
        promised = chunk.covered(by: try session.promises(of: chunk, asOf: asOf))
        let accepted = terms.accept
        served = try session.servedCharges(of: chunk, asOf: asOf).mapValues { charges in
            Dictionary(grouping: charges, by: \.charge).mapValues { services in
                services.map { service in
                    let isAccepted = service.grade.proves(service.how, accepting: accepted)
                    return LimitationEvent(
                        date: service.date, kind: .service(service.grade, isAccepted: isAccepted))
                }
            }
        }
    }

    func clock(of charge: ChargeBook, unit: ID<Unit>) -> LimitationClock {
        LimitationClock(
            due: charge.charge.due, years: terms.years, events: events(of: charge, unit: unit),
            asOf: asOf)
    }

    /// A payment counts on the day on which it came. Credit that meets a principal later is the
    /// office's doing, and no act of the owner's.
    func events(of charge: ChargeBook, unit: ID<Unit>) -> [LimitationEvent] {
        let payments = charge.allocations(asOf: asOf).compactMap { entry -> LimitationEvent? in
            guard case .payment(let payment) = entry.source, valueDates[payment] == entry.date
            else { return nil }
            return LimitationEvent(date: entry.date, kind: .payment)
        }
        return payments + (served[unit]?[charge.charge.key] ?? [])
            + (planned[unit]?[charge.charge.key] ?? [])
            + (promised[unit]?[charge.charge.key] ?? [])
    }
}

extension LimitationEvent.Kind {
    /// `rests_on` in SPEC.md 10.
    var name: String {
        switch self {
        case .service: "service"
        case .payment: "payment"
        case .promise: "promise"
        case .plan: "plan"
        }
    }

    /// Of a service; else empty.
    var grade: String {
        if case .service(let grade, _) = self { grade.rawValue } else { "" }
    }

    /// Whether it shows before a court that the charge was asked for, or owed.
    fileprivate var isProof: Bool {
        if case .service(_, let isAccepted) = self { isAccepted } else { true }
    }
}
