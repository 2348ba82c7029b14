public import Casework
public import Primitives

/// Why a step on the way to court was not recorded.
public enum CourtError: ExplainedError, Hashable, Sendable {
    case notApproved(unit: String, on: CivilDate)
    case inHardship(unit: String, on: CivilDate)
    case backwards(stage: CourtStage, last: CourtStage)
    case before(on: CivilDate, last: CivilDate)
    case negativeCost(cost: Money)
    case unknownStep(number: Int)
    case notTheLast(number: Int)
    case reasonMissing

    public var message: Bilingual {
        switch self {
        case .notApproved(let unit, let on):
            Bilingual(
                zh: "\(unit) 在 \(on) 没有经理批准的起诉，或者已经结束。请先用 dunwell court propose 提出，由经理批准。",
                en:
                    "On \(on) no manager had approved going to court over \(unit), or it was ended. Propose "
                    + "it first (dunwell court propose); a manager decides.")
        case .inHardship(let unit, let on):
            Bilingual(
                zh: "\(unit) 在 \(on) 登记有困难情况，不走诉讼。只能登记结束：--stage ended。",
                en:
                    "On \(on) \(unit) is in hardship, and is not taken to court. Only --stage ended can be "
                    + "recorded.")
        case .backwards(let stage, let last):
            Bilingual(
                zh:
                    "已经到了“\(last.name.zh)”，不能退回“\(stage.name.zh)”。登记错的，请用 dunwell court withdraw 撤销。",
                en:
                    "The case is at “\(last.name.en)” and cannot go back to “\(stage.name.en)”. If that was "
                    + "a mistake: dunwell court withdraw.")
        case .before(let on, let last):
            Bilingual(
                zh: "\(on) 在上一步（\(last)）之前。请核对日期。",
                en: "\(on) lies before the last step, of \(last). Check the date.")
        case .negativeCost(let cost):
            Bilingual(zh: "费用不能小于 0：\(cost)。", en: "A cost is not below 0: \(cost).")
        case .unknownStep(let number):
            Bilingual(
                zh: "没有诉讼步骤 \(number)，或者已经撤销。请用 dunwell court steps 查看。",
                en:
                    "There is no court step \(number), or it was withdrawn. See dunwell court steps."
            )
        case .notTheLast(let number):
            Bilingual(
                zh: "步骤 \(number) 之后还有步骤。请先撤销后面的。",
                en: "Steps follow step \(number). Withdraw those first.")
        case .reasonMissing:
            Bilingual(zh: "请写明撤销的原因：--reason。", en: "Say why: --reason TEXT.")
        }
    }

    /// Whether the words were off, rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .negativeCost, .unknownStep, .reasonMissing: true
        default: false
        }
    }
}
