import Evidence
import FeeLedger
import Office
import Primitives
import SQLiteStore
import Scans

/// Signed stubs: uploaded, looked at beside their notice, and recorded as services.
let scanRoutes: [Route] = [
    Route(.get, "/scans", for: .everyone) { try scansPage($0, form: nil) },
    Route(.post, "/scans", for: .staff) { try takeScans($0) },
    Route(.post, "/scans/waiting", for: .staff) { try settleWaiting($0) },
    Route(.get, "/scans/{stub}", for: .everyone) { try reviewPage($0, form: nil) },
    Route(.post, "/scans/{stub}", for: .staff) { try confirm($0) },
    Route(.post, "/scans/{stub}/assign", for: .staff) { try assign($0) },
    Route(.post, "/scans/{stub}/discard", for: .staff) { try discard($0) },
    Route(.get, "/scans/{stub}/{part}", for: .everyone) { try picture($0) },
]

// MARK: - All that wait

func scansPage(_ visit: Visit, form: FormReader?) throws -> PageResponse {
    let waiting = try openStubs(effects: visit.effects)
    let pager = Pager(of: waiting.count, on: visit)
    let rows = waiting[pager.range].map { stub in
        [
            "id": stub.id.number, "href": "/scans/\(stub.id.number)", "file": stub.file,
            "page": stub.page, "number": stub.number ?? false, "unit": stub.unit ?? "",
            "owners": stub.owners.joined(separator: visit.language == .zh ? "、" : ", "),
            "mark": mark(of: stub).mark, "state": mark(of: stub).words[visit.language],
            "at": takenAt(stub, visit), "by": stub.takenBy,
        ] as [String: Any]
    }
    return try visit.page(
        "scans", title: Bilingual(zh: "扫描回执", en: "Scanned stubs"), nav: .services, form: form,
        [
            "rows": rows, "hasRows": !rows.isEmpty, "count": count(waiting.count),
            "mayUpload": Audience.staff.includes(visit.user.role),
            "waiting": waitingRows(visit),
            "first": waiting.first.map { "/scans/\($0.id.number)" } ?? false,
        ].merging(pager.model) { $1 })
}

/// What is known of a stub before somebody looks.
private func mark(of stub: Session.ScannedStub) -> (mark: String, words: Bilingual) {
    if stub.number == nil {
        return ("ochre", Bilingual(zh: "没有认出通知", en: "no notice recognised"))
    }
    if stub.readNumber == nil { return ("pine", Bilingual(zh: "已人工指明", en: "assigned by hand")) }
    if stub.cutting == nil {
        return ("ochre", Bilingual(zh: "这一页没有回执联", en: "no stub on this page"))
    }
    guard stub.isWhole else {
        return ("ochre", Bilingual(zh: "回执联没看全", en: "stub not wholly seen"))
    }
    return stub.looksSigned == false
        ? ("ochre", Bilingual(zh: "没有看到签名", en: "no signature seen"))
        : ("pine", Bilingual(zh: "二维码与校验位相符", en: "code and check digit agree"))
}

/// By the office's clock, to the minute; the books have it in UTC.
private func takenAt(_ stub: Session.ScannedStub, _ visit: Visit) -> String {
    let text = stub.takenAt
    guard let day = CivilDate(String(text.prefix(10))) else { return text }
    let clock = text.dropFirst(11).prefix(8).split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return text }
    let seconds = clock[0] * 3_600 + clock[1] * 60 + clock[2]
    return visit.clock(
        Instant(millisecondsSince1970: (day.dayNumber * 86_400 + seconds) * 1_000))
}

// MARK: - One stub beside its notice

private func stubAsked(_ visit: Visit) throws -> (Session.ScannedStub, [Session.ScannedStub]) {
    guard let id = Int(visit.parameter("stub")) else { throw NotFound() }
    return (try scannedStub(id, effects: visit.effects), try openStubs(effects: visit.effects))
}

private func reviewPage(
    _ visit: Visit, form: FormReader?, isRecomputed: Bool = false
) throws -> PageResponse {
    let (stub, waiting) = try stubAsked(visit)
    var model: [String: Any] = [
        "review": try review(stub, among: waiting, form, isRecomputed: isRecomputed, visit)
    ]
    model["done"] = try doneBefore(visit) ?? false
    return try visit.page(
        "scan-review", title: Bilingual(zh: "核对扫描的回执", en: "Check a scanned stub"),
        nav: .services, form: form, values: values(of: stub, visit), model)
}

