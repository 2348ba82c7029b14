public import Casework
public import FeeLedger
public import Primitives

/// Contacts with households, and the complaints that were made in them.
extension Session {
    /// A contact to be recorded.
    public struct NewContact: Hashable, Sendable {
        public let way: ContactWay
        public let date: CivilDate
        /// Minutes of the day, by the office's clock; `nil`: not noted.
        public var minute: Int?
        /// One name; of a visit, two.
        public let staff: [String]
        public var with = ""
        /// Of whom they spoke to.
        public let relation: String
        public var note = ""
        public var reason: ArrearsReason?
        public var next: CivilDate?

        public init(way: ContactWay, date: CivilDate, staff: [String], relation: String) {
            self.way = way
            self.date = date
            self.staff = staff
            self.relation = relation
        }
    }

    /// A contact as it stands in the books.
    public struct RecordedContact: Sendable {
        public let number: Int
        public let unit: String
        /// Codes of the account's owners, joined by `;`.
        public let owners: String
        public let account: ID<Account>
        public let contact: NewContact
        public let brokenRules: [ContactRule]
        /// The contact whose place it took; `nil`: of none.
        public let corrects: Int?
        /// The one that took its place; `nil`: it counts.
        public let correctedBy: Int?
    }

    /// Records a contact and ties it into the chain.
    ///
    /// - Parameter corrected: the contact whose place it takes; that one counts no more.
    /// - Returns: its number.
    public func addContact(
        _ contact: NewContact, of account: Account, brokenRules: [ContactRule],
        correcting corrected: Int?, in community: CommunityID, act: ActID
    ) throws -> Int {
        precondition((1...2).contains(contact.staff.count), "one or two names of staff")
        let number = try insert(
            """
            INSERT INTO contact (community, unit, account, how, day, minute, staff, secondStaff, relation,
              reason, nextDay, brokenRules, corrects, act)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id), .text(contact.way.rawValue),
                .date(contact.date), .optional(contact.minute), .text(contact.staff[0]),
                contact.staff.count > 1 ? .text(contact.staff[1]) : .null,
                .text(contact.relation), .optional(contact.reason?.rawValue),
                .date(contact.next), .text(brokenRules.map(\.rawValue).joined(separator: ";")),
                .optional(corrected), .id(act),
            ])
        try keepPersonal(contact.with, as: "with", of: .contact, number)
        try keepPersonal(contact.note, as: "note", of: .contact, number)
        try chain(.contact, number, in: community)
        return number
    }

    /// Contacts on or before `asOf` (`nil`: all), by day, then number.
    ///
    /// - Parameters:
    ///   - unit: of one unit, by its code; `nil`: all.
    ///   - counting: only those that no other took the place of by then.
    public func forEachContact(
        of community: CommunityID, unit: String?, asOf: CivilDate?, counting: Bool,
        _ body: (RecordedContact) throws -> Void
    ) throws {
        try contacts(
            """
            contact.community = ?1 AND (?2 IS NULL OR unit.code = ?2) AND (?3 IS NULL OR contact.day <= ?3)
              AND (NOT ?4 OR corrector.id IS NULL OR corrector.day > ?3)
            """, [.id(community), .optional(unit), .date(asOf), .flag(counting)], body)
    }

    /// Of one account, by day, then number; those that count as of the date: a correction counts
    /// from its own day on.
    public func contacts(of account: Account, asOf: CivilDate) throws -> [RecordedContact] {
        var found: [RecordedContact] = []
        try contacts(
            """
            contact.unit = ?1 AND contact.account = ?2 AND contact.day <= ?3
              AND (corrector.id IS NULL OR corrector.day > ?3)
            """, [.id(account.unit), .id(account.id), .date(asOf)]
        ) { found.append($0) }
        return found
    }

    /// `nil` where the community has no such contact.
    public func contact(_ number: Int, of community: CommunityID) throws -> RecordedContact? {
        var found: RecordedContact?
        try contacts(
            "contact.id = ? AND contact.community = ?", [.integer(number), .id(community)]
        ) { found = $0 }
        return found
    }

    private func contacts(
        _ condition: String, _ values: [SQLValue], _ body: (RecordedContact) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT contact.id, unit.code, (
                SELECT group_concat(code, ';') FROM (
                  SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                  WHERE accountOwner.account = contact.account ORDER BY owner.code)),
              contact.account, contact.how, contact.day, contact.minute, contact.staff,
              contact.secondStaff, contact.relation, contact.reason, contact.nextDay,
              contact.brokenRules, contact.corrects, corrector.id, person.text, note.text
            FROM contact JOIN unit ON unit.id = contact.unit
              LEFT JOIN contact AS corrector ON corrector.corrects = contact.id
              LEFT JOIN personalText AS person ON person.kind = 'contact'
                AND person.subject = contact.id AND person.field = 'with'
              LEFT JOIN personalText AS note ON note.kind = 'contact'
                AND note.subject = contact.id AND note.field = 'note'
            WHERE \(condition)
            ORDER BY contact.day, contact.id
            """, values
        ) { try body(RecordedContact($0)) }
    }

