public import Casework
public import Primitives

/// What a month's report asks of the books beside the accounts. Dates are inclusive.
extension Session {
    /// References of the chunk's payments and waivers.
    public func monthReferences(of chunk: UnitChunk) throws -> MonthReferences {
        var references = MonthReferences()
        try forEach(
            """
            SELECT id, reference, method FROM walk CROSS JOIN payment ON payment.unit = walk.unit
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { row in
            references.payments[row.id(0)] = MonthReferences.Payment(
                reference: row.text(1), method: row.text(2))
        }
        try forEach(
            """
            SELECT id, reference, approvedBy FROM walk CROSS JOIN waiver ON waiver.unit = walk.unit
            WHERE rank BETWEEN ? AND ?
            """, chunk.ranks.bounds
        ) { row in
            references.waivers[row.id(0)] = MonthReferences.Waiver(
                reference: row.text(1), approvedBy: row.text(2))
        }
        return references
    }

    /// Contacts that nobody has corrected, ever: only the one that corrects counts, in its month.
    public func forEachContact(
        in month: ReportMonth, of community: CommunityID, _ body: (MonthRow) throws -> Void
    ) throws {
        try forEachFact(
            .contacts, month, community,
            """
            SELECT unit.code, building, \(ownersOfAccount("contact.account")), day, staff, contact.id, how, NULL
            FROM contact JOIN unit ON unit.id = contact.unit
            WHERE contact.community = ?1 AND day BETWEEN ?2 AND ?3 AND NOT EXISTS (
              SELECT 1 FROM contact AS later WHERE later.corrects = contact.id)
            ORDER BY day, contact.id
            """, body)
    }

    /// Complaints made, then those answered.
    public func forEachComplaint(
        in month: ReportMonth, of community: CommunityID, _ body: (MonthRow) throws -> Void
    ) throws {
        let owners = ownersOfAccount("complaint.account")
        try forEachFact(
            .complaints, month, community,
            """
            SELECT unit.code, building, \(owners), day, staff, complaint.id, '', NULL
            FROM complaint JOIN unit ON unit.id = complaint.unit
            WHERE complaint.community = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day, complaint.id
            """, body)
        try forEachFact(
            .complaintsAnswered, month, community,
            """
            SELECT unit.code, building, \(owners), complaintAnswer.day, byWhom, complaint.id, '', NULL
            FROM complaintAnswer JOIN complaint ON complaint.id = complaintAnswer.complaint
              JOIN unit ON unit.id = complaint.unit
            WHERE complaintAnswer.community = ?1 AND complaintAnswer.day BETWEEN ?2 AND ?3
            ORDER BY complaintAnswer.day, complaintAnswer.id
            """, body)
    }

    /// Cases that were granted relief, by their number alone: who lives there is nobody's business
    /// but the case's staff's.
    public func forEachRelief(
        in month: ReportMonth, of community: CommunityID, _ body: (MonthRow) throws -> Void
    ) throws {
        try forEachFact(
            .reliefGranted, month, community,
            """
            SELECT '', '', '', day, byWhom, hardshipCase, '', NULL FROM hardshipDecision
            WHERE community = ?1 AND day BETWEEN ?2 AND ?3 AND outcome = 'granted'
            ORDER BY day, id
            """, body)
    }

    /// Letters printed and mails accepted of the month's notices, and calls: one row each.
    ///
    /// - Parameter costs: of one of each, by channel.
    public func forEachCost(
        in month: ReportMonth, of community: CommunityID, costs: [String: Money],
        _ body: (MonthRow) throws -> Void
    ) throws {
        func price(_ row: MonthRow) throws {
            var priced = row
            priced.amount = costs[row.way] ?? .zero
            try body(priced)
        }
        let notice =
            "SELECT unit.code, building, \(ownersOfAccount("notice.account")), asOf, '', number"
        try forEachFact(
            .cost, month, community,
            """
            \(notice), letter.channel, NULL FROM notice JOIN unit ON unit.id = notice.unit
              JOIN letter ON letter.notice = notice.id JOIN letterPrint ON letterPrint.notice = notice.id
            WHERE notice.community = ?1 AND asOf BETWEEN ?2 AND ?3 ORDER BY asOf, notice.id
            """, price)
        try forEachFact(
            .cost, month, community,
            """
            \(notice), 'email', NULL FROM notice JOIN unit ON unit.id = notice.unit
              JOIN message ON message.notice = notice.id
            WHERE notice.community = ?1 AND asOf BETWEEN ?2 AND ?3 AND 'accepted' = (
              SELECT state FROM delivery WHERE delivery.message = message.id ORDER BY id DESC LIMIT 1)
            ORDER BY asOf, message.id
            """, price)
        try forEachContact(in: month, of: community) { contact in
            guard contact.way == "call" else { return }
            var call = MonthRow(.cost, on: contact.date)
            call.unit = contact.unit
            call.owners = contact.owners
            call.building = contact.building
            call.reference = contact.reference
            call.way = "phone"
            try price(call)
        }
    }

    /// unit, building, owners, day, staff, reference, way, amount
    private func forEachFact(
        _ figure: MonthFigure, _ month: ReportMonth, _ community: CommunityID, _ sql: String,
        _ body: (MonthRow) throws -> Void
    ) throws {
        try forEach(sql, [.id(community), .date(month.first), .date(month.last)]) { row in
            var fact = MonthRow(figure, on: row.date(3))
            fact.unit = row.text(0)
            fact.building = row.text(1)
            fact.owners = row.text(2)
            fact.staff = row.text(4)
            fact.reference = row.text(5)
            fact.way = row.text(6)
            fact.amount = row.quantity(7)
            try body(fact)
        }
    }
}

/// SQL for the codes of an account's owners, joined by `;`.
func ownersOfAccount(_ account: String) -> String {
    """
    (SELECT group_concat(code, ';') FROM (
      SELECT owner.code FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
      WHERE accountOwner.account = \(account) ORDER BY owner.code))
    """
}
