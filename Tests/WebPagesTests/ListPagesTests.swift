import Foundation
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@testable import WebPages

/// An office with a browser in it, for one user of each role.
private final class Browsing: ServedOffice {
    /// - Parameter units: of an invented community; `nil`: Maple Court, with its November.
    init(units: Int? = nil, today: String) throws {
        let people = StaffRole.allCases.map { ("user of \($0.rawValue)", $0) }
        try super.init(today: today, people: people.sorted { $0.1 == .manager && $1.1 != .manager })
        { office in
            if let units {
                try makeSample(in: office.folder + "/sample", units: units, seed: 5) { _, _, _ in }
                _ = try importCommunity(
                    from: office.folder + "/sample", dryRun: false, effects: office.effects)
            } else {
                try office.take(MapleCourt.files)
            }
            _ = try runPeriod(
                period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        }
    }

    func get(_ address: String, as role: StaffRole = .manager) -> PageResponse {
        get(address, as: "user of \(role.rawValue)")
    }

    func post(
        _ path: String, _ fields: [(String, String)], as role: StaffRole = .manager,
        form: String = randomToken()
    ) -> PageResponse {
        post(path, fields, as: "user of \(role.rawValue)", token: form)
    }
}

/// What a page shows, cut out of its text.
extension PageResponse {
    fileprivate var main: String {
        shown.components(separatedBy: "<main")[1].components(separatedBy: "</main>")[0]
    }

    /// The cells of the rows of its largest table's body.
    fileprivate var rows: [[String]] { cells(in: part("tbody")) }

    fileprivate var totals: [String] { cells(in: part("tfoot")).last ?? [] }

    private func part(_ name: String) -> String {
        main.components(separatedBy: "<\(name)>").dropFirst()
            .map { $0.components(separatedBy: "</\(name)>")[0] }
            .max { $0.count < $1.count } ?? ""
    }

    private func cells(in part: String) -> [[String]] {
        part.components(separatedBy: "<tr").dropFirst().map { row in
            row.matches(of: /(?s)<t[dh][^>]*>(.*?)<\/t[dh]>/).map { plain(String($0.1)) }
        }
    }
}

private func plain(_ html: String) -> String {
    html.replacing(/<[^>]*>/, with: "").trimmingCharacters(in: .whitespaces)
        .replacing("&amp;", with: "&")
}

/// The yuan amounts that stand in a text.
private func amounts(in text: String) -> [Money] {
    text.matches(of: /(−?)¥([0-9,]+\.[0-9]{2})/).map {
        let amount = Money(typed: String($0.2))!
        return $0.1.isEmpty ? amount : -amount
    }
}

private func links(in html: String) -> [(href: String, label: String, text: String)] {
    html.matches(of: /(?s)<a href="([^"]*)"([^>]*)>(.*?)<\/a>/).map {
        (
            String($0.1).replacing("&amp;", with: "&"), String($0.2), plain(String($0.3))
        )
    }
}

@Suite struct `The dashboard's page` {
    @Test(arguments: ["2026-11-21", "2026-12-01"])
    func `shows no figure that the list it links to does not add up to`(today: String) throws {
        let browsing = try Browsing(units: 80, today: today)
        for address in ["/dashboard", "/dashboard?as-of=2026-10-31"] {
            let page = browsing.get(address)
            #expect(page.status == 200 && page.body.count < 100_000)
            var checked = 0
            for link in links(in: page.main)
            where link.href.hasPrefix("/charges") || link.href.hasPrefix("/units") {
                let list = browsing.get(link.href)
                #expect(list.status == 200)
                let sums = list.totals.flatMap { amounts(in: $0) }
                let shown = amounts(in: link.text + link.label)
                for amount in shown where amount != .zero {
                    #expect(sums.contains(amount), "\(link) leads to \(list.totals)")
                    checked += 1
                }
                if let count = link.text.firstMatch(of: /^([0-9,]+ (?:户|笔))/), count.1.first != "0"
                {
                    let isSum = list.totals.joined(separator: " ").contains("全部 \(count.1)")
                    let heading = plain(list.main.components(separatedBy: "</div>")[0])
                    #expect(isSum || heading.contains(count.1), "\(link) leads to \(heading)")
                    checked += 1
                }
            }
            #expect(checked > 60)
        }
    }

