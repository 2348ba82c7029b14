import Office
import Primitives
import SQLiteStore
import Secrets

let logInRoutes: [Route] = [
    Route(.get, "/log-in", for: .public) { try logInPage($0) },
    Route(.post, "/log-in", for: .public) { try enter($0) },
    Route(.post, "/language", for: .public) { chooseLanguage($0) },
    Route(.get, "/first-run/{token}", for: .public) { try firstRunPage($0) },
    Route(.post, "/first-run/{token}", for: .public) { try makeFirst($0) },
    Route(.get, "/invitation/{token}", for: .public) { try invitationPage($0) },
    Route(.post, "/invitation/{token}", for: .public) { try acceptInvitation($0) },
    Route(.post, "/me/log-out", for: .everyone) { try leave($0) },
    Route(.get, "/me/confirm", for: .everyone) { try confirmPage($0) },
    Route(.post, "/me/confirm", for: .everyone) { try confirmAgain($0) },
]

// MARK: - Cookies

extension Visit {
    /// What the browser holds for its session.
    var token: String { request.cookies[Guard.cookie] ?? "" }

    /// Exactly as it was typed.
    func typed(_ field: String) -> String { request.form.values(field).first ?? "" }

    /// Where to go afterwards: a page of this site, whatever the address said.
    func destination(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") })
        else { return "/" }
        return text
    }
}

private let deviceCookie = "__Host-dunwell-device"

/// - Parameter seconds: `nil`: until the browser is closed.
private func cookie(
    _ name: String, _ value: String, seconds: Int?, sameSite: String = "Lax", isSecret: Bool = true
) -> (name: String, value: String) {
    let age = seconds.map { "; Max-Age=\($0)" } ?? ""
    let secret = isSecret ? "; Secure; HttpOnly" : ""
    return ("Set-Cookie", "\(name)=\(value); Path=/\(secret); SameSite=\(sameSite)\(age)")
}

// MARK: - In and out

private func logInPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    if form == nil, visit.visitor != nil { return .redirect("/") }
    let to = visit.destination(form == nil ? visit.request.query["to"] : visit.request.form["to"])
    return try visit.page(
        "log-in", title: Bilingual(zh: "登录", en: "Log in"), form: form, values: ["name": ""],
        ["to": to, "isSet": visit.request.query["set"] != nil])
}

private func enter(_ visit: Visit) throws -> PageResponse {
    let form = visit.form
    return try form.act(else: { try logInPage(visit, $0) }) {
        let new = try logIn(
            name: visit.request.form["name"] ?? "", password: visit.typed("password"),
            code: visit.typed("code"), address: visit.request.address,
            device: visit.request.cookies[deviceCookie], agent: visit.request.agent,
            throttle: visit.site.throttle, effects: visit.effects)
        // The session that this browser had before is not left lying about.
        if !visit.token.isEmpty { try logOut(token: visit.token, effects: visit.effects) }
        var response = PageResponse.redirect(visit.destination(visit.request.form["to"]))
        response.headers += [
            cookie(Guard.cookie, new.token, seconds: nil),
            cookie(deviceCookie, new.device, seconds: 365 * 86_400, sameSite: "Strict"),
        ]
        return response
    }
}

private func leave(_ visit: Visit) throws -> PageResponse {
    try logOut(token: visit.token, effects: visit.effects)
    var response = PageResponse.redirect("/log-in")
    response.headers += [
        cookie(Guard.cookie, "", seconds: 0),
        ("Clear-Site-Data", "\"cache\""),
    ]
    return response
}

/// Before anybody is known, the browser keeps the language.
private func chooseLanguage(_ visit: Visit) -> PageResponse {
    var response = PageResponse.redirect(visit.destination(visit.request.form["to"]))
    if let language = visit.request.form["language"].flatMap({ Language(rawValue: $0) }) {
        response.headers.append(
            cookie("language", language.rawValue, seconds: 365 * 86_400, isSecret: false))
    }
    return response
}

// MARK: - The first user, and the invited

private func firstRunPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    guard try isFirstRun(token: visit.parameter("token"), effects: visit.effects) else {
        throw LogInError.invitationGone
    }
    let chosen = form?.kept["role"] ?? StaffRole.manager.rawValue
    let roles = [StaffRole.manager, .administrator].map { ($0.rawValue, $0.words) }
    return try visit.page(
        "first-run", title: Bilingual(zh: "第一位用户", en: "The first user"), form: form,
        values: ["name": ""],
        ["roles": options(roles, chosen: chosen, in: visit.language)])
}

private func makeFirst(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let name = form.text("name", atMost: 40)
    let role = form.choice("role", StaffRole.self)
    let password = form.newPassword(visit)
    return try form.act(else: { try firstRunPage(visit, $0) }) {
        try setUpFirst(
            token: visit.parameter("token"), name: name!, role: role!, password: password,
            effects: visit.effects)
        return .redirect("/log-in?set=1")
    }
}

private func invitationPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    guard let name = try invitedUser(token: visit.parameter("token"), effects: visit.effects)
    else { throw LogInError.invitationGone }
    return try visit.page(
        "invitation", title: Bilingual(zh: "设密码", en: "Set your password"), form: form,
        ["name": name])
}

private func acceptInvitation(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let password = form.newPassword(visit)
    return try form.act(else: { try invitationPage(visit, $0) }) {
        try Office.acceptInvitation(
            token: visit.parameter("token"), password: password, effects: visit.effects)
        return .redirect("/log-in?set=1")
    }
}

extension FormReader {
    /// Typed twice, the same.
    mutating func newPassword(_ visit: Visit) -> String {
        let password = visit.typed("password")
        if password != visit.typed("again") {
            refuse(
                "again",
                Bilingual(zh: "两次输入的密码不一样。", en: "The two passwords are not the same."))
        }
        return password
    }
}

// MARK: - Once more

private func confirmPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let to = visit.destination(form == nil ? visit.request.query["to"] : visit.request.form["to"])
    return try visit.page(
        "confirm", title: isItYou, form: form,
        [
            "action": "/me/confirm", "passwordField": "password", "codeField": "code",
            "isForm": false, "hasCodes": visit.user.hasTOTP,
            "kept": [
                ["field": "csrf", "text": visit.user.csrf],
                ["field": "form", "text": randomToken()], ["field": "to", "text": to],
            ],
        ])
}

private let isItYou = Bilingual(zh: "再确认一次是您", en: "Is it still you?")

/// The same for a form that was sent too late: it is kept whole, and goes where it went.
func confirmPage(_ visit: Visit, keeping form: FormReader) throws -> PageResponse {
    try visit.page(
        "confirm", title: isItYou, form: form,
        [
            "action": visit.request.here, "passwordField": Reconfirmation.passwordField,
            "codeField": Reconfirmation.codeField, "isForm": true,
            "hasCodes": visit.user.hasTOTP,
            "kept": form.fields.all.map { ["field": $0.name, "text": $0.value] },
        ])
}

private func confirmAgain(_ visit: Visit) throws -> PageResponse {
    let form = visit.form
    return try form.act(else: { try confirmPage(visit, $0) }) {
        try confirm(
            password: visit.typed("password"), code: visit.typed("code"), token: visit.token,
            throttle: visit.site.throttle, effects: visit.effects)
        return .redirect(visit.destination(visit.request.form["to"]))
    }
}
