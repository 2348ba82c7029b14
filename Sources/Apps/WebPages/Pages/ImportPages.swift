import Interchange
import Office
import Primitives
import Synchronization

/// Tables taken into the books: uploaded, looked at with every error and change, then confirmed.
let importRoutes: [Route] = [
    Route(.get, "/import", for: .administrators) { try importPage($0, form: nil) },
    Route(.post, "/import", for: .administrators) { try upload($0) },
    Route(.get, "/import/{key}", for: .administrators, isGrave: true) { try previewPage($0) },
    Route(.post, "/import/{key}", for: .administrators, isGrave: true) { try settle($0) },
    Route(.get, "/import/tables/{file}", for: .administrators) { try emptyTable($0) },
]

private func importPage(_ visit: Visit, form: FormReader?) throws -> PageResponse {
    let uploads = uploadedImports(effects: visit.effects).map { upload in
        let (files, isTaken) =
            switch upload.state {
            case .waiting(let names): (names, false)
            case .taken(let counts): (counts.map(\.file), true)
            }
        return [
            "href": "/import/\(upload.key)", "by": upload.uploadedBy,
            "at": String(upload.uploadedAt.prefix(16).map { $0 == "T" ? " " : $0 }) + " UTC",
            "files": files.joined(separator: visit.language == .zh ? "、" : ", "),
            "isTaken": isTaken,
        ] as [String: Any]
    }
    let tables = TableFormat.all.map { format in
        [
            "file": format.file, "href": "/import/tables/\(format.file)",
            "columns": format.columns.map { visit.language == .zh ? $0.chinese : $0.english }
                .joined(separator: visit.language == .zh ? "、" : ", "),
        ]
    }
    return try visit.page(
        "import", title: Bilingual(zh: "导入表格", en: "Import tables"), nav: .settings, form: form,
        ["uploads": uploads, "hasUploads": !uploads.isEmpty, "tables": tables])
}

private func upload(_ visit: Visit) throws -> PageResponse {
    let files = visit.request.files.filter { $0.field == "files" }
    let form = visit.form
    return try form.act(else: { try importPage(visit, form: $0) }) {
        let uploads = files.map { Upload(name: $0.fileName, bytes: $0.bytes) }
        return .redirect("/import/\(try keepImport(uploads, effects: visit.effects))")
    }
}

private func previewPage(_ visit: Visit) throws -> PageResponse {
    let key = visit.parameter("key")
    let upload = try uploadedImport(key, effects: visit.effects)
    if case .taken(let counts) = upload.state { return try resultPage(visit, counts) }
    let found = try visit.site.importTrials.value(
        "import trial \(key)", title: Bilingual(zh: "导入预览", en: "Import preview"),
        at: "/import/\(key)", visit
    ) { try tryImport(key, effects: $0) }
    switch found {
    case .ready(let report): return try previewPage(visit, report, upload)
    case .underWay(let job): return .redirect("/jobs/\(job)")
    }
}

private func previewPage(
    _ visit: Visit, _ report: ImportReport, _ upload: UploadedImport
) throws -> PageResponse {
    let (added, changed) = (sum(report.files, \.added), sum(report.files, \.changed))
    let isRefused = !report.problems.isEmpty
    var response = try visit.page(
        "import-preview", title: Bilingual(zh: "导入预览", en: "Import preview"), nav: .settings,
        [
            "problems": report.problems.map { problem($0, visit.language) },
            "problemCount": count(report.problems.count + report.furtherProblems),
            "further": report.furtherProblems > 0 ? count(report.furtherProblems) : false,
            "isRefused": isRefused, "files": report.files.map(line), "total": total(report.files),
            "remarks": report.remarks.map { $0[visit.language] },
            "hasRemarks": !report.remarks.isEmpty,
            "changes": !isRefused && added + changed > 0,
            "same": !isRefused && added + changed == 0,
            "added": count(added), "changed": count(changed), "path": "/import/\(upload.key)",
            "by": upload.uploadedBy,
        ])
    if isRefused, visit.request.method == .post { response.status = 422 }
    return response
}

