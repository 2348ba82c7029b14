import Dunning
import FeeLedger
import Glibc
import Primitives
import Testing

@testable import Interchange

// DUNWELL_FUZZ=100000 reads so many tables, a tenth of each kind, and as many policies; the default
// keeps the suite short. A failure names its seed: DUNWELL_FUZZ_SEED=that DUNWELL_FUZZ=10 reads it
// again.
let fuzzCount = number("DUNWELL_FUZZ") ?? 1_500
let firstSeed = number("DUNWELL_FUZZ_SEED") ?? 20_261_121

private func number(_ variable: String) -> Int? {
    getenv(variable).flatMap { Int(String(cString: $0)) }
}

@Suite(.serialized) struct `Fuzzed input` {
    @Test(arguments: TableFormat.all.map(\.file))
    func `each row of a table becomes a row or problems, under its number`(file: String) throws {
        let folder = SampleFolder()
        for seed in firstSeed..<firstSeed + fuzzCount / TableFormat.all.count {
            var fuzzer = Fuzzer(seed: seed)
            let bytes = fuzzer.table(file)
            folder.write(bytes, to: file)
            let (reading, took) = try timed(seed) { try readTable(file, in: folder.path) }
            #expect(took < .seconds(1), "seed \(seed)")
            if let fault = reading.fault(in: bytes, at: folder.path + "/" + file) {
                Issue.record("seed \(seed): \(fault)")
                return
            }
        }
    }

    @Test func `a policy is read or has problems`() throws {
        for seed in firstSeed..<firstSeed + fuzzCount {
            var fuzzer = Fuzzer(seed: seed)
            let text = String(decoding: fuzzer.policy(), as: UTF8.self)
            let (problems, took) = timed(seed) { refusal(of: text) }
            #expect(took < .seconds(1), "seed \(seed)")
            let isTold = problems.map { !$0.isEmpty } ?? true
            #expect(isTold, "seed \(seed): refused without a word")
        }
    }

    // MARK: - Found by hand or by the fuzzers

    @Test func `the untouched samples are read`() throws {
        let folder = SampleFolder()
        for format in TableFormat.all {
            folder.write(Array(samples[format.file]!.utf8), to: format.file)
            let reading = try readTable(format.file, in: folder.path)
            #expect(reading.stop == nil && reading.rows.count >= 2, "\(format.file)")
            #expect(reading.refused == 0, "\(format.file)")
        }
        #expect(refusal(of: samplePolicy) == nil)
    }

    @Test func `aliases of aliases are refused without writing them out`() throws {
        let (problems, took) = timed(0) { refusal(of: samplePolicy + laughs(levels: 9)) }
        #expect(problems?.count == 1)
        #expect(took < .seconds(1))
    }

    @Test func `an alias of aliases as a key is refused without writing it out`() {
        // Written out, it would take 0.2 s at 6 levels, and 9 times as long with each more.
        let text = samplePolicy + laughs(levels: 10) + "? *l10\n: 1\n"
        let (problems, took) = timed(0) { refusal(of: text) }
        #expect(problems?.count == 1)
        #expect(took < .seconds(1))
    }

    @Test(arguments: [("x: ", "["), ("x: ", "{a: "), ("", "? "), ("", "- ")])
    func `a nest without a bottom is refused`(key: String, nest: String) {
        let text = key + String(repeating: nest, count: 50_000)
        let (problems, took) = timed(0) { refusal(of: text) }
        #expect(problems?.count == 1)
        #expect(took < .seconds(1))
    }

    @Test func `blanks between the two halves of a line end are a row`() throws {
        let folder = SampleFolder()
        folder.write(Array("unit,building,kind,area\r \n1,1,shop,1\n".utf8), to: "units.csv")
        let reading = try readTable("units.csv", in: folder.path)
        withKnownIssue("CR, blanks, LF count as CRLF: rows after it are one too low") {
            #expect(reading.rows == [3])
        }
        #expect(reading.rows == [2])
    }
}

// MARK: - Reading, with a watch

/// The seed that is being read, for the message of the alarm.
nonisolated(unsafe) private let alarmed = UnsafeMutablePointer<CChar>.allocate(capacity: 100)

/// Runs `body` and says how long it kept the processor; beyond 60 s of the clock the process ends,
/// naming the seed.
func timed<Value>(_ seed: Int, _ body: () throws -> Value) rethrows -> (Value, Duration) {
    strcpy(alarmed, "fuzz: seed \(seed) takes more than 60 s\n")
    signal(SIGALRM) { _ in
        write(STDERR_FILENO, alarmed, strlen(alarmed))
        abort()
    }
    alarm(60)
    defer { alarm(0) }
    let start = processorTime()
    let value = try body()
    return (value, processorTime() - start)
}

/// Of this thread: other tests that run at the same time do not count.
private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

