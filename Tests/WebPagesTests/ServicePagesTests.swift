import Foundation
import Office
import Primitives
import SQLiteStore
import Secrets
import TestKit
import Testing

@testable import Scans
@testable import WebPages

/// Maple Court after the run of December 2026, its letters printed, seen through its pages.
private final class ServicePages: ServedOffice {
    /// A notice that asks for a signature.
    private(set) var number = ""

    init(patience: Int = 600) throws {
        let people = [StaffRole.manager, .clerk, .auditor].map { ($0.rawValue, $0) }
        try super.init(today: "2026-12-22", people: people, patience: patience) { office in
            try office.take(MapleCourt.files)
            _ = try runPeriod(
                period("2026-12"), asOf: date("2026-12-20"), dryRun: false, effects: office.effects)
            _ = try printLetters(
                to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        }
        try forEachServiceGap(effects: office.effects) { gap in
            if gap.notice.asksForSignature { number = gap.notice.number }
        }
    }

    func get(
        _ path: String, _ query: [String: String] = [:], as role: StaffRole = .clerk
    ) -> PageResponse {
        get(path, query, as: role.rawValue)
    }

    func post(
        _ path: String, _ form: [String: String] = [:], files: [UploadedFile] = [],
        as role: StaffRole = .clerk, token: String = randomToken()
    ) -> PageResponse {
        post(path, form, files: files, as: role.rawValue, token: token)
    }

    /// The letters' own PDF stands for a scan of them.
    func scanned() throws -> [Session.ScannedStub] {
        let pdf = try Data(contentsOf: URL(fileURLWithPath: office.folder + "/letters.pdf"))
        let file = UploadedFile(field: "files", fileName: "stack.pdf", bytes: Array(pdf))
        let job = try #require(post("/scans", files: [file]).location)
        #expect(try ended(job).contains("做完了"))
        return try openStubs(effects: office.effects)
    }

    /// The job's page once it is over.
    func ended(_ path: String) throws -> String {
        _ = try ended(at: path)
        return get(path).said
    }

    var services: Int {
        get throws {
            var count = 0
            try forEachService(of: nil, effects: office.effects) { _ in count += 1 }
            return count
        }
    }
}

extension PageResponse {
    fileprivate var said: String { String(decoding: body, as: UTF8.self) }
}

@Suite struct `The pages of services` {
    @Test func `name each gap with its consequence and the next step`() throws {
        let pages = try ServicePages()
        let page = pages.get("/services").said
        #expect(page.contains("要求签收的催缴，没有回执") && page.contains("等于没有送达"))
        let list = pages.get("/services", ["gap": "unsigned"]).said
        #expect(list.contains(pages.number) && list.contains("/services/\(pages.number)/add"))
        // Who only reads is not led to a form.
        #expect(!pages.get("/services", ["gap": "unsigned"], as: .auditor).said.contains("/add\""))
        #expect(pages.get("/services/visits").said.contains(pages.number))
    }

    @Test func `record a service by its way, with what proves it, once`() throws {
        let pages = try ServicePages()
        let path = "/services/\(pages.number)/add"
        let form = [
            "how": "signed_household", "date": "２０２６/12/21", "staff": "clerk",
            "signer": "李雯", "relation": "spouse", "acknowledges": "yes",
        ]
        let token = randomToken()
        let answer = pages.post(path, form, token: token)
        let location = try #require(answer.location)
        #expect(location.hasPrefix("/services/\(pages.number)?done="))
        #expect(pages.post(path, form, token: token).location == location)
        #expect(try pages.services == 1)
        let page = pages.get("/services/\(pages.number)").said
        #expect(page.contains("李雯 · 配偶") && page.contains("2026-12-21"))
    }

    @Test func `say what is missing, and keep what was typed`() throws {
        let pages = try ServicePages()
        let refused = pages.post(
            "/services/\(pages.number)/add",
            ["how": "signed_household", "date": "2026-13-01", "staff": "clerk", "note": "下午"])
        #expect(refused.status == 422)
        #expect(try pages.services == 0)
        #expect(refused.said.contains("href=\"#signer\"") && refused.said.contains("#date"))
        #expect(refused.said.contains("value=\"下午\""))
        let before = pages.post(
            "/services/\(pages.number)/add",
            ["how": "signed_owner", "date": "2026-12-01", "staff": "clerk"])
        #expect(before.status == 422 && before.said.contains("不可能"))
    }

