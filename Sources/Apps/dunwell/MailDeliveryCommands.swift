import ArgumentParser
@preconcurrency import Glibc
import Office
import Primitives
import SQLiteStore
import Synchronization

/// What a command says in place of the settings of `policy.yaml`.
struct MailAccountArguments: ParsableArguments {
    @Option(
        help: "smtps://user@host:port or smtp://…; else $DUNWELL_SMTP_URL, else mail.server. 邮件服务器。"
    )
    var smtp: String?

    @Option(help: "Whom bounces go to; else mail.from, else the office's address. 退信地址。")
    var from: String?

    @Option(help: "Seconds to wait for the connection and for each reply. 等待秒数。")
    var timeout: Int?

    func validate() throws {
        if let timeout, !(1...3600).contains(timeout) {
            throw ValidationError("--timeout is 1 to 3600 seconds. --timeout 是 1 到 3600 秒。")
        }
    }

    /// The password stands in a file: the one named, or a credential of systemd's.
    var options: MailAccountOptions {
        var options = MailAccountOptions()
        options.url = smtp ?? variable("DUNWELL_SMTP_URL")
        options.sender = from
        options.secretFile = variable("DUNWELL_SMTP_PASSWORD_FILE") ?? credential("smtp-password")
        options.authorities = variable("DUNWELL_MAIL_AUTHORITIES")
        options.timeout = timeout
        return options
    }
}

/// The file of a credential that systemd gave to this service; `nil` where there is none.
func credential(_ name: String) -> String? {
    guard let folder = variable("CREDENTIALS_DIRECTORY") else { return nil }
    let path = "\(folder)/\(name)"
    return access(path, R_OK) == 0 ? path : nil
}

extension Mail {
    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send what waits, once through. 发送邮件。",
            discussion: """
                  dunwell mail send
                  dunwell mail send --smtp smtp://127.0.0.1:25 --connections 4

                Server, sender, limits and quiet hours stand under mail: in policy.yaml; the password in a file
                named by mail.password_file, by $DUNWELL_SMTP_PASSWORD_FILE, or in the systemd credential
                smtp-password. Status 0: all that was due was taken over, or waits as the settings ask.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var account: MailAccountArguments
        @OptionGroup var output: FormatOption

        @Option(help: "Connections at once; else mail.connections. 同时连接数。")
        var connections: Int?

        @Flag(help: "Count what would go, and send nothing. 只计算，不发送。")
        var dryRun = false

        func validate() throws {
            if let connections, !(1...20).contains(connections) {
                throw ValidationError("--connections is 1 to 20. --connections 是 1 到 20。")
            }
        }

        func run() throws {
            let effects = try common.effects()
            if dryRun {
                var report = DeliveryReport()
                report.left = try mailDue(effects: effects)
                return try write(report)
            }
            var options = account.options
            options.connections = connections
            // A server that hangs up must not end the program.
            signal(SIGPIPE, SIG_IGN)
            // The first Ctrl-C lets what is under way end; the second ends the program.
            signal(SIGINT) { _ in
                wasInterrupted.store(true, ordering: .relaxed)
                signal(SIGINT, SIG_DFL)
            }
            let report = try deliverMail(
                options, effects: effects,
                isInterrupted: { wasInterrupted.load(ordering: .relaxed) })
            for (message, reason) in report.unmade.prefix(5) {
                tell(
                    Bilingual(
                        zh: "邮件 \(message.number) 做不出来，没有发：\(reason.zh)",
                        en:
                            "Message \(message.number) could not be made and was not sent: \(reason.en)"
                    ))
            }
            switch report.stop {
            case .asAsked(let reason), .trouble(let reason): tell(reason)
            case .replaced: tell(replaced)
            case nil: break
            }
            try write(report)
            if !report.isComplete { throw Refused() }
        }

        private func write(_ report: DeliveryReport) throws {
            let states: [DeliveryState] = [.accepted, .deferred, .rejected, .inDoubt]
            var counts = states.map { ($0.rawValue, report.counts[$0, default: 0]) }
            counts.append(("left", report.left))
            try writeCounts(counts, output.chosen)
        }

        private var replaced: Bilingual {
            Bilingual(
                zh: "别处开始发邮件了，这里停下。", en: "Another sender took over; this one has stopped.")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How many messages stand how. 邮件状态。",
            discussion: """
                accepted: the recipient's or the next server took it over, which does not prove that anybody read it.
                in_doubt: it may have been taken over or not; see: dunwell mail list --state in_doubt