    @Test func `is there in English, too, and as a workbook`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        let file = browsing.get("/dashboard/file", as: .auditor)
        #expect(file.status == 200 && file.body.starts(with: Array("PK".utf8)))
        let charges = browsing.get("/charges/file?mark=overdue", as: .auditor)
        #expect(charges.status == 200 && charges.body.starts(with: Array("PK".utf8)))
    }

    @Test func `says nothing of hardship but to managers`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        _ = try openHardshipCase(
            for: "1-201", owner: nil, kind: .temporary, reason: "住院", by: "user of clerk",
            on: date("2026-11-06"), review: date("2026-12-10"), effects: browsing.office.effects)
        let addresses = [
            "/dashboard", "/units", "/units?mark=review", "/units?hold=hardship", "/charges",
        ]
        for address in addresses {
            for role in [StaffRole.clerk, .cashier, .auditor, .administrator] {
                let page = browsing.get(address, as: role)
                #expect(page.status == 200)
                for word in ["困难户", "减免期", "暂停：困难", "1-201", "hold: hardship"] {
                    let isAllowed = word == "1-201" && ["/units", "/charges"].contains(address)
                    #expect(isAllowed || !page.main.contains(word), "\(word) in \(address)")
                }
            }
        }
        #expect(browsing.get("/dashboard").main.contains("困难户"))
        #expect(browsing.get("/units?mark=review").main.contains("1-201"))
    }
}

@Suite struct `The pages of lists` {
    @Test func `have totals that are the sums of their rows, page by page`() throws {
        let browsing = try Browsing(units: 130, today: "2026-11-21")
        for (path, column) in [("/units", 5), ("/charges?mark=open", 8)] {
            var sum = Money.zero
            var total = Money.zero
            for page in 1... {
                let separator = path.contains("?") ? "&" : "?"
                let list = browsing.get("\(path)\(separator)page=\(page)")
                #expect(list.body.count < 100_000)
                sum += list.rows.reduce(.zero) { $0 + amounts(in: $1[column])[0] }
                total = try #require(
                    amounts(in: list.totals.joined(separator: " ")).dropFirst(2).first)
                if !list.main.contains("rel=\"next\"") { break }
                #expect(list.rows.count == 50)
            }
            let expected = browsing.get(path).totals.flatMap { amounts(in: $0) }
            #expect(expected.contains(sum), "\(path): \(sum), not in \(expected)")
            #expect(total > .zero)
        }
    }

    @Test func `are put in order and filtered by the address`() throws {
        let browsing = try Browsing(units: 80, today: "2026-11-21")
        let list = browsing.get("/units?sort=total&falling=1&days=31")
        let totals = list.rows.map { amounts(in: $0[5])[0] }
        #expect(!totals.isEmpty && totals == totals.sorted(by: >))
        #expect(list.rows.allSatisfy { Int($0[6].filter { $0 != "," })! >= 31 })
        #expect(browsing.get("/units?page=9999&sort=nonsense&days=x").status == 200)
        #expect(browsing.get("/units?building=%3Cscript%3E").main.contains("没有符合条件的户"))
    }

    @Test func `are found by spelling, name and phone, without either in an address`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        for text in ["1-102", "1栋102", "１－１０２"] {
            let answer = browsing.post("/search", [("find", text)], as: .auditor)
            #expect(answer.status == 303 && answer.location == "/units/1-102")
        }
        let several = browsing.post("/search", [("find", "安甲")])
        #expect(several.status == 200 && several.rows.map { $0[0] } == ["1-101", "P-001"])
        #expect(!links(in: several.shown).contains { $0.href.contains("%E5%AE%89") })
        #expect(browsing.post("/search", [("find", "0103")]).location == "/units/1-102")
        let nothing = browsing.post("/search", [("find", "<b>x</b>")])
        #expect(nothing.main.contains("没有找到") && !nothing.shown.contains("<b>x"))
        #expect(browsing.get("/search").status == 200)
    }
}

@Suite struct `Acts on many accounts` {
    private func hold(_ scope: String, _ more: [(String, String)]) -> [(String, String)] {
        [
            ("scope", scope), ("as-of", "2026-11-21"), ("reason", "disputed"),
            ("from", "2026-11-21"), ("to", "20261231"), ("note", "电梯"),
        ] + more
    }

    /// The hidden fields that a page carries on.
    private func carried(_ page: PageResponse, action: String) -> [(String, String)] {
        let form = page.main.components(separatedBy: "action=\"\(action)\"")[1]
            .components(separatedBy: "</form>")[0]
        return form.matches(of: /name="([^"]*)" value="([^"]*)"/).map {
            (String($0.1), String($0.2))
        }.filter { $0.0 != "csrf" && $0.0 != "form" }
    }

    private func disputed(_ browsing: Browsing) throws -> [String] {
        var units: [String] = []
        try forEachHold(asOf: date("2026-12-31"), effects: browsing.office.effects) {
            if $0.hold.reason == .disputed { units.append("\($0.unit) \($0.owners)") }
        }
        return units
    }

