import Casework
import FeeLedger
import Foundation
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@testable import WebPages

/// Maple Court on 20 December 2026, with the office's people, seen through its pages.
private final class Counter: ServedOffice {
    init(_ change: (inout [String: String]) -> Void = { _ in }) throws {
        try super.init(today: "2026-12-20") { office in
            var files = MapleCourt.files
            change(&files)
            let report = try office.take(files)
            #expect(report.problems.isEmpty)
            for day in ["2026-11-05", "2026-12-14"] {
                _ = try runPeriod(
                    period("2026-11"), asOf: date(day), dryRun: false, effects: office.effects)
            }
        }
    }

    func get(_ address: String) -> PageResponse { get(address, as: "罗文") }

    func post(
        _ address: String, _ form: [String: String] = [:], token: String = randomToken()
    ) -> PageResponse {
        post(address, form, as: "钱收", token: token)
    }

    /// How many payments there are, and what was taken in all.
    func taken() throws -> String {
        let list = try paymentList(
            Session.PaymentFilter(), page: 1, size: 100, effects: office.effects)
        return "\(list.count) \(list.amount)"
    }

    let paid = ["amount": "100", "method": "pos", "date": "2026-12-20"]
}

extension PageResponse {
    /// What the field of that name holds.
    fileprivate func value(of name: String) -> String? {
        guard let field = shown.range(of: "name=\"\(name)\" value=\"") else { return nil }
        return String(shown[field.upperBound...].prefix { $0 != "\"" })
    }

    /// The text that a reader sees, without tags, white space run together.
    fileprivate var words: String {
        var words = ""
        var isInTag = false
        for letter in shown {
            if letter == "<" { isInTag = true }
            if !isInTag { words.append(letter) }
            if letter == ">" {
                isInTag = false
                words.append(" ")
            }
        }
        return words.split { $0.isWhitespace }.joined(separator: " ")
    }
}

@Suite struct `The page of an account` {
    @Test(arguments: ["1-101", "1-102", "1-201"])
    func `shows what the books say, and every late fee run by run`(unit: String) throws {
        let counter = try Counter()
        let explained = try explainLateFees(
            of: unit, owner: nil, asOf: date("2026-12-20"), effects: counter.office.effects)
        let page = counter.get("/units/\(unit)")
        #expect(page.status == 200)
        #expect(page.words.contains(money(explained.statement.total) + " 本金"))
        #expect(page.words.contains("本金 \(money(explained.statement.principalOpen)) + 违约金 "))
        for line in explained.lines {
            #expect(page.words.contains(money(line.standing.lateFeeOpen)))
            let key = "\(line.standing.charge.item.code)-\(line.standing.charge.period)"
            let why = counter.get("/units/\(unit)?why=\(key)").words
            for run in line.accrual.runs {
                #expect(
                    why.contains(
                        "\(run.first) 至 \(run.last) \(run.days) \(money(run.principal)) "
                            + "\(run.rate.perMille) \([run].exactYuan)"))
            }
            #expect(
                why.contains("\(line.accrual.runs.exactYuan) → \(money(line.accrual.uncapped))"))
        }
    }

    @Test func `opens for every role, and offers what the role may do`() throws {
        let counter = try Counter()
        for (name, role) in Counter.people {
            let page = counter.get("/units/1-101", as: name)
            #expect(page.status == 200)
            let mayTake = role == .cashier || role == .manager
            #expect(page.shown.contains("记一笔收款") == mayTake)
            #expect(page.shown.contains("记联系") == (mayTake || role == .clerk))
        }
    }

    @Test func `is of another day where one is named, as people write it`() throws {
        let counter = try Counter()
        let page = counter.get("/units/1-101?as-of=2026/10/30")
        #expect(page.words.contains("截至 2026-10-30 共欠"))
        #expect(page.words.contains("本金 ¥285.00 + 违约金 ¥4.28 − 预存 ¥0.00"))
    }

    @Test func `shows settled charges and one kind of event where asked to`() throws {
        let counter = try Counter()
        #expect(!counter.get("/units/1-101").words.contains("2026-09 物业服务费 2026-09-15"))
        #expect(counter.get("/units/1-101?all=1").words.contains("2026-09 物业服务费 2026-09-15"))
        let notices = counter.get("/units/1-101?kind=notice").words
        #expect(notices.contains("正式催缴 FL-202611-"))
        #expect(!notices.contains("收款 ¥285.00"))
    }

    @Test func `of a unit that was sold has the former owner's beside it`() throws {
        let counter = try Counter()
        let page = counter.get("/units/1-102")
        #expect(page.shown.contains("href=\"/units/1-102?owner=A02\""))
        let former = counter.get("/units/1-102?owner=A02")
        #expect(former.words.contains("1-102 白乙"))
        #expect(former.shown.contains("/units/1-102/payment?owner=A02"))
    }

    @Test func `of a unit that nobody holds any more leads to who held it last`() throws {
        let counter = try Counter {
            $0["ownerships.csv"] = $0["ownerships.csv"]!.replacing(
                "P-001,A01,2020-01-01,,", with: "P-001,A01,2020-01-01,2026-06-30,")
        }
        let page = counter.get("/units/P-001")
        #expect(page.location == "/units/P-001?owner=A01")
        #expect(counter.get("/units/P-001?owner=A01").status == 200)
    }

    @Test func `names hardship to managers alone, and by one word`() throws {
        let counter = try Counter()
        for (name, role) in Counter.people {
            let text = counter.get("/units/1-201?all=1&more=1", as: name).words
            #expect(text.contains("困难家庭") == (role == .manager))
            #expect(!text.contains("低保"))
            let evidence = counter.get("/units/1-201/evidence", as: name).words
            #expect(evidence.contains("hardship") == (role == .manager))
        }
        let archive = { (name: String) in
            String(decoding: counter.post("/units/1-201/evidence", as: name).body, as: UTF8.self)
        }
        #expect(archive("罗文").contains("office-only/check.pdf"))
        #expect(!archive("何静").contains("office-only"))
    }

    @Test func `is not there for a unit or owner of no account`() throws {
        let counter = try Counter()
        for path in ["/units/9-999", "/units/1-102?owner=A01", "/units/1-102?owner=zz"] {
            #expect(counter.get(path).status == 404)
        }
    }

    @Test func `escapes what people wrote`() throws {
        let attack = "<script>alert(1)</script>"
        let counter = try Counter {
            $0["owners.csv"] = $0["owners.csv"]!.replacing("安甲", with: attack)
        }
        let form = [
            "way": "call", "date": "2026-12-20", "relation": "owner", "with": attack,
            "note": attack,
        ]
        #expect(counter.post("/units/1-101/contact", form, as: "何静").status == 303)
        for path in ["", "/payment", "/contact", "/promise", "/waiver", "/statement", "/evidence"] {
            let page = counter.get("/units/1-101" + path)
            #expect(page.status == 200)
            #expect(!page.shown.contains(attack))
        }
    }
}

