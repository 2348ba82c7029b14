public import ArgumentParser
@preconcurrency import Glibc
import Office
import Primitives
public import SQLiteStore

struct Mail: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Messages to owners: send them, see what became of them. 邮件。",
        subcommands: [
            Send.self, Status.self, List.self, Show.self, Export.self, Resolve.self, Retry.self,
            Doctor.self, Bounces.self, Address.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the messages. 邮件清单。",
            discussion: """
                  dunwell mail list
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        @Option(help: "Only those that stand so, such as in_doubt. 只列这种状态。")
        var state: DeliveryState?

        func run() throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "message", "notice", "unit", "recipient", "state", "attempts", "at", "retry_at",
                    "reply",
                ])
            for message in try listedMessages(effects: try common.effects())
            where state == nil || message.state == state {
                let last = message.delivery
                let code = last?.code.map { "\($0) " } ?? ""
                let words = last?.words.split(separator: "\n").joined(separator: " ") ?? ""
                // The server's words begin with its code.
                let reply = words.hasPrefix(code) ? words : code + words
                try table.row([
                    .count(message.id.number), .plain(message.notice), .text(message.unit),
                    .text(message.recipient), .plain(message.state.rawValue),
                    .count(last?.attempt ?? 0), .plain(last?.at.toTheSecond ?? ""),
                    .plain(last?.retryAt?.toTheSecond ?? ""), .text(reply),
                ])
            }
            try table.end()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write one message to standard output, byte for byte. 查看邮件原文。",
            discussion: """
                  dunwell mail show 17 > 17.eml
                """)

        @OptionGroup var common: CommonOptions

        @Argument(help: "The message's number, as `mail list` has it. 邮件号。")
        var message: Int

        func run() throws {
            let bytes = try messageBytes(MessageID(message), effects: try common.effects())
            guard fwrite(bytes, 1, bytes.count, stdout) == bytes.count, fflush(stdout) == 0 else {
                throw OutputLost()
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write every message as an .eml file. 导出邮件。",
            discussion: """
                  dunwell mail export --out outbox
                """)

        @OptionGroup var common: CommonOptions

        @Option(help: "The folder to write to. 输出文件夹。")
        var out: String

        func run() throws {
            let count = try exportMessages(to: out, effects: try common.effects())
            try write(
                Bilingual(zh: "\(count) 封邮件：\(out)\n", en: "\(count) messages: \(out)\n")[language])
        }
    }
}

extension DeliveryState: ExpressibleByArgument {}
