public import Casework
public import Dunning
public import Evidence
public import FeeLedger
public import Primitives
public import SQLiteStore

/// All that the office sees of one account as of a date.
///
/// Of a household's hardship nothing stands here but `hardship`, and that only for whoever may see
/// it: what was said of it in a contact, and for which reason something was conceded or waived, is
/// left out for everybody.
public struct AccountPage: Sendable {
    /// One who holds the account, with how mail reaches him.
    public struct Holder: Sendable {
        public let owner: Owner
        public let mail: MailState
    }

    public enum MailState: Hashable, Sendable {
        /// There is no address.
        case none
        case untried
        /// The server at the other end took a message on that day, the last one so far.
        case accepted(on: CivilDate)
        /// What was sent there came back.
        case marked
    }

    /// Another ownership of the same unit.
    public struct OtherAccount: Sendable {
        /// The code of one of its owners.
        public let owner: String
        public let names: [String]
        public let from: CivilDate
        /// Inclusive; `nil`: still.
        public let to: CivilDate?
        public let owed: Money
    }

    public let asOf: CivilDate
    public let unit: Unit
    public let account: Account
    public let holders: [Holder]
    public let others: [OtherAccount]
    public let statement: AccountStatement
    /// Every charge issued by then and not reversed, oldest first.
    public let charges: [AccountCharge]
    public let terms: LateFeePolicy
    public let marks: AccountMarks
    /// The newest first.
    public let events: [AccountEvent]
    /// `nil`: not in hardship, or not for the reader to know.
    public let hardship: AccountHardship?
}

/// That a household is in hardship, and by which case.
public struct AccountHardship: Hashable, Sendable {
    /// `nil`: by a hold of the register alone.
    public let caseNumber: Int?
}

/// One charge of an account, with what explains its late fee.
public struct AccountCharge: Sendable {
    public let standing: ChargeStanding
    public let itemName: String
    public let accrual: Accrual
    /// `nil` where no principal is open.
    public let clock: LimitationClock?
    /// What was paid on it, by payment, in order of date.
    public let payments: [Part]
    /// Days on which an instalment plan keeps it from accruing.
    public let pauses: [ClosedRange<CivilDate>]

    public struct Part: Hashable, Sendable {
        public let reference: String
        public let date: CivilDate
        /// Of the whole payment.
        public let paid: Money
        public let principal, lateFee: Money
    }
}

/// How an account stands now, in marks.
public struct AccountMarks: Sendable {
    /// Code of the stage of the last dunning notice; `nil` where nothing is overdue, or none was
    /// given.
    public let stage: String?
    /// Of the oldest principal that is overdue; 0: none is.
    public let daysOverdue: Int
    /// The last promise, as long as anything is open.
    public let promise: (promise: PromiseToPay, state: PromiseToPay.State)?
    /// The last plan that was approved, unless it was paid in full.
    public let plan: PlanMark?
    /// Those of the day; hardship's are not among them.
    public let holds: [DunningHold]
    /// The last day of the claim that lapses first; `nil`: nothing is open.
    public let lastDay: CivilDate?
    /// Within the policy's days of warning, or past.
    public let isLapsing: Bool

    public struct PlanMark: Sendable {
        public let number: Int
        public let state: InstalmentPlan.State
        public let next: InstalmentPlan.Part?
    }
}

/// - Parameters:
///   - owner: names an account by its owner's code; `nil`: whoever holds the unit, or held it last.
///   - seesHardship: whether the reader may know of a household's hardship.
/// - Throws: where there is no such unit or account.
public func accountPage(
    of code: String, owner: String?, asOf: CivilDate, seesHardship: Bool, effects: Effects
) throws -> AccountPage {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let account = try shownAccount(of: code, owner: owner, asOf: asOf, context, session)
        var page: AccountPage?
        try context.forEachChunk(of: .unit(account.unit), scope: .all, in: session) { chunk in
            let making = try AccountPageMaking(
                account: account, asOf: asOf, context: context, session: session, chunk: chunk)
            page = try making.page(seesHardship: seesHardship)
        }
        return page!
    }
}

