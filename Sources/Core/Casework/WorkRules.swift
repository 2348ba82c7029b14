public import Dunning
public import Primitives

/// What is known of one account on a day, as far as the worklist asks; only what has a date on or
/// before it.
public struct AccountOnDay: Sendable {
    /// A call, visit or message that counts.
    public struct Contact: Hashable, Sendable {
        public let way: ContactWay
        public let date: CivilDate
        /// When to speak again, as agreed.
        public let next: CivilDate?
        public init(way: ContactWay, date: CivilDate, next: CivilDate?) {
            self.way = way
            self.date = date
            self.next = next
        }
    }

    /// A dunning notice.
    public struct Notice: Hashable, Sendable {
        public let stage: String
        public let date: CivilDate
        /// It asks for a call.
        public let asksToCall: Bool
        /// It asks for a signature: the formal demand.
        public let isFormal: Bool
        public init(stage: String, date: CivilDate, asksToCall: Bool, isFormal: Bool) {
            self.stage = stage
            self.date = date
            self.asksToCall = asksToCall
            self.isFormal = isFormal
        }
    }

    public let asOf: CivilDate
    /// Open principal that fell due before the day.
    public var overdue = Money.zero
    /// Reasons of the holds that hold on the day.
    public var holds: Set<DunningHold.Reason> = []
    /// By day.
    public var contacts: [Contact] = []
    /// By day.
    public var notices: [Notice] = []
    /// The last day on which money came.
    public var lastPaid: CivilDate?

    public init(asOf: CivilDate) { self.asOf = asOf }
}

/// So many calls without a payment, and somebody goes there.
private let callsBeforeVisit = 3
/// Calls are remembered so long.
private let callsCountFor = 90
private let paydays = [5, 10, 15, 28, 30]

extension AccountOnDay {
    // MARK: - Calls and visits

    /// The call or visit of the day, at most one.
    ///
    /// What was agreed on with the household goes first, whatever holds: but not while a court has
    /// it, and after a death it is about the heirs, not the debt. Otherwise nobody is asked for
    /// money while a hold holds; hardship is one. A visit is due after a formal demand, and after
    /// three calls within ninety days without a payment; a call after a notice that asks for one.
    /// Each is done once somebody called or went after that notice.
    public var chase: WorkItem? {
        if holds.contains(.court) { return nil }
        if let agreed { return agreed }
        guard overdue > .zero, holds.isEmpty else { return nil }
        return visit ?? call
    }

    private var agreed: WorkItem? {
        guard let last = contacts.last(where: { $0.way != .letter }), let next = last.next,
            next <= asOf
        else { return nil }
        let isDeceased = holds.contains(.deceased)
        guard overdue > .zero || isDeceased else { return nil }
        let about =
            isDeceased
            ? Bilingual(zh: "找继承人，不谈欠款", en: "to find the heirs, not about the debt")
            : Bilingual(zh: "上次说好再联系", en: "as was agreed")
        return item(
            last.way == .visit ? .visit : .call, due: next, chance: .agreed,
            amount: isDeceased ? nil : overdue,
            Bilingual(
                zh: "\(last.date) 联系时约了 \(next)：\(about.zh)",
                en: "on \(last.date) the next word was set for \(next): \(about.en)"))
    }

    private var visit: WorkItem? {
        let lastVisit = contacts.last { $0.way == .visit }?.date ?? .distantPast
        if let formal = notices.last(where: \.isFormal), lastVisit < formal.date {
            return item(
                .visit, due: formal.date, chance: .even, amount: overdue,
                Bilingual(
                    zh: "\(formal.date) 的正式催缴之后还没有上门：当面送达并请签收",
                    en:
                        "no visit since the formal demand (\(formal.stage)) of \(formal.date): hand it over, "
                        + "and have it signed"))
        }
        let calls = callsInVain
        guard calls.count >= callsBeforeVisit, let last = calls.last, lastVisit < last else {
            return nil
        }
        return item(
            .visit, due: last, chance: .repeated, amount: overdue,
            Bilingual(
                zh: "打了 \(calls.count) 次电话都没有收到款，最近一次 \(last)：当面谈",
                en: "\(calls.count) calls brought no payment, the last on \(last): speak in person")
        )
    }

    private var call: WorkItem? {
        guard let notice = notices.last(where: \.asksToCall) else { return nil }
        let lastWord = contacts.last { $0.way == .call || $0.way == .visit }?.date
        if let lastWord, lastWord >= notice.date { return nil }
        let calls = callsInVain
        let payday = latestPayday(after: max(notice.date, lastWord ?? notice.date), to: asOf)
        let chance: WorkItem.Chance =
            calls.count > 1 ? .repeated : payday == nil ? .even : .afterPayday
        var (zh, en) = (
            "\(notice.date) 的 \(notice.stage) 通知之后还没有通话",
            "no call since the \(notice.stage) notice of \(notice.date)"
        )
        if let payday, chance == .afterPayday {
            zh += "；\(payday) 发薪日刚过"
            en += "; payday was on \(payday)"
        }
        if chance == .repeated {
            zh += "；之前打过 \(calls.count) 次没有结果"
            en += "; \(calls.count) calls before brought nothing"
        }
        return item(
            .call, due: notice.date, chance: chance, amount: overdue, Bilingual(zh: zh, en: en))
    }

