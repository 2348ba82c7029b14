import Casework
import Office
import Primitives
import SQLiteStore

/// Households in hardship, for managers and each case's own staff.
///
/// A look at a case is recorded, and GET changes nothing: so a case is shown in answer to a posted
/// form (查看，留痕), never to a link. What a GET shows of it (`doorPage`, the list, the forms) is
/// what the list has: unit, state, days, staff; no text that the household gave, and no proof.
let hardshipRoutes: [Route] = [
    Route(.get, "/hardship", for: .caseworkers) { try listPage($0) },
    Route(.get, "/hardship/new", for: .caseworkers) { try openingForm($0) },
    Route(.post, "/hardship", for: .caseworkers) { try open($0) },
    Route(.get, "/hardship/{number}", for: .caseworkers) { try doorPage($0) },
    Route(.post, "/hardship/{number}", for: .caseworkers) { try look($0) },
    Route(.post, "/hardship/{number}/proofs/{proof}", for: .caseworkers) { try proofFile($0) },
    Route(.get, "/hardship/{number}/proofs/new", for: .caseworkers) { try proofForm($0) },
    Route(.post, "/hardship/{number}/proofs", for: .caseworkers) { try addProof($0) },
    Route(.get, "/hardship/{number}/sheets/new", for: .caseworkers) { try sheetForm($0) },
    Route(.post, "/hardship/{number}/sheets", for: .caseworkers) { try addSheet($0) },
    Route(.get, "/hardship/{number}/staff/new", for: .caseworkers) { try staffForm($0) },
    Route(.post, "/hardship/{number}/staff", for: .caseworkers) { try addStaff($0) },
    Route(.get, "/hardship/{number}/relief/new", for: .caseworkers) { try reliefForm($0) },
    Route(.post, "/hardship/{number}/relief", for: .caseworkers) { try propose($0) },
    Route(.post, "/hardship/{number}/relief/{proposal}", for: .approvers, isGrave: true) {
        try say($0)
    },
    Route(.post, "/hardship/{number}/decision", for: .approvers, isGrave: true) {
        try decideCase($0)
    },
]

// MARK: - The list

private func listPage(_ visit: Visit) throws -> PageResponse {
    let cases = try hardshipCases(
        asOf: visit.asOf, shownTo: visit.user.userName, effects: visit.effects)
    let isOver: Set<HardshipCase.State> = [.refused, .closed]
    let live = cases.filter { !isOver.contains($0.row.state) }
    let pager = Pager(of: cases.count, on: visit)
    let listed = (live + cases.filter { isOver.contains($0.row.state) })[pager.range]
    func rows(isOver over: Bool) -> [[String: Any]] {
        listed.filter { isOver.contains($0.row.state) == over }.map { row($0, visit) }
    }
    return try visit.page(
        "hardship", title: Bilingual(zh: "困难户", en: "Hardship"), nav: .hardship,
        [
            "live": rows(isOver: false), "over": rows(isOver: true),
            "liveCount": count(live.count), "hasNone": cases.isEmpty,
            "waiting": count(live.count { $0.waits }),
            "isManager": visit.user.role == .manager,
        ].merging(pager.model) { $1 })
}

private func row(_ listed: ListedHardshipCase, _ visit: Visit) -> [String: Any] {
    let language = visit.language
    let (mark, state) = listed.mark
    let review = listed.row.review
    return [
        "number": String(listed.row.number), "path": "/hardship/\(listed.row.number)",
        "unit": listed.row.unit, "unitPath": "/units/\(percentEncoded(listed.row.unit))",
        "names": listed.names.joined(separator: language == .zh ? "、" : ", "),
        "kind": listed.row.kind.words[language], "mark": mark, "state": state[language],
        "opened": "\(listed.opened)", "review": orFalse(review.map { "\($0)" }),
        "isPast": review.map { $0 < visit.asOf } ?? false,
        "staff": listed.staff.joined(separator: language == .zh ? "、" : ", "),
    ]
}

extension ListedHardshipCase {
    /// Shape and colour, and the word.
    fileprivate var mark: (String, Bilingual) {
        if waits { return ("ochre", Bilingual(zh: "等经理决定", en: "waits for a manager")) }
        return row.state.mark
    }
}

/// The case in the list of those that the visitor may see.
/// - Throws: `NotFound` for all others: whether there is such a case is not told.
private func listed(_ visit: Visit) throws -> ListedHardshipCase {
    let cases = try hardshipCases(
        asOf: visit.today, shownTo: visit.user.userName, effects: visit.effects)
    guard let number = Int(visit.parameter("number")),
        let found = cases.first(where: { $0.row.number == number })
    else { throw NotFound() }
    return found
}

// MARK: - The case

