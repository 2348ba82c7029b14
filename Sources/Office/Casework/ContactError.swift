public import Primitives

/// Why a contact was not recorded, or a complaint not answered.
public enum ContactError: ExplainedError, Hashable, Sendable {
    case visitAlone(names: [String])
    case tooManyStaff(names: [String])
    case noStaff
    case nobodyNamed
    case noNote
    case nextBefore(next: CivilDate, on: CivilDate)
    case unknownContact(number: Int)
    case correctedAlready(number: Int, by: Int)
    case unknownComplaint(number: Int)
    case answeredAlready(number: Int)
    case answeredBefore(number: Int, made: CivilDate, on: CivilDate)
    case noAnswer

    public var message: Bilingual {
        switch self {
        case .visitAlone(let names):
            Bilingual(
                zh: "上门要两个人，这里只有 \(names.joined(separator: "、"))：没有登记。请写两位不同的经手人：--by 王 李。"
                    + "一个人去了的，请报告经理。",
                en:
                    "A visit takes two people, and this names \(names.joined(separator: ", ")) alone: nothing "
                    + "is recorded. Give two different names: --by WANG LI. If one went alone, tell the "
                    + "manager.")
        case .tooManyStaff(let names):
            Bilingual(
                zh: "经手人写一位或两位；这里有 \(names.count) 位：\(names.joined(separator: "、"))。",
                en:
                    "One or two members of staff, not \(names.count): \(names.joined(separator: ", "))."
            )
        case .noStaff:
            Bilingual(zh: "请写经手人：--by 姓名。", en: "Say who it was: --by NAME.")
        case .nobodyNamed:
            Bilingual(
                zh: "请写和谁谈的：--with 姓名或称呼。没有人的，写 --relation none。",
                en: "Say whom you spoke to: --with NAME. Where nobody was reached: --relation none."
            )
        case .noNote:
            Bilingual(zh: "请写谈了什么：--note。", en: "Say what was said: --note TEXT.")
        case .nextBefore(let next, let on):
            Bilingual(
                zh: "下一步的日期 \(next) 在联系那天 \(on) 之前。请核对 --next。",
                en: "The next step's date, \(next), lies before the contact, \(on). Check --next.")
        case .unknownContact(let number):
            Bilingual(
                zh: "没有联系记录 \(number)。请用 dunwell contact list 查看。",
                en: "There is no contact \(number). See dunwell contact list.")
        case .correctedAlready(let number, let later):
            Bilingual(
                zh: "联系记录 \(number) 已经由 \(later) 更正。请更正 \(later)。",
                en: "Contact \(number) was corrected already, by \(later). Correct that one.")
        case .unknownComplaint(let number):
            Bilingual(
                zh: "没有意见 \(number)。请用 dunwell complaint list 查看。",
                en: "There is no complaint \(number). See dunwell complaint list.")
        case .answeredAlready(let number):
            Bilingual(
                zh: "意见 \(number) 已经答复。", en: "Complaint \(number) was answered already.")
        case .answeredBefore(let number, let made, let on):
            Bilingual(
                zh: "意见 \(number) 是 \(made) 提出的，不可能在 \(on) 答复。请核对日期。",
                en:
                    "Complaint \(number) was made on \(made); it cannot have been answered on \(on). Check "
                    + "the date.")
        case .noAnswer: Bilingual(zh: "请写答复：--text。", en: "Say what was answered: --text TEXT.")
        }
    }

    /// Whether the words were off, rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .visitAlone, .correctedAlready, .answeredAlready: false
        default: true
        }
    }
}
