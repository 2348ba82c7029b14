import FeeLedger
import Primitives
import Testing

@Suite struct `Fee schedules` {
    // MARK: - Cycles

    /// 89.52 m² × 2.85 = 255.132 a month: 255.13, × 3 = 765.40, × 6 = 1530.79, × 12 = 3061.58.
    @Test(arguments: [
        (1, "255.13", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), (3, "765.40", [1, 4, 7, 10]),
        (6, "1530.79", [1, 7]), (12, "3061.58", [1]),
    ])
    func `a cycle is charged once a block, counted from January`(
        cycle: Int, amount: String, months: [Int]
    ) {
        let lines = [Line("2.85", cycle: cycle)]
        for ordinal in 1...12 {
            let charges = scheduled(lines, "2026-\(ordinal < 10 ? "0" : "")\(ordinal)")
            #expect(charges.map(\.amount) == (months.contains(ordinal) ? [yuan(amount)] : []))
        }
    }

    @Test(arguments: [(1, "150.00"), (3, "450.00"), (6, "900.00"), (12, "1800.00")])
    func `a fixed price is charged by the month of the cycle`(cycle: Int, amount: String) {
        let charge = scheduled([Line("150", .fixed, cycle: cycle)], "2026-01")
        #expect(charge.map(\.amount) == [yuan(amount)])
    }

    // MARK: - Parts of a block

    /// 100.00 m² × 3.00 = 300.00 a month, 900.00 a quarter, 3600.00 a year.
    @Test(arguments: [
        // November has 30 days: 15 of them, then 16.
        PartRow(handover: "2026-11-16", period: "2026-11", amount: "150.00", due: "2026-12-15"),
        PartRow(handover: "2026-11-15", period: "2026-11", amount: "160.00", due: "2026-11-15"),
        PartRow(handover: "2026-11-30", period: "2026-11", amount: "10.00", due: "2026-12-15"),
        PartRow(handover: "2026-11-01", period: "2026-11", amount: "300.00", due: "2026-11-15"),
        PartRow(handover: "2026-10-31", period: "2026-11", amount: "300.00", due: "2026-11-15"),
        PartRow(handover: "2026-12-01", period: "2026-11"),
        // One day of February: 300 ÷ 29 = 10.344…, 300 ÷ 28 = 10.714….
        PartRow(handover: "2024-02-29", period: "2024-02", amount: "10.34", due: "2024-03-15"),
        PartRow(handover: "2026-02-28", period: "2026-02", amount: "10.71", due: "2026-03-15"),
        // The turn of the year.
        PartRow(handover: "2026-12-31", period: "2026-12", amount: "9.68", due: "2027-01-15"),
        // January to March have 90 days; from 10 February on they are 19 + 31 = 50: 500.00.
        PartRow(cycle: 3, handover: "2026-02-10", period: "2026-01"),
        PartRow(
            cycle: 3, handover: "2026-02-10", period: "2026-02",
            amount: "500.00", due: "2026-02-15"),
        PartRow(cycle: 3, handover: "2026-02-10", period: "2026-03"),
        PartRow(
            cycle: 3, handover: "2026-02-10", period: "2026-04",
            amount: "900.00", due: "2026-04-15"),
        // In a leap year they have 91: from 31 March on 1 of them, 900 ÷ 91 = 9.890….
        PartRow(
            cycle: 3, handover: "2024-03-31", period: "2024-03",
            amount: "9.89", due: "2024-04-15"),
        // July to December of 2026: 184 of 365 days, 3600 × 184 ÷ 365 = 1814.794….
        PartRow(cycle: 12, from: "2026-07-01", period: "2026-01"),
        PartRow(
            cycle: 12, from: "2026-07-01", period: "2026-07",
            amount: "1814.79", due: "2026-07-15"),
        // `to` is inclusive.
        PartRow(to: "2026-11-30", period: "2026-11", amount: "300.00", due: "2026-11-15"),
        PartRow(to: "2026-11-29", period: "2026-11", amount: "290.00", due: "2026-11-15"),
        PartRow(to: "2026-11-01", period: "2026-11", amount: "10.00", due: "2026-11-15"),
        PartRow(to: "2026-10-31", period: "2026-11"),
        PartRow(cycle: 3, to: "2026-01-31", period: "2026-01", amount: "310.00", due: "2026-01-15"),
        PartRow(cycle: 3, to: "2026-01-31", period: "2026-02"),
        // The latest of block, `from` and handover; the earlier of block and `to`: 11–20 November.
        PartRow(
            from: "2026-11-05", to: "2026-11-20", handover: "2026-11-11", period: "2026-11",
            amount: "100.00", due: "2026-11-15"),
        PartRow(from: "2026-11-21", to: "2026-11-25", handover: "2026-11-26", period: "2026-11"),
    ])
    func `part of a block is charged by the day, in the period of its first`(row: PartRow) {
        let lines = [Line("3.00", cycle: row.cycle, from: row.from, to: row.to)]
        let charges = scheduled(lines, row.period, area: "100.00", handover: row.handover)
        #expect(charges.map(\.amount) == (row.amount.map { [yuan($0)] } ?? []))
        #expect(charges.map(\.due) == (row.due.map { [day($0)] } ?? []))
    }

