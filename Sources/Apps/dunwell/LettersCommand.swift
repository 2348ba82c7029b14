import ArgumentParser
import Office
import Primitives

struct Letters: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the letters that wait, as one PDF. 打印信件。",
        discussion: """
            A4, by building, then unit; each letter counts as printed from then on. The very file is kept as
            evidence, so that a letter prints again exactly as it was, marked 补打.

              dunwell letters --out letters.pdf
              dunwell letters --out letters.pdf --period 2026-11
              dunwell letters --out again.pdf --reprint FL-202611-00037-4
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var staff: StaffOption

    @Option(help: "The PDF to write. 输出文件。")
    var out: String

    @Option(help: "Letters of one run's period alone, such as 2026-11. 账期。")
    var period: Period?

    @Option(help: "Print this notice's letter again. 补打。")
    var reprint: String?

    func run() throws {
        let effects = try common.effects(by: staff.staff)
        if let reprint {
            try reprintLetter(reprint, to: out, effects: effects)
            return try write(Bilingual(zh: "已补打：\(out)\n", en: "Printed again: \(out)\n")[language])
        }
        let printed = try printLetters(to: out, period: period, effects: effects)
        try write(message(printed)[language] + "\n")
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
