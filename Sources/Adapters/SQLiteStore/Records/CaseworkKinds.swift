/// What the chain takes in of promises, contacts, complaints and the way to court.
extension ChainedKind {
    static let promise = ChainedKind(
        name: "promise", table: "promise",
        fields: """
            SELECT unit.code AS unit, account.fromDay AS accountFrom, amount, day, until, written, staff,
              byWhom, at
            FROM promise JOIN unit ON unit.id = promise.unit
              JOIN account ON account.id = promise.account JOIN act ON act.id = promise.act
            WHERE promise.id = ?
            """, personal: [], lists: [])

    static let contact = ChainedKind(
        name: "contact", table: "contact",
        fields: """
            SELECT unit.code AS unit, account.fromDay AS accountFrom, how, day, minute, staff, secondStaff,
              relation, contact.reason AS reason, nextDay, brokenRules, before.position AS corrects,
              person.text AS "with", note.text AS note, byWhom, at
            FROM contact JOIN unit ON unit.id = contact.unit
              JOIN account ON account.id = contact.account JOIN act ON act.id = contact.act
              LEFT JOIN chainLink AS before ON before.kind = 'contact'
                AND before.subject = contact.corrects
              LEFT JOIN personalText AS person ON person.kind = 'contact'
                AND person.subject = contact.id AND person.field = 'with'
              LEFT JOIN personalText AS note ON note.kind = 'contact'
                AND note.subject = contact.id AND note.field = 'note'
            WHERE contact.id = ?
            """, personal: ["with", "note"], lists: [])

    static let complaint = ChainedKind(
        name: "complaint", table: "complaint",
        fields: """
            SELECT unit.code AS unit, account.fromDay AS accountFrom, made.position AS contact, day, staff,
              said.text AS text, byWhom, at
            FROM complaint JOIN unit ON unit.id = complaint.unit
              JOIN account ON account.id = complaint.account JOIN act ON act.id = complaint.act
              LEFT JOIN chainLink AS made ON made.kind = 'contact' AND made.subject = complaint.contact
              LEFT JOIN personalText AS said ON said.kind = 'complaint'
                AND said.subject = complaint.id AND said.field = 'text'
            WHERE complaint.id = ?
            """, personal: ["text"], lists: [])

    static let complaintAnswer = ChainedKind(
        name: "complaint answer", table: "complaintAnswer",
        fields: """
            SELECT made.position AS complaint, day, complaintAnswer.byWhom AS answeredBy, said.text AS text,
              act.byWhom AS byWhom, at
            FROM complaintAnswer JOIN act ON act.id = complaintAnswer.act
              JOIN chainLink AS made ON made.kind = 'complaint'
                AND made.subject = complaintAnswer.complaint
              LEFT JOIN personalText AS said ON said.kind = 'complaint answer'
                AND said.subject = complaintAnswer.id AND said.field = 'text'
            WHERE complaintAnswer.id = ?
            """, personal: ["text"], lists: [])

    static let courtStep = ChainedKind(
        name: "court step", table: "courtStep",
        fields: """
            SELECT unit.code AS unit, account.fromDay AS accountFrom, approved.position AS approval, stage,
              courtStep.day AS day, cost, sha256, extension, staff, note.text AS note,
              act.byWhom AS byWhom, at
            FROM courtStep JOIN unit ON unit.id = courtStep.unit
              JOIN account ON account.id = courtStep.account JOIN act ON act.id = courtStep.act
              LEFT JOIN evidenceFile ON evidenceFile.id = courtStep.file
              LEFT JOIN approval ON approval.proposal = courtStep.proposal
              LEFT JOIN chainLink AS approved ON approved.kind = 'approval'
                AND approved.subject = approval.id
              LEFT JOIN personalText AS note ON note.kind = 'court step'
                AND note.subject = courtStep.id AND note.field = 'note'
            WHERE courtStep.id = ?
            """, personal: ["note"], lists: [])

    /// Of a promise or court step that was a mistake.
    static let retraction = ChainedKind(
        name: "retraction", table: "retraction",
        fields: """
            SELECT retraction.kind AS retracted, made.position AS link, retraction.day AS day,
              why.text AS reason, byWhom, at
            FROM retraction JOIN act ON act.id = retraction.act
              JOIN chainLink AS made ON made.kind = retraction.kind
                AND made.subject = retraction.subject
              LEFT JOIN personalText AS why ON why.kind = 'retraction'
                AND why.subject = retraction.id AND why.field = 'reason'
            WHERE retraction.id = ?
            """, personal: ["reason"], lists: [])
}
