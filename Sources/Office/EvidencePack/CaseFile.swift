import Dunning
import Evidence
import FeeLedger
import Primitives
import SQLiteStore

/// All that the books say of one account as of a date: what its evidence pack is made from.
struct CaseFile {
    let context: CommunityContext
    let asOf: CivilDate
    let unit: Unit
    let account: Account
    /// Those of the account, in the order of their codes.
    let owners: [Owner]
    /// Every ownership of the unit, with the codes of its owners.
    let ownerships: [(account: Account, owners: String)]
    let book: AccountBook
    let statement: AccountStatement
    let clocks: [OpenClock]
    /// Open charges that a court could read as paid, with the period that was paid later.
    let gaps: [(charge: Charge, paidPeriod: Period, paidOn: CivilDate)]
    let payments: [Session.ReceivedPayment]
    let notices: [CaseNotice]
    /// Those that count, by day.
    let contacts: [Session.RecordedContact]
    /// Reasons of the holds on the day, in byte order.
    let holds: [String]
    let policies: [Session.PolicyVersion]
    let itemNames: [ID<FeeItem>: String]
    let head: ChainHead
    /// The loan prime rate, and up to which day it is known.
    let rates: [YearlyRate]

    /// Open charges with their books, oldest first.
    var open: [ChargeBook] {
        book.charges.filter { $0.counts(asOf: asOf) && $0.principalOpen(asOf: asOf) > .zero }
    }

    func name(of charge: Charge) -> String { itemNames[charge.item.id] ?? charge.item.code }
}

/// A notice as it was given, with what went out and what proves its arrival.
struct CaseNotice {
    let given: Session.GivenNotice
    let charges: Set<ChargeKey>
    let letter: Session.PrintedLetter?
    let messages: [Session.ComposedMessage]
    /// Those that count: dated by the day of the pack, and not withdrawn.
    let services: [Session.RecordedService]

    /// Whether a service proves the demand before a court.
    func isProven(under terms: LimitationTerms) -> Bool {
        services.contains { $0.grade.proves($0.service.how, accepting: terms.accept) }
    }
}

extension CaseFile {
    /// - Parameter owner: names an account by its owner's code; `nil`: whoever holds the unit.
    init(
        of code: String, owner: String?, asOf: CivilDate, rates: [YearlyRate], in session: Session,
        _ effects: Effects
    ) throws {
        let context = try CommunityContext(named: effects.community, in: session)
        let account = try Office.account(of: code, owner: owner, asOf: asOf, context, session)
        try session.begin(.unit(account.unit))
        let chunk = try session.chunk(
            after: 0, count: 1, scope: .all, items: context.items, policy: context.policy)!
        let known = try session.owners(of: chunk)
        let events = try LimitationEvents(of: chunk, context.policy, asOf: asOf, in: session)
        let book = chunk.units[0].accounts.first { $0.account.id == account.id }!
        self.context = context
        self.asOf = asOf
        self.account = account
        self.book = book
        self.rates = rates
        unit = chunk.units[0].unit
        owners = account.owners.compactMap { known[$0] }
        ownerships = chunk.units[0].accounts.map { ($0.account, $0.ownerCodes(known)) }
        statement = book.statement(asOf: asOf)
        clocks = try context.openClocks(of: chunk, asOf: asOf, in: session)
            .filter { $0.account.id == account.id }
        gaps = book.gaps(asOf: asOf, events).map { ($0.charge.charge, $0.paidPeriod, $0.paidOn) }
        payments = try session.payments(to: account, asOf: asOf)
        notices = try session.givenNotices(of: chunk, asOf: asOf)[account.id, default: []].map {
            try CaseNotice($0, asOf: asOf, in: session)
        }
        contacts = try session.contacts(of: account, asOf: asOf)
        holds = Set(
            try session.holds(of: chunk)[account.id, default: []].filter { $0.holds(on: asOf) }
                .map(\.reason.rawValue)
        ).sorted(by: inByteOrder)
        policies = try session.policyVersions(of: context.id)
        itemNames = try session.items(of: context.id).reduce(into: [:]) { $0[$1.key.id] = $1.value }
        head = try session.chainHead(of: context.id)
    }
}

extension CaseNotice {
    fileprivate init(
        _ given: Session.GivenNotice, asOf: CivilDate, in session: Session
    ) throws {
        self.given = given
        charges = Set(try session.charges(listedBy: given.id))
        letter = try session.printedLetter(given.id)
        messages = try session.composedMessages(of: given.id)
        services = try session.services(of: given.id).filter {
            $0.withdrawn == nil && $0.service.date <= asOf
        }
    }
}

extension CaseFile {
    /// The bases on which the late fees can be claimed, the books' own first.
    var bases: [(basis: ClaimBasis, name: Bilingual)] {
        let cap = context.policy.lateFee.cap
        let agreed: [(ClaimBasis, Bilingual)] = [
            (
                .agreed,
                Bilingual(zh: "按约定，上限为本金的 \(percent(cap))", en: "as agreed, up to \(percent(cap))")
            ), (.agreedUncapped, Bilingual(zh: "按约定，不设上限", en: "as agreed, no cap")),
            (
                .agreedUpTo(Ratio(parts: 300_000)),
                Bilingual(zh: "按约定，不超过本金 30%", en: "as agreed, up to 30% of principal")
            ),
            (
                .agreedUpTo(.one),
                Bilingual(zh: "按约定，不超过本金 100%", en: "as agreed, up to 100% of principal")
            ),
            (
                .yearly(
                    [YearlyRate(from: .distantPast, rate: Percentage(parts: 2_400))], tenths: 10),
                Bilingual(zh: "年利率 24%", en: "24% a year")
            ),
        ]
        let distinct = agreed.filter { $0.0 != .agreedUpTo(cap) }
        if rates.isEmpty { return distinct }
        return distinct
            + [(10, "1"), (13, "1.3"), (15, "1.5"), (40, "4")].map { tenths, times in
                (
                    .yearly(rates, tenths: tenths),
                    Bilingual(zh: "一年期 LPR 的 \(times) 倍", en: "\(times) × one-year LPR")
                )
            }
    }

    /// What can be claimed of one charge's late fee: accrued, less what was paid or waived on it.
    func claim(_ basis: ClaimBasis, of charge: ChargeBook) -> (accrued: Money, left: Money) {
        let accrued = basis.lateFee(of: charge, policy: book.policy, asOf: asOf)
        let settled = charge.lateFeePaid(asOf: asOf) + charge.lateFeeWaived(asOf: asOf)
        return (accrued, max(.zero, accrued - settled))
    }

    /// Of all charges that count.
    func claim(_ basis: ClaimBasis) -> (accrued: Money, left: Money) {
        book.charges.filter { $0.counts(asOf: asOf) }.map { claim(basis, of: $0) }
            .reduce((Money.zero, Money.zero)) { ($0.0 + $1.accrued, $0.1 + $1.left) }
    }
}

func percent(_ ratio: Ratio) -> String {
    Percentage(parts: ratio.parts / 100).shortDescription + "%"
}
