import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing
import WebPages

@Suite struct `A browser at the site` {
    private let guarded: GuardedSite
    init() throws { guarded = try GuardedSite() }

    private func enter(
        _ role: StaffRole, password: String? = nil, code: String = "", to: String = "",
        holding token: String? = nil, device: String? = nil
    ) -> PageResponse {
        let name = GuardedSite.name(of: role)
        return guarded.post(
            "/log-in",
            [
                "name": name, "password": password ?? GuardedSite.password(of: name),
                "code": code, "to": to,
            ], as: token, csrf: "", device: device)
    }

    private func language(_ token: String) throws -> Language? {
        try loggedIn(token: token, effects: guarded.office.effects)?.language
    }

    @Test
    func `is let in by name and password, with a cookie that no script and no other site gets`()
        throws
    {
        let answer = enter(.clerk, to: "/settings")
        #expect(answer.status == 303 && answer.location == "/settings")
        let cookies = answer.headers.filter { $0.name == "Set-Cookie" }.map(\.value)
        #expect(cookies.count == 2)
        for cookie in cookies {
            #expect(cookie.hasPrefix("__Host-dunwell"))
            for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite="] {
                #expect(cookie.contains(part))
            }
            #expect(!cookie.contains("Domain"))
        }
        let token = try #require(answer.cookie("__Host-dunwell"))
        #expect(token.utf8.count == 43)
        #expect(guarded.get("/me", as: token).status == 200)
    }

    @Test(arguments: [
        "//evil.example.com", "/\\evil.example.com", "evil", "", "/a b", "javascript:x",
    ])
    func `is led to pages of this site alone`(to: String) {
        #expect(enter(.clerk, to: to).location == "/")
    }

    @Test func `gets a new session at log-in, whatever it held before`() throws {
        // Planted by an attacker, or left over.
        #expect(enter(.clerk, holding: "planted").cookie("__Host-dunwell") != "planted")
        #expect(guarded.get("/me", as: "planted").location?.hasPrefix("/log-in") == true)
        let old = try guarded.session(.clerk)
        let new = try #require(enter(.clerk, holding: old).cookie("__Host-dunwell"))
        #expect(new != old)
        #expect(try language(old) == nil && language(new) == .zh)
    }

    @Test func `posts with its own session's secret alone`() throws {
        let token = try guarded.session(.clerk)
        let other = try guarded.session(.clerk)
        for csrf in ["wrong", token, derivedSecret(of: other, for: "forms in FL")] {
            let answer = guarded.post("/me/language", ["language": "en"], as: token, csrf: csrf)
            #expect(answer.status == 403)
        }
        #expect(
            guarded.answer(
                PageRequest(
                    method: .post, path: ["me", "language"],
                    form: Fields([("language", "en"), ("form", "x")]),
                    cookies: ["__Host-dunwell": token], origin: "http:" + "//localhost")
            ).status == 403)
        // Without the form's own token nothing is done either.
        #expect(guarded.post("/me/language", ["language": "en"], as: token, form: "").status == 403)
        #expect(try language(token) == .zh)
        #expect(guarded.post("/me/language", ["language": "en"], as: token).status == 303)
        #expect(try language(token) == .en)
    }

    @Test(arguments: [
        nil, "null", "http:" + "//evil.example.com", "http:" + "//localhost.evil.example.com",
        "http:" + "//localhost:81", "file:" + "//", "",
    ])
    func `posts from this site alone`(origin: String?) throws {
        let token = try guarded.session(.clerk)
        let answer = guarded.post("/me/language", ["language": "en"], as: token, origin: origin)
        #expect(answer.status == 403)
        #expect(try language(token) == .zh)
        // Logging in, too: nobody is logged in as somebody else by another site.
        let name = GuardedSite.name(of: .clerk)
        let entered = guarded.post(
            "/log-in", ["name": name, "password": GuardedSite.password(of: name)],
            origin: origin)
        #expect(entered.status == 403 && entered.cookie("__Host-dunwell") == nil)
    }

    @Test func `is out after half an hour without a request, and after twelve hours at work`()
        throws
    {
        let idle = try guarded.session(.clerk)
        guarded.office.advance(bySeconds: 1799)
        #expect(guarded.get("/me", as: idle).status == 200)
        guarded.office.advance(bySeconds: 1800)
        #expect(guarded.get("/me", as: idle).location == "/log-in?to=%2Fme")
        #expect(guarded.post("/me/language", ["language": "en"], as: idle).status == 401)
        let busy = try guarded.session(.clerk)
        for _ in 0..<24 {
            #expect(guarded.get("/me", as: busy).status == 200)
            guarded.office.advance(bySeconds: 1799)
        }
        #expect(guarded.get("/me", as: busy).status == 200)
        guarded.office.advance(bySeconds: 24)
        #expect(guarded.get("/me", as: busy).status == 303)
    }

    @Test func `is out at once where its user is disabled, logs out, or has another password`()
        throws
    {
        let one = try guarded.session(.clerk)
        let answer = guarded.post("/me/log-out", as: one)
        #expect(answer.location == "/log-in" && answer.cookie("__Host-dunwell") == "")
        #expect(guarded.get("/me", as: one).status == 303)

        let (kept, other) = (try guarded.session(.cashier), try guarded.session(.cashier))
        let password = GuardedSite.password(of: GuardedSite.name(of: .cashier))
        let fields = [
            "present": password, "password": "a kettle in the wide river",
            "again": "a kettle in the wide river",
        ]
        #expect(guarded.post("/me/password", fields, as: kept).status == 303)
        #expect(guarded.get("/me", as: kept).status == 200)
        #expect(guarded.get("/me", as: other).status == 303)

        let victim = try guarded.session(.auditor)
        let boss = try guarded.session(.administrator)
        let number = try guarded.office.effects.store.read {
            try $0.user(named: GuardedSite.name(of: .auditor))!.number
        }
        #expect(guarded.get("/me", as: victim).status == 200)
        #expect(guarded.post("/users/\(number)/disable", as: boss).location == "/users/\(number)")
        #expect(guarded.get("/me", as: victim).status == 303)
    }

    @Test func `is slowed down by failures, and answered alike whatever was wrong`() throws {
        let known = try #require(enter(.clerk).cookie("__Host-dunwell-device"))
        let wrong = enter(.clerk, password: "wrong")
        #expect(wrong.status == 422 && wrong.cookie("__Host-dunwell") == nil)
        #expect(wrong.shown.contains("用户名、密码或验证码不对"))
        for _ in 0..<4 { #expect(enter(.clerk, password: "wrong").status == 422) }
        let slowed = enter(.clerk)
        #expect(slowed.status == 422 && slowed.shown.contains("请等 1 分钟再试"))
        // The browser that its user had used before is not locked out.
        #expect(enter(.clerk, device: known).status == 303)
    }

    @Test func `enters with a code once`() throws {
        _ = try guarded.session(.manager)
        let code = try guarded.nextCode(of: .manager)
        #expect(enter(.manager).status == 422)
        #expect(enter(.manager, code: code).status == 303)
        #expect(enter(.manager, code: code).status == 422)
    }

    @Test func `shows a manager nothing before the codes are set up`() throws {
        let token = try #require(enter(.administrator).cookie("__Host-dunwell"))
        #expect(guarded.get("/users", as: token).location == "/me/totp")
        #expect(guarded.get("/settings", as: token).location == "/me/totp")
        let page = guarded.get("/me/totp", as: token)
        let offer = try offeredTOTP(token: token, effects: guarded.office.effects)
        #expect(page.shown.contains("<svg") && page.shown.contains(offer.secret.text))
        let code = offer.secret.code(at: guarded.office.effects.now())
        #expect(guarded.post("/me/totp", ["code": "12345x"], as: token).status == 422)
        #expect(guarded.post("/me/totp", ["code": code], as: token).location == "/")
        #expect(guarded.get("/users", as: token).status == 200)
    }

    @Test func `gives the password again before what is grave`() throws {
        let token = try guarded.session(.administrator)
        #expect(guarded.get("/users/new", as: token).status == 200)
        guarded.office.advance(bySeconds: 600)
        #expect(guarded.get("/users", as: token).status == 200)
        #expect(
            guarded.get("/users/new", as: token).location == "/me/confirm?to=%2Fusers%2Fnew")
        let fields = ["name": "新人", "role": "clerk"]
        #expect(guarded.post("/users/new", fields, as: token).status == 403)
        let again = [
            "password": GuardedSite.password(of: GuardedSite.name(of: .administrator)),
            "code": try guarded.nextCode(of: .administrator), "to": "/users/new",
        ]
        #expect(
            guarded.post("/me/confirm", again.merging(["password": "x"]) { $1 }, as: token).status
                == 422)
        #expect(guarded.post("/me/confirm", again, as: token).location == "/users/new")
        #expect(guarded.post("/users/new", fields, as: token).status == 200)
    }

    @Test func `keeps what was typed into a grave form that came too late, and does it once`()
        throws
    {
        let token = try guarded.session(.administrator)
        guarded.office.advance(bySeconds: 600)
        var fields = ["name": "新人 \"<b>", "role": "clerk"]
        let before = try guarded.acts()
        let asked = guarded.post("/users/new", fields, as: token, form: "once")
        #expect(asked.status == 403 && asked.shown.contains("action=\"/users/new\""))
        for part in ["value=\"新人 &quot;&lt;b&gt;\"", "value=\"once\"", "name=\"confirm-password\""]
        {
            #expect(asked.shown.contains(part), "\(part)")
        }
        fields["confirm-code"] = try guarded.nextCode(of: .administrator)
        fields["confirm-password"] = "a canary of a password"
        let refused = guarded.post("/users/new", fields, as: token, form: "once")
        #expect(refused.status == 422 && refused.shown.contains("value=\"once\""))
        #expect(!refused.shown.contains("canary"))
        #expect(try guarded.acts() == before)
        fields["confirm-password"] = GuardedSite.password(
            of: GuardedSite.name(of: .administrator))
        #expect(guarded.post("/users/new", fields, as: token, form: "once").status == 200)
        let after = try guarded.acts()
        #expect(after == before + 2)
        // Sent again, it is neither asked nor done again.
        #expect(guarded.post("/users/new", fields, as: token, form: "once").status == 409)
        #expect(try guarded.acts() == after)
        // Twenty decisions in ten minutes take one password.
        guarded.office.advance(bySeconds: 500)
        #expect(
            guarded.post("/users/new", ["name": "又一位", "role": "clerk"], as: token).status == 200)
    }

    @Test func `confirms nothing for another, nor without the session's own secret`() throws {
        let token = try guarded.session(.administrator)
        guarded.office.advance(bySeconds: 600)
        let fields = [
            "name": "新人", "role": "clerk",
            "confirm-password": GuardedSite.password(of: GuardedSite.name(of: .administrator)),
            "confirm-code": try guarded.nextCode(of: .administrator),
        ]
        #expect(guarded.post("/users/new", fields, as: token, csrf: "wrong").status == 403)
        let clerk = try guarded.session(.clerk)
        #expect(guarded.post("/users/new", fields, as: clerk).status == 403)
        let me = try #require(try loggedIn(token: token, effects: guarded.office.effects))
        #expect(!me.isConfirmed)
    }
}
