import Casework
import Dunning
import Evidence
import FeeLedger
public import Primitives
import SQLiteStore

/// What an account's twelve periods brought: a rate's two sides.
public struct CollectionRate: Hashable, Sendable {
    /// Charges that count, less concessions.
    public internal(set) var payable = Money.zero
    /// What payments have met of their principals.
    public internal(set) var met = Money.zero

    public init() {}

    /// In tenths of a percent, rounded half up; `nil`: nothing was charged.
    public var perMille: Int? {
        guard payable > .zero else { return nil }
        return roundHalfUp(Int128(max(0, met.fen)) * 1000, over: Int128(payable.fen))
    }

    mutating func add(payable: Money, open: Money) {
        self.payable += payable
        met += payable - open
    }
}

/// All accounts of a community with what they owe as of a date, and the charges of the last twelve
/// periods or with anything open: what the dashboard, the units' list and the charges' list count
/// from, so that each figure is the sum of a list.
///
/// It is made in one pass over the books, and kept until they change (`booksOnDay`).
public struct BooksOnDay: Sendable {
    public let asOf: CivilDate
    /// The community's name.
    public let community: String
    public internal(set) var units = 0
    /// By unit, numbers as numbers, then first day: those that have begun, or have a charge or
    /// payment, by the date.
    public internal(set) var accounts: [AccountOnList] = []
    /// By account, oldest first.
    public internal(set) var charges: [ChargeOnList] = []
    /// Twelve, the oldest first: the last is the date's month, or the one before it where that has
    /// no charges yet.
    public internal(set) var periods: [Period] = []
    /// Of the twelve periods before `periods`, a year before the date; `nil`: there were none.
    public internal(set) var yearBefore: CollectionRate?
    /// Overdue principal at the end of the twelve months before the date's, and on the date.
    public internal(set) var monthEnds: [(day: CivilDate, overdue: Money)] = []
    /// Codes of the dunning ladder, the mildest first.
    public let stages: [String]
    /// Names of the fee items by code.
    public let itemNames: [String: String]

    public var buildings: [String] {
        Set(accounts.map(\.building)).sorted {
            naturalOrderKey($0).lexicographicallyPrecedes(naturalOrderKey($1))
        }
    }
}

/// The books as of a date; those that were asked for last are kept as long as nothing in the
/// database changes, whoever changes it.
public func booksOnDay(asOf: CivilDate, effects: Effects) throws -> BooksOnDay {
    try keptBooks.value(of: .init(effects, asOf: asOf), effects: effects) { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try BooksMaking(asOf: asOf, context: context, session: session).made()
    }
}

/// Few, since one takes some megabytes.
private let keptBooks = KeptFigures<BooksOnDay>(most: 4)

// MARK: - The pass

private struct BooksMaking {
    let asOf: CivilDate
    let context: CommunityContext
    let session: Session
    private var books: BooksOnDay
    private var hardship: [ID<Account>: HardshipMark] = [:]
    /// Charges and rates are collected for thirteen periods, since which twelve count is known at
    /// the end: the older twelve of them, and the newer.
    private var hasChargesOfMonth = false
    private var rates: [Period: CollectionRate] = [:]

    init(asOf: CivilDate, context: CommunityContext, session: Session) throws {
        self.asOf = asOf
        self.context = context
        self.session = session
        books = BooksOnDay(
            asOf: asOf, community: context.policy.name,
            stages: context.policy.ladder.stages.map(\.code),
            itemNames: Dictionary(
                try session.items(of: context.id).map { ($0.key.code, $0.value) },
                uniquingKeysWith: { first, _ in first }))
        let month = asOf.period
        books.monthEnds =
            (1...12).reversed().map { (month.advanced(byMonths: -$0).lastDay, .zero) }
            + [(asOf, .zero)]
        hardship = try hardshipMarks()
    }

    /// The day from which on anything is of interest: what was settled by then changes no figure.
    private var settledBy: CivilDate { asOf.period.advanced(byMonths: -25).lastDay }
    /// The same day a year before.
    private var yearBefore: CivilDate { asOf.period.advanced(byMonths: -12).day(asOf.day) }

