import Primitives

/// The facts of one notice, with everything worked out that its wording may show.
struct NoticeFigures: Sendable {
    let facts: NoticeFacts
    /// Plain words of the notice's language: month names, kinds of unit, channels, joints.
    let words: [String: String]
    let rows: [RowFigures]

    init(_ facts: NoticeFacts, words: [String: String]) {
        self.facts = facts
        self.words = words
        let width = moneyWidth(facts)
        rows = facts.lines.map {
            RowFigures(line: $0, asOf: facts.asOf, cap: facts.cap, width: width)
        }
        self.width = width
    }

    /// Characters of the longest amount, so that amounts can stand under one another.
    let width: Int

    var isBill: Bool { facts.template == "bill" }
    /// What the owner is asked to pay: the total, or nothing where credit exceeds it.
    var amountDue: Money { max(facts.total, .zero) }

    /// Past due, and billed before this run: what a dunning notice demands.
    var overdue: [RowFigures] { rows.filter { $0.isPastDue && !$0.line.isNew } }
    var overduePrincipal: Money { overdue.map(\.line.principalOpen).reduce(.zero, +) }
    var overdueLateFee: Money { overdue.map(\.line.lateFee).reduce(.zero, +) }
    var older: [RowFigures] { rows.filter { !$0.line.isNew } }

    /// The earliest due date whose principal is open and overdue.
    var oldestDue: CivilDate? { overdue.filter(\.isOverdue).map(\.line.due).min() }
    /// The days since then; 0 where nothing is overdue.
    var mostDays: Int { oldestDue.map { facts.asOf - $0 } ?? 0 }
    /// The next due date: the earliest that has not passed and whose principal is open.
    var nextDue: CivilDate? {
        rows.filter { !$0.isPastDue && !$0.isPaidOff }.map(\.line.due).min()
    }
    /// A bill on which nothing is past due has one column of amounts.
    var showsLateFee: Bool { !isBill || rows.contains(where: \.isPastDue) }

    /// Every rate that a late fee of this notice was counted with: `1‰`.
    var rates: [String] {
        distinct(rows.flatMap(\.line.accrual).map(\.rate).filter { $0 > .zero }.map(\.perMille))
    }
    var overdueItems: [String] { distinct(overdue.map(\.line.item)) }

    /// The overdue periods, none left out and none added: `2026-04 至 2026-06、2026-08`.
    var overduePeriods: String? {
        let periods = Set(overdue.map(\.line.period)).sorted()
        var spans: [ClosedRange<Period>] = []
        for period in periods {
            if let last = spans.last, last.upperBound.next == period {
                spans[spans.count - 1] = last.lowerBound...period
            } else {
                spans.append(period...period)
            }
        }
        return joined(
            spans.map { span in
                span.lowerBound == span.upperBound
                    ? "\(span.lowerBound)"
                    : "\(span.lowerBound)\(words["through"] ?? "")\(span.upperBound)"
            }, by: "between_items")
    }

    /// `nil` where there is nothing to join.
    func joined(_ texts: [String], by joint: String) -> String? {
        texts.isEmpty ? nil : texts.joined(separator: words[joint] ?? "")
    }

    func aligned(_ money: Money) -> String { padLeft(money.grouped, to: width) }

    /// Sums and late fees that are not what their parts add up to. Such a notice must not go out.
    var contradictions: [TemplateError.Rule] {
        func rule(_ what: String, _ stated: Money, _ counted: Money) -> TemplateError.Rule? {
            if stated == counted { return nil }
            return .figuresDiffer(
                what: what, stated: stated.grouped, counted: counted.grouped,
                notice: facts.number)
        }
        let lines = facts.lines
        let sums = [
            rule("principal", facts.principal, lines.map(\.principalOpen).reduce(.zero, +)),
            rule("late_fee", facts.lateFee, lines.map(\.lateFee).reduce(.zero, +)),
            rule("total", facts.total, facts.principal + facts.lateFee - facts.credit),
        ]
        let lateFees = rows.map { row in
            rule("late_fee \(row.line.period) \(row.line.item)", row.line.lateFee, row.counted)
        }
        return (sums + lateFees).compactMap { $0 }
    }
}

/// One open charge, with what its row, its note and the explanation of its late fee may show.
struct RowFigures: Sendable {
    let line: NoticeFacts.Line
    let asOf: CivilDate
    let cap: Ratio
    let width: Int

    var isPastDue: Bool { line.due < asOf }
    var isPaidOff: Bool { line.principalOpen == .zero }
    /// Past due, and its principal is open.
    var isOverdue: Bool { isPastDue && !isPaidOff }
    var principalPaid: Money { line.amount - line.principalOpen }
    var isPartPaid: Bool { !isPaidOff && principalPaid > .zero }
    var subtotal: Money { line.principalOpen + line.lateFee }

    /// What the runs add up to, rounded half up once, before the cap.
    var computed: Money {
        let millionths = line.accrual.reduce(Int128(0)) { sum, run in
            sum + Int128(run.principal.fen) * Int128(run.days) * Int128(run.rate.partsPerMillion)
        }
        return Money(fen: roundHalfUp(millionths, over: 1_000_000))
    }
    /// The cap's share of the charge, rounded down.
    var limit: Money {
        Money(fen: Int(Int128(line.amount.fen) * Int128(cap.parts) / 1_000_000))
    }
    var gross: Money { min(computed, limit) }
    var deducted: Money { line.lateFeePaid + line.lateFeeWaived }
    /// What the line's late fee must be: gross, less paid and waived, at least 0.
    var counted: Money { max(gross - deducted, .zero) }

    /// The row shows by itself how its late fee came about: what is open, times the days overdue,
    /// times the one rate. Other rows get a note.
    func explainsItself(rates: [String]) -> Bool {
        guard principalPaid == .zero else { return false }
        guard let run = line.accrual.first else { return true }
        return line.accrual.count == 1 && run.principal == line.principalOpen
            && run.days == line.daysOverdue && rates.count == 1 && computed <= limit
            && deducted == .zero
    }

    func aligned(_ money: Money) -> String { padLeft(money.grouped, to: width) }
}

private func moneyWidth(_ facts: NoticeFacts) -> Int {
    let amounts =
        [facts.principal, facts.lateFee, facts.total, -facts.credit]
        + facts.lines.flatMap { [$0.principalOpen, $0.lateFee, $0.principalOpen + $0.lateFee] }
    return amounts.map(\.grouped.count).max() ?? 0
}

func padLeft(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

private func distinct(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
}
