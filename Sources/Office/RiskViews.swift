import Casework
public import Dunning
import FeeLedger
import Interchange
public import Primitives
import SQLiteStore

/// One account with something open, and how likely that is to be collected.
public struct RiskRow: Sendable {
    public let unit: String
    /// Codes of the account's owners, joined by `;`.
    public let owners: String
    /// A manager's override where there is one, else the rules'.
    public let risk: RiskClass
    /// What the rules say.
    public let byRule: RiskClass
    public let principal, lateFee: Money
    /// Of the oldest overdue principal; 0: none is overdue.
    public let oldestDays: Int
    public let reason: Bilingual
}

/// Every account with open principal or outstanding late fee as of the date, by unit, then first
/// day of the account: one pass, without a statement for each account.
public func forEachRisk(
    asOf: CivilDate, effects: Effects, _ body: (RiskRow) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try context.forEachRisk(asOf: asOf, in: session, body)
    }
}

/// What is set aside for the accounts of one class.
public struct RiskProvision: Sendable {
    public let risk: RiskClass
    public internal(set) var accounts = 0
    public internal(set) var principal = Money.zero
    /// By the rules in force on the date.
    public let share: Ratio
    public internal(set) var provision = Money.zero
}

/// One row for each class, classes without accounts included; their principals add up to all open
/// principal of the books as of the date.
public func riskProvisions(asOf: CivilDate, effects: Effects) throws -> [RiskProvision] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let rules = context.policy.casework.riskRules(on: asOf)
        var provisions = RiskClass.allCases.map {
            RiskProvision(risk: $0, share: rules.provisions[$0] ?? .zero)
        }
        try context.forEachRisk(asOf: asOf, in: session) { row in
            let place = RiskClass.allCases.firstIndex(of: row.risk)!
            provisions[place].accounts += 1
            provisions[place].principal += row.principal
        }
        for place in provisions.indices {
            let one = provisions[place]
            provisions[place].provision = rules.provision(for: one.risk, on: one.principal)
        }
        return provisions
    }
}

/// Puts a manager's judgement in place of the rules', or gives the account back to them.
///
/// - Parameters:
///   - owner: names an account by its owner's code; `nil`: whoever holds the unit on the day.
///   - risk: `nil`: the rules hold again.
public func overrideRisk(
    of unit: String, owner: String?, as risk: RiskClass?, reason: String, by staff: String,
    on day: CivilDate, effects: Effects
) throws {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireApprover(staff, in: context.id, session)
        guard !trimmed(reason).isEmpty else { throw HardshipError.reasonMissing }
        let account = try account(of: unit, owner: owner, asOf: day, context, session)
        let act = try caseAct("risk override", unit, by: staff, context, session, effects)
        try session.addRiskOverride(
            RiskOverride(risk, on: day, by: staff, reason: reason), of: account, in: context.id,
            act: act)
    }
}

extension CommunityContext {
    fileprivate func forEachRisk(
        asOf: CivilDate, in session: Session, _ body: (RiskRow) throws -> Void
    ) throws {
        let rules = policy.casework.riskRules(on: asOf)
        let scope = ChargeScope.open(asOf: asOf)
        try forEachChunk(of: .community(id), scope: scope, in: session) { chunk in
            let clocks = Dictionary(
                grouping: try openClocks(of: chunk, asOf: asOf, in: session), by: \.account.id)
            let overrides = try session.riskOverrides(of: chunk, asOf: asOf)
            let broken = try session.brokenPromises(of: chunk, asOf: asOf)
            let owners = try session.owners(of: chunk)
            for unit in chunk.units {
                for book in unit.accounts {
                    let statement = book.statement(asOf: asOf)
                    guard statement.standings.contains(where: \.isOpen) else { continue }
                    let account = book.account.id
                    let facts = RiskFacts(
                        clocks[account] ?? [], brokenPromises: broken[account] ?? 0)
                    let judgement = rules.judge(facts)
                    let override = overrides[account]
                    try body(
                        RiskRow(
                            unit: unit.unit.code, owners: book.ownerCodes(owners),
                            risk: override?.risk ?? judgement.risk, byRule: judgement.risk,
                            principal: statement.principalOpen, lateFee: statement.lateFeeOpen,
                            oldestDays: facts.oldestDays,
                            reason: override?.inWords ?? judgement.reason.inWords))
                }
            }
        }
    }
}

extension RiskFacts {
    /// - Parameter clocks: of all open charges of the account.
    init(_ clocks: [OpenClock], brokenPromises: Int) {
        self.init(
            principals: clocks.map { clock in
                OpenPrincipal(
                    amount: clock.principalOpen, daysOverdue: clock.asOf - clock.charge.due,
                    isLapsed: clock.daysLeft < 0)
            }, brokenPromises: brokenPromises)
    }
}

extension RiskJudgement.Reason {
    fileprivate var inWords: Bilingual {
        switch self {
        case .nothingOverdue: Bilingual(zh: "没有逾期的本金", en: "nothing is overdue")
        case .allLapsed:
            Bilingual(zh: "逾期本金都已过诉讼时效", en: "all that is overdue is past its limitation")
        case .age(let days, let from):
            Bilingual(
                zh: "最早一笔逾期 \(days) 天（\(from) 天起）",
                en: "the oldest is \(days) days overdue (from \(from))")
        case .brokenPromises(let count):
            Bilingual(zh: "\(count) 次承诺没有兑现", en: "\(count) promises were broken")
        case .overdue(let days):
            Bilingual(
                zh: "逾期 \(days) 天", en: days == 1 ? "1 day overdue" : "\(days) days overdue")
        }
    }
}

extension RiskOverride {
    fileprivate var inWords: Bilingual {
        Bilingual(
            zh: "\(staff) \(day) 判定" + (reason.isEmpty ? "" : "：\(reason)"),
            en: "by \(staff) on \(day)" + (reason.isEmpty ? "" : ": \(reason)"))
    }
}