    mutating func makeAll() throws -> BooksOnDay {
        books.units = try session.unitCodes(of: context.id).count
        let scope = ChargeScope.open(asOf: settledBy)
        try context.forEachChunk(of: .community(context.id), scope: scope, in: session) {
            try add($0)
        }
        choosePeriods()
        putInOrder()
        return books
    }

    func made() throws -> BooksOnDay {
        var making = self
        return try making.makeAll()
    }

    private mutating func add(_ chunk: UnitChunk) throws {
        let facts = try ChunkOnList(of: chunk, asOf: asOf, in: session)
        let clocks = Dictionary(
            grouping: try context.openClocks(of: chunk, asOf: asOf, in: session),
            by: \.account.id)
        let rules = context.policy.casework.riskRules(on: asOf)
        for unit in chunk.units {
            for book in unit.accounts {
                let statement = book.statement(asOf: asOf)
                let id = book.account.id
                let isKnown =
                    book.account.from <= asOf || !statement.standings.isEmpty
                    || statement.credit != .zero
                guard isKnown else { continue }
                let open = clocks[id] ?? []
                var account = facts.account(book, of: unit.unit, statement)
                if statement.standings.contains(where: \.isOpen) {
                    let judged = RiskFacts(open, brokenPromises: account.brokenPromises)
                    account.risk = facts.overrides[id]?.risk ?? rules.judge(judged).risk
                }
                account.hardship = hardship[id]
                add(statement, open)
                add(book)
                books.accounts.append(account)
            }
        }
    }

    /// - Parameter clocks: of its open charges, in the order of the books.
    private mutating func add(_ statement: AccountStatement, _ clocks: [OpenClock]) {
        let lastDays = clocks.reduce(into: [:]) { $0[$1.charge.key] = $1.clock.lastDay }
        let month = asOf.period
        for standing in statement.standings {
            let period = standing.charge.period
            if period == month { hasChargesOfMonth = true }
            guard standing.isOpen || period >= month.advanced(byMonths: -12) else { continue }
            books.charges.append(
                ChargeOnList(
                    standing, account: books.accounts.count,
                    lastDay: lastDays[standing.charge.key]))
        }
    }

    /// What stood a year before, and at the ends of months.
    private mutating func add(_ book: AccountBook) {
        let month = asOf.period
        for charge in book.charges {
            let period = charge.charge.period
            if period < month.advanced(byMonths: -11), charge.counts(asOf: yearBefore) {
                let payable = charge.charge.amount - charge.conceded(asOf: yearBefore)
                let open = charge.principalOpen(asOf: yearBefore)
                rates[period, default: CollectionRate()].add(payable: payable, open: open)
            }
            for place in books.monthEnds.indices {
                let day = books.monthEnds[place].day
                guard charge.charge.due < day, charge.counts(asOf: day) else { continue }
                books.monthEnds[place].overdue += max(.zero, charge.principalOpen(asOf: day))
            }
        }
    }

    private mutating func choosePeriods() {
        let last = hasChargesOfMonth ? asOf.period : asOf.period.advanced(byMonths: -1)
        books.periods = (0...11).reversed().map { last.advanced(byMonths: -$0) }
        let first = books.periods[0]
        books.charges.removeAll {
            $0.principal == .zero && $0.lateFee == .zero && $0.period < first
        }
        var before = CollectionRate()
        for (period, rate) in rates
        where period < first && period >= first.advanced(byMonths: -12) {
            before.payable += rate.payable
            before.met += rate.met
        }
        if before.payable > .zero { books.yearBefore = before }
    }

    /// The walk goes by code, the lists by numbers.
    private mutating func putInOrder() {
        let keys = books.accounts.map { naturalOrderKey($0.unit) }
        let order = books.accounts.indices.sorted { one, other in
            if keys[one] != keys[other] {
                return keys[one].lexicographicallyPrecedes(keys[other])
            }
            return books.accounts[one].from < books.accounts[other].from
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, account) in order.enumerated() { places[account] = place }
        books.accounts = order.map { books.accounts[$0] }
        // The charges of one account stand together; they move with it.
        var firsts = [Range<Int>](repeating: 0..<0, count: order.count)
        for (index, charge) in books.charges.enumerated() {
            let range = firsts[charge.account]
            firsts[charge.account] = (range.isEmpty ? index : range.lowerBound)..<(index + 1)
        }
        let charges = books.charges
        books.charges = order.flatMap { account in
            charges[firsts[account]].map {
                var charge = $0
                charge.account = places[account]
                return charge
            }
        }
    }

