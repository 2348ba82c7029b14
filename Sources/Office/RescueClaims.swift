import Dunning
import Evidence
import FeeLedger
public import Primitives
import SQLiteStore

/// An account with charges about to lapse, and what became of it.
public struct RescueRow: Sendable {
    public enum Outcome: Sendable {
        /// A formal notice was given now: its letter is to be served.
        case noticed(number: String)
        /// A formal notice that lists what is about to lapse was given before: serve that one. Its
        /// letter was printed, or printed again.
        case noticedBefore(number: String)
        /// It has another notice for this very date, whose letter has no stub, and gets no second
        /// one: it is not saved, and is to be rescued as of another day.
        case otherNotice(number: String)
        /// Not to be chased: staff decide.
        case held(reasons: [String])
    }

    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    /// Of the charges about to lapse.
    public let charges: Int
    public let principalOpen: Money
    /// The first of their last days.
    public let lastDay: CivilDate
    public let outcome: Outcome
}

/// What a rescue did.
public struct RescueSummary: Sendable {
    /// By unit, then first day of the account.
    public let rows: [RescueRow]
    public let printed: PrintedLetters
    /// Where the templates in their folder are broken: what was used instead.
    public let keptTemplates: KeptTemplates?
}

/// Gives the formal notices that must be served now to save claims about to lapse: one to each
/// account with a charge whose last day is yet to come and within the policy's `warn_days`, unless
/// a hold of any kind is on it, or it has one already that may not be repeated yet. Each lists all
/// that is open. Then prints one letter with its stub for each of these accounts, whether its
/// notice was given now or before: a notice that went out by mail alone gets its letter now, and a
/// letter that was printed before, but not served, is printed again.
///
/// Made again for the same date it gives nothing; one that was cut off gives what is missing.
/// - Parameter path: `nil`: only show what would be done, and keep nothing.
public func rescueClaims(
    to path: String?, asOf: CivilDate, effects: Effects
) throws -> RescueSummary {
    let templates = Result { try TemplateFolder(path: effects.templates) }
    let units = try unitsAtRisk(asOf: asOf, effects: effects)
    var rescue: Rescue?
    func perform(_ session: Session, _ chunk: [ID<Unit>]) throws {
        if rescue == nil {
            rescue = try Rescue(
                asOf: asOf, templates: templates, session: session, effects: effects)
        }
        try rescue!.perform(chunk, in: session)
    }
    let chunks = stride(from: 0, to: units.count, by: unitsPerChunk).map {
        Array(units[$0..<min($0 + unitsPerChunk, units.count)])
    }
    guard let path else {
        try effects.store.tryOut { session in for chunk in chunks { try perform(session, chunk) } }
        return RescueSummary(
            rows: rescue?.rows ?? [],
            printed: PrintedLetters(letters: 0, reprints: 0, pages: 0),
            keptTemplates: rescue?.kept)
    }
    for chunk in chunks {
        try effects.store.writePart { try perform($0, chunk) }
    }
    let notices = rescue?.notices ?? []
    let printed = try printLetters(to: path, effects: effects) { session, _ in
        try session.letters(of: notices)
    }
    return RescueSummary(rows: rescue?.rows ?? [], printed: printed, keptTemplates: rescue?.kept)
}

/// Units that have a charge about to lapse, in key order.
private func unitsAtRisk(asOf: CivilDate, effects: Effects) throws -> [ID<Unit>] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var units: [ID<Unit>] = []
        try context.forEachOpenClock(asOf: asOf, in: session) { clock in
            if clock.isAboutToLapse(under: context.policy.limitation), units.last != clock.unit.id {
                units.append(clock.unit.id)
            }
        }
        return units
    }
}

/// The rescue under way.
private struct Rescue {
    let asOf: CivilDate
    let context: CommunityContext
    let stage: DunningStage
    let templates: TemplateSetID
    let kept: KeptTemplates?
    let act: ActID
    private(set) var rows: [RescueRow] = []
    /// Whose letters are to be served.
    private(set) var notices: [NoticeID] = []

