import Files
import Foundation
import Primitives
import SQLiteStore
import TestKit
import Testing

@testable import Office
@testable import Scans

/// The letters' own PDF stands for what a scanner makes of them; `Tests/Scans` does it with worse.
@Suite struct `Scanned receipts` {
    /// Three letters, of which two carry a stub.
    private func office() throws -> (TestOffice, letters: String) {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-12"), asOf: date("2026-12-20"), dryRun: false, effects: office.effects)
        let pdf = office.folder + "/letters.pdf"
        _ = try printLetters(to: pdf, period: nil, effects: office.effects)
        return (office, pdf)
    }

    private func signed(_ office: TestOffice) throws -> Set<String> {
        var numbers: Set<String> = []
        try office.effects.store.read { session in
            let community = try session.community(code: "FL")!
            try session.forEachNotice(of: community, period: nil) { notice in
                if try session.frozenNotice(notice.id).asksForSignature {
                    numbers.insert(notice.number)
                }
            }
        }
        return numbers
    }

    @Test func `propose the notices whose stubs were found, and keep file and cuttings`() throws {
        let (office, letters) = try office()
        let signed = try signed(office)
        #expect(!signed.isEmpty)
        let scanned = try scanReceipts(letters, effects: office.effects)
        #expect(Set(scanned.stubs.filter(\.isWhole).compactMap(\.number)) == signed)
        let folder = EvidenceFolder(path: office.effects.evidence)
        for stub in scanned.stubs {
            _ = try folder.file(stub.original.sha256, extension: stub.original.suffix)
            if let cutting = stub.cutting {
                _ = try folder.file(cutting.sha256, extension: cutting.suffix)
            }
        }
        // Nobody has signed.
        #expect(scanned.stubs.allSatisfy { $0.looksSigned != true })
    }

    @Test func `are known the second time, and nothing is doubled`() throws {
        let (office, letters) = try office()
        let first = try scanReceipts(letters, effects: office.effects)
        let second = try scanReceipts(letters, effects: office.effects)
        #expect(!first.isKnown && second.isKnown)
        #expect(first.stubs.map(\.id) == second.stubs.map(\.id))
        #expect(try openStubs(effects: office.effects).count == first.stubs.count)
    }

    @Test func `give each stub one row, and each page without any one of its own`() throws {
        let (office, letters) = try office()
        let signed = try signed(office)
        let whole = try ScanFile(Array(Data(contentsOf: URL(fileURLWithPath: letters))), named: "")
        var numbers: Set<String> = []
        try office.effects.store.read { session in
            let community = try session.community(code: "FL")!
            try session.forEachNotice(of: community, period: nil) { numbers.insert($0.number) }
        }
        var inPictures: [String] = []
        func row(_ stub: Session.ScannedStub, page: Int) -> String {
            "\(page) \(stub.number ?? "") \(stub.isFound) \(stub.cutting != nil)"
        }
        for page in 1...whole.pageCount {
            let picture = office.folder + "/\(page).png"
            let pixels = try #require(try whole.pixels(ofPage: page, dpi: 200))
            try Data(pixels.png).write(to: URL(fileURLWithPath: picture))
            let stubs = try scanReceipts(picture, effects: office.effects).stubs
            inPictures += stubs.map { row($0, page: page) }
        }
        let stubs = try scanReceipts(letters, effects: office.effects).stubs
        #expect(stubs.map { row($0, page: $0.page) } == inPictures)
        #expect(Set(stubs.map(\.page)) == Set(1...whole.pageCount))
        #expect(stubs.filter(\.isFound).count == signed.count)
        #expect(Set(stubs.filter(\.isFound).compactMap(\.number)) == signed)
        // The others are letters' heads.
        let heads = stubs.filter { !$0.isFound }
        #expect(!heads.isEmpty && heads.allSatisfy { numbers.contains($0.number ?? "") })
        #expect(heads.allSatisfy { $0.cutting == nil && $0.ink == nil })
        #expect(try noted(office) == kept(office))
    }

    /// The files that rows name.
    private func noted(_ office: TestOffice) throws -> Set<String> {
        try office.effects.store.read { session in
            let community = try session.community(code: "FL")!
            let stubs = try session.scannedStubs(of: community)
            return Set(stubs.flatMap { [$0.original, $0.cutting].compactMap { $0?.sha256 } })
        }
    }

    /// Those in the evidence folder, but for the texts of letters.
    private func kept(_ office: TestOffice) -> Set<String> {
        let names = FileManager.default.enumerator(atPath: office.effects.evidence)!
            .compactMap { ($0 as? String)?.split(separator: "/").last.map(String.init) }
        return Set(
            names.filter { $0.hasSuffix(".png") || $0.hasSuffix(".pdf") }.map {
                String($0.prefix(64))
            })
    }