    @Test func `are not those of another community, nor of a notice that is none`() throws {
        let pages = try ServicePages()
        #expect(pages.get("/services/XX-202612-00001-1").status == 404)
        #expect(
            pages.get("/services/\(pages.number)/files/\(String(repeating: "0", count: 64))")
                .status == 404)
        #expect(pages.get("/scans/99").status == 404)
        #expect(pages.get("/scans/1/../../x").status == 404)
    }
}

@Suite struct `The pages of scanned receipts` {
    @Test func `show grade and last day, and record only what was shown`() throws {
        let pages = try ServicePages()
        let stub = try #require(try pages.scanned().first { $0.isWhole })
        let path = "/scans/\(stub.id.number)"
        let page = pages.get(path).said
        #expect(page.contains("业主签收并确认欠款") && page.contains("到 2029-12-"))
        var form = [
            "who": "signed_owner", "date": "2026-12-21", "staff": "clerk", "as": "acknowledged",
            "shown": "signed_owner 2026-12-22",
        ]
        let again = pages.post(path, form)
        #expect(again.location == nil && again.said.contains("到 2029-12-21"))
        #expect(try pages.services == 0)
        form["shown"] = "signed_owner 2026-12-21"
        let done = try #require(pages.post(path, form).location)
        #expect(done.hasSuffix("?done=\(stub.id.number)"))
        #expect(try pages.services == 1)
        // Nobody signed the letters' own PDF: that is told.
        let next = done.split(separator: "?")[0]
        let told = pages.get(String(next), ["done": "\(stub.id.number)"]).said
        #expect(told.contains("已登记") && told.contains("没有看到签名"))
    }

    @Test func `send pictures and files as what they are, to be saved`() throws {
        let pages = try ServicePages()
        let stub = try #require(try pages.scanned().first { $0.isWhole })
        for (part, type) in [
            ("cutting", "image/png"), ("page", "image/png"), ("original", "application/pdf"),
        ] {
            let answer = pages.get("/scans/\(stub.id.number)/\(part)")
            #expect(answer.status == 200 && answer.type == type)
            let headers = Dictionary(answer.headers) { first, _ in first }
            #expect(headers["Content-Disposition"]?.hasPrefix("attachment") == true)
            #expect(headers["X-Content-Type-Options"] == "nosniff")
        }
    }

    private func picture(_ name: String, _ bytes: [UInt8]) -> UploadedFile {
        UploadedFile(field: "files", fileName: name, bytes: bytes)
    }

    @Test func `are read after the answer, and wrong files are told at once`() throws {
        let pages = try ServicePages()
        let blank = Raster(
            width: 40, height: 30, bytes: [UInt8](repeating: 200, count: 3_600)
        ).png
        let answer = pages.post(
            "/scans", files: [picture("x.html", Array("<html>".utf8)), picture("a.png", blank)])
        #expect(answer.status == 422 && answer.said.contains("其余的已收下，正在识别，不用再传：a.png"))
        // Asked for once more it is the same work, or known.
        let again = pages.post("/scans", files: [picture("a.png", blank)])
        #expect(try pages.ended(#require(again.location)).contains("识别了 1 个文件"))
        #expect(try openStubs(effects: pages.office.effects).map(\.file) == ["a.png"])
        #expect(pages.post("/scans").status == 422)
        // A picture whose head alone is right fails when it is read.
        let half = pages.post("/scans", files: [picture("half.png", Array(blank.prefix(60)))])
        #expect(try pages.ended(#require(half.location)).contains("half.png"))
    }

