import ArgumentParser
import Office
import Primitives
import SQLiteStore

extension Mail {
    struct Bounces: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch reports about mail that came back, or list them. 退信。",
            discussion: """
                Reads the office's mailbox over IMAP, or a maildir, and leaves it as it is. An address that
                is unknown, or failed twice, is marked: the owner's next notices go by paper until another
                address is entered or the mark is lifted. A notice that came back gets a letter.

                  dunwell mail bounces --imap imaps://office%40example.com@imap.example.com/INBOX
                  dunwell mail bounces --maildir Maildir
                  dunwell mail bounces --list

                The mailbox stands under mail: in policy.yaml, as bounces; its password, or the provider's
                authorisation code, in the file named there (bounces_password_file, else password_file), by
                $DUNWELL_IMAP_PASSWORD_FILE, or in the systemd credential imap-password.
                In the list, task says what is to be done: ask the owner for the right address, or look whose
                it is.
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var output: FormatOption

        @Option(help: "The mailbox. Default: $DUNWELL_IMAP_URL, else mail.bounces. 收信邮箱。")
        var imap: String?

        @Option(help: "A maildir, with new and cur. 邮件文件夹。")
        var maildir: String?

        @Flag(help: "List the bounces that were read, with what is to be done. 退信清单。")
        var list = false

        func validate() throws {
            if [imap != nil, maildir != nil, list].filter({ $0 }).count > 1 {
                throw ValidationError("--imap, --maildir and --list stand alone. 只能选一个。")
            }
        }

        func run() throws {
            if list { return try writeList() }
            let effects = try common.effects(by: staff.staff)
            let source = try reportSource(
                maildir: maildir, url: imap ?? variable("DUNWELL_IMAP_URL"),
                secretFile: variable("DUNWELL_IMAP_PASSWORD_FILE") ?? credential("imap-password"),
                authorities: variable("DUNWELL_MAIL_AUTHORITIES"), effects: effects)
            let fetched = try fetchBounces(from: source, effects: effects)
            var table = TableOutput(
                output.chosen,
                columns: [
                    "read", "bounces", "matched", "delayed", "auto_replies", "other", "marked",
                    "letters",
                ])
            try table.row([
                .count(fetched.read), .count(fetched.bounces), .count(fetched.matched),
                .count(fetched.delayed), .count(fetched.autoReplies), .count(fetched.other),
                .count(fetched.marked), .count(fetched.letters),
            ])
            try table.end()
        }

        private func writeList() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "bounce", "at", "notice", "unit", "owner", "recipient", "action", "status",
                    "reason", "letter", "task", "words",
                ])
            try forEachBounce(effects: try common.effects()) { bounce, task in
                try table.row([
                    .count(bounce.id.number), .plain(bounce.at), .plain(bounce.notice),
                    .text(bounce.unit), .text(bounce.owner), .text(bounce.recipient),
                    .plain(bounce.action), .plain(bounce.status), .plain(bounce.reason),
                    .plain(bounce.hasLetter ? "yes" : ""), .plain(task?.rawValue ?? ""),
                    .text(bounce.words),
                ])
            }
            try table.end()
        }
    }

    struct Address: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Addresses that mail came back from. 邮箱地址。",
            subcommands: [Clear.self])

        struct Clear: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Lift the mark of an owner's address: mail goes there again. 取消退信标记。",
                discussion: """
                    Another address needs no such thing: enter it with `owner change`.

                      dunwell mail address clear O000012 --reason 业主已清理邮箱 --by 李敏
                    """)

            @OptionGroup var common: CommonOptions
            @OptionGroup var staff: StaffOption

            @Argument(help: "The owner's code. 业主编号。")
            var owner: String

            @Option(help: "Why. 原因。")
            var reason: String

            func validate() throws {
                if reason.allSatisfy(\.isWhitespace) {
                    throw ValidationError("--reason: 请写明原因 (say why).")
                }
            }

            func run() throws {
                let address = try clearAddress(
                    of: owner, reason: reason, effects: try common.effects(by: staff.staff))
                try write(
                    Bilingual(zh: "\(address)：已取消退信标记\n", en: "\(address): the mark is lifted\n")[
                        language])
            }
        }
    }
}
