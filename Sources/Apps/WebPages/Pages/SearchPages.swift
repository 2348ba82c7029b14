import Office
import Primitives

/// The search of the top bar. It is posted, so that no name and no phone number stands in a URL.
let searchRoutes: [Route] = [
    Route(.post, "/search", for: .everyone) { try searchPage($0) },
    Route(.get, "/search", for: .everyone) { try emptySearchPage($0) },
]

private func emptySearchPage(_ visit: Visit) throws -> PageResponse {
    try resultPage(visit, FoundAccounts.none, text: "")
}

private func searchPage(_ visit: Visit) throws -> PageResponse {
    var form = visit.form
    let text = form.optional("find", atMost: 100) ?? ""
    guard form.problems.isEmpty else {
        return try resultPage(visit, FoundAccounts.none, text: "")
    }
    let found = try findUnits(text, effects: visit.effects)
    if let unit = found.onlyUnit {
        let only = found.accounts.count == 1 ? found.accounts[0] : nil
        let address = only.map { visit.address(of: $0) } ?? visit.unitAddress(unit)
        return .redirect(address)
    }
    return try resultPage(visit, found, text: text)
}

private func resultPage(
    _ visit: Visit, _ found: FoundAccounts, text: String
) throws -> PageResponse {
    let language = visit.language
    let hasParts = found.accounts.contains { $0.reasons.contains(.partOfUnit) }
    return try visit.page(
        "search", title: say("找一户", "Find a unit"), nav: .units,
        [
            "text": text, "hasText": !text.isEmpty, "hasFound": !found.accounts.isEmpty,
            "count": accountsInWords(found.accounts.count)[language], "isCut": found.isCut,
            // A unit's spelling is nobody's name.
            "list": hasParts ? visit.address("/units", [("unit", text)]) as Any : false,
            "rows": found.accounts.map { one -> [String: Any] in
                let isFormer = one.to.map { $0 < visit.today } ?? false
                let former = one.to.map { say("原业主，到 \($0)", "former, to \($0)")[language] }
                return [
                    "unit": one.unit, "href": visit.address(of: one),
                    "names": one.ownerNames.joined(separator: language == .zh ? "、" : ", "),
                    "former": isFormer ? former as Any? ?? false : false,
                    "why": one.reasons.map { $0.words[language] }
                        .joined(separator: language == .zh ? "、" : ", "),
                ]
            },
        ])
}

extension Visit {
    /// A former owner's account is his own page.
    fileprivate func address(of found: FoundAccount) -> String {
        found.to.map { $0 < today } ?? false
            ? accountAddress(found.unit, former: found.owners) : unitAddress(found.unit)
    }
}

extension FoundAccount.Reason {
    fileprivate var words: Bilingual {
        switch self {
        case .unit: say("房号", "unit")
        case .partOfUnit: say("房号的一部分", "part of the unit's code")
        case .name: say("姓名", "name")
        case .phoneTail: say("电话尾号", "end of the phone number")
        case .notice(let number): say("通知 \(number)", "notice \(number)")
        }
    }
}
