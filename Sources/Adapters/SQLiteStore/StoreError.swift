import GRDB
public import Primitives

/// Why the database could not do what was asked.
public enum StoreError: ExplainedError {
    case noDatabase(path: String)
    case newerSchema(path: String)
    /// Not a database, or not ours.
    case notADatabase(path: String)
    case busy(path: String)
    case full(path: String)
    case readOnly(path: String)
    case inputOutput(path: String, detail: String)
    case damaged(path: String)
    /// The form had its effect before: it was posted twice.
    case formUsed
    /// A rule of the schema was broken: a fault of this program.
    case constraint(detail: String)

    init(_ error: DatabaseError, path: String) {
        let detail = "\(error.extendedResultCode.rawValue): \(error.message ?? "")"
        self =
            switch error.resultCode {
            case .SQLITE_NOTADB: .notADatabase(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_FULL: .full(path: path)
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly(path: path)
            case .SQLITE_CANTOPEN, .SQLITE_IOERR: .inputOutput(path: path, detail: detail)
            case .SQLITE_CORRUPT: .damaged(path: path)
            default: .constraint(detail: "\(detail) \(error.sql ?? "")")
            }
    }
}

extension StoreError {
    public var isBadInput: Bool {
        if case .noDatabase = self { true } else { false }
    }

    public var message: Bilingual {
        switch self {
        case .noDatabase(let path):
            Bilingual(
                zh: "没有数据库 \(path)。请用 dunwell import 导入小区文件夹来建立，或用 --db 指明。",
                en:
                    "There is no database \(path). Make one with dunwell import, or name one with --db."
            )
        case .newerSchema(let path):
            Bilingual(
                zh: "\(path) 是更新版本的 Dunwell 建立的。请用那个版本打开，或升级本程序。",
                en: "\(path) was made by a newer Dunwell. Use that version, or upgrade this one.")
        case .notADatabase(let path):
            Bilingual(zh: "\(path) 不是 Dunwell 的数据库。", en: "\(path) is no database of Dunwell's.")
        case .busy(let path):
            Bilingual(
                zh: "\(path) 正被别的操作占用，等了一分钟。请稍后再试；什么都没有改动。",
                en: "\(path) has been busy for a minute. Try again later; nothing was changed.")
        case .full(let path):
            Bilingual(
                zh: "\(path) 所在的磁盘满了。请腾出空间后重试；这一步没有留下任何改动。",
                en:
                    "The disk of \(path) is full. Free some space and try again; this step changed nothing."
            )
        case .readOnly(let path):
            Bilingual(
                zh: "没有写 \(path) 的权限。请检查文件和文件夹的权限。",
                en: "\(path) may not be written. Check the permissions of the file and its folder.")
        case .inputOutput(let path, let detail):
            Bilingual(
                zh: "读写 \(path) 出错（\(detail)）。这一步也许已经完成，也许没有，不会只做一半；"
                    + "请检查磁盘，再执行一次同样的命令：做过的不会重做。",
                en:
                    "Reading or writing \(path) failed (\(detail)). This step is either done or not, never "
                    + "half; check the disk and give the same command again: what is done is not done twice."
            )
        case .damaged(let path):
            Bilingual(
                zh: "\(path) 损坏了。请停止使用，从备份恢复。",
                en: "\(path) is damaged. Stop, and restore a backup.")
        case .formUsed:
            Bilingual(
                zh: "这张表单已经提交过，第二次没有改动任何东西。",
                en: "This form was sent before; the second time changed nothing.")
        case .constraint(let detail):
            Bilingual(
                zh: "程序错误，什么都没有改动：\(detail)",
                en: "A fault of this program; nothing was changed: \(detail)")
        }
    }
}
