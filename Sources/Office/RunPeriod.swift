import Dunning
import FeeLedger
public import Primitives
import SQLiteStore

/// What a run did (SPEC.md 10); counts say what this call did.
public struct RunSummary: Sendable {
    public var chargesIssued = 0
    public var charged = Money.zero
    public var bills = 0
    /// By stage, in the order of the ladder.
    public var notices: [(stage: String, count: Int)] = []
    /// Accounts whose dunning notice a hold other than hardship stopped.
    public var held = 0
    public var emailsQueued = 0
    public var letters = 0
    /// Calls and faxes for staff.
    public var phoneTasks = 0
    /// Units that nobody holds on the first day charged: charged nothing.
    public var unheldUnits: [String] = []
    /// Charges issued after they had fallen due.
    public var issuedLate = 0
    /// Where the templates in their folder are broken: what was used instead.
    public var keptTemplates: KeptTemplates?
}

/// Runs a fee period as of a date (SPEC.md 7): issues its charges, lets credit meet them, and gives
/// each account at most one notice.
///
/// Works through the units in transactions that each leave a true state; a run that was cut off and
/// is started again creates what is missing, and a repeated one nothing.
/// - Parameter dryRun: do everything in one transaction, report it, and keep nothing.
public func runPeriod(
    _ period: Period, asOf: CivilDate, dryRun: Bool, effects: Effects
) throws -> RunSummary {
    guard asOf >= period.firstDay else {
        throw OfficeError.periodNotBegun(period: period, asOf: asOf)
    }
    let templates = Result { try TemplateFolder(path: effects.templates) }
    var work: PeriodRun?
    var units = 0
    func prepare(_ session: Session) throws {
        work = try PeriodRun(
            period: period, asOf: asOf, templates: templates, session: session, effects: effects)
        units = try session.begin(.community(work!.context.id))
    }
    func perform(_ session: Session, after done: Int) throws {
        try work!.perform(after: done, in: session)
        effects.progress(
            Bilingual(zh: "出账", en: "running units"), min(done + unitsPerChunk, units), units)
    }
    let starts = { stride(from: 0, to: units, by: unitsPerChunk) }
    if dryRun {
        try effects.store.tryOut { session in
            try prepare(session)
            for done in starts() { try perform(session, after: done) }
        }
    } else {
        try effects.store.write(prepare)
        for done in starts() {
            try effects.store.writePart { try perform($0, after: done) }
        }
    }
    return work!.summary
}

/// The run under way: what is decided, and kept.
private struct PeriodRun {
    let context: CommunityContext
    let decisions: RunDecisions
    let templates: TemplateSetID
    let act: ActID
    var summary = RunSummary()

    init(
        period: Period, asOf: CivilDate, templates: Result<TemplateFolder, any Error>,
        session: Session, effects: Effects
    ) throws {
        context = try CommunityContext(named: effects.community, in: session)
        let inUse = try takeIntoUse(templates, of: context, session: session, effects: effects)
        act = try session.addAct(
            community: context.id, kind: "run", by: effects.staff, at: effects.now().description,
            detail: "\(period) as of \(asOf)")
        try session.recordRun(period: period, asOf: asOf, in: context.id, act: act)
        self.templates = inUse.set
        decisions = try RunDecisions(period: period, asOf: asOf, context: context, session: session)
        summary = RunSummary(of: context.policy.ladder)
        summary.keptTemplates = inUse.kept
    }

    /// Runs the units of one chunk, inside one transaction.
    mutating func perform(after done: Int, in session: Session) throws {
        guard var chunk = try decisions.chunk(after: done, in: session) else { return }
        let facts = try decisions.facts(of: chunk, in: session)
        var serial = try session.nextSerial(of: decisions.period, in: context.id)
        for place in chunk.units.indices {
            // In place: a copy of the unit's books would cost more than what is issued to them.
            let issued = decisions.issueCharges(to: &chunk.units[place], facts)
            summary.count(issued, to: chunk.units[place].unit, asOf: decisions.asOf)
            for book in chunk.units[place].accounts {
                if !book.issued.isEmpty { try session.keep(book, issuing: true, act: act) }
                if book.charges.isEmpty { continue }
                try keep(decisions.word(to: book, facts), to: book, serial: &serial, in: session)
            }
        }
    }

    private mutating func keep(
        _ word: RunDecisions.Word, to book: AccountBook, serial: inout Int, in session: Session
    ) throws {
        summary.count(word)
        guard let told = word.told else { return }
        let notice = decisions.notice(told, of: book, word.statement, serial: serial)
        serial += 1
        try session.add(
            notice, dispatch: told.dispatch,
            recipients: word.owners.reduce(into: [:]) { $0[$1.id] = $1.email },
            templates: templates, in: context.id, act: act)
    }
}

extension RunSummary {
    init(of ladder: DunningLadder) { notices = ladder.stages.map { ($0.code, 0) } }

    /// Counts what was issued to the unit.
    mutating func count(_ issued: RunDecisions.Issued, to unit: Unit, asOf: CivilDate) {
        for charge in issued.charges {
            chargesIssued += 1
            charged += charge.amount
            if asOf > charge.due { issuedLate += 1 }
        }
        if !issued.unheld.isEmpty { unheldUnits.append(unit.code) }
    }

    /// Counts what an account is told.
    mutating func count(_ word: RunDecisions.Word) {
        if word.decision.held { held += 1 }
        guard let told = word.told else { return }
        switch told.decided {
        case .bill: bills += 1
        case .dunning(let stage):
            if let place = notices.firstIndex(where: { $0.stage == stage.code }) {
                notices[place].count += 1
            }
        }
        emailsQueued += told.dispatch.emails.count
        if told.dispatch.letter != nil { letters += 1 }
        if told.dispatch.task != nil { phoneTasks += 1 }
    }
}
