import Casework
import Files
import Letters
import Primitives

/// Prints the month's report on A4: rates, ages and buildings as plots, then every figure.
public func printMonthReport(_ report: MonthSummary, to path: String) throws {
    let part = partName(of: path)
    defer { removeFile(part) }
    let sheets = MonthSheets(report)
    let printer = try ReportPrinter(
        to: part, title: sheets.title, created: "\(report.month.last)", runningHead: sheets.title)
    try printer.add(sheets.plots)
    try printer.add(sheets.figures)
    try printer.finish()
    try moveFile(part, to: path)
}

private struct MonthSheets {
    let report: MonthSummary
    private let lines: [MonthLine.Part: [MonthLine]]

    init(_ report: MonthSummary) {
        self.report = report
        lines = Dictionary(grouping: report.lines, by: \.part)
    }

    var title: String {
        let period = report.month.period
        return "\(report.community) · \(period.year) 年 \(period.month) 月收费月报"
    }

    // MARK: - Plots

    var plots: ReportPart {
        ReportPart(
            title: title,
            [
                .note(
                    "截至 \(report.month.last)，当日计入；金额单位：元。"
                        + "每个数都等于 dunwell report \(report.month.period) --list 列出的明细之和。"),
                .plot(.headline(headline)), .heading("各账期收缴率　Collection rate by period"),
                .note("柱高是应收（已扣减免），实心是已收，空心是未收；数字是到这一天为止的收缴率。"),
                .plot(.columns(periods)), .heading("逾期账龄　Ageing"),
                .note("未付本金，按到期日以后的天数；一户可以在几行里。"),
                .plot(.bars(headings: ["逾期天数", "笔数", "本金"], ages)),
                .heading("各楼栋　By building"), .note(buildingNote),
                .plot(.bars(headings: ["楼栋", "当期应收", "当期已收", "收缴率"], buildings)),
            ])
    }

    private var headline: [ReportPlot.Headline] {
        let current = month(.currentCollected)
        let arrears = month(.arrearsCollected)
        return [
            ReportPlot.Headline(
                label: "当期收缴率", figure: percent(current),
                note: "\(amount(.currentCollected)) ÷ \(amount(.currentDue))"),
            ReportPlot.Headline(
                label: "清欠率", figure: percent(arrears),
                note: "\(amount(.arrearsCollected)) ÷ \(amount(.arrearsDue))"),
            ReportPlot.Headline(
                label: "实收", figure: "¥" + amount(.collected),
                note:
                    "\(counted(month(.collected)?.count ?? 0)) 笔，含违约金 \(amount(.lateFeeCollected))"),
            ReportPlot.Headline(
                label: "逾期本金", figure: "¥" + amount(.overdue),
                note: "\(counted(month(.overdue)?.count ?? 0)) 笔"),
        ]
    }

    private var periods: [ReportPlot.Column] {
        let byPeriod = grouped(.period)
        return (0..<12).map { index in
            let period = report.month.firstRated.advanced(byMonths: index)
            let figures = byPeriod["\(period)"] ?? [:]
            let due = figures[.periodDue]?.amount ?? .zero
            let label = index == 0 || period.month == 1 ? "\(period)" : "\(period.month) 月"
            return ReportPlot.Column(
                label: label, mark: due > .zero ? percent(figures[.periodCollected]) : "",
                whole: due, met: figures[.periodCollected]?.amount ?? .zero)
        }
    }

    private var ages: [ReportPlot.Bar] {
        let bars = (lines[.age] ?? []).map { line in
            ReportPlot.Bar(
                label: line.group, length: line.amount ?? .zero, met: .zero,
                values: [counted(line.count), (line.amount ?? .zero).grouped])
        }
        let all = month(.overdue)
        let sum = ReportPlot.Bar(
            label: "合计", length: .zero, met: .zero,
            values: [counted(all?.count ?? 0), amount(.overdue)])
        return bars + [sum]
    }

    /// At most so many stand on the sheet.
    private static let buildingsMost = 10

    private typealias Building = (name: String, due: Money, collected: MonthLine?)

    /// By name; where there are too many, those of the lowest rate.
    private var shownBuildings: [Building] {
        let byBuilding = grouped(.building)
        let all = ordered(.building).compactMap { name -> Building? in
            guard let due = byBuilding[name]?[.currentDue]?.amount else { return nil }
            return (name, due, byBuilding[name]?[.currentCollected])
        }
        guard all.count > Self.buildingsMost else { return all }
        let lowest = all.enumerated().sorted { a, b in
            let (low, high) = (share(a.element), share(b.element))
            return low == high ? a.offset < b.offset : low < high
        }
        return lowest.prefix(Self.buildingsMost).map(\.element)
    }