    @Test func `a price change inside a block is charged where the new price begins`() {
        // 1 January – 14 February: 45 of 90 days; 15 February – 31 March: 45.
        let lines = [
            Line("2.00", cycle: 3, to: "2026-02-14"), Line("2.50", cycle: 3, from: "2026-02-15"),
        ]
        let january = scheduled(lines, "2026-01", area: "100.00")
        let february = scheduled(lines, "2026-02", area: "100.00")
        #expect(january.map(\.amount) == [yuan("300.00")])
        #expect(february.map(\.amount) == [yuan("375.00")])
        #expect(february.map(\.firstDay) == [day("2026-02-15")])
        #expect(scheduled(lines, "2026-03", area: "100.00").isEmpty)
    }

    @Test func `two lines in one period are one charge, rounded once`() {
        // Twice 0.01 × 15 ÷ 30, half a fen each: one fen together, two if each were rounded.
        let lines = [
            Line("0.01", .fixed, to: "2026-11-15"), Line("0.01", .fixed, from: "2026-11-16"),
        ]
        let charges = scheduled(lines, "2026-11")
        #expect(charges.map(\.amount) == [yuan("0.01")])
        #expect(charges.map(\.firstDay) == [day("2026-11-01")])
        #expect(charges.map(\.due) == [day("2026-11-15")])
    }

    @Test func `lines of different basis and cycle add up exactly`() {
        // 1 fen × 10 ÷ 30, twice, and 3 fen × 41 ÷ 92 (21 November – 31 December of the quarter):
        // ⅓ + ⅓ + 1.336… = 2.003… fen; rounded one by one they were 0 + 0 + 1.
        let lines = [
            Line("0.01", to: "2026-11-10"),
            Line("0.01", .fixed, from: "2026-11-11", to: "2026-11-20"),
            Line("0.01", .fixed, cycle: 3, from: "2026-11-21"),
        ]
        #expect(scheduled(lines, "2026-11", area: "1.00").map(\.amount) == [yuan("0.02")])
    }

    @Test func `the earliest part decides account and due date, whatever the order of lines`() {
        let lines = [
            Line("1.00", .fixed, from: "2026-11-21"),
            Line("1.00", .fixed, from: "2026-11-11", to: "2026-11-20"),
        ]
        let charges = scheduled(lines, "2026-11", dueDay: 10)
        #expect(charges.map(\.firstDay) == [day("2026-11-11")])
        #expect(charges.map(\.due) == [day("2026-12-10")])
        #expect(charges.map(\.amount) == [yuan("0.67")])  // 20 of 30 days
    }

    // MARK: - Metered

    @Test(arguments: [
        ("1180.500", "1204.125", "3.50", "82.69"),  // 23.625 × 3.50 = 82.6875
        ("0", "0.1", "0.05", "0.01"),  // half a fen
        ("0", "0.099", "0.05", nil),  // 0.495 fen: 0.00 is not issued
        ("5", "5", "3.50", nil), ("0", "1000000", "0.0001", "100.00"),
    ])
    func `a metered item is charged by what was used`(
        previous: String, reading: String, price: String, amount: String?
    ) throws {
        let use = try MeterUse(
            previous: MeterReading(parsing: previous), reading: MeterReading(parsing: reading))
        let charges = scheduled([Line(price, .metered)], "2026-11", use: use)
        #expect(charges.map(\.amount) == (amount.map { [yuan($0)] } ?? []))
    }

    /// 10 × 1.00, never prorated.
    @Test(arguments: [
        MeterRow(firstDay: "2026-11-01", due: "2026-11-15"),
        MeterRow(handover: "2026-11-20", firstDay: "2026-11-20", due: "2026-12-15"),
        MeterRow(handover: "2026-10-31", firstDay: "2026-11-01", due: "2026-11-15"),
        MeterRow(handover: "2026-12-01"),
        MeterRow(from: "2026-11-02"),  // does not hold on the 1st
        MeterRow(
            from: "2026-11-02", handover: "2026-11-02", firstDay: "2026-11-02",
            due: "2026-11-15"),
        MeterRow(to: "2026-10-31"),
        MeterRow(to: "2026-11-01", firstDay: "2026-11-01", due: "2026-11-15"),
        MeterRow(to: "2026-11-19", handover: "2026-11-20"),
    ])
    func `a metered item is charged where its line holds on the first day charged`(row: MeterRow) {
        let use = MeterUse(previous: .zero, reading: MeterReading(parts: 10_000))
        let lines = [Line("1.00", .metered, from: row.from, to: row.to)]
        let charges = scheduled(lines, "2026-11", handover: row.handover, use: use)
        #expect(charges.map(\.firstDay) == (row.firstDay.map { [day($0)] } ?? []))
        #expect(charges.map(\.due) == (row.due.map { [day($0)] } ?? []))
        #expect(charges.allSatisfy { $0.amount == yuan("10.00") })
    }

