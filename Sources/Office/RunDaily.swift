public import Casework
import Dunning
import FeeLedger
import Letters
public import Primitives
import SQLiteStore

/// Why the office's morning cannot begin.
public enum DailyError: ExplainedError, Equatable {
    /// No period was ever run by that date.
    case nothingIssued(asOf: CivilDate)
    /// A run has a later date: what it decided would be decided again, for the day before.
    case runSince(asOf: CivilDate, run: CivilDate)
}

/// What the office's morning did; counts say what this call did.
public struct DailySummary: Sendable {
    /// The latest issued period, which was run again.
    public let period: Period
    /// The morning before, after which promises and plans were judged anew.
    public let since: CivilDate
    /// Which made that morning; `nil`: this is the first.
    fileprivate let sinceAct: ActID?
    /// `nil`: the run failed.
    public var run: RunSummary?
    /// Promises that were judged since then, or entered since then after their last day, by what
    /// they are.
    public var promises: [PromiseToPay.State: Int] = [:]
    /// Plans that became late, broken or completed since then.
    public var plans: [InstalmentPlan.State: Int] = [:]
    /// Hardship cases whose review date is the date or lies before it, and was not kept.
    public var reviewsDue = 0
    /// `nil`: no mailbox is set, or it could not be read.
    public var bounces: FetchedBounces?
    /// `nil`: no mail server is set, or nothing could be delivered.
    public var delivery: DeliveryReport?
    /// Messages that still wait.
    public var waiting = 0
    /// What went wrong in which step; the other steps were done.
    public var troubles: [(step: DailyStep, reason: Bilingual)] = []
}

/// The steps of the morning, in order.
public enum DailyStep: String, CaseIterable, Sendable {
    case run, judging, uploads, bounces, mail
}

/// How the morning reads the mailbox and sends.
public struct DailyMail: Sendable {
    public var account = MailAccountOptions()
    /// In place of the policy's mailbox.
    public var mailbox: String?
    public var mailboxSecretFile: String?
    public init() {}

    /// Where bounces are read.
    public func source(effects: Effects) throws -> ReportSource {
        try reportSource(
            maildir: nil, url: mailbox, secretFile: mailboxSecretFile,
            authorities: account.authorities, effects: effects)
    }
}

/// What the office does every morning (SPEC.md 10): the latest issued period is run as of the date,
/// so that early and middle reminders go out between two months' runs; promises and plans that came
/// to be judged since the morning before are counted; reviews that are due; reports of mail that
/// came back are fetched, where a mailbox is set; what waits is delivered, where a server is set;
/// uploads that nobody confirmed are cleared.
///
/// Repeatable: the same morning again creates nothing, and counts the same promises and plans; one
/// that was left out is made good by the next. A fault in one step does not stop the others.
///
/// - Parameters:
///   - dryRun: count, fetch and deliver nothing, and keep nothing.
///   - deliver: sends; a test's own in place of `deliverMail`.
/// - Throws: `DailyError` where there is nothing to run, or a run was made as of a later day.
public func runDaily(
    asOf: CivilDate, dryRun: Bool, mail: DailyMail, effects: Effects,
    deliver: (MailAccountOptions, Effects) throws -> DeliveryReport = {
        try deliverMail($0, effects: $1)
    }
) throws -> DailySummary {
    var morning = try Morning(asOf: asOf, effects: effects)
    morning.attempt(.run) { summary in
        summary.run = try runPeriod(
            summary.period, asOf: asOf, dryRun: dryRun, effects: effects)
    }
    morning.attempt(.judging) { try judge(&$0, asOf: asOf, keep: !dryRun, effects: effects) }
    if !dryRun {
        morning.attempt(.uploads) { _ in try clearOldUploads(effects: effects) }
        morning.attempt(.bounces) { summary in
            guard let source = try mailbox(mail, effects) else { return }
            summary.bounces = try fetchBounces(from: source, effects: effects)
        }
        morning.attempt(.mail) { summary in
            do {
                summary.delivery = try deliver(mail.account, effects)
            } catch DeliveryError.noServer {}
        }
    }
    morning.attempt(.mail) { $0.waiting = try mailDue(effects: effects) }
    return morning.summary
}

/// `nil`: none is set.
private func mailbox(_ mail: DailyMail, _ effects: Effects) throws -> ReportSource? {
    do {
        return try mail.source(effects: effects)
    } catch DeliveryError.noMailbox {
        return nil
    }
}

