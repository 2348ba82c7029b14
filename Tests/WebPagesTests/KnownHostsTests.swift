import Office
import Secrets
import TestKit
import Testing
import WebPages

private func origin(_ host: String, _ scheme: String = "http") -> String { scheme + "://" + host }

@Suite struct `The names of the site` {
    private let guarded: GuardedSite
    init() throws { guarded = try GuardedSite() }

    private func ask(
        _ path: String, host: String, method: PageRequest.Method = .get, origin: String? = nil,
        as token: String? = nil, of site: Site? = nil
    ) -> PageResponse {
        let csrf = token.map { derivedSecret(of: $0, for: "forms in FL") } ?? ""
        let request = PageRequest(
            method: method, path: path.split(separator: "/").map(String.init),
            form: Fields([("language", "en"), ("csrf", csrf), ("form", randomToken())]),
            cookies: token.map { ["__Host-dunwell": $0] } ?? [:], origin: origin, host: host)
        return (site ?? guarded.site).respond(to: request, effects: guarded.office.effects)
            .response
    }

    private func site(_ hosts: KnownHosts) throws -> Site {
        Site(
            templates: try PageTemplates(folder: repository + "/templates/pages"),
            settings: SiteSettings(
                today: { date("2026-11-21") }, secondsEastOfUTC: { _ in 28_800 }, hosts: hosts,
                report: { Issue.record("\($0)") }))
    }

    @Test(arguments: ["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:80", "[::1]:8080"])
    func `on loopback are the machine's own, with any port`(host: String) {
        #expect(ask("/log-in", host: host).status == 200)
    }

    /// DNS rebinding: a page of evil.example.com, whose name points to 127.0.0.1 by now, asks under
    /// its own name, so that for the browser it is one origin.
    @Test(arguments: [
        "evil.example.com", "evil.example.com:8080", "localhost.evil.example.com", "", ":8080",
        "127.0.0.1.evil.example.com", "localhost@evil.example.com", "[::1].evil.example.com",
        "127.0.0.2", "localhost.",
    ])
    func `are no others: neither a page nor a post comes through`(host: String) throws {
        let token = try guarded.session(.clerk)
        for path in ["/log-in", "/me", "/", "/nothing"] {
            let answer = ask(path, host: host, as: token)
            #expect(answer.status == 421 && !answer.shown.contains("何静") && answer.isGuarded)
        }
        let posted = ask(
            "/me/language", host: host, method: .post, origin: origin(host), as: token)
        #expect(posted.status == 421)
        #expect(try loggedIn(token: token, effects: guarded.office.effects)?.language == .zh)
    }

    @Test func `behind a proxy are the origins that it was told, and post under these alone`()
        throws
    {
        let site = try site(
            KnownHosts(origins: [origin("Fees.example.com", "https")], listening: "0.0.0.0"))
        let token = try guarded.session(.clerk)
        for host in ["fees.example.com", "FEES.example.com:443"] {
            #expect(ask("/log-in", host: host, of: site).status == 200)
        }
        for host in ["localhost", "127.0.0.1", "0.0.0.0", "example.com", "xfees.example.com"] {
            #expect(ask("/log-in", host: host, of: site).status == 421)
        }
        for (from, status) in [
            (origin("fees.example.com", "https"), 303), (origin("fees.example.com"), 403),
            (origin("fees.example.com:444", "https"), 403), (origin("evil.example.com"), 403),
        ] {
            let answer = ask(
                "/me/language", host: "fees.example.com", method: .post, origin: from, as: token,
                of: site)
            #expect(answer.status == status, "\(from)")
        }
    }

    @Test func `hold for another local port's page no more than for a foreign one`() throws {
        let token = try guarded.session(.clerk)
        let answer = ask(
            "/me/language", host: "localhost:8080", method: .post,
            origin: origin("localhost:9999"), as: token)
        #expect(answer.status == 403)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.3.2.1", true), ("localhost", true), ("::1", true),
        ("0.0.0.0", false), ("127.evil.example.com", false), ("192.168.1.5", false), ("", false),
    ])
    func `tell whether anybody beyond the machine reaches it`(host: String, here: Bool) {
        #expect(isLoopback(host) == here)
    }
}
