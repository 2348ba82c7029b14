import Casework
import FeeLedger
import FoundationEssentials
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing
import WebPages

@testable import Scans

/// Maple Court as of 5 November 2026, with the office's people, seen through its pages.
private final class Pages: ServedOffice {
    init(_ files: [String: String] = MapleCourt.files) throws {
        try super.init(today: "2026-11-05") { office in
            let report = try office.take(files)
            #expect(report.problems.isEmpty)
        }
    }
}

extension PageResponse {
    /// The value of the hidden field.
    fileprivate func hidden(_ name: String) -> String? {
        guard let field = shown.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
        return String(shown[field.upperBound...].prefix { $0 != "\"" })
    }
}

@Suite struct `The page of today` {
    @Test func `lists the work in its groups, with names, why, amount and step`() throws {
        let pages = try Pages()
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false,
            effects: pages.office.effects)
        let page = pages.get("/", as: "罗文")
        #expect(page.status == 200)
        #expect(page.shown.contains("共 "))
        #expect(page.shown.contains("白乙"))
        #expect(page.shown.contains("href=\"/units/1-102\""))
        #expect(!page.shown.contains("还没有出账"))
    }

    @Test func `says that the month is not run yet, to those who may run it`() throws {
        let pages = try Pages()
        #expect(pages.get("/", as: "何静").shown.contains("11 月还没有出账，去预览"))
        #expect(!pages.get("/", as: "周审计").shown.contains("去预览"))
    }
}

@Suite struct `The pages of a run` {
    private let query = ["period": "2026-11", "as-of": "2026-11-05"]

