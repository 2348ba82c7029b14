import Casework
import Dunning
import FeeLedger
import Office
import Primitives
import SQLiteStore
import TestKit
import Testing

/// Maple Court as of 2026-11-21: 1-101 owes nothing, 1-102's former owner 255.13 since 2026-05-15,
/// its present ones nothing, 1-201 570.00 since 2026-09-15 and 2026-10-15.
@Suite struct `The risk of arrears` {
    private func list(_ office: TestOffice, asOf: String = "2026-11-21") throws -> [String] {
        var rows: [String] = []
        try forEachRisk(asOf: date(asOf), effects: office.effects) { row in
            rows.append(
                "\(row.unit) \(row.owners) \(row.risk.rawValue) \(row.byRule.rawValue) "
                    + "\(row.principal) \(row.oldestDays) \(row.reason.en)")
        }
        return rows
    }

    private func provisions(
        _ office: TestOffice, asOf: String = "2026-11-21"
    ) throws -> [String] {
        try riskProvisions(asOf: date(asOf), effects: office.effects).filter { $0.accounts > 0 }
            .map {
                "\($0.risk.rawValue) \($0.accounts) \($0.principal) \($0.share.shortDescription) "
                    + "\($0.provision)"
            }
    }

    @Test func `is judged by the dated rules, in words`() throws {
        let office = try hardshipOffice()
        #expect(
            try list(office) == [
                "1-102 A02 doubtful doubtful 255.13 190 the oldest is 190 days overdue (from 181)",
                "1-201 A05 demanded demanded 570.00 67 67 days overdue",
            ])
        #expect(
            try list(office, asOf: "2026-09-15").first { $0.hasPrefix("1-201") }
                == "1-201 A05 not_due not_due 285.00 0 nothing is overdue")
        // 731 days after 2026-05-15 it is bad; three years after it dead.
        let former = { (asOf: String) in
            try list(office, asOf: asOf).first { $0.hasPrefix("1-102 A02") }!
                .split(separator: " ")[2]
        }
        #expect(try former("2028-05-14") == "doubtful")
        #expect(try former("2028-05-15") == "bad")
        #expect(try former("2029-05-15") == "bad")
        #expect(try former("2029-05-16") == "dead")
    }

    @Test func `is what a manager says, with the reason, until given back to the rules`() throws {
        let office = try hardshipOffice()
        let override = { (risk: RiskClass?, day: String) in
            try overrideRisk(
                of: "1-201", owner: nil, as: risk, reason: "has moved away", by: "王经理",
                on: date(day), effects: office.effects)
        }
        try override(.bad, "2026-11-10")
        try override(nil, "2026-11-20")
        let mine = { (asOf: String) in
            try list(office, asOf: asOf).first { $0.hasPrefix("1-201") }!
        }
        #expect(try mine("2026-11-09").hasPrefix("1-201 A05 demanded demanded"))
        #expect(
            try mine("2026-11-19")
                == "1-201 A05 bad demanded 570.00 65 by 王经理 on 2026-11-10: has moved away")
        #expect(try mine("2026-11-20").hasPrefix("1-201 A05 demanded demanded"))
        #expect(throws: HardshipError.reasonMissing) {
            try overrideRisk(
                of: "1-201", owner: nil, as: .bad, reason: " ", by: "王经理",
                on: date("2026-11-10"), effects: office.effects)
        }
        try addStaff(to: office)
        #expect(throws: StaffError.notManager(name: "李四", role: "clerk")) {
            try overrideRisk(
                of: "1-201", owner: nil, as: .bad, reason: "x", by: "李四",
                on: date("2026-11-10"), effects: office.effects)
        }
        let verified = try verifyEvidence(
            anchors: [], trusting: nil, effects: office.effects, warn: { _ in })
        #expect(verified[0].breaks == 0)
    }

    @Test func `sets aside by class, of principals that add up to the arrears`() throws {
        let office = try hardshipOffice()
        // 20% of 255.13 is 51.026.
        #expect(
            try provisions(office) == [
                "demanded 1 570.00 0 0.00", "doubtful 1 255.13 0.2 51.03",
            ])
        for asOf in ["2026-05-01", "2026-10-16", "2026-11-21", "2028-01-01", "2030-01-01"] {
            var arrears = Money.zero
            try forEachArrears(asOf: date(asOf), effects: office.effects) {
                arrears += $0.standing.principalOpen
            }
            let sum = try riskProvisions(asOf: date(asOf), effects: office.effects)
                .reduce(Money.zero) { $0 + $1.principal }
            #expect(sum == arrears, "as of \(asOf)")
        }
    }

    @Test func `takes the rules in force on the date`() throws {
        let office = try TestOffice()
        var files = MapleCourt.files
        files["policy.yaml"] =
            MapleCourt.policy + """
                casework:
                  risk:
                    - { from: 2020-01-01, doubtful_from: 60, bad_from: 190, provision: { bad: 0.3 } }
                    - { from: 2026-11-22, doubtful_from: 191, bad_from: 400 }

                """
        #expect(try office.take(files).problems.isEmpty)
        let former = { (asOf: String) in
            try list(office, asOf: asOf).first { $0.hasPrefix("1-102 A02") }!
                .split(separator: " ")[2]
        }
        #expect(try former("2026-11-20") == "doubtful")
        #expect(try former("2026-11-21") == "bad")
        #expect(try former("2026-11-22") == "doubtful")
        #expect(try provisions(office).contains("bad 1 255.13 0.3 76.54"))
    }
}