private struct Morning {
    var summary: DailySummary

    init(asOf: CivilDate, effects: Effects) throws {
        summary = try effects.store.read { session in
            let community = try CommunityContext(named: effects.community, in: session).id
            guard let period = try session.latestRunPeriod(of: community, asOf: asOf) else {
                throw DailyError.nothingIssued(asOf: asOf)
            }
            if let run = try session.latestRunDate(of: community), asOf < run {
                throw DailyError.runSince(asOf: asOf, run: run)
            }
            let before = try session.lastMorning(of: community, before: asOf)
            return DailySummary(
                period: period, since: before?.date ?? asOf.advanced(byDays: -1),
                sinceAct: before?.act)
        }
    }

    /// Does a step; what goes wrong in it is noted.
    mutating func attempt(_ step: DailyStep, _ body: (inout DailySummary) throws -> Void) {
        do {
            try body(&summary)
        } catch {
            summary.troubles.append((step, explanation(of: error)))
        }
    }
}

func explanation(of error: any Error) -> Bilingual {
    switch error {
    case let error as any ExplainedError: error.message
    case let error as TemplateError:
        Bilingual(zh: error.description(in: .zh), en: error.description(in: .en))
    default: Bilingual(zh: "\(error)", en: "\(error)")
    }
}

/// Counts what came to be judged after the morning before, or was entered after it when it had been
/// judged already, and notes that this one was made.
private func judge(
    _ summary: inout DailySummary, asOf: CivilDate, keep: Bool, effects: Effects
) throws {
    let (since, sinceAct) = (summary.since, summary.sinceAct)
    func count(_ session: Session) throws -> CommunityContext {
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachPromise(of: context.id, asOf: asOf) { promise in
            let judged = promise.promise.until.advanced(byDays: 1)
            let isNew =
                since < judged || sinceAct.map { $0 < promise.act } ?? false
            guard isNew, judged <= asOf else { return }
            summary.promises[promise.state(asOf: asOf), default: 0] += 1
        }
        for plan in try session.plans(of: context.id, nil) {
            let state = plan.plan.state(asOf: asOf, plan.receipts)
            if state == plan.plan.state(asOf: since, plan.receipts) { continue }
            if [.late, .broken, .completed].contains(state) {
                summary.plans[state, default: 0] += 1
            }
        }
        summary.reviewsDue = try session.hardshipCases(of: context.id).count {
            $0.hardship.review(asOf: asOf).map { $0 <= asOf } ?? false
        }
        return context
    }
    guard keep else {
        _ = try effects.store.read(count)
        return
    }
    try effects.store.write { session in
        let context = try count(session)
        _ = try session.addAct(
            community: context.id, kind: "daily", by: effects.staff, at: effects.now().description,
            detail: "\(asOf)")
    }
}

extension DailyStep {
    /// What it is called.
    public var words: Bilingual {
        switch self {
        case .run: Bilingual(zh: "出账与催缴", en: "the run")
        case .judging: Bilingual(zh: "承诺与分期", en: "promises and plans")
        case .uploads: Bilingual(zh: "清除过期上传", en: "clearing uploads")
        case .bounces: Bilingual(zh: "收退信", en: "reports of returned mail")
        case .mail: Bilingual(zh: "发邮件", en: "delivery")
        }
    }
}

extension DailyError {
    /// What is wrong, and what would help.
    public var message: Bilingual {
        switch self {
        case .nothingIssued(let asOf):
            Bilingual(
                zh:
                    "到 \(asOf) 还没有出过账：请先运行 dunwell run \(asOf.period) --as-of \(asOf)，以后每天早上再用 daily。",
                en:
                    "No period was run by \(asOf). Run one first: dunwell run \(asOf.period) --as-of \(asOf); "
                    + "from then on use daily every morning.")
        case .runSince(let asOf, let run):
            Bilingual(
                zh:
                    "已经有过算到 \(run) 的出账，daily 不再做更早的 \(asOf)：补做会再催一次。漏掉的早上由下一次 daily 补上；"
                    + "只要核对那一天，请用 dunwell run \(asOf.period) --as-of \(asOf) --dry-run。",
                en:
                    "A run was made as of \(run): daily does not go back to \(asOf), which would remind again. A "
                    + "morning that was left out is made good by the next. To look at that day only: dunwell "
                    + "run \(asOf.period) --as-of \(asOf) --dry-run.")
        }
    }
}
