import Casework
public import Dunning
import FeeLedger
import Interchange
public import Primitives
public import SQLiteStore

/// Records a contact with a household. The rules that it broke are recorded with it: it did happen.
/// One whose reason is `disputes` opens a complaint, in the same transaction. The same contact
/// again changes nothing.
///
/// - Parameter owner: names an account by its owner's code; `nil`: whoever held the unit that day.
/// - Returns: the contact as it stands.
public func recordContact(
    _ contact: Session.NewContact, of unit: String, owner: String?, effects: Effects
) throws -> Session.RecordedContact {
    let contact = try checked(contact)
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        for name in contact.staff { try requireStaff(name, in: context.id, session) }
        let account = try account(of: unit, owner: owner, asOf: contact.date, context, session)
        let same = try session.contacts(of: account, asOf: contact.date)
            .first { $0.contact == contact }
        if let same { return same }
        return try keep(contact, of: account, unit, correcting: nil, context, session, effects)
    }
}

/// Records a contact anew in the place of one that was entered wrongly; that one counts no more,
/// and stays to be read. It is of the same account.
///
/// - Parameter change: given the contact as it was entered.
public func correctContact(
    _ number: Int, effects: Effects,
    _ change: (Session.NewContact) throws -> Session.NewContact
) throws -> Session.RecordedContact {
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let old = try session.contact(number, of: context.id) else {
            throw ContactError.unknownContact(number: number)
        }
        if let later = old.correctedBy {
            throw ContactError.correctedAlready(number: number, by: later)
        }
        let contact = try checked(change(old.contact))
        if contact == old.contact { return old }
        for name in contact.staff + [trimmed(effects.staff)] {
            try requireStaff(name, in: context.id, session)
        }
        let unit = try session.unit(code: old.unit, in: context.id)!
        let account = try session.accounts(of: unit).first { $0.id == old.account }!
        return try keep(contact, of: account, old.unit, correcting: old, context, session, effects)
    }
}

private func keep(
    _ contact: Session.NewContact, of account: Account, _ unit: String,
    correcting old: Session.RecordedContact?, _ context: CommunityContext, _ session: Session,
    _ effects: Effects
) throws -> Session.RecordedContact {
    let staff = old == nil ? contact.staff[0] : trimmed(effects.staff)
    let act = try session.addAct(
        community: context.id, kind: old == nil ? "contact" : "contact correction", by: staff,
        at: effects.now().description, detail: old.map { "\(unit) \($0.number)" } ?? unit)
    let week = contact.date.advanced(byDays: -6)
    let earlier = try session.contacts(of: account, asOf: contact.date).count {
        $0.contact.way.countsPerWeek && $0.contact.date >= week && $0.number != old?.number
    }
    let facts = ContactFacts(
        way: contact.way, minute: contact.minute, earlierThatWeek: earlier,
        mayBeTold: !contact.isWithOthers || contact.asksOnly, note: contact.note)
    let number = try session.addContact(
        contact, of: account, brokenRules: facts.brokenRules(under: context.policy.casework),
        correcting: old?.number, in: context.id, act: act)
    // One that was answered stays with its answer.
    let isAnswered = try old.flatMap { try session.complaint(madeIn: $0.number) }?.answer != nil
    if contact.reason == .disputes, !isAnswered {
        _ = try session.addComplaint(
            contact.note, madeIn: number, on: contact.date, by: contact.staff[0], of: account,
            in: context.id, act: act)
    }
    return try session.contact(number, of: context.id)!
}

extension Session.NewContact {
    /// Whether it was with somebody who may not be told of the debt.
    fileprivate var isWithOthers: Bool {
        let relation = ContactRelation(word: relation)
        return !relation.mayBeTold && !relation.isNobody
    }

    /// Whether staff heard of a death, or that nobody is in: that tells nobody of a debt.
    fileprivate var asksOnly: Bool { reason == .deceased || reason == .unreachable }
}