    @Test func `without a reading a metered item is not charged`() {
        #expect(scheduled([Line("3.50", .metered)], "2026-11").isEmpty)
    }

    // MARK: - Due dates

    @Test(
        arguments: [
            (31, "2026-11", nil, "2026-11-30"), (31, "2026-12", nil, "2026-12-31"),
            (31, "2026-02", nil, "2026-02-28"), (29, "2024-02", nil, "2024-02-29"),
            (1, "2026-11", nil, "2026-11-01"), (1, "2026-11", "2026-11-02", "2026-12-01"),
            (30, "2027-01", "2027-01-31", "2027-02-28"),
            (31, "2026-11", "2026-11-30", "2026-11-30"),
            (15, "2026-12", "2026-12-20", "2027-01-15"),
        ] as [(Int, String, String?, String)])
    func `the due date rolls over into the next month, and stops at a month's end`(
        dueDay: Int, period: String, handover: String?, due: String
    ) {
        let charges = scheduled([Line("3.00")], period, handover: handover, dueDay: dueDay)
        #expect(charges.map(\.due) == [day(due)])
    }

    // MARK: - The largest

    /// The most that a file can hold: ten million m² × a million yuan × 12.
    @Test func `the largest area at the largest price does not end the program`() async {
        await #expect(processExitsWith: .success) {
            _ = scheduled(
                [Line("1000000", cycle: 12)], "2026-01", area: "10000000")
        }
    }

    // MARK: - Which items

    @Test func `items stand in the byte order of their codes, and only those of the kind`() {
        let schedule = PeriodSchedule(
            lines: [
                Line("1.00", .fixed).line(of: Sample.property),
                Line("2.00", .fixed).line(of: Sample.water),
                Line("3.00", .fixed, kinds: [.parking]).line(of: Sample.parking),
                Line("0", .fixed).line(of: FeeItem(id: ID(9), code: "a")),
            ], period: month("2026-11"), dueDay: 15)
        #expect(
            schedule.charges(for: unit(.residence), uses: [:]).map(\.item.code) == ["sf", "wy"])
        #expect(schedule.charges(for: unit(.parking), uses: [:]).map(\.item.code) == ["tc"])
        #expect(schedule.charges(for: unit(.shop), uses: [:]).isEmpty)
    }
}

struct PartRow: Sendable, CustomTestStringConvertible {
    var cycle = 1
    var from = "2020-01-01"
    var to: String?
    var handover: String?
    let period: String
    /// `nil`: nothing is charged.
    var amount: String?
    var due: String?
    var testDescription: String {
        "cycle \(cycle), from \(from), to \(to ?? "-"), handover \(handover ?? "-"), \(period)"
    }
}

struct MeterRow: Sendable, CustomTestStringConvertible {
    var from = "2020-01-01"
    var to: String?
    var handover: String?
    /// `nil`: nothing is charged.
    var firstDay: String?
    var due: String?
    var testDescription: String { "from \(from), to \(to ?? "-"), handover \(handover ?? "-")" }
}

private struct Line {
    let price: String
    let basis: FeeLine.Basis
    let cycle: Int
    let from: String
    let to: String?
    let kinds: Set<UnitKind>

    init(
        _ price: String, _ basis: FeeLine.Basis = .area, cycle: Int = 1,
        from: String = "2020-01-01", to: String? = nil, kinds: Set<UnitKind> = [.residence]
    ) {
        self.price = price
        self.basis = basis
        self.cycle = cycle
        self.from = from
        self.to = to
        self.kinds = kinds
    }

    func line(of item: FeeItem) -> FeeLine {
        FeeLine(
            item: item, basis: basis, price: try! UnitPrice(parsing: price), cycle: cycle,
            kinds: kinds, from: day(from), to: to.map(day))
    }
}

private func unit(_ kind: UnitKind, area: String = "89.52", handover: String? = nil) -> Unit {
    Unit(
        id: ID(1), code: "3-2-1501", building: "3", kind: kind, area: try! Area(parsing: area),
        handover: handover.map(day))
}

/// The property-fee charges of a flat in one period.
private func scheduled(
    _ lines: [Line], _ period: String, area: String = "89.52", handover: String? = nil,
    dueDay: Int = 15, use: MeterUse? = nil
) -> [ScheduledCharge] {
    let item = Sample.property
    let schedule = PeriodSchedule(
        lines: lines.map { $0.line(of: item) }, period: month(period), dueDay: dueDay)
    return schedule.charges(
        for: unit(.residence, area: area, handover: handover),
        uses: use.map { [item.id: $0] } ?? [:])
}