    private func share(_ building: Building) -> Percentage {
        building.collected?.percent ?? .zero
    }

    private var buildings: [ReportPlot.Bar] {
        shownBuildings.map { building in
            let met = building.collected?.amount ?? .zero
            return ReportPlot.Bar(
                label: building.name.isEmpty ? "（未填）" : building.name, length: building.due,
                met: met,
                values: [building.due.grouped, met.grouped, "\(share(building))%"])
        }
    }

    private var buildingNote: String {
        let all = ordered(.building).count
        let some = "共 \(all) 栋，这里是当期收缴率最低的 \(Self.buildingsMost) 栋；"
        return (all > Self.buildingsMost ? some : "") + "本账期的应收与已收。"
    }

    // MARK: - Figures

    var figures: ReportPart {
        var elements: [ReportPart.Element] = [.table(monthTable)]
        if !ordered(.staff).isEmpty {
            elements += [.heading("按经办人　By staff"), .table(staffTable)]
        }
        if !ordered(.way).isEmpty {
            elements += [.heading("按方式　By way"), .table(wayTable)]
        }
        elements.append(.note("笔数为明细行数；减免、收款、违约金按它们的日期计入本月，冲红按冲红日抵减。"))
        return ReportPart(title: "各项数字　All figures", elements)
    }

    private var monthTable: Letter.Table {
        Letter.Table(
            columns: [("项目", false), ("Figure", false), ("笔数", true), ("金额", true), ("比率", true)],
            rows: (lines[.month] ?? []).map { line in
                [
                    line.figure.words.zh, line.figure.words.en, counted(line.count),
                    line.amount?.grouped ?? "", line.percent.map { "\($0)%" } ?? "",
                ]
            }, totals: [])
    }

    /// How often; amounts stand in the report's lists.
    private var staffTable: Letter.Table {
        let figures: [MonthFigure] = [
            .contacts, .promisesMade, .promisesKept, .promisesPartly, .promisesBroken, .complaints,
            .complaintsAnswered, .reliefGranted, .lateFeeWaived,
        ]
        let byStaff = grouped(.staff)
        return Letter.Table(
            columns: [("经办人", false)] + figures.map { ($0.words.zh, true) },
            rows: ordered(.staff).map { name in
                [name] + figures.map { counted(byStaff[name]?[$0]?.count ?? 0) }
            }, totals: [])
    }

    private var wayTable: Letter.Table {
        Letter.Table(
            columns: [("方式", false), ("项目", false), ("笔数", true), ("金额", true)],
            rows: (lines[.way] ?? []).map { line in
                [
                    wayWords[line.group] ?? line.group, line.figure.words.zh, counted(line.count),
                    line.amount?.grouped ?? "",
                ]
            }, totals: [])
    }

    // MARK: - Looking up

    private func month(_ figure: MonthFigure) -> MonthLine? {
        lines[.month]?.first { $0.figure == figure }
    }

    private func amount(_ figure: MonthFigure) -> String {
        (month(figure)?.amount ?? .zero).grouped
    }

    private func percent(_ line: MonthLine?) -> String { line?.percent.map { "\($0)%" } ?? "—" }

    private func ordered(_ part: MonthLine.Part) -> [String] {
        (lines[part] ?? []).reduce(into: []) { groups, line in
            if groups.last != line.group { groups.append(line.group) }
        }
    }

    private func grouped(_ part: MonthLine.Part) -> [String: [MonthFigure: MonthLine]] {
        (lines[part] ?? []).reduce(into: [:]) { $0[$1.group, default: [:]][$1.figure] = $1 }
    }
}

/// `13,197`
private func counted(_ count: Int) -> String {
    String(Money(fen: count * 100).grouped.dropLast(3))
}

private let wayWords = [
    "bank": "银行转账", "debit": "代扣", "wechat": "微信", "alipay": "支付宝", "pos": "刷卡", "cash": "现金",
    "call": "电话", "visit": "上门", "message": "信息", "letter": "来信", "email": "邮件", "mailbox": "信箱信件",
    "hand": "当面送信", "registered": "挂号信", "phone": "电话费",
]
