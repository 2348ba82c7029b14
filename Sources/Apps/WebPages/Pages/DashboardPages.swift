import Dunning
import Office
import Primitives
import SQLiteStore

/// The office's figures, each with the list that adds up to it.
let dashboardRoutes: [Route] = [
    Route(.get, "/dashboard", for: .everyone) { try dashboardPage($0) },
    Route(.get, "/dashboard/file", for: .everyone) { try dashboardFile($0) },
]

private func dashboardPage(_ visit: Visit) throws -> PageResponse {
    let books = try booksOnDay(asOf: visit.asOf, effects: visit.effects)
    let figures = books.dashboard(seesHardship: visit.seesHardship)
    var model = visit.keys(figures, books)
    model["wide"] = visit.columns(figures, .wideColumns, isWide: true)
    model["narrow"] = visit.columns(figures, .narrowColumns, isWide: false)
    model["trend"] = visit.trend(books)
    model["span"] = "\(books.periods[0]) – \(books.periods[11])"
    model["ages"] = visit.ages(figures)
    model["ends"] = visit.ends(figures)
    model["allEnds"] = visit.address("/charges", [("mark", "open"), ("sort", "last_day")])
    model["cases"] = visit.cases(figures)
    model["seesHardship"] = visit.seesHardship
    model["hardshipPath"] = visit.openPath("/hardship")
    model["post"] = visit.post(try postFigures(effects: visit.effects))
    model["file"] = visit.address("/dashboard/file")
    model["units"] = count(books.units)
    return try visit.page(
        "dashboard", title: say("总览", "Overview"), nav: .dashboard,
        values: ["as-of": visit.asOf.description], model)
}

extension Visit {
    /// The five figures at the top.
    fileprivate func keys(_ figures: Dashboard, _ books: BooksOnDay) -> [String: Any] {
        let (first, last) = (books.periods[0], books.periods[11])
        let older = first.advanced(byMonths: -1)
        let current = figures.periods[11]
        return [
            "rate": percent(figures.rate), "twelve": chargesAddress(from: first, to: last),
            "currentRate": percent(current.rate), "currentPeriod": "\(current.period)",
            "current": chargesAddress(from: current.period, to: current.period),
            "yearBefore": comparison(figures)?[language] as Any? ?? false,
            "payable": money(figures.rate.payable),
            "charges": chargesInWords(figures.charges)[language],
            "met": money(figures.rate.met), "lateFeePaid": money(figures.lateFeePaid),
            "lateFeePaidHref": chargesAddress(from: first, to: last, mark: .lateFeePaid),
            "overdue": money(figures.overdue), "overdueHref": chargesAddress(mark: .overdue),
            "recent": money(figures.overdueOfPeriods),
            "recentHref": chargesAddress(from: first, to: last, mark: .overdue),
            "older": money(figures.overdue - figures.overdueOfPeriods),
            "olderHref": chargesAddress(to: older, mark: .overdue),
            "hasNotDue": figures.notDue > .zero, "notDue": money(figures.notDue),
            "notDueHref": chargesAddress(mark: .notDue),
            "lateFee": money(figures.lateFee), "lateFeeHref": chargesAddress(mark: .lateFee),
            "waived": money(figures.lateFeeWaived),
            "waivedHref": chargesAddress(from: first, to: last, mark: .lateFeeWaived),
        ]
    }

    private func comparison(_ figures: Dashboard) -> Bilingual? {
        guard let before = figures.yearBefore, let now = figures.rate.perMille,
            let then = before.perMille
        else { return nil }
        let points = "\(abs(now - then) / 10).\(abs(now - then) % 10)"
        let was = percent(before)
        if now == then { return say("去年同期 \(was)，持平", "a year before \(was), the same") }
        return now > then
            ? say("去年同期 \(was)，高 \(points) 个百分点", "a year before \(was), up \(points) points")
            : say("去年同期 \(was)，低 \(points) 个百分点", "a year before \(was), down \(points) points")
    }

    fileprivate func ages(_ figures: Dashboard) -> [[String: Any]] {
        let most = max(1, figures.ages.map(\.principal.fen).max() ?? 0)
        return figures.ages.map { one in
            let width = one.principal.fen * 1000 / most
            return [
                "words": one.age.words[language], "width": "\(width / 10).\(width % 10)",
                "isOld": one.age.isOverYear, "accounts": accountsInWords(one.accounts)[language],
                "amount": money(one.principal),
                "unitsHref": address("/units", [("age", one.age.rawValue)]),
                "href": address("/charges", [("age", one.age.rawValue)]),
            ]
        }
    }

    fileprivate func ends(_ figures: Dashboard) -> [[String: Any]] {
        figures.ends.map { one in
            [
                "words": one.end.words[language],
                "mark": one.charges > 0
                    ? ["kind": one.end.mark.kind, "words": one.end.mark.words[language]] as Any
                    : false,
                "count": chargesInWords(one.charges)[language], "amount": money(one.principal),
                "href": address("/charges", [("end", one.end.rawValue), ("sort", "last_day")]),
            ]
        }
    }

