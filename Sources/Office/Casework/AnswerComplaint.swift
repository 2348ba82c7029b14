import Interchange
public import Primitives
public import SQLiteStore

/// Complaints made by the date, by day.
///
/// - Parameter asOf: with answers given by then; `nil`: all.
public func forEachComplaint(
    asOf: CivilDate?, effects: Effects, _ body: (Session.RecordedComplaint) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try session.forEachComplaint(of: context.id, asOf: asOf, body)
    }
}

/// A manager answers a complaint. It is apart from the debt: it holds nothing and frees nothing.
/// The same answer again changes nothing.
public func answerComplaint(
    _ number: Int, with text: String, on date: CivilDate, effects: Effects
) throws {
    let (text, staff) = (trimmed(text), trimmed(effects.staff))
    if text.isEmpty { throw ContactError.noAnswer }
    try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        try requireApprover(staff, in: context.id, session)
        guard let complaint = try session.complaint(number, of: context.id) else {
            throw ContactError.unknownComplaint(number: number)
        }
        if let answer = complaint.answer {
            if answer.text == text, answer.date == date, answer.staff == staff { return }
            throw ContactError.answeredAlready(number: number)
        }
        guard date >= complaint.date else {
            throw ContactError.answeredBefore(number: number, made: complaint.date, on: date)
        }
        let act = try session.addAct(
            community: context.id, kind: "complaint answer", by: staff,
            at: effects.now().description, detail: "\(complaint.unit) \(number)")
        try session.answer(number, with: text, on: date, by: staff, in: context.id, act: act)
    }
}
