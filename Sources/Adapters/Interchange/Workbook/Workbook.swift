import Glibc
import Primitives

/// An Excel workbook: its sheets' names and places, its texts and number formats.
final class Workbook {
    struct Sheet {
        let name: String
        let isVisible: Bool
        let part: String
    }

    let archive: ZipArchive
    private(set) var sheets: [Sheet] = []
    /// Days are counted from 1904, as old Macs did.
    private(set) var countsFrom1904 = false
    let styles = Styles()
    private let strings = SharedStrings()
    /// Of shared texts: a small file may name a long one in a million cells.
    private var givenBytes = 0

    init(path: String) throws {
        try checkBeginning(ofFileAt: path)
        archive = try ZipArchive(path: path)
        let main = try mainPart(of: archive)
        let links = try Links(ofPart: main, in: archive)
        let list = SheetList()
        try archive.read(main, into: list)
        countsFrom1904 = list.countsFrom1904
        sheets = list.sheets.compactMap { name, isVisible, id in
            guard let link = links.byID[id], link.type == "worksheet" else { return nil }
            return Sheet(name: name, isVisible: isVisible, part: link.target)
        }
        if let part = links.target(ofType: "sharedStrings"), archive.has(part) {
            try archive.read(part, into: strings)
        }
        if let part = links.target(ofType: "styles"), archive.has(part) {
            try archive.read(part, into: styles)
        }
    }

    /// A text that cells share.
    func sharedText(_ place: Int) throws(WorkbookTrouble) -> String {
        guard let text = strings[place] else { throw .damaged(row: nil) }
        givenBytes += text.utf8.count
        if givenBytes > ZipArchive.unpackedBytesMost { throw .tooLarge }
        return text
    }
}

/// Tells what is no zip file by how it begins.
private func checkBeginning(ofFileAt path: String) throws(WorkbookTrouble) {
    guard let file = FileReader(path: path), let first = file.nextPiece() else {
        throw .unreadable
    }
    if first.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return }
    guard first.starts(with: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) else {
        throw .noWorkbook
    }
    // Excel keeps an encrypted workbook in the container of its old files, under this name; the
    // container's directory has records of 128 bytes.
    let name = Array("EncryptedPackage".utf8.map { [$0, 0] }.joined())
    var piece = first
    while !piece.isEmpty {
        let records = stride(from: 0, to: piece.count, by: 128)
        if records.contains(where: { piece[$0...].starts(with: name) }) { throw .password }
        guard let next = file.nextPiece() else { throw .unreadable }
        piece = next
    }
    throw .oldWorkbook
}

/// The part that the package says is the document.
private func mainPart(of archive: ZipArchive) throws -> String {
    guard archive.has("_rels/.rels") else {
        throw archive.has("content.xml") ? WorkbookTrouble.openDocument : .noWorkbook
    }
    let links = try Links(ofPart: "", in: archive)
    guard let main = links.target(ofType: "officeDocument") else {
        throw WorkbookTrouble.noWorkbook
    }
    if main.hasSuffix(".bin") { throw WorkbookTrouble.binaryWorkbook }
    guard archive.has(main), links.target(ofType: "officeDocument")?.hasSuffix(".xml") == true
    else { throw WorkbookTrouble.noWorkbook }
    return main
}

/// Where a part's links lead: to other parts, by their ids.
private final class Links: PartContent {
    private(set) var byID: [String: (type: String, target: String)] = [:]
    private let folder: [Substring]

    private static let most = 100_000

    /// - Parameter part: its links stand beside it, in `_rels`; empty for the whole package.
    init(ofPart part: String, in archive: ZipArchive) throws {
        var path = part.split(separator: "/")
        let name = path.popLast() ?? ""
        folder = path
        let links = (path + ["_rels", name + ".rels"]).joined(separator: "/")
        if archive.has(links) { try archive.read(links, into: self) }
    }

    func target(ofType type: String) -> String? { byID.values.first { $0.type == type }?.target }

    func begin(_ element: Element) {
        guard element.isNamed("Relationship"), byID.count < Self.most,
            let id = element.text("Id"), let type = element.text("Type"),
            let target = element.text("Target")
        else { return }
        let kind = type.split(separator: "/").last ?? ""
        byID[id] = (String(kind), resolved(target))
    }

    func end(_ element: Element) {}
    func take(_ text: UnsafeBufferPointer<CChar>) {}

    /// The part's name from the root of the package.
    private func resolved(_ target: String) -> String {
        var path = target.hasPrefix("/") ? [] : folder
        for step in target.split(separator: "/") where step != "." {
            if step == ".." { _ = path.popLast() } else { path.append(step) }
        }
        return path.joined(separator: "/")
    }
}

/// The workbook's own part: its sheets in order.
private final class SheetList: PartContent {
    private(set) var sheets: [(name: String, isVisible: Bool, id: String)] = []
    private(set) var countsFrom1904 = false

    private static let most = 10_000

    func begin(_ element: Element) throws(WorkbookTrouble) {
        if element.isNamed("workbookPr") {
            countsFrom1904 = ["1", "true"].contains(element.text("date1904"))
        }
        guard element.isNamed("sheet"), let id = element.text("id") else { return }
        if sheets.count == Self.most { throw .tooManyParts }
        let state = element.text("state") ?? "visible"
        sheets.append((element.text("name") ?? "", state == "visible", id))
    }

    func end(_ element: Element) {}
    func take(_ text: UnsafeBufferPointer<CChar>) {}
}
