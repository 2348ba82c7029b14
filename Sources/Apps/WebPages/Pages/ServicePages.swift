import Dunning
import Evidence
import FeeLedger
import Interchange
import Office
import Primitives
import SQLiteStore

/// How notices reached their owners: what is missing, and recording it.
let serviceRoutes: [Route] = [
    Route(.get, "/services", for: .everyone) { try servicesPage($0) },
    Route(.get, "/services/visits", for: .everyone) { try visitsPage($0) },
    Route(.get, "/services/{notice}", for: .everyone) { try noticeServicesPage($0) },
    Route(.get, "/services/{notice}/add", for: .staff) { try addServicePage($0) },
    Route(.post, "/services/{notice}/add", for: .staff) { try addService($0) },
    Route(.get, "/services/{notice}/files/{file}", for: .everyone) { try serviceFile($0) },
    Route(.post, "/services/{notice}/withdraw", for: .staff) { try withdraw($0) },
]

// MARK: - Gaps

private func overview(_ visit: Visit) throws -> ServiceOverview {
    let asked = visit.request.query["period"]
    return try serviceOverview(
        period: asked.flatMap { Period($0) },
        all: asked == "all" || asked == nil && visit.request.query["unit"] != nil,
        asOf: visit.asOf, effects: visit.effects)
}

private func servicesPage(_ visit: Visit) throws -> PageResponse {
    let overview = try overview(visit)
    let language = visit.language
    let chosen = visit.request.query["gap"].flatMap { GapKind(rawValue: $0) }
    let unit = visit.request.query["unit"]
    let isAll = visit.request.query["gap"] == "all" || unit != nil
    let listed = overview.gaps.filter { gap in
        (isAll || gap.kind == chosen) && (unit == nil || gap.notice.unit == unit)
    }
    let pager = Pager(of: listed.count, on: visit)
    var model: [String: Any] = [
        "scope": scope(overview, visit)[language],
        "periods": periodLinks(overview, visit),
        "groups": GapKind.allCases.compactMap { group($0, overview, visit) },
        "hasGaps": !overview.gaps.isEmpty,
        "counts": counts(overview, visit),
        "isListed": chosen != nil || isAll,
        "listHeading": chosen?.wording[language] ?? unit
            ?? Bilingual(zh: "全部缺口", en: "All gaps")[language],
        "listCount": count(listed.count), "rows": listed[pager.range].map { row($0, visit) },
        "closeList": visit.link(["gap": nil, "page": nil, "unit": nil]),
        "visits": visit.request.query["period"].map {
            "/services/visits?period=\(percentEncoded($0))"
        }
            ?? "/services/visits",
    ]
    model.merge(pager.model) { $1 }
    let waiting = try openStubs(effects: visit.effects)
    model.merge(try waitingStubs(waiting, visit)) { $1 }
    return try visit.page(
        "services", title: Bilingual(zh: "送达与签收", en: "Service of notices"), nav: .services, model)
}

private func scope(_ overview: ServiceOverview, _ visit: Visit) -> Bilingual {
    guard !overview.periods.isEmpty else {
        return Bilingual(zh: "还没有催缴通知", en: "No dunning notice yet")
    }
    let number = count(overview.notices)
    guard let period = overview.period else {
        return Bilingual(
            zh: "全部账期的 \(number) 份催缴通知，截至 \(visit.asOf)",
            en: "\(number) dunning notices of all periods, as of \(visit.asOf)")
    }
    return Bilingual(
        zh: "\(period) 账期的 \(number) 份催缴通知，截至 \(visit.asOf)",
        en: "\(number) dunning notices of \(period), as of \(visit.asOf)")
}

private func periodLinks(_ overview: ServiceOverview, _ visit: Visit) -> [[String: Any]] {
    guard overview.periods.count > 1 else { return [] }
    let all = Bilingual(zh: "全部账期", en: "all periods")[visit.language]
    let newest = overview.periods.prefix(6).map { ("\($0)", "\($0)", $0 == overview.period) }
    return (newest + [("all", all, overview.period == nil)]).map { value, words, isCurrent in
        [
            "href": visit.link(["period": value, "gap": nil, "page": nil]), "words": words,
            "isCurrent": isCurrent,
        ]
    }
}