    /// Contacts of the chunk's accounts that named a reason, by account, in order; corrected ones
    /// to the day before the correction's.
    public func namedReasons(of chunk: UnitChunk) throws -> [ID<Account>: [NamedReason]] {
        var reasons: [ID<Account>: [NamedReason]] = [:]
        try forEach(
            """
            SELECT contact.account, contact.day, contact.reason, later.day
            FROM walk CROSS JOIN contact ON contact.unit = walk.unit
              LEFT JOIN contact AS later ON later.corrects = contact.id
            WHERE rank BETWEEN ? AND ? AND contact.reason IS NOT NULL
              AND (later.id IS NULL OR later.day > contact.day)
            ORDER BY rank, contact.day, contact.id
            """, chunk.ranks.bounds
        ) { row in
            reasons[row.id(0), default: []].append(
                NamedReason(
                    date: row.date(1), until: row.optionalDate(3)?.advanced(byDays: -1),
                    reason: ArrearsReason(rawValue: row.text(2))!))
        }
        return reasons
    }

    // MARK: - Complaints

    /// A complaint, with the answer that it was given.
    public struct RecordedComplaint: Sendable {
        public let number: Int
        public let unit: String
        /// Codes of the account's owners, joined by `;`.
        public let owners: String
        public let date: CivilDate
        public let staff, text: String
        public let answer: Answer?

        public struct Answer: Hashable, Sendable {
            public let date: CivilDate
            public let staff, text: String
        }
    }