/// For the page of all services: the first stub that waits.
func waitingStubs(_ waiting: [Session.ScannedStub], _ visit: Visit) throws -> [String: Any] {
    let found = waiting.filter { $0.number != nil && $0.cutting != nil && $0.isWhole }
    let bare = waiting.count { $0.number != nil && $0.cutting == nil }
    let unclear = waiting.count { $0.number != nil } - found.count - bare
    let unknown = waiting.count { $0.number == nil }
    return [
        "review": try (found.first ?? waiting.first).map {
            try review($0, among: waiting, nil, isRecomputed: false, visit)
        } ?? false,
        "value": (found.first ?? waiting.first).map { values(of: $0, visit) } ?? [:],
        "stubCounts": [
            "all": count(waiting.count), "found": count(found.count), "unclear": count(unclear),
            "unknown": count(unknown), "hasUnclear": unclear > 0, "bare": count(bare),
            "hasBare": bare > 0, "hasUnknown": unknown > 0,
        ],
        "done": try doneBefore(visit) ?? false,
    ]
}

/// What the stub before became, told on top of the next one's page.
private func doneBefore(_ visit: Visit) throws -> [String: Any]? {
    guard let id = visit.request.query["done"].flatMap({ Int($0) }),
        let stub = try? scannedStub(id, effects: visit.effects), stub.state == .confirmed,
        let number = stub.number
    else { return nil }
    let services = try services(ofNotice: number, effects: visit.effects).services
    let kept = (stub.cutting ?? stub.original).sha256
    guard let service = services.last(where: { $0.files.contains { $0.sha256 == kept } }) else {
        return nil
    }
    return try recordedNote(service, receipt: id, visit)
}

private func values(of stub: Session.ScannedStub, _ visit: Visit) -> [String: String] {
    [
        "who": "signed_owner", "signer": "", "relation": "", "staff": visit.user.userName,
        "date": "\(likelyDay(of: stub, visit))", "note": "", "reason": "", "number": "",
    ]
}

/// The day of the upload, unless the notice is younger: only what staff enter counts.
private func likelyDay(of stub: Session.ScannedStub, _ visit: Visit) -> CivilDate {
    let uploaded = CivilDate(String(takenAt(stub, visit).prefix(10))) ?? visit.today
    guard let asOf = stub.asOf, uploaded < asOf else { return uploaded }
    return visit.today
}

private let signedWays: [ServiceWay] = [.signedOwner, .signedHousehold, .signedAgent]

private func review(
    _ stub: Session.ScannedStub, among waiting: [Session.ScannedStub], _ form: FormReader?,
    isRecomputed: Bool, _ visit: Visit
) throws -> [String: Any] {
    let id = stub.id.number
    let place = waiting.firstIndex { $0.id == stub.id }
    let next = waiting.first { $0.id.number > id } ?? waiting.first { $0.id != stub.id }
    let isWhole = visit.request.query["whole"] != nil || stub.cutting == nil
    let state = mark(of: stub)
    let chosen = form?.fields["who"].flatMap { ServiceWay(rawValue: $0) } ?? .signedOwner
    let posted = form?.fields["date"] ?? values(of: stub, visit)["date"]!
    let date = CivilDate(typed: posted)
    let isOpen = stub.state == .open
    let outcomes =
        if isOpen, let number = stub.number, let date {
            try outcomes(number, chosen, date, visit)
        } else { [[String: Any]]() }
    return [
        "id": id, "path": "/scans/\(id)", "file": stub.file, "page": stub.page,
        "hash": "\(stub.original.sha256.prefix(4))…\(stub.original.sha256.suffix(4))",
        "picture": "/scans/\(id)/\(isWhole ? "page" : "cutting")", "isWhole": isWhole,
        "hasCutting": stub.cutting != nil, "by": stub.takenBy, "at": takenAt(stub, visit),
        "number": stub.number ?? false,
        "numberPath": stub.number.map { "/services/\(percentEncoded($0))" } ?? "",
        "unit": stub.unit ?? "", "unitHref": "/units/\(percentEncoded(stub.unit ?? ""))",
        "owners": stub.owners.joined(separator: visit.language == .zh ? "、" : ", "),
        "mark": state.mark, "state": state.words[visit.language],
        "isOpen": isOpen, "isConfirmed": stub.state == .confirmed,
        "discarded": stub.discardReason ?? false,
        "mayAct": isOpen && Audience.staff.includes(visit.user.role),
        "mayAssign": isOpen && stub.readNumber == nil,
        "isReady": isOpen && stub.number != nil,
        "whos": options(
            signedWays.map { ($0.rawValue, who($0)) }, chosen: chosen.rawValue, in: visit.language),
        "relations": options(
            SignerRelation.allCases.map { ($0.rawValue, $0.wording) },
            chosen: form?.fields["relation"], in: visit.language),
        "outcomes": outcomes, "hasOutcomes": !outcomes.isEmpty,
        "shown": "\(chosen.rawValue) \(date.map { "\($0)" } ?? "")", "isRecomputed": isRecomputed,
        "next": next.map { "/scans/\($0.id.number)" } ?? false,
        "nextNumber": next?.id.number ?? 0,
        "place": place.map { "\($0 + 1)" } ?? false, "all": "\(waiting.count)",
    ]
}

