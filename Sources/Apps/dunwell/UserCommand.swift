public import ArgumentParser
import Office
import Primitives
public import SQLiteStore

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Who works here, and what they may do. 用户和角色。",
        subcommands: [
            Add.self, List.self, Invite.self, Disable.self, Enable.self, ResetCodes.self,
        ])

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

extension UserCommand {
    struct Invite: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A link by which a user sets a password. 邀请用户设置密码。",
            discussion: """
                It holds for 48 hours, once, and until the next one is made. Give it to the user in
                person; it is shown here alone.

                  dunwell user invite 李四 --address https://fees.example.com
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var user: UserArgument

        @Option(help: "Where the office's pages are. 网页地址。")
        var address = "http:" + "//127.0.0.1:8080"

        func run() throws {
            let token = try invite(
                user.name, by: staff.staff, effects: try common.effects(by: staff.staff))
            let base = address.hasSuffix("/") ? String(address.dropLast()) : address
            try write("\(base)/invitation/\(token)\n")
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a user in no more, from now on. 停用用户。")

        @OptionGroup var order: UserOrder

        func run() throws {
            try order.carryOut(Bilingual(zh: "已停用", en: "disabled")) {
                try disableUser($0, by: $1, effects: $2)
            }
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a user in again. 恢复用户。")

        @OptionGroup var order: UserOrder

        func run() throws {
            try order.carryOut(Bilingual(zh: "已恢复", en: "enabled")) {
                try enableUser($0, by: $1, effects: $2)
            }
        }
    }

    struct ResetCodes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "totp", abstract: "Codes shown by a user's phone. 动态验证码。",
            subcommands: [Reset.self])

        struct Reset: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Take the codes off a user whose phone is lost. 手机丢了，重设验证码。",
                discussion: """
                    The user is logged out everywhere, and sets up codes anew at the next log-in, where
                    the role needs them.
                    """)

            @OptionGroup var order: UserOrder

            func run() throws {
                try order.carryOut(Bilingual(zh: "验证码已重设", en: "codes taken off")) {
                    try resetTOTP(of: $0, by: $1, effects: $2)
                }
            }
        }
    }
}

/// What is done upon one user, by another.
struct UserOrder: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption
    @OptionGroup var user: UserArgument

    /// Does it, and says what the user is from now on.
    func carryOut(
        _ outcome: Bilingual, _ act: (_ name: String, _ staff: String?, Effects) throws -> Void
    ) throws {
        try act(user.name, staff.staff, try common.effects(by: staff.staff))
        let colon = Bilingual(zh: "：", en: ": ")[language]
        try write("\(user.name)\(colon)\(outcome[language])\n")
    }
}

struct UserArgument: ParsableArguments {
    @Argument(help: "The user's name. 姓名。", transform: personName)
    var name: String
}

extension StaffRole: ExpressibleByArgument {}
