import FeeLedger
import Office
import Primitives
import SQLiteStore

/// Letters: what waits for the printer, what was printed, and one of them once more.
let letterRoutes: [Route] = [
    Route(.get, "/letters", for: .everyone) { try lettersPage($0) },
    Route(.post, "/letters", for: .staff) { try printThem($0) },
    Route(.get, "/letters/{batch}", for: .everyone) { try batchPage($0) },
    Route(.get, "/letters/{batch}/file", for: .everyone) { try batchFile($0) },
    Route(.post, "/letters/reprint", for: .staff) { try reprint($0) },
]

// MARK: - What waits

private func lettersPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let all = try lettersToPrint(period: nil, effects: visit.effects)
    let chosen = (form?.fields ?? visit.request.query)["period"].flatMap { Period($0) }
    let waiting = chosen.map { period in all.filter { $0.period == period } } ?? all
    let periods = Set(all.map(\.period)).sorted(by: >)
    let pager = Pager(of: try letterBatchCount(effects: visit.effects), on: visit)
    let batches = try letterBatches(
        skipping: pager.range.lowerBound, count: pager.range.count, effects: visit.effects)
    var model: [String: Any] = [
        "count": count(waiting.count), "hasWaiting": !waiting.isEmpty,
        "buildings": byBuilding(waiting), "byHand": count(waiting.count { $0.channel == .hand }),
        "registered": count(waiting.count { $0.channel == .registered }),
        "inBox": count(waiting.count { $0.channel == .mailbox }),
        "period": chosen.map { "\($0)" } ?? "",
        "hasChips": periods.count > 1,
        "chips": periods.count > 1
            ? ([nil] + periods.map(Optional.some)).map { period in
                [
                    "href": visit.link(["period": period.map { "\($0)" }, "page": nil]),
                    "words": period.map { "\($0)" }
                        ?? Bilingual(zh: "全部账期", en: "all periods")[visit.language],
                    "isCurrent": period == chosen,
                ] as [String: Any]
            } : [],
        "mayPrint": Audience.staff.includes(visit.user.role) && !waiting.isEmpty,
        "mayReprint": Audience.staff.includes(visit.user.role) && !batches.isEmpty,
        "hasBatches": !batches.isEmpty, "batches": batches.map { row($0, visit) },
    ]
    model.merge(pager.model) { $1 }
    return try visit.page(
        "letters", title: Bilingual(zh: "信件", en: "Letters"), nav: .services, form: form,
        values: ["number": visit.request.query["number"] ?? ""], model)
}

/// In the order in which they are carried out; they add up to all.
private func byBuilding(_ letters: [Session.WaitingLetter]) -> [[String: Any]] {
    var names: [String] = []
    for letter in letters where letter.building != names.last { names.append(letter.building) }
    let byName = Dictionary(grouping: letters, by: \.building)
    return names.map { name in
        let here = byName[name]!
        return [
            "name": name, "count": count(here.count),
            "inBox": count(here.count { $0.channel == .mailbox }),
            "byHand": count(here.count { $0.channel == .hand }),
            "registered": count(here.count { $0.channel == .registered }),
        ]
    }
}

private func row(_ batch: Session.LetterBatch, _ visit: Visit) -> [String: Any] {
    [
        "number": String(batch.id), "href": "/letters/\(batch.id)",
        "file": "/letters/\(batch.id)/file", "at": visit.clock(batch.at), "by": batch.byWhom,
        "letters": count(batch.letters), "pages": count(batch.pages),
        "hash": "\(batch.sha256.prefix(4))…\(batch.sha256.suffix(4))",
    ]
}

// MARK: - Printing

/// The work goes on by itself; asked for twice it is the same work, and no letter is printed twice.
private func printThem(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let period = form.fields["period"] == nil ? nil : form.period("period")
    var sheets = LetterSheets()
    sheets.hasSeparators = form.fields["separators"] != nil
    sheets.isDuplex = form.fields["duplex"] != nil
    return try form.act(else: { try lettersPage(visit, $0) }) {
        let number = visit.site.jobs.start(
            "letters", title: Bilingual(zh: "排印信件", en: "Print letters"), asking: visit.effects
        ) { [sheets] in
            outcome(of: try printLetters(period: period, on: sheets, effects: $0))
        }
        return .redirect("/jobs/\(number)")
    }
}

private func outcome(of printed: PrintedLetters) -> Jobs.Outcome {
    let next = [Jobs.Step(Bilingual(zh: "下载并打印", en: "Fetch and print them"), path: "/letters")]
    guard printed.letters > 0 else {
        return Jobs.Outcome(
            summary: Bilingual(zh: "没有等着打印的信。", en: "No letter waited to be printed."), next: next)
    }
    return Jobs.Outcome(
        summary: Bilingual(
            zh: "排好了 \(count(printed.letters)) 封信，\(count(printed.pages)) 页。",
            en: "\(count(printed.letters)) letters on \(count(printed.pages)) pages are ready."),
        remarks: [
            Bilingual(
                zh: "同一份文件已存为证据；再打印请用“补打”。",
                en: "The same file is kept as evidence; to print one again, print it as a copy.")
        ], next: next)
}

// MARK: - One batch

private func batch(
    _ visit: Visit
) throws -> (batch: Session.LetterBatch, letters: [Session.LetterInBatch]) {
    guard let number = Int(visit.parameter("batch")),
        let found = try letterBatch(number, effects: visit.effects)
    else { throw NotFound() }
    return found
}

private func batchPage(_ visit: Visit) throws -> PageResponse {
    let (batch, letters) = try batch(visit)
    let pager = Pager(of: letters.count, on: visit)
    let isStaff = Audience.staff.includes(visit.user.role)
    var model = row(batch, visit)
    model["rows"] = letters[pager.range].map { letter in
        [
            "notice": letter.number, "unit": letter.unit,
            "unitHref": "/units/\(percentEncoded(letter.unit))",
            "channel": AccountWords.channel(letter.channel)[visit.language],
            "pages": letter.pages.count == 1
                ? "\(letter.pages.lowerBound + 1)"
                : "\(letter.pages.lowerBound + 1)–\(letter.pages.upperBound)",
            "reprints": letter.reprints > 0 ? count(letter.reprints) : false as Any,
            "isStaff": isStaff, "again": "/letters?number=\(percentEncoded(letter.number))#number",
        ] as [String: Any]
    }
    model.merge(pager.model) { $1 }
    return try visit.page(
        "letter-batch", title: Bilingual(zh: "一批信件", en: "A batch of letters"), nav: .services,
        model)
}

private func batchFile(_ visit: Visit) throws -> PageResponse {
    let found = try batch(visit).batch
    return .file(
        try letterFile(found, effects: visit.effects), type: "application/pdf",
        name: "信件 \(visit.clock(found.at).prefix(10)) \(found.id).pdf")
}

/// A post, since it is noted: every copy says 补打 and which it is.
private func reprint(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let number = form.text("number", atMost: 40)
    return try form.act(else: { try lettersPage(visit, $0) }) {
        let bytes = try reprintedLetter(halfWidth(number!), effects: visit.effects)
        return .file(bytes, type: "application/pdf", name: "补打 \(number!).pdf")
    }
}
