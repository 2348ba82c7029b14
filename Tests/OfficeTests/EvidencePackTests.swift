import Evidence
import FeeLedger
import Foundation
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// 1-101 of Maple Court: notices by letter and mail, one of them signed for, with a picture.
@Suite struct `An evidence pack` {
    let asOf = date("2026-12-10")

    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        for (month, day) in [("2026-11", "2026-11-21"), ("2026-12", "2026-12-05")] {
            _ = try runPeriod(
                period(month), asOf: date(day), dryRun: false, effects: office.effects)
            _ = try printLetters(
                to: office.folder + "/\(month).pdf", period: nil, effects: office.effects)
        }
        _ = try exportMessages(to: office.folder + "/outbox", effects: office.effects)
        return office
    }

    private func export(
        _ office: TestOffice, _ unit: String = "1-101", as name: String = "pack",
        owner: String? = nil
    ) throws -> (pack: EvidencePack, folder: String) {
        let folder = office.folder + "/" + name
        let pack = try exportEvidence(
            of: unit, owner: owner, asOf: asOf, rates: nil, to: folder, effects: office.effects)
        return (pack, folder)
    }

    private func serve(_ office: TestOffice, on day: String = "2026-12-08") throws -> ServiceID {
        let stub = office.folder + "/stub.png"
        try Data(base64Encoded: picture)!.write(to: URL(fileURLWithPath: stub))
        let number = try number("FL-202612", of: "1-101", office)
        var entry = ServiceEntry(of: number, how: .signedOwner, on: date(day), staff: ["李四"])
        entry.files = [ServiceEntry.File(kinds: [.receipt], path: stub)]
        return try recordService(entry, effects: office.effects).id
    }

    private func number(_ prefix: String, of unit: String, _ office: TestOffice) throws -> String {
        var found = ""
        try forEachNotice(period: nil, effects: office.effects) {
            if $0.unit == unit, $0.number.hasPrefix(prefix) { found = $0.number }
        }
        return found
    }

    private func rows(_ path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    // MARK: - Checked without Dunwell

    @Test func `is checked by sha256sum alone, which finds a changed file`() throws {
        let office = try office()
        _ = try serve(office)
        let (pack, folder) = try export(office)
        let checked = try shell("cd '\(folder)' && sha256sum -c SHA256SUMS")
        #expect(checked.status == 0)
        #expect(checked.text.split(separator: "\n").count == pack.files)
        let names = try shell("cd '\(folder)' && find . -type f | sort").text
        // All is in the manifest but the manifest, and what is no evidence.
        #expect(names.split(separator: "\n").count == pack.files + 2)
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/statement.csv"))
        let broken = try shell("cd '\(folder)' && sha256sum -c SHA256SUMS 2>&1")
        #expect(broken.status == 1 && broken.text.contains("statement.csv: FAILED"))
    }

    @Test func `is the same again, byte for byte`() throws {
        let office = try office()
        _ = try serve(office)
        let one = try export(office, as: "one").folder
        let other = try export(office, as: "other").folder
        #expect(try shell("diff --recursive '\(one)' '\(other)'").text == "")
    }

    @Test func `holds the mails and the proofs byte for byte, and the letters as printed`() throws {
        let office = try office()
        _ = try serve(office)
        let (pack, folder) = try export(office)
        let mails = try hashes(folder + "/mails")
        #expect(try mails.count == 2 && mails.isSubset(of: hashes(office.folder + "/outbox")))
        let proof = try shell("cmp '\(folder)'/proofs/*.png '\(office.folder)/stub.png'")
        #expect(proof.status == 0)
        let number = try number("FL-202612", of: "1-101", office)
        let letter = try shell("pdftotext -layout '\(folder)/notices/\(number).pdf' -").text
        #expect(letter.contains(number) && letter.contains("安甲"))
        // Each exhibit stands on the pages that the index names.
        for row in try rows(folder + "/index.csv") where row[4].first?.isNumber == true {
            let first = Int(row[4].prefix { $0.isNumber })!
            let text = try shell("pdftotext -f \(first) -l \(first) '\(folder)/pack.pdf' -").text
            #expect(text.contains("证据 \(row[0])"), "\(row)")
        }
        #expect(
            try shell("pdfinfo '\(folder)/pack.pdf'").text.contains(
                "Pages:           \(pack.pages)"))
    }

    @Test func `names nobody else of the batch or the building`() throws {
        let office = try office()
        let (_, folder) = try export(office)
        let all = try shell(
            "cd '\(folder)'; cat *.csv; for f in $(find . -name '*.pdf'); do pdftotext $f -; done")
        #expect(all.text.contains("安甲"))
        for stranger in ["白乙", "曹丙", "邓戊", "1-102", "1-201"] {
            #expect(!all.text.contains(stranger), "\(stranger)")
        }
    }

    // MARK: - Figures

    @Test func `says what arrears and explain say`() throws {
        let office = try office()
        let (_, folder) = try export(office, "1-201")
        var arrears: [[String]] = []
        try forEachArrears(asOf: asOf, effects: office.effects) { row in
            guard row.unit == "1-201" else { return }
            let standing = row.standing
            arrears.append(
                [standing.charge.period.description, standing.charge.due.description]
                    + [standing.principalOpen, standing.lateFeeGross, standing.lateFeeOpen]
                    .map(\.description))
        }
        let statement = try rows(folder + "/statement.csv")
        #expect(statement.map { [$0[0], $0[2], $0[6], $0[7], $0[9]] } == arrears)
        let explanation = try explainLateFees(
            of: "1-201", owner: nil, asOf: asOf, effects: office.effects)
        let runs = explanation.lines.flatMap(\.accrual.runs).map {
            [$0.first.description, $0.last.description, "\($0.days)", $0.principal.description]
        }
        #expect(try rows(folder + "/late-fees.csv").map { Array($0[2...5]) } == runs)
        #expect(!runs.isEmpty)
        let bases = try rows(folder + "/bases.csv")
        let total = explanation.statement.lateFeeOpen
        #expect(bases[0][2] == total.description && bases.count == 8)
        // The higher the multiple, the higher the claim; none above the agreed one.
        let prime = try bases.suffix(4).map { try Money(parsing: $0[2]) }
        #expect(prime == prime.sorted() && prime[0] > .zero && prime[3] < total)
    }

    @Test func `leaves out what was withdrawn, and what came after its date`() throws {
        let office = try office()
        let service = try serve(office)
        let there = try export(office, as: "there")
        #expect(try shell("ls '\(there.folder)/proofs'").status == 0)
        try withdrawService(service.number, reason: "another's", effects: office.effects)
        let gone = try export(office, as: "gone")
        #expect(gone.pack.exhibits == there.pack.exhibits - 2)
        let early = try exportEvidence(
            of: "1-101", owner: nil, asOf: date("2026-11-30"), rates: nil,
            to: office.folder + "/early", effects: office.effects)
        #expect(early.exhibits < gone.pack.exhibits)
    }

    // MARK: - What it claims

    @Test func `claims no more of a service than it shows, and keeps E for the office`() throws {
        let office = try office()
        _ = try serve(office)
        let number = try number("FL-202612", of: "1-101", office)
        _ = try recordService(
            ServiceEntry(of: number, how: .phone, on: date("2026-12-08"), staff: ["李四"]),
            effects: office.effects)
        let (_, folder) = try export(office)
        let services = try rows(folder + "/index.csv").filter { $0[1].hasPrefix("送达") }
        #expect(services.count == 2)
        #expect(services.allSatisfy { $0[3].contains("received and signed for") })
        let pack = try shell("pdftotext '\(folder)/pack.pdf' -").text
        #expect(!pack.contains("电话 phone") && pack.contains("E attempted, without proof"))
        let check = try shell("pdftotext '\(folder)/office-only/check.pdf' -").text
        #expect(check.contains("电话 phone"))
    }

    @Test func `a bill shows what was billed; a version of the policy when it was recorded`() throws
    {
        let office = try office()
        let (_, folder) = try export(office)
        let index = try String(contentsOfFile: folder + "/index.csv", encoding: .utf8)
        for line in index.split(separator: "\n") where line.contains("账单 ") {
            #expect(line.contains("what was billed"))
        }
        #expect(!index.contains("1–1 页"))
        let policies = try String(contentsOfFile: folder + "/policies.csv", encoding: .utf8)
        #expect(policies.contains("version,recorded_at,by,file"))
    }

    @Test func `VERIFY names only folders that are there`() throws {
        let office = try office()
        for (name, isServed) in [("without", false), ("with", true)] {
            if isServed { _ = try serve(office) }
            let folder = try export(office, as: name).folder
            let text = try String(contentsOfFile: folder + "/VERIFY.txt", encoding: .utf8)
            for part in ["notices", "mails", "proofs"] {
                let isThere = FileManager.default.fileExists(atPath: folder + "/" + part)
                #expect(text.contains(part + "/") == isThere, "\(name) \(part)")
            }
        }
    }

    @Test func `an account that owes nothing has no pack`() throws {
        let office = try office()
        #expect(throws: OfficeError.owesNothing(unit: "P-001", asOf: asOf)) {
            try export(office, "P-001")
        }
        #expect(!FileManager.default.fileExists(atPath: office.folder + "/pack"))
    }

    // MARK: - Before court

    private func states(_ office: TestOffice, _ unit: String) throws -> [String: String] {
        try checkCase(of: unit, owner: nil, asOf: asOf, effects: office.effects)
            .reduce(into: [:]) { $0[$1.check] = $1.state.rawValue }
    }

    @Test func `tells what is missing before anyone goes to court`() throws {
        let office = try office()
        let before = try states(office, "1-101")
        #expect(before["demand"] == "missing" && before["limitation"] == "ok")
        #expect(before["small_claims"] == "missing" && before["holds"] == "ok")
        _ = try serve(office)
        #expect(try states(office, "1-101")["demand"] == "ok")
        try office.take([
            "policy.yaml": MapleCourt.policy
                + "court: { small_claims: [ { from: 2026-01-01, ceiling: 50000.00 } ] }\n"
        ])
        #expect(try states(office, "1-101")["small_claims"] == "ok")
    }

    @Test func `a household in hardship is not for court`() throws {
        #expect(try states(office(), "1-201")["holds"] == "stop")
        #expect(try states(office(), "P-001")["claim"] == "stop")
    }

    @Test func `a table of rates that cannot be read is refused`() throws {
        let office = try office()
        let rates = try office.write(["lpr.csv": "from,rate\n2025-05-20,3.00\n2024-01-01,3.1\n"])
        #expect(throws: OfficeError.badRates(path: rates + "/lpr.csv", line: 3)) {
            try exportEvidence(
                of: "1-101", owner: nil, asOf: asOf, rates: rates + "/lpr.csv",
                to: office.folder + "/pack", effects: office.effects)
        }
        #expect(!FileManager.default.fileExists(atPath: office.folder + "/pack"))
    }

    private func hashes(_ folder: String) throws -> Set<String> {
        let lines = try shell("cd '\(folder)' && sha256sum *").text.split(separator: "\n")
        return Set(lines.map { String($0.prefix(64)) })
    }
}

/// What a command prints, and its status.
func shell(_ command: String) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", command]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

/// Four by two pixels.
private let picture =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAC0lEQVR4nGNggAEAAAoAAX+AdF4AAAAASUVORK5CYII="
