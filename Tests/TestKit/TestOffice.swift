import FoundationEssentials
import Office
import Primitives
import SQLiteStore
import Synchronization

/// An office in a temporary folder, with a clock that stands still; gone with its last user.
public final class TestOffice: Sendable {
    public let folder: String
    public let effects: Effects
    private let clock = ManualClock()

    /// - Parameter template: the notice templates; default: those of the repository.
    public init(templates: String = repository + "/templates/notices", community: String? = nil)
        throws
    {
        folder = try temporaryFolder()
        let clock = clock
        effects = Effects(
            store: try Store(path: folder + "/office.sqlite", create: true),
            evidence: folder + "/office.sqlite.evidence", templates: templates,
            community: community, staff: "clerk", hostName: "office.example.com",
            now: { clock.now }, pause: { clock.advance(byMilliseconds: $0) },
            progress: { _, _, _ in })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    public var database: String { folder + "/office.sqlite" }

    public func advance(bySeconds seconds: Int) { clock.advance(bySeconds: seconds) }

    /// The same office, as a process sees it that opens the database anew.
    public func reopened(community: String? = nil) throws -> Effects {
        Effects(
            store: try Store(path: database, create: false), evidence: effects.evidence,
            templates: effects.templates, community: community, staff: "clerk",
            hostName: effects.hostName, now: effects.now, pause: effects.pause,
            progress: { _, _, _ in })
    }

    /// Writes a folder of files.
    /// - Returns: its path.
    public func write(_ files: [String: String], as name: String = "import") throws -> String {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (file, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + file))
        }
        return path
    }

    @discardableResult
    public func take(_ files: [String: String], as name: String = "import") throws -> ImportReport {
        try importCommunity(from: write(files, as: name), dryRun: false, effects: effects)
    }

    /// `arrears`, `accounts` and `notices` as of a date, line by line: what a user can see.
    public func books(asOf date: CivilDate) throws -> [String] {
        var lines: [String] = []
        try forEachArrears(asOf: date, effects: effects) { row in
            let standing = row.standing
            let charge = standing.charge
            lines.append(
                "\(row.unit) \(row.owners) \(charge.item.code) \(charge.period) \(charge.due) "
                    + "\(standing.principalOpen) \(standing.lateFeeGross) \(standing.lateFeeOpen) "
                    + "\(standing.daysOverdue)")
        }
        try forEachAccountTotals(asOf: date, effects: effects) { row in
            let totals = row.statement
            lines.append(
                "\(row.unit) \(row.owners) \(totals.charged) \(totals.conceded) \(totals.paid) "
                    + "\(totals.waived) \(totals.credit) \(totals.principalOpen) \(totals.lateFeeOpen)"
            )
        }
        try forEachNotice(period: nil, effects: effects) { row in
            lines.append(
                "\(row.number) \(row.unit) \(row.stage ?? "bill") \(row.asOf) \(row.principal) "
                    + "\(row.lateFee) \(row.credit) \(row.channels)")
        }
        return lines
    }
}

private final class ManualClock: Sendable {
    private let milliseconds = Mutex(1_795_248_000_000)  // 2026-11-21T08:00:00Z
    var now: Instant { Instant(millisecondsSince1970: milliseconds.withLock { $0 }) }
    func advance(bySeconds seconds: Int) { advance(byMilliseconds: seconds * 1_000) }
    func advance(byMilliseconds count: Int) { milliseconds.withLock { $0 += count } }
}

/// The repository's root.
public let repository: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
}()

public func temporaryFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/dunwell-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
}

/// A date that is known to be right.
public func date(_ text: String) -> CivilDate { CivilDate(text)! }
public func period(_ text: String) -> Period { Period(text)! }
