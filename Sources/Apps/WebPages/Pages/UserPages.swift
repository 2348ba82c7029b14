import Office
import Primitives
import SQLiteStore

/// Who works here, and what they may do. What changes that is grave: password and code come first.
let userRoutes: [Route] = [
    Route(.get, "/users", for: .administrators) { try usersPage($0) },
    Route(.get, "/users/new", for: .administrators, isGrave: true) { try newUserPage($0) },
    Route(.post, "/users/new", for: .administrators, isGrave: true) { try addNewUser($0) },
    Route(.get, "/users/{user}", for: .administrators, isGrave: true) { try userPage($0) },
    Route(.post, "/users/{user}/role", for: .administrators, isGrave: true) { try giveRole($0) },
    Route(.post, "/users/{user}/invitation", for: .administrators, isGrave: true) {
        try inviteAgain($0)
    },
    Route(.post, "/users/{user}/disable", for: .administrators, isGrave: true) { visit in
        try change(visit) { try disableUser($0, by: visit.user.userName, effects: visit.effects) }
    },
    Route(.post, "/users/{user}/enable", for: .administrators, isGrave: true) { visit in
        try change(visit) { try enableUser($0, by: visit.user.userName, effects: visit.effects) }
    },
    Route(.post, "/users/{user}/totp", for: .administrators, isGrave: true) { visit in
        try change(visit) { try resetTOTP(of: $0, by: visit.user.userName, effects: visit.effects) }
    },
]

private func usersPage(_ visit: Visit) throws -> PageResponse {
    let all = try userSummaries(effects: visit.effects)
    let pager = Pager(of: all.count, on: visit)
    return try visit.page(
        "users", title: Bilingual(zh: "用户和岗位", en: "Users and roles"), nav: .settings,
        [
            "count": count(all.count),
            "users": all[pager.range].map { user in
                facts(of: user, visit).merging(["number": user.id.number]) { $1 }
            },
        ].merging(pager.model) { $1 })
}

private func facts(of user: UserSummary, _ visit: Visit) -> [String: Any] {
    [
        "name": user.name, "role": user.role.words[visit.language],
        "isDisabled": user.isDisabled, "hasPassword": user.hasPassword,
        "hasCodes": user.hasTOTP, "lacksCodes": user.role.needsTOTP && !user.hasTOTP,
        "seen": user.lastSeenAt.map { visit.clock($0) } ?? false as Any,
    ]
}

/// The user of the address, of this community.
private func named(_ visit: Visit) throws -> UserSummary {
    let number = Int(visit.parameter("user"))
    guard
        let user = try userSummaries(effects: visit.effects).first(where: {
            $0.id.number == number
        })
    else { throw NotFound() }
    return user
}

private func userPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    let user = try named(visit)
    var model = facts(of: user, visit)
    // The layout names whoever is logged in by these.
    model["role"] = nil
    model["job"] = user.role.words[visit.language]
    model["path"] = "/users/\(user.id.number)"
    model["isOneself"] = user.name == visit.user.userName
    model["roles"] = roleOptions(form?.kept["role"] ?? user.role.rawValue, visit)
    return try visit.page(
        "user", title: Bilingual(zh: user.name, en: user.name), nav: .settings, form: form, model)
}

private func roleOptions(_ chosen: String, _ visit: Visit) -> [[String: Any]] {
    options(
        StaffRole.allCases.map { ($0.rawValue, $0.sentence) }, chosen: chosen, in: visit.language)
}

extension StaffRole {
    /// With what it may do.
    fileprivate var sentence: Bilingual {
        let does =
            switch self {
            case .clerk:
                Bilingual(zh: "登记、出账、送达、联系、提议", en: "registers, runs, notices, contacts, proposals")
            case .cashier: Bilingual(zh: "另加收款", en: "takes payments as well")
            case .manager: Bilingual(zh: "另加批准、困难户、用户", en: "approves, hardship, users as well")
            case .administrator: Bilingual(zh: "用户、设置，不收款", en: "users and settings, no money")
            case .auditor: Bilingual(zh: "全都看，什么也不改", en: "reads, changes nothing")
            }
        return Bilingual(zh: "\(words.zh)：\(does.zh)", en: "\(words.en): \(does.en)")
    }
}

// MARK: - Adding and inviting

private func newUserPage(_ visit: Visit, _ form: FormReader? = nil) throws -> PageResponse {
    try visit.page(
        "user-new", title: Bilingual(zh: "添加用户", en: "Add a user"), nav: .settings, form: form,
        values: ["name": ""], ["roles": roleOptions(form?.kept["role"] ?? "clerk", visit)])
}

/// Two acts, of which each is whole: a user without a link is invited on the user's own page.
private func addNewUser(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let name = form.text("name", atMost: 40)
    let role = form.choice("role", StaffRole.self)
    if let name, try isTaken(name, visit) {
        form.refuse(
            "name",
            Bilingual(
                zh: "已经有叫“\(name)”的用户。同名的另一个人，请加上能区分的字。",
                en:
                    "There is a user “\(name)”. For another person, take a name that can be told apart."
            ))
    }
    return try form.act(else: { try newUserPage(visit, $0) }) {
        try addUser(name!, role: role!, by: visit.user.userName, effects: visit.effects)
        return try linkPage(for: name!, visit)
    }
}

private func isTaken(_ name: String, _ visit: Visit) throws -> Bool {
    try userSummaries(effects: visit.effects).contains {
        foldedName($0.name) == foldedName(name)
    }
}

private func inviteAgain(_ visit: Visit) throws -> PageResponse {
    let user = try named(visit)
    return try visit.form.act(else: { try userPage(visit, $0) }) {
        try linkPage(for: user.name, visit)
    }
}

/// The link is shown here alone, and kept nowhere.
private func linkPage(for name: String, _ visit: Visit) throws -> PageResponse {
    let token = try invite(name, by: visit.user.userName, effects: visit.effects)
    return try visit.page(
        "invited", title: Bilingual(zh: "登录链接", en: "Link for log-in"), nav: .settings,
        ["name": name, "link": "\(visit.request.origin ?? "")/invitation/\(token)"])
}

// MARK: - Changes

private func giveRole(_ visit: Visit) throws -> PageResponse {
    let user = try named(visit)
    var form = visit.form
    let role = form.choice("role", StaffRole.self)
    return try form.act(else: { try userPage(visit, $0) }) {
        try addUser(user.name, role: role!, by: visit.user.userName, effects: visit.effects)
        return .redirect("/users/\(user.id.number)")
    }
}

private func change(_ visit: Visit, _ act: (_ name: String) throws -> Void) throws -> PageResponse {
    let user = try named(visit)
    return try visit.form.act(else: { try userPage(visit, $0) }) {
        try act(user.name)
        return .redirect("/users/\(user.id.number)")
    }
}
