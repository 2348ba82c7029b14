import Casework
import Dunning
import FeeLedger
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// The figures of the dashboard are sums of lists; the lists are those of `accounts` and `arrears`;
/// the rates those of the month's report.
@Suite struct `The books on a day` {
    private static let dates = ["2025-10-31", "2026-10-01", "2026-11-14", "2026-12-01"]

    private static func sample() throws -> TestOffice {
        let office = try TestOffice()
        let folder = office.folder + "/sample"
        try makeSample(in: folder, units: 120, seed: 5) { _, _, _ in }
        let report = try importCommunity(from: folder, dryRun: false, effects: office.effects)
        #expect(report.problems.isEmpty)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    @Test func `list what accounts and arrears list`() throws {
        let office = try Self.sample()
        for day in Self.dates.map({ date($0) }) {
            let books = try booksOnDay(asOf: day, effects: office.effects)
            var expected: [String: String] = [:]
            try forEachAccountTotals(asOf: day, effects: office.effects) { row in
                let sums = row.statement
                expected["\(row.unit) \(sums.account.from)"] =
                    "\(row.owners) \(sums.principalOpen) \(sums.lateFeeOpen) \(sums.credit)"
            }
            let listed = books.accounts.map {
                ("\($0.unit) \($0.from)", "\($0.owners) \($0.principal) \($0.lateFee) \($0.credit)")
            }
            #expect(Dictionary(uniqueKeysWithValues: listed) == expected)
            var arrears: Set<String> = []
            try forEachArrears(asOf: day, effects: office.effects) { row in
                let one = row.standing
                arrears.insert(
                    "\(row.unit) \(row.owners) \(one.charge.item.code) \(one.charge.period) "
                        + "\(one.principalOpen) \(one.lateFeeOpen) \(one.daysOverdue)")
            }
            let open = books.charges.filter { $0.principal > .zero || $0.lateFee > .zero }
            let shown = open.map { one in
                let account = books.accounts[one.account]
                return "\(account.unit) \(account.owners) \(one.item.code) \(one.period) "
                    + "\(one.principal) \(one.lateFee) \(one.daysOverdue)"
            }
            #expect(Set(shown) == arrears && shown.count == arrears.count)
        }
    }

    @Test func `have the rates and ages of the month's report`() throws {
        let office = try Self.sample()
        for day in ["2026-10-31", "2026-11-30"].map({ date($0) }) {
            let figures = try booksOnDay(asOf: day, effects: office.effects)
                .dashboard(seesHardship: true)
            let report = try monthReport(of: day.period, asOf: day, effects: office.effects)
            func amount(_ figure: MonthFigure, _ part: MonthLine.Part, _ group: String) -> Money {
                report.lines.first {
                    $0.figure == figure && $0.part == part && $0.group == group
                }?.amount ?? .zero
            }
            for one in figures.periods {
                #expect(one.rate.payable == amount(.periodDue, .period, "\(one.period)"))
                #expect(one.rate.met == amount(.periodCollected, .period, "\(one.period)"))
            }
            #expect(figures.periods.count == 12 && figures.periods.last?.period == day.period)
            #expect(figures.rate.payable == amount(.periodDue, .month, ""))
            #expect(figures.overdue == amount(.overdue, .month, ""))
            let ages = [ArrearsAge.days60, .days90].map { amount(.overdue, .age, $0.rawValue) }
            #expect(figures.ages[1].principal == ages[0] + ages[1])
        }
    }

