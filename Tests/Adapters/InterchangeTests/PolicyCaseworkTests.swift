import Dunning
import Primitives
import Testing

@testable import Interchange

/// `casework` in `policy.yaml`.
@Suite struct `The office's rules for casework` {
    private let least = "community: 枫林苑\ncode: FL\ndue_day: 15\n"

    private func settings(_ lines: String) throws -> CaseworkSettings {
        try PolicyFile.read(least + "casework:\n" + lines).casework
    }

    /// `column: message`, in English.
    private func refusals(_ lines: String) -> [String] {
        do throws(PolicyProblems) {
            _ = try PolicyFile.read(least + "casework:\n" + lines)
            return []
        } catch {
            return error.problems.map { "\($0.column ?? ""): \($0.message.en)" }
        }
    }

    @Test func `are the customary ones where nothing is said`() throws {
        let settings = try PolicyFile.read(least).casework
        #expect(settings == CaseworkSettings())
        #expect(settings.livingAllowance(on: .distantFuture) == nil)
        #expect(settings.riskRules(on: .distantPast) == .customary)
    }

    @Test func `have living allowances and risk rules by date`() throws {
        let settings = try settings(
            """
              living_allowance:
                - { from: 2025-07-01, per_person: 1010 }
                - { from: 2026-07-01, per_person: 1065.50 }
              risk:
                - { from: 2026-01-01, doubtful_from: 91, bad_from: 366, provision: { doubtful: 0.1 } }
                - { from: 2027-01-01 }
            """)
        let allowance = { settings.livingAllowance(on: CivilDate($0)!)?.perPerson.description }
        #expect(allowance("2025-06-30") == nil)
        #expect(allowance("2025-07-01") == "1010.00")
        #expect(allowance("2026-06-30") == "1010.00")
        #expect(allowance("2026-07-01") == "1065.50")
        let rules = { settings.riskRules(on: CivilDate($0)!) }
        // Before the first the first holds.
        #expect(rules("2020-01-01").doubtfulFrom == 91)
        #expect(rules("2026-12-31").badFrom == 366)
        #expect(rules("2027-01-01").doubtfulFrom == 181)
        #expect(rules("2026-12-31").provisions[.doubtful] == Ratio(parts: 100_000))
        #expect(rules("2027-01-01").provisions == RiskRules.customary.provisions)
    }

    @Test(
        arguments: [
            ("  allowance: 5", "casework"),
            ("  living_allowance: 1000", "casework.living_allowance"),
            ("  living_allowance: [{ from: 2026-01-01 }]", "per_person"),
            ("  living_allowance: [{ per_person: 1000 }]", "from"),
            ("  living_allowance: [{ from: 2026-01-01, per_person: ten }]", "per_person"),
            (
                "  living_allowance: [{ from: 2026-01-01, per_person: 1000, person: 3 }]",
                "living_allowance[1]"
            ),
            (
                "  living_allowance:\n    - { from: 2026-07-01, per_person: 1 }\n"
                    + "    - { from: 2026-01-01, per_person: 2 }", "casework.living_allowance"
            ),
            (
                "  living_allowance:\n    - { from: 2026-07-01, per_person: 1 }\n"
                    + "    - { from: 2026-07-01, per_person: 2 }", "casework.living_allowance"
            ),
            ("  risk: []", "casework.risk"),
            ("  risk: [{ from: 2026-01-01, doubtful_from: 0 }]", "doubtful_from"),
            ("  risk: [{ from: 2026-01-01, bad_from: 36501 }]", "bad_from"),
            ("  risk: [{ from: 2026-01-01, provision: { bad: 1.01 } }]", "bad"),
            ("  risk: [{ from: 2026-01-01, provision: { worse: 0.5 } }]", "provision"),
            ("  risk: [{ from: 2026-01-01, provision: { bad: 50% } }]", "bad"),
            ("  plan_broken_after: 91", "plan_broken_after"),
            ("  contacts_per_week: 0", "contacts_per_week"),
            ("  quiet: at night", "quiet"),
        ] as [(String, String)])
    func `are refused where they say what cannot be, by name`(lines: String, column: String) {
        let found = refusals(lines)
        #expect(found.count >= 1)
        #expect(found.contains { $0.prefix { $0 != ":" }.hasSuffix(column) }, "\(found)")
    }
}
