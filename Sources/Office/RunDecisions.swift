import Dunning
import FeeLedger
import Primitives
import SQLiteStore

/// What a run decides, unit by unit: the same for the run that keeps it and for the preview that
/// only shows it. It reads, and changes nothing but the books that it is given.
struct RunDecisions {
    let period: Period
    let asOf: CivilDate
    let context: CommunityContext
    let schedule: PeriodSchedule

    init(
        period: Period, asOf: CivilDate, context: CommunityContext, session: Session
    ) throws {
        self.period = period
        self.asOf = asOf
        self.context = context
        schedule = PeriodSchedule(
            lines: try session.feeLines(of: context.id), period: period,
            dueDay: context.policy.dueDay)
    }

    /// Units of the walk after the first `done`; `nil` at its end.
    func chunk(after done: Int, in session: Session) throws -> UnitChunk? {
        try session.chunk(
            after: done, count: unitsPerChunk, scope: .open(asOf: asOf), items: context.items,
            policy: context.policy)
    }

    /// What the decisions of a chunk rest on beside its books.
    struct Facts {
        let uses: [ID<Unit>: [ID<FeeItem>: MeterUse]]
        let charged: [ID<Unit>: Set<ID<FeeItem>>]
        let concessions: [ID<Account>: [Concession]]
        let holds: [ID<Account>: [DunningHold]]
        let earlier: [ID<Account>: Session.EarlierNotices]
        let owners: [ID<Owner>: Owner]
        /// Whose email address is marked.
        let unreachable: Set<ID<Owner>>
    }

    func facts(of chunk: UnitChunk, in session: Session) throws -> Facts {
        Facts(
            uses: try session.readings(of: chunk, period: period),
            charged: try session.chargedItems(of: chunk, period: period),
            concessions: try session.concessions(of: chunk),
            holds: try session.holds(of: chunk),
            earlier: try session.earlierNotices(of: chunk, asOf: asOf),
            owners: try session.owners(of: chunk),
            unreachable: try session.markedOwners(of: chunk))
    }

    // MARK: - Issuing

    /// What was issued to one unit.
    struct Issued {
        var charges: [Charge] = []
        /// Items that nobody is charged, because nobody holds the unit on the first day.
        var unheld: [FeeItem] = []
        /// Items that were charged for the period before.
        var before: [FeeItem] = []
    }

    /// Issues what the schedule gives and the unit was not charged yet.
    func issueCharges(to unit: inout UnitBooks, _ facts: Facts) -> Issued {
        let charged = facts.charged[unit.unit.id] ?? []
        var issued = Issued()
        var charges: [(account: Int, charge: Charge)] = []
        for each in schedule.charges(for: unit.unit, uses: facts.uses[unit.unit.id] ?? [:]) {
            guard !charged.contains(each.item.id) else {
                issued.before.append(each.item)
                continue
            }
            guard
                let account = unit.accounts.firstIndex(where: {
                    $0.account.holds(on: each.firstDay)
                })
            else {
                issued.unheld.append(each.item)
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
            unit.accounts[account].issue(charge, concessions: facts.concessions[id] ?? [])
            issued.charges.append(charge)
        }
        return issued
    }

    // MARK: - Telling

    /// What one account is told, if anything.
    struct Word {
        let decision: NoticeDecision
        let statement: AccountStatement
        let owners: [Owner]
        /// `nil`: nothing.
        let told: Told?
    }

    struct Told {
        let decided: NoticeDecision.Notice
        let dispatch: Dispatch
    }

    func word(to book: AccountBook, _ facts: Facts) -> Word {
        let earlier = facts.earlier[book.account.id] ?? Session.EarlierNotices()
        let statement = book.statement(asOf: asOf)
        let decision = NoticeDecision(
            for: statement, ladder: context.policy.ladder,
            holds: facts.holds[book.account.id] ?? [], lastNotices: earlier.lastOfStage,
            noticedAlready: earlier.hasOneForTheDate)
        let owners = book.account.owners.compactMap { facts.owners[$0] }
        let told = decision.notice.map { decided in
            Told(
                decided: decided,
                dispatch: Dispatch(
                    channels: channels(of: decided), owners: owners,
                    unreachable: facts.unreachable))
        }
        return Word(decision: decision, statement: statement, owners: owners, told: told)
    }

    /// The notice as it is frozen.
    func notice(
        _ told: Told, of book: AccountBook, _ statement: AccountStatement, serial: Int
    ) -> Notice {
        Notice(
            told.decided,
            number: NoticeNumber(community: context.policy.code, period: period, serial: serial),
            book: book, statement: statement, dispatch: told.dispatch)
    }

    private func channels(of decided: NoticeDecision.Notice) -> [Channel] {
        switch decided {
        case .bill: context.policy.ladder.billChannels
        case .dunning(let stage): stage.channels
        }
    }
}
