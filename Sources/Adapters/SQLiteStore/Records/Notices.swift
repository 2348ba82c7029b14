public import Dunning
public import FeeLedger
public import Primitives

public enum TemplateSetSubject: Sendable {}
public typealias TemplateSetID = ID<TemplateSetSubject>

extension Session {
    // MARK: - Runs

    /// Notes that the run was made; a repeated one is known.
    public func recordRun(
        period: Period, asOf: CivilDate, in community: CommunityID, act: ActID
    ) throws {
        _ = try record(.runs, [.id(community), .period(period), .date(asOf), .id(act)])
    }

    /// What a run needs to know of earlier notices.
    public struct EarlierNotices: Sendable {
        /// The last dunning notice of each stage, on or before the run's date.
        public var lastOfStage: [String: CivilDate] = [:]
        /// There is a notice for the run's very date.
        public var hasOneForTheDate = false
        public init() {}
    }

    /// The chunk's notices on or before the date, by account.
    public func earlierNotices(
        of chunk: UnitChunk, asOf: CivilDate
    ) throws -> [ID<Account>: EarlierNotices] {
        var earlier: [ID<Account>: EarlierNotices] = [:]
        try forEach(
            """
            SELECT account, stage, asOf FROM walk CROSS JOIN notice ON notice.unit = walk.unit
            WHERE rank BETWEEN ? AND ? AND asOf <= ?
            """, [.integer(chunk.ranks.lowerBound), .integer(chunk.ranks.upperBound), .date(asOf)]
        ) { row in
            let date = row.date(2)
            var known = earlier[row.id(0)] ?? EarlierNotices()
            if date == asOf { known.hasOneForTheDate = true }
            if let stage = row.optionalText(1) {
                known.lastOfStage[stage] = max(date, known.lastOfStage[stage] ?? date)
            }
            earlier[row.id(0)] = known
        }
        return earlier
    }

    // MARK: - Notices

    /// The serial that the next notice of the period gets, from 1 on.
    public func nextSerial(of period: Period, in community: CommunityID) throws -> Int {
        try first(
            "SELECT ifnull(max(serial), 0) + 1 FROM notice WHERE community = ? AND period = ?",
            [.id(community), .period(period)]
        ) { $0.integer(0) } ?? 1
    }