    @Test func `show no figure that its list does not add up to`() throws {
        let office = try Self.sample()
        for day in Self.dates.map({ date($0) }) {
            let books = try booksOnDay(asOf: day, effects: office.effects)
            let figures = books.dashboard(seesHardship: true)
            func sums(_ change: (inout ChargeFilter) -> Void) -> ChargeTotals {
                var filter = ChargeFilter()
                change(&filter)
                return ChargeTotals(books.charges(filter))
            }
            let (first, last) = (books.periods[0], books.periods[11])
            let twelve = sums { ($0.from, $0.to) = (first, last) }
            #expect(twelve.payable == figures.rate.payable && twelve.met == figures.rate.met)
            #expect(twelve.count == figures.charges && twelve.lateFeePaid == figures.lateFeePaid)
            #expect(twelve.lateFeeWaived == figures.lateFeeWaived)
            #expect(twelve.payable - twelve.met == twelve.principal)
            for one in figures.periods {
                let list = sums { ($0.from, $0.to) = (one.period, one.period) }
                #expect(list.payable == one.rate.payable && list.principal == one.open)
            }
            let overdue = sums { $0.mark = .overdue }
            #expect(overdue.principal == figures.overdue)
            let recent = sums { ($0.mark, $0.from, $0.to) = (.overdue, first, last) }
            #expect(recent.principal == figures.overdueOfPeriods)
            #expect(sums { $0.mark = .notDue }.principal == figures.notDue)
            #expect(sums { $0.mark = .lateFee }.lateFee == figures.lateFee)
            #expect(figures.ages.reduce(.zero) { $0 + $1.principal } == figures.overdue)
            for one in figures.ages {
                let list = sums { $0.age = one.age }
                #expect(list.principal == one.principal && list.accounts == one.accounts)
                var filter = UnitFilter()
                filter.age = one.age
                #expect(books.accounts(filter, seesHardship: false).count == one.accounts)
            }
            for one in figures.ends {
                let list = sums { $0.end = one.end }
                #expect(list.principal == one.principal && list.count == one.charges)
            }
            for (mark, count) in figures.marks {
                var filter = UnitFilter()
                (filter.mark, filter.includesFormer) = (mark, true)
                #expect(books.accounts(filter, seesHardship: true).count == count)
            }
            #expect(
                UnitTotals(books.accounts(UnitFilter(), seesHardship: true)).overdue
                    == figures.overdue)
        }
    }

    @Test func `know the ends of months and the year before as those days know themselves`() throws
    {
        let office = try Self.sample()
        let books = try booksOnDay(asOf: date("2026-11-30"), effects: office.effects)
        #expect(books.monthEnds.count == 13)
        #expect(books.monthEnds.first?.day == date("2025-11-30"))
        for end in books.monthEnds {
            let then = try booksOnDay(asOf: end.day, effects: office.effects)
            #expect(then.dashboard(seesHardship: false).overdue == end.overdue)
        }
        let before = try booksOnDay(asOf: date("2025-11-30"), effects: office.effects)
        #expect(before.dashboard(seesHardship: false).rate == books.yearBefore)
    }

    @Test func `have the limitation list's charges`() throws {
        let office = try Self.sample()
        let day = date("2026-11-30")
        let books = try booksOnDay(asOf: day, effects: office.effects)
        var expected: Set<String> = []
        _ = try forEachLimitation(asOf: day, warning: false, effects: office.effects) {
            expected.insert("\($0.unit) \($0.item) \($0.period) \($0.lastDay) \($0.principalOpen)")
        }
        let listed = books.charges.compactMap { one in
            one.lastDay.map {
                "\(books.accounts[one.account].unit) \(one.item.code) \(one.period) \($0) "
                    + "\(one.principal)"
            }
        }
        #expect(Set(listed) == expected)
    }

    @Test func `are made anew once anything was changed, by whomever`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let day = date("2026-11-21")
        func owed() throws -> Money {
            UnitTotals(
                try booksOnDay(asOf: day, effects: office.effects)
                    .accounts(UnitFilter(), seesHardship: true)
            ).principal
        }
        let before = try owed()
        #expect(try owed() == before)
        let payment = [
            "payments.csv": """
            reference,date,unit,owner,amount,method,payer,note
            B100,2026-11-20,1-201,,100.00,bank,五,

            """
        ]
        let other = try office.reopened()
        let folder = try office.write(payment, as: "later")
        _ = try importCommunity(from: folder, dryRun: false, effects: other)
        #expect(try owed() < before)
    }
}

@Suite struct `The list of units` {
    private func office() throws -> TestOffice {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        return office
    }

    private func units(
        _ office: TestOffice, by order: UnitOrder = .unit, seesHardship: Bool = true,
        _ change: (inout UnitFilter) -> Void
    ) throws -> [String] {
        var filter = UnitFilter()
        change(&filter)
        return try booksOnDay(asOf: date("2026-11-21"), effects: office.effects)
            .accounts(filter, by: order, isFalling: order != .unit, seesHardship: seesHardship)
            .map { "\($0.unit) \($0.owners)" }
    }