    init(
        asOf: CivilDate, templates: Result<TemplateFolder, any Error>, session: Session,
        effects: Effects
    ) throws {
        self.asOf = asOf
        context = try CommunityContext(named: effects.community, in: session)
        guard context.policy.office != nil else { throw OfficeError.noOffice }
        guard let stage = context.policy.ladder.formal else { throw OfficeError.noFormalStage }
        self.stage = stage
        let inUse = try takeIntoUse(templates, of: context, session: session, effects: effects)
        self.templates = inUse.set
        kept = inUse.kept
        act = try session.addAct(
            community: context.id, kind: "limitation rescue", by: effects.staff,
            at: effects.now().description, detail: "as of \(asOf)")
    }

    /// Looks at the units again, inside one transaction, and gives their accounts what they need.
    mutating func perform(_ units: [ID<Unit>], in session: Session) throws {
        try session.begin(.units(units))
        guard
            let chunk = try session.chunk(
                after: 0, count: units.count, scope: .open(asOf: asOf), items: context.items,
                policy: context.policy)
        else { return }
        let clocks = try context.openClocks(of: chunk, asOf: asOf, in: session)
            .filter { $0.isAboutToLapse(under: context.policy.limitation) }
        let atRisk = Dictionary(grouping: clocks, by: \.account.id)
        let holds = try session.holds(of: chunk)
        let given = try session.givenNotices(of: chunk, asOf: asOf)
        let owners = try session.owners(of: chunk)
        for book in chunk.units.flatMap(\.accounts) {
            guard let clocks = atRisk[book.account.id] else { continue }
            let outcome =
                try outcome(
                    of: Set(clocks.map(\.charge.key)), holds: holds[book.account.id] ?? [],
                    given[book.account.id] ?? [], in: session)
                ?? .noticed(number: give(book, owners, in: session))
            rows.append(RescueRow(clocks, outcome: outcome))
        }
    }

    /// What becomes of an account that gets no notice now; `nil`: it gets one.
    ///
    /// - Parameter charges: about to lapse, so that no proven service of a notice lists them.
    private mutating func outcome(
        of charges: Set<ChargeKey>, holds: [DunningHold], _ given: [Session.GivenNotice],
        in session: Session
    ) throws -> RescueRow.Outcome? {
        let reasons = Set(holds.filter { $0.holds(on: asOf) }.map(\.reason.rawValue))
        if !reasons.isEmpty { return .held(reasons: reasons.sorted(by: inByteOrder)) }
        let today = given.last { $0.asOf == asOf }
        let formal = try given.last { notice in
            guard notice.asksForSignature else { return false }
            return charges.isSubset(of: try session.charges(listedBy: notice.id))
        }
        if let formal, today != nil || asOf - formal.asOf < stage.repeatAfter {
            try session.addLetterToHandOver(for: formal.id)
            notices.append(formal.id)
            return .noticedBefore(number: formal.number)
        }
        return today.map { .otherNotice(number: $0.number) }
    }

    /// - Returns: the notice's number.
    private mutating func give(
        _ book: AccountBook, _ owners: [ID<Owner>: Owner], in session: Session
    ) throws -> String {
        let owners = book.account.owners.compactMap { owners[$0] }
        let dispatch = Dispatch(toBeSignedBy: owners)
        let number = NoticeNumber(
            community: context.policy.code, period: asOf.period,
            serial: try session.nextSerial(of: asOf.period, in: context.id))
        let notice = Notice(
            .dunning(stage), number: number, book: book, statement: book.statement(asOf: asOf),
            dispatch: dispatch)
        try session.add(
            notice, dispatch: dispatch, recipients: [:], templates: templates, in: context.id,
            act: act)
        notices.append(try session.notice(number: number.description, of: context.id)!)
        return number.description
    }
}

extension RescueRow {
    /// - Precondition: there is at least one, and all are of one account.
    fileprivate init(_ clocks: [OpenClock], outcome: Outcome) {
        self.init(
            unit: clocks[0].unit.code, owners: clocks[0].owners, charges: clocks.count,
            principalOpen: clocks.reduce(.zero) { $0 + $1.principalOpen },
            lastDay: clocks.map(\.clock.lastDay).min()!, outcome: outcome)
    }
}
