import Primitives
import Testing

@testable import WebPages

@Suite struct `What is typed into a field` {
    @Test(arguments: [
        ("1,234.5", 123450), ("１２３４．５", 123450), ("¥1,234.56", 123456), ("1234.56元", 123456),
        ("0.01", 1), ("12 345.6", 1_234_560), ("１，２３４", 123400), ("1，234。5", 123450),
    ])
    func `is an amount`(text: String, fen: Int) {
        #expect(Money(typed: text)?.fen == fen)
    }

    @Test(arguments: [
        "1e3", "1.234", "12,34", "1,2345", "", "-", "一百", "0x10", "1..2", "¥", ",123", "NaN",
    ])
    func `is no amount`(text: String) {
        #expect(Money(typed: text) == nil)
    }

    @Test(arguments: [
        "2026-11-21", "20261121", "2026/11/21", "２０２６－１１－２１", "2026.11.21", "2026年11月21日",
    ])
    func `is a date`(text: String) {
        #expect(CivilDate(typed: text)?.description == "2026-11-21")
    }

    @Test(arguments: [
        "2026-13-01", "20260230", "21/11/2026", "2026-11", "tomorrow", "26-11-21", "+2026112",
    ])
    func `is no date`(text: String) {
        #expect(CivilDate(typed: text) == nil)
    }
}
