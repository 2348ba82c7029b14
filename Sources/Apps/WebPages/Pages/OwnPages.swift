import Letters
import Office
import Primitives
import SQLiteStore
import Secrets

/// One's own log-in: password, codes, language, browsers.
let ownRoutes: [Route] = [
    Route(.get, "/me", for: .everyone) { try ownPage($0) },
    Route(.post, "/me/password", for: .everyone) { try changePassword($0) },
    Route(.post, "/me/language", for: .everyone) { try changeLanguage($0) },
    Route(.post, "/me/community", for: .everyone) { try changeCommunity($0) },
    Route(.post, "/me/sessions/{session}/end", for: .everyone) { try endSession($0) },
    Route(.post, "/me/sessions/end", for: .everyone) { try endOthers($0) },
    Route(.get, "/me/totp", for: .everyone) { try codesPage($0) },
    Route(.post, "/me/totp", for: .everyone) { try setUpCodes($0) },
]

private func ownPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let sessions = try ownSessions(token: visit.token, effects: visit.effects)
    let roles = try ownCommunities(
        token: visit.token, effects: visit.effects)
    let languages = [
        ("zh", Bilingual(zh: "中文", en: "中文")), ("en", Bilingual(zh: "English", en: "English")),
    ]
    return try visit.page(
        "me", title: Bilingual(zh: "我的登录", en: "My log-in"), nav: .settings, form: form,
        [
            "hasCodes": visit.user.hasTOTP, "needsCodes": visit.user.role.needsTOTP,
            "hasOthers": sessions.count > 1, "sessionCount": count(sessions.count),
            "languages": options(languages, chosen: visit.language.rawValue, in: visit.language),
            "hasCommunities": roles.count > 1,
            "communities": roles.map {
                [
                    "code": $0.code, "role": $0.role.words[visit.language],
                    "isChosen": $0.code == visit.user.community,
                ] as [String: Any]
            },
            "sessions": sessions.map { row in
                [
                    "number": row.id.number, "agent": browser(row.agent),
                    "began": visit.clock(row.createdAt), "seen": visit.clock(row.lastSeenAt),
                    "isThis": row.isThis,
                ] as [String: Any]
            },
        ])
}

/// The browser and its system, as far as the long name that it gives itself tells.
private func browser(_ agent: String) -> String {
    let browsers = [
        ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("MicroMessenger/", "WeChat"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    let systems = [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
        ("Mac OS", "macOS"), ("Linux", "Linux"),
    ]
    let names = [browsers, systems].compactMap { list in
        list.first { agent.contains($0.0) }?.1
    }
    return names.isEmpty ? String(agent.prefix(40)) : names.joined(separator: " · ")
}

private func changePassword(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let password = form.newPassword(visit)
    return try form.act(else: { try ownPage(visit, $0) }) {
        try setPassword(
            password, present: visit.typed("present"), token: visit.token,
            throttle: visit.site.throttle, effects: visit.effects)
        return .redirect("/me")
    }
}

private func changeLanguage(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let language = form.choice("language", Language.self)
    return try form.act(else: { try ownPage(visit, $0) }) {
        try setLanguage(language!, token: visit.token, effects: visit.effects)
        return .redirect("/me")
    }
}

private func changeCommunity(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let code = form.text("community")
    return try form.act(else: { try ownPage(visit, $0) }) {
        try chooseCommunity(code!, token: visit.token, effects: visit.effects)
        return .redirect("/")
    }
}

private func endSession(_ visit: Visit) throws -> PageResponse {
    guard let number = Int(visit.parameter("session")) else { throw NotFound() }
    try endOwnSession(WebSessionID(number), token: visit.token, effects: visit.effects)
    return .redirect("/me")
}

private func endOthers(_ visit: Visit) throws -> PageResponse {
    try endOtherSessions(token: visit.token, effects: visit.effects)
    return .redirect("/me")
}

// MARK: - Codes

private func codesPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let isOpen = !visit.user.hasTOTP || visit.user.isConfirmed
    let (secret, address) = try offeredTOTP(token: visit.token, effects: visit.effects)
    let code = try QRCode(address)
    let path = code.runs.map { "M\($0.column) \($0.row)h\($0.length)v1h-\($0.length)z" }
    return try visit.page(
        "totp", title: Bilingual(zh: "动态验证码", en: "One-time codes"), nav: .settings, form: form,
        [
            "isOpen": isOpen, "hasCodes": visit.user.hasTOTP, "mustEnrol": visit.user.mustEnrol,
            "side": code.modules + 8, "path": path.joined(), "secret": secret.text,
        ])
}

private func setUpCodes(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let code = form.text("code", atMost: 20)
    return try form.act(else: { try codesPage(visit, $0) }) {
        try enrolTOTP(code: code!, token: visit.token, effects: visit.effects)
        return .redirect(visit.user.mustEnrol ? "/" : "/me")
    }
}
