import ArgumentParser
import Evidence
import Files
import FoundationEssentials
import Office
import Primitives
import SQLiteStore
import Timestamps

struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Whether anything of the evidence was changed since it was recorded. 证据。",
        subcommands: [
            Verify.self,
            Anchor.self,
            Export.self,
            Check.self,
        ])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the chain, the files and the messages; name what is broken. 核验证据链。",
            discussion: """
                Services, withdrawals, waivers, concessions, reversals and printed letters form one chain for
                each community: every row carries the hash of the one before it. Whoever can write the file
                can make all hashes anew: only a head that was printed, mailed or stamped before shows that.
                Status 1 where anything is broken.

                  dunwell evidence verify
                  dunwell evidence verify --anchor 2026-11-21.txt 2026-12-21.pdf
                  dunwell evidence verify --tsa-ca authorities.pem
                """)

        @OptionGroup var common: CommonOptions

        @Option(
            parsing: .upToNextOption,
            help: "A head printed before: its hash, or a file of `evidence anchor`. 链尾或存根文件。")
        var anchor: [String] = []

        @Option(
            help: "Certificates (PEM) that the signatures of time stamps must lead to. 时间戳根证书。")
        var tsaCa: String?

        func run() throws {
            let effects = try common.effects()
            if let tsaCa, !fileExists(tsaCa) { throw EvidenceError.noFile(path: tsaCa) }
            let anchors = try anchor.flatMap { try heads(in: $0) }
            let verified = try verifyEvidence(
                anchors: anchors, trusting: tsaCa, effects: effects, warn: { tell(stranger($0)) })
            for community in verified {
                for finding in community.findings { try write(text(finding)[language] + "\n") }
                try write(summary(community)[language] + "\n")
            }
            if verified.contains(where: { $0.breaks > 0 }) { throw Refused() }
        }

        private func stranger(_ place: String) -> Bilingual {
            Bilingual(
                zh: "请注意：证据文件夹里的 \(place) 没有任何登记提到它。",
                en: "Note: nothing names the file \(place) of the evidence folder.")
        }

        private func heads(in named: String) throws -> [ChainAnchor] {
            if let hash = ChainHash(named) {
                return [ChainAnchor(community: nil, position: nil, hash: hash, source: "\(hash)")]
            }
            return try readAnchors(from: named, trusting: tsaCa)
        }

        private func summary(_ verified: VerifiedEvidence) -> Bilingual {
            let head = verified.head
            let state =
                verified.breaks == 0
                ? Bilingual(zh: "完好", en: "whole")
                : Bilingual(
                    zh: "不完好，\(verified.breaks) 处", en: "BROKEN, \(verified.breaks) found")
            // Said only where there are any.
            let erased = Bilingual(
                zh: verified.erasedTexts == 0 ? "" : "，已抹去的个人信息 \(verified.erasedTexts) 项",
                en: verified.erasedTexts == 0
                    ? "" : ", personal texts erased: \(verified.erasedTexts)")
            return Bilingual(
                zh: "\(head.community)：\(state.zh)；证据链 \(head.position) 行，文件 \(verified.files) 个，"
                    + "邮件 \(verified.messages) 封，存根 \(verified.anchors) 个\(erased.zh)；链尾 \(head.hash)",
                en:
                    "\(head.community): \(state.en); \(head.position) rows, \(verified.files) files, "
                    + "\(verified.messages) messages, \(verified.anchors) anchors\(erased.en); "
                    + "head \(head.hash)"
            )
        }
    }
}

extension EvidenceCommand {
    struct Anchor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the head of the chain, to be kept apart from the computer. 链尾存根。",
            discussion: """
                Print, mail or stamp it at the end of the day: what was recorded before can then not be changed
                unseen, not even by whoever makes all hashes anew.

                  dunwell evidence anchor
                  dunwell evidence anchor --out 2026-11-21.pdf
                  dunwell evidence anchor --stamp https://tsa.example.com/tsr
                """)

        @OptionGroup var common: CommonOptions

        @OptionGroup var staff: StaffOption

        @Option(help: "A sheet to print and sign (.pdf), or a text file. 输出文件。")
        var out: String?

        @Option(help: "Have it stamped by this RFC 3161 service (http or https). 时间戳服务。")
        var stamp: String?

        func run() throws {
            let effects = try common.effects(by: staff.staff)
            let anchored = try anchorEvidence(effects: effects)
            if let out { try writeAnchor(anchored, to: out, effects: effects) }
            let stamped = try stamp.map { try stampEvidence(anchored, by: $0, effects: effects) }
            try write("\(anchored.at.date) \(anchored.line)\n")
            if let (stamp, file) = stamped { try write("\(stamp.at.toTheSecond) \(file)\n") }
        }
    }
}

