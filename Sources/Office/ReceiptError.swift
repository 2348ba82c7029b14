public import Primitives
public import SQLiteStore

/// Why nothing was done with a scanned receipt.
public enum ReceiptError: ExplainedError, Hashable, Sendable {
    case unknownStub(id: Int)
    case settledStub(id: Int, as: Session.StubState)
    case unmatchedStub(id: Int)
    /// The receipt's own code was read, and names this notice.
    case readStub(id: Int, number: String)
    case reasonMissing

    public var message: Bilingual {
        switch self {
        case .unknownStub(let id):
            Bilingual(
                zh: "没有扫描的回执 \(id)。请用 dunwell service scan --list 查看。",
                en: "There is no scanned receipt \(id). See dunwell service scan --list.")
        case .settledStub(let id, let state):
            state == .discarded
                ? Bilingual(zh: "回执 \(id) 已经作废。", en: "Receipt \(id) was discarded.")
                : Bilingual(
                    zh: "回执 \(id) 已经登记为送达。登记错了的，请先用 dunwell service withdraw 撤销。",
                    en:
                        "Receipt \(id) is recorded as a service. If that was a mistake, withdraw it first: "
                        + "dunwell service withdraw.")
        case .unmatchedStub(let id):
            Bilingual(
                zh: "回执 \(id) 还不知道是哪份通知的。请看图后用 dunwell service scan assign \(id) 通知编号 指明。",
                en:
                    "It is not known which notice receipt \(id) is of. Look at it, then name the notice: "
                    + "dunwell service scan assign \(id) NOTICE.")
        case .readStub(let id, let number):
            Bilingual(
                zh: "回执 \(id) 的二维码已读出，是 \(number) 的，不能改成别的通知。不是它的回执，请用 "
                    + "dunwell service scan discard \(id) --reason 原因 作废，再重新扫描。",
                en:
                    "The code of receipt \(id) was read: it is of \(number), and of no other notice. If "
                    + "that is no receipt of it, put it aside with dunwell service scan discard \(id) "
                    + "--reason TEXT, then scan again.")
        case .reasonMissing:
            Bilingual(zh: "请写明作废的原因：--reason。", en: "Say why: --reason TEXT.")
        }
    }

    /// Whether the words were off, rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .unknownStub, .reasonMissing: true
        default: false
        }
    }
}
