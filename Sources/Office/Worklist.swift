public import Casework
import Dunning
import Evidence
import FeeLedger
public import Primitives
import SQLiteStore

/// What there is to do on the date, in order (`WorkItem.ordered`).
///
/// One pass over the units, with a few statements for each thousand of them, and one for each kind
/// of thing that belongs to no account. Mail that came back is known as it stands now, whatever the
/// date: it carries no day of its own.
public func worklist(asOf: CivilDate, effects: Effects) throws -> [WorkItem] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        var work = WorklistMaking(asOf: asOf, context: context, session: session)
        try context.forEachChunk(
            of: .community(context.id), scope: .open(asOf: asOf), in: session
        ) { try work.add($0) }
        try work.addReviews()
        try work.addApprovals()
        try work.addComplaints()
        try work.addServiceGaps()
        try work.addBounces()
        return WorkItem.ordered(work.named)
    }
}

/// The same, as a person may see it: what is about a hardship case goes to managers and the case's
/// own staff alone.
public func worklist(
    asOf: CivilDate, shownTo name: String, effects: Effects
) throws -> [WorkItem] {
    let items = try worklist(asOf: asOf, effects: effects)
    let seen = try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return Set(
            try session.hardshipCases(of: context.id).filter {
                try maySee($0, name, context, session)
            }.map(\.id.number))
    }
    return items.filter { item in
        guard case .hardshipCase(let number) = item.subject else { return true }
        return seen.contains(number)
    }
}

/// So many days ahead a review is announced.
private let reviewAhead = 14

private struct WorklistMaking {
    let asOf: CivilDate
    let context: CommunityContext
    let session: Session
    var items: [WorkItem] = []
    /// What is overdue, of accounts that may be asked for a proof.
    private var owing: [OwingKey: Money] = [:]
    private var cases: [ID<Account>: [Session.RecordedHardshipCase]] = [:]
    private var labels: [ID<Account>: AccountLabel] = [:]
    /// By the owner's code.
    private var names: [String: String] = [:]

    private struct OwingKey: Hashable {
        let unit, owners: String
    }

    init(asOf: CivilDate, context: CommunityContext, session: Session) {
        self.asOf = asOf
        self.context = context
        self.session = session
    }

    /// The items with the names of their owners.
    var named: [WorkItem] {
        items.map { item in
            var item = item
            item.names = item.owners.split(separator: ";").map { names[String($0)] ?? String($0) }
            return item
        }
    }

    // MARK: - Accounts

    mutating func add(_ chunk: UnitChunk) throws {
        let owners = try session.owners(of: chunk)
        for owner in owners.values { names[owner.code] = owner.name }
        let facts = try ChunkOnDay(of: chunk, asOf: asOf, in: session)
        let clocks = Dictionary(
            grouping: try context.openClocks(of: chunk, asOf: asOf, in: session),
            by: \.account.id)
        for unit in chunk.units {
            for book in unit.accounts {
                let label = AccountLabel(
                    unit: unit.unit.code, owners: book.ownerCodes(owners),
                    building: unit.unit.building)
                labels[book.account.id] = label
                let account = facts.account(book)
                let key = OwingKey(unit: label.unit, owners: label.owners)
                let mayBeAsked = account.holds.isDisjoint(with: [.court, .deceased, .hardship])
                if account.overdue > .zero, mayBeAsked { owing[key] = account.overdue }
                var found = account.promiseItems(
                    (facts.promises[book.account.id] ?? []).map { ($0.promise, $0.receipts) })
                found += (chunk.plans[book.account.id] ?? []).compactMap {
                    account.item(of: $0.plan, $0.receipts)
                }
                if let chase = account.chase { found.append(chase) }
                if let lapsing = lapsing(clocks[book.account.id] ?? []) { found.append(lapsing) }
                items += found.map { $0.labelled(label) }
            }
        }
    }

    /// The claims of one account that are about to lapse.
    private func lapsing(_ clocks: [OpenClock]) -> WorkItem? {
        let near = clocks.filter { $0.isAboutToLapse(under: context.policy.limitation) }
        guard let first = near.min(by: { $0.clock.lastDay < $1.clock.lastDay }) else { return nil }
        let day = first.clock.lastDay
        var item = WorkItem(
            .limitation, due: day,
            reason: Bilingual(
                zh: "\(near.count) 笔收费的时效将满，最早 \(first.charge.period) \(first.charge.item.code)："
                    + "还剩 \(first.daysLeft) 天；请业主签收确认，或寄挂号信",
                en:
                    "claims about to lapse: \(near.count), \(first.charge.period) \(first.charge.item.code) first, in "
                    + "\(first.daysLeft) days: have the debt acknowledged, or send registered mail")
        )
        item.amount = near.reduce(.zero) { $0 + $1.principalOpen }
        return item
    }