@Suite struct `Taking money at the counter` {
    @Test(arguments: [("1,234.5", "¥1,234.50"), ("１２３４．５", "¥1,234.50"), ("0.01", "¥0.01")])
    func `takes an amount as people type it, and gives its receipt`(typed: String, shown: String)
        throws
    {
        let counter = try Counter()
        let done = counter.post(
            "/units/1-101/payment", counter.paid.merging(["amount": typed]) { $1 })
        #expect(done.location == "/receipts/SJ-202612-00001")
        let receipt = counter.get("/receipts/SJ-202612-00001", as: "钱收").words
        #expect(receipt.contains("金额 \(shown) 人民币"))
        #expect(receipt.contains("经办人 钱收"))
    }

    @Test(arguments: [
        ("amount", "1e3"), ("amount", "1.234"), ("amount", "0"), ("amount", ""), ("amount", "-5"),
        ("date", "2026-13-01"), ("date", "2026-12-21"), ("method", "cheque"),
    ])
    func `refuses what is wrong, says so at its field, and keeps what was typed`(
        field: String, typed: String
    ) throws {
        let counter = try Counter()
        let before = try counter.taken()
        let form = counter.paid.merging([field: typed, "note": "年底一起付"]) { $1 }
        let page = counter.post("/units/1-101/payment", form)
        #expect(page.status == 422)
        #expect(page.shown.contains("href=\"#\(field)\""))
        #expect(page.shown.contains("value=\"年底一起付\""))
        if field != "method" { #expect(page.shown.contains("value=\"\(typed)\"")) }
        #expect(try counter.taken() == before)
    }

    @Test func `is refused on a day on which the unit was another's`() throws {
        let counter = try Counter()
        let before = try counter.taken()
        let page = counter.post(
            "/units/1-102/payment", counter.paid.merging(["date": "2026-06-30"]) { $1 })
        #expect(page.status == 422 && page.shown.contains("这套房属于 白乙"))
        #expect(try counter.taken() == before)
    }

    @Test func `lists no page beyond all pages`() throws {
        let counter = try Counter()
        for page in ["9223372036854775807", "-9223372036854775808", "0", "x", "99"] {
            #expect(counter.get("/payments?page=\(page)", as: "钱收").status == 200)
        }
    }

    @Test func `records one payment for one form, however often it comes`() throws {
        let counter = try Counter()
        let token = randomToken()
        let first = counter.post("/units/1-101/payment", counter.paid, token: token)
        let once = try counter.taken()
        for amount in ["100", "100", "200"] {
            let again = counter.post(
                "/units/1-101/payment", counter.paid.merging(["amount": amount]) { $1 },
                token: token)
            #expect(again.location == first.location)
        }
        #expect(try counter.taken() == once)
        _ = counter.post("/units/1-101/payment", counter.paid)
        #expect(try counter.taken() != once)
    }

    @Test func `focuses the amount first, then the print, four pages after the log-in`() throws {
        let counter = try Counter()
        let account = counter.get("/units/1-101", as: "钱收")
        #expect(account.shown.contains("href=\"/units/1-101/payment\""))
        let form = counter.get("/units/1-101/payment", as: "钱收")
        #expect(
            form.shown.contains(
                "name=\"amount\" value=\"\" inputmode=\"decimal\" required autofocus"))
        let receipt = counter.post("/units/1-101/payment", counter.paid).location!
        #expect(
            counter.get(receipt, as: "钱收").shown.contains("<button class=\"btn go\" autofocus>"))
        let printed = counter.post(receipt + "/print")
        #expect(printed.status == 200 && printed.shown.contains("data-print-now"))
    }

    @Test func `marks every print but the first; what is only looked at is no receipt on paper`()
        throws
    {
        let counter = try Counter()
        let path = counter.post("/units/1-101/payment", counter.paid).location!
        #expect(counter.get(path).words.contains("不作收据"))
        let token = randomToken()
        let first = counter.post(path + "/print", token: token)
        #expect(!first.words.contains("不作收据") && !first.shown.contains("class=\"copy\""))
        // Loaded again, it is the page that one looks at.
        #expect(counter.post(path + "/print", token: token).location == path)
        let look = counter.get(path + "?print=1")
        #expect(look.words.contains("不作收据") && !look.shown.contains("data-print-now"))
        #expect(look.words.contains("打印过 1 次"))
        #expect(counter.post(path + "/print").words.contains("补打 第 1 次"))
        #expect(counter.post(path + "/print").words.contains("补打 第 2 次"))
    }

    @Test func `is for cashiers and managers`() throws {
        let counter = try Counter()
        for (name, role) in Counter.people {
            let done = counter.post("/units/1-101/payment", counter.paid, as: name)
            #expect(done.status == (role == .cashier || role == .manager ? 303 : 403))
        }
    }

    @Test func `goes to the former owner's account where that one is named`() throws {
        let counter = try Counter()
        let path = counter.post("/units/1-102/payment?owner=A02", counter.paid).location!
        let receipt = counter.get(path)
        #expect(receipt.words.contains("1-102 白乙"))
        #expect(receipt.words.contains("2026-05 物业服务费 本金 ¥100.00"))
        #expect(receipt.shown.contains("href=\"/units/1-102?owner=A02\""))
    }

    @Test func `is taken back by two: proposed with a reason, and shown as waiting`() throws {
        let counter = try Counter()
        let path = counter.post("/units/1-101/payment", counter.paid).location!
        #expect(counter.post(path + "/reversal", ["reason": " "]).status == 422)
        #expect(counter.get(path + "/reversal").shown.contains("提出冲红 ¥100.00"))
        let done = counter.post(path + "/reversal", ["reason": "记错户"])
        #expect(done.location == path)
        #expect(counter.get(path).words.contains("等另一位经理决定"))
        #expect(counter.post(path + "/reversal", ["reason": "again"]).status == 422)
        let number = try proposalNumber(counter)
        _ = try decide(
            proposal: number,
            Approval(isApproved: true, day: date("2026-12-20"), by: "罗文", reason: ""),
            effects: counter.office.effects)
        let receipt = counter.get(path).words
        #expect(receipt.contains("已冲红") && receipt.contains("罗文 2026-12-20 批准"))
        #expect(counter.post(path + "/print").status == 409)
    }

    private func proposalNumber(_ counter: Counter) throws -> Int {
        try counter.office.effects.store.read { session in
            let id = try session.community(code: "FL")!
            return try session.proposals(of: id, asOf: date("2026-12-20"), isOpen: true)
                .first { $0.kind == "payment_reversal" }!.id.number
        }
    }

    @Test func `is listed with sums that its filters share`() throws {
        let counter = try Counter()
        _ = counter.post("/units/1-101/payment", counter.paid)
        let december = counter.get("/payments", as: "周审计").words
        #expect(december.contains("合计 1 笔 ¥100.00"))
        let year = counter.get("/payments?from=2026-01-01&to=20261231").words
        #expect(year.contains("合计 4 笔 ¥940.13"))
        #expect(year.contains("刷卡 1 ¥100.00"))
        #expect(year.contains("转账 2 ¥540.13"))
        let byBank = counter.get("/payments?from=2026-01-01&method=bank").words
        #expect(byBank.contains("合计 2 笔 ¥540.13"))
        let file = counter.get("/payments/file?from=2026-01-01&method=bank", as: "周审计")
        #expect(file.status == 200 && file.body.starts(with: Array("PK".utf8)))
    }
}

