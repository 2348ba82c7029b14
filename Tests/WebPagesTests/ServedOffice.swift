import Foundation
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@testable import WebPages

/// An office's pages and its people, each logged in just now, with password and phone shown. Suites
/// add what they do most.
class ServedOffice {
    let office: TestOffice
    let site: Site
    private let sessions: [String: String]

    typealias People = [(name: String, role: StaffRole)]
    static let people: People = [
        ("罗文", .manager), ("许亮", .manager), ("何静", .clerk), ("孙六", .clerk), ("钱收", .cashier),
        ("周审计", .auditor), ("吴管理", .administrator),
    ]

    /// - Parameters:
    ///   - today: the date that the pages go by.
    ///   - patience: for how many seconds a request waits for long work.
    ///   - prepare: what the office did before it had users, beginning with its registers.
    init(
        today: String, people: People = people, patience: Int = 600,
        prepare: (TestOffice) throws -> Void
    ) throws {
        let office = try TestOffice()
        try prepare(office)
        for person in people {
            try addUser(person.name, role: person.role, effects: office.effects)
        }
        let day = date(today)
        self.office = office
        site = Site(
            templates: try PageTemplates(folder: repository + "/templates/pages"),
            settings: SiteSettings(
                today: { day }, secondsEastOfUTC: { _ in 28_800 },
                patience: patience, report: { Issue.record("\($0)") }))
        sessions = try office.effects.store.write { session in
            let community = try session.community(code: session.communityCodes()[0])!
            return try people.reduce(into: [:]) { sessions, person in
                let user = try session.user(named: person.name)!
                let token = randomToken()
                let act = try session.addAct(
                    community: community, kind: "test", by: person.name, at: "", detail: "")
                try session.saveTOTP([1, 2, 3], of: user, act: act)
                _ = try session.addWebSession(
                    tokenHash: secretHash(token), user: user, community: community,
                    at: office.effects.now(), agent: "")
                sessions[person.name] = token
            }
        }
    }

    /// - Parameter address: a path, with a query where it has one.
    func get(_ address: String, _ query: [String: String] = [:], as name: String) -> PageResponse {
        answer(.get, address, query: query.map { ($0.key, $0.value) }, as: name)
    }

    /// - Parameter token: the form's; another one each time unless given.
    func post(
        _ address: String, _ form: [String: String] = [:], files: [UploadedFile] = [],
        as name: String, token: String = randomToken()
    ) -> PageResponse {
        post(address, form.map { ($0.key, $0.value) }, files: files, as: name, token: token)
    }

    /// The same with fields that come several times.
    func post(
        _ address: String, _ form: [(String, String)], files: [UploadedFile] = [], as name: String,
        token: String = randomToken()
    ) -> PageResponse {
        let csrf = derivedSecret(of: sessions[name]!, for: "forms in FL")
        return answer(
            .post, address, form: [("csrf", csrf), ("form", token)] + form, files: files, as: name)
    }

    private func answer(
        _ method: PageRequest.Method, _ address: String, query: [(String, String)] = [],
        form: [(String, String)] = [], files: [UploadedFile] = [], as name: String
    ) -> PageResponse {
        let parts = URLComponents(string: address)!
        let asked = (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let request = PageRequest(
            method: method, path: parts.path.split(separator: "/").map(String.init),
            query: Fields((asked + query).map { (name: $0.0, value: $0.1) }),
            form: Fields(form.map { (name: $0.0, value: $0.1) }), files: files,
            cookies: [Guard.cookie: sessions[name]!],
            origin: method == .post ? "http:" + "//localhost" : nil)
        return site.respond(to: request, effects: office.effects).response
    }

    /// Waits for the job to which an answer led.
    func ended(at location: String?) throws -> Jobs.Job {
        let path = try #require(location)
        let number = try #require(Int(path.dropFirst("/jobs/".count)))
        while true {
            let job = try #require(site.jobs.job(number, in: "FL"))
            if job.state != .running { return job }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }
}
