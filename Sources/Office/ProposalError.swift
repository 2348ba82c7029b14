public import Primitives

/// Why a proposal was not taken, or could not be approved.
public enum ProposalError: ExplainedError, Hashable, Sendable {
    case unknownProposal(id: Int)
    case decidedAlready(id: Int, on: CivilDate, by: String)
    case beforeProposal(id: Int, day: CivilDate, on: CivilDate)
    case reasonMissing
    case noCharge(what: String)
    case chargeOfOthers(what: String, owner: String)
    case notIssued(what: String, from: CivilDate, on: CivilDate)
    case nothingOpen(what: String, on: CivilDate)
    case amountMissing
    case badPercent(text: String)
    case periodsReversed(from: Period, to: Period)
    case reviewMissing
    case dateBefore(what: String, date: CivilDate, on: CivilDate)
    case conditionPassed(date: CivilDate, on: CivilDate)
    case unknownItem(code: String, known: [String])
    case concessionOfOthers(unit: String, from: Period, owner: String)
    case writeOffOfOthers(what: String, owner: String)
    case reviewPassed(review: CivilDate, on: CivilDate)
    case partsNotAscending
    case partBeforeAgreement(due: CivilDate, on: CivilDate)
    case wrongSum(sum: Money, choices: [Money])
    case owesNothing(unit: String, on: CivilDate)
    case planRuns(id: Int)
    case planBroken(id: Int, on: CivilDate)
    case notPlan(id: Int)
    case notApproved(id: Int)
    case signedAlready(id: Int)

    public var message: Bilingual { ofProposal ?? ofRelief ?? ofPlan! }

    private var ofProposal: Bilingual? {
        switch self {
        case .unknownProposal(let id):
            Bilingual(
                zh: "没有提议 \(id)。请用 dunwell proposal list 查看。",
                en: "There is no proposal \(id). See dunwell proposal list.")
        case .decidedAlready(let id, let day, let name):
            Bilingual(
                zh: "提议 \(id) 已由 \(name) 在 \(day) 决定。要改请重新提议。",
                en: "Proposal \(id) was decided by \(name) on \(day). To change it, propose anew.")
        case .beforeProposal(let id, let day, let date):
            Bilingual(
                zh: "提议 \(id) 是 \(day) 提出的，不能在 \(date) 决定。请核对日期。",
                en: "Proposal \(id) is of \(day); it cannot be decided on \(date). Check the date.")
        case .reasonMissing:
            Bilingual(zh: "请写明原因：--reason。", en: "Say why: --reason TEXT.")
        case .amountMissing:
            Bilingual(zh: "金额要大于 0。", en: "The amount must be more than 0.")
        case .dateBefore(let what, let day, let date):
            Bilingual(
                zh: "\(what) \(day) 早于提议的日期 \(date)。",
                en: "\(what) \(day) is before the day of the proposal, \(date).")
        default: nil
        }
    }