    @Test func `shows those who hold a unit, and of those who did whoever owes`() throws {
        let office = try office()
        let all = ["1-101 A01", "1-102 A02", "1-102 A03;A04", "1-201 A05", "P-001 A01"]
        #expect(try units(office) { _ in } == all)
        #expect(try units(office) { $0.unit = "1栋1" } == [])
        #expect(try units(office) { $0.unit = "１－１０２" } == [all[1], all[2]])
        #expect(try units(office) { $0.unit = "102室" } == [all[1], all[2]])
        #expect(try units(office) { $0.building = "P" } == [all[4]])
        #expect(try units(office) { $0.kind = .parking } == [all[4]])
        #expect(try units(office, by: .days) { $0.overdueAtLeast = 100 } == [all[1]])
        #expect(try units(office) { $0.stage = "formal" } == [all[1]])
        #expect(try units(office) { $0.hasEmail = false } == [all[1], all[3]])
        let owing = try units(office, by: .total) { $0.totalAtLeast = Money(fen: 290_00) }
        #expect(owing == [all[3], all[1]])
    }

    @Test func `tells nobody but managers of hardship`() throws {
        let office = try office()
        let id = try openHardshipCase(
            for: "1-201", owner: nil, kind: .temporary, reason: "住院", by: "何静",
            on: date("2026-11-06"), review: date("2026-12-10"), effects: office.effects)
        _ = try proposeRelief(
            for: id.number,
            .concession(
                item: "wy", from: period("2026-12"), to: period("2026-12"), .percent(.hundred)),
            review: date("2026-12-10"), by: "何静", on: date("2026-11-10"), effects: office.effects)
        let books = try booksOnDay(asOf: date("2026-11-21"), effects: office.effects)
        for mark in [UnitFilter.Mark.deciding, .review] {
            #expect(try units(office) { $0.mark = mark } == ["1-201 A05"])
            #expect(try units(office, seesHardship: false) { $0.mark = mark } == [])
        }
        let hardship = UnitFilter.Hold.reason(.hardship)
        #expect(try units(office) { $0.hold = hardship } == ["1-201 A05"])
        #expect(try units(office) { $0.hold = .any } == ["1-201 A05"])
        for hold in [hardship, .any] {
            #expect(try units(office, seesHardship: false) { $0.hold = hold } == [])
        }
        let shown = books.accounts(UnitFilter(), seesHardship: false)
        #expect(shown.allSatisfy { $0.hardship == nil && !$0.holds.contains(.hardship) })
        #expect(books.dashboard(seesHardship: true).marks[.deciding] == 1)
        let hidden = books.dashboard(seesHardship: false)
        #expect(hidden.marks[.deciding] == nil && hidden.waitsSince == nil)
    }
}

@Suite struct `The search` {
    private func found(_ text: String, _ office: TestOffice) throws -> [String] {
        try findUnits(text, effects: office.effects).accounts.map {
            let reasons = $0.reasons.map { "\($0)".split(separator: ".").last ?? "" }
            return "\($0.unit) \($0.owners) " + reasons.joined(separator: " ")
        }
    }

    @Test func `takes any spelling of a unit, names, phones and notices`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        _ = try runPeriod(
            period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: office.effects)
        for text in ["1-102", "1栋102", "１－１０２", "1#102室", " 1 102 "] {
            #expect(try found(text, office) == ["1-102 A03;A04 unit"])
        }
        #expect(try found("P001", office) == ["P-001 A01 unit"])
        #expect(
            try found("102", office)
                == ["1-102 A02 partOfUnit phoneTail", "1-102 A03;A04 partOfUnit"])
        #expect(try found("安", office) == ["1-101 A01 name", "P-001 A01 name"])
        #expect(try found("ＤＯＲＡ", office) == ["1-102 A03;A04 name"])
        #expect(try found("0103", office) == ["1-102 A03;A04 phoneTail"])
        #expect(try found("03", office) == [])
        #expect(try found("", office) == [])
        #expect(try found("%", office) == [])
        var number = ""
        try forEachNotice(period: nil, effects: office.effects) {
            if $0.owners == ["A02"] { number = $0.number }
        }
        #expect(try found(number.lowercased(), office) == ["1-102 A02 notice(\"\(number)\")"])
        #expect(try findUnits(number, effects: office.effects).onlyUnit == "1-102")
        #expect(try findUnits("安", effects: office.effects).onlyUnit == nil)
        #expect(try findUnits("nobody", effects: office.effects).onlyUnit == nil)
    }
}