    // MARK: - Reviews, approvals, complaints

    /// Cases whose review is due within the days ahead, or past; and proofs of live ones that end.
    mutating func addReviews() throws {
        let ends = try session.proofsThatEnd(in: context.id, asOf: asOf)
        for record in try session.hardshipCases(of: context.id) {
            guard let state = record.hardship.state(asOf: asOf),
                [.open, .granted, .lapsed].contains(state), let label = labels[record.account]
            else { continue }
            if let review = record.hardship.review(asOf: asOf), isNear(review) {
                items.append(
                    WorkItem(.review, due: review, reason: words(record.id, review: review))
                        .about(.hardshipCase(record.id.number)).labelled(label))
            }
            guard state != .lapsed else { continue }
            for end in ends[record.id] ?? [] where isNear(end) {
                items.append(
                    WorkItem(
                        .review, due: end,
                        reason: Bilingual(
                            zh: "案卷 \(record.id.number) 的一份证明有效期到 \(end)：请补新的",
                            en:
                                "a proof of case \(record.id.number) is valid until \(end): ask for a new one"
                        )
                    ).about(.hardshipCase(record.id.number)).labelled(label))
            }
        }
    }

    private func isNear(_ day: CivilDate) -> Bool { day - asOf <= reviewAhead }

    private func words(_ number: HardshipCaseID, review: CivilDate) -> Bilingual {
        review < asOf
            ? Bilingual(
                zh: "案卷 \(number.number) 的复核日 \(review) 已过，照顾已经停止：续期、另定或结案",
                en:
                    "the review of case \(number.number) was due on \(review) and its relief has lapsed: renew, "
                    + "decide anew, or close it")
            : Bilingual(
                zh: "案卷 \(number.number) 到 \(review) 复核，过了那天照顾就停止",
                en:
                    "case \(number.number) is to be reviewed by \(review); after that its relief lapses"
            )
    }

    mutating func addApprovals() throws {
        for record in try session.proposals(of: context.id, asOf: asOf, isOpen: true) {
            let proposal = record.proposal
            let (days, what) = (asOf - proposal.day, matterWords[record.kind])
            var item = WorkItem(
                .approval, due: proposal.day,
                reason: Bilingual(
                    zh: "\(proposal.by) \(proposal.day) 提出的\(what?.zh ?? record.kind)"
                        + "（提议 \(record.id.number)）等经理决定，已 \(days) 天",
                    en:
                        "\(what?.en ?? record.kind) (proposal \(record.id.number)) by \(proposal.by) of "
                        + "\(proposal.day) waits for a manager, \(days) days now"))
            item.amount = proposal.matter.amount
            item.subject =
                proposal.hardshipCase.map { .hardshipCase($0) } ?? .proposal(record.id.number)
            items.append(item.labelled(unit: record.unit, owners: record.owners))
        }
    }

    mutating func addComplaints() throws {
        try session.forEachComplaint(of: context.id, asOf: asOf) { complaint in
            guard complaint.answer == nil else { return }
            let days = asOf - complaint.date
            items.append(
                WorkItem(
                    .dispute, due: complaint.date,
                    reason: Bilingual(
                        zh: "意见 \(complaint.number) 已 \(days) 天没有答复；和欠费分开谈",
                        en:
                            "complaint \(complaint.number) has had no answer for \(days) days; it is apart from "
                            + "the debt")
                ).about(.complaint(complaint.number)).labelled(
                    unit: complaint.unit, owners: complaint.owners))
        }
    }

    // MARK: - Papers

    /// One for each account that owes: its newest dunning notice that is not proven.
    mutating func addServiceGaps() throws {
        var gaps: [OwingKey: (notice: Session.ServedNotice, count: Int)] = [:]
        let accepted = context.policy.limitation.accept
        try session.forEachServiceGap(of: context.id, accepting: accepted) { notice in
            let key = OwingKey(
                unit: notice.unit, owners: notice.owners.joined(separator: ";"))
            guard notice.stage != nil, notice.asOf <= asOf, owing[key] != nil else { return }
            gaps[key] = (notice, (gaps[key]?.count ?? 0) + 1)
        }
        for (key, gap) in gaps {
            let notice = gap.notice
            let more = gap.count - 1
            var item = WorkItem(
                .service, due: notice.asOf, chance: notice.asksForSignature ? .even : .repeated,
                reason: Bilingual(
                    zh: "\(notice.asOf) 的 \(notice.number) 还没有送达证据"
                        + (more > 0 ? "，另有更早的 \(more) 份" : ""),
                    en: "that \(notice.number) of \(notice.asOf) arrived is not proven"
                        + (more > 0 ? ", nor \(more) earlier ones" : "")))
            item.amount = owing[key]
            item.subject = .notice(notice.number)
            items.append(item.labelled(unit: key.unit, owners: key.owners))
        }
    }

