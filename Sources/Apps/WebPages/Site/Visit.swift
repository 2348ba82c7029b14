public import Office
public import Primitives
import SQLiteStore
import Secrets

/// One request of somebody who may make it, with all that its answer needs.
struct Visit: Sendable {
    let site: Site
    let route: Route
    let request: PageRequest
    /// Acts in the visitor's name and community; a posted form takes effect once.
    let effects: Effects
    /// `nil` on the pages that need no log-in.
    let visitor: LoggedIn?
    /// `nil` where nobody is logged in.
    let communityName: String?
    let language: Language
    /// The date here.
    let today: CivilDate

    /// On the pages that need a log-in.
    var user: LoggedIn { visitor! }

    /// The date that the page speaks of: `?as-of=`, else today.
    var asOf: CivilDate { request.query["as-of"].flatMap { CivilDate(typed: $0) } ?? today }

    var form: FormReader { FormReader(fields: request.form) }

    func parameter(_ name: String) -> String { request.parameters[name]! }

    /// - Parameters:
    ///   - name: the template's, of `templates/pages`.
    ///   - nav: the word of the top bar under which the page stands.
    ///   - form: what was posted, where the page shows it again with what is wrong.
    ///   - values: what the fields hold at first.
    ///   - model: all that the template names.
    func page(
        _ name: String, title: Bilingual, nav: NavigationWord? = nil, form: FormReader? = nil,
        values: [String: String] = [:], _ model: [String: Any] = [:]
    ) throws -> PageResponse {
        var whole = try layout(title: title, nav: nav)
        let problems = form?.problems ?? []
        whole["errors"] = problems.map {
            ["field": $0.field.isEmpty ? false : $0.field, "text": $0.text[language]]
                as [String: Any]
        }
        whole["hasErrors"] = !problems.isEmpty
        whole["value"] = values.merging(form?.kept ?? [:]) { $1 }
        whole.merge(model) { $1 }
        let body = try site.templates.render(name, whole, in: language)
        return PageResponse(status: problems.isEmpty ? 200 : 422, body: body)
    }

    private func layout(title: Bilingual, nav: NavigationWord?) throws -> [String: Any] {
        let words = visitor.map { user in
            NavigationWord.allCases.filter { $0.isOpen(to: user.role) }.map {
                ["href": $0.path, "words": $0.words[language], "isCurrent": $0 == nav]
                    as [String: Any]
            }
        }
        let office = communityName ?? "Dunwell"
        return [
            "lang": language == .zh ? "zh-CN" : "en", "title": title[language],
            "community": office, "seal": String(office.prefix(1)), "nav": words ?? [],
            "isLoggedIn": visitor != nil, "who": visitor?.userName ?? "",
            "role": visitor?.role.words[language] ?? "", "csrf": visitor?.csrf ?? "",
            "formToken": randomToken(), "today": today.description, "asOf": asOf.description,
            "isZh": language == .zh, "refresh": false,
            "printed": clock(effects.now()), "here": request.here,
        ]
    }

    /// This page with other values in its query; `nil` takes a name out.
    func link(_ changes: [String: String?]) -> String {
        let kept = request.query.all.filter { changes[$0.name] == nil }
        let added = changes.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { (name: name, value: $0) }
        }
        let query = (kept + added).map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        let path = "/" + request.path.map(percentEncoded).joined(separator: "/")
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }
}

/// The words of the top bar, in their order.
enum NavigationWord: String, CaseIterable {
    case today, dashboard, units, run, payments, services, hardship, mail, settings

    var path: String { self == .today ? "/" : "/" + rawValue }

    var words: Bilingual {
        switch self {
        case .today: Bilingual(zh: "今日", en: "Today")
        case .dashboard: Bilingual(zh: "总览", en: "Overview")
        case .units: Bilingual(zh: "户账", en: "Accounts")
        case .run: Bilingual(zh: "出账", en: "Run")
        case .payments: Bilingual(zh: "收款", en: "Payments")
        case .services: Bilingual(zh: "送达", en: "Service")
        case .hardship: Bilingual(zh: "困难户", en: "Hardship")
        case .mail: Bilingual(zh: "邮件", en: "Mail")
        case .settings: Bilingual(zh: "设置", en: "Settings")
        }
    }

    func isOpen(to role: StaffRole) -> Bool {
        Site.routes.contains {
            $0.method == .get && $0.pattern == path && $0.audience.includes(role)
        }
    }
}

extension StaffRole {
    var words: Bilingual {
        switch self {
        case .clerk: Bilingual(zh: "客服", en: "clerk")
        case .cashier: Bilingual(zh: "收费员", en: "cashier")
        case .manager: Bilingual(zh: "经理", en: "manager")
        case .administrator: Bilingual(zh: "管理员", en: "administrator")
        case .auditor: Bilingual(zh: "审计", en: "auditor")
        }
    }
}