    /// Opens a complaint and ties it into the chain.
    ///
    /// - Parameter contact: in which it was made.
    /// - Returns: its number.
    public func addComplaint(
        _ text: String, madeIn contact: Int, on date: CivilDate, by staff: String,
        of account: Account, in community: CommunityID, act: ActID
    ) throws -> Int {
        let number = try insert(
            """
            INSERT INTO complaint (community, unit, account, contact, day, staff, act)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .id(community), .id(account.unit), .id(account.id), .integer(contact),
                .date(date), .text(staff), .id(act),
            ])
        try keepPersonal(text, as: "text", of: .complaint, number)
        try chain(.complaint, number, in: community)
        return number
    }

    /// Answers a complaint.
    ///
    /// - Precondition: it is one of the community's, and was not answered before.
    public func answer(
        _ complaint: Int, with text: String, on date: CivilDate, by staff: String,
        in community: CommunityID, act: ActID
    ) throws {
        let id = try insert(
            """
            INSERT INTO complaintAnswer (community, complaint, day, byWhom, act)
            VALUES (?, ?, ?, ?, ?)
            """, [.id(community), .integer(complaint), .date(date), .text(staff), .id(act)])
        try keepPersonal(text, as: "text", of: .complaintAnswer, id)
        try chain(.complaintAnswer, id, in: community)
    }

    /// Complaints made by `asOf` (`nil`: all), by day, then number, with answers given by then. One
    /// whose contact was corrected before it was answered is left out: the correction made another,
    /// or none.
    public func forEachComplaint(
        of community: CommunityID, asOf: CivilDate?, _ body: (RecordedComplaint) throws -> Void
    ) throws {
        try complaints("complaint.community = ?2", [.date(asOf), .id(community)], body)
    }

    /// `nil` where the community has no such complaint.
    public func complaint(
        _ number: Int, of community: CommunityID
    ) throws -> RecordedComplaint? {
        var found: RecordedComplaint?
        try complaints(
            "complaint.id = ?2 AND complaint.community = ?3",
            [.null, .integer(number), .id(community)]
        ) { found = $0 }
        return found
    }

    /// The complaint that was made in the contact, if any: `nil` where there is none.
    public func complaint(madeIn contact: Int) throws -> RecordedComplaint? {
        var found: RecordedComplaint?
        try complaints("complaint.contact = ?2", [.null, .integer(contact)]) { found = $0 }
        return found
    }

    /// - Parameter values: the first is the date of the view, or null.
    private func complaints(
        _ condition: String, _ values: [SQLValue], _ body: (RecordedComplaint) throws -> Void
    ) throws {
        try forEach(
            """
            SELECT complaint.id, unit.code, (
                SELECT group_concat(code, ';') FROM (
                  SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                  WHERE accountOwner.account = complaint.account ORDER BY owner.code)),
              complaint.day, complaint.staff, said.text, complaintAnswer.day,
              complaintAnswer.byWhom, answer.text
            FROM complaint JOIN unit ON unit.id = complaint.unit
              LEFT JOIN complaintAnswer ON complaintAnswer.complaint = complaint.id
                AND (?1 IS NULL OR complaintAnswer.day <= ?1)
              LEFT JOIN personalText AS said ON said.kind = 'complaint'
                AND said.subject = complaint.id AND said.field = 'text'
              LEFT JOIN personalText AS answer ON answer.kind = 'complaint answer'
                AND answer.subject = complaintAnswer.id AND answer.field = 'text'
            WHERE (?1 IS NULL OR complaint.day <= ?1) AND \(condition) AND (
              EXISTS (SELECT 1 FROM complaintAnswer AS any WHERE any.complaint = complaint.id)
              OR NOT EXISTS (SELECT 1 FROM contact WHERE contact.corrects = complaint.contact))
            ORDER BY complaint.day, complaint.id
            """, values
        ) { row in
            let answer =
                row.isNull(6)
                ? nil
                : RecordedComplaint.Answer(
                    date: row.date(6), staff: row.text(7), text: row.text(8))
            try body(
                RecordedComplaint(
                    number: row.integer(0), unit: row.text(1), owners: row.text(2),
                    date: row.date(3), staff: row.text(4), text: row.text(5), answer: answer))
        }
    }
}

extension Session.RecordedContact {
    /// number, unit, owners, account, how, day, minute, staff, secondStaff, relation, reason,
    /// nextDay, brokenRules, corrects, correctedBy, with, note
    fileprivate init(_ row: Columns) {
        var contact = Session.NewContact(
            way: ContactWay(rawValue: row.text(4))!, date: row.date(5),
            staff: [row.text(7)] + (row.optionalText(8).map { [$0] } ?? []),
            relation: row.text(9))
        contact.minute = row.optionalInteger(6)
        contact.with = row.text(15)
        contact.note = row.text(16)
        contact.reason = row.optionalText(10).flatMap { ArrearsReason(rawValue: $0) }
        contact.next = row.optionalDate(11)
        self.init(
            number: row.integer(0), unit: row.text(1), owners: row.text(2), account: row.id(3),
            contact: contact,
            brokenRules: split(row.text(12)).compactMap { ContactRule(rawValue: $0) },
            corrects: row.optionalInteger(13), correctedBy: row.optionalInteger(14))
    }
}
