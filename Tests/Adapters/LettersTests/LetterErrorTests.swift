import Foundation
import Primitives
import Testing

@testable import Letters

@Suite struct `Letters that cannot be printed` {
    @Test func `a missing font is named with its Debian package`() {
        for keyPath in [\Stationery.proseFont, \Stationery.figuresFont] {
            var stationery = Stationery()
            stationery[keyPath: keyPath] = "Noto Serif CJK None"
            let error = #expect(throws: LetterError.self) {
                _ = try LetterPrinter(
                    to: "/dev/null", title: "", created: "2026-12-01", on: stationery)
            }
            #expect(error?.message.zh.contains("fonts-noto-cjk") == true)
        }
    }

    @Test func `a full disk is an error`() throws {
        #expect(throws: LetterError.self) {
            let printer = try LetterPrinter(to: "/dev/full", title: "", created: "2026-12-01")
            _ = try printer.add(SampleLetters.early())
            try printer.finish()
        }
    }

    @Test func `a folder that is not there is an error before the first letter`() {
        #expect(throws: LetterError.self) {
            _ = try LetterPrinter(to: "/nowhere/a.pdf", title: "", created: "2026-12-01")
        }
    }

    @Test func `after a refused letter the printer goes on with the next`() throws {
        let printer = try LetterPrinter(to: "/dev/null", title: "", created: "2026-12-01")
        for (letter, error) in refused {
            #expect(throws: error) { _ = try printer.add(letter) }
        }
        #expect(try printer.add(SampleLetters.early()) == 0..<1)
        try printer.finish()
    }

    private var refused: [(Letter, LetterError)] {
        let number = SampleLetters.formal().noticeNumber
        var unprintable = SampleLetters.formal()
        unprintable.address[3] = "周\u{10FFFD}明 收"
        var uneven = SampleLetters.formal()
        uneven.table.rows[1].removeLast()
        var unnumbered = SampleLetters.formal()
        unnumbered.noticeNumber = ""
        var rowTooHigh = SampleLetters.formal()
        rowTooHigh.table.rows[2][1] = String(repeating: "物业费", count: 2000)
        var addressTooLong = SampleLetters.formal()
        addressTooLong.address[2] = String(repeating: "枫林苑", count: 200)
        var stubTooLong = SampleLetters.formal()
        stubTooLong.stub?.summary = [String(repeating: "列明各期", count: 400)]
        return [
            (unprintable, .unprintable(notice: number, text: "周\u{10FFFD}明 收")),
            (uneven, .unevenRow(notice: number, row: 2, cells: 6, columns: 7)),
            (unnumbered, .notCodable(notice: "")),
            (rowTooHigh, .tooLong(notice: number, part: .text)),
            (addressTooLong, .tooLong(notice: number, part: .address)),
            (stubTooLong, .tooLong(notice: number, part: .stub)),
        ]
    }

    @Test func `each error says what is wrong and what to do`() {
        for (error, zh, en) in messages {
            #expect(error.message.zh == zh)
            #expect(error.message.en == en)
        }
    }

    private let messages: [(LetterError, String, String)] = [
        (
            .missingFont(family: "Noto Serif CJK SC"),
            "这台机器没有字体“Noto Serif CJK SC”，信函会印成方框。请安装：apt install fonts-noto-cjk，再打印一次。",
            "This machine lacks the font “Noto Serif CJK SC”; letters would show boxes. "
                + "Run: apt install fonts-noto-cjk, and print again."
        ),
        (
            .missingFont(family: "方正小标宋"),
            "这台机器没有字体“方正小标宋”。请核对 policy.yaml 的 letters.fonts（fc-list 列出已装的字体），"
                + "或装上这个字体，再打印一次。",
            "This machine lacks the font “方正小标宋”. Check letters.fonts in policy.yaml (fc-list "
                + "shows what is installed), or install the font, and print again."
        ),
        (
            .pictureRefused(name: "seal.png"),
            "seal.png 不能印在信上：要是 PNG 或 JPEG 图片，不超过 2 MB，每边不超过 4000 像素。",
            "seal.png cannot stand on a letter: it must be a PNG or JPEG picture of at most 2 MB and "
                + "4,000 pixels a side."
        ),
        (
            .unprintable(notice: "FL-1", text: "某"),
            "通知 FL-1 的“某”里有字体没有的字。请安装：apt install fonts-hanazono，再打印一次。",
            "“某” in notice FL-1 has a character that no installed font has. "
                + "Run: apt install fonts-hanazono, and print again."
        ),
        (
            .unevenRow(notice: "FL-1", row: 2, cells: 6, columns: 7),
            "通知 FL-1 的表格有 7 列，第 2 行却有 6 格。信函未打印。",
            "Notice FL-1 has a table of 7 columns, but its row 2 has 6 cells. "
                + "The letter was not printed."
        ),
        (
            .tooLong(notice: "FL-1", part: .stub),
            "通知 FL-1 的回执太长，用最小的字也放不下。请缩短后再打印。",
            "The tear-off stub of notice FL-1 is too long for its place even in the smallest type. "
                + "Shorten it and print again."
        ),
        (
            .notCodable(notice: ""), "通知编号“”做不成二维码：编号不能为空，也不能太长。",
            "Notice number “” cannot be made a QR code: it must not be empty or overlong."
        ),
        (
            .notWritten(path: "a.pdf", reason: "no space"),
            "写不成 a.pdf：no space。请检查目录和磁盘空间，再打印一次。",
            "Cannot write a.pdf: no space. Check the folder and the disk space, and print again."
        ),
        (
            .notRead(path: "a.pdf", reason: "no file"), "读不了 PDF 文件 a.pdf：no file。",
            "Cannot read the PDF file a.pdf: no file."
        ),
        (
            .noSuchPages(path: "a.pdf", asked: 3..<5, pages: 2), "a.pdf 共 2 页，没有第 4 至 5 页。",
            "a.pdf has 2 pages; there is no page 4 to 5."
        ),
    ]
}
