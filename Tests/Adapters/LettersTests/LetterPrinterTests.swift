import Foundation
import Primitives
import Testing

@testable import Letters

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `Printed letters` {
    @Test func `a formal notice of thirteen rows and its stub stand on one sheet`() throws {
        let pdf = try PrintedPDF([SampleLetters.formal()])
        #expect(pdf.ranges == [0..<1])
        let text = try pdf.text(page: 0)
        for row in SampleLetters.formalRows { #expect(text.contains(row.joined(separator: " "))) }
        #expect(text.contains("合计 2,030.54 212.33 2,242.87"))
        #expect(text.contains("应付合计 ¥2,242.87 人民币贰仟贰佰肆拾贰元捌角柒分"))
        #expect(text.contains("回执"))
        #expect(text.ranges(of: "¥").count == 1)
    }

    @Test func `each letter begins a new sheet and is told its pages, counted from 0`() throws {
        let pdf = try PrintedPDF([
            SampleLetters.early(), SampleLetters.long(rows: 60), SampleLetters.bill(),
        ])
        #expect(pdf.ranges == [0..<1, 1..<3, 3..<4])
        #expect(try pdf.text(page: 0).contains("缴费提醒"))
        #expect(try pdf.text(page: 3).contains("12 月账单"))
    }

    @Test func `a letter of sixty rows repeats its head on each sheet`() throws {
        let pdf = try PrintedPDF([SampleLetters.long(rows: 60)])
        for page in 0..<2 {
            #expect(try pdf.text(page: page).contains("账期 收费项目 到期日 未付本金（元） 逾期天数"))
        }
    }

    @Test(arguments: [14, 37, 38, 60, 110])
    func `no row is lost, split or printed twice`(rows: Int) throws {
        let letter = SampleLetters.long(rows: rows)
        let pdf = try PrintedPDF([letter])
        let text = try pdf.ranges[0].map { try pdf.text(page: $0) }.joined()
        for row in letter.table.rows {
            #expect(text.ranges(of: row.joined(separator: " ")).count == 1)
        }
        #expect(text.ranges(of: "¥9,003,705.00").count == 1)
    }

    @Test func `the stub stands on the last sheet only, below the page label`() throws {
        let pdf = try PrintedPDF([SampleLetters.long(rows: 60)])
        #expect(try !pdf.text(page: 0).contains("请沿此线撕下"))
        #expect(try pdf.text(page: 1).contains("请沿此线撕下"))
        #expect(try pdf.text(page: 0).contains("第 1 页，共 2 页"))
        #expect(try pdf.text(page: 1).contains("第 2 页，共 2 页"))
    }

    @Test func `a letter of one sheet says so where there is room`() throws {
        var short = SampleLetters.formal()
        short.table.rows.removeLast(8)
        let pdf = try PrintedPDF([SampleLetters.early(), short, SampleLetters.formal()])
        #expect(pdf.ranges == [0..<1, 1..<2, 2..<3])
        #expect(try pdf.text(page: 0).contains("第 1 页，共 1 页"))
        #expect(try pdf.text(page: 1).contains("第 1 页，共 1 页"))
        #expect(try !pdf.text(page: 2).contains("共 1 页"))
    }

    @Test func `a note is not broken over two lines where it fits on one`() throws {
        var letter = SampleLetters.formal()
        let notes = (1...8).map {
            "\("¹²³⁴⁵⁶⁷⁸".dropFirst($0 - 1).first!) 违约金 25\($0).66 × 127 天 × 1‰ = 31.83。"
        }
        letter.footnotes[1] = notes.joined(separator: "　")
        let lines = try PrintedPDF([letter]).text(page: 0).split(separator: "\n")
        for note in notes { #expect(lines.contains { $0.contains(note) }, "\(note)") }
    }

    @Test func `the notice number is scanned from every sheet, and once more from the stub`() throws
    {
        let number = "FL-202612-00037-4"
        let pdf = try PrintedPDF([
            SampleLetters.bill(), SampleLetters.long(rows: 110), SampleLetters.english(),
        ])
        #expect(pdf.ranges == [0..<1, 1..<4, 4..<6])
        let counts = [1: 1, 2: 1, 3: 2, 4: 1, 5: 2]
        #expect(try pdf.codes(page: 0) == ["FL-202612-00214-9"])
        for (page, count) in counts {
            #expect(try pdf.codes(page: page) == Array(repeating: number, count: count))
        }
    }

    @Test func `an opening longer than a sheet goes on over the next ones without a loss`() throws {
        var letter = SampleLetters.formal()
        letter.opening = [(4001...4400).map { "这是第 \($0) 句，谁也不能少。" }.joined()]
        letter.howToPay.paragraphs = [(7001...7400).map { "这是第 \($0) 句，谁也不能少。" }.joined()]
        let pdf = try PrintedPDF([letter])
        let text = try pdf.ranges[0].map { try pdf.text(page: $0) }.joined()
        for number in Array(4001...4400) + Array(7001...7400) {
            #expect(text.ranges(of: "\(number)").count == 1)
        }
        #expect(text.ranges(of: "谁也").count > 760)
        #expect(text.contains("请沿此线撕下"))
    }

    @Test func `all fonts are embedded`() throws {
        let pdf = try PrintedPDF([SampleLetters.formal(), SampleLetters.english()])
        let fonts = try run("pdffonts", pdf.path).split(separator: "\n").dropFirst(2)
        #expect(!fonts.isEmpty)
        for font in fonts { #expect(font.contains("CJKsc") && font.contains("yes yes yes")) }
    }

    @Test func `the same letters give the same bytes`() throws {
        let letters = [SampleLetters.formal(), SampleLetters.english(), SampleLetters.longNames()]
        #expect(try PrintedPDF(letters).bytes == PrintedPDF(letters).bytes)
    }
}

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `Places on the sheet` {
    static let samples: [(name: String, letter: Letter)] = [
        ("formal", SampleLetters.formal()), ("early", SampleLetters.early()),
        ("bill", SampleLetters.bill()), ("sixty rows", SampleLetters.long(rows: 60)),
        ("long names", SampleLetters.longNames()), ("English", SampleLetters.english()),
    ]

    @Test(arguments: samples.indices)
    func `no word lies on another, and the margins and the foot stay free`(sample: Int) throws {
        let pdf = try PrintedPDF([Self.samples[sample].letter])
        for page in pdf.ranges[0] {
            let words = try pdf.words(page: page)
            for (index, word) in words.enumerated() {
                #expect(word.left > mm(19) && word.right < Sheet.width - mm(19), "\(word)")
                #expect(core(word).bottom < Sheet.foot, "\(word)")
                for other in words[..<index] { #expect(!overlap(word, other), "\(word) \(other)") }
            }
        }
    }

    @Test(arguments: samples.indices)
    func `the address stands in the window`(sample: Int) throws {
        let letter = Self.samples[sample].letter
        let pdf = try PrintedPDF([letter])
        let window = try pdf.words(page: 0).filter {
            $0.left >= mm(21.5) && $0.right <= mm(110.5) && core($0).top >= mm(46)
                && core($0).bottom <= mm(76)
        }
        // pdftotext drops the hyphen at which a word is broken.
        let text = window.map(\.text).joined().filter { $0 != "-" }
        let wanted = letter.address.joined().filter { $0 != " " && $0 != "-" }
        #expect(text == wanted)
    }

    /// Glyph boxes of CJK fonts are higher than their lines; the ink is within the middle.
    private func core(_ word: PrintedPDF.Word) -> (top: Double, bottom: Double) {
        let height = word.bottom - word.top
        return (word.top + height * 0.3, word.bottom - height * 0.25)
    }

    private func overlap(_ a: PrintedPDF.Word, _ b: PrintedPDF.Word) -> Bool {
        let across = min(a.right, b.right) - max(a.left, b.left)
        let down = min(core(a).bottom, core(b).bottom) - max(core(a).top, core(b).top)
        return across > 0.5 && down > 0.5
    }
}

@Suite(.enabled(if: PrintedPDF.toolsArePresent))
struct `Reprinted letters` {
    @Test func `the pages asked for are drawn again as text, with the mark`() throws {
        let pdf = try PrintedPDF([SampleLetters.early(), SampleLetters.long(rows: 60)])
        let output = pdf.folder.appendingPathComponent("reprint.pdf").path
        try reprint(pages: 1..<3, of: pdf.path, mark: "补打 第 2 次", to: output)
        for page in 0..<2 {
            let text = try PrintedPDF.text(of: output, page: page)
            let kept = try pdf.text(page: page + 1)
            #expect(text.contains("补打 第 2 次"))
            #expect(text.contains(kept.prefix { $0 != "\u{c}" }))
        }
        #expect(try run("pdfinfo", output).contains("Pages:           2\n"))
    }

    @Test func `pages that the file does not have are refused`() throws {
        let pdf = try PrintedPDF([SampleLetters.early()])
        let output = pdf.folder.appendingPathComponent("reprint.pdf").path
        for asked in [1..<2, 0..<2, 0..<0, -1..<1] {
            #expect(throws: LetterError.noSuchPages(path: pdf.path, asked: asked, pages: 1)) {
                try reprint(pages: asked, of: pdf.path, mark: "补打", to: output)
            }
        }
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func `a file that is not there is named`() {
        let error = #expect(throws: LetterError.self) {
            try reprint(pages: 0..<1, of: "/nowhere/kept.pdf", mark: "补打", to: "/dev/null")
        }
        #expect(error?.message.en.contains("Cannot read the PDF file /nowhere/kept.pdf") == true)
    }
}