    /// Keeps a notice, with the messages, the letter and the task that go out for it.
    public func add(
        _ notice: Notice, dispatch: Dispatch, recipients: [ID<Owner>: String],
        templates: TemplateSetID, in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO notice (community, number, unit, account, period, serial, asOf, stage, template,
              signature, cap, payBy, principal, lateFee, credit, channels, templateSet, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .text(notice.number.description), .id(notice.unit),
                .id(notice.account), .period(notice.number.period),
                .integer(notice.number.serial), .date(notice.asOf),
                notice.stage.map { .text($0) } ?? .null, .text(notice.template),
                .flag(notice.asksForSignature), .parts(notice.cap), .date(notice.payBy),
                .parts(notice.principal),
                .parts(notice.lateFee), .parts(notice.credit),
                .text(joined(notice.channels.map(\.rawValue))), .id(templates), .id(act),
            ])
        for (index, line) in notice.lines.enumerated() { try add(line, at: index, to: id) }
        for owner in dispatch.emails {
            try run(
                "INSERT INTO message (community, notice, owner, recipient) VALUES (?, ?, ?, ?)",
                [.id(community), .integer(id), .id(owner), .text(recipients[owner]!)])
        }
        if let letter = dispatch.letter {
            try run(
                "INSERT INTO letter (notice, channel) VALUES (?, ?)",
                [.integer(id), .text(letter.rawValue)])
        }
        if let task = dispatch.task {
            try run(
                "INSERT INTO contactTask (notice, channel) VALUES (?, ?)",
                [.integer(id), .text(task.rawValue)])
        }
    }

    private func add(_ line: Notice.Line, at index: Int, to notice: Int) throws {
        try run(
            """
            INSERT INTO noticeLine (notice, line, period, item, due, amount, principal, daysOverdue,
              lateFee, lateFeePaid, lateFeeWaived, isNew, accrual)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(notice), .integer(index), .period(line.key.period), .id(line.key.item),
                .date(line.due), .parts(line.amount), .parts(line.principalOpen),
                .integer(line.daysOverdue), .parts(line.lateFee), .parts(line.lateFeePaid),
                .parts(line.lateFeeWaived), .flag(line.isNew), .text(encoded(line.accrual)),
            ])
    }

    /// One row of the list of notices.
    public struct NoticeSummary: Sendable {
        public let id: NoticeID
        public let number, unit: String
        public let owners: [String]
        /// `nil`: a bill.
        public let stage: String?
        public let asOf: CivilDate
        public let principal, lateFee, credit: Money
        /// Joined by `;`, in byte order.
        public let channels: String
    }

    /// Notices in the order of their periods and numbers.
    public func forEachNotice(
        of community: CommunityID, period: Period?, _ body: (NoticeSummary) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT notice.id, number, unit.code, (
              SELECT group_concat(code, ';') FROM (
                SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                WHERE accountOwner.account = notice.account ORDER BY owner.code)),
              stage, asOf, principal, lateFee, credit, channels
            FROM notice JOIN unit ON unit.id = notice.unit
            WHERE notice.community = ? AND (? IS NULL OR period = ?) ORDER BY period, serial
            """, [.id(community), .period(period), .period(period)]
        ) { row in
            try body(
                NoticeSummary(
                    id: row.id(0), number: row.text(1), unit: row.text(2),
                    owners: split(row.text(3)), stage: row.optionalText(4), asOf: row.date(5),
                    principal: row.quantity(6), lateFee: row.quantity(7),
                    credit: row.quantity(8), channels: row.text(9)))
        }
    }

    /// `nil` where the community has no such notice.
    public func notice(number: String, of community: CommunityID) throws -> NoticeID? {
        try first(
            "SELECT id FROM notice WHERE number = ? AND community = ?",
            [.text(number), .id(community)]
        ) { $0.id(0) }
    }

    // MARK: - All that rendering needs

    /// A notice as it was frozen, with those it speaks to.
    public struct FrozenNotice: Sendable {
        public let id: NoticeID
        public let number: String
        public let period: Period
        public let asOf: CivilDate
        public let stage: String?
        public let template: String
        public let asksForSignature: Bool
        public let cap: Ratio
        public let payBy: CivilDate?
        public let unit: Unit
        public let owners: [Owner]
        public let lines: [(line: Notice.Line, item: String)]
        public let principal, lateFee, credit: Money
        public let channels: [String]
        public let templates: TemplateSetID
        /// As-of dates of the account's earlier dunning notices.
        public let earlier: [CivilDate]
    }

    /// A notice with all that rendering needs.
    ///
    /// - Precondition: there is such a notice.
    public func frozenNotice(_ id: NoticeID) throws -> FrozenNotice {
        let lines = try noticeLines(id)
        let owners = try noticeOwners(id)
        var earlier: [CivilDate] = []
        try forEach(
            """
            SELECT earlier.asOf FROM notice JOIN notice AS earlier
              ON earlier.unit = notice.unit AND earlier.account = notice.account
            WHERE notice.id = ? AND earlier.asOf < notice.asOf AND earlier.stage IS NOT NULL
            ORDER BY earlier.asOf
            """, [.id(id)]
        ) { earlier.append($0.date(0)) }
        return try first(
            """
            SELECT number, period, asOf, stage, template, signature, payBy, principal, lateFee, credit,
              channels, templateSet, unit.id, code, building, kind, area, handover, cap
            FROM notice JOIN unit ON unit.id = notice.unit WHERE notice.id = ?
            """, [.id(id)]
        ) { row in
            FrozenNotice(
                id: id, number: row.text(0), period: row.period(1), asOf: row.date(2),
                stage: row.optionalText(3), template: row.text(4), asksForSignature: row.flag(5),
                cap: row.quantity(18), payBy: row.optionalDate(6),
                unit: Unit(
                    id: row.id(12), code: row.text(13), building: row.text(14),
                    kind: UnitKind(rawValue: row.text(15))!, area: row.quantity(16),
                    handover: row.optionalDate(17)),
                owners: owners, lines: lines, principal: row.quantity(7),
                lateFee: row.quantity(8), credit: row.quantity(9), channels: split(row.text(10)),
                templates: row.id(11), earlier: earlier)
        }!
    }

    private func noticeOwners(_ notice: NoticeID) throws -> [Owner] {
        var owners: [Owner] = []
        try forEach(
            """
            SELECT owner.id, code, name, phone, email, address, owner.channels, language
            FROM notice JOIN accountOwner ON accountOwner.account = notice.account
              JOIN owner ON owner.id = accountOwner.owner JOIN person ON person.owner = owner.id
            WHERE notice.id = ? ORDER BY code
            """, [.id(notice)]
        ) { owners.append(Owner($0)) }
        return owners
    }

    private func noticeLines(_ notice: NoticeID) throws -> [(line: Notice.Line, item: String)] {
        var lines: [(line: Notice.Line, item: String)] = []
        try forEach(
            """
            SELECT period, item, due, amount, principal, daysOverdue, lateFee, lateFeePaid,
              lateFeeWaived, isNew, accrual, name
            FROM noticeLine JOIN item ON item.id = noticeLine.item WHERE notice = ? ORDER BY line
            """, [.id(notice)]
        ) { row in
            let line = Notice.Line(
                key: ChargeKey(period: row.period(0), item: row.id(1)), due: row.date(2),
                amount: row.quantity(3), principalOpen: row.quantity(4),
                daysOverdue: row.integer(5), lateFee: row.quantity(6),
                lateFeePaid: row.quantity(7), lateFeeWaived: row.quantity(8), isNew: row.flag(9),
                accrual: decoded(row.text(10)))
            lines.append((line, row.text(11)))
        }
        return lines
    }

    // MARK: - Templates

    /// Keeps a version of the templates, unless it is known.
    public func saveTemplates(
        _ files: [String: String], sha256: String, in community: CommunityID
    ) throws -> TemplateSetID {
        if let known: TemplateSetID = try first(
            "SELECT id FROM templateSet WHERE community = ? AND sha256 = ?",
            [.id(community), .text(sha256)], { $0.id(0) })
        {
            return known
        }
        let id = try insert(
            "INSERT INTO templateSet (community, sha256) VALUES (?, ?)",
            [.id(community), .text(sha256)])
        for (name, content) in files {
            try run(
                "INSERT INTO templateFile (templateSet, name, content) VALUES (?, ?, ?)",
                [.integer(id), .text(name), .text(content)])
        }
        return TemplateSetID(id)
    }

    /// File name → content of a kept version.
    public func templates(_ id: TemplateSetID) throws -> [String: String] {
        var files: [String: String] = [:]
        try forEach("SELECT name, content FROM templateFile WHERE templateSet = ?", [.id(id)]) {
            files[$0.text(0)] = $0.text(1)
        }
        return files
    }
}

extension KeyedTable {
    fileprivate static let runs = KeyedTable(
        "run", key: ["community", "period", "asOf"], others: ["act"])
}

/// `first day:days:fen:ppm`, joined by `;`.
private func encoded(_ runs: [AccrualRun]) -> String {
    runs.map {
        "\($0.first.dayNumber):\($0.days):\($0.principal.fen):\($0.rate.partsPerMillion)"
    }.joined(separator: ";")
}

private func decoded(_ text: String) -> [AccrualRun] {
    split(text).map { run in
        let parts = run.split(separator: ":").compactMap { Int($0) }
        return AccrualRun(
            first: CivilDate(dayNumber: parts[0]), days: parts[1], principal: Money(fen: parts[2]),
            rate: DailyRate(parts: parts[3]))
    }
}