private func who(_ way: ServiceWay) -> Bilingual {
    switch way {
    case .signedHousehold: Bilingual(zh: "同住成年家属", en: "an adult of the household")
    case .signedAgent: Bilingual(zh: "受托人", en: "an agent")
    default: Bilingual(zh: "业主", en: "the owner")
    }
}

/// What each of the two buttons would do, before either is pressed.
private func outcomes(
    _ number: String, _ way: ServiceWay, _ date: CivilDate, _ visit: Visit
) throws -> [[String: Any]] {
    var first: Bilingual?
    return try [true, false].compactMap { acknowledges in
        var entry = ServiceEntry(of: number, how: way, on: date, staff: [visit.user.userName])
        // Whoever signs, grade and clock depend on the way alone.
        entry.signer = "—"
        entry.relation =
            SignerRelation.allCases.first { way.signers.contains($0) }?.rawValue ?? ""
        entry.acknowledges = acknowledges
        do {
            let found = try proposal(for: entry, today: visit.today, effects: visit.effects)
            let words =
                acknowledges
                ? Bilingual(
                    zh: "\(who(way).zh)签收并确认欠款", en: "signed by \(who(way).en), debt acknowledged")
                : Bilingual(zh: "\(who(way).zh)只签收", en: "received by \(who(way).en) only")
            let told = effect(of: found, on: date)
            let isSame = first == told && found.lastDay != nil
            first = told
            return [
                "letter": found.grade.rawValue, "class": found.grade.cssClass,
                "words": words[visit.language],
                "effect": (isSame ? sameEffect : told)[visit.language], "problem": false,
            ]
        } catch let error as any ExplainedError {
            guard acknowledges else { return nil }
            return [
                "letter": "", "class": "", "words": error.message[visit.language], "effect": false,
                "problem": true,
            ]
        }
    }
}

private let sameEffect = Bilingual(
    zh: "时效同样从那天起算。", en: "The clock starts anew on that day all the same.")

private func effect(of proposal: ServiceProposal, on date: CivilDate) -> Bilingual {
    guard let lastDay = proposal.lastDay else {
        return proposal.open.isEmpty
            ? Bilingual(zh: "列明的收费都已结清，时效不受影响。", en: "All that it lists is paid: no clock changes.")
            : Bilingual(
                zh: "时效不变，仍到 \(proposal.lastDayBefore!)。",
                en: "No clock starts anew; the last day stays \(proposal.lastDayBefore!).")
    }
    let left = proposal.open.filter { !proposal.renewed.contains($0) }
    let periods = periodSpan(proposal.renewed)
    return Bilingual(
        zh: "\(periods.zh)的时效改从 \(date) 起算，到 \(lastDay)。"
            + (left.isEmpty ? "" : "其余 \(left.count) 期不变。"),
        en: "The clock of \(periods.en) starts anew on \(date): last day \(lastDay)."
            + (left.isEmpty ? "" : " The other \(left.count) stay."))
}

