import ArgumentParser
@preconcurrency import Glibc
import Office
import Primitives

struct Mail: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The messages that wait to be sent. 待发邮件。",
        subcommands: [List.self, Show.self, Export.self, Bounces.self, Address.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the messages. 邮件清单。",
            discussion: """
                  dunwell mail list
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var output: FormatOption

        func run() throws {
            var table = TableOutput(
                output.chosen, columns: ["message", "notice", "unit", "recipient"])
            for message in try queuedMessages(effects: try common.effects()) {
                try table.row([
                    .count(message.id.number), .plain(message.notice), .text(message.unit),
                    .text(message.recipient),
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
