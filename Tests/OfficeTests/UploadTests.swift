import Files
import Foundation
import Primitives
import SQLiteStore
import TestKit
import Testing

@testable import Office
@testable import Scans

@Suite struct `Uploaded files` {
    // MARK: - Scans and proofs

    private static let png = Raster(
        width: 40, height: 30, bytes: [UInt8](repeating: 200, count: 3_600)
    ).png

    /// A head that claims so many pixels, and nothing after it.
    private static func head(width: Int, height: Int) -> [UInt8] {
        func four(_ number: Int) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + four(width) + four(height) + [8, 2, 0, 0, 0, 0, 0, 0, 0]
    }

    private static let corpus: [(name: String, bytes: [UInt8], error: ScanError)] = [
        ("empty.png", [], .unknownKind(file: "empty.png")),
        (
            "picture.png", Array("<svg xmlns='x' onload='alert(1)'/>".utf8),
            .unknownKind(file: "picture.png")
        ),
        ("page.jpg", Array("<html><script>alert(1)</script>".utf8), .unknownKind(file: "page.jpg")),
        (
            "image.gif", Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0],
            .unknownKind(file: "image.gif")
        ),
        (
            "bomb.pdf", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 100),
            .unknownKind(file: "bomb.pdf")
        ),
        ("program.png", Array("\u{7F}ELF".utf8), .unknownKind(file: "program.png")),
        ("wide.png", head(width: 30_000, height: 30_000), .tooLarge(file: "wide.png")),
        ("none.png", head(width: 0, height: 10), .damaged(file: "none.png")),
        ("cut.png", Array(png.prefix(20)), .damaged(file: "cut.png")),
        ("half.png", Array(png.prefix(60)), .damaged(file: "half.png")),
        ("cut.jpg", [0xFF, 0xD8, 0xFF, 0xE0], .damaged(file: "cut.jpg")),
        (
            "both.pdf", Array("<script>/*%PDF-1.4*/alert(1)</script>".utf8),
            .damaged(file: "both.pdf")
        ),
    ]

    @Test func `are refused as scans, and nothing of them is kept, where they are none`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        for (name, bytes, error) in Self.corpus {
            #expect(throws: error, "\(name)") {
                try scanReceipts(Upload(name: name, bytes: bytes), effects: office.effects)
            }
        }
        #expect(try openStubs(effects: office.effects).isEmpty)
        #expect(names(in: office.effects.evidence).isEmpty)
    }

    @Test func `are kept under their hash, as what their first bytes say they are`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let two = Self.png + Array("<script>alert(1)</script>PK\u{3}\u{4}".utf8)
        let scanned = try scanReceipts(
            Upload(name: "evil.html", bytes: two), effects: office.effects)
        #expect(scanned.stubs.map(\.original.suffix) == ["png"])
        #expect(scanned.stubs.map(\.original.sha256) == [sha256(two)])
        let id = scanned.stubs[0].id.number
        for part in ScanPart.allCases {
            let picture = try scanPicture(id, part, effects: office.effects)
            #expect(picture.suffix == "png" && picture.bytes == two)
        }
        #expect(throws: ReceiptError.unknownStub(id: 99)) {
            try scanPicture(99, .cutting, effects: office.effects)
        }
    }

    @Test func `prove a service, or are refused with nothing recorded`() throws {
        let (office, number) = try served()
        let entry = ServiceEntry(
            of: number, how: .mailbox, on: date("2026-12-21"), staff: ["clerk"])
        func proof(_ name: String, _ bytes: [UInt8]) -> UploadedProof {
            UploadedProof(kinds: [], upload: Upload(name: name, bytes: bytes))
        }
        for (name, bytes, _) in Self.corpus where name != "half.png" {
            #expect(throws: (any Error).self, "\(name)") {
                try recordService(entry, proofs: [proof(name, bytes)], effects: office.effects)
            }
        }
        #expect(throws: UploadError.sameFile(file: "b.png", as: "a.png")) {
            try recordService(
                entry, proofs: [proof("a.png", Self.png), proof("b.png", Self.png)],
                effects: office.effects)
        }
        var count = 0
        try forEachService(of: nil, effects: office.effects) { _ in count += 1 }
        #expect(count == 0)
        let service = try recordService(
            entry, proofs: [proof("door.exe", Self.png)], effects: office.effects)
        #expect(service.files.map(\.suffix) == ["png"])
        #expect(service.recordedBy == "clerk")
    }

    /// An office with a dunning notice that asks for a signature.
    private func served() throws -> (TestOffice, number: String) {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-12"), asOf: date("2026-12-20"), dryRun: false, effects: office.effects)
        _ = try printLetters(
            to: office.folder + "/letters.pdf", period: nil, effects: office.effects)
        var number = ""
        try forEachServiceGap(effects: office.effects) { gap in
            if gap.notice.asksForSignature { number = gap.notice.number }
        }
        return (office, number)
    }

    @Test func `are kept whole when many come at once`() throws {
        let office = try TestOffice()
        let folder = EvidenceFolder(path: office.effects.evidence)
        let files = (0..<64).map { [UInt8](repeating: UInt8($0), count: 20_000 + $0) }
        DispatchQueue.concurrentPerform(iterations: files.count) { place in
            let hash = try? folder.keep(files[place], extension: "pdf")
            #expect(hash == sha256(files[place]))
        }
        for file in files {
            #expect(folder.condition(of: sha256(file), extension: "pdf") == .whole)
        }
    }

    // MARK: - What a service would do

    @Test func `show grade and last day before anything is written`() throws {
        let (office, number) = try served()
        var entry = ServiceEntry(
            of: number, how: .signedOwner, on: date("2026-12-22"), staff: ["clerk"])
        let received = try proposal(for: entry, today: date("2026-12-22"), effects: office.effects)
        #expect(received.grade == .b && received.isProof && !received.renewed.isEmpty)
        #expect(received.lastDay == date("2029-12-22"))
        #expect(try #require(received.lastDayBefore) < date("2029-12-22"))
        entry.acknowledges = true
        let acknowledged = try proposal(
            for: entry, today: date("2026-12-22"), effects: office.effects)
        #expect(acknowledged.grade == .a && acknowledged.lastDay == received.lastDay)
        // What is then recorded is what was shown.
        let service = try recordService(entry, effects: office.effects)
        #expect(service.grade == acknowledged.grade)
        var days: Set<CivilDate> = []
        _ = try forEachLimitation(
            asOf: date("2026-12-23"), warning: false, effects: office.effects
        ) { row in
            if row.unit == service.unit, row.restsOn == "service" { days.insert(row.lastDay) }
        }
        #expect(days == [date("2029-12-22")])
    }

    @Test func `leave gaps that add up to the period's notices`() throws {
        let (office, number) = try served()
        func overview() throws -> ServiceOverview {
            try serviceOverview(
                period: nil, all: false, asOf: date("2026-12-22"), effects: office.effects)
        }
        let before = try overview()
        #expect(before.period == period("2026-12") && before.notices > 0)
        #expect(before.notices == before.gaps.count + before.unsent)
        #expect(before.gaps.contains { $0.notice.number == number && $0.kind == .unsigned })
        let entry = ServiceEntry(
            of: number, how: .signedOwner, on: date("2026-12-22"), staff: ["clerk"])
        _ = try recordService(entry, effects: office.effects)
        let after = try overview()
        #expect(after.proven == [.b: 1] && after.gaps.count == before.gaps.count - 1)
    }

    // MARK: - Tables

    private func uploads(_ files: [String: String]) -> [Upload] {
        files.map { Upload(name: $0.key, bytes: Array($0.value.utf8)) }
    }

    @Test func `of tables are tried, and taken only once they are confirmed`() throws {
        let office = try TestOffice()
        let key = try keepImport(uploads(MapleCourt.files), effects: office.effects)
        let tried = try tryImport(key, effects: office.effects)
        #expect(tried.problems.isEmpty && tried.files.contains { $0.added > 0 })
        #expect(throws: OfficeError.noCommunity) {
            try office.effects.store.read { try CommunityContext(named: nil, in: $0) }
        }
        // The same files again are the same upload.
        #expect(try keepImport(uploads(MapleCourt.files), effects: office.effects) == key)
        let folder = office.effects.evidence + ".uploads"
        let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions]
        #expect(mode as? Int == 0o700)

        let taken = try takeImport(key, effects: office.effects)
        #expect(taken.files.map(\.added) == tried.files.map(\.added))
        guard case .taken(let counts) = try uploadedImport(key, effects: office.effects).state
        else {
            Issue.record("not taken")
            return
        }
        #expect(counts.map(\.added) == taken.files.map(\.added))
        // No table is left.
        #expect(Set(names(in: "\(folder)/\(key)")) == ["about", "lock", "taken"])
    }

    @Test func `of tables are judged again by the books as they stand at the click`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let payment =
            "reference,date,unit,owner,amount,method,payer,note\nX1,2026-11-02,1-101,,1.00,cash,,\n"
        let key = try keepImport(uploads(["payments.csv": payment]), effects: office.effects)
        #expect(try tryImport(key, effects: office.effects).problems.isEmpty)
        try office.take(["payments.csv": payment.replacingOccurrences(of: "1.00", with: "2.00")])
        #expect(try takeImport(key, effects: office.effects).problems.count == 1)
        #expect(uploadedImports(effects: office.effects).map(\.key) == [key])
        discardImport(key, effects: office.effects)
        #expect(throws: UploadError.importGone) { try takeImport(key, effects: office.effects) }
    }

    @Test func `of tables are refused where it cannot be told which they are`() throws {
        let office = try TestOffice()
        func refused(_ files: [(String, [UInt8])], _ isExpected: (UploadError) -> Bool) {
            do {
                let uploads = files.map { Upload(name: $0.0, bytes: $0.1) }
                _ = try keepImport(uploads, effects: office.effects)
                Issue.record("taken: \(files.map(\.0))")
            } catch let error as UploadError {
                #expect(isExpected(error), "\(error)")
            } catch {
                Issue.record(error)
            }
        }
        func isUnknown(_ error: UploadError) -> Bool {
            if case .unknownTable = error { true } else { false }
        }
        refused([]) { $0 == .nothingChosen }
        refused([("units.csv", [])]) { $0 == .empty(file: "units.csv") }
        refused([("passwd", [65])], isUnknown)
        refused([("units.csv.exe", [65])], isUnknown)
        refused([("../units.csv", [65])], isUnknown)
        refused([("units(x).csv", [65])], isUnknown)
        refused([("units.csv", [65]), ("Units (1).CSV", [66])]) {
            $0 == .sameTable(table: "units.csv")
        }
        refused([("units.csv", [UInt8](repeating: 65, count: 100_000_001))]) {
            $0 == .tooLarge(file: "units.csv", megabytes: 100)
        }
        #expect(uploadedImports(effects: office.effects).isEmpty)
    }

    @Test func `of tables that are none are refused row by row`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let zip: [UInt8] = [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0xFF, count: 5_000)
        for (name, bytes) in [
            ("units.xlsx", zip), ("units.csv", zip), ("units.xlsx", Array("<html>".utf8)),
            ("owners.csv", [0xFF, 0xFE, 0x00, 0xD8]), ("policy.yaml", zip),
        ] {
            let key = try keepImport([Upload(name: name, bytes: bytes)], effects: office.effects)
            #expect(!(try tryImport(key, effects: office.effects).problems.isEmpty), "\(name)")
            #expect(!(try takeImport(key, effects: office.effects).problems.isEmpty), "\(name)")
        }
    }

    @Test func `of tables are gone after a day, and are known to their community alone`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let key = try keepImport(uploads(MapleCourt.files), effects: office.effects)
        #expect(throws: UploadError.importGone) {
            try uploadedImport(key, effects: office.reopened(community: "XX"))
        }
        for key in ["..", "../..", "", String(repeating: "0", count: 64)] {
            #expect(throws: UploadError.importGone) {
                try uploadedImport(key, effects: office.effects)
            }
        }
        #expect(try clearOldUploads(effects: office.effects) == 0)
        office.advance(bySeconds: 25 * 3_600)
        let young = try keepImport(
            uploads(["policy.yaml": MapleCourt.files["policy.yaml"]!]), effects: office.effects)
        #expect(try clearOldUploads(effects: office.effects) == 1)
        #expect(uploadedImports(effects: office.effects).map(\.key) == [young])
        // That is dated, and done once.
        #expect(try clearings(office) == ["imports 1"])
        #expect(try clearOldUploads(effects: office.effects) == 0)
        #expect(try clearings(office) == ["imports 1"])
    }

    private func clearings(_ office: TestOffice) throws -> [String] {
        try office.effects.store.read { session in
            let community = try CommunityContext(named: nil, in: session).id
            var filter = Session.ActFilter()
            filter.kind = "upload clear"
            return try session.acts(of: community, filter, skipping: 0, count: 9).map(\.detail)
        }
    }

    @Test func `are not cleared while somebody uses them, and taken ones go without a word`()
        throws
    {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let key = try keepImport(uploads(MapleCourt.files), effects: office.effects)
        let folder = WaitingFolder(.imports, office.effects)
        office.advance(bySeconds: 25 * 3_600)
        let cleared = try folder.using(key, else: UploadError.importGone) {
            try clearOldUploads(effects: office.effects)
        }
        #expect(cleared == 0)
        _ = try takeImport(key, effects: office.effects)
        #expect(try clearOldUploads(effects: office.effects) == 0)
        #expect(!folder.isThere(key))
        #expect(try clearings(office).isEmpty)
    }

    // MARK: - Scans that wait

    @Test func `of scans wait until they are read, whatever becomes of whoever reads them`() throws
    {
        let (office, _) = try served()
        let letters = try Data(
            contentsOf: URL(fileURLWithPath: office.folder + "/letters.pdf"))
        let uploads = [
            Upload(name: "blank.png", bytes: Self.png),
            Upload(name: "stack.pdf", bytes: Array(letters)),
            Upload(name: "page.html", bytes: Array("<html>".utf8)),
        ]
        let kept = try keepScans(uploads, effects: office.effects)
        let key = try #require(kept.key)
        #expect(kept.taken == ["blank.png", "stack.pdf"] && kept.refused.count == 1)
        #expect(try keepScans(uploads, effects: office.effects).key == key)
        #expect(try openStubs(effects: office.effects).isEmpty)
        #expect(waitingScans(effects: office.effects).map(\.files) == [["blank.png", "stack.pdf"]])

        // Whoever reads stops after the first page of the second file.
        #expect(throws: FileError.self) {
            try readScans(
                key,
                effects: office.effects.telling { _, done, of in
                    #expect(done <= of)
                    if done == 2 {
                        // No file can be kept from here on.
                        try? FileManager.default.removeItem(atPath: office.effects.evidence)
                        try? Data().write(to: URL(fileURLWithPath: office.effects.evidence))
                    }
                })
        }
        #expect(waitingScans(effects: office.effects).map(\.files) == [["stack.pdf"]])
        try FileManager.default.removeItem(atPath: office.effects.evidence)
        let found = try readScans(key, effects: office.effects)
        #expect(found.files == 1 && found.stubs.contains { $0.isWhole } && found.failures.isEmpty)
        #expect(waitingScans(effects: office.effects).isEmpty)
        #expect(throws: UploadError.scansGone) { try readScans(key, effects: office.effects) }
    }

    @Test
    func `of scans that nobody read on are cleared after a week, and not while they are read`()
        throws
    {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let uploads = [Upload(name: "blank.png", bytes: Self.png)]
        let key = try #require(try keepScans(uploads, effects: office.effects).key)
        office.advance(bySeconds: 6 * 86_400)
        #expect(try clearOldUploads(effects: office.effects) == 0)
        office.advance(bySeconds: 2 * 86_400)
        let folder = WaitingFolder(.scans, office.effects)
        let cleared = try folder.using(key, alone: true, else: UploadError.scansGone) {
            #expect(throws: UploadError.scansGone) { try readScans(key, effects: office.effects) }
            return try clearOldUploads(effects: office.effects)
        }
        #expect(cleared == 0)
        #expect(try clearOldUploads(effects: office.effects) == 1)
        #expect(try clearings(office) == ["scans 1"])
        #expect(waitingScans(effects: office.effects).isEmpty)
    }
}

