import Primitives
import Testing

@Suite struct `Natural order` {
    @Test func `numbers count as numbers, within letters and signs`() {
        let sorted = [
            "2-1-3", "2-1-12", "2-1-101", "2-2-1", "10-1-1", "B1-2", "B1-10", "B12-1", "地下车库",
        ]
        #expect(sorted.reversed().sorted { precedes($0, $1) } == sorted)
    }

    @Test func `texts that differ are never the same place`() {
        #expect(precedes("1", "01") != precedes("01", "1"))
        #expect(naturalOrderKey("1-1") == naturalOrderKey("1-1"))
        #expect(!precedes("", ""))
        #expect(precedes("", "0"))
    }

    @Test func `numbers of any length have their place`() {
        let long = String(repeating: "9", count: 400)
        #expect(precedes("7", long) && precedes(long, long + "1"))
    }

    private func precedes(_ a: String, _ b: String) -> Bool {
        naturalOrderKey(a).lexicographicallyPrecedes(naturalOrderKey(b))
    }
}
