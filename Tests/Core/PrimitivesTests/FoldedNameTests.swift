import Primitives
import Testing

@Suite struct `A folded name` {
    @Test(arguments: [
        "li", "LI", " Li\u{3000}", "Li\u{200B}", "\u{2060}L\u{AD}i", "Ｌｉ", "\u{FEFF}li\u{FE0F}\n",
    ])
    func `is one for all ways to write it`(name: String) {
        #expect(foldedName(name) == "li")
    }

    @Test func `keeps what tells people apart`() {
        #expect(foldedName("Li Na") == foldedName(" li\t\u{3000} na"))
        #expect(foldedName("Li Na") != foldedName("LiNa"))
        #expect(foldedName("李四") != foldedName("李"))
        #expect(foldedName("Straße") == foldedName("STRASSE"))
        #expect(foldedName("王 经理２") == "王 经理2")
        #expect(foldedName(" \u{200B} ") == "")
        // Composed or not.
        #expect(foldedName("Zoe\u{301}") == foldedName("zo\u{E9}"))
    }
}