private func resultPage(
    _ visit: Visit, _ counts: [ImportReport.FileCount]
) throws -> PageResponse {
    try visit.page(
        "import-result", title: Bilingual(zh: "导入完成", en: "Imported"), nav: .settings,
        ["files": counts.map(line), "total": total(counts)])
}

/// One row of the table of errors.
private func problem(_ problem: ImportProblem, _ language: Language) -> [String: Any] {
    [
        "file": problem.file, "row": problem.row.map { "\($0)" } ?? "",
        "column": problem.column(in: language) ?? "", "value": shown(problem.value ?? ""),
        "message": problem.message[language],
    ]
}

/// The first 60 characters, control characters shown as �.
private func shown(_ value: String) -> String {
    let plain = value.prefix(60).map { character in
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            ? "\u{FFFD}" : character
    }
    return String(plain) + (value.count > 60 ? "…" : "")
}

private func line(_ file: ImportReport.FileCount) -> [String: Any] {
    [
        "file": file.file, "rows": count(file.rows), "added": count(file.added),
        "changed": count(file.changed), "known": count(file.known),
    ]
}

private func total(_ files: [ImportReport.FileCount]) -> [String: Any] {
    [
        "rows": count(sum(files, \.rows)), "added": count(sum(files, \.added)),
        "changed": count(sum(files, \.changed)), "known": count(sum(files, \.known)),
    ]
}

private func sum(
    _ files: [ImportReport.FileCount], _ part: (ImportReport.FileCount) -> Int
) -> Int {
    files.reduce(0) { $0 + part($1) }
}

private func settle(_ visit: Visit) throws -> PageResponse {
    let key = visit.parameter("key")
    let upload = try uploadedImport(key, effects: visit.effects)
    if visit.request.form["as"] == "discard" {
        discardImport(key, effects: visit.effects)
        return .redirect("/import")
    }
    guard case .waiting = upload.state else { return .redirect("/import/\(key)") }
    let result = Mutex<Result<ImportReport, any Error>?>(nil)
    let job = take(key, visit) { done in result.withLock { $0 = done } }
    visit.site.jobs.wait(for: job, seconds: visit.site.settings.patience)
    guard let report = try result.withLock({ $0 })?.get() else { return .redirect("/jobs/\(job)") }
    // The books changed since the preview: what is wrong now is shown, and nothing was written.
    if !report.problems.isEmpty { return try previewPage(visit, report, upload) }
    return .redirect("/import/\(key)")
}

/// - Parameter told: what came of it, where this began it.
/// - Returns: the number of the job that takes the upload into the books.
private func take(
    _ key: String, _ visit: Visit,
    told: @escaping @Sendable (Result<ImportReport, any Error>) -> Void
) -> Int {
    let path = "/import/\(key)"
    let see = Jobs.Step(Bilingual(zh: "看结果", en: "See what came of it"), path: path)
    return visit.site.jobs.start(
        "import \(key)", title: Bilingual(zh: "导入表格", en: "Importing tables"),
        asking: visit.effects,
        again: Jobs.Step(Bilingual(zh: "看预览", en: "See the preview"), path: path)
    ) { effects in
        let result = Result { try takeImport(key, effects: effects) }
        told(result)
        let report = try result.get()
        guard report.problems.isEmpty else { throw WorkFailed(message: changedSince) }
        return Jobs.Outcome(
            summary: Bilingual(zh: "导入完成。", en: "The tables were imported."), next: [see])
    }
}

private let changedSince = Bilingual(
    zh: "您看过预览以后账目有变化，现在有错，什么都没有写入。请重新看预览。",
    en:
        "The books changed since the preview, and now there are errors; nothing was written. See the preview anew."
)

/// An empty table with the heads of its columns, for Excel.
private func emptyTable(_ visit: Visit) throws -> PageResponse {
    let name = visit.parameter("file")
    guard let format = TableFormat.all.first(where: { $0.file == name }) else { throw NotFound() }
    let heads = format.columns.map { "\($0.chinese) \($0.english)" }.joined(separator: ",")
    return .file(
        Array("\u{FEFF}\(heads)\r\n".utf8), type: "text/csv; charset=utf-8", name: format.file)
}