private func doorPage(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    var model = row(listed, visit)
    model["isManager"] = visit.user.role == .manager
    let done = doneWords[visit.request.query["done"] ?? ""]
    model["done"] = done.map { $0[visit.language] as Any } ?? false
    return try visit.page(
        "hardship-door",
        title: Bilingual(zh: "案卷 \(listed.row.number)", en: "Case \(listed.row.number)"),
        nav: .hardship, model)
}

/// What was done just now.
private let doneWords = [
    "opened": Bilingual(
        zh: "已受理。从今天起只发账单和早期提醒。",
        en: "The case is open. From today, bills and the early reminder alone."),
    "proof": Bilingual(zh: "凭证已记入案卷。", en: "The proof is in the case."),
    "sheet": Bilingual(zh: "收入和基本生活已记入案卷。", en: "Income and needs are in the case."),
    "staff": Bilingual(zh: "承办人已添加。", en: "The colleague may work on the case."),
    "relief": Bilingual(
        zh: "提议已记下，等另一位经理决定。", en: "The proposal waits for another manager."),
    "said": Bilingual(zh: "决定已记下。", en: "The decision is recorded."),
    "decided": Bilingual(zh: "决定已记下。", en: "The decision is recorded."),
]

/// Shown, and the look recorded, in one act. A form that was sent before (a page loaded again)
/// leads to the door, where another look is asked for.
private func look(_ visit: Visit) throws -> PageResponse {
    _ = try listed(visit)
    do {
        return try showing(visit)
    } catch let error where isFormUsed(error) {
        return .redirect("/hardship/\(visit.parameter("number"))")
    }
}

private func showing(_ visit: Visit, form: FormReader? = nil) throws -> PageResponse {
    let listed = try listed(visit)
    let shown = try showHardshipCase(
        listed.row.number, to: visit.user.userName, asOf: visit.today, effects: visit.effects)
    var model = row(listed, visit)
    model.merge(try CasePage(shown, visit).model) { $1 }
    model["opened"] = "\(listed.opened)"
    return try visit.page(
        "hardship-case",
        title: Bilingual(
            zh: "困难案卷 \(listed.row.number)：\(listed.row.unit)",
            en: "Hardship case \(listed.row.number): \(listed.row.unit)"),
        nav: .hardship, form: form, values: ["reason": "", "review": ""], model)
}

private func proofFile(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    guard let place = Int(visit.parameter("proof")),
        let file = try hardshipProofFile(
            place, of: listed.row.number, to: visit.user.userName, asOf: visit.today,
            effects: visit.effects)
    else { throw NotFound() }
    let types = ["pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"]
    return .file(
        file.bytes, type: types[file.suffix] ?? "application/octet-stream",
        name: "case-\(listed.row.number)-\(place).\(file.suffix)")
}

// MARK: - Opening

private func openingForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    try visit.page(
        "hardship-new", title: Bilingual(zh: "受理困难情况", en: "Open a hardship case"),
        nav: .hardship, form: form,
        values: [
            "unit": visit.request.query["unit"] ?? "", "reason": "", "kind": "temporary",
            "review": "\(visit.today.advanced(byDays: 30))",
        ],
        [
            "kinds": options(
                HardshipCase.Kind.allCases.map { ($0.rawValue, $0.words) },
                chosen: form?.fields["kind"] ?? "temporary", in: visit.language)
        ])
}

private func open(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let unit = form.text("unit", atMost: 60)
    let kind = form.choice("kind", HardshipCase.Kind.self)
    let reason = form.text("reason", atMost: 2_000)
    let review = form.fields["review"] == nil ? nil : form.date("review")
    return try form.act(else: { try openingForm(visit, $0) }) {
        let number = try openHardshipCase(
            for: unit!, owner: nil, kind: kind!, reason: reason!, by: visit.user.userName,
            on: visit.today, review: review, effects: visit.effects)
        return .redirect("/hardship/\(number.number)?done=opened")
    }
}

// MARK: - Proofs, sheets, staff

/// A form of the case that shows nothing of it but where it belongs.
private func caseForm(
    _ template: String, _ title: Bilingual, _ visit: Visit, _ form: FormReader?,
    values: [String: String], _ more: [String: Any] = [:]
) throws -> PageResponse {
    var model = row(try listed(visit), visit)
    model.merge(more) { $1 }
    return try visit.page(
        template, title: title, nav: .hardship, form: form, values: values, model)
}

private func proofForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    try caseForm(
        "hardship-proof", Bilingual(zh: "添加凭证", en: "Add a proof"), visit, form,
        values: ["note": "", "until": "", "file": ""],
        [
            "kinds": options(
                HardshipProofKind.allCases.map { ($0.rawValue, $0.words) },
                chosen: form?.fields["kind"], in: visit.language)
        ])
}