@Suite struct `What is noted on an account` {
    @Test func `is a contact, with the rules that it broke and the course to take`() throws {
        let counter = try Counter()
        let form = [
            "way": "visit", "date": "2026-12-20", "time": "2130", "second": "许亮",
            "relation": "neighbour", "with": "老李", "note": "说了他欠费", "reason": "refuses",
        ]
        let done = counter.post("/units/1-101/contact", form, as: "何静")
        let page = counter.get(done.location!, as: "何静").words
        #expect(page.contains("违反规定：安静时段"))
        #expect(page.contains("违反规定：欠费只能告诉业主"))
        #expect(page.contains("上门 何静、许亮"))
        let alone = counter.post(
            "/units/1-101/contact", form.merging(["second": ""]) { $1 }, as: "何静")
        #expect(alone.status == 422)
        #expect(alone.shown.contains("href=\"#second\""))
        #expect(alone.shown.contains("说了他欠费"))
    }

    @Test func `is a promise, which then stands on the page`() throws {
        let counter = try Counter()
        let form = ["amount": "200", "until": "20261231", "date": "2026-12-20"]
        #expect(counter.post("/units/1-101/promise", form, as: "何静").location == "/units/1-101")
        #expect(counter.get("/units/1-101").words.contains("答应 2026-12-31 前付 ¥200.00"))
        let early = counter.post(
            "/units/1-101/promise", form.merging(["until": "2026-12-01"]) { $1 }, as: "何静")
        #expect(early.status == 422 && early.shown.contains("href=\"#until\""))
    }

