import FeeLedger
import Primitives
import Testing

/// 100.00 due on 2026-10-15 and 200.00 due on 2026-11-15. On 2026-11-25 the late fees are
/// 16 + 25 = 41 days × 0.10 = 4.10 and 10 days × 0.20 = 2.00.
private let october = Sample.charge("2026-10", "100.00", due: "2026-10-15")
private let november = Sample.charge("2026-11", "200.00", due: "2026-11-15")

@Suite struct `Allocation of payments` {
    // MARK: - The three orders

    @Test(arguments: [
        (AllocationOrder.principalFirst, "5.00", ["principal 2026-10 wy 5.00"]),
        (.lateFeeFirst, "5.00", ["late fee 2026-10 wy 4.10", "late fee 2026-11 wy 0.90"]),
        (.chargeByCharge, "5.00", ["late fee 2026-10 wy 4.10", "principal 2026-10 wy 0.90"]),
        (.principalFirst, "150.00", ["principal 2026-10 wy 100.00", "principal 2026-11 wy 50.00"]),
        (
            .lateFeeFirst, "150.00",
            [
                "late fee 2026-10 wy 4.10", "late fee 2026-11 wy 2.00",
                "principal 2026-10 wy 100.00", "principal 2026-11 wy 43.90",
            ]
        ),
        (
            .chargeByCharge, "150.00",
            [
                "late fee 2026-10 wy 4.10", "principal 2026-10 wy 100.00",
                "late fee 2026-11 wy 2.00", "principal 2026-11 wy 43.90",
            ]
        ),
        (
            .principalFirst, "310.00",
            [
                "principal 2026-10 wy 100.00", "principal 2026-11 wy 200.00",
                "late fee 2026-10 wy 4.10", "late fee 2026-11 wy 2.00",
                "credit of 2026-11-25 3.90",
            ]
        ),
        (
            .chargeByCharge, "306.10",
            [
                "late fee 2026-10 wy 4.10", "principal 2026-10 wy 100.00",
                "late fee 2026-11 wy 2.00", "principal 2026-11 wy 200.00",
            ]
        ),
    ])
    func `a payment meets what is owed in the policy's order`(
        order: AllocationOrder, amount: String, entries: [String]
    ) {
        var book = AccountBook(order: order, issuing: [november, october])
        book.receive(amount, as: 7, on: "2026-11-25")
        #expect(book.journal == entries.map { "P7 2026-11-25 " + $0 })
    }

    @Test func `oldest is by due date, then period, then item code in byte order`() {
        let charges = [
            Sample.charge("2026-10", "1.00", due: "2026-11-15", item: Sample.property),
            Sample.charge("2026-10", "1.00", due: "2026-11-15", item: Sample.water),
            Sample.charge("2026-11", "1.00", due: "2026-11-15", item: Sample.water),
            Sample.charge("2026-09", "1.00", due: "2026-11-16", item: Sample.water),
            Sample.charge("2026-11", "1.00", due: "2026-11-14", item: Sample.property),
        ]
        let oldestFirst = [
            "2026-11 wy", "2026-10 sf", "2026-10 wy", "2026-11 sf", "2026-09 sf",
        ]
        for turn in charges.indices {
            let book = AccountBook(issuing: Array(charges[turn...] + charges[..<turn]))
            #expect(book.charges.map(\.charge.name) == oldestFirst)
        }
    }

