import Primitives
import Testing

@Suite struct `Byte order` {
    /// UTF-8 keeps the order of code points; Swift's `<` first normalises, so that the letter é in
    /// one code point stands after one in two, and full-width forms keep their place by both.
    @Test(arguments: [
        ("", "a"), ("A", "B"), ("B", "a"), ("a", "aa"), ("1-10", "1-2"), ("1-2", "1-20"),
        ("Z", "é"), ("z", "一"), ("-", "0"), ("A-1", "A1"), ("e\u{301}", "é"), ("\u{FF21}", "😀"),
        ("一", "房"), ("a b", "a-b"),
    ])
    func `codes stand in the order of their bytes`(first: String, second: String) {
        #expect(inByteOrder(first, second))
        #expect(!inByteOrder(second, first))
        #expect(!inByteOrder(first, first))
    }

    /// Swift takes é and e + U+0301 for the same text; the books do not.
    @Test func `byte order tells apart what Unicode takes for equal`() {
        #expect("e\u{301}" == "\u{E9}")
        #expect(inByteOrder("e\u{301}", "\u{E9}"))
        let sorted = ["\u{E9}b", "e\u{301}a", "f"].sorted(by: inByteOrder)
        #expect(sorted == ["e\u{301}a", "f", "\u{E9}b"])
    }
}