    @Test func `say what the server had not read when it stopped, and are read on`() throws {
        let pages = try ServicePages()
        let pdf = try Data(contentsOf: URL(fileURLWithPath: pages.office.folder + "/letters.pdf"))
        let kept = try keepScans(
            [Upload(name: "stack.pdf", bytes: Array(pdf))],
            effects: pages.office.effects.acting(as: "clerk", in: "FL"))
        let page = pages.get("/scans").said
        #expect(page.contains("没有识别完，服务中途停过：stack.pdf") && page.contains("接着识别"))
        #expect(!pages.get("/scans", as: .auditor).said.contains("接着识别"))
        let form = ["key": try #require(kept.key), "as": "read"]
        #expect(pages.post("/scans/waiting", form, as: .auditor).status == 403)
        let job = try #require(pages.post("/scans/waiting", form).location)
        #expect(try pages.ended(job).contains("核对第一张"))
        #expect(try openStubs(effects: pages.office.effects).isEmpty == false)
        #expect(!pages.get("/scans").said.contains("接着识别"))
        #expect(pages.post("/scans/waiting", form).status == 404)
    }

    @Test func `are discarded with a reason, and wait no more`() throws {
        let pages = try ServicePages()
        let stubs = try pages.scanned()
        let path = "/scans/\(stubs[0].id.number)/discard"
        #expect(pages.post(path).status == 422)
        #expect(pages.post(path, ["reason": "扫错了"]).status == 303)
        #expect(try openStubs(effects: pages.office.effects).count == stubs.count - 1)
        #expect(pages.post(path, ["reason": "x"], as: .auditor).status == 403)
    }
}

@Suite struct `Pages whose figures take long` {
    @Test func `lead to how far the work is, and from there to what was asked for`() throws {
        let pages = try ServicePages(patience: 0)
        let query = ["period": "2026-12", "as-of": "2026-12-22"]
        let path = try #require(pages.get("/run", query).location)
        let over = try pages.ended(path)
        #expect(over.contains("看预览") && over.contains("/run?period=2026-12&amp;as-of=2026-12-22"))
        let answer = pages.get("/run", query)
        #expect(answer.status == 200 && answer.said.contains("2026-12"))

        let table = UploadedFile(
            field: "files", fileName: "units.csv",
            bytes: Array("unit,building,kind,area,handover\n9-1,9,residence,88,\n".utf8))
        let upload = try #require(pages.post("/import", files: [table], as: .manager).location)
        let trial = try #require(pages.get(upload, as: .manager).location)
        #expect(try pages.ended(trial).contains(upload))
        #expect(pages.get(upload, as: .manager).said.contains("新增 1 行、更新 0 行"))
        let taken = try #require(pages.post(upload, ["as": "take"], as: .manager).location)
        #expect(try pages.ended(taken).contains("导入完成"))
        #expect(pages.get(upload, as: .manager).said.contains("导入完成"))
        #expect(pages.post(upload, ["as": "take"], as: .manager).location == upload)
    }
}

@Suite struct `The pages of an import` {
    private func file(_ name: String, _ text: String) -> UploadedFile {
        UploadedFile(field: "files", fileName: name, bytes: Array(text.utf8))
    }

    @Test func `show every error by file, row and column, and write nothing`() throws {
        let pages = try ServicePages()
        let bad = "unit,building,kind,area,handover\n9-1,9,residence,-3,\n9-2,9,castle,88,\n"
        let answer = pages.post("/import", files: [file("units.csv", bad)], as: .manager)
        let page = pages.get(try #require(answer.location), as: .manager).said
        #expect(page.contains("有 2 处要改") && page.contains("castle") && page.contains("面积"))
        #expect(!page.contains("value=\"take\""))
    }

    @Test func `count what would change, and write it once it is confirmed`() throws {
        let pages = try ServicePages()
        let good = "unit,building,kind,area,handover\n9-1,9,residence,88,\n"
        let answer = pages.post("/import", files: [file("units (2).csv", good)], as: .manager)
        let path = try #require(answer.location)
        #expect(pages.get(path, as: .manager).said.contains("新增 1 行、更新 0 行"))
        #expect(pages.post(path, ["as": "take"], as: .manager).location == path)
        #expect(pages.get(path, as: .manager).said.contains("导入完成"))
        #expect(pages.post("/import", files: [file("units.csv", good)], as: .clerk).status == 403)
    }

    @Test func `refuse what is no table`() throws {
        let pages = try ServicePages()
        let answer = pages.post("/import", files: [file("photo.png", "x")], as: .manager)
        #expect(answer.status == 422 && answer.said.contains("不知道 photo.png 是哪张表"))
        #expect(pages.post("/import", as: .manager).said.contains("还没有选文件"))
    }
}