private func text(_ finding: EvidenceFinding) -> Bilingual {
    switch finding {
    case .row(.broken(let row, let problem)): broken(row, problem)
    case .row(.unchained(let row)):
        Bilingual(
            zh: "\(name(row))：不在证据链里，不是本程序登记的。",
            en: "\(name(row)): not in the chain; it was put in beside the program.")
    case .file(let file, let condition): text(file, condition)
    case .message(let message):
        Bilingual(
            zh: "邮件 \(message.message.number)（\(message.number)）：内容和制作时的 SHA-256 不符。",
            en:
                "message \(message.message.number) (\(message.number)): not the bytes that were composed."
        )
    case .anchor(let finding): text(finding)
    case .stamp(let stamp, let problem):
        Bilingual(
            zh:
                "时间戳 \(stamp.number)（#\(stamp.head.position)，\(stamp.stampedAt)）：\(problem.message.zh)",
            en:
                "stamp \(stamp.number) (#\(stamp.head.position), \(stamp.stampedAt)): \(problem.message.en)"
        )
    }
}

private func name(_ row: Session.NamedRow) -> String {
    let reference = row.reference.isEmpty ? "" : " \(row.reference)"
    let name = "\(row.kind) \(row.subject)\(reference)"
    return row.position.map { "#\($0) \(name)" } ?? name
}

private func broken(_ row: Session.NamedRow, _ problem: ChainBreak) -> Bilingual {
    switch problem {
    case .missing(let after, let before):
        after + 2 == before
            ? Bilingual(
                zh: "#\(after + 1)：不见了，在 #\(after) 和 #\(before) 之间。",
                en: "#\(after + 1): missing, between #\(after) and #\(before).")
            : Bilingual(
                zh: "#\(after + 1)–#\(before - 1)：不见了，在 #\(after) 和 #\(before) 之间。",
                en: "#\(after + 1) to #\(before - 1): missing, between #\(after) and #\(before).")
    case .changed:
        Bilingual(
            zh: "\(name(row))：和登记时不符，改动过、调换过或插入的。",
            en: "\(name(row)): not what was recorded: changed, exchanged or put in.")
    case .lost:
        Bilingual(
            zh: "\(name(row))：登记的内容不见了。", en: "\(name(row)): what was recorded is gone.")
    case .misplaced:
        Bilingual(
            zh: "\(name(row))：接不上前一行，调换过或插入的。",
            en: "\(name(row)): does not follow the row before it: exchanged or put in.")
    }
}

private func text(
    _ file: Session.NamedFile, _ condition: EvidenceFolder.Condition
) -> Bilingual {
    let name = "\(file.namedBy)：\(file.sha256).\(file.suffix)"
    let english = "\(file.namedBy): \(file.sha256).\(file.suffix)"
    return switch condition {
    case .missing: Bilingual(zh: "\(name) 不见了。", en: "\(english) is missing.")
    case .changed: Bilingual(zh: "\(name) 改动过。", en: "\(english) was changed.")
    case .unreadable: Bilingual(zh: "\(name) 读不了。", en: "\(english) cannot be read.")
    case .whole: Bilingual(zh: name, en: english)
    }
}

private func text(_ finding: AnchorSearch.Finding) -> Bilingual {
    switch finding {
    case .holds(let anchor, let place):
        Bilingual(zh: "\(anchor.source)：#\(place)", en: "\(anchor.source): #\(place)")
    case .cutOff(let anchor, let end):
        Bilingual(
            zh: "\(anchor.source)：当时有 \(anchor.position ?? 0) 行，现在到 #\(end) 为止，后面的被删了。",
            en:
                "\(anchor.source): there were \(anchor.position ?? 0) rows; the chain ends at #\(end), and what "
                + "followed was cut off.")
    case .rewritten(let anchor, let rows):
        Bilingual(
            zh: "\(anchor.source)：#\(rows.lowerBound)–#\(rows.upperBound) 里有改动，全部散列值后来重算过。",
            en:
                "\(anchor.source): of #\(rows.lowerBound) to #\(rows.upperBound) something was changed, and the "
                + "hashes were made anew.")
    case .nowhere(let anchor):
        Bilingual(
            zh: "\(anchor.source)：证据链里没有这个链尾：链重算过，或者这不是它的存根。",
            en:
                "\(anchor.source): the chain has no such head: it was made anew, or this is not its anchor."
        )
    }
}
