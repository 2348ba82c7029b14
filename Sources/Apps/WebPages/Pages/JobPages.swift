import Office
import Primitives

/// Long work of the server, as far as it is.
let jobRoutes: [Route] = [
    Route(.get, "/jobs/{number}", for: .everyone) { try jobPage($0) }
]

/// While the work goes on the browser asks again by itself, without any script.
private func jobPage(_ visit: Visit) throws -> PageResponse {
    guard let number = Int(visit.parameter("number")),
        let job = visit.site.jobs.job(number, in: visit.effects.community)
    else { return try forgotten(visit) }
    var model = emptyJob
    model["heading"] = job.title[visit.language]
    model["staff"] = job.staff
    model["began"] = visit.clock(job.began)
    model["ended"] = job.ended.map { visit.clock($0) as Any } ?? false
    switch job.state {
    case .running:
        model["isRunning"] = job.hasBegun
        model["isWaiting"] = !job.hasBegun
        model["refresh"] = "2"
    case .done(let outcome):
        model["isDone"] = true
        model["summary"] = outcome.summary[visit.language]
        model["remarks"] = outcome.remarks.map { $0[visit.language] }
        model["next"] = outcome.next.enumerated().map {
            ["words": $1.words[visit.language], "path": $1.path, "isFirst": $0 == 0]
                as [String: Any]
        }
    case .failed(let why):
        model["failure"] = why[visit.language]
        if let again = job.again {
            model["again"] = ["words": again.words[visit.language], "path": again.path]
        }
    }
    if let progress = job.progress {
        model["progress"] =
            [
                "what": progress.what[visit.language], "done": count(progress.done),
                "of": progress.of > 0 ? count(progress.of) as Any : false,
                "value": String(progress.done), "max": String(max(progress.of, 1)),
            ] as [String: Any]
    }
    let nav: NavigationWord? =
        if job.kind.hasPrefix(scanJobPrefix) { .services } else if job.kind == "run" { .run } else {
            nil
        }
    return try visit.page("job", title: job.title, nav: nav, model)
}

/// It may have been interrupted: what it did stands, and asking again does the rest.
private func forgotten(_ visit: Visit) throws -> PageResponse {
    var model = emptyJob
    model["isForgotten"] = true
    let title = Bilingual(zh: "没有这项工作", en: "There is no such work")
    model["heading"] = title[visit.language]
    var response = try visit.page("job", title: title, nav: .run, model)
    response.status = 404
    return response
}

private var emptyJob: [String: Any] {
    [
        "staff": "", "began": "", "ended": false, "isRunning": false, "isWaiting": false,
        "isDone": false, "again": false,
        "isForgotten": false, "summary": "", "remarks": [String](), "next": [[String: Any]](),
        "failure": false, "progress": false,
    ]
}
