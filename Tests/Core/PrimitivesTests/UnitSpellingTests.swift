import Primitives
import Testing

@Suite struct `The spelling of a unit` {
    @Test(arguments: [
        "3-2-501", "3栋2单元501", "３－２－５０１", "3#2-501", "3号楼2单元501室", "3幢2单元501号", "03-02-0501",
        " 3 - 2 - 501 ", "3.2.501", "3/2/501", "3，2，501", "3座2门501户", "3\u{200B}-2-501", "3—2–501",
    ])
    func `is one for all ways to write it`(text: String) {
        #expect(UnitSpelling(text) == UnitSpelling("3-2-501"))
        #expect(UnitSpelling(text).parts == ["3", "2", "501"])
    }

    @Test(arguments: [
        ("P-0001", ["p", "1"]), ("p0001", ["p", "1"]), ("Ｐ１", ["p", "1"]),
        ("A座1201", ["a", "1201"]),
        ("三期3栋", ["三期", "3"]), ("S-012", ["s", "12"]), ("0", ["0"]), ("", []), ("单元", []),
        ("—", []), ("商铺12", ["商", "12"]),
    ])
    func `has these parts`(text: String, parts: [String]) {
        #expect(UnitSpelling(text).parts == parts)
    }

    @Test func `tells units apart`() {
        let texts = [
            "3-2-501", "32-501", "3-25-01", "3-2-50-1", "2-3-501", "3-2-5011", "A-3-2-501",
        ]
        #expect(Set(texts.map { UnitSpelling($0) }).count == texts.count)
    }

    @Test func `is found by its beginning and its end`() {
        let unit = UnitSpelling("3-2-501")
        #expect(unit.begins(with: UnitSpelling("3栋")))
        #expect(unit.begins(with: UnitSpelling("3栋2单元")))
        #expect(!unit.begins(with: UnitSpelling("3-2-50")))
        #expect(unit.ends(with: UnitSpelling("501室")))
        #expect(unit.ends(with: UnitSpelling("2-501")))
        #expect(!unit.ends(with: UnitSpelling("01")))
    }
}
