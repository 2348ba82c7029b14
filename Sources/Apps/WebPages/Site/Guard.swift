import Office
import Primitives
import SQLiteStore
import Secrets

/// Lets a request through to its route, or says why not: who it is, whether he may, whether he
/// meant it.
struct Guard {
    let site: Site
    let request: PageRequest
    var effects: Effects
    private var visitor: LoggedIn?

    init(site: Site, request: PageRequest, effects: Effects) {
        self.site = site
        self.request = request
        self.effects = effects
    }

    static let cookie = "__Host-dunwell"

    mutating func respond(by route: Route?, isKnown: Bool) -> PageResponse {
        do {
            visitor = try request.cookies[Self.cookie].flatMap {
                try loggedIn(token: $0, effects: effects)
            }
            guard let route else { return try refused(isKnown ? .wrongMethod : .notFound) }
            if let refusal = refusal(of: route) { return try refused(refusal) }
            return try answer(by: route)
        } catch {
            return failed(error)
        }
    }

    /// Why this visitor may not make this request; `nil` where he may.
    private func refusal(of route: Route) -> Refusal? {
        if request.method == .post, !isOwnOrigin { return .foreign }
        if route.audience == .public { return nil }
        guard let visitor else { return .notLoggedIn }
        guard route.audience.includes(visitor.role) else { return .notAllowed }
        if request.method == .post {
            guard isSameSecret(request.form["csrf"] ?? "", visitor.csrf) else { return .foreign }
        }
        if visitor.mustEnrol, route.parts.first != "me" { return .notEnrolled }
        if route.isGrave, !visitor.isConfirmed { return .notConfirmed }
        return nil
    }

    /// Browsers send `Origin` with every post.
    private var isOwnOrigin: Bool {
        guard let origin = request.origin else { return false }
        let own = site.settings.origins
        return own.isEmpty
            ? ["http", "https"].contains { origin == "\($0)://\(request.host)" }
            : own.contains(origin)
    }

    private func visit(_ route: Route, effects: Effects) throws -> Visit {
        Visit(
            site: site, route: route, request: request, effects: effects, visitor: visitor,
            communityName: try visitor.map {
                try communityName(code: $0.community, effects: effects)
            },
            language: language, today: site.settings.today())
    }

    private var language: Language {
        if let visitor { return visitor.language }
        return request.cookies["language"].flatMap { Language(rawValue: $0) } ?? .zh
    }

    // MARK: - One effect for each form

    private func answer(by route: Route) throws -> PageResponse {
        guard let visitor else { return try route.answer(try visit(route, effects: effects)) }
        let own = effects.acting(as: visitor.userName, in: visitor.community)
        guard request.method == .post else {
            return try route.answer(try visit(route, effects: own))
        }
        guard let token = request.form["form"] else { return try refused(.foreign) }
        // A page's forms share its token: each is used by itself.
        let ticket =
            "\(visitor.id.number)-\(token.prefix(100)) \(route.pattern) "
            + request.path.joined(separator: "/")
        // Also where the act would now be refused for another reason: what it made stands already.
        let before = try usedForm(ticket, effects: own)
        if before.used { return try before.location.map { .redirect($0) } ?? refused(.doneBefore) }
        do {
            let once = own.taking(FormUse(token: ticket))
            let response = try route.answer(try visit(route, effects: once))
            // What was done is done, also where this cannot be noted.
            if let location = response.lasting {
                try? keepLocation(location, ofForm: ticket, effects: own)
            }
            return response
        } catch let error where isFormUsed(error) {
            let used = try usedForm(ticket, effects: own)
            return try used.location.map { .redirect($0) } ?? refused(.doneBefore)
        }
    }

    // MARK: - Refusals

    private func refused(_ refusal: Refusal) throws -> PageResponse {
        switch refusal {
        case .notLoggedIn where request.method == .get:
            let here = request.here
            return .redirect(here == "/" ? "/log-in" : "/log-in?to=\(percentEncoded(here))")
        case .notEnrolled: return .redirect("/me/totp")
        case .notConfirmed where request.method == .get:
            return .redirect("/me/confirm?to=\(percentEncoded(request.here))")
        default: return try message(refusal.title, refusal.text, status: refusal.status)
        }
    }