    @Test func `whose head and stub are on two pages wait once`() throws {
        let (office, letters) = try office()
        let whole = try ScanFile(Array(Data(contentsOf: URL(fileURLWithPath: letters))), named: "")
        let stubs = try scanReceipts(letters, effects: office.effects).stubs
        let page = try #require(stubs.first { $0.isFound }?.page)
        // The upper half has the head, the lower one the stub.
        let pixels = try #require(try whole.pixels(ofPage: page, dpi: 200))
        let half = pixels.height / 2
        let (upper, lower) = (rows(0..<half, of: pixels), rows(half..<pixels.height, of: pixels))
        let pdf = office.folder + "/halves.pdf"
        try Data(pdfOfPictures([upper, lower])).write(to: URL(fileURLWithPath: pdf))
        let halves = try scanReceipts(pdf, effects: office.effects).stubs
        #expect(halves.map(\.page) == [1, 2] && halves.map(\.isFound) == [false, true])
        #expect(halves[0].number == halves[1].number)
        let open = try openStubs(effects: office.effects).map(\.id)
        #expect(!open.contains(halves[0].id) && open.contains(halves[1].id))
        #expect(try noted(office) == kept(office))
        // Where the stub proves nothing, the head's page proves nothing either.
        try discardStub(halves[1].id.number, reason: "没有签名", effects: office.effects)
        #expect(try !openStubs(effects: office.effects).contains { $0.id == halves[0].id })
    }

    private func rows(_ rows: Range<Int>, of picture: Raster) -> Raster {
        let line = 3 * picture.width
        let bytes = picture.bytes[(rows.lowerBound * line)..<(rows.upperBound * line)]
        return Raster(width: picture.width, height: rows.count, bytes: Array(bytes))
    }

    /// A page for each, in grey and uncompressed.
    private func pdfOfPictures(_ pictures: [Raster]) -> [UInt8] {
        var pdf = Array("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj\n".utf8)
        func add(_ text: String) { pdf += Array(text.utf8) }
        let kids = pictures.indices.map { "\(3 + 3 * $0) 0 R" }.joined(separator: " ")
        add("2 0 obj<</Type/Pages/Kids[\(kids)]/Count \(pictures.count)>> endobj\n")
        for (index, picture) in pictures.enumerated() {
            let (width, height) = (picture.width, picture.height)
            let first = 3 + 3 * index
            let draw = "595 0 0 \(height * 595 / width) 0 0 cm /P Do"
            add(
                "\(first) 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 \(height * 595 / width)]"
                    + "/Contents \(first + 1) 0 R/Resources<</XObject<</P \(first + 2) 0 R>>>>>> endobj\n"
                    + "\(first + 1) 0 obj<</Length \(draw.utf8.count)>>stream\n\(draw)\nendstream endobj\n"
                    + "\(first + 2) 0 obj<</Type/XObject/Subtype/Image/Width \(width)/Height \(height)"
                    + "/ColorSpace/DeviceRGB/BitsPerComponent 8/Length \(picture.bytes.count)>>stream\n"
            )
            pdf += picture.bytes
            add("\nendstream endobj\n")
        }
        add("trailer<</Size \(3 + 3 * pictures.count)/Root 1 0 R>>\n")
        return pdf
    }