                  dunwell mail status --format json
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        func run() throws {
            let counts = try mailCounts(effects: try common.effects())
            let states: [DeliveryState] = [
                .queued, .accepted, .deferred, .rejected, .inDoubt, .cancelled,
            ]
            try writeCounts(
                [("created", counts.values.reduce(0, +))]
                    + states.map { ($0.rawValue, counts[$0, default: 0]) }, output.chosen)
        }
    }

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide about a message in doubt, rejected or waiting. 处理邮件。",
            discussion: """
                  dunwell mail resolve 17 --accepted --reason "owner says it came" --by 王会计
                  dunwell mail resolve 17 --resend
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The message's number, as `mail list` has it. 邮件号。")
        var message: Int

        @Flag(help: "accepted: it arrived. resend: once more. cancel: not to go. 已送到、重发、取消。")
        var decision: Decision

        enum Decision: EnumerableFlag {
            case accepted, resend, cancel
        }

        @Option(help: "What the decision rests on. 依据。")
        var reason = ""

        func run() throws {
            let decision: MailDecision =
                switch decision {
                case .accepted: .accepted
                case .resend: .resend
                case .cancel: .cancel
                }
            try resolveMail(
                MessageID(message), decision, reason: reason,
                effects: try common.effects(by: staff.staff))
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let what waits go with the next send; reminders in doubt once more. 重试。",
            discussion: """
                Deferred messages need not wait for their time. Bills and reminders in doubt go once more, with the
                same bytes and Message-ID; formal notices in doubt stay for mail resolve.

                  dunwell mail retry && dunwell mail send
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let retried = try retryMail(effects: try common.effects(by: staff.staff))
            try writeCounts(
                [
                    ("deferred", retried.deferred), ("in_doubt", retried.inDoubt),
                    ("left", retried.left.count),
                ], output.chosen)
            if retried.left.isEmpty { return }
            let ids = retried.left.map { "\($0.number)" }
            tell(
                Bilingual(
                    zh: "还存疑、要人来决定的：\(ids.joined(separator: "、"))。请核对后用 mail resolve。",
                    en: "Still in doubt, for a person to decide by mail resolve: "
                        + "\(ids.joined(separator: ", "))."))
        }
    }

    struct Doctor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try the mail account with a test message. 检查邮件账户。",
            discussion: """
                  dunwell mail doctor --to me@example.com
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var account: MailAccountArguments

        @Option(help: "Whom the test message goes to; else the office's address. 测试收件人。")
        var to: String?

        func run() throws {
            signal(SIGPIPE, SIG_IGN)
            let diagnosis = try diagnoseMail(
                account.options, to: to, effects: try common.effects())
            for finding in diagnosis.findings { try write(finding[language] + "\n") }
            if !diagnosis.isWell { throw Refused() }
        }
    }
}

private let wasInterrupted = Atomic(false)

/// Counts: an object in JSON, else a row each.
private func writeCounts(_ counts: [(String, Int)], _ format: TableFormatOption) throws {
    if format == .json {
        let members = counts.map { " \(quoted($0.0)): \($0.1)" }
        return try write("{\n\(members.joined(separator: ",\n"))\n}\n")
    }
    var table = TableOutput(format, columns: ["what", "count"], numeric: ["count"])
    for (what, count) in counts { try table.row([.plain(what), .count(count)]) }
    try table.end()
}
