public import Primitives

/// Why an act of the office was refused. `message` says what was asked, what is true, what to do.
public enum OfficeError: ExplainedError, Hashable, Sendable {
    case noCommunity
    case unknownCommunity(code: String, known: [String])
    case severalCommunities(codes: [String])
    case unknownUnit(code: String)
    case nobodyHolds(unit: String, on: CivilDate)
    case ownerHasNoAccount(owner: String, unit: String)
    case periodNotBegun(period: Period, asOf: CivilDate)
    case noOffice
    case unknownNotice(number: String)
    case neverPrinted(number: String)
    case printedMeanwhile
    case pictureLost(name: String)
    case unknownStage(code: String, known: [String])
    case unknownMessage(id: Int)
    case templatesMissing(folder: String)
    case noDraft(path: String)
    case rowStands(key: String, asked: Bool)
    case unknownOwner(code: String)
    case cannotTransfer(unit: String, on: CivilDate)
    case transferTooLate(unit: String, on: CivilDate)
    case sameOwners(unit: String)
    case nothingToReverse(what: String)
    case reversalTooEarly(what: String, from: CivilDate)
    case noFormalStage
    case badRates(path: String, line: Int)
    case notMarked(owner: String)
    case owesNothing(unit: String, asOf: CivilDate)

    public var message: Bilingual {
        switch self {
        case .noCommunity:
            Bilingual(
                zh: "数据库里还没有小区。请先用 dunwell import 导入小区文件夹。",
                en: "The database holds no community yet. Import one first: dunwell import DIR.")
        case .unknownCommunity(let code, let known):
            Bilingual(
                zh: "没有代码是 \(code) 的小区。已有：\(known.joined(separator: "、"))。",
                en: "There is no community \(code). Known: \(known.joined(separator: ", ")).")
        case .severalCommunities(let codes):
            Bilingual(
                zh: "数据库里有几个小区（\(codes.joined(separator: "、"))）。请用 --community 指明一个。",
                en: "The database holds several communities (\(codes.joined(separator: ", "))). "
                    + "Name one with --community.")
        case .unknownUnit(let code):
            Bilingual(
                zh: "没有房号 \(code)。请核对写法，例如 3-2-1501。",
                en: "There is no unit \(code). Check how it is written, as in 3-2-1501.")
        case .nobodyHolds(let unit, let date):
            Bilingual(
                zh: "\(date) 这天 \(unit) 没有登记业主。请换一个日期，或用 --owner 指明业主编号。",
                en: "Nobody holds \(unit) on \(date). Give another date, or an owner with --owner.")
        case .ownerHasNoAccount(let owner, let unit):
            Bilingual(
                zh: "业主 \(owner) 从未登记在 \(unit) 名下。", en: "Owner \(owner) never held \(unit).")
        case .periodNotBegun(let period, let asOf):
            Bilingual(
                zh: "\(asOf) 时账期 \(period) 还没有开始（\(period.firstDay) 起）。请在那天或之后出账。",
                en:
                    "Period \(period) begins on \(period.firstDay), after \(asOf). Run it on that day or "
                    + "later.")
        case .noOffice:
            Bilingual(
                zh: "policy.yaml 里没有 office（落款、收款账户、联系人）。请补上后重新导入，才能出信和邮件。",
                en:
                    "policy.yaml has no office (who writes, how to pay, whom to call). Add it and import "
                    + "again before letters or mails are made.")
        case .unknownNotice(let number):
            Bilingual(
                zh: "没有通知 \(number)。请核对编号，末位是校验码。",
                en:
                    "There is no notice \(number). Check the number; its last digit is a check digit."
            )
        case .neverPrinted(let number):
            Bilingual(
                zh: "通知 \(number) 没有打印过，谈不上补打。请先用 dunwell letters --out 打印。",
                en:
                    "Notice \(number) was never printed as a letter. Print it first: dunwell letters --out."
            )
        case .pictureLost(let name):
            Bilingual(
                zh: "数据库里没有 policy.yaml 用到的图片 \(name)。请把它和 policy.yaml 放在一起，重新导入。",
                en: "The database lacks the picture \(name) that policy.yaml names. Put it beside "
                    + "policy.yaml and import again.")
        case .unknownStage(let code, let known):
            Bilingual(
                zh: "没有催缴阶段 \(code)。可以是：\(known.joined(separator: "、"))。",
                en: "There is no stage \(code). Known: \(known.joined(separator: ", ")).")
        case .unknownMessage(let id):
            Bilingual(zh: "没有邮件 \(id)。", en: "There is no message \(id).")
        case .printedMeanwhile:
            Bilingual(
                zh: "这些信件里有的刚刚被别人打印了。请重新执行，打印其余的；这次什么都没有记下。",
                en:
                    "Some of these letters were printed by somebody else meanwhile. Run it again for the "
                    + "rest; nothing was recorded.")
        case .rowStands(let key, let adding):
            adding
                ? Bilingual(
                    zh: "\(key) 已经登记过（冲红过的也算）。登记内容要改请用 change；事实请用新的编号。",
                    en:
                        "\(key) stands there already, be it reversed. To alter a register, use change; a "
                        + "fact is entered under a new reference.")
                : Bilingual(
                    zh: "没有登记过 \(key)。要新登记请用 add。", en: "\(key) is not there. To enter it, use add."
                )
        case .unknownOwner(let code):
            Bilingual(
                zh: "没有业主编号 \(code)。请先用 dunwell owner add 登记。",
                en: "There is no owner \(code). Enter the owner first: dunwell owner add.")
        case .cannotTransfer(let unit, let date):
            Bilingual(
                zh: "\(unit) 在 \(date) 不能过户：要有一位从更早开始、没有终止日期的业主。",
                en:
                    "\(unit) cannot be transferred on \(date): it takes an ownership that began before and "
                    + "has no last day.")
        case .transferTooLate(let unit, let date):
            Bilingual(
                zh: "\(unit) 从 \(date) 起已有收费或收款记在原业主名下。请先冲红这些，再过户，然后重新出账和登记。",
                en:
                    "\(unit) has charges or payments from \(date) on in the seller's account. Reverse them, "
                    + "transfer, then run the period and enter the payments again.")
        case .sameOwners(let unit):
            Bilingual(
                zh: "\(unit) 的新业主没有写，或者就是现在的业主。请写出新业主编号。",
                en: "The new owners of \(unit) are missing, or hold it now. Name the new ones.")
        case .nothingToReverse(let what):
            Bilingual(
                zh: "没有可以冲红的 \(what)：没有登记过，或者已经冲红。",
                en: "There is no \(what) to reverse: it is not recorded, or reversed already.")
        case .reversalTooEarly(let what, let from):
            Bilingual(
                zh: "\(what) 是 \(from) 的，冲红日期不能更早。",
                en: "\(what) is of \(from); it cannot be reversed as of an earlier day.")
        case .badRates(let path, let line):
            Bilingual(
                zh: "\(path) 第 \(line) 行不是“日期,年利率”，例如 2025-05-20,3.00；日期要从早到晚。",
                en:
                    "Line \(line) of \(path) is no “date,percent a year”, as in 2025-05-20,3.00; the "
                    + "earlier date first.")
        case .owesNothing(let unit, let date):
            Bilingual(
                zh: "\(unit) 截至 \(date) 什么都不欠，没有可以举证的，没有写出文件。",
                en:
                    "\(unit) owes nothing as of \(date): there is nothing to prove. No file was written."
            )
        case .noFormalStage:
            Bilingual(
                zh: "policy.yaml 的催缴阶段里没有一个要求签收（signature: true），没有可以当面送达的正式催告。请补上后重新导入。",
                en:
                    "No stage of policy.yaml's ladder asks for a signature (signature: true), so there is no "
                    + "formal demand to serve. Add one and import again.")
        case .notMarked(let owner):
            Bilingual(
                zh: "业主 \(owner) 现在的邮箱没有退信标记，没有可以取消的。",
                en: "The present address of owner \(owner) has no mark that could be lifted.")
        case .noDraft(let path):
            Bilingual(
                zh: "没有文件 \(path)。请写出改好的模板文件，名字和 templates/notices 里的一样。",
                en:
                    "There is no file \(path). Name an edited template, called as in templates/notices."
            )
        case .templatesMissing(let folder):
            Bilingual(
                zh: "找不到通知模板文件夹 \(folder)。请用环境变量 DUNWELL_TEMPLATES 指明。",
                en:
                    "There is no folder of notice templates at \(folder). Name it by the "
                    + "environment variable DUNWELL_TEMPLATES.")
        }
    }

    /// Whether the words were off (what was named is not there), rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .noCommunity, .unknownCommunity, .severalCommunities, .unknownUnit, .unknownOwner,
            .ownerHasNoAccount, .unknownNotice, .unknownMessage, .templatesMissing,
            .noDraft, .unknownStage, .badRates:
            true
        default: false
        }
    }
}
