public import ArgumentParser
import Office
import Primitives
public import SQLiteStore

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Who works here, and what they may do. 用户和角色。",
        subcommands: [Add.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user, or give one another role. 添加用户，或改角色。",
            discussion: """
                Before any user exists, any name will do for --by; from then on only users'. The
                first one must be a manager or an administrator, and a manager stays one while there is
                no other. With --by, a manager or an administrator makes the others.

                  dunwell user add 王经理 --role manager
                  dunwell user add 李四 --role clerk
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The name, as --by has it. 姓名。", transform: personName)
        var name: String

        @Option(help: "clerk, cashier, manager, administrator or auditor. 角色。")
        var role: StaffRole

        func run() throws {
            try addUser(
                name, role: role, by: staff.staff, effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(
                    zh: "\(name)：\(role.rawValue)\n", en: "\(name): \(role.rawValue)\n")[language])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The users. 用户列表。")

        @OptionGroup var common: CommonOptions
        @OptionGroup var format: FormatOption

        func run() throws {
            var table = TableOutput(format.chosen, columns: ["name", "role"], numeric: [])
            for user in try users(effects: try common.effects()) {
                try table.row([.text(user.name), .plain(user.role.rawValue)])
            }
            try table.end()
        }
    }
}

extension StaffRole: ExpressibleByArgument {}
