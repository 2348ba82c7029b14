import Dunning
import FeeLedger
import FoundationEssentials
public import Interchange
public import Primitives
import SQLiteStore

/// What an import did, or why it was refused.
public struct ImportReport: Sendable {
    /// One line a file.
    public struct FileCount: Sendable {
        public let file: String
        public var rows = 0
        public var added = 0
        public var changed = 0
        public var known = 0
    }

    public internal(set) var files: [FileCount] = []
    /// What was taken, but deserves a look.
    public internal(set) var remarks: [Bilingual] = []
    /// Where there is one, nothing was written.
    public internal(set) var problems: [ImportProblem] = []
    /// More problems than are listed.
    public internal(set) var furtherProblems = 0
    /// Tables that stand in workbooks, `units.xlsx`, instead of CSV files.
    var workbooks: [TableFormat] = []

    static let listed = 1_000

    mutating func add(_ problem: ImportProblem) {
        if problems.count < Self.listed {
            problems.append(renamed(problem))
        } else {
            furtherProblems += 1
        }
    }

    mutating func remark(_ remark: Bilingual) {
        if remarks.count < Self.listed { remarks.append(renamed(remark)) }
    }
}

/// Takes a community folder into the books (SPEC.md 9): all of it, in one transaction, or nothing.
///
/// The same folder again changes nothing; a later one brings registers up to date and adds facts.
/// - Parameter dryRun: do everything, report it, and keep nothing.
public func importCommunity(
    from folder: String, dryRun: Bool, effects: Effects
) throws -> ImportReport {
    var report = ImportReport()
    func perform(_ session: Session) throws {
        var work = CommunityImport(source: .folder(folder), session: session, effects: effects)
        defer { report = work.report }
        try work.perform()
        if !work.report.problems.isEmpty { throw NothingKept() }
    }
    do {
        if dryRun { try effects.store.tryOut(perform) } else { try effects.store.write(perform) }
    } catch is NothingKept {}
    return report
}

private struct NothingKept: Error {}

/// The import under way, inside its transaction.
struct CommunityImport {
    let source: RowSource
    let session: Session
    let effects: Effects
    /// The act's name in the books.
    var kind = "import"
    var report = ImportReport()
    /// Set by the policy, before any row is read.
    var community = CommunityID(0)
    var act = ActID(0)
    var isFirst = false
    var policy: CommunityPolicy?
    private var policyChanged = false
    var refused = RefusedRows()
    /// The unit asked for last, with its accounts: facts mostly stand unit by unit.
    var latest: (code: Code, accounts: [Account])?
    /// The unit noted last as having new facts.
    private var touched: ID<Unit>?
    private var owners: [Code: ID<Owner>] = [:]
    var items: [Code: FeeItem] = [:]
    /// Once a hold is read.
    var standingHolds: StandingHolds?

    init(source: RowSource, session: Session, effects: Effects) {
        self.source = source
        self.session = session
        self.effects = effects
    }

    mutating func perform() throws {
        try session.beginStaging()
        guard try readPolicy() else { return }
        try readPictures()
        try readUnits()
        try readOwners()
        try readOwnerships()
        try readFees()
        try readReadings()
        try readCharges()
        try readPayments()
        try readWaivers()
        try readConcessions()
        try readHolds()
        if report.problems.isEmpty { try postHistory() }
        // A charge is settled by the policy that holds.
        if report.problems.isEmpty, policyChanged { try settleAnew(.community(community)) }
    }

    /// Finds out again which charges are settled.
    func settleAnew(_ walk: Walk) throws {
        let context = try CommunityContext(community, in: session)
        try context.forEachChunk(of: walk, scope: .all, in: session) { chunk in
            for unit in chunk.units {
                for book in unit.accounts { try session.keepSettled(of: book) }
            }
        }
    }

    // MARK: - The policy, which names the community

