public import Casework
public import Primitives

/// Why a hardship case was not opened, decided or shown. No message holds a text of the case.
public enum HardshipError: ExplainedError, Hashable, Sendable {
    case unknownCase(number: Int)
    case caseStands(unit: String, number: Int, state: HardshipCase.State)
    case notOfTheCase(name: String, number: Int)
    case openedIt(name: String, number: Int)
    case tooEarly(number: Int, day: CivilDate, latest: CivilDate)
    case reviewTooEarly(review: CivilDate, day: CivilDate)
    case notNow(number: Int, outcome: HardshipCase.Outcome, state: HardshipCase.State)
    case noAllowance(day: CivilDate)
    case reasonMissing
    case unreadableProof

    public var message: Bilingual {
        switch self {
        case .unknownCase(let number):
            Bilingual(
                zh: "没有困难个案 \(number)。查看编号：dunwell case list。",
                en: "There is no hardship case \(number). For their numbers: dunwell case list.")
        case .caseStands(let unit, let number, let state):
            Bilingual(
                zh: "\(unit) 的这位业主已有困难个案 \(number)（\(state.chinese)）。一户同时只能有一个，请在那一个里办理，"
                    + "或由经理先结案：dunwell case close \(number)。",
                en:
                    "This owner of \(unit) has hardship case \(number) already, which is \(state.rawValue). "
                    + "A household has one at a time: go on with it, or have it closed first: "
                    + "dunwell case close \(number).")
        case .notOfTheCase(let name, let number):
            Bilingual(
                zh: "困难个案 \(number) 只有经理和经办人能看、能办，\(name) 不是。每次查看都会记下。"
                    + "请经办人或经理添加：dunwell case staff \(number) --add 姓名。",
                en:
                    "Hardship case \(number) is for managers and the case's own staff, and \(name) is neither. "
                    + "Each look is recorded. Its staff or a manager may add others: dunwell case staff \(number) "
                    + "--add NAME.")
        case .openedIt(let name, let number):
            Bilingual(
                zh: "困难个案 \(number) 是 \(name) 受理的，要由另一位经理决定。",
                en: "\(name) opened hardship case \(number); another manager has to decide it.")
        case .tooEarly(let number, let day, let latest):
            Bilingual(
                zh: "困难个案 \(number) 最近一次登记是 \(latest) 的，\(day) 的决定不能补在它前面。",
                en:
                    "Hardship case \(number) was last opened or decided as of \(latest); a decision of \(day) "
                    + "cannot come before that.")
        case .reviewTooEarly(let review, let day):
            Bilingual(
                zh: "复核日期 \(review) 早于 \(day)。请写之后的日期。",
                en: "The review date \(review) is before \(day). Name that day or a later one.")
        case .notNow(let number, let outcome, let state):
            Bilingual(
                zh:
                    "困难个案 \(number) 现在是“\(state.chinese)”，不能\(outcome.chinese)。\(wayOut(number, state).zh)",
                en:
                    "Hardship case \(number) is \(state.rawValue), and cannot be \(outcome.rawValue). "
                    + wayOut(number, state).en)
        case .noAllowance(let day):
            Bilingual(
                zh: "\(day) 没有设定每人每月的基本生活费，算不出还能付多少。请在 policy.yaml 的 casework 里加上 "
                    + "living_allowance: [{ from: 日期, per_person: 金额 }]，再导入一次。",
                en:
                    "No living allowance is set for \(day), so what is left cannot be told. Add to "
                    + "policy.yaml, under casework: living_allowance: [{ from: DATE, per_person: AMOUNT }], "
                    + "and import it again.")
        case .unreadableProof:
            Bilingual(
                zh: "凭证文件要是 PDF、PNG 或 JPEG；这一个不是，或者是空的。什么都没有记下。请扫描或拍照后再传。",
                en:
                    "A proof is a PDF, PNG or JPEG file; this one is none, or is empty. Nothing was recorded. "
                    + "Scan or photograph it and send it again.")
        case .reasonMissing:
            Bilingual(
                zh: "请写原因：--reason 文字。", en: "Say why: --reason TEXT.")
        }
    }

    public var isBadInput: Bool {
        switch self {
        case .unknownCase, .reviewTooEarly, .reasonMissing: true
        default: false
        }
    }
}

/// What can be done instead.
private func wayOut(_ number: Int, _ state: HardshipCase.State) -> Bilingual {
    switch state {
    case .open, .granted, .lapsed:
        Bilingual(
            zh: "要结束它，请用 dunwell case close \(number)。",
            en: "To end it: dunwell case close \(number).")
    case .refused, .closed:
        Bilingual(
            zh: "如有新情况，请重新受理：dunwell case open。",
            en: "Where things have changed, open another: dunwell case open.")
    }
}

extension HardshipCase.State {
    var chinese: String {
        switch self {
        case .open: "待决定"
        case .granted: "已给予帮助"
        case .refused: "未同意"
        case .closed: "已结案"
        case .lapsed: "已过复核日"
        }
    }
}

extension HardshipCase.Outcome {
    var chinese: String {
        switch self {
        case .granted: "给予帮助"
        case .refused: "不同意"
        case .renewed: "续期"
        case .closed: "结案"
        }
    }
}
