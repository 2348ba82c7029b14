import ArgumentParser
import Office
import Primitives

struct Letters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the letters that wait, as one PDF. 打印信件。",
        discussion: """
            A4, in the order in which they are carried out: by building, then unit. Each letter counts as
            printed from then on. The very file is kept as evidence, so that a letter prints again exactly
            as it was, marked 补打. Seal, collection code, fonts and the envelope's window are settings:
            letters in policy.yaml.

              dunwell letters --out letters.pdf
              dunwell letters --out letters.pdf --period 2026-11 --separators --duplex
              dunwell letters --out again.pdf --reprint FL-202611-00037-4
              dunwell letters --out look.pdf --sample formal
              dunwell letters --out adjust.pdf --test-sheet
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption

    @Option(help: "The PDF to write. 输出文件。")
    var out: String

    @Option(help: "Letters of one run's period alone, such as 2026-11. 账期。")
    var period: Period?

    @Option(help: "Print this notice's letter again. 补打。")
    var reprint: String?

    @Flag(help: "A sheet before the letters of each building. 每栋楼前加一张分隔页。")
    var separators = false

    @Flag(help: "For printing on both sides: each letter begins on a front. 双面打印。")
    var duplex = false

    @Option(help: "Only show what a stage's letter looks like: bill, early … Records nothing. 样张。")
    var sample: String?

    @Flag(help: "Only print the sheet for adjusting the envelope's window. 试印信封窗口。")
    var testSheet = false

    func validate() throws {
        let asked = [reprint != nil, sample != nil, testSheet].filter { $0 }.count
        let isBatch = period != nil || separators || duplex
        if asked > 1 || asked == 1 && isBatch {
            throw ValidationError(
                "--reprint, --sample and --test-sheet stand alone. 补打、样张、试印要单独用。")
        }
    }

    func run() throws {
        if sample != nil || testSheet { return try show() }
        let effects = try common.effects(by: staff.staff)
        if let reprint {
            try reprintLetter(reprint, to: out, effects: effects)
            return try write(Bilingual(zh: "已补打：\(out)\n", en: "Printed again: \(out)\n")[language])
        }
        var sheets = LetterSheets()
        sheets.hasSeparators = separators
        sheets.isDuplex = duplex
        let printed = try printLetters(to: out, period: period, on: sheets, effects: effects)
        try write(message(printed)[language] + "\n")
    }

    /// What needs no letter, and no books: where there are none, the sample's settings hold.
    private func show() throws {
        let effects = try common.effects(creates: true, isTrial: true)
        if let sample {
            try printSampleLetter(of: sample, to: out, effects: effects)
        } else {
            try printTestSheet(to: out, effects: effects)
        }
        try write("\(out)\n")
    }

    private func message(_ printed: PrintedLetters) -> Bilingual {
        if printed.letters == 0 {
            return Bilingual(
                zh: "没有等待打印的信件，没有写出文件。", en: "No letter waits to be printed; no file was written.")
        }
        return Bilingual(
            zh: "\(printed.letters) 封信，\(printed.pages) 页：\(out)",
            en: "\(printed.letters) letters on \(printed.pages) pages: \(out)")
    }
}