    /// - Returns: whether the community is known, so that rows can be read.
    private mutating func readPolicy() throws -> Bool {
        guard case .folder(let folder) = source else { return try useKnownCommunity() }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder
        else {
            report.add(ImportProblem(file: folder, noFolder))
            return false
        }
        remarkOnStrangers(in: folder)
        let path = folder + "/" + TableFormat.policyFile
        guard isThere(path) else { return try useKnownCommunity() }
        guard let data = FileManager.default.contents(atPath: path) else {
            report.add(ImportProblem(file: TableFormat.policyFile, unreadable))
            return try useAnyCommunity()
        }
        var count = ImportReport.FileCount(file: TableFormat.policyFile)
        guard let yaml = String(bytes: data, encoding: .utf8) else {
            report.add(ImportProblem(file: TableFormat.policyFile, notUTF8))
            return try useAnyCommunity()
        }
        do {
            let policy = try PolicyFile.read(yaml)
            if let named = effects.community, named != policy.code {
                report.add(otherCommunity(policy.code, named))
                return false
            }
            self.policy = policy
            try open(communityOf: policy.code)
            count.rows = 1
            let saved = try session.savePolicy(yaml, of: community, act: act)
            policyChanged = saved == .changed
            tally(saved, in: &count)
            report.files.append(count)
            if policy.lateFee.segments.isEmpty { report.remark(noLateFee) }
        } catch let error as PolicyProblems {
            error.problems.forEach { report.add($0) }
            return try useAnyCommunity()
        }
        return true
    }

    /// The policy is refused; the rows are read all the same, so that all errors are told in one go.
    private mutating func useAnyCommunity() throws -> Bool {
        if let known = try? CommunityContext(named: effects.community, in: session) {
            community = known.id
            policy = known.policy
            try beginAct()
        } else {
            try open(communityOf: "?")
        }
        return true
    }

    private mutating func useKnownCommunity() throws -> Bool {
        let codes = try session.communityCodes()
        if codes.isEmpty {
            report.add(ImportProblem(file: TableFormat.policyFile, missingInFirst))
            try open(communityOf: "?")
            return true
        }
        do {
            let context = try CommunityContext(named: effects.community, in: session)
            community = context.id
            policy = context.policy
        } catch let error as OfficeError {
            report.add(ImportProblem(file: TableFormat.policyFile, error.message))
            return false
        }
        try beginAct()
        return true
    }

    private mutating func open(communityOf code: String) throws {
        if let known = try session.community(code: code) {
            community = known
        } else {
            community = try session.addCommunity(code: code)
            isFirst = true
        }
        try beginAct()
    }

    private mutating func beginAct() throws {
        let detail =
            switch source {
            case .folder(let folder): folder.split(separator: "/").last.map(String.init) ?? folder
            case .typed(let file, _): file
            }
        act = try session.addAct(
            community: community, kind: kind, by: effects.staff, at: effects.now().description,
            detail: detail)
    }

    // MARK: - Rows

    /// Reads a file of the folder, if it is there.
    ///
    /// - Parameter body: gives what became of the row, or `nil` where it was refused.
    mutating func forEach<Row: TableRow>(
        _ type: Row.Type, isRequired: Bool = false,
        _ body: (inout CommunityImport, Int, Row) throws -> Saved?
    ) throws {
        let file = Row.format.file
        var count = ImportReport.FileCount(file: report.file(of: Row.format))
        var remarks: [Bilingual] = []
        let stopped = try forEachRow(
            Row.self, isRequired: isRequired, remark: { remarks.append($0) }
        ) { number, row in
            count.rows += 1
            if count.rows % 1_000 == 0 {
                effects.progress(Bilingual(zh: "读入 \(file)", en: "reading \(file)"), count.rows, 0)
            }
            switch row {
            case .success(let row):
                if let saved = try body(&self, number, row) { tally(saved, in: &count) }
            case .failure(let failure):
                failure.problems.forEach { report.add($0) }
                try noteRefused(failure, RowPlace(file: file, row: number))
            }
        }
        remarks.forEach { report.remark($0) }
        if let stopped {
            report.add(stopped)
            refused.insertRest(of: file)
        }
        if stopped != nil || count.rows > 0 || hasFile(file) { report.files.append(count) }
    }

    private func hasFile(_ file: String) -> Bool {
        guard case .folder(let folder) = source else { return false }
        return isThere(folder + "/" + file) || report.workbooks.contains { $0.file == file }
    }

