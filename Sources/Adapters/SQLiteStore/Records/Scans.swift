public import Evidence
public import Primitives

public enum ScanSubject: Sendable {}
public enum ScanStubSubject: Sendable {}

public typealias ScanID = ID<ScanSubject>
public typealias ScanStubID = ID<ScanStubSubject>

/// Scanned receipts, and what staff said of them.
extension Session {
    // MARK: - Writing

    /// Notes a scanned file that stands in the evidence folder.
    ///
    /// - Parameter file: the file as it came; each is noted once.
    public func addScan(
        of file: EvidenceFileID, named name: String, pages: Int, in community: CommunityID,
        act: ActID
    ) throws -> ScanID {
        ScanID(
            try insert(
                "INSERT INTO scan (community, file, name, pages, act) VALUES (?, ?, ?, ?, ?)",
                [.id(community), .id(file), .text(name), .integer(pages), .id(act)]))
    }

    /// A stub as it was found on a page; or a page on which none was.
    public struct FoundStub: Sendable {
        /// From 1.
        public let page: Int
        /// On the page, from 1.
        public let place: Int
        /// `nil`: its code names none of ours. Of a page without a stub: the notice in its head.
        public let notice: NoticeID?
        /// `nil`: no stub was found on the page.
        public let cutting: EvidenceFileID?
        public let isWhole: Bool
        /// Per mille, where owners sign; a hint.
        public let ink: Int?

        public init(
            page: Int, place: Int, notice: NoticeID?, cutting: EvidenceFileID?, isWhole: Bool,
            ink: Int?
        ) {
            self.page = page
            self.place = place
            self.notice = notice
            self.cutting = cutting
            self.isWhole = isWhole
            self.ink = ink
        }
    }

