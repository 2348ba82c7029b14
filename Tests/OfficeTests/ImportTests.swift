import FoundationEssentials
import Office
import Primitives
import TestKit
import Testing

@Suite struct `An import` {
    @Test func `of the same folder twice changes nothing`() throws {
        let office = try TestOffice()
        #expect(try office.take(MapleCourt.files).problems.isEmpty)
        let before = try office.books(asOf: date("2026-11-21"))
        let again = try office.take(MapleCourt.files)
        #expect(again.problems.isEmpty)
        #expect(again.files.allSatisfy { $0.added == 0 && $0.changed == 0 })
        #expect(again.files.first { $0.file == "charges.csv" }?.known == 6)
        #expect(try office.books(asOf: date("2026-11-21")) == before)
    }

    @Test func `posts the history in order of date`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        // 1-101 paid October on the 31st: 285.00 × 16 days × 1‰ = 4.56 of the 15.00 that were too
        // much; the other 10.44 are credit. 1-102's former owner owes May; 1-201 has half off.
        #expect(
            try office.books(asOf: date("2026-10-31")).suffix(5) == [
                "1-101 A01 570.00 0.00 585.00 0.00 10.44 0.00 0.00",
                "1-102 A02 255.13 0.00 0.00 0.00 0.00 255.13 43.12",
                "1-102 A03;A04 255.13 0.00 255.13 0.00 0.00 0.00 0.00",
                "1-201 A05 570.00 285.00 0.00 0.00 0.00 285.00 8.84",
                "P-001 A01 0.00 0.00 0.00 0.00 0.00 0.00 0.00",
            ])
    }

    @Test func `tells every error at once and writes nothing`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["units.csv"]! += "1-101,1,residence,10,\n1-301,1,palace,-3,2026-02-30\n"
        files["payments.csv"]! +=
            "B004,2026-10-31,9-999,,1e3,bank,,\nB001,2026-09-10,1-101,,1.00,bank,,\n"
        files["ownerships.csv"]! += "1-201,A01,2026-01-01,,\n1-301,A01,2026-01-01,,\n"
        let report = try office.take(files)
        #expect(
            report.problems.map { $0.text(in: .en) } == [
                "units.csv, row 6, unit “1-101”: also stands in row 2. Delete one of them.",
                "units.csv, row 7, kind “palace”: must be one of: residence 住宅, shop 商铺, parking 车位.",
                "units.csv, row 7, area “-3”: is too small; the least is 0.00.",
                "units.csv, row 7, handover “2026-02-30”: is not a date. Write it like 2026-11-21.",
                "ownerships.csv, row 8, from “2026-01-01”: overlaps the ownership from 2020-01-01, which "
                    + "has no last day. Give the earlier owner a last day: the day before the transfer.",
                "payments.csv, row 5, amount “1e3”: is not a number. Write it like 1234.56, without "
                    + "thousands separators, currency signs or formulas.",
                "payments.csv, row 5, unit “9-999”: is no known unit. Enter it in units.csv first, or "
                    + "correct it.",
                "payments.csv, row 6, reference “B001”: is recorded already, with another amount, payer. What is "
                    + "recorded cannot be changed: reverse it and record it anew under a new reference.",
            ])
        #expect(throws: OfficeError.noCommunity) { try office.books(asOf: date("2026-11-21")) }
    }

    @Test func `needs four files the first time`() throws {
        let office = try TestOffice()
        let report = try office.take(["payments.csv": MapleCourt.files["payments.csv"]!])
        #expect(report.problems.first?.file == "policy.yaml")
        #expect(
            Set(report.problems.filter { $0.row == nil }.map(\.file)) == [
                "policy.yaml", "units.csv", "owners.csv", "ownerships.csv",
            ])
    }

    @Test func `tried out leaves the database as it was, byte for byte`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let before = FileManager.default.contents(atPath: office.database)
        let folder = try office.write(
            ["payments.csv": "reference,date,unit,amount,method\nB9,2026-11-01,1-201,10.00,pos\n"],
            as: "later")
        let report = try importCommunity(from: folder, dryRun: true, effects: office.effects)
        #expect(report.files.map(\.added) == [1])
        #expect(FileManager.default.contents(atPath: office.database) == before)
    }

    @Test func `that comes later brings registers up to date and keeps what they said`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let report = try office.take(
            [
                "units.csv": "unit,building,kind,area\n1-101,1,residence,101.00\n",
                "owners.csv": "owner,name,email,channels\nA02,白乙,a02@example.com,email\nA06,樊己,,\n",
                "ownerships.csv": """
                unit,owner,from,to
                1-101,A01,2020-01-01,2026-11-30
                1-101,A06,2026-12-01,

                """,
            ], as: "later")
        #expect(report.problems.isEmpty)
        #expect(report.files.map(\.changed) == [1, 1, 1])
        #expect(report.files.map(\.added) == [0, 1, 1])
        let said = try history(of: office)
        #expect(said.contains("unit area 100.00 101.00"))
        #expect(said.contains("account toDay  2026-11-30"))
        let accounts = try office.books(asOf: date("2026-12-01")).filter { $0.hasPrefix("1-101") }
        #expect(accounts.contains { $0.hasPrefix("1-101 A06 0.00") })
    }

    @Test func `adds a payment of an earlier date as it stands, and frees what it makes too much`()
        throws
    {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        // October's 285.00, paid on the 31st with 4.56 of late fee, was in truth paid in full on the
        // 20th by another payment: that one finds nothing open and becomes credit.
        try office.take(
            [
                "payments.csv":
                    "reference,date,unit,amount,method\nB9,2026-10-20,1-101,285.00,bank\n"
            ],
            as: "later")
        let totals = try office.books(asOf: date("2026-10-31")).first {
            $0.hasPrefix("1-101 A01 570")
        }
        #expect(totals == "1-101 A01 570.00 0.00 870.00 0.00 295.44 0.00 0.00")
    }

    @Test func `remarks on an item without a fee, and on an account that closes over later facts`()
        throws
    {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["charges.csv"]! += "1-201,slip,2026-10,1.00,2026-10-15\n"
        let first = try office.take(files)
        #expect(first.remarks.contains { $0.en.contains("The item slip is not in fees.csv") })
        let later = try office.take(
            ["ownerships.csv": "unit,owner,from,to\n1-201,A05,2020-01-01,2026-09-30\n"], as: "later"
        )
        #expect(later.problems.isEmpty)
        #expect(later.remarks.contains { $0.en.contains("after 2026-09-30 stand in this account") })
    }

    @Test func `refuses a fact that is known with other values`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let report = try office.take(
            [
                "charges.csv": "unit,item,period,amount,due\n1-101,wy,2026-09,285.01,2026-09-15\n",
                "holds.csv": "unit,reason,from,to\n1-201,hardship,2026-09-01,2027-12-31\n",
            ], as: "later")
        #expect(report.problems.map(\.file) == ["charges.csv", "holds.csv"])
    }

    @Test func `takes several communities into one database`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        var second = MapleCourt.files
        second["policy.yaml"] = MapleCourt.policy.replacing("code: FL", with: "code: LX")
        #expect(try office.take(second, as: "second").problems.isEmpty)
        #expect(throws: OfficeError.severalCommunities(codes: ["FL", "LX"])) {
            try office.books(asOf: date("2026-11-21"))
        }
        let named = try office.reopened(community: "LX")
        #expect(
            try runPeriod(
                period("2026-11"), asOf: date("2026-11-05"), dryRun: false, effects: named
            ).bills > 0)
        #expect(throws: OfficeError.unknownCommunity(code: "ZZ", known: ["FL", "LX"])) {
            try forEachArrears(
                asOf: date("2026-11-05"), effects: try office.reopened(community: "ZZ")
            ) { _ in }
        }
    }
}