/// The contact with its names trimmed and its relation as the books have it; a word for it of
/// staff's own stands with the name.
private func checked(_ contact: Session.NewContact) throws(ContactError) -> Session.NewContact {
    var names: [String] = []
    for name in contact.staff.map({ trimmed($0) }) where !names.contains(name) {
        if name.isEmpty { throw .noStaff }
        names.append(name)
    }
    if names.isEmpty { throw .noStaff }
    if contact.way == .visit, names.count != 2 { throw .visitAlone(names: names) }
    guard names.count <= 2 else { throw .tooManyStaff(names: names) }
    let (word, relation) = (
        trimmed(contact.relation), ContactRelation(word: trimmed(contact.relation))
    )
    var with = trimmed(contact.with)
    if relation == .other(.other),
        !["", relation.code, relation.chinese].contains(word.lowercased())
    {
        with += with.isEmpty ? word : "（\(word)）"
    }
    if with.isEmpty, !relation.isNobody { throw .nobodyNamed }
    let note = trimmed(contact.note)
    if note.isEmpty { throw .noNote }
    if let next = contact.next, next < contact.date {
        throw .nextBefore(next: next, on: contact.date)
    }
    var checked = Session.NewContact(
        way: contact.way, date: contact.date, staff: names, relation: relation.code)
    checked.minute = contact.minute
    checked.with = with
    checked.note = note
    checked.reason = contact.reason
    checked.next = contact.next
    return checked
}

/// Contacts by day, corrected ones too; those on or before `asOf`, where it is given: only those
/// that count.
///
/// - Parameter unit: of one unit, by its code; `nil`: all.
public func forEachContact(
    of unit: String?, asOf: CivilDate?, effects: Effects,
    _ body: (Session.RecordedContact) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        if let unit, try session.unit(code: unit, in: context.id) == nil {
            throw OfficeError.unknownUnit(code: unit)
        }
        try session.forEachContact(
            of: context.id, unit: unit, asOf: asOf, counting: asOf != nil, body)
    }
}

extension Session.RecordedContact {
    /// Each rule that it broke, explained, with what to do.
    public func brokenRuleMessages(under settings: CaseworkSettings) -> [Bilingual] {
        brokenRules.map { explanation(of: $0, settings) }
    }

    /// Where they spoke to somebody who may not be told of the debt, in a contact that asks or
    /// hears only; `nil`: there is nothing to be reminded of.
    public var reminder: Bilingual? {
        guard contact.isWithOthers, contact.asksOnly else { return nil }
        return Bilingual(
            zh: "提醒：打听住户在不在、听说有人去世，都不说欠费；欠费只能告诉业主、同住的成年家属或受托人。",
            en:
                "Remember: asking whether somebody is in, or hearing of a death, names no debt. That is told "
                + "to nobody but the owner, an adult of the household or an agent.")
    }

    private func explanation(
        of rule: ContactRule, _ settings: CaseworkSettings
    ) -> Bilingual {
        switch rule {
        case .quietHours:
            Bilingual(
                zh: "违反规定：安静时段（\(settings.quiet.text)）不打电话、不上门。已如实登记；下次请换时间，并向住户致歉。",
                en:
                    "Rule broken: nobody calls or visits in the quiet hours (\(settings.quiet.text)). It is "
                    + "recorded; choose another hour next time, and apologise.")
        case .tooOften:
            Bilingual(
                zh: "违反规定：七天内联系不超过 \(settings.contactsPerWeek) 次，这一次超过了。已如实登记；请等满七天再联系。",
                en:
                    "Rule broken: at most \(settings.contactsPerWeek) contacts within seven days, and this is one "
                    + "more. It is recorded; wait before the next.")
        case .toldOthers:
            Bilingual(
                zh: "违反规定：欠费只能告诉业主、同住的成年家属或受托人。如果只是打听业主何时在家，请在备注写明；"
                    + "如果说到了欠费，请报告经理，向业主致歉，并请对方不要外传。",
                en:
                    "Rule broken: the debt is told to nobody but the owner, an adult of the household or "
                    + "an agent. If you only asked when the owner is in, let the note say so; if the debt "
                    + "was named, tell the manager, apologise to the owner, and ask for silence.")
        case .cash:
            Bilingual(
                zh: "违反规定：上门或电话催费不收现金。请当天把钱交到收费处，开收据给住户，并报告经理。",
                en:
                    "Rule broken: no cash is taken. Bring it to the cashier today, give the household a "
                    + "receipt, and tell the manager.")
        }
    }
}

/// The office's rules for contacts and cases, as the policy has them.
public func caseworkSettings(effects: Effects) throws -> CaseworkSettings {
    try effects.store.read { session in
        try CommunityContext(named: effects.community, in: session).policy.casework
    }
}
