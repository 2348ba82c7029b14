import Primitives

extension NoticeText {
    /// The notice arranged for paper.
    /// - Throws: where there is no address to send it to.
    func letter() throws(TemplateError) -> Letter {
        let facts = figures.facts
        if facts.address.isEmpty {
            let file = stageFile(facts.template, facts.language, .letter)
            throw TemplateError([
                .init(file: file, at: nil, rule: .valueIsEmpty("address", notice: facts.number))
            ])
        }
        let notes = LetterNotes(self)
        var letter = Letter(
            language: facts.language, noticeNumber: facts.number,
            office: (facts.office.name, sentence("office_details")),
            address: facts.address + [sentence("addressee")], facts: letterFacts,
            title: sentence("title"), opening: [sentence("salutation")] + paragraphs("opening"),
            table: figures.showsLateFee ? fullTable(notes) : shortTable(notes),
            total: (
                sentence("total_label"), "¥\(figures.amountDue.grouped)",
                values["amount_in_words"] as? String ?? ""
            ),
            footnotes: paragraphs("late_fee_footnote") + paragraphs("credit_footnote")
                + notes.paragraphs(facts.language),
            howToPay: .init(
                heading: sentence("how_to_pay_heading"), paragraphs: paragraphs("how_to_pay")),
            whatFollows: .init(
                heading: sentence("next_heading"),
                paragraphs: paragraphs("ask") + paragraphs("next")),
            signature: sentence("signature"), stub: facts.asksForSignature ? stub : nil,
            pageLabel: facts.number + (facts.language == .zh ? "　" : " · ") + sentence("page"))
        letter.leadsWithTotal = figures.isBill
        letter.dueDate = figures.nextDue.map { (sentence("heading_due"), "\($0)") }
        if figures.amountDue > .zero {
            letter.collection = (sentence("collection_advice"), sentence("collection_caption"))
        }
        return letter
    }

    private var letterFacts: [(label: String, value: String)] {
        let facts = figures.facts
        var lines = [("label_number", facts.number), ("label_unit", sentence("unit_line"))]
        if figures.isBill { lines.append(("label_period", "\(facts.period)")) }
        lines.append(("label_as_of", "\(facts.asOf)"))
        if !figures.isBill {
            lines.append(("label_earlier_notices", values["earlier_notices"] as? String ?? ""))
            lines.append(
                facts.asksForSignature
                    ? ("label_channels", sentence("channels_line"))
                    : ("label_due", sentence("oldest_due_line")))
        }
        return lines.filter { !$0.1.isEmpty }.map { (sentence($0.0), $0.1) }
    }

    // MARK: The table

    /// With principal, days, late fee and sum of each charge.
    private func fullTable(_ notes: LetterNotes) -> Letter.Table {
        let facts = figures.facts
        var cells = rows.enumerated().map { index, row in
            let mark = notes.marks[index]
            let markIsOnLateFee = row.figures.isPastDue
            return [
                "\(row.figures.line.period)", row.sentence("row_item"), "\(row.figures.line.due)",
                row.figures.line.principalOpen.grouped + (markIsOnLateFee ? "" : mark),
                row.sentence("row_days"),
                row.sentence("row_late_fee") + (markIsOnLateFee ? mark : ""),
                row.figures.subtotal.grouped,
            ]
        }
        if facts.credit > .zero {
            let label = sentence("credit_label")
            cells.append(["", label, "", "", "", "", (-facts.credit).grouped])
        }
        return Letter.Table(
            columns: [
                (sentence("heading_period"), false), (sentence("heading_item"), false),
                (sentence("heading_due"), false), (sentence("heading_principal"), true),
                (sentence("heading_days"), true), (sentence("heading_late_fee"), true),
                (sentence("heading_subtotal"), true),
            ], rows: cells,
            totals: [
                sentence("sum_label"), "", "", facts.principal.grouped, "",
                facts.lateFee.grouped, facts.total.grouped,
            ])
    }

    /// For a bill on which nothing is past due: one amount a charge.
    private func shortTable(_ notes: LetterNotes) -> Letter.Table {
        let facts = figures.facts
        var cells = rows.enumerated().map { index, row in
            [
                "\(row.figures.line.period)", row.sentence("row_item"), "\(row.figures.line.due)",
                row.figures.subtotal.grouped + notes.marks[index],
            ]
        }
        if facts.credit > .zero {
            cells.append(["", sentence("credit_label"), "", (-facts.credit).grouped])
        }
        return Letter.Table(
            columns: [
                (sentence("heading_period"), false), (sentence("heading_item"), false),
                (sentence("heading_due"), false), (sentence("heading_amount"), true),
            ], rows: cells, totals: [sentence("sum_label"), "", "", facts.total.grouped])
    }

    // MARK: The stub

    private var stub: Letter.Stub {
        Letter.Stub(
            cutLine: sentence("cut_line"), heading: sentence("stub_heading"),
            summary: [sentence("stub_notice"), sentence("stub_claim")],
            boxes: [
                (sentence("received"), sentence("received_means")),
                (sentence("acknowledged"), sentence("acknowledged_means")),
            ],
            fields: ["signer_name", "signer_relation", "signed_on", "signer_signature"]
                .map(sentence),
            staff: (sentence("served_by"), sentence("served_how")))
    }
}

/// The numbered notes below the table: how the late fee of a row came about, where the row does
/// not show it by itself, and what was paid of it.
private struct LetterNotes {
    /// One a row; empty where it has no note.
    let marks: [String]
    private let texts: [String]

    init(_ notice: NoticeText) {
        let rates = notice.figures.rates
        var marks: [String] = []
        var texts: [String] = []
        for row in notice.rows {
            let text = row.sentence("note")
            if text.isEmpty || row.figures.explainsItself(rates: rates) {
                marks.append("")
            } else {
                marks.append(superscript(texts.count + 1))
                texts.append("\(superscript(texts.count + 1)) \(text)")
            }
        }
        self.marks = marks
        self.texts = texts
    }

    /// One after the other in one paragraph, to save paper.
    func paragraphs(_ language: Language) -> [String] {
        texts.isEmpty ? [] : [texts.joined(separator: language == .zh ? "　" : "  ")]
    }
}

/// `¹²` for 12.
private func superscript(_ number: Int) -> String {
    let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return String(String(number).compactMap(\.wholeNumberValue).map { digits[$0] })
}
