import Office
import Primitives
import SQLiteStore

let settingsRoutes: [Route] = [
    Route(.get, "/settings", for: .everyone) { try settingsPage($0) }
]

/// What is done once a month or less: each page with a sentence, as far as the role may see it.
private func settingsPage(_ visit: Visit) throws -> PageResponse {
    let open = rarerPages.filter { page in
        Site.routes.contains {
            $0.method == .get && $0.pattern == page.path && $0.audience.includes(visit.user.role)
        }
    }
    return try visit.page(
        "settings", title: Bilingual(zh: "设置", en: "Settings"), nav: .settings,
        [
            "pages": open.map {
                [
                    "href": $0.path, "words": $0.words[visit.language],
                    "sentence": $0.sentence[visit.language],
                ]
            }
        ])
}

private let rarerPages: [(path: String, words: Bilingual, sentence: Bilingual)] = [
    (
        "/me", Bilingual(zh: "我的登录", en: "My log-in"),
        Bilingual(
            zh: "密码、验证码、语言，和我登录过的浏览器。",
            en: "Password, one-time codes, language, and the browsers in which I am logged in.")
    ),
    (
        "/import", Bilingual(zh: "导入表格", en: "Import tables"),
        Bilingual(
            zh: "房屋、业主、收费、收款的表格：先看会改什么、哪里有错，再导入。",
            en:
                "Tables of units, owners, charges, payments: see first what would change and what is wrong."
        )
    ),
    (
        "/scans", Bilingual(zh: "扫描回执", en: "Scan stubs"),
        Bilingual(
            zh: "把签回的回执扫描或拍照传上来，按二维码对上通知。",
            en: "Upload scans or photos of signed stubs; their codes find the notices.")
    ),
    (
        "/users", Bilingual(zh: "用户和岗位", en: "Users and roles"),
        Bilingual(
            zh: "谁在这里工作，各能做什么；新同事的登录链接。",
            en: "Who works here and may do what; links for new colleagues.")
    ),
    (
        "/audit", Bilingual(zh: "操作记录", en: "Audit trail"),
        Bilingual(
            zh: "谁在什么时候做了什么，一条也不会少。", en: "Who did what and when, without a gap.")
    ),
]
