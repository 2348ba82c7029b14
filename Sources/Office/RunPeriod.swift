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

/// The run under way.
private struct PeriodRun {
    let period: Period
    let asOf: CivilDate
    let context: CommunityContext
    let schedule: PeriodSchedule
    let templates: TemplateSetID
    let act: ActID
    var summary = RunSummary()
    private var noticesByStage: [String: Int] = [:]

    init(
        period: Period, asOf: CivilDate, templates: Result<TemplateFolder, any Error>,
        session: Session, effects: Effects
    ) throws {
        self.period = period
        self.asOf = asOf
        context = try CommunityContext(named: effects.community, in: session)
        let inUse = try takeIntoUse(templates, of: context, session: session, effects: effects)
        act = try session.addAct(
            community: context.id, kind: "run", by: effects.staff, at: effects.now().description,
            detail: "\(period) as of \(asOf)")
        try session.recordRun(period: period, asOf: asOf, in: context.id, act: act)
        self.templates = inUse.set
        summary.keptTemplates = inUse.kept
        schedule = PeriodSchedule(
            lines: try session.feeLines(of: context.id), period: period,
            dueDay: context.policy.dueDay)
    }

    /// Runs the units of one chunk, inside one transaction.
    mutating func perform(after done: Int, in session: Session) throws {
        guard
            var chunk = try session.chunk(
                after: done, count: unitsPerChunk, scope: .open(asOf: asOf), items: context.items,
                policy: context.policy)
        else { return }
        let issuing = Issuing(
            uses: try session.readings(of: chunk, period: period),
            charged: try session.chargedItems(of: chunk, period: period),
            concessions: try session.concessions(of: chunk))
        let telling = Telling(
            holds: try session.holds(of: chunk),
            earlier: try session.earlierNotices(of: chunk, asOf: asOf),
            owners: try session.owners(of: chunk),
            unreachable: try session.markedOwners(of: chunk))
        var serial = try session.nextSerial(of: period, in: context.id)
        for place in chunk.units.indices {
            // In place: a copy of the unit's books would cost more than what is issued to them.
            issueCharges(to: &chunk.units[place], issuing)
            for book in chunk.units[place].accounts {
                if !book.issued.isEmpty { try session.keep(book, issuing: true, act: act) }
                try tell(book, telling, serial: &serial, in: session)
            }
        }
        summary.notices = context.policy.ladder.stages.map {
            ($0.code, noticesByStage[$0.code] ?? 0)
        }
    }

    // MARK: - Issuing

    private struct Issuing {
        let uses: [ID<Unit>: [ID<FeeItem>: MeterUse]]
        let charged: [ID<Unit>: Set<ID<FeeItem>>]
        let concessions: [ID<Account>: [Concession]]
    }

    /// Issues what the schedule gives and the unit was not charged yet.
    private mutating func issueCharges(to unit: inout UnitBooks, _ issuing: Issuing) {
        let charged = issuing.charged[unit.unit.id] ?? []
        let scheduled = schedule.charges(
            for: unit.unit, uses: issuing.uses[unit.unit.id] ?? [:])
        var nobodyHolds = false
        var charges: [(account: Int, charge: Charge)] = []
        for each in scheduled where !charged.contains(each.item.id) {
            guard
                let account = unit.accounts.firstIndex(where: {
                    $0.account.holds(on: each.firstDay)
                })
            else {
                nobodyHolds = true
                continue
            }
            let charge = Charge(
                item: each.item, period: period, amount: each.amount, due: each.due,
                issuedAsOf: asOf)
            charges.append((account, charge))
        }
        for (account, charge) in charges.sorted(by: { Charge.isOlder($0.charge, than: $1.charge) })
        {
            let id = unit.accounts[account].account.id
            unit.accounts[account].issue(charge, concessions: issuing.concessions[id] ?? [])
            summary.chargesIssued += 1
            summary.charged += charge.amount
            if asOf > charge.due { summary.issuedLate += 1 }
        }
        if nobodyHolds { summary.unheldUnits.append(unit.unit.code) }
    }

    // MARK: - Telling

    private struct Telling {
        let holds: [ID<Account>: [DunningHold]]
        let earlier: [ID<Account>: Session.EarlierNotices]
        let owners: [ID<Owner>: Owner]
        /// Whose email address is marked.
        let unreachable: Set<ID<Owner>>
    }

    private mutating func tell(
        _ book: AccountBook, _ telling: Telling, serial: inout Int, in session: Session
    ) throws {
        if book.charges.isEmpty { return }
        let earlier = telling.earlier[book.account.id] ?? Session.EarlierNotices()
        let statement = book.statement(asOf: asOf)
        let decision = NoticeDecision(
            for: statement, ladder: context.policy.ladder,
            holds: telling.holds[book.account.id] ?? [], lastNotices: earlier.lastOfStage,
            noticedAlready: earlier.hasOneForTheDate)
        if decision.held { summary.held += 1 }
        guard let decided = decision.notice else { return }
        let owners = book.account.owners.compactMap { telling.owners[$0] }
        let dispatch = Dispatch(
            channels: channels(of: decided), owners: owners, unreachable: telling.unreachable)
        let notice = Notice(
            decided,
            number: NoticeNumber(community: context.policy.code, period: period, serial: serial),
            book: book, statement: statement, dispatch: dispatch)
        serial += 1
        try session.add(
            notice, dispatch: dispatch,
            recipients: owners.reduce(into: [:]) { $0[$1.id] = $1.email }, templates: templates,
            in: context.id, act: act)
        count(decided, dispatch)
    }

    private func channels(of decided: NoticeDecision.Notice) -> [Channel] {
        switch decided {
        case .bill: context.policy.ladder.billChannels
        case .dunning(let stage): stage.channels
        }
    }

    private mutating func count(_ decided: NoticeDecision.Notice, _ dispatch: Dispatch) {
        switch decided {
        case .bill: summary.bills += 1
        case .dunning(let stage): noticesByStage[stage.code, default: 0] += 1
        }
        summary.emailsQueued += dispatch.emails.count
        if dispatch.letter != nil { summary.letters += 1 }
        if dispatch.task != nil { summary.phoneTasks += 1 }
    }
}