    /// The newest case of each account that is open, granted or lapsed.
    private func hardshipMarks() throws -> [ID<Account>: HardshipMark] {
        var waiting: [Int: CivilDate] = [:]
        for record in try session.proposals(of: context.id, asOf: asOf, isOpen: true) {
            guard let number = record.proposal.hardshipCase else { continue }
            waiting[number] = min(record.proposal.day, waiting[number] ?? .distantFuture)
        }
        var marks: [ID<Account>: HardshipMark] = [:]
        for record in try session.hardshipCases(of: context.id) {
            guard let state = record.hardship.state(asOf: asOf),
                [.open, .granted, .lapsed].contains(state)
            else { continue }
            marks[record.account] = HardshipMark(
                number: record.id.number, state: state,
                review: record.hardship.review(asOf: asOf), waitsSince: waiting[record.id.number])
        }
        return marks
    }
}

/// What a chunk's accounts were told and have promised, asked for all of them at once.
private struct ChunkOnList {
    let asOf: CivilDate
    let overrides: [ID<Account>: RiskOverride]
    private let owners: [ID<Owner>: Owner]
    private let marked: Set<ID<Owner>>
    private let holds: [ID<Account>: [DunningHold]]
    private let notices: [ID<Account>: [AccountOnDay.Notice]]
    private let promises: [ID<Account>: [Session.RecordedPromise]]
    private let plans: [ID<Account>: [Session.RecordedPlan]]

    init(of chunk: UnitChunk, asOf: CivilDate, in session: Session) throws {
        self.asOf = asOf
        overrides = try session.riskOverrides(of: chunk, asOf: asOf)
        owners = try session.owners(of: chunk)
        marked = try session.markedOwners(of: chunk)
        holds = try session.holds(of: chunk)
        notices = try session.dunningTrails(of: chunk, asOf: asOf)
        promises = try session.promises(of: chunk, asOf: asOf)
        plans = chunk.plans
    }

    func account(
        _ book: AccountBook, of unit: Unit, _ statement: AccountStatement
    ) -> AccountOnList {
        let id = book.account.id
        let people = book.account.owners.compactMap { owners[$0] }
        var account = AccountOnList(
            unit: unit.code, building: unit.building, kind: unit.kind, from: book.account.from,
            to: book.account.to, owners: people.map(\.code).joined(separator: ";"),
            ownerNames: people.map(\.name),
            channels: people.reduce(into: []) { channels, owner in
                let takesMail = !owner.email.isEmpty && !marked.contains(owner.id)
                channels.formUnion(owner.channels.filter { $0 != .email || takesMail })
            })
        account.take(statement)
        account.holds = Set((holds[id] ?? []).filter { $0.holds(on: asOf) }.map(\.reason))
        if account.overdue > .zero, let notice = notices[id]?.last {
            (account.stage, account.stageOn) = (notice.stage, notice.date)
        }
        for promise in promises[id] ?? [] {
            switch promise.state(asOf: asOf) {
            case .open:
                account.openPromises += 1
                account.promised += promise.promise.amount
            case .broken: account.brokenPromises += 1
            case .kept, .partly: break
            }
        }
        let states = (plans[id] ?? []).map { $0.plan.state(asOf: asOf, $0.receipts) }
        account.plan = states.last {
            $0 == .kept || $0 == .late || $0 == .broken && account.overdue > .zero
        }
        return account
    }
}

extension AccountOnList {
    fileprivate mutating func take(_ statement: AccountStatement) {
        credit = statement.credit
        for standing in statement.standings {
            principal += standing.principalOpen
            lateFee += standing.lateFeeOpen
            guard let age = DebtAge(daysOverdue: standing.daysOverdue) else { continue }
            overdue += standing.principalOpen
            ages[age.place] += standing.principalOpen
            oldestDays = max(oldestDays, standing.daysOverdue)
        }
    }
}
