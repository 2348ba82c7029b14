import Foundation
import Primitives
import Testing

@testable import Letters

@Suite struct `A report's plots` {
    private let folder = FileManager.default.temporaryDirectory.path + "/plots-\(UUID().uuidString)"

    private func print(_ plots: [ReportPlot], _ name: String = "plots.pdf") throws -> String {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/" + name
        let printer = try ReportPrinter(
            to: path, title: "月报", created: "2026-11-30", runningHead: "月报")
        try printer.add(ReportPart(title: "月报", plots.map { .plot($0) }))
        try printer.finish()
        return path
    }

    private func columns(upTo fen: Int) -> ReportPlot {
        .columns(
            (1...12).map { month in
                let whole = Money(fen: fen / 12 * month)
                return ReportPlot.Column(
                    label: "\(month) 月", mark: "97.\(month + 10)%", whole: whole,
                    met: Money(fen: whole.fen / 2))
            })
    }

    private var others: [ReportPlot] {
        [
            .headline(
                (1...4).map { _ in
                    ReportPlot.Headline(
                        label: "实收", figure: "¥1,234,567,890.12",
                        note: "123,456,789 笔，含违约金 123,456,789.12")
                }),
            .bars(
                headings: ["楼栋", "当期应收", "当期已收", "收缴率"],
                ["1", "商业街南区二期", ""].map {
                    ReportPlot.Bar(
                        label: $0, length: Money(fen: 1_234_567_890_12), met: Money(fen: 100),
                        values: ["1,234,567,890.12", "1.00", "0.00%"])
                }),
        ]
    }

    // From nothing to more than any office collects: the words of the axis, and of the plot, stay
    // on the sheet.
    @Test(arguments: [0, 1, 99_00, 1_00, 9_999_00, 123_456_78, 1_562_223_25, 999_999_999_999])
    func `stand within the margins, whatever the amounts`(fen: Int) throws {
        let path = try print([columns(upTo: fen)] + others)
        let boxes = try run("pdftotext", "-bbox", path, "-")
        let places = boxes.split(separator: "\n").filter { $0.contains("<word ") }
        #expect(places.count > 40)
        for place in places {
            let values = place.split(separator: "\"").enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.compactMap { Double($0.element) }
            #expect(values.count == 4)
            #expect(values[0] >= Sheet.left - 1 && values[2] <= Sheet.right + 1, "\(place)")
            #expect(values[1] > 0 && values[3] < Sheet.height, "\(place)")
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `are the same bytes for the same figures`() throws {
        let first = try print([columns(upTo: 500_00)] + others, "a.pdf")
        let second = try print([columns(upTo: 500_00)] + others, "b.pdf")
        #expect(
            FileManager.default.contents(atPath: first)
                == FileManager.default.contents(atPath: second))
        try FileManager.default.removeItem(atPath: folder)
    }
}
