/// A person's name as names are compared: two that fold alike name one person.
///
/// White space at its ends is off, within it one space; full-width forms become half-width; what
/// cannot be seen (U+200B, soft hyphens, directions) is left out; upper and lower case are one.
public func foldedName(_ name: String) -> String {
    var folded = String.UnicodeScalarView()
    var isSpaced = false
    for scalar in name.unicodeScalars {
        let properties = scalar.properties
        if properties.isWhitespace {
            isSpaced = true
        } else if properties.generalCategory != .format, !properties.isDefaultIgnorableCodePoint {
            if isSpaced, !folded.isEmpty { folded.append(" ") }
            isSpaced = false
            folded.append(halfWidth(scalar))
        }
    }
    return String(folded).uppercased().lowercased()
}

/// Full-width forms (`１２３`, `ＡＢ`, `：`, U+3000) as the half-width ones that they stand for; all else
/// as it is.
public func halfWidth(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        result.append(scalar == "\u{3000}" ? " " : halfWidth(scalar))
    }
    return String(result)
}

/// U+FF01 to U+FF5E stand as far above ASCII as each other.
private func halfWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(scalar.value - 0xFEE0)!
}
