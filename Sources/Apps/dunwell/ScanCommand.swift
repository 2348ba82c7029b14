import ArgumentParser
import Evidence
import Files
import Office
import Primitives
import SQLiteStore
import Scans

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Take in signed receipts from the scanner or a phone. 扫描回执。",
        discussion: """
            PNG, JPEG or PDF with any number of pages, several stubs on a page, in any direction. Each stub
            is found by its QR code and cut out; the file and the cutting are kept as evidence. What was
            found is a proposal: look at it, then say how it was served with service confirm.

              dunwell service scan stack.pdf photo-1.jpg photo-2.jpg
              dunwell service scan --list
              dunwell service scan assign 17 FL-202611-00037-4
              dunwell service scan discard 18 --reason 没有签名
            """,
        subcommands: [Read.self, Assign.self, Discard.self], defaultSubcommand: Read.self)

    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read files; or list what waits. 识别文件，或列出待处理的回执。",
            discussion: """
                One row for each stub: found is yes, or no where no notice of ours was read. One row for each
                page without a stub: found is no, with the notice where the code in its letter's head was
                read. Pages of a PDF and pictures are treated alike. A file that was taken in before changes
                nothing.

                  dunwell service scan stack.pdf photo.jpg --by 王芳
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption
        @OptionGroup var output: FormatOption

        @Argument(help: "PNG, JPEG or PDF. 文件。")
        var files: [String] = []

        @Flag(help: "List the receipts that wait to be confirmed, or have no notice. 待处理。")
        var list = false

        func validate() throws {
            if list == files.isEmpty { return }
            throw ValidationError("Name files to read, or use --list. 请写出文件，或用 --list。")
        }

        func run() throws {
            let effects = try common.effects(by: staff.staff)
            if list { return try writeList(effects) }
            var table = TableOutput(
                output.chosen, columns: ["file", "page", "notice", "found"], numeric: ["page"])
            var refused = 0
            for file in files {
                do {
                    let scanned = try scanReceipts(file, effects: effects)
                    for stub in scanned.stubs {
                        try table.row([
                            .text(file), .count(stub.page), .text(stub.number ?? ""),
                            .plain(stub.isFound ? "yes" : "no"),
                        ])
                    }
                    remarks(on: scanned, file).forEach { tell($0) }
                } catch let error as ScanError {
                    tell(error.message)
                    refused += 1
                } catch FileError.notRead(let path) {
                    tell(FileError.notRead(path: path).message)
                    refused += 1
                }
            }
            try table.end()
            if refused == files.count { throw BadInput() }
            if refused > 0 { throw Refused() }
        }

        private func remarks(on scanned: ScannedFile, _ file: String) -> [Bilingual] {
            var remarks: [Bilingual] = []
            if scanned.isKnown {
                remarks.append(
                    Bilingual(
                        zh: "\(file)：以前扫描过，没有重复登记。",
                        en: "\(file): was scanned before; nothing was added."))
            }
            for stub in scanned.stubs where stub.readNumber != nil && !stub.isWhole {
                remarks.append(
                    stub.cutting == nil
                        ? Bilingual(
                            zh: "\(file) 第 \(stub.page) 页：是通知 \(stub.readNumber!) 的页面，没有找到回执联，"
                                + "记为 \(stub.id.number)。",
                            en:
                                "\(file), page \(stub.page): a page of notice \(stub.readNumber!), without "
                                + "a stub; kept as \(stub.id.number).")
                        : Bilingual(
                            zh: "\(file) 第 \(stub.page) 页：读出了二维码，回执联没有看全（记为 "
                                + "\(stub.id.number)）。请看图核对。",
                            en:
                                "\(file), page \(stub.page): the code was read, but the stub not wholly "
                                + "seen (kept as \(stub.id.number)). Look at it."))
            }
            for stub in scanned.stubs where stub.number == nil {
                remarks.append(
                    stub.cutting == nil
                        ? Bilingual(
                            zh: "\(file) 第 \(stub.page) 页：没有找到回执，记为 \(stub.id.number)。",
                            en:
                                "\(file), page \(stub.page): no receipt found; kept as \(stub.id.number)."
                        )
                        : Bilingual(
                            zh: "\(file) 第 \(stub.page) 页：有一张回执对不上通知，记为 \(stub.id.number)。",
                            en: "\(file), page \(stub.page): a receipt of no known notice; kept as "
                                + "\(stub.id.number)."))
            }
            for (page, text) in scanned.strangers {
                remarks.append(
                    Bilingual(
                        zh: "\(file) 第 \(page) 页：二维码“\(printable(text))”不是本小区的通知。",
                        en:
                            "\(file), page \(page): the code “\(printable(text))” is no notice of this "
                            + "community."))
            }
            return remarks
        }

        private func writeList(_ effects: Effects) throws {
            var table = TableOutput(
                output.chosen,
                columns: [
                    "receipt", "file", "page", "notice", "unit", "owners", "how", "signed",
                    "cutting",
                ], numeric: ["receipt", "page"])
            for stub in try openStubs(effects: effects) {
                try table.row([
                    .count(stub.id.number), .text(stub.file), .count(stub.page),
                    .text(stub.number ?? ""), .text(stub.unit ?? ""),
                    .text(stub.owners.joined(separator: ";")),
                    .plain(stub.number != nil && stub.isWhole ? "signed_owner" : ""),
                    .plain(signed(stub)),
                    .text((stub.cutting ?? stub.original).path(in: effects.evidence)),
                ])
            }
            try table.end()
        }

        /// A hint, by the ink: `yes`, `no`; empty where it cannot be told.
        private func signed(_ stub: Session.ScannedStub) -> String {
            stub.looksSigned.map { $0 ? "yes" : "no" } ?? ""
        }
    }

    struct Assign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which notice a receipt is of. 指明回执是哪份通知的。",
            discussion: """
                Where the receipt's own code was read, no other notice can be named: if the paper is none of
                it, discard the receipt with a reason, and scan again.

                  dunwell service scan assign 17 FL-202611-00037-4
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The receipt's number, as `service scan --list` has it. 回执号。")
        var receipt: Int

        @Argument(help: "The notice's number. 通知编号。")
        var notice: String

        func run() throws {
            try assignStub(receipt, to: notice, effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(zh: "回执 \(receipt)：\(notice)\n", en: "receipt \(receipt): \(notice)\n")[
                    language])
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a receipt aside that proves nothing. 作废扫描的回执。",
            discussion: """
                Its files stay.

                  dunwell service scan discard 18 --reason 没有签名
                """)

        @OptionGroup var common: CommonOptions
        @OptionGroup var staff: StaffOption

        @Argument(help: "The receipt's number, as `service scan --list` has it. 回执号。")
        var receipt: Int

        @Option(help: "Why. 原因。")
        var reason: String

        func run() throws {
            try discardStub(
                receipt, reason: reason, effects: try common.effects(by: staff.staff))
            try write(
                Bilingual(zh: "已作废：\(receipt)\n", en: "discarded: \(receipt)\n")[language])
        }
    }
}