    /// Addresses to be asked for, and reports that belong to no message.
    mutating func addBounces() throws {
        var asked: Set<OwingKey> = []
        try session.forEachBounce(of: context.id) { bounce in
            let isLook = bounce.action == "failed" && !bounce.isMatched
            guard bounce.isMarked || isLook else { return }
            let key = OwingKey(unit: bounce.unit, owners: bounce.owner)
            if bounce.isMarked, !asked.insert(key).inserted { return }
            let day = CivilDate(String(bounce.at.prefix(10))) ?? asOf
            let words =
                isLook
                ? Bilingual(
                    zh: "退信 \(bounce.id.number) 对不上我们发的邮件：看看是谁的",
                    en: "report \(bounce.id.number) matches no message of ours: see whose it is")
                : Bilingual(
                    zh: "邮箱收不到信，通知已改走信件：向业主问新的邮箱",
                    en: "the email address takes no mail, notices go by letter: ask for another")
            items.append(
                WorkItem(.bounce, due: day, reason: words).about(.bounce(bounce.id.number))
                    .labelled(unit: bounce.unit, owners: bounce.owner))
        }
    }
}

/// What the chunk's accounts did and were told, asked for all of them at once.
private struct ChunkOnDay {
    let asOf: CivilDate
    let promises: [ID<Account>: [Session.RecordedPromise]]
    private let holds: [ID<Account>: [DunningHold]]
    private let contacts: [ID<Account>: [AccountOnDay.Contact]]
    private let notices: [ID<Account>: [AccountOnDay.Notice]]
    private let lastPaid: [ID<Account>: CivilDate]

    init(of chunk: UnitChunk, asOf: CivilDate, in session: Session) throws {
        self.asOf = asOf
        promises = try session.promises(of: chunk, asOf: asOf)
        holds = try session.holds(of: chunk)
        contacts = try session.contactTrails(of: chunk, asOf: asOf)
        notices = try session.dunningTrails(of: chunk, asOf: asOf)
        lastPaid = try session.lastPayments(of: chunk, asOf: asOf)
    }

    func account(_ book: AccountBook) -> AccountOnDay {
        let id = book.account.id
        var account = AccountOnDay(asOf: asOf)
        account.overdue = book.statement(asOf: asOf).standings.reduce(.zero) {
            $1.daysOverdue > 0 ? $0 + $1.principalOpen : $0
        }
        account.holds = Set((holds[id] ?? []).filter { $0.holds(on: asOf) }.map(\.reason))
        account.contacts = contacts[id] ?? []
        account.notices = notices[id] ?? []
        account.lastPaid = lastPaid[id]
        return account
    }
}

extension WorkItem {
    fileprivate func about(_ subject: Subject) -> WorkItem {
        var item = self
        item.subject = subject
        return item
    }

    fileprivate func labelled(_ label: AccountLabel) -> WorkItem {
        var item = labelled(unit: label.unit, owners: label.owners)
        item.building = label.building
        return item
    }

    fileprivate func labelled(unit: String, owners: String) -> WorkItem {
        var item = self
        item.unit = unit
        item.owners = owners
        return item
    }
}

extension Proposal.Matter {
    /// What it says itself; `nil` where it is the books' to say.
    fileprivate var amount: Money? {
        switch self {
        case .waiver(_, let amount, _): amount
        case .concession(_, _, _, .amount(let amount)): amount
        case .plan(let terms): terms.total
        default: nil
        }
    }
}

private let matterWords = [
    "waiver": Bilingual(zh: "免违约金", en: "a waiver"),
    "concession": Bilingual(zh: "减免", en: "a concession"),
    "payment_reversal": Bilingual(zh: "收款冲红", en: "the reversal of a payment"),
    "charge_reversal": Bilingual(zh: "收费冲红", en: "the reversal of a charge"),
    "write_off": Bilingual(zh: "核销", en: "a write-off"),
    "plan": Bilingual(zh: "分期", en: "an instalment plan"),
    "court": Bilingual(zh: "起诉", en: "going to court"),
]