private func shownAccount(
    of code: String, owner: String?, asOf: CivilDate, _ context: CommunityContext,
    _ session: Session
) throws -> Account {
    do {
        return try account(of: code, owner: owner, asOf: asOf, context, session)
    } catch let error as OfficeError {
        guard case .nobodyHolds = error, let unit = try session.unit(code: code, in: context.id)
        else { throw error }
        let accounts = try session.accounts(of: unit)
        guard let account = accounts.last(where: { $0.from <= asOf }) ?? accounts.first else {
            throw error
        }
        return account
    }
}

/// The page under way, inside its transaction.
struct AccountPageMaking {
    let account: Account
    let asOf: CivilDate
    let context: CommunityContext
    let session: Session
    let unit: UnitBooks
    let book: AccountBook
    let owners: [ID<Owner>: Owner]
    let itemNames: [ID<FeeItem>: String]
    let statement: AccountStatement
    let payments: [Session.TakenPayment]
    let parts: [Session.AllocatedPart]
    let promises: [Session.RecordedPromise]
    let plans: [Session.RecordedPlan]
    let holds: [DunningHold]
    let registered: [DunningHold]
    let notices: [Session.GivenNotice]
    let mails: [Session.MailTrace]
    let concessions: [Concession]
    private let clocks: [ChargeKey: LimitationClock]

    init(
        account: Account, asOf: CivilDate, context: CommunityContext, session: Session,
        chunk: UnitChunk
    ) throws {
        self.account = account
        self.asOf = asOf
        self.context = context
        self.session = session
        unit = chunk.units[0]
        book = unit.accounts.first { $0.account.id == account.id }!
        owners = try session.owners(of: chunk)
        itemNames = try session.items(of: context.id).reduce(into: [:]) { $0[$1.key.id] = $1.value }
        statement = book.statement(asOf: asOf)
        payments = try session.takenPayments(to: account, asOf: asOf)
        parts = try session.allocatedParts(of: account, asOf: asOf)
        promises = try session.promises(of: chunk, asOf: asOf)[account.id] ?? []
        plans = try session.plans(of: context.id, nil, account: account)
            .filter { $0.plan.proposed <= asOf }
        registered = try session.registeredHolds(of: chunk)[account.id] ?? []
        holds = try session.holds(of: chunk)[account.id] ?? []
        notices = try session.givenNotices(of: chunk, asOf: asOf)[account.id] ?? []
        mails = try session.mailTraces(of: account, asOf: asOf)
        concessions = try session.concessions(of: chunk)[account.id] ?? []
        clocks = try context.openClocks(of: chunk, asOf: asOf, in: session)
            .filter { $0.account.id == account.id }
            .reduce(into: [:]) { $0[$1.charge.key] = $1.clock }
    }

    func page(seesHardship: Bool) throws -> AccountPage {
        AccountPage(
            asOf: asOf, unit: unit.unit, account: account, holders: try holders, others: others,
            statement: statement, charges: charges, terms: book.policy, marks: marks,
            events: try events, hardship: seesHardship ? try hardship : nil)
    }

    // MARK: - Who

    private var holders: [AccountPage.Holder] {
        get throws {
            try account.owners.compactMap { owners[$0] }.map {
                AccountPage.Holder(owner: $0, mail: try mailState(of: $0))
            }
        }
    }

    private func mailState(of owner: Owner) throws -> AccountPage.MailState {
        if owner.email.isEmpty { return .none }
        if try session.addressMark(of: owner.id) != nil { return .marked }
        let accepted = mails.last {
            $0.owner == owner.id && $0.recipient.lowercased() == owner.email.lowercased()
                && $0.outcome == .delivery(.accepted)
        }
        return accepted.map { .accepted(on: day(of: $0.at)) } ?? .untried
    }

