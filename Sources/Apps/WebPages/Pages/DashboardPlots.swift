import Office
import Primitives

/// Positions on a plot, as attributes of SVG: one decimal is enough.
private func place(_ tenths: Int) -> String {
    let text = "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    return tenths < 0 ? "-" + text : text
}

/// An axis that begins at `low` and has round figures on it.
struct PlotAxis {
    let low: Int
    let step: Int
    /// Steps from `low` to the top line.
    let count: Int

    /// - Parameters:
    ///   - low, high: the least and the largest amount, in fen; `low` 0 for columns.
    ///   - lines: about so many are wanted.
    init(from low: Int, to high: Int, lines: Int) {
        let span = max(high - low, 100_00)
        var step = 100
        while step * lines < span {
            let digits = step / pow10(below: step)
            step = digits == 2 ? step / 2 * 5 : step * 2
        }
        self.step = step
        self.low = low / step * step
        count = max(1, (high - self.low) / step)
    }

    /// `30 万`, `300k`
    func label(_ line: Int, _ language: Language) -> String {
        let yuan = (low + line * step) / 100
        if yuan == 0 { return "0" }
        switch language {
        case .zh:
            return yuan % 1_000 == 0 && yuan >= 10_000
                ? shortened(yuan, by: 10_000) + " 万" : count_(yuan)
        case .en:
            return yuan % 100 == 0 && yuan >= 1_000
                ? shortened(yuan, by: 1_000) + "k" : count_(yuan)
        }
    }

    private func shortened(_ yuan: Int, by unit: Int) -> String {
        let tenths = yuan * 10 / unit
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private func count_(_ yuan: Int) -> String { WebPages.count(yuan) }
}

/// The largest power of ten that is not above the number.
private func pow10(below number: Int) -> Int {
    var power = 1
    while power * 10 <= number { power *= 10 }
    return power
}

/// A picture's frame, in tenths of its unit.
struct PlotFrame {
    let left, right, top, bottom: Int

    static let wideColumns = PlotFrame(left: 440, right: 7820, top: 340, bottom: 2080)
    static let narrowColumns = PlotFrame(left: 380, right: 3580, top: 320, bottom: 1660)
    static let trend = PlotFrame(left: 440, right: 3420, top: 200, bottom: 1000)

    func lines(_ axis: PlotAxis, highest: Int, _ language: Language) -> [[String: Any]] {
        (0...axis.count).map { line in
            let height = y(axis.low + line * axis.step, axis, highest: highest)
            return [
                "x1": place(left), "x2": place(right), "y": place(height),
                "labelX": place(left - 60), "labelY": place(height + 40),
                "label": axis.label(line, language),
            ]
        }
    }

    /// Of an amount in fen.
    func y(_ fen: Int, _ axis: PlotAxis, highest: Int) -> Int {
        let span = max(1, highest - axis.low)
        return bottom - (bottom - top) * (fen - axis.low) / span
    }
}

extension Visit {
    /// Columns of what each period was charged, filled as far as it was paid.
    func columns(_ figures: Dashboard, _ frame: PlotFrame, isWide: Bool) -> [String: Any] {
        let highest = max(100_00, figures.periods.map(\.rate.payable.fen).max() ?? 0)
        let axis = PlotAxis(from: 0, to: highest, lines: 4)
        let slot = (frame.right - frame.left) / figures.periods.count
        let width = isWide ? slot * 66 / 100 : slot * 72 / 100
        let bars = figures.periods.enumerated().map { index, one -> [String: Any] in
            let x = frame.left + slot * index + (slot - width) / 2
            let top = frame.y(one.rate.payable.fen, axis, highest: highest)
            let paid = frame.y(max(0, one.rate.met.fen), axis, highest: highest)
            let open = paid - top
            return [
                "href": chargesAddress(from: one.period, to: one.period),
                "title": words(one)[language], "x": place(x), "width": place(width),
                "paidY": place(paid), "paidHeight": place(frame.bottom - paid),
                "hasOpen": open > 0, "openX": place(x + 5), "openWidth": place(width - 10),
                "openY": place(top), "openHeight": place(max(10, open - 10)),
                "middle": place(x + width / 2), "rateY": place(top - 60),
                "rate": isWide ? percent(one.rate) : wholePercent(one.rate),
                "labelY": place(frame.bottom + 170),
                "label": label(one.period, isFirst: index == 0, isWide: isWide),
            ]
        }
        return ["lines": frame.lines(axis, highest: highest, language), "bars": bars]
    }