    private func ended(_ pages: Pages, _ response: PageResponse) async throws -> PageResponse {
        let path = try #require(response.location)
        while true {
            let page = pages.get(path, as: "罗文")
            if !page.shown.contains("http-equiv=\"refresh\"") { return page }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func `preview what the run then does, and do it once`() async throws {
        let pages = try Pages()
        let before = FileManager.default.contents(atPath: pages.office.database)
        let preview = pages.get("/run", query, as: "罗文")
        #expect(preview.status == 200)
        #expect(preview.shown.contains("出 11 月账：3 笔收费 ¥825.13、4 份通知"))
        // The lists and the samples can be opened, and nothing of it changes anything.
        for path in ["/run/samples/0/picture", "/run/samples/0/letter", "/run/samples/3/mail"] {
            #expect(pages.get(path, query, as: "何静").status == 200, "\(path)")
        }
        let list = pages.get(
            "/run/list", query.merging(["list": "charges-0"]) { $1 }, as: "周审计")
        #expect(list.shown.contains("¥825.13"))
        #expect(FileManager.default.contents(atPath: pages.office.database) == before)

        let form = query.merging(["counted": try #require(preview.hidden("counted"))]) { $1 }
        let token = randomToken()
        let begun = pages.post("/run", form, as: "罗文", token: token)
        #expect(begun.status == 303)
        let result = try await ended(pages, begun)
        #expect(result.shown.contains("出了 3 笔收费，共 ¥825.13；4 份通知。"))
        // The same again: what was seen is no more so.
        let again = pages.post("/run", form, as: "罗文", token: token)
        #expect(again.status == 422)
        #expect(again.shown.contains("您看过预览以后账目有变化"))
        #expect(again.shown.contains("没有要出的"))
        let notices = try pages.office.books(asOf: date("2026-11-05")).filter {
            $0.hasPrefix("FL-")
        }
        #expect(notices.count == 4)
    }

    @Test func `show the form again for a period that has not begun, with what was typed`() throws {
        let pages = try Pages()
        let page = pages.get("/run", ["period": "2026-12", "as-of": "2026-11-05"], as: "罗文")
        #expect(page.status == 422)
        #expect(page.shown.contains("value=\"2026-12\""))
    }

    @Test func `are not for auditors and administrators to do`() throws {
        let pages = try Pages()
        for name in ["周审计", "吴管理"] {
            #expect(pages.get("/run", query, as: name).hidden("counted") == nil)
            #expect(pages.post("/run", query, as: name).status == 403)
        }
    }

    @Test func `say of work that is forgotten that the rest can be done by asking again`() throws {
        let pages = try Pages()
        let page = pages.get("/jobs/7", as: "罗文")
        #expect(page.status == 404)
        #expect(page.shown.contains("只补没有出的"))
    }
}

@Suite struct `The pages of hardship` {
    private let canaries = [
        "CANARY-REASON", "CANARY-NOTE", "CANARY-SOURCE", "CANARY-WORD", "CANARY-FILE",
    ]

    /// A picture that can be read, with a word after its end.
    private static let paper =
        Raster(width: 4, height: 3, bytes: [UInt8](repeating: 200, count: 36)).png
        + Array("CANARY-FILE".utf8)

    /// A case of 何静's with a proof, a sheet and relief proposed, each with a canary.
    private func opened() throws -> Pages {
        var files = MapleCourt.files
        files["concessions.csv"] = nil
        files["holds.csv"] = nil
        files["policy.yaml"]! +=
            "casework:\n  living_allowance: [{ from: 2026-01-01, per_person: 1000.00 }]\n"
        let pages = try Pages(files)
        let opened = pages.post(
            "/hardship", ["unit": "1-201", "kind": "temporary", "reason": "CANARY-REASON"], as: "何静"
        )
        #expect(opened.location == "/hardship/1?done=opened")
        let paper = UploadedFile(
            field: "file", fileName: "x.pdf", bytes: Self.paper)
        let proof = pages.post(
            "/hardship/1/proofs",
            ["kind": "hospital_record", "until": "2026/12/31", "note": "CANARY-NOTE"],
            files: [paper], as: "何静")
        #expect(proof.status == 303)
        let sheet = pages.post(
            "/hardship/1/sheets",
            ["persons": "１", "source-1": "CANARY-SOURCE", "amount-1": "1,860"], as: "何静")
        #expect(sheet.status == 303)
        let relief = pages.post(
            "/hardship/1/relief",
            [
                "relief": "percent", "value": "50%", "item": "*", "from": "2026-11",
                "to": "2027-04",
                "review": "2027-04-30",
            ], as: "何静")
        #expect(relief.status == 303, "\(relief.shown)")
        return pages
    }

    @Test func `show a case to managers and its own staff, and record each look`() throws {
        let pages = try opened()
        for name in ["何静", "罗文"] {
            let page = pages.post("/hardship/1", as: name)
            #expect(page.status == 200)
            for canary in canaries.prefix(3) { #expect(page.shown.contains(canary), "\(canary)") }
            #expect(page.shown.contains("每月余 ¥860.00"))
        }
        // A look by a link would change something by GET: there a case shows nothing that was said.
        let before = FileManager.default.contents(atPath: pages.office.database)
        for path in [
            "/hardship", "/hardship/1", "/hardship/1/proofs/new", "/hardship/1/relief/new",
        ] {
            let page = pages.get(path, as: "罗文")
            #expect(page.status == 200, "\(path)")
            for canary in canaries { #expect(!page.shown.contains(canary)) }
        }
        #expect(FileManager.default.contents(atPath: pages.office.database) == before)
        let looks = try hardshipLooks(at: 1, by: "罗文", effects: pages.office.effects)
        #expect(looks.map(\.staff) == ["何静", "罗文"])
        let file = pages.post("/hardship/1/proofs/1", as: "罗文")
        #expect(file.body == Self.paper)
        #expect(try hardshipLooks(at: 1, by: "罗文", effects: pages.office.effects).count == 3)
    }

    @Test func `show nothing of it to anybody else, on any page`() throws {
        let pages = try opened()
        let paths = [
            "/", "/run", "/run/list", "/hardship", "/hardship/new", "/hardship/1",
            "/hardship/1/proofs/new", "/hardship/1/sheets/new", "/hardship/1/relief/new",
            "/hardship/1/staff/new",
        ]
        for name in ["孙六", "钱收", "周审计", "吴管理"] {
            for path in paths {
                let query =
                    path.hasPrefix("/run")
                    ? ["period": "2026-11", "as-of": "2026-11-05", "list": "spared-0"] : [:]
                let page = pages.get(path, query, as: name)
                for canary in canaries + ["案卷 1", "困难户，只发"] {
                    #expect(!page.shown.contains(canary), "\(name) \(path) \(canary)")
                }
                if path == "/hardship" { #expect(!page.shown.contains("1-201"), "\(name)") }
                if path.hasPrefix("/hardship/1") { #expect([403, 404].contains(page.status)) }
            }
            for path in [
                "/hardship/1", "/hardship/1/proofs/1", "/hardship/1/proofs", "/hardship/1/sheets",
                "/hardship/1/relief", "/hardship/1/relief/1", "/hardship/1/decision",
            ] {
                let page = pages.post(path, ["say": "approve", "reason": "x"], as: name)
                #expect([403, 404].contains(page.status), "\(name) \(path) \(page.status)")
                for canary in canaries { #expect(!page.shown.contains(canary)) }
            }
        }
        // The review is due soon: it is on the list of those who may see the case alone.
        #expect(pages.get("/", as: "罗文").shown.contains("/hardship/1"))
        #expect(!pages.get("/", as: "孙六").shown.contains("/hardship/1"))
    }

    @Test func `let another manager decide, by a button for each outcome`() throws {
        let pages = try opened()
        let shown = pages.post("/hardship/1", as: "罗文")
        // 285.00 halved: 142.50 for six periods; September's and October's are not named.
        #expect(shown.shown.contains("批准：6 期共少收 ¥855.00"))
        let bare = pages.post("/hardship/1/relief/1", ["say": "approve"], as: "罗文")
        #expect(bare.status == 422)
        #expect(bare.shown.contains("请填写。"))
        let said = pages.post(
            "/hardship/1/relief/1", ["say": "approve", "reason": "CANARY-WORD"], as: "罗文")
        #expect(said.location == "/hardship/1?done=said")
        #expect(
            try hardshipCases(asOf: date("2026-11-05"), effects: pages.office.effects)[0].state
                == .granted)
        // Twice is refused, and says why.
        let twice = pages.post(
            "/hardship/1/relief/1", ["say": "refuse", "reason": "x"], as: "许亮")
        #expect(twice.status == 422)
        #expect(pages.post("/hardship/1", as: "何静").shown.contains("CANARY-WORD"))
    }

    @Test func `do not let who proposed relief decide it; other terms are another's to approve`()
        throws
    {
        let pages = try opened()
        let own = pages.post(
            "/hardship/1/relief",
            ["relief": "noLateFee", "item": "*", "from": "2026-09", "review": "2027-04-30"],
            as: "罗文")
        #expect(own.status == 303)
        let shown = pages.post("/hardship/1", as: "罗文")
        #expect(shown.shown.contains("您自己提的，要由另一位经理决定。"))
        let refused = pages.post(
            "/hardship/1/relief/2", ["say": "approve", "reason": "x"], as: "罗文")
        #expect(refused.status == 422)
        let other = pages.post(
            "/hardship/1/relief/2", ["say": "approve", "reason": "x"], as: "许亮")
        #expect(other.status == 303)
    }

    @Test func `take no proof that is no paper, and keep what was typed`() throws {
        let pages = try opened()
        let script = UploadedFile(
            field: "file", fileName: "x.pdf", bytes: Array("<script>".utf8))
        let page = pages.post(
            "/hardship/1/proofs", ["kind": "other", "note": "看过原件"], files: [script], as: "何静")
        #expect(page.status == 422)
        #expect(page.shown.contains("PDF、PNG 或 JPEG"))
        #expect(page.shown.contains("看过原件"))
    }
}