    @Test func `a charge issued after the value date is met by credit, on its issue date`() {
        var book = AccountBook(issuing: [october, november])
        book.receive("150.00", as: 7, on: "2026-10-31")
        #expect(
            book.journal == [
                "P7 2026-10-31 principal 2026-10 wy 100.00",
                "P7 2026-10-31 late fee 2026-10 wy 1.60",  // 16 days
                "P7 2026-10-31 credit of 2026-10-31 48.40",
                "P7 2026-11-01 credit of 2026-10-31 -48.40",
                "P7 2026-11-01 principal 2026-11 wy 48.40",
            ])
    }

    @Test func `a payment on the day of issue meets the charge itself`() {
        var book = AccountBook(issuing: [november])
        book.receive("50.00", as: 7, on: "2026-11-01")
        #expect(book.journal == ["P7 2026-11-01 principal 2026-11 wy 50.00"])
    }

    @Test func `late fees are taken as at the value date, less all that was paid on them`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("1.00", as: 1, on: "2026-10-25")  // 10 days: 1.00
        book.receive("1.00", as: 2, on: "2026-10-26")  // one day more
        #expect(
            book.journal == [
                "P1 2026-10-25 late fee 2026-10 wy 1.00",
                "P2 2026-10-26 late fee 2026-10 wy 0.10",
                "P2 2026-10-26 principal 2026-10 wy 0.90",
            ])
    }

    // MARK: - Credit

    @Test func `the oldest credit meets the oldest principal, and nothing else`() {
        var book = AccountBook()
        book.receive("30.00", as: 2, on: "2026-09-20")
        book.receive("50.00", as: 1, on: "2026-09-10")
        book.issue(october, concessions: [])
        #expect(
            book.journal.suffix(4) == [
                "P1 2026-10-01 credit of 2026-09-10 -50.00",
                "P1 2026-10-01 principal 2026-10 wy 50.00",
                "P2 2026-10-01 credit of 2026-09-20 -30.00",
                "P2 2026-10-01 principal 2026-10 wy 30.00",
            ])
        #expect(book.credit.isEmpty)
        #expect(book.statement(asOf: day("2026-09-30")).credit == yuan("80.00"))
        #expect(book.statement(asOf: day("2026-09-15")).credit == yuan("50.00"))
        #expect(book.statement(asOf: day("2026-10-01")).credit == .zero)
    }

    @Test func `credit stands beside an open late fee, for it meets principals only`() {
        var book = AccountBook()
        book.receive("150.00", as: 1, on: "2026-10-25")
        book.issue(october, concessions: [])  // history: due ten days before the money came
        let statement = book.statement(asOf: Sample.longAfter)
        #expect(statement.principalOpen == .zero)
        #expect(statement.credit == yuan("50.00") && statement.lateFeeOpen == yuan("1.00"))
        #expect(statement.total == yuan("-49.00"))
    }

    // MARK: - Late payments with an earlier value date

    /// The first payment takes 4.10 of late fee and 45.90. The second, of 31 October, closes the
    /// rest; so the late fee is 16 × 0.10 up to then and 25 × 0.0459 after it: 2.7475.
    @Test func `an earlier value date frees what was paid on the late fee in excess`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("50.00", as: 1, on: "2026-11-25")
        book.receive("54.10", as: 2, on: "2026-10-31")
        #expect(
            book.journal == [
                "P1 2026-11-25 late fee 2026-10 wy 4.10",
                "P1 2026-11-25 principal 2026-10 wy 45.90",
                "P2 2026-10-31 principal 2026-10 wy 54.10",
                "P1 2026-11-25 late fee 2026-10 wy -1.35",
                "P1 2026-11-25 credit of 2026-11-25 1.35",
            ])
        let statement = book.statement(asOf: day("2026-12-31"))
        #expect(statement.standings[0].lateFeeGross == yuan("2.75"))
        #expect(statement.lateFeeOpen == .zero && statement.credit == yuan("1.35"))
        #expect(statement.paid == yuan("104.10"))
    }

    @Test func `excess is taken off the latest payment first`() {
        // 10 days: 1.00; 10 days: 1.00 more; then all was paid on the due date.
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("1.00", as: 1, on: "2026-10-25")
        book.receive("1.00", as: 2, on: "2026-11-04")
        book.receive("99.99", as: 3, on: "2026-10-15")
        book.receive("0.01", as: 4, on: "2026-10-20")
        // 0.01 × 5 days: 0.00 due. What came after the closing date goes off with its own date.
        #expect(
            book.journal.suffix(4) == [
                "P2 2026-11-04 late fee 2026-10 wy -1.00",
                "P2 2026-11-04 credit of 2026-11-04 1.00",
                "P1 2026-10-25 late fee 2026-10 wy -1.00",
                "P1 2026-10-25 credit of 2026-10-25 1.00",
            ])
    }

    @Test func `what a closing payment frees meets the next open principal`() {
        var book = AccountBook(order: .chargeByCharge, issuing: [october, november])
        book.receive("4.10", as: 1, on: "2026-11-25")
        book.receive("100.00", as: 2, on: "2026-10-15")
        #expect(
            book.journal == [
                "P1 2026-11-25 late fee 2026-10 wy 4.10",
                "P2 2026-10-15 principal 2026-10 wy 100.00",
                "P1 2026-11-25 late fee 2026-10 wy -4.10",
                "P1 2026-11-25 credit of 2026-11-25 4.10",
                "P1 2026-11-25 credit of 2026-11-25 -4.10",
                "P1 2026-11-25 principal 2026-11 wy 4.10",
            ])
    }

    @Test func `an excess is taken off on the day that brought it about, where that is later`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("4.10", as: 1, on: "2026-11-25")
        book.concede(Sample.concession("C1", .percent(.hundred)), on: day("2026-12-01"))
        // Conceded in full, nothing is left to punish: the cap is 0.
        #expect(
            book.journal == [
                "P1 2026-11-25 late fee 2026-10 wy 4.10",
                "C 2026-12-01 principal 2026-10 wy 100.00",
                "P1 2026-12-01 late fee 2026-10 wy -4.10",
                "P1 2026-12-01 credit of 2026-12-01 4.10",
            ])
    }

    // MARK: - Waivers

    @Test func `a waiver takes off what is outstanding; what is above lapses`() {
        var book = AccountBook(issuing: [october])
        #expect(book.waive("10.00", of: october, on: "2026-10-25") == yuan("1.00"))
        #expect(book.waive("10.00", of: october, on: "2026-10-25") == .zero)
        #expect(book.waive("0.04", of: october, on: "2026-10-26") == yuan("0.04"))
        #expect(book.waive("10.00", of: october, on: "2026-10-26") == yuan("0.06"))
        #expect(book.waive("10.00", of: october, on: "2026-10-15") == .zero)
        #expect(book.waive("10.00", of: november, on: "2026-12-31") == .zero)  // not issued
        #expect(book.journal.count == 3)
        #expect(book.statement(asOf: day("2026-10-26")).waived == yuan("1.10"))
        #expect(book.statement(asOf: day("2026-10-25")).waived == yuan("1.00"))
        #expect(book.statement(asOf: day("2026-10-27")).lateFeeOpen == yuan("0.10"))
    }

    @Test func `a waiver leaves to be waived what was not paid`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        book.receive("0.70", as: 1, on: "2026-10-25")
        #expect(book.waive("10.00", of: october, on: "2026-10-25") == yuan("0.30"))
    }

    @Test func `what was waived is not due either when an excess is counted`() {
        var book = AccountBook(order: .lateFeeFirst, issuing: [october])
        _ = book.waive("1.00", of: october, on: "2026-10-25")
        book.receive("3.10", as: 1, on: "2026-11-25")
        book.receive("100.00", as: 2, on: "2026-11-04")
        // 20 days: 2.00, less 1.00 waived: 1.00 of the 3.10 paid was due.
        #expect(
            book.journal.suffix(2) == [
                "P1 2026-11-25 late fee 2026-10 wy -2.10",
                "P1 2026-11-25 credit of 2026-11-25 2.10",
            ])
    }

    // MARK: - Concessions

    @Test func `concessions add up, by reference, to all of the charge and no more`() {
        let concessions = [
            Sample.concession("C3", .amount(yuan("1.00"))),
            Sample.concession("C2", .amount(yuan("50.00"))),
            Sample.concession("C1", .percent(Percentage(parts: 6_000))),
        ]
        let book = AccountBook(issuing: [october], under: concessions)
        #expect(book.posted.map(\.amount) == [yuan("60.00"), yuan("40.00")])
        #expect(
            book.posted.map(\.source) == [
                .concession(concessions[2].id), .concession(concessions[1].id),
            ])
        let statement = book.statement(asOf: day("2036-01-01"))
        #expect(statement.conceded == yuan("100.00") && statement.principalOpen == .zero)
        #expect(statement.lateFeeOpen == .zero && statement.charged == yuan("100.00"))
    }

    /// A share of the original amount, rounded half up.
    @Test(arguments: [
        ("100.00", 3_333, "33.33"), ("0.01", 5_000, "0.01"), ("0.01", 4_999, "0.00"),
        ("33.33", 1_500, "5.00"),  // 4.9995
        ("33.33", 1_499, "5.00"),  // 4.996167
        ("0.99", 5_000, "0.50"),  // 0.495
        ("100.00", 10_000, "100.00"),
    ])
    func `a percentage is taken of the original amount`(amount: String, share: Int, off: String) {
        let book = AccountBook(
            issuing: [Sample.charge("2026-10", amount, due: "2026-10-15")],
            under: [Sample.concession("C1", .percent(Percentage(parts: share)))])
        #expect(book.statement(asOf: day("2026-10-01")).conceded == yuan(off))
    }

    @Test func `a second percentage is of the original amount too, not of the rest`() {
        let book = AccountBook(
            issuing: [october],
            under: [
                Sample.concession("C1", .percent(Percentage(parts: 5_000))),
                Sample.concession("C2", .percent(Percentage(parts: 4_000))),
            ])
        #expect(book.statement(asOf: day("2026-10-01")).conceded == yuan("90.00"))
    }

    @Test(arguments: [
        (Sample.concession("C", .amount(yuan("1.00"))), true),
        (Sample.concession("C", .amount(yuan("1.00")), item: Sample.property), true),
        (Sample.concession("C", .amount(yuan("1.00")), item: Sample.water), false),
        (Sample.concession("C", .amount(yuan("1.00")), from: "2026-10", to: "2026-10"), true),
        (Sample.concession("C", .amount(yuan("1.00")), from: "2026-11"), false),
        (Sample.concession("C", .amount(yuan("1.00")), to: "2026-09"), false),
        (Sample.concession("C", .amount(yuan("1.00")), review: "2026-10-01"), true),
        (Sample.concession("C", .amount(yuan("1.00")), review: "2026-09-30"), false),
        (Sample.concession("C", .amount(yuan("1.00")), decided: "2026-10-01"), true),
        (Sample.concession("C", .amount(yuan("1.00")), decided: "2026-10-02"), false),
    ])
    func `a charge gets the concessions known at issue that cover it`(
        concession: Concession, isConceded: Bool
    ) {
        let book = AccountBook(issuing: [october], under: [concession])
        #expect(book.posted.count == (isConceded ? 1 : 0))
    }

    @Test func `a concession decided later lowers only what is still open`() {
        var book = AccountBook(issuing: [october, november])
        book.receive("70.00", as: 1, on: "2026-10-10")
        let concession = Sample.concession(
            "C1", .percent(Percentage(parts: 6_000)), decided: "2026-11-20")
        book.concede(concession, on: day("2026-11-20"))
        book.concede(concession, on: day("2026-11-21"))  // it is one concession
        #expect(
            book.journal.suffix(2) == [
                "C 2026-11-20 principal 2026-10 wy 30.00",
                "C 2026-11-20 principal 2026-11 wy 120.00",
            ])
        let before = book.statement(asOf: day("2026-11-19"))
        let after = book.statement(asOf: day("2026-11-20"))
        #expect(before.conceded == .zero && before.principalOpen == yuan("230.00"))
        #expect(after.conceded == yuan("150.00") && after.principalOpen == yuan("80.00"))
    }

    @Test func `a concession that was known at issue is not given twice`() {
        let concession = Sample.concession("C1", .amount(yuan("10.00")))
        var book = AccountBook(issuing: [october], under: [concession])
        book.concede(concession, on: day("2026-11-20"))
        #expect(book.statement(asOf: Sample.longAfter).conceded == yuan("10.00"))
    }

    // MARK: - Transfer

    /// Held by owner 1 until June, by owner 2 from July to September, by owners 1 and 3 since
    /// November; in October by nobody.
    private let accounts = [
        Account(
            id: ID(1), unit: ID(1), from: day("2020-01-01"), to: day("2026-06-30"), agreedRate: nil,
            owners: [ID(1)]),
        Account(
            id: ID(2), unit: ID(1), from: day("2026-07-01"), to: day("2026-09-30"), agreedRate: nil,
            owners: [ID(2)]),
        Account(
            id: ID(3), unit: ID(1), from: day("2026-11-01"), to: nil, agreedRate: nil,
            owners: [ID(1), ID(3)]),
    ]

    @Test(
        arguments: [
            ("2026-06-30", nil, 1), ("2026-07-01", nil, 2), ("2026-09-30", nil, 2),
            ("2026-10-15", nil, nil), ("2026-11-01", nil, 3), ("2019-12-31", nil, nil),
            ("2026-08-01", 2, 2),
            ("2026-12-01", 2, 2),  // the former owner pays after the sale
            ("2026-06-01", 1, 1), ("2026-12-01", 1, 3),
            ("2026-08-01", 1, 3),  // holds nothing on that day: the latest account
            ("2026-06-01", 3, 3), ("2026-06-01", 4, nil),
        ] as [(String, Int?, Int?)])
    func `a payment belongs to the holder, or to the owner whom it names`(
        date: String, owner: Int?, account: Int?
    ) {
        let found = accounts.receiving(paymentOn: day(date), from: owner.map { ID($0) })
        #expect(found?.id.number == account)
    }

    @Test(
        arguments: [
            ("2026-06-30", "2026-12-31", 1), ("2026-10-01", "2026-12-31", 3),
            ("2026-10-01", "2026-11-01", 3), ("2026-10-01", "2026-10-31", nil),
            ("2019-01-01", "2030-01-01", 1), ("2019-01-01", "2019-12-31", nil),
        ] as [(String, String, Int?)])
    func `the unit's holder, or the first to hold it after that`(
        date: String, limit: String, account: Int?
    ) {
        let found = accounts.reversed().holding(from: day(date), until: day(limit))
        #expect(found?.id.number == account)
    }
}

