import Letters
import Primitives

extension SampleLetters {
    /// The formal notice in English.
    static func english() -> Letter {
        var letter = formal()
        letter.language = .en
        letter.office = (
            "Maple Court Property Service Centre",
            "Floor 1, Building 1, 100 Fenglin Road, Example City   Telephone 5550 0188   "
                + "shoufei@fenglin.example.com"
        )
        letter.address = [
            "000000", "100 Fenglin Road, Example City",
            "Maple Court, Building 3, Entrance 2, Flat 1501",
            "Bartholomew Featherstonehaugh-Cholmondeley and Lin Xiaoyun",
        ]
        letter.facts = [
            ("Notice number", "FL-202612-00037-4"), ("Unit", "3-2-1501, residence, 89.52 m²"),
            ("Counted to", "2026-12-01"), ("Earlier notices", "2026-08-18, 2026-10-08"),
            ("Delivered", "by hand; please sign the stub"),
        ]
        letter.title = "Notice of overdue charges"
        letter.opening = [
            "Dear Bartholomew Featherstonehaugh-Cholmondeley and Lin Xiaoyun, as of "
                + "2026-12-01 the charges "
                + "below are past their due date; the earliest with unpaid principal fell due "
                + "on 2026-05-15. "
                + "Please pay by 2026-12-31, or come to us before then to agree on instalments."
        ]
        letter.table = Letter.Table(
            columns: [
                ("Period", false), ("Charge", false), ("Due date", false),
                ("Unpaid principal (yuan)", true), ("Days overdue", true),
                ("Late fee (yuan)", true),
                ("Subtotal (yuan)", true),
            ],
            rows: englishRows, totals: ["Total", "", "", "2,030.54", "", "212.33", "2,242.87"])
        letter.total = (
            "Total to pay", "¥2,242.87",
            "Two thousand two hundred and forty-two yuan, eight jiao and seven fen (renminbi)"
        )
        letter.footnotes = [
            "Late fees run from the day after the due date at 1‰ of the unpaid principal a "
                + "day, up to "
                + "2026-12-01, and never exceed the principal; each period is rounded once.",
            "¹ The principal was paid on 2026-08-20; this is for the 127 days before. ² "
                + "149.34 yuan were paid "
                + "on 2026-08-20: 97 days on 250.66 yuan, then 103 days on 101.32 yuan.",
        ]
        letter.howToPay = Letter.Section(
            heading: "How to pay",
            paragraphs: [
                "Transfer to Maple Court Property Service Centre, Example Bank Fenglin "
                    + "Branch, account "
                    + "0000 0000 0000 1234, with the words 3-2-1501.",
                "Please give no cash to anyone at your door. If you have paid, you need not "
                    + "do anything, and thank you.",
            ])
        letter.whatFollows = Letter.Section(
            heading: "What follows",
            paragraphs: [
                "Where nothing is paid or agreed by 2026-12-31, we will go to court or to "
                    + "arbitration "
                    + "under article 944 of the Civil Code.",
                "If a figure is wrong, or times are hard, please ask He Jing, 5550 0188: we "
                    + "can check, agree "
                    + "instalments, or look at a waiver. Whatever happens, we would like to "
                    + "talk with you.",
            ])
        letter.signature = "Maple Court Property Service Centre (seal)   2026-12-01"
        letter.stub = Letter.Stub(
            cutLine:
                "Tear here and give back to whom brought it, or put it in our letter box, "
                + "Building 1",
            heading: "Receipt",
            summary: [
                "FL-202612-00037-4   3-2-1501   Bartholomew Featherstonehaugh-Cholmondeley "
                    + "and Lin Xiaoyun   "
                    + "counted to 2026-12-01",
                "Periods 2026-04 to 2026-11: principal 1,737.91 yuan, late fee 212.33 yuan, "
                    + "together 1,950.24 yuan",
            ],
            boxes: [
                (
                    "I received this notice",
                    "Says only that it came, not that its figures are right"
                ),
                ("I acknowledge the debt above", "Accepts the periods and amounts listed above"),
            ],
            fields: ["Name", "Relation to the owner", "Date", "Signature"],
            staff: ("Delivered by (two staff)", "How   □ by hand   □ registered post   □ otherwise")
        )
        letter.pageLabel = "FL-202612-00037-4   page {page} of {pages}"
        return letter
    }

    private static var englishRows: [[String]] {
        formalRows.map { row in
            var row = row
            row[1] = row[1].hasPrefix("水费") ? "Water" : "Property service fee"
            if row[4] == "未到期" {
                row[1] += " (new in this run)"
                row[4] = "not yet due"
            }
            if row[4] == "已付清" { row[4] = "paid" }
            return row
        }
    }
}
