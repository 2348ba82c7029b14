/// What no notice may say: threats to cut off water or power (Civil Code 944), shaming, blame.
/// The list is `forbidden.txt`: one phrase a line, `#` before a comment, `subject:` before what is
/// forbidden in the subject of a mail alone.
struct ForbiddenPhrases: Sendable {
    private let everywhere: [String]
    private let inSubject: [String]

    init(_ content: String) {
        var everywhere: [String] = []
        var inSubject: [String] = []
        for line in numberedLines(content) {
            let text = trimmed(line.text)
            if text.isEmpty || text.hasPrefix("#") { continue }
            if text.hasPrefix("subject:") {
                inSubject.append(String(trimmed(text.dropFirst("subject:".count))))
            } else {
                everywhere.append(String(text))
            }
        }
        self.everywhere = everywhere
        self.inSubject = inSubject
    }

    /// Every phrase that stands in `words`, in whatever case and broken over whatever lines.
    func found(
        in words: [(character: Character, index: String.Index)], isSubject: Bool
    ) -> [(rule: TemplateError.Rule, index: String.Index)] {
        let (text, places) = folded(words)
        func found(
            _ phrases: [String], inSubject: Bool
        ) -> [(rule: TemplateError.Rule, index: String.Index)] {
            phrases.compactMap { phrase in
                place(of: Array(phrase.lowercased().utf8), in: text).map {
                    (.phraseIsForbidden(phrase, inSubject: inSubject), places[$0])
                }
            }
        }
        return found(everywhere, inSubject: false)
            + (isSubject ? found(inSubject, inSubject: true) : [])
    }

    /// Small letters in UTF-8, and one space for any run of spaces; and where each byte came from.
    private func folded(
        _ words: [(character: Character, index: String.Index)]
    ) -> (text: [UInt8], places: [String.Index]) {
        var text: [UInt8] = []
        var places: [String.Index] = []
        for (character, index) in words {
            let bytes = character.isWhitespace ? " " : character.lowercased()
            if bytes == " " && text.last == UInt8(ascii: " ") { continue }
            for byte in bytes.utf8 {
                text.append(byte)
                places.append(index)
            }
        }
        return (text, places)
    }

    /// Where `phrase` begins; a phrase in Latin letters begins at a word's beginning.
    private func place(of phrase: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = phrase.first, phrase.count <= text.count else { return nil }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        var start = 0
        while start + phrase.count <= text.count {
            if text[start] == first, text[start...].starts(with: phrase),
                start == 0 || !letters.contains(first) || !letters.contains(text[start - 1])
            {
                return start
            }
            start += 1
        }
        return nil
    }
}
