/// A kind of row that the chain takes in: which table, and what of it is hashed.
///
/// Codes and numbers stand for ids, so that the chain can be checked outside this database. The
/// fields of a kind stay as they are once a version was released.
struct ChainedKind: Sendable {
    let name: String
    /// It has columns `id` and `community`.
    let table: StaticString
    /// One row, for an id: the fields, by the names of its columns.
    let fields: StaticString
    /// Fields that say something of a person.
    let personal: [String]
    /// Whether these texts stand in columns of that table, not in `personalText`.
    var hasOwnTexts: Bool { ["concession", "waiver", "reversal"].contains(name) }
    /// What belongs to the row, for its id.
    let lists: [List]

    struct List: Sendable {
        let name: String
        let rows: StaticString
    }

    static let all = [
        concession, waiver, reversal, letters, service, serviceWithdrawal, stamp,
        promise, contact, complaint, complaintAnswer, courtStep, retraction,
        proposal, approval, planSignature,
        hardshipDecision, riskOverride,
    ]

    static func named(_ name: String) -> ChainedKind? { all.first { $0.name == name } }
}

extension ChainedKind {
    static let concession = ChainedKind(
        name: "concession", table: "concession",
        fields: """
            SELECT reference, unit.code AS unit, account.fromDay AS accountFrom, item.code AS item,
              fromPeriod, toPeriod, concession.kind AS relief, value, reason, approvedBy, review, decided,
              byWhom, at
            FROM concession JOIN unit ON unit.id = concession.unit
              JOIN account ON account.id = concession.account
              LEFT JOIN item ON item.id = concession.item JOIN act ON act.id = concession.act
            WHERE concession.id = ?
            """, personal: ["reason"], lists: [])

    static let waiver = ChainedKind(
        name: "waiver", table: "waiver",
        fields: """
            SELECT reference, unit.code AS unit, period, item.code AS item, valueDate, amount, reason,
              approvedBy, byWhom, at
            FROM waiver JOIN unit ON unit.id = waiver.unit JOIN item ON item.id = waiver.item
              JOIN act ON act.id = waiver.act
            WHERE waiver.id = ?
            """, personal: ["reason"], lists: [])

    static let reversal = ChainedKind(
        name: "reversal", table: "reversal",
        fields: """
            SELECT payment.reference AS payment, unit.code AS unit, period, item.code AS item,
              reversal.valueDate AS valueDate, reason, byWhom, at
            FROM reversal LEFT JOIN payment ON payment.id = reversal.payment
              LEFT JOIN unit ON unit.id = reversal.unit LEFT JOIN item ON item.id = reversal.item
              JOIN act ON act.id = reversal.act
            WHERE reversal.id = ?
            """, personal: ["reason"], lists: [])

    /// A PDF that went to the printer, with the letters in it.
    static let letters = ChainedKind(
        name: "letters", table: "letterBatch",
        fields: """
            SELECT sha256, byWhom, at FROM letterBatch JOIN act ON act.id = letterBatch.act
            WHERE letterBatch.id = ?
            """, personal: [],
        lists: [
            List(
                name: "letter",
                rows: """
                    SELECT number, firstPage, pages
                    FROM letterPrint CROSS JOIN notice ON notice.id = letterPrint.notice
                    WHERE batch = ? ORDER BY letterPrint.notice
                    """)
        ])

    /// The notice goes in with it as it was frozen, so that its lines cannot be changed afterwards.
    static let service = ChainedKind(
        name: "service", table: "service",
        fields: """
            SELECT number, how, day, grade, staff, secondStaff, relation, acknowledges, agreed,
              signer.text AS signer, address.text AS address, note.text AS note,
              messageBody.sha256 AS message, letterBatch.sha256 AS letter, firstPage,
              letterPrint.pages AS pages, byWhom, at,
              unit.code AS unit, account.fromDay AS accountFrom, notice.period AS period, asOf, stage,
              template, templateSet.sha256 AS templates, cap, payBy, principal, lateFee, credit, channels
            FROM service JOIN notice ON notice.id = service.notice
              JOIN unit ON unit.id = notice.unit JOIN account ON account.id = notice.account
              JOIN templateSet ON templateSet.id = notice.templateSet
              JOIN act ON act.id = service.act
              LEFT JOIN messageBody ON messageBody.message = service.message
              LEFT JOIN letterPrint ON letterPrint.notice = service.letterPrint
              LEFT JOIN letterBatch ON letterBatch.id = letterPrint.batch
              LEFT JOIN personalText AS signer ON signer.kind = 'service'
                AND signer.subject = service.id AND signer.field = 'signer'
              LEFT JOIN personalText AS address ON address.kind = 'service'
                AND address.subject = service.id AND address.field = 'address'
              LEFT JOIN personalText AS note ON note.kind = 'service'
                AND note.subject = service.id AND note.field = 'note'
            WHERE service.id = ?
            """, personal: ["signer", "address", "note"],
        lists: [
            List(
                name: "proof",
                rows: """
                    SELECT kinds, sha256, extension, text
                    FROM serviceProof LEFT JOIN evidenceFile ON evidenceFile.id = serviceProof.file
                    WHERE service = ? ORDER BY place
                    """),
            List(
                name: "line",
                rows: """
                    SELECT noticeLine.period AS period, item.code AS item, due, amount,
                      noticeLine.principal AS principal, daysOverdue, noticeLine.lateFee AS lateFee,
                      lateFeePaid, lateFeeWaived, isNew, accrual
                    FROM service CROSS JOIN noticeLine ON noticeLine.notice = service.notice
                      JOIN item ON item.id = noticeLine.item
                    WHERE service.id = ? ORDER BY line
                    """),
        ])

    static let serviceWithdrawal = ChainedKind(
        name: "service withdrawal", table: "serviceWithdrawal",
        fields: """
            SELECT position AS link, reason.text AS reason, byWhom, at
            FROM serviceWithdrawal JOIN act ON act.id = serviceWithdrawal.act
              JOIN chainLink ON chainLink.kind = 'service'
                AND chainLink.subject = serviceWithdrawal.service
              LEFT JOIN personalText AS reason ON reason.kind = 'service withdrawal'
                AND reason.subject = serviceWithdrawal.id AND reason.field = 'reason'
            WHERE serviceWithdrawal.id = ?
            """, personal: ["reason"], lists: [])

    static let stamp = ChainedKind(
        name: "stamp", table: "chainStamp",
        fields: """
            SELECT position AS link, hash, stampedAt, sha256, extension, byWhom, at
            FROM chainStamp JOIN evidenceFile ON evidenceFile.id = chainStamp.file
              JOIN act ON act.id = chainStamp.act
            WHERE chainStamp.id = ?
            """, personal: [], lists: [])
}
