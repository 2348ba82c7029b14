import ArgumentParser
import Office
import Primitives

extension Limitation {
    struct Rescue: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give and print the formal notices that save claims about to lapse. 抢救时效。",
            discussion: """
                One notice, with a stub to sign, to each account with a charge that lapses within the
                policy's warn_days; it lists all that is open. A claim is saved once the notice is served
                by its last day and the service recorded (dunwell service add), not by printing it.

                outcome: noticed: given and printed now · given: it has this formal notice already, its
                letter is printed now, or again (补打) · other_notice: it has another notice for this very
                date, without a stub: not saved, rescue as of another day · held: not to be chased for the
                reason in holds; staff decide. Status 1 where there is an other_notice.

                Repeatable: the same date again gives nothing new, and prints the letters again.

                  dunwell limitation rescue --as-of 2026-11-21 --dry-run
                  dunwell limitation rescue --as-of 2026-11-21 --out rescue.pdf --by 李四
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var date: AsOfOption
        @OptionGroup var output: FormatOption

        @Option(help: "The PDF to write. 输出文件。")
        var out: String?

        @Flag(help: "Only show what would be given, and keep nothing. 只列出，不出通知。")
        var dryRun = false

        func validate() throws {
            if (out == nil) != dryRun {
                throw ValidationError(
                    "--out FILE.pdf, or --dry-run. 用 --out 写出文件，或者用 --dry-run 只看。")
            }
        }

        func run() throws {
            let summary = try rescueClaims(
                to: out, asOf: date.asOf, effects: try common.effects(by: staff.staff))
            if let kept = summary.keptTemplates { tell(broken(kept)) }
            var table = TableOutput(
                output.chosen,
                columns: [
                    "unit", "owner", "charges", "principal_open", "last_day", "days_left",
                    "outcome",
                    "notice", "holds",
                ], numeric: ["charges", "principal_open", "days_left"])
            for row in summary.rows {
                let (outcome, notice, holds) = row.outcome.texts
                try table.row([
                    .text(row.unit), .text(row.owners), .count(row.charges),
                    .plain("\(row.principalOpen)"), .plain("\(row.lastDay)"),
                    .count(row.lastDay - date.asOf), .plain(outcome), .plain(notice),
                    .plain(holds),
                ])
            }
            try table.end()
            tell(dryRun ? onlyShown : message(summary))
            let unsaved = summary.rows.filter(\.outcome.isUnsaved).count
            if unsaved > 0 {
                tell(notSaved(unsaved))
                throw Refused()
            }
        }

        private func message(_ summary: RescueSummary) -> Bilingual {
            let printed = summary.printed
            guard let out, printed.letters > 0 else {
                return summary.rows.isEmpty
                    ? Bilingual(
                        zh: "没有快过时效的欠款，没有写出文件。",
                        en: "No claim is about to lapse; no file was written.")
                    : Bilingual(
                        zh: "以上各户都没有出催告函，没有写出文件。",
                        en: "None of these accounts gets a letter; no file was written.")
            }
            let again = Bilingual(
                zh: printed.reprints > 0 ? "（其中补打 \(printed.reprints) 封）" : "",
                en: printed.reprints > 0 ? " (\(printed.reprints) of them printed again)" : "")
            return Bilingual(
                zh: "\(printed.letters) 封催告函\(again.zh)，\(printed.pages) 页：\(out)。请在各自的最后一天之前送达，"
                    + "并登记送达（dunwell service add）；只印不送，不能中断时效。",
                en:
                    "\(printed.letters) letters\(again.en) on \(printed.pages) pages: \(out). Serve each by "
                    + "its last day, and record the service (dunwell service add): printing alone saves nothing."
            )
        }

        private func notSaved(_ accounts: Int) -> Bilingual {
            Bilingual(
                zh: "还有 \(accounts) 户没有抢救（other_notice）：当天已有别的通知，没有回执可签。请换一天再做一次。",
                en:
                    "NOT saved: \(accounts) (other_notice). They have another notice for this date, without a "
                    + "stub to sign. Rescue again as of another day.")
        }

        private var onlyShown: Bilingual {
            Bilingual(
                zh: "只是列出，没有出通知；编号到真正出通知时才定。",
                en: "Only shown, nothing was given; numbers are settled when it is.")
        }

        private func broken(_ kept: KeptTemplates) -> Bilingual {
            Bilingual(
                zh: "请注意：通知模板有错，用的是上一次没有错的文字（版本 \(kept.version)）：\n\(kept.problems.zh)",
                en:
                    "WARNING: the notice templates are broken; the last good wording was used (version "
                    + "\(kept.version)):\n\(kept.problems.en)")
        }
    }
}

extension RescueRow.Outcome {
    fileprivate var isUnsaved: Bool {
        if case .otherNotice = self { true } else { false }
    }

    fileprivate var texts: (outcome: String, notice: String, holds: String) {
        switch self {
        case .noticed(let number): ("noticed", number, "")
        case .noticedBefore(let number): ("given", number, "")
        case .otherNotice(let number): ("other_notice", number, "")
        case .held(let reasons): ("held", "", reasons.joined(separator: ";"))
        }
    }
}
