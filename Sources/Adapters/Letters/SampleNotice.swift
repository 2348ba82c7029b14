public import Primitives

extension NoticeFacts {
    /// A notice of Maple Court (枫林苑), an invented building, to look at a template with: owner,
    /// figures and dates are made up, and add up.
    ///
    /// - Parameter template: `bill`, or the name of a stage's template; one that is not of the
    ///   default ladder shows arrears of several periods.
    public static func sample(
        template: String, language: Language, asksForSignature: Bool
    ) -> NoticeFacts {
        let story = Story(template)
        let lines = story.lines(language)
        let principal = lines.map(\.principalOpen).reduce(.zero, +)
        let lateFee = lines.map(\.lateFee).reduce(.zero, +)
        let isChinese = language == .zh
        return NoticeFacts(
            number: "FL-202612-00037-4", period: story.asOf.period, asOf: story.asOf,
            language: language, template: template,
            payBy: template == "bill" ? nil : story.asOf.advanced(byDays: 10),
            asksForSignature: asksForSignature, community: isChinese ? "枫林苑" : "Maple Court",
            office: office(language),
            unit: UnitFacts(code: "3-2-1501", kind: "residence", area: Area(parts: 8952)),
            owners: isChinese ? ["周启明", "林晓芸"] : ["Zhou Qiming", "Lin Xiaoyun"],
            address: [isChinese ? "枫林苑 3-2-1501" : "Maple Court 3-2-1501"],
            channels: asksForSignature ? ["hand", "email"] : ["email", "mailbox"],
            earlierNotices: story.earlier, lines: lines, principal: principal, lateFee: lateFee,
            credit: .zero, total: principal + lateFee, cap: .one)
    }

    private static func office(_ language: Language) -> Office {
        switch language {
        case .zh:
            Office(
                name: "枫林苑物业服务中心", address: "示例市枫林路 100 号 1 栋 1 层", phone: "5550 0188",
                email: "office@example.com", contact: "何静", bank: "示例银行枫林支行",
                bankAccount: "0000 0000 0000 1234", bankHolder: "枫林苑物业服务中心")
        case .en:
            Office(
                name: "Maple Court Property Office", address: "100 Maple Road, Building 1",
                phone: "5550 0188", email: "office@example.com", contact: "He Jing",
                bank: "Example Bank, Maple Branch", bankAccount: "0000 0000 0000 1234",
                bankHolder: "Maple Court Property Office")
        }
    }
}

/// How far a sample's arrears have come.
private struct Story {
    let asOf: CivilDate
    /// Periods that are past due, oldest first.
    let overdue: [Period]
    /// The period that is just billed.
    let new: Period?
    let earlier: [CivilDate]

    init(_ template: String) {
        let november = Period("2026-11")!
        func day(_ month: Int, _ day: Int) -> CivilDate {
            CivilDate(year: 2026, month: month, day: day)!
        }
        let months = { (first: Int) in (first...11).map { day($0, 1).period } }
        switch template {
        case "bill": (asOf, overdue, new, earlier) = (day(11, 5), [], november, [])
        case "early": (asOf, overdue, new, earlier) = (day(11, 18), months(11), nil, [])
        case "middle": (asOf, overdue, new, earlier) = (day(11, 25), months(11), nil, [])
        case "late":
            (asOf, overdue, new, earlier) = (day(12, 7), months(11), nil, [day(11, 18)])
        default:
            asOf = day(12, 1)
            (overdue, new) = (months(6), november.next)
            earlier = [day(8, 18), day(10, 8)]
        }
    }

    func lines(_ language: Language) -> [NoticeFacts.Line] {
        let items = language == .zh ? ["物业费", "水费"] : ["Property fee", "Water"]
        let periods = overdue + (new.map { [$0] } ?? [])
        return periods.flatMap { period in
            zip(items, [25_066, 4_158]).map { item, fen in
                line(period, item, Money(fen: fen), isNew: period == new)
            }
        }
    }

    private func line(
        _ period: Period, _ item: String, _ amount: Money, isNew: Bool
    ) -> NoticeFacts.Line {
        let due = period.firstDay.advanced(byDays: 14)
        let days = max(asOf - due, 0)
        let run = NoticeFacts.Run(
            first: due.advanced(byDays: 1), days: days, principal: amount,
            rate: DailyRate(parts: 1000))
        var line = NoticeFacts.Line(
            period: period, item: item, due: due, amount: amount, principalOpen: amount,
            daysOverdue: days, lateFee: .zero, lateFeePaid: .zero, lateFeeWaived: .zero,
            isNew: isNew, accrual: days > 0 ? [run] : [])
        line.lateFee = RowFigures(line: line, asOf: asOf, cap: .one, width: 0).counted
        return line
    }
}