private func picture(_ visit: Visit) throws -> PageResponse {
    guard let id = Int(visit.parameter("stub")),
        let part = ScanPart(rawValue: visit.parameter("part"))
    else { throw NotFound() }
    let picture = try scanPicture(id, part, effects: visit.effects)
    return .file(
        picture.bytes, type: contentType(ofSuffix: picture.suffix),
        name: part == .original ? picture.file : "\(id)-\(part.rawValue).\(picture.suffix)")
}

// MARK: - Acts

private func confirm(_ visit: Visit) throws -> PageResponse {
    let (stub, waiting) = try stubAsked(visit)
    var form = visit.form
    let how = form.choice("who", ServiceWay.self)
    let date = form.date("date")
    let names = form.text("staff", atMost: 100).map(splitNames)
    let signer = form.optional("signer", atMost: 60)
    let relation = form.optional("relation")
    let note = form.optional("note", atMost: 500)
    let outcome = form.fields["as"]
    if let how, !signedWays.contains(how) {
        form.refuse("who", Bilingual(zh: "请选择一项。", en: "Please choose one."))
    }
    if let how, outcome != "look" { form.requireSigner(signer, relation, how) }
    return try form.act(else: { try reviewPage(visit, form: $0) }) {
        // Nobody records what he was not shown.
        let isShown = form.fields["shown"] == "\(how!.rawValue) \(date!)"
        guard isShown, outcome == "acknowledged" || outcome == "received" else {
            return try reviewPage(visit, form: form, isRecomputed: outcome != "look")
        }
        let staff = try staffNames(names!, effects: visit.effects)
        _ = try confirmReceipt(
            stub.id.number, how: how!, on: date!, staff: staff, effects: visit.effects
        ) {
            $0.signer = signer ?? ""
            $0.relation = relation ?? ""
            $0.acknowledges = outcome == "acknowledged"
            $0.note = note ?? ""
        }
        return .redirect(afterwards(stub, waiting) + "?done=\(stub.id.number)")
    }
}

/// The next stub that waits; without one, all services.
private func afterwards(
    _ stub: Session.ScannedStub, _ waiting: [Session.ScannedStub]
) -> String {
    let next =
        waiting.first { $0.id.number > stub.id.number } ?? waiting.first { $0.id != stub.id }
    return next.map { "/scans/\($0.id.number)" } ?? "/services"
}

private func assign(_ visit: Visit) throws -> PageResponse {
    let (stub, _) = try stubAsked(visit)
    var form = visit.form
    let number = form.text("number", atMost: 40)
    return try form.act(else: { try reviewPage(visit, form: $0) }) {
        try assignStub(stub.id.number, to: halfWidth(number!).uppercased(), effects: visit.effects)
        return .redirect("/scans/\(stub.id.number)")
    }
}

private func discard(_ visit: Visit) throws -> PageResponse {
    let (stub, waiting) = try stubAsked(visit)
    var form = visit.form
    let reason = form.text("reason", atMost: 300)
    return try form.act(else: { try reviewPage(visit, form: $0) }) {
        try discardStub(stub.id.number, reason: reason!, effects: visit.effects)
        return .redirect(afterwards(stub, waiting))
    }
}

extension FormReader {
    /// Whoever signs for the owner has a name, and a relation that counts in this way.
    mutating func requireSigner(_ name: String?, _ relation: String?, _ how: ServiceWay) {
        guard how.isSigned, how != .signedOwner else { return }
        if name == nil {
            refuse(
                "signer", Bilingual(zh: "请写签收人的姓名。", en: "Write the name of whoever signed."))
        }
        let chosen = relation.flatMap { SignerRelation(rawValue: $0) }
        if chosen == nil && how == .signedHousehold || chosen.map(how.signers.contains) == false {
            let known = SignerRelation.allCases.filter(how.signers.contains).map(\.wording)
            refuse(
                "relation",
                Bilingual(
                    zh: "请选签收人和业主的关系：\(known.map(\.zh).joined(separator: "、"))。",
                    en: "Choose the signer's relation to the owner: "
                        + "\(known.map(\.en).joined(separator: ", "))."))
        }
    }
}
