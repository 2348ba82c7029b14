import Dunning
import Evidence
import FeeLedger
import Interchange
public import Primitives
public import SQLiteStore

/// What staff should look at again once a service is recorded: why its grade is not better, and
/// what looks like a mistake. Nothing of it is refused.
///
/// - Parameters:
///   - receipt: the scanned receipt that was confirmed; `nil`: there is none.
///   - today: by the clock.
public func remarks(
    on service: Session.RecordedService, receipt: Int? = nil, today: CivilDate, effects: Effects
) throws -> [Bilingual] {
    let looksUnsigned = try effects.store.read { session in
        try receipt.map { try foundStub($0, session, effects).1.looksSigned == false } ?? false
    }
    let owners = try effects.store.read { try $0.frozenNotice(service.service.notice).owners }
    return [
        weakness(of: service), stranger(service.service, among: owners.map(\.name)),
        late(service.service, today), looksUnsigned ? unsigned(receipt!, service) : nil,
    ].compactMap { $0 }
}

/// Why the grade is not better.
private func weakness(of recorded: Session.RecordedService) -> Bilingual? {
    let service = recorded.service
    let how = service.how
    guard recorded.grade == .e, !how.proofs.isEmpty, how != .posted else { return nil }
    let missing = service.missingProofs
    let isUnagreed = how.agreedChannel != nil && !service.isAgreed
    let isAlone = how == .leftWitnessed && service.staff.count < 2
    let zh = [
        missing.isEmpty ? nil : "缺\(missing.map(\.chinese).joined(separator: "、"))",
        isUnagreed ? "业主没有约定这种方式（送达方式一栏）" : nil,
        isAlone ? "要两位经手人" : nil,
    ].compactMap { $0 }.joined(separator: "；")
    let en = [
        missing.isEmpty ? nil : "missing: \(missing.map(\.rawValue).joined(separator: ", "))",
        isUnagreed ? "no owner agreed to this way (channels)" : nil,
        isAlone ? "it takes two names of staff" : nil,
    ].compactMap { $0 }.joined(separator: "; ")
    return Bilingual(zh: "证明力为 E：\(zh)。", en: "Grade E: \(en).")
}

/// The owner is said to have signed, and bears a name that no owner has.
private func stranger(_ service: ServiceOfNotice, among owners: [String]) -> Bilingual? {
    guard let signer = service.signer, signer.relation == .owner, !signer.name.isEmpty,
        !owners.contains(where: { trimmed($0) == signer.name })
    else { return nil }
    return Bilingual(
        zh: "请注意：签收人“\(signer.name)”不是这一户的业主（\(owners.joined(separator: "、"))）。"
            + "不是业主本人签收的，请撤销，改用 signed_household 或 signed_agent 登记。",
        en:
            "Note: “\(signer.name)” is none of the account's owners (\(owners.joined(separator: ", "))). "
            + "If somebody else signed, withdraw this and use signed_household or signed_agent.")
}

private func late(_ service: ServiceOfNotice, _ today: CivilDate) -> Bilingual? {
    guard service.date > today else { return nil }
    return Bilingual(
        zh: "请注意：送达日期 \(service.date) 在今天（\(today)）之后。请核对。",
        en: "Note: the date of service, \(service.date), is after today (\(today)). Check it.")
}

private func unsigned(_ receipt: Int, _ recorded: Session.RecordedService) -> Bilingual? {
    guard recorded.service.acknowledges else { return nil }
    let id = recorded.id.number
    return Bilingual(
        zh: "请注意：回执 \(receipt) 上没有看到签名，却登记了确认欠款。请再看一遍图；确实没有签名的，"
            + "请撤销送达记录 \(id)。",
        en:
            "Note: no signature is seen on receipt \(receipt), yet the debt is recorded as acknowledged. "
            + "Look at it again; if nobody signed, withdraw service \(id).")
}
