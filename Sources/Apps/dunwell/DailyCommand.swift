import ArgumentParser
import Casework
@preconcurrency import Glibc
import Office
import Primitives
import SQLiteStore

struct Daily: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the office does every morning: reminders, judging, mail. 每天早上。",
        discussion: """
            In order: the run of the latest issued period as of the date; promises and plans that came to be
            judged since the morning before; reviews that are due; reports of returned mail, where a mailbox is
            set; delivery of what waits, where a mail server is set. Repeatable, and a day that was left out is
            made good by the next; none is made for a day before the last run's. A fault in one step does not
            stop the others: status 1, and a message.

              dunwell daily --as-of 2026-11-21
              dunwell daily --as-of 2026-11-21 --format json
              dunwell daily --as-of 2026-11-21 --dry-run
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption
    @OptionGroup var date: AsOfOption
    @OptionGroup var account: MailAccountArguments
    @OptionGroup var output: FormatOption

    @Flag(help: "Count, fetch and send nothing, and keep nothing. 只计算，不保存。")
    var dryRun = false

    func run() throws {
        // A server that hangs up must not end the program.
        signal(SIGPIPE, SIG_IGN)
        let summary = try runDaily(
            asOf: date.asOf, dryRun: dryRun, mail: dailyMail(account.options),
            effects: try common.effects(by: staff.staff))
        tellTroubles(of: summary)
        try write(summary)
        if !summary.troubles.isEmpty || summary.delivery?.isComplete == false { throw Refused() }
    }

    private func tellTroubles(of summary: DailySummary) {
        if let run = summary.run { tellRemarks(of: run, asOf: date.asOf) }
        for (step, reason) in summary.troubles {
            tell(
                Bilingual(
                    zh: "\(step.words.zh)没有做成：\(reason.zh)",
                    en: "\(step.words.en) failed: \(reason.en)"))
        }
        switch summary.delivery?.stop {
        case .asAsked(let reason), .trouble(let reason): tell(reason)
        case .replaced, nil: break
        }
        if summary.delivery == nil, summary.waiting > 0 {
            tell(
                Bilingual(
                    zh: "有 \(summary.waiting) 封邮件在等；没有发：设好 mail.server 以后 daily 会发。",
                    en:
                        "\(summary.waiting) messages wait and were not sent; with mail.server set, daily sends them."
                ))
        }
    }

    private func write(_ summary: DailySummary) throws {
        let groups = counts(of: summary)
        if output.chosen == .json {
            let rest = groups.map { group in
                let inner = group.counts.map { "\(quoted($0.0)): \($0.1)" }
                let object = group.isKnown ? "{\(inner.joined(separator: ", "))}" : "null"
                return " \(quoted(group.name)): \(object)"
            }
            let run = summary.run.map(members) ?? [" \"notices\": null"]
            let all =
                [" \"period\": \"\(summary.period)\""] + run + rest
                + [
                    " \"reviews_due\": \(summary.reviewsDue)", " \"waiting\": \(summary.waiting)",
                ]
            return try Self.write("{\n" + all.joined(separator: ",\n") + "\n}\n")
        }
        var table = TableOutput(output.chosen, columns: ["what", "count"], numeric: ["count"])
        try table.row([.plain("period"), .plain("\(summary.period)")])
        for row in summary.run.map(countRows) ?? [] { try table.row(row) }
        for group in groups where group.isKnown {
            for (name, count) in group.counts {
                try table.row([.plain("\(group.name).\(name)"), .count(count)])
            }
        }
        try table.row([.plain("reviews_due"), .count(summary.reviewsDue)])
        try table.row([.plain("waiting"), .count(summary.waiting)])
        try table.end()
    }

    private static func write(_ text: String) throws { try dunwell.write(text) }

    private typealias Group = (name: String, isKnown: Bool, counts: [(String, Int)])

    private func counts(of summary: DailySummary) -> [Group] {
        let promises: [PromiseToPay.State] = [.kept, .partly, .broken]
        let plans: [InstalmentPlan.State] = [.completed, .late, .broken]
        let fetched = summary.bounces
        let states: [DeliveryState] = [.accepted, .deferred, .rejected, .inDoubt]
        return [
            ("promises", true, promises.map { ($0.rawValue, summary.promises[$0, default: 0]) }),
            ("plans", true, plans.map { ($0.rawValue, summary.plans[$0, default: 0]) }),
            (
                "bounces", summary.bounces != nil,
                [
                    ("read", fetched?.read ?? 0), ("bounces", fetched?.bounces ?? 0),
                    ("marked", fetched?.marked ?? 0), ("letters", fetched?.letters ?? 0),
                ]
            ),
            (
                "mail", summary.delivery != nil,
                states.map { ($0.rawValue, summary.delivery?.counts[$0, default: 0] ?? 0) }
            ),
        ]
    }
}

/// How the morning sends, and where it reads what came back.
func dailyMail(_ account: MailAccountOptions) -> DailyMail {
    var mail = DailyMail()
    mail.account = account
    mail.mailbox = variable("DUNWELL_IMAP_URL")
    mail.mailboxSecretFile =
        variable("DUNWELL_IMAP_PASSWORD_FILE") ?? credential("imap-password")
    return mail
}