    /// Also where it cannot be read, or is a link that leads nowhere: only what is not there at all
    /// may be passed over.
    func isThere(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)) != nil
    }

    /// Tables under other names would be passed over without a word.
    private mutating func remarkOnStrangers(in folder: String) {
        let known = Set(TableFormat.all.flatMap { [$0.file, $0.workbook.file] })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.sorted() where !known.contains(name) && isTableName(name) {
            report.remark(stranger(name))
        }
        report.workbooks = TableFormat.all.filter { names.contains($0.workbook.file) }
        let isEmpty = !names.contains { known.contains($0) || $0 == TableFormat.policyFile }
        if isEmpty { report.add(ImportProblem(file: folder, nothingHere)) }
    }

    /// - Returns: the problem that stopped the reading, if one did.
    private func forEachRow<Row: TableRow>(
        _ type: Row.Type, isRequired: Bool, remark: (Bilingual) -> Void,
        _ body: (Int, Result<Row, RowProblems>) throws -> Void
    ) throws -> ImportProblem? {
        let file = Row.format.file
        switch source {
        case .typed(file, let values): try body(1, readRow(Row.self, values))
        case .typed: break
        case .folder(let folder):
            if report.isWorkbook(Row.format) {
                if isThere(folder + "/" + file) { return ImportProblem(file: file, standsTwice) }
                return try XLSXReader<Row>(folder: folder).forEachRow(remark: remark, body)
            }
            if hasFile(file) { return try CSVReader<Row>(folder: folder).forEachRow(body) }
            if isRequired, isFirst { return ImportProblem(file: file, missingInFirst) }
        }
        return nil
    }

    /// A register's refused row is not missed by others; another row's other codes are looked up, so
    /// that all of its errors are told in one go.
    private mutating func noteRefused(_ row: RowProblems, _ place: RowPlace) throws {
        switch place.file {
        case TableFormat.units.file: refused.insert(row.unit, of: .units)
        case TableFormat.owners.file: refused.insert(row.owner, of: .owners)
        case TableFormat.fees.file: refused.insert(row.item, of: .fees)
        default:
            if !row.unit.isEmpty { _ = try accounts(ofUnit: row.unit, place) }
            if !row.owner.isEmpty { _ = try owner(row.owner, place) }
            if place.file == TableFormat.ownerships.file {
                refused.insert(row.unit, of: .ownerships)
            }
        }
    }

    func tally(_ saved: Saved, in count: inout ImportReport.FileCount) {
        switch saved {
        case .added: count.added += 1
        case .changed: count.changed += 1
        case .known: count.known += 1
        }
    }

    /// Whether the key stands for the first time in this import's file; else the row is refused.
    mutating func isFirst(
        _ key: String, _ place: RowPlace, column: String, value: String
    ) throws -> Bool {
        guard
            let before = try session.firstRow(
                ofKey: place.file + "\u{1f}" + key, seenIn: place.row)
        else { return true }
        refuse(
            place, column, value,
            Bilingual(
                zh: "和第 \(before) 行重复。请删去一行。",
                en: "also stands in row \(before). Delete one of them."))
        return false
    }

    mutating func refuse(
        _ place: RowPlace, _ column: String, _ value: String, _ message: Bilingual
    ) {
        report.add(
            ImportProblem(
                file: place.file, row: place.row, column: column, value: value, message))
    }

    /// Names a value that is taken, but deserves a look.
    mutating func remark(
        _ place: RowPlace, _ column: String, _ value: String, _ message: Bilingual
    ) {
        let found = ImportProblem(
            file: place.file, row: place.row, column: column, value: value, message)
        let isTyped = if case .typed = source { true } else { false }
        report.remark(
            Bilingual(
                zh: isTyped ? found.typedText(in: .zh) : found.text(in: .zh),
                en: isTyped ? found.typedText(in: .en) : found.text(in: .en)))
    }

    // MARK: - Looking codes up

    /// The unit's accounts, the first first; `nil`, and a problem, where there is no such unit.
    mutating func accounts(ofUnit code: String, _ place: RowPlace) throws -> (ID<Unit>, [Account])?
    {
        if let latest, latest.code == Code(code), let first = latest.accounts.first {
            return (first.unit, latest.accounts)
        }
        guard let unit = try session.unit(code: code, in: community) else {
            if !refused.mayHold(code, of: .units) {
                refuse(place, "unit", code, unknownUnit)
            }
            return nil
        }
        let accounts = try session.accounts(of: unit)
        latest = (Code(code), accounts)
        return (unit, accounts)
    }

    mutating func owner(_ code: String, _ place: RowPlace) throws -> ID<Owner>? {
        if let known = owners[Code(code)] { return known }
        guard let owner = try session.owner(code: code, in: community) else {
            if !refused.mayHold(code, of: .owners) {
                refuse(place, "owner", code, unknownOwner)
            }
            return nil
        }
        if owners.count > 100_000 { owners.removeAll() }
        owners[Code(code)] = owner
        return owner
    }

    /// A known item, or where `create` says so a new one named by its code.
    mutating func item(_ code: String, _ place: RowPlace, create: Bool) throws -> FeeItem? {
        if let known = items[Code(code)] { return known }
        var item = try session.item(code: code, in: community)
        if item == nil, create {
            item = try session.saveItem(code: code, name: nil, in: community, act: act)
            if !refused.mayHold(code, of: .fees) { report.remark(newItem(code)) }
        }
        if let item {
            items[Code(code)] = item
        } else if !refused.mayHold(code, of: .fees) {
            refuse(place, "item", code, unknownItem)
        }
        return item
    }

    /// Refuses a row of a day on which nobody holds the unit, unless its ownership was refused.
    mutating func refuseUnheld(
        _ place: RowPlace, _ column: String, _ value: String, unit: String, _ message: Bilingual
    ) {
        let isExpected =
            refused.mayHold(unit, of: .ownerships) || refused.isUnread(.owners)
        if !isExpected { refuse(place, column, value, message) }
    }

    /// What a fact became: added facts are posted later; one that differs is refused.
    mutating func settle(
        _ recorded: Recorded, of unit: ID<Unit>, _ place: RowPlace, key: (String, String)
    ) throws -> Saved? {
        switch recorded {
        case .added:
            if touched != unit { try session.touch(unit) }
            touched = unit
            return .added
        case .known: return .known
        case .differs(let columns):
            let names = columns.map { columnNames[$0] ?? $0 }.joined(separator: ", ")
            refuse(place, key.0, key.1, differs(names))
            return nil
        }
    }
}