    @Test func `are shown before, with who is left out and why, and done once`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        let list = browsing.get("/units")
        let all =
            [("scope", "all")]
            + carried(list, action: "/units/chosen").filter {
                $0.0 == "fingerprint" || $0.0 == "as-of"
            }
        let chosen = browsing.post("/units/chosen", all, as: .clerk)
        #expect(chosen.main.contains("符合条件的全部 5 户"))
        let fields = carried(chosen, action: "/units/holds/preview")
            .filter { !["from", "to", "note", "reason"].contains($0.0) }
        let entry = [
            ("reason", "disputed"), ("from", "2026-11-21"), ("to", "20261231"), ("note", "电梯"),
        ]
        let preview = browsing.post("/units/holds/preview", fields + entry, as: .clerk)
        #expect(preview.main.contains("会暂停：4 户") && preview.main.contains("因为：1 户"))
        #expect(preview.main.contains("不是这一户持有"))
        #expect(try disputed(browsing) == [])
        let confirm = carried(preview, action: "/units/holds")
        let result = browsing.post("/units/holds", confirm, as: .clerk, form: "once")
        #expect(result.status == 200 && result.main.contains("已暂停"))
        let held = ["1-101 A01", "1-102 A03;A04", "1-201 A05", "P-001 A01"]
        #expect(try disputed(browsing) == held)
        let again = browsing.post("/units/holds", confirm, as: .clerk, form: "once")
        #expect(again.status == 409 && again.main.contains("只记了一次"))
        #expect(try disputed(browsing) == held)
        // A list that has changed since is shown again.
        let late = browsing.post("/units/holds/preview", fields + entry, as: .clerk)
        #expect(late.main.contains("会暂停：0 户") && late.main.contains("已有同样原因的暂停"))
    }

    @Test func `take only those ticked, or the page that was seen`() throws {
        let browsing = try Browsing(units: 130, today: "2026-11-21")
        let list = browsing.get("/units?sort=total&falling=1")
        let rows = carried(list, action: "/units/chosen").filter { $0.0 == "row" }
        #expect(rows.count == 50)
        let page = browsing.post("/units/chosen", rows + [("scope", "page")])
        #expect(page.main.contains("选中的 50 户"))
        let ticks = rows.prefix(3).map { ("tick", $0.1) }
        let ticked = browsing.post("/units/chosen", rows + ticks + [("scope", "ticked")])
        #expect(ticked.main.contains("选中的 3 户"))
        let none = browsing.post("/units/chosen", rows + [("scope", "ticked")])
        #expect(none.main.contains("没有选中任何一户"))
        let preview = browsing.post("/units/holds/preview", hold("ticked", Array(ticks)))
        #expect(preview.main.contains("会暂停：3 户"))
    }

    @Test func `keep what was typed where it is wrong`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        let wrong = browsing.post(
            "/units/holds/preview",
            [
                ("scope", "ticked"), ("tick", "1-101|2020-01-01"), ("reason", ""),
                ("from", "2026-11-31"), ("to", "2026-11-01"), ("note", "<i>&"),
            ])
        #expect(wrong.status == 422 && wrong.main.contains("href=\"#from\""))
        #expect(wrong.main.contains("value=\"2026-11-31\"") && !wrong.main.contains("<i>"))
        let noAuditor = browsing.post("/units/holds", hold("all", []), as: .auditor)
        #expect(noAuditor.status == 403)
    }

    @Test func `write what the list shows into a file, and a list for a walk`() throws {
        let browsing = try Browsing(today: "2026-11-21")
        _ = try enter(
            .owners, .change, values: ["owner": "A01", "name": "=HYPERLINK(1)"],
            effects: browsing.office.effects)
        let list = browsing.get("/units?sort=total&falling=1")
        let fields = carried(list, action: "/units/chosen") + [("scope", "all")]
        let csv = browsing.post("/units/file", fields + [("kind-of-file", "csv")])
        let lines = csv.shown.split(separator: "\n").dropFirst()
        #expect(lines.map { $0.prefix { $0 != "," } } == list.rows.map { Substring($0[1]) })
        #expect(csv.shown.contains("'=HYPERLINK(1)") && csv.shown.hasPrefix("\u{FEFF}房号,业主"))
        let book = browsing.post("/units/file", fields + [("kind-of-file", "xlsx")])
        #expect(book.body.starts(with: Array("PK".utf8)))
        let walk = browsing.post("/units/walk", fields)
        #expect(walk.main.contains("走访名单") && walk.main.contains("P-001"))
    }
}
