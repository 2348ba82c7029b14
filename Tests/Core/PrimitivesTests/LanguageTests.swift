import Primitives
import Testing

@Suite struct Languages {
    @Test func `a sentence is there in both languages`() {
        let sentence = Bilingual(zh: "已付清", en: "paid in full")
        #expect(sentence[.zh] == "已付清" && sentence[.en] == "paid in full")
        #expect(Language.allCases.map(\.rawValue) == ["zh", "en"])
    }
}