    /// Adds a stub to its scan.
    public func add(_ stub: FoundStub, to scan: ScanID) throws {
        try run(
            """
            INSERT INTO scanStub (scan, page, place, notice, cutting, isWhole, ink)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(scan), .integer(stub.page), .integer(stub.place), .id(stub.notice),
                .id(stub.cutting), .flag(stub.isWhole), stub.ink.map { .integer($0) } ?? .null,
            ])
    }

    /// Says which notice a stub is of.
    public func assign(_ stub: ScanStubID, to notice: NoticeID, act: ActID) throws {
        try run(
            "INSERT INTO scanAssignment (stub, notice, act) VALUES (?, ?, ?)",
            [.id(stub), .id(notice), .id(act)])
    }

    /// Puts a stub aside: it proposes nothing. Files and rows stay.
    public func discard(_ stub: ScanStubID, reason: String, act: ActID) throws {
        try run(
            "INSERT INTO scanDiscard (stub, reason, act) VALUES (?, ?, ?)",
            [.id(stub), .text(reason), .id(act)])
    }

    // MARK: - Reading

    /// `nil` where no such file was scanned.
    public func scan(
        ofFile sha256: String, extension suffix: String, in community: CommunityID
    ) throws -> ScanID? {
        try first(
            """
            SELECT scan.id FROM scan JOIN evidenceFile ON evidenceFile.id = scan.file
            WHERE scan.community = ? AND sha256 = ? AND extension = ?
            """, [.id(community), .text(sha256), .text(suffix)]
        ) { $0.id(0) }
    }

    /// A stub with all that is known of it.
    public struct ScannedStub: Sendable {
        public let id: ScanStubID
        /// The file's name when it came.
        public let file: String
        public let page: Int
        /// The notice that its code names, or that staff assigned; `nil`: unknown.
        public let number, unit: String?
        /// The notice that its code names, whatever staff assigned; `nil`: none of ours was read.
        public let readNumber: String?
        /// Of the notice's account, in the order of their codes.
        public let owners: [String]
        public let asOf: CivilDate?
        public let original: StubFile
        /// `nil`: no stub was found on the page.
        public let cutting: StubFile?
        public let isWhole: Bool
        public let ink: Int?
        public let state: StubState
        /// Why it was discarded.
        public let discardReason: String?
        /// Who took the file in, and when.
        public let takenBy, takenAt: String
    }

    public struct StubFile: Hashable, Sendable {
        public let sha256, suffix: String
    }

    public enum StubState: String, Sendable {
        /// A proposal, or without a notice: somebody has to look at it.
        case open
        /// A service names its cutting, or the page where there is none, as its proof.
        case confirmed
        case discarded
    }

    /// The stubs of one scan, or of all, in the order in which they came.
    public func scannedStubs(
        of community: CommunityID, scan: ScanID? = nil
    ) throws -> [ScannedStub] {
        var stubs: [ScannedStub] = []
        try forEach(
            stubColumns + " WHERE scan.community = ?1 AND (?2 IS NULL OR scan.id = ?2)"
                + " ORDER BY scan.id, page, place", [.id(community), .id(scan)]
        ) { stubs.append(ScannedStub($0)) }
        return stubs
    }

    /// `nil` where the community has no such stub.
    public func scannedStub(
        _ id: ScanStubID, of community: CommunityID
    ) throws -> ScannedStub? {
        try first(
            stubColumns + " WHERE scan.community = ?1 AND scanStub.id = ?2",
            [.id(community), .id(id)]
        ) { ScannedStub($0) }
    }
}

private let stubColumns = """
    SELECT scanStub.id, scan.name, page, notice.number, unit.code, (
        SELECT group_concat(name, char(31)) FROM (
          SELECT person.name FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
            JOIN person ON person.owner = owner.id
          WHERE accountOwner.account = notice.account ORDER BY owner.code)),
      notice.asOf, original.sha256, original.extension, cutting.sha256, cutting.extension, isWhole, ink,
      (SELECT reason FROM scanDiscard WHERE scanDiscard.stub = scanStub.id),
      EXISTS (SELECT 1 FROM serviceProof JOIN service ON service.id = serviceProof.service
        WHERE serviceProof.file = coalesce(scanStub.cutting, scan.file)
          AND service.notice = notice.id AND NOT EXISTS (
            SELECT 1 FROM serviceWithdrawal WHERE serviceWithdrawal.service = service.id)),
      (SELECT number FROM notice WHERE notice.id = scanStub.notice), act.byWhom, act.at
    FROM scanStub JOIN scan ON scan.id = scanStub.scan JOIN act ON act.id = scan.act
      JOIN evidenceFile AS original ON original.id = scan.file
      LEFT JOIN evidenceFile AS cutting ON cutting.id = scanStub.cutting
      LEFT JOIN notice ON notice.id = coalesce((
        SELECT scanAssignment.notice FROM scanAssignment
        WHERE scanAssignment.stub = scanStub.id ORDER BY scanAssignment.id DESC LIMIT 1),
        scanStub.notice)
      LEFT JOIN unit ON unit.id = notice.unit
    """

extension Session.ScannedStub {
    fileprivate init(_ row: Columns) {
        let isConfirmed = row.flag(14)
        self.init(
            id: row.id(0), file: row.text(1), page: row.integer(2), number: row.optionalText(3),
            unit: row.optionalText(4), readNumber: row.optionalText(15),
            // A name may hold any sign that can be typed.
            owners: row.text(5).split(separator: "\u{1f}").map(String.init),
            asOf: row.optionalDate(6),
            original: Session.StubFile(sha256: row.text(7), suffix: row.text(8)),
            cutting: row.isNull(9)
                ? nil : Session.StubFile(sha256: row.text(9), suffix: row.text(10)),
            isWhole: row.flag(11), ink: row.optionalInteger(12),
            state: isConfirmed ? .confirmed : row.isNull(13) ? .open : .discarded,
            discardReason: row.optionalText(13), takenBy: row.text(16), takenAt: row.text(17))
    }
}
