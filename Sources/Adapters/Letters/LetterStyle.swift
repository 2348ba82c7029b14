/// An A4 sheet; lengths in points.
enum Sheet {
    static let width = 595.28
    static let height = 841.89
    static let left = mm(20)
    static let right = width - left
    static let textWidth = right - left
    /// Printers cannot print on the last 8 mm.
    static let foot = height - mm(8)
    static let codeSide = mm(17)
    /// Of marks such as 补打, in the free margin at the top.
    static let markTop = mm(6)
}

/// How loosely a letter is set. A letter is set in the loosest style that needs no more sheets
/// than the tightest.
struct LetterStyle {
    var title: TextStyle
    var titleGap: Double
    var prose: TextStyle
    var proseGap: Double
    var table: TextStyle
    var tableHead: TextStyle
    /// Above and below the text of a row.
    var rowPadding: Double
    var tableSpace: Double
    var totalSpace: Double
    var totalPadding: Double
    var footnote: TextStyle
    var footnoteSpace: Double
    var columnsSpace: Double
    var columnsHeading: TextStyle
    var columnsProse: TextStyle
    var columnsGap: Double
    /// Of the office's collection code.
    var codeSide: Double
    var signature: TextStyle
    var signatureSpace: Double
    /// Headings over a rule, signature below both columns; else in the right one if it fits.
    var isAiry: Bool
    /// Nothing is given away: salutation and first paragraph run on.
    var isDense = false

    var totalAmount: TextStyle { TextStyle(face: .hei, size: 13, lineHeight: 16, bold: true) }

    /// Bills and reminders.
    static let soft = LetterStyle(
        title: TextStyle(face: .song, size: 18, lineHeight: 20, bold: true, spacing: 0.08),
        titleGap: mm(4),
        prose: TextStyle(face: .song, size: 11, lineHeight: 19), proseGap: mm(2),
        table: TextStyle(face: .hei, size: 9.5, lineHeight: 14),
        tableHead: TextStyle(face: .hei, size: 8.5, lineHeight: 14, ink: .dark),
        rowPadding: mm(1.2), tableSpace: mm(5), totalSpace: mm(2), totalPadding: mm(1.4),
        footnote: TextStyle(face: .hei, size: 8.5, lineHeight: 13, ink: .dark),
        footnoteSpace: mm(3), columnsSpace: mm(9),
        columnsHeading: TextStyle(face: .song, size: 11, lineHeight: 14, bold: true, spacing: 0.08),
        columnsProse: TextStyle(face: .song, size: 10, lineHeight: 16), columnsGap: mm(2),
        codeSide: mm(25),
        signature: TextStyle(face: .song, size: 11, lineHeight: 19), signatureSpace: mm(12),
        isAiry: true)

    /// Between the two: for a formal notice with few rows, or a reminder with a few too many.
    static let roomy = LetterStyle(
        title: TextStyle(face: .song, size: 17, lineHeight: 20, bold: true, spacing: 0.09),
        titleGap: mm(3),
        prose: TextStyle(face: .song, size: 10.5, lineHeight: 17), proseGap: mm(1.4),
        table: TextStyle(face: .hei, size: 9, lineHeight: 13),
        tableHead: TextStyle(face: .hei, size: 8.5, lineHeight: 13, ink: .dark),
        rowPadding: mm(0.8), tableSpace: mm(3.5), totalSpace: mm(1.5), totalPadding: mm(1.1),
        footnote: TextStyle(face: .hei, size: 8, lineHeight: 12, ink: .dark),
        footnoteSpace: mm(2), columnsSpace: mm(5),
        columnsHeading: TextStyle(
            face: .song, size: 10.5, lineHeight: 14, bold: true, spacing: 0.08),
        columnsProse: TextStyle(face: .song, size: 9.5, lineHeight: 14.5), columnsGap: mm(1.2),
        codeSide: mm(22),
        signature: TextStyle(face: .song, size: 10, lineHeight: 15), signatureSpace: mm(3),
        isAiry: false)

    /// Formal notices.
    static let dense = LetterStyle(
        title: TextStyle(face: .song, size: 16, lineHeight: 20, bold: true, spacing: 0.09),
        titleGap: mm(2),
        prose: TextStyle(face: .song, size: 10, lineHeight: 15), proseGap: mm(1),
        table: TextStyle(face: .hei, size: 8.5, lineHeight: 12),
        tableHead: TextStyle(face: .hei, size: 8, lineHeight: 12, ink: .dark),
        rowPadding: mm(0.28), tableSpace: mm(2), totalSpace: mm(1), totalPadding: mm(0.8),
        footnote: TextStyle(face: .hei, size: 7.5, lineHeight: 11, ink: .dark),
        footnoteSpace: mm(1.2), columnsSpace: mm(2),
        columnsHeading: TextStyle(face: .song, size: 10, lineHeight: 14, bold: true, spacing: 0.08),
        columnsProse: TextStyle(face: .song, size: 8.5, lineHeight: 12.5), columnsGap: mm(0.6),
        codeSide: mm(18),
        signature: TextStyle(face: .song, size: 9, lineHeight: 13), signatureSpace: mm(1),
        isAiry: false, isDense: true)

    /// Where a formal notice would need one more sheet for a few lines.
    static let tight = LetterStyle(
        title: TextStyle(face: .song, size: 15, lineHeight: 18, bold: true, spacing: 0.09),
        titleGap: mm(1.2),
        prose: TextStyle(face: .song, size: 9.5, lineHeight: 13.2), proseGap: mm(0.5),
        table: TextStyle(face: .hei, size: 8, lineHeight: 11),
        tableHead: TextStyle(face: .hei, size: 7.5, lineHeight: 11, ink: .dark),
        rowPadding: mm(0.2), tableSpace: mm(1.2), totalSpace: mm(0.6), totalPadding: mm(0.5),
        footnote: TextStyle(face: .hei, size: 7, lineHeight: 9.6, ink: .dark),
        footnoteSpace: mm(0.8), columnsSpace: mm(1.5),
        columnsHeading: TextStyle(face: .song, size: 9, lineHeight: 12, bold: true, spacing: 0.08),
        columnsProse: TextStyle(face: .song, size: 8, lineHeight: 10.9), columnsGap: mm(0.4),
        codeSide: mm(16),
        signature: TextStyle(face: .song, size: 8.5, lineHeight: 12), signatureSpace: mm(0.6),
        isAiry: false, isDense: true)
}

/// The first of ever smaller scales at which a thing fits, down to 60 %.
func largest<Thing>(
    _ make: (_ scale: Double) -> Thing, thatFits fits: (Thing) -> Bool
) -> Thing? {
    for percent in stride(from: 100, through: 60, by: -5) {
        let thing = make(Double(percent) / 100)
        if fits(thing) { return thing }
    }
    return nil
}
