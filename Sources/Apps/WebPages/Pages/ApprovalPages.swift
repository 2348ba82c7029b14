import Casework
import FeeLedger
import Office
import Primitives
import SQLiteStore

/// What one person proposed and another decides: the rule of four eyes (SPEC.md 6).
let approvalRoutes: [Route] = [
    Route(.get, "/approvals", for: .everyone) { try listPage($0) },
    Route(.get, "/approvals/{number}", for: .everyone) { try proposalPage($0) },
    Route(.post, "/approvals/{number}", for: .approvers, isGrave: true) { try decide($0) },
]

private func listPage(_ visit: Visit) throws -> PageResponse {
    let all = try proposals(
        asOf: visit.asOf, shownTo: visit.user.userName, effects: visit.effects)
    let open = all.filter { $0.recorded.approval == nil }.reversed()
    let decided = all.filter { $0.recorded.approval != nil }
    let pager = Pager(of: decided.count, on: visit)
    var model: [String: Any] = [
        "open": open.map { row($0, visit) }, "hasOpen": !open.isEmpty,
        "openCount": count(open.count),
        "decided": decided[pager.range].map { row($0, visit) },
        "hasDecided": !decided.isEmpty, "decidedCount": count(decided.count),
        "isManager": visit.user.role == .manager,
    ]
    model.merge(pager.model) { $1 }
    return try visit.page(
        "approvals", title: Bilingual(zh: "审批", en: "Approvals"), nav: .today, model)
}

private func row(_ listed: ListedProposal, _ visit: Visit) -> [String: Any] {
    let (recorded, language) = (listed.recorded, visit.language)
    let number = recorded.id.number
    let isHardship = recorded.proposal.hardshipCase != nil
    let why = recorded.approval?.reason ?? ""
    return [
        "number": String(number),
        "href": recorded.proposal.hardshipCase.map { "/hardship/\($0)" } ?? "/approvals/\(number)",
        "unit": recorded.unit, "unitHref": "/units/\(percentEncoded(recorded.unit))",
        "names": listed.names.joined(separator: AccountWords.comma(language)),
        "kind": isHardship
            ? Bilingual(zh: "困难户减免", en: "relief in hardship")[language]
            : AccountWords.proposal(recorded.kind)[language],
        "what": isHardship ? "" : recorded.terms[language],
        "reason": isHardship ? "" : recorded.proposal.reason,
        "by": recorded.proposal.by, "day": "\(recorded.proposal.day)",
        "waits": count(visit.asOf - recorded.proposal.day),
        "mayBeDecided": listed.mayBeDecided,
        "mark": recorded.approval.map { $0.isApproved ? "pine" : "hold" } ?? "ochre",
        "state": recorded.stateWords[language],
        "decision": recorded.approval.map { "\($0.by) \($0.day)" } ?? "",
        "why": isHardship || why.isEmpty ? false : why as Any,
    ]
}

// MARK: - One

private func listed(_ visit: Visit) throws -> ListedProposal {
    let all = try proposals(
        asOf: visit.today, shownTo: visit.user.userName, effects: visit.effects)
    guard let number = Int(visit.parameter("number")),
        let found = all.first(where: { $0.recorded.id.number == number })
    else { throw NotFound() }
    return found
}

/// Relief in hardship is decided where its case is seen.
private func proposalPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let listed = try listed(visit)
    if let hardshipCase = listed.recorded.proposal.hardshipCase {
        return .redirect("/hardship/\(hardshipCase)")
    }
    var model = row(listed, visit)
    model["me"] = visit.user.userName
    model["isOpen"] = listed.recorded.approval == nil
    model["isOwn"] = listed.recorded.proposal.by == visit.user.userName
    model["approve"] = listed.recorded.approveWords[visit.language]
    model["effect"] = listed.recorded.effectWords[visit.language]
    model["parts"] = parts(of: listed.recorded)
    return try visit.page(
        "approval",
        title: Bilingual(
            zh: "提议 \(listed.recorded.id.number)", en: "Proposal \(listed.recorded.id.number)"),
        nav: .today, form: form, values: ["reason": ""], model)
}

/// `false` where it is no plan.
private func parts(of recorded: Session.RecordedProposal) -> Any {
    guard case .plan(let terms) = recorded.proposal.matter else { return false }
    return [
        "rows": terms.parts.enumerated().map {
            ["number": String($0 + 1), "due": "\($1.due)", "amount": money($1.amount)]
        }, "total": money(terms.total),
    ] as [String: Any]
}

private enum Word: String {
    case approve, refuse
}

private func decide(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    guard listed.recorded.proposal.hardshipCase == nil else { throw NotFound() }
    var form = visit.form
    let word = form.choice("say", Word.self)
    let reason =
        word == .refuse ? form.text("reason", atMost: 500) : form.optional("reason", atMost: 500)
    return try form.act(else: { try proposalPage(visit, $0) }) {
        _ = try Office.decide(
            proposal: listed.recorded.id.number,
            Approval(
                isApproved: word == .approve, day: visit.today, by: visit.user.userName,
                reason: reason ?? ""), effects: visit.effects)
        return .redirect("/approvals/\(listed.recorded.id.number)")
    }
}