struct ConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Record a scanned receipt as the service that it proves. 确认回执，登记送达。",
        discussion: """
            Look at the cutting first: who signed, on what day, and whether the debt is acknowledged. The
            cutting and the file as it came become the service's files.

              dunwell service confirm 17 --how signed_owner --on 2026-11-22 --by 王芳 --acknowledges
              dunwell service confirm 18 --how signed_household --on 2026-11-22 --by 王芳 李强 \\
                --signer 李梅 --relation spouse
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: FormatOption

    @Argument(help: "The receipt's number, as `service scan --list` has it. 回执号。")
    var receipt: Int

    @Option(help: "The way in which it was served. 送达方式。")
    var how: ServiceWay = .signedOwner

    @Option(name: .customLong("on"), help: "The day on which it was signed. 签收日期。")
    var date: CivilDate

    @OptionGroup var served: ServedArguments

    func run() throws {
        let effects = try common.effects(by: served.staff)
        let service = try confirmReceipt(
            receipt, how: how, on: date, staff: served.staff, effects: effects
        ) { served.fill(&$0) }
        let remarks = try remarks(
            on: service, receipt: receipt, today: today(), effects: effects)
        for remark in remarks { tell(remark) }
        var table = ServiceTable(output.chosen)
        try table.row(service)
        try table.end()
    }
}

/// What a stranger's code says, short and without what a terminal would obey.
private func printable(_ text: String) -> String {
    let plain = text.unicodeScalars.map {
        $0.properties.isWhitespace || $0.value >= 0x7F && $0.value < 0xA0 || $0.value < 0x20
            ? " " : Character($0)
    }
    return String(plain.prefix(60)) + (plain.count > 60 ? "…" : "")
}

extension Session.StubFile {
    /// Where it stands in the evidence folder.
    fileprivate func path(in folder: String) -> String {
        "\(folder)/\(sha256.prefix(2))/\(sha256).\(suffix)"
    }
}
