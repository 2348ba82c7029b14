public import Casework
import FeeLedger
import Interchange
public import Primitives
public import SQLiteStore

/// Why a promise was not recorded or withdrawn.
public enum PromiseError: ExplainedError, Hashable, Sendable {
    case nothingPromised(amount: Money)
    case endsBefore(until: CivilDate, on: CivilDate)
    case unknownPromise(number: Int)
    case reasonMissing

    public var message: Bilingual {
        switch self {
        case .nothingPromised(let amount):
            Bilingual(
                zh: "承诺的金额要大于 0；这里是 \(amount)。",
                en: "A promise is of more than 0, not \(amount).")
        case .endsBefore(let until, let on):
            Bilingual(
                zh: "承诺的日期 \(until) 在承诺那天 \(on) 之前。请核对 --until 和 --on。",
                en:
                    "The promised day, \(until), lies before \(on), on which it was promised. Check "
                    + "--until and --on.")
        case .unknownPromise(let number):
            Bilingual(
                zh: "没有承诺 \(number)，或者已经撤销。再登记一次同样的承诺，会显示它的编号。",
                en:
                    "There is no promise \(number), or it was withdrawn. Entering the same promise again "
                    + "shows its number.")
        case .reasonMissing:
            Bilingual(zh: "请写明撤销的原因：--reason。", en: "Say why: --reason TEXT.")
        }
    }

    public var isBadInput: Bool { true }
}

/// What became of a promise that was entered.
public struct PromiseSummary: Sendable {
    public let promise: Session.RecordedPromise
    /// The very same was recorded before; nothing was changed.
    public let isKnown: Bool
    /// Earlier promises of the account that were broken by the promise's day.
    public let broken: Int
}

/// Records a promise to pay: it holds dunning from its day to the promised one, both included, and
/// changes no amount. The same again, whoever enters it, changes nothing.
///
/// - Parameter owner: names an account by its owner's code; `nil`: whoever holds the unit that day.
public func recordPromise(
    _ promise: PromiseToPay, of unit: String, owner: String?, effects: Effects
) throws -> PromiseSummary {
    guard promise.amount > .zero else {
        throw PromiseError.nothingPromised(amount: promise.amount)
    }
    guard promise.until >= promise.on else {
        throw PromiseError.endsBefore(until: promise.until, on: promise.on)
    }
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = trimmed(effects.staff)
        try requireStaff(staff, in: context.id, session)
        let account = try account(
            of: unit, owner: owner, asOf: promise.on, context, session)
        let given = try session.promises(of: account)
        let earlier = given.filter { $0.promise.on <= promise.on && $0.promise != promise }
        let broken = earlier.count { $0.state(asOf: promise.on) == .broken }
        if let known = given.first(where: { $0.promise == promise }) {
            return PromiseSummary(promise: known, isKnown: true, broken: broken)
        }
        let act = try session.addAct(
            community: context.id, kind: "promise", by: staff, at: effects.now().description,
            detail: unit)
        let number = try session.addPromise(
            promise, of: account, by: staff, in: context.id, act: act)
        let recorded = try session.promises(of: account).first { $0.number == number }!
        return PromiseSummary(promise: recorded, isKnown: false, broken: broken)
    }
}

/// Withdraws a promise that was entered by mistake: from the day on it is in no list, holds nothing
/// and starts no limitation clock anew. As of an earlier day it stands as it did. One that is
/// judged already is withdrawn by a manager alone: one that was not kept is no mistake.
public func withdrawPromise(
    _ number: Int, reason: String, on day: CivilDate, effects: Effects
) throws {
    guard !trimmed(reason).isEmpty else { throw PromiseError.reasonMissing }
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let staff = trimmed(effects.staff)
        try requireStaff(staff, in: context.id, session)
        guard let unit = try session.standingUnit(of: .promise, number, in: context.id) else {
            throw PromiseError.unknownPromise(number: number)
        }
        if let last = try session.lastDay(ofPromise: number), last < day {
            try requireApprover(staff, in: context.id, session)
        }
        let act = try session.addAct(
            community: context.id, kind: "promise withdrawal", by: staff,
            at: effects.now().description, detail: "\(unit) \(number)")
        try session.retract(
            .promise, number, reason: reason, on: day, in: context.id, act: act)
    }
}

/// Promises given by the date, by unit, then day; those withdrawn by then are left out.
public func forEachPromise(
    asOf: CivilDate, effects: Effects, _ body: (Session.RecordedPromise) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachPromise(of: context.id, asOf: asOf, body)
    }
}