    /// Hardship for those who may see it; plans and promises for everybody.
    fileprivate func cases(_ figures: Dashboard) -> [[String: Any]] {
        func row(_ mark: UnitFilter.Mark, _ note: Any = false, _ noteHref: Any = false)
            -> [String: Any]
        {
            [
                "words": mark.words[language],
                "count": accountsInWords(figures.marks[mark] ?? 0)[language],
                "href": marked(mark), "note": note, "noteHref": noteHref,
            ]
        }
        var rows: [[String: Any]] = []
        if seesHardship {
            let year = "\(asOf.year)"
            let conceded = figures.concededThisYear
            rows.append(
                row(
                    .relief,
                    say("本年账期已减 \(money(conceded))", "conceded this year \(money(conceded))")[
                        language],
                    address(
                        "/charges",
                        [("from", year + "-01"), ("to", year + "-12"), ("mark", "conceded")])))
            rows.append(
                row(
                    .deciding,
                    figures.waitsSince.map {
                        say("最久 \(asOf - $0) 天", "the oldest \(asOf - $0) days")[language]
                    } as Any? ?? false))
            rows.append(
                row(
                    .review,
                    figures.nextReview.map { say("最早 \($0)", "the first on \($0)")[language] }
                        as Any? ?? false))
        }
        let (kept, late) = (figures.marks[.planKept] ?? 0, figures.marks[.planLate] ?? 0)
        rows.append(
            row(
                .plan, say("按时 \(kept) 户，迟 \(late) 户", "kept \(kept), late \(late)")[language],
                late > 0 ? marked(.planLate) as Any : false))
        let promised = money(figures.promised)
        rows.append(
            row(.promise, say("共 \(promised)", "\(promised) in all")[language]))
        rows.append(row(.broken))
        return rows
    }

    private func marked(_ mark: UnitFilter.Mark) -> String {
        address("/units", [("mark", mark.rawValue), ("former", "1")])
    }

    /// Mail and letters as they stand now.
    fileprivate func post(_ figures: PostFigures) -> [[String: Any]] {
        var rows = DeliveryState.allCases.compactMap { state -> [String: Any]? in
            let number = figures.mail[state] ?? 0
            guard number > 0 else { return nil }
            let words = say("邮件：\(state.words.zh)", "mail: \(state.words.en)")
            return [
                "words": words[language], "count": count(number),
                "href": "/mail/list?state=\(state.rawValue)",
            ]
        }
        rows.append([
            "words": say("信件待打印", "letters to print")[language],
            "count": count(figures.unprinted), "href": openPath("/letters"),
        ])
        return rows
    }
}

// MARK: - As a file

/// What the page shows, line by line.
private func dashboardFile(_ visit: Visit) throws -> PageResponse {
    let books = try booksOnDay(asOf: visit.asOf, effects: visit.effects)
    let figures = books.dashboard(seesHardship: visit.seesHardship)
    let language = visit.language
    var rows: [[String]] = []
    func add(_ part: Bilingual, _ what: String, _ number: Int?, _ amount: Money?) {
        rows.append([
            part[language], what, number.map(String.init) ?? "", amount?.description ?? "",
        ])
    }
    let twelve = say("近 12 个账期", "Last 12 periods")
    add(twelve, say("应收", "charged")[language], figures.charges, figures.rate.payable)
    add(twelve, say("实收", "paid")[language], nil, figures.rate.met)
    add(twelve, say("另收违约金", "late fee paid")[language], nil, figures.lateFeePaid)
    add(twelve, say("已免违约金", "late fee waived")[language], nil, figures.lateFeeWaived)
    for one in figures.periods {
        add(say("账期应收", "Charged"), "\(one.period)", nil, one.rate.payable)
        add(say("账期实收", "Paid"), "\(one.period)", nil, one.rate.met)
        add(say("账期未收", "Open"), "\(one.period)", nil, one.open)
    }
    let debt = say("欠费", "Arrears")
    add(debt, say("欠费本金", "overdue principal")[language], nil, figures.overdue)
    add(debt, say("未到期", "not due yet")[language], nil, figures.notDue)
    add(debt, say("违约金", "late fee")[language], nil, figures.lateFee)
    for one in figures.ages {
        add(say("账龄", "Age"), one.age.words[language], one.accounts, one.principal)
    }
    for end in books.monthEnds.suffix(12) {
        add(say("欠费走势", "Arrears by day"), "\(end.day)", nil, end.overdue)
    }
    for one in figures.ends {
        add(say("诉讼时效", "Limitation"), one.end.words[language], one.charges, one.principal)
    }
    for mark in UnitFilter.Mark.allCases {
        guard let number = figures.marks[mark] else { continue }
        add(say("户数", "Accounts"), mark.words[language], number, nil)
    }
    let file = ListFile(
        [
            (say("部分", "Part")[language], .text), (say("项目", "Figure")[language], .text),
            (say("数量", "Count")[language], .count), (say("金额", "Amount")[language], .amount),
        ], rows: rows)
    return .file(
        try file.bytes(as: .xlsx),
        type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        name: "dashboard-\(visit.asOf).xlsx")
}
