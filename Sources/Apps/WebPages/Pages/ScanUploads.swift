import Office
import Primitives
import SQLiteStore

/// Scans that were uploaded: read by the server beside its pages, one upload after the other.

// A job of this kind reads the upload of the key that follows.
let scanJobPrefix = "scans-"

/// Takes the files in, and begins to read them. Wrong ones are told at once.
func takeScans(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let files = visit.request.files.filter { $0.field == "files" }
    if files.isEmpty { form.refuse("files", UploadError.nothingChosen.message) }
    return try form.act(else: { try scansPage(visit, form: $0) }) {
        let kept = try keepScans(
            files.map { Upload(name: $0.fileName, bytes: $0.bytes) }, effects: visit.effects)
        let job = kept.key.map { read($0, files: kept.taken.count, visit) }
        if let job, kept.refused.isEmpty { return .redirect("/jobs/\(job)") }
        for refusal in kept.refused { form.refuse("files", refusal) }
        if job != nil {
            let names = kept.taken.joined(separator: visit.language == .zh ? "、" : ", ")
            form.refuse(
                "",
                Bilingual(
                    zh: "其余的已收下，正在识别，不用再传：\(names)。",
                    en:
                        "The others were taken in and are being read, do not send them again: \(names)."
                ))
        }
        return try scansPage(visit, form: form)
    }
}

/// - Returns: the number of the job that reads the upload.
private func read(_ key: String, files: Int, _ visit: Visit) -> Int {
    visit.site.jobs.start(
        scanJobPrefix + key,
        title: Bilingual(
            zh: "识别扫描件：\(count(files)) 个文件",
            en: files == 1 ? "Reading a scanned file" : "Reading \(count(files)) scanned files"),
        asking: visit.effects,
        again: Jobs.Step(Bilingual(zh: "去扫描回执", en: "To the scanned stubs"), path: "/scans"),
        in: .reading
    ) { outcome(of: try readScans(key, effects: $0)) }
}

private func outcome(of found: ReadScans) -> Jobs.Outcome {
    let stubs = found.stubs.filter { $0.cutting != nil }
    let matched = stubs.count { $0.number != nil }
    let bare = found.stubs.count - stubs.count
    var remarks = found.failures
    remarks += found.known.map {
        Bilingual(
            zh: "\($0) 以前收过，没有重复记。", en: "\($0) had been taken in before; nothing was doubled.")
    }
    if bare > 0 {
        remarks.append(
            Bilingual(
                zh: "\(count(bare)) 页没有找到回执联，原件已留存。",
                en: "\(count(bare)) pages have no stub that could be found; the files are kept."))
    }
    let first = found.stubs.first.map { "/scans/\($0.id.number)" }
    let all = Jobs.Step(Bilingual(zh: "全部回执", en: "All stubs"), path: "/scans")
    return Jobs.Outcome(
        summary: Bilingual(
            zh:
                "识别了 \(count(found.files)) 个文件：找到 \(count(stubs.count)) 张回执，其中 \(count(matched)) 张认出了通知。",
            en:
                "\(count(found.files)) files were read: \(count(stubs.count)) stubs were found, and the notice of "
                + "\(count(matched)) of them."),
        remarks: remarks,
        next: (first.map {
            [Jobs.Step(Bilingual(zh: "核对第一张", en: "Check the first"), path: $0)]
        } ?? []) + [all])
}

/// Uploads that are being read, and those whose reading was broken off when the server stopped.
func waitingRows(_ visit: Visit) -> [[String: Any]] {
    waitingScans(effects: visit.effects).map { upload in
        let job = visit.site.jobs.latest(scanJobPrefix + upload.key, in: visit.effects.community)
        let isRead = job?.state == .running
        return [
            "key": upload.key, "by": upload.uploadedBy, "at": upload.uploadedAt,
            "files": upload.files.joined(separator: visit.language == .zh ? "、" : ", "),
            "job": isRead ? "/jobs/\(job!.number)" : false,
            "mayAct": !isRead && Audience.staff.includes(visit.user.role),
        ] as [String: Any]
    }
}

/// What was broken off is read on, or put aside.
func settleWaiting(_ visit: Visit) throws -> PageResponse {
    let key = visit.request.form["key"] ?? ""
    guard let upload = waitingScans(effects: visit.effects).first(where: { $0.key == key }) else {
        throw UploadError.scansGone
    }
    if visit.request.form["as"] == "discard" {
        try discardScans(key, effects: visit.effects)
        return .redirect("/scans")
    }
    return .redirect("/jobs/\(read(key, files: upload.files.count, visit))")
}