/// Where a row stands.
struct RowPlace {
    let file: String
    let row: Int
}

private let noFolder = Bilingual(
    zh: "不是文件夹。请给出存放 units.csv、owners.csv 等文件的文件夹。",
    en: "is not a folder. Name the folder that holds units.csv, owners.csv and so on.")
private let notUTF8 = Bilingual(
    zh: "不是 UTF-8 文本。请另存为 UTF-8。", en: "is not UTF-8 text. Save it as UTF-8.")
let unreadable = Bilingual(
    zh: "读不出来。请检查文件是否存在、是否有读取权限。", en: "cannot be read. Check that it exists and may be read.")
private let nothingHere = Bilingual(
    zh: "里面没有可以导入的文件。请给出存放 units.csv、payments.csv 等文件的文件夹。",
    en: "holds nothing to import. Name the folder that holds units.csv, payments.csv and so on.")
private func stranger(_ name: String) -> Bilingual {
    let known = TableFormat.all.map(\.file).joined(separator: ", ")
    return Bilingual(
        zh: "\(name) 没有读：导入只认这些文件名：\(known)（或 .xlsx）。",
        en: "\(name) was not read: an import knows these names: \(known) (or .xlsx).")
}
private func newItem(_ code: String) -> Bilingual {
    Bilingual(
        zh: "收费项目 \(code) 不在 fees.csv 里，已按新项目登记。写错了的，请改正。",
        en:
            "The item \(code) is not in fees.csv and was entered as a new one. Correct it if it is a slip."
    )
}
private func otherCommunity(_ code: String, _ named: String) -> ImportProblem {
    ImportProblem(
        file: TableFormat.policyFile, column: "code", value: code,
        Bilingual(
            zh: "和 --community \(named) 不一致。请改正其中一个。",
            en: "is not the community named by --community, \(named). Correct one of them."))
}
private func differs(_ names: String) -> Bilingual {
    Bilingual(
        zh: "已经登记过，但 \(names) 不同。已登记的事实不能改；确实登记错了的，请冲红后用新的编号登记。",
        en: "is recorded already, with another \(names). What is recorded cannot be changed: "
            + "reverse it and record it anew under a new reference.")
}
/// Where the database names a column otherwise than the tables of SPEC.md 9.
private let columnNames = [
    "namedOwner": "owner", "valueDate": "date", "fromPeriod": "from", "toPeriod": "to",
    "toDay": "to", "approvedBy": "approved_by", "decided": "on",
]
private let missingInFirst = Bilingual(
    zh: "首次导入必须有这个文件。dunwell import --template DIR 可以得到样例。",
    en: "must be there in a first import. `dunwell import --template DIR` writes a sample.")
private let noLateFee = Bilingual(
    zh: "policy.yaml 里没有滞纳金日率（late_fee.rates），不会计滞纳金。",
    en: "policy.yaml has no late_fee.rates: no late fee accrues.")
private let unknownUnit = Bilingual(
    zh: "没有这个房号。请先在 units.csv 里登记，或改正写法。",
    en: "is no known unit. Enter it in units.csv first, or correct it.")
private let unknownOwner = Bilingual(
    zh: "没有这个业主编号。请先在 owners.csv 里登记，或改正写法。",
    en: "is no known owner. Enter it in owners.csv first, or correct it.")
private let unknownItem = Bilingual(
    zh: "没有这个收费项目。请先在 fees.csv 里登记，或改正写法。",
    en: "is no known fee item. Enter it in fees.csv first, or correct it.")