private func refusal(of policy: String) -> [ImportProblem]? {
    do throws(PolicyProblems) {
        _ = try PolicyFile.read(policy)
        return nil
    } catch {
        return error.problems
    }
}

private func readTable(_ file: String, in folder: String) throws -> TableReading {
    switch file {
    case "units.csv": try TableReading(UnitRow.self, in: folder)
    case "owners.csv": try TableReading(OwnerRow.self, in: folder)
    case "ownerships.csv": try TableReading(OwnershipRow.self, in: folder)
    case "fees.csv": try TableReading(FeeRow.self, in: folder)
    case "readings.csv": try TableReading(ReadingRow.self, in: folder)
    case "charges.csv": try TableReading(ChargeRow.self, in: folder)
    case "payments.csv": try TableReading(PaymentRow.self, in: folder)
    case "waivers.csv": try TableReading(WaiverRow.self, in: folder)
    case "concessions.csv": try TableReading(ConcessionRow.self, in: folder)
    default: try TableReading(HoldRow.self, in: folder)
    }
}

/// What became of a table's rows.
private struct TableReading {
    /// Numbers of the rows that were given, good or refused, in that order.
    var rows: [Int] = []
    var refused = 0
    /// A refused row whose problems are none, or speak of another row.
    var misplaced: Int?
    var stop: ImportProblem?

    init<Row: TableRow>(_ type: Row.Type, in folder: String) throws {
        var (rows, refused, misplaced) = ([Int](), 0, Int?.none)
        stop = try CSVReader<Row>(folder: folder).forEachRow { number, row in
            rows.append(number)
            guard case .failure(let failure) = row else { return }
            refused += 1
            let isHere = failure.problems.allSatisfy { $0.row == number && $0.text(in: .zh) != "" }
            if failure.problems.isEmpty || !isHere { misplaced = number }
        }
        (self.rows, self.refused, self.misplaced) = (rows, refused, misplaced)
    }

    /// What is wrong with the reading: rows lost, invented, or under another number.
    func fault(in bytes: [UInt8], at path: String) -> String? {
        if let misplaced { return "problems of row \(misplaced) are none, or of another row" }
        guard case .known(let encoding) = textEncoding(ofFileAt: path) else {
            return rows.isEmpty && stop != nil ? nil : "neither text nor refused"
        }
        var decoder = TextDecoder(from: encoding)
        guard let text = try? decoder.decode(bytes[...]) else { return "decodes in part only" }
        let filled = filledRows(of: text)
        guard let header = filled.first else {
            return rows.isEmpty && stop != nil ? nil : "there is no row, but one was read"
        }
        // A header that is refused is named by a column; nothing is read then.
        if stop?.column != nil { return rows.isEmpty ? nil : "read on below a wrong header" }
        let end = stop?.row ?? .max
        let due = filled.filter { $0 > header && $0 < end }
        return rows == due ? nil : "rows \(rows.diff(due)), stopped at \(stop?.row ?? 0)"
    }
}

extension [Int] {
    fileprivate func diff(_ due: [Int]) -> String {
        let (lost, invented) = (Set(due).subtracting(self), Set(self).subtracting(due))
        return "lost \(lost.sorted().prefix(5)), invented \(invented.sorted().prefix(5))"
    }
}

/// The rows of a CSV text with anything in a cell, counted as a spreadsheet does; a reader of its
/// own, to hold the other one against. After a stray quote it does not know where it stands, but
/// what comes before is right.
private func filledRows(of text: [UInt8]) -> [Int] {
    var rows: [Int] = []
    var (row, inQuotes, isFilled) = (1, false, false)
    var cell: [UInt8] = []
    func endCell() {
        let text = String(decoding: cell, as: UTF8.self)
        if !text.allSatisfy({ $0.isWhitespace || $0 == "\u{FEFF}" }) { isFilled = true }
        cell.removeAll(keepingCapacity: true)
    }
    var place = 0
    while place < text.count {
        let byte = text[place]
        place += 1
        switch byte {
        case UInt8(ascii: "\""):
            let isDoubled = !inQuotes && place > 1 && text[place - 2] == byte
            if isDoubled { cell.append(byte) }
            inQuotes.toggle()
        case UInt8(ascii: ",") where !inQuotes: endCell()
        case 0x0A where !inQuotes, 0x0D where !inQuotes:
            endCell()
            if isFilled { rows.append(row) }
            (row, isFilled) = (row + 1, false)
            if byte == 0x0D { place = afterLineFeed(text, place) }
        default: cell.append(byte)
        }
    }
    endCell()
    return isFilled ? rows + [row] : rows
}

/// After the LF of a CRLF; blanks between the two are known to be passed over (see above).
private func afterLineFeed(_ text: [UInt8], _ place: Int) -> Int {
    var next = place
    while next < text.count, text[next] == 0x20 || text[next] == 0x09 { next += 1 }
    return next < text.count && text[next] == 0x0A ? next + 1 : place
}