    private var ofRelief: Bilingual? {
        switch self {
        case .noCharge(let what):
            Bilingual(
                zh: "没有这笔收费，或者已经冲红：\(what)。请核对房号、项目和账期。",
                en:
                    "There is no such charge, or it is reversed: \(what). Check unit, item and period."
            )
        case .chargeOfOthers(let what, let owner):
            Bilingual(
                zh: "\(what) 不在 \(owner) 的账户上。请去掉 --owner，或写收费所属的业主。",
                en:
                    "\(what) is not in the account of \(owner). Leave --owner out, or name whose it is."
            )
        case .notIssued(let what, let from, let date):
            Bilingual(
                zh: "\(what) 是 \(from) 的，\(date) 还没有。请核对日期。",
                en: "\(what) is of \(from); on \(date) it was not there. Check the date.")
        case .nothingOpen(let what, let date):
            Bilingual(
                zh: "\(what) 在 \(date) 没有未付的本金或违约金。",
                en: "Nothing of \(what) is open on \(date).")
        case .badPercent(let text):
            Bilingual(
                zh: "减免比例 \(text) 要大于 0，至多 100。",
                en: "A percentage is more than 0 and at most 100, not \(text).")
        case .periodsReversed(let from, let to):
            Bilingual(
                zh: "账期 \(from) 晚于 \(to)。", en: "Period \(from) is later than \(to).")
        case .reviewMissing:
            Bilingual(
                zh: "减免要有复核日期：--review。", en: "A concession has a review date: --review.")
        case .conditionPassed(let day, let date):
            Bilingual(
                zh: "条件的期限 \(day) 在 \(date) 已经过去。请重新提议。",
                en: "The condition's day, \(day), has passed on \(date). Propose anew.")
        case .writeOffOfOthers(let what, let owner):
            Bilingual(
                zh: "\(what) 那个账期的首日，房屋按登记属于业主 \(owner)，和这笔收费的账户不同，不能核销。"
                    + "请提议冲红：dunwell reversal propose charge。",
                en:
                    "On the first day of \(what) the unit is \(owner)'s by the register, and the charge "
                    + "stands in another account: it cannot be written off. Propose to reverse it: "
                    + "dunwell reversal propose charge.")
        case .reviewPassed(let review, let date):
            Bilingual(
                zh: "复核日期 \(review) 在 \(date) 已经过去。请重新提议。",
                en: "The review date, \(review), has passed on \(date). Propose anew.")
        case .unknownItem(let code, let known):
            Bilingual(
                zh: "没有收费项目 \(code)。可以是：\(known.joined(separator: "、"))。",
                en: "There is no item \(code). Known: \(known.joined(separator: ", ")).")
        case .concessionOfOthers(let unit, let from, let owner):
            Bilingual(
                zh: "\(unit) 在账期 \(from) 属于业主 \(owner)。请改 --from，或写 --owner \(owner)。",
                en:
                    "In \(from), \(unit) was held by \(owner). Give a later --from, or --owner \(owner)."
            )
        default: nil
        }
    }

    private var ofPlan: Bilingual? {
        switch self {
        case .partsNotAscending:
            Bilingual(
                zh: "各期日期要从早到晚，写成 日期:金额,日期:金额，例如 2026-12-15:200.00,2027-01-15:200.00。",
                en: "Parts are DATE:AMOUNT,DATE:AMOUNT with later and later dates, as in "
                    + "2026-12-15:200.00,2027-01-15:200.00.")
        case .partBeforeAgreement(let due, let date):
            Bilingual(
                zh: "第一期 \(due) 早于协议的日期 \(date)。",
                en: "The first part, \(due), is before the day of the agreement, \(date).")
        case .wrongSum(let sum, let choices):
            Bilingual(
                zh: "各期合计 \(sum)，和欠款对不上。可以是：逾期本金 \(choices[0])；逾期本金加违约金 "
                    + "\(choices[1])；全部本金 \(choices[2])；全部本金加违约金 \(choices[3])"
                    + "（有预存的已经减去）。",
                en: "The parts add up to \(sum), which is not what is owed. It may be: the overdue "
                    + "principal, \(choices[0]); with late fees, \(choices[1]); all open principal, "
                    + "\(choices[2]); with late fees, \(choices[3]) (each less credit).")
        case .owesNothing(let unit, let date):
            Bilingual(
                zh: "\(unit) 在 \(date) 不欠款，没有可以分期的。",
                en: "\(unit) owes nothing on \(date): there is nothing to pay in parts.")
        case .planRuns(let id):
            Bilingual(
                zh: "这个账户还有分期协议 \(id) 在履行，一个账户只能有一份。",
                en: "Plan \(id) still runs for this account; an account has one at a time.")
        case .planBroken(let id, let day):
            Bilingual(
                zh: "分期协议 \(id) 从 \(day) 起就已经违约，批准没有意义。请重新商定。",
                en: "Plan \(id) would be broken since \(day) already. Agree on another.")
        case .notPlan(let id):
            Bilingual(
                zh: "提议 \(id) 不是分期协议。请用 dunwell plan list 查看。",
                en: "Proposal \(id) is no plan. See dunwell plan list.")
        case .notApproved(let id):
            Bilingual(
                zh: "分期协议 \(id) 已被拒绝，不能签。",
                en: "Plan \(id) was refused; there is nothing to sign.")
        case .signedAlready(let id):
            Bilingual(zh: "分期协议 \(id) 已经登记过签字。", en: "Plan \(id) is signed already.")
        default: nil
        }
    }

    /// Whether the words were off, rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .unknownProposal, .reasonMissing, .amountMissing, .badPercent, .periodsReversed,
            .reviewMissing, .unknownItem, .partsNotAscending, .notPlan:
            true
        default: false
        }
    }
}