/// A line of the table of gaps; `nil` where there is none of the kind.
private func group(
    _ kind: GapKind, _ overview: ServiceOverview, _ visit: Visit
) -> [String: Any]? {
    let gaps = overview.gaps.filter { $0.kind == kind }
    guard let first = gaps.first else { return nil }
    let near = Set(gaps.filter(\.isNear).map(\.notice.unit)).count
    let words =
        near > 0
        ? Bilingual(
            zh: "其中 \(count(near)) 户时效将满", en: "\(count(near)) about to lapse")
        : kind.consequence.words
    let list = visit.link(["gap": kind.rawValue, "page": nil])
    return [
        "words": kind.wording[visit.language], "count": count(gaps.count), "href": list,
        "unit": first.notice.unit, "unitHref": "/units/\(percentEncoded(first.notice.unit))",
        "name": first.names.joined(separator: visit.language == .zh ? "、" : ", "),
        "asOf": "\(first.notice.asOf)", "mark": near > 0 ? "red" : kind.consequence.mark,
        "consequence": words[visit.language], "next": kind.next[visit.language],
        "nextHref": kind.isForVisit
            ? "/services/visits?gap=\(kind.rawValue)" + keptPeriod(visit) : list,
    ]
}

private func keptPeriod(_ visit: Visit) -> String {
    visit.request.query["period"].map { "&period=\(percentEncoded($0))" } ?? ""
}

/// The line below the gaps, which adds up to the period's notices.
private func counts(_ overview: ServiceOverview, _ visit: Visit) -> [String: Any] {
    let grades = ProofGrade.allCases.compactMap { grade in
        overview.proven[grade].map {
            ["letter": grade.rawValue, "class": grade.cssClass, "count": count($0)]
        }
    }
    let proven = overview.proven.values.reduce(0, +)
    return [
        "proven": count(proven), "grades": grades, "gaps": count(overview.gaps.count),
        "unsent": overview.unsent > 0 ? count(overview.unsent) : false,
        "notices": count(overview.notices), "allHref": visit.link(["gap": "all", "page": nil]),
    ]
}

private func row(_ gap: OpenGap, _ visit: Visit) -> [String: Any] {
    let notice = gap.notice
    let best = notice.best
    let path = "/services/\(percentEncoded(notice.number))"
    let isStaff = Audience.staff.includes(visit.user.role)
    return [
        "unit": notice.unit, "unitHref": "/units/\(percentEncoded(notice.unit))",
        "names": gap.names.joined(separator: visit.language == .zh ? "、" : ", "),
        "number": notice.number, "href": path, "asOf": "\(notice.asOf)",
        "grade": best?.grade.rawValue ?? false, "gradeClass": best?.grade.cssClass ?? "",
        "how": best?.how.wording[visit.language]
            ?? Bilingual(zh: "没有记录", en: "nothing recorded")[visit.language],
        "lastDay": gap.lastDay.map { "\($0)" } ?? false, "isNear": gap.isNear,
        "addHref": isStaff ? path + "/add" : false,
    ]
}

// MARK: - The list that goes from door to door

private func visitsPage(_ visit: Visit) throws -> PageResponse {
    let overview = try overview(visit)
    let chosen = visit.request.query["gap"].flatMap { GapKind(rawValue: $0) }
    let gaps = overview.gaps.filter { gap in
        gap.lastDay != nil && (chosen.map { $0 == gap.kind } ?? gap.kind.isForVisit)
    }.sorted {
        naturalOrderKey($0.notice.unit).lexicographicallyPrecedes(naturalOrderKey($1.notice.unit))
    }
    // Each page of it is a walk of its own.
    let pager = Pager(of: gaps.count, by: 200, on: visit)
    return try visit.page(
        "service-visits", title: Bilingual(zh: "上门清单", en: "Visiting list"), nav: .services,
        [
            "scope": scope(overview, visit)[visit.language], "count": count(gaps.count),
            "rows": gaps[pager.range].map { row($0, visit) }, "hasRows": !gaps.isEmpty,
        ].merging(pager.model) { $1 })
}

// MARK: - One notice

private func found(_ visit: Visit) throws -> NoticeServices {
    try services(ofNotice: visit.parameter("notice"), effects: visit.effects)
}

private func noticeServicesPage(_ visit: Visit) throws -> PageResponse {
    try noticeServicesPage(visit, form: nil)
}

