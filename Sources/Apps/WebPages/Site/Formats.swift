import Primitives

/// `¥1,234.56`, with U+2212 before it where negative.
func money(_ amount: Money) -> String {
    let text = amount.grouped
    return amount < .zero ? "\u{2212}¥" + text.dropFirst() : "¥" + text
}

/// `2,237`
func count(_ number: Int) -> String {
    String(Money(fen: number * 100).grouped.dropLast(3))
}

extension Visit {
    /// `2026-12-01 09:20`, by the office's clock.
    func clock(_ instant: Instant) -> String {
        let local = instant.advanced(bySeconds: site.settings.secondsEastOfUTC(instant))
        return String(local.description.prefix(16).map { $0 == "T" ? " " : $0 })
    }
}

/// What `<select>` or a row of radio buttons offers.
func options(
    _ all: [(value: String, words: Bilingual)], chosen: String?, in language: Language
) -> [[String: Any]] {
    all.map { ["value": $0.value, "words": $0.words[language], "isChosen": $0.value == chosen] }
}
