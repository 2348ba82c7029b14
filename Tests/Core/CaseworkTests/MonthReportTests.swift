import Casework
import Primitives
import Testing

@Suite struct `The month's figures` {
    // Days since the due date, the line that they stand in.
    @Test(
        arguments: [
            (0, nil), (1, "1-30"), (30, "1-30"), (31, "31-60"), (60, "31-60"), (61, "61-90"),
            (90, "61-90"), (91, "91-180"), (180, "91-180"), (181, "181-365"), (365, "181-365"),
            (366, "366+"), (5_000, "366+"),
        ] as [(Int, String?)])
    func `tell ages apart`(days: Int, age: String?) {
        #expect(ArrearsAge(daysOverdue: days)?.rawValue == age)
    }

    private func row(
        _ figure: MonthFigure, _ fen: Int, building: String = "", staff: String = ""
    ) -> MonthRow {
        var row = MonthRow(figure, on: CivilDate("2026-11-10")!)
        row.amount = Money(fen: fen)
        row.building = building
        row.staff = staff
        return row
    }

    @Test func `add up in all and by group, with a share of what was due`() {
        var totals = MonthTotals()
        for row in [
            row(.currentDue, 300_00, building: "10"), row(.currentDue, 600_00, building: "9"),
            row(.currentCollected, 100_00, building: "9"),
            row(.currentCollected, 250_00, building: "9"),
            row(.currentCollected, -50_00, building: "9"), row(.contacts, 0, staff: "王芳"),
            row(.contacts, 0, staff: "王芳"),
        ] {
            totals.add(row)
        }
        let lines = totals.lines.filter { $0.count > 0 }.map { line in
            let amount = line.amount.map { "\($0)" } ?? "-"
            let percent = line.percent.map { " \($0)%" } ?? ""
            return "\(line.part) \(line.group) \(line.figure) \(line.count) \(amount)\(percent)"
        }
        #expect(
            lines == [
                "month  currentCollected 3 300.00 33.33%", "month  currentDue 2 900.00",
                "month  contacts 2 -", "building 9 currentCollected 3 300.00 50.00%",
                "building 9 currentDue 1 600.00", "building 10 currentDue 1 300.00",
                "staff 王芳 contacts 2 -",
            ])
    }

    @Test func `have no share of nothing, nor of less than nothing`() {
        var totals = MonthTotals()
        totals.add(row(.currentCollected, 1_00))
        totals.add(row(.arrearsDue, 100_00))
        totals.add(row(.arrearsCollected, -1_00))
        #expect(totals.lines.allSatisfy { $0.percent == nil })
    }

    @Test func `are all there, whether or not there is anything to count`() {
        #expect(
            MonthTotals().lines.filter { $0.part == .month }.map(\.figure) == MonthFigure.allCases)
        #expect(
            MonthTotals().lines.filter { $0.part == .age }.map(\.group)
                == ArrearsAge.allCases.map(\.rawValue))
    }
}
