public import Casework
import Dunning
public import FeeLedger
public import Primitives

/// Households in hardship. What they showed and said stands in `hardshipText` alone.
extension Session {
    /// A case without any of its texts.
    public struct RecordedHardshipCase: Sendable {
        public let id: HardshipCaseID
        public let unit: ID<Unit>
        public let unitCode: String
        public let account: ID<Account>
        /// Who opened it.
        public let opener: String
        /// Others who work on it, in byte order.
        public internal(set) var others: [String] = []
        public internal(set) var hardship: HardshipCase

        /// Who may see it beside managers.
        public var staff: [String] { [opener] + others }
    }

    /// Opens a case.
    ///
    /// - Parameter reason: what the household's hardship is.
    public func addHardshipCase(
        _ hardship: HardshipCase, of account: Account, reason: String, by staff: String,
        in community: CommunityID, act: ActID
    ) throws -> HardshipCaseID {
        let id = try insert(
            """
            INSERT INTO hardshipCase (community, unit, account, kind, day, staff, review, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id), .text(hardship.kind.rawValue),
                .date(hardship.day), .text(staff), .date(hardship.review), .id(act),
            ])
        try keepHardship(reason, of: .hardshipCase(HardshipCaseID(id)))
        return HardshipCaseID(id)
    }

    /// Who works on the case, too; the same name again changes nothing.
    public func addStaff(_ name: String, to number: HardshipCaseID, act: ActID) throws {
        try run(
            "INSERT INTO hardshipStaff (hardshipCase, staff, act) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [.id(number), .text(name), .id(act)])
    }

    /// `nil`: the community has no such case.
    public func hardshipCase(
        _ number: HardshipCaseID, of community: CommunityID
    ) throws -> RecordedHardshipCase? {
        try hardshipCases(
            where: "hardshipCase.id = ? AND hardshipCase.community = ?",
            [.id(number), .id(community)]
        ).first
    }

    /// In the order in which they were recorded.
    public func hardshipCases(of community: CommunityID) throws -> [RecordedHardshipCase] {
        try hardshipCases(where: "hardshipCase.community = ?", [.id(community)])
    }

    /// Codes of the owners of accounts that have a case, joined by `;`.
    public func ownerCodes(ofCasesIn community: CommunityID) throws -> [ID<Account>: String] {
        var codes: [ID<Account>: String] = [:]
        try forEach(
            """
            SELECT account, code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
            WHERE account IN (SELECT account FROM hardshipCase WHERE hardshipCase.community = ?)
            ORDER BY account, code
            """, [.id(community)]
        ) { row in
            let before = codes[row.id(0)].map { $0 + ";" } ?? ""
            codes[row.id(0)] = before + row.text(1)
        }
        return codes
    }

    /// In the order in which they were recorded.
    public func hardshipCases(of account: Account) throws -> [RecordedHardshipCase] {
        try hardshipCases(
            where: "hardshipCase.unit = ? AND hardshipCase.account = ?",
            [.id(account.unit), .id(account.id)])
    }

    /// The days on which cases keep dunning at its first stage, past ones too.
    func hardshipHolds(of chunk: UnitChunk) throws -> [ID<Account>: [DunningHold]] {
        let cases = try hardshipCases(
            where: "hardshipCase.unit IN (SELECT unit FROM walk WHERE rank BETWEEN ? AND ?)",
            chunk.ranks.bounds)
        return cases.reduce(into: [:]) { $0[$1.account, default: []] += $1.hardship.holds }
    }

    /// Whether a case of the account is open or granted on the date, or it is flagged so by a hold:
    /// such an account is never taken to court.
    public func isInHardship(_ account: Account, asOf: CivilDate) throws -> Bool {
        if try hardshipCases(of: account).contains(where: { record in
            record.hardship.holds.contains { $0.holds(on: asOf) }
        }) {
            return true
        }
        let end = endOfHold
        return try first(
            """
            SELECT 1 FROM hold WHERE unit = ?1 AND account = ?2 AND reason = 'hardship'
              AND fromDay <= ?3 AND (\(end) IS NULL OR \(end) >= ?3)
            """, [SQLValue.id(account.unit), .id(account.id), .date(asOf)]
        ) { _ in true } ?? false
    }

    /// Three statements, whatever the number of cases.
    private func hardshipCases(
        where condition: String, _ values: [SQLValue]
    ) throws -> [RecordedHardshipCase] {
        var decisions: [Int: [HardshipCase.Decision]] = [:]
        try forEach(
            """
            SELECT hardshipCase, outcome, hardshipDecision.day, hardshipDecision.review
            FROM hardshipCase JOIN hardshipDecision ON hardshipDecision.hardshipCase = hardshipCase.id
            WHERE \(condition) ORDER BY hardshipDecision.day, hardshipDecision.id
            """, values
        ) { row in
            decisions[row.integer(0), default: []].append(
                HardshipCase.Decision(
                    HardshipCase.Outcome(rawValue: row.text(1))!, on: row.date(2),
                    review: row.optionalDate(3)))
        }
        var others: [Int: [String]] = [:]
        try forEach(
            """
            SELECT hardshipCase, hardshipStaff.staff
            FROM hardshipCase JOIN hardshipStaff ON hardshipStaff.hardshipCase = hardshipCase.id
            WHERE \(condition) ORDER BY hardshipStaff.staff
            """, values
        ) { others[$0.integer(0), default: []].append($0.text(1)) }
        var cases: [RecordedHardshipCase] = []
        try forEach(
            """
            SELECT hardshipCase.id, unit.id, unit.code, account, hardshipCase.kind, day, staff, review
            FROM hardshipCase JOIN unit ON unit.id = hardshipCase.unit
            WHERE \(condition) ORDER BY hardshipCase.id
            """, values
        ) { row in
            let hardship = HardshipCase(
                kind: HardshipCase.Kind(rawValue: row.text(4))!, day: row.date(5),
                review: row.optionalDate(7), decisions: decisions[row.integer(0)] ?? [])
            cases.append(
                RecordedHardshipCase(
                    id: row.id(0), unit: row.id(1), unitCode: row.text(2), account: row.id(3),
                    opener: row.text(6), others: others[row.integer(0)] ?? [], hardship: hardship)
            )
        }
        return cases
    }
}

// MARK: - Texts

/// The row that a text about a household's hardship belongs to.
public enum HardshipSubject: Sendable {
    case hardshipCase(HardshipCaseID)
    case proof(Int)
    /// An income, by its sheet and its place on it, from 0.
    case income(sheet: Int, place: Int)
    case decision(HardshipDecisionID)
    /// A proposal that was refused without a decision on the case.
    case proposal(ProposalID)
}

extension Session {
    /// Keeps what was said of a household's hardship, where it goes nowhere but to those who may
    /// see it; an empty text is not kept.
    public func keepHardship(_ text: String, of subject: HardshipSubject) throws {
        if text.isEmpty { return }
        try run(
            "INSERT INTO hardshipText (kind, subject, place, text) VALUES (?, ?, ?, ?)",
            [
                .text(subject.kind), .integer(subject.number), .integer(subject.place),
                .text(text),
            ])
    }

    /// Empty where there is none.
    func hardshipText(of subject: HardshipSubject) throws -> String {
        try first(
            "SELECT text FROM hardshipText WHERE kind = ? AND subject = ? AND place = ?",
            [.text(subject.kind), .integer(subject.number), .integer(subject.place)]
        ) { $0.text(0) } ?? ""
    }
}

extension HardshipSubject {
    fileprivate var kind: String {
        switch self {
        case .hardshipCase: "case"
        case .proof: "proof"
        case .income: "income"
        case .decision: "decision"
        case .proposal: "proposal"
        }
    }
    fileprivate var number: Int {
        switch self {
        case .hardshipCase(let id): id.number
        case .proof(let number): number
        case .income(let sheet, _): sheet
        case .decision(let id): id.number
        case .proposal(let id): id.number
        }
    }
    fileprivate var place: Int {
        if case .income(_, let place) = self { place } else { 0 }
    }
}
