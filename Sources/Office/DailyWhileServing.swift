import Files
public import Primitives
import SQLiteStore

/// What a server does beside its pages, every minute: the morning of each community once a day, and
/// mail that is due. Whoever else serves the same books at the time does it instead.
///
/// - Parameters:
///   - asOf: the date here.
///   - isMorning: whether the office's day has begun; before it only mail goes out.
///   - report: told what went wrong, in words; no personal data.
public func keepOfficeGoing(
    asOf: CivilDate, isMorning: Bool, mail: DailyMail, effects: Effects,
    report: (Bilingual) -> Void
) {
    do {
        guard let lock = try FileLock(effects.store.path + ".daily-lock") else { return }
        try withExtendedLifetime(lock) {
            let communities = try effects.store.read { try $0.communityCodes() }
            for community in communities {
                let effects = effects.acting(as: effects.staff, in: community)
                // What goes wrong in one community is not the others'.
                do {
                    if isMorning { try makeMorning(asOf: asOf, mail, effects, report) }
                    // Also before the first run, when there is no morning yet.
                    try clearOldUploads(effects: effects)
                    if try mailDue(effects: effects) > 0 {
                        _ = try deliverMail(mail.account, effects: effects)
                    }
                } catch DeliveryError.noServer {
                } catch {
                    report(explanation(of: error))
                }
            }
        }
    } catch {
        report(explanation(of: error))
    }
}

private func makeMorning(
    asOf: CivilDate, _ mail: DailyMail, _ effects: Effects, _ report: (Bilingual) -> Void
) throws {
    guard try isMorningDue(asOf: asOf, effects: effects) else { return }
    do {
        let summary = try runDaily(asOf: asOf, dryRun: false, mail: mail, effects: effects)
        for (step, reason) in summary.troubles {
            report(
                Bilingual(
                    zh: "\(step.words.zh)：\(reason.zh)", en: "\(step.words.en): \(reason.en)"))
        }
    } catch let error as DailyError {
        // Before the first run there is no morning; one after a run with a later date is not made.
        if case .runSince = error { report(error.message) }
    }
}

/// Whether that day's morning was not made yet.
private func isMorningDue(asOf: CivilDate, effects: Effects) throws -> Bool {
    try effects.store.read { session in
        let community = try CommunityContext(named: effects.community, in: session).id
        return try session.lastMorning(of: community, before: asOf.advanced(byDays: 1))?.date
            != asOf
    }
}
