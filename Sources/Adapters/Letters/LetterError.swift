public import Primitives

/// The rule that kept a letter from being printed.
public enum LetterError: ExplainedError, Equatable, Sendable {
    /// The machine lacks the font family that letters are set in.
    case missingFont(family: String)
    /// The file is no PNG or JPEG picture, or is too large for a letter.
    case pictureRefused(name: String)
    /// No installed font has a character of `text`.
    case unprintable(notice: String, text: String)
    /// A row of the table has more or fewer cells than the table has columns; counted from 1.
    case unevenRow(notice: String, row: Int, cells: Int, columns: Int)
    /// A part does not fit its place even in the smallest type.
    case tooLong(notice: String, part: LetterPart)
    /// The notice number is empty or too long for a QR code.
    case notCodable(notice: String)
    /// The file could not be written; `reason` is Cairo's word for it.
    case notWritten(path: String, reason: String)
    /// The file is not there or is not a PDF; `reason` is Poppler's word for it.
    case notRead(path: String, reason: String)
    /// Pages are counted from 0; the file has fewer.
    case noSuchPages(path: String, asked: Range<Int>, pages: Int)
}

/// A part of a letter whose place is limited.
public enum LetterPart: Sendable {
    case letterhead, address, table, text, stub

    var name: Bilingual {
        switch self {
        case .letterhead: Bilingual(zh: "信头", en: "letterhead")
        case .address: Bilingual(zh: "收件地址", en: "address")
        case .table: Bilingual(zh: "表格", en: "table")
        case .text: Bilingual(zh: "正文", en: "text")
        case .stub: Bilingual(zh: "回执", en: "tear-off stub")
        }
    }
}

extension LetterError {
    /// What was asked, what is true, what to do next.
    public var message: Bilingual {
        switch self {
        case .missingFont(let family): missingFontMessage(family)
        case .pictureRefused(let name): pictureMessage(name)
        case .unprintable(let notice, let text): unprintableMessage(notice, text)
        case .unevenRow(let notice, let row, let cells, let columns):
            Bilingual(
                zh: "通知 \(notice) 的表格有 \(columns) 列，第 \(row) 行却有 \(cells) 格。信函未打印。",
                en: "Notice \(notice) has a table of \(columns) columns, but its row \(row) has "
                    + "\(cells) cells. The letter was not printed.")
        case .tooLong(let notice, let part):
            Bilingual(
                zh: "通知 \(notice) 的\(part.name.zh)太长，用最小的字也放不下。请缩短后再打印。",
                en: "The \(part.name.en) of notice \(notice) is too long for its place even in "
                    + "the smallest type. Shorten it and print again.")
        case .notCodable(let notice):
            Bilingual(
                zh: "通知编号“\(notice)”做不成二维码：编号不能为空，也不能太长。",
                en: "Notice number “\(notice)” cannot be made a QR code: it must not be empty "
                    + "or overlong.")
        case .notWritten(let path, let reason):
            Bilingual(
                zh: "写不成 \(path)：\(reason)。请检查目录和磁盘空间，再打印一次。",
                en: "Cannot write \(path): \(reason). Check the folder and the disk space, "
                    + "and print again.")
        case .notRead(let path, let reason):
            Bilingual(
                zh: "读不了 PDF 文件 \(path)：\(reason)。",
                en: "Cannot read the PDF file \(path): \(reason).")
        case .noSuchPages(let path, let asked, let pages):
            Bilingual(
                zh: "\(path) 共 \(pages) 页，没有第 \(pageWords(asked, to: " 至 ")) 页。",
                en: "\(path) has \(pages) pages; there is no page \(pageWords(asked, to: " to ")).")
        }
    }
}

private func missingFontMessage(_ family: String) -> Bilingual {
    guard let package = fontPackages.first(where: { family.hasPrefix($0.family) })?.package else {
        return Bilingual(
            zh: "这台机器没有字体“\(family)”。请核对 policy.yaml 的 letters.fonts（fc-list 列出已装的字体），"
                + "或装上这个字体，再打印一次。",
            en:
                "This machine lacks the font “\(family)”. Check letters.fonts in policy.yaml (fc-list "
                + "shows what is installed), or install the font, and print again.")
    }
    return Bilingual(
        zh: "这台机器没有字体“\(family)”，信函会印成方框。请安装：apt install \(package)，再打印一次。",
        en: "This machine lacks the font “\(family)”; letters would show boxes. "
            + "Run: apt install \(package), and print again.")
}

/// Which package of Debian's has a family whose name begins so.
private let fontPackages = [
    ("Noto Serif CJK", "fonts-noto-cjk"), ("Noto Sans CJK", "fonts-noto-cjk"),
    ("AR PL UMing", "fonts-arphic-uming"), ("AR PL UKai", "fonts-arphic-ukai"),
    ("AR PL SungtiL", "fonts-arphic-gbsn00lp"), ("WenQuanYi Zen Hei", "fonts-wqy-zenhei"),
    ("WenQuanYi Micro Hei", "fonts-wqy-microhei"), ("HanaMin", "fonts-hanazono"),
].map { (family: $0.0, package: $0.1) }

private func pictureMessage(_ name: String) -> Bilingual {
    Bilingual(
        zh: "\(name) 不能印在信上：要是 PNG 或 JPEG 图片，不超过 2 MB，每边不超过 4000 像素。",
        en:
            "\(name) cannot stand on a letter: it must be a PNG or JPEG picture of at most 2 MB and "
            + "4,000 pixels a side.")
}

private func unprintableMessage(_ notice: String, _ text: String) -> Bilingual {
    Bilingual(
        zh: "通知 \(notice) 的“\(text)”里有字体没有的字。请安装：apt install fonts-hanazono，再打印一次。",
        en: "“\(text)” in notice \(notice) has a character that no installed font has. "
            + "Run: apt install fonts-hanazono, and print again.")
}

/// Pages as people count them, from 1: `3`, `3 to 5`.
private func pageWords(_ pages: Range<Int>, to: String) -> String {
    pages.count <= 1 ? "\(pages.lowerBound + 1)" : "\(pages.lowerBound + 1)\(to)\(pages.upperBound)"
}
