public import Evidence
public import FeeLedger
public import Primitives

/// Services of notices, and the files that prove them.
extension Session {
    // MARK: - Writing

    /// Names a file that stands in the evidence folder already, synced; a known one keeps its row.
    public func addEvidenceFile(
        sha256: String, extension suffix: String, in community: CommunityID, act: ActID
    ) throws -> EvidenceFileID {
        _ = try record(
            .evidenceFiles, [.id(community), .text(sha256), .text(suffix), .id(act)])
        return try first(
            "SELECT id FROM evidenceFile WHERE community = ? AND sha256 = ? AND extension = ?",
            [.id(community), .text(sha256), .text(suffix)]
        ) { $0.id(0) }!
    }

    /// Records a service with its grade and ties it into the chain, with the notice as it was
    /// frozen.
    /// May be called in any write transaction.
    ///
    /// - Precondition: one or two names of staff; whoever calls has judged signer and proofs.
    @discardableResult
    public func addService(
        _ service: ServiceOfNotice, in community: CommunityID, act: ActID
    ) throws -> ServiceID {
        precondition((1...2).contains(service.staff.count), "one or two names of staff")
        let id = try insert(
            """
            INSERT INTO service (community, notice, how, day, grade, staff, secondStaff, relation,
              acknowledges, agreed, message, letterPrint, act)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
              (SELECT notice FROM letterPrint WHERE notice = ?2 AND ?11 IS NULL), ?12)
            """,
            [
                .id(community), .id(service.notice), .text(service.how.rawValue),
                .date(service.date), .text(service.grade.rawValue), .text(service.staff[0]),
                service.staff.count > 1 ? .text(service.staff[1]) : .null,
                service.signer.map { .text($0.relation.rawValue) } ?? .null,
                .flag(service.acknowledges), .flag(service.isAgreed), .id(service.message),
                .id(act),
            ])
        for (place, proof) in service.proofs.enumerated() {
            try add(proof, at: place + 1, to: id)
        }
        try keepPersonal(service.signer?.name ?? "", as: "signer", of: .service, id)
        try keepPersonal(service.address, as: "address", of: .service, id)
        try keepPersonal(service.note, as: "note", of: .service, id)
        try chain(.service, id, in: community)
        return ServiceID(id)
    }

    private func add(_ proof: Proof, at place: Int, to service: Int) throws {
        let (file, text): (SQLValue, SQLValue) =
            switch proof.content {
            case .file(let id): (.id(id), .null)
            case .text(let text): (.null, .text(text))
            }
        try run(
            "INSERT INTO serviceProof (service, place, kinds, file, text) VALUES (?, ?, ?, ?, ?)",
            [
                .integer(service), .integer(place),
                .text(proof.kinds.map(\.rawValue).joined(separator: ";")), file, text,
            ])
    }