private func noticeServicesPage(_ visit: Visit, form: FormReader?) throws -> PageResponse {
    let found = try found(visit)
    let fresh = visit.request.query["done"].flatMap { Int($0) }
    let done = try found.services.first { $0.id.number == fresh }.map { service in
        try recordedNote(service, visit)
    }
    var model = noticeHead(found.notice, visit)
    model["services"] = found.services.map { service(of: $0, found.notice.number, visit) }
    model["hasServices"] = !found.services.isEmpty
    model["done"] = done ?? false
    return try visit.page(
        "notice-services", title: Bilingual(zh: "送达记录", en: "Services of a notice"), nav: .services,
        form: form, values: ["reason": ""], model)
}

/// What was just recorded, with what deserves a second look.
func recordedNote(
    _ service: Session.RecordedService, receipt: Int? = nil, _ visit: Visit
) throws -> [String: Any] {
    let remarks = try remarks(
        on: service, receipt: receipt, today: visit.today, effects: visit.effects)
    return [
        "letter": service.grade.rawValue, "class": service.grade.cssClass,
        "number": service.number, "unit": service.unit,
        "how": service.service.how.wording[visit.language], "date": "\(service.service.date)",
        "remarks": remarks.map { $0[visit.language] }, "hasRemarks": !remarks.isEmpty,
        "href": "/services/\(percentEncoded(service.number))",
    ]
}

func noticeHead(_ notice: Session.FrozenNotice, _ visit: Visit) -> [String: Any] {
    let periods = Set(notice.lines.map(\.line.key.period)).sorted()
    return [
        "number": notice.number, "unit": notice.unit.code,
        "unitHref": "/units/\(percentEncoded(notice.unit.code))",
        "names": notice.owners.map(\.name).joined(separator: visit.language == .zh ? "、" : ", "),
        "noticeAsOf": "\(notice.asOf)", "periods": periodSpan(periods)[visit.language],
        "principal": money(notice.principal), "lateFee": money(notice.lateFee),
        "stage": stageWords(notice.stage)[visit.language],
        "noticePath": "/services/\(percentEncoded(notice.number))",
        "mayAdd": Audience.staff.includes(visit.user.role),
    ]
}

/// `2026-03 至 2026-11 九期`
func periodSpan(_ periods: [Period]) -> Bilingual {
    guard let first = periods.first, let last = periods.last else {
        return Bilingual(zh: "没有账期", en: "no period")
    }
    if first == last { return Bilingual(zh: "\(first)", en: "\(first)") }
    return Bilingual(
        zh: "\(first) 至 \(last) 共 \(periods.count) 期",
        en: "\(first) to \(last), \(periods.count) periods")
}

private func service(
    of recorded: Session.RecordedService, _ number: String, _ visit: Visit
) -> [String: Any] {
    let service = recorded.service
    let path = "/services/\(percentEncoded(number))"
    let signer = service.signer.map { signer in
        [signer.name, signer.relation.wording[visit.language]].filter { !$0.isEmpty }
            .joined(separator: " · ")
    }
    return [
        "id": recorded.id.number, "letter": recorded.grade.rawValue,
        "class": recorded.grade.cssClass, "how": service.how.wording[visit.language],
        "date": "\(service.date)", "staff": service.staff.joined(separator: "、"),
        "signer": signer ?? "", "acknowledges": service.acknowledges, "note": service.note,
        "by": recorded.recordedBy, "at": String(recorded.recordedAt.prefix(10)),
        "withdrawn": recorded.withdrawn?.reason ?? false,
        "files": recorded.files.map { file in
            [
                "href": "\(path)/files/\(file.sha256)",
                "words": file.kinds.map { $0.wording(visit.language) }.joined(separator: "、"),
                "hash": "\(file.sha256.prefix(4))…\(file.sha256.suffix(4))",
            ]
        },
        "mayWithdraw": recorded.withdrawn == nil && Audience.staff.includes(visit.user.role),
    ]
}

private func serviceFile(_ visit: Visit) throws -> PageResponse {
    let name = visit.parameter("file")
    guard
        let file = try proofFile(
            name, ofNotice: visit.parameter("notice"), effects: visit.effects)
    else { throw NotFound() }
    return .file(
        file.bytes, type: contentType(ofSuffix: file.suffix),
        name: "\(name.prefix(12)).\(file.suffix)")
}

