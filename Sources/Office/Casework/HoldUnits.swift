public import Dunning
import FeeLedger
import Interchange
public import Primitives
import SQLiteStore

/// A hold to be entered for several accounts at once.
public struct HoldEntry: Hashable, Sendable {
    public let reason: DunningHold.Reason
    public let from: CivilDate
    /// Inclusive; `nil`: open.
    public let to: CivilDate?
    public let note: String

    public init(reason: DunningHold.Reason, from: CivilDate, to: CivilDate?, note: String) {
        self.reason = reason
        self.from = from
        self.to = to
        self.note = note
    }
}

/// An account by what a page knows of it: its unit's code, and its first day.
public struct AccountKey: Hashable, Sendable {
    public let unit: String
    public let from: CivilDate

    public init(unit: String, from: CivilDate) {
        self.unit = unit
        self.from = from
    }
}

/// What came, or would come, of a hold for one account.
public struct HoldOutcome: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case held
        /// It stands already, or belongs to nobody here: why.
        case leftOut(Bilingual)
        case failed(Bilingual)
    }

    public let account: AccountKey
    public let state: State
}

/// What `holdUnits` would do, account by account, in their order; nothing is written.
public func holdPreview(
    _ entry: HoldEntry, of accounts: [AccountKey], effects: Effects
) throws -> [HoldOutcome] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return try decide(entry, of: accounts, context, session).map(\.outcome)
    }
}

/// Enters one hold for each of the accounts, all in one transaction.
///
/// Left out are accounts that do not hold their unit on its first day (a hold belongs to who does),
/// and those that have a hold of that reason on all of its days.
/// - Returns: what came of each, in their order.
public func holdUnits(
    _ entry: HoldEntry, of accounts: [AccountKey], effects: Effects
) throws -> [HoldOutcome] {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = try requireStaff(trimmed(effects.staff), in: context.id, session)
        let decided = try decide(entry, of: accounts, context, session)
        let held = decided.filter { $0.outcome.state == .held }
        if held.isEmpty { return decided.map(\.outcome) }
        let act = try session.addAct(
            community: context.id, kind: "holds add", by: staff, at: effects.now().description,
            detail: "\(held.count) \(entry.reason.rawValue) \(entry.from)")
        let hold = DunningHold(reason: entry.reason, from: entry.from, to: entry.to)
        for one in held {
            _ = try session.recordHold(
                hold, unit: one.account!.unit, account: one.account!.id, note: entry.note,
                in: context.id, act: act)
        }
        return decided.map(\.outcome)
    }
}

private struct Decided {
    let outcome: HoldOutcome
    /// `nil`: there is none of that key.
    let account: Account?
}

private func decide(
    _ entry: HoldEntry, of keys: [AccountKey], _ context: CommunityContext, _ session: Session
) throws -> [Decided] {
    if let to = entry.to, to < entry.from { throw HoldError.endsBefore(to: to, from: entry.from) }
    var units: [ID<Unit>] = []
    for code in Set(keys.map(\.unit)).sorted(by: inByteOrder) {
        if let unit = try session.unit(code: code, in: context.id) { units.append(unit) }
    }
    var found: [AccountKey: Decided] = [:]
    try context.forEachChunk(of: .units(units), scope: .unsettled, in: session) { chunk in
        let holds = try session.registeredHolds(of: chunk)
        for unit in chunk.units {
            for book in unit.accounts {
                let account = book.account
                let key = AccountKey(unit: unit.unit.code, from: account.from)
                let state = entry.state(for: account, holds[account.id] ?? [])
                found[key] = Decided(
                    outcome: HoldOutcome(account: key, state: state), account: account)
            }
        }
    }
    return keys.map { key in
        found[key]
            ?? Decided(
                outcome: HoldOutcome(
                    account: key,
                    state: .failed(
                        Bilingual(zh: "没有这一户", en: "there is no such account"))), account: nil)
    }
}

extension HoldEntry {
    fileprivate func state(for account: Account, _ holds: [DunningHold]) -> HoldOutcome.State {
        guard account.holds(on: from) else {
            return .leftOut(
                Bilingual(
                    zh: "\(from) 不是这一户持有：暂停只登记给当天的业主",
                    en: "does not hold the unit on \(from): a hold is for who does"))
        }
        let standing = holds.first { hold in
            guard hold.reason == reason else { return false }
            if hold.from == from { return true }
            let end = to ?? .distantFuture
            return hold.from < from && (hold.to ?? .distantFuture) >= end
        }
        guard let standing else { return .held }
        let (since, until) = (standing.from, standing.to)
        return .leftOut(
            Bilingual(
                zh: "已有同样原因的暂停：\(since) 起" + (until.map { "，到 \($0)" } ?? ""),
                en: "has one for that reason from \(since)" + (until.map { " to \($0)" } ?? "")))
    }
}