    private func wholePercent(_ rate: CollectionRate) -> String {
        rate.perMille.map { "\(($0 + 5) / 10)" } ?? "–"
    }

    private func words(_ one: Dashboard.PeriodFigures) -> Bilingual {
        let (due, met, open) = (money(one.rate.payable), money(one.rate.met), money(one.open))
        return say(
            "\(one.period)：应收 \(due)，实收 \(met)，未收 \(open)，收缴率 \(percent(one.rate))",
            "\(one.period): charged \(due), paid \(met), open \(open), rate \(percent(one.rate))")
    }

    private func label(_ period: Period, isFirst: Bool, isWide: Bool) -> String {
        if !isWide { return "\(period.month)" }
        let year = period.year % 100
        switch language {
        case .zh:
            return isFirst || period.month == 1 ? "\(year)年\(period.month)月" : "\(period.month)月"
        case .en:
            return isFirst || period.month == 1 ? period.description : "\(months[period.month - 1])"
        }
    }

    /// The line of what was overdue at the ends of months.
    func trend(_ books: BooksOnDay) -> [String: Any] {
        let frame = PlotFrame.trend
        let ends = books.monthEnds.suffix(12)
        let amounts = ends.map(\.overdue.fen)
        let (least, most) = (amounts.min() ?? 0, max(amounts.max() ?? 0, 100_00))
        let axis = PlotAxis(from: least, to: most, lines: 3)
        let highest = max(most, axis.low + axis.step)
        let gap = (frame.right - frame.left) / max(1, ends.count - 1)
        let points = ends.enumerated().map { index, end -> [String: Any] in
            let (x, y) = (
                frame.left + gap * index, frame.y(end.overdue.fen, axis, highest: highest)
            )
            let date = end.day == today ? nil : end.day.description
            let isLast = index == ends.count - 1
            return [
                "href": "/charges?mark=overdue" + (date.map { "&as-of=\($0)" } ?? ""),
                "title": "\(end.day): \(money(end.overdue))", "x": place(x), "y": place(y),
                "hitX": place(x - 100), "hitY": place(y - 100), "radius": isLast ? "4" : "2.5",
                "label": index % 2 == (ends.count - 1) % 2
                    ? label(end.day.period, isFirst: false, isWide: true) as Any : false,
            ]
        }
        return [
            "lines": frame.lines(axis, highest: highest, language),
            "points": points,
            "polyline": points.map { "\($0["x"]!),\($0["y"]!)" }.joined(separator: " "),
            "lastX": place(frame.right + 100),
            "lastY": place(frame.y(amounts.last ?? 0, axis, highest: highest) + 40),
            "last": roughly(ends.last?.overdue ?? .zero),
        ]
    }

    /// `32.6 万`, `326.2k`
    private func roughly(_ amount: Money) -> String {
        let yuan = amount.fen / 100
        let unit = language == .zh ? 10_000 : 1_000
        if yuan < unit { return money(amount) }
        let tenths = (yuan * 10 + unit / 2) / unit
        return "\(tenths / 10).\(tenths % 10)" + (language == .zh ? " 万" : "k")
    }

    func chargesAddress(
        from: Period? = nil, to: Period? = nil, mark: ChargeFilter.Mark? = nil
    ) -> String {
        address(
            "/charges",
            [("from", from?.description), ("to", to?.description), ("mark", mark?.rawValue)])
    }
}

private let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]