    /// Withdraws a service that was recorded by mistake: it counts no more, and stays to be read.
    ///
    /// - Precondition: it is one of the community's, and was not withdrawn before.
    public func withdraw(
        _ service: ServiceID, reason: String, in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            "INSERT INTO serviceWithdrawal (community, service, act) VALUES (?, ?, ?)",
            [.id(community), .id(service), .id(act)])
        try keepPersonal(reason, as: "reason", of: .serviceWithdrawal, id)
        try chain(.serviceWithdrawal, id, in: community)
    }

    /// Notes that a head of the chain was stamped.
    public func addStamp(
        of head: ChainHead, at stampedAt: String, file: EvidenceFileID,
        in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO chainStamp (community, position, hash, stampedAt, file, act)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .integer(head.position), .blob(head.hash.bytes), .text(stampedAt),
                .id(file), .id(act),
            ])
        try chain(.stamp, id, in: community)
    }

    // MARK: - Reading

    /// A service as it stands in the books.
    public struct RecordedService: Sendable {
        public let id: ServiceID
        /// Of the notice.
        public let number, unit: String
        public let service: ServiceOfNotice
        public let grade: ProofGrade
        public let files: [EvidenceFile]
        /// Who recorded it, and when.
        public let recordedBy, recordedAt: String
        /// `nil`: it counts.
        public let withdrawn: Withdrawal?
    }

    public struct EvidenceFile: Hashable, Sendable {
        public let kinds: [ProofKind]
        public let sha256, suffix: String
    }

    public struct Withdrawal: Hashable, Sendable {
        public let reason, staff, at: String
    }

    /// The services of one notice, as they were recorded, withdrawn ones too.
    public func services(of notice: NoticeID) throws -> [RecordedService] {
        try services("service.notice = ?", [.id(notice)])
    }

    /// `nil` where the community has no such service.
    public func service(_ id: ServiceID, of community: CommunityID) throws -> RecordedService? {
        try services(
            "service.id = ? AND service.community = ?", [.id(id), .id(community)]
        ).first
    }

    /// All services as they were recorded, withdrawn ones too.
    ///
    /// - Parameter unit: of one unit, by its code; `nil`: all.
    public func forEachService(
        of community: CommunityID, unit: String?, _ body: (RecordedService) throws -> Void
    ) throws {
        var ids: [ServiceID] = []
        var last = 0
        repeat {
            ids = []
            try forEach(
                """
                SELECT service.id FROM service JOIN notice ON notice.id = service.notice
                  JOIN unit ON unit.id = notice.unit
                WHERE service.community = ?1 AND service.id > ?3 AND (?2 IS NULL OR unit.code = ?2)
                ORDER BY service.id LIMIT 1000
                """, [.id(community), unit.map { .text($0) } ?? .null, .integer(last)]
            ) { ids.append($0.id(0)) }
            for id in ids { try service(id, of: community).map(body) }
            last = ids.last?.number ?? last
        } while !ids.isEmpty
    }

    private func services(_ condition: String, _ values: [SQLValue]) throws -> [RecordedService] {
        var found: [RecordedService] = []
        try forEach(serviceColumns + " WHERE \(condition) ORDER BY service.id", values) { row in
            let proofs = try proofs(of: row.integer(0))
            found.append(RecordedService(row, proofs))
        }
        return found
    }

    private func proofs(of service: Int) throws -> [(Proof, EvidenceFile?)] {
        var proofs: [(Proof, EvidenceFile?)] = []
        try forEach(
            """
            SELECT kinds, file, text, sha256, extension
            FROM serviceProof LEFT JOIN evidenceFile ON evidenceFile.id = file
            WHERE service = ? ORDER BY place
            """, [.integer(service)]
        ) { row in
            let kinds = split(row.text(0)).compactMap { ProofKind(rawValue: $0) }
            if row.isNull(1) {
                proofs.append((Proof(kinds, .text(row.text(2))), nil))
            } else {
                let file = EvidenceFile(kinds: kinds, sha256: row.text(3), suffix: row.text(4))
                proofs.append((Proof(kinds, .file(row.id(1))), file))
            }
        }
        return proofs
    }

    // MARK: - Gaps

    /// A notice that went out, with the best that proves its arrival so far.
    public struct ServedNotice: Sendable {
        public let notice: NoticeID
        public let unitID: ID<Unit>
        public let number, unit: String
        public let owners: [String]
        public let asOf: CivilDate
        /// `nil`: a bill.
        public let stage: String?
        public let asksForSignature: Bool
        public let isPrinted: Bool
        /// Way and grade of each service that counts, the best first.
        public let services: [(how: ServiceWay, grade: ProofGrade)]

        /// The best service; `nil`: none was recorded.
        public var best: (how: ServiceWay, grade: ProofGrade)? { services.first }

        /// Proven by A to C, or D in an accepted way; a bill by any D.
        ///
        /// - Parameter accepted: ways of grade D that the policy lists under `limitation.accept`.
        public func isProven(accepting accepted: [String]) -> Bool {
            services.contains { service in
                service.grade.proves(service.how, accepting: accepted)
                    || stage == nil && service.grade <= .d
            }
        }
    }

    /// Of the notices that were printed, or have a service, those that no service proves, oldest
    /// first.
    ///
    /// - Parameter accepted: ways of grade D that the policy lists under `limitation.accept`.
    public func forEachServiceGap(
        of community: CommunityID, accepting accepted: [String],
        _ body: (ServedNotice) throws -> Void
    ) throws {
        try forEachServedNotice(of: community) { notice in
            if !notice.isProven(accepting: accepted) { try body(notice) }
        }
    }

    /// Notices that were printed, or have a service, oldest first.
    ///
    /// - Parameter period: of one run's period; `nil`: of all.
    public func forEachServedNotice(
        of community: CommunityID, period: Period? = nil, _ body: (ServedNotice) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT notice.id, number, unit.code, (
                SELECT group_concat(code, ';') FROM (
                  SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                  WHERE accountOwner.account = notice.account ORDER BY owner.code)),
              asOf, stage, signature, letterPrint.notice IS NOT NULL,
              (SELECT group_concat(grade || how, ';') FROM (
                SELECT grade, how FROM service WHERE service.notice = notice.id
                  AND NOT EXISTS (
                    SELECT 1 FROM serviceWithdrawal WHERE serviceWithdrawal.service = service.id)
                ORDER BY grade, service.id)), unit.id
            FROM notice JOIN unit ON unit.id = notice.unit
              LEFT JOIN letterPrint ON letterPrint.notice = notice.id
            WHERE notice.community = ?1 AND (?2 IS NULL OR notice.period = ?2)
              AND (letterPrint.notice IS NOT NULL
                OR EXISTS (SELECT 1 FROM service WHERE service.notice = notice.id))
            ORDER BY asOf, notice.period, serial
            """, [.id(community), period.map { .period($0) } ?? .null]
        ) { row in
            let services = split(row.text(8)).map { text in
                let grade = ProofGrade(rawValue: String(text.prefix(1)))!
                return (how: ServiceWay(rawValue: String(text.dropFirst()))!, grade: grade)
            }
            try body(
                ServedNotice(
                    notice: row.id(0), unitID: row.id(9), number: row.text(1), unit: row.text(2),
                    owners: split(row.text(3)), asOf: row.date(4), stage: row.optionalText(5),
                    asksForSignature: row.flag(6), isPrinted: row.flag(7), services: services))
        }
    }

    /// The periods that have dunning notices, with their number, the newest first.
    public func dunningPeriods(
        of community: CommunityID
    ) throws -> [(period: Period, notices: Int)] {
        var periods: [(period: Period, notices: Int)] = []
        try forEach(
            """
            SELECT period, count(*) FROM notice WHERE community = ? AND stage IS NOT NULL
            GROUP BY period ORDER BY period DESC
            """, [.id(community)]
        ) { periods.append(($0.period(0), $0.integer(1))) }
        return periods
    }

    // MARK: - Files that must be there

    /// A file of the evidence folder that the books name, and by what.
    public struct NamedFile: Sendable {
        public let id: Int
        public let sha256, suffix: String
        /// `letters 3`, `service 17`, `stamp 2` …
        public let namedBy: String
    }

    /// The PDFs that went to the printer.
    public func letterFiles(of community: CommunityID) throws -> [NamedFile] {
        try namedFiles(
            "SELECT id, sha256, 'pdf', 'letters ' || id FROM letterBatch WHERE community = ?1",
            [.id(community)])
    }

    /// Files that prove something, in the order in which they were kept.
    ///
    /// - Parameters:
    ///   - last: the number of the last one seen; 0: from the first on.
    ///   - count: at most so many.
    public func evidenceFiles(
        of community: CommunityID, after last: Int, count: Int
    ) throws -> [NamedFile] {
        try namedFiles(
            """
            SELECT id, sha256, extension, coalesce(
                (SELECT 'service ' || service.id || ' ' || number FROM serviceProof
                  JOIN service ON service.id = serviceProof.service
                  JOIN notice ON notice.id = service.notice
                  WHERE serviceProof.file = evidenceFile.id ORDER BY service.id LIMIT 1),
                (SELECT 'stamp ' || id FROM chainStamp WHERE chainStamp.file = evidenceFile.id),
                (SELECT 'plan ' || proposal FROM planSignatureFile
                  JOIN planSignature ON planSignature.id = signature
                  WHERE planSignatureFile.file = evidenceFile.id LIMIT 1),
                'file ' || id)
            FROM evidenceFile WHERE community = ?1 AND id > ?2 ORDER BY id LIMIT ?3
            """, [.id(community), .integer(last), .integer(count)])
    }

    private func namedFiles(_ sql: String, _ values: [SQLValue]) throws -> [NamedFile] {
        var files: [NamedFile] = []
        try forEach(sql, values) {
            files.append(
                NamedFile(
                    id: $0.integer(0), sha256: $0.text(1), suffix: $0.text(2), namedBy: $0.text(3)))
        }
        return files
    }
}

private let serviceColumns = """
    SELECT service.id, number, unit.code, notice.id, how, day, grade, staff, secondStaff, relation,
      acknowledges, agreed, service.message, signer.text, address.text, note.text, act.byWhom, act.at,
      reason.text, withdrawing.byWhom, withdrawing.at, serviceWithdrawal.id
    FROM service JOIN notice ON notice.id = service.notice JOIN unit ON unit.id = notice.unit
      JOIN act ON act.id = service.act
      LEFT JOIN serviceWithdrawal ON serviceWithdrawal.service = service.id
      LEFT JOIN act AS withdrawing ON withdrawing.id = serviceWithdrawal.act
      LEFT JOIN personalText AS signer ON signer.kind = 'service'
        AND signer.subject = service.id AND signer.field = 'signer'
      LEFT JOIN personalText AS address ON address.kind = 'service'
        AND address.subject = service.id AND address.field = 'address'
      LEFT JOIN personalText AS note ON note.kind = 'service'
        AND note.subject = service.id AND note.field = 'note'
      LEFT JOIN personalText AS reason ON reason.kind = 'service withdrawal'
        AND reason.subject = serviceWithdrawal.id AND reason.field = 'reason'
    """

extension Session.RecordedService {
    fileprivate init(_ row: Columns, _ proofs: [(Proof, Session.EvidenceFile?)]) {
        var service = ServiceOfNotice(
            of: row.id(3), how: ServiceWay(rawValue: row.text(4))!, on: row.date(5),
            staff: [row.text(7)] + (row.isNull(8) ? [] : [row.text(8)]))
        service.signer = row.optionalText(9).flatMap { SignerRelation(rawValue: $0) }
            .map { Signer(name: row.text(13), relation: $0) }
        service.acknowledges = row.flag(10)
        service.isAgreed = row.flag(11)
        service.message = row.optionalInteger(12).map { ID($0) }
        service.address = row.text(14)
        service.note = row.text(15)
        service.proofs = proofs.map(\.0)
        self.init(
            id: row.id(0), number: row.text(1), unit: row.text(2), service: service,
            grade: ProofGrade(rawValue: row.text(6))!, files: proofs.compactMap(\.1),
            recordedBy: row.text(16), recordedAt: row.text(17),
            withdrawn: row.isNull(21)
                ? nil
                : Session.Withdrawal(reason: row.text(18), staff: row.text(19), at: row.text(20)))
    }
}

extension KeyedTable {
    fileprivate static let evidenceFiles = KeyedTable(
        "evidenceFile", key: ["community", "sha256", "extension"], others: ["act"])
}
