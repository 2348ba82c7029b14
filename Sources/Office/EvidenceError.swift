public import Evidence
public import Primitives

/// Why a service was not recorded, or the chain not stamped.
public enum EvidenceError: ExplainedError, Hashable, Sendable {
    case tooManyStaff(names: [String])
    case emptyStaff
    case noSigner(how: ServiceWay)
    case noRelation(how: ServiceWay)
    case unknownRelation(word: String)
    case relationDoesNotCount(how: ServiceWay, relation: SignerRelation)
    case nobodySigns(how: ServiceWay)
    case nobodyAcknowledges(how: ServiceWay)
    case beforeNotice(number: String, asOf: CivilDate, on: CivilDate)
    case unknownService(id: Int)
    case withdrawnAlready(id: Int)
    case reasonMissing
    case unknownProof(word: String)
    case noFile(path: String)
    case emptyFile(path: String)
    case sameFile(path: String, as: String)
    case noAnchor(source: String)
    case nothingToStamp

    public var message: Bilingual {
        switch self {
        case .tooManyStaff(let names):
            Bilingual(
                zh: "经手人写一位或两位；这里有 \(names.count) 位：\(names.joined(separator: "、"))。",
                en: "One or two members of staff, not \(names.count): "
                    + "\(names.joined(separator: ", ")).")
        case .emptyStaff:
            Bilingual(
                zh: "经手人的姓名是空的。请写姓名：--by 姓名。",
                en: "A name of staff is empty. Say who served it: --by NAME.")
        case .noSigner(let how):
            Bilingual(
                zh: "\(how.rawValue) 要写签收人：--signer 姓名。",
                en: "\(how.rawValue) needs the name of who signed: --signer NAME.")
        case .noRelation(let how):
            Bilingual(
                zh: "\(how.rawValue) 要写签收人和业主的关系：--relation，可以是"
                    + "\(chinese(how.signers))。",
                en: "\(how.rawValue) needs what the signer is to the owner: --relation, one of "
                    + "\(english(how.signers)).")
        case .unknownRelation(let word):
            Bilingual(
                zh: "“\(word)”签收不算数，或者没有说清是不是成年。算数的是：业主本人、同住的成年家属、受托人："
                    + "\(chinese(Set(SignerRelation.allCases)))。未成年人、保安、邻居、访客代签不算，"
                    + "请改用别的送达方式登记。",
                en:
                    "The signature of “\(word)” does not count, or it is not said that the person is of age. "
                    + "Those count: \(english(Set(SignerRelation.allCases))). Children, guards, neighbours "
                    + "and visitors do not: record another way of service.")
        case .relationDoesNotCount(let how, let relation):
            Bilingual(
                zh: "\(how.rawValue) 的签收人可以是\(chinese(how.signers))；\(relation.chinese)签收的，"
                    + "请用 --how \(way(for: relation))。",
                en:
                    "\(how.rawValue) is signed by \(english(how.signers)). Where \(relation.rawValue) "
                    + "signed, use --how \(way(for: relation)).")
        case .nobodySigns(let how):
            Bilingual(
                zh: "\(how.rawValue) 没有签收人。有人签收的，请用 signed_owner、signed_household 或 signed_agent。",
                en: "Nobody signs in the way \(how.rawValue). If somebody did, use signed_owner, "
                    + "signed_household or signed_agent.")
        case .nobodyAcknowledges(let how):
            Bilingual(
                zh: "\(how.rawValue) 不能确认欠款：要有签名，或者业主在自己的页面上确认。",
                en:
                    "The debt cannot be acknowledged in the way \(how.rawValue): that takes a signature, or "
                    + "the owner's own page.")
        case .beforeNotice(let number, let asOf, let date):
            Bilingual(
                zh: "通知 \(number) 是 \(asOf) 的，不可能在 \(date) 送达。请核对日期。",
                en:
                    "Notice \(number) is of \(asOf); it cannot have been served on \(date). Check the date."
            )
        case .unknownService(let id):
            Bilingual(
                zh: "没有送达记录 \(id)。请用 dunwell service list 查看。",
                en: "There is no service \(id). See dunwell service list.")
        case .withdrawnAlready(let id):
            Bilingual(zh: "送达记录 \(id) 已经撤销。", en: "Service \(id) was withdrawn already.")
        case .reasonMissing:
            Bilingual(zh: "请写明撤销的原因：--reason。", en: "Say why: --reason TEXT.")
        case .unknownProof(let word):
            Bilingual(
                zh: "“\(word)”不是证明文件的种类。可以是："
                    + "\(ProofKind.offered.map { "\($0.chinese)（\($0.rawValue)）" }.joined(separator: "、"))。",
                en: "“\(word)” is no kind of proof. Known: "
                    + "\(ProofKind.offered.map(\.rawValue).joined(separator: ", ")).")
        case .noFile(let path):
            Bilingual(
                zh: "没有文件 \(path)。请核对路径。",
                en: "There is no file \(path). Check the path.")
        case .emptyFile(let path):
            Bilingual(
                zh: "文件 \(path) 是空的，证明不了什么。请重新拍照或扫描，再登记。",
                en: "The file \(path) is empty and proves nothing. Take the picture or scan again.")
        case .sameFile(let path, let before):
            Bilingual(
                zh: "\(path) 和 \(before) 是同一个文件。一个文件证明几样的，请只写一次："
                    + "--file stub+content=\(before)；不是的，请换成另一个文件。",
                en:
                    "\(path) and \(before) are the same file. If it shows several things, give it once: "
                    + "--file stub+content=\(before); if not, name the other file.")
        case .noAnchor(let source):
            Bilingual(
                zh: "\(source) 里没有证据链的链尾（64 位十六进制数）。",
                en: "There is no head of a chain in \(source): 64 hexadecimal digits.")
        case .nothingToStamp:
            Bilingual(
                zh: "证据链还是空的，没有可以加盖时间戳的。",
                en: "The chain is empty: there is nothing to stamp yet.")
        }
    }

    /// Whether the words were off, rather than a rule against it.
    public var isBadInput: Bool {
        switch self {
        case .withdrawnAlready, .beforeNotice, .relationDoesNotCount, .nothingToStamp: false
        default: true
        }
    }
}

private func chinese(_ relations: Set<SignerRelation>) -> String {
    SignerRelation.allCases.filter { relations.contains($0) }
        .map { "\($0.chinese)（\($0.rawValue)）" }.joined(separator: "、")
}

private func english(_ relations: Set<SignerRelation>) -> String {
    SignerRelation.allCases.filter { relations.contains($0) }.map(\.rawValue)
        .joined(separator: ", ")
}

private func way(for relation: SignerRelation) -> String {
    ServiceWay.allCases.first { $0.signers.contains(relation) }!.rawValue
}

extension ProofKind {
    /// What staff may name; a code is known to the program alone.
    static let offered = allCases.filter { $0 != .code }
}
