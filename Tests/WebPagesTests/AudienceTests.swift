import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing
import WebPages

/// Who may what, as it was reviewed, by path: not taken from the routes. The longest pattern that
/// the route's begins with holds; a route that none fits fails the test until somebody has thought
/// of it.
///
/// A part in braces stands for any. Letters: c clerk, k cashier, m manager, a administrator,
/// u auditor, 0 nobody logged in.
private let reviewed: [(path: String, mayGet: String, mayPost: String)] = [
    // Before anybody is known.
    ("/log-in", "0ckmau", "0ckmau"),
    ("/language", "", "0ckmau"),
    ("/first-run/{}", "0ckmau", "0ckmau"),
    ("/invitation/{}", "0ckmau", "0ckmau"),
    // One's own log-in; looking for a unit, choosing units to look at.
    ("/me", "ckmau", "ckmau"),
    ("/search", "ckmau", "ckmau"),
    ("/units/chosen", "ckmau", "ckmau"),
    ("/units/file", "ckmau", "ckmau"),
    ("/units/walk", "ckmau", "ckmau"),
    // Looking.
    ("/", "ckmau", ""),
    ("/settings", "ckmau", ""),
    ("/dashboard", "ckmau", ""),
    ("/charges", "ckmau", ""),
    ("/jobs", "ckmau", ""),
    ("/payments", "ckmau", ""),
    // The day's work.
    ("/units", "ckmau", "ckm"),
    ("/units/{}/contact", "ckm", "ckm"),
    ("/units/{}/promise", "ckm", "ckm"),
    ("/units/{}/plan", "ckm", "ckm"),
    ("/units/{}/waiver", "ckm", "ckm"),
    ("/run", "ckmau", "ckm"),
    ("/services", "ckmau", "ckm"),
    ("/services/{}/add", "ckm", "ckm"),
    ("/scans", "ckmau", "ckm"),
    ("/letters", "ckmau", "ckm"),
    ("/mail", "ckmau", "ckm"),
    ("/mail/addresses/{}", "ckm", "ckm"),
    ("/approvals", "ckmau", "m"),
    // Money.
    ("/units/{}/payment", "km", "km"),
    ("/receipts", "ckmau", "km"),
    ("/receipts/{}/reversal", "ckm", "ckm"),
    // Households in hardship: who works on them, and the second pair of eyes.
    ("/hardship", "ckm", "ckm"),
    ("/hardship/{}/relief/{}", "ckm", "m"),
    ("/hardship/{}/relief/new", "ckm", "ckm"),
    ("/hardship/{}/decision", "m", "m"),
    // What changes the office itself.
    ("/users", "ma", "ma"),
    ("/import", "ma", "ma"),
    ("/audit", "mau", ""),
]

/// Posts that change nothing but what the user sees, or his own log-in: an auditor's too.
private let auditorsPosts: Set = [
    "/log-in", "/language", "/first-run/{}", "/invitation/{}", "/me", "/search", "/units/chosen",
    "/units/file", "/units/walk",
]

private let letters: [StaffRole: Character] = [
    .clerk: "c", .cashier: "k", .manager: "m", .administrator: "a", .auditor: "u",
]

private func rule(for pattern: String) -> (path: String, mayGet: String, mayPost: String)? {
    let parts = pattern.split(separator: "/")
    let fitting = reviewed.filter { rule in
        let own = rule.path.split(separator: "/")
        if own.isEmpty { return parts.isEmpty }
        return own.count <= parts.count
            && zip(own, parts).allSatisfy { $0 == $1 || $0 == "{}" && $1.hasPrefix("{") }
    }
    return fitting.max {
        $0.path.split(separator: "/").count < $1.path.split(separator: "/").count
    }
}

@Suite struct `Each route of the site` {
    @Test func `was thought of, and no auditor changes anything`() {
        for route in Site.routes {
            #expect(rule(for: route.pattern) != nil, "\(route.pattern) is not in the table")
        }
        for rule in reviewed where rule.mayPost.contains("u") {
            #expect(auditorsPosts.contains(rule.path), "\(rule.path)")
        }
    }

    @Test func `stands once`() {
        let names = Site.routes.map { "\($0.method.rawValue) \($0.pattern)" }
        #expect(Set(names).count == names.count)
    }

    /// Each route × nobody and the five roles.
    @Test func `lets in whom the table names, and nobody else`() throws {
        let guarded = try GuardedSite()
        let sessions = try letters.mapValues { _ in "" }.reduce(into: [StaffRole: String]()) {
            $0[$1.key] = try guarded.session($1.key)
        }
        #expect(sessions.count == 5)
        var tried = 0
        for route in Site.routes {
            guard let rule = rule(for: route.pattern) else { continue }
            let allowed = route.method == .get ? rule.mayGet : rule.mayPost
            // Nothing has such a number: who is let in finds nothing, and changes nothing.
            let path =
                "/"
                + route.pattern.split(separator: "/").map {
                    $0.hasPrefix("{") ? "999999" : String($0)
                }.joined(separator: "/")
            for role in [nil] + StaffRole.allCases {
                let letter = role.map { letters[$0]! } ?? "0"
                // A session that the one before it did not end.
                let token = try role.map { try guarded.freshSession(like: sessions[$0]!) }
                let before = try guarded.acts()
                let answer =
                    route.method == .get
                    ? guarded.get(path, as: token) : guarded.post(path, as: token)
                let place = "\(route.method.rawValue) \(route.pattern) as \(letter)"
                tried += 1
                if allowed.contains(letter) {
                    #expect(![401, 403].contains(answer.status), "\(place): \(answer.status)")
                    #expect(answer.location?.hasPrefix("/log-in?to=") != true, "\(place)")
                } else if role == nil, route.method == .get {
                    #expect(
                        answer.status == 303 && answer.location?.hasPrefix("/log-in") == true,
                        "\(place): \(answer.status) \(answer.location ?? "")")
                } else {
                    #expect(
                        answer.status == (role == nil ? 401 : 403), "\(place): \(answer.status)")
                    #expect(try guarded.acts() == before, "\(place) changed something")
                }
                #expect(answer.isGuarded, "\(place) lacks a header")
            }
        }
        #expect(tried == Site.routes.count * 6)
    }
}

extension GuardedSite {
    /// Another session of the same user, without the cost of a log-in.
    func freshSession(like token: String) throws -> String {
        let fresh = randomToken()
        try office.effects.store.write { session in
            let web = try session.webSession(tokenHash: secretHash(token))!
            _ = try session.addWebSession(
                tokenHash: secretHash(fresh), user: web.user, community: web.community,
                at: office.effects.now(), agent: "Firefox/150")
        }
        return fresh
    }
}

extension PageResponse {
    /// Whether it has the headers of each answer (ASVS 3.4, 14.3).
    var isGuarded: Bool {
        let all = Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first }
        let policy = all["Content-Security-Policy"] ?? ""
        return policy.contains("default-src 'none'") && policy.contains("base-uri 'none'")
            && policy.contains("form-action 'self'") && !policy.contains("unsafe-eval")
            && (isForeignDocument || !policy.contains("unsafe-inline"))
            && all["X-Content-Type-Options"] == "nosniff"
            && all["Strict-Transport-Security"]?.hasPrefix("max-age=31536000") == true
            && all["Cache-Control"] == "no-store" && all["Referrer-Policy"] != nil
            && all["X-Frame-Options"] == "SAMEORIGIN"
    }
}