    /// The office's day.
    func day(of moment: Instant) -> CivilDate {
        moment.advanced(bySeconds: context.policy.casework.quiet.ahead * 60).date
    }

    private var others: [AccountPage.OtherAccount] {
        unit.accounts.filter { $0.account.id != account.id && $0.account.from <= asOf }.map {
            let theirs = $0.account.owners.compactMap { owners[$0] }
            return AccountPage.OtherAccount(
                owner: theirs.first?.code ?? "", names: theirs.map(\.name), from: $0.account.from,
                to: $0.account.to, owed: $0.statement(asOf: asOf).total)
        }
    }

    private var hardship: AccountHardship? {
        get throws {
            let cases = try session.hardshipCases(of: account)
            let number = cases.last { record in
                record.hardship.holds.contains { $0.holds(on: asOf) }
            }?.id.number
            let isHeld = holds.contains { $0.reason == .hardship && $0.holds(on: asOf) }
            return number != nil || isHeld ? AccountHardship(caseNumber: number) : nil
        }
    }

    // MARK: - What is owed

    private var charges: [AccountCharge] {
        let received = Dictionary(uniqueKeysWithValues: payments.map { ($0.id, $0) })
        let byCharge = Dictionary(grouping: parts.filter { $0.charge != nil }, by: \.charge!)
        let counted = book.charges.filter { $0.counts(asOf: asOf) }
        return zip(statement.standings, counted).map { standing, charge in
            let key = charge.charge.key
            return AccountCharge(
                standing: standing, itemName: itemNames[key.item] ?? "",
                accrual: charge.accrual(policy: book.policy, asOf: asOf), clock: clocks[key],
                payments: AccountCharge.Part.all(byCharge[key] ?? [], of: received),
                pauses: plans.compactMap { plan in
                    guard plan.plan.terms.covers.contains(where: { $0.key == key }) else {
                        return nil
                    }
                    return plan.plan.pause(plan.receipts)?.days(asOf: asOf)
                })
        }
    }

    // MARK: - Marks

    private var marks: AccountMarks {
        let overdue = statement.standings.map(\.daysOverdue).max() ?? 0
        let isOpen = statement.standings.contains(where: \.isOpen)
        let last = clocks.values.map(\.lastDay).min()
        let plan = plans.last { ($0.plan.approved ?? .distantFuture) <= asOf }
        let state = plan?.plan.state(asOf: asOf, plan!.receipts)
        return AccountMarks(
            stage: overdue > 0 ? notices.last { $0.stage != nil }?.stage : nil,
            daysOverdue: overdue,
            promise: isOpen ? promises.last.map { ($0.promise, $0.state(asOf: asOf)) } : nil,
            plan: plan.flatMap {
                state == .completed
                    ? nil
                    : AccountMarks.PlanMark(
                        number: $0.id.number, state: state!,
                        next: $0.plan.next(asOf: asOf, $0.receipts))
            },
            holds: holds.filter { $0.reason != .hardship && $0.holds(on: asOf) },
            lastDay: last,
            isLapsing: last.map { $0 - asOf <= context.policy.limitation.warnDays } ?? false)
    }
}

extension AccountCharge.Part {
    /// Of one charge, in the order of the payments.
    fileprivate static func all(
        _ parts: [Session.AllocatedPart], of received: [PaymentID: Session.TakenPayment]
    ) -> [AccountCharge.Part] {
        Dictionary(grouping: parts, by: \.payment).compactMap { id, parts in
            guard let payment = received[id] else { return nil }
            let sum = { (target: Session.AllocatedPart.Target) in
                parts.reduce(Money.zero) { $1.target == target ? $0 + $1.amount : $0 }
            }
            return AccountCharge.Part(
                reference: payment.reference, date: payment.date, paid: payment.amount,
                principal: sum(.principal), lateFee: sum(.lateFee))
        }.sorted { ($0.date, $0.reference) < ($1.date, $1.reference) }
    }
}