@Suite struct `Tables of money that were uploaded` {
    private let office: StaffedOffice
    init() throws { office = try StaffedOffice() }

    private func keep(_ name: String, by staff: String) throws -> String {
        let bytes = Array((MapleCourt.files[name] ?? "").utf8)
        return try keepImport(
            [Upload(name: name, bytes: bytes.isEmpty ? Array("x".utf8) : bytes)],
            effects: office.effects.acting(as: staff, in: "FL"))
    }

    private func take(_ key: String, by staff: String) throws {
        _ = try takeImport(key, effects: office.effects.acting(as: staff, in: "FL"))
    }

    @Test(arguments: ["payments.csv", "charges.csv", "waivers.csv", "concessions.csv"])
    func `are taken by a manager alone`(file: String) throws {
        let key = try keep(file, by: "Li Na")
        #expect(throws: StaffError.notManager(name: "Root", role: "administrator")) {
            try take(key, by: "Root")
        }
        try take(key, by: "Boss")
    }

    @Test(arguments: ["waivers.csv", "concessions.csv", "waivers.xlsx"])
    func `lower what is owed where another than the manager uploaded them`(file: String) throws {
        let key = try keep(file, by: "Boss")
        #expect(throws: StaffError.sameTwo(name: "Boss")) { try take(key, by: "Boss") }
        try addUser("Second Boss", role: .manager, effects: office.effects)
        #expect(throws: StaffError.sameTwo(name: "Boss")) { try take(key, by: "BOSS") }
        try take(key, by: "Second Boss")
    }

    @Test func `are no registers, which an administrator takes`() throws {
        try take(keep("units.csv", by: "Root"), by: "Root")
    }
}