    @Test func `keep the notice that their code names`() throws {
        let (office, letters) = try office()
        let stubs = try scanReceipts(letters, effects: office.effects).stubs
        for stub in [stubs.first { $0.isFound }, stubs.first { !$0.isFound }] {
            let stub = try #require(stub)
            let (id, number) = (stub.id.number, try #require(stub.number))
            let other = try #require(stubs.first { $0.number != number }?.number)
            #expect(throws: ReceiptError.readStub(id: id, number: number)) {
                try assignStub(id, to: other, effects: office.effects)
            }
            try assignStub(id, to: number, effects: office.effects)
            try discardStub(id, reason: "不是它的", effects: office.effects)
            #expect(throws: ReceiptError.settledStub(id: id, as: .discarded)) {
                try assignStub(id, to: number, effects: office.effects)
            }
        }
    }

    @Test func `become services with the cutting and the file as it came`() throws {
        let (office, letters) = try office()
        let stub = try #require(
            try scanReceipts(letters, effects: office.effects).stubs.first { $0.isWhole })
        let confirm = {
            try confirmReceipt(
                stub.id.number, how: .signedOwner, on: date("2026-12-22"), staff: ["王"],
                effects: office.effects
            ) { $0.acknowledges = true }
        }
        let service = try confirm()
        #expect(service.number == stub.number && service.grade == .a)
        #expect(service.files.map(\.kinds) == [[.receipt], [.original]])
        #expect(service.files.map(\.sha256) == [stub.cutting!.sha256, stub.original.sha256])
        #expect(try !openStubs(effects: office.effects).contains { $0.id == stub.id })
        #expect(try confirm().id == service.id)
        #expect(throws: ReceiptError.settledStub(id: stub.id.number, as: .confirmed)) {
            try confirmReceipt(
                stub.id.number, how: .signedOwner, on: date("2026-12-23"), staff: ["王"],
                effects: office.effects
            ) { _ in }
        }
        // Withdrawn, it waits again.
        try withdrawService(service.id.number, reason: "误", effects: office.effects)
        #expect(try openStubs(effects: office.effects).contains { $0.id == stub.id })
    }

    @Test func `without a signature acknowledge no debt: that is remarked on`() throws {
        let (office, letters) = try office()
        // Nobody has signed.
        let stub = try #require(
            try scanReceipts(letters, effects: office.effects).stubs.first {
                $0.looksSigned == false
            })
        for acknowledges in [false, true] {
            let service = try confirmReceipt(
                stub.id.number, how: .signedOwner, on: date("2026-12-22"), staff: ["王"],
                effects: office.effects
            ) { $0.acknowledges = acknowledges }
            let told = try remarks(
                on: service, receipt: stub.id.number, today: date("2026-12-22"),
                effects: office.effects)
            #expect(told.count == (acknowledges ? 1 : 0))
            #expect(told.allSatisfy { $0.zh.contains("没有看到签名") })
            try withdrawService(service.id.number, reason: "误", effects: office.effects)
        }
        #expect(throws: EvidenceError.emptyStaff) {
            try confirmReceipt(
                stub.id.number, how: .signedOwner, on: date("2026-12-22"), staff: ["\u{3000}"],
                effects: office.effects
            ) { _ in }
        }
    }

    @Test func `without a notice are kept until staff assign or discard them`() throws {
        let (office, _) = try office()
        let blank = office.folder + "/blank.pdf"
        try Data(
            """
            %PDF-1.4
            1 0 obj<</Type/Catalog/Pages 2 0 R>> endobj
            2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>> endobj
            3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>> endobj
            trailer<</Size 4/Root 1 0 R>>
            """.utf8
        ).write(to: URL(fileURLWithPath: blank))
        let stubs = try scanReceipts(blank, effects: office.effects).stubs
        #expect(stubs.map(\.page) == [1, 2] && stubs.allSatisfy { $0.number == nil })
        let (first, second) = (stubs[0].id.number, stubs[1].id.number)
        let number = try #require(try signed(office).min())
        func confirm() throws -> Session.RecordedService {
            try confirmReceipt(
                first, how: .signedOwner, on: date("2026-12-22"), staff: ["王"],
                effects: office.effects
            ) { _ in }
        }
        #expect(throws: ReceiptError.unmatchedStub(id: first)) { try confirm() }
        #expect(throws: OfficeError.unknownNotice(number: "FL-202612-99999-9")) {
            try assignStub(first, to: "FL-202612-99999-9", effects: office.effects)
        }
        try assignStub(first, to: number, effects: office.effects)
        #expect(try confirm().number == number)
        #expect(throws: ReceiptError.reasonMissing) {
            try discardStub(second, reason: "", effects: office.effects)
        }
        try discardStub(second, reason: "空白页", effects: office.effects)
        try discardStub(second, reason: "空白页", effects: office.effects)
        #expect(throws: ReceiptError.settledStub(id: second, as: .discarded)) {
            try discardStub(second, reason: "另一个原因", effects: office.effects)
        }
        #expect(try openStubs(effects: office.effects).isEmpty)
        #expect(throws: ReceiptError.unknownStub(id: 99)) {
            try discardStub(99, reason: "x", effects: office.effects)
        }
    }

    @Test(arguments: [
        ("FL-202611-00001-1", "FL-202611-00001-1"), ("FL-202611-00001-2", nil),
        ("https://example.com/n/FL-202611-00001-1", "FL-202611-00001-1"),
        ("https://example.com/?n=FL-202611-00001-1", "FL-202611-00001-1"),
        ("https://example.com/FL-202611-00001-1/pay", nil), ("FL-202611-0001-1", nil),
        ("FL-20261-00001-1", nil), ("202611-00001-1", nil), ("FL-202611-00001-1 ", nil),
        ("wxp://f2f0abc", nil), ("", nil), ("----", nil),
    ])
    func `are matched by a code that is a number, or ends in one`(_ code: String, _ number: String?)
    {
        #expect(noticeNumber(inCode: code) == number)
    }

    @Test func `say in both languages what is wrong`() {
        let errors: [ReceiptError] = [
            .unknownStub(id: 7), .settledStub(id: 7, as: .confirmed),
            .settledStub(id: 7, as: .discarded), .unmatchedStub(id: 7),
            .readStub(id: 7, number: "FL-202611-00001-1"), .reasonMissing,
        ]
        #expect(
            errors.map(\.message.en) == [
                "There is no scanned receipt 7. See dunwell service scan --list.",
                "Receipt 7 is recorded as a service. If that was a mistake, withdraw it first: dunwell "
                    + "service withdraw.",
                "Receipt 7 was discarded.",
                "It is not known which notice receipt 7 is of. Look at it, then name the notice: dunwell "
                    + "service scan assign 7 NOTICE.",
                "The code of receipt 7 was read: it is of FL-202611-00001-1, and of no other notice. If "
                    + "that is no receipt of it, put it aside with dunwell service scan discard 7 "
                    + "--reason TEXT, then scan again.",
                "Say why: --reason TEXT.",
            ])
        #expect(errors.map(\.isBadInput) == [true, false, false, false, false, true])
    }
}
