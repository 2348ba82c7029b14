import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing
import WebPages

@Suite struct `The pages of users and acts` {
    private let guarded: GuardedSite
    private let boss: String

    init() throws {
        guarded = try GuardedSite()
        boss = try guarded.session(.administrator)
    }

    private func number(_ name: String) throws -> Int {
        try guarded.office.effects.store.read { try $0.user(named: name)!.number }
    }

    private func link(_ page: PageResponse) throws -> String {
        let start = try #require(page.shown.range(of: "/invitation/"))
        return String(page.shown[start.lowerBound...].prefix { $0 != "\"" })
    }

    @Test func `make a user, whose link sets a password once`() throws {
        let fields = ["name": "新人", "role": "clerk"]
        let page = guarded.post("/users/new", fields, as: boss, form: "once")
        let link = try link(page)
        #expect(guarded.get(link).shown.contains("新人"))
        let before = try guarded.acts()
        let again = guarded.post("/users/new", fields, as: boss, form: "once")
        #expect(again.status == 409 && again.shown.contains("只记了一次"))
        #expect(try guarded.acts() == before)
        let wrong = guarded.post(link, ["password": "short", "again": "other"])
        #expect(wrong.status == 422 && wrong.shown.contains("两次输入的密码不一样"))
        let short = guarded.post(link, ["password": "short", "again": "short"])
        #expect(short.shown.contains("至少要 12 个") && !short.shown.contains("value=\"short\""))
        let password = [
            "password": "  a kettle in the river ", "again": "  a kettle in the river ",
        ]
        #expect(guarded.post(link, password).location == "/log-in?set=1")
        #expect(guarded.post(link, password).status == 409)
        #expect(guarded.get(link).status == 409)
        let entered = guarded.post(
            "/log-in", ["name": "新人", "password": "  a kettle in the river "])
        #expect(entered.status == 303)
        #expect(
            guarded.post("/log-in", ["name": "新人", "password": "a kettle in the river"]).status
                == 422)
    }

    @Test func `change roles, and say why not`() throws {
        let clerk = try number("何静")
        #expect(guarded.post("/users/\(clerk)/role", ["role": "cashier"], as: boss).status == 303)
        let manager = try number("罗文")
        let refused = guarded.post("/users/\(manager)/role", ["role": "clerk"], as: boss)
        #expect(refused.status == 422 && refused.shown.contains("没有经理"))
        let own = try number("吴管理")
        #expect(guarded.post("/users/\(own)/disable", as: boss).status == 422)
        #expect(guarded.get("/users/999", as: boss).status == 404)
        let listed = try users(effects: guarded.office.effects)
        #expect(listed.first { $0.name == "何静" }?.role == .cashier)
    }

    @Test func `make nobody a manager but by a manager, and no role one's own`() throws {
        let (clerk, own) = (try number("何静"), try number("吴管理"))
        for user in [clerk, own] {
            let refused = guarded.post("/users/\(user)/role", ["role": "manager"], as: boss)
            #expect(refused.status == 422)
        }
        let listed = try users(effects: guarded.office.effects)
        #expect(listed.filter { $0.role == .manager }.map(\.name) == ["罗文"])
    }

    @Test func `do each of a page's forms once, though they share their token`() throws {
        let clerk = try number("何静")
        for act in ["disable", "enable"] {
            let done = guarded.post("/users/\(clerk)/\(act)", as: boss, form: "one page")
            #expect(done.status == 303)
        }
        let before = try guarded.acts()
        #expect(guarded.post("/users/\(clerk)/disable", as: boss, form: "one page").status == 303)
        #expect(try guarded.acts() == before)
    }

    @Test func `take the codes off whose phone is lost`() throws {
        let lost = try guarded.session(.manager)
        #expect(
            guarded.post("/users/\(try number("罗文"))/totp", as: boss).status == 303)
        #expect(guarded.get("/me", as: lost).status == 303)
    }

    @Test func `escape whatever a name holds`() throws {
        let name = "<script>alert(1)</script>\"'{{who}}"
        try addUser(name, role: .clerk, effects: guarded.office.effects)
        for path in ["/users", "/users/\(try number(name))", "/audit"] {
            let text = guarded.get(path, as: boss).shown
            #expect(!text.contains("<script>alert") && text.contains("&lt;script&gt;"))
        }
    }

    @Test func `list who did what, by day, person and kind, page by page`() throws {
        let auditor = try guarded.session(.auditor)
        let all = guarded.get("/audit", as: auditor)
        #expect(all.status == 200 && all.shown.contains("MapleCourt") == false)
        #expect(all.shown.contains("添加") || all.shown.contains("用户和岗位"))
        let none = guarded.get("/audit?from=2027-01-01", as: auditor)
        #expect(none.shown.contains("没有这样的记录"))
        // The clock stands at 08:00 UTC, which is 16:00 here.
        let day = guarded.get("/audit?from=2026-11-21&until=2026-11-21&kind=import", as: auditor)
        #expect(day.shown.contains("2026-11-21 16:00"))
        #expect(guarded.get("/audit?from=x", as: auditor).status == 422)
        let community = try guarded.office.effects.store.read { try $0.community(code: "FL")! }
        try guarded.office.effects.store.write { session in
            for number in 1...120 {
                _ = try session.addAct(
                    community: community, kind: "test", by: "Li",
                    at: guarded.office.effects.now().description, detail: "act \(number).")
            }
        }
        let first = guarded.get("/audit?kind=test", as: auditor).shown
        #expect(
            first.contains("act 120.") && first.contains("act 71.") && !first.contains("act 70."))
        let last = guarded.get("/audit?kind=test&page=3", as: auditor).shown
        #expect(last.contains("act 1.") && last.contains("act 20.") && !last.contains("act 21."))
        #expect(guarded.get("/audit?by=Nobody", as: auditor).shown.contains("没有这样的记录"))
    }

    @Test func `list who got in, and who was refused what`() throws {
        let clerk = try guarded.session(.clerk)
        #expect(guarded.get("/users/7", as: clerk).status == 403)
        #expect(
            guarded.post("/me/language", ["language": "en"], as: clerk, csrf: "wrong").status
                == 403)
        _ = guarded.post("/log-in", ["name": "何静", "password": "wrong"])
        for role in [StaffRole.auditor, .administrator, .manager] {
            let page = guarded.get("/audit/log-ins", as: try guarded.session(role))
            for words in ["岗位不许", "GET /users/{user}", "表单来路不对", "登录失败", "何静"] {
                #expect(page.status == 200 && page.shown.contains(words), "\(role) \(words)")
            }
        }
        let refused = guarded.get("/audit/log-ins?only=refused", as: boss).shown
        #expect(refused.contains("登录失败") && !refused.contains("邀请用户"))
        #expect(guarded.get("/audit/log-ins?page=999999", as: boss).shown.contains("登录失败"))
    }

    @Test func `tell of hardship to managers alone`() throws {
        let community = try guarded.office.effects.store.read { try $0.community(code: "FL")! }
        try guarded.office.effects.store.write { session in
            _ = try session.addAct(
                community: community, kind: "case open", by: "何静",
                at: guarded.office.effects.now().description, detail: "canary-unit")
        }
        for role in [StaffRole.auditor, .administrator] {
            #expect(!guarded.get("/audit", as: try guarded.session(role)).shown.contains("canary"))
        }
        #expect(guarded.get("/audit", as: try guarded.session(.manager)).shown.contains("canary"))
    }

    @Test func `say whether the chain is whole`() throws {
        let page = guarded.get("/audit/evidence", as: boss)
        #expect(page.status == 200 && page.shown.contains("完整"))
    }

    @Test func `begin with a first user, by the link that the server printed`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let site = Site(
            templates: try PageTemplates(folder: repository + "/templates/pages"),
            settings: SiteSettings(
                today: { date("2026-11-21") }, secondsEastOfUTC: { _ in 0 },
                report: { Issue.record("\($0)") }))
        let token = try #require(try firstRunToken(effects: office.effects))
        func call(_ method: PageRequest.Method, _ token: String) -> PageResponse {
            let password = "a kettle in the wide river"
            return site.respond(
                to: PageRequest(
                    method: method, path: ["first-run", token],
                    form: Fields([
                        ("name", "罗文"), ("role", "manager"), ("password", password),
                        ("again", password),
                    ]), origin: "http:" + "//localhost"), effects: office.effects
            ).response
        }
        #expect(call(.get, "guess").status == 409)
        #expect(call(.get, token).status == 200)
        #expect(call(.post, "guess").status == 422 || call(.post, "guess").status == 409)
        #expect(call(.post, token).location == "/log-in?set=1")
        #expect(call(.get, token).status == 409)
        #expect(try users(effects: office.effects).map(\.name) == ["罗文"])
    }
}