private func addProof(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    var form = visit.form
    let kind = form.choice("kind", HardshipProofKind.self)
    let until = form.fields["until"] == nil ? nil : form.date("until")
    let note = form.optional("note", atMost: 2_000)
    let file = visit.request.files.first { $0.field == "file" }
    if file == nil, note == nil {
        form.refuse(
            "file", Bilingual(zh: "请选择文件，或写明看过的原件。", en: "Choose a file, or say what was seen."))
    }
    return try form.act(else: { try proofForm(visit, $0) }) {
        try addHardshipProof(
            kind!, validUntil: until,
            upload: file.map { Upload(name: $0.fileName, bytes: $0.bytes) }, note: note ?? "",
            to: listed.row.number, by: visit.user.userName, on: visit.today, effects: visit.effects)
        return .redirect("/hardship/\(listed.row.number)?done=proof")
    }
}

private let incomeRows = 5

private func sheetForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let names = (1...incomeRows).flatMap { ["source-\($0)", "amount-\($0)"] }
    let values = Dictionary(uniqueKeysWithValues: (names + ["persons"]).map { ($0, "") })
    let kept = form?.kept ?? [:]
    return try caseForm(
        "hardship-sheet", Bilingual(zh: "付得起多少", en: "What can be paid"), visit, form,
        values: values,
        [
            "incomes": (1...incomeRows).map {
                [
                    "place": String($0), "source": kept["source-\($0)"] ?? "",
                    "amount": kept["amount-\($0)"] ?? "",
                ]
            }
        ])
}

private func addSheet(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    var form = visit.form
    let persons = form.number("persons", in: 1...30)
    var incomes: [(source: String, amount: Money)] = []
    for place in 1...incomeRows {
        let (source, amount) = ("source-\(place)", "amount-\(place)")
        guard form.fields[source] != nil || form.fields[amount] != nil else { continue }
        if let source = form.text(source, atMost: 200), let amount = form.money(amount) {
            incomes.append((source, amount))
        }
    }
    return try form.act(else: { try sheetForm(visit, $0) }) {
        _ = try recordAffordability(
            of: listed.row.number, persons: persons!, incomes: incomes, by: visit.user.userName,
            on: visit.today, effects: visit.effects)
        return .redirect("/hardship/\(listed.row.number)?done=sheet")
    }
}

private func staffForm(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let names = try users(effects: visit.effects).filter {
        Audience.caseworkers.includes($0.role) && $0.role != .manager
    }.map(\.name)
    return try caseForm(
        "hardship-staff", Bilingual(zh: "添加承办人", en: "Let a colleague work on it"), visit, form,
        values: ["name": ""], ["colleagues": names])
}

private func addStaff(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    var form = visit.form
    let name = form.text("name", atMost: 100)
    return try form.act(else: { try staffForm(visit, $0) }) {
        try addHardshipStaff(
            name!, to: listed.row.number, by: visit.user.userName, effects: visit.effects)
        return .redirect("/hardship/\(listed.row.number)?done=staff")
    }
}

// MARK: - Deciding

/// What the button said: approved, or refused.
private enum Word: String {
    case approve, refuse
}

private func say(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    guard let proposal = Int(visit.parameter("proposal")),
        try proposals(asOf: visit.today, isOpen: false, effects: visit.effects).contains(where: {
            $0.id.number == proposal && $0.proposal.hardshipCase == listed.row.number
        })
    else { throw NotFound() }
    var form = visit.form
    let word = form.choice("say", Word.self)
    let reason = form.text("reason", atMost: 2_000)
    return try form.act(else: { try showing(visit, form: $0) }) {
        _ = try decide(
            proposal: proposal,
            Approval(
                isApproved: word == .approve, day: visit.today, by: visit.user.userName,
                reason: reason!), effects: visit.effects)
        return .redirect("/hardship/\(listed.row.number)?done=said")
    }
}

private func decideCase(_ visit: Visit) throws -> PageResponse {
    let listed = try listed(visit)
    var form = visit.form
    let outcome = form.choice("say", HardshipCase.Outcome.self)
    if outcome == .granted {
        form.refuse("", Bilingual(zh: "减免由批准提议给予。", en: "Relief is granted by an approval."))
    }
    let reason = outcome == .renewed ? form.optional("reason") : form.text("reason", atMost: 2_000)
    let review = outcome == .renewed ? form.date("review") : nil
    return try form.act(else: { try showing(visit, form: $0) }) {
        try decideHardshipCase(
            listed.row.number, outcome!, review: review, reason: reason ?? "",
            by: visit.user.userName, on: visit.today, effects: visit.effects)
        return .redirect("/hardship/\(listed.row.number)?done=decided")
    }
}