@Suite struct `Account statements` {
    @Test func `only what has a date on or before the day counts`() {
        var book = AccountBook(issuing: [october, november])
        book.receive("100.00", as: 1, on: "2026-11-20")
        let before = book.statement(asOf: day("2026-10-31"))
        #expect(before.standings.map(\.charge.name) == ["2026-10 wy"])
        #expect(before.paid == .zero && before.lateFeeOpen == yuan("1.60"))
        #expect(book.statement(asOf: day("2026-09-30")).standings.isEmpty)
        #expect(book.statement(asOf: day("2026-11-20")).paid == yuan("100.00"))
    }

    @Test(arguments: [
        ("2026-10-14", 0), ("2026-10-15", 0), ("2026-10-16", 1), ("2026-11-19", 35),
        ("2026-11-20", 0),
    ])
    func `days overdue count from the due date while principal is open`(date: String, days: Int) {
        var book = AccountBook(issuing: [october])
        book.receive("100.00", as: 1, on: "2026-11-20")
        let standing = book.statement(asOf: day(date)).standings[0]
        #expect(standing.daysOverdue == days)
        #expect(standing.isOpen)  // the late fee stays, 36 days of it
        #expect(book.charges[0].settled(policy: book.policy) == nil)
    }

    @Test func `a charge that nobody reversed counts for ever`() {
        let book = AccountBook(issuing: [october])
        #expect(book.statement(asOf: .distantFuture).standings.count == 1)
    }

    @Test func `a charge is settled from its last entry on`() {
        var book = AccountBook(issuing: [october])
        book.receive("100.00", as: 1, on: "2026-10-10")
        #expect(book.charges[0].settled(policy: book.policy) == day("2026-10-10"))
        #expect(!book.statement(asOf: day("2026-10-10")).standings[0].isOpen)
    }
}
