import Casework
import Primitives
import Testing

@Suite struct `A promise to pay` {
    private let promise = PromiseToPay(
        amount: Money(fen: 500_00), on: CivilDate("2026-11-10")!, until: CivilDate("2026-11-20")!,
        isInWriting: false)

    // Receipts: date, fen, reversed on. 500.00 was promised for 10 to 20 November.
    @Test(
        arguments: [
            ("2026-11-20", [("2026-11-10", 500_00, "")], "open"),
            ("2026-11-21", [], "broken"),
            ("2026-11-21", [("2026-11-09", 500_00, "")], "broken"),
            ("2026-11-21", [("2026-11-10", 500_00, "")], "kept"),
            ("2026-11-21", [("2026-11-20", 499_99, "")], "partly"),
            ("2026-11-21", [("2026-11-12", 200_00, ""), ("2026-11-20", 300_00, "")], "kept"),
            ("2026-11-21", [("2026-11-20", 500_00, ""), ("2026-11-11", 1_00, "")], "kept"),
            ("2026-12-01", [("2026-11-21", 500_00, "")], "broken"),
            ("2026-11-30", [("2026-11-15", 500_00, "2026-12-01")], "kept"),
            ("2026-12-01", [("2026-11-15", 500_00, "2026-12-01")], "broken"),
        ] as [(String, [(String, Int, String)], String)])
    func `is open to its day, and judged by what came until then from the day after`(
        asOf: String, paid: [(String, Int, String)], state: String
    ) {
        let receipts = paid.map {
            Receipt(
                date: CivilDate($0.0)!, amount: Money(fen: $0.1), reversed: CivilDate($0.2))
        }
        #expect(promise.state(asOf: CivilDate(asOf)!, receipts).rawValue == state)
    }
}