/// Of what may be kept as evidence; anything else is bytes to save.
func contentType(ofSuffix suffix: String) -> String {
    ["png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf"][suffix]
        ?? "application/octet-stream"
}

private func withdraw(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let id = form.number("service", in: 1...Int.max)
    let reason = form.text("reason", atMost: 300)
    return try form.act(else: { try noticeServicesPage(visit, form: $0) }) {
        let found = try found(visit)
        guard found.services.contains(where: { $0.id.number == id }) else { throw NotFound() }
        try withdrawService(id!, reason: reason!, effects: visit.effects)
        return .redirect("/services/\(percentEncoded(found.notice.number))")
    }
}

// MARK: - Recording one

/// Ways that staff record; the owner's page is the program's.
private let ways = ServiceWay.allCases.filter { $0 != .page }

private func addServicePage(_ visit: Visit) throws -> PageResponse {
    try addServicePage(visit, form: nil)
}

private func addServicePage(_ visit: Visit, form: FormReader?) throws -> PageResponse {
    let found = try found(visit)
    let asked = form?.fields["how"] ?? visit.request.query["how"]
    let how = asked.flatMap { ServiceWay(rawValue: $0) }.flatMap { ways.contains($0) ? $0 : nil }
    var model = noticeHead(found.notice, visit)
    let path = "/services/\(percentEncoded(found.notice.number))/add"
    model["ways"] = ways.map { way in
        [
            "href": "\(path)?how=\(way.rawValue)", "words": way.wording[visit.language],
            "asks": way.asks[visit.language], "isChosen": way == how,
        ]
    }
    model["way"] = how.map { entryFields($0, form, visit) } ?? false
    return try visit.page(
        "service-add", title: Bilingual(zh: "登记送达", en: "Record a service"), nav: .services,
        form: form,
        values: [
            "date": visit.today.description, "staff": visit.user.userName, "signer": "", "note": "",
        ], model)
}

private func entryFields(
    _ how: ServiceWay, _ form: FormReader?, _ visit: Visit
) -> [String: Any] {
    let relations = SignerRelation.allCases.filter { how.signers.contains($0) }
    return [
        "code": how.rawValue, "words": how.wording[visit.language],
        "asks": how.asks[visit.language], "isSigned": how.isSigned,
        "relations": options(
            relations.map { ($0.rawValue, $0.wording) }, chosen: form?.fields["relation"],
            in: visit.language),
        "isAcknowledged": form?.isOn("acknowledges") ?? false,
        "proofs": how.proofs.filter { $0 != .code }.map {
            ["field": "proof-\($0.rawValue)", "words": $0.wording(visit.language)]
        },
        "needsTwo": how == .leftWitnessed,
    ]
}

private func addService(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let how = form.choice("how", ServiceWay.self)
    let date = form.date("date")
    let staff = form.text("staff", atMost: 100).map(splitNames)
    let signer = form.optional("signer", atMost: 60)
    let relation = form.optional("relation")
    let note = form.optional("note", atMost: 500)
    if let how { form.requireSigner(signer, relation, how) }
    return try form.act(else: { try addServicePage(visit, form: $0) }) {
        let number = visit.parameter("notice")
        var entry = ServiceEntry(
            of: number, how: how!, on: date!,
            staff: try staffNames(staff!, effects: visit.effects))
        entry.signer = signer ?? ""
        entry.relation = relation ?? ""
        entry.acknowledges = visit.form.isOn("acknowledges")
        entry.note = note ?? ""
        let proofs = visit.request.files.map { file in
            let kind = ProofKind(rawValue: String(file.field.dropFirst("proof-".count)))
            return UploadedProof(
                kinds: kind.map { [$0] } ?? [],
                upload: Upload(name: file.fileName, bytes: file.bytes))
        }
        let service = try recordService(entry, proofs: proofs, effects: visit.effects)
        return .redirect("/services/\(percentEncoded(number))?done=\(service.id.number)")
    }
}

/// One name or two, with any of the signs between them that people type.
func splitNames(_ text: String) -> [String] {
    text.split { "、,，;；/".contains($0) }.map { trimmed($0) }.filter { !$0.isEmpty }
}