    @Test func `is a plan proposed, whose parts are laid out by month and add up to the arrears`()
        throws
    {
        let counter = try Counter()
        let page = counter.get("/units/1-101/plan?count=4&first=2027-01-31", as: "何静")
        let due = ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
        var form = ["covers": "overdue", "count": "4", "late-fee": "pause", "reason": "四个月付清"]
        var sum = Money.zero
        for (place, day) in due.enumerated() {
            let amount = try #require(page.value(of: "amount-\(place + 1)"))
            #expect(page.value(of: "due-\(place + 1)") == day)
            form["due-\(place + 1)"] = day
            form["amount-\(place + 1)"] = amount
            sum = sum + Money(typed: amount)!
        }
        #expect(page.words.contains("提出分期：4 期，共 \(money(sum))"))
        let less = counter.post(
            "/units/1-101/plan", form.merging(["amount-4": "0.01"]) { $1 }, as: "何静")
        #expect(less.status == 422 && less.words.contains("应为 \(money(sum))，少 "))
        let swapped = counter.post(
            "/units/1-101/plan", form.merging(["due-2": "2027-01-01"]) { $1 }, as: "何静")
        #expect(swapped.status == 422 && swapped.shown.contains("href=\"#due-2\""))
        #expect(counter.post("/units/1-101/plan", form, as: "何静").location == "/units/1-101")
        let said = counter.get("/units/1-101").words
        #expect(said.contains("提出分期 提议 1") && said.contains("何静，等经理决定"))
    }

    @Test func `is a waiver proposed, of no more than is outstanding`() throws {
        let counter = try Counter()
        let form = ["charge": "wy-2026-11", "amount": "1", "reason": "忘了"]
        #expect(counter.post("/units/1-101/waiver", form, as: "何静").location == "/units/1-101")
        #expect(counter.get("/units/1-101").words.contains("提出减免违约金"))
        for change in [["amount": "999"], ["charge": "wy-2030-01"], ["reason": ""]] {
            let page = counter.post(
                "/units/1-101/waiver", form.merging(change) { $1 }, as: "何静")
            #expect(page.status == 422)
        }
    }

    @Test func `gives its statement to be signed, and its evidence as one archive`() throws {
        let counter = try Counter()
        let statement = counter.get("/units/1-101/statement").words
        #expect(statement.contains("业主签字") && statement.contains("人民币"))
        let archive = counter.post("/units/1-101/evidence", as: "何静")
        #expect(archive.type == "application/zip")
        #expect(archive.body.prefix(4) == [0x50, 0x4b, 3, 4])
        #expect(counter.post("/units/1-101/evidence", as: "周审计").status == 403)
    }
}
