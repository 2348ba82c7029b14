import Foundation
import Primitives
import Testing

@testable import Letters

/// Pictures of four by two black pixels.
private enum Pictures {
    static let png = Array(
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAAAAABawyK/AAAAC0lEQVR4nGNggAEAAAoAAX+A"
                + "dF4AAAAASUVORK5CYII=")!)
    static let jpeg = Array(
        Data(
            base64Encoded: "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI//"
                + "//////////////////////////////////////////////////wAALCAACAAQBAREA/8QAHwAAAQUBAQEBA"
                + "QEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFD"
                + "KBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc"
                + "3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
                + "4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AKVf/9k=")!)

    static var stationery: Stationery {
        get throws {
            var stationery = Stationery()
            stationery.seal = try Picture(png, named: "seal.png")
            stationery.collectionCode = try Picture(jpeg, named: "pay.jpg")
            return stationery
        }
    }
}

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `The office's stationery` {
    private var asked: Letter {
        var letter = SampleLetters.early()
        letter.collection = ("可以扫码付款。", "微信、支付宝扫码")
        return letter
    }

    @Test func `seal and collection code are in the file once, however many letters there are`()
        throws
    {
        let pdf = try PrintedPDF([asked, asked, asked], on: Pictures.stationery)
        #expect(try pdf.text(page: 2).contains("微信、支付宝扫码"))
        let rows = try run("pdfimages", "-list", pdf.path).split(separator: "\n").dropFirst(2)
        let objects = Set(rows.map { $0.split(separator: " ")[10] })
        #expect(rows.count == 6 && objects.count == 2)
        #expect(rows.contains { $0.contains("jpeg") })
    }

    @Test func `without a picture, nothing speaks of scanning`() throws {
        let text = try PrintedPDF([asked]).text(page: 0)
        #expect(!text.contains("扫码"))
    }

    @Test func `thirteen rows, the collection code and the stub stand on one sheet`() throws {
        var letter = SampleLetters.formal()
        letter.collection = ("可以扫码付款，付款前请核对房号 3-2-1501。", "微信、支付宝扫码")
        #expect(try PrintedPDF([letter], on: Pictures.stationery).ranges == [0..<1])
    }

    @Test func `the address stands in the window, wherever that is`() throws {
        var stationery = Stationery()
        stationery.window.left = 18
        stationery.window.top = 55
        stationery.window.width = 80
        let letter = SampleLetters.formal()
        let pdf = try PrintedPDF([letter], on: stationery)
        let words = try pdf.words(page: 0)
        let postcode = try #require(words.first { $0.text == "000000" })
        #expect(abs(postcode.left - mm(18)) < 1)
        #expect(postcode.top > mm(54) && postcode.bottom < mm(63))
        let title = try #require(words.first { $0.text.hasPrefix("催缴") && $0.left > mm(60) })
        #expect(title.top > mm(85))
    }

    @Test func `what is no picture, or is cut off, or too large, is refused`() throws {
        var wide = Pictures.png
        wide.replaceSubrange(16..<20, with: [0, 0, 0x20, 0])
        let refused = [
            [], Array("<svg/>".utf8), Array(Pictures.png.dropLast(20)), wide,
            Array(Pictures.jpeg.prefix(60)), Array(Pictures.jpeg.dropLast(2)),
            Pictures.png + Array(repeating: 0, count: 2_000_000),
        ]
        for bytes in refused {
            #expect(throws: LetterError.pictureRefused(name: "x.png")) {
                _ = try Picture(bytes, named: "x.png")
            }
        }
    }
}

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `Sheets around the letters` {
    @Test func `in duplex each letter begins on a front, and a stub has an empty back`() throws {
        let letters = [
            SampleLetters.early(), SampleLetters.long(rows: 60), SampleLetters.bill(),
        ]
        let pdf = try PrintedPDF(letters, isDuplex: true)
        // The stub of the second letter is on a front as well: page 2, page 4.
        #expect(pdf.ranges == [0..<1, 2..<5, 6..<7])
        #expect(pdf.pageCount == 7)
        for blank in [1, 3, 5] {
            #expect(try pdf.text(page: blank).filter { !$0.isWhitespace }.isEmpty)
        }
        #expect(try pdf.text(page: 4).contains("请沿此线撕下"))
        #expect(try pdf.text(page: 4).contains("第 2 页，共 2 页"))
    }

    @Test func `a separator names the building and each of its letters`() throws {
        let entries = (101...250).map { (unit: "2-1-\($0)", number: "FL-\($0)", how: "当面签收 hand") }
        let pdf = try PrintedPDF(isDuplex: true) { printer in
            try printer.add(
                Separator(heading: "2 栋", summary: "150 封信 letters", entries: entries))
            return [try printer.add(SampleLetters.early())]
        }
        #expect(pdf.ranges == [2..<3])
        let text = try pdf.text(page: 0) + pdf.text(page: 1)
        #expect(text.contains("2 栋") && text.contains("150 封信"))
        for entry in entries { #expect(text.ranges(of: entry.number).count == 1) }
    }

    @Test func `the test sheet shows the window, the scale and a code`() throws {
        let pdf = try PrintedPDF { printer in
            try printer.add(
                TestSheet(
                    title: "试印", steps: ["1. 按实际大小打印。"], address: ["枫林苑 3-2-1501"],
                    code: "FL-202612-00000-2"))
            return []
        }
        let text = try pdf.text(page: 0)
        #expect(text.contains("试印") && text.contains("枫林苑 3-2-1501") && text.contains("110"))
        #expect(try pdf.codes(page: 0) == ["FL-202612-00000-2"])
    }

    @Test func `a sample says on each page that it is one, and its text stays whole`() throws {
        let pdf = try PrintedPDF { [try $0.add(SampleLetters.long(rows: 60), mark: "样张 SAMPLE")] }
        for page in 0..<2 {
            #expect(try pdf.text(page: page).ranges(of: "样张 SAMPLE").count == 1)
        }
        #expect(try pdf.codes(page: 0) == ["FL-202612-00037-4"])
    }
}

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `Letters of our own wording` {
    @Test func `a formal notice of thirteen rows, with the collection code, stands on one sheet`()
        throws
    {
        let templates = try NoticeTemplates(
            files: NoticeFiles.all, stages: MapleCourt.stages)
        let letter = try templates.letter(MapleCourt.formal(.zh))
        #expect(letter.table.rows.count == 13)
        #expect(try PrintedPDF([letter], on: Pictures.stationery).ranges == [0..<1])
    }

    @Test(arguments: MapleCourt.stages + ["bill"], Language.allCases)
    func `the total stands once, and pages are counted`(stage: String, language: Language) throws {
        let templates = try NoticeTemplates(
            files: NoticeFiles.all, stages: MapleCourt.stages)
        let letter = try templates.letter(MapleCourt.notice(stage, language))
        let pdf = try PrintedPDF([letter], on: Pictures.stationery)
        let lines = try pdf.ranges[0].flatMap { try pdf.text(page: $0).split(separator: "\n") }
        let totals = lines.filter {
            // A line of prose may begin with an amount, too.
            let isTotal = $0.hasPrefix("¥") && $0.split(separator: " ").count <= 2
            return isTotal || $0.hasPrefix("应付合计 ¥") || $0.hasPrefix("To pay ¥")
        }
        #expect(totals.count == 1 && totals[0].contains(letter.total.amount))
        let count = pdf.ranges[0].count
        if count > 1 {
            let end = language == .zh ? "共 \(count) 页" : "of \(count)"
            let labels = lines.filter { $0.hasPrefix(letter.noticeNumber) && $0.hasSuffix(end) }
            #expect(labels.count == count)
        }
    }
}