    private func failed(_ error: any Error) -> PageResponse {
        do {
            switch error {
            case is NotFound: return try refused(.notFound)
            case let error as StoreError:
                // What the database says is for the log.
                site.settings.report("\(error)")
                return try refused(.failed)
            case let error as any ExplainedError:
                return try message(
                    Refusal.cannot, error.message, status: error.isBadInput ? 404 : 409)
            default:
                site.settings.report("\(error)")
                return try refused(.failed)
            }
        } catch {
            site.settings.report("\(error)")
            return PageResponse(status: 500, type: "text/plain", body: Array("500".utf8))
        }
    }

    private func message(_ title: Bilingual, _ text: Bilingual, status: Int) throws -> PageResponse
    {
        let route = Route(.get, "/", for: .public) { _ in throw NotFound() }
        var response = try visit(route, effects: effects).page(
            "message", title: title, ["text": text[language], "heading": title[language]])
        response.status = status
        return response
    }
}

/// Why a request is not answered as it asked.
private enum Refusal {
    case notFound, wrongMethod, notLoggedIn, notAllowed, foreign, notEnrolled, notConfirmed
    case doneBefore, failed

    static let cannot = Bilingual(zh: "没有办成", en: "Not done")

    var status: Int {
        switch self {
        case .notFound: 404
        case .wrongMethod: 405
        case .notLoggedIn: 401
        case .notAllowed, .foreign, .notEnrolled, .notConfirmed: 403
        case .doneBefore: 409
        case .failed: 500
        }
    }

    var title: Bilingual {
        switch self {
        case .notFound: Bilingual(zh: "没有这一页", en: "There is no such page")
        case .doneBefore: Bilingual(zh: "已经记过了", en: "Recorded before")
        case .notAllowed: Bilingual(zh: "这一页不归您的岗位", en: "Not for your role")
        default: Self.cannot
        }
    }

    var text: Bilingual {
        switch self {
        case .notFound:
            Bilingual(
                zh: "地址写错了，或者这里没有这一户、这一张。请用上面的查找。",
                en:
                    "The address is wrong, or there is no such unit or number here. Use the search above."
            )
        case .wrongMethod:
            Bilingual(
                zh: "这个地址不能这样打开。请从菜单重新进入。",
                en: "This address cannot be opened in this way. Start again from the menu.")
        case .notLoggedIn:
            Bilingual(
                zh: "您还没有登录，或者登录已经过期；什么也没有记下。请登录后再做一次。",
                en:
                    "You are not logged in, or no longer; nothing was recorded. Log in and do it again."
            )
        case .notAllowed:
            Bilingual(
                zh: "您的岗位不能看或不能做这件事。需要的话，请管理员调整岗位。",
                en: "Your role may not see or do this. An administrator can change roles.")
        case .foreign:
            Bilingual(
                zh: "这张表不是从这里的页面发出的，或者页面放得太久；什么也没有记下。请重新打开页面再做一次。",
                en: "This form did not come from a page of this site, or is too old; nothing was "
                    + "recorded. Open the page anew and do it again.")
        case .notEnrolled, .notConfirmed:
            Bilingual(
                zh: "做这件事以前要再验证一次身份；什么也没有记下。请在“我的登录”里验证后再做一次。",
                en: "Show once more that it is you before this; nothing was recorded.")
        case .doneBefore:
            Bilingual(
                zh: "这张表已经提交过，只记了一次。没有重复。",
                en: "This form was sent before, and was recorded once. Nothing was doubled.")
        case .failed:
            Bilingual(
                zh: "程序出了错，这一步没有完成。已经写进日志，请告诉管理员时间。",
                en: "The program failed, and this step was not done. The log has it; tell your "
                    + "administrator the time.")
        }
    }
}