    /// The days of calls since the last payment.
    private var callsInVain: [CivilDate] {
        let first = max(
            asOf.advanced(byDays: -callsCountFor), lastPaid?.advanced(byDays: 1) ?? .distantPast)
        return contacts.filter { $0.way == .call && $0.date >= first }.map(\.date)
    }

    // MARK: - Promises and plans

    /// Promises that fall due today or tomorrow, unless they are met already; and what was promised
    /// and not paid in full, until somebody spoke with the household again; a later promise counts
    /// as that, too.
    ///
    /// - Parameter promises: by day, with the money that came.
    public func promiseItems(
        _ promises: [(promise: PromiseToPay, receipts: [Receipt])]
    ) -> [WorkItem] {
        if isBeyondAsking { return [] }
        return promises.compactMap { promise, receipts in
            let paid = receipts.received(from: promise.on, to: promise.until, asOf: asOf)
            let missing = promise.amount - paid
            guard missing > .zero, overdue > .zero || promise.until >= asOf else { return nil }
            let days = promise.until - asOf
            if days == 0 || days == 1 {
                return item(
                    .promise, due: promise.until, chance: .agreed, amount: missing,
                    Bilingual(
                        zh:
                            "\(promise.on) 答应\(days == 0 ? "今天" : "明天")付 \(promise.amount)，到账 \(paid)",
                        en:
                            "promised on \(promise.on) to pay \(promise.amount) by "
                            + "\(days == 0 ? "today" : "tomorrow"); \(paid) came"))
            }
            let hasSpoken =
                contacts.contains { $0.way != .letter && $0.date > promise.until }
                || promises.contains { $0.promise.on > promise.until }
            guard days < 0, !hasSpoken else { return nil }
            return item(
                .promise, due: promise.until, chance: .even, amount: missing,
                Bilingual(
                    zh: "答应 \(promise.until) 前付 \(promise.amount)，到账 \(paid)；问一问是什么原因",
                    en:
                        "promised \(promise.amount) by \(promise.until); \(paid) came: ask what came between"
                ))
        }
    }

    /// Parts that fall due within three days or are late, and a plan that was broken, until
    /// somebody spoke with the household again.
    public func item(of plan: InstalmentPlan, _ receipts: [Receipt]) -> WorkItem? {
        if isBeyondAsking { return nil }
        switch plan.state(asOf: asOf, receipts) {
        case .proposed, .refused, .completed: return nil
        case .broken:
            guard let broken = plan.brokenOn(receipts),
                !contacts.contains(where: { $0.way != .letter && $0.date >= broken })
            else { return nil }
            let paid = plan.received(by: asOf, asOf: asOf, receipts)
            guard overdue > .zero, plan.terms.total > paid else { return nil }
            return item(
                .plan, due: broken, chance: .even, amount: plan.terms.total - paid,
                Bilingual(
                    zh: "分期 \(broken) 起失效，共 \(plan.terms.total)，到账 \(paid)；问一问还做不做得到",
                    en:
                        "the plan broke on \(broken): \(paid) of \(plan.terms.total) came; ask what can be kept"
                ))
        case .kept, .late:
            guard let part = plan.next(asOf: asOf, receipts), part.due - asOf <= 3 else {
                return nil
            }
            let isLate = part.due < asOf
            let last = part.due.advanced(byDays: plan.brokenAfter)
            return item(
                .plan, due: part.due, chance: isLate ? .even : .agreed, amount: part.amount,
                isLate
                    ? Bilingual(
                        zh: "分期 \(part.due) 应付，还差 \(part.amount)；\(last) 以后分期失效",
                        en: "the part of \(part.due) is late; the plan breaks after \(last)")
                    : Bilingual(
                        zh: "分期 \(part.due) 应付，还差 \(part.amount)",
                        en: "the part of \(part.due) is due"))
        }
    }

    /// After a death, and in court, nobody is asked for what was promised.
    private var isBeyondAsking: Bool { holds.contains(.court) || holds.contains(.deceased) }

    private func item(
        _ task: WorkTask, due: CivilDate, chance: WorkItem.Chance, amount: Money?,
        _ reason: Bilingual
    ) -> WorkItem {
        var item = WorkItem(task, due: due, chance: chance, reason: reason)
        item.amount = amount
        return item
    }
}

/// The last payday after `first`, up to and including `last`; within a month, the 30th of a
/// February is its last day.
func latestPayday(after first: CivilDate, to last: CivilDate) -> CivilDate? {
    [last.period.advanced(byMonths: -1), last.period]
        .flatMap { period in paydays.map { period.day($0) } }
        .filter { first < $0 && $0 <= last }.max()
}
