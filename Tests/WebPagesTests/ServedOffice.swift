import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@testable import WebPages

/// An office's pages and its people, each logged in just now, with phone and password shown.
struct ServedOffice {
    let office: TestOffice
    let site: Site
    private let sessions: [String: String]

    static let people: [(name: String, role: StaffRole)] = [
        ("罗文", .manager), ("许亮", .manager), ("何静", .clerk), ("孙六", .clerk), ("钱收", .cashier),
        ("周审计", .auditor), ("吴管理", .administrator),
    ]

    /// - Parameters:
    ///   - today: the date that the pages go by.
    ///   - prepare: what the office did before.
    init(
        _ files: [String: String] = MapleCourt.files, today: String,
        prepare: (TestOffice) throws -> Void = { _ in }
    ) throws {
        let office = try TestOffice()
        #expect(try office.take(files).problems.isEmpty)
        for person in Self.people {
            try addUser(person.name, role: person.role, effects: office.effects)
        }
        try prepare(office)
        self.office = office
        site = Site(
            templates: try PageTemplates(folder: repository + "/templates/pages"),
            settings: SiteSettings(
                today: { date(today) }, secondsEastOfUTC: { _ in 28_800 },
                report: { Issue.record("\($0)") }))
        sessions = try office.effects.store.write { session in
            let community = try session.community(code: session.communityCodes()[0])!
            return try Self.people.reduce(into: [:]) { sessions, person in
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

    func get(_ path: String, _ query: [String: String] = [:], as name: String) -> PageResponse {
        answer(
            PageRequest(
                method: .get, path: path.split(separator: "/").map(String.init),
                query: Fields(query.map { ($0.key, $0.value) }), cookies: cookies(name)))
    }

    /// - Parameter token: the form's; another one each time unless given.
    func post(
        _ path: String, _ form: [String: String] = [:], files: [UploadedFile] = [], as name: String,
        token: String = randomToken()
    ) -> PageResponse {
        let own = ["csrf": derivedSecret(of: sessions[name]!, for: "forms in FL"), "form": token]
        return answer(
            PageRequest(
                method: .post, path: path.split(separator: "/").map(String.init),
                form: Fields(form.merging(own) { $1 }.map { ($0.key, $0.value) }), files: files,
                cookies: cookies(name), origin: "http:" + "//localhost"))
    }

    private func answer(_ request: PageRequest) -> PageResponse {
        site.respond(to: request, effects: office.effects).response
    }

    private func cookies(_ name: String) -> [String: String] { [Guard.cookie: sessions[name]!] }

    /// Waits for the job that the answer leads to.
    func ended(_ answer: PageResponse) async throws -> Jobs.Job {
        let number = Int(answer.location!.split(separator: "/").last!)!
        while true {
            let job = site.jobs.job(number, in: "FL")!
            if job.state != .running { return job }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
