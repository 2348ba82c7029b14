public import Primitives

/// Why somebody does not get in, or may not do it now.
public enum LogInError: ExplainedError, Hashable, Sendable {
    /// Name, password or code: which of them, nobody is told.
    case refused
    case throttled(minutes: Int)
    case disabled(name: String)
    /// Nobody is logged in by that token, or not any more.
    case loggedOut
    /// Of somebody who is logged in.
    case wrongPassword
    case wrongCode
    /// Password and code are to be given again first.
    case notConfirmed
    case invitationGone
    case samePassword
    case noRole(community: String)
    case noSuchUser(name: String)
    case notOneself
    /// The user also works where the one who acts is over nobody.
    case elsewhereToo(name: String)

    public var message: Bilingual { ofLogIn ?? ofUsers! }

    private var ofLogIn: Bilingual? {
        switch self {
        case .refused:
            Bilingual(
                zh: "用户名、密码或验证码不对。请核对后再试；验证码要用手机上刚出现的。",
                en: "Name, password or code is not right. Check them and try again; the code must "
                    + "be a new one.")
        case .throttled(let minutes):
            Bilingual(
                zh: "试错的次数太多了，请等 \(minutes) 分钟再试。",
                en: "Too many attempts failed. Try again in \(minutes) min.")
        case .disabled(let name):
            Bilingual(
                zh: "用户 \(name) 已停用。请找管理员。",
                en: "The user \(name) is disabled. Ask an administrator.")
        case .loggedOut:
            Bilingual(zh: "您已退出登录，请重新登录。", en: "You are logged out. Please log in again.")
        case .wrongPassword:
            Bilingual(
                zh: "现在的密码不对，没有改动任何东西。",
                en: "The present password is not right; nothing was changed.")
        case .wrongCode:
            Bilingual(
                zh: "验证码不对，或者用过了。请等手机上出现下一个，再输入。",
                en: "The code is not right, or was used. Wait for the next one on your phone.")
        case .notConfirmed:
            Bilingual(
                zh: "这一步要先再输入一次密码。", en: "Give your password once more before this.")
        default: nil
        }
    }

    private var ofUsers: Bilingual? {
        switch self {
        case .invitationGone:
            Bilingual(
                zh: "这个链接已经用过、过期，或者有了更新的。请向管理员要一个新的。",
                en:
                    "This link was used, ran out, or was replaced. Ask an administrator for a new one."
            )
        case .samePassword:
            Bilingual(zh: "新密码和现在的一样。", en: "The new password is the present one.")
        case .noRole(let community):
            Bilingual(
                zh: "您在小区 \(community) 没有角色。", en: "You have no role in the community \(community)."
            )
        case .noSuchUser(let name):
            Bilingual(
                zh: "没有用户 \(name)。请先添加：dunwell user add。",
                en: "There is no user \(name). Make one first: dunwell user add.")
        case .notOneself:
            Bilingual(
                zh: "不能停用自己，也不能改自己的岗位，请另一位管理员来做。",
                en: "Nobody disables himself or changes his own role; another administrator has to."
            )
        case .elsewhereToo(let name):
            Bilingual(
                zh: "\(name) 还在别的小区工作，而您不管那里的用户。请管各小区用户的管理员来做。",
                en: "\(name) also works in a community whose users are not yours to manage; an "
                    + "administrator of all of them has to do it.")
        default: nil
        }
    }

    public var isBadInput: Bool {
        if case .noSuchUser = self { true } else { false }
    }
}
