import Files
public import Primitives
import SQLiteStore
import Secrets

/// Why personal fields cannot be read or kept.
public enum FieldKeyError: ExplainedError, Hashable, Sendable {
    /// Something was sealed by it, and it is not there; `file` without its folder.
    case missing(file: String)
    /// The file holds no key.
    case damaged(file: String)
    /// The key is another than the one by which the field was sealed.
    case otherKey(file: String)
    case altered

    public var message: Bilingual {
        switch self {
        case .missing(let file):
            Bilingual(
                zh: "找不到密钥文件 \(file)，验证码读不出来。请从备份放回原处；真的丢了，"
                    + "请管理员对每位设过验证码的用户运行 dunwell user totp reset 姓名，再各自重设。",
                en:
                    "The key file \(file) is missing, and codes cannot be read without it. Put it back "
                    + "from a backup; where it is lost, an administrator runs dunwell user totp reset "
                    + "NAME for each user who has codes, and they set them up anew.")
        case .damaged(let file):
            Bilingual(
                zh: "密钥文件 \(file) 的内容不对。请从备份恢复这个文件。",
                en: "The key file \(file) holds no key. Restore it from a backup.")
        case .otherKey(let file):
            Bilingual(
                zh: "密钥文件 \(file) 不是写入时用的那一个。请从备份放回原来的；真的丢了，"
                    + "请管理员运行 dunwell user totp reset 姓名，再重设验证码。",
                en:
                    "The key file \(file) is not the one by which this was written. Put the right one "
                    + "back from a backup; where it is lost, an administrator runs dunwell user totp "
                    + "reset NAME, and the codes are set up anew.")
        case .altered:
            Bilingual(
                zh: "数据库里的验证码被改动过，不能用。请管理员运行 dunwell user totp reset 姓名，"
                    + "再重设验证码。",
                en:
                    "The codes in the database were altered and do not count. An administrator runs "
                    + "dunwell user totp reset NAME, and they are set up anew.")
        }
    }

    public var isBadInput: Bool { false }
}

/// Seals a user's secret of codes by the key for personal fields, which is made on first need:
/// while nothing in the database is sealed.
func sealed(
    _ secret: TOTPSecret, of user: UserID, effects: Effects, _ session: Session
) throws -> [UInt8] {
    if !fileExists(effects.fieldKeyFile), try !session.hasSealedFields() {
        try keepSecret(FieldKey().text, at: effects.fieldKeyFile)
    }
    return try fieldKey(effects).sealed(secret.bytes, for: place(of: user))
}

func opened(_ sealed: [UInt8], of user: UserID, effects: Effects) throws -> TOTPSecret {
    let key = try fieldKey(effects)
    do throws(SealBroken) {
        return TOTPSecret(bytes: try key.opened(sealed, for: place(of: user)))
    } catch {
        switch error {
        case .otherKey: throw FieldKeyError.otherKey(file: effects.fieldKeyName)
        case .altered: throw FieldKeyError.altered
        }
    }
}

private func place(of user: UserID) -> String { "userTOTP.secret of user \(user.number)" }

private func fieldKey(_ effects: Effects) throws -> FieldKey {
    let file = effects.fieldKeyFile
    guard fileExists(file) else { throw FieldKeyError.missing(file: effects.fieldKeyName) }
    guard let key = FieldKey(try readSecret(file)) else {
        throw FieldKeyError.damaged(file: effects.fieldKeyName)
    }
    return key
}

extension Effects {
    fileprivate var fieldKeyName: String {
        fieldKeyFile.split(separator: "/").last.map(String.init) ?? fieldKeyFile
    }
}
